#include "core/config/toml_table.h"

#include "core/base/check.h"
#include "core/base/utf8.h"

void toml_tables_init(struct toml_tables *t, struct toml_scan *scan)
{
	*t = (struct toml_tables){ .scan = scan, .scratch = arena_new() };
	struct span all = { scan->source, 0, (uint32_t)scan->text.n };
	t->root = (struct toml_slot){ .state = TOML_HEADER, .depth = 1 };
	t->root.value = value_new(scan->arena, VALUE_OBJECT, (struct str){ 0 }, all);
}

void toml_tables_finish(struct toml_tables *t)
{
	free(t->pending);
	map_finish(&t->slots);
	arena_free(t->scratch);
}

/* A table's id and the name behind it: one map serves all tables. */
static struct str toml_tables_key(struct toml_tables *t, const struct toml_slot *parent,
                                  struct str name)
{
	char *key = arena_alloc(t->scratch, sizeof parent->id + name.n);
	memcpy(key, &parent->id, sizeof parent->id);
	if (name.n)
		memcpy(key + sizeof parent->id, name.p, name.n);
	return (struct str){ key, sizeof parent->id + name.n };
}

bool toml_tables_check_depth(struct toml_tables *t, unsigned depth, size_t at)
{
	return depth <= VALUE_DEPTH_MAX ||
	       toml_scan_fail(t->scan, at, "tables and arrays lie inside each other deeper "
	                      "than the %d levels that are read", VALUE_DEPTH_MAX);
}

static struct toml_slot *toml_tables_make(struct toml_tables *t, struct toml_slot *parent,
                                          const struct toml_name *name, struct str key,
                                          enum toml_state state)
{
	if (!toml_tables_check_depth(t, parent->depth + 1, name->at.at))
		return NULL;
	struct toml_slot *slot = arena_alloc(t->scratch, sizeof *slot);
	*slot = (struct toml_slot){ .state = state, .id = ++t->nids, .depth = parent->depth + 1,
	                            .at = name->at.at };
	slot->value = value_new(t->scan->arena, state == TOML_TABLES ? VALUE_ARRAY : VALUE_OBJECT,
	                        (struct str){ 0 }, name->at);
	if (parent->value)
		value_append(parent->value, name->text, name->at, slot->value);
	else
		toml_tables_push(t, name, slot->value);
	map_set(&t->slots, key, slot);
	return slot;
}

/* What the name stands for, and where: for errors. */
static void *toml_tables_refuse(struct toml_tables *t, const struct toml_name *name,
                                const struct toml_slot *there, const char *hint)
{
	static const char *const what[] = {
		[TOML_LEAF] = "a value", [TOML_INLINE] = "an inline table, which is closed,",
		[TOML_IMPLICIT] = "a table", [TOML_DOTTED] = "a table made by dotted keys",
		[TOML_HEADER] = "a table", [TOML_TABLES] = "an array of tables",
	};
	struct origin first = span_origin((struct span){ t->scan->source, (uint32_t)there->at, 0 });
	owned_buf struct buf shown = { 0 };
	utf8_append_visible(&shown, str_slice(name->text, 0, 80));
	toml_scan_fail(t->scan, name->at.at, "%s is already %s since line %u: %s", buf_text(&shown),
	               what[there->state], first.line, hint);
	return NULL;
}

/* ---- small inline tables ---- */

/* A lock is made of tables like {file = …, hash = …}: most keys of it never need a place in the
 * map, which outgrows every cache.  Larger ones, and those with dotted keys, do. */
enum { TOML_SMALL_MAX = 12 };

static void toml_tables_put(struct toml_tables *t, const struct toml_slot *parent,
                            const struct toml_name *name, const struct value *child)
{
	struct toml_slot *slot = arena_alloc(t->scratch, sizeof *slot);
	bool table = value_type(child) == VALUE_OBJECT;
	*slot = (struct toml_slot){ .state = table ? TOML_INLINE : TOML_LEAF, .at = name->at.at };
	map_set(&t->slots, toml_tables_key(t, parent, name->text), slot);
}

static void toml_tables_unfold(struct toml_tables *t, struct toml_slot *table)
{
	if (!table->is_small)
		return;
	table->is_small = false;
	for (size_t i = table->base; i < t->npending; i++)
		toml_tables_put(t, table, &t->pending[i].name, t->pending[i].child);
}

static bool toml_tables_small_has(const struct toml_tables *t, const struct toml_slot *table,
                                  struct str name)
{
	for (size_t i = table->base; i < t->npending; i++)
		if (str_eq(t->pending[i].name.text, name))
			return true;
	return false;
}

/* ---- tables by name ---- */

struct toml_slot *toml_tables_pass(struct toml_tables *t, struct toml_slot *parent,
                                   const struct toml_name *name)
{
	struct str key = toml_tables_key(t, parent, name->text);
	struct toml_slot *slot = map_get(&t->slots, key);
	if (!slot)
		return toml_tables_make(t, parent, name, key, TOML_IMPLICIT);
	if (slot->state == TOML_TABLES)
		return slot->last;
	if (slot->state == TOML_LEAF || slot->state == TOML_INLINE)
		return toml_tables_refuse(t, name, slot, "no header can add to it");
	return slot;
}

struct toml_slot *toml_tables_dot(struct toml_tables *t, struct toml_slot *parent,
                                  const struct toml_name *name)
{
	toml_tables_unfold(t, parent);
	struct str key = toml_tables_key(t, parent, name->text);
	struct toml_slot *slot = map_get(&t->slots, key);
	if (!slot)
		return toml_tables_make(t, parent, name, key, TOML_DOTTED);
	if (slot->state == TOML_HEADER || slot->state == TOML_TABLES)
		return toml_tables_refuse(t, name, slot, "write its keys under its own "
		                          "header, not as dotted keys");
	if (slot->state == TOML_LEAF || slot->state == TOML_INLINE)
		return toml_tables_refuse(t, name, slot, "dotted keys cannot add to it");
	slot->state = TOML_DOTTED;
	return slot;
}

struct toml_slot *toml_tables_open(struct toml_tables *t, struct toml_slot *parent,
                                   const struct toml_name *name)
{
	struct str key = toml_tables_key(t, parent, name->text);
	struct toml_slot *slot = map_get(&t->slots, key);
	if (!slot)
		return toml_tables_make(t, parent, name, key, TOML_HEADER);
	if (slot->state != TOML_IMPLICIT)
		return toml_tables_refuse(t, name, slot, "a [table] is opened once, under a "
		                          "name that nothing else has");
	slot->state = TOML_HEADER;
	slot->at = name->at.at;
	return slot;
}

struct toml_slot *toml_tables_open_next(struct toml_tables *t, struct toml_slot *parent,
                                        const struct toml_name *name)
{
	struct str key = toml_tables_key(t, parent, name->text);
	struct toml_slot *slot = map_get(&t->slots, key);
	if (!slot)
		slot = toml_tables_make(t, parent, name, key, TOML_TABLES);
	else if (slot->state != TOML_TABLES)
		return toml_tables_refuse(t, name, slot, "[[tables]] need a name that "
		                          "nothing else has");
	if (!slot || !toml_tables_check_depth(t, slot->depth + 1, name->at.at))
		return NULL;
	struct toml_slot *element = arena_alloc(t->scratch, sizeof *element);
	*element = (struct toml_slot){ .state = TOML_HEADER, .id = ++t->nids,
	                               .depth = slot->depth + 1, .at = name->at.at };
	element->value = value_new(t->scan->arena, VALUE_OBJECT, (struct str){ 0 }, name->at);
	value_append(slot->value, (struct str){ 0 }, (struct span){ 0 }, element->value);
	slot->last = element;
	return element;
}

bool toml_tables_check_new(struct toml_tables *t, struct toml_slot *parent,
                           const struct toml_name *name)
{
	if (parent->is_small && !toml_tables_small_has(t, parent, name->text))
		return true;
	toml_tables_unfold(t, parent);
	const struct toml_slot *slot = map_get(&t->slots, toml_tables_key(t, parent, name->text));
	if (slot)
		toml_tables_refuse(t, name, slot, "a table has each key once");
	return !slot;
}

void toml_tables_add(struct toml_tables *t, struct toml_slot *parent,
                     const struct toml_name *name, struct value *child)
{
	if (parent->is_small && t->npending - parent->base == TOML_SMALL_MAX)
		toml_tables_unfold(t, parent);
	if (!parent->is_small)
		toml_tables_put(t, parent, name, child);
	if (parent->value)
		value_append(parent->value, name->text, name->at, child);
	else
		toml_tables_push(t, name, child);
}

bool toml_tables_inline(struct toml_tables *t, unsigned depth, size_t at,
                        struct toml_slot *ret_slot)
{
	if (!toml_tables_check_depth(t, depth, at))
		return false;
	*ret_slot = (struct toml_slot){ .state = TOML_INLINE, .id = ++t->nids, .depth = depth,
	                                .at = at, .base = t->npending, .is_small = true };
	return true;
}

void toml_tables_push(struct toml_tables *t, const struct toml_name *name, struct value *child)
{
	if (t->npending == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->pending = xrealloc(t->pending, t->cap, sizeof *t->pending);
	}
	t->pending[t->npending++] = (struct toml_pending){ *name, child };
}

void toml_tables_take(struct toml_tables *t, size_t base, struct value *parent)
{
	for (size_t i = base; i < t->npending; i++)
		value_append(parent, t->pending[i].name.text, t->pending[i].name.at,
		             t->pending[i].child);
	t->npending = base;
}
