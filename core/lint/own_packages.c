/* What package managers leave behind, and what they bring along. */
#include "core/lint/own.h"
#include "core/lint/own_rules.h"

static bool packages_is(const struct shell_command *c, enum own_tool tool,
                        struct own_install *ret_install)
{
	return own_is_install(c, ret_install) && ret_install->tool == tool;
}

/* `program … verb`, as in "apt-get clean" or "npm cache clean". */
static bool packages_has(const struct shell_commands *commands, const char *program,
                         const char *verb)
{
	for (size_t i = 0; i < commands->n; i++)
		if (str_eq(commands->list[i].program, str_of(program)) &&
		    shell_argument(&commands->list[i], verb))
			return true;
	return false;
}

/* Something can be added behind this command with &&. */
static bool packages_can_follow(const struct shell_command *c)
{
	return c->depth == 0 && c->lost == SHELL_FAILS && !c->sudo && !c->from_xargs &&
	       (c->next == SHELL_END || c->next == SHELL_AND || c->next == SHELL_THEN);
}

/* It stays in the final image, and the stage is built: else it is a note. */
static bool packages_counts(const struct own *o, const struct instruction *in)
{
	return own_is_final(o, in);
}

/* ---- apt ---- */

static bool apt_is(const struct shell_command *c, const char *verb)
{
	static const char *const valued[] = { "-o", "-c", "-t", "--option", "--config-file", NULL };
	const struct script_word *w = shell_operand(c, valued, 0);
	return (str_eq(c->program, STR("apt-get")) || str_eq(c->program, STR("apt"))) && w &&
	       str_eq(w->text, str_of(verb));
}

static bool apt_cleans(const struct own *o, const struct own_run *run)
{
	return own_removes(&run->commands, "apt/lists") ||
	       own_removes(&run->commands, "/var/lib/apt") ||
	       own_removes(&run->commands, "/var/lib/{") || own_removes(&run->commands, "{apt") ||
	       packages_has(&run->commands, "apt-get", "dist-clean") ||
	       packages_has(&run->commands, "apt-get", "distclean") ||
	       packages_has(&run->commands, "apt", "distclean") ||
	       own_has_mount(o, run->in, "cache", "target", "/var/lib/apt") ||
	       own_has_mount(o, run->in, "tmpfs", "target", "/var/lib/apt");
}

void own_apt_lists(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "apt");) {
		const struct shell_command *update = NULL, *last = NULL;
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			update = !update && apt_is(c, "update") ? c : update;
			if (str_eq(c->program, STR("apt-get")) || str_eq(c->program, STR("apt")))
				last = c;
		}
		if (!update || apt_cleans(&o, &run))
			continue;
		struct edit fix = own_edit(run.in, last->end, last->end,
		                           STR(" && rm -rf /var/lib/apt/lists/*"));
		lint_report_fix(rule, packages_counts(&o, run.in), problems,
		                own_word_span(run.in, update->name), &fix, packages_can_follow(last),
		                "the package lists stay in this layer: end the RUN with rm -rf "
		                "/var/lib/apt/lists/*");
	}
}

/* apt was told so in general, by a file of its settings. */
static bool apt_is_told(const struct own *o, const struct instruction *in,
                        const struct instruction *const *told)
{
	for (int stage = in->stage; stage >= 0; stage = o->below[stage])
		if (told[stage] && told[stage] <= in)
			return true;
	return false;
}

/* The first instruction of each stage that writes of it. */
static const struct instruction **apt_find_told(const struct own *o)
{
	const struct instruction **told = arena_array(o->arena, o->recipe->nstages, sizeof *told);
	for (size_t i = o->recipe->ninstructions; i-- > 0;) {
		const struct instruction *in = &o->recipe->instructions[i];
		if (in->stage >= 0 &&
		    str_search(in->text, STR("apt::install-recommends"), 0) != STR_NONE)
			told[in->stage] = in;
	}
	return told;
}

static bool apt_says_recommends(const struct shell_command *c)
{
	for (size_t i = 0; i < c->nargs; i++)
		if (str_search(c->args[i].text, STR("install-recommends"), 0) != STR_NONE)
			return true;
	return false;
}

void own_apt_recommends(const struct rule *rule, const struct subject *s,
                        struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	const struct instruction **told = apt_find_told(&o);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "install");)
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			struct own_install install;
			if (!packages_is(c, OWN_APT, &install) || str_eq(c->program, STR("aptitude")) ||
			    apt_says_recommends(c) || apt_is_told(&o, run.in, told))
				continue;
			uint32_t end = install.verb->at + install.verb->size;
			struct edit fix = own_edit(run.in, end, end, STR(" --no-install-recommends"));
			lint_report_fix(rule, packages_counts(&o, run.in), problems,
			                own_word_span(run.in, install.verb), &fix, 1,
			                "it also installs what these packages only recommend: add "
			                "--no-install-recommends, and name what is needed");
		}
}

/* ---- caches left in a layer ---- */

/* PIP_NO_CACHE_DIR, by ENV, in front of the command or exported before it.  pip takes any
 * value for yes, "off" too (cli/cmdoptions.py, _handle_no_cache_dir). */
static bool cache_pip_is_told(const struct own *o, const struct own_run *run,
                              const struct shell_command *c)
{
	struct str name = STR("PIP_NO_CACHE_DIR");
	if (own_variable(o, run->in, name).n)
		return true;
	for (size_t i = 0; i < c->nassigned; i++)
		if (str_has_prefix(c->assigned[i].text, name))
			return true;
	for (size_t i = 0; i < run->commands.n && &run->commands.list[i] < c; i++)
		for (size_t k = 0; k < run->commands.list[i].nargs; k++)
			if (str_eq(run->commands.list[i].program, STR("export")) &&
			    str_has_prefix(run->commands.list[i].args[k].text, name))
				return true;
	return false;
}

/* How each leaves no cache: an option, a command that cleans, a folder that is removed. */
struct cache_way {
	enum own_tool tool;
	const char *option;             /* of the install itself, or NULL */
	const char *program, *verb;     /* that clean, or NULL */
	const char *folder, *mount;     /* parts of paths that say it is the cache */
	const char *behind;             /* what a fix puts behind the command, or NULL */
	const char *remedy;
};

static const struct cache_way cache_ways[] = {
	{ OWN_PIP, "--no-cache-dir", "pip", "purge", "cache", "cache", NULL, "add --no-cache-dir" },
	{ OWN_POETRY, "--no-cache", "poetry", "clear", "cache", "cache", NULL, "add --no-cache" },
	{ OWN_NPM, NULL, "npm", "clean", ".npm", "npm", " && npm cache clean --force",
	  "end with npm cache clean --force" },
	{ OWN_YARN, NULL, "yarn", "clean", "cache", "", " && yarn cache clean",
	  "end with yarn cache clean" },
	{ OWN_APK, "--no-cache", NULL, NULL, "/var/cache/apk", "apk", NULL, "add --no-cache" },
	{ OWN_DNF, NULL, NULL, "clean", "/var/cache", "/var/cache", " && dnf clean all",
	  "end with clean all" },
	{ OWN_ZYPPER, NULL, "zypper", "clean", "/var/cache", "/var/cache", NULL,
	  "end with zypper clean --all" },
	{ OWN_CONDA, NULL, NULL, "clean", "/pkgs", "pkgs", NULL, "end with conda clean --all" },
};

static const struct cache_way *cache_way(enum own_tool tool)
{
	for (size_t i = 0; i < sizeof cache_ways / sizeof *cache_ways; i++)
		if (cache_ways[i].tool == tool)
			return &cache_ways[i];
	return NULL;
}

static bool cache_is_clean(const struct own *o, const struct own_run *run,
                           const struct shell_command *c, const struct cache_way *way)
{
	const struct shell_commands *all = &run->commands;
	if (way->option && shell_argument(c, way->option))
		return true;
	if (way->tool == OWN_PIP && cache_pip_is_told(o, run, c))
		return true;
	if (way->verb)
		for (size_t i = 0; i < all->n; i++)
			if ((!way->program || str_eq(all->list[i].program, str_of(way->program))) &&
			    shell_argument(&all->list[i], way->verb))
				return true;
	if (own_removes(all, way->folder) || own_removes(all, ".cache") || own_removes(all, "CACHE"))
		return true;
	return own_has_mount(o, run->in, "cache", "target", way->mount) ||
	       own_has_mount(o, run->in, "cache", "target", "cache") ||
	       own_has_mount(o, run->in, "tmpfs", "target", way->mount);
}

static void cache_tell(struct own *o, const struct own_run *run, const struct shell_command *c,
                       const struct own_install *install, const struct cache_way *way)
{
	uint32_t end = install->verb ? install->verb->at + install->verb->size : c->end;
	struct edit fix = { { 0 }, STR("") };
	bool fixes = false;
	/* Old Poetry has no such option. */
	if (way->option && way->tool != OWN_POETRY) {
		fix = own_edit(run->in, end, end,
		               str_of(arena_printf(o->arena, " %s", way->option)));
		fixes = true;
	} else if (way->behind && packages_can_follow(c)) {
		const char *behind = way->tool == OWN_DNF
			? arena_printf(o->arena, " && %.*s clean all", STR_ARG(c->program)) : way->behind;
		fix = own_edit(run->in, c->end, c->end, str_of(behind));
		fixes = true;
	}
	lint_report_fix(o->rule, packages_counts(o, run->in), o->problems,
	                own_word_span(run->in, c->name), &fix, fixes,
	                "what %s downloads stays in this layer beside what it installs: %s, or mount a "
	                "cache", own_command_text(o, c, install), way->remedy);
}

void own_cache_left(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	struct own_install install;
	for (struct own_run run = { 0 }; own_next_run(&o, &run, NULL);)
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			const struct cache_way *way = own_is_install(c, &install) ? cache_way(install.tool)
			                                                          : NULL;
			if (way && !cache_is_clean(&o, &run, c, way))
				cache_tell(&o, &run, c, &install, way);
		}
}

/* ---- cache mounts ---- */

/* Where each keeps what it has downloaded. */
static const char *mount_target(const struct shell_command *c)
{
	static const struct {
		enum own_tool tool;
		const char *target;
	} targets[] = {
		{ OWN_APT, "/var/cache/apt" }, { OWN_PIP, "/root/.cache/pip" },
		{ OWN_POETRY, "/root/.cache/pypoetry" }, { OWN_UV, "/root/.cache/uv" },
		{ OWN_NPM, "/root/.npm" }, { OWN_YARN, "/usr/local/share/.cache/yarn" },
		{ OWN_PNPM, "/root/.local/share/pnpm/store" }, { OWN_GO, "/go/pkg/mod" },
		{ OWN_CARGO, "/usr/local/cargo/registry" },
	};
	struct own_install install = { .tool = OWN_NONE };
	bool builds = c->nargs && str_eq(c->args[0].text, STR("build"));
	if (!own_is_install(c, &install) || own_is_local_install(c, &install))
		install.tool = OWN_NONE;
	if (builds && str_eq(c->program, STR("go")))
		install.tool = OWN_GO;
	if (builds && str_eq(c->program, STR("cargo")))
		install.tool = OWN_CARGO;
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
		if (targets[i].tool == install.tool)
			return targets[i].target;
	return NULL;
}

/* Only the classic builder has none. */
static bool mount_is_there(const struct subject *s)
{
	return !s->selection || !str_eq(selection_option(s->selection, "builder"), STR("classic"));
}

void own_cache_mount(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (struct own_run run = { 0 }; mount_is_there(s) && own_next_run(&o, &run, NULL);)
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			const char *target = mount_target(c);
			if (!target || own_has_mount(&o, run.in, "cache", NULL, NULL))
				continue;
			lint_report(rule, own_is_reached(&o, run.in), problems,
			            own_word_span(run.in, c->name),
			            "whenever this step runs, %.*s downloads all of it again: "
			            "--mount=type=cache,target=%s keeps it between builds and out of the image",
			            STR_ARG(c->program), target);
			break;
		}
}

static struct edit no_cache_fix(const struct own_run *run, const struct shell_command *c,
                                const struct script_word *w)
{
	const struct script_word *before = w == c->args ? c->name : w - 1;
	uint32_t from = before->at + before->size;
	struct str between = str_slice(run->in->at.source->text, from, w->at - from);
	bool blank = str_find(between, '\n') == STR_NONE;
	return own_edit(run->in, blank ? from : w->at, w->at + w->size, STR(""));
}

void own_pip_no_cache(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	struct own_install install;
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "type=cache");)
		for (size_t i = 0; i < run.commands.n; i++) {
			const struct shell_command *c = &run.commands.list[i];
			bool is_pip = own_is_install(c, &install) && install.tool == OWN_PIP;
			bool is_poetry = !is_pip && str_eq(c->program, STR("poetry"));
			const char *folder = is_pip ? "pip" : "poetry";
			const struct script_word *w = is_pip ? shell_argument(c, "--no-cache-dir")
			                                    : shell_argument(c, "--no-cache");
			bool told = is_pip && cache_pip_is_told(&o, &run, c);
			if ((!is_pip && !is_poetry) || (!w && !told) ||
			    (!own_has_mount(&o, run.in, "cache", "target", folder) &&
			     !own_has_mount(&o, run.in, "cache", "target", ".cache")))
				continue;
			struct edit fix = { { 0 }, STR("") };
			if (w)
				fix = no_cache_fix(&run, c, w);
			lint_report_fix(rule, own_is_reached(&o, run.in), problems,
			                own_word_span(run.in, w ? w : c->name), &fix, w != NULL,
			                "the cache that is mounted here is not used: leave out %s",
			                w ? "--no-cache-dir and --no-cache" : "PIP_NO_CACHE_DIR");
		}
}

/* ---- pins ---- */

/* Tools whose version is better said here than nowhere. */
static bool pin_is_tool(struct str name)
{
	static const char *const tools[] = { "poetry", "pip", "setuptools", "wheel", "pipenv", "uv",
		"pdm", "hatch", "hatchling", "virtualenv", "build", "tox", "nox", "pre-commit",
		"poetry-core", "poetry-plugin-export", "poetry-dynamic-versioning", "pip-tools",
		"pipx", "flit", "twine", "conan", NULL };
	return own_is_one_of(name, tools);
}

void own_pin_exact(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, "==");) {
		const struct script_word *first = NULL, *w;
		size_t n = 0;
		for (size_t i = 0; i < run.commands.n; i++) {
			struct own_install install;
			size_t at = 0;
			const struct shell_command *c = &run.commands.list[i];
			if (!packages_is(c, OWN_PIP, &install))
				continue;
			while ((w = own_next_package(c, &install, &at)))
				if (str_find_str(w->text, STR("==")) != STR_NONE &&
				    !pin_is_tool(own_package_name(w->text))) {
					first = first ? first : w;
					n++;
				}
		}
		if (first)
			lint_report(rule, own_is_reached(&o, run.in), problems, own_word_span(run.in, first),
			            "%zu package%s pinned here with ==, and what %s not: a file with hashes "
			            "or a lock pins all of it", n, n == 1 ? " is" : "s are",
			            n == 1 ? "it needs is" : "they need are");
	}
}

/* ---- compilers in the final image ---- */

static bool compiler_is(struct str name)
{
	static const char *const names[] = { "build-essential", "build-base", "gcc", "g++", "clang",
		"make", "cmake", "autoconf", "automake", "libtool", "ninja-build", "gfortran", "rustc",
		"cargo", "golang", "golang-go", "go", "rust", "maven", "gradle", "gcc-c++", "base-devel",
		"default-jdk", "llvm", "bison", "flex", NULL };
	return own_is_one_of(name, names) || str_has_suffix(name, STR("-dev")) ||
	       str_has_suffix(name, STR("-devel")) || str_has_suffix(name, STR("-jdk"));
}

static bool compiler_is_system(enum own_tool tool)
{
	return tool == OWN_APT || tool == OWN_APK || tool == OWN_DNF || tool == OWN_ZYPPER ||
	       tool == OWN_PACMAN;
}

/* Packages that the same RUN takes away again leave nothing. */
static bool compiler_goes(const struct shell_commands *commands)
{
	static const char *const verbs[] = { "purge", "remove", "autoremove", "del", "erase", "-Rs",
		"-Rns", NULL };
	for (const char *const *v = verbs; *v; v++)
		for (size_t i = 0; i < commands->n; i++)
			if (shell_argument(&commands->list[i], *v))
				return true;
	return false;
}

static const struct script_word *compiler_find(const struct own_run *run)
{
	struct own_install install;
	for (size_t i = 0; i < run->commands.n; i++) {
		const struct shell_command *c = &run->commands.list[i];
		size_t at = 0;
		if (!own_is_install(c, &install) || !compiler_is_system(install.tool))
			continue;
		for (const struct script_word *w; (w = own_next_package(c, &install, &at));)
			if (compiler_is(own_package_name(w->text)))
				return w;
	}
	return NULL;
}

void own_single_stage(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (struct own_run run = { 0 }; own_next_run(&o, &run, NULL);) {
		const struct script_word *w = own_is_final(&o, run.in) ? compiler_find(&run) : NULL;
		if (!w || compiler_goes(&run.commands))
			continue;
		lint_report(rule, true, problems, own_word_span(run.in, w),
		            "%.*s stays in the final image: %s and COPY --from what came of it",
		            STR_ARG(w->text), o.recipe->nstages > 1 ? "install it in the building stage"
		                                                    : "build in a stage of its own");
	}
}
