#ifndef TUI_MESSAGES_H
#define TUI_MESSAGES_H

#include "core/base/str.h"

/* What was said to the user, newest last.  Long sessions forget the oldest. */
enum { MESSAGES_MAX = 2000, MESSAGES_TEXT_MAX = 4000 };

struct message {
	double t;                       /* when it was said last; seconds since the epoch */
	char *text;                     /* cut to MESSAGES_TEXT_MAX bytes */
	unsigned times;                 /* said so often in a row */
	bool alert;
};

struct messages {
	struct message *all;
	size_t n;
	size_t said, forgotten;         /* counts since the start */
};

void messages_finish(struct messages *);
/* The same as the last one is counted there. */
void messages_add(struct messages *, bool alert, struct str text);

#endif
