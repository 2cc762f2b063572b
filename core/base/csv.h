#ifndef CORE_BASE_CSV_H
#define CORE_BASE_CSV_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/error.h"

/* One line of comma-separated fields (RFC 4180), as the docker CLI's options have them:
 * type=local,"dest=/a,b".  A field that holds a comma or a quote stands in double quotes,
 * in which a quote is written twice. */

/* The fields, in the arena, borrowing text where nothing had to be undone.  An empty text
 * has one empty field.  ERROR_USAGE: a quote stands where none may. */
bool csv_split(struct arena *, struct str text, struct str **ret_fields, size_t *ret_n,
               struct error *);
/* Appends one more field to a line. */
void csv_append(struct buf *line, struct str field);

#endif
