#ifndef CORE_HISTORY_SEARCH_H
#define CORE_HISTORY_SEARCH_H

#include "core/history/log_text.h"
#include "core/journal/journal.h"

/* A pattern, and the log lines of a build in which it stands.  Lines are looked at
 * a slice at a time, so that a million of them stop no frame; 4 bytes a line found. */
struct history_search;

/* What a line of trouble looks like in the output of the usual tools; lines that
 * count no errors ("0 errors") are none. */
extern const char history_search_errors[], history_search_warnings[];

/* As in Perl (pcre2pattern(3)); capitals count only where the pattern has one.  NULL
 * with ERROR_USAGE: the sentence says what is wrong with the pattern. */
struct history_search *history_search_new(struct str pattern, struct error *err);
void history_search_free(struct history_search *);
OWN_DEFINE(history_search)

/* The first match at or after `from` in a line of text; see regex_find. */
bool history_search_line(struct history_search *, struct str text, size_t from, size_t *ret_at,
                         size_t *ret_size);

/* The lines to look at: of a step, or of all (-1).  What was found before is
 * forgotten.  The journal is borrowed. */
void history_search_over(struct history_search *, struct journal *, int step);
/* The journal has grown: the last lines, which may have been half there, and the new
 * ones are still to be looked at. */
void history_search_grew(struct history_search *);
/* Looks at so many lines more, as log_text_read gives them; true while there are
 * further ones. */
bool history_search_more(struct history_search *, size_t lines);
bool history_search_is_done(const struct history_search *);

/* Lines found so far, in order. */
size_t history_search_count(const struct history_search *);
size_t history_search_hit(const struct history_search *, size_t i);

/* The nearest line found past `line` in a direction, around the ends; `line` itself
 * comes last.  line STR_NONE: from the end where the direction begins.  NOT_YET: it
 * is among those to be looked at still. */
enum history_search_result { HISTORY_FOUND, HISTORY_NOT_FOUND, HISTORY_NOT_YET };
enum history_search_result history_search_near(const struct history_search *, size_t line,
                                               bool down, size_t *ret_hit);

#endif
