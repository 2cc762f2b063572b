/* The build context: what it carries, and what is given to the build. */
#include "core/base/buf.h"
#include "core/base/similar.h"
#include "core/lint/own.h"
#include "core/lint/own_rules.h"
#include "core/recipe/values.h"

static const struct image_task *context_image(const struct subject *s)
{
	return s->plan ? plan_image(s->plan) : NULL;
}

/* The first COPY that takes all of the context, one that is built before others. */
static const struct instruction *context_copy(const struct own *o)
{
	const struct instruction *found = NULL;
	for (size_t i = 0; i < o->recipe->ninstructions; i++) {
		const struct instruction *in = &o->recipe->instructions[i];
		for (size_t k = 0; own_copies_context(in) && k < own_sources(in); k++)
			if (own_is_whole(own_source(o, in, k)) &&
			    (!found || (!own_is_reached(o, found) && own_is_reached(o, in))))
				found = in;
	}
	return found;
}

void own_ignore_missing(const struct rule *rule, const struct subject *s,
                        struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	const struct image_task *image = context_image(s);
	const struct instruction *copy = context_copy(&o);
	if (copy && image && !image->ignore)
		lint_report(rule, own_is_reached(&o, copy), problems, copy->parts->args_at[0],
		            "there is no .dockerignore, so this takes all of the folder, its history and "
		            "caches too: list there what no image needs, as .git");
}

/* ---- what it carries ---- */

/* Folders and files that are made again by whoever needs them. */
struct ballast {
	const char *name;               /* of a folder; "*.pyc" of files */
	const char *beside;             /* only where this file lies beside it; NULL: anywhere */
	const char *what;
};

static const struct ballast ballasts[] = {
	{ ".git", NULL, "the history" }, { ".hg", NULL, "the history" },
	{ ".svn", NULL, "the history" },
	{ "node_modules", NULL, "what npm installs" },
	{ "__pycache__", NULL, "what Python compiles" },
	{ "*.pyc", NULL, "what Python compiles" },
	{ ".pytest_cache", NULL, "a cache" }, { ".mypy_cache", NULL, "a cache" },
	{ ".ruff_cache", NULL, "a cache" }, { ".tox", NULL, "environments of tests" },
	{ ".nox", NULL, "environments of tests" }, { ".eggs", NULL, "a cache" },
	{ "htmlcov", NULL, "a report" }, { ".coverage", NULL, "a report" },
	{ ".idea", NULL, "settings of an editor" }, { ".vscode", NULL, "settings of an editor" },
	{ "dist", "pyproject.toml", "what a build makes" },
	{ "dist", "package.json", "what a build makes" },
	{ "dist", "setup.py", "what a build makes" }, { "build", "setup.py", "what a build makes" },
	{ "target", "Cargo.toml", "what a build makes" }, { "target", "pom.xml", "what a build makes" },
	{ ".terraform", NULL, "what terraform gets" }, { ".gradle", NULL, "a cache" },
};
enum { BALLASTS = sizeof ballasts / sizeof *ballasts, BALLAST_VENV = BALLASTS, BALLAST_ALL };

/* What was found of one. */
struct load {
	const char *path;               /* the first place */
	size_t places, files;
	uint64_t bytes;
};

struct context_view {
	const struct context *context;
	struct load loads[BALLAST_ALL];
	/* The folder that is looked into, and whose it is. */
	const char *inside;
	size_t inside_size;
	int kind;
};

static bool ballast_is_beside(const struct context_view *v, struct arena *arena,
                              const char *path, const char *file)
{
	struct str dir = str_of(path);
	size_t slash = str_find_last(dir, '/');
	dir = slash == STR_NONE ? STR("") : str_slice(dir, 0, slash + 1);
	return context_find(v->context, arena_printf(arena, "%.*s%s", STR_ARG(dir), file)) != NULL;
}

static int ballast_of(const struct context_view *v, struct arena *arena, const struct entry *e)
{
	struct str name = own_base_name(str_of(e->path));
	if (S_ISDIR(e->mode) &&
	    context_find(v->context, arena_printf(arena, "%s/pyvenv.cfg", e->path)))
		return BALLAST_VENV;
	for (int i = 0; i < BALLASTS; i++) {
		const struct ballast *b = &ballasts[i];
		bool files = b->name[0] == '*';
		if (files ? S_ISREG(e->mode) && str_has_suffix(name, str_of(b->name + 1))
		          : str_eq(name, str_of(b->name)) &&
		            (S_ISDIR(e->mode) || str_eq(name, STR(".coverage"))) &&
		            (!b->beside || ballast_is_beside(v, arena, e->path, b->beside)))
			return i;
	}
	return -1;
}

static void context_count_entry(struct context_view *v, const struct entry *e, int kind,
                                bool is_place)
{
	struct load *load = &v->loads[kind];
	load->path = load->path ? load->path : e->path;
	load->places += is_place;
	load->files += S_ISREG(e->mode);
	load->bytes += S_ISREG(e->mode) ? e->size : 0;
}

/* Entries come with a folder right before what it holds. */
static void context_look(struct context_view *v, struct arena *arena)
{
	for (size_t i = 0; i < context_count(v->context); i++) {
		const struct entry *e = context_entry(v->context, i);
		if (v->inside && strncmp(e->path, v->inside, v->inside_size) == 0 &&
		    e->path[v->inside_size] == '/') {
			context_count_entry(v, e, v->kind, false);
			continue;
		}
		v->inside = NULL;
		struct arena_mark mark = arena_mark(arena);
		int kind = ballast_of(v, arena, e);
		arena_rewind(arena, mark);
		if (kind < 0)
			continue;
		context_count_entry(v, e, kind, true);
		if (S_ISDIR(e->mode)) {
			v->inside = e->path;
			v->inside_size = strlen(e->path);
			v->kind = kind;
		}
	}
}

/* A COPY or a mount that names it wants it. */
static bool context_is_wanted(const struct own *o, const char *path)
{
	struct str name = own_base_name(str_of(path));
	for (size_t i = 0; i < o->recipe->ninstructions; i++) {
		const struct instruction *in = &o->recipe->instructions[i];
		for (size_t k = 0; own_copies_context(in) && k < own_sources(in); k++) {
			struct str rest = own_source(o, in, k), part;
			while (str_next(&rest, '/', &part))
				if (str_eq(part, name))
					return true;
		}
		for (size_t k = 0; k < in->parts->nflags; k++)
			if (str_eq(in->parts->flags[k].name, STR("mount")) &&
			    str_find_str(in->parts->flags[k].value, name) != STR_NONE &&
			    str_find_str(in->parts->flags[k].value, STR("type=bind")) != STR_NONE)
				return true;
	}
	return false;
}

static const char *context_bytes(struct arena *arena, uint64_t n)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	double v = (double)n;
	size_t u = 0;
	for (; v >= 1000 && u < 4; u++)
		v /= 1000;
	return arena_printf(arena, u ? "%.1f %s" : "%.0f %s", v, units[u]);
}

static void context_tell(struct own *o, const struct load *load, const char *what,
                         const struct instruction *copy)
{
	bool in_final = copy && own_is_final(o, copy);
	const char *places = load->places > 1
		? arena_printf(o->arena, " and %zu like it", load->places - 1) : "";
	const char *bytes = context_bytes(o->arena, load->bytes);
	struct span at = copy ? copy->parts->args_at[0] : (struct span){ 0 };
	const char *cost = copy
		? arena_printf(o->arena, "this COPY takes all of it, so every build hashes it, sends what "
		               "has changed of it, and %s", in_final ? "has it in the image"
		                                                      : "has it in a layer")
		: "no COPY takes it; builders other than BuildKit get it sent with every build all the "
		  "same";
	lint_report(o->rule, copy != NULL, o->problems, at,
	            "the build context carries %s%s: %s, %zu file%s, %s; %s; add %s to .dockerignore",
	            load->path, places, what, load->files, load->files == 1 ? "" : "s", bytes, cost,
	            load->places > 1
	            ? arena_printf(o->arena, "**/%.*s", STR_ARG(own_base_name(str_of(load->path))))
	            : load->path);
}

void own_context_carries(const struct rule *rule, const struct subject *s,
                         struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	struct context_view v = { .context = s->context };
	if (!s->context || !context_is_scanned(s->context))
		return;
	context_look(&v, o.arena);
	const struct instruction *copy = context_copy(&o);
	for (int i = 0; i < BALLAST_ALL; i++) {
		const char *what = i == BALLAST_VENV ? "a virtual environment" : ballasts[i].what;
		if (v.loads[i].path && !context_is_wanted(&o, v.loads[i].path))
			context_tell(&o, &v.loads[i], what, copy);
	}
}

/* ---- build arguments ---- */

/* What an ARG of the file is called like it, or NULL. */
static const char *build_arg_meant(const struct own *o, struct str name)
{
	struct similar similar = { .typed = name };
	size_t at = 0;
	for (const struct instruction *in; (in = own_next(o, INSTRUCTION_ARG, &at));)
		for (size_t i = 0; i < in->parts->nargs; i++) {
			struct str arg = in->parts->args[i];
			similar_try(&similar, arena_text(o->arena, str_slice(arg, 0, str_find(arg, '='))));
		}
	return similar.best;
}

void own_build_arg(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	const struct pair *const *unused;
	size_t n = s->values ? values_unused(s->values, &unused) : 0;
	struct span at = { 0 };
	if (o.recipe->target >= 0)
		at = o.recipe->instructions[o.recipe->stages[o.recipe->target].first].parts->keyword_at;
	for (size_t i = 0; i < n; i++) {
		struct str name = unused[i]->name;
		const char *meant = build_arg_meant(&o, name);
		lint_report(rule, true, problems, at,
		            "the build-arg %.*s is given and no ARG of what is built takes it%s%s: declare "
		            "it with ARG in the stage that uses it, or leave it out", STR_ARG(name),
		            meant ? "; is meant " : "", meant ? meant : "");
	}
}
