#ifndef CORE_VALUE_JSON_READ_H
#define CORE_VALUE_JSON_READ_H

#include "core/value/json.h"
#include "core/value/json_scan.h"
#include "core/value/node.h"

/* Private to core/value: the reader's state, and the words for what it refuses. */
struct json_reader {
	struct arena *arena;
	const struct source *source;    /* of the nodes; NULL: none is kept */
	const char *text, *at, *end;
	unsigned depth;
	bool keeps_text;                /* of small containers, instead of their children */
	const char *checked;            /* json_check_container has been as far as here */
	struct problems *problems;      /* either this, with source, */
	struct error *err;              /* or this */
};

/* The children of a container that was kept as its text, which was read once. */
void json_read_unread(struct value *container);

/* Behind the container that opens at `at`, when it is right, ends before `end` and calls
 * for no warning; its keys are few and without escapes, and so on: NULL says nothing.
 * depth_max: containers that may be nested, this one among them. */
const char *json_check_container(const char *at, const char *end, unsigned depth_max,
                                 uint32_t *ret_count);

/* Of such a text: behind the string, number or word at p. */
const char *json_plain_word_end(const char *p, const char *end);

/* All return NULL, after one error at the place where the text leaves JSON. */
struct value *json_fail(struct json_reader *, const char *at, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 4, 5), cold));
/* No value starts at r->at; `after` is the byte that called for one, or 0. */
struct value *json_explain_value(struct json_reader *, char after) __attribute__((cold));
/* No key starts at r->at; `after` is '{' or ','. */
struct value *json_explain_key(struct json_reader *, char after) __attribute__((cold));
/* Neither a comma nor the end of the container stands at r->at. */
struct value *json_explain_next(struct json_reader *, const struct value *container)
	__attribute__((cold));
/* Something stands behind the document's value. */
struct value *json_explain_rest(struct json_reader *) __attribute__((cold));
/* The number from `start` goes wrong at `at`. */
struct value *json_explain_number(struct json_reader *, const char *start, const char *at)
	__attribute__((cold));
/* The string from `start` (its quote) goes wrong at `at`: a control character, a
 * byte that is not UTF-8, a backslash without an escape or the end of the text. */
struct value *json_explain_string(struct json_reader *, const char *start, const char *at)
	__attribute__((cold));

#endif
