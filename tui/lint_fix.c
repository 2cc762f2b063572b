/* mortar lint --fix: all files in memory first, then on the disk, all or none. */
#include "core/base/utf8.h"
#include "core/config/changes.h"
#include "core/lint/fix.h"
#include "tui/command.h"
#include "tui/lint.h"

/* What one fix makes right may make another finding; so many times it is looked again. */
enum { FIX_TURNS = 20 };

struct fixed {
	const char *path;
	struct str before, after;       /* in the arena */
};

struct fixing {
	struct arena *arena;
	struct project *project;
	struct fixed *files;
	size_t n, fixes;
};

static struct fixed *fixing_file(struct fixing *f, const struct source *source)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->files[i].path, source->path) == 0)
			return &f->files[i];
	struct fixed *all = arena_array(f->arena, f->n + 1, sizeof *all);
	for (size_t i = 0; i < f->n; i++)
		all[i] = f->files[i];
	all[f->n] = (struct fixed){ .path = source->path,
	                            .before = arena_str(f->arena, source->text) };
	f->files = all;
	return &all[f->n++];
}

/* One turn over every file that a finding would change; false: there is none. */
static bool fixing_turn(struct fixing *f)
{
	const struct problems *problems = f->project->problems;
	const struct source *done[PROBLEMS_MAX + 1];
	size_t ndone = 0;
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		const struct source *source = p->nfix ? p->fix[0].at.source : NULL;
		owned_buf struct buf text = { 0 };
		size_t k = 0;
		while (k < ndone && done[k] != source)
			k++;
		if (!source || k < ndone)
			continue;
		done[ndone++] = source;
		size_t n = fix_apply(problems, source, &text);
		if (n)
			fixing_file(f, source)->after = arena_str(f->arena, buf_str(&text));
		f->fixes += n;
	}
	struct pair *edited = arena_array(f->arena, f->n + 1, sizeof *edited);
	for (size_t i = 0; i < f->n; i++)
		edited[i] = (struct pair){ str_of(f->files[i].path), f->files[i].after };
	f->project->edited = edited;
	f->project->nedited = f->n;
	return ndone > 0;
}

static bool fixing_save(struct fixing *f, struct error *err)
{
	owned(changes) struct changes *changes = changes_new();
	bool ok = true;
	changes_begin(changes, "mortar lint --fix");
	for (size_t i = 0; i < f->n && ok; i++)
		ok = changes_save(changes, f->files[i].path, f->files[i].before, f->files[i].after,
		                  "mortar lint --fix", err);
	changes_end(changes);
	struct changes_done ignored;
	struct error again;
	if (!ok && changes_undo(changes, &ignored, &again) == CHANGES_FAILED)
		error_prefix(err, "%s; and before that", again.text);
	return ok;
}

bool lint_fix(struct arena *arena, struct project *p, bool dry_run, struct buf *diff,
              size_t *ret_fixed, struct error *err)
{
	struct fixing f = { .arena = arena, .project = p };
	size_t errors = problems_errors(p->problems);
	for (unsigned turn = 0; turn < FIX_TURNS && fixing_turn(&f); turn++)
		lint_read(p);
	*ret_fixed = f.fixes;
	if (problems_errors(p->problems) > errors)
		return error_set(err, ERROR_PROJECT, "the fixes would make more errors than there were: "
		                 "nothing was changed");
	for (size_t i = 0; dry_run && i < f.n; i++)
		fix_append_diff(diff, str_of(f.files[i].path), f.files[i].before, f.files[i].after);
	return dry_run || fixing_save(&f, err);
}
