#ifndef CORE_ENGINE_USAGE_H
#define CORE_ENGINE_USAGE_H

#include "core/base/map.h"
#include "core/engine/engine.h"

/* What an engine holds on its disk, what of it may go, and its removal.  No build needs it.
 * What asks an engine blocks until it has answered: for workers.  Everything lives in the
 * arena that it was asked with. */
enum usage_kind { USAGE_IMAGE, USAGE_CONTAINER, USAGE_CACHE, USAGE_VOLUME, USAGE_KINDS };
/* "image", "container", "cache", "volume". */
const char *usage_kind_name(enum usage_kind);
/* "images", "containers", "build cache", "volumes". */
const char *usage_kind_title(enum usage_kind);

/* Sizes in bytes, times in seconds since the epoch; 0: not told. */
struct usage_item {
	enum usage_kind kind;
	const char *id;                 /* as the engine takes it; of a volume its name */
	const char *name;               /* first tag, container's name, description of a cache
	                                 * record; "" none */
	const char *const *names;       /* all tags of an image, NULL-terminated */
	const char *state;              /* "running", "dangling", "regular" …: of its kind */
	const char *image;              /* of a container: its image's id; "" unknown */
	const char *const *parents;     /* ids of the same kind that it stands on, NULL-terminated */
	const struct pair *labels;
	size_t nlabels;
	uint64_t size;
	uint64_t shared;                /* of the size: what others have too */
	bool has_size, has_shared;      /* told at all */
	bool in_use;                    /* cannot go now: it runs, or something that runs has it */
	bool by_name;                   /* goes only when it is named itself */
	double created, used;
	int layer;                      /* of an image: into layers; -1 unknown */
};

/* A layer of images, known by all layers up to it (its chain id). */
struct usage_layer {
	const char *id;                 /* "sha256:…" */
	int below;                      /* -1: the lowest */
	uint64_t sum;                   /* bytes up to here; at least that when not exact */
	bool exact;
};

struct usage {
	struct usage_item *items;       /* by kind, as listed */
	size_t n;
	struct usage_layer *layers;     /* those below first; none before usage_ask_layers */
	size_t nlayers;
	bool has_total;                 /* of images, shared layers counted once */
	uint64_t total;
	bool is_rounded;                /* sizes have three digits (buildah) */
	bool holds_layers;              /* the build cache may hold layers of images */
	bool has[USAGE_KINDS];          /* whether this engine has that kind at all */
};

/* what is asked for now, for a person: "images and containers". */
typedef void usage_waiting_fn(void *data, const char *what);

/* The facts are a probe's.  Of an engine that is asked by someone else just now, it waits for
 * that to end. */
bool usage_ask(struct arena *, const struct engine_facts *, usage_waiting_fn *, void *data,
               struct usage *ret_usage, struct error *);
/* Which layers images have, for usage_weigh; where the engine does not tell them there are
 * none, which is no error. */
bool usage_ask_layers(struct arena *, const struct engine_facts *, usage_waiting_fn *,
                      void *data, struct usage *, struct error *);

/* ---- what goes ---- */

/* "label=build=nightly": key, operator, value. */
struct usage_filter {
	struct str key;                 /* label, name, type */
	bool is_not;                    /* != */
	struct str value;               /* a label's "key" or "key=value"; * in a name: anything */
};
struct usage_wish {
	unsigned kinds;                 /* bits 1 << enum usage_kind; never volumes */
	bool all;                       /* images with a name too, cache that images share */
	double older;                   /* seconds since it was used or, where nobody knows, made */
	bool has_keep;
	uint64_t keep;                  /* bytes of build cache that stay, the last used */
	const struct usage_filter *filters;
	size_t nfilters;
	const char *const *names;       /* things by name or id, "volume:NAME", "cache:ID" */
	size_t nnames;
	double now;
	double busy_since;              /* a build runs since then; 0: none */
};

/* "label=K=V", "name!=a*", "type=source.local"; false: it is none (ERROR_USAGE). */
bool usage_filter_parse(struct str text, struct usage_filter *ret_filter, struct error *);

struct usage_kept { size_t item; const char *why; };
struct usage_choice {
	const size_t *goes;             /* into items: in the order in which they can be removed */
	size_t n;
	bool *is_going;                 /* of each item */
	const struct usage_kept *kept;  /* was named, and stays */
	size_t nkept;
};
/* Only what can be removed: nothing in use, nothing that something which stays stands on.
 * false: a name of the wish is nobody's, or of several (ERROR_MISSING, ERROR_USAGE). */
bool usage_choose(struct arena *, const struct usage *, const struct usage_wish *,
                  struct usage_choice *ret_choice, struct error *);

struct usage_sum {
	uint64_t least, most;           /* bytes, layers that several have counted once */
};
/* What is free when those go (is_going: of each item); kind USAGE_KINDS: all together. */
struct usage_sum usage_weigh(const struct usage *, const bool *is_going, enum usage_kind);

/* ---- removing ---- */

struct usage_removal {
	/* Of each item that was to go: why NULL, it is gone; freed: bytes, of images without
	 * what others still have. */
	void (*removed)(void *data, size_t item, uint64_t freed, const char *why);
	/* Asked before each: false, that is enough. */
	bool (*goes_on)(void *data);
	void *data;
};
/* One after the other; what is refused is told and left.  false: the engine is gone. */
bool usage_remove(const struct engine_facts *, const struct usage *, const struct usage_choice *,
                  const struct usage_removal *, struct error *);

/* ---- the answers, for tests ---- */

/* GET /images/json?all=1, /system/df of dockerd and podman; df may be empty. */
bool usage_read_images(struct arena *, struct str json, struct str df, struct usage *ret_usage,
                       struct error *);
bool usage_read_df(struct arena *, struct str json, struct usage *, struct error *);
/* RootFS of GET /images/ID/json: a layer for each; the item's is the last.  {0} is a
 * usage_chains before the first image. */
struct usage_chains {
	struct map known;               /* layers by their ids */
	size_t cap;
};
bool usage_read_layers(struct arena *, struct str json, struct usage *, struct usage_chains *,
                       size_t item, struct error *);
void usage_chains_finish(struct usage_chains *);
/* After the last image: how many bytes each layer stands on, as far as images tell. */
void usage_sum_layers(struct usage *);
/* `buildah images --all`, those without a name and anything on them, `buildah containers`. */
bool usage_read_buildah(struct arena *, struct str images, struct str dangling,
                        struct str containers, struct usage *ret_usage, struct error *);

#endif
