/* BuildKit's rules about capitals. */
#include "core/lint/check.h"

/* Edits that spell a stage's name anew wherever the file has it like that. */
static size_t case_rename(struct arena *arena, const struct recipe *r, struct str name,
                          struct str right, struct edit **ret_edits)
{
	struct edit *edits = arena_array(arena, r->ninstructions * 2 + 1, sizeof *edits);
	size_t n = 0;
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		struct span at;
		bool is_from = in->kind == INSTRUCTION_FROM;
		for (size_t k = 0; is_from && k < in->parts->nargs; k += 2)
			if (str_eq(in->parts->args[k], name))
				edits[n++] = (struct edit){ in->parts->args_at[k], right };
		if ((in->kind == INSTRUCTION_COPY || in->kind == INSTRUCTION_ADD) &&
		    str_eq(check_flag(in, STR("from"), &at), name) &&
		    at.size == name.n + STR("--from=").n) {
			at.at += at.size - (uint32_t)name.n;
			at.size = (uint32_t)name.n;
			edits[n++] = (struct edit){ at, right };
		}
	}
	*ret_edits = edits;
	return n;
}

void check_stage_name_casing(const struct rule *rule, const struct subject *s,
                             struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		struct str name = check_stage_name(&r->instructions[i]);
		struct arena_mark mark = arena_mark(arena);
		if (check_is_lower(name))
			continue;
		struct edit *edits;
		size_t n = case_rename(arena, r, name, check_lower(arena, name), &edits);
		struct check_place place = { i, r->instructions[i].parts->args_at[2], edits, n, false };
		check_tell(rule, s, problems, &place, "Stage name '%.*s' should be lowercase",
		           STR_ARG(name));
		arena_rewind(arena, mark);
		/* Each has to look for its name in the whole file. */
		if (!problems_has_room(problems, rule->severity))
			break;
	}
}

void check_from_as_casing(const struct rule *rule, const struct subject *s,
                          struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		const struct instruction_parts *p = r->instructions[i].parts;
		struct str from = p->keyword;
		if (!check_stage_name(&r->instructions[i]).n)
			continue;
		struct str as = p->args[1];
		bool lower = check_is_lower(from);
		if ((!lower && !check_is_upper(from)) || (lower ? check_is_lower(as) : check_is_upper(as)))
			continue;
		struct edit edit = { p->args_at[1],
		                     lower ? check_lower(arena, as) : check_upper(arena, as) };
		struct check_place place = { i, p->args_at[1], &edit, 1, false };
		check_tell(rule, s, problems, &place, "'%.*s' and '%.*s' keywords' casing do not match",
		           STR_ARG(as), STR_ARG(from));
	}
}

/* An ARG before FROM is no command of a stage. */
static bool case_counts(const struct instruction *i)
{
	return i->stage >= 0;
}

void check_instruction_casing(const struct rule *rule, const struct subject *s,
                              struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	size_t lower = 0, upper = 0;
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		struct str word = r->instructions[i].parts->keyword;
		lower += case_counts(&r->instructions[i]) && check_is_lower(word);
		upper += case_counts(&r->instructions[i]) && check_is_upper(word);
	}
	bool to_lower = lower > upper;
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		const struct instruction_parts *p = r->instructions[i].parts;
		struct str word = p->keyword;
		if (!case_counts(&r->instructions[i]) ||
		    (to_lower ? check_is_lower(word) : check_is_upper(word)))
			continue;
		struct edit edit = { p->keyword_at,
		                     to_lower ? check_lower(arena, word) : check_upper(arena, word) };
		struct check_place place = { i, p->keyword_at, &edit, 1, false };
		check_tell(rule, s, problems, &place,
		           "Command '%.*s' should match the case of the command majority (%s)",
		           STR_ARG(word), to_lower ? "lowercase" : "uppercase");
	}
}
