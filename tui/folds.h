#ifndef TUI_FOLDS_H
#define TUI_FOLDS_H

#include "core/base/map.h"

/* Names of what is folded; they stay through a reading anew.  {0} is empty. */
struct folds {
	struct arena *arena;
	struct map names;
};

void folds_finish(struct folds *);
bool folds_has(const struct folds *, struct str name);
bool folds_is_empty(const struct folds *);
void folds_set(struct folds *, struct str name, bool folded);
void folds_clear(struct folds *);

#endif
