#include "tui/input.h"

#include <string.h>

#include "core/config/toml.h"
#include "core/config/yaml.h"
#include "core/os/files.h"
#include "core/value/json.h"
#include "tui/command.h"

enum input_format input_format(const char *as, const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	if (!as && (str_has_suffix(str_of(name), STR(".toml")) || strcmp(name, "poetry.lock") == 0))
		return INPUT_TOML;
	if (!as && (str_has_suffix(str_of(name), STR(".yml")) ||
	            str_has_suffix(str_of(name), STR(".yaml"))))
		return INPUT_YAML;
	if (!as && (strncmp(name, "Dockerfile", 10) == 0 || strncmp(name, "Containerfile", 13) == 0 ||
	            str_has_suffix(str_of(name), STR(".Dockerfile"))))
		return INPUT_DOCKERFILE;
	if (!as)
		return INPUT_JSON;
	return strcmp(as, "toml") == 0         ? INPUT_TOML
	       : strcmp(as, "yaml") == 0       ? INPUT_YAML
	       : strcmp(as, "dockerfile") == 0 ? INPUT_DOCKERFILE
	                                       : INPUT_JSON;
}

const struct source *input_source(struct arena *arena, const char *file, int *ret_code)
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

const struct value *const *input_documents(struct arena *arena, const struct source *source,
                                           enum input_format format, struct problems *problems,
                                           size_t *ret_n)
{
	const struct yaml_options options = { .scalars = YAML_SCALARS_CORE };
	const struct value *const *documents = NULL, *value = NULL;
	if (format == INPUT_YAML)
		return yaml_read(arena, source, &options, problems, &documents, ret_n) ? documents : NULL;
	if (!(format == INPUT_TOML ? toml_read(arena, source, problems, &value)
	                           : value_read_json(arena, source, problems, &value)))
		return NULL;
	const struct value **only = arena_array(arena, 1, sizeof *only);
	only[0] = value;
	*ret_n = 1;
	return only;
}

const struct value *input_value(struct arena *arena, const struct source *source,
                                enum input_format format, struct problems *problems)
{
	size_t n;
	const struct value *const *documents = input_documents(arena, source, format, problems, &n);
	if (documents && n == 1)
		return documents[0];
	if (documents)
		problems_add(problems, SEVERITY_ERROR, "documents",
		             n ? value_span(documents[1]) : (struct span){ source, 0, 0 },
		             "the file has %zu documents: one is wanted", n);
	return NULL;
}
