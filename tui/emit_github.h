#ifndef TUI_EMIT_GITHUB_H
#define TUI_EMIT_GITHUB_H

#include "core/plan/plan.h"

/* A workflow of GitHub Actions that builds a project's image, as YAML. */

/* An image of the workflow's matrix.  All borrowed. */
struct emit_entry {
	const char *name;               /* "base", "gpu,stateful" */
	const char *profiles;           /* as -p takes them; "" for none */
	const struct image_task *image; /* of its plan */
};
struct emit_github {
	const char *project;
	const char *place;              /* of the project in its repository; "." */
	const char *file;               /* its Dockerfile, from the repository's root; NULL: it is made
	                                 * by mortar, as the context is */
	const char *context;            /* from there */
	const struct emit_entry *entries;
	size_t n;
};

/* Caches as the image's options cache-from and cache-to say; where they say none GitHub's own
 * (type=gha) in a scope for each entry, with the steps of all stages (mode=max) where there are
 * several.  What has credentials in it becomes a secret of the repository's, by name. */
void emit_github(struct buf *, const struct emit_github *);

/* Appends text as a YAML scalar in double quotes, which Actions leave as it is too: of
 * `${{` nothing is evaluated.  What is not UTF-8 becomes U+FFFD. */
void emit_github_quoted(struct buf *, struct str text);

#endif
