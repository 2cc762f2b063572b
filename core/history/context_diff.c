#include "core/history/context_diff.h"

#include <stdlib.h>

/* The files of a step, or of all steps, by path. */
struct context_side {
	const struct fingerprint_file **files;
	size_t n;
};

static int context_order(const void *a, const void *b)
{
	const struct fingerprint_file *const *left = a, *const *right = b;
	return str_cmp((*left)->path, (*right)->path);
}

static struct context_side context_side(struct arena *a, const struct fingerprints *f,
                                        const struct fingerprint_step *step)
{
	struct context_side side = { .n = step ? step->nfiles : f->nfiles };
	side.files = arena_array(a, side.n + 1, sizeof *side.files);
	for (size_t i = 0; i < side.n; i++)
		side.files[i] = &f->files[step ? step->files[i] : i];
	qsort(side.files, side.n, sizeof *side.files, context_order);
	return side;
}

static void context_add(struct context_diff *d, struct context_file *files,
                        enum forecast_change change, const struct fingerprint_file *a,
                        const struct fingerprint_file *b)
{
	files[d->n++] = (struct context_file){ change, b ? b->path : a->path, a ? a->size : 0,
	                                       b ? b->size : 0 };
	d->counts[change]++;
}

void context_diff_make(struct arena *arena, const struct fingerprints *a,
                       const struct fingerprint_step *step_a, const struct fingerprints *b,
                       const struct fingerprint_step *step_b, struct context_diff *ret_diff)
{
	struct context_side x = context_side(arena, a, step_a), y = context_side(arena, b, step_b);
	struct context_file *files = arena_array(arena, x.n + y.n + 1, sizeof *files);
	*ret_diff = (struct context_diff){ .files = files };
	for (size_t i = 0, j = 0; i < x.n || j < y.n;) {
		const struct fingerprint_file *old = i < x.n ? x.files[i] : NULL;
		const struct fingerprint_file *new = j < y.n ? y.files[j] : NULL;
		int order = !old ? 1 : !new ? -1 : str_cmp(old->path, new->path);
		if (order < 0)
			context_add(ret_diff, files, FILE_REMOVED, old, NULL);
		else if (order > 0)
			context_add(ret_diff, files, FILE_ADDED, NULL, new);
		else if (!str_eq(old->digest, new->digest) || (old->mode ^ new->mode) & ~(mode_t)07777)
			context_add(ret_diff, files, FILE_CHANGED, old, new);
		else if (old->mode != new->mode)
			context_add(ret_diff, files, FILE_MODE, old, new);
		i += order <= 0;
		j += order >= 0;
	}
}

const char *context_diff_name(enum forecast_change change)
{
	static const char *const names[] = { "added", "removed", "changed", "mode" };
	return names[change];
}

const char *context_diff_verb(enum forecast_change change)
{
	return change == FILE_MODE ? "has another mode" : context_diff_name(change);
}
