/* mortar read and mortar match: formats tried on any file. */
#include "core/config/tagged.h"
#include "core/context/ignore.h"
#include "core/recipe/recipe.h"
#include "tui/command.h"
#include "tui/input.h"

static int read_problems(const struct problems *problems)
{
	for (size_t i = 0; i < problems_count(problems); i++)
		command_print_problem(problems_get(problems, i));
	return problems_errors(problems) ? 3 : 0;
}

static void read_tree(struct arena *arena, const struct source *source, enum input_format format,
                      bool tagged, struct problems *problems, struct buf *out)
{
	size_t n = 0;
	const struct value *const *documents = input_documents(arena, source, format, problems, &n);
	for (size_t i = 0; documents && i < n; i++) {
		if (tagged)
			tagged_write(out, documents[i], JSON_FILE);
		else
			value_write_json(out, documents[i], JSON_FILE);
		buf_append_char(out, '\n');
	}
}

int cmd_read(struct arena *arena, const struct args *args)
{
	int code = 1;
	owned_buf struct buf out = { 0 };
	owned(problems) struct problems *problems = problems_new();
	enum input_format format = input_format(args_get(args, "as"), args->operands[0]);
	const struct source *source = input_source(arena, args->operands[0], &code);
	if (!source)
		return code;
	if (format == INPUT_DOCKERFILE) {
		owned(recipe) struct recipe *recipe = recipe_parse_syntax(source, problems);
		if (recipe)
			recipe_write_json(&out, recipe);
		buf_append_char(&out, '\n');
	} else {
		read_tree(arena, source, format, args_has(args, "tagged"), problems, &out);
	}
	code = read_problems(problems);
	return code ? code : command_output(buf_str(&out));
}

int cmd_match(struct arena *arena, const struct args *args)
{
	int code = 1;
	owned_buf struct buf out = { 0 };
	owned(problems) struct problems *problems = problems_new();
	const struct source *source = input_source(arena, args->operands[0], &code);
	if (!source)
		return code;
	owned(ignore) struct ignore *ignore = ignore_parse(source, problems);
	code = read_problems(problems);
	if (code || !ignore)
		return 3;
	for (size_t i = 1; i < args->noperands; i++)
		buf_printf(&out, "%d\n", ignore_matches(ignore, str_of(args->operands[i])));
	return command_output(buf_str(&out));
}
