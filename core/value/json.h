#ifndef CORE_VALUE_JSON_H
#define CORE_VALUE_JSON_H

#include "core/value/value.h"

/* JSON text by RFC 8259 exactly: UTF-8, no byte order mark, nothing it forbids.
 * Every error ("json-syntax") goes to problems with line and column; the first one
 * stops the reading.  Its place is the first byte that no JSON text can have there;
 * for an unclosed string where it began.  Duplicate keys: the last wins, where the
 * first stood, with a warning at it ("json-duplicate-key").  Half a surrogate pair
 * (\ud800) is grammar but no character: it is read as U+FFFD, with a warning
 * ("json-lone-surrogate").  true: *ret_value is the tree (in the arena, borrowing
 * the source's text).  Errors and warnings have spans in the source. */
bool value_read_json(struct arena *, const struct source *, struct problems *,
                     const struct value **ret_value);
/* For lines of our own protocols and engines' answers: no source kept, errors
 * into err (ERROR_SYNTAX without a place, line and column in the text), no
 * warnings.  text is borrowed by the tree. */
bool value_parse_json(struct arena *, struct str text, const struct value **ret_value,
                      struct error *err);

struct json_style {
	unsigned indent;        /* blanks a level; 0: all in one line, "a": 1, as here */
	bool sorted;            /* keys by bytes instead of as they stand */
	bool ascii;             /* everything past ASCII as \uXXXX */
	bool compact;           /* with indent 0: no blanks at all, for journal lines */
};
#define JSON_FILE ((struct json_style){ .indent = 4 })
#define JSON_LINE ((struct json_style){ .compact = true })

/* Appends the text without a final newline.  Numbers as written, those of TOML and
 * YAML that JSON has no form for (0x1f, +1, .5, 1_000) in its nearest, inf and nan as
 * strings; dates as strings; strings that are not UTF-8 with U+FFFD.  Control
 * characters as \b \f \n \r \t or \uXXXX, '/' and U+007F as they are. */
void value_write_json(struct buf *, const struct value *, struct json_style);
/* The same in pieces of some 64 KiB, each of whole strings and numbers; false as soon as
 * flush says so. */
typedef bool value_flush_fn(void *data, struct str piece);
bool value_write_json_pieces(const struct value *, struct json_style, value_flush_fn *flush,
                             void *data);
/* One quoted JSON string. */
void value_write_json_string(struct buf *, struct str, bool ascii);

/* What a line of value_write_json(…, JSON_FILE) shows, for a screen. */
struct json_line {
	size_t at, size;                /* bytes in the buf, blanks in, newline out */
	unsigned depth;
	const struct value *value;      /* whose line it is; a container has two (or one: {}) */
	bool opens, closes;             /* a container's first, last line; {} is both */
};
/* Writes as above with newlines between and gives the lines; in the arena. */
size_t value_write_json_lines(struct arena *, struct buf *, const struct value *,
                              struct json_style, struct json_line **ret_lines);

#endif
