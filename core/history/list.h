#ifndef CORE_HISTORY_LIST_H
#define CORE_HISTORY_LIST_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/value/value.h"

/* The builds that were kept, as rows: made from the first and the last lines of
 * each journal, so that thousands list fast. */
enum history_state {
	HISTORY_RUNNING, HISTORY_DONE, HISTORY_FAILED, HISTORY_CANCELLED, HISTORY_LOST,
};
/* "running", "done", "failed", "cancelled", "lost". */
const char *history_state_name(enum history_state);

struct history_item {
	const char *id, *dir;
	const char *project, *kind, *level, *engine, *image, *root;     /* "" when unknown */
	const char *address;            /* of the engine; "" when unknown */
	const char *spec;               /* which leads there, where the address alone does not */
	const char *const *profiles;
	size_t nprofiles;
	double started, ended;          /* seconds since the epoch; ended 0: not yet, or lost */
	enum history_state state;
	int exit_code;                  /* of build.done: DESIGN's exit codes */
	const char *image_id, *error;   /* "": none */
	const char *digest;             /* in a registry, of the first name pushed; "": none was */
	bool pinned;                    /* not to be deleted */
	bool imported;                  /* made elsewhere: history import brought it */
	uint64_t size;                  /* bytes of journal and log, nearly all that it takes */
	size_t nbuilds;                 /* of a batch; else 0 */
	const char *action;             /* "add requests": no build but this; "": a build */
	const char *batch;              /* the id of the batch it belongs to; "": none */
};

struct history_list {
	const struct history_item *items;       /* newest first */
	size_t n;
};

/* At most `most` builds, newest first, in the arena.  A folder without a journal
 * that can be read is left out. */
bool history_read(struct arena *, size_t most, struct history_list *ret_list, struct error *);
/* The same of those that the filter lets pass (NULL: all). */
struct history_filter;
bool history_select(struct arena *, const struct history_filter *, size_t most,
                    struct history_list *ret_list, struct error *);
/* The row as `mortar history --json` has it, in the arena. */
struct value *history_describe(struct arena *, const struct history_item *);
/* Made elsewhere: an import leaves the file `imported` in its folder. */
bool history_is_imported(const char *dir);
/* Shaped as an id: "20261121-061803-7f3a". */
bool history_is_id(struct str);
/* One build's row; false when its folder holds none. */
bool history_read_one(struct arena *, const char *dir, struct history_item *ret_item);

#endif
