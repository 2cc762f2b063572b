/* A build's file of somebody else, taken apart with care. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "core/base/arena.h"
#include "core/base/intern.h"
#include "core/base/own.h"
#include "core/ext/archive.h"
#include "core/history/list.h"
#include "core/history/pack.h"
#include "core/history/pack_inside.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/tree.h"
#include "core/value/json.h"

enum { IMPORT_ENTRIES = 64 };

struct importing {
	struct arena *arena;
	const char *file, *builds;
	const char *dir;                /* what was unpacked, not a build yet */
	const char *id;                 /* as the file has it */
};

static bool import_wrong(const struct importing *im, const char *why, struct error *err)
{
	return error_set(err, ERROR_PROJECT, "'%s' is not imported: %s", im->file, why);
}

static bool import_is_known(const char *name)
{
	for (size_t i = 0; pack_names[i]; i++)
		if (str_eq(str_of(name), str_of(pack_names[i])))
			return true;
	return false;
}

/* What a newer mortar may have put in beside goes; links and folders are nobody's. */
static bool import_tidy(const struct importing *im, struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	struct files_list list = { 0 };
	if (files_list(disk, im->dir, im->arena, &list, err) != FILES_OK)
		return false;
	for (size_t i = 0; i < list.n; i++) {
		const char *path = files_join(im->arena, im->dir, list.entries[i].name);
		struct stat st;
		if (lstat(path, &st) < 0)
			return error_set_errno(err, "cannot look at '%s'", path);
		if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
			return import_wrong(im, "it holds more than plain files", err);
		if (!import_is_known(list.entries[i].name) ? !save_remove(path, err)
		                                           : chmod(path, 0600) < 0)
			return error_set_errno(err, "cannot tidy '%s'", path);
	}
	return true;
}

/* mortar.json: which format, which build. */
static bool import_head(struct importing *im, struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	const char *path = files_join(im->arena, im->dir, PACK_HEAD);
	const struct value *head = NULL;
	struct str text = { 0 };
	struct stat st;
	struct error broken;
	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > PACK_HEAD_MAX ||
	    files_read(disk, path, im->arena, &text, &broken) != FILES_OK ||
	    !value_parse_json(im->arena, text, &head, &broken))
		return import_wrong(im, "it is no build that mortar exported (no " PACK_HEAD ")", err);
	const struct value *format = value_get(head, STR("format")), *id = value_get(head, STR("id"));
	if (!format || !str_eq(value_text(format), STR("1")))
		return import_wrong(im, "a newer mortar made it", err);
	if (!id || !history_is_id(value_text(id)))
		return import_wrong(im, "it does not say which build it is", err);
	im->id = arena_text(im->arena, value_text(id));
	return true;
}

/* "20261121-061803-7f3a" of now: an id that lies ahead would be the newest build for ever. */
static bool import_not_ahead(struct importing *im, struct error *err)
{
	enum { MOMENT = 15 };
	time_t now = (time_t)clock_now();
	struct tm tm;
	char text[32];
	if (!gmtime_r(&now, &tm) || !strftime(text, sizeof text, "%Y%m%d-%H%M%S", &tm))
		return error_set(err, ERROR_SYSTEM, "the clock shows no time");
	if (str_cmp(str_slice(str_of(im->id), 0, MOMENT), str_of(text)) > 0)
		im->id = arena_printf(im->arena, "%s-0000", text);
	return true;
}

/* The folder of the id, made: the next free one of that second where it is taken. */
static const char *import_take_id(struct importing *im, struct error *err)
{
	enum { IDS = 0x10000, PART = 15 };
	unsigned long part = strtoul(im->id + PART + 1, NULL, 16);
	for (unsigned long i = 0; i < IDS; i++) {
		const char *dir = arena_printf(im->arena, "%s/%.*s-%04lx", im->builds, PART, im->id,
		                               (part + i) % IDS);
		if (mkdir(dir, 0700) == 0)
			return intern(str_of(dir));
		if (errno != EEXIST) {
			error_set_errno(err, "cannot make '%s'", dir);
			return NULL;
		}
	}
	error_set(err, ERROR_LIMIT, "cannot find a free id in '%s'", im->builds);
	return NULL;
}

static bool import_mark(struct importing *im, struct error *err)
{
	owned_buf struct buf text = { 0 };
	struct value *o = value_new_object(im->arena);
	value_set(im->arena, o, "id", value_new_string(im->arena, str_of(im->id)));
	value_write_json(&text, o, JSON_FILE);
	buf_append_char(&text, '\n');
	return save_file(files_join(im->arena, im->dir, "imported"), buf_str(&text), 0600, err);
}

static const char *import_checked(struct importing *im, struct error *err)
{
	struct history_item item;
	if (!import_head(im, err) || !import_tidy(im, err))
		return NULL;
	if (!history_read_one(im->arena, im->dir, &item)) {
		import_wrong(im, "its journal does not begin with a build", err);
		return NULL;
	}
	if (!import_mark(im, err) || !import_not_ahead(im, err) || chmod(im->dir, 0700) < 0)
		return NULL;
	const char *dir = import_take_id(im, err);
	if (!dir)
		return NULL;
	/* Over the empty folder that holds its place. */
	if (rename(im->dir, dir) == 0)
		return dir;
	error_set_errno(err, "cannot put the build at '%s'", dir);
	rmdir(dir);
	return NULL;
}

const char *history_import(const char *file, struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	const char *builds = save_state_dir("builds", err);
	owned_memory char *made = builds ? tree_make_beside(files_join(arena, builds, ".import"), err)
	                                 : NULL;
	struct archive_limits limits = { .bytes = PACK_BYTES_MAX, .entries = IMPORT_ENTRIES };
	struct error ignored;
	if (!made)
		return NULL;
	struct importing im = { .arena = arena, .file = file, .builds = builds,
	                        .dir = files_join(arena, made, "build") };
	const char *dir = archive_unpack_within(file, file, im.dir, limits, err)
	                          ? import_checked(&im, err) : NULL;
	save_remove(made, &ignored);
	return dir;
}
