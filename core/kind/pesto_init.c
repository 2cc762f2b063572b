#include "core/kind/pesto_init.h"

#include <ctype.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/kind/pesto.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/recipe/quote.h"
#include "core/value/json.h"

/* INIT_SHOWN: files that a message names. */
enum { INIT_FILES = 16, INIT_SHOWN = 5 };

/* ---- answers ---- */

static bool init_check_text(struct str answer, struct error *err)
{
	if (utf8_invalid(answer) != STR_NONE)
		return error_set(err, ERROR_USAGE, "this is not UTF-8");
	for (size_t at = 0, size; at < answer.n; at += size)
		if (utf8_is_control(utf8_decode(str_slice(answer, at, answer.n), &size)))
			return error_set(err, ERROR_USAGE, "this has a control character");
	return true;
}

static bool init_check_title(struct str answer, struct error *err)
{
	if (!answer.n)
		return error_set(err, ERROR_USAGE, "this must not be empty");
	return init_check_text(answer, err);
}

/* The image, the folder below /opt and the Python package bear it. */
static bool init_check_name(struct str answer, struct error *err)
{
	struct error why;
	if (str_find(answer, '/') != STR_NONE)
		return error_set(err, ERROR_USAGE, "a name has no /");
	if (!quote_check_repository(answer, &why))
		return error_set(err, ERROR_USAGE, "%s", why.text);
	return !pesto_name_is_taken(answer) ||
	       error_set(err, ERROR_USAGE, "PESTO's build context has a folder of this name");
}

static size_t init_digits(struct str s, size_t at)
{
	while (at < s.n && isdigit((unsigned char)s.p[at]))
		at++;
	return at;
}

/* Behind the word and its number at `at`, or `at` when it is not there. */
static size_t init_part(struct str s, size_t at, const char *word)
{
	size_t n = strlen(word), end;
	if (!str_has_prefix(str_slice(s, at, s.n), str_of(word)))
		return at;
	end = init_digits(s, at + n);
	return end > at + n ? end : at;
}

/* PEP 440's canonical form without epoch and local version: pip refuses others. */
static bool init_check_version(struct str answer, struct error *err)
{
	static const char *const pre[] = { "a", "b", "rc" };
	size_t at = init_digits(answer, 0), begun = at;
	for (size_t next; at && (next = init_part(answer, at, ".")) > at;)
		at = next;
	for (size_t i = 0, from = at; at == from && i < sizeof pre / sizeof *pre; i++)
		at = init_part(answer, at, pre[i]);
	at = init_part(answer, at, ".post");
	at = init_part(answer, at, ".dev");
	struct error why;
	if (!begun || at != answer.n)
		return error_set(err, ERROR_USAGE, "pip takes versions like 1.0.0, 1.0.0.dev0 or "
		                 "2.1rc1");
	return quote_check_tag(answer, &why) || error_set(err, ERROR_USAGE, "%s", why.text);
}

static bool init_check_email(struct str answer, struct error *err)
{
	size_t at = str_find(answer, '@');
	if (!answer.n)
		return true;
	if (at == STR_NONE || at == 0 || at + 1 == answer.n || str_find(answer, ' ') != STR_NONE)
		return error_set(err, ERROR_USAGE, "write it like name@example.org, or leave it empty");
	return init_check_text(answer, err);
}

/* An image that is another tomorrow spoils what is built on it. */
static bool init_check_image(struct str answer, struct error *err)
{
	struct error why;
	if (!quote_check_image(answer, &why))
		return error_set(err, ERROR_USAGE, "%s", why.text);
	size_t slash = str_find_last(answer, '/');
	struct str name = str_slice(answer, slash == STR_NONE ? 0 : slash + 1, answer.n);
	if (str_find(name, ':') == STR_NONE || str_has_suffix(name, STR(":latest")))
		return error_set(err, ERROR_USAGE, "name a tag that stays, as in "
		                 "python:3.11-slim-bookworm");
	return true;
}

const struct init_question init_questions[INIT_NANSWERS] = {
	[INIT_NAME] = { "name", init_check_name },
	[INIT_VERSION] = { "version", init_check_version },
	[INIT_TITLE] = { "title", init_check_title },
	[INIT_DESCRIPTION] = { "description", init_check_text },
	[INIT_ORGANIZATION] = { "organization", init_check_text },
	[INIT_EMAIL] = { "email", init_check_email },
	[INIT_LICENCE] = { "licence", init_check_text },
	[INIT_KEYWORDS] = { "keywords, with commas between", init_check_text },
	[INIT_BASE_IMAGE] = { "base image", init_check_image },
};

/* The folder's name with what no name may have as '-'. */
static struct str init_standard_name(struct arena *arena, const char *dir)
{
	struct str path = str_of(files_absolute(arena, dir));
	struct str base = str_slice(path, str_find_last(path, '/') + 1, path.n);
	owned_buf struct buf name = { 0 };
	struct error ignored;
	for (size_t i = 0; i < base.n; i++) {
		char c = (char)tolower((unsigned char)base.p[i]);
		bool fits = isalnum((unsigned char)c) && (unsigned char)c < 0x80;
		if (fits || (name.n && name.p[name.n - 1] != '-'))
			buf_append_char(&name, fits ? c : '-');
	}
	if (name.n && name.p[name.n - 1] == '-')
		name.n--;
	return init_check_name(buf_str(&name), &ignored) ? arena_str(arena, buf_str(&name))
	                                                 : STR("new-service");
}

/* "new-service" as "New service" */
static struct str init_standard_title(struct arena *arena, struct str name)
{
	char *title = arena_text(arena, name);
	title[0] = (char)toupper((unsigned char)title[0]);
	for (size_t i = 0; i < name.n; i++)
		if (title[i] == '-' || title[i] == '_' || title[i] == '.')
			title[i] = ' ';
	return (struct str){ title, name.n };
}

struct str init_standard(struct arena *arena, const char *dir, enum init_answer which,
                         const struct str answers[INIT_NANSWERS])
{
	switch (which) {
	case INIT_NAME:
		return init_standard_name(arena, dir);
	case INIT_VERSION:
		return STR("1.0.0.dev0");
	case INIT_TITLE:
		return init_standard_title(arena, answers[INIT_NAME]);
	case INIT_DESCRIPTION:
		return STR("Gives back the text that it is given");
	case INIT_BASE_IMAGE:
		return STR("python:3.11-slim-bookworm");
	default:
		return STR("");
	}
}

/* ---- files ---- */

struct init {
	struct arena *arena;
	const char *dir;
	const struct str *answers;
	struct init_file files[INIT_FILES];
	size_t n;
	const char *package;
};

static void init_add(struct init *i, const char *path, struct str text)
{
	i->files[i->n++] = (struct init_file){ path, text };
}

static void init_add_json(struct init *i, const char *path, const struct value *v)
{
	owned_buf struct buf text = { 0 };
	value_write_json(&text, v, JSON_FILE);
	buf_append_char(&text, '\n');
	init_add(i, path, arena_str(i->arena, buf_str(&text)));
}

static void init_put(struct init *i, struct value *o, const char *key, struct str text)
{
	value_set(i->arena, o, key, value_new_string(i->arena, text));
}

static struct value *init_put_object(struct init *i, struct value *o, const char *key)
{
	struct value *v = value_new_object(i->arena);
	value_set(i->arena, o, key, v);
	return v;
}

static struct value *init_keywords(struct init *i)
{
	struct value *list = value_new_array(i->arena);
	struct str rest = i->answers[INIT_KEYWORDS], one;
	while (str_next(&rest, ',', &one))
		if (str_trim(one).n)
			value_append(list, (struct str){ 0 }, (struct span){ 0 },
			             value_new_string(i->arena, str_trim(one)));
	return list;
}

static void init_add_description(struct init *i)
{
	struct value *o = value_new_object(i->arena);
	init_put(i, o, "title", i->answers[INIT_TITLE]);
	init_put(i, o, "name", i->answers[INIT_NAME]);
	init_put(i, o, "version", i->answers[INIT_VERSION]);
	init_put(i, o, "family", STR("example"));
	init_put(i, o, "description", i->answers[INIT_DESCRIPTION]);
	init_put(i, o, "template", STR("example"));
	value_set(i->arena, o, "keywords", init_keywords(i));
	init_put_object(i, o, "resources");
	value_set(i->arena, o, "asynchronous", value_new_bool(i->arena, false));
	init_put(i, o, "organization", i->answers[INIT_ORGANIZATION]);
	init_put(i, o, "email", i->answers[INIT_EMAIL]);
	init_put(i, o, "licence", i->answers[INIT_LICENCE]);
	init_add_json(i, "pesto/api/description.json", o);
}

/* Of the input and of the output: one text. */
static struct value *init_schema(struct init *i, const char *description)
{
	struct value *o = value_new_object(i->arena), *text = init_put_object(i, o, "text");
	init_put(i, text, "type", STR("string"));
	init_put(i, text, "description", str_of(description));
	return o;
}

static void init_add_schemas(struct init *i)
{
	struct value *input = init_schema(i, "Any text"), *config = value_new_object(i->arena);
	struct value *required = value_new_array(i->arena);
	value_append(required, (struct str){ 0 }, (struct span){ 0 },
	             value_new_string(i->arena, STR("text")));
	value_set(i->arena, input, "required", required);
	init_add_json(i, "pesto/api/input_schema.json", input);
	init_add_json(i, "pesto/api/output_schema.json", init_schema(i, "The same text"));
	init_put(i, config, "$schema", STR("http://json-schema.org/draft-06/schema#"));
	init_put(i, config, "title", str_of(arena_printf(i->arena, "%.*s-config",
	                                                 STR_ARG(i->answers[INIT_NAME]))));
	init_put(i, config, "type", STR("object"));
	init_put_object(i, config, "properties");
	init_add_json(i, "pesto/api/config_schema.json", config);
}

static void init_add_build(struct init *i)
{
	struct value *build = value_new_object(i->arena), *needs = value_new_object(i->arena);
	init_put(i, build, "name", i->answers[INIT_NAME]);
	init_put(i, build, "version", i->answers[INIT_VERSION]);
	value_set(i->arena, build, "algorithm_path",
	          value_new(i->arena, VALUE_NULL, (struct str){ 0 }, (struct span){ 0 }));
	value_set(i->arena, build, "workspace",
	          value_new(i->arena, VALUE_NULL, (struct str){ 0 }, (struct span){ 0 }));
	init_add_json(i, "pesto/build/build.json", build);
	init_put_object(i, needs, "environments");
	init_put_object(i, needs, "requirements");
	init_put(i, needs, "dockerBaseImage", i->answers[INIT_BASE_IMAGE]);
	init_add_json(i, "pesto/build/requirements.json", needs);
}

static bool init_has(const struct init *i, const char *path)
{
	struct error ignored;
	struct files_list list;
	owned(files) struct files *files = files_disk(".");
	path = files_join(i->arena, i->dir, path);
	return files_has(files, path) ||
	       files_list(files, path, i->arena, &list, &ignored) == FILES_OK;
}

static void init_add_algorithm(struct init *i)
{
	init_add(i, "algorithm/__init__.py", STR(""));
	init_add(i, "algorithm/input_output.py", STR(
		"\"\"\"What goes in and what comes out, as in pesto/api/input_schema.json and\n"
		"output_schema.json.\"\"\"\n"
		"\n"
		"from dataclasses import dataclass\n"
		"\n"
		"\n"
		"@dataclass\n"
		"class Input:\n"
		"    text: str\n"
		"\n"
		"\n"
		"@dataclass\n"
		"class Output:\n"
		"    text: str\n"));
	init_add(i, "algorithm/process.py", STR(
		"\"\"\"What PESTO's web service calls.\"\"\"\n"
		"\n"
		"from algorithm.input_output import Input, Output\n"
		"\n"
		"\n"
		"class Process:\n"
		"    def on_start(self):\n"
		"        \"\"\"Once, before the first request.\"\"\"\n"
		"\n"
		"    def process(self, input: Input) -> Output:\n"
		"        return Output(text=input.text)\n"));
}

/* Step 3 of the build is `pip install` of the project: it needs a package. */
static void init_add_package(struct init *i)
{
	static const char *const packages[] = { "pyproject.toml", "setup.py", "setup.cfg" };
	owned_buf struct buf text = { 0 };
	for (size_t k = 0; !i->package && k < sizeof packages / sizeof *packages; k++)
		if (init_has(i, packages[k]))
			i->package = packages[k];
	if (i->package)
		return;
	/* A JSON string without control characters is a Python one. */
	buf_append(&text, STR("from setuptools import setup\n\nsetup(\n    name="));
	value_write_json_string(&text, i->answers[INIT_NAME], false);
	buf_append(&text, STR(",\n    version="));
	value_write_json_string(&text, i->answers[INIT_VERSION], false);
	buf_append(&text, STR(",\n    description="));
	value_write_json_string(&text, i->answers[INIT_DESCRIPTION], false);
	buf_append(&text, STR(",\n    packages=[\"algorithm\"],\n)\n"));
	init_add(i, "setup.py", arena_str(i->arena, buf_str(&text)));
	if (!init_has(i, "algorithm"))
		init_add_algorithm(i);
}

static void init_add_all(struct init *i)
{
	const struct value *empty = value_new_object(i->arena);
	init_add_build(i);
	init_add_description(i);
	init_add_schemas(i);
	init_add_json(i, "pesto/api/config.json", empty);
	init_add_json(i, "pesto/api/version.json", empty);
	init_add_json(i, "pesto/api/user_definitions.json", empty);
	init_add_package(i);
}

/* ---- writing ---- */

static bool init_check_files(const struct init *i, struct error *err)
{
	owned_buf struct buf there = { 0 };
	size_t n = 0;
	for (size_t k = 0; k < i->n; k++)
		if (init_has(i, i->files[k].path) && n++ < INIT_SHOWN)
			buf_printf(&there, "%s%s", there.n ? ", " : "", i->files[k].path);
	if (n > INIT_SHOWN)
		buf_printf(&there, " and %zu more", n - INIT_SHOWN);
	return !n || error_set(err, ERROR_PROJECT, "'%s' has %s already, and nothing that is there is "
	                       "replaced: choose another folder", i->dir, buf_text(&there));
}

static const char *init_path(const struct init *i, size_t k)
{
	return files_join(i->arena, i->dir, i->files[k].path);
}

static bool init_write(const struct init *i, size_t k, struct error *err)
{
	const char *path = init_path(i, k);
	const char *folder = arena_text(i->arena, str_slice(str_of(path), 0,
	                                                    str_find_last(str_of(path), '/')));
	return save_dir(folder, 0777, err) &&
	       save_over(path, (struct str){ 0 }, i->files[k].text, 0666, err);
}

bool init_check(struct arena *arena, const char *dir, struct error *err)
{
	struct str answers[INIT_NANSWERS] = { { 0 } };
	struct init i = { .arena = arena, .dir = dir, .answers = answers };
	init_add_all(&i);
	return init_check_files(&i, err);
}

bool init_make(struct arena *arena, const char *dir, const struct str answers[INIT_NANSWERS],
               struct init_made *ret_made, struct error *err)
{
	struct init *i = arena_alloc(arena, sizeof *i);
	*i = (struct init){ .arena = arena, .dir = dir, .answers = answers };
	init_add_all(i);
	if (!init_check_files(i, err))
		return false;
	for (size_t k = 0; k < i->n; k++) {
		struct error ignored;
		if (init_write(i, k, err))
			continue;
		while (k-- > 0)
			save_over(init_path(i, k), i->files[k].text, (struct str){ 0 }, 0666, &ignored);
		return false;
	}
	*ret_made = (struct init_made){ i->files, i->n, i->package };
	return true;
}
