/* The Dockerfile pane: its rows. */
#include <string.h>
#include <strings.h>

#include "core/plan/given.h"
#include "tui/dockerfile_inside.h"

static int dockerfile_at_line(const struct recipe *r, unsigned line, size_t *next)
{
	while (*next < r->ninstructions && r->instructions[*next].last_line < line)
		(*next)++;
	if (*next < r->ninstructions && r->instructions[*next].first_line <= line)
		return (int)*next;
	return -1;
}

static struct dockerfile_row *dockerfile_add(struct dockerfile *d, enum dockerfile_kind kind,
                                             int instruction, unsigned line, struct str text)
{
	struct dockerfile_row *row = &d->rows[d->list.n++];
	*row = (struct dockerfile_row){ .kind = kind, .instruction = instruction, .stage = -1,
	                                .line = line, .text = text, .problem = STR_NONE,
	                                .advice = STR_NONE };
	return row;
}

/* ---- stages ---- */

static bool dockerfile_needs_more(const struct stage *s)
{
	return s->nneeds > (s->from >= 0 ? 1u : 0u);
}

/* "builder from debian:12, copies from deps: the target". */
static struct str dockerfile_stage_text(struct dockerfile *d, int at)
{
	const struct recipe *r = d->recipe;
	const struct stage *s = &r->stages[at];
	owned_buf struct buf text = { 0 };
	recipe_stage_name(r, at, &text);
	buf_append_text(&text, " from ");
	if (s->from >= 0)
		recipe_stage_name(r, s->from, &text);
	else
		buf_append(&text, s->base);
	if (dockerfile_needs_more(s))
		buf_append_text(&text, ", with files of");
	for (size_t i = 0; i < s->nneeds; i++) {
		if ((int)s->needs[i] == s->from)
			continue;
		buf_append_char(&text, ' ');
		recipe_stage_name(r, (int)s->needs[i], &text);
	}
	if (at == r->target)
		buf_append_text(&text, ": the target");
	else if (!s->reachable)
		buf_append_text(&text, ": not needed, not built");
	return arena_str(d->arena, buf_str(&text));
}

/* One stage needs no line that parts it from others. */
static int dockerfile_starts_stage(const struct recipe *r, int instruction)
{
	const struct instruction *in = instruction >= 0 ? &r->instructions[instruction] : NULL;
	return in && in->kind == INSTRUCTION_FROM && r->nstages > 1 ? in->stage : -1;
}

/* ---- groups, and all lines ---- */

static bool dockerfile_starts_group(const struct recipe *r, size_t i)
{
	return i < r->ninstructions && r->instructions[i].group >= 0 &&
	       (i == 0 || r->instructions[i - 1].group != r->instructions[i].group);
}

/* The comment that names a group becomes its separator; a group without one gets
 * a separator of its own. */
static void dockerfile_add_line(struct dockerfile *d, unsigned line, struct str text, size_t *next)
{
	const struct recipe *r = d->recipe;
	int instruction = dockerfile_at_line(r, line, next);
	struct dockerfile_row *before = d->list.n ? &d->rows[d->list.n - 1] : NULL;
	bool first = instruction >= 0 && r->instructions[instruction].first_line == line;
	bool comment = instruction < 0 && text.n && text.p[0] == '#';
	bool before_group = comment && *next < r->ninstructions &&
	                    r->instructions[*next].first_line == line + 1 &&
	                    dockerfile_starts_group(r, *next);
	bool is_named = before && before->kind == DOCKERFILE_GROUP;
	if (d->forced >= 0 && ((before_group && (int)*next == d->forced) ||
	                       (first && instruction == d->forced && !is_named)))
		dockerfile_add(d, DOCKERFILE_BOUNDARY, -1, 0, (struct str){ 0 });
	int stage = first ? dockerfile_starts_stage(r, instruction) : -1;
	if (stage >= 0)
		dockerfile_add(d, DOCKERFILE_STAGE, -1, 0, dockerfile_stage_text(d, stage))->stage = stage;
	if (first && !is_named && dockerfile_starts_group(r, (size_t)instruction))
		dockerfile_add(d, DOCKERFILE_GROUP, -1, 0,
		               str_of(r->groups[r->instructions[instruction].group]));
	if (before_group)
		dockerfile_add(d, DOCKERFILE_GROUP, -1, line, str_trim(str_slice(text, 1, text.n)));
	else
		dockerfile_add(d, DOCKERFILE_TEXT, instruction, line, text);
}

/* ---- the level's boundary ---- */

bool dockerfile_is_read(const struct dockerfile *d)
{
	return d->recipe && d->recipe->ninstructions && d->recipe->instructions[0].at.source;
}

/* The level's recipe, but where it is the other one with instructions of ours that have no
 * line (core/recipe/insert.h). */
static const struct recipe *dockerfile_shown(const struct image_task *image)
{
	const struct recipe *sent = image->level.recipe;
	for (size_t i = 0; sent && i < sent->ninstructions; i++)
		if (!sent->instructions[i].first_line)
			return image->recipe;
	return sent ? sent : image->recipe;
}

static bool dockerfile_is_built(const struct recipe *r, size_t i)
{
	int stage = r->instructions[i].stage;
	return stage >= 0 && r->stages[stage].reachable;
}

/* The instruction behind the line, or the stage, that the level is named after; -1: it is
 * named after neither, or nothing is behind it. */
static int dockerfile_behind(const struct recipe *r, const char *level)
{
	unsigned long long line = 0;
	size_t from = 0;
	if (str_number(str_of(level), UINT32_MAX, &line)) {
		while (from < r->ninstructions && r->instructions[from].first_line <= line)
			from++;
	} else {
		owned_buf struct buf name = { 0 };
		for (size_t i = 0; i < r->nstages && !from; i++) {
			buf_clear(&name);
			recipe_stage_name(r, (int)i, &name);
			if (strcasecmp(buf_text(&name), level) == 0)
				from = r->stages[i].first + r->stages[i].count;
		}
	}
	for (size_t i = from; from && i < r->ninstructions; i++)
		if (dockerfile_is_built(r, i))
			return (int)i;
	return -1;
}

/* What the level runs anew, in what is shown.  One at a line is where people put it: engines
 * are told of the first RUN behind. */
static int dockerfile_forced(const struct recipe *shown, const struct level_effect *level)
{
	const struct recipe *sent = level->recipe;
	if (!sent || sent == shown || level->first_forced < 0)
		return level->first_forced;
	int behind = dockerfile_behind(shown, level->name);
	for (size_t k = (size_t)level->first_forced; behind < 0 && k < sent->ninstructions; k++)
		for (size_t i = 0; sent->instructions[k].first_line && i < shown->ninstructions; i++)
			if (shown->instructions[i].first_line == sent->instructions[k].first_line)
				return (int)i;
	return behind;
}

void dockerfile_read(struct dockerfile *d, const struct image_task *image)
{
	struct str rest, line;
	size_t nlines = 1, next = 0;
	d->level = &image->level;
	d->recipe = dockerfile_shown(image);
	d->forced = dockerfile_forced(d->recipe, d->level);
	d->is_part = d->level->recipe && d->level->recipe != d->recipe;
	d->values = given_values(image, d->recipe, false);
	rest = d->recipe->text;
	for (size_t i = 0; i < rest.n; i++)
		nlines += rest.p[i] == '\n';
	d->rows = arena_array(d->arena, nlines + d->recipe->ninstructions * 2 + d->recipe->nstages + 2,
	                      sizeof *d->rows);
	d->lit = arena_array(d->arena, d->recipe->ninstructions, sizeof *d->lit);
	d->marks = arena_array(d->arena, d->recipe->ninstructions, sizeof *d->marks);
	for (unsigned n = 1; str_next(&rest, '\n', &line); n++)
		if (rest.p || line.n)
			dockerfile_add_line(d, n, line, &next);
}
