#ifndef CORE_KIND_POETRY_PYTHON_H
#define CORE_KIND_POETRY_PYTHON_H

#include "core/kind/poetry_hash.h"

/* Which Pythons a project may have. */

enum poetry_allows { POETRY_ALLOWED, POETRY_FORBIDDEN, POETRY_UNREADABLE };
/* Whether a release of Python 3.MINOR fits a constraint as Poetry and PEP 440 write them:
 * "^3.11", "~3.9", ">=3.10,<4", "3.11.*", "!=3.9.7", "^3.8 || ^3.11". */
enum poetry_allows poetry_python_allows(struct str constraint, unsigned minor);
/* The newest 3.MINOR that the constraint (n 0: any) allows among those that this Poetry
 * was released for; false: none, or the constraint is none that can be read. */
bool poetry_python_newest(struct str constraint, const struct poetry_version *poetry,
                          unsigned *ret_minor);

#endif
