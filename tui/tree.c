#include "tui/tree.h"

#include <stdlib.h>

#include "core/base/check.h"

enum { TREE_ROWS_MAX = 100000 };

void tree_finish(struct tree *t)
{
	arena_free(t->arena);
	folds_finish(&t->folds);
}

/* ---- rows ---- */

struct tree_filler {
	struct tree *tree;
	struct project *project;
	const struct settings *settings;
	size_t cap;
	struct map counts;              /* path → struct tree_count */
};

static struct tree_row *tree_add(struct tree_filler *f, const struct tree_row *row)
{
	struct tree *t = f->tree;
	if (t->nrows == f->cap) {
		struct tree_row *old = t->rows;
		f->cap = f->cap ? f->cap * 2 : 32;
		t->rows = arena_array(t->arena, f->cap, sizeof *t->rows);
		if (t->nrows)
			memcpy(t->rows, old, t->nrows * sizeof *old);
	}
	t->rows[t->nrows] = *row;
	return &t->rows[t->nrows++];
}

/* Errors and warnings of each file, by its path from the root: counted once for all rows. */
struct tree_count {
	size_t errors, warnings;
};

static void tree_count_problems(struct tree_filler *f)
{
	const struct problems *problems = f->project->problems;
	for (size_t i = 0; problems && i < problems_count(problems); i++) {
		const struct problem *problem = problems_get(problems, i);
		const struct source *source = problem->at.source;
		if (!source || !source->name)
			continue;
		struct tree_count *count = map_get(&f->counts, str_of(source->name));
		if (!count) {
			count = arena_alloc(f->tree->arena, sizeof *count);
			map_set(&f->counts, str_of(source->name), count);
		}
		count->errors += problem->severity == SEVERITY_ERROR;
		count->warnings += problem->severity == SEVERITY_WARNING;
	}
}

static void tree_add_count(const struct tree_filler *f, struct tree_row *row, const char *path)
{
	const struct tree_count *count = map_get(&f->counts, str_of(path));
	row->errors += count ? count->errors : 0;
	row->warnings += count ? count->warnings : 0;
}

/* A state told of the file, or of a folder it lies in. */
static char tree_git(const struct tree *t, const char *path)
{
	const char *state = t->git ? map_get(t->git, str_of(path)) : NULL;
	for (size_t n = strlen(path); t->git && !state && n > 0; n--)
		if (path[n - 1] == '/')
			state = map_get(t->git, (struct str){ path, n - 1 });
	if (t->git && !state)
		state = map_get(t->git, STR("."));
	return state ? state[0] : 0;
}

static const char *tree_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void tree_add_file(struct tree_filler *f, struct tree_row row)
{
	/* Copied: what was read goes before these rows do. */
	row.path = arena_text(f->tree->arena, str_of(row.path));
	row.name = tree_base(row.path);
	row.git = tree_git(f->tree, row.path);
	tree_add_count(f, &row, row.path);
	tree_add(f, &row);
}

static bool tree_is_layer(const struct document *d, const char *path)
{
	for (size_t i = 0; i < d->nlayers; i++)
		if (strcmp(d->layers[i].path, path) == 0)
			return true;
	return false;
}

/* Files that look like overlays of the document but name a project of their own:
 * they are chosen instead, never laid over. */
static void tree_add_choices(struct tree_filler *f, size_t document)
{
	const struct document *d = &f->settings->documents[document];
	struct arena *arena = f->tree->arena;
	struct files_list list;
	struct target target = { 0 };
	struct error ignored;
	const char *path = d->path;
	size_t folder = (size_t)(tree_base(path) - path), stem = strcspn(tree_base(path), ".");
	const char *dir = arena_text(arena, (struct str){ path, folder ? folder - 1 : 0 });
	dir = files_join(arena, f->settings->root, dir[0] ? dir : ".");
	if (files_list(f->project->files, dir, arena, &list, &ignored) != FILES_OK)
		return;
	for (size_t i = 0; i < list.n; i++) {
		const char *name = list.entries[i].name;
		struct tree_row row = { .kind = TREE_CHOICE, .document = document };
		if (strncmp(name, path + folder, stem) != 0 || name[stem] != '.' || list.entries[i].is_dir)
			continue;
		row.path = arena_printf(arena, "%.*s%s", (int)folder, path, name);
		if (tree_is_layer(d, row.path) ||
		    f->project->kind->recognise(f->project->files, files_join(arena, dir, name), arena,
		                                &target, &ignored) != KIND_FILE)
			continue;
		tree_add_file(f, row);
	}
}

static void tree_add_document(struct tree_filler *f, size_t document)
{
	const struct document *d = &f->settings->documents[document];
	unsigned order = 0;
	struct tree_row row = {
		.kind = TREE_DOCUMENT, .document = document, .generated = d->generated,
		.path = d->nlayers ? d->layers[0].path : d->path,
		.absent = d->nlayers && !d->layers[0].present,
		.broken = d->nlayers && d->layers[0].present && !d->layers[0].value,
	};
	size_t at = f->tree->nrows;
	tree_add_file(f, row);
	bool folded = folds_has(&f->tree->folds, str_of(row.path));
	for (size_t i = 1; i < d->nlayers; i++) {
		const struct layer *l = &d->layers[i];
		f->tree->rows[at].folds = true;
		/* What is folded away is counted where it is. */
		if (folded)
			tree_add_count(f, &f->tree->rows[at], l->path);
		else
			tree_add_file(f, (struct tree_row){
				.kind = TREE_OVERLAY, .document = document, .path = l->path, .profile = l->profile,
				.order = l->active ? ++order : 0, .broken = l->present && !l->value });
	}
	if (!d->generated && !folded)
		tree_add_choices(f, document);
	if (f->tree->nrows > at + 1)
		f->tree->rows[at].folds = true;
}

static bool tree_same_folder(const char *a, const char *b)
{
	size_t n = (size_t)(tree_base(a) - a);
	return n == (size_t)(tree_base(b) - b) && memcmp(a, b, n) == 0;
}

static void tree_add_folder(struct tree_filler *f, size_t first)
{
	const struct document *documents = f->settings->documents;
	const char *path = documents[first].path;
	size_t n = (size_t)(tree_base(path) - path);
	const char *name = arena_text(f->tree->arena, (struct str){ path, n });
	bool folded = folds_has(&f->tree->folds, str_of(name));
	if (n)
		tree_add(f, &(struct tree_row){ .kind = TREE_FOLDER, .name = name, .path = name,
		                                .document = STR_NONE, .folds = true });
	for (size_t i = first; i < f->settings->ndocuments && !folded; i++)
		if (tree_same_folder(documents[i].path, path) && f->tree->nrows < TREE_ROWS_MAX)
			tree_add_document(f, i);
}

/* As image_file_ignore finds it. */
static const char *tree_ignore(const struct tree_filler *f, const char *root, const char *name)
{
	struct arena *arena = f->tree->arena;
	const char *own = arena_printf(arena, "%s.dockerignore", name);
	if (files_has(f->project->files, files_join(arena, root, own)))
		return own;
	return files_has(f->project->files, files_join(arena, root, ".dockerignore"))
		? ".dockerignore" : NULL;
}

/* Where one of several files is a document, its row has the others: tree_add_choices. */
static bool tree_has_chosen(const struct settings *s)
{
	for (size_t i = 0; i < s->ndocuments; i++)
		if (s->documents[i].chosen)
			return true;
	return false;
}

static void tree_add_images(struct tree_filler *f)
{
	struct choices choices = { 0 };
	const struct project *p = f->project;
	if (!p->kind->choices || !f->settings || !p->files || tree_has_chosen(f->settings))
		return;
	p->kind->choices(f->settings, p->files, f->tree->arena, &choices);
	for (size_t i = 0; i < choices.n; i++)
		tree_add_file(f, (struct tree_row){
			.kind = TREE_IMAGE, .document = STR_NONE, .path = choices.files[i],
			.chosen = choices.chosen && strcmp(choices.chosen, choices.files[i]) == 0,
			.ignore = tree_ignore(f, f->settings->root, choices.files[i]) });
}

static bool tree_is_first_of_folder(const struct settings *s, size_t document)
{
	for (size_t i = 0; i < document; i++)
		if (tree_same_folder(s->documents[i].path, s->documents[document].path))
			return false;
	return true;
}

/* Cursor to the row of the path, else to the folder that hides it. */
static void tree_go_near(struct tree *t, const char *path)
{
	for (size_t i = 0; i < t->nrows; i++) {
		const struct tree_row *row = &t->rows[i];
		bool hides = row->kind == TREE_FOLDER && str_has_prefix(str_of(path), str_of(row->path)) &&
		             folds_has(&t->folds, str_of(row->path));
		if (!hides && strcmp(row->path, path) != 0)
			continue;
		t->list.cursor = i;
		return;
	}
}

void tree_fill(struct tree *t, struct project *project, const struct settings *settings)
{
	struct arena *old = t->arena;
	const struct tree_row *row = tree_row(t);
	const char *path = row ? row->path : NULL;
	struct tree_filler f = { .tree = t, .project = project, .settings = settings };
	t->arena = arena_new();
	t->rows = NULL;
	t->nrows = 0;
	tree_count_problems(&f);
	for (size_t i = 0; settings && i < settings->ndocuments; i++)
		if (tree_is_first_of_folder(settings, i))
			tree_add_folder(&f, i);
	tree_add_images(&f);
	list_set_count(&t->list, t->nrows);
	if (path)
		tree_go_near(t, path);
	/* At first: on a document rather than on its folder. */
	if (!path && t->nrows > 1 && t->rows[0].kind == TREE_FOLDER)
		t->list.cursor = 1;
	map_finish(&f.counts);
	arena_free(old);
}

/* ---- moving ---- */

const struct tree_row *tree_row(const struct tree *t)
{
	return t->list.cursor < t->nrows ? &t->rows[t->list.cursor] : NULL;
}

void tree_go(struct tree *t, size_t document, const char *path)
{
	for (size_t i = 0; path && i < t->nrows; i++)
		if (t->rows[i].document == document && strcmp(t->rows[i].path, path) == 0) {
			list_go(&t->list, i);
			return;
		}
	for (size_t i = 0; i < t->nrows; i++)
		if (t->rows[i].document == document && t->rows[i].kind == TREE_DOCUMENT) {
			list_go(&t->list, i);
			return;
		}
}

bool tree_step(struct tree *t, bool down)
{
	size_t i = t->list.cursor;
	while (down ? i + 1 < t->nrows : i > 0) {
		i = down ? i + 1 : i - 1;
		if (t->rows[i].kind == TREE_DOCUMENT) {
			list_go(&t->list, i);
			return true;
		}
	}
	return false;
}

void tree_link_none(struct tree *t)
{
	for (size_t i = 0; i < t->nrows; i++)
		t->rows[i].linked = false;
}

void tree_link(struct tree *t, size_t document, const char *path)
{
	for (size_t i = 0; i < t->nrows; i++)
		if (path ? strcmp(t->rows[i].path, path) == 0
		         : t->rows[i].document == document && t->rows[i].kind == TREE_DOCUMENT)
			t->rows[i].linked = true;
}

bool tree_fold(struct tree *t, bool fold)
{
	const struct tree_row *row = tree_row(t);
	if (!row)
		return false;
	if (row->kind == TREE_OVERLAY || row->kind == TREE_CHOICE) {
		if (!fold)
			return false;
		tree_go(t, row->document, NULL);
		row = tree_row(t);
	}
	if (!row->folds || folds_has(&t->folds, str_of(row->path)) == fold)
		return false;
	folds_set(&t->folds, str_of(row->path), fold);
	return true;
}

static size_t tree_fold_rows(struct tree *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->nrows; i++) {
		const struct tree_row *row = &t->rows[i];
		if (!row->folds || folds_has(&t->folds, str_of(row->path)))
			continue;
		folds_set(&t->folds, str_of(row->path), true);
		n++;
	}
	return n;
}

bool tree_fold_all(struct tree *t, bool fold)
{
	bool any = fold ? tree_fold_rows(t) > 0 : !folds_is_empty(&t->folds);
	if (!fold)
		folds_clear(&t->folds);
	return any;
}

/* ---- drawing ---- */

static struct ink tree_layer_ink(const struct tree_row *row)
{
	static const uint8_t styles[] = { STYLE_BASE, STYLE_LAYER1, STYLE_LAYER2, STYLE_LAYER3 };
	return (struct ink){ styles[row->order < 3 ? row->order : 3], STYLE_NONE };
}

static struct ink tree_ink(const struct tree_row *row)
{
	if (row->broken || row->errors)
		return INK(ERROR);
	switch (row->kind) {
	case TREE_FOLDER: return INK(STRONG);
	case TREE_CHOICE: return INK(FAINT);
	case TREE_IMAGE: return row->chosen ? INK(STRONG) : INK(FAINT);
	case TREE_OVERLAY: return row->order ? tree_layer_ink(row) : INK(FAINT);
	default: return row->absent ? INK(FAINT) : row->generated ? INK(MADE) : INK(TEXT);
	}
}

/* What a file is for: its place in the order, g generated, - takes no part, ! broken. */
static void tree_draw_mark(struct pen *pen, const struct tree_row *row)
{
	if (row->broken || (row->absent && row->errors))
		pen_word(pen, "!", INK(ERROR));
	else if (row->kind == TREE_OVERLAY && row->order)
		pen_printf(pen, tree_layer_ink(row), "%u", row->order);
	else if (row->kind == TREE_OVERLAY || row->absent)
		pen_word(pen, "-", INK(FAINT));
	else if (row->kind == TREE_IMAGE && row->chosen)
		pen_word(pen, ">", INK(HOT));
	else if (row->kind == TREE_CHOICE || row->kind == TREE_IMAGE)
		pen_word(pen, "o", INK(FAINT));
	else if (row->kind == TREE_DOCUMENT)
		pen_word(pen, row->generated ? "g" : "b", row->generated ? INK(MADE) : INK(BASE));
	pen_word(pen, " ", INK(TEXT));
}

/* Problems and git's letter, at the right. */
static struct ink tree_right(const struct tree_row *row, struct buf *text)
{
	if (row->errors)
		buf_printf(text, " %zu!", row->errors);
	else if (row->warnings)
		buf_printf(text, " %zu?", row->warnings);
	if (row->git)
		buf_printf(text, " %c", row->git);
	if (text->n)
		buf_append_char(text, ' ');
	return row->errors ? INK(ERROR) : row->warnings ? INK(WARNING) : INK(FAINT);
}

static void tree_draw_row(const struct tree *t, struct pen *pen, const struct tree_row *row)
{
	bool folded = folds_has(&t->folds, str_of(row->kind == TREE_FOLDER ? row->path : ""));
	pen_text(pen, row->linked ? text_sign(SIGN_DOT) : STR(" "), INK(HOT));
	if (row->kind == TREE_FOLDER) {
		pen_text(pen, text_sign(folded ? SIGN_CLOSED : SIGN_OPEN), INK(FAINT));
		pen_word(pen, " ", INK(TEXT));
	} else {
		bool is_base = row->kind == TREE_DOCUMENT || row->kind == TREE_IMAGE;
		pen_to(pen, is_base ? 3 : 5, INK(TEXT));
		tree_draw_mark(pen, row);
	}
	owned_buf struct buf right = { 0 };
	struct ink ink = tree_right(row, &right);
	struct pen name = *pen;
	name.end -= name.end - name.col > (int)right.n + 4 ? (int)right.n : 0;
	pen_word(&name, row->name, tree_ink(row));
	pen->col = name.col;
	if (row->kind == TREE_DOCUMENT && row->folds && folds_has(&t->folds, str_of(row->path)))
		pen_text(pen, text_sign(SIGN_ELLIPSIS), INK(FAINT));
	pen_right(pen, buf_str(&right), ink);
	pen_fill(pen, INK(TEXT));
}

void tree_draw(struct tree *t, struct surface *s, struct area a, bool focused)
{
	a = list_draw_bar(&t->list, s, a);
	for (int row = 0; row < a.rows && t->list.top + (size_t)row < t->nrows; row++) {
		size_t i = t->list.top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		if (i == t->list.cursor)
			pen.over = focused ? STYLE_CURSOR : STYLE_RESTING;
		else if (t->rows[i].linked)
			pen.over = STYLE_LINKED;
		tree_draw_row(t, &pen, &t->rows[i]);
	}
}
