#ifndef CORE_KIND_POETRY_LOCK_H
#define CORE_KIND_POETRY_LOCK_H

#include "core/kind/poetry_changes.h"
#include "core/kind/poetry_project.h"

/* A poetry.lock: what Poetry has resolved, and of which pyproject.toml. */

struct poetry_package {
	struct str name, version;
	const struct value *value;      /* its table */
	const struct value *groups;     /* array of names (lock-version 2.1), or NULL */
	struct str category;            /* "main", "dev" of older ones, or n 0 */
	bool optional;                  /* only with an extra */
	size_t nfiles;                  /* whose hashes are kept, wherever the format has them */
};

struct poetry_lock {
	const struct source *source;
	const struct value *root;       /* NULL: the text cannot be read */
	size_t nconflicts;              /* lines that a merge has left; then root is NULL */
	bool is_generated;              /* its first line says that Poetry made it (1.3 and later) */
	struct str generator;           /* "1.8.5" of that line (1.4 and later); n 0: not said */
	struct str lock_version;        /* "2.1"; n 0: not said */
	struct str content_hash;        /* n 0: missing */
	struct str python_versions;
	/* NULL: not there.  metadata is where a missing key would stand. */
	const struct value *metadata, *lock_version_at, *content_hash_at, *extras;
	const struct poetry_package *packages;  /* as they stand */
	size_t npackages;
};

/* Never NULL, in the arena; the source is borrowed.  Problems, all errors: what toml_read
 * says, "poetry-conflict" at each line that a merge has left, "poetry-lock" for what every
 * lock has and this one lacks. */
struct poetry_lock *poetry_lock_read(struct arena *, const struct source *, struct problems *);
const struct poetry_package *poetry_lock_package(const struct poetry_lock *, struct str name);

/* What a Poetry does with a lock of that lock-version (n 0 counts as 1.0 before 2.0, and is
 * refused from then on).  The highest each one knows: 1.0 to 1.2 read 1.x, 1.2.2 also
 * 2.0; 1.3 to 2.4 read >=1,<3. */
enum poetry_reading {
	POETRY_READS,
	POETRY_READS_WITH_WARNING,      /* newer than it writes: "might not be compatible" */
	POETRY_REFUSES,                 /* "is not compatible with the current version" */
};
enum poetry_reading poetry_reads(struct str poetry_version, struct str lock_version);

/* ---- fresh or stale ---- */

struct poetry_freshness {
	enum poetry_fresh {
		POETRY_FRESH,
		POETRY_STALE,
		POETRY_NO_LOCK,
		POETRY_NO_HASH,         /* the lock says no content-hash: stale to every Poetry */
		POETRY_BROKEN,          /* the lock cannot be read */
	} state;
	char expected[POETRY_HASH_SIZE];        /* by these rules; of a fresh lock the one it has */
	struct str found;               /* the lock's; n 0: none */
	enum poetry_rules rules;        /* by which expected was made */
	struct str version;             /* of the Poetry asked about; n 0: known by its rules alone */
	/* Of a stale one, "dependencies (requests), group dev"; n 0: cannot be told
	 * (poetry_changed_alone; poetry_changed_since can tell more). */
	struct str what_changed;
	enum poetry_reading reading;    /* of the lock-version */
	bool is_older_hash;             /* fresh, since 2.3 takes what an older one has hashed */
	bool is_told_by_hash;           /* fresh, and its rules are known from that alone */
	const char *install_does;       /* a sentence: what `poetry install` of that version does */
};

/* The rules that a lock is checked by where nobody says a version: its generator's, else
 * lock-version 1.x 1.1's, 2.0 those of 1.2 to 1.8, 2.1 (and all later) those of 2.0 to 2.2.
 * NULL: the newest. */
enum poetry_rules poetry_lock_rules(const struct poetry_lock *);

/* As that Poetry would check it; version n 0: by the rules that poetry_lock_rules says, and where
 * no generator is known and they do not fit, by the others that write that lock-version (1.2
 * writes 1.1 too, 2.3 writes 2.1): a hash that fits tells who made it.  lock NULL: there is none.
 * Pure; strings in the arena; a stale one takes some ten milliseconds (poetry_changed_alone).
 * false: the hash cannot be made (poetry_hash), or the version is none that is known. */
bool poetry_check_lock(struct arena *, const struct poetry_project *, const struct poetry_lock *,
                       struct str version, struct poetry_freshness *ret, struct error *);

#endif
