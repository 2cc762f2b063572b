#ifndef CORE_CONFIG_DOTENV_TEXT_H
#define CORE_CONFIG_DOTENV_TEXT_H

#include "core/base/buf.h"
#include "core/base/error.h"

/* Private to dotenv: values of .env files as texts. */

/* What stands between the quotes at the front, escapes of double quotes decoded (an escaped $
 * becomes $$, for dotenv_text_expand); returns the bytes up to behind the second one, or
 * STR_NONE: there is none. */
size_t dotenv_text_quoted(struct str, struct buf *out);
/* What stands up to the line's end or a comment, without blanks behind it; returns its size. */
size_t dotenv_text_plain(struct str, struct buf *out);

/* Variables put in; p NULL: there is none of that name, which is as an empty one.  false: what
 * a $ begins is nothing, a variable is missing that ${NAME:?…} needs, or more than `most`
 * bytes came of it. */
typedef struct str dotenv_lookup_fn(void *data, struct str name);
bool dotenv_text_expand(struct str, size_t most, dotenv_lookup_fn *, void *data, struct buf *out,
                        struct error *);

/* The text as it has to be written to be read as this value. */
void dotenv_text_quote(struct buf *out, struct str value);

#endif
