#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include "core/value/problem.h"
#include "core/value/value.h"

/* Files that a command line names for their contents alone, of whatever project. */
enum input_format { INPUT_JSON, INPUT_TOML, INPUT_YAML, INPUT_DOCKERFILE };

/* By --as, else by the name: *.toml, poetry.lock, *.yml, *.yaml, Dockerfile*, Containerfile*,
 * *.Dockerfile, else JSON. */
enum input_format input_format(const char *as, const char *file);
/* The text of the file, which may be a pipe, or - for stdin, as a source in the arena.  NULL
 * after a message when it cannot be read: the exit code is in *ret_code. */
const struct source *input_source(struct arena *, const char *file, int *ret_code);
/* The tree of a text in JSON, TOML or YAML; NULL after problems: YAML of several documents is
 * one. */
const struct value *input_value(struct arena *, const struct source *, enum input_format,
                                struct problems *);
/* All documents of a text, of which only YAML may have another number than one; NULL after
 * problems.  In the arena. */
const struct value *const *input_documents(struct arena *, const struct source *,
                                           enum input_format, struct problems *, size_t *ret_n);

#endif
