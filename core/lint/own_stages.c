/* What goes from stage to stage and does not fit there. */
#include "core/base/buf.h"
#include "core/lint/own.h"
#include "core/lint/own_rules.h"

/* ---- virtual environments ---- */

enum { VENVS_MAX = 8 };

struct venvs {
	struct str paths[VENVS_MAX];
	size_t n;
};

static void venv_add(struct venvs *v, struct str path)
{
	for (size_t i = 0; i < v->n; i++)
		if (str_eq(v->paths[i], path))
			return;
	if (path.n > 1 && v->n < VENVS_MAX)
		v->paths[v->n++] = path;
}

static bool venv_is_true(struct str value)
{
	return str_eq(value, STR("1")) || str_eq(value, STR("true")) || str_eq(value, STR("True"));
}

/* python -m venv, virtualenv, uv venv; Poetry's own where it is said to lie in the project. */
static void venv_of_command(const struct own *o, const struct instruction *in,
                            const struct shell_command *c, struct venvs *v, bool *in_project)
{
	static const char *const valued[] = { "-p", "--python", "--prompt", "--app-data", NULL };
	struct own_install install;
	const struct script_word *w = NULL;
	if (str_eq(c->program, STR("venv")) || str_eq(c->program, STR("virtualenv"))) {
		w = shell_operand(c, valued, 0);
	} else if (str_eq(c->program, STR("uv")) && c->nargs && str_eq(c->args[0].text, STR("venv")) &&
	           !shell_argument(c, "--relocatable")) {
		w = shell_operand(c, valued, 1);
		if (!w)
			venv_add(v, own_path(o, in, STR(".venv")));
	} else if (str_eq(c->program, STR("poetry")) && shell_argument(c, "config")) {
		*in_project |= shell_argument(c, "virtualenvs.in-project") && shell_argument(c, "true");
	} else if (*in_project && own_is_install(c, &install) && install.tool == OWN_POETRY) {
		venv_add(v, own_path(o, in, STR(".venv")));
	}
	if (w)
		venv_add(v, own_path(o, in, w->text));
}

/* Those that a stage and what it stands on make, as far as their paths are known. */
static struct venvs venv_find(const struct own *o, int stage)
{
	struct venvs v = { 0 };
	struct str ignored;
	for (int s = stage; s >= 0; s = own_base(o, s, &ignored)) {
		const struct stage *one = &o->recipe->stages[s];
		bool in_project = false;
		for (unsigned i = one->first; i < one->first + one->count; i++) {
			const struct instruction *in = &o->recipe->instructions[i];
			if (in->kind != INSTRUCTION_RUN)
				continue;
			in_project |= venv_is_true(own_variable(o, in, STR("POETRY_VIRTUALENVS_IN_PROJECT")));
			struct shell_commands all = own_commands(o, in);
			for (size_t k = 0; k < all.n; k++)
				venv_of_command(o, in, &all.list[k], &v, &in_project);
		}
	}
	return v;
}

/* A source of COPY --from, which counts from / there. */
static struct str copy_source(const struct own *o, const struct instruction *in, size_t i)
{
	struct str text = own_source(o, in, i);
	if (str_find(text, '$') != STR_NONE || str_find(text, '*') != STR_NONE)
		return (struct str){ 0 };
	return own_path(o, in, str_of(arena_printf(o->arena, "/%.*s", STR_ARG(text))));
}

/* Where the copy puts a path that lies in what it takes; {NULL, 0}: it does not take it. */
static struct str copy_moves(const struct own *o, struct str path, struct str source,
                             struct str target)
{
	struct str rest = str_slice(path, source.n, STR_NONE);
	if (str_eq(source, STR("/")))
		rest = path;
	if (!str_has_prefix(path, source) || (rest.n && rest.p[0] != '/'))
		return (struct str){ 0 };
	if (str_eq(target, STR("/")))
		target.n = 0;
	return str_of(arena_printf(o->arena, "%.*s%.*s", STR_ARG(target), STR_ARG(rest)));
}

static bool copy_looks_like_venv(struct str source)
{
	static const char *const names[] = { ".venv", "venv", "virtualenv", NULL };
	return own_is_one_of(own_base_name(source), names);
}

/* Those of the stage that was asked for last. */
struct venvs_kept {
	int stage;
	struct venvs venvs;
};

static const struct venvs *venv_keep(const struct own *o, struct venvs_kept *kept, int stage)
{
	if (kept->stage != stage)
		*kept = (struct venvs_kept){ stage, venv_find(o, stage) };
	return &kept->venvs;
}

static void venv_check_copy(struct own *o, struct venvs_kept *kept, const struct instruction *in,
                            int from)
{
	struct str target = own_path(o, in, in->parts->args[in->parts->nargs - 1]);
	struct venvs v = { 0 };
	for (size_t i = 0; target.p && i < own_sources(in); i++) {
		struct str source = copy_source(o, in, i);
		if (!source.p || str_eq(source, target))
			continue;
		if (v.n == 0)
			v = *venv_keep(o, kept, from);
		if (v.n == 0 && copy_looks_like_venv(source))
			venv_add(&v, source);
		for (size_t k = 0; k < v.n; k++) {
			struct str there = copy_moves(o, v.paths[k], source, target);
			if (!there.p || str_eq(there, v.paths[k]))
				continue;
			lint_report(o->rule, own_is_reached(o, in), o->problems, in->parts->args_at[i],
			            "the virtual environment %.*s comes to lie at %.*s here, and its scripts "
			            "still name the old path: make it where it will be, or copy it to the same "
			            "path", STR_ARG(v.paths[k]), STR_ARG(there));
			return;
		}
	}
}

void own_venv_moved(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	struct venvs_kept kept = { .stage = -1 };
	size_t at = 0;
	for (const struct instruction *in; (in = own_next(&o, INSTRUCTION_COPY, &at));)
		if (own_copies_from(&o, in) >= 0 && in->parts->nargs > 1)
			venv_check_copy(&o, &kept, in, own_copies_from(&o, in));
}

/* ---- Python's minor version ---- */

static bool minor_number(struct str text, unsigned long long *ret_minor)
{
	size_t n = 0;
	while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
		n++;
	return n && str_number(str_slice(text, 0, n), 99, ret_minor);
}

/* By the image's name: python:3.11-slim, distroless/python3-debian12. */
static bool minor_of_image(struct str image, unsigned long long *ret_minor)
{
	static const struct {
		const char *name;
		unsigned minor;
	} distroless[] = { { "python3-debian11", 9 }, { "python3-debian12", 11 },
		               { "python3-debian13", 13 } };
	struct str name = own_base_name(image);
	for (size_t i = 0; i < sizeof distroless / sizeof *distroless; i++)
		if (str_has_prefix(name, str_of(distroless[i].name))) {
			*ret_minor = distroless[i].minor;
			return true;
		}
	size_t at = str_find_str(name, STR("python:3."));
	return at != STR_NONE && minor_number(str_slice(name, at + 9, STR_NONE), ret_minor);
}

static bool minor_of_stage(const struct own *o, int stage, unsigned long long *ret_minor)
{
	struct str image = { 0 };
	while (stage >= 0)
		stage = own_base(o, stage, &image);
	return str_find(image, '$') == STR_NONE && minor_of_image(image, ret_minor);
}

/* The minor version that the path itself has, as in /usr/local/lib/python3.11. */
static bool minor_of_path(struct str path, unsigned long long *ret_minor)
{
	size_t at = str_find_str(path, STR("python3."));
	return at != STR_NONE && minor_number(str_slice(path, at + 8, STR_NONE), ret_minor);
}

/* What is copied are packages for one Python. */
static bool minor_matters(const struct venvs *v, struct str source)
{
	static const char *const parts[] = { "site-packages", "dist-packages", "/python3", ".local",
		"venv" };
	static const char *const whole[] = { "/usr/local", "/usr/local/lib", "/usr", "/install", NULL };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_find_str(source, str_of(parts[i])) != STR_NONE)
			return true;
	for (size_t i = 0; i < v->n; i++)
		if (str_has_prefix(v->paths[i], source))
			return true;
	return own_is_one_of(source, whole);
}

void own_python_minor(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	struct venvs_kept kept = { .stage = -1 };
	size_t at = 0;
	for (const struct instruction *in; (in = own_next(&o, INSTRUCTION_COPY, &at));) {
		int from = own_copies_from(&o, in);
		unsigned long long there, here;
		bool known = from >= 0 && minor_of_stage(&o, from, &there);
		if (from < 0 || !minor_of_stage(&o, in->stage, &here) || (known && there == here))
			continue;
		const struct venvs *v = venv_keep(&o, &kept, from);
		for (size_t i = 0; i < own_sources(in); i++) {
			struct str source = copy_source(&o, in, i);
			unsigned long long by_path;
			bool says = minor_of_path(source, &by_path);
			unsigned long long was = says ? by_path : there;
			if (!source.p || (!known && !says) || was == here || !minor_matters(v, source))
				continue;
			lint_report(rule, own_is_reached(&o, in), problems, in->parts->args_at[i],
			            "these packages are for Python 3.%llu, and this stage has Python 3.%llu: "
			            "give both stages the same", was, here);
			break;
		}
	}
}
