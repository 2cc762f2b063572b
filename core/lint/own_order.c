/* What is built anew more often than it has to be. */
#include "core/base/buf.h"
#include "core/lint/own.h"
#include "core/lint/own_rules.h"

/* ---- code before dependencies ---- */

/* Folders that hold what dependencies are made from, not the code. */
static bool order_is_manifest_folder(struct str name)
{
	static const char *const names[] = { "requirements", "requirement", "vendor", "wheels",
		"wheelhouse", "deps", "dependencies", "third_party", "patches", "prisma", "constraints",
		"gradle", "certs", "ca-certificates", "keys", "etc", NULL };
	return (name.n && name.p[0] == '.') || own_is_one_of(name, names);
}

static bool order_is_code_file(struct str name)
{
	static const char *const manifests[] = { "setup.py", "setup.cfg", "build.rs", "conf.py",
		"noxfile.py", NULL };
	static const char *const ends[] = { ".py", ".js", ".ts", ".jsx", ".tsx", ".go", ".rs", ".java",
		".c", ".cc", ".cpp", ".rb", ".php", ".kt", ".cs" };
	if (own_is_one_of(name, manifests) || str_find_str(name, STR("config.")) != STR_NONE)
		return false;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_has_suffix(name, str_of(ends[i])))
			return true;
	return false;
}

/* A file by its name, where nobody has looked: it has an ending, or is known to have none. */
static bool order_looks_like_file(struct str name)
{
	static const char *const files[] = { "Makefile", "Pipfile", "Gemfile", "Dockerfile",
		"Containerfile", "LICENSE", "Procfile", "README", "CHANGELOG", "gradlew", "mvnw",
		"Rakefile", "Justfile", "justfile", "VERSION", "NOTICE", "COPYING", "Brewfile", NULL };
	return str_find(name, '.') != STR_NONE || own_is_one_of(name, files);
}

static bool order_is_code(const struct own *o, struct str source)
{
	if (own_is_whole(source))
		return true;
	struct str name = own_base_name(source);
	if (str_find(source, '$') != STR_NONE || str_find_str(source, STR("://")) != STR_NONE ||
	    order_is_manifest_folder(name))
		return false;
	if (str_find(name, '*') != STR_NONE || order_is_code_file(name))
		return order_is_code_file(name);
	while (str_has_prefix(source, STR("./")) || str_has_prefix(source, STR("/")))
		source = str_slice(source, source.p[0] == '.' ? 2 : 1, STR_NONE);
	bool ends = str_has_suffix(source, STR("/"));
	while (str_has_suffix(source, STR("/")))
		source.n--;
	const struct entry *e = o->subject->context
		? context_find(o->subject->context, arena_text(o->arena, source)) : NULL;
	return e ? S_ISDIR(e->mode) : ends || !order_looks_like_file(name);
}

bool own_copies_code(const struct own *o, const struct instruction *in)
{
	for (size_t i = 0; own_copies_context(in) && i < own_sources(in); i++)
		if (order_is_code(o, own_source(o, in, i)))
			return true;
	return false;
}

/* A command that brings what the code needs, not the code itself. */
static bool order_is_deps(const struct own *o, const struct instruction *in,
                          const struct shell_command *c, struct own_install *install)
{
	bool mounted = own_has_mount(o, in, "cache", NULL, NULL);
	bool builds = c->nargs && str_eq(c->args[0].text, STR("build"));
	const struct context *context = o->subject->context;
	/* They get what is missing while they build: nothing tells whether there is any. */
	if (builds && !mounted && context &&
	    ((str_eq(c->program, STR("go")) && context_find(context, "go.sum")) ||
	     (str_eq(c->program, STR("cargo")) && context_find(context, "Cargo.lock")))) {
		*install = (struct own_install){ c->program.n == 2 ? OWN_GO : OWN_CARGO, &c->args[0], 1 };
		return true;
	}
	if (!own_is_install(c, install) || own_is_local_install(c, install))
		return false;
	if (install->tool == OWN_CARGO && (mounted || shell_argument(c, "--path")))
		return false;
	return !shell_argument(c, "--only-root") && !shell_argument(c, "--no-deps") &&
	       !(install->tool == OWN_GO && mounted);
}

/* The stages below have these already. */
static unsigned order_installed_below(const struct own *o, int stage)
{
	struct own_install install;
	unsigned tools = 0;
	for (int s = o->below[stage]; s >= 0; s = o->below[s]) {
		const struct stage *below = &o->recipe->stages[s];
		struct own_run run = { .at = below->first };
		while (own_next_run(o, &run, NULL) && run.in->stage == s)
			for (size_t i = 0; i < run.commands.n; i++)
				if (order_is_deps(o, run.in, &run.commands.list[i], &install))
					tools |= 1u << install.tool;
	}
	return tools;
}

static void order_tell(struct own *o, const struct instruction *code, const struct instruction *in,
                       const struct shell_command *c, const struct own_install *install)
{
	const char *what = own_command_text(o, c, install);
	lint_report(o->rule, own_is_reached(o, code), o->problems, code->parts->args_at[0],
	            "any change of these files runs %s in line %u anew: copy only what it reads first, "
	            "install, and copy the rest behind it", what, in->first_line);
}

static void order_check_stage(struct own *o, int stage)
{
	const struct stage *s = &o->recipe->stages[stage];
	const struct instruction *code = NULL;
	struct own_install install;
	unsigned installed = order_installed_below(o, stage);
	for (unsigned i = s->first; i < s->first + s->count; i++) {
		const struct instruction *in = &o->recipe->instructions[i];
		if (!code && own_copies_code(o, in))
			code = in;
		if (in->kind != INSTRUCTION_RUN)
			continue;
		struct shell_commands commands = own_commands(o, in);
		for (size_t k = 0; k < commands.n; k++) {
			if (!order_is_deps(o, in, &commands.list[k], &install))
				continue;
			if (code && !(installed & 1u << install.tool)) {
				order_tell(o, code, in, &commands.list[k], &install);
				return;
			}
			installed |= 1u << install.tool;
		}
	}
}

void own_deps_after_code(const struct rule *rule, const struct subject *s,
                         struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (size_t i = 0; i < o.recipe->nstages; i++)
		order_check_stage(&o, (int)i);
}

/* ---- the same installed twice ---- */

/* What it installs from: "-r FILE", or "poetry" for its lock; {NULL, 0}: names of packages. */
static struct str twice_from(const struct shell_command *c)
{
	struct own_install install;
	if (!own_is_install(c, &install))
		return (struct str){ 0 };
	if (install.tool == OWN_POETRY)
		return STR("poetry.lock");
	for (size_t i = 0; install.tool == OWN_PIP && i + 1 < c->nargs; i++)
		if (str_eq(c->args[i].text, STR("-r")) || str_eq(c->args[i].text, STR("--requirement")))
			return c->args[i + 1].text;
	return (struct str){ 0 };
}

static bool twice_needs(const struct own *o, int stage, int other)
{
	const struct stage *s = &o->recipe->stages[stage];
	struct str ignored;
	for (int below = stage; below >= 0; below = own_base(o, below, &ignored))
		if (below == other)
			return false;
	for (size_t i = 0; i < s->nneeds; i++)
		if ((int)s->needs[i] == other)
			return true;
	return false;
}

/* Poetry with other words installs something else, into what may have been copied. */
static bool twice_is_same(const struct shell_command *a, const struct shell_command *b)
{
	if (!str_eq(a->program, b->program))
		return false;
	if (!str_eq(a->program, STR("poetry")))
		return true;
	for (size_t i = 0; i < a->nargs && i < b->nargs; i++)
		if (!str_eq(a->args[i].text, b->args[i].text))
			return false;
	return a->nargs == b->nargs;
}

/* An installation from a file. */
struct twice {
	const struct instruction *in;
	const struct shell_command *command;
	struct str from;
};

/* Larger files are not worth the time. */
enum { TWICE_MAX = 1000 };

static void twice_check(struct own *o, const struct twice *before, size_t n, struct twice now)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(before[i].from, now.from) || !twice_is_same(before[i].command, now.command) ||
		    !twice_needs(o, now.in->stage, before[i].in->stage))
			continue;
		lint_report(o->rule, own_is_reached(o, now.in), o->problems,
		            own_word_span(now.in, now.command->name),
		            "line %u has installed %.*s already, in a stage that this one copies from: "
		            "install into a virtual environment there, and copy that",
		            before[i].in->first_line, STR_ARG(now.from));
		return;
	}
}

void own_installed_twice(const struct rule *rule, const struct subject *s,
                         struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	struct twice *list = arena_array(o.arena, TWICE_MAX, sizeof *list);
	size_t n = 0;
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "install");)
		for (size_t i = 0; i < run.commands.n && n < TWICE_MAX; i++) {
			const struct shell_command *c = &run.commands.list[i];
			list[n] = (struct twice){ run.in, c, twice_from(c) };
			if (!list[n].from.p)
				continue;
			twice_check(&o, list, n, list[n]);
			n++;
		}
}

/* ---- arguments that are new every time ---- */

static bool bust_is_name(struct str name)
{
	static const char *const names[] = { "CACHE_BUST", "CACHEBUST", "CACHE_BUSTER", "CACHEBUSTER",
		"BUST_CACHE", "CACHE_DATE", "CACHE_BREAKER", "BUILD_ID", "BUILD_DATE", "BUILDDATE",
		"BUILD_TIME", "BUILDTIME", "BUILD_TIMESTAMP", "BUILD_NUMBER", "BUILD_NUM", "TIMESTAMP",
		"GIT_SHA", "GIT_COMMIT", "GIT_HASH", "GIT_REV", "GIT_REVISION", "COMMIT", "COMMIT_SHA",
		"COMMIT_HASH", "SHA", "REVISION", "VCS_REF", "CI_COMMIT_SHA", "CI_PIPELINE_ID",
		"GITHUB_SHA", "GITHUB_RUN_ID", "SOURCE_COMMIT", NULL };
	return own_is_one_of(name, names);
}

/* The RUNs below that do not use it. */
struct bust {
	size_t n;
	const struct instruction *first;
	const char *install;            /* the first install among them, or NULL */
};

/* The stage has declared it before. */
static bool bust_is_again(const struct own *o, const struct instruction *arg, struct str name)
{
	const struct stage *stage = own_stage(o, arg);
	for (size_t i = own_index(o, arg); i-- > stage->first;) {
		const struct instruction *in = &o->recipe->instructions[i];
		if (in->kind == INSTRUCTION_ARG && in->parts->nargs &&
		    str_has_prefix(in->parts->args[0], name))
			return true;
	}
	return false;
}

static struct bust bust_below(const struct own *o, const struct instruction *arg, struct str name)
{
	const struct stage *stage = own_stage(o, arg);
	struct bust b = { 0 };
	for (struct own_run run = { .at = own_index(o, arg) + 1 }; own_next_run(o, &run, NULL);) {
		struct own_install install;
		if (own_stage(o, run.in) != stage)
			break;
		if (str_find_str(run.in->text, name) != STR_NONE)
			continue;
		b.first = b.first ? b.first : run.in;
		b.n++;
		for (size_t i = 0; !b.install && i < run.commands.n; i++)
			if (own_is_install(&run.commands.list[i], &install))
				b.install = own_command_text(o, &run.commands.list[i], &install);
	}
	return b;
}

void own_arg_busts(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	size_t at = 0;
	for (const struct instruction *in; (in = own_next(&o, INSTRUCTION_ARG, &at));)
		for (size_t i = 0; own_stage(&o, in) && i < in->parts->nargs; i++) {
			struct str name = str_slice(in->parts->args[i], 0, str_find(in->parts->args[i], '='));
			struct bust b = { 0 };
			if (bust_is_name(name) && !bust_is_again(&o, in, name))
				b = bust_below(&o, in, name);
			if (b.n == 0)
				continue;
			lint_report(rule, own_is_reached(&o, in), problems, in->parts->args_at[i],
			            "every new value of %.*s runs %zu RUN%s below anew that %s not use it, "
			            "from line %u on%s%s: move ARG down to the one that does",
			            STR_ARG(name), b.n, b.n == 1 ? "" : "s", b.n == 1 ? "does" : "do",
			            b.first->first_line,
			            b.install ? ", with " : "", b.install ? b.install : "");
		}
}
