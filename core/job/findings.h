#ifndef CORE_JOB_FINDINGS_H
#define CORE_JOB_FINDINGS_H

#include "core/value/problem.h"
#include "core/value/value.h"

/* Problems as JSON, from one process to another that has read the same files: [{rule, severity,
 * text, pointer, schema, file, name, profile, at, size, line, column, fix: [{file, name, profile,
 * at, size, text}]}].  A place is bytes of a file's text; members without a value are left out. */
struct value *findings_value(struct arena *, const struct problems *);

/* A source, whoever has read it. */
struct findings_file {
	const char *path;               /* absolute, or "--build-arg" and its like */
	const char *name, *profile;     /* as the source's; may be NULL */
};
bool findings_is_file(const struct findings_file *, const struct source *);

/* The reader's own source of that file, or NULL. */
typedef const struct source *findings_source_fn(void *data, const struct findings_file *);
/* Adds them; what has a place or an edit outside of the reader's texts is left out.  Rules are
 * interned. */
void findings_read(const struct value *findings, findings_source_fn *, void *data,
                   struct problems *);

#endif
