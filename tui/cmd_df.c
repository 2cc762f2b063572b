/* mortar df, mortar prune: what an engine holds, and what of it goes. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/history/filter.h"
#include "core/job/disk.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/project/preferences.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/disk_text.h"

/* So many things of a kind are named before a prune, unless all are asked for. */
enum { DF_SHOWN = 20 };

struct df {
	struct arena *arena;
	const struct args *args;
	struct loop *loop;
	struct disk *disk;
	struct disk_wish wish;
	bool waits;                     /* a line on the terminal says for what */
	struct value *document;         /* of a prune as JSON */
	struct value *removed;
	bool stays;                     /* something that was named */
	int code;
};

/* ---- what is asked for ---- */

/* Only a person waits. */
static void df_waiting(void *data, const char *what)
{
	struct df *df = data;
	if (!isatty(STDERR_FILENO) || args_has(df->args, "json"))
		return;
	fprintf(stderr, "\r\033[Kasking for %s …", what);
	fflush(stderr);
	df->waits = true;
}

static void df_heard(struct df *df)
{
	if (df->waits)
		fputs("\r\033[K", stderr);
	df->waits = false;
}

static void df_failed(void *data, const struct error *err)
{
	struct df *df = data;
	df_heard(df);
	df->code = command_fail(err);
	loop_stop(df->loop);
}

static int df_print(struct value *document)
{
	owned_buf struct buf out = { 0 };
	value_write_json(&out, document, JSON_FILE);
	buf_append_char(&out, '\n');
	return command_output(buf_str(&out));
}

static void df_listed(void *data, const struct disk_listing *listing)
{
	struct df *df = data;
	owned_buf struct buf out = { 0 };
	df_heard(df);
	if (args_has(df->args, "json")) {
		df->code = df_print(disk_describe_listing(df->arena, listing));
	} else {
		disk_text_listing(&out, listing, args_has(df->args, "verbose"));
		df->code = command_output(buf_str(&out));
	}
	loop_stop(df->loop);
}

/* ---- before a prune ---- */

static bool df_is_sure(const struct df *df, size_t n)
{
	if (args_has(df->args, "yes"))
		return true;
	fprintf(stderr, "Remove %s? [y/N] ", n == 1 ? "it" : "all of them");
	fflush(stderr);
	int c = getchar(), first = c;
	while (c != EOF && c != '\n')
		c = getchar();
	return first == 'y' || first == 'Y';
}

static void df_end(struct df *df, int code)
{
	if (df->document && code != 130)
		df_print(df->document);
	df->code = code;
	loop_stop(df->loop);
}

static void df_previewed(void *data, const struct disk_preview *p)
{
	struct df *df = data;
	struct error err;
	owned_buf struct buf out = { 0 };
	bool dry = args_has(df->args, "dry-run");
	df_heard(df);
	df->stays = p->nstays > 0;
	if (args_has(df->args, "json")) {
		df->document = disk_describe_preview(df->arena, p);
		df->removed = value_new_array(df->arena);
		value_set(df->arena, df->document, "dry_run", value_new_bool(df->arena, dry));
		value_set(df->arena, df->document, "removed", df->removed);
	} else {
		disk_text_preview(&out, p, args_has(df->args, "verbose") ? (size_t)-1 : DF_SHOWN, false);
		command_output(buf_str(&out));
	}
	if (p->n == 0 || dry) {
		df_end(df, df->stays && !dry ? error_exit_code(ERROR_REFUSED) : 0);
	} else if (!df_is_sure(df, p->n)) {
		command_say("nothing is removed");
		df_end(df, error_exit_code(ERROR_CANCELLED));
	} else if (!disk_prune(df->disk, &err)) {
		df_failed(df, &err);
	}
}

/* ---- a prune ---- */

static void df_removed(void *data, enum disk_kind kind, const char *id, const char *name,
                       uint64_t freed, const char *why)
{
	struct df *df = data;
	struct arena *a = df->arena;
	if (df->removed) {
		struct value *o = value_new_object(a);
		value_set(a, o, "kind", value_new_string(a, str_of(disk_kind_name(kind))));
		value_set(a, o, "id", value_new_string(a, arena_str(a, str_of(id))));
		value_set(a, o, "ok", value_new_bool(a, !why));
		if (why)
			value_set(a, o, "why", value_new_string(a, arena_str(a, str_of(why))));
		else
			value_set(a, o, "freed", value_new_integer(a, (long long)freed));
		value_append(df->removed, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	if (why)
		command_say("mortar: %s %s stays: %s", disk_kind_name(kind), name[0] ? name : id, why);
}

static void df_done(void *data, const struct disk_result *r)
{
	struct df *df = data;
	owned_buf struct buf text = { 0 };
	disk_text_result(&text, r);
	command_say("%s", buf_text(&text));
	if (df->document)
		value_set(df->arena, df->document, "freed",
		          value_new_integer(df->arena, (long long)r->freed));
	df_end(df, r->refused || df->stays ? error_exit_code(ERROR_REFUSED) : 0);
}

/* ---- the command line ---- */

static bool df_wish_word(struct disk_wish *w, const char *word, const char **names,
                         struct error *err)
{
	static const struct { const char *word; enum disk_kind kind; } kinds[] = {
		{ "images", DISK_IMAGE }, { "containers", DISK_CONTAINER }, { "cache", DISK_CACHE },
	};
	if (strcmp(word, "volumes") == 0)
		return error_set(err, ERROR_USAGE, "volumes hold what nobody can build anew: each goes by "
		                 "its name alone, as volume:NAME");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(word, kinds[i].word) == 0) {
			w->kinds |= 1u << kinds[i].kind;
			return true;
		}
	names[w->nnames++] = word;
	return true;
}

static bool df_wish_keep(struct disk_wish *w, const char *keep, struct error *err)
{
	unsigned long long bytes = 0;
	if (!keep)
		return true;
	if (strcmp(keep, "0") != 0 && !preferences_bytes(str_of(keep), &bytes))
		return error_set(err, ERROR_USAGE, "--keep needs a size such as 10GB, not '%s'", keep);
	if (!(w->kinds & 1u << DISK_CACHE))
		return error_set(err, ERROR_USAGE, "--keep says how much build cache stays: name cache "
		                 "among what goes");
	w->has_keep = true;
	w->keep = bytes;
	return true;
}

static bool df_read_wish(struct arena *a, const struct args *args, struct disk_wish *w,
                         struct error *err)
{
	const char **names = arena_array(a, args->noperands + 1, sizeof *names);
	const char **filters = arena_array(a, args->noptions + 1, sizeof *filters);
	const char *older = args_get(args, "older");
	w->all = args_has(args, "all");
	w->names = names;
	w->filters = filters;
	for (size_t i = 0; i < args->noperands; i++)
		if (!df_wish_word(w, args->operands[i], names, err))
			return false;
	if (args->noperands == 0)
		w->kinds = 1u << DISK_IMAGE | 1u << DISK_CONTAINER | 1u << DISK_CACHE;
	for (size_t i = 0; i < args->noptions; i++)
		if (str_eq(args->options[i].name, STR("filter")))
			filters[w->nfilters++] = arena_text(a, args->options[i].value);
	if (older && !history_parse_duration(str_of(older), &w->older))
		return error_set(err, ERROR_USAGE, "--older needs a time such as 7d or 12h, not '%s'",
		                 older);
	return df_wish_keep(w, args_get(args, "keep"), err);
}

static int df_run(struct arena *arena, const struct args *args, bool prunes)
{
	owned(loop) struct loop *loop = loop_new();
	owned(files) struct files *files = files_disk("/");
	owned(problems) struct problems *problems = problems_new();
	owned(preferences) struct preferences *preferences =
		preferences_read(files, save_config_path("config.toml"), NULL, problems);
	struct df df = { .arena = arena, .args = args, .loop = loop, .code = 1 };
	struct error err;
	struct disk_events events = {
		.waiting = df_waiting, .listed = df_listed, .previewed = df_previewed,
		.removed = df_removed, .done = df_done, .failed = df_failed, .data = &df,
	};
	const char *engine = args_get(args, "engine");
	if (prunes && !df_read_wish(arena, args, &df.wish, &err))
		return command_fail(&err);
	if (!engine)
		engine = preferences->engine ? preferences->engine : "auto";
	owned(disk) struct disk *disk = disk_new(loop, engine, preferences->engines,
	                                         preferences->nengines, &events);
	df.disk = disk;
	if (!(prunes ? disk_preview(disk, &df.wish, false, &err) : disk_list(disk, &err)) ||
	    !loop_run(loop, &err)) {
		df_heard(&df);
		return command_fail(&err);
	}
	return df.code;
}

int cmd_df(struct arena *arena, const struct args *args)
{
	return df_run(arena, args, false);
}

int cmd_prune(struct arena *arena, const struct args *args)
{
	struct error err;
	bool asks = !args_has(args, "yes") && !args_has(args, "dry-run");
	if (asks && (args_has(args, "json") || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))) {
		error_set(&err, ERROR_USAGE, "prune asks before it removes anything: without a terminal it "
		          "needs --yes, or --dry-run to show what would go");
		return command_fail(&err);
	}
	return df_run(arena, args, true);
}
