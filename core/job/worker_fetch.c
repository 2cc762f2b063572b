/* {"url", "file", "unpack": PATH or absent} → {"progress": …}*, {"cached": BOOL}. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ext/archive.h"
#include "core/ext/crypto.h"
#include "core/ext/http.h"
#include "core/job/kept.h"
#include "core/job/worker.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/spawn.h"
#include "core/os/spool.h"

enum { FETCH_PIECE = 256 << 10, FETCH_TELL_MS = 100 };

struct fetch {
	struct worker_io *io;
	struct loop *loop;
	const char *url, *file, *unpack;
	int64_t told_ms;
	bool ok;
	struct error *err;
};

static void fetch_progress(void *data, uint64_t current, uint64_t total)
{
	struct fetch *f = data;
	int64_t now = clock_monotonic_ms();
	if (now - f->told_ms < FETCH_TELL_MS && current != total)
		return;
	f->told_ms = now;
	owned(arena) struct arena *a = arena_new();
	struct value *line = value_new_object(a), *progress = value_new_object(a);
	value_set(a, progress, "current", value_new_integer(a, (long long)current));
	value_set(a, progress, "total", value_new_integer(a, (long long)total));
	value_set(a, line, "progress", progress);
	worker_say(line);
}

static bool fetch_open(const char *path, int *ret_fd, struct stat *ret_st, struct error *err)
{
	enum files_result result = files_open(path, ret_fd, ret_st, err);
	if (result == FILES_ABSENT)
		return error_set(err, ERROR_PROJECT, "there is no file '%s'", path);
	return result == FILES_OK || error_prefix(err, "fetching");
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
		if (hash)
			sha256_append(hash, buf_str(&piece));
		if (copy && !spool_append(copy, buf_str(&piece), err))
			return false;
	}
}

static bool fetch_hash(const char *path, char hex[SHA256_HEX_SIZE], struct error *err)
{
	owned(sha256) struct sha256 *hash = sha256_new();
	if (!fetch_read(path, hash, NULL, err))
		return false;
	sha256_finish_hex(hash, hex);
	return true;
}

/* Paths in file:// are as they are written, without escapes. */
static bool fetch_copy(struct fetch *f, const char *from, struct error *err)
{
	char ours[SHA256_HEX_SIZE], theirs[SHA256_HEX_SIZE];
	struct error absent;
	if (!fetch_hash(from, theirs, err))
		return false;
	if (fetch_hash(f->file, ours, &absent) && str_eq(str_of(ours), str_of(theirs)))
		return true;
	owned(spool) struct spool *copy = spool_new(f->file, 0644, err);
	return copy && fetch_read(from, NULL, copy, err) && spool_finish(copy, err);
}

static void fetch_done(void *data, const struct error *err)
{
	struct fetch *f = data;
	f->ok = !err;
	if (err)
		*f->err = *err;
	loop_stop(f->loop);
}

static bool fetch_download(struct fetch *f, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	owned(http) struct http *http = http_new(loop);
	struct http_fetch_events events = { fetch_progress, fetch_done, f };
	f->loop = loop;
	f->err = err;
	http_fetch(http, f->url, f->file, &events);
	return loop_run(loop, err) && f->ok;
}

/* Google's storage has a program of its own. */
static bool fetch_gsutil(struct fetch *f, struct error *err)
{
	const char *part = arena_printf(f->io->arena, "%s.part", f->file);
	const char *const argv[] = { "gsutil", "-q", "cp", f->url, part, NULL };
	struct spawn spec = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_NULL, .err = SPAWN_NULL,
	                      .die_with_parent = true };
	int status;
	if (!spawn_find("gsutil"))
		return error_set(err, ERROR_MISSING, "'%s' is fetched by gsutil, which is not "
		                 "installed (Google Cloud SDK)", f->url);
	if (!spawn_run(&spec, 0, NULL, &status, err))
		return false;
	if (status != 0)
		return error_set(err, ERROR_SYSTEM, "gsutil could not fetch '%s'", f->url);
	if (rename(part, f->file) < 0)
		return error_set_errno(err, "cannot make '%s'", f->file);
	return true;
}

static bool fetch_bring(struct fetch *f, struct error *err)
{
	struct str url = str_of(f->url), file = str_of(f->file);
	const char *folder = arena_text(f->io->arena, str_slice(file, 0, str_find_last(file, '/')));
	if (!save_dir(folder, 0700, err))
		return false;
	if (str_has_prefix(url, STR("file://")))
		return fetch_copy(f, f->url + strlen("file://"), err);
	if (str_has_prefix(url, STR("gs://")))
		return fetch_gsutil(f, err);
	return fetch_download(f, err);
}

/* The mark beside the folder is the digest of the archive that it holds. */
static bool fetch_unpack(struct fetch *f, const char *digest, struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	const char *mark = arena_printf(f->io->arena, "%s.sha256", f->unpack);
	struct str unpacked = { 0 };
	struct error ignored;
	struct stat st;
	files_read(disk, mark, f->io->arena, &unpacked, &ignored);
	if (str_eq(unpacked, str_of(digest)) && stat(f->unpack, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	return save_remove(mark, err) && archive_unpack(f->file, f->unpack, err) &&
	       save_file(mark, str_of(digest), 0600, err);
}

bool worker_fetch(struct worker_io *io, struct error *err)
{
	struct fetch f = { .io = io, .url = worker_text(io, "url"), .file = worker_text(io, "file"),
	                   .unpack = worker_text(io, "unpack") };
	char before[SHA256_HEX_SIZE] = "", after[SHA256_HEX_SIZE];
	struct error absent;
	if (!f.url || !f.file || f.file[0] != '/')
		return error_set(err, ERROR_USAGE, "the worker fetch needs a 'url' and a 'file'");
	fetch_hash(f.file, before, &absent);
	if (!fetch_bring(&f, err) || !fetch_hash(f.file, after, err) ||
	    (f.unpack && !fetch_unpack(&f, after, err)))
		return false;
	kept_note(f.url, f.file, f.unpack, clock_now());
	struct value *line = value_new_object(io->arena);
	bool same = str_eq(str_of(before), str_of(after));
	value_set(io->arena, line, "cached", value_new_bool(io->arena, same));
	worker_say(line);
	return true;
}
