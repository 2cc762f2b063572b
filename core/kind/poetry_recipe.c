#include "core/kind/poetry_recipe.h"

#include "core/recipe/quote.h"
#include "core/value/json.h"

enum { RECIPE_CAUSES_MAX = 64 };
#define RECIPE_CACHE "/var/cache/pypoetry"
#define RECIPE_POETRY "/opt/poetry"
#define RECIPE_VENV POETRY_PLACE "/.venv"

/* The recipe while it is written, with what caused the next instruction. */
struct poetry_writer {
	struct arena *arena;
	const struct poetry *p;
	struct recipe_builder *builder;
	struct problems *problems;
	struct poetry_version version;
	bool mounts;
	const struct value *causes[RECIPE_CAUSES_MAX];
	size_t ncauses;
};

static void writer_cause(struct poetry_writer *w, const struct value *cause)
{
	for (size_t i = 0; i < w->ncauses; i++)
		if (w->causes[i] == cause)
			return;
	if (cause && w->ncauses < RECIPE_CAUSES_MAX)
		w->causes[w->ncauses++] = cause;
}

static void writer_add(struct poetry_writer *w, const char *text)
{
	recipe_builder_add(w->builder, w->causes, w->ncauses, "%s", text);
	w->ncauses = 0;
}

static void writer_group(struct poetry_writer *w, enum poetry_group_index group, const char *name,
                         const char *comment)
{
	recipe_builder_group(w->builder, (int)group, name);
	recipe_builder_comment(w->builder, arena_printf(w->arena, "%s: %s", name, comment));
}

static void writer_refuse(struct poetry_writer *w, const struct value *at, const struct error *err)
{
	problems_add(w->problems, SEVERITY_ERROR, "poetry-dockerfile",
	             at ? value_span(at) : (struct span){ 0 }, "%s", err->text);
	w->ncauses = 0;
}

/* COPY of words, the last of which is where to; flags with a blank behind, or "". */
static void writer_copy(struct poetry_writer *w, const char *flags, const struct str *words,
                        size_t n, const struct value *at)
{
	owned_buf struct buf text = { 0 };
	struct error err;
	buf_printf(&text, "COPY %s", flags);
	if (quote_copy(&text, words, n, &err))
		writer_add(w, buf_text(&text));
	else
		writer_refuse(w, at, &err);
}

/* Files go into their folder, folders become what they are. */
static void writer_copy_path(struct poetry_writer *w, const struct poetry_path *path)
{
	size_t slash = str_find_last(str_of(path->path), '/');
	const char *above = slash == STR_NONE ? "./"
		: arena_printf(w->arena, "%.*s/", (int)slash, path->path);
	bool all = str_eq(str_of(path->path), STR("."));
	const struct str words[] = { str_of(path->path), path->is_dir && !all
		? str_of(arena_printf(w->arena, "%s/", path->path)) : str_of(above) };
	writer_cause(w, path->cause);
	writer_copy(w, "", words, 2, path->cause);
}

/* " --name word" (or the word alone), quoted for the shell. */
static void writer_word(struct poetry_writer *w, struct buf *text, const char *name,
                        struct str word, const struct value *at)
{
	struct error err;
	buf_printf(text, " %s%s", name, name[0] ? " " : "");
	if (!quote_shell(text, word, &err))
		writer_refuse(w, at, &err);
}

static bool writer_has(const struct poetry_writer *w, unsigned major, unsigned minor)
{
	return poetry_version_at_least(&w->version, major, minor, 0);
}

/* ---- poetry ---- */

static void recipe_from(struct poetry_writer *w, struct poetry_choice image, const char *stage)
{
	writer_cause(w, image.cause);
	writer_add(w, arena_printf(w->arena, "FROM %.*s AS %s", STR_ARG(image.text), stage));
}

static void recipe_install_poetry(struct poetry_writer *w)
{
	owned_buf struct buf text = { 0 };
	const struct poetry_choice *poetry = &w->p->choices.poetry;
	buf_printf(&text, "RUN %spython3 -m venv " RECIPE_POETRY " && " RECIPE_POETRY "/bin/pip "
	           "install%s", w->mounts ? "--mount=type=cache,target=/root/.cache/pip " : "",
	           w->mounts ? "" : " --no-cache-dir");
	writer_word(w, &text, "", str_of(arena_printf(w->arena, "poetry==%.*s",
	                                              STR_ARG(poetry->text))), poetry->cause);
	buf_append_text(&text, " && ln -s " RECIPE_POETRY "/bin/poetry /usr/local/bin/poetry");
	writer_cause(w, poetry->cause);
	writer_add(w, buf_text(&text));
}

static void recipe_poetry(struct poetry_writer *w)
{
	const struct poetry_choices *c = &w->p->choices;
	writer_group(w, POETRY_STEP_POETRY, "poetry", c->poetry_in_image
	             ? "the base image has it" : "pinned, in an environment of its own");
	recipe_from(w, c->builder, POETRY_STAGE_BUILDER);
	writer_cause(w, c->poetry.cause);
	writer_add(w, "ENV POETRY_NO_INTERACTION=1 POETRY_VIRTUALENVS_CREATE=true "
	           "POETRY_VIRTUALENVS_IN_PROJECT=true POETRY_CACHE_DIR=" RECIPE_CACHE
	           " PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1");
	if (!c->poetry_in_image)
		recipe_install_poetry(w);
	writer_add(w, "WORKDIR " POETRY_PLACE);
}

/* ---- deps ---- */

static void recipe_manifests(struct poetry_writer *w)
{
	static const struct str with[] = { STR("pyproject.toml"), STR("poetry.lock"),
	                                   STR("poetry.toml"), STR("./") };
	static const struct str without[] = { STR("pyproject.toml"), STR("poetry.lock"), STR("./") };
	writer_cause(w, w->p->project->root);
	writer_cause(w, w->p->lock ? w->p->lock->root : NULL);
	writer_copy(w, "", w->p->has_config ? with : without, w->p->has_config ? 4 : 3, NULL);
}

/* By `check`, which from 1.6 on asks for the readme: its text comes with the project, so
 * that no word of it brings the dependencies here again. */
static void recipe_check(struct poetry_writer *w)
{
	owned_buf struct buf text = { 0 };
	const struct poetry_code *code = &w->p->code;
	bool checks = writer_has(w, 1, 6);
	struct error err;
	if (!writer_has(w, 1, 2))
		return;
	buf_append_text(&text, "RUN ");
	for (size_t i = 0; checks && i < code->nreadmes; i++) {
		size_t slash = str_find_last(str_of(code->readmes[i].path), '/');
		struct str path = str_of(code->readmes[i].path);
		bool ok = true;
		if (slash != STR_NONE) {
			buf_append_text(&text, "mkdir -p ");
			ok = quote_shell(&text, str_slice(path, 0, slash), &err);
			buf_append_text(&text, " && ");
		}
		buf_append_text(&text, "touch ");
		if (!ok || !quote_shell(&text, path, &err))
			return writer_refuse(w, code->readmes[i].cause, &err);
		buf_append_text(&text, " && ");
		writer_cause(w, code->readmes[i].cause);
	}
	buf_append_text(&text, checks ? "poetry check --lock" : "poetry lock --check");
	writer_cause(w, w->p->lock ? w->p->lock->content_hash_at : NULL);
	writer_add(w, buf_text(&text));
}

/* Before 1.2 there is the group dev alone, which is installed unless it is left out. */
static void recipe_groups(struct poetry_writer *w, struct buf *text)
{
	const struct poetry_choices *c = &w->p->choices;
	bool old = !writer_has(w, 1, 2), dev = false;
	owned_buf struct buf names = { 0 };
	const struct value *at = NULL;
	buf_append_text(&names, "main");
	for (size_t i = 0; i < c->npicked; i++) {
		if (c->picked[i].what != POETRY_GROUP)
			continue;
		at = c->picked[i].cause;
		buf_printf(&names, ",%.*s", STR_ARG(c->picked[i].name));
		dev = str_eq(c->picked[i].name, STR("dev"));
		if (old && !dev)
			problems_add(w->problems, SEVERITY_ERROR, "poetry-dockerfile", value_span(at),
			             "Poetry %.*s knows no groups but dev: 1.2 and later do",
			             STR_ARG(c->poetry.text));
	}
	if (!old)
		writer_word(w, text, "--only", buf_str(&names), at);
	else if (!dev)
		buf_append_text(text, " --no-dev");
}

static void recipe_deps_causes(struct poetry_writer *w)
{
	const struct poetry_choices *c = &w->p->choices;
	const struct poetry_group *main = poetry_project_group(w->p->project, STR("main"));
	if (main) {
		writer_cause(w, main->standard);
		writer_cause(w, main->poetry);
	}
	for (size_t i = 0; i < c->npicked; i++) {
		writer_cause(w, c->picked[i].cause);
		writer_cause(w, c->picked[i].chosen_by);
	}
	writer_cause(w, c->cache_mounts_cause);
	for (size_t i = 0; i < w->p->project->nsources; i++)
		writer_cause(w, w->p->project->sources[i]);
}

static void recipe_install(struct poetry_writer *w, bool folders)
{
	owned_buf struct buf text = { 0 };
	const struct poetry_choices *c = &w->p->choices;
	buf_printf(&text, "RUN %spoetry install", w->mounts
	           ? "--mount=type=cache,target=" RECIPE_CACHE ",sharing=locked " : "");
	recipe_groups(w, &text);
	buf_append_text(&text, " --no-root");
	if (!folders && writer_has(w, 1, 5))
		buf_append_text(&text, " --no-directory");
	for (size_t i = 0; i < c->npicked; i++)
		if (c->picked[i].what == POETRY_EXTRA)
			writer_word(w, &text, "--extras", c->picked[i].name, c->picked[i].cause);
	if (!w->mounts)
		buf_append_text(&text, " && rm -rf " RECIPE_CACHE);
	recipe_deps_causes(w);
	writer_add(w, buf_text(&text));
}

/* Files that lie in one folder, from the first on, as one COPY; how many they were. */
static size_t recipe_copy_files(struct poetry_writer *w, const struct poetry_path *files, size_t n)
{
	struct str *words = arena_array(w->arena, n + 1, sizeof *words);
	struct str above = str_of(files->path);
	size_t count = 0;
	above.n = str_find_last(above, '/') + 1;
	while (count < n && !files[count].is_dir &&
	       str_find_last(str_of(files[count].path), '/') + 1 == above.n &&
	       str_has_prefix(str_of(files[count].path), above)) {
		writer_cause(w, files[count].cause);
		words[count] = str_of(files[count].path);
		count++;
	}
	words[count] = above.n ? above : STR("./");
	writer_copy(w, "", words, count + 1, files->cause);
	return count;
}

/* Without them no command of Poetry begins.  Folders, which change with the code, come behind
 * the dependencies where the Poetry can leave them for later. */
static bool recipe_folders(struct poetry_writer *w, bool later)
{
	const struct poetry_code *code = &w->p->code;
	bool any = false;
	for (size_t i = 0; i < code->nfolders; ) {
		const struct poetry_path *one = &code->folders[i];
		bool taken = (one->is_dir && writer_has(w, 1, 5)) == later;
		any = any || taken;
		if (taken && !one->is_dir) {
			i += recipe_copy_files(w, one, code->nfolders - i);
			continue;
		}
		if (taken)
			writer_copy_path(w, one);
		i++;
	}
	return any;
}

static void recipe_deps(struct poetry_writer *w)
{
	writer_group(w, POETRY_STEP_DEPS, "deps",
	             "without the project, so that code changes nothing here");
	recipe_manifests(w);
	recipe_folders(w, false);
	recipe_check(w);
	recipe_install(w, false);
}

/* ---- project ---- */

static void recipe_copy_code(struct poetry_writer *w)
{
	for (size_t i = 0; i < w->p->code.npaths; i++)
		writer_copy_path(w, &w->p->code.paths[i]);
}

/* As a wheel: what `poetry install` leaves is a reference to this folder, which the runtime
 * stage has not. */
static void recipe_project(struct poetry_writer *w)
{
	const struct poetry_project *project = w->p->project;
	bool folders = false;
	for (size_t i = 0; i < w->p->code.nfolders; i++)
		folders = folders || (w->p->code.folders[i].is_dir && writer_has(w, 1, 5));
	if (!folders && !project->package_mode)
		return;
	writer_group(w, POETRY_STEP_PROJECT, "project", "its files alone, installed as a wheel");
	if (recipe_folders(w, true))
		recipe_install(w, true);
	if (!project->package_mode)
		return;
	recipe_copy_code(w);
	writer_cause(w, project->name);
	writer_cause(w, project->version);
	for (size_t i = 0; i < project->nscripts; i++)
		writer_cause(w, project->scripts[i]);
	writer_add(w, "RUN rm -rf dist && poetry build --format wheel && "
	           ".venv/bin/python -m pip install --no-cache-dir --no-deps --no-index dist/*.whl");
}

/* ---- runtime ---- */

static void recipe_copy_built(struct poetry_writer *w, const char *path, const struct value *at)
{
	const struct str words[] = { str_of(path), str_of(path) };
	writer_cause(w, at);
	writer_copy(w, "--from=" POETRY_STAGE_BUILDER " ", words, 2, at);
}

static void recipe_command(struct poetry_writer *w)
{
	const struct poetry_choices *c = &w->p->choices;
	owned_buf struct buf text = { 0 };
	if (!c->ncommand)
		return;
	buf_append_text(&text, "CMD [");
	for (size_t i = 0; i < c->ncommand; i++) {
		buf_append_text(&text, i ? ", " : "");
		value_write_json_string(&text, c->command[i], true);
	}
	buf_append_char(&text, ']');
	writer_cause(w, c->command_cause);
	writer_add(w, buf_text(&text));
}

static void recipe_runtime(struct poetry_writer *w)
{
	const struct poetry *p = w->p;
	writer_group(w, POETRY_STEP_RUNTIME, "runtime", "the environment alone, at the same place");
	recipe_from(w, p->choices.runtime, POETRY_STAGE_RUNTIME);
	writer_add(w, "WORKDIR " POETRY_PLACE);
	recipe_copy_built(w, RECIPE_VENV, NULL);
	for (size_t i = 0; p->code.editable && i < p->code.nfolders; i++) {
		const struct poetry_path *folder = &p->code.folders[i];
		if (folder->is_dir)
			recipe_copy_built(w, arena_printf(w->arena, POETRY_PLACE "/%s", folder->path),
			                  folder->cause);
	}
	if (!p->project->package_mode)
		recipe_copy_code(w);
	writer_add(w, "ENV PATH=\"" RECIPE_VENV "/bin:$PATH\" PYTHONUNBUFFERED=1");
	writer_cause(w, p->choices.user.cause);
	writer_add(w, arena_printf(w->arena, "USER %.*s", STR_ARG(p->choices.user.text)));
	recipe_command(w);
}

static void recipe_target(struct poetry_writer *w, struct str target)
{
	static const struct str stages[] = { STR(POETRY_STAGE_BUILDER), STR("0"),
	                                     STR(POETRY_STAGE_RUNTIME), STR("1") };
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		if (str_eq(target, stages[i])) {
			recipe_builder_target(w->builder, target);
			return;
		}
	if (target.n)
		problems_add(w->problems, SEVERITY_ERROR, "stage", (struct span){ 0 },
		             "there is no stage '%.*s' in the derived Dockerfile: there are "
		             POETRY_STAGE_BUILDER " and " POETRY_STAGE_RUNTIME, STR_ARG(target));
}

struct recipe *poetry_derive(struct arena *arena, const struct poetry *p, bool cache_mounts,
                             struct str target, struct problems *problems)
{
	owned(recipe_builder) struct recipe_builder *builder = recipe_builder_new();
	struct poetry_writer w = { .arena = arena, .p = p, .builder = builder, .problems = problems };
	if (problems_errors(problems) || !p->project || !p->choices.builder.text.n)
		return NULL;
	w.mounts = cache_mounts && !p->choices.no_cache_mounts;
	poetry_version_parse(p->choices.poetry.text, &w.version);
	recipe_poetry(&w);
	recipe_deps(&w);
	recipe_project(&w);
	recipe_runtime(&w);
	recipe_target(&w, target);
	return problems_errors(problems) ? NULL : recipe_builder_done(builder);
}

int poetry_mark(const struct recipe *recipe, enum poetry_group_index group)
{
	int mark = -1;
	for (size_t i = 0; i < recipe->ninstructions; i++)
		if (recipe->instructions[i].group >= 0 && recipe->instructions[i].group <= (int)group)
			mark = (int)i;
	return mark;
}
