#ifndef CORE_KIND_POETRY_INSIDE_H
#define CORE_KIND_POETRY_INSIDE_H

#include "core/kind/image_file.h"
#include "core/kind/poetry.h"

/* Shared by poetry*.c alone. */
#define POETRY_FILE "pyproject.toml"
#define POETRY_LOCK "poetry.lock"
#define POETRY_OVERVIEW "poetry.json"

struct plan *poetry_plan(const struct settings *, const struct selection *, struct files *,
                         struct problems *);
/* A version's or a profile's name as a part of a tag: what no tag has becomes '-'. */
const char *poetry_tag_part(struct arena *, struct str);

#endif
