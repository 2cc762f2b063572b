#ifndef CORE_JOURNAL_READER_H
#define CORE_JOURNAL_READER_H

#include "core/journal/index.h"

/* A journal as its readers hold it; shared by the .c files of this room. */

/* A piece of a file, kept for the next question. */
struct window {
	int fd;                         /* owned; -1: no such file yet */
	uint64_t at;
	char *bytes;
	size_t n;
};
enum { WINDOW_SIZE = 256 << 10 };

/* Bytes [at, …) of the file as far as a window reaches: at least one when there
 * are any, lent until the next call. */
struct str window_read(struct window *, uint64_t at);
void window_finish(struct window *);

struct journal {
	const char *dir, *path, *lock;  /* interned */
	struct window events, log;
	struct index index;
	uint64_t taken;                 /* bytes of the journal indexed so far: whole lines */
	uint64_t scanned;               /* bytes looked at for the end of a line */
	double until, held;             /* replay: events up to until; the next one's time */
	struct arena *arena;            /* of the event last given */
	struct buf line;                /* of an event longer than a window */
	/* following */
	struct loop *loop;
	struct watch *watch;
	int job;                        /* pidfd of the job; -1 */
	uint64_t timer;
	void (*more)(struct journal *, void *);
	void *data;
	enum journal_state told;
};

#endif
