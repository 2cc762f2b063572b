/* mortar history: list, prune, delete, pin, unpin, export, import. */
#include "tui/cmd_history.h"

#include <string.h>

#include "core/base/similar.h"
#include "core/base/utf8.h"
#include "core/history/filter.h"
#include "core/history/remove.h"
#include "core/history/retention.h"
#include "core/job/job.h"
#include "core/os/clock.h"
#include "core/os/space.h"
#include "core/value/json.h"
#include "tui/command.h"

/* ---- list ---- */

static void list_append_row(struct buf *out, const struct history_item *item)
{
	owned_buf struct buf took = { 0 }, line = { 0 };
	if (item->ended > 0)
		clock_append_seconds(&took, item->ended - item->started);
	buf_printf(&line, "%-22s ", item->id);
	clock_append_local(&line, item->started);
	buf_printf(&line, "  %-9s %8s  %-8s %-4s %s", history_state_name(item->state),
	           buf_text(&took), item->engine, item->level, item->image);
	if (item->action[0])
		buf_printf(&line, "action %s", item->action);
	if (item->nbuilds)
		buf_printf(&line, "%zu builds", item->nbuilds);
	utf8_append_visible(out, buf_str(&line));
	buf_append_char(out, '\n');
}

/* The operands behind the verb in one line, as they would be typed in the view. */
static struct history_filter *list_filter(const struct args *args, struct error *err)
{
	owned_buf struct buf words = { 0 };
	const char *project = args_get(args, "project"), *since = args_get(args, "since");
	for (size_t i = 1; i < args->noperands; i++)
		buf_printf(&words, "%s%s", i > 1 ? " " : "", args->operands[i]);
	struct history_filter *filter = history_filter_new(buf_str(&words), clock_now(), err);
	if (!filter) {
		error_prefix(err, "the filter");
		return NULL;
	}
	if (project)
		history_filter_add(filter, FIELD_PROJECT, str_of(project));
	if (since && !history_filter_since(filter, str_of(since), err)) {
		history_filter_free(filter);
		return NULL;
	}
	return filter;
}

static int history_list_builds(struct arena *arena, const struct args *args)
{
	struct error err;
	unsigned long long most = (size_t)-1;
	struct history_list list;
	owned_buf struct buf out = { 0 };
	const char *count = args_get(args, "count");
	if (count && !str_number(str_of(count), most, &most)) {
		error_set(&err, ERROR_USAGE, "--count needs a number, not '%s'", count);
		return command_fail(&err);
	}
	owned(history_filter) struct history_filter *filter = list_filter(args, &err);
	if (!filter || !history_select(arena, filter, (size_t)most, &list, &err))
		return command_fail(&err);
	struct value *all = value_new_array(arena);
	for (size_t i = 0; i < list.n; i++) {
		if (args_has(args, "json"))
			value_append(all, (struct str){ 0 }, (struct span){ 0 },
			             history_describe(arena, &list.items[i]));
		else
			list_append_row(&out, &list.items[i]);
	}
	if (args_has(args, "json")) {
		value_write_json(&out, all, JSON_FILE);
		buf_append_char(&out, '\n');
	}
	return command_output(buf_str(&out));
}

/* ---- prune ---- */

static void prune_append_row(struct buf *out, const struct retention_item *gone)
{
	owned_buf struct buf line = { 0 }, size = { 0 };
	space_append_bytes(&size, gone->item->size);
	buf_printf(&line, "%-22s %9s  %s  %s", gone->item->id, buf_text(&size), gone->item->project,
	           retention_why_text(gone->why));
	utf8_append_visible(out, buf_str(&line));
	buf_append_char(out, '\n');
}

static struct value *prune_describe(struct arena *a, const struct retention_plan *plan, bool dry)
{
	struct value *o = value_new_object(a), *removed = value_new_array(a);
	for (size_t i = 0; i < plan->n; i++) {
		struct value *row = value_new_object(a);
		const struct retention_item *gone = &plan->items[i];
		value_set(a, row, "id", value_new_string(a, str_of(gone->item->id)));
		value_set(a, row, "size", value_new_integer(a, (long long)gone->item->size));
		value_set(a, row, "why", value_new_string(a, str_of(retention_why_text(gone->why))));
		value_append(removed, (struct str){ 0 }, (struct span){ 0 }, row);
	}
	value_set(a, o, "dry_run", value_new_bool(a, dry));
	value_set(a, o, "removed", removed);
	value_set(a, o, "removed_size", value_new_integer(a, (long long)plan->bytes));
	value_set(a, o, "kept", value_new_integer(a, (long long)plan->kept));
	value_set(a, o, "kept_size", value_new_integer(a, (long long)plan->kept_bytes));
	return o;
}

static void prune_say(const struct retention_plan *plan, bool dry)
{
	owned_buf struct buf gone = { 0 }, kept = { 0 };
	space_append_bytes(&gone, plan->bytes);
	space_append_bytes(&kept, plan->kept_bytes);
	command_say("%zu build%s (%s) %s; %zu (%s) stay", plan->n, plan->n == 1 ? "" : "s",
	            buf_text(&gone), dry ? "would go" : "removed", plan->kept, buf_text(&kept));
}

static int history_prune(struct arena *arena, const struct args *args)
{
	struct error err;
	struct retention retention;
	struct retention_plan plan;
	struct history_list all;
	owned_buf struct buf out = { 0 };
	bool dry = args_has(args, "dry-run");
	int code = 0;
	if (!retention_read(&retention, &err) || !history_read(arena, (size_t)-1, &all, &err))
		return command_fail(&err);
	retention_decide(arena, &retention, &all, NULL, clock_now(), &plan);
	for (size_t i = 0; i < plan.n; i++) {
		if (!dry && !history_remove(plan.items[i].item->dir, &err))
			code = command_fail(&err);
		else if (!args_has(args, "json"))
			prune_append_row(&out, &plan.items[i]);
	}
	if (args_has(args, "json")) {
		value_write_json(&out, prune_describe(arena, &plan, dry), JSON_FILE);
		buf_append_char(&out, '\n');
	} else {
		prune_say(&plan, dry);
	}
	int written = command_output(buf_str(&out));
	return code ? code : written;
}

/* ---- delete, pin, unpin ---- */

static bool change_pin(const char *dir, struct error *err)
{
	return history_pin(dir, true, err);
}

static bool change_unpin(const char *dir, struct error *err)
{
	return history_pin(dir, false, err);
}

bool history_find_builds(const struct args *args, const char **dirs, struct error *err)
{
	if (args->noperands < 2)
		return error_set(err, ERROR_USAGE, "history %s needs the ids of builds (or last)",
		                 args->operands[0]);
	for (size_t i = 1; i < args->noperands; i++) {
		dirs[i] = request_find(args->operands[i], err);
		if (!dirs[i])
			return false;
	}
	return true;
}

static int history_change(struct arena *arena, const struct args *args,
                          bool (*change)(const char *dir, struct error *))
{
	struct error err;
	owned_buf struct buf out = { 0 };
	const char **dirs = arena_array(arena, args->noperands, sizeof *dirs);
	int code = 0;
	if (!history_find_builds(args, dirs, &err))
		return command_fail(&err);
	for (size_t i = 1; i < args->noperands; i++) {
		if (change(dirs[i], &err))
			buf_printf(&out, "%s\n", strrchr(dirs[i], '/') + 1);
		else
			code = command_fail(&err);
	}
	int written = command_output(buf_str(&out));
	return code ? code : written;
}

static int history_delete_builds(struct arena *arena, const struct args *args)
{
	return history_change(arena, args, history_remove);
}

static int history_pin_builds(struct arena *arena, const struct args *args)
{
	return history_change(arena, args, change_pin);
}

static int history_unpin_builds(struct arena *arena, const struct args *args)
{
	return history_change(arena, args, change_unpin);
}

/* ---- which ---- */

static const struct history_verb {
	const char *name, *options;     /* beside help */
	int (*run)(struct arena *, const struct args *);
} verbs[] = {
	{ "list", "project since count json", history_list_builds },
	{ "prune", "dry-run json", history_prune },
	{ "export", "output", history_export_builds },
	{ "import", "", history_import_files },
	{ "trend", "json", history_trend },
	{ "delete", "", history_delete_builds },
	{ "pin", "", history_pin_builds },
	{ "unpin", "", history_unpin_builds },
};
enum { VERBS = sizeof verbs / sizeof *verbs };

static const struct history_verb *history_find_verb(const char *name, struct error *err)
{
	struct similar similar = { .typed = str_of(name) };
	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
		similar_try(&similar, verbs[i].name);
	}
	error_set(err, ERROR_USAGE, "history knows list, prune, export, import, trend, delete, pin "
	          "and unpin, not '%s'%s%s", name, similar.best ? ": was it " : "",
	          similar.best ? similar.best : "");
	return NULL;
}

/* An option that the verb takes no notice of would be a wish that is not heard. */
static bool history_check_options(const struct history_verb *verb, const struct args *args,
                                  struct error *err)
{
	for (size_t i = 0; i < args->noptions; i++) {
		struct str rest = str_of(verb->options), word, name = args->options[i].name;
		bool taken = false;
		while (!taken && str_next(&rest, ' ', &word))
			taken = str_eq(word, name);
		if (!taken)
			return error_set(err, ERROR_USAGE, "history %s takes no --%.*s", verb->name,
			                 STR_ARG(name));
	}
	return true;
}

int cmd_history(struct arena *arena, const struct args *args)
{
	struct error err;
	const struct history_verb *verb = &verbs[0];
	if (args->noperands)
		verb = history_find_verb(args->operands[0], &err);
	if (!verb || !history_check_options(verb, args, &err))
		return command_fail(&err);
	return verb->run(arena, args);
}
