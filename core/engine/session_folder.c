/* FileSend into a folder: the packets of FileSync with the roles changed.  Whatever comes is
 * hostile: only core/os/tree makes things, and only below the folder. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/engine/session_inside.h"
#include "core/ext/pb_session.h"
#include "core/os/save.h"
#include "core/os/tree.h"

/* FOLDER_OPEN: files asked for at a time, each of which may be open. */
enum { FOLDER_OPEN = 16, FOLDER_PATH_MAX = 4096, FOLDER_NAMES_MAX = 512 << 20 };
#define FOLDER_TOLD ((uint64_t)1 << 20)

/* A file, a folder or a second name that is not finished. */
struct folder_item {
	const char *path, *link;
	uint32_t mode, id;
	uint64_t size, got;
	int64_t mtime_ns;
	int fd;                         /* of a file that has begun to come, or -1 */
};

struct folder_items {
	struct folder_item *all;
	size_t n, cap;
};

struct folder {
	struct session_call base;
	const char *path;
	struct tree *tree;
	struct arena *arena;            /* of the paths */
	const char *last;               /* the path before */
	uint32_t nentries;
	struct folder_items files, folders, names;
	size_t asked, done;             /* of files */
	struct folder_item *open[FOLDER_OPEN];
	size_t nopen, nspecial;
	uint64_t size, told;
	bool is_listed, is_whole;
};

static void folder_send(struct folder *f, enum pb_packet_type type, uint32_t id)
{
	owned_buf struct buf bytes = { 0 };
	struct pb_packet p = { .type = type, .id = id };
	pb_packet_write(&bytes, &p);
	grpc_send(f->base.call, buf_str(&bytes));
}

static void folder_add(struct folder_items *to, const struct folder_item *item)
{
	if (to->n == to->cap)
		to->all = xrealloc(to->all, to->cap = to->cap ? 2 * to->cap : 64, sizeof *to->all);
	to->all[to->n++] = *item;
}

/* ---- the list ---- */

static bool folder_is_below(struct str path)
{
	struct str rest = path, part;
	if (!path.n || path.n > FOLDER_PATH_MAX || memchr(path.p, '\0', path.n))
		return false;
	while (str_next(&rest, '/', &part))
		if (!part.n || str_eq(part, STR(".")) || str_eq(part, STR("..")))
			return false;
	return true;
}

/* What stat says, checked; texts in the arena. */
static bool folder_take(struct folder *f, const struct pb_stat *stat, struct folder_item *ret,
                        struct error *err)
{
	if (!folder_is_below(stat->path) || memchr(stat->link.p, '\0', stat->link.n) ||
	    stat->link.n > FOLDER_PATH_MAX)
		return error_set(err, ERROR_PROTOCOL, "the engine exports '%.*s', which is no path below "
		                 "'%s'", STR_ARG(str_slice(stat->path, 0, 200)), f->path);
	*ret = (struct folder_item){
		.path = arena_text(f->arena, stat->path), .link = arena_text(f->arena, stat->link),
		.mode = stat->mode, .id = f->nentries++, .size = stat->size,
		.mtime_ns = stat->mtime_ns, .fd = -1,
	};
	if (f->last && context_order(f->last, ret->path) >= 0)
		return error_set(err, ERROR_PROTOCOL, "the engine exports '%s' after '%s'", ret->path,
		                 f->last);
	f->last = ret->path;
	if (f->nentries > CONTEXT_ENTRIES_MAX || arena_size(f->arena) > FOLDER_NAMES_MAX)
		return error_set(err, ERROR_LIMIT, "the engine exports more than %d files",
		                 CONTEXT_ENTRIES_MAX);
	return true;
}

static bool folder_listed(struct folder *f, const struct pb_stat *stat, struct error *err)
{
	struct folder_item item;
	if (f->is_listed)
		return error_set(err, ERROR_PROTOCOL, "the engine exports files after the last one");
	if (!folder_take(f, stat, &item, err))
		return false;
	uint32_t type = item.mode & PB_MODE_TYPE;
	if (type == PB_MODE_DIR) {
		folder_add(&f->folders, &item);
		return tree_make_dir(f->tree, item.path, err);
	}
	if (type == PB_MODE_LINK)
		return tree_make_link(f->tree, item.path, item.link, err);
	if (type)
		f->nspecial++;
	else if (!item.link[0])
		folder_add(&f->files, &item);
	else if (folder_is_below(str_of(item.link)))
		folder_add(&f->names, &item);
	else
		return error_set(err, ERROR_PROTOCOL, "the engine exports '%s' as a second name of "
		                 "'%.200s', which is not below '%s'", item.path, item.link, f->path);
	return true;
}

/* ---- the files ---- */

static void folder_ask(struct folder *f)
{
	while (f->nopen < FOLDER_OPEN && f->asked < f->files.n) {
		f->open[f->nopen++] = &f->files.all[f->asked++];
		folder_send(f, PB_PACKET_REQ, f->open[f->nopen - 1]->id);
	}
}

static bool folder_set(int fd, const struct folder_item *item, const char *dir,
                       struct error *err)
{
	/* Before the epoch nanoseconds still count upwards. */
	int64_t seconds = item->mtime_ns / 1000000000, rest = item->mtime_ns % 1000000000;
	struct timespec at = { .tv_sec = rest < 0 ? seconds - 1 : seconds,
	                       .tv_nsec = rest < 0 ? rest + 1000000000 : rest };
	struct timespec times[2] = { at, at };
	return (fchmod(fd, item->mode & 0777) == 0 && futimens(fd, times) == 0) ||
	       error_set_errno(err, "cannot finish '%s/%s'", dir, item->path);
}

static bool folder_file_done(struct folder *f, size_t at, struct error *err)
{
	struct folder_item *item = f->open[at];
	bool ok = item->got == item->size;
	if (!ok)
		error_set(err, ERROR_PROTOCOL, "the engine sent %llu bytes of '%s', which has %llu",
		          (unsigned long long)item->got, item->path, (unsigned long long)item->size);
	ok = ok && folder_set(item->fd, item, f->path, err);
	close(item->fd);
	item->fd = -1;
	f->open[at] = f->open[--f->nopen];
	f->done++;
	return ok;
}

static bool folder_data(struct folder *f, const struct pb_packet *p, struct error *err)
{
	size_t at = 0;
	while (at < f->nopen && f->open[at]->id != p->id)
		at++;
	if (at == f->nopen)
		return error_set(err, ERROR_PROTOCOL, "the engine sends file %u, for which it was not "
		                 "asked", p->id);
	struct folder_item *item = f->open[at];
	if (item->fd < 0 && !tree_make_file(f->tree, item->path, 0600, &item->fd, err))
		return false;
	if (!p->data.n)
		return folder_file_done(f, at, err);
	item->got += p->data.n;
	f->size += p->data.n;
	if (item->got > item->size)
		return error_set(err, ERROR_PROTOCOL, "the engine sends more of '%s' than its %llu bytes",
		                 item->path, (unsigned long long)item->size);
	return tree_write(item->fd, p->data, err) ||
	       error_prefix(err, "'%s/%s'", f->path, item->path);
}

/* ---- the end ---- */

/* From the last one up, so that nothing changes a folder's time after it was set. */
static bool folder_finish(struct folder *f, struct error *err)
{
	for (size_t i = 0; i < f->names.n; i++)
		if (!tree_make_name(f->tree, f->names.all[i].path, f->names.all[i].link, err))
			return false;
	for (size_t i = f->folders.n; i-- > 0;) {
		const struct folder_item *item = &f->folders.all[i];
		struct stat st;
		owned_fd int fd = tree_open_folder(f->tree, item->path, &st, err);
		if (fd < 0 || !folder_set(fd, item, f->path, err))
			return false;
	}
	f->is_whole = true;
	folder_send(f, PB_PACKET_FIN, 0);
	return true;
}

static void folder_tell(struct folder *f, bool always)
{
	struct session *s = f->base.session;
	if (!always && f->size - f->told < FOLDER_TOLD)
		return;
	f->told = f->size;
	if (!s->is_freed && s->on.progress)
		s->on.progress(s->on.data, str_of(f->path), f->size, 0);
}

static void folder_end(struct session_call *c)
{
	struct folder *f = (struct folder *)c;
	struct error err;
	if (f->is_whole) {
		session_answer(c, GRPC_OK, (struct str){ 0 });
		return;
	}
	error_set(&err, ERROR_PROTOCOL, "the engine's export to '%s' ended in the middle", f->path);
	session_fail(c, &err);
}

/* The daemon has seen that all came. */
static void folder_over(struct folder *f)
{
	struct session *s = f->base.session;
	owned_buf struct buf text = { 0 };
	if (f->is_whole && f->nspecial)
		buf_printf(&text, "'%s': %zu devices, fifos or sockets were left out", f->path,
		           f->nspecial);
	if (f->is_whole)
		folder_tell(f, true);
	folder_end(&f->base);
	if (text.n)
		session_warn(s, buf_str(&text));
}

static void folder_message(struct session_call *c, struct str bytes)
{
	struct folder *f = (struct folder *)c;
	struct pb_packet p;
	struct error err = { 0 };
	bool ok = pb_packet_parse(c->session->scratch, bytes, &p, &err);
	if (ok && p.type == PB_PACKET_FIN) {
		folder_over(f);
		return;
	}
	if (ok && p.type == PB_PACKET_ERR)
		ok = error_set(&err, ERROR_REFUSED, "the engine gave up its export to '%s': %.*s",
		               f->path, STR_ARG(str_slice(p.data, 0, 300)));
	else if (ok && p.type == PB_PACKET_STAT && p.has_stat)
		ok = folder_listed(f, &p.stat, &err);
	else if (ok && p.type == PB_PACKET_STAT)
		f->is_listed = true;
	else if (ok && p.type == PB_PACKET_DATA)
		ok = folder_data(f, &p, &err);
	else if (ok)
		ok = error_set(&err, ERROR_PROTOCOL, "packets of type %d come from who takes files",
		               p.type);
	/* The list may still grow, and move: only then are pointers into it taken. */
	if (ok && f->is_listed)
		folder_ask(f);
	if (ok && f->is_listed && f->done == f->files.n && !f->is_whole)
		ok = folder_finish(f, &err);
	if (!ok)
		session_fail(c, &err);
	else
		folder_tell(f, false);
}

static void folder_free(struct session_call *c)
{
	struct folder *f = (struct folder *)c;
	for (size_t i = 0; i < f->nopen; i++)
		if (f->open[i]->fd >= 0)
			close(f->open[i]->fd);
	free(f->files.all);
	free(f->folders.all);
	free(f->names.all);
	tree_free(f->tree);
	arena_free(f->arena);
}

struct session_call *session_folder_new(struct session *s, const char *path, struct error *err)
{
	static const struct session_call_ops ops = { folder_message, NULL, folder_end, folder_free };
	(void)s;
	if (!save_dir(path, 0777, err))
		return NULL;
	struct tree *tree = tree_open(path, err);
	if (!tree)
		return NULL;
	struct folder *f = xcalloc(1, sizeof *f);
	f->base.ops = &ops;
	f->path = path;
	f->tree = tree;
	f->arena = arena_new();
	return &f->base;
}
