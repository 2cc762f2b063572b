/* mortar read and mortar match: formats tried on any file. */
#include <stdio.h>
#include <string.h>

#include "core/config/tagged.h"
#include "core/config/toml.h"
#include "core/context/ignore.h"
#include "core/os/files.h"
#include "core/recipe/recipe.h"
#include "core/value/json.h"
#include "tui/command.h"

enum read_format { READ_JSON, READ_TOML, READ_DOCKERFILE };

static enum read_format read_format(const char *as, const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	if (!as && str_has_suffix(str_of(name), STR(".toml")))
		return READ_TOML;
	if (!as && (strncmp(name, "Dockerfile", 10) == 0 || strncmp(name, "Containerfile", 13) == 0 ||
	            str_has_suffix(str_of(name), STR(".Dockerfile"))))
		return READ_DOCKERFILE;
	if (!as)
		return READ_JSON;
	return strcmp(as, "toml") == 0         ? READ_TOML
	       : strcmp(as, "dockerfile") == 0 ? READ_DOCKERFILE
	                                       : READ_JSON;
}

static int read_problems(const struct problems *problems)
{
	for (size_t i = 0; i < problems_count(problems); i++)
		command_print_problem(problems_get(problems, i));
	return problems_errors(problems) ? 3 : 0;
}

/* The text of the file, which may be a pipe, or - for stdin, as a source; exit code in
 * *ret_code when it cannot be read. */
static const struct source *read_source(struct arena *arena, const char *file, int *ret_code)
{
	struct str text;
	struct error err;
	if (strcmp(file, "-") == 0)
		file = "/dev/stdin";
	enum files_result result = files_drain(file, arena, &text, &err);
	if (result == FILES_OK)
		return source_new(arena, str_of(file), NULL, text);
	if (result == FILES_ABSENT)
		error_set(&err, ERROR_USAGE, "there is no file '%s'", file);
	*ret_code = command_fail(&err);
	return NULL;
}

static bool read_tree(struct arena *arena, const struct source *source, enum read_format format,
                      bool tagged, struct problems *problems, struct buf *out)
{
	const struct value *value = NULL;
	bool ok = format == READ_JSON ? value_read_json(arena, source, problems, &value)
	                              : toml_read(arena, source, problems, &value);
	if (!ok)
		return false;
	if (tagged)
		tagged_write(out, value, JSON_FILE);
	else
		value_write_json(out, value, JSON_FILE);
	buf_append_char(out, '\n');
	return true;
}

int cmd_read(struct arena *arena, const struct args *args)
{
	int code = 1;
	owned_buf struct buf out = { 0 };
	owned(problems) struct problems *problems = problems_new();
	enum read_format format = read_format(args_get(args, "as"), args->operands[0]);
	const struct source *source = read_source(arena, args->operands[0], &code);
	if (!source)
		return code;
	if (format == READ_DOCKERFILE) {
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
	const struct source *source = read_source(arena, args->operands[0], &code);
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
