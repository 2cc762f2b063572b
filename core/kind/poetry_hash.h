#ifndef CORE_KIND_POETRY_HASH_H
#define CORE_KIND_POETRY_HASH_H

#include "core/kind/poetry_version.h"
#include "core/value/value.h"

/* The content-hash of a poetry.lock: SHA-256 of what of the pyproject.toml the resolver
 * depends on, as Python's json.dumps(…, sort_keys=True) writes it.  What that is has changed
 * three times (poetry/packages/locker.py, Locker._get_content_hash):
 *
 * 1.1  dependencies, dev-dependencies, extras, source of [tool.poetry]; null where absent.
 * 1.2  those, and group where it is.
 * 2.0  {"project": {requires-python, dependencies, optional-dependencies}, "tool": {"poetry":
 *      {…}}} with what there is of them, where [project] has one of the three; else as 1.2.
 * 2.3  with "dependency-groups" as well where that table is there and not empty.
 *
 * 1.1's rules hold from the first Poetry on; the pre-releases of 1.2 had others of their own,
 * which nobody knows here. */
enum poetry_rules { POETRY_RULES_1_1, POETRY_RULES_1_2, POETRY_RULES_2_0, POETRY_RULES_2_3 };
enum { POETRY_RULES_COUNT = POETRY_RULES_2_3 + 1 };
enum { POETRY_HASH_SIZE = 65 };         /* 64 lower-case hexadecimal digits and NUL */

/* "1.1", "1.2 to 1.8", "2.0 to 2.2", "2.3 and later". */
const char *poetry_rules_text(enum poetry_rules);

/* The rules of that Poetry; false when it is no version, or a pre-release of 1.2. */
bool poetry_rules_of(struct str version, enum poetry_rules *ret);

/* By the root of a pyproject.toml.  false, ERROR_PROJECT with the place: a date or time is
 * hashed (Poetry itself fails at it), or a table is none. */
bool poetry_hash(const struct value *pyproject, enum poetry_rules, char ret_hex[POETRY_HASH_SIZE],
                 struct error *);

/* Appends what is hashed: for tests, and for those who look for what has changed. */
bool poetry_hash_text(struct buf *, const struct value *pyproject, enum poetry_rules,
                      struct error *);
/* The same as if those values of the tree were not there. */
bool poetry_hash_text_without(struct buf *, const struct value *pyproject, enum poetry_rules,
                              const struct value *const *without, size_t nwithout,
                              struct error *);

#endif
