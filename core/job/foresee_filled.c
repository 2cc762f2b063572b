/* Whether the context is what a build will find once it has fetched. */
#include <string.h>
#include <sys/stat.h>

#include "core/job/foresee.h"
#include "core/job/kept.h"
#include "core/job/worker_fetch.h"

/* The bytes are those of the last fetch: compared where they lie here, and taken to be so
 * where only a server knows. */
static bool filled_by_fetch(const struct fetch_task *t)
{
	owned(arena) struct arena *a = arena_new();
	struct kept kept = kept_read(a, t);
	char hex[SHA256_HEX_SIZE];
	struct error ignored;
	struct stat st;
	if (!kept.sha256 || !kept.is_untouched || (t->unpack && stat(t->unpack, &st) < 0) ||
	    (t->sha256 && strcmp(t->sha256, kept.sha256) != 0))
		return false;
	return !str_has_prefix(str_of(t->url), STR("file://")) ||
	       (fetch_hash(t->url + STR("file://").n, hex, &ignored) && !strcmp(hex, kept.sha256));
}

bool foresee_is_filled(const struct plan *plan)
{
	bool filled = true;
	for (size_t i = 0; filled && i < plan->ntasks; i++) {
		const struct task *t = &plan->tasks[i];
		filled = t->kind == TASK_IMAGE || kept_task(t) ||
		         (t->kind == TASK_FETCH && filled_by_fetch(&t->fetch));
	}
	return filled;
}
