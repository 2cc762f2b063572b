#include "core/ext/crypto.h"
#include "core/kind/poetry_lock.h"

/* What `poetry install` does has changed twice: with a lock that is stale it warned and went
 * on before 1.8.0, and it has looked at lock-versions since 1.0.10. */

/* A version of those rules that does as all of them do, for lock-versions; the 1.2 to 1.8 differ
 * in what they make of a stale lock, which fresh_stale knows. */
static struct str fresh_version(const struct poetry_freshness *f)
{
	static const struct str of[] = { STR("1.1.15"), STR("1.8.5"), STR("2.2.1"), STR("2.4.1") };
	return f->version.n ? f->version : of[f->rules];
}

static const char *fresh_stale(const struct poetry_freshness *f)
{
	struct poetry_version v;
	if (!f->version.n && f->rules == POETRY_RULES_1_2)
		return "`poetry install` warns and installs what is locked before 1.8, and fails from "
		       "1.8 on";
	poetry_version_parse(fresh_version(f), &v);
	if (poetry_version_at_least(&v, 1, 8, 0))
		return "`poetry install` fails: pyproject.toml changed significantly since poetry.lock "
		       "was last generated";
	return "`poetry install` warns that the lock is not consistent with pyproject.toml, and "
	       "installs what is locked";
}

static const char *fresh_does(const struct poetry_freshness *f, const struct poetry_lock *lock)
{
	if (f->state == POETRY_NO_LOCK)
		return "`poetry install` resolves the dependencies anew and writes a poetry.lock";
	if (f->state == POETRY_BROKEN)
		return "`poetry install` fails: it cannot read the lock";
	if (!lock->metadata)
		return "`poetry install` fails: the lock has no metadata";
	if (f->reading == POETRY_REFUSES)
		return "`poetry install` fails: the lock file is not compatible with that version of "
		       "Poetry";
	if (f->state != POETRY_FRESH)
		return fresh_stale(f);
	return f->reading == POETRY_READS_WITH_WARNING
		? "`poetry install` warns that the lock might not be compatible, and installs what is "
		  "locked"
		: "`poetry install` installs what is locked";
}

/* Before 2.3.0 the hash was made without dependency-groups; a lock that says to be of then is
 * compared with that as well. */
static bool fresh_by_older(const struct value *root, const struct poetry_lock *lock,
                           struct poetry_freshness *f)
{
	char hex[POETRY_HASH_SIZE];
	struct poetry_version v;
	struct error ignored;
	if (f->rules != POETRY_RULES_2_3 || !poetry_version_parse(lock->generator, &v) ||
	    poetry_version_at_least(&v, 2, 3, 0) ||
	    !poetry_hash(root, POETRY_RULES_2_0, hex, &ignored) ||
	    !str_eq(str_of(hex), lock->content_hash))
		return false;
	memcpy(f->expected, hex, sizeof hex);
	f->is_older_hash = true;
	return true;
}

/* 1.1 and 1.2 write the same lock-version without saying who they are, and so would a lock that
 * has lost its first line. */
static bool fresh_by_others(const struct value *root, const struct poetry_lock *lock,
                            struct poetry_freshness *f)
{
	char hex[POETRY_HASH_SIZE];
	struct error ignored;
	enum poetry_rules other = f->rules == POETRY_RULES_1_1 ? POETRY_RULES_1_2 : POETRY_RULES_2_3;
	if (f->version.n || f->rules == POETRY_RULES_1_2 || f->rules == POETRY_RULES_2_3 ||
	    !poetry_hash(root, other, hex, &ignored) || !str_eq(str_of(hex), lock->content_hash))
		return false;
	memcpy(f->expected, hex, sizeof hex);
	f->rules = other;
	f->is_told_by_hash = true;
	return true;
}

static enum poetry_fresh fresh_state(const struct value *root, const struct poetry_lock *lock,
                                     struct poetry_freshness *f)
{
	if (!lock)
		return POETRY_NO_LOCK;
	if (!lock->root)
		return POETRY_BROKEN;
	if (!lock->content_hash.n)
		return POETRY_NO_HASH;
	return str_eq(str_of(f->expected), lock->content_hash) || fresh_by_older(root, lock, f) ||
	       fresh_by_others(root, lock, f) ? POETRY_FRESH : POETRY_STALE;
}

bool poetry_check_lock(struct arena *arena, const struct poetry_project *project,
                       const struct poetry_lock *lock, struct str version,
                       struct poetry_freshness *ret, struct error *err)
{
	struct poetry_freshness f = { .rules = poetry_lock_rules(lock) };
	f.version = version.n ? version : lock ? lock->generator : (struct str){ 0 };
	if (version.n && !poetry_rules_of(version, &f.rules))
		return error_set(err, ERROR_USAGE, "'%.*s' is no version of Poetry whose content-hash is "
		                 "known here; write one as in 1.8.5 (the pre-releases of 1.2 had others)",
		                 STR_ARG(version));
	if (!poetry_hash(project->root, f.rules, f.expected, err))
		return false;
	f.state = fresh_state(project->root, lock, &f);
	f.found = lock ? lock->content_hash : (struct str){ 0 };
	f.reading = lock && lock->root ? poetry_reads(fresh_version(&f), lock->lock_version)
	                               : POETRY_READS;
	if (f.state == POETRY_STALE)
		f.what_changed = poetry_changed_alone(arena, project->root, f.rules, f.found);
	f.install_does = fresh_does(&f, lock);
	*ret = f;
	return true;
}
