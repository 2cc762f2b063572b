#include "tui/link.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/map.h"

/* Parts of generated causes, and of the container under the cursor, that are looked
 * at: beyond that the whole is linked, not each part. */
enum { LINK_PARTS_MAX = 200000 };

/* Instructions as a list a key; index + 1 into uses, 0 ends. */
struct link_use {
	size_t instruction, next;
};

/* What tells one value from another: its place in a file, or itself. */
struct link_key {
	const void *where;
	size_t at;
};

struct link {
	struct arena *arena;
	const struct settings *settings;
	const struct recipe *recipe;
	struct link_cause **causes;     /* an array an instruction */
	struct map exact;               /* key of a cause → its first use */
	struct map parts;               /* key of a part of a generated cause → first use */
	struct map wanted;              /* key of a cause → struct link_cause, while looking */
	struct link_use *uses;
	size_t nuses, cap;
};

static struct link_key link_key(const struct value *v)
{
	struct span span = value_span(v);
	if (span.source && span.source->text.p)
		return (struct link_key){ span.source->path, (size_t)span.at + 1 };
	return (struct link_key){ v, 0 };
}

static struct str link_bytes(const struct link_key *key)
{
	return (struct str){ (const char *)key, sizeof *key };
}

/* ---- building ---- */

static void link_note(struct link *l, struct map *map, const struct value *v, size_t instruction)
{
	struct link_key key = link_key(v);
	size_t first = (size_t)(uintptr_t)map_get(map, link_bytes(&key));
	if (first && l->uses[first - 1].instruction == instruction)
		return;
	if (l->nuses == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->uses = xrealloc(l->uses, l->cap, sizeof *l->uses);
	}
	l->uses[l->nuses++] = (struct link_use){ instruction, first };
	map_set(map, arena_str(l->arena, link_bytes(&key)), (void *)(uintptr_t)l->nuses);
}

static void link_note_parts(struct link *l, const struct value *v, size_t instruction,
                            size_t *left)
{
	for (const struct value *part = value_child(v); part && *left; part = value_next(part)) {
		(*left)--;
		link_note(l, &l->parts, part, instruction);
		link_note_parts(l, part, instruction, left);
	}
}

static bool link_is_made(const struct value *v)
{
	struct span span = value_span(v);
	return value_is_container(v) && (!span.source || !span.source->text.p);
}

static void link_add(struct link *l, size_t instruction)
{
	const struct instruction *in = &l->recipe->instructions[instruction];
	struct link_cause *causes = arena_array(l->arena, in->ncauses, sizeof *causes);
	l->causes[instruction] = causes;
	for (size_t i = 0; i < in->ncauses; i++) {
		const struct value *v = in->causes[i];
		size_t left = LINK_PARTS_MAX;
		causes[i] = (struct link_cause){ .value = v, .document = STR_NONE, .at = value_origin(v) };
		link_note(l, &l->exact, v, instruction);
		if (link_is_made(v))
			link_note_parts(l, v, instruction, &left);
		struct link_key key = link_key(v);
		if (!map_get(&l->wanted, link_bytes(&key)))
			map_set(&l->wanted, arena_str(l->arena, link_bytes(&key)), &causes[i]);
	}
}

/* Where the wanted values show: the first place in the order of documents. */
static void link_find(struct link *l, const struct value *v, size_t document,
                      struct buf *pointer)
{
	struct link_key key = link_key(v);
	struct link_cause *cause = map_get(&l->wanted, link_bytes(&key));
	size_t length = pointer->n, index = 0;
	if (cause && cause->document == STR_NONE) {
		cause->document = document;
		cause->pointer = arena_str(l->arena, buf_str(pointer));
	}
	for (const struct value *part = value_child(v); part; part = value_next(part), index++) {
		if (value_type(v) == VALUE_OBJECT)
			value_pointer_append(pointer, value_key(part));
		else
			buf_printf(pointer, "/%zu", index);
		link_find(l, part, document, pointer);
		pointer->n = length;
	}
}

/* Files before what is generated of them. */
static void link_find_all(struct link *l)
{
	owned_buf struct buf pointer = { 0 };
	for (int generated = 0; generated < 2; generated++)
		for (size_t i = 0; i < l->settings->ndocuments; i++) {
			const struct document *d = &l->settings->documents[i];
			if (d->value && d->generated == (generated == 1))
				link_find(l, d->value, i, &pointer);
		}
	for (size_t i = 0; i < l->recipe->ninstructions; i++)
		for (size_t k = 0; k < l->recipe->instructions[i].ncauses; k++) {
			struct link_cause *cause = &l->causes[i][k];
			struct link_key key = link_key(cause->value);
			const struct link_cause *first = map_get(&l->wanted, link_bytes(&key));
			cause->document = first->document;
			cause->pointer = first->pointer;
		}
}

struct link *link_new(const struct settings *settings, const struct recipe *recipe)
{
	struct link *l = xcalloc(1, sizeof *l);
	l->arena = arena_new();
	if (!settings || !recipe)
		return l;
	l->settings = settings;
	l->recipe = recipe;
	l->causes = arena_array(l->arena, recipe->ninstructions, sizeof *l->causes);
	for (size_t i = 0; i < recipe->ninstructions; i++)
		link_add(l, i);
	link_find_all(l);
	return l;
}

void link_free(struct link *l)
{
	if (!l)
		return;
	map_finish(&l->exact);
	map_finish(&l->parts);
	map_finish(&l->wanted);
	arena_free(l->arena);
	free(l->uses);
	free(l);
}

/* ---- asking ---- */

size_t link_causes(const struct link *l, size_t instruction, const struct link_cause **ret_causes)
{
	if (!l->recipe || instruction >= l->recipe->ninstructions)
		return 0;
	*ret_causes = l->causes[instruction];
	return l->recipe->instructions[instruction].ncauses;
}

/* A number without leading zeros that is an index; RFC 6901, 4. */
static const struct value *link_member(const struct value *v, struct str token)
{
	owned_buf struct buf name = { 0 };
	unsigned long long index;
	if (value_type(v) == VALUE_ARRAY) {
		const struct value *item = value_child(v);
		if (!str_number(token, value_count(v), &index))
			return NULL;
		while (item && index--)
			item = value_next(item);
		return item;
	}
	for (size_t i = 0; i < token.n; i++) {
		bool tilde = token.p[i] == '~' && i + 1 < token.n;
		if (tilde)
			buf_append_char(&name, token.p[++i] == '1' ? '/' : '~');
		else
			buf_append_char(&name, token.p[i]);
	}
	return value_get(v, buf_str(&name));
}

bool link_walk(const struct value *root, struct str pointer,
               void (*each)(void *data, const struct value *), void *data)
{
	struct str token;
	const struct value *v = root;
	if (!v)
		return false;
	each(data, v);
	if (pointer.n == 0)
		return true;
	pointer = str_slice(pointer, 1, pointer.n);
	while (str_next(&pointer, '/', &token)) {
		v = link_member(v, token);
		if (!v)
			return false;
		each(data, v);
	}
	return true;
}

struct link_asked {
	const struct link *link;
	bool *lit;
	size_t nlit, left;
	const struct value *last;
};

static void link_light(struct link_asked *a, const struct map *map, const struct value *v)
{
	struct link_key key = link_key(v);
	size_t use = (size_t)(uintptr_t)map_get(map, link_bytes(&key));
	for (; use; use = a->link->uses[use - 1].next) {
		bool *lit = &a->lit[a->link->uses[use - 1].instruction];
		a->nlit += !*lit;
		*lit = true;
	}
}

static void link_above(void *data, const struct value *v)
{
	struct link_asked *a = data;
	link_light(a, &a->link->exact, v);
	a->last = v;
}

static void link_below(struct link_asked *a, const struct value *v)
{
	for (const struct value *part = value_child(v); part && a->left; part = value_next(part)) {
		a->left--;
		link_light(a, &a->link->exact, part);
		link_light(a, &a->link->parts, part);
		link_below(a, part);
	}
}

size_t link_instructions(const struct link *l, size_t document, struct str pointer, bool *lit)
{
	struct link_asked asked = { .link = l, .lit = lit, .left = LINK_PARTS_MAX };
	if (!l->recipe)
		return 0;
	memset(lit, 0, l->recipe->ninstructions * sizeof *lit);
	if (document >= l->settings->ndocuments ||
	    !link_walk(l->settings->documents[document].value, pointer, link_above, &asked))
		return 0;
	link_light(&asked, &l->parts, asked.last);
	link_below(&asked, asked.last);
	return asked.nlit;
}
