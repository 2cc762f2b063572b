#ifndef TUI_BATCH_MENU_H
#define TUI_BATCH_MENU_H

#include "tui/popup.h"
#include "tui/project.h"

/* The popup that asks how combinations are to be built: the cache level, and how many at a
 * time. */
struct batch_ask {
	const struct level *levels;     /* the kind's */
	const char *level;              /* chosen to begin with */
	size_t jobs, n;                 /* n: combinations */
	const char *names;              /* of them, for people; copied */
	const char *engine;
	void (*go)(void *data, const char *level, size_t jobs);         /* Enter */
	void *data;                     /* lives as long as the view beneath */
};
struct popup *batch_menu_new(const struct batch_ask *);

#endif
