#include "tui/keymap.h"

#include "core/base/intern.h"
#include "core/base/utf8.h"

static const struct keymap_entry keymap_entries[ACTION_COUNT] = {
#define ACTION(id, name, where, keys, text) [ACTION_##id] = { name, keys, text, where },
#include "tui/keymap.def"
#undef ACTION
};

const struct keymap_entry *keymap_entry(enum action a)
{
	return a < ACTION_COUNT && keymap_entries[a].name ? &keymap_entries[a] : NULL;
}

enum action keymap_find(struct str name)
{
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++)
		if (str_eq(name, str_of(keymap_entries[a].name)))
			return a;
	return ACTION_NONE;
}

const struct keymap_place *keymap_place(size_t i)
{
	static const struct keymap_place places[] = {
		{ "project", WHERE_PROJECT }, { "build", WHERE_BUILD }, { "history", WHERE_HISTORY },
		{ "help", WHERE_HELP }, { "run", WHERE_RUN }, { "messages", WHERE_MESSAGES },
		{ "diff", WHERE_DIFF }, { "matrix", WHERE_MATRIX }, { "picker", WHERE_PICKER },
		{ "levels", WHERE_LEVELS }, { "text", WHERE_TEXT }, { "confirm", WHERE_CONFIRM },
		{ "batch", WHERE_BATCH }, { "compare", WHERE_COMPARE }, { "disk", WHERE_DISK },
	};
	return i < sizeof places / sizeof *places ? &places[i] : NULL;
}

/* ---- keys in force ---- */

/* Interned; NULL: as keymap.def says. */
enum { KEYMAP_PLACES = 32 };
static const char *keymap_bound[ACTION_COUNT][KEYMAP_PLACES];

struct str keymap_keys(enum action a, unsigned where)
{
	const struct keymap_entry *entry = keymap_entry(a);
	where &= entry ? entry->where : 0;
	if (!where)
		return STR("");
	const char *bound = keymap_bound[a][__builtin_ctz(where)];
	return str_of(bound ? bound : entry->keys);
}

void keymap_bind(enum action a, unsigned where, struct str keys)
{
	const char *kept = intern(keys);
	for (unsigned i = 0; i < KEYMAP_PLACES; i++)
		if (keymap_entries[a].where & where & 1u << i)
			keymap_bound[a][i] = kept;
}

void keymap_unbind(void)
{
	memset(keymap_bound, 0, sizeof keymap_bound);
}

bool keymap_repeats(enum action a)
{
	static const char *const begins[] = { "next-", "prev-", "search-", "section-", "column-",
	                                      "move-", "undo", "redo" };
	const struct keymap_entry *entry = keymap_entry(a);
	for (size_t i = 0; entry && i < sizeof begins / sizeof *begins; i++)
		if (str_has_prefix(str_of(entry->name), str_of(begins[i])))
			return true;
	return false;
}

bool keymap_takes_count(enum action a)
{
	switch (a) {
	case ACTION_DOWN: case ACTION_UP: case ACTION_HALF_DOWN: case ACTION_HALF_UP:
	case ACTION_PAGE_DOWN: case ACTION_PAGE_UP: case ACTION_FIRST: case ACTION_LAST:
	case ACTION_LEFT: case ACTION_RIGHT: case ACTION_NARROWER: case ACTION_WIDER:
	case ACTION_JUMP_BACK: case ACTION_JUMP_FORTH:
		return true;
	default:
		return keymap_repeats(a);
	}
}

/* ---- notation ---- */

static const struct {
	const char *name;
	uint32_t key;
} keymap_names[] = {
	{ "Up", KEY_ARROW_UP }, { "Down", KEY_ARROW_DOWN }, { "Left", KEY_ARROW_LEFT },
	{ "Right", KEY_ARROW_RIGHT }, { "PageUp", KEY_PAGE_UP }, { "PageDown", KEY_PAGE_DOWN },
	{ "Home", KEY_GO_HOME }, { "End", KEY_GO_END }, { "Tab", KEY_TAB },
	{ "BackTab", KEY_BACK_TAB }, { "Enter", KEY_RETURN }, { "Esc", KEY_ESCAPE },
	{ "Space", ' ' }, { "Backspace", KEY_RUBOUT }, { "Delete", KEY_REMOVE }, { "lt", '<' },
	{ "a-z", KEY_LETTER },
};

static uint32_t keymap_named(struct str name)
{
	unsigned long long n;
	for (size_t i = 0; i < sizeof keymap_names / sizeof *keymap_names; i++)
		if (str_eq(name, str_of(keymap_names[i].name)))
			return keymap_names[i].key;
	if (name.n == 3 && name.p[0] == 'C' && name.p[1] == '-' && name.p[2] >= 'a' && name.p[2] <= 'z')
		return (uint32_t)(name.p[2] - 'a' + 1);
	if (name.n > 1 && name.p[0] == 'F' && str_number(str_slice(name, 1, name.n), 63, &n))
		return KEY_FUNCTION + (uint32_t)n;
	return 0;
}

uint32_t keymap_parse(struct str *notation)
{
	struct str s = *notation;
	size_t size, end;
	if (s.n == 0)
		return 0;
	if (s.p[0] == '<' && (end = str_find(s, '>')) != STR_NONE && end > 1) {
		*notation = str_slice(s, end + 1, s.n);
		return keymap_named(str_slice(s, 1, end - 1));
	}
	uint32_t rune = utf8_decode(s, &size);
	*notation = str_slice(s, size, s.n);
	return rune == UTF8_BAD ? 0 : rune;
}

void keymap_name(uint32_t key, struct buf *out)
{
	for (size_t i = 0; i < sizeof keymap_names / sizeof *keymap_names; i++)
		if (keymap_names[i].key == key) {
			buf_printf(out, "<%s>", keymap_names[i].name);
			return;
		}
	if (key > 0 && key < 27)
		buf_printf(out, "<C-%c>", (char)('a' + key - 1));
	else if (key >= KEY_FUNCTION)
		buf_printf(out, "<F%u>", (unsigned)(key - KEY_FUNCTION));
	else if (key >= KEY_NAMED || utf8_is_control(key))
		buf_printf(out, "<%u>", (unsigned)key);
	else
		buf_append_rune(out, key);
}

struct str keymap_first_at(enum action a, unsigned where)
{
	struct str keys = keymap_keys(a, where), first = keys;
	str_next(&keys, ' ', &first);
	return first;
}

struct str keymap_first(enum action a)
{
	return keymap_first_at(a, ~0u);
}

/* ---- matching ---- */

static bool keymap_is_key(uint32_t noted, uint32_t typed)
{
	return noted == typed || (noted == KEY_LETTER && typed >= 'a' && typed <= 'z');
}

struct str keymap_rest(const struct keymap *km, struct str notation)
{
	for (unsigned i = 0; i < km->nkeys; i++)
		if (notation.n == 0 || !keymap_is_key(keymap_parse(&notation), km->keys[i]))
			return (struct str){ 0 };
	return notation;
}

bool keymap_is_like(struct str a, struct str b)
{
	while (a.n && b.n) {
		uint32_t one = keymap_parse(&a), other = keymap_parse(&b);
		if (!keymap_is_key(one, other) && !keymap_is_key(other, one))
			return false;
	}
	return true;
}

static enum action keymap_look(const struct keymap *km, unsigned where)
{
	enum action found = ACTION_UNKNOWN;
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
		struct str keys = keymap_keys(a, where), one;
		while (keys.n && str_next(&keys, ' ', &one)) {
			struct str rest = keymap_rest(km, one);
			if (rest.p && rest.n == 0)
				return a;
			if (rest.p)
				found = ACTION_NONE;
		}
	}
	return found;
}

bool keymap_counts(unsigned where)
{
	return (where & ~(unsigned)(WHERE_PICKER | WHERE_LEVELS | WHERE_CONFIRM | WHERE_BATCH)) != 0;
}

void keymap_clear(struct keymap *km)
{
	*km = (struct keymap){ 0 };
}

bool keymap_is_waiting(const struct keymap *km)
{
	return km->nkeys > 0 || km->count > 0;
}

enum action keymap_feed(struct keymap *km, unsigned where, uint32_t key, unsigned *ret_count)
{
	if (key == '\n' || key == KEY_CTRL_C)
		key = key == '\n' ? KEY_RETURN : KEY_ESCAPE;
	if (km->nkeys == 0 && keymap_counts(where) && key <= '9' && key >= (km->count ? '0' : '1')) {
		unsigned digit = (unsigned)(key - '0');
		if (km->count <= (KEYMAP_COUNT_MAX - digit) / 10)
			km->count = km->count * 10 + digit;
		return ACTION_NONE;
	}
	if (key == KEY_ESCAPE && keymap_is_waiting(km)) {
		keymap_clear(km);
		return ACTION_NONE;
	}
	km->keys[km->nkeys++] = key;
	enum action action = keymap_look(km, where);
	if (action == ACTION_NONE && km->nkeys < KEYMAP_KEYS)
		return ACTION_NONE;
	*ret_count = km->count;
	keymap_clear(km);
	return action == ACTION_NONE ? ACTION_UNKNOWN : action;
}

enum action keymap_timeout(struct keymap *km, unsigned where)
{
	static const enum action views[] = { ACTION_VIEW1, ACTION_VIEW2, ACTION_VIEW3,
	                                     ACTION_VIEW4 };
	unsigned count = km->count;
	if (km->nkeys > 0 || count < 1 || count > 4 || !(keymap_entries[ACTION_VIEW1].where & where))
		return ACTION_NONE;
	keymap_clear(km);
	return views[count - 1];
}

void keymap_pending(const struct keymap *km, struct buf *out)
{
	if (km->count)
		buf_printf(out, "%u", km->count);
	for (unsigned i = 0; i < km->nkeys; i++)
		keymap_name(km->keys[i], out);
}
