#include "tui/batch.h"

#include "core/job/pool.h"

const char *batch_level(const struct project *p, const char *given)
{
	const struct level *all = level_find(p->kind->levels, "all");
	return given || p->preferences->level || !all ? p->selection.level : all->name;
}

struct matrix_source batch_source(const struct project *p, struct files *files)
{
	return (struct matrix_source){ p->kind, &p->target, &p->selection, files };
}

struct request batch_request(const struct project *p, const struct files *files,
                             struct arena *arena, const char *id)
{
	struct request request = {
		.id = id, .argument = p->argument, .kind = p->kind->name, .engine = p->engine,
		.named = p->preferences->engines, .nnamed = p->preferences->nengines,
		.selection = p->selection, .log_limit = p->preferences->log_limit,
	};
	pool_of_request(&request, p->preferences);
	request.selection.profiles = NULL;
	request.selection.nprofiles = 0;
	request.texts = project_texts(files, arena, &request.ntexts);
	return request;
}

bool batch_is_of(const struct project *p, const char *root, const struct history_item *item,
                 bool batches)
{
	return (item->nbuilds > 0) == batches && str_eq(str_of(item->root), str_of(root)) &&
	       str_eq(str_of(item->kind), str_of(p->kind->name));
}

static bool batch_knows(const struct settings *s, const char *profile)
{
	for (size_t i = 0; i < s->nprofiles; i++)
		if (str_eq(str_of(s->profiles[i]), str_of(profile)))
			return true;
	return false;
}

bool batch_is_known(const struct settings *s, const struct history_item *item)
{
	for (size_t i = 0; i < item->nprofiles; i++)
		if (!batch_knows(s, item->profiles[i]))
			return false;
	return true;
}

static void batch_append_count(struct buf *out, size_t n, const char *what)
{
	if (n)
		buf_printf(out, "%s%zu %s%s", out->n ? ", " : "", n, what, n == 1 ? "" : "s");
}

void batch_append_problems(struct buf *out, const struct matrix_row *row)
{
	batch_append_count(out, matrix_errors(row), "error");
	batch_append_count(out, row->warnings, "warning");
}

void batch_append_shared(struct buf *out, const struct matrix *m, const struct matrix_row *row)
{
	if (row->with != STR_NONE)
		buf_printf(out, "%zu/%zu %s", row->shared, row->nkeys, m->rows[row->with].name);
}
