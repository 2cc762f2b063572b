#ifndef CORE_KIND_POETRY_VERSION_H
#define CORE_KIND_POETRY_VERSION_H

#include "core/base/str.h"

/* A Poetry's version: "1.8.5", "2.3", "2.0.0b1" (PEP 440 without an epoch; a local part and
 * what comes behind a third number count as nothing). */
struct poetry_version {
	unsigned release[3];
	bool is_pre;                    /* a, b, rc or dev: before the release of that number */
};
/* false: it is none. */
bool poetry_version_parse(struct str, struct poetry_version *ret_version);
/* <0, 0 or >0; pre-releases of one number are alike. */
int poetry_version_cmp(const struct poetry_version *, const struct poetry_version *);
/* Whether it is that release or a later one; pre-releases of it are not. */
bool poetry_version_at_least(const struct poetry_version *, unsigned major, unsigned minor,
                             unsigned patch);

#endif
