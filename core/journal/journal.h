#ifndef CORE_JOURNAL_JOURNAL_H
#define CORE_JOURNAL_JOURNAL_H

#include <stdint.h>
#include <sys/types.h>

#include "core/os/watch.h"
#include "core/value/value.h"

/* builds/<id>/ holds journal (a JSON object a line), log (raw bytes), request.json,
 * lock, and what the job derived (Dockerfile, settings.json).  The job holds a
 * POSIX write lock on `lock`; F_GETLK tells a reader its pid, or that it is lost.
 * One event is one write(2), so a reader sees whole lines and at worst a cut last
 * one, which it does not take. */

enum event_kind {
#define EVENT(id, name, text) EVENT_##id,
#include "core/journal/event.def"
#undef EVENT
	EVENT_UNKNOWN,          /* of a newer mortar: skipped by readers */
};
/* "build.start"; NULL for EVENT_UNKNOWN. */
const char *event_name(enum event_kind);

/* Ceilings, so that a journal from elsewhere cannot eat the machine: a longer event
 * is skipped, a higher step counts as none, a longer log line is cut. */
enum {
	JOURNAL_EVENT_MAX = 64 << 20,
	JOURNAL_STEPS_MAX = 1 << 18,
	JOURNAL_LINE_MAX = 1 << 20,
	JOURNAL_CHUNK = 32 << 10,       /* bytes of log one event speaks of, when we write */
};

/* Lent until the next one is read. */
struct event {
	double t;                       /* seconds since the epoch */
	enum event_kind kind;
	int step;                       /* -1: none */
	int stream;                     /* LOG: 1 stdout, 2 stderr */
	uint64_t offset, length;        /* LOG: bytes in the log file */
	uint64_t gap;                   /* LOG: bytes dropped after these (ceiling or engine) */
	struct str text;                /* WARNING: its text */
	const struct value *fields;     /* the whole line; NULL for LOG, which is all above */
	struct str line;                /* its bytes, without the newline */
};

/* ---- writing: the job alone ---- */
struct journal_writer;

/* Takes the lock and makes the files in dir (which is there, 0700), mode 0600.
 * log_limit: bytes of log kept (0: no limit); beyond it the gap is marked.  A full
 * disk is an error of whatever writes then. */
struct journal_writer *journal_create(const char *dir, uint64_t log_limit, struct error *);
void journal_writer_free(struct journal_writer *);
OWN_DEFINE(journal_writer)
/* fields: an object without t, ev and step, or NULL; step -1: none.  A failure (a
 * full disk) is the build's error; half a line is taken back (ftruncate). */
bool journal_append(struct journal_writer *, double t, enum event_kind, int step,
                    const struct value *fields, struct error *);
/* Raw bytes to the log and an event for each JOURNAL_CHUNK of them.  Past log_limit
 * they are dropped: the first time an event with `gap` says so, the rest of the
 * step's is summed up in one more before its step.done or the build.done. */
bool journal_append_log(struct journal_writer *, double t, int step, int stream,
                        struct str bytes, struct error *);
/* After a full disk: JOURNAL_RESERVE bytes are kept for the last lines (the file
 * `reserve`, filled at creation), released here so that build.done can be written. */
enum { JOURNAL_RESERVE = 64 << 10 };
void journal_release_reserve(struct journal_writer *);
bool journal_sync(struct journal_writer *, struct error *);

/* ---- reading: any number, in any process ---- */
struct journal;

enum journal_state { JOURNAL_RUNNING, JOURNAL_DONE, JOURNAL_LOST };

struct journal *journal_open(const char *dir, struct error *);
void journal_free(struct journal *);
OWN_DEFINE(journal)
const char *journal_dir(const struct journal *);

/* Takes in what was written since; true when there was anything. */
bool journal_refresh(struct journal *);
/* For replays: forgets what was taken in (cursors begin anew) and from now on takes in
 * only events up to this time, which journal_until moves on; 0: all there are. */
void journal_rewind(struct journal *, double until);
void journal_until(struct journal *, double until);
/* The time of the first event that is held back, as of the last refresh; 0: none is. */
double journal_held(const struct journal *);
/* Calls more from the loop when there is something new or the state changed, and
 * once soon if the build is not running any more.  more may unfollow or free. */
bool journal_follow(struct journal *, struct loop *, void (*more)(struct journal *, void *),
                    void *data, struct error *);
void journal_unfollow(struct journal *);
/* Why a journal that is followed is looked at each second; nothing where it is not. */
enum watch_lack journal_lack(const struct journal *);
/* RUNNING while the lock is held; DONE after build.done; LOST when neither.  pid
 * of the job, 0 when there is none; ret_job may be NULL. */
enum journal_state journal_state(const struct journal *, pid_t *ret_job);

struct cursor {
	size_t next;                    /* zero-initialise to begin */
};
/* The next event; false when the reader has caught up.  *ret_event is lent until
 * the next call on this journal. */
bool journal_next(struct journal *, struct cursor *, struct event *ret_event);

/* Bytes of the log file, appended to out; short when they are not there. */
bool journal_read_log(struct journal *, uint64_t offset, uint64_t length, struct buf *out);
/* Log lines of a step (-1: of all, in the order in which they began).  A line is
 * put together from the chunks of its step and stream, whatever came between.  A
 * last line without a newline counts; so does a gap, as "[N bytes were not kept]".
 * The text is lent until the next call, without its newline; ret_t (seconds since
 * the epoch, of the chunk in which it began) may be NULL.  n must be in range. */
size_t journal_lines(const struct journal *, int step);
struct str journal_line(struct journal *, int step, size_t n, struct buf *scratch, double *ret_t);
/* The step (-1: none) in which line n of all stands, and which of its lines it is;
 * and the number among all of line n of a step.  n must be in range. */
int journal_line_step(const struct journal *, size_t n, size_t *ret_of_step);
size_t journal_line_of_all(const struct journal *, int step, size_t n);

#endif
