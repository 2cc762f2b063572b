/* What the commands of a RUN do, or seem to do. */
#include "core/lint/own.h"
#include "core/lint/own_rules.h"

/* ---- what ends with its RUN ---- */

static bool run_is_source(const struct shell_command *c)
{
	return str_eq(c->program, STR(".")) || str_eq(c->program, STR("source"));
}

/* It changes nothing but the shell that runs it. */
static bool run_is_inside(const struct shell_command *c)
{
	static const char *const programs[] = { "export", "cd", "pushd", "popd", "alias", "unset",
		"declare", "typeset", "readonly", NULL };
	return own_is_one_of(c->program, programs) || run_is_source(c) ||
	       (c->program.n == 0 && c->nassigned);
}

static bool run_writes(const struct shell_command *c)
{
	const struct script_word *last = c->nargs ? &c->args[c->nargs - 1] : c->name;
	return last && c->end > last->at + last->size;
}

/* It has no effect at all, as far as files go. */
static bool run_is_idle(const struct shell_command *c)
{
	static const char *const programs[] = { "[", "[[", "test", "true", ":", "echo", "printf",
		"set", "shopt", "umask", "ulimit", "exit", NULL };
	return own_is_one_of(c->program, programs) && !run_writes(c);
}

/* `sh -c '…'` is what its script is, which stands behind it. */
static bool run_is_outer(const struct own_run *run, size_t i)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash", "zsh", "ksh", NULL };
	const struct shell_command *c = &run->commands.list[i];
	return i + 1 < run->commands.n && c[1].depth > c->depth && own_is_one_of(c->program, shells);
}

/* Its first command that only changes the shell, when all others do no more; else NULL. */
static const struct shell_command *run_is_alone(const struct own_run *run)
{
	const struct shell_command *first = NULL;
	for (size_t i = 0; i < run->commands.n; i++) {
		const struct shell_command *c = &run->commands.list[i];
		if (run_is_inside(c) && !run_writes(c))
			first = first ? first : c;
		else if (!run_is_idle(c) && !run_is_outer(run, i))
			return NULL;
	}
	return first;
}

static const char *run_remedy(const struct shell_command *c)
{
	if (str_eq(c->program, STR("cd")) || str_eq(c->program, STR("pushd")))
		return "write WORKDIR, or join it with && to what needs the folder";
	if (run_is_source(c))
		return "join it with && to what needs it, or say what it sets with ENV";
	return "write ENV, or join it with && to what needs it";
}

static struct span run_command_span(const struct own_run *run, const struct shell_command *c)
{
	return c->name ? own_word_span(run->in, c->name) : own_span(run->in, c->at, c->end);
}

void own_run_alone(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, NULL);) {
		const struct shell_command *c = run_is_alone(&run);
		if (c)
			lint_report(rule, own_is_reached(&o, run.in), problems, run_command_span(&run, c),
			            "this RUN changes its own shell only, which ends with it: %s",
			            run_remedy(c));
	}
}

/* The last command, when it only changes the shell that ends behind it and is not the whole
 * RUN. */
static const struct shell_command *run_last_inside(const struct own_run *run)
{
	size_t n = run->commands.n;
	const struct shell_command *last = n ? &run->commands.list[n - 1] : NULL;
	bool fits = last && last->depth == 0 && run_is_inside(last) && !run_writes(last);
	return fits && !run_is_alone(run) ? last : NULL;
}

void own_cd_lost(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	static const char *const back[] = { "..", "-", "~", "/", NULL };
	struct own o owned_own = own_open(rule, s, problems);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "cd ");) {
		const struct shell_command *c = run_last_inside(&run);
		if (!c || !str_eq(c->program, STR("cd")) || c->nargs == 0 ||
		    own_is_one_of(c->args[0].text, back))
			continue;
		lint_report(rule, own_is_reached(&o, run.in), problems, own_word_span(run.in, c->name),
		            "nothing of this RUN follows the cd, and the next instruction is in the old "
		            "folder again: write WORKDIR");
	}
}

/* Files that are sourced for their variables. */
static bool run_is_settings(const struct shell_command *c)
{
	static const char *const names[] = { "activate", ".bashrc", "bashrc", ".profile", "profile",
		"env", ".env", "nvm.sh", "setup.bash", "bash.bashrc", ".bash_profile", NULL };
	return run_is_source(c) && c->nargs && own_is_one_of(own_base_name(c->args[0].text), names);
}

void own_export_lost(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, NULL);) {
		const struct shell_command *c = run_last_inside(&run);
		if (!c || str_eq(c->program, STR("cd")) || (run_is_source(c) && !run_is_settings(c)))
			continue;
		lint_report(rule, own_is_reached(&o, run.in), problems, run_command_span(&run, c),
		            "nothing of this RUN follows, and what it sets ends with it: %s",
		            run_remedy(c));
	}
}

/* ---- source ---- */

/* Images whose sh is bash or busybox, which know it. */
static bool run_sh_has_source(const struct own *o, const struct instruction *in)
{
	static const char *const images[] = { "alpine", "busybox", "centos", "fedora", "rocky",
		"alma", "ubi", "redhat", "amazonlinux", "opensuse", "suse", "archlinux", "oraclelinux",
		"manylinux" };
	struct str image = { 0 };
	for (int stage = in->stage; stage >= 0;)
		stage = own_base(o, stage, &image);
	for (size_t i = 0; i < sizeof images / sizeof *images; i++)
		if (str_find_str(image, str_of(images[i])) != STR_NONE)
			return true;
	return false;
}

void own_source_in_sh(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "source");)
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			if (!str_eq(c->program, STR("source")) || c->by_bash ||
			    run_sh_has_source(&o, run.in))
				continue;
			bool has_path = c->nargs == 1 && str_find(c->args[0].text, '/') != STR_NONE;
			struct edit fix = own_edit(run.in, c->name->at, c->name->at + c->name->size, STR("."));
			lint_report_fix(rule, own_is_reached(&o, run.in), problems,
			                own_word_span(run.in, c->name), &fix, has_path,
			                "sh has no source where it is dash, as in Debian and Ubuntu: write "
			                "'. FILE', or SHELL [\"/bin/bash\", \"-c\"] above");
		}
}

/* ---- sudo ---- */

/* The USER in effect there is root, or nobody said. */
static bool run_is_root(const struct own *o, const struct instruction *in)
{
	struct str user;
	const struct stage *stage = own_stage(o, in);
	for (size_t i = own_index(o, in); stage && i-- > stage->first;) {
		const struct instruction *before = &o->recipe->instructions[i];
		if (before->kind == INSTRUCTION_USER && before->parts->nargs)
			return own_expand(o, before, before->parts->args[0], &user) &&
			       (str_eq(user, STR("root")) || str_eq(user, STR("0")));
	}
	return stage && stage->from < 0;
}

void own_sudo(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "sudo");)
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			if (!c->sudo || c->has_user)
				continue;
			bool plain = run_is_root(&o, run.in) && c->name == c->sudo + 1;
			struct edit fix = own_edit(run.in, c->sudo->at, c->name->at, STR(""));
			lint_report_fix(rule, own_is_reached(&o, run.in), problems,
			                own_word_span(run.in, c->sudo), &fix, plain,
			                "a RUN is root's unless a USER says otherwise: leave sudo out, and put "
			                "USER root and the other user around what needs it");
		}
}

/* ---- failures ---- */

/* Programs whose failure matters to whoever reads from them. */
static bool run_matters(const struct shell_command *c)
{
	static const char *const programs[] = { "curl", "wget", "git", "tar", "gzip", "gunzip",
		"zcat", "xz", "unxz", "xzcat", "bzip2", "bunzip2", "bzcat", "zstd", "unzip", "python",
		"python3", "pip", "poetry", "npm", "npx", "yarn", "pnpm", "node", "go", "cargo", "make",
		"cmake", "ninja", "mvn", "gradle", "gpg", "openssl", "apt-get", "apt", "apk", "dnf",
		"yum", "aws", "gsutil", "az", "ssh", "scp", "rsync", "mysql", "psql", "java", "php",
		"composer", "ruby", "bundle", "gem", "sh", "bash", "perl", NULL };
	return own_is_one_of(c->program, programs) ||
	       (c->name && str_find(c->name->text, '/') != STR_NONE && !run_is_idle(c));
}

void own_pipefail(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "|");)
		for (size_t i = 0; i + 1 < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i], *into = c + 1;
			bool heeded = into->lost == SHELL_FAILS || into->lost == SHELL_LOST_PIPE;
			if (c->lost != SHELL_LOST_PIPE || !heeded || !run_matters(c))
				continue;
			lint_report(rule, own_is_reached(&o, run.in), problems,
			            own_span(run.in, c->lost_at, c->lost_end),
			            "when %.*s fails, this step goes on with what came before: write SHELL "
			            "[\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] above, or save to a file "
			            "first", STR_ARG(c->program));
			break;
		}
}

/* Where what stands before `at` ends, over blanks and continuations; 0: behind a comment,
 * which would then continue something else. */
static uint32_t run_end_before(const struct own *o, const struct instruction *in, uint32_t at)
{
	struct str text = in->at.source->text;
	uint32_t end = at;
	while (end > in->at.at) {
		char c = text.p[end - 1];
		if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != o->recipe->escape)
			break;
		end--;
	}
	size_t line = str_find_last(str_slice(text, 0, end), '\n');
	struct str start = str_trim(str_slice(text, line == STR_NONE ? 0 : line + 1, end));
	return start.n && start.p[0] == '#' ? 0 : end;
}

/* What stands from || on may also be for a test in front of it. */
static bool run_tests_first(const struct own_run *run, const struct shell_command *c)
{
	static const char *const tests[] = { "[", "[[", "test", "grep", "command", "which", "type",
		"cmp", "diff", "ls", NULL };
	for (size_t i = 0; i < run->commands.n; i++) {
		const struct shell_command *other = &run->commands.list[i];
		if (other->lost_at == c->lost_at && own_is_one_of(other->program, tests))
			return true;
	}
	return false;
}

static void run_tell_or(struct own *o, const struct own_run *run, const struct shell_command *c,
                        const char *what)
{
	uint32_t from = run_end_before(o, run->in, c->lost_at);
	struct edit fix = own_edit(run->in, from, c->lost_end, STR(""));
	struct span at = own_span(run->in, c->lost_at, c->lost_end);
	lint_report_fix(o->rule, own_is_reached(o, run->in), o->problems, at, &fix,
	                from > 0 && !run_tests_first(run, c),
	                "when %s fails, the build goes on without what it should install: leave out "
	                "what stands from || on", what);
}

static void run_tell_next(struct own *o, const struct own_run *run, const struct shell_command *c,
                          const char *what)
{
	struct str text = run->in->at.source->text;
	bool plain = c->depth == 0 && c->next == SHELL_THEN && text.p[c->lost_at] == ';' &&
	             c->next_at == c->lost_at;
	bool blank = c->lost_end < text.n && strchr(" \t\n\r", text.p[c->lost_end]);
	uint32_t from = run_end_before(o, run->in, c->lost_at);
	struct edit fix = own_edit(run->in, from ? from : c->lost_at, c->lost_end,
	                           blank ? STR(" &&") : STR(" && "));
	lint_report_fix(o->rule, own_is_reached(o, run->in), o->problems,
	                own_word_span(run->in, c->name), &fix, plain,
	                "when %s fails, the step goes on and ends well with what follows: join them "
	                "with &&, or begin with set -e", what);
}

void own_swallowed(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	struct own_install install;
	for (struct own_run run = { 0 }; own_next_run(&o, &run, NULL);) {
		uint32_t told = 0;
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			/* Of several before one || the first will do. */
			if (c->lost_at == told ||
			    (c->lost != SHELL_LOST_OR && c->lost != SHELL_LOST_NEXT) ||
			    !own_is_install(c, &install))
				continue;
			told = c->lost_at;
			const char *what = own_command_text(&o, c, &install);
			if (c->lost == SHELL_LOST_OR)
				run_tell_or(&o, &run, c, what);
			else
				run_tell_next(&o, &run, c, what);
		}
	}
}
