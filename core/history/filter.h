#ifndef CORE_HISTORY_FILTER_H
#define CORE_HISTORY_FILTER_H

#include "core/history/field.h"

/* Which builds of the history are meant: words that must all hold, as they are typed in
 * the history view and behind `mortar history list`.
 *
 *     word        stands anywhere in the row; capitals count where the word has one
 *     key:text    the field has the text; key=text: it is the text (a day for when)
 *     took>1m     took, when and size compare by > >= < <=
 *     since:2d    began in the last two days, or since a day: since:2026-11-01
 *     before:X    began before that
 *     is:pinned   pinned, imported, batch, or a result
 *     !word       not
 *
 * A word with blanks stands in quotes ("…").  What is before : or = and no key is a word
 * like any other (ship:1.0). */
struct history_filter;

/* now: what 2d counts from.  NULL with ERROR_USAGE: the sentence begins with the column,
 * counted from 1, of the word that is wrong. */
struct history_filter *history_filter_new(struct str text, double now, struct error *);
void history_filter_free(struct history_filter *);
OWN_DEFINE(history_filter)
/* A further word, field=text, whatever is in the text. */
void history_filter_add(struct history_filter *, enum history_field, struct str text);
/* Began since this moment; false: it is none. */
bool history_filter_since(struct history_filter *, struct str moment, struct error *);
/* NULL lets all pass. */
bool history_filter_passes(const struct history_filter *, const struct history_item *);
/* The word `field=value` as it is typed. */
void history_filter_write(enum history_field, struct str value, struct buf *out);

/* "2d", "1h30m", "90" (seconds); false: it is none. */
bool history_parse_duration(struct str, double *ret_seconds);
/* A moment: a duration before now, today, yesterday, "2026-11-01", "2026-11-01T12:30" (local
 * time). */
bool history_parse_moment(struct str, double now, double *ret_t);

#endif
