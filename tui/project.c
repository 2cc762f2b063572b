#include "tui/project.h"

#include <string.h>

#include "core/base/check.h"
#include "core/job/pool.h"
#include "core/os/save.h"
#include "tui/command.h"
#include "tui/project_options.h"

static void project_rule(struct project *p, const char *given)
{
	p->selection.rule = p->preferences->has_rule ? p->preferences->rule : CASCADE_ROOT;
	if (given)
		p->selection.rule = strcmp(given, "deep") == 0 ? CASCADE_DEEP : CASCADE_ROOT;
}

static bool project_level(struct project *p, const char *given, struct error *err)
{
	const char *level = given ? given : p->preferences->level;
	owned_buf struct buf known = { 0 };
	p->selection.level = p->kind->levels[0].name;
	if (!level || project_select_level(p, level))
		return true;
	for (const struct level *l = p->kind->levels; l->name; l++)
		buf_printf(&known, "%s%s%s%s", known.n ? ", " : "", l->name, l->alias ? " or " : "",
		           l->alias ? l->alias : "");
	if (!given)
		return error_set_at(err, span_origin(p->preferences->level_at),
		                    "there is no cache level '%s': there are %s", level,
		                    buf_text(&known));
	return error_set(err, ERROR_USAGE, "there is no cache level '%s': there are %s", level,
	                 buf_text(&known));
}

/* From the project's folder on, as --file counts; a path from here may be meant. */
static bool project_settle_file(struct project *p, const char *given, struct error *err)
{
	owned(files) struct files *files = files_disk(".");
	struct arena *a = p->arena;
	if (!given)
		return true;
	struct str root = str_of(files_absolute(a, p->target.root)), file = str_of(given);
	struct str here = str_of(files_absolute(a, given));
	if (!files_has(files, files_join(a, p->target.root, given)) && str_has_prefix(here, root) &&
	    here.p[root.n] == '/')
		file = str_slice(here, root.n + 1, here.n);
	if (!given[0])
		return error_set(err, ERROR_USAGE, "--file needs the name of a Dockerfile");
	project_add_option(p, "file", arena_text(a, file));
	return true;
}

/* Command line over .mortar.toml over config.toml (the latter two are merged by
 * preferences_read). */
static bool project_settle(struct project *p, const struct args *args, struct error *err)
{
	const char *engine = args_get(args, "engine");
	const struct preferences *settings = p->preferences;
	p->engine = engine ? engine : settings->project_engine ? settings->project_engine :
	            settings->engine ? settings->engine : "auto";
	p->engine = arena_text(p->arena, str_of(p->engine));
	if (args->has_profiles)
		project_select_profiles(p, args->profiles, args->nprofiles);
	else
		project_select_profiles(p, p->preferences->profiles, p->preferences->nprofiles);
	project_rule(p, args_get(args, "merge"));
	return project_level(p, args_get(args, "cache"), err) &&
	       project_options_read(p->arena, args, p->kind, p->preferences, p->engine,
	                            &p->selection, err) &&
	       project_settle_file(p, args_get(args, "file"), err);
}

/* As a person here would name it: relative when it lies below this folder. */
static const char *project_shown(struct arena *arena, const char *path)
{
	struct str here = str_of(files_absolute(arena, ".")), full = str_of(path);
	if (str_eq(here, full))
		return ".";
	if (here.n == 1 || !str_has_prefix(full, here) || path[here.n] != '/')
		return path;
	return path + here.n + 1;
}

static bool project_recognise(struct project *p, const char *only, struct error *err)
{
	owned(files) struct files *files = files_disk(".");
	owned(problems) struct problems *notes = problems_new();
	if (!kind_recognise(files, p->argument, only, p->arena, &p->kind, &p->target, notes, err))
		return false;
	p->target.root = project_shown(p->arena, p->target.root);
	for (size_t i = 0; i < problems_count(notes); i++)
		command_print_problem(problems_get(notes, i));
	return true;
}

struct project *project_open(const struct args *args, size_t operand, struct error *err)
{
	const char *argument = operand < args->noperands ? args->operands[operand] : ".";
	if (!argument[0]) {
		error_set(err, ERROR_USAGE, "the path is empty: '.' is the project around this folder");
		return NULL;
	}
	owned(project) struct project *p = xcalloc(1, sizeof *p);
	p->arena = arena_new();
	owned(files) struct files *files = files_disk(".");
	/* name:version stays as it is; everything else is a path. */
	const char *path = files_absolute(p->arena, argument);
	struct files_list list;
	struct error ignored;
	bool is_path = strchr(argument, '/') || files_has(files, path) ||
	               files_list(files, path, p->arena, &list, &ignored) == FILES_OK;
	p->argument = is_path || !strchr(argument, ':') ? path
	                                                : arena_text(p->arena, str_of(argument));
	if (!project_recognise(p, args_get(args, "kind"), err))
		return NULL;
	p->problems = problems_new();
	p->preferences = preferences_read(files, save_config_path("config.toml"), p->target.root,
	                                  p->problems);
	if (problems_errors(p->problems)) {
		project_print_problems(p);
		error_set(err, ERROR_PROJECT, "the settings above must be mended first");
		return NULL;
	}
	if (!project_settle(p, args, err))
		return NULL;
	return take(p);
}

static void project_forget(struct project *p)
{
	plan_free(p->plan);
	settings_free(p->settings);
	problems_free(p->problems);
	problems_free(p->unlinted);
	arena_free(p->found);
	files_free(p->files);
	files_free(p->disk);
	p->plan = NULL;
	p->settings = NULL;
	p->problems = NULL;
	p->unlinted = NULL;
	p->found = NULL;
	p->files = NULL;
	p->disk = NULL;
}

static void project_forget_good(struct project *p)
{
	plan_free(p->good_plan);
	settings_free(p->good_settings);
	p->good_plan = NULL;
	p->good_settings = NULL;
}

/* A preview that holds stays for as long as a later one does not. */
static void project_keep_good(struct project *p)
{
	if (!p->plan)
		return;
	project_forget_good(p);
	p->good_plan = take(p->plan);
	p->good_settings = take(p->settings);
}

void project_free(struct project *p)
{
	if (!p)
		return;
	project_forget(p);
	project_forget_good(p);
	preferences_free(p->preferences);
	arena_free(p->arena);
	free(p);
}

static void project_read_files(struct project *p)
{
	p->problems = problems_new();
	/* Anew as well: their warnings belong to what is shown, and point into them. */
	preferences_free(p->preferences);
	p->preferences = preferences_read(p->files, save_config_path("config.toml"), p->target.root,
	                                  p->problems);
	p->settings = p->kind->settings(&p->target, &p->selection, p->files, p->problems);
}

static struct files *project_files(struct project *p)
{
	if (!p->nedited)
		return files_disk(".");
	p->disk = files_disk(".");
	struct files *files = files_memory(p->disk);
	for (size_t i = 0; i < p->nedited; i++)
		files_memory_put(files, arena_text(p->arena, p->edited[i].name), p->edited[i].value);
	return files;
}

bool project_read_settings(struct project *p)
{
	project_forget(p);
	p->files = files_disk(".");
	files_keep_no_texts(p->files);
	project_read_files(p);
	problems_sort(p->problems);
	return problems_errors(p->problems) == 0;
}

bool project_read(struct project *p)
{
	project_keep_good(p);
	project_forget(p);
	p->files = project_files(p);
	project_read_files(p);
	if (p->settings)
		p->plan = p->kind->plan(p->settings, &p->selection, p->files, p->problems);
	if (p->lints) {
		p->unlinted = problems_copy(p->problems);
		project_lint(p, NULL, NULL);
	}
	problems_sort(p->problems);
	if (p->plan)
		project_forget_good(p);
	return problems_errors(p->problems) == 0;
}

void project_select_profiles(struct project *p, const char *const *names, size_t n)
{
	const char **copy = arena_array(p->arena, n, sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_text(p->arena, str_of(names[i]));
	p->selection.profiles = copy;
	p->selection.nprofiles = n;
}

bool project_select_level(struct project *p, const char *level)
{
	const struct level *found = level_find(p->kind->levels, level);
	if (found)
		p->selection.level = found->name;
	else if (p->kind->any_level && level[0])
		p->selection.level = arena_text(p->arena, str_of(level));
	else
		return false;
	return true;
}

void project_select_engine(struct project *p, const char *name)
{
	struct selection *s = &p->selection;
	struct pair *options = arena_array(p->arena, s->noptions + 1, sizeof *options);
	size_t n = 0;
	for (size_t i = 0; i < s->noptions; i++)
		if (!str_eq(s->options[i].name, STR("builder")))
			options[n++] = s->options[i];
	if (strcmp(name, "classic") == 0)
		options[n++] = (struct pair){ STR("builder"), STR("classic") };
	s->options = options;
	s->noptions = n;
	p->engine = arena_text(p->arena, str_of(name));
}

void project_select_rule(struct project *p, enum cascade_rule rule)
{
	p->selection.rule = rule;
}

void project_add_option(struct project *p, const char *name, const char *value)
{
	struct selection *s = &p->selection;
	struct pair *options = arena_array(p->arena, s->noptions + 1, sizeof *options);
	if (s->noptions)
		memcpy(options, s->options, s->noptions * sizeof *options);
	options[s->noptions] = (struct pair){ str_of(name), str_of(value) };
	s->options = options;
	s->noptions++;
}

bool project_select_file(struct project *p, const char *file)
{
	struct target target = { 0 };
	struct error ignored;
	owned(files) struct files *files = files_disk(".");
	const char *path = files_join(p->arena, p->target.root, file);
	if (p->kind->any_level && files_has(files, path)) {
		p->target.file = arena_text(p->arena, str_of(file));
		project_add_option(p, "file", p->target.file);
		return true;
	}
	if (p->kind->recognise(files, path, p->arena, &target, &ignored) != KIND_FILE)
		return false;
	target.root = p->target.root;
	p->target = target;
	p->argument = files_absolute(p->arena, path);
	return true;
}

int project_print_problems(const struct project *p)
{
	static const enum severity order[] = { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };
	for (size_t o = 0; o < sizeof order / sizeof *order; o++)
		for (size_t i = 0; i < problems_count(p->problems); i++) {
			const struct problem *problem = problems_get(p->problems, i);
			if (problem->severity == order[o])
				command_print_problem(problem);
		}
	return problems_errors(p->problems) ? 3 : 0;
}

const struct pair *project_texts(const struct files *files, struct arena *arena, size_t *ret_n)
{
	struct pair *texts = files_texts(files, arena, ret_n);
	for (size_t i = 0; i < *ret_n; i++)
		texts[i].name = str_of(files_absolute(arena, arena_text(arena, texts[i].name)));
	return texts;
}

struct request project_request(const struct project *p, struct arena *arena, const char *id)
{
	struct request request = {
		.id = id, .argument = p->argument, .kind = p->kind->name, .engine = p->engine,
		.named = p->preferences->engines, .nnamed = p->preferences->nengines,
		.selection = p->selection, .log_limit = p->preferences->log_limit,
	};
	pool_of_request(&request, p->preferences);
	request.texts = project_texts(p->files, arena, &request.ntexts);
	return request;
}

struct project *project_open_planned(const struct args *args, int *ret_code)
{
	struct error err;
	owned(project) struct project *p = project_open(args, 0, &err);
	if (!p) {
		*ret_code = command_fail(&err);
		return NULL;
	}
	project_read(p);
	*ret_code = project_print_problems(p);
	if (*ret_code == 0 && !p->plan)
		*ret_code = 3;
	return *ret_code ? NULL : take(p);
}
