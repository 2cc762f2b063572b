/* Instructions, stages and paths as our rules look at them. */
#include <strings.h>

#include "core/base/buf.h"
#include "core/lint/own.h"
#include "core/recipe/mount.h"
#include "core/recipe/values.h"

static void own_find_bases(struct own *o)
{
	size_t n = o->recipe->nstages;
	o->below = arena_array(o->arena, n, sizeof *o->below);
	o->images = arena_array(o->arena, n, sizeof *o->images);
	o->final = arena_array(o->arena, n, sizeof *o->final);
	for (size_t i = 0; i < n; i++) {
		o->images[i] = o->recipe->stages[i].base;
		o->below[i] = o->subject->values
			? values_base(o->subject->values, (int)i, &o->images[i]) : o->recipe->stages[i].from;
	}
	for (int s = o->recipe->target; s >= 0; s = o->below[s])
		o->final[s] = true;
}

struct own own_open(const struct rule *rule, const struct subject *subject,
                    struct problems *problems)
{
	static const struct recipe nothing = { .target = -1 };
	bool reads = subject->recipe && !subject->for_derived;
	struct own o = { .rule = rule, .subject = subject, .problems = problems,
	                 .recipe = reads ? subject->recipe : &nothing, .arena = arena_new() };
	own_find_bases(&o);
	return o;
}

void own_close(struct own *o)
{
	arena_free(o->arena);
}

bool own_is_one_of(struct str word, const char *const *list)
{
	for (; *list; list++)
		if (str_eq(word, str_of(*list)))
			return true;
	return false;
}

/* ---- instructions ---- */

const struct instruction *own_next(const struct own *o, enum instruction_kind kind, size_t *at)
{
	while (*at < o->recipe->ninstructions) {
		const struct instruction *in = &o->recipe->instructions[(*at)++];
		if (in->kind == kind)
			return in;
	}
	return NULL;
}

size_t own_index(const struct own *o, const struct instruction *in)
{
	return (size_t)(in - o->recipe->instructions);
}

const struct stage *own_stage(const struct own *o, const struct instruction *in)
{
	return in->stage >= 0 ? &o->recipe->stages[in->stage] : NULL;
}

bool own_is_reached(const struct own *o, const struct instruction *in)
{
	return in->stage < 0 || o->recipe->stages[in->stage].reachable;
}

int own_base(const struct own *o, int stage, struct str *ret_image)
{
	*ret_image = o->images[stage];
	return o->below[stage];
}

bool own_stage_is_final(const struct own *o, int stage)
{
	return o->final[stage];
}

bool own_is_final(const struct own *o, const struct instruction *in)
{
	return in->stage >= 0 && own_stage_is_final(o, in->stage);
}

bool own_expand(const struct own *o, const struct instruction *in, struct str word,
                struct str *ret_text)
{
	*ret_text = word;
	if (str_find(word, '$') == STR_NONE && str_find(word, '\\') == STR_NONE &&
	    str_find(word, '"') == STR_NONE && str_find(word, '\'') == STR_NONE)
		return true;
	return o->subject->values && values_expand(o->subject->values, (int)own_index(o, in), o->arena,
	                                           word, ret_text);
}

struct str own_variable(const struct own *o, const struct instruction *in, struct str name)
{
	const struct variable *v = o->subject->values
		? values_find(o->subject->values, (int)own_index(o, in), name) : NULL;
	return v && v->is_set ? v->value : (struct str){ 0 };
}

struct str own_flag(const struct instruction *in, const char *name)
{
	for (size_t i = 0; i < in->parts->nflags; i++)
		if (str_eq(in->parts->flags[i].name, str_of(name)))
			return in->parts->flags[i].value;
	return (struct str){ 0 };
}

bool own_has_mount(const struct own *o, const struct instruction *in, const char *type,
                   const char *field, const char *part)
{
	for (size_t i = 0; i < in->parts->nflags; i++) {
		struct pair f = in->parts->flags[i];
		if (!str_eq(f.name, STR("mount")))
			continue;
		struct str is = mount_get(o->arena, f.value, "type");
		if (!str_eq(is.n ? is : STR("bind"), str_of(type)))
			continue;
		struct str value = field ? mount_get(o->arena, f.value, field) : STR("");
		struct str whole = value;
		if (value.n)
			own_expand(o, in, value, &whole);
		if (!field || str_find_str(whole, str_of(part)) != STR_NONE ||
		    str_find_str(value, str_of(part)) != STR_NONE)
			return true;
	}
	return false;
}

struct span own_span(const struct instruction *in, uint32_t at, uint32_t end)
{
	return (struct span){ in->at.source, at, end > at ? end - at : 0 };
}

struct span own_word_span(const struct instruction *in, const struct script_word *w)
{
	return (struct span){ in->at.source, w->at, w->size };
}

struct edit own_edit(const struct instruction *in, uint32_t at, uint32_t end, struct str text)
{
	return (struct edit){ own_span(in, at, end), text };
}

/* ---- copies ---- */

bool own_copies_context(const struct instruction *in)
{
	if ((in->kind != INSTRUCTION_COPY && in->kind != INSTRUCTION_ADD) || in->parts->nargs < 2)
		return false;
	return !own_flag(in, "from").n && in->parts->nheredocs == 0;
}

int own_copies_from(const struct own *o, const struct instruction *in)
{
	struct str from = own_flag(in, "from");
	unsigned long long number;
	if (in->kind != INSTRUCTION_COPY || from.n == 0)
		return -1;
	for (int i = (int)o->recipe->nstages; i-- > 0;) {
		struct str name = o->recipe->stages[i].name;
		if (name.n == from.n && strncasecmp(name.p, from.p, from.n) == 0)
			return i;
	}
	return str_number(from, 0x7fff, &number) && number < o->recipe->nstages ? (int)number : -1;
}

size_t own_sources(const struct instruction *in)
{
	return in->parts->nargs > 1 ? in->parts->nargs - 1 : 0;
}

struct str own_source(const struct own *o, const struct instruction *in, size_t i)
{
	struct str text;
	if (in->parts->form == FORM_EXEC || !own_expand(o, in, in->parts->args[i], &text))
		return in->parts->args[i];
	return text;
}

/* "/a/../b//c/" becomes "/b/c". */
static struct str own_clean(const struct own *o, struct str path)
{
	owned_buf struct buf out = { 0 };
	struct str part;
	while (str_next(&path, '/', &part)) {
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR(".."))) {
			size_t slash = str_find_last(buf_str(&out), '/');
			out.n = slash == STR_NONE ? 0 : slash;
			continue;
		}
		buf_append_char(&out, '/');
		buf_append(&out, part);
	}
	return out.n ? arena_str(o->arena, buf_str(&out)) : STR("/");
}

/* The working directory there, not cleaned; {NULL, 0}: the base image's. */
static struct str own_workdir(const struct own *o, size_t index, int stage)
{
	struct str ignored, text;
	for (; stage >= 0; stage = own_base(o, stage, &ignored)) {
		const struct stage *s = &o->recipe->stages[stage];
		size_t end = index < s->first + s->count && index >= s->first ? index : s->first + s->count;
		for (size_t i = end; i-- > s->first;) {
			const struct instruction *in = &o->recipe->instructions[i];
			if (in->kind != INSTRUCTION_WORKDIR || in->parts->nargs == 0)
				continue;
			if (!own_expand(o, in, in->parts->args[0], &text))
				return (struct str){ 0 };
			if (text.n && text.p[0] == '/')
				return text;
			struct str above = own_workdir(o, i, stage);
			return above.p ? str_of(arena_printf(o->arena, "%.*s/%.*s", STR_ARG(above),
			                                     STR_ARG(text)))
			               : above;
		}
		index = STR_NONE;
	}
	return (struct str){ 0 };
}

struct str own_path(const struct own *o, const struct instruction *in, struct str word)
{
	struct str text = word;
	if (!own_expand(o, in, word, &text) || str_find(text, '$') != STR_NONE)
		return (struct str){ 0 };
	if (text.n && text.p[0] == '/')
		return own_clean(o, text);
	struct str dir = own_workdir(o, own_index(o, in), in->stage);
	return dir.p ? own_clean(o, str_of(arena_printf(o->arena, "%.*s/%.*s", STR_ARG(dir),
	                                                STR_ARG(text))))
	             : dir;
}

bool own_is_whole(struct str s)
{
	static const char *const whole[] = { ".", "./", "/", "*", "./*", "/*", "./.", NULL };
	return own_is_one_of(s, whole);
}

struct str own_base_name(struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	size_t slash = str_find_last(path, '/');
	return slash == STR_NONE ? path : str_slice(path, slash + 1, STR_NONE);
}

/* ---- commands ---- */

static const struct instruction *own_shell_before(const struct own *o, size_t index, int stage)
{
	struct str ignored;
	for (; stage >= 0; stage = own_base(o, stage, &ignored)) {
		const struct stage *s = &o->recipe->stages[stage];
		size_t end = index < s->first + s->count && index >= s->first ? index : s->first + s->count;
		for (size_t i = end; i-- > s->first;)
			if (o->recipe->instructions[i].kind == INSTRUCTION_SHELL)
				return &o->recipe->instructions[i];
		index = STR_NONE;
	}
	return NULL;
}

struct shell_kind own_shell(const struct own *o, const struct instruction *in)
{
	const struct instruction *shell = own_shell_before(o, own_index(o, in), in->stage);
	if (shell)
		return shell_kind_of(shell->parts->args, shell->parts->nargs);
	/* An escape of ` is for Windows, whose shell this then is. */
	return (struct shell_kind){ .is_other = o->recipe->escape == '`' };
}

struct shell_commands own_commands(const struct own *o, const struct instruction *in)
{
	if (o->subject->scripts)
		return o->subject->scripts[own_index(o, in)];
	return shell_commands_of(o->arena, o->recipe, in, own_shell(o, in));
}

const struct shell_commands *lint_scripts(const struct subject *subject, struct arena *arena)
{
	struct own o owned_own = own_open(NULL, subject, NULL);
	struct shell_commands *list = arena_array(arena, o.recipe->ninstructions, sizeof *list);
	size_t at = 0;
	for (const struct instruction *in; (in = own_next(&o, INSTRUCTION_RUN, &at));)
		list[at - 1] = shell_commands_of(arena, o.recipe, in, own_shell(&o, in));
	return list;
}

bool own_next_run(const struct own *o, struct own_run *run, const char *part)
{
	while ((run->in = own_next(o, INSTRUCTION_RUN, &run->at))) {
		if (part && str_find_str(run->in->text, str_of(part)) == STR_NONE)
			continue;
		run->commands = own_commands(o, run->in);
		return true;
	}
	return false;
}

bool own_removes(const struct shell_commands *commands, const char *part)
{
	static const char *const removers[] = { "rm", "find", "rmdir", "unlink", NULL };
	for (size_t i = 0; i < commands->n; i++) {
		const struct shell_command *c = &commands->list[i];
		if (!own_is_one_of(c->program, removers))
			continue;
		for (size_t k = 0; k < c->nargs; k++)
			if (str_find_str(c->args[k].text, str_of(part)) != STR_NONE)
				return true;
	}
	return false;
}
