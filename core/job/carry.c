#include "core/job/carry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/spool.h"
#include "core/os/tree.h"

enum { CARRY_CHUNK = 1 << 16, CARRY_NAME_MAX = 4000 };

/* A file, folder or link that is to be in the project. */
struct carry_item {
	size_t copy;
	const char *made;               /* below the task's folder: "0/dist/a.whl" */
	const char *path;               /* below the root */
	const char *link;
	mode_t mode;
	uint64_t size;
	struct str before;              /* p NULL: there was none, or it was too large to keep */
	enum carried_how how;
	bool is_written;
};

struct carry {
	const struct run_task *task;
	struct arena *arena;
	struct str *before;             /* of each copy that is a file here; p NULL: none, none kept */
	bool *was_absent;               /* of each copy */
	struct carry_item *items;
	size_t n, cap;
	struct tree *root, *made;
};

struct carry *carry_new(const struct run_task *t)
{
	struct carry *c = xcalloc(1, sizeof *c);
	size_t n = 0;
	*c = (struct carry){ .task = t, .arena = arena_new() };
	while (t->copies_out && t->copies_out[n].container)
		n++;
	c->before = arena_array(c->arena, n + 1, sizeof *c->before);
	c->was_absent = arena_array(c->arena, n + 1, sizeof *c->was_absent);
	owned(files) struct files *disk = files_disk("/");
	for (size_t i = 0; i < n; i++) {
		struct stat st = { 0 };
		struct error ignored;
		const char *path = files_join(c->arena, t->root, t->copies_out[i].path);
		c->before[i] = (struct str){ 0 };
		c->was_absent[i] = lstat(path, &st) < 0 && errno == ENOENT;
		if (S_ISREG(st.st_mode) && st.st_size <= CARRY_KEPT &&
		    files_read(disk, path, c->arena, &c->before[i], &ignored) == FILES_OK &&
		    !c->before[i].p)
			c->before[i] = STR("");
	}
	return c;
}

void carry_free(struct carry *c)
{
	if (!c)
		return;
	tree_free(c->root);
	tree_free(c->made);
	arena_free(c->arena);
	free(c->items);
	free(c);
}

/* ---- what came ---- */

static struct carry_item *carry_append(struct carry *c)
{
	if (c->n == c->cap)
		c->items = xrealloc(c->items, c->cap = c->cap ? 2 * c->cap : 32, sizeof *c->items);
	c->items[c->n] = (struct carry_item){ 0 };
	return &c->items[c->n++];
}

/* Whether a link at `path` leads to what is at or below the copy it came with. */
static bool carry_link_stays(const char *path, const char *target)
{
	size_t depth = 0;
	struct str rest = str_of(target), part;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		depth++;
	if (target[0] == '/')
		return false;
	while (str_next(&rest, '/', &part)) {
		if (str_eq(part, STR("..")) && depth-- == 0)
			return false;
		if (part.n && !str_eq(part, STR(".")) && !str_eq(part, STR("..")))
			depth++;
	}
	return true;
}

struct carry_listing {
	struct carry *carry;
	size_t copy;
	const char *dir;                /* below the task's folder */
	const char *under;              /* the same below the copy, "" for it itself */
};

static bool carry_collect(void *data, const struct tree_item *item, struct error *err)
{
	const struct carry_listing *l = data;
	struct carry *c = l->carry;
	const struct run_copy *copy = &c->task->copies_out[l->copy];
	/* The first name is the copy's own, in whatever way the container calls it. */
	bool is_top = !l->under;
	const char *under = is_top ? "" : l->under[0]
		? arena_printf(c->arena, "%s/%s", l->under, item->name)
		: arena_text(c->arena, str_of(item->name));
	struct carry_item *i = carry_append(c);
	*i = (struct carry_item){
		.copy = l->copy, .mode = item->mode, .size = item->size,
		.made = arena_printf(c->arena, "%s/%s", l->dir, item->name),
		.path = !under[0] ? copy->path : copy->path[0]
		        ? arena_printf(c->arena, "%s/%s", copy->path, under) : under,
	};
	const char *made = i->made;
	if (item->link) {
		i->link = arena_text(c->arena, str_of(item->link));
		if (is_top || !carry_link_stays(under, item->link))
			return error_set(err, ERROR_BUILD, "%s: '%s' is a link that leads out of it",
			                 copy->container, is_top ? item->name : under);
	}
	if (!S_ISDIR(item->mode))
		return true;
	if (strlen(made) > CARRY_NAME_MAX)
		return error_set(err, ERROR_LIMIT, "%s: its folders are too deep", copy->container);
	struct carry_listing below = { c, l->copy, made, under };
	return tree_list(c->made, made, carry_collect, &below, err);
}

/* False: err.  A copy that gave nothing need not have. */
static bool carry_collect_copy(struct carry *c, size_t n, struct error *err)
{
	struct stat st;
	const char *dir = arena_printf(c->arena, "%zu", n);
	struct carry_listing l = { c, n, dir, NULL };
	if (lstat(files_join(c->arena, c->task->dir, dir), &st) < 0)
		return c->task->copies_out[n].may_lack ||
		       error_set(err, ERROR_BUILD, "the container gave no %s",
		                 c->task->copies_out[n].container);
	return tree_list(c->made, dir, carry_collect, &l, err);
}

/* ---- may it be written ---- */

static const char *carry_shown(const struct carry *c, const struct carry_item *i)
{
	return i->path[0] ? i->path : c->task->root;
}

/* Every folder on the way is a real one, or is not there yet. */
static bool carry_check_way(struct carry *c, const struct carry_item *i, struct error *err)
{
	for (const char *slash = strchr(i->path, '/'); slash; slash = strchr(slash + 1, '/')) {
		struct stat st;
		const char *dir = arena_printf(c->arena, "%.*s", (int)(slash - i->path), i->path);
		if (lstat(files_join(c->arena, c->task->root, dir), &st) < 0)
			return errno == ENOENT || error_set_errno(err, "'%s'", dir);
		if (!S_ISDIR(st.st_mode))
			return error_set(err, ERROR_PROJECT, "'%s' is not written: '%s' is no folder",
			                 i->path, dir);
	}
	return true;
}

static bool carry_read(struct carry *c, struct tree *t, const char *path, struct str *ret_text,
                       struct error *err)
{
	struct tree_file file;
	struct buf text = { 0 };
	size_t n = 1;
	bool ok = tree_file_open(t, path, &file, err);
	if (!ok)
		return false;
	while (ok && n) {
		ok = tree_file_read(&file, buf_reserve(&text, CARRY_CHUNK), CARRY_CHUNK, &n);
		text.n += n;
	}
	if (!ok)
		error_set_errno(err, "cannot read '%s'", path);
	tree_file_close(&file);
	*ret_text = text.n ? arena_str(c->arena, buf_str(&text)) : STR("");
	buf_finish(&text);
	return ok;
}

/* A file that somebody has changed since the run began stays. */
static bool carry_check_before(struct carry *c, struct carry_item *i, struct error *err)
{
	const struct run_copy *copy = &c->task->copies_out[i->copy];
	struct str was = c->before[i->copy];
	bool is_copy = strcmp(i->path, copy->path) == 0;
	if (!is_copy || (was.p ? str_eq(was, i->before) : !c->was_absent[i->copy]))
		return true;
	return error_set(err, ERROR_CHANGED, "'%s' has changed while the container ran: it stays as it "
	                 "is now", i->path);
}

static bool carry_check(struct carry *c, struct carry_item *i, struct error *err)
{
	struct stat st;
	struct str now;
	const char *path = files_join(c->arena, c->task->root, i->path);
	if (!carry_check_way(c, i, err))
		return false;
	i->how = CARRIED_NEW;
	if (lstat(path, &st) < 0)
		return errno == ENOENT || error_set_errno(err, "'%s'", i->path);
	if (S_ISDIR(st.st_mode) != S_ISDIR(i->mode) || (S_ISLNK(st.st_mode) && !i->link))
		return error_set(err, ERROR_PROJECT, "'%s' is not written: it is %s here",
		                 carry_shown(c, i), S_ISDIR(st.st_mode) ? "a folder" :
		                 S_ISLNK(st.st_mode) ? "a link" : "no folder");
	i->how = CARRIED_CHANGED;
	if (!S_ISREG(i->mode) || !S_ISREG(st.st_mode) || st.st_size > CARRY_KEPT)
		return true;
	if (!carry_read(c, c->root, i->path, &i->before, err) || !carry_check_before(c, i, err))
		return false;
	if ((uint64_t)st.st_size != i->size)
		return save_check(path, err);
	if (!carry_read(c, c->made, i->made, &now, err))
		return false;
	if (str_eq(now, i->before))
		i->how = CARRIED_SAME;
	return i->how == CARRIED_SAME || save_check(path, err);
}

/* ---- writing ---- */

static bool carry_stream(struct carry *c, const struct carry_item *i, const char *path, mode_t mode,
                         struct error *err)
{
	owned_buf struct buf chunk = { 0 };
	struct tree_file file;
	size_t n = 1;
	char *p = buf_reserve(&chunk, CARRY_CHUNK);
	owned(spool) struct spool *out = spool_new(path, mode, err);
	if (!out || !tree_file_open(c->made, i->made, &file, err))
		return false;
	bool ok = true;
	while (ok && n) {
		ok = tree_file_read(&file, p, CARRY_CHUNK, &n) ||
		     error_set_errno(err, "cannot read '%s'", i->made);
		ok = ok && spool_append(out, (struct str){ p, n }, err);
	}
	tree_file_close(&file);
	return ok && spool_finish(out, err);
}

static bool carry_write(struct carry *c, struct carry_item *i, struct error *err)
{
	const char *path = files_join(c->arena, c->task->root, i->path);
	mode_t mode = i->mode & 0111 ? 0755 : 0644;
	struct str text;
	if (S_ISDIR(i->mode))
		return !i->path[0] || tree_make_dir(c->root, i->path, err);
	if (i->link)
		return tree_make_link(c->root, i->path, i->link, err);
	if (i->how == CARRIED_SAME)
		return true;
	if (i->size > CARRY_KEPT)
		return carry_stream(c, i, path, mode, err);
	if (!carry_read(c, c->made, i->made, &text, err))
		return false;
	i->is_written = true;
	return i->before.p ? save_over(path, i->before, text, mode, err)
	                   : save_file(path, text, mode, err);
}

/* What is written up to there is as it was before. */
static void carry_take_back(struct carry *c, size_t n)
{
	struct error ignored;
	while (n-- > 0) {
		const struct carry_item *i = &c->items[n];
		const char *path = files_join(c->arena, c->task->root, i->path);
		if (i->is_written && i->before.p)
			save_file(path, i->before, 0644, &ignored);
		else if (i->is_written && i->how == CARRIED_NEW)
			unlink(path);
	}
}

static bool carry_write_all(struct carry *c, struct error *err)
{
	for (size_t n = 0; n < c->n; n++)
		if (!carry_check(c, &c->items[n], err))
			return false;
	for (size_t n = 0; n < c->n; n++)
		if (!carry_write(c, &c->items[n], err)) {
			c->items[n].is_written = false;
			carry_take_back(c, n);
			return false;
		}
	return true;
}

bool carry_place(struct carry *c, bool failed, carried_fn *told, void *data, struct error *err)
{
	const struct run_copy *copies = c->task->copies_out;
	c->n = 0;
	if (!c->made && !(c->made = tree_open(c->task->dir, err)))
		return false;
	if (!c->root && !(c->root = tree_open(c->task->root, err)))
		return false;
	for (size_t n = 0; copies && copies[n].container; n++)
		if (copies[n].after_failure == failed && !carry_collect_copy(c, n, err))
			return false;
	if (!carry_write_all(c, err))
		return false;
	for (size_t n = 0; n < c->n; n++) {
		const struct carry_item *i = &c->items[n];
		if (!S_ISDIR(i->mode))
			told(data, &(struct carried){ i->path, copies[i->copy].container, i->size, i->how });
	}
	return true;
}
