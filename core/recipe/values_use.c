/* Where variables stand in an instruction, and its text with them put in. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/recipe/insert.h"
#include "core/recipe/parts.h"
#include "core/recipe/shell_command.h"
#include "core/recipe/values_inside.h"

/* A variable's place in the instruction's text. */
struct place {
	struct str name;
	size_t at, size;
	const struct variable *variable;
	bool has_default, is_shells;
};

struct using {
	const struct values *values;
	struct arena *arena;
	int instruction;
	const struct instruction *in;
	struct line line;               /* the instruction joined, its pieces in its own text */
	struct instruction_parts parts;
	struct place *list;
	size_t n, cap;
	/* The run that is looked through. */
	struct str text;
	const size_t *map;              /* of each byte of the run: where in the instruction; or NULL */
	size_t base;                    /* where the run begins, without a map in the joined line */
	bool is_raw;                    /* the run is a piece of the instruction as it stands */
	bool is_shells;
};

static void using_finish(struct using *u)
{
	free(u->list);
}

static size_t using_place(const struct using *u, size_t at)
{
	if (u->map)
		return u->map[at];
	return u->is_raw ? u->base + at : line_span(&u->line, u->base + at, 1).at;
}

/* An ARG sees what it has declared itself in a word before. */
static const struct variable *using_variable(const struct using *u, struct str name, size_t at)
{
	const struct instruction_parts *p = &u->parts;
	for (size_t i = 0; u->in->kind == INSTRUCTION_ARG && i < p->nargs; i++)
		if (p->args_at[i].at + p->args_at[i].size <= at &&
		    str_eq(str_slice(p->args[i], 0, str_find(p->args[i], '=')), name))
			return values_find_behind(u->values, u->instruction, name);
	return values_find(u->values, u->instruction, name);
}

static void using_add(void *data, const struct shell_use *use)
{
	struct using *u = data;
	if (u->n == u->cap) {
		u->cap = u->cap ? 2 * u->cap : 8;
		u->list = xrealloc(u->list, u->cap, sizeof *u->list);
	}
	size_t at = using_place(u, use->at);
	u->list[u->n++] = (struct place){
		.name = arena_str(u->arena, use->name), .at = at, .has_default = use->has_default,
		.size = using_place(u, use->at + use->size - 1) + 1 - at, .is_shells = u->is_shells,
		.variable = using_variable(u, use->name, at),
	};
}

static enum shell_variable using_unset(void *data, struct str name, struct str *ret_value)
{
	(void)data;
	(void)name;
	(void)ret_value;
	return SHELL_UNKNOWN;
}

/* A word, or text in which quotes mean nothing. */
static void using_word(struct using *u, struct str text, bool is_heredoc)
{
	struct shell_word w = { .text = text, .escape = u->values->recipe->escape,
	                        .is_heredoc = is_heredoc, .lookup = using_unset, .use = using_add,
	                        .data = u };
	struct str ignored_text;
	struct error ignored;
	u->text = text;
	shell_expand_word(u->arena, &w, &ignored_text, &ignored);
}

/* A slice of the joined line. */
static void using_joined(struct using *u, struct str part, bool is_heredoc)
{
	u->map = NULL;
	u->is_raw = false;
	u->base = (size_t)(part.p - u->line.text.p);
	using_word(u, part, is_heredoc);
}

/* The strings of a JSON array, escapes taken off. */
static void using_array(struct using *u, struct str array)
{
	size_t *map = arena_array(u->arena, array.n, sizeof *map);
	struct buf text owned_buf = { 0 };
	size_t start = (size_t)(array.p - u->line.text.p);
	bool inside = false;
	for (size_t i = 0; i < array.n; i++) {
		char c = array.p[i];
		if (c == '"') {
			if (inside) {
				u->map = map;
				using_word(u, buf_str(&text), false);
			}
			buf_clear(&text);
			inside = !inside;
			continue;
		}
		if (!inside)
			continue;
		map[text.n] = line_span(&u->line, start + i, 1).at;
		if (c == '\\' && i + 1 < array.n)
			c = array.p[++i];
		buf_append_char(&text, c);
	}
}

/* Where in the joined line a place of the instruction's text is. */
static size_t using_joined_at(const struct line *line, size_t at)
{
	size_t low = 0, high = line->npieces;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (line->pieces[middle].source <= at)
			low = middle;
		else
			high = middle;
	}
	return line->pieces[low].joined + (at - line->pieces[low].source);
}

static struct str using_slice(const struct using *u, struct span at)
{
	size_t from = using_joined_at(&u->line, at.at);
	return str_slice(u->line.text, from, using_joined_at(&u->line, at.at + at.size - 1) + 1 - from);
}

static void using_args(struct using *u)
{
	const struct instruction_parts *p = &u->parts;
	if (p->form == FORM_EXEC && p->nargs)
		using_array(u, using_slice(u, p->args_at[0]));
	for (size_t i = 0; p->form == FORM_SHELL && i < p->nargs; i++)
		using_joined(u, p->args[i], false);
}

static bool using_flag_counts(enum instruction_kind kind, struct str name)
{
	switch (kind) {
	case INSTRUCTION_FROM: return str_eq(name, STR("platform"));
	case INSTRUCTION_RUN: return str_eq(name, STR("mount"));
	case INSTRUCTION_ADD:
	case INSTRUCTION_COPY:
		return str_eq(name, STR("chown")) || str_eq(name, STR("chmod")) ||
		       str_eq(name, STR("exclude")) || str_eq(name, STR("checksum"));
	default: return false;
	}
}

static void using_flags(struct using *u)
{
	for (size_t i = 0; i < u->parts.nflags; i++)
		if (using_flag_counts(u->in->kind, u->parts.flags[i].name))
			using_joined(u, using_slice(u, u->parts.flags_at[i]), true);
}

static void using_command(struct using *u, struct str command)
{
	if (u->parts.form != FORM_SHELL || !u->values->is_posix[u->instruction])
		return;
	u->is_shells = true;
	u->map = NULL;
	u->is_raw = false;
	u->base = (size_t)(command.p - u->line.text.p);
	u->text = command;
	shell_command(command, false, using_add, u);
	u->is_shells = false;
}

/* RUN <<EOF alone is a script, unless it names its interpreter. */
static bool using_is_script(const struct using *u)
{
	struct heredoc ignored;
	return u->parts.nheredocs == 1 && u->parts.nargs == 1 &&
	       heredoc_find(u->arena, u->parts.args[0], &ignored);
}

static void using_heredocs(struct using *u)
{
	bool is_run = u->in->kind == INSTRUCTION_RUN, is_script = is_run && using_is_script(u);
	for (size_t i = 0; i < u->parts.nheredocs; i++) {
		const struct heredoc *h = &u->parts.heredocs[i];
		if ((!h->expand && !is_script) || (is_run && !u->values->is_posix[u->instruction]) ||
		    (is_script && str_has_prefix(h->text, STR("#!"))))
			continue;
		u->map = NULL;
		u->is_raw = true;
		u->base = (size_t)(h->text.p - u->in->text.p);
		u->text = h->text;
		u->is_shells = is_run;
		if (is_run)
			shell_command(h->text, !is_script, using_add, u);
		else
			using_word(u, h->text, true);
		u->is_shells = false;
	}
}

static void using_fill(struct using *u)
{
	using_flags(u);
	switch (u->in->kind) {
	case INSTRUCTION_FROM:
		if (u->parts.nargs)
			using_joined(u, u->parts.args[0], false);
		break;
	case INSTRUCTION_RUN:
	case INSTRUCTION_CMD:
	case INSTRUCTION_ENTRYPOINT:
		if (u->parts.nargs)
			using_command(u, u->parts.args[0]);
		break;
	case INSTRUCTION_HEALTHCHECK:
		if (u->parts.nargs > 1)
			using_command(u, u->parts.args[1]);
		break;
	case INSTRUCTION_SHELL:
	case INSTRUCTION_ONBUILD:
	case INSTRUCTION_MAINTAINER:
	case INSTRUCTION_UNKNOWN:
		break;
	default:
		using_args(u);
		break;
	}
	using_heredocs(u);
}

/* The outer one before those in it. */
static int using_order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->size < y->size) - (x->size > y->size);
}

/* The instruction taken apart again, its places counted from its own text. */
static void using_find(struct using *u, const struct values *v, int instruction,
                       struct arena *arena)
{
	owned(problems) struct problems *ignored = problems_new();
	*u = (struct using){ .values = v, .arena = arena, .instruction = instruction,
	                     .in = &v->recipe->instructions[instruction] };
	if (str_find(u->in->text, '$') == STR_NONE && u->in->kind != INSTRUCTION_ARG)
		return;
	struct source *source = source_new(arena, STR("(instruction)"), NULL, u->in->text);
	struct lines lines;
	enum instruction_kind kind;
	lines_init(&lines, arena, source, ignored);
	lines.escape = v->recipe->escape;
	lines.top = false;
	if (!lines_next(&lines, &u->line) || !parts_split(&lines, &u->line, &kind, &u->parts) ||
	    !parts_heredocs(&lines, &u->line, kind, &u->parts))
		return;
	using_fill(u);
	if (u->n)
		qsort(u->list, u->n, sizeof *u->list, using_order);
}

size_t values_uses(const struct values *v, int instruction, struct arena *arena,
                   struct variable_use **ret_uses)
{
	__attribute__((cleanup(using_finish))) struct using u;
	using_find(&u, v, instruction, arena);
	struct variable_use *uses = arena_array(arena, u.n, sizeof *uses);
	struct span at = u.in->at;
	for (size_t i = 0; i < u.n; i++) {
		const struct place *p = &u.list[i];
		uses[i] = (struct variable_use){
			.name = p->name, .variable = p->variable, .has_default = p->has_default,
			.is_shells = p->is_shells,
			.at = { at.source, (at.source ? at.at : 0) + (uint32_t)p->at, (uint32_t)p->size },
		};
	}
	*ret_uses = uses;
	return u.n;
}

/* ---- the text ---- */

/* What only a shell of its own kind reads alike is left to it. */
static bool text_is_common(struct str use)
{
	for (size_t i = 0; i < use.n; i++)
		if (memchr("[\\/\n^,", use.p[i], 6))
			return false;
	return true;
}

static bool text_put(const struct using *u, const struct place *p, struct buf *out)
{
	struct str use = str_slice(u->in->text, p->at, p->size), value;
	if (str_find(use, '\n') != STR_NONE || (p->is_shells && !text_is_common(use)) ||
	    !values_expand(u->values, u->instruction, u->arena, use, &value))
		return false;
	utf8_append_visible(out, value);
	return true;
}

static void text_append_value(struct buf *out, struct str value, char escape)
{
	struct buf shown owned_buf = { 0 };
	bool plain = value.n > 0;
	utf8_append_visible(&shown, value);
	for (size_t i = 0; i < value.n; i++)
		plain &= !memchr(" \t\"'\\`$", value.p[i], 7);
	buf_append_text(out, plain ? "" : "\"");
	for (size_t i = 0; i < shown.n; i++) {
		if (!plain && (shown.p[i] == '"' || shown.p[i] == '$' || shown.p[i] == escape))
			buf_append_char(out, escape);
		buf_append_char(out, shown.p[i]);
	}
	buf_append_text(out, plain ? "" : "\"");
}

/* ARG with the value that the build gives it, whatever its default is. */
static struct str text_arg(const struct using *u)
{
	const struct instruction_parts *p = &u->parts;
	struct buf out owned_buf = { 0 };
	struct str text = u->in->text;
	size_t done = 0;
	for (size_t i = 0; i < p->nargs; i++) {
		struct str name = str_slice(p->args[i], 0, str_find(p->args[i], '='));
		const struct variable *v = values_find_behind(u->values, u->instruction, name);
		size_t from = p->args_at[i].at, size = p->args_at[i].size;
		if (!v || !v->is_set || memchr(text.p + from, '\n', size))
			continue;
		buf_append(&out, str_slice(text, done, from - done));
		buf_append(&out, name);
		buf_append_char(&out, '=');
		text_append_value(&out, v->value, u->values->recipe->escape);
		done = from + size;
	}
	buf_append(&out, str_slice(text, done, STR_NONE));
	return arena_str(u->arena, buf_str(&out));
}

struct str values_text(const struct values *v, struct arena *arena, int instruction)
{
	__attribute__((cleanup(using_finish))) struct using u;
	using_find(&u, v, instruction, arena);
	if (u.in->kind == INSTRUCTION_ARG)
		return text_arg(&u);
	struct buf out owned_buf = { 0 };
	size_t done = 0;
	for (size_t i = 0; i < u.n; i++) {
		const struct place *p = &u.list[i];
		if (p->at < done)
			continue;
		size_t before = out.n;
		buf_append(&out, str_slice(u.in->text, done, p->at - done));
		if (text_put(&u, p, &out))
			done = p->at + p->size;
		else
			out.n = before;
	}
	buf_append(&out, str_slice(u.in->text, done, STR_NONE));
	return arena_str(arena, buf_str(&out));
}

struct str values_recipe_text(const struct values *v, struct arena *arena)
{
	const struct recipe *r = v->recipe;
	struct buf out owned_buf = { 0 };
	size_t done = 0, at = 0;
	unsigned line = 1;
	for (size_t i = 0; i < r->ninstructions; i++) {
		owned(arena) struct arena *own = arena_new();
		struct str text = r->instructions[i].text;
		for (unsigned first = recipe_sent_line(r, i); line < first; line++)
			at += str_find(str_slice(r->text, at, STR_NONE), '\n') + 1;
		/* Blanks may stand in front of it. */
		size_t begin = at + str_find_str(str_slice(r->text, at, STR_NONE), text);
		buf_append(&out, str_slice(r->text, done, begin - done));
		buf_append(&out, values_text(v, own, (int)i));
		done = begin + text.n;
	}
	buf_append(&out, str_slice(r->text, done, STR_NONE));
	return arena_str(arena, buf_str(&out));
}
