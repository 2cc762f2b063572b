#include "core/project/preferences_keep.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/config/toml.h"
#include "core/os/files.h"
#include "core/os/save.h"

static void keep_append_string(struct buf *out, const char *text)
{
	buf_append_char(out, '"');
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if (c == '"' || c == '\\')
			buf_append_char(out, '\\');
		if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else
			buf_append_char(out, *p);
	}
	buf_append_char(out, '"');
}

/* The end of the line that holds this byte, its newline included. */
static size_t keep_line_end(struct str text, size_t at)
{
	size_t n = str_find(str_slice(text, at, text.n), '\n');
	return n == STR_NONE ? text.n : at + n + 1;
}

static const struct value *keep_find(const struct value *root, const char *project)
{
	const struct value *all = value_get(root, STR("project"));
	return all ? value_get(all, str_of(project)) : NULL;
}

/* A table's first line; what is not written as [a.b] is seen by the reading afterwards. */
static void keep_change(struct buf *out, struct str text, const struct value *root,
                        const char *project, const char *name)
{
	owned_buf struct buf piece = { 0 };
	const struct value *table = keep_find(root, project);
	const struct value *engine = table ? value_get(table, STR("engine")) : NULL;
	size_t from = text.n, to = text.n;
	if (engine) {
		from = value_span(engine).at;
		to = from + value_span(engine).size;
		keep_append_string(&piece, name);
	} else {
		if (table)
			from = to = keep_line_end(text, value_key_span(table).at);
		if (from && text.p[from - 1] != '\n')
			buf_append_char(&piece, '\n');
		if (!table) {
			buf_append_text(&piece, from ? "\n[project." : "[project.");
			keep_append_string(&piece, project);
			buf_append_text(&piece, "]\n");
		}
		buf_append_text(&piece, "engine = ");
		keep_append_string(&piece, name);
		buf_append_char(&piece, '\n');
	}
	buf_append(out, str_slice(text, 0, from));
	buf_append(out, buf_str(&piece));
	buf_append(out, str_slice(text, to, text.n));
}

static bool keep_read(struct arena *a, const char *path, struct str text,
                      const struct value **ret_root, struct error *err)
{
	owned(problems) struct problems *problems = problems_new();
	struct source *source = source_new(a, str_of(path), NULL, text);
	if (toml_read(a, source, problems, ret_root))
		return true;
	owned_buf struct buf message = { 0 };
	if (problems_count(problems))
		problem_print(&message, problems_get(problems, 0));
	return error_set(err, ERROR_PROJECT, "%s", buf_text(&message));
}

bool preferences_keep_engine(const char *config_path, const char *root, const char *name,
                             struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *disk = files_disk("/");
	owned_buf struct buf out = { 0 };
	struct str text = { 0 };
	const struct value *tree = NULL, *again = NULL;
	if (!config_path)
		return error_set(err, ERROR_SYSTEM, "there is no place for a config.toml: neither "
		                 "XDG_CONFIG_HOME nor HOME is set");
	enum files_result result = files_read(disk, config_path, a, &text, err);
	if (result == FILES_FAILED || !keep_read(a, config_path, text, &tree, err))
		return false;
	keep_change(&out, text, tree, root, name);
	/* A form that was not foreseen spoils no file. */
	const struct value *table = keep_read(a, config_path, buf_str(&out), &again, err)
		? keep_find(again, root) : NULL;
	const struct value *engine = table ? value_get(table, STR("engine")) : NULL;
	if (!engine || !str_eq(value_text(engine), str_of(name)))
		return error_set(err, ERROR_PROJECT, "%s: the settings of this project are written in a "
		                 "form that cannot be added to; write engine = \"%s\" there", config_path,
		                 name);
	return save_over(config_path, result == FILES_ABSENT ? (struct str){ 0 } : text, buf_str(&out),
	                 0600, err);
}
