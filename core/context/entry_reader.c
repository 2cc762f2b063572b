#include "core/context/entry_reader.h"

#include <sys/stat.h>

#include "core/base/check.h"
#include "core/context/context_scan.h"
#include "core/os/tree.h"

enum { ENTRY_CHUNK = 256 * 1024 };

struct entry_reader {
	const struct entry *entry;      /* NULL: none, or it has failed */
	struct tree *tree;              /* of the last file; the next is mostly in it too */
	struct tree_file file;
	uint64_t done;
	char *chunk;                    /* for entry_pull, made when first asked for */
};

struct entry_reader *entry_reader_new(const struct entry *e)
{
	struct entry_reader *r = xcalloc(1, sizeof *r);
	r->file.fd = -1;
	r->entry = e;
	return r;
}

void entry_reader_free(struct entry_reader *r)
{
	if (!r)
		return;
	tree_file_close(&r->file);
	tree_free(r->tree);
	free(r->chunk);
	free(r);
}

void entry_reader_start(struct entry_reader *r, const struct entry *e)
{
	tree_file_close(&r->file);
	r->entry = e;
	r->done = 0;
}

const char *entry_file(const struct entry *e, struct buf *scratch)
{
	const char *below = e->path + e->below;
	buf_clear(scratch);
	buf_printf(scratch, "%s%s%s", e->dir, *below ? "/" : "", below);
	return buf_text(scratch);
}

static bool entry_reader_changed(const struct entry *e, const char *how, struct error *err)
{
	owned_buf struct buf file = { 0 };
	return error_set(err, ERROR_PROJECT,
	                 "'%s' has %s since the build context was listed; build again",
	                 entry_file(e, &file), how);
}

static bool entry_reader_open(struct entry_reader *r, struct error *err)
{
	const struct entry *e = r->entry;
	if (!r->tree || strcmp(tree_dir(r->tree), e->dir) != 0) {
		tree_free(r->tree);
		r->tree = tree_open(e->dir, err);
		if (!r->tree)
			return false;
	}
	if (!tree_file_open(r->tree, e->path + e->below, &r->file, err))
		return false;
	if (r->file.size != e->size)
		return entry_reader_changed(e, r->file.size > e->size ? "grown" : "shrunk", err);
	return true;
}

/* Of a file; 0 at its end. */
static bool entry_reader_read_file(struct entry_reader *r, char *at, size_t room, size_t *ret_n,
                                   struct error *err)
{
	const struct entry *e = r->entry;
	owned_buf struct buf file = { 0 };
	size_t n = 0;
	if (r->file.fd < 0 && !entry_reader_open(r, err))
		return false;
	if (e->size > r->done && !tree_file_read(&r->file, at, room, &n))
		return error_set_errno(err, "cannot read '%s'", entry_file(e, &file));
	if (e->size > r->done && n == 0)
		return entry_reader_changed(e, "shrunk", err);
	if (r->done + n == e->size && tree_file_has_changed(&r->file))
		return entry_reader_changed(e, "been changed", err);
	*ret_n = n;
	return true;
}

enum pull entry_reader_read(struct entry_reader *r, char *at, size_t room, size_t *ret_n,
                            struct error *err)
{
	const struct entry *e = r->entry;
	if (!e) {
		error_set(err, ERROR_PROJECT, "an entry of the build context has failed before");
		return PULL_FAILED;
	}
	uint64_t left = e->size - r->done;
	size_t n = room < left ? room : (size_t)left;
	bool opened = r->file.fd >= 0 || r->done > 0;
	if (!S_ISREG(e->mode) || (left == 0 && (opened || !e->dir)))
		return PULL_DONE;
	if (!e->dir) {
		memcpy(at, e->bytes.p + r->done, n);
	} else if (!entry_reader_read_file(r, at, n, &n, err)) {
		entry_reader_start(r, NULL);
		return PULL_FAILED;
	}
	r->done += n;
	if (r->done == e->size && r->done)
		tree_file_close(&r->file);
	if (n == 0)
		return PULL_DONE;       /* an empty file, which had to be looked at */
	*ret_n = n;
	return PULL_DATA;
}

enum pull entry_pull(struct entry_reader *r, struct str *ret_bytes, struct error *err)
{
	size_t n;
	if (!r->chunk)
		r->chunk = xmalloc(ENTRY_CHUNK);
	enum pull pull = entry_reader_read(r, r->chunk, ENTRY_CHUNK, &n, err);
	if (pull == PULL_DATA)
		*ret_bytes = (struct str){ r->chunk, n };
	return pull;
}
