#ifndef CORE_VALUE_NODE_H
#define CORE_VALUE_NODE_H

#include <cjson/cJSON.h>

#include "core/value/value.h"

/* Private to core/value.  cJSON holds the tree: next, prev (of the first: the
 * last), child, the type and the pointers to text and key.  Both run on in the
 * source and have no NUL behind them, so no cJSON function that reads text may
 * see them; its number fields stay empty, since they would lose digits. */
struct value {
	cJSON json;
	const struct source *source;
	uint32_t at, size;
	uint32_t key_at, key_size;      /* key_size 0: the key stands nowhere */
	uint32_t text_n;                /* bytes of the text; of a container: its children */
	uint32_t key_n;
};

/* What only containers and nodes that shadow another need. */
struct node_wide {
	struct value value;
	const struct value *under;
	struct arena *arena;
	union {
		struct members *members;        /* index of a large object, or NULL */
		const struct unread *unread;    /* of what it is to be made; NULL: its text */
	};
};

enum {
	NODE_TYPE_SHIFT = 16,           /* enum value_type, above cJSON's own bits */
	NODE_TYPE_MASK = 0xff,
	NODE_WIDE = 1 << 24,
	NODE_BORROWS = 1 << 25,         /* the children hang in another node's list */
	NODE_MERGED = 1 << 26,          /* under: the layers it was put together from */
	NODE_UNREAD = 1 << 27,          /* child: whose children they will be: this node, or
	                                 * the one that it was shared from */
	NODE_PLAIN = 1 << 28,           /* unread, and its text could have been written by us
	                                 * but for blanks */
};

static inline enum value_type node_type(const struct value *v)
{
	return (enum value_type)(v->json.type >> NODE_TYPE_SHIFT & NODE_TYPE_MASK);
}

static inline bool node_is_container(const struct value *v)
{
	return (v->json.type & (cJSON_Array | cJSON_Object)) != 0;
}

static inline struct str node_text(const struct value *v)
{
	return (struct str){ v->json.valuestring, v->text_n };
}

static inline struct str node_key(const struct value *v)
{
	return (struct str){ v->json.string, v->key_n };
}

/* Every cJSON in our trees is the first member of a struct value. */
static inline struct value *node_of(cJSON *json)
{
	return (struct value *)json;
}

/* Reads an unread container, or makes the object: it has its children then. */
void node_open(const struct value *);
static inline bool node_is_unread(const struct value *v)
{
	return (v->json.type & NODE_UNREAD) != 0;
}
/* A head that was shared from one which is read by now is none any more. */
bool node_is_plain(const struct value *);
static inline cJSON *node_first(const struct value *v)
{
	if (node_is_unread(v))
		node_open(v);
	return v->json.child;
}

/* NULL for a scalar that shadows nothing. */
static inline struct node_wide *node_wide(const struct value *v)
{
	return v->json.type & NODE_WIDE ? (struct node_wide *)(uintptr_t)v : NULL;
}

/* A blank node of this type; containers are wide. */
struct value *node_new(struct arena *, enum value_type);
/* Key and text as they are, not copied. */
static inline void node_set_text(struct value *v, struct str text)
{
	v->json.valuestring = (char *)(uintptr_t)text.p;
	v->text_n = (uint32_t)text.n;
}
static inline void node_set_key(struct value *v, struct str key)
{
	v->json.string = (char *)(uintptr_t)(key.p ? key.p : "");
	v->key_n = (uint32_t)key.n;
}
/* Hangs a child that stands nowhere at the end of the list. */
void node_link(struct value *parent, struct value *child);
/* The same for a member, whose key is set: one of equal key gives up its place.
 * True when there was one. */
bool node_put(struct value *object, struct value *child);

#endif
