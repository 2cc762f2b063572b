#include "core/history/pack.h"

#include <errno.h>
#include <sys/stat.h>

#include "core/base/arena.h"
#include "core/base/own.h"
#include "core/ext/archive_make.h"
#include "core/history/list.h"
#include "core/history/pack_inside.h"
#include "core/os/files.h"
#include "core/os/spool.h"
#include "core/value/json.h"

enum { PACK_PIECE = 64 << 10 };

const char *const pack_names[] = {
	"journal", "log", "Dockerfile", "settings.json", "fingerprints", "forecast.json",
	"times.json", NULL,
};

struct packing {
	struct arena *arena;
	struct archive_maker *maker;
	const char *dir;
	uint64_t left;
};

/* The file as long as it was when it was opened: a log that is cut later is an error. */
static bool pack_bytes(struct packing *p, int fd, uint64_t size, struct error *err)
{
	owned_buf struct buf piece = { 0 };
	while (size) {
		size_t want = size < PACK_PIECE ? (size_t)size : PACK_PIECE;
		ssize_t n = read(fd, buf_reserve(&piece, PACK_PIECE), want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, "cannot read a file of '%s'", p->dir);
		if (n == 0)
			return error_set(err, ERROR_CHANGED, "a file of '%s' was cut while it was packed",
			                 p->dir);
		if (!archive_make_bytes(p->maker, (struct str){ piece.p, (size_t)n }, err))
			return false;
		size -= (uint64_t)n;
	}
	return true;
}

static bool pack_file(struct packing *p, const char *name, struct error *err)
{
	owned_fd int fd = -1;
	struct stat st;
	enum files_result opened = files_open(files_join(p->arena, p->dir, name), &fd, &st, err);
	if (opened != FILES_OK)
		return opened == FILES_ABSENT;
	uint64_t size = (uint64_t)st.st_size;
	if (size > p->left)
		return error_set(err, ERROR_LIMIT, "'%s' holds more than the %llu bytes that one file of a "
		                 "build may", p->dir, (unsigned long long)PACK_BYTES_MAX);
	p->left -= size;
	return archive_make_file(p->maker, name, size, st.st_mtime, err) &&
	       pack_bytes(p, fd, size, err);
}

static bool pack_head(struct packing *p, const struct history_item *item, struct error *err)
{
	owned_buf struct buf text = { 0 };
	struct value *o = value_new_object(p->arena);
	value_set(p->arena, o, "format", value_new_integer(p->arena, 1));
	value_set(p->arena, o, "id", value_new_string(p->arena, str_of(item->id)));
	value_set(p->arena, o, "mortar", value_new_string(p->arena, STR(MORTAR_VERSION)));
	value_write_json(&text, o, JSON_FILE);
	buf_append_char(&text, '\n');
	return archive_make_file(p->maker, PACK_HEAD, text.n, (int64_t)item->started, err) &&
	       archive_make_bytes(p->maker, buf_str(&text), err);
}

bool history_export(const char *dir, pack_bytes_fn *each, void *data, struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	struct packing p = { .arena = arena, .dir = dir, .left = PACK_BYTES_MAX - PACK_HEAD_MAX };
	struct history_item item;
	if (!history_read_one(arena, dir, &item))
		return error_set(err, ERROR_MISSING, "there is no build in '%s'", dir);
	if (item.state == HISTORY_RUNNING)
		return error_set(err, ERROR_USAGE, "build %s is running: it can be exported when it is "
		                 "over", item.id);
	owned(archive_maker) struct archive_maker *maker = archive_maker_new(each, data, err);
	p.maker = maker;
	if (!maker || !pack_head(&p, &item, err))
		return false;
	for (size_t i = 0; pack_names[i]; i++)
		if (!pack_file(&p, pack_names[i], err))
			return false;
	return archive_make_end(maker, err);
}

static bool pack_spool(void *data, struct str bytes, struct error *err)
{
	return spool_append(data, bytes, err);
}

bool history_export_file(const char *dir, const char *file, bool replaces, struct error *err)
{
	if (!replaces && access(file, F_OK) == 0)
		return error_set(err, ERROR_USAGE, "there is a file '%s' already", file);
	owned(spool) struct spool *spool = spool_new(file, 0666, err);
	return spool && history_export(dir, pack_spool, spool, err) && spool_finish(spool, err);
}
