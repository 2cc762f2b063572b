#ifndef CORE_EXT_REGEX_H
#define CORE_EXT_REGEX_H

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/base/str.h"

/* Regular expressions as in Perl (pcre2pattern(3)), for search in a million lines:
 * compiled once to machine code, one call a line without allocation.  Subjects are
 * UTF-8; bytes in them that are not match nothing, and break no match elsewhere. */
struct regex;

enum regex_flags {
	REGEX_IGNORE_CASE = 1,
	REGEX_SMART_CASE = 2,   /* ignore case unless the pattern has a capital letter */
	REGEX_LITERAL = 4,      /* the pattern is plain text */
	REGEX_ECMA = 8,         /* the pattern is one of ECMA-262 by code points (flag u), as in
	                         * JSON Schema: alone, and to be matched a few times */
};

/* Longer patterns are refused. */
enum { REGEX_PATTERN_MAX = 64 * 1024 };

/* The caller's.  NULL with ERROR_USAGE for a wrong pattern: the sentence says what is
 * wrong and at which byte.  The pattern is not kept. */
struct regex *regex_new(struct str pattern, unsigned flags, struct error *);
void regex_free(struct regex *);
OWN_DEFINE(regex)

/* The first match at or after byte `from`; what stands before it is still seen by
 * ^, \b and look-behind.  A match may be empty (*ret_size 0): to go on, look from
 * *ret_at + 1.  Work is bounded: a pattern that backtracks without end counts as not
 * found, and regex_overruns tells.  One regex serves one caller at a time. */
bool regex_find(struct regex *, struct str, size_t from, size_t *ret_at, size_t *ret_size);
/* How many calls of regex_find gave up at that bound. */
size_t regex_overruns(const struct regex *);

#endif
