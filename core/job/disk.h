#ifndef CORE_JOB_DISK_H
#define CORE_JOB_DISK_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/os/loop.h"
#include "core/value/value.h"

/* What an engine holds on its disk, what of it may go and what that would cost, its removal:
 * for front ends, by a worker that stays and remembers what it was told. */
enum disk_kind { DISK_IMAGE, DISK_CONTAINER, DISK_CACHE, DISK_VOLUME, DISK_KINDS };
/* "image" …, and "images", "containers", "build cache", "volumes". */
const char *disk_kind_name(enum disk_kind);
const char *disk_kind_title(enum disk_kind);

struct disk_item {
	enum disk_kind kind;
	const char *id, *name, *state;  /* name "": none; of an image its first */
	const char *names;              /* all of an image, separated by blanks */
	uint64_t size, shared;          /* bytes; shared: of the size, what others have too */
	bool has_size, has_shared;      /* told at all */
	bool in_use, by_name;           /* by_name: goes only when it is named itself */
	double created, used;           /* seconds since the epoch; 0: not told */
};

struct disk_sum { uint64_t least, most; };

struct disk_listing {
	const struct value *engine;     /* {"name", "product", "version", "address"} */
	const struct disk_item *items;  /* these live until the next listing is there */
	size_t n;
	bool has[DISK_KINDS];           /* whether this engine has the kind at all */
	size_t count[DISK_KINDS], used[DISK_KINDS];     /* things, and those in use */
	uint64_t bytes[DISK_KINDS];     /* layers of images counted once, where that is told */
	bool is_exact;                  /* of images; else it is less */
	struct disk_sum free[DISK_KINDS];       /* when all goes that could */
};

struct disk_gone {
	enum disk_kind kind;
	const char *id, *name, *state;
	uint64_t size;
	bool has_size;
	double age;                     /* seconds since it was used, else made; -1: not told */
	const char *note;               /* why it is worth a second look; NULL */
};
struct disk_stays { const char *name, *why; };
struct disk_project {
	const char *name, *root;
	size_t steps, lost, unknown, bases;     /* as struct loss_project has them */
	double seconds;                 /* -1: not known */
	bool is_untold;
};
struct disk_preview {
	const struct value *engine;
	const struct disk_gone *gone;
	size_t n;
	const struct disk_stays *stays; /* was named, and cannot go */
	size_t nstays;
	struct disk_sum sums[DISK_KINDS], sum;
	const struct disk_project *projects;    /* that lose steps or base images, or may */
	size_t nprojects;
};

struct disk_result {
	size_t removed, refused;
	uint64_t freed;                 /* bytes, at least */
	bool is_told;                   /* false: the engine tells no sizes of what it removed */
};

/* Lent for the call. */
struct disk_events {
	void (*waiting)(void *data, const char *what);
	void (*listed)(void *data, const struct disk_listing *);
	void (*previewed)(void *data, const struct disk_preview *);
	/* why NULL: it is gone. */
	void (*removed)(void *data, enum disk_kind, const char *id, const char *name, uint64_t freed,
	                const char *why);
	void (*done)(void *data, const struct disk_result *);
	/* Nothing follows; a new call begins anew. */
	void (*failed)(void *data, const struct error *);
	void *data;
};

struct disk_wish {
	unsigned kinds;                 /* bits 1 << enum disk_kind */
	bool all;                       /* images with a name too, cache that images share */
	double older;                   /* seconds; 0: any age */
	bool has_keep;
	uint64_t keep;                  /* bytes of build cache that stay */
	const char *const *filters;     /* "label=a=b", "name!=x*", "type=regular" */
	size_t nfilters;
	const char *const *names;
	size_t nnames;
};

struct disk;
/* engine: a spec of engine_new; named: names that it may be.  Both are copied. */
struct disk *disk_new(struct loop *, const char *engine, const struct pair *named, size_t nnamed,
                      const struct disk_events *);
/* Ends the worker, and with it what it was at; of a prune it does no more than it has begun. */
void disk_free(struct disk *);
OWN_DEFINE(disk)
bool disk_list(struct disk *, struct error *);
/* Asks the engine first where it was not asked yet (fresh: again). */
bool disk_preview(struct disk *, const struct disk_wish *, bool fresh, struct error *);
/* Removes what was last previewed, and nothing else. */
bool disk_prune(struct disk *, struct error *);

/* As `mortar df --json` and `mortar prune --json` have them, in the arena. */
struct value *disk_describe_item(struct arena *, const struct disk_item *);
struct value *disk_describe_listing(struct arena *, const struct disk_listing *);
struct value *disk_describe_preview(struct arena *, const struct disk_preview *);

/* "1.2 GiB", "1.2 GiB to 1.5 GiB", "at most …", "nothing". */
void disk_append_sum(struct buf *, struct disk_sum);
/* "ship: 14 of 27 steps run anew, some 3m10s; …" */
void disk_append_project(struct buf *, const struct disk_project *);

#endif
