#ifndef CORE_BASE_UTF8_H
#define CORE_BASE_UTF8_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/* UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF. */
enum { UTF8_MAX = 4 };
#define UTF8_BAD ((uint32_t)-1)
#define UTF8_REPLACEMENT ((uint32_t)0xfffd)

/* The code point at the front of s (s.n > 0) and its length in *ret_size.  For
 * bytes that are not UTF-8: UTF8_BAD, and the length of the longest part that
 * one U+FFFD stands for (at least 1; Unicode 15, 3.9, "maximal subpart"). */
uint32_t utf8_decode(struct str s, size_t *ret_size);
/* Writes 1–4 bytes and returns how many; a value that is no code point becomes
 * U+FFFD. */
size_t utf8_encode(uint32_t rune, char ret_bytes[UTF8_MAX]);
/* The offset of the first byte that is not UTF-8, or STR_NONE. */
size_t utf8_invalid(struct str);
/* Appends s with every bad part as U+FFFD. */
void utf8_append_valid(struct buf *, struct str s);
/* Appends s fit for a person's eyes in one line: bad parts as U+FFFD; what
 * utf8_is_control names as visible text (\n, \x1b, \u202e, \U000e0001).  For every message that
 * quotes the outside world. */
void utf8_append_visible(struct buf *, struct str s);
/* Appends a code point by its number, in ASCII: \x9b, \u202e, \U000e0001. */
void utf8_append_spelled(struct buf *, uint32_t rune);
/* True for code points that must never reach a terminal as they are: they act on it, or
 * hide, or turn text round (C0, DEL, C1, bidi controls, separators of lines, formats
 * without a sign, tags, noncharacters). */
bool utf8_is_control(uint32_t rune);

#endif
