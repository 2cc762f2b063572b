/* BuildKit's rules about stages and what stands in them. */
#include "core/base/map.h"
#include "core/lint/check.h"

/* Each stage's FROM with the name in lower case, as BuildKit keeps it. */
static bool stage_name(struct arena *arena, const struct recipe *r, size_t i, struct str *ret_name)
{
	struct str name = check_stage_name(&r->instructions[i]);
	*ret_name = check_lower(arena, name);
	return name.n > 0;
}

void check_duplicate_stage(const struct rule *rule, const struct subject *s,
                           struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	owned_map struct map names = { 0 };
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		struct str name;
		if (!stage_name(arena, r, i, &name))
			continue;
		if (!map_has(&names, name)) {
			map_set(&names, name, &names);
			continue;
		}
		owned_buf struct buf quoted = { 0 };
		check_append_quoted(&quoted, name);
		struct check_place place = { .instruction = i,
		                             .at = r->instructions[i].parts->args_at[2] };
		check_tell(rule, s, problems, &place,
		           "Duplicate stage name %s, stage names should be unique", buf_text(&quoted));
	}
}

void check_reserved_stage(const struct rule *rule, const struct subject *s,
                          struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		struct str name;
		if (!stage_name(arena, r, i, &name) ||
		    (!str_eq(name, STR("scratch")) && !str_eq(name, STR("context"))))
			continue;
		owned_buf struct buf quoted = { 0 };
		check_append_quoted(&quoted, name);
		struct check_place place = { .instruction = i,
		                             .at = r->instructions[i].parts->args_at[2] };
		check_tell(rule, s, problems, &place,
		           "Stage name should not use the same name as reserved stage %s",
		           buf_text(&quoted));
	}
}

/* Of several in a stage the earlier ones are told, each when the next is met. */
void check_multiple_instructions(const struct rule *rule, const struct subject *s,
                                 struct problems *problems)
{
	static const enum instruction_kind once[] = { INSTRUCTION_CMD, INSTRUCTION_ENTRYPOINT,
	                                              INSTRUCTION_HEALTHCHECK };
	const struct recipe *r = s->recipe;
	for (size_t k = 0; check_has_text(s) && k < sizeof once / sizeof *once; k++) {
		const struct instruction *before = NULL;
		for (size_t i = 0; i < r->ninstructions; i++) {
			const struct instruction *in = &r->instructions[i];
			if (in->kind != once[k])
				continue;
			struct check_place place = { .at = before ? before->parts->keyword_at
			                                          : (struct span){ 0 } };
			if (before && before->stage == in->stage) {
				place.instruction = (size_t)(before - r->instructions);
				check_tell(rule, s, problems, &place,
				           "Multiple %.*s instructions should not be used in the same stage "
				           "because only the last one will be used",
				           STR_ARG(in->parts->keyword));
			}
			before = in;
		}
	}
}

/* ---- WORKDIR ---- */

static bool stage_is_absolute(struct str path)
{
	bool drive = path.n > 2 && path.p[1] == ':' && (path.p[2] == '\\' || path.p[2] == '/');
	return (path.n && path.p[0] == '/') || drive;
}

/* A stage that stands on another one goes on where that was; only the first WORKDIR
 * counts, for it makes all later ones right. */
void check_relative_workdir(const struct rule *rule, const struct subject *s,
                            struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	bool *set = arena_array(arena, r->nstages + 1, sizeof *set);
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		struct str base, path;
		if (in->kind == INSTRUCTION_FROM) {
			int from = values_base(s->values, in->stage, &base);
			set[in->stage] = from >= 0 && set[from];
		}
		if (in->kind != INSTRUCTION_WORKDIR || in->stage < 0 || set[in->stage])
			continue;
		set[in->stage] = true;
		if (!in->parts->nargs ||
		    !values_expand(s->values, (int)i, arena, in->parts->args[0], &path) ||
		    stage_is_absolute(path))
			continue;
		owned_buf struct buf quoted = { 0 };
		check_append_quoted(&quoted, path);
		struct check_place place = { .instruction = i, .at = in->parts->args_at[0] };
		check_tell(rule, s, problems, &place, "Relative workdir %s can have unexpected results "
		           "if the base image changes", buf_text(&quoted));
	}
}

/* ---- comments as descriptions ---- */

/* The words of ARG or the stage that a comment may begin with. */
static size_t stage_keys(struct arena *arena, const struct instruction *in, struct str **ret_keys)
{
	struct str *keys = arena_array(arena, in->parts->nargs + 1, sizeof *keys);
	size_t n = 0;
	struct str name = check_stage_name(in);
	if (in->kind == INSTRUCTION_FROM && name.n)
		keys[n++] = check_lower(arena, name);
	for (size_t i = 0; in->kind == INSTRUCTION_ARG && i < in->parts->nargs; i++)
		keys[n++] = str_slice(in->parts->args[i], 0, str_find(in->parts->args[i], '='));
	*ret_keys = keys;
	return n;
}

void check_description(const struct rule *rule, const struct subject *s,
                       struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		struct str *keys;
		size_t n = stage_keys(arena, in, &keys);
		struct str comment = check_comment(arena, r, i), word;
		if (!n || !comment.n)
			continue;
		word = str_slice(comment, 0, str_find(comment, ' '));
		bool known = false;
		for (size_t k = 0; k < n; k++)
			known |= str_eq(word, keys[k]);
		struct check_place place = { .instruction = i, .at = in->parts->keyword_at };
		if (!known)
			check_tell(rule, s, problems, &place,
			           "Comment for %s should follow the format: `# %.*s <description>`",
			           instruction_keyword(in->kind),
			           STR_ARG(n > 1 ? STR("<arg_key>") : keys[0]));
	}
}
