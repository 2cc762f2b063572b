#ifndef CORE_KIND_POETRY_H
#define CORE_KIND_POETRY_H

#include "core/kind/image_settings.h"
#include "core/kind/kind.h"
#include "core/kind/poetry_choice.h"
#include "core/kind/poetry_code.h"
#include "core/kind/poetry_lock.h"
#include "core/kind/poetry_project.h"

/* Python projects of Poetry (facts and choices: docs/poetry.md): a pyproject.toml with
 * [tool.poetry] or with poetry-core as its build backend, or one that has a poetry.lock
 * beside it.  The Dockerfile is the folder's own where there is one, else derived. */
extern const struct kind kind_poetry;

/* settings.kind_data. */
struct poetry {
	struct arena *arena;            /* the settings' */
	const char *root;
	const struct source *source;    /* of pyproject.toml, or NULL: it could not be read */
	const struct poetry_project *project;   /* NULL: the file could not be read */
	const struct poetry_lock *lock; /* NULL: there is none */
	struct image_settings image;    /* [image] of .mortar.toml, and .env */
	const struct value *own_settings;       /* .mortar.toml, or NULL */
	const char *dockerfile;         /* the folder's own, relative to root; NULL: there is none */
	struct poetry_choices choices;
	struct poetry_code code;
	bool is_derived;                /* the recipe is ours: no own one, or --derive */
	bool has_config;                /* poetry.toml lies beside pyproject.toml */
	struct poetry_freshness freshness;      /* by the Poetry that will be there */
	const char *no_freshness;       /* why it is not known, or NULL */
};

/* The document poetry.json, made of pyproject.toml, poetry.lock and what was chosen. */
const struct value *poetry_overview(const struct poetry *);

/* What `mortar lint` tells of a Poetry project, ended by a NULL id. */
extern const struct rule poetry_rules[];

#endif
