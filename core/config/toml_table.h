#ifndef CORE_CONFIG_TOML_TABLE_H
#define CORE_CONFIG_TOML_TABLE_H

#include "core/base/map.h"
#include "core/config/toml_scan.h"

/* Which keys a TOML document has given so far, and how: that alone decides whether
 * a later line may add to a table.  Inside the reader only. */
enum toml_state {
	TOML_LEAF,              /* a scalar or an array: closed */
	TOML_INLINE,            /* { … }: closed once read */
	TOML_IMPLICIT,          /* named on the way to a [header] below it */
	TOML_DOTTED,            /* made by a dotted key: others add to it, headers pass */
	TOML_HEADER,            /* [defined] */
	TOML_TABLES,            /* [[defined]] */
};

struct toml_slot {
	enum toml_state state;
	uint32_t id;            /* of a table: parts its keys from those of others */
	unsigned depth;         /* containers around and including it */
	size_t at;              /* where it was first given */
	struct value *value;    /* NULL for a leaf, and for an inline table being read */
	struct toml_slot *last; /* of [[tables]]: the element that is being filled */
	size_t base;            /* of an inline table being read: its first pending child */
	bool is_small;          /* of such a one: its keys are looked for among the pending alone */
};

/* A part of a dotted key. */
struct toml_name {
	struct str text;
	struct span at;
};

/* A child whose container is not made yet, since a node's span is given at birth. */
struct toml_pending {
	struct toml_name name;
	struct value *child;
};

struct toml_tables {
	struct toml_scan *scan;
	struct arena *scratch;          /* slots and their keys */
	struct map slots;               /* by table id and name, but for small inline tables */
	struct toml_slot root;
	uint32_t nids;
	struct toml_pending *pending;
	size_t npending, cap;
};

/* The root is an object over the whole text. */
void toml_tables_init(struct toml_tables *, struct toml_scan *);
void toml_tables_finish(struct toml_tables *);

/* The table of this name on the way of a [header], or of a dotted key; made when
 * absent.  NULL with an error when the name stands for something else. */
struct toml_slot *toml_tables_pass(struct toml_tables *, struct toml_slot *parent,
                                   const struct toml_name *);
struct toml_slot *toml_tables_dot(struct toml_tables *, struct toml_slot *parent,
                                  const struct toml_name *);
/* The table a [header], or a [[header]], opens; NULL with an error. */
struct toml_slot *toml_tables_open(struct toml_tables *, struct toml_slot *parent,
                                   const struct toml_name *);
struct toml_slot *toml_tables_open_next(struct toml_tables *, struct toml_slot *parent,
                                        const struct toml_name *);
/* True when the table has no such key yet; else an error. */
bool toml_tables_check_new(struct toml_tables *, struct toml_slot *parent,
                           const struct toml_name *);
/* Gives the table this key. */
void toml_tables_add(struct toml_tables *, struct toml_slot *parent, const struct toml_name *,
                     struct value *child);
/* A closed slot for `{`; false with an error when it lies too deep. */
bool toml_tables_inline(struct toml_tables *, unsigned depth, size_t at,
                        struct toml_slot *ret_slot);

/* Children of an array or inline table being read: push them, then make the node and
 * give it all that was pushed since `base` (npending then). */
void toml_tables_push(struct toml_tables *, const struct toml_name *, struct value *child);
void toml_tables_take(struct toml_tables *, size_t base, struct value *parent);
/* Whether a container may lie so deep; else an error. */
bool toml_tables_check_depth(struct toml_tables *, unsigned depth, size_t at);

#endif
