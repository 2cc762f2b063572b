#ifndef CORE_CONFIG_CASCADE_H
#define CORE_CONFIG_CASCADE_H

#include "core/config/settings.h"

/* upper over lower by the rule.  Key order is that of first appearance; arrays
 * and scalars are replaced; what is replaced stays reachable by value_under, per
 * key.  An object that was updated inside is value_is_merged and stands where the
 * lowest layer has it.  The result is in the arena and shares both trees. */
const struct value *cascade_merge(struct arena *, enum cascade_rule, const struct value *lower,
                                  const struct value *upper);

/* What the documents of one project are read with: the first four are given.  A folder
 * is listed once for those that follow one another in it. */
struct cascade {
	struct arena *arena;
	struct files *files;
	const char *root;
	struct problems *problems;
	const char *dir;                /* whose names these are */
	struct files_list names;
};

/* Reads base path `x.json` and, for each profile in order, `x.<profile>.json`
 * beside it; fills the document (value, layers with every overlay found in the
 * folder, active or not).  root: what path is relative to; files are read, and
 * named in messages, by root and path joined (root ".": the path alone).  An active
 * overlay with an error is an error, never skipped; in an overlay that is not
 * selected it is a warning.  A missing base is an error when required; else active
 * overlays alone make the value.  Profiles outside [A-Za-z0-9_-]+ are not read:
 * cascade_check_profiles refuses them.  false when the document has no value. */
bool cascade_read_document(struct cascade *, const struct selection *, const char *path,
                           bool required, struct document *ret_document);
/* The same for one alone. */
bool cascade_read(struct arena *, struct files *, const struct selection *, const char *root,
                  const char *path, bool required, struct problems *,
                  struct document *ret_document);

/* A profile no document knows is an error that lists the known ones; so is a
 * name outside [A-Za-z0-9_-]+.  known: sorted, in the arena. */
void cascade_profiles(struct arena *, const struct document *, size_t ndocuments,
                      const char *const **ret_known, size_t *ret_nknown);
bool cascade_check_profiles(const struct selection *, const char *const *known, size_t nknown,
                            struct problems *);
/* A note that names the keys for which the two rules would differ under this
 * selection; none when they agree. */
void cascade_note_difference(struct arena *, const struct document *, struct problems *);

/* Appends `--origins`: a JSON array with, for every leaf (a scalar or an empty
 * container, inside arrays too) {file, pointer, value, origin{file,line,column,
 * profile}, shadowed[{value, origin}]}.  shadowed: the values that lower layers
 * hold at its pointer, nearest first, whether they or an ancestor were replaced;
 * a pointer that only lower layers have (dropped by rule root) is listed with
 * "value" and "origin" absent.  An origin's file is the path from the project's
 * root (null: made up), its profile null for the base; line and column are absent
 * for what has no text.  No final newline. */
void cascade_write_origins(struct buf *, const struct document *, size_t ndocuments);

#endif
