#ifndef CORE_KIND_POETRY_CHANGES_H
#define CORE_KIND_POETRY_CHANGES_H

#include "core/kind/poetry_hash.h"

/* What a lock's pyproject.toml had otherwise.  A hash says only that something did; so these
 * look for the text that has it.  Texts as "dependencies (requests), group dev", in the
 * arena; n 0: cannot be told. */

/* Told by the pyproject alone: it has that hash with a few of its entries or some of its
 * tables left out, or by other rules.  Tries as many as take some ten milliseconds. */
struct str poetry_changed_alone(struct arena *, const struct value *pyproject, enum poetry_rules,
                                struct str content_hash);
/* Since `then`, another pyproject's root whose hash by these rules is the lock's. */
struct str poetry_changed_since(struct arena *, const struct value *then, const struct value *now,
                                enum poetry_rules, struct str content_hash);

#endif
