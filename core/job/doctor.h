#ifndef CORE_JOB_DOCTOR_H
#define CORE_JOB_DOCTOR_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/value/value.h"

/* What is here and what is missing, as one JSON document: an object whose arrays are
 * the sections, whose items are rows {name, state, text, remedy} with further facts
 * beside them (docs/formats.md).  Made by `mortar worker doctor`; the front end adds its
 * terminal and shows it. */
enum doctor_state {
	DOCTOR_OK,
	DOCTOR_ABSENT,          /* not here, and nothing is wrong with that */
	DOCTOR_PROBLEM,         /* wrong or soon to be; the remedy says what to do */
};
/* "ok", "absent", "problem". */
const char *doctor_state_name(enum doctor_state);

/* A row; text is one sentence without control characters. */
struct value *doctor_row(struct arena *, const char *name, enum doctor_state, const char *fmt,
                         ...) __attribute__((format(printf, 4, 5)));
void doctor_remedy(struct arena *, struct value *row, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Further facts; a text that is NULL or "" is left out. */
void doctor_text(struct arena *, struct value *row, const char *key, const char *text);
void doctor_number(struct arena *, struct value *row, const char *key, unsigned long long);
void doctor_truth(struct arena *, struct value *row, const char *key, bool);
/* To the end of a section. */
void doctor_add(struct value *section, struct value *row);

/* Under this much room a row is a problem.  A Debian base with an interpreter and its
 * packages has some 1 GiB and 20,000 files, which a commit of a layer holds twice. */
#define DOCTOR_ENGINE_BYTES (2ull << 30)
#define DOCTOR_ENGINE_INODES 40000ull
/* A build's folder has about ten files, its requirements' archives and folders some
 * hundred; its log grows to log_limit, which is added to this. */
#define DOCTOR_STATE_BYTES (64ull << 20)
#define DOCTOR_STATE_INODES 1000ull

struct space;
/* "12.3 GiB free of 40 GiB" as a text, and what is lacking. */
bool doctor_is_tight(const struct space *, unsigned long long bytes, unsigned long long inodes);
/* Facts free, total, free_inodes, and the sentence in the arena. */
const char *doctor_space(struct arena *, struct value *row, const struct space *);

/* ---- the parts; each may block, so only workers call them ---- */
struct inotify_use;
struct logind;
struct value *doctor_inotify(struct arena *, const struct inotify_use *);
struct value *doctor_session(struct arena *, const struct logind *, const char *user);
/* Open files, file sizes, pidfd, the clock; log_limit: bytes of log a build may keep. */
struct value *doctor_limits(struct arena *, unsigned long long log_limit);

/* What is known of one engine once it was asked. */
struct doctor_engine {
	const char *name;               /* "dockerd", "podman", "buildah", a configured one … */
	const char *spec;               /* as --engine takes it */
	bool is_choice;                 /* …"auto" or "chosen": what a build would take */
	bool is_expected;               /* somebody named it: silence is a problem */
	bool is_late;                   /* it has not answered in time */
	bool is_of_pool;                /* asked for a pool alone: no row of its own */
	const struct value *facts;      /* lines of `mortar worker probe`; NULL: not told */
	const struct value *info;
	struct error err;               /* why it cannot be had, when facts is NULL */
};
/* Names of the members of `facts` and `info` are those of the rows. */
struct value *doctor_engine(struct arena *, const struct doctor_engine *);
/* engines: as of doctor_features. */
struct preferences_pool;
struct value *doctor_pool(struct arena *, const struct preferences_pool *,
                          const struct doctor_engine *engines, size_t n);
/* The first of the pool that answers, or NULL. */
const struct doctor_engine *doctor_pool_first(const struct preferences_pool *,
                                              const struct doctor_engine *engines, size_t n);
/* Room for its images; NULL when nothing is known of it. */
struct value *doctor_engine_disk(struct arena *, const struct doctor_engine *);
/* engines[0] is the one that a build would take, which is another by its own name. */
struct value *doctor_features(struct arena *, const struct doctor_engine *engines, size_t n);

#endif
