#include "core/recipe/insert.h"

/* What is put in is one line. */
static const char insert_line[] = "ARG " RECIPE_LEVEL_ARG "\n";

static struct str insert_text(void)
{
	return (struct str){ insert_line, sizeof insert_line - 2 };
}

/* Where the line begins, in bytes. */
static size_t insert_at(struct str text, unsigned line)
{
	size_t at = 0;
	for (unsigned n = 1; n < line; n++)
		at += str_find(str_slice(text, at, text.n), '\n') + 1;
	return at;
}

static void insert_append_text(struct buf *out, const struct recipe *r, const unsigned *before,
                               size_t n)
{
	size_t done = 0;
	for (size_t i = 0; i < n; i++) {
		size_t at = insert_at(r->text, r->instructions[before[i]].first_line);
		buf_append(out, str_slice(r->text, done, at - done));
		buf_append_text(out, insert_line);
		done = at;
	}
	buf_append(out, str_slice(r->text, done, r->text.n));
}

static void insert_hide(struct instruction *in)
{
	in->first_line = in->last_line = 0;
	in->at = (struct span){ 0 };
}

/* What an instruction of the file is in the longer text, but for where it stands. */
static void insert_keep(struct instruction *in, const struct instruction *from)
{
	in->first_line = from->first_line;
	in->last_line = from->last_line;
	in->group = from->group;
	in->at = from->at;
	in->causes = from->causes;
	in->ncauses = from->ncauses;
	in->parts = from->parts;
}

static struct instruction *insert_own(struct recipe *r)
{
	struct instruction *all = arena_array(r->arena, r->ninstructions + 1, sizeof *all);
	if (r->ninstructions)
		memcpy(all, r->instructions, r->ninstructions * sizeof *all);
	r->instructions = all;
	return all;
}

struct recipe *recipe_insert_args(const struct recipe *r, const unsigned *before, size_t n)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf text = { 0 }, target = { 0 };
	insert_append_text(&text, r, before, n);
	if (r->target >= 0)
		buf_printf(&target, "%d", r->target);
	struct recipe *made = recipe_parse(source_new(a, STR("(level)"), NULL,
	                                              arena_str(a, buf_str(&text))),
	                                   buf_str(&target), problems);
	if (!made)
		return NULL;
	struct instruction *all = insert_own(made);
	for (size_t i = 0, from = 0, k = 0; i < made->ninstructions; i++)
		if (k < n && from == before[k]) {
			insert_hide(&all[i]);
			k++;
		} else {
			insert_keep(&all[i], &r->instructions[from++]);
		}
	made->groups = r->groups;
	made->ngroups = r->ngroups;
	arena_keep(made->arena, take(a));
	return made;
}

static bool insert_is_ours(const struct instruction *in)
{
	return str_eq(in->text, insert_text());
}

void recipe_hide_args(struct recipe *r)
{
	struct instruction *all = insert_own(r);
	unsigned hidden = 0;
	for (size_t i = 0; i < r->ninstructions; i++) {
		if (insert_is_ours(&all[i])) {
			insert_hide(&all[i]);
			hidden++;
		} else {
			all[i].first_line -= hidden;
			all[i].last_line -= hidden;
		}
	}
}

unsigned recipe_sent_line(const struct recipe *r, size_t instruction)
{
	unsigned before = 0;
	size_t i = instruction;
	for (size_t k = 0; k < instruction; k++)
		before += r->instructions[k].first_line == 0;
	while (i + 1 < r->ninstructions && r->instructions[i].first_line == 0)
		i++;
	return r->instructions[i].first_line + before;
}

unsigned recipe_file_line(const struct recipe *r, unsigned sent_line)
{
	unsigned before = 0;
	for (size_t i = 0; i < r->ninstructions; i++) {
		if (r->instructions[i].first_line)
			continue;
		if (recipe_sent_line(r, i) >= sent_line)
			break;
		before++;
	}
	return sent_line - before;
}
