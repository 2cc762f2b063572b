/* keys.toml into bindings: what it names wins over what it does not. */
#include "tui/keymap_file.h"

#include "core/base/buf.h"
#include "core/base/similar.h"
#include "core/base/utf8.h"
#include "core/config/toml.h"
#include "core/os/save.h"
#include "tui/keymap.h"

/* One key of one action.  A row without keys takes them all away. */
struct file_row {
	enum action action;
	unsigned where;                 /* may become 0: it lost all its places */
	struct str keys;                /* one notation, or empty */
	struct span at;
};
enum { FILE_ROWS = 1024 };

struct file_reader {
	struct problems *problems;
	struct file_row *rows;
	size_t n;
};

static bool file_wrong(struct file_reader *r, struct span at, const char *rule, const char *what,
                       struct str about)
{
	owned_buf struct buf shown = { 0 };
	utf8_append_visible(&shown, about);
	return problems_add(r->problems, SEVERITY_ERROR, rule, at, "%s: %s", buf_text(&shown), what);
}

/* ---- notations ---- */

static bool file_ends_in_letter(struct str notation)
{
	return str_has_suffix(notation, STR("<a-z>"));
}

/* NULL: it can be typed and be told apart. */
static const char *file_fault(enum action action, unsigned where, struct str notation)
{
	bool letter = file_ends_in_letter(str_of(keymap_entry(action)->keys));
	size_t n = 0;
	for (struct str rest = notation; rest.n; n++) {
		bool blank = rest.p[0] == ' ';
		uint32_t key = keymap_parse(&rest);
		if (!key || blank || key == KEY_POINTER)
			return "this is no key: j, gg, <C-d>, <F8>, <Space>, <lt> are";
		if (n == 0 && key >= '0' && key <= '9' && keymap_counts(where))
			return "a digit begins a number here";
		if (key == KEY_LETTER && (!letter || rest.n))
			return "<a-z> belongs behind the keys of mark and to-mark";
		if (n > 0 && key == KEY_ESCAPE)
			return "<Esc> ends what was typed before it";
	}
	if (n == 0 || n > KEYMAP_KEYS)
		return "one to four keys make a sequence";
	if (letter && !file_ends_in_letter(notation))
		return "<a-z> must follow: a mark has a letter";
	return NULL;
}

static void file_add(struct file_reader *r, enum action action, unsigned where,
                     const struct value *v)
{
	struct str notation = value_text(v);
	if (value_type(v) != VALUE_STRING || r->n == FILE_ROWS) {
		file_wrong(r, value_span(v), "keys-type", "a key is a text: \"]e\"", value_text(v));
		return;
	}
	const char *fault = file_fault(action, where, notation);
	if (fault)
		file_wrong(r, value_span(v), "keys-notation", fault, notation);
	else
		r->rows[r->n++] = (struct file_row){ action, where, notation, value_span(v) };
}

/* ---- tables ---- */

static void file_unknown(struct file_reader *r, const struct value *v)
{
	struct similar similar = { .typed = value_key(v) };
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++)
		similar_try(&similar, keymap_entry(a)->name);
	owned_buf struct buf text = { 0 };
	buf_printf(&text, "no action has this name: %s%s",
	           similar.best ? "is it " : "mortar help keys lists them",
	           similar.best ? similar.best : "");
	file_wrong(r, value_key_span(v), "keys-unknown", buf_text(&text), value_key(v));
}

static void file_take(struct file_reader *r, const struct value *v, unsigned where)
{
	enum action action = keymap_find(value_key(v));
	size_t before = r->n;
	if (action == ACTION_NONE) {
		file_unknown(r, v);
		return;
	}
	where &= keymap_entry(action)->where;
	if (!where) {
		file_wrong(r, value_key_span(v), "keys-place", "it means nothing at this place",
		           value_key(v));
		return;
	}
	if (value_type(v) != VALUE_ARRAY)
		file_add(r, action, where, v);
	for (const struct value *one = value_type(v) == VALUE_ARRAY ? value_child(v) : NULL; one;
	     one = value_next(one))
		file_add(r, action, where, one);
	bool none = value_type(v) == VALUE_ARRAY && !value_child(v);
	if (none && action == ACTION_BACK)
		file_wrong(r, value_span(v), "keys-type", "it must keep a key", value_key(v));
	else if (none && r->n < FILE_ROWS)
		r->rows[r->n++] = (struct file_row){ action, where, STR(""), value_span(v) };
	/* What a table of one place says wins there over [keys]. */
	for (size_t i = 0; i < before && r->n > before; i++)
		if (r->rows[i].action == action)
			r->rows[i].where &= ~where;
}

static unsigned file_place(struct str name)
{
	const struct keymap_place *place;
	for (size_t i = 0; (place = keymap_place(i)); i++)
		if (str_eq(name, str_of(place->name)))
			return place->where;
	return 0;
}

static void file_table(struct file_reader *r, const struct value *table, unsigned where)
{
	for (const struct value *v = value_child(table); v; v = value_next(v))
		file_take(r, v, where);
}

static void file_tables(struct file_reader *r, const struct value *root)
{
	const struct value *all = value_get(root, STR("keys"));
	if (all && value_type(all) == VALUE_OBJECT)
		file_table(r, all, ~0u);
	for (const struct value *v = value_child(root); v; v = value_next(v)) {
		unsigned where = file_place(value_key(v));
		bool keys = str_eq(value_key(v), STR("keys"));
		if (value_type(v) != VALUE_OBJECT)
			file_wrong(r, value_key_span(v), "keys-type",
			           "actions stand in a table: [keys], or [build] for one place",
			           value_key(v));
		else if (!keys && !where)
			file_wrong(r, value_key_span(v), "keys-place",
			           "no place has this name: [keys] is for all, [project] for one",
			           value_key(v));
		else if (!keys)
			file_table(r, v, where);
	}
}

/* ---- conflicts ---- */

/* Of two in the file the later one goes. */
static void file_settle(struct file_reader *r)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t j = i + 1; j < r->n; j++) {
			struct file_row *a = &r->rows[i], *b = &r->rows[j];
			if (a->action == b->action || !(a->where & b->where) || !a->keys.n ||
			    !b->keys.n || !keymap_is_like(a->keys, b->keys))
				continue;
			owned_buf struct buf text = { 0 };
			buf_printf(&text, "%s %.*s, which is %s here (%s)",
			           str_eq(a->keys, b->keys) ? "the same as" : "not to be told from",
			           STR_ARG(a->keys), keymap_entry(a->action)->name,
			           keymap_entry(a->action)->text);
			file_wrong(r, b->at, "keys-conflict", buf_text(&text), b->keys);
			b->where &= ~a->where;
		}
}

/* The row that takes this key from an action it does not name; NULL: none does. */
static const struct file_row *file_taker(const struct file_reader *r, enum action action,
                                         unsigned where, struct str notation)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i].keys.n && r->rows[i].action != action && r->rows[i].where & where &&
		    keymap_is_like(r->rows[i].keys, notation))
			return &r->rows[i];
	return NULL;
}

/* The keys of one action at one place. */
static void file_bind(struct file_reader *r, enum action action, unsigned where, bool *warned)
{
	owned_buf struct buf keys = { 0 };
	bool named = false, lost = false;
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i].action == action && r->rows[i].where & where) {
			named = true;
			buf_printf(&keys, "%s%.*s", keys.n && r->rows[i].keys.n ? " " : "",
			           STR_ARG(r->rows[i].keys));
		}
	struct str usual = str_of(keymap_entry(action)->keys), one;
	while (!named && str_next(&usual, ' ', &one)) {
		const struct file_row *taker = file_taker(r, action, where, one);
		if (!taker) {
			buf_printf(&keys, "%s%.*s", keys.n ? " " : "", STR_ARG(one));
			continue;
		}
		lost = true;
		if (!*warned)
			problems_add(r->problems, SEVERITY_WARNING, "keys-taken", taker->at,
			             "%.*s was %s (%s), which has it no more", STR_ARG(one),
			             keymap_entry(action)->text, keymap_entry(action)->name);
		*warned = true;
	}
	if (named || lost)
		keymap_bind(action, where, buf_str(&keys));
}

static void file_bind_all(struct file_reader *r)
{
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
		bool warned = false;
		const struct keymap_place *place;
		for (size_t i = 0; (place = keymap_place(i)); i++)
			if (keymap_entry(a)->where & place->where)
				file_bind(r, a, place->where, &warned);
	}
}

/* ---- the file ---- */

void keymap_file_read_path(struct files *files, const char *path, struct arena *arena,
                           struct problems *problems)
{
	struct file_reader r = { .problems = problems };
	struct str text = { 0 };
	struct error err;
	const struct value *root;
	enum files_result result = files_read(files, path, arena, &text, &err);
	struct source *source = source_new(arena, str_of(path), NULL, text);
	if (result == FILES_FAILED)
		problems_add(problems, SEVERITY_ERROR, "keys-file", (struct span){ .source = source },
		             "%s", err.text);
	if (result != FILES_OK || !toml_read(arena, source, problems, &root))
		return;
	r.rows = arena_array(arena, FILE_ROWS, sizeof *r.rows);
	file_tables(&r, root);
	file_settle(&r);
	file_bind_all(&r);
}

void keymap_file_read(struct files *files, struct arena *arena, struct problems *problems)
{
	const char *path = save_config_path("keys.toml");
	if (path)
		keymap_file_read_path(files, path, arena, problems);
}
