/* Lines of a build's log that no good build before it had: a worker reads those builds, so
 * that however long their logs are no frame waits. */
#include "core/job/job.h"
#include "tui/app.h"
#include "tui/view_build_inside.h"

/* Lines masked and looked up at a time: some milliseconds. */
enum { NEW_SLICE = 2000 };

static void new_line(void *data, const struct value *line, bool ended_well)
{
	struct view_build *b = data;
	(void)ended_well;
	if (line) {
		known_lines_take(b->known, line);
		return;
	}
	worker_free(b->knower);
	b->knower = NULL;
	view_build_dirty(b);
}

void view_build_new_update(struct view_build *b)
{
	if (b->known || !b->build->nsteps)
		return;
	b->known = known_lines_new();
	const char *dirs[NEW_LINES_BUILDS];
	owned(arena) struct arena *arena = arena_new();
	size_t n = new_lines_former(arena, b->build, b->dir, dirs);
	if (!n)
		return;
	struct value *argument = value_new_object(arena), *former = value_new_array(arena);
	struct error ignored;
	for (size_t i = 0; i < n; i++)
		value_append(former, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(arena, str_of(dirs[i])));
	value_set(arena, argument, "dir", value_new_string(arena, str_of(b->dir)));
	value_set(arena, argument, "former", former);
	/* Without the marks the log is still right, so a failure says nothing. */
	b->knower = worker_start(b->loop, "lines", argument, new_line, b, &ignored);
}

bool view_build_new_is_known(const struct view_build *b)
{
	return b->known && !b->knower && known_lines_any(b->known);
}

enum known_line view_build_new_tell(struct view_build *b, int step, struct str text)
{
	return known_lines_tell(b->known, step, text);
}

/* ---- from one to the next ---- */

static void new_slice(struct loop *loop, void *data);

static bool new_is_new(struct view_build *b, size_t line)
{
	size_t n;
	int step = journal_line_step(b->journal, line, &n);
	log_text_read(&b->text, journal_line(b->journal, -1, line, &b->scratch, NULL));
	return known_lines_tell(b->known, step, b->text.text) == KNOWN_NEW;
}

/* Some lines further, around the end; those that came meanwhile are not waited for. */
static void new_walk(struct view_build *b)
{
	size_t all = journal_lines(b->journal, -1);
	for (size_t i = 0; i < NEW_SLICE && b->walk.left; i++) {
		b->walk.left--;
		b->walk.line = b->walk.down ? (b->walk.line + 1) % all
		                            : (b->walk.line + all - 1) % all;
		if (!new_is_new(b, b->walk.line))
			continue;
		b->walk.left = 0;
		view_build_find_reach(b, b->walk.line);
		app_dirty(b->view.app);
		return;
	}
	if (b->walk.left) {
		b->walk.timer = loop_timer(b->loop, 0, new_slice, b);
		return;
	}
	app_say(b->view.app, "no line is new: former builds had them all");
	app_dirty(b->view.app);
}

static void new_slice(struct loop *loop, void *data)
{
	struct view_build *b = data;
	(void)loop;
	b->walk.timer = 0;
	new_walk(b);
}

void view_build_new_go(struct view_build *b, bool down)
{
	size_t all = journal_lines(b->journal, -1);
	if (!view_build_new_is_known(b) || !all) {
		app_say(b->view.app, b->knower ? "former builds are still read" :
		        "there is no good build of this project before it on this engine");
		return;
	}
	loop_untimer(b->loop, b->walk.timer);
	size_t here = view_build_find_here(b);
	b->walk = (struct build_walk){ .left = all, .down = down,
	                               .line = here != STR_NONE ? here : down ? all - 1 : 0 };
	new_walk(b);
}

void view_build_new_finish(struct view_build *b)
{
	loop_untimer(b->loop, b->walk.timer);
	worker_free(b->knower);
	known_lines_free(b->known);
}
