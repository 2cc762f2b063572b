#ifndef CORE_BASE_STR_H
#define CORE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A borrowed run of bytes.  Never owns, rarely NUL-terminated; the memory it
 * points into must outlive it.  May hold NUL.  {NULL, 0} is the empty run and
 * also says "none" where a header says so. */
struct str {
	const char *p;
	size_t n;
};

/* A name and its value, as options, arguments and environments have them. */
struct pair {
	struct str name, value;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })
/* For "%.*s": STR_ARG(s). */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str str_of(const char *text)
{
	return (struct str){ text, text ? strlen(text) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Order by bytes, a prefix first: <0, 0 or >0. */
int str_cmp(struct str a, struct str b);
bool str_has_prefix(struct str, struct str prefix);
bool str_has_suffix(struct str, struct str suffix);
/* The part from `from` on, at most n bytes; both are cut to what is there. */
struct str str_slice(struct str, size_t from, size_t n);
/* Without blanks, tabs and line ends at both ends. */
struct str str_trim(struct str);

#define STR_NONE ((size_t)-1)
/* Where the byte or the run first stands, or STR_NONE. */
size_t str_find(struct str, char c);
size_t str_find_str(struct str, struct str needle);
/* From `from` on, as people search: without capitals (of ASCII) in the needle capitals do
 * not matter.  An empty needle is nowhere. */
size_t str_search(struct str, struct str needle, size_t from);
/* Where the byte last stands, or STR_NONE. */
size_t str_find_last(struct str, char c);

/* Takes the run up to the next `sep` off the front of *rest into *ret_part and
 * drops the separator; false when *rest.p is NULL (all taken).  An empty run
 * with p set yields one empty part. */
bool str_next(struct str *rest, char sep, struct str *ret_part);

/* A whole unsigned decimal number without sign or blanks; false when it is not
 * one or is larger than max. */
bool str_number(struct str, unsigned long long max, unsigned long long *ret_number);

#endif
