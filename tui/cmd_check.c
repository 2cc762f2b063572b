/* mortar check: any document against any JSON Schema. */
#include "core/config/schema.h"
#include "core/os/files.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/input.h"

/* Every --schema-base; false when one is not URI=DIR. */
static bool check_bases(struct arena *arena, const struct args *args,
                        struct schema_options *options, struct error *err)
{
	struct schema_base *bases = arena_array(arena, args->noptions, sizeof *bases);
	for (size_t i = 0; i < args->noptions; i++) {
		struct str value = args->options[i].value;
		/* A URI may hold = too, a folder rather not. */
		size_t equals = str_find_last(value, '=');
		if (!str_eq(args->options[i].name, STR("schema-base")))
			continue;
		if (equals == STR_NONE || !equals || equals + 1 == value.n)
			return error_set(err, ERROR_USAGE, "--schema-base takes URI=DIR, as in "
			                 "https://example.org/schemas=./schemas, not '%.*s'",
			                 STR_ARG(value));
		bases[options->nbases++] = (struct schema_base){
			str_slice(value, 0, equals), value.p + equals + 1 };
	}
	options->bases = bases;
	return true;
}

static const struct value *check_read(struct arena *arena, const char *file,
                                      struct problems *problems, int *ret_code)
{
	const struct source *source = input_source(arena, file, ret_code);
	return source ? input_value(arena, source, input_format(NULL, file), problems) : NULL;
}

static struct value *check_describe(struct arena *arena, const struct problem *p)
{
	static const char *const severities[] = { "error", "warning", "note" };
	struct value *object = value_new_object(arena);
	struct origin at = span_origin(p->at);
	value_set(arena, object, "file",
	          at.path ? value_new_string(arena, str_of(at.path))
	                  : value_new(arena, VALUE_NULL, STR("null"), (struct span){ 0 }));
	value_set(arena, object, "line", value_new_integer(arena, at.line));
	value_set(arena, object, "column", value_new_integer(arena, at.column));
	value_set(arena, object, "pointer", value_new_string(arena, p->pointer));
	value_set(arena, object, "schema", value_new_string(arena, p->schema));
	value_set(arena, object, "text", value_new_string(arena, p->text));
	value_set(arena, object, "rule", value_new_string(arena, str_of(p->rule)));
	value_set(arena, object, "severity", value_new_string(arena, str_of(severities[p->severity])));
	return object;
}

/* As an array on stdout, or as lines on stderr. */
static int check_tell(struct arena *arena, struct problems *problems, bool json)
{
	owned_buf struct buf out = { 0 };
	struct value *list = value_new_array(arena);
	problems_sort(problems);
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		if (json)
			value_append(list, (struct str){ 0 }, (struct span){ 0 },
			             check_describe(arena, p));
		else
			command_print_problem(p);
	}
	int code = problems_errors(problems) ? 3 : 0, output = 0;
	if (json) {
		value_write_json(&out, list, JSON_FILE);
		buf_append_char(&out, '\n');
		output = command_output(buf_str(&out));
	}
	return output ? output : code;
}

int cmd_check(struct arena *arena, const struct args *args)
{
	int code = 0;
	struct error err;
	owned(problems) struct problems *problems = problems_new();
	owned(files) struct files *files = files_disk(".");
	struct schema_options options = { .formats = args_has(args, "strict"), .files = files };
	if (!check_bases(arena, args, &options, &err))
		return command_fail(&err);
	const struct value *root = check_read(arena, args->operands[0], problems, &code);
	const struct value *value = code ? NULL : check_read(arena, args->operands[1], problems, &code);
	if (code)
		return code;
	owned(schema) struct schema *schema = root ? schema_new(root, &options, problems) : NULL;
	if (schema && value)
		schema_check(schema, value, SEVERITY_ERROR, problems);
	return check_tell(arena, problems, args_has(args, "json"));
}
