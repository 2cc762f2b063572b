#include "core/job/kept.h"

#include <sys/stat.h>

#include "core/job/worker.h"
#include "core/os/files.h"
#include "core/os/save.h"

enum { KEPT_SETTLED_S = 2 };

/* One line a file; ctime too, since tar and rsync set mtimes back. */
static bool kept_append(struct buf *b, const char *path, struct stat *ret_st)
{
	struct stat *st = ret_st;
	if (stat(path, st) < 0 || !S_ISREG(st->st_mode))
		return false;
	buf_printf(b, "%llu %llu %lld %lld.%09ld %lld.%09ld\n", (unsigned long long)st->st_dev,
	           (unsigned long long)st->st_ino, (long long)st->st_size,
	           (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
	           (long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
	return true;
}

/* What source, copy and folder are now; false: not all are there, or the source is none
 * of ours.  ret_changed: when the source has changed last. */
static bool kept_describe(struct buf *b, const char *url, const char *file, const char *unpack,
                          double *ret_changed)
{
	struct str all = str_of(url);
	struct stat st;
	if (!str_has_prefix(all, STR("file://")) ||
	    !kept_append(b, url + STR("file://").n, &st))
		return false;
	*ret_changed = (double)(st.st_ctim.tv_sec > st.st_mtim.tv_sec ? st.st_ctim.tv_sec
	                                                               : st.st_mtim.tv_sec);
	if (!kept_append(b, file, &st))
		return false;
	if (!unpack)
		return true;
	if (stat(unpack, &st) < 0 || !S_ISDIR(st.st_mode))
		return false;
	buf_printf(b, "%llu %llu\n", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	return true;
}

static const char *kept_path(struct arena *a, const char *file)
{
	return arena_printf(a, "%s.kept", file);
}

void kept_note(const char *url, const char *file, const char *unpack, double now)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf text = { 0 };
	struct error ignored;
	double changed;
	const char *path = kept_path(a, file);
	if (kept_describe(&text, url, file, unpack, &changed) && now - changed > KEPT_SETTLED_S)
		save_derived(path, buf_str(&text), 0600, &ignored);
	else
		save_remove(path, &ignored);
}

static bool kept_fetch(const struct fetch_task *t)
{
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *disk = files_disk("/");
	owned_buf struct buf now = { 0 };
	struct str before = { 0 };
	struct error ignored;
	double changed;
	return files_read(disk, kept_path(a, t->file), a, &before, &ignored) == FILES_OK &&
	       kept_describe(&now, t->url, t->file, t->unpack, &changed) &&
	       str_eq(before, buf_str(&now));
}

bool kept_task(const struct task *t)
{
	if (t->kind == TASK_FETCH)
		return kept_fetch(&t->fetch);
	return t->kind == TASK_STAGE && worker_certificate_is_good(t->stage.dir);
}
