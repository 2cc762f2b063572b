#ifndef CORE_VALUE_PROBLEM_H
#define CORE_VALUE_PROBLEM_H

#include "core/value/source.h"

/* All that is wrong at once: readers, cascade, schema and lint fill one list;
 * struct error is for faults. */
struct problems;

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct edit {
	struct span at;
	struct str text;
};

struct problem {
	const char *rule;               /* a constant, e.g. "json-syntax" */
	enum severity severity;
	struct span at;
	struct str pointer;             /* RFC 6901, where it helps; may be empty */
	struct str text;                /* what is wrong and what would be right */
	struct str schema;              /* what asks for it, as in "api/schema.json#/required";
	                                 * empty where no schema does */
	const struct edit *fix;
	size_t nfix;
};

/* The list copies what it is given; sources are borrowed and must live as long. */
struct problems *problems_new(void);
struct problems *problems_copy(const struct problems *);
void problems_free(struct problems *);
OWN_DEFINE(problems)

/* At most this many are kept; one last says how many more there were. */
enum { PROBLEMS_MAX = 1000 };

/* Returns false, so that a failing branch is one line. */
bool problems_add(struct problems *, enum severity, const char *rule, struct span at,
                  const char *fmt, ...) __attribute__((format(printf, 5, 6), cold));
/* The whole of it, pointer and fix included. */
void problems_add_problem(struct problems *, const struct problem *);
size_t problems_count(const struct problems *);
const struct problem *problems_get(const struct problems *, size_t);
size_t problems_errors(const struct problems *);
/* False when one more of this severity would only be counted: its text need not be made. */
bool problems_has_room(const struct problems *, enum severity);
/* Sorted by file, then place; equal ones once, whatever schemas ask for it. */
void problems_sort(struct problems *);
/* "file:line:column: text", warnings with "warning: " and notes with "note: " before the
 * text, " (schema …)" behind it. */
void problem_print(struct buf *, const struct problem *);

#endif
