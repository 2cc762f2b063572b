#include "core/history/list.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/history/filter.h"
#include "core/history/remove.h"
#include "core/journal/line.h"
#include "core/os/files.h"
#include "core/os/lock.h"
#include "core/os/save.h"
#include "core/value/json.h"

/* The head is read up to build.start's long list of steps, which comes last in it;
 * the tail holds build.done. */
enum { LIST_PIECE = 4 << 10 };

const char *history_state_name(enum history_state state)
{
	static const char *const names[] = { "running", "done", "failed", "cancelled", "lost" };
	return names[state];
}

bool history_is_id(struct str name)
{
	static const char shape[] = "dddddddd-dddddd-hhhh";
	if (name.n != sizeof shape - 1)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool digit = c >= '0' && c <= '9';
		bool hex = digit || (c >= 'a' && c <= 'f');
		if (shape[i] == '-' ? c != '-' : shape[i] == 'h' ? !hex : !digit)
			return false;
	}
	return true;
}

struct list_row {
	struct arena *arena, *scratch;
	struct history_item item;
};

/* At most a piece of the file from `at`, into bytes. */
static struct str list_read(int fd, uint64_t at, char bytes[LIST_PIECE])
{
	ssize_t n;
	do
		n = pread(fd, bytes, LIST_PIECE, (off_t)at);
	while (n < 0 && errno == EINTR);
	return (struct str){ bytes, n > 0 ? (size_t)n : 0 };
}

static const struct value *list_parse(struct list_row *row, struct str raw)
{
	const struct value *v;
	struct error broken;
	return value_parse_json(row->scratch, raw, &v, &broken) ? v : NULL;
}

static const char *list_text(struct list_row *row, struct str raw)
{
	const struct value *v = raw.n && raw.p[0] == '"' ? list_parse(row, raw) : NULL;
	return v ? arena_text(row->arena, value_text(v)) : "";
}

static void list_profiles(struct list_row *row, struct str raw)
{
	const struct value *v = list_parse(row, raw);
	if (!v)
		return;
	const char **names = arena_array(row->arena, value_count(v) + 1, sizeof *names);
	row->item.nprofiles = 0;
	for (const struct value *p = value_child(v); p; p = value_next(p))
		names[row->item.nprofiles++] = arena_text(row->arena, value_text(p));
	row->item.profiles = names;
}

static size_t list_count(struct str raw)
{
	unsigned long long n;
	return str_number(raw, SIZE_MAX, &n) ? (size_t)n : 0;
}

/* The members of build.start as far as the piece goes. */
static bool list_start(struct list_row *row, struct str line)
{
	struct history_item *item = &row->item;
	struct { const char *key, **text; } texts[] = {
		{ "project", &item->project }, { "kind", &item->kind }, { "level", &item->level },
		{ "engine", &item->engine }, { "engine_address", &item->address },
		{ "engine_spec", &item->spec },
		{ "image", &item->image }, { "root", &item->root }, { "batch", &item->batch },
		{ "action", &item->action },
	};
	struct line_member m;
	size_t at = 0;
	bool is_start = false;
	while (line_next(line, &at, &m)) {
		if (str_eq(m.key, STR("t")))
			item->started = strtod(arena_text(row->scratch, m.value), NULL);
		if (str_eq(m.key, STR("ev")))
			is_start = str_eq(m.value, STR("\"build.start\""));
		if (str_eq(m.key, STR("builds")))
			item->nbuilds = list_count(m.value);
		if (str_eq(m.key, STR("profiles")))
			list_profiles(row, m.value);
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
			if (str_eq(m.key, str_of(texts[i].key)))
				*texts[i].text = list_text(row, m.value);
	}
	return is_start;
}

static int list_exit(struct str raw)
{
	unsigned long long code;
	return str_number(raw, 255, &code) ? (int)code : 1;
}

static void list_done_member(struct list_row *row, struct str key, struct str value)
{
	struct history_item *item = &row->item;
	if (str_eq(key, STR("ok")) && str_eq(value, STR("true")))
		item->state = HISTORY_DONE;
	if (str_eq(key, STR("cancelled")) && str_eq(value, STR("true")))
		item->state = HISTORY_CANCELLED;
	if (str_eq(key, STR("exit")))
		item->exit_code = list_exit(value);
	/* A watched build's output may tell them by its end alone. */
	if (str_eq(key, STR("image")) && value.n && value.p[0] == '"')
		item->image = list_text(row, value);
	if (str_eq(key, STR("project")))
		item->project = list_text(row, value);
	if (str_eq(key, STR("image_id")))
		item->image_id = list_text(row, value);
	if (str_eq(key, STR("digest")))
		item->digest = list_text(row, value);
	if (str_eq(key, STR("error")))
		item->error = list_text(row, value);
	/* One of a pool is told at the end too: it need not be the one that began. */
	if (str_eq(key, STR("engine")))
		item->engine = list_text(row, value);
	if (str_eq(key, STR("engine_address")))
		item->address = list_text(row, value);
}

/* The last whole line of the file, when it is build.done. */
static bool list_done(struct list_row *row, int fd)
{
	char bytes[LIST_PIECE];
	struct stat st;
	struct line_head head;
	struct line_member m;
	size_t at = 0;
	if (fstat(fd, &st) < 0)
		return false;
	uint64_t size = (uint64_t)st.st_size;
	struct str tail = list_read(fd, size > LIST_PIECE ? size - LIST_PIECE : 0, bytes);
	struct str line = str_slice(tail, 0, str_find_last(tail, '\n'));
	if (line.n == tail.n)
		return false;
	size_t before = str_find_last(line, '\n');
	line = before == STR_NONE ? line : str_slice(line, before + 1, line.n);
	if (!line_head(line, &head) || head.kind != EVENT_BUILD_DONE)
		return false;
	row->item.ended = head.t;
	row->item.state = HISTORY_FAILED;
	while (line_next(line, &at, &m))
		list_done_member(row, m.key, m.value);
	return true;
}

/* The lock is asked for between two looks: a job writes build.done before it goes. */
static void list_state(struct list_row *row, int fd)
{
	if (list_done(row, fd))
		return;
	if (lock_holder(arena_printf(row->scratch, "%s/lock", row->item.dir)))
		row->item.state = HISTORY_RUNNING;
	else if (!list_done(row, fd))
		row->item.state = HISTORY_LOST;
}

bool history_is_imported(const char *dir)
{
	owned(arena) struct arena *scratch = arena_new();
	return access(files_join(scratch, dir, "imported"), F_OK) == 0;
}

static void list_size(struct list_row *row, const struct stat *journal)
{
	struct stat log;
	row->item.size = (uint64_t)journal->st_size;
	if (stat(files_join(row->scratch, row->item.dir, "log"), &log) == 0)
		row->item.size += (uint64_t)log.st_size;
}

static bool list_row(struct list_row *row)
{
	char bytes[LIST_PIECE];
	owned_fd int fd = -1;
	struct stat st;
	struct error absent;
	const char *path = arena_printf(row->scratch, "%s/journal", row->item.dir);
	if (files_open(path, &fd, &st, &absent) != FILES_OK)
		return false;
	struct str head = list_read(fd, 0, bytes);
	if (!list_start(row, str_slice(head, 0, str_find(head, '\n'))))
		return false;
	list_state(row, fd);
	list_size(row, &st);
	row->item.pinned = history_is_pinned(row->item.dir);
	row->item.imported = history_is_imported(row->item.dir);
	return true;
}

bool history_read_one(struct arena *arena, const char *dir, struct history_item *ret_item)
{
	owned(arena) struct arena *scratch = arena_new();
	struct list_row row = { .arena = arena, .scratch = scratch, .item = {
		.dir = arena_text(arena, str_of(dir)), .project = "", .kind = "", .level = "",
		.engine = "", .address = "", .spec = "", .image = "", .root = "", .image_id = "",
		.error = "", .batch = "", .digest = "", .action = "",
	} };
	size_t slash = str_find_last(str_of(row.item.dir), '/');
	row.item.id = slash == STR_NONE ? row.item.dir : row.item.dir + slash + 1;
	if (!list_row(&row))
		return false;
	*ret_item = row.item;
	return true;
}

bool history_select(struct arena *arena, const struct history_filter *filter, size_t most,
                    struct history_list *ret_list, struct error *err)
{
	const char *builds = save_state_dir("builds", err);
	owned(files) struct files *disk = files_disk("/");
	struct files_list list = { 0 };
	if (!builds || files_list(disk, builds, arena, &list, err) == FILES_FAILED)
		return false;
	size_t n = 0, cap = list.n < most ? list.n : most;
	struct history_item *items = arena_array(arena, cap + 1, sizeof *items);
	for (size_t i = list.n; i > 0 && n < cap; i--) {
		struct arena_mark mark = arena_mark(arena);
		if (history_read_one(arena, files_join(arena, builds, list.entries[i - 1].name),
		                     &items[n]) && history_filter_passes(filter, &items[n]))
			n++;
		else
			arena_rewind(arena, mark);
	}
	*ret_list = (struct history_list){ items, n };
	return true;
}

bool history_read(struct arena *arena, size_t most, struct history_list *ret_list,
                  struct error *err)
{
	return history_select(arena, NULL, most, ret_list, err);
}
