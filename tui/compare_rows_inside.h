#ifndef TUI_COMPARE_ROWS_INSIDE_H
#define TUI_COMPARE_ROWS_INSIDE_H

#include "tui/compare_rows.h"

/* For compare_rows*.c alone. */
struct compare_row *compare_rows_add(struct compare_rows *, enum compare_section,
                                     enum compare_row_kind, char sign, struct str text);
struct compare_row *compare_rows_head(struct compare_rows *, enum compare_section, const char *name,
                                      struct str told);
const struct value *compare_get(const struct value *object, const char *key);
bool compare_get_bool(const struct value *object, const char *key);
/* The first of an array or of an object's array; NULL. */
const struct value *compare_first(const struct value *list);
/* "+1 -2 ~3 m1" of the counts added, removed, changed and mode; "the same". */
struct str compare_counts(struct arena *, const struct value *object);
/* The files of such an object, each with its sizes. */
void compare_rows_files(struct compare_rows *, enum compare_section, const struct value *object,
                        bool indented);

void compare_rows_steps(struct compare_rows *, const struct value *compare);
void compare_rows_image(struct compare_rows *, const struct value *image, const char *note);
void compare_rows_log(struct compare_rows *, const struct value *log,
                      const struct value *compare);

#endif
