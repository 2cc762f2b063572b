#ifndef CORE_RECIPE_QUOTE_H
#define CORE_RECIPE_QUOTE_H

#include "core/base/buf.h"
#include "core/base/error.h"

/* Values into a Dockerfile's lines.  All append; all refuse, with a sentence,
 * what a Dockerfile cannot say (NUL, newline, other control characters). */

/* An ENV or ARG or LABEL value in double quotes: blanks, quotes and # survive;
 * $NAME, ${NAME} and ${NAME:-x} still expand; \$ stays a dollar, \\ one
 * backslash, every other backslash stays as it is (C:\new survives). */
bool quote_value(struct buf *, struct str value, struct error *);
/* One word of a shell command (RUN), always the literal text: in single quotes where
 * it needs any. */
bool quote_shell(struct buf *, struct str word, struct error *);
/* Words of a COPY or ADD: the JSON form is used when a word has blanks, quotes,
 * brackets or starts with "--"; variables and wildcards in a path are escaped so
 * that they stand for themselves. */
bool quote_copy(struct buf *, const struct str *words, size_t nwords, struct error *);

/* An environment name that Dockerfiles and shells take: [A-Za-z_][A-Za-z0-9_]* */
bool quote_is_env_name(struct str);
/* Image references by distribution/reference v2.8: name[:tag][@digest]; false
 * says in err what is wrong. */
bool quote_check_image(struct str reference, struct error *);
/* A repository name without tag, and a tag alone ([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}). */
bool quote_check_repository(struct str, struct error *);
bool quote_check_tag(struct str, struct error *);

/* The registry of a good reference: "docker.io" where it names none, which then stands in
 * front of it, for one part alone with "library/" behind. */
struct str quote_image_registry(struct str reference);

#endif
