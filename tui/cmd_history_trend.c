/* mortar history trend: times of builds and steps as bars. */
#include "core/base/utf8.h"
#include "core/history/filter.h"
#include "core/history/trend.h"
#include "core/job/request.h"
#include "core/os/clock.h"
#include "core/value/json.h"
#include "tui/cmd_history.h"
#include "tui/command.h"
#include "tui/spark.h"

/* A build, else the newest of a project. */
static const char *trend_find(struct arena *arena, const char *name, struct error *err)
{
	struct history_list list;
	struct error ignored;
	const char *dir = request_find(name, err);
	if (dir || !name)
		return dir;
	owned(history_filter) struct history_filter *filter =
		history_filter_new(STR(""), 0, &ignored);
	history_filter_add(filter, FIELD_PROJECT, str_of(name));
	if (history_select(arena, filter, 1, &list, &ignored) && list.n)
		return list.items[0].dir;
	error_set(err, ERROR_USAGE, "'%s' is neither a build nor a project that was built: mortar "
	          "history lists all", name);
	return NULL;
}

static void trend_append_step(struct buf *out, const struct trend *t, const struct trend_step *step)
{
	enum { NAME = 60 };
	struct spark_point points[TREND_BUILDS];
	owned_buf struct buf plain = { 0 }, name = { 0 }, range = { 0 };
	size_t width;
	for (size_t i = 0; i < t->nbuilds; i++) {
		const struct trend_point *p = &step->points[i];
		points[i] = (struct spark_point){ p->seconds, p->failed ? 'x' : p->cached ? '=' : 0 };
	}
	spark_append(out, points, t->nbuilds, TREND_BUILDS);
	if (step->usual.n)
		clock_append_range(&range, step->usual.p25, step->usual.p90, " - ");
	if (step->stage.n)
		buf_printf(&plain, "[%.*s] ", STR_ARG(step->stage));
	buf_append(&plain, step->name);
	utf8_append_visible(&name, buf_str(&plain));
	struct str cut = text_cut(buf_str(&name), NAME, &width);
	buf_printf(out, "  %-13s  %.*s\n", buf_text(&range), STR_ARG(cut));
}

static void trend_append_whole(struct buf *out, const struct trend *t)
{
	struct spark_point points[TREND_BUILDS];
	owned_buf struct buf took = { 0 };
	size_t known = 0, cached = 0;
	for (size_t i = 0; i < t->nbuilds; i++) {
		bool done = t->builds[i].state == HISTORY_DONE;
		points[i] = (struct spark_point){ history_took(&t->builds[i], 0), done ? 0 : 'x' };
		known += t->known[i];
		cached += t->cached[i];
	}
	spark_append(out, points, t->nbuilds, TREND_BUILDS);
	if (t->nbuilds)
		history_field_text(&t->builds[t->nbuilds - 1], FIELD_TOOK, 0, &took);
	buf_printf(out, "  %-13s  %zu build%s, the last on the right", buf_text(&took), t->nbuilds,
	           t->nbuilds == 1 ? "" : "s");
	if (known)
		buf_printf(out, "; %zu %% of steps from the cache", cached * 100 / known);
	buf_append_char(out, '\n');
}

int history_trend(struct arena *arena, const struct args *args)
{
	struct error err;
	struct trend trend;
	owned_buf struct buf out = { 0 };
	const char *name = args->noperands > 1 ? args->operands[1] : NULL;
	if (args->noperands > 2) {
		error_set(&err, ERROR_USAGE, "history trend takes one build or project");
		return command_fail(&err);
	}
	const char *dir = trend_find(arena, name, &err);
	if (!dir || !trend_read(arena, dir, &trend, &err))
		return command_fail(&err);
	if (args_has(args, "json")) {
		value_write_json(&out, trend_describe(arena, &trend), JSON_FILE);
		buf_append_char(&out, '\n');
		return command_output(buf_str(&out));
	}
	trend_append_whole(&out, &trend);
	for (size_t i = 0; i < trend.nsteps; i++)
		trend_append_step(&out, &trend, &trend.steps[i]);
	return command_output(buf_str(&out));
}
