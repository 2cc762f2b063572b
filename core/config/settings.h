#ifndef CORE_CONFIG_SETTINGS_H
#define CORE_CONFIG_SETTINGS_H

#include "core/os/files.h"
#include "core/value/value.h"

/* What was selected, and what the configuration is then. */

enum cascade_rule {
	CASCADE_ROOT,           /* only the root level is compared, as PESTO's manual says */
	CASCADE_DEEP,           /* objects update inside, as PESTO's code has always done */
};

/* options: names are those of option.def ("tag", "build-file", "pesto-profile" …),
 * so that a kind adds one without a new field.  abilities: what the chosen
 * engine can (enum engine_ability), since the Dockerfile depends on it. */
struct selection {
	const char *const *profiles;    /* in order */
	size_t nprofiles;
	enum cascade_rule rule;
	const char *level;              /* NULL: the kind's default */
	const struct pair *options;
	size_t noptions;
	unsigned abilities;
};

/* The last option of this name, or {NULL, 0}. */
struct str selection_option(const struct selection *, const char *name);

/* A file of a document: the base (profile NULL) or an overlay. */
struct layer {
	const char *path;               /* relative to the project's root, as the document's */
	const char *profile;
	const struct value *value;      /* NULL: absent or broken */
	bool present;                   /* the file is there (then NULL means broken) */
	bool active;                    /* takes part in this selection */
	/* Of a file that has several layers: the pointer in it below which this one stands
	 * ("/image/profiles/gpu"); NULL: the whole file is the layer. */
	const char *table;
};

enum document_format { DOCUMENT_JSON, DOCUMENT_TOML, DOCUMENT_DOTENV };

/* One configuration file after the cascade. */
struct document {
	const char *path;               /* relative to the project's root: pesto/api/config.json */
	const struct value *value;      /* NULL when any active layer is broken */
	const struct layer *layers;     /* base, active ones in order, the rest by name;
	                                 * files that are there, the base always */
	size_t nlayers;
	bool generated;                 /* has no file of its own: service.json */
	enum document_format format;    /* of its files; TOML: one file, with a table a layer */
	bool chosen;                    /* one file out of several; no overlay takes part: build.json */
};

/* Immutable; lives in its arena, which it owns. */
struct settings {
	struct arena *arena;
	const char *root, *name;        /* project folder, project name */
	const struct document *documents;
	size_t ndocuments;
	const char *const *profiles;    /* all that any file knows, by name */
	size_t nprofiles;
	const void *kind_data;          /* the kind's own, in the arena */
};
void settings_free(struct settings *);
OWN_DEFINE(settings)

/* NULL when there is none of this path. */
const struct document *settings_document(const struct settings *, struct str path);

#endif
