#include "core/engine/copies.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/ext/archive.h"
#include "core/os/files.h"
#include "core/os/save.h"

struct copies_pack {
	struct context *context;
	struct tar *tar;
};

struct str copies_folder(const struct run_copy *c)
{
	struct str path = str_of(c->container);
	size_t slash = str_find_last(path, '/');
	return slash == STR_NONE || slash == 0 ? STR("/") : str_slice(path, 0, slash);
}

struct str copies_name(const struct run_copy *c)
{
	struct str path = str_of(c->container);
	return str_slice(path, str_find_last(path, '/') + 1, path.n);
}

void copies_pack_free(struct copies_pack *p)
{
	if (!p)
		return;
	tar_free(p->tar);
	context_free(p->context);
	free(p);
}

bool copies_pack_new(const struct run_task *t, const struct run_copy *c,
                     struct copies_pack **ret_pack, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	const char *from = c->path[0] ? files_join(a, t->root, c->path) : t->root;
	struct stat st;
	*ret_pack = NULL;
	if (stat(from, &st) < 0)
		return (c->may_lack && errno == ENOENT) || error_set_errno(err, "'%s'", from);
	owned(copies_pack) struct copies_pack *p = xcalloc(1, sizeof *p);
	p->context = context_new();
	context_add_tree(p->context, from, arena_text(a, copies_name(c)), NULL);
	if (!context_scan(p->context, err))
		return false;
	p->tar = tar_new(p->context, NULL, 0);
	*ret_pack = take(p);
	return true;
}

enum pull copies_pack_pull(struct copies_pack *p, struct str *ret_bytes, struct error *err)
{
	return tar_pull(p->tar, ret_bytes, err);
}

bool copies_is_due(const struct run_copy *c, bool accepted)
{
	return accepted || c->after_failure;
}

const char *copies_tar(struct arena *a, const struct run_task *t, size_t n)
{
	return arena_printf(a, "%s/%zu.tar", t->dir, n);
}

bool copies_unpack(const struct run_task *t, size_t n, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct error ignored;
	const char *tar = copies_tar(a, t, n);
	bool ok = archive_unpack(tar, t->copies_out[n].container, arena_printf(a, "%s/%zu", t->dir, n),
	                         err);
	save_remove(tar, &ignored);
	/* What a container holds is what the build made of it. */
	if (!ok && err->code == ERROR_PROJECT)
		err->code = ERROR_BUILD;
	return ok;
}
