#ifndef CORE_VALUE_VALUE_H
#define CORE_VALUE_VALUE_H

#include "core/value/problem.h"
#include "core/value/source.h"

/* Everything read, of whatever format, as one kind of tree.  A node is a cJSON
 * followed by what cJSON cannot hold (cJSON stays inside value.c).  Nodes live
 * in an arena and never change once their reader has returned; trees share
 * children, so no node knows its parent. */
struct value;

enum value_type {
	VALUE_NULL, VALUE_BOOL, VALUE_INTEGER, VALUE_FLOAT, VALUE_STRING, VALUE_ARRAY, VALUE_OBJECT,
	VALUE_DATETIME, VALUE_DATETIME_LOCAL, VALUE_DATE_LOCAL, VALUE_TIME_LOCAL,
};

/* Containers nested deeper than this are an error in every reader. */
enum { VALUE_DEPTH_MAX = 512 };

enum value_type value_type(const struct value *);
/* String: decoded, may hold NUL.  Number and date: as written.  Bool and null:
 * "true", "false", "null".  Containers: empty.  Lives with the tree. */
struct str value_text(const struct value *);
bool value_is_true(const struct value *);
/* The key under which this node was appended; {NULL, 0} in arrays and at the root. */
struct str value_key(const struct value *);
/* Where it was read; source NULL for what was made up. */
struct span value_span(const struct value *);
struct span value_key_span(const struct value *);
/* Shorthand for span_origin(value_span(v)). */
struct origin value_origin(const struct value *);

const struct value *value_child(const struct value *);          /* first, or NULL */
const struct value *value_next(const struct value *);           /* sibling, or NULL */
size_t value_count(const struct value *);                       /* children */
/* Member or NULL (also for what is no object); the last of duplicate keys.
 * Large objects are indexed: 500,000 keys stay linear altogether. */
const struct value *value_get(const struct value *object, struct str key);
/* RFC 6901: "" is the root, "/a/0" inside; NULL when nothing is there. */
const struct value *value_at(const struct value *root, struct str pointer);
/* Appends "/" and the token with ~ and / escaped. */
void value_pointer_append(struct buf *, struct str token);
/* The key that a token stands for; false when a ~ is followed by neither 0 nor 1. */
bool value_pointer_unescape(struct str token, struct buf *ret_key);
/* What this one shadows, next lower layer first; NULL.  Of an object put together
 * from layers (value_is_merged): what each of them holds here, the top one first. */
const struct value *value_under(const struct value *);
bool value_is_container(const struct value *);
/* Equal type and content whatever the origin; key order counts not. Numbers by
 * their text. */
bool value_equal(const struct value *, const struct value *);

/* For readers and kinds.  Text is borrowed (arena_str it first when it does not
 * live as long as the arena); a bool's is "true" or "false".  value_append takes
 * the child into this parent: a node that already stands in a tree is shared
 * through a copy of its head.  A member of equal key is replaced where it stands,
 * so an object never has two.  The key's place is kept when it is in the source
 * of the child. */
struct value *value_new(struct arena *, enum value_type, struct str text, struct span);
struct value *value_new_object(struct arena *);
struct value *value_new_array(struct arena *);
struct value *value_new_string(struct arena *, struct str text);
struct value *value_new_integer(struct arena *, long long);
struct value *value_new_bool(struct arena *, bool);
void value_append(struct value *parent, struct str key, struct span key_at, struct value *child);
/* The same to an object of which the caller knows that it has no such key: nothing
 * is looked up. */
void value_append_new(struct value *object, struct str key, struct span key_at,
                      struct value *child);
/* A head of its own over the same children, to hang elsewhere what stands already.
 * Appending to it leaves the first one as it is. */
struct value *value_share(struct arena *, const struct value *);
/* For made-up objects: key copied into the arena, no span. */
void value_set(struct arena *, struct value *object, const char *key, struct value *child);
/* The same value for a look inside: where nobody has looked yet, its children are made
 * in this arena and not in the tree's.  It is freed or rewound when the look is over:
 * meanwhile, another look inside what was lent here takes an arena of its own, since
 * what is there already may be given an index in this one. */
const struct value *value_lend(struct arena *, const struct value *);
/* The same node (children, span) as `upper`, with value_under set to `lower`
 * (NULL: nothing); the key is upper's.  Shares upper's children. */
struct value *value_over(struct arena *, const struct value *upper, const struct value *lower);
/* An empty object to put layers together in.  It stands where `place` stands;
 * under: what the layers hold here, chained by value_under, the top one first. */
struct value *value_new_merged(struct arena *, const struct value *place,
                               const struct value *under);
bool value_is_merged(const struct value *);
/* A small container whose children are not made before somebody asks for one; it is
 * never empty.  So is an object that value_new_unread gave. */
bool value_is_unread(const struct value *);
/* True for two unread objects that have the same keys in the same order, and so have the
 * objects that both hold at the same keys: told from their texts.  False says nothing. */
bool value_has_like_keys(const struct value *, const struct value *);
/* As value_new_merged, but put together when somebody looks inside: make appends to the
 * empty object, in that arena, what it holds by those two, at least one member. */
typedef void value_make_fn(struct arena *, struct value *object, const struct value *lower,
                           const struct value *upper);
struct value *value_new_unread(struct arena *, const struct value *place,
                               const struct value *under, value_make_fn *make,
                               const struct value *lower, const struct value *upper);
/* True for one value and its heads (value_share, value_over), whatever they shadow. */
bool value_is_same(const struct value *, const struct value *);

#endif
