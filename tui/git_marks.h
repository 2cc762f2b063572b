#ifndef TUI_GIT_MARKS_H
#define TUI_GIT_MARKS_H

#include "core/base/map.h"
#include "core/job/job.h"

/* Git's letters for the tree: M modified, ? untracked, ! ignored.  Asked of a
 * worker, since a large repository takes its time; until it answers, what it said
 * last stays. */
struct git_marks {
	struct worker *worker;          /* NULL: none is asked now */
	struct arena *arena;
	struct map states;              /* path from the root → "M", "?", "!" */
	char *branch;                   /* NULL: none, or not in git */
	void (*changed)(void *data);
	void *data;
};

void git_marks_init(struct git_marks *, void (*changed)(void *data), void *data);
void git_marks_finish(struct git_marks *);
void git_marks_ask(struct git_marks *, struct loop *, const char *root);

#endif
