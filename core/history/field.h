#ifndef CORE_HISTORY_FIELD_H
#define CORE_HISTORY_FIELD_H

#include "core/history/list.h"

/* What a row of the history says, by name: for columns, filters and groups. */
enum history_field {
	FIELD_WHEN, FIELD_PROJECT, FIELD_PROFILES, FIELD_LEVEL, FIELD_ENGINE, FIELD_TOOK,
	FIELD_RESULT, FIELD_ID, FIELD_KIND, FIELD_IMAGE, FIELD_ROOT, FIELD_SIZE,
	FIELD_COUNT,
};

const char *history_field_name(enum history_field);
/* Also by other words for it (state, profile); FIELD_COUNT: there is none. */
enum history_field history_field_find(struct str name);

/* Seconds it took, up to `now` while it runs; -1: nobody knows. */
double history_took(const struct history_item *, double now);
/* As a person reads it: "2026-01-02 03:04:05", "gpu,stateful", "failed: RUN x: exit code 1". */
void history_field_text(const struct history_item *, enum history_field, double now,
                        struct buf *out);
/* What rows have in common there: a day, a state, a name; false where there is no such
 * thing (took, size). */
bool history_field_value(const struct history_item *, enum history_field, struct buf *out);
/* All of it in one line, with the words pinned and imported: what a search looks at. */
void history_text(const struct history_item *, double now, struct buf *out);

#endif
