#include "tui/keymap.h"

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

struct str keymap_first(enum action a)
{
	const struct keymap_entry *entry = keymap_entry(a);
	struct str keys = str_of(entry ? entry->keys : ""), first = keys;
	str_next(&keys, ' ', &first);
	return first;
}

/* ---- matching ---- */

enum keymap_match { KEYMAP_NO, KEYMAP_BEGINS, KEYMAP_IS };

static enum keymap_match keymap_match(const struct keymap *km, struct str notation)
{
	for (unsigned i = 0; i < km->nkeys; i++)
		if (notation.n == 0 || keymap_parse(&notation) != km->keys[i])
			return KEYMAP_NO;
	return notation.n ? KEYMAP_BEGINS : KEYMAP_IS;
}

static enum action keymap_look(const struct keymap *km, unsigned where)
{
	enum action found = ACTION_UNKNOWN;
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
		struct str keys = str_of(keymap_entries[a].keys), one;
		if (!(keymap_entries[a].where & where))
			continue;
		while (str_next(&keys, ' ', &one)) {
			enum keymap_match match = keymap_match(km, one);
			if (match == KEYMAP_IS)
				return a;
			if (match == KEYMAP_BEGINS)
				found = ACTION_NONE;
		}
	}
	return found;
}

static bool keymap_counts(unsigned where)
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
