/* Poetry in a Dockerfile, as far as its text tells. */
#include "core/lint/own.h"
#include "core/lint/own_rules.h"
#include "core/recipe/values.h"

/* ---- which Poetry ---- */

struct poetry_setup {
	const struct instruction *in;
	const struct script_word *word;  /* that names it */
	bool is_pinned;                 /* to one version, by whatever */
	struct str version;             /* n 0: not known */
};

/* "==1.8.5", "~=1.8" and conda's "=1.8" name a version, ">=1.5" does not. */
static void poetry_read_spec(const struct own *o, const struct instruction *in, struct str word,
                             struct poetry_setup *setup)
{
	struct str rest = str_slice(word, 6, STR_NONE), text;
	if (rest.n && rest.p[0] == '[')
		rest = str_slice(rest, str_find(rest, ']') + 1, STR_NONE);
	rest = str_trim(rest);
	size_t n = 0;
	while (n < rest.n && strchr("=~@", rest.p[n]))
		n++;
	setup->is_pinned = n > 0;
	rest = str_slice(rest, n, STR_NONE);
	rest = str_slice(rest, 0, str_find(rest, ','));
	rest = str_trim(str_slice(rest, 0, str_find(rest, ';')));
	if (n && own_expand(o, in, rest, &text) && str_find(text, '$') == STR_NONE)
		setup->version = text;
}

static bool poetry_is_package(struct str word)
{
	return str_eq(own_package_name(word), STR("poetry"));
}

/* pip install poetry, pipx install poetry, uv tool install poetry, conda install poetry. */
static bool poetry_by_package(const struct own *o, const struct instruction *in,
                              const struct shell_command *c, struct poetry_setup *setup)
{
	static const char *const programs[] = { "pip", "pipx", "uv", "conda", "mamba", NULL };
	static const char *const pins[] = { "-c", "--constraint", "--require-hashes", NULL };
	static const char *const files[] = { "-r", "--requirement", "-c", "--constraint", NULL };
	bool installs = false;
	if (!own_is_one_of(c->program, programs))
		return false;
	for (size_t i = 0; i < c->nargs; i++) {
		struct str a = c->args[i].text;
		installs |= str_eq(a, STR("install"));
		if (!installs || !poetry_is_package(a) || own_is_one_of(c->args[i - 1].text, files))
			continue;
		*setup = (struct poetry_setup){ .in = in, .word = &c->args[i] };
		poetry_read_spec(o, in, a, setup);
		for (const char *const *p = pins; *p; p++)
			setup->is_pinned |= shell_argument(c, *p) != NULL;
		return true;
	}
	return false;
}

static void poetry_take_version(const struct own *o, const struct instruction *in, struct str text,
                                struct poetry_setup *setup)
{
	struct str value;
	setup->is_pinned = true;
	if (own_expand(o, in, text, &value) && str_find(value, '$') == STR_NONE)
		setup->version = value;
}

/* What says the version to the installer: --version, POETRY_VERSION= or export. */
static void poetry_read_command(const struct own *o, const struct instruction *in,
                                const struct shell_command *c, struct poetry_setup *setup)
{
	struct str name = STR("POETRY_VERSION=");
	for (size_t i = 0; i < c->nassigned; i++)
		if (str_has_prefix(c->assigned[i].text, name))
			poetry_take_version(o, in, str_slice(c->assigned[i].text, name.n, STR_NONE), setup);
	for (size_t i = 0; i < c->nargs; i++) {
		struct str a = c->args[i].text;
		if (str_has_prefix(a, name))
			poetry_take_version(o, in, str_slice(a, name.n, STR_NONE), setup);
		else if (str_eq(a, STR("--version")) && i + 1 < c->nargs)
			poetry_take_version(o, in, c->args[i + 1].text, setup);
	}
}

/* curl -sSL https://install.python-poetry.org | python3 - */
static bool poetry_by_installer(const struct own *o, const struct own_run *run,
                                const struct shell_command *c, struct poetry_setup *setup)
{
	static const char *const urls[] = { "install.python-poetry.org", "get-poetry.py",
		"install-poetry.py" };
	static const char *const programs[] = { "curl", "wget", NULL };
	const struct script_word *word = NULL;
	for (size_t i = 0; i < c->nargs && own_is_one_of(c->program, programs); i++)
		for (size_t k = 0; k < sizeof urls / sizeof *urls; k++)
			if (str_find_str(c->args[i].text, str_of(urls[k])) != STR_NONE)
				word = &c->args[i];
	if (!word)
		return false;
	*setup = (struct poetry_setup){ .in = run->in, .word = word };
	const struct variable *v = o->subject->values
		? values_find(o->subject->values, (int)own_index(o, run->in), STR("POETRY_VERSION")) : NULL;
	if (v) {
		setup->is_pinned = true;
		setup->version = v->is_set ? v->value : (struct str){ 0 };
	}
	for (size_t i = 0; i < run->commands.n; i++)
		if (!own_is_one_of(run->commands.list[i].program, programs))
			poetry_read_command(o, run->in, &run->commands.list[i], setup);
	return true;
}

static bool poetry_is_setup(const struct own *o, const struct own_run *run,
                            const struct shell_command *c, struct poetry_setup *setup)
{
	return poetry_by_package(o, run->in, c, setup) || poetry_by_installer(o, run, c, setup);
}

void own_poetry_unpinned(const struct rule *rule, const struct subject *s,
                         struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	struct poetry_setup setup;
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "poetry");)
		for (size_t i = 0; i < run.commands.n; i++)
			if (poetry_is_setup(&o, &run, &run.commands.list[i], &setup) && !setup.is_pinned)
				lint_report(rule, own_is_reached(&o, run.in), problems,
				            own_word_span(run.in, setup.word),
				            "the newest Poetry is installed, whose commands and lock may be "
				            "others than this file's: name the version, as in poetry==2.1.3");
}

/* What this stage stands on or copies from. */
static bool poetry_is_seen(const struct own *o, int stage, int other)
{
	struct str ignored;
	for (int s = stage; s >= 0; s = own_base(o, s, &ignored)) {
		if (s == other)
			return true;
		for (size_t i = 0; i < o->recipe->stages[s].nneeds; i++)
			if ((int)o->recipe->stages[s].needs[i] == other)
				return true;
	}
	return false;
}

/* Every Poetry that the file installs, in order; of more than these the first ones. */
enum { POETRY_SETUPS_MAX = 64 };

struct poetry_setups {
	struct poetry_setup list[POETRY_SETUPS_MAX];
	size_t n;
};

static struct poetry_setups poetry_find_setups(const struct own *o)
{
	struct poetry_setups all = { .n = 0 };
	for (struct own_run run = { 0 }; own_next_run(o, &run, "poetry");)
		for (size_t i = 0; i < run.commands.n && all.n < POETRY_SETUPS_MAX; i++)
			all.n += poetry_is_setup(o, &run, &run.commands.list[i], &all.list[all.n]);
	return all;
}

/* The Poetry that a RUN has: the last one installed above it; NULL: not by this file. */
static const struct poetry_setup *poetry_at(const struct own *o, const struct poetry_setups *all,
                                            const struct instruction *in)
{
	for (size_t i = all->n; i-- > 0;)
		if (all->list[i].in <= in && poetry_is_seen(o, in->stage, all->list[i].in->stage))
			return &all->list[i];
	return NULL;
}

/* ---- what a version has not ---- */

struct poetry_change {
	const char *command, *option;   /* option NULL: the command itself */
	unsigned since, gone;           /* 100 * major + minor; 0: always, never */
	bool only_says_so;              /* gone only by word: it still works */
	const char *instead;
};

static const struct poetry_change poetry_changes[] = {
	{ "lock", "--no-update", 0, 200, false, "leave it out: lock changes no version it need not" },
	{ "lock", "--check", 102, 200, false, "write poetry check --lock" },
	{ "lock", "--regenerate", 200, 0, false, "leave it out" },
	{ "install", "--no-dev", 0, 200, false, "write --only main" },
	{ "update", "--no-dev", 0, 200, false, "write --only main" },
	{ "install", "--remove-untracked", 0, 200, false, "write poetry sync" },
	{ "install", "--sync", 102, 200, true, "write poetry sync" },
	{ "export", NULL, 0, 200, false, "install poetry-plugin-export as well" },
	{ "shell", NULL, 0, 200, false, "write poetry run, or put .venv/bin in front of PATH" },
	{ "sync", NULL, 200, 0, false, "write poetry install --sync" },
	{ "install", "--no-directory", 105, 0, false, "leave it out, or take a newer Poetry" },
	{ "install", "--only-root", 102, 0, false, "take a newer Poetry" },
	{ "install", "--only", 102, 0, false, "write --no-dev, or take a newer Poetry" },
	{ "install", "--with", 102, 0, false, "take a newer Poetry" },
	{ "install", "--without", 102, 0, false, "write --no-dev, or take a newer Poetry" },
	{ "install", "--all-extras", 102, 0, false, "name the extras, or take a newer Poetry" },
	{ "install", "--compile", 104, 0, false, "leave it out, or take a newer Poetry" },
	{ "install", "--all-groups", 200, 0, false, "name the groups with --with" },
	{ "check", "--lock", 106, 0, false, "write poetry lock --check" },
	{ "check", "--strict", 200, 0, false, "leave it out" },
};

static bool poetry_number(struct str version, unsigned *ret_number)
{
	unsigned long long major, minor = 0;
	struct str part;
	if (!str_next(&version, '.', &part) || !str_number(part, 99, &major))
		return false;
	if (str_next(&version, '.', &part) && !str_number(part, 99, &minor))
		return false;
	*ret_number = (unsigned)(major * 100 + minor);
	return true;
}

/* A plugin that brings back what is gone. */
static bool poetry_has_plugin(const struct own *o, const char *command)
{
	return str_find_str(o->recipe->text, str_of(arena_printf(o->arena, "poetry-plugin-%s",
	                                                         command))) != STR_NONE;
}

/* Up to two edits that say the same to the newer one. */
static size_t poetry_fix(const struct own_run *run, const struct shell_command *c,
                         const struct poetry_change *change, const struct script_word *verb,
                         const struct script_word *w, struct edit fix[2])
{
	uint32_t before = w > c->args ? w[-1].at + w[-1].size : verb->at + verb->size;
	struct edit drop = own_edit(run->in, before, w->at + w->size, STR(""));
	struct str option = change->option ? str_of(change->option) : STR("");
	if (str_eq(option, STR("--no-update"))) {
		fix[0] = drop;
		return 1;
	}
	if (str_eq(option, STR("--no-dev"))) {
		bool is_said = shell_argument(c, "--only") || shell_argument(c, "--without");
		fix[0] = is_said ? drop
		                 : own_edit(run->in, w->at, w->at + w->size, STR("--only main"));
		return 1;
	}
	if (str_eq(option, STR("--check")) && w == verb + 1) {
		fix[0] = own_edit(run->in, verb->at, w->at + w->size, STR("check --lock"));
		return 1;
	}
	if (str_eq(option, STR("--sync"))) {
		fix[0] = own_edit(run->in, verb->at, verb->at + verb->size, STR("sync"));
		fix[1] = drop;
		return 2;
	}
	return 0;
}

static void poetry_tell_change(struct own *o, const struct own_run *run,
                               const struct shell_command *c, const struct poetry_change *change,
                               struct str version, unsigned number)
{
	const struct script_word *verb = shell_operand(c, NULL, 0);
	const struct script_word *w = change->option ? shell_argument(c, change->option) : verb;
	bool missing = change->since && number < change->since;
	struct edit fix[2];
	size_t nfix = missing ? 0 : poetry_fix(run, c, change, verb, w, fix);
	const char *what = change->option
		? arena_printf(o->arena, "poetry %s %s", change->command, change->option)
		: arena_printf(o->arena, "poetry %s", change->command);
	const char *which = version.n ? arena_printf(o->arena, "Poetry %.*s", STR_ARG(version))
	                              : "the newest Poetry, which is installed here,";
	bool loud = own_is_reached(o, run->in) && !change->only_says_so;
	lint_report_fix(o->rule, loud, o->problems, own_word_span(run->in, w), fix, nfix,
	                change->only_says_so ? "%s calls %s outdated: %s"
	                : missing ? "%s has no %s yet: %s" : "%s has no %s any more: %s", which, what,
	                change->instead);
}

static void poetry_check_command(struct own *o, const struct poetry_setups *all,
                                 const struct own_run *run, const struct shell_command *c)
{
	const struct script_word *verb = shell_operand(c, NULL, 0);
	const struct poetry_setup *setup = NULL;
	unsigned number = 9999;
	if (str_eq(c->program, STR("poetry")) && verb)
		setup = poetry_at(o, all, run->in);
	if (!setup || (setup->is_pinned && !poetry_number(setup->version, &number)))
		return;
	for (size_t i = 0; i < sizeof poetry_changes / sizeof *poetry_changes; i++) {
		const struct poetry_change *change = &poetry_changes[i];
		bool applies = (change->since && number < change->since) ||
		               (change->gone && number >= change->gone);
		if (applies && str_eq(verb->text, str_of(change->command)) &&
		    (change->option ? shell_argument(c, change->option) != NULL
		                    : !poetry_has_plugin(o, change->command)))
			poetry_tell_change(o, run, c, change, setup->version, number);
	}
}

void own_removed_flag(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	struct poetry_setups all = poetry_find_setups(&o);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "poetry");)
		for (size_t i = 0; i < run.commands.n; i++)
			poetry_check_command(&o, &all, &run, &run.commands.list[i]);
}

/* ---- the project itself ---- */

static const struct value *poetry_pyproject(const struct subject *s)
{
	for (size_t i = 0; s->settings && i < s->settings->ndocuments; i++)
		if (str_eq(str_of(s->settings->documents[i].path), STR("pyproject.toml")))
			return s->settings->documents[i].value;
	return NULL;
}

/* package-mode = false: there is nothing to install. */
static bool poetry_is_no_package(const struct subject *s)
{
	const struct value *project = poetry_pyproject(s);
	const struct value *mode = project ? value_at(project, STR("/tool/poetry/package-mode")) : NULL;
	return mode && value_type(mode) == VALUE_BOOL && !value_is_true(mode);
}

static bool poetry_installs(const struct shell_command *c, const struct script_word **ret_verb)
{
	struct own_install install;
	bool is = own_is_install(c, &install) && install.tool == OWN_POETRY;
	*ret_verb = is ? install.verb : NULL;
	return is && !shell_argument(c, "--help");
}

static bool poetry_leaves_root(const struct shell_command *c)
{
	return shell_argument(c, "--no-root") != NULL;
}

/* Files of the project come from elsewhere than COPY of the context. */
static bool poetry_brings_code(const struct own *o, const struct instruction *in)
{
	if (own_copies_code(o, in))
		return true;
	if (in->kind == INSTRUCTION_COPY && own_flag(in, "from").n && in->parts->nargs) {
		struct str to = own_path(o, in, in->parts->args[in->parts->nargs - 1]);
		return !to.p || str_eq(to, own_path(o, in, STR(".")));
	}
	return in->kind == INSTRUCTION_RUN && str_find_str(in->text, STR("git clone")) != STR_NONE;
}

/* A bind mount that is more than one file. */
static bool poetry_mounts_code(const struct instruction *in)
{
	for (size_t i = 0; i < in->parts->nflags; i++) {
		struct str mount = in->parts->flags[i].value;
		if (str_eq(in->parts->flags[i].name, STR("mount")) &&
		    str_find_str(mount, STR("type=cache")) == STR_NONE &&
		    str_find_str(mount, STR("type=secret")) == STR_NONE &&
		    str_find_str(mount, STR("pyproject.toml")) == STR_NONE &&
		    str_find_str(mount, STR(".lock")) == STR_NONE)
			return true;
	}
	return false;
}

/* pyproject.toml by its name, so that the code is known to be left for later. */
static bool poetry_names_manifest(const struct own *o, const struct instruction *in)
{
	for (size_t i = 0; own_copies_context(in) && i < own_sources(in); i++)
		if (str_find_str(own_source(o, in, i), STR("pyproject.toml")) != STR_NONE)
			return true;
	return false;
}

/* What stands above an instruction in its stage and in those below it. */
struct poetry_above {
	bool code, manifest;
};

static struct poetry_above poetry_look_above(const struct own *o, const struct instruction *in)
{
	struct poetry_above above = { 0 };
	struct str ignored;
	for (int s = in->stage; s >= 0; s = own_base(o, s, &ignored)) {
		const struct stage *stage = &o->recipe->stages[s];
		for (unsigned i = stage->first; i < stage->first + stage->count && !above.code; i++) {
			const struct instruction *one = &o->recipe->instructions[i];
			if (one >= in)
				break;
			above.code |= poetry_brings_code(o, one);
			above.manifest |= poetry_names_manifest(o, one);
		}
	}
	return above;
}

void own_no_root(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	const struct script_word *verb;
	for (struct own_run run = { 0 }; !poetry_is_no_package(s) && own_next_run(&o, &run, "poetry");)
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			if (!poetry_installs(c, &verb) || poetry_leaves_root(c) ||
			    shell_argument(c, "--only-root") || poetry_mounts_code(run.in))
				continue;
			struct poetry_above above = poetry_look_above(&o, run.in);
			if (above.code || !above.manifest)
				continue;
			uint32_t end = verb->at + verb->size;
			struct edit fix = own_edit(run.in, end, end, STR(" --no-root"));
			lint_report_fix(rule, own_is_reached(&o, run.in), problems,
			                own_word_span(run.in, verb), &fix, 1,
			                "this installs the project as well, whose code is not there yet: add "
			                "--no-root, and install it when the code is there");
		}
}

/* The project is installed somewhere behind. */
static bool poetry_installs_root(const struct shell_command *c)
{
	const struct script_word *verb;
	struct own_install install;
	size_t at = 0;
	if (poetry_installs(c, &verb))
		return !poetry_leaves_root(c);
	if (str_eq(c->program, STR("poetry")))
		return shell_argument(c, "build") != NULL;
	if (!own_is_install(c, &install) || install.tool != OWN_PIP)
		return false;
	for (const struct script_word *w; (w = own_next_package(c, &install, &at));)
		if (w->text.p[0] == '.' || w->text.p[0] == '/' || str_has_suffix(w->text, STR(".whl")) ||
		    w->has_wildcard)
			return true;
	return shell_argument(c, "-e") != NULL;
}

/* The last RUN of the file that does so, or NULL. */
static const struct instruction *poetry_last_root(const struct own *o)
{
	const struct instruction *last = NULL;
	for (struct own_run run = { 0 }; own_next_run(o, &run, NULL);)
		for (size_t i = 0; i < run.commands.n; i++)
			if (poetry_installs_root(&run.commands.list[i]))
				last = run.in;
	return last;
}

static bool poetry_copies_behind(const struct own *o, const struct instruction *in)
{
	const struct stage *stage = own_stage(o, in);
	for (size_t i = stage->first + stage->count; --i > own_index(o, in);)
		if (own_copies_code(o, &o->recipe->instructions[i]))
			return true;
	return false;
}

void own_second_install(const struct rule *rule, const struct subject *s,
                        struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	const struct instruction *root = poetry_last_root(&o);
	const struct script_word *verb;
	for (struct own_run run = { 0 }; !poetry_is_no_package(s) &&
	                                 own_next_run(&o, &run, "--no-root");)
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			if (!poetry_installs(c, &verb) || !poetry_leaves_root(c) || (root && root >= run.in) ||
			    !poetry_copies_behind(&o, run.in))
				continue;
			lint_report(rule, own_is_reached(&o, run.in), problems,
			            own_word_span(run.in, shell_argument(c, "--no-root")),
			            "the code is copied later, and the project itself is never installed: its "
			            "scripts are not there; add a second poetry install behind that COPY, or "
			            "package-mode = false");
		}
}

/* ---- development dependencies ---- */

/* Stages that are meant for it. */
static bool dev_is_meant(const struct own *o, int stage)
{
	static const char *const parts[] = { "dev", "test", "lint", "ci", "doc", "debug", "check" };
	struct str name = o->recipe->stages[stage].name;
	for (size_t i = 0; name.n && i < sizeof parts / sizeof *parts; i++)
		if (str_search(name, str_of(parts[i]), 0) != STR_NONE)
			return true;
	return false;
}

/* A path that holds an environment, or all that the stage has made. */
static bool dev_is_environment(const struct own *o, int stage, struct str path)
{
	static const char *const parts[] = { "venv", "site-packages", "virtualenvs", "/usr/local",
		"/.local", "/opt" };
	const struct stage *s = &o->recipe->stages[stage];
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_find_str(path, str_of(parts[i])) != STR_NONE)
			return true;
	const struct instruction *last = &o->recipe->instructions[s->first + s->count - 1];
	struct str dir = own_path(o, last, STR("."));
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return dir.n > 1 && str_eq(dir, path);
}

static bool dev_reaches_final(const struct own *o, int stage)
{
	if (own_stage_is_final(o, stage))
		return true;
	for (size_t i = 0; i < o->recipe->ninstructions; i++) {
		const struct instruction *in = &o->recipe->instructions[i];
		if (in->kind != INSTRUCTION_COPY || !own_is_final(o, in) || own_copies_from(o, in) < 0)
			continue;
		int from = own_copies_from(o, in);
		bool is = from == stage;
		for (int below = from; below >= 0 && !is; below = o->below[below])
			is = below == stage;
		for (size_t k = 0; is && k < own_sources(in); k++)
			if (dev_is_environment(o, from, own_source(o, in, k)))
				return true;
	}
	return false;
}

/* Only Poetry's own project tells whether there is such a group. */
static bool dev_has_groups(const struct subject *s)
{
	static const char *const tables[] = { "/tool/poetry/group", "/tool/poetry/dev-dependencies",
		"/dependency-groups" };
	const struct value *project = poetry_pyproject(s), *table;
	for (size_t i = 0; project && i < sizeof tables / sizeof *tables; i++)
		if ((table = value_at(project, str_of(tables[i]))) && value_child(table))
			return true;
	return !project;
}

static bool dev_is_left_out(const struct own *o, const struct own_run *run,
                            const struct shell_command *c, enum own_tool tool)
{
	static const char *const poetry[] = { "--only", "--without", "--no-dev", "--only-root", NULL };
	static const char *const uv[] = { "--no-dev", "--no-default-groups", "--only-group",
		"--no-group", NULL };
	if (tool == OWN_PIPENV)
		return !shell_argument(c, "--dev") && !shell_argument(c, "-d");
	if (tool == OWN_UV && own_variable(o, run->in, STR("UV_NO_DEV")).n)
		return true;
	for (const char *const *w = tool == OWN_UV ? uv : poetry; *w; w++)
		if (shell_argument(c, *w))
			return true;
	return false;
}

static void dev_check(struct own *o, const struct poetry_setups *all, const struct own_run *run,
                      const struct shell_command *c)
{
	struct own_install install;
	unsigned number = 9999;
	if (!own_is_install(c, &install) || !install.verb ||
	    (install.tool != OWN_POETRY && install.tool != OWN_PIPENV && install.tool != OWN_UV) ||
	    str_eq(c->args[0].text, STR("pip")) || dev_is_left_out(o, run, c, install.tool) ||
	    dev_is_meant(o, run->in->stage) || !dev_reaches_final(o, run->in->stage))
		return;
	const struct poetry_setup *setup = poetry_at(o, all, run->in);
	bool old = install.tool == OWN_POETRY && setup && setup->is_pinned &&
	           poetry_number(setup->version, &number) && number < 102;
	const char *instead = install.tool == OWN_UV || old ? "--no-dev" : "--only main";
	uint32_t end = install.verb->at + install.verb->size;
	struct edit fix = own_edit(run->in, end, end, str_of(arena_printf(o->arena, " %s", instead)));
	bool mechanical = install.tool != OWN_PIPENV && !shell_argument(c, "--with");
	lint_report_fix(o->rule, own_is_reached(o, run->in), o->problems,
	                own_word_span(run->in, install.verb), &fix, mechanical,
	                "what is for development gets into the final image as well: %s",
	                install.tool == OWN_PIPENV ? "leave out --dev"
	                                           : arena_printf(o->arena, "add %s", instead));
}

void own_dev_deps(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	struct poetry_setups all = poetry_find_setups(&o);
	for (struct own_run run = { 0 }; dev_has_groups(s) && own_next_run(&o, &run, NULL);)
		for (size_t i = 0; i < run.commands.n; i++)
			dev_check(&o, &all, &run, &run.commands.list[i]);
}
