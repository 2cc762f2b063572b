#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include <stdint.h>

#include "core/os/watch.h"
#include "tui/around.h"
#include "tui/keymap.h"
#include "tui/surface.h"

/* What the terminal shows around the picture of a view. */
struct view_news {
	struct buf title;               /* finished by who asked */
	enum around_progress progress;
	int percent;
};

struct app;
struct list;
struct loop;
struct view;

/* A view fills the screen but for the message line.  One file each, with one const
 * struct view_ops; its state begins with struct view.  Nothing here touches the
 * terminal: handlers change state and say app_dirty, draw paints all of it. */
struct hint {
	enum action action;
	const char *text;       /* NULL ends the list */
};

/* How marks, jumps, copying and the mouse find their way in a view.  All may be NULL. */
struct view_nav {
	/* Its lists, from the left or the top; NULL behind the last.  Each has noted its place
	 * with list_at when it was drawn, if it was. */
	struct list *(*list)(struct view *, size_t i);
	/* Which of them has the keys; NULL: the first. */
	size_t (*focused)(const struct view *);
	/* That one gets the keys; its cursor may have been moved. */
	void (*focus)(struct view *, size_t i);
	/* Appends where the cursor is, in words that are still right when all was read anew;
	 * NULL: by number.  And back there: false, it is gone. */
	void (*place)(struct view *, struct buf *);
	bool (*go)(struct view *, struct str place);
	/* What the view is about, so that another of its kind is told apart (a build's folder). */
	const char *(*subject)(const struct view *);
	/* Appends what a copying action copies; false: there is no such thing here.  NULL, and
	 * for ACTION_COPY_LINE: the line as it is drawn. */
	bool (*copy)(struct view *, enum action, struct buf *);
};

struct view_ops {
	const char *name;
	unsigned where;         /* of enum where: which keys are valid */
	/* Everything in the area, every time: nothing of the last frame is kept.  Must
	 * cope with any size. */
	void (*draw)(struct view *, struct surface *, struct area);
	/* Does what a key means; false: it acts on nothing here, which the app says. */
	bool (*act)(struct view *, enum action, unsigned count);
	void (*free)(struct view *);

	/* The rest may be NULL. */
	/* Comes to the front, for the first time or again. */
	void (*enter)(struct view *);
	/* The project was read anew: what was borrowed of the last reading is gone. */
	void (*reread)(struct view *);
	/* Milliseconds until it wants to be drawn again though nothing happened (a
	 * clock that runs); -1: never.  Asked after each drawing. */
	int64_t (*tick)(struct view *);
	/* The user wants to go back, to another view or out: false when it asks first,
	 * and goes by itself when told yes. */
	bool (*leave)(struct view *);
	/* BACK closes something of its own first, if there is anything; false: there is not. */
	bool (*back)(struct view *);
	/* Takes a key before the table of keys does, while something is typed inside the
	 * view; false: nothing is. */
	bool (*key)(struct view *, uint32_t key);
	/* What the bottom line says of those keys; NULL: nothing is typed. */
	const char *(*typing)(const struct view *);
	/* A line was typed that app_prompt asked for. */
	void (*typed)(struct view *, struct str line);
	/* Title and progress; NULL: the project's name. */
	void (*news)(struct view *, struct view_news *);
	/* Whether it shows the build of this folder: then its end is no news. */
	bool (*is_about)(const struct view *, const char *dir);
	/* Why what it shows is looked at each second; the app says so. */
	enum watch_lack (*lack)(const struct view *);
	/* NULL: nothing of it. */
	const struct view_nav *nav;
	/* The keys that the bottom line names while there is nothing else to say. */
	const struct hint *hints;
};

/* First member of every view's state. */
struct view {
	const struct view_ops *ops;
	struct app *app;        /* set by app_push */
};

#endif
