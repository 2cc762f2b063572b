#include "core/config/changes.h"

#include <string.h>

#include "core/base/check.h"
#include "core/os/save.h"

/* What a file was and what it became; p NULL: it is not there. */
struct change {
	char *path;
	struct str before, after;       /* ours */
};

struct changes_step {
	char *what;
	struct change *files;
	size_t n;
};

struct changes {
	struct changes_step *steps;     /* done ones, then those that were undone */
	size_t n, done;
	size_t bytes;
	unsigned open;                  /* begun and not ended */
	bool joins;                     /* the next save belongs to the last step */
	char *what;                     /* of the step that is open */
};

struct changes *changes_new(void)
{
	return xcalloc(1, sizeof(struct changes));
}

static struct str changes_copy(struct str text)
{
	return text.p ? (struct str){ xstrndup(text.p, text.n), text.n } : text;
}

static void change_finish(struct change *c)
{
	free(c->path);
	free((char *)(uintptr_t)c->before.p);
	free((char *)(uintptr_t)c->after.p);
}

static size_t step_size(const struct changes_step *step)
{
	size_t size = 0;
	for (size_t i = 0; i < step->n; i++)
		size += step->files[i].before.n + step->files[i].after.n;
	return size;
}

static void changes_drop_step(struct changes *c, struct changes_step *step)
{
	c->bytes -= step_size(step);
	for (size_t i = 0; i < step->n; i++)
		change_finish(&step->files[i]);
	free(step->files);
	free(step->what);
}

void changes_free(struct changes *c)
{
	if (!c)
		return;
	while (c->n)
		changes_drop_step(c, &c->steps[--c->n]);
	free(c->steps);
	free(c->what);
	free(c);
}

/* ---- doing ---- */

static bool change_apply(const struct change *c, bool back, struct error *err)
{
	return save_over(c->path, back ? c->after : c->before, back ? c->before : c->after, 0666,
	                 err);
}

static void changes_forget_oldest(struct changes *c)
{
	changes_drop_step(c, &c->steps[0]);
	c->n--;
	c->done--;
	memmove(c->steps, c->steps + 1, c->n * sizeof *c->steps);
}

static struct changes_step *changes_new_step(struct changes *c, const char *what)
{
	if (c->n == CHANGES_STEPS)
		changes_forget_oldest(c);
	c->steps = xrealloc(c->steps, c->n + 1, sizeof *c->steps);
	struct changes_step *step = &c->steps[c->n++];
	*step = (struct changes_step){ .what = xstrdup(what) };
	c->done = c->n;
	return step;
}

/* The step that the next save belongs to; nothing that was undone comes again. */
static struct changes_step *changes_step(struct changes *c, const char *what)
{
	while (c->n > c->done)
		changes_drop_step(c, &c->steps[--c->n]);
	if (c->open && c->joins && c->n)
		return &c->steps[c->n - 1];
	c->joins = true;
	return changes_new_step(c, c->open ? c->what : what);
}

static void changes_note(struct changes *c, const char *path, struct str before, struct str after,
                         const char *what)
{
	struct changes_step *step = changes_step(c, what);
	step->files = xrealloc(step->files, step->n + 1, sizeof *step->files);
	step->files[step->n++] = (struct change){ xstrdup(path), changes_copy(before),
	                                          changes_copy(after) };
	c->bytes += before.n + after.n;
	while (c->bytes > CHANGES_BYTES && c->n > 1)
		changes_forget_oldest(c);
}

bool changes_save(struct changes *c, const char *path, struct str expected, struct str text,
                  const char *what, struct error *err)
{
	bool same = !expected.p == !text.p && str_eq(expected, text);
	if (same)
		return true;
	if (!save_over(path, expected, text, 0666, err))
		return false;
	changes_note(c, path, expected, text, what);
	return true;
}

void changes_begin(struct changes *c, const char *what)
{
	if (c->open++)
		return;
	free(c->what);
	c->what = xstrdup(what);
	c->joins = false;
}

void changes_end(struct changes *c)
{
	CHECK(c->open > 0);
	c->open--;
}

/* ---- undoing ---- */

/* Backwards: the last file first.  When one fails, those before it are put back, as far
 * as they are still what was just written. */
static bool step_apply(const struct changes_step *step, bool back, struct error *err)
{
	struct error ignored;
	for (size_t i = 0; i < step->n; i++) {
		size_t at = back ? step->n - 1 - i : i;
		if (change_apply(&step->files[at], back, err))
			continue;
		while (i-- > 0)
			change_apply(&step->files[back ? step->n - 1 - i : i], !back, &ignored);
		return false;
	}
	return true;
}

static enum changes_result changes_go(struct changes *c, const struct changes_step *step,
                                      bool back, struct changes_done *done, struct error *err)
{
	if (!step_apply(step, back, err))
		return CHANGES_FAILED;
	c->done = back ? c->done - 1 : c->done + 1;
	*done = (struct changes_done){ step->files[0].path, step->what, step->n };
	return CHANGES_DONE;
}

enum changes_result changes_undo(struct changes *c, struct changes_done *done, struct error *err)
{
	return c->done ? changes_go(c, &c->steps[c->done - 1], true, done, err) : CHANGES_NOTHING;
}

enum changes_result changes_redo(struct changes *c, struct changes_done *done, struct error *err)
{
	return c->done < c->n ? changes_go(c, &c->steps[c->done], false, done, err)
	                      : CHANGES_NOTHING;
}
