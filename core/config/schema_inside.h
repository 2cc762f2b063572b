#ifndef CORE_CONFIG_SCHEMA_INSIDE_H
#define CORE_CONFIG_SCHEMA_INSIDE_H

#include "core/base/map.h"
#include "core/config/decimal.h"
#include "core/config/schema.h"
#include "core/ext/regex.h"

/* What the files of the schema share.  A schema is made of nodes, one for each object or
 * bool that is a schema, and these of rules, one for each keyword that asks for something. */

enum schema_draft { DRAFT_4 = 1, DRAFT_6 = 2, DRAFT_7 = 4, DRAFT_ALL = 7 };

/* What JSON tells apart, as a set.  INTEGER stands in "type" alone. */
enum schema_kind {
	KIND_NULL = 1, KIND_BOOL = 2, KIND_INTEGER = 4, KIND_NUMBER = 8, KIND_STRING = 16,
	KIND_ARRAY = 32, KIND_OBJECT = 64, KIND_ALL = 127,
};

/* ended by draft 0 */
struct schema_meta {
	unsigned draft;
	const char *uri, *text;
};
extern const struct schema_meta schema_metas[];

/* The root, a metaschema, or a file of a base. */
struct schema_doc {
	struct schema_doc *next;
	const char *name;               /* in front of a location's #; may be "" */
	const struct value *root;
	unsigned draft;
	bool is_meta;
	struct span via;                /* the reference of the root document that led here */
	struct map nodes;               /* by JSON pointer */
};

struct schema_node {
	struct schema_node *next;       /* of all that were made */
	struct schema_doc *doc;
	const struct value *value;
	struct str pointer;             /* in doc */
	struct str base;                /* the URI from which references inside are seen */
	const struct schema_node *ref;  /* what its $ref leads to: nothing else of it counts */
	struct schema_rule *rules;
	bool never;                     /* the schema false */
	bool has_members;               /* the rule for properties was made */
	enum { NODE_NEW, NODE_OPEN, NODE_DONE } visit;
	unsigned height;                /* of the schemas that it asks about the same value */
};

struct schema_pattern {
	struct str text;
	struct regex *regex;
	const struct schema_node *node; /* of patternProperties */
	struct schema_pattern *next;
};

/* properties, patternProperties and additionalProperties of one node. */
struct schema_members {
	struct schema_members *next;    /* of all, to be freed */
	struct map properties;          /* key → node */
	struct schema_pattern *patterns;
	const struct schema_node *additional;
};

struct schema_rule {
	struct schema_rule *next;
	const struct schema_keyword *keyword;
	const struct value *value;
	/* Schemas that are asked about the same value; may be NULL. */
	const struct schema_node **nodes;
	size_t nnodes;
	union {
		unsigned kinds;                         /* type */
		size_t count;                           /* minLength … */
		struct {                                /* minimum … */
			struct decimal number;
			bool exclusive;
		};
		struct schema_pattern *pattern;
		struct schema_members *members;
		struct {                                /* items, contains, propertyNames */
			const struct schema_node **items;       /* one each, or NULL */
			size_t nitems;
			const struct schema_node *each;         /* of those behind them */
		};
		const struct schema_format *format;
		const struct schema_set *set;           /* enum */
	};
};

/* Values by their hash, at most half of the slots used. */
struct schema_set {
	unsigned kinds;                 /* of all */
	size_t nslots;
	struct schema_slot {
		uint64_t hash;
		const struct value *value;      /* NULL: free */
	} *slots;
};

/* A row of the table: which kinds of values are asked, what is made of the keyword (false:
 * no rule of its own), and what is asked. */
struct schema_maker;
struct check;
struct place;
typedef bool schema_make_fn(struct schema_maker *, struct schema_node *, struct schema_rule *);
typedef unsigned schema_check_fn(struct check *, const struct schema_node *,
                                 const struct schema_rule *, const struct place *);
struct schema_keyword {
	const char *name;
	unsigned drafts, kinds;
	bool decides;                   /* what does not fit is not asked for more */
	schema_make_fn *make;
	schema_check_fn *check;
};
extern const struct schema_keyword schema_keywords[];          /* ended by name NULL */

struct schema {
	struct arena *arena;
	bool formats;
	struct schema_doc *docs;
	struct schema_node *nodes, *root;
	struct schema_members *members;
	struct schema_regexes {
		struct schema_regexes *next;
		struct regex *regex;
	} *regexes;
};

/* What is needed while it is made. */
struct schema_maker {
	struct schema *schema;
	struct arena *arena;                    /* the schema's */
	const struct schema_options *options;
	struct problems *problems;
	struct map resources;                   /* URI, with its fragment if any → node */
	struct schema_node **pending;           /* whose $ref leads nowhere yet */
	size_t npending, cap;
};

/* ---- schema_make.c ---- */

/* The node at that pointer of the document, made with all below it when there is none. */
struct schema_node *schema_node_make(struct schema_maker *, struct schema_doc *,
                                     struct str pointer, struct str base,
                                     const struct value *);
/* The node of a keyword's value, or of what stands in it at key (p NULL: itself). */
const struct schema_node *schema_child(struct schema_maker *, struct schema_node *,
                                       const char *keyword, struct str key,
                                       const struct value *);
/* Rule "schema-invalid" at this place of a document. */
__attribute__((format(printf, 4, 5)))
void schema_wrong(struct schema_maker *, const struct schema_doc *, const struct value *at,
                  const char *fmt, ...);

/* ---- schema_ref.c ---- */

/* The document of a metaschema, its references found. */
struct schema_node *schema_meta_node(struct schema_maker *, unsigned draft);
/* 0 after a problem when "$schema" names none; inherited where there is none. */
unsigned schema_draft(struct schema_maker *, const struct schema_doc *,
                      const struct value *root, unsigned inherited);
struct schema_doc *schema_doc_new(struct schema_maker *, const char *name,
                                  const struct value *root, unsigned draft);
/* Whether the value is a schema by the metaschema of its document. */
bool schema_is_valid(struct schema_maker *, const struct schema_doc *, const struct value *,
                     struct str pointer);
/* Where all pending references lead, and that none goes in a circle. */
void schema_resolve(struct schema_maker *);
void schema_find_circles(struct schema_maker *);

/* ---- schema_equal.c ---- */

enum schema_kind schema_kind(const struct value *);
/* JSON's equality: numbers by value, keys in any order. */
bool schema_equal(const struct value *, const struct value *);
/* Adds to *work how many values were looked at. */
uint64_t schema_hash(const struct value *, size_t *work);

/* ---- schema_check.c ---- */

/* How bad it is that a value does not fit; 0: it does.  For finding the nearest branch. */
enum {
	PENALTY_SMALL = 1, PENALTY_MISSING = 5, PENALTY_OTHER = 20,
	PENALTY_DEEP_KIND = 10,         /* KIND, seen from the container around it */
	PENALTY_MOST = 999,
	PENALTY_KIND = 1000,            /* nothing of this kind fits */
};

/* A value on the way from the root; the values around it. */
struct place {
	const struct place *parent;
	const struct value *value;
	enum { PLACE_ROOT, PLACE_MEMBER, PLACE_ITEM, PLACE_KEY } type;
	size_t index;
	const char *name;               /* of a root: "the document" */
	struct str pointer;             /* of a root: where it stands */
};

enum check_mode {
	CHECK_TELL,                     /* all problems */
	CHECK_FIRST,                    /* one problem, for a sentence of several */
	CHECK_SCORE,                    /* only how bad it is */
	CHECK_QUIET,                    /* only whether it is good */
};

struct check {
	const struct schema *schema;
	struct arena *arena;
	struct problems *problems;
	enum severity severity;
	const char *rule;
	enum check_mode mode;
	struct check_memo *memo;
	size_t memo_n, memo_cap;
	unsigned depth;
	size_t work;
	const char *given_up;           /* why; NULL: it was not */
	size_t told_anyway;             /* problems told whatever the mode */
	struct buf text;
};

bool schema_check_node(const struct schema *, const struct schema_node *, const struct value *,
                       struct str pointer, const char *rule, enum severity, struct problems *);
unsigned check_node(struct check *, const struct schema_node *, const struct place *);
/* The same in another mode. */
unsigned check_as(struct check *, enum check_mode, const struct schema_node *,
                  const struct place *);
/* Of a member or item: its kind is no reason for another branch. */
unsigned check_below(struct check *, const struct schema_node *, const struct place *);
static inline bool check_may_stop(const struct check *c)
{
	return c->mode == CHECK_QUIET || c->mode == CHECK_FIRST;
}
/* An empty buf for the sentence, or NULL when none is wanted. */
struct buf *check_say(struct check *);
/* Tells the sentence, if one is wanted; returns the penalty. */
unsigned check_told(struct check *, const struct schema_node *, const char *keyword,
                    const struct place *, unsigned penalty);
unsigned check_told_at(struct check *, const struct schema_node *, const char *keyword,
                       const struct place *, struct span, unsigned penalty);
/* What maxItems, minLength and the like say of a value of n parts. */
unsigned check_limit(struct check *, const struct schema_node *, const struct schema_rule *,
                     const struct place *, size_t n, const char *one, const char *many);
/* False when it does not match; a problem of its own when that took too long. */
bool check_matches(struct check *, const struct schema_node *, const char *keyword,
                   const struct schema_pattern *, const struct place *, struct str);
/* Where something is missing in the object. */
struct span check_missing_span(const struct place *);
unsigned check_sum(unsigned sum, unsigned penalty);

/* ---- schema_keyword*.c: what the rows of the table call ---- */

schema_make_fn make_list, make_if, make_only, make_dependencies, make_items, make_contains,
	make_members, make_required, make_count, make_unique;
schema_check_fn check_required, check_members, check_names, check_count_members,
	check_dependencies, check_items, check_contains, check_count_items, check_unique, check_all,
	check_any, check_one, check_not, check_if;
struct schema_pattern *schema_pattern_make(struct schema_maker *, struct schema_node *,
                                           const struct value *at, struct str text);

/* ---- schema_format.c ---- */

struct schema_format {
	const char *name;
	unsigned drafts;
	bool (*fits)(struct str);
	const char *what;               /* "a date as 2020-01-31" */
};
/* NULL for one that says nothing. */
const struct schema_format *schema_format_find(struct str name, unsigned draft);

/* ---- schema_say.c ---- */

void say_subject(struct buf *, const struct place *);
/* A value in a few signs, strings in quotes. */
void say_value(struct buf *, const struct value *);
/* "the string "4"", "an object". */
void say_found(struct buf *, const struct value *);
/* One value, or "one of 1, 2 or 3" of an array. */
void say_one_of(struct buf *, const struct value *array);
/* "an integer or null" */
void say_kinds(struct buf *, unsigned kinds);
/* "at most 3 characters": most or least so many of these. */
void say_count(struct buf *, const char *limit, const struct schema_rule *, const char *one,
               const char *many);
/* What a value must be to fit one of these, "an integer or "a""; false when kinds and values
 * do not tell it.  whole: when they do not tell all of it. */
bool say_expected(struct buf *, const struct schema_node *const *, size_t n, bool whole);
/* "; did you mean 'x'?" when a name of the list is near; of a longer one, the rest is not
 * looked at. */
enum { SAY_NAMES_TRIED = 1000 };
bool say_meant(struct buf *, struct str typed, const struct map *names);

#endif
