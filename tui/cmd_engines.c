/* mortar engines: which engines there are, and how they are. */
#include "core/base/utf8.h"
#include "core/os/save.h"
#include "core/project/preferences.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/engine_picker.h"

/* As long as a person waits for a table. */
enum { CMD_ENGINES_LIMIT_MS = 5000 };

static void cmd_engines_changed(void *data)
{
	(void)data;
}

static void cmd_engines_row(struct buf *out, const struct engine_row *row, size_t width)
{
	owned_buf struct buf product = { 0 }, disk = { 0 }, line = { 0 };
	engine_row_append_product(&product, row);
	engine_row_append_disk(&disk, row);
	buf_printf(&line, "%s  %-*s  ", engine_row_sign(row), (int)width, row->name);
	if (row->answer == ENGINE_SILENT)
		buf_append_text(&line, row->err.text);
	else
		buf_printf(&line, "%s %s %s", buf_text(&product), row->pool ? "answer:" : "at",
		           row->address);
	if (disk.n)
		buf_printf(&line, "; %s", buf_text(&disk));
	if (row->builds) {
		buf_append_text(&line, "; ");
		engine_row_append_builds(&line, row);
	}
	utf8_append_visible(out, buf_str(&line));
	buf_append_char(out, '\n');
}

static void cmd_engines_write(struct buf *out, const struct engine_list *list, bool json)
{
	owned(arena) struct arena *a = arena_new();
	size_t n, width = 0;
	const struct engine_row *rows = engine_list_rows(list, &n);
	if (json) {
		struct value *o = value_new_object(a);
		value_set(a, o, "engines", engine_list_value(a, list));
		value_write_json(out, o, JSON_FILE);
		buf_append_char(out, '\n');
		return;
	}
	for (size_t i = 0; i < n; i++)
		width = strlen(rows[i].name) > width ? strlen(rows[i].name) : width;
	for (size_t i = 0; i < n; i++)
		cmd_engines_row(out, &rows[i], width);
}

int cmd_engines(struct arena *arena, const struct args *args)
{
	owned(loop) struct loop *loop = loop_new();
	owned(files) struct files *files = files_disk("/");
	owned(problems) struct problems *problems = problems_new();
	owned(preferences) struct preferences *preferences =
		preferences_read(files, save_config_path("config.toml"), NULL, problems);
	struct error err;
	(void)arena;
	for (size_t i = 0; i < problems_count(problems); i++)
		command_print_problem(problems_get(problems, i));
	if (problems_errors(problems))
		return error_exit_code(ERROR_PROJECT);
	const struct engine_list_request r = {
		.named = preferences->engines, .nnamed = preferences->nengines,
		.pools = preferences->pools, .npools = preferences->npools,
		.limit_ms = CMD_ENGINES_LIMIT_MS,
	};
	owned(engine_list) struct engine_list *list =
		engine_list_ask(loop, &r, cmd_engines_changed, NULL);
	while (engine_list_is_waiting(list))
		if (!loop_turn(loop, -1, &err))
			return command_fail(&err);
	owned_buf struct buf out = { 0 };
	cmd_engines_write(&out, list, args_has(args, "json"));
	return command_output(buf_str(&out));
}
