/* mortar config: the configuration as the selected profiles make it. */
#include "core/config/cascade.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/document.h"

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
		one = document_find(p, arena, args->operands[1]);
		if (!one || !one->value)
			return document_unknown(p, args->operands[1]);
		documents = one;
		n = 1;
	}
	if (args_has(args, "origins"))
		return config_origins(documents, n);
	return config_value(one ? one->value : config_all(p, arena));
}
