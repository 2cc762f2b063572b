#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/recipe/recipe_parse.h"
#include "core/recipe/stages.h"

struct recipe_note {
	unsigned first_line, last_line;
	int group;
	const struct value *const *causes;
	size_t ncauses;
};

struct recipe_builder {
	struct arena *arena;
	struct buf text;
	unsigned lines;                 /* whole ones in text */
	int group;
	struct recipe_note *notes;      /* one an instruction */
	size_t n, cap;
	const char **groups;
	size_t ngroups;
	struct str target;
};

struct recipe_builder *recipe_builder_new(void)
{
	struct recipe_builder *b = xcalloc(1, sizeof *b);
	b->arena = arena_new();
	b->group = -1;
	return b;
}

void recipe_builder_free(struct recipe_builder *b)
{
	if (!b)
		return;
	arena_free(b->arena);
	buf_finish(&b->text);
	free(b->notes);
	free(b->groups);
	free(b);
}

void recipe_builder_group(struct recipe_builder *b, int group, const char *name)
{
	b->group = group;
	if (group < 0)
		return;
	size_t n = (size_t)group + 1;
	if (n > b->ngroups) {
		b->groups = xrealloc(b->groups, n, sizeof *b->groups);
		while (b->ngroups < n)
			b->groups[b->ngroups++] = "";
	}
	b->groups[group] = arena_text(b->arena, str_of(name ? name : ""));
}

void recipe_builder_comment(struct recipe_builder *b, const char *text)
{
	buf_append_text(&b->text, "# ");
	utf8_append_visible(&b->text, str_of(text));
	buf_append_char(&b->text, '\n');
	b->lines++;
}

static unsigned recipe_builder_count(struct str text)
{
	unsigned n = 1;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

void recipe_builder_add(struct recipe_builder *b, const struct value *const *causes,
                        size_t ncauses, const char *fmt, ...)
{
	size_t from = b->text.n;
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&b->text, fmt, args);
	va_end(args);
	unsigned count = recipe_builder_count(str_slice(buf_str(&b->text), from, STR_NONE));
	buf_append_char(&b->text, '\n');
	if (b->n == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 32;
		b->notes = xrealloc(b->notes, b->cap, sizeof *b->notes);
	}
	const struct value **kept = arena_array(b->arena, ncauses, sizeof *kept);
	if (ncauses)
		memcpy(kept, causes, ncauses * sizeof *kept);
	b->notes[b->n++] = (struct recipe_note){
		.first_line = b->lines + 1, .last_line = b->lines + count, .group = b->group,
		.causes = kept, .ncauses = ncauses,
	};
	b->lines += count;
}

static void recipe_builder_note(const struct recipe_builder *b, struct instruction *instructions)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct recipe_note *note = &b->notes[i];
		struct instruction *in = &instructions[i];
		CHECK(in->first_line == note->first_line && in->last_line == note->last_line);
		CHECK(in->kind != INSTRUCTION_UNKNOWN);
		in->group = note->group;
		in->causes = note->causes;
		in->ncauses = note->ncauses;
	}
}

void recipe_builder_target(struct recipe_builder *b, struct str stage)
{
	b->target = arena_str(b->arena, stage);
}

static void recipe_builder_clear(struct recipe_builder *b)
{
	b->target = (struct str){ 0 };
	b->arena = arena_new();
	buf_clear(&b->text);
	b->n = b->ngroups = b->lines = 0;
	b->group = -1;
}

struct recipe *recipe_builder_done(struct recipe_builder *b)
{
	struct source *source = source_new(b->arena, STR("(recipe)"), NULL,
	                                   arena_str(b->arena, buf_str(&b->text)));
	owned(problems) struct problems *problems = problems_new();
	struct instruction *instructions;
	struct recipe *r = recipe_parse_text(b->arena, source, true, problems, &instructions);
	CHECK(r->ninstructions == b->n);
	recipe_builder_note(b, instructions);
	bool found = stages_find(r, instructions, b->target, problems);
	CHECK(found || !b->target.n);
	const char **groups = arena_array(b->arena, b->ngroups, sizeof *groups);
	if (b->ngroups)
		memcpy(groups, b->groups, b->ngroups * sizeof *groups);
	r->groups = groups;
	r->ngroups = b->ngroups;
	recipe_builder_clear(b);
	return r;
}
