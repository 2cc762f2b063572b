#ifndef CORE_CONFIG_DOTENV_H
#define CORE_CONFIG_DOTENV_H

#include "core/config/edit.h"

/* .env files as docker compose reads them (compose-go's dotenv):
 *
 *   NAME=VALUE      also `NAME: VALUE`, `export NAME=VALUE`; # begins a comment at the start of
 *                   a line, behind a value after a blank
 *   NAME='VALUE'    as it stands, over several lines too; \' is a quote
 *   NAME="VALUE"    \n \t \" \\ \$ and their kin; $NAME and ${NAME} are put in, as where there
 *                   are no quotes, with :- - :+ + :? ? behind the name; $$ is a $
 *
 * Names of the same file alone are put in: a file that comes with a clone sees nothing of
 * this machine's environment.  For the same reason a NAME without = has no value. */

/* A value longer than this is an error: what is put in could double it line by line. */
enum { DOTENV_VALUE_MAX = 1 << 16 };

/* An object of strings in the order of the file; of a name given twice the last, with a
 * warning.  Keys' and values' spans are as written, quotes included.  false: something is
 * wrong, each with its place in problems; the value is what could be read. */
bool dotenv_read(struct arena *, const struct source *, struct problems *,
                 const struct value **ret_value);

/* The name's value becomes that text, quoted as it needs to be, in the place of the last one
 * or as a line behind all others; or all its lines go (ERROR_MISSING: there is none).  A file
 * that cannot be read is ERROR_SYNTAX with its place.  No edits: it is so already. */
bool dotenv_set(struct arena *, const struct source *, struct str name, struct str value,
                struct edits *ret_edits, struct error *);
bool dotenv_unset(struct arena *, const struct source *, struct str name,
                  struct edits *ret_edits, struct error *);

#endif
