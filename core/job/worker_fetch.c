/* {"url", "file", "unpack": PATH, "sha256": HEX, the last two or absent} →
 * {"progress": …}*, {"cached": BOOL}. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ext/archive.h"
#include "core/ext/http.h"
#include "core/job/worker_fetch.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/lock.h"
#include "core/os/part.h"
#include "core/os/save.h"
#include "core/os/spool.h"

enum { FETCH_PIECE = 256 << 10, FETCH_MODE = 0644, FETCH_RUNS = 0755 };

static bool fetch_open(const char *path, int *ret_fd, struct stat *ret_st, struct error *err)
{
	enum files_result result = files_open(path, ret_fd, ret_st, err);
	if (result == FILES_ABSENT)
		return error_set(err, ERROR_PROJECT, "there is no file '%s'", path);
	return result == FILES_OK;
}

/* Every byte of the file to each; false: it cannot be read. */
static bool fetch_read(const char *path, struct sha256 *hash, struct spool *copy, struct error *err)
{
	owned_fd int fd = -1;
	struct stat st;
	owned_buf struct buf piece = { 0 };
	if (!fetch_open(path, &fd, &st, err))
		return false;
	for (;;) {
		buf_clear(&piece);
		ssize_t n = read(fd, buf_reserve(&piece, FETCH_PIECE), FETCH_PIECE);
		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, "cannot read '%s'", path);
		buf_grew(&piece, (size_t)n);
		sha256_append(hash, buf_str(&piece));
		if (copy && !spool_append(copy, buf_str(&piece), err))
			return false;
	}
}

bool fetch_hash(const char *path, char ret_hex[SHA256_HEX_SIZE], struct error *err)
{
	owned(sha256) struct sha256 *hash = sha256_new();
	if (!fetch_read(path, hash, NULL, err))
		return false;
	sha256_finish_hex(hash, ret_hex);
	return true;
}

static bool fetch_check(const struct fetch *f, const char *hex, struct error *err)
{
	return !f->task.sha256 || str_eq(str_of(hex), str_of(f->task.sha256)) ||
	       error_set(err, ERROR_PROJECT, "%s has the sha256 %s, and %s is wanted: it has changed, "
	                 "or 'sha256' is wrong", f->shown, hex, f->task.sha256);
}

static bool fetch_is_here(const struct fetch *f, const char *hex)
{
	return f->have[0] && str_eq(str_of(f->have), str_of(hex));
}

bool fetch_place(struct fetch *f, const char *path, struct error *err)
{
	struct error ignored;
	bool ok = fetch_hash(path, f->got, err) && fetch_check(f, f->got, err) &&
	          (fetch_is_here(f, f->got) || part_finish(path, f->task.file, FETCH_MODE, err));
	save_remove(path, &ignored);
	return ok;
}

/* Paths in file:// are as they are written, without escapes. */
static bool fetch_copy(struct fetch *f, struct error *err)
{
	const char *from = f->task.url + strlen("file://");
	char copied[SHA256_HEX_SIZE];
	struct stat st = { 0 };
	if (!fetch_hash(from, f->got, err) || !fetch_check(f, f->got, err))
		return false;
	mode_t mode = stat(from, &st) == 0 && st.st_mode & 0111 ? FETCH_RUNS : FETCH_MODE;
	if (fetch_is_here(f, f->got))
		return chmod(f->task.file, mode) == 0 ||
		       error_set_errno(err, "cannot change '%s'", f->task.file);
	owned(spool) struct spool *copy = spool_new(f->task.file, mode, err);
	owned(sha256) struct sha256 *hash = sha256_new();
	if (!copy || !fetch_read(from, hash, copy, err))
		return false;
	sha256_finish_hex(hash, copied);
	if (!str_eq(str_of(copied), str_of(f->got)))
		return error_set(err, ERROR_PROJECT, "'%s' changes while it is read", from);
	return spool_finish(copy, err);
}

/* What earlier ones left behind that were killed: only what is named after our file and
 * our folder, and that no name of ours ends. */
static void fetch_sweep_name(const struct fetch *f, const char *folder, const char *base,
                             const char *name)
{
	static const char *const kept[] = { ".kept", ".lock", ".part", ".about", ".sha256" };
	struct str rest = str_of(name);
	struct error ignored;
	/* What is being saved lies under ".NAME.mortar-…". */
	if (rest.n && rest.p[0] == '.')
		rest = str_slice(rest, 1, rest.n);
	if (!str_has_prefix(rest, str_of(base)) || rest.n == strlen(base))
		return;
	rest = str_slice(rest, strlen(base), rest.n);
	if (rest.p[0] != '.')
		return;
	for (size_t i = 0; name[0] != '.' && i < sizeof kept / sizeof *kept; i++)
		if (str_eq(rest, str_of(kept[i])))
			return;
	save_remove(files_join(f->arena, folder, name), &ignored);
}

static void fetch_sweep(const struct fetch *f, const char *path)
{
	owned(files) struct files *disk = files_disk("/");
	size_t slash = str_find_last(str_of(path), '/');
	const char *folder = arena_text(f->arena, str_slice(str_of(path), 0, slash));
	struct files_list list;
	struct error ignored;
	if (files_list(disk, folder, f->arena, &list, &ignored) != FILES_OK)
		return;
	for (size_t i = 0; i < list.n; i++)
		fetch_sweep_name(f, folder, path + slash + 1, list.entries[i].name);
}

/* The mark beside the folder is the digest of the archive that it holds. */
static bool fetch_unpack(struct fetch *f, struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	const char *mark = arena_printf(f->arena, "%s.sha256", f->task.unpack);
	struct str unpacked = { 0 };
	struct error ignored;
	struct stat st;
	files_read(disk, mark, f->arena, &unpacked, &ignored);
	if (str_eq(unpacked, str_of(f->got)) && stat(f->task.unpack, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	return save_remove(mark, err) &&
	       archive_unpack(f->task.file, f->shown, f->task.unpack, err) &&
	       save_file(mark, str_of(f->got), 0600, err);
}

/* What is there, and whether it still is what was said of it. */
static void fetch_look(struct fetch *f)
{
	struct kept kept = kept_read(f->arena, &f->task);
	struct error absent;
	struct stat st;
	if (stat(f->task.file, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (kept.sha256 && kept.is_untouched && strlen(kept.sha256) < sizeof f->have)
		memcpy(f->have, kept.sha256, strlen(kept.sha256) + 1);
	else if (!fetch_hash(f->task.file, f->have, &absent))
		f->have[0] = '\0';
	if (kept.sha256 && str_eq(str_of(kept.sha256), str_of(f->have)))
		f->known = kept;
}

static bool fetch_bring(struct fetch *f, struct error *err)
{
	struct str url = str_of(f->task.url);
	if (str_has_prefix(url, STR("file://")))
		return fetch_copy(f, err);
	if (f->task.sha256 && fetch_is_here(f, f->task.sha256)) {
		memcpy(f->got, f->have, sizeof f->got);
		return true;
	}
	return str_has_prefix(url, STR("gs://")) ? fetch_storage(f, err) : fetch_download(f, err);
}

static bool fetch_run(struct fetch *f, struct error *err)
{
	const char *file = f->task.file;
	const char *folder = arena_text(f->arena, str_slice(str_of(file), 0,
	                                                    str_find_last(str_of(file), '/')));
	owned_fd int lock = -1;
	if (!save_dir(folder, 0700, err) ||
	    !lock_await(arena_printf(f->arena, "%s.lock", file), &lock, err))
		return false;
	fetch_sweep(f, file);
	if (f->task.unpack)
		fetch_sweep(f, f->task.unpack);
	fetch_look(f);
	if (!fetch_bring(f, err) || (f->task.unpack && !fetch_unpack(f, err)))
		return false;
	f->known.sha256 = f->got;
	kept_note(&f->task, &f->known, clock_now());
	return true;
}

/* Every message names the address, or the path that it is. */
static bool fetch_failed(const struct fetch *f, struct error *err)
{
	struct str shown = str_of(f->shown), path = shown;
	if (str_has_prefix(shown, STR("file://")))
		path = str_slice(shown, STR("file://").n, shown.n);
	return str_find_str(str_of(err->text), path) == STR_NONE
	               ? error_prefix(err, "cannot fetch %s", f->shown) : false;
}

bool worker_fetch(struct worker_io *io, struct error *err)
{
	struct fetch f = { .arena = io->arena,
	                   .task = { .url = worker_text(io, "url"), .file = worker_text(io, "file"),
	                             .unpack = worker_text(io, "unpack"),
	                             .sha256 = worker_text(io, "sha256") } };
	owned_buf struct buf shown = { 0 };
	if (!f.task.url || !f.task.file || f.task.file[0] != '/')
		return error_set(err, ERROR_USAGE, "the worker fetch needs a 'url' and a 'file'");
	http_append_shown(&shown, str_of(f.task.url));
	f.shown = buf_text(&shown);
	if (!fetch_run(&f, err))
		return fetch_failed(&f, err);
	struct value *line = value_new_object(io->arena);
	value_set(io->arena, line, "cached", value_new_bool(io->arena, fetch_is_here(&f, f.got)));
	worker_say(line);
	return true;
}
