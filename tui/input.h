#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include "core/value/problem.h"
#include "core/value/value.h"

/* Files that a command line names for their contents alone, of whatever project. */
enum input_format { INPUT_JSON, INPUT_TOML, INPUT_DOCKERFILE };

/* By --as, else by the name: *.toml, poetry.lock, Dockerfile*, Containerfile*, *.Dockerfile,
 * else JSON. */
enum input_format input_format(const char *as, const char *file);
/* The text of the file, which may be a pipe, or - for stdin, as a source in the arena.  NULL
 * after a message when it cannot be read: the exit code is in *ret_code. */
const struct source *input_source(struct arena *, const char *file, int *ret_code);
/* The tree of a text in JSON or TOML; NULL after problems. */
const struct value *input_value(struct arena *, const struct source *, enum input_format,
                                struct problems *);

#endif
