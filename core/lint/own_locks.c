/* Lock files: copied for certain, and not left out of the context. */
#include <fnmatch.h>

#include "core/lint/own.h"
#include "core/lint/own_rules.h"
#include "core/recipe/mount.h"

static const char *const lock_names[] = { "poetry.lock", "Pipfile.lock", "pdm.lock", "uv.lock",
	"pylock.toml", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml",
	"composer.lock", "Gemfile.lock", "Cargo.lock", "mix.lock", NULL };

/* ---- optional ---- */

/* The lock that a name with wildcards means, or NULL. */
static const char *lock_meant(const struct own *o, struct str name)
{
	struct str plain = str_slice(name, 0, str_find(name, '*'));
	bool says = plain.n >= 3 || str_has_suffix(name, STR(".lock"));
	if (!says)
		return NULL;
	for (const char *const *lock = lock_names; *lock; lock++)
		if (fnmatch(arena_text(o->arena, name), *lock, 0) == 0)
			return *lock;
	return NULL;
}

/* Words with which a program refuses to go on without its lock. */
static const struct {
	const char *lock, *program, *words[4];
} lock_refusals[] = {
	{ "poetry.lock", "poetry", { "check" } },
	{ "package-lock.json", "npm", { "ci", "clean-install" } },
	{ "npm-shrinkwrap.json", "npm", { "ci", "clean-install" } },
	{ "yarn.lock", "yarn", { "--frozen-lockfile", "--immutable" } },
	{ "pnpm-lock.yaml", "pnpm", { "--frozen-lockfile" } },
	{ "uv.lock", "uv", { "--locked", "--frozen" } },
	{ "Pipfile.lock", "pipenv", { "--deploy", "sync" } },
	{ "pdm.lock", "pdm", { "--frozen-lockfile", "--check", "sync" } },
	{ "Cargo.lock", "cargo", { "--locked", "--frozen" } },
	{ "Gemfile.lock", "bundle", { "--frozen", "frozen", "deployment" } },
};

static bool lock_is_asked_for(const struct shell_command *c, const char *lock)
{
	/* poetry check says nothing of the lock unless asked. */
	if (str_eq(c->program, STR("poetry")) && shell_argument(c, "lock") &&
	    shell_argument(c, "--check"))
		return strcmp(lock, "poetry.lock") == 0;
	for (size_t i = 0; i < sizeof lock_refusals / sizeof *lock_refusals; i++)
		for (const char *const *w = lock_refusals[i].words; *w; w++)
			if (strcmp(lock_refusals[i].lock, lock) == 0 &&
			    str_eq(c->program, str_of(lock_refusals[i].program)) && shell_argument(c, *w) &&
			    (i > 0 || shell_argument(c, "--lock")))
				return true;
	return false;
}

static bool lock_is_needed(const struct own *o, const struct instruction *copy, const char *lock)
{
	struct own_run run = { .at = own_index(o, copy) + 1 };
	while (own_next_run(o, &run, NULL) && run.in->stage == copy->stage)
		for (size_t i = 0; i < run.commands.n; i++)
			if (lock_is_asked_for(&run.commands.list[i], lock))
				return true;
	return false;
}

static void lock_check_source(struct own *o, const struct instruction *in, size_t i)
{
	struct str source = own_source(o, in, i), name = own_base_name(source);
	bool wild = str_find(name, '*') != STR_NONE || str_find(name, '?') != STR_NONE ||
	            str_find(name, '[') != STR_NONE;
	const char *lock = wild ? lock_meant(o, name) : NULL;
	if (!lock || !problems_has_room(o->problems, o->rule->severity) || lock_is_needed(o, in, lock))
		return;
	/* poetry.lock* becomes poetry.lock; what means other files too stays as it is. */
	struct span at = in->parts->args_at[i];
	bool plain = in->parts->form == FORM_SHELL && str_eq(source, in->parts->args[i]) &&
	             str_eq(name, str_of(arena_printf(o->arena, "%s*", lock)));
	struct edit fix = { { at.source, at.at + at.size - 1, 1 }, STR("") };
	struct str dir = str_slice(source, 0, source.n - name.n);
	const struct context *context = o->subject->context;
	bool missing = context && !context_find(context, arena_printf(o->arena, "%.*s%s", STR_ARG(dir),
	                                                              lock));
	lint_report_fix(o->rule, own_is_reached(o, in), o->problems, at, &fix, plain,
	                "without %s this copies nothing and the build goes on with whatever versions "
	                "there are%s: name it without a wildcard", lock,
	                missing ? " (the build context has none)" : "");
}

void own_lock_optional(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (size_t i = 0; i < o.recipe->ninstructions; i++) {
		const struct instruction *in = &o.recipe->instructions[i];
		for (size_t k = 0; own_copies_context(in) && k < own_sources(in); k++)
			lock_check_source(&o, in, k);
	}
}

/* ---- ignored ---- */

static bool lock_is_manifest(struct str name)
{
	static const char *const names[] = { "pyproject.toml", "setup.py", "setup.cfg",
		"requirements.txt", "constraints.txt", "Pipfile", "package.json", "go.mod", "go.sum",
		"Cargo.toml", "composer.json", "Gemfile", "pom.xml", "build.gradle", "environment.yml",
		NULL };
	return own_is_one_of(name, lock_names) || own_is_one_of(name, names) ||
	       str_has_prefix(name, STR("README")) || str_has_prefix(name, STR("readme")) ||
	       (str_has_prefix(name, STR("requirements")) && str_has_suffix(name, STR(".txt")));
}

static const struct ignore *lock_ignore(const struct subject *s)
{
	const struct image_task *image = s->plan ? plan_image(s->plan) : NULL;
	return image ? image->ignore : NULL;
}

static void lock_check_ignored(struct own *o, const struct instruction *in, struct str path,
                               struct span at)
{
	while (str_has_prefix(path, STR("/")))
		path = str_slice(path, 1, STR_NONE);
	if (lock_is_manifest(own_base_name(path)) && ignore_matches(lock_ignore(o->subject), path))
		lint_report(o->rule, own_is_reached(o, in), o->problems, at,
		            "the ignore file leaves %.*s out of the build context, so this finds none: add "
		            "a line !%.*s to it", STR_ARG(path), STR_ARG(path));
}

/* The lock that this tool reads where it stands; NULL: none. */
static const char *lock_of(enum own_tool tool)
{
	switch (tool) {
	case OWN_POETRY: return "poetry.lock";
	case OWN_UV: return "uv.lock";
	case OWN_PIPENV: return "Pipfile.lock";
	case OWN_PDM: return "pdm.lock";
	case OWN_NPM: return "package-lock.json";
	case OWN_YARN: return "yarn.lock";
	case OWN_PNPM: return "pnpm-lock.yaml";
	case OWN_COMPOSER: return "composer.lock";
	case OWN_BUNDLE: return "Gemfile.lock";
	default: return NULL;
	}
}

/* COPY . and an install that then finds no lock. */
static void lock_check_whole(struct own *o, const struct instruction *in)
{
	struct own_install install;
	struct own_run run = { .at = own_index(o, in) + 1 };
	while (own_next_run(o, &run, NULL) && run.in->stage == in->stage)
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			const char *lock = own_is_install(c, &install) ? lock_of(install.tool) : NULL;
			size_t at = 0;
			if (!lock || own_next_package(c, &install, &at) ||
			    !ignore_matches(lock_ignore(o->subject), str_of(lock)))
				continue;
			lint_report(o->rule, own_is_reached(o, in), o->problems, in->parts->args_at[0],
			            "the ignore file leaves %s out of the build context, so %s in line %u "
			            "installs without it: add a line !%s", lock,
			            own_command_text(o, c, &install), run.in->first_line, lock);
			return;
		}
}

static void lock_check_mounts(struct own *o, const struct instruction *in)
{
	for (size_t i = 0; i < in->parts->nflags; i++) {
		struct pair f = in->parts->flags[i];
		if (!str_eq(f.name, STR("mount")) || mount_get(o->arena, f.value, "from").n ||
		    !str_eq(mount_get(o->arena, f.value, "type"), STR("bind")))
			continue;
		struct str source = mount_get(o->arena, f.value, "source");
		source = source.n ? source : mount_get(o->arena, f.value, "src");
		lock_check_ignored(o, in, source, in->parts->flags_at[i]);
	}
}

void own_lock_ignored(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (size_t i = 0; lock_ignore(s) && i < o.recipe->ninstructions; i++) {
		const struct instruction *in = &o.recipe->instructions[i];
		if (in->kind == INSTRUCTION_RUN)
			lock_check_mounts(&o, in);
		for (size_t k = 0; own_copies_context(in) && k < own_sources(in); k++) {
			struct str source = own_source(&o, in, k);
			if (own_is_whole(source))
				lock_check_whole(&o, in);
			else if (str_find(source, '*') == STR_NONE)
				lock_check_ignored(&o, in, source, in->parts->args_at[k]);
		}
	}
}
