/* mortar config: the configuration as the selected profiles make it. */
#include "core/base/utf8.h"
#include "core/config/cascade.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/project.h"

/* FILE is relative to the project's root; a path from here is understood too. */
static const struct document *config_find(const struct project *p, struct arena *arena,
                                          const char *file)
{
	const char *path = files_clean(arena, file);
	const struct document *d = settings_document(p->settings, str_of(path));
	const char *root = files_absolute(arena, p->settings->root);
	const char *absolute = files_absolute(arena, file);
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (!d && str_has_prefix(str_of(absolute), str_of(root)) && absolute[n] == '/')
		d = settings_document(p->settings, str_of(absolute + n + 1));
	return d;
}

static int config_unknown(const struct project *p, const char *file)
{
	owned_buf struct buf known = { 0 };
	struct error err;
	for (size_t i = 0; i < p->settings->ndocuments; i++) {
		buf_append(&known, STR("\n  "));
		utf8_append_visible(&known, str_of(p->settings->documents[i].path));
	}
	error_set(&err, ERROR_USAGE, "'%s' is no configuration file of this project; there are:", file);
	int code = command_fail(&err);
	command_say("%s", buf_text(&known) + 1);
	return code;
}

static const struct value *config_all(const struct project *p, struct arena *arena)
{
	struct value *all = value_new_object(arena);
	for (size_t i = 0; i < p->settings->ndocuments; i++) {
		const struct document *d = &p->settings->documents[i];
		if (d->value)
			value_append(all, str_of(d->path), (struct span){ 0 },
			             value_over(arena, d->value, NULL));
	}
	return all;
}

static bool config_piece(void *data, struct str piece)
{
	int *code = data;
	return (*code = command_output(piece)) == 0;
}

static int config_origins(const struct document *documents, size_t n)
{
	owned_buf struct buf out = { 0 };
	cascade_write_origins(&out, documents, n);
	buf_append_char(&out, '\n');
	return command_output(buf_str(&out));
}

static int config_value(const struct value *v)
{
	int code = 0;
	if (value_write_json_pieces(v, JSON_FILE, config_piece, &code))
		code = command_output(STR("\n"));
	return code;
}

int cmd_config(struct arena *arena, const struct args *args)
{
	struct error err;
	owned(project) struct project *p = project_open(args, 0, &err);
	if (!p)
		return command_fail(&err);
	project_read_settings(p);
	int code = project_print_problems(p);
	if (code || !p->settings)
		return code ? code : 3;
	const struct document *documents = p->settings->documents, *one = NULL;
	size_t n = p->settings->ndocuments;
	if (args->noperands > 1) {
		one = config_find(p, arena, args->operands[1]);
		if (!one || !one->value)
			return config_unknown(p, args->operands[1]);
		documents = one;
		n = 1;
	}
	if (args_has(args, "origins"))
		return config_origins(documents, n);
	return config_value(one ? one->value : config_all(p, arena));
}
