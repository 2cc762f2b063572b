/* mortar help keys: the table of keys as it is in force. */
#include "core/value/json.h"
#include "tui/help.h"
#include "tui/keymap.h"
#include "tui/keymap_file.h"
#include "tui/text.h"

enum { KEYS_COLUMN = 22, KEYS_NAME = 20 };

/* Places of the action where its keys are those of the first one left; takes them. */
static unsigned keys_alike(enum action action, unsigned *left)
{
	struct str keys = keymap_keys(action, *left);
	const struct keymap_place *place;
	unsigned alike = 0;
	for (size_t i = 0; (place = keymap_place(i)); i++)
		if (place->where & *left && str_eq(keymap_keys(action, place->where), keys))
			alike |= place->where;
	*left &= ~alike;
	return alike;
}

/* ---- as JSON ---- */

static struct value *keys_text(struct arena *a, struct value *list, struct str text)
{
	struct value *v = value_new_string(a, text);
	value_append(list, (struct str){ 0 }, (struct span){ 0 }, v);
	return v;
}

static struct value *keys_places(struct arena *a, unsigned where)
{
	struct value *list = value_new_array(a);
	const struct keymap_place *place;
	for (size_t i = 0; (place = keymap_place(i)); i++)
		if (place->where & where)
			keys_text(a, list, str_of(place->name));
	return list;
}

static struct value *keys_list(struct arena *a, struct str keys)
{
	struct value *list = value_new_array(a);
	struct str one;
	while (keys.n && str_next(&keys, ' ', &one))
		keys_text(a, list, one);
	return list;
}

static int keys_print_json(struct arena *a)
{
	owned_buf struct buf out = { 0 };
	struct value *all = value_new_array(a), *o = value_new_object(a);
	for (enum action action = ACTION_UNKNOWN + 1; action < ACTION_COUNT; action++) {
		const struct keymap_entry *entry = keymap_entry(action);
		for (unsigned left = entry->where; left; ) {
			struct str keys = keymap_keys(action, left);
			struct value *row = value_new_object(a);
			value_set(a, row, "name", value_new_string(a, str_of(entry->name)));
			value_set(a, row, "text", value_new_string(a, str_of(entry->text)));
			value_set(a, row, "places", keys_places(a, keys_alike(action, &left)));
			value_set(a, row, "keys", keys_list(a, keys));
			value_set(a, row, "usual", keys_list(a, str_of(entry->keys)));
			value_append(all, (struct str){ 0 }, (struct span){ 0 }, row);
		}
	}
	value_set(a, o, "keys", all);
	value_write_json(&out, o, JSON_FILE);
	buf_append_char(&out, '\n');
	return command_output(buf_str(&out));
}

/* ---- as text ---- */

static void keys_fill(struct buf *out, struct str text, size_t columns)
{
	size_t width = text_width(text);
	buf_append(out, text);
	buf_append_fill(out, ' ', width < columns ? columns - width : 0);
	buf_append_char(out, ' ');
}

static int keys_print_text(void)
{
	owned_buf struct buf out = { 0 };
	const struct keymap_place *place;
	for (size_t i = 0; (place = keymap_place(i)); i++) {
		buf_printf(&out, "%s[%s]\n", i ? "\n" : "", place->name);
		for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
			const struct keymap_entry *entry = keymap_entry(a);
			struct str keys = keymap_keys(a, place->where);
			if (!(entry->where & place->where))
				continue;
			keys_fill(&out, keys.n ? keys : STR("(none)"), KEYS_COLUMN);
			keys_fill(&out, str_of(entry->name), KEYS_NAME);
			buf_printf(&out, "%s\n", entry->text);
		}
	}
	return command_output(buf_str(&out));
}

int help_print_keys(bool json)
{
	owned(files) struct files *files = files_disk(".");
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	keymap_file_read(files, arena, problems);
	for (size_t i = 0; i < problems_count(problems); i++)
		command_print_problem(problems_get(problems, i));
	int code = json ? keys_print_json(arena) : keys_print_text();
	return code ? code : problems_errors(problems) ? error_exit_code(ERROR_PROJECT) : 0;
}
