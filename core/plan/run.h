#ifndef CORE_PLAN_RUN_H
#define CORE_PLAN_RUN_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/value/value.h"

/* A container as it is asked for, and how it stands: what engine, job and front ends
 * say to each other about it. */

/* A port of the container at an address of the engine's machine. */
struct run_port {
	struct str port;                /* "8080/tcp" */
	struct str address;             /* "127.0.0.1"; n 0 when asked for: 127.0.0.1 */
	unsigned number;                /* on the machine; 0 when asked for: a free one */
};

/* A file, or a folder with all that is in it, between the project and a container.  What comes
 * out of a container is hostile: it stays below `path`, whatever its names and links say. */
struct run_copy {
	const char *container;          /* absolute; the folder it lies in is there */
	const char *path;               /* below the project's root, "" is the root */
	bool after_failure;             /* out: also when the container's end is not accepted */
	bool may_lack;                  /* where there is no such thing, none is copied */
};

/* Runs image, which the engine has. */
struct run_task {
	const char *name;               /* of the container, or NULL: the engine makes one */
	struct str image;               /* an id or a name */
	/* For the runner of a plan, which puts an id into image: the plan's image task whose image
	 * is run; -1: image is there. */
	int image_task;
	const char *const *argv;        /* instead of the image's command; NULL-terminated, or NULL */
	const char *const *env;         /* NAME=value over the image's; NULL-terminated, or NULL */
	const struct pair *labels;
	size_t nlabels;
	const char *network;            /* the engine's word for it, or NULL: its default */
	const struct run_port *ports;   /* every port that the image exposes is published too */
	size_t nports;
	const char *const *entrypoint;  /* instead of the image's; NULL-terminated, or NULL */
	const char *const *env_under;   /* NAME=value where the image has no such variable; or NULL */
	/* Its input comes from outside (engine_run_input) and its ports stay its own.  tty: on a
	 * terminal of so many rows and columns; its output is then one stream. */
	bool interactive, tty;
	unsigned rows, cols;
	const char *workdir, *user;     /* instead of the image's, or NULL */
	/* Ended by a NULL container, or NULL.  In before it starts, in order, owned by root, with
	 * the modes that they have here.  Out when it has ended, before its end is judged: those
	 * after_failure together, then the others together, each time all or, where one fails,
	 * none; files keep their owner and mode, new ones get 0644 or 0755. */
	const struct run_copy *copies_in, *copies_out;
	const int *accepted;            /* good exit codes, ended by -1; NULL: 0 alone */
	/* Filled in by who runs the plan, as is_planned; where there are copies: the project's
	 * folder, and a private one into which copy number N comes as DIR/N/NAME. */
	const char *root, *dir;
	/* A task of a plan: nobody looks at its ports and health, so that an engine will do that
	 * serves no containers. */
	bool is_planned;
	/* A command that ends with 0 where entrypoint and argv can be run: for engines that do
	 * not say why one could not.  NULL-terminated, or NULL. */
	const char *const *trial;
};

enum run_phase { RUN_PREPARING, RUN_CREATED, RUN_RUNNING, RUN_STOPPING, RUN_EXITED, RUN_REMOVED };
/* NONE: the image has no HEALTHCHECK. */
enum run_health { RUN_HEALTH_NONE, RUN_HEALTH_STARTING, RUN_HEALTH_HEALTHY,
                  RUN_HEALTH_UNHEALTHY };

/* A snapshot.  Texts come from outside; whoever gives it says how long they live. */
struct run_report {
	enum run_phase phase;
	enum run_health health;
	struct str id, name;            /* of the container; n 0: not yet */
	double started, ended;          /* seconds since the epoch; 0: not yet */
	int exit_code;                  /* -1: not told */
	bool out_of_memory;             /* the kernel ended it for that */
	struct str probe;               /* what the last health check printed */
	int probe_exit;                 /* what it ended with; -1: there was none */
	unsigned failing;               /* health checks that failed since the last good one */
	const struct run_port *ports;   /* published */
	size_t nports;
};

/* Whether such an end is a good one. */
bool run_accepts(const struct run_task *, int exit_code);

/* "running", "healthy" …: words of the JSON form, and fit for a person. */
const char *run_phase_name(enum run_phase);
const char *run_health_name(enum run_health);
/* The JSON form (docs/formats.md, "run --json"), and back: false for what is none.
 * Texts borrow the value, the ports are in the arena. */
struct value *run_report_value(struct arena *, const struct run_report *);
bool run_report_read(struct arena *, const struct value *, struct run_report *ret_report);
bool run_report_equal(const struct run_report *, const struct run_report *);
/* "http://127.0.0.1:49153", for udp "udp://…". */
void run_port_append_url(struct buf *, const struct run_port *);
/* "[[ADDRESS:]HOST:]PORT[/tcp|/udp]" as --publish takes it; texts in the arena. */
bool run_port_parse(struct arena *, struct str text, struct run_port *ret_port, struct error *);

#endif
