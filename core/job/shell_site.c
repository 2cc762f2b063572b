#include "core/job/shell_site.h"

#include "core/base/map.h"
#include "core/journal/find_step.h"
#include "core/recipe/insert.h"
#include "core/recipe/quote.h"
#include "core/recipe/shell.h"

/* ---- which step ---- */

static bool site_is_instruction(const struct step *s)
{
	return !s->task.n && !s->internal && s->line;
}

static bool site_take(const struct build *b, size_t step, int *ret_step, struct error *err)
{
	if (!site_is_instruction(&b->steps[step]))
		return error_set(err, ERROR_USAGE, "step %zu (%.*s) is no instruction of the Dockerfile: "
		                 "there is no state before it", step,
		                 STR_ARG(str_slice(b->steps[step].name, 0, 100)));
	*ret_step = (int)step;
	return true;
}

static bool site_find_failed(const struct build *b, int *ret_step, struct error *err)
{
	int failed = build_failed_step(b);
	for (size_t i = 0; failed < 0 && i < b->nsteps; i++)
		if (b->steps[i].state == STEP_CANCELLED && site_is_instruction(&b->steps[i]))
			failed = (int)i;
	if (failed < 0)
		return error_set(err, ERROR_USAGE, "no step of the build %.*s failed: say before which "
		                 "one the shell is to be (mortar shell BUILD STEP)%s", STR_ARG(b->id),
		                 b->ok ? ", or start its image (mortar run)" : "");
	return site_take(b, (size_t)failed, ret_step, err);
}

/* "12" of ":12" and "stage:12". */
static bool site_find_line(const struct build *b, const struct recipe *r, struct str stage,
                           unsigned line, int *ret_step, struct error *err)
{
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		if (line < in->first_line || line > in->last_line)
			continue;
		for (size_t k = 0; k < b->nsteps; k++)
			if (site_is_instruction(&b->steps[k]) && b->steps[k].line == in->first_line &&
			    (!stage.n || str_eq(stage, b->steps[k].stage)))
				return site_take(b, k, ret_step, err);
		return error_set(err, ERROR_USAGE, "line %u of the Dockerfile is no step%s%.*s of this "
		                 "build", line, stage.n ? " of the stage " : "", STR_ARG(stage));
	}
	return error_set(err, ERROR_USAGE, "line %u of the Dockerfile holds no instruction (mortar "
	                 "shell takes a step's number, STAGE:LINE, :LINE or a part of its text)", line);
}

bool shell_site_find(const struct build *b, const struct recipe *r, const char *step,
                     int *ret_step, struct error *err)
{
	unsigned long long number;
	struct str text = str_of(step);
	size_t colon = str_find_last(text, ':');
	if (!step)
		return site_find_failed(b, ret_step, err);
	if (colon != STR_NONE && str_number(str_slice(text, colon + 1, text.n), 1 << 30, &number))
		return site_find_line(b, r, str_slice(text, 0, colon), (unsigned)number, ret_step, err);
	int found;
	return build_find_step(b, step, &found, err) && site_take(b, (size_t)found, ret_step, err);
}

/* ---- variables ---- */

struct site_scope {
	struct arena *arena;
	const struct pair *args;
	size_t nargs;
	char escape;
	struct pair *all;               /* ARGs and ENVs, the newest of a name last */
	size_t n, cap;
	bool *is_env;
};

static struct str site_arg(const struct site_scope *s, struct str name)
{
	struct str value = { 0 };
	for (size_t i = 0; i < s->nargs; i++)
		if (str_eq(s->args[i].name, name))
			value = s->args[i].value;
	return value;
}

static enum shell_variable site_lookup(void *data, struct str name, struct str *ret_value)
{
	struct site_scope *s = data;
	for (size_t i = s->n; i--;) {
		if (!str_eq(s->all[i].name, name))
			continue;
		*ret_value = s->all[i].value;
		return SHELL_SET;
	}
	/* The base image may have it. */
	return SHELL_UNKNOWN;
}

/* An ENV stands over every ARG of its name. */
static void site_set(struct site_scope *s, struct str name, struct str value, bool is_env)
{
	for (size_t i = 0; i < s->n; i++) {
		if (!str_eq(s->all[i].name, name))
			continue;
		if (is_env || !s->is_env[i]) {
			s->all[i].value = value;
			s->is_env[i] = is_env;
		}
		return;
	}
	if (s->n == s->cap)
		return;
	s->all[s->n] = (struct pair){ name, value };
	s->is_env[s->n++] = is_env;
}

static bool site_expand(struct site_scope *s, struct str word, struct str *ret_text)
{
	struct error ignored;
	return shell_expand(s->arena, word, s->escape, site_lookup, s, ret_text, &ignored) ==
	       SHELL_DONE;
}

static void site_declare(struct site_scope *s, struct str word, const struct site_scope *outer)
{
	size_t equals = str_find(word, '=');
	struct str name = str_slice(word, 0, equals), value = site_arg(s, name);
	if (!value.p && equals != STR_NONE &&
	    !site_expand(s, str_slice(word, equals + 1, word.n), &value))
		return;
	for (size_t i = 0; !value.p && outer && i < outer->n; i++)
		if (str_eq(outer->all[i].name, name))
			value = outer->all[i].value;
	if (value.p)
		site_set(s, name, value, false);
}

static void site_apply(struct site_scope *s, const struct instruction *in,
                       const struct site_scope *outer)
{
	for (size_t i = 0; i < in->parts->nargs; i++) {
		struct str word = in->parts->args[i], value;
		size_t equals = str_find(word, '=');
		if (in->kind == INSTRUCTION_ARG)
			site_declare(s, word, outer);
		else if (in->kind == INSTRUCTION_ENV && equals != STR_NONE)
			/* What cannot be told here is the image's own all the same. */
			site_set(s, str_slice(word, 0, equals),
			         site_expand(s, str_slice(word, equals + 1, word.n), &value) ? value
			                                                                    : STR(""), true);
	}
}

static void site_open(struct site_scope *s, struct arena *a, const struct recipe *r,
                      const struct pair *args, size_t nargs)
{
	*s = (struct site_scope){ .arena = a, .args = args, .nargs = nargs, .escape = r->escape };
	for (size_t i = 0; i < r->ninstructions; i++)
		s->cap += r->instructions[i].parts ? r->instructions[i].parts->nargs : 0;
	s->all = arena_array(a, s->cap + 1, sizeof *s->all);
	s->is_env = arena_array(a, s->cap + 1, sizeof *s->is_env);
}

/* What a stage has inherited from the stages it is made from comes first. */
static void site_apply_stage(struct site_scope *s, const struct recipe *r, int stage,
                             const struct site_scope *outer, int until)
{
	const struct stage *t = &r->stages[stage];
	if (t->from >= 0 && t->from < stage)
		site_apply_stage(s, r, t->from, outer, until);
	for (unsigned i = t->first; i < t->first + t->count && (int)i < until; i++)
		if (r->instructions[i].parts)
			site_apply(s, &r->instructions[i], outer);
}

static const char *const *site_env(struct arena *a, const struct recipe *r, int instruction,
                                   const struct pair *args, size_t nargs)
{
	struct site_scope outer, own;
	size_t n = 0;
	site_open(&outer, a, r, args, nargs);
	site_open(&own, a, r, args, nargs);
	for (size_t i = 0; i < r->ninstructions && r->instructions[i].stage < 0; i++)
		if (r->instructions[i].parts)
			site_apply(&outer, &r->instructions[i], NULL);
	site_apply_stage(&own, r, r->instructions[instruction].stage, &outer, instruction);
	const char **env = arena_array(a, own.n + 1, sizeof *env);
	for (size_t i = 0; i < own.n; i++)
		if (!own.is_env[i] && quote_is_env_name(own.all[i].name))
			env[n++] = arena_printf(a, "%.*s=%.*s", STR_ARG(own.all[i].name),
			                        STR_ARG(own.all[i].value));
	return env;
}

/* ---- the command ---- */

/* Continuations become one line, comments between them go. */
static struct str site_one_line(struct arena *a, struct str text, char escape)
{
	owned_buf struct buf out = { 0 };
	struct str line;
	while (str_next(&text, '\n', &line)) {
		struct str end = str_trim(line);
		if (out.n && (!end.n || end.p[0] == '#'))
			continue;
		bool goes_on = end.n && end.p[end.n - 1] == escape;
		if (goes_on)
			end = str_trim(str_slice(end, 0, end.n - 1));
		if (out.n && end.n)
			buf_append_char(&out, ' ');
		buf_append(&out, end);
	}
	return arena_str(a, buf_str(&out));
}

static struct str site_exec_form(struct arena *a, const struct instruction_parts *p)
{
	owned_buf struct buf out = { 0 };
	struct error ignored;
	for (size_t i = 0; i < p->nargs; i++) {
		if (i)
			buf_append_char(&out, ' ');
		if (!quote_shell(&out, p->args[i], &ignored))
			return (struct str){ 0 };
	}
	return arena_str(a, buf_str(&out));
}

static struct str site_command(struct arena *a, const struct recipe *r,
                               const struct instruction *in)
{
	const struct instruction_parts *p = in->parts;
	if (in->kind != INSTRUCTION_RUN || !p || !p->nargs)
		return (struct str){ 0 };
	if (p->form == FORM_EXEC)
		return site_exec_form(a, p);
	if (!p->nheredocs)
		return site_one_line(a, p->args[0], r->escape);
	/* A script by itself is its lines; behind a command it needs its mark. */
	owned_buf struct buf out = { 0 };
	bool alone = str_has_prefix(p->args[0], STR("<<"));
	buf_append(&out, alone ? (struct str){ 0 } : p->args[0]);
	for (size_t i = 0; i < p->nheredocs; i++) {
		if (out.n && out.p[out.n - 1] != '\n')
			buf_append_char(&out, '\n');
		buf_append(&out, p->heredocs[i].text);
		if (!alone)
			buf_append(&out, p->heredocs[i].name);
	}
	return arena_str(a, str_trim(buf_str(&out)));
}

static struct str site_mounts(struct arena *a, const struct instruction *in)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; in->parts && i < in->parts->nflags; i++)
		if (in->kind == INSTRUCTION_RUN && str_eq(in->parts->flags[i].name, STR("mount")))
			buf_printf(&out, "%s--mount=%.*s", out.n ? " " : "",
			           STR_ARG(in->parts->flags[i].value));
	return arena_str(a, buf_str(&out));
}

static const char *site_shell(struct arena *a, const struct recipe *r, int stage, int until)
{
	const struct stage *t = &r->stages[stage];
	const char *shell = t->from >= 0 && t->from < stage ? site_shell(a, r, t->from, until) : NULL;
	for (unsigned i = t->first; i < t->first + t->count && (int)i < until; i++) {
		const struct instruction_parts *p = r->instructions[i].parts;
		if (r->instructions[i].kind == INSTRUCTION_SHELL && p && p->nargs)
			shell = arena_text(a, p->args[0]);
	}
	return shell && shell[0] == '/' && str_has_suffix(str_of(shell), STR("sh")) ? shell : NULL;
}

/* ---- the Dockerfile before it ---- */

static struct str site_cut(struct str text, unsigned line)
{
	struct str rest = text, one;
	for (unsigned i = 1; i < line && str_next(&rest, '\n', &one); i++)
		continue;
	return str_slice(text, 0, rest.p ? (size_t)(rest.p - text.p) : text.n);
}

static bool site_copies(const struct recipe *r, int instruction)
{
	for (int i = 0; i < instruction; i++) {
		const struct instruction *in = &r->instructions[i];
		if ((in->kind == INSTRUCTION_COPY || in->kind == INSTRUCTION_ADD) && in->stage >= 0 &&
		    r->stages[in->stage].reachable)
			return true;
	}
	return false;
}

bool shell_site_make(struct arena *a, const struct recipe *r, int instruction,
                     const struct pair *args, size_t nargs, struct shell_site *ret_site,
                     struct error *err)
{
	const struct instruction *in = &r->instructions[instruction];
	if (in->stage < 0 || in->kind == INSTRUCTION_FROM)
		return error_set(err, ERROR_USAGE, "line %u of the Dockerfile begins with nothing: a shell "
		                 "needs an instruction behind a FROM", in->first_line);
	*ret_site = (struct shell_site){
		.instruction = instruction,
		.text = site_cut(r->text, recipe_sent_line(r, (size_t)instruction)),
		.copies = site_copies(r, instruction),
		.command = site_command(a, r, in), .mounts = site_mounts(a, in),
		.shell = site_shell(a, r, in->stage, instruction),
		.env = site_env(a, r, instruction, args, nargs),
	};
	return true;
}
