#include "tui/folds.h"

/* What a name maps to when it is folded; unfolded ones map to NULL. */
static const char folds_mark[] = "";

void folds_clear(struct folds *f)
{
	map_finish(&f->names);
	arena_free(f->arena);
	*f = (struct folds){ 0 };
}

void folds_finish(struct folds *f)
{
	folds_clear(f);
}

bool folds_has(const struct folds *f, struct str name)
{
	return map_get(&f->names, name) != NULL;
}

bool folds_is_empty(const struct folds *f)
{
	return f->names.n == 0;
}

void folds_set(struct folds *f, struct str name, bool folded)
{
	if (!f->arena)
		f->arena = arena_new();
	if (!map_has(&f->names, name)) {
		if (!folded)
			return;
		name = arena_str(f->arena, name);
	}
	map_set(&f->names, name, folded ? (void *)folds_mark : NULL);
}
