#ifndef CORE_CONFIG_TOML_SCAN_H
#define CORE_CONFIG_TOML_SCAN_H

#include "core/base/buf.h"
#include "core/value/value.h"

/* The text of a TOML document and how far it was read.  Inside the reader only:
 * toml.c, toml_text.c, toml_number.c, toml_date.c and toml_table.c share it. */
struct toml_scan {
	struct arena *arena;            /* the tree's */
	const struct source *source;
	struct str text;
	size_t at;
	struct problems *problems;
};

/* The byte at the front, or -1 at the end. */
static inline int toml_scan_peek(const struct toml_scan *s)
{
	return s->at < s->text.n ? (unsigned char)s->text.p[s->at] : -1;
}

static inline struct span toml_scan_span(const struct toml_scan *s, size_t from)
{
	return (struct span){ s->source, (uint32_t)from, (uint32_t)(s->at - from) };
}

/* An error at a byte; always false. */
bool toml_scan_fail(struct toml_scan *, size_t at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), cold));
/* An error at the front that says what stands there instead of `wanted`; false. */
bool toml_scan_unexpected(struct toml_scan *, const char *wanted) __attribute__((cold));
/* Passes what stands at the front when it is this; says whether it did. */
bool toml_scan_take(struct toml_scan *, struct str);
/* Passes blanks and tabs. */
void toml_scan_blanks(struct toml_scan *);
/* Passes one line end, LF or CRLF, when it stands at the front. */
bool toml_scan_newline(struct toml_scan *);
/* Passes blanks, a comment and the line's end; false with an error when anything
 * else stands there. */
bool toml_scan_line_end(struct toml_scan *);
/* Passes blanks, comments and line ends; false with an error in a comment. */
bool toml_scan_lines(struct toml_scan *);

/* A string, its quotes at the front, decoded into *ret_text (which may borrow the
 * source's text).  In a key only strings of one line may stand. */
bool toml_text_read(struct toml_scan *, bool in_key, struct str *ret_text);

/* A number, bool or date at the front: its type and its text as written. */
bool toml_number_read(struct toml_scan *, enum value_type *ret_type, struct str *ret_text);
/* The same for a text that can only be a date or a time (digits, then - or :). */
bool toml_date_check(struct toml_scan *, size_t at, struct str text, enum value_type *ret_type);

#endif
