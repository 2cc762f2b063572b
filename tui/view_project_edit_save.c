/* Editing in the project view: files written, undone, and what is shown of it. */
#include "tui/view_project_inside.h"

/* ---- what the Dockerfile was ---- */

void view_edit_forget(struct view_project *v)
{
	struct view_edit *e = &v->edit;
	if (!e->before_arena)
		return;
	dockerfile_mark_changed(&v->dockerfile, NULL);
	map_finish(&e->before);
	arena_free(e->before_arena);
	e->before_arena = NULL;
}

static void view_edit_remember(struct view_project *v)
{
	struct view_edit *e = &v->edit;
	const struct recipe *r = v->dockerfile.recipe;
	view_edit_forget(v);
	e->before_arena = arena_new();
	for (size_t i = 0; r && i < r->ninstructions; i++)
		map_set(&e->before, arena_str(e->before_arena, r->instructions[i].text), e);
}

/* Reads what was written and says it, with what became of the Dockerfile. */
static void view_edit_show(struct view_project *v, struct str pointer, struct buf *said)
{
	app_reread(v->view.app);
	if (pointer.p)
		merged_go(&v->merged, pointer);
	view_project_link(v);
	size_t n = v->dockerfile.stale ? 0 : dockerfile_mark_changed(&v->dockerfile, &v->edit.before);
	if (n)
		buf_printf(said, "; %zu line%s of the Dockerfile changed", n, n == 1 ? "" : "s");
	app_say(v->view.app, "%s", buf_text(said));
}

/* ---- writing ---- */

/* All files of the place or none: what was saved before one fails is taken back. */
static bool view_edit_write(struct view_edit *e, const struct edit_place *place, struct error *err)
{
	struct changes_done ignored;
	struct error again;
	size_t saved = 0;
	bool ok = true;
	changes_begin(e->changes, e->head);
	for (size_t i = 0; ok && i < place->nfiles; i++) {
		const struct edit_file *f = &place->files[i];
		ok = changes_save(e->changes, f->path, f->before, f->after, e->head, err);
		saved += ok;
	}
	changes_end(e->changes);
	if (!ok && saved && changes_undo(e->changes, &ignored, &again) == CHANGES_FAILED)
		error_prefix(err, "only %zu of %zu files were written (u takes it back)", saved,
		             place->nfiles);
	return ok;
}

/* What was typed stays, so that nothing is lost. */
static void view_edit_refused(struct view_project *v, const struct error *err)
{
	struct view_edit *e = &v->edit;
	bool typing = e->typing;
	if (!typing)
		view_edit_end(v);
	/* It is shown as it is now, before it is said that it was not as expected. */
	app_reread(v->view.app);
	app_alert(v->view.app, "%s%s", err->text, typing ? "; what you typed is still here" : "");
}

static void view_edit_tell(const struct view_edit *e, const struct edit_place *place,
                           struct buf *said)
{
	if (place->nfiles > 1)
		buf_printf(said, "%zu files", place->nfiles);
	else
		buf_append_text(said, place->files[0].name);
	buf_printf(said, ": %s", e->head);
	if (place->effect != EDIT_SHOWS && place->effect != EDIT_GONE)
		buf_printf(said, "; %s", place->note);
	buf_append_text(said, " (u undoes)");
}

void view_edit_save(struct view_project *v, const struct edit_place *place)
{
	struct view_edit *e = &v->edit;
	owned_buf struct buf said = { 0 }, pointer = { 0 };
	struct error err;
	buf_append(&pointer, e->pointer);
	if (e->op == EDIT_ADD) {
		struct str added = e->site.pointer;
		buf_append(&pointer, str_slice(added, str_find_last(added, '/'), added.n));
	}
	if (place->effect == EDIT_SAME) {
		app_say(v->view.app, "%s holds this already: nothing is written", place->files[0].name);
		view_edit_end(v);
		return;
	}
	view_edit_remember(v);
	if (!view_edit_write(e, place, &err)) {
		view_edit_refused(v, &err);
		return;
	}
	view_edit_tell(e, place, &said);
	view_edit_end(v);
	view_edit_show(v, buf_str(&pointer), &said);
}

/* ---- undo ---- */

/* From the project's root, as files are named everywhere else. */
static const char *view_edit_name(const struct view_project *v, const char *path)
{
	struct str root = str_of(v->settings ? v->settings->root : "");
	bool below = root.n && str_has_prefix(str_of(path), root) && path[root.n] == '/';
	return below ? path + root.n + 1 : path;
}

bool view_edit_undo(struct view_project *v, bool redo)
{
	struct view_edit *e = &v->edit;
	struct changes_done done;
	struct error err;
	owned_buf struct buf said = { 0 };
	view_edit_remember(v);
	switch (redo ? changes_redo(e->changes, &done, &err) : changes_undo(e->changes, &done, &err)) {
	case CHANGES_NOTHING:
		app_say(v->view.app, redo ? "nothing was undone that could be done again"
		                          : "nothing was changed here that could be undone");
		break;
	case CHANGES_FAILED:
		app_reread(v->view.app);
		app_alert(v->view.app, "not %s: %s", redo ? "done again" : "undone", err.text);
		break;
	case CHANGES_DONE:
		buf_printf(&said, "%s: %s: %s", redo ? "done again" : "undone",
		           view_edit_name(v, done.path), done.what);
		if (done.nfiles > 1)
			buf_printf(&said, " (%zu files)", done.nfiles);
		view_edit_show(v, (struct str){ 0 }, &said);
	}
	return true;
}
