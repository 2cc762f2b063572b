#ifndef CORE_ENGINE_ENGINE_H
#define CORE_ENGINE_ENGINE_H

#include "core/os/loop.h"
#include "core/plan/plan.h"

/* A thing that turns an image task into an image, and an image into a container.
 *
 * An engine reports in its own terms; the job turns that into journal steps.  So
 * a build inside a plan ends no journal and works may run side by side.  All is
 * done from the loop: a call starts and returns. */
struct engine;
struct work;

enum engine_ability {
	ABILITY_SECRET_MOUNTS   = 1 << 0,
	ABILITY_NO_CACHE_STAGES = 1 << 1,
	ABILITY_CACHE_MOUNTS    = 1 << 2,
	ABILITY_OWN_TERMINAL    = 1 << 3,
	/* What its cache holds of a build are images: one without a name stays. */
	ABILITY_CACHE_IS_IMAGES = 1 << 4,
	ABILITY_SSH_MOUNTS      = 1 << 5,
	/* Pushes as part of making the image: a push by itself is not to be asked of it. */
	ABILITY_PUSHES_WITH_IMAGE = 1 << 6,
	/* Outputs other than an image of its own: tar, oci, local, cache only. */
	ABILITY_OUTPUTS         = 1 << 7,
};

/* What a probe learned.  Texts live as long as the engine. */
struct engine_facts {
	const char *name;               /* "buildkit", "classic", "podman", "buildah" */
	const char *product, *version;  /* "dockerd 20.10.24" in two parts */
	const char *address;            /* unix:///var/run/docker.sock, or a program's name */
	const char *spec;               /* for endpoint_new, which leads there again; NULL: a program */
	bool has_tls;
	const char *api_version;        /* or NULL */
	enum numbering numbering;
	unsigned abilities;
};
/* Whether it has images of its own, to be listed and looked into. */
bool engine_keeps_images(const struct engine_facts *);

/* A snapshot of one step in the engine's terms; a step may start again, seconds
 * are the sum of its intervals.  key tells steps of one work apart.  instruction:
 * index into the recipe, or -1 for the engine's own work (name then says what). */
struct step_report {
	uint64_t key;
	int instruction;
	struct str name;
	bool started, ended, cached;
	struct str error;               /* n 0: none */
	struct str layer;               /* once ended: the image that it made, where it can be
	                                 * had as one (classic: 12 hex digits); n 0: none */
	double seconds;
	/* Where there is no recipe (watched.h), what the announced name says. */
	bool is_step, is_meta;          /* an instruction's; one that makes no layer */
	struct str stage;               /* n 0: none told */
};

struct work_result {
	bool ok, cancelled;
	struct str image_id;            /* sha256:… when ok and the engine tells */
	struct str digest;              /* of the manifest in a registry, where it was pushed;
	                                 * n 0: none told */
	struct error error;             /* when not ok; code tells build, refusal, unreachable … */
	/* Of a push that failed: the fault may pass, so that it is worth another try, by the
	 * registry's word not before so many seconds (0: it has not said). */
	bool is_passing;
	unsigned retry_after;
};

/* What an engine asked for of a folder that it was offered: the files that it did not have
 * from before. */
struct transfer_file {
	struct str path;
	uint64_t size;
};
struct transfer_report {
	struct str dir;                 /* "context", "dockerfile", a named context */
	size_t nentries;                /* offered, folders too */
	const struct transfer_file *files;
	size_t nfiles;                  /* the first TRANSFER_FILES_MAX of `count`, in order */
	size_t count;
	uint64_t bytes;                 /* of all of them */
};
enum { TRANSFER_FILES_MAX = 1000 };

/* Lent for the call. stream: 1 stdout, 2 stderr.  t: seconds since the epoch. */
struct engine_sink {
	void (*step)(void *data, const struct step_report *);
	void (*log)(void *data, uint64_t key, int stream, struct str bytes, double t);
	void (*progress)(void *data, uint64_t key, struct str id, uint64_t current, uint64_t total);
	void (*warning)(void *data, struct str text);
	/* Once a folder that was asked for, at its end.  May be NULL. */
	void (*transferred)(void *data, const struct transfer_report *);
	/* Of a run: whenever something has changed. */
	void (*run)(void *data, const struct run_report *);
	/* Of an interactive run: all its input is on its way.  May be NULL. */
	void (*drained)(void *data);
	/* After a cancel, where the engine cannot be stopped; done comes when it has ended by
	 * itself.  May be NULL. */
	void (*busy)(void *data, struct str why);
	/* Exactly once, after a cancel too; nothing follows it; never from inside the
	 * call that started the work. */
	void (*done)(void *data, const struct work_result *);
	void *data;
};

typedef void engine_ready_fn(void *data, const struct engine_facts *, const struct error *);

typedef void engine_untagged_fn(void *data, const struct error *);

struct engine_ops {
	void (*probe)(struct engine *, engine_ready_fn *, void *data);
	struct work *(*image)(struct engine *, const struct image_task *,
	                      const struct engine_sink *);
	struct work *(*run)(struct engine *, const struct run_task *, const struct engine_sink *,
	                    struct error *);
	/* NULL: it pushes with the image, or not at all. */
	struct work *(*push)(struct engine *, const struct push_task *, const struct engine_sink *);
	/* NULL: with ABILITY_CACHE_IS_IMAGES there is no need. */
	void (*untag)(struct engine *, const char *name, engine_untagged_fn *, void *data);
	/* Stops the engine's own work, at most a second later, or tells that it is busy; done
	 * still comes. */
	void (*cancel)(struct work *);
	void (*free)(struct engine *);
};

/* First member of every engine. */
struct engine {
	const struct engine_ops *ops;
	struct loop *loop;
	int64_t patience_ms;            /* what a probe may take longer than of an engine here */
};

/* spec: auto, buildkit, classic, podman, buildah, an endpoint (endpoint.h), or a name of
 * `named` (name → one of these).  auto: what docker's command line would take, BuildKit
 * where the daemon has it; unless that is by ssh, and so meant, else podman's service where
 * one answers, else buildah.  What answers at an address may be podman too.  scratch: a
 * private folder of the build for whatever an engine must put on the disk. */
struct engine_options {
	const char *spec;
	const struct pair *named;
	size_t nnamed;
	const char *scratch;
	const char *build_id;           /* fresh values for cache levels */
};
/* Loads what most engines need, which takes milliseconds: for those who wait anyway. */
void engine_warm_up(void);
struct engine *engine_new(const struct engine_options *, struct loop *, struct error *);
void engine_free(struct engine *);
OWN_DEFINE(engine)

/* Calls ready once, from the loop, with facts or an error (ERROR_UNREACHABLE says
 * what was tried and how to get an engine).  Needed before engine_image. */
void engine_probe(struct engine *, engine_ready_fn *ready, void *data);
/* Borrows task and sink's data until done was called.  NULL never: what fails at
 * once is told by done.  The work is freed by the engine after done. */
struct work *engine_image(struct engine *, const struct image_task *, const struct engine_sink *);
/* Starts a container, tells its log (key 0) and how it stands, waits for its end and
 * removes it.  First those are removed, with a warning, that were left behind by a
 * process which is gone (run_owner.h).  ok: it ended by itself, whatever its exit code,
 * and is removed.  NULL: this engine cannot (ERROR_REFUSED says what can).  Borrows as
 * engine_image does; an engine that is freed before done leaves the container to the
 * next run. */
struct work *engine_run(struct engine *, const struct run_task *, const struct engine_sink *,
                        struct error *);
/* Names an image and sends it to the name's registry, with what credentials.h knows of that.
 * The sink hears progress (key 0) of each layer that is sent, and a line of log (key 0) of
 * each that was there already; done has the manifest's digest.  A registry of this machine
 * (127.0.0.0/8, ::1, localhost) may speak without TLS.  A fault of the registry is
 * ERROR_BUILD; no other try is made here than the engine's own.  NULL: this engine cannot
 * (ERROR_REFUSED says what can).  Borrows as engine_image does. */
struct work *engine_push(struct engine *, const struct push_task *, const struct engine_sink *,
                         struct error *);
/* Appends a name for an image that is needed while this process lives: whoever runs a
 * container next takes it away where the process was killed. */
void engine_append_temporary_tag(struct buf *);
/* Takes the name from the image, and the image away when it was its last.  done: once, from
 * the loop; one at a time. */
void engine_untag(struct engine *, const char *name, engine_untagged_fn *done, void *data);
/* Input of an interactive run, which copies it; its end; what is not on its way yet; the
 * size of its terminal.  Nothing comes of what is said before it runs or when it has ended.
 * An engine with ABILITY_OWN_TERMINAL takes none of it: its container has the terminal, the
 * input and the output of this process. */
void engine_run_input(struct work *, struct str bytes);
void engine_run_input_end(struct work *);
size_t engine_run_unsent(const struct work *);
void engine_run_resize(struct work *, unsigned rows, unsigned cols);
/* A run: asked once it is told to stop and has ten seconds for it; asked again it is
 * killed.  Then it is removed. */
void engine_cancel(struct work *);

#endif
