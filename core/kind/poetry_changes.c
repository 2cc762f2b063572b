#include "core/kind/poetry_changes.h"

#include "core/ext/crypto.h"
#include "core/kind/poetry_project.h"

/* A piece of what is hashed, as people call it: the table or array of a label, or an entry of
 * it.  Two tables may have one label: [project] and [tool.poetry] both have dependencies. */
struct part {
	struct str label, name;
	const struct value *value;
	bool is_entry, is_poetry;
};

enum { PARTS_MAX = 2000, PARTS_TABLES_MAX = 10, PARTS_NAMED_MAX = 5 };
/* What may be hashed before a trial is given up: some ten milliseconds. */
enum { PARTS_BYTES_MAX = 1 << 20 };

struct parts {
	struct arena *arena;
	bool is_poetry;                 /* what is added lies below [tool.poetry] */
	size_t n;
	struct part items[PARTS_MAX];
};

static void parts_add(struct parts *p, struct str label, struct str name, const struct value *v,
                      bool is_entry)
{
	if (p->n < PARTS_MAX)
		p->items[p->n++] = (struct part){ label, name, v, is_entry, p->is_poetry };
}

/* Members by their key, items by the name in their text or table. */
static void parts_entries(struct parts *p, struct str label, const struct value *container)
{
	for (const struct value *c = value_child(container); c; c = value_next(c)) {
		struct str name = value_key(c);
		const struct value *own = value_type(c) == VALUE_OBJECT && !name.p
			? value_get(c, STR("name")) : NULL;
		if (own)
			name = value_text(own);
		else if (!name.p && value_type(c) == VALUE_STRING)
			name = poetry_requirement_name(value_text(c));
		parts_add(p, label, name, c, true);
	}
}

static void parts_table(struct parts *p, struct str label, const struct value *v)
{
	if (!v)
		return;
	parts_add(p, label, (struct str){ 0 }, v, false);
	if (value_is_container(v))
		parts_entries(p, label, v);
}

/* Each group is a table of its own. */
static void parts_groups(struct parts *p, const struct value *groups)
{
	for (const struct value *c = groups ? value_child(groups) : NULL; c; c = value_next(c)) {
		struct str label = str_of(arena_printf(p->arena, "group %.*s", STR_ARG(value_key(c))));
		const struct value *entries = p->is_poetry && value_type(c) == VALUE_OBJECT
			? value_get(c, STR("dependencies")) : c;
		parts_add(p, label, (struct str){ 0 }, c, false);
		for (const struct value *m = p->is_poetry ? value_child(c) : NULL; m; m = value_next(m))
			if (m != entries)
				parts_add(p, label, value_key(m), m, true);
		if (entries && value_is_container(entries))
			parts_entries(p, label, entries);
	}
}

static struct parts *parts_new(struct arena *a, const struct value *root, enum poetry_rules rules)
{
	struct parts *p = arena_alloc(a, sizeof *p);
	const struct value *project = value_at(root, STR("/project"));
	const struct value *poetry = value_at(root, STR("/tool/poetry"));
	p->arena = a;
	if (project && rules >= POETRY_RULES_2_0) {
		parts_table(p, STR("requires-python"), value_get(project, STR("requires-python")));
		parts_table(p, STR("dependencies"), value_get(project, STR("dependencies")));
		parts_table(p, STR("extras"), value_get(project, STR("optional-dependencies")));
	}
	if (rules == POETRY_RULES_2_3)
		parts_groups(p, value_get(root, STR("dependency-groups")));
	if (!poetry)
		return p;
	p->is_poetry = true;
	parts_table(p, STR("dependencies"), value_get(poetry, STR("dependencies")));
	parts_table(p, STR("group dev"), value_get(poetry, STR("dev-dependencies")));
	parts_table(p, STR("extras"), value_get(poetry, STR("extras")));
	parts_table(p, STR("sources"), value_get(poetry, STR("source")));
	if (rules != POETRY_RULES_1_1)
		parts_groups(p, value_get(poetry, STR("group")));
	return p;
}

/* ---- saying it ---- */

/* "dependencies (a, b and 3 more), group dev": the parts marked, by label. */
static struct str parts_say(const struct parts *p, const bool *marked)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < p->n; i++) {
		struct str label = p->items[i].label;
		size_t named = 0, first = 0;
		while (first < i && !(marked[first] && str_eq(p->items[first].label, label)))
			first++;
		if (!marked[i] || first < i)
			continue;
		buf_printf(&out, "%s%.*s", out.n ? ", " : "", STR_ARG(label));
		for (size_t j = i; j < p->n; j++) {
			if (!marked[j] || !p->items[j].name.n || !str_eq(p->items[j].label, label))
				continue;
			if (named++ < PARTS_NAMED_MAX)
				buf_printf(&out, "%s%.*s", named > 1 ? ", " : " (",
				           STR_ARG(p->items[j].name));
		}
		if (named > PARTS_NAMED_MAX)
			buf_printf(&out, " and %zu more", named - PARTS_NAMED_MAX);
		if (named)
			buf_append_char(&out, ')');
	}
	return out.n ? arena_str(p->arena, buf_str(&out)) : (struct str){ 0 };
}

/* ---- since another text ---- */

static bool parts_alike(const struct part *a, const struct part *b)
{
	return a->is_entry == b->is_entry && a->is_poetry == b->is_poetry &&
	       str_eq(a->label, b->label) && poetry_name_eq(a->name, b->name);
}

/* The twin in other; as many like it as stand before it in its own list are passed over, so that
 * of several constraints of one name each has its own. */
static const struct part *parts_twin(const struct parts *other, const struct parts *own, size_t i)
{
	const struct part *part = &own->items[i];
	size_t nth = 0;
	for (size_t j = 0; j < i; j++)
		nth += parts_alike(&own->items[j], part);
	for (size_t j = 0; j < other->n; j++)
		if (parts_alike(&other->items[j], part) && !nth--)
			return &other->items[j];
	return NULL;
}

/* Marks what own has otherwise than other: entries, and tables in which no entry is marked (a
 * string, an order, an empty table). */
static void parts_mark(const struct parts *own, const struct parts *other, bool *marked)
{
	for (size_t i = 0; i < own->n; i++) {
		const struct part *twin = parts_twin(other, own, i);
		marked[i] = !twin || !value_equal(twin->value, own->items[i].value);
	}
	for (size_t i = 0; i < own->n; i++)
		for (size_t j = 0; !own->items[i].is_entry && j < own->n; j++)
			if (own->items[j].is_entry && marked[j] &&
			    str_eq(own->items[j].label, own->items[i].label))
				marked[i] = false;
}

struct str poetry_changed_since(struct arena *arena, const struct value *then,
                                const struct value *now, enum poetry_rules rules,
                                struct str content_hash)
{
	char hex[POETRY_HASH_SIZE];
	struct error ignored;
	if (!poetry_hash(then, rules, hex, &ignored) || !str_eq(str_of(hex), content_hash))
		return (struct str){ 0 };
	struct parts *before = parts_new(arena, then, rules), *after = parts_new(arena, now, rules);
	struct parts *all = arena_alloc(arena, sizeof *all);
	bool *marked = arena_array(arena, PARTS_MAX, sizeof *marked);
	bool *gone = arena_array(arena, PARTS_MAX, sizeof *gone);
	bool *told = arena_array(arena, PARTS_MAX, sizeof *told);
	parts_mark(after, before, marked);
	parts_mark(before, after, gone);
	all->arena = arena;
	for (size_t i = 0; i < after->n; i++)
		if (marked[i])
			parts_add(all, after->items[i].label, after->items[i].name, NULL, true);
	/* A changed one was marked on both sides. */
	for (size_t i = 0; i < before->n; i++) {
		const struct part *part = &before->items[i];
		if (gone[i] && !parts_twin(after, before, i))
			parts_add(all, part->label, part->name, NULL, true);
	}
	for (size_t i = 0; i < all->n; i++)
		told[i] = true;
	return parts_say(all, told);
}

/* ---- alone ---- */

struct trial {
	const struct value *root;
	enum poetry_rules rules;
	struct str wanted;
	const struct parts *parts;
	size_t hashed;                  /* bytes so far */
};

static bool trial_fits(struct trial *t, const size_t *out, size_t n)
{
	owned_buf struct buf text = { 0 };
	const struct value *without[PARTS_TABLES_MAX];
	char hex[POETRY_HASH_SIZE];
	struct error ignored;
	for (size_t i = 0; i < n; i++)
		without[i] = t->parts->items[out[i]].value;
	if (!poetry_hash_text_without(&text, t->root, t->rules, without, n, &ignored))
		return false;
	t->hashed += text.n;
	sha256_hex(buf_str(&text), hex);
	return str_eq(str_of(hex), t->wanted);
}

static struct str trial_say(const struct trial *t, const size_t *out, size_t n)
{
	bool *marked = arena_array(t->parts->arena, PARTS_MAX, sizeof *marked);
	for (size_t i = 0; i < n; i++)
		marked[out[i]] = true;
	return parts_say(t->parts, marked);
}

/* One entry less, then two of them. */
static struct str trial_entries(struct trial *t)
{
	for (size_t i = 0; i < t->parts->n && t->hashed < PARTS_BYTES_MAX; i++)
		if (trial_fits(t, &i, 1))
			return trial_say(t, &i, 1);
	for (size_t i = 0; i < t->parts->n; i++)
		for (size_t j = i + 1; j < t->parts->n && t->hashed < PARTS_BYTES_MAX; j++)
			if (trial_fits(t, (size_t[]){ i, j }, 2))
				return trial_say(t, (size_t[]){ i, j }, 2);
	return (struct str){ 0 };
}

/* Three tables less, or more. */
static struct str trial_tables(struct trial *t)
{
	size_t tables[PARTS_TABLES_MAX], ntables = 0, out[PARTS_TABLES_MAX];
	for (size_t i = 0; i < t->parts->n && ntables < PARTS_TABLES_MAX; i++)
		if (!t->parts->items[i].is_entry)
			tables[ntables++] = i;
	for (unsigned set = 0; set < 1u << ntables && t->hashed < 2 * PARTS_BYTES_MAX; set++) {
		size_t n = 0;
		for (size_t i = 0; i < ntables; i++)
			if (set >> i & 1)
				out[n++] = tables[i];
		if (n > 2 && trial_fits(t, out, n))
			return trial_say(t, out, n);
	}
	return (struct str){ 0 };
}

static struct str trial_rules(const struct trial *t)
{
	for (int other = 0; other < POETRY_RULES_COUNT; other++) {
		char hex[POETRY_HASH_SIZE];
		struct error ignored;
		if (other != (int)t->rules &&
		    poetry_hash(t->root, (enum poetry_rules)other, hex, &ignored) &&
		    str_eq(str_of(hex), t->wanted))
			return str_of(arena_printf(t->parts->arena, "nothing, but the lock was made by the "
			                           "rules of Poetry %s",
			                           poetry_rules_text((enum poetry_rules)other)));
	}
	return (struct str){ 0 };
}

struct str poetry_changed_alone(struct arena *arena, const struct value *root,
                                enum poetry_rules rules, struct str content_hash)
{
	struct trial t = { .root = root, .rules = rules, .wanted = content_hash,
	                   .parts = parts_new(arena, root, rules) };
	struct str told = trial_entries(&t);
	if (!told.n)
		told = trial_tables(&t);
	return told.n ? told : trial_rules(&t);
}
