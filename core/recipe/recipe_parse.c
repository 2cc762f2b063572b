#include "core/base/check.h"
#include "core/recipe/instruction_check.h"
#include "core/recipe/parts.h"
#include "core/recipe/recipe_parse.h"
#include "core/recipe/stages.h"

struct instruction_list {
	struct instruction *p;
	size_t n, cap;
};

static void instruction_list_finish(struct instruction_list *l)
{
	free(l->p);
}

static void instruction_list_add(struct instruction_list *l, struct instruction in)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 32;
		l->p = xrealloc(l->p, l->cap, sizeof *l->p);
	}
	l->p[l->n++] = in;
}

void recipe_free(struct recipe *r)
{
	if (r)
		arena_free(r->arena);
}

/* One whole instruction; false when its form is wrong. */
static bool recipe_parse_line(struct lines *lines, struct line *line, struct instruction *ret_in)
{
	struct instruction_parts *parts = arena_alloc(lines->arena, sizeof *parts);
	struct instruction in = { .group = -1, .stage = -1, .parts = parts };
	if (!parts_split(lines, line, &in.kind, parts) ||
	    !parts_heredocs(lines, line, in.kind, parts))
		return false;
	in.text = str_slice(lines->source->text, line->at, line->end - line->at);
	in.first_line = line->first;
	in.last_line = line->last;
	if (!lines->derived)
		in.at = (struct span){ lines->source, (uint32_t)line->at, (uint32_t)in.text.n };
	*ret_in = in;
	return true;
}

static struct instruction *recipe_parse_lines(struct recipe *r, struct lines *lines)
{
	__attribute__((cleanup(instruction_list_finish))) struct instruction_list list = { 0 };
	struct line line;
	struct instruction in;
	while (lines_next(lines, &line))
		if (recipe_parse_line(lines, &line, &in))
			instruction_list_add(&list, in);
	struct instruction *kept = arena_array(r->arena, list.n, sizeof *kept);
	if (list.n)
		memcpy(kept, list.p, list.n * sizeof *kept);
	r->instructions = kept;
	r->ninstructions = list.n;
	r->escape = lines->escape;
	return kept;
}

struct recipe *recipe_parse_text(struct arena *arena, const struct source *source, bool derived,
                                 struct problems *problems, struct instruction **ret_instructions)
{
	struct recipe *r = arena_alloc(arena, sizeof *r);
	*r = (struct recipe){ .arena = arena, .text = source->text, .target = -1, .escape = '\\' };
	struct lines lines;
	struct span whole = { derived ? NULL : source, 0, 0 };
	*ret_instructions = NULL;
	if (source->text.n > RECIPE_SIZE_MAX && !derived) {
		problems_add(problems, SEVERITY_ERROR, "dockerfile-syntax", whole, "the file has %zu "
		             "bytes: a Dockerfile may have %d", source->text.n, RECIPE_SIZE_MAX);
		return r;
	}
	lines_init(&lines, arena, source, problems);
	lines.derived = derived;
	size_t before = problems_errors(problems);
	*ret_instructions = recipe_parse_lines(r, &lines);
	if (r->ninstructions == 0 && problems_errors(problems) == before)
		problems_add(problems, SEVERITY_ERROR, "dockerfile-syntax", whole,
		             "there is no instruction in it: a Dockerfile starts with FROM");
	return r;
}

static void recipe_warn_unknown(const struct recipe *r, struct problems *problems)
{
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction_parts *p = r->instructions[i].parts;
		if (r->instructions[i].kind == INSTRUCTION_UNKNOWN)
			problems_add(problems, SEVERITY_WARNING, "dockerfile-instruction", p->keyword_at,
			             "unknown instruction '%.*s': no builder will take it",
			             STR_ARG(p->keyword));
	}
}

struct recipe *recipe_parse_syntax(const struct source *source, struct problems *problems)
{
	size_t before = problems_errors(problems);
	struct instruction *list;
	owned(recipe) struct recipe *r = recipe_parse_text(arena_new(), source, false, problems, &list);
	if (problems_errors(problems) > before)
		return NULL;
	/* Only who belongs where: references that do not fit are none of its business. */
	owned(problems) struct problems *ignored = problems_new();
	stages_find(r, list, (struct str){ 0 }, ignored);
	recipe_warn_unknown(r, problems);
	return take(r);
}

struct recipe *recipe_parse(const struct source *source, struct str target,
                            struct problems *problems)
{
	size_t before = problems_errors(problems);
	struct instruction *list;
	owned(recipe) struct recipe *r = recipe_parse_text(arena_new(), source, false, problems, &list);
	for (size_t i = 0; i < r->ninstructions; i++)
		instruction_check(r->arena, &list[i], problems);
	if (problems_errors(problems) > before)
		return NULL;
	stages_find(r, list, target, problems);
	if (r->nstages == 0 && problems_errors(problems) == before)
		problems_add(problems, SEVERITY_ERROR, "dockerfile-stage",
		             (struct span){ source, 0, 0 }, "there is no FROM: a Dockerfile names the "
		             "image it starts from");
	return problems_errors(problems) > before ? NULL : take(r);
}

bool recipe_parse_instruction(struct arena *arena, struct str text,
                              struct instruction *ret_instruction, struct error *err)
{
	struct source *source = source_new(arena, STR("(instruction)"), NULL, arena_str(arena, text));
	owned(problems) struct problems *problems = problems_new();
	struct instruction *list;
	struct recipe *r = recipe_parse_text(arena, source, true, problems, &list);
	for (size_t i = 0; i < r->ninstructions; i++)
		instruction_check(arena, &list[i], problems);
	if (problems_errors(problems)) {
		size_t i = 0;
		while (problems_get(problems, i)->severity != SEVERITY_ERROR)
			i++;
		const struct problem *p = problems_get(problems, i);
		return error_set(err, ERROR_SYNTAX, "%.*s", STR_ARG(p->text));
	}
	if (r->ninstructions != 1)
		return error_set(err, ERROR_SYNTAX, "the text has %zu instructions: it must be one",
		                 r->ninstructions);
	*ret_instruction = r->instructions[0];
	return true;
}
