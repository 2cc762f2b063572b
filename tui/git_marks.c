#include "tui/git_marks.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/files.h"

void git_marks_init(struct git_marks *g, void (*changed)(void *data), void *data)
{
	*g = (struct git_marks){ .changed = changed, .data = data };
}

static void git_marks_clear(struct git_marks *g)
{
	map_finish(&g->states);
	arena_free(g->arena);
	free(g->branch);
	g->arena = NULL;
	g->branch = NULL;
}

void git_marks_finish(struct git_marks *g)
{
	worker_free(g->worker);
	g->worker = NULL;
	git_marks_clear(g);
}

static const char *git_marks_letter(struct str state)
{
	if (str_eq(state, STR("modified")))
		return "M";
	if (str_eq(state, STR("untracked")))
		return "?";
	return str_eq(state, STR("ignored")) ? "!" : NULL;
}

static struct str git_marks_text(const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_of(key));
	return v && value_type(v) == VALUE_STRING ? value_text(v) : (struct str){ 0 };
}

static void git_marks_take(struct git_marks *g, const struct value *line)
{
	const struct value *files = value_get(line, STR("files"));
	struct str branch = git_marks_text(line, "branch");
	git_marks_clear(g);
	g->arena = arena_new();
	g->branch = branch.n ? xstrndup(branch.p, branch.n) : NULL;
	for (const struct value *f = files ? value_child(files) : NULL; f; f = value_next(f)) {
		const char *letter = git_marks_letter(git_marks_text(f, "state"));
		struct str path = arena_str(g->arena, git_marks_text(f, "path"));
		if (letter && path.n)
			map_set(&g->states, path, (void *)(uintptr_t)letter);
	}
}

static void git_marks_line(void *data, const struct value *line, bool ended_well)
{
	struct git_marks *g = data;
	(void)ended_well;
	if (!line)
		return;
	git_marks_take(g, line);
	g->changed(g->data);
}

void git_marks_ask(struct git_marks *g, struct loop *loop, const char *root)
{
	owned(arena) struct arena *arena = arena_new();
	struct error ignored;
	struct value *argument = value_new_object(arena);
	worker_free(g->worker);
	value_set(arena, argument, "dir", value_new_string(arena, str_of(files_absolute(arena, root))));
	/* Without the letters the tree is still right, so a failure says nothing. */
	g->worker = worker_start(loop, "git", argument, git_marks_line, g, &ignored);
}
