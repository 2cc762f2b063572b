#include "core/context/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/os/save.h"
#include "core/os/tree.h"

/* FOLDER_STEP: what is written between two looks at everything else. */
enum { FOLDER_STEP = 4 << 20, FOLDER_ENTRIES = 500 };

struct context_folder {
	char *dir;
	struct tree *tree;
	const struct context *context;
	size_t at;
	struct entry_reader *reader;    /* of the file under way */
	int fd;
	bool modes;                     /* folders have got theirs */
	bool stays;
};

struct context_folder *context_folder_new(const char *dir, const struct context *c,
                                          struct error *err)
{
	owned(context_folder) struct context_folder *f = xcalloc(1, sizeof *f);
	f->fd = -1;
	f->context = c;
	if (mkdir(dir, 0700) < 0) {
		error_set_errno(err, "cannot make the folder '%s'", dir);
		return NULL;
	}
	f->dir = xstrdup(dir);
	f->tree = tree_open(dir, err);
	if (!f->tree)
		return NULL;
	return take(f);
}

/* Folders get their modes last, and lose them first, so that a folder nobody may write
 * to can be filled and removed. */
static void folder_modes(struct context_folder *f, bool own)
{
	owned_buf struct buf path = { 0 };
	size_t n = context_count(f->context);
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = context_entry(f->context, own ? n - 1 - i : i);
		if (!S_ISDIR(e->mode) || (e->mode & 07777) == 0755)
			continue;
		buf_clear(&path);
		buf_printf(&path, "%s/%s", f->dir, e->path);
		/* What fails here shows as a cache miss at worst. */
		if (chmod(buf_text(&path), own ? e->mode & 07777 : 0700) < 0)
			continue;
	}
	f->modes = own;
}

void context_folder_free(struct context_folder *f)
{
	struct error ignored = { 0 };
	if (!f)
		return;
	entry_reader_free(f->reader);
	if (f->fd >= 0)
		close(f->fd);
	tree_free(f->tree);
	if (f->dir && f->modes && !f->stays)
		folder_modes(f, false);
	if (f->dir && !f->stays)
		save_remove(f->dir, &ignored);
	free(f->dir);
	free(f);
}

static bool folder_begin(struct context_folder *f, const struct entry *e, struct error *err)
{
	if (S_ISDIR(e->mode))
		return tree_make_dir(f->tree, e->path, err);
	if (e->link)
		return tree_make_link(f->tree, e->path, e->link, err);
	if (!tree_make_file(f->tree, e->path, e->mode & 07777, &f->fd, err))
		return false;
	f->reader = entry_reader_new(e);
	return true;
}

static void folder_close(struct context_folder *f, const struct entry *e)
{
	struct timespec at = { .tv_sec = (time_t)(e->mtime_ns / 1000000000),
	                       .tv_nsec = (long)(e->mtime_ns % 1000000000) };
	struct timespec times[2] = { at, at };
	if (at.tv_nsec >= 0 && futimens(f->fd, times) < 0)
		errno = 0;
	close(f->fd);
	f->fd = -1;
	entry_reader_free(f->reader);
	f->reader = NULL;
}

/* More of the file under way; *written grows. */
static bool folder_fill(struct context_folder *f, size_t *written, struct error *err)
{
	struct str bytes;
	while (*written < FOLDER_STEP) {
		enum pull pull = entry_pull(f->reader, &bytes, err);
		if (pull == PULL_FAILED)
			return false;
		if (pull == PULL_DONE) {
			folder_close(f, context_entry(f->context, f->at++));
			return true;
		}
		if (!tree_write(f->fd, bytes, err))
			return error_prefix(err, "copying the context to '%s'", f->dir);
		*written += bytes.n;
	}
	return true;
}

enum pull context_folder_step(struct context_folder *f, struct error *err)
{
	size_t written = 0;
	for (int n = 0; n < FOLDER_ENTRIES && written < FOLDER_STEP; n++) {
		if (f->at == context_count(f->context)) {
			folder_modes(f, true);
			return PULL_DONE;
		}
		if (!f->reader && !folder_begin(f, context_entry(f->context, f->at), err))
			return PULL_FAILED;
		if (!f->reader)
			f->at++;
		else if (!folder_fill(f, &written, err))
			return PULL_FAILED;
	}
	return PULL_DATA;
}

void context_folder_keep(struct context_folder *f)
{
	f->stays = true;
}
