#ifndef CORE_JOB_WORKER_DISK_H
#define CORE_JOB_WORKER_DISK_H

#include "core/engine/usage.h"
#include "core/value/value.h"

/* Private to worker_disk*.c: what the worker remembers between two questions. */
struct worker_disk {
	struct loop *loop;
	struct engine *engine;          /* its facts live as long */
	struct engine_facts facts;
	struct error *err;
	bool is_there;
	struct arena *arena;            /* of all below; NULL: nothing yet */
	bool has_usage, has_choice;
	struct usage usage;
	struct usage_choice choice;
};

void worker_disk_text(struct arena *, struct value *object, const char *key, const char *text);
void worker_disk_number(struct arena *, struct value *object, const char *key, uint64_t);
struct value *worker_disk_item(struct arena *, const struct usage_item *);
/* By kind, and "all": {"least", "most"}. */
struct value *worker_disk_sums(struct arena *, const struct usage *, const bool *is_going);
/* Chooses by the wish and says what would go and what that costs. */
bool worker_disk_preview(struct worker_disk *, const struct value *wish, struct error *);
/* The history knows what has gone. */
bool worker_disk_forget(struct worker_disk *, const bool *gone, struct error *);

#endif
