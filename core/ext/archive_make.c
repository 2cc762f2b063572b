#include "core/ext/archive_make.h"

#include <archive.h>
#include <archive_entry.h>

#include "core/base/check.h"
#include "core/ext/lazy.h"

#define MAKE_CALLS(CALL) CALL(entry_free) CALL(entry_new) CALL(entry_set_filetype) \
	CALL(entry_set_mtime) CALL(entry_set_pathname) CALL(entry_set_perm) CALL(entry_set_size) \
	CALL(error_string) CALL(set_error) CALL(write_add_filter_gzip) CALL(write_close) \
	CALL(write_data) CALL(write_free) CALL(write_header) CALL(write_new) CALL(write_open) \
	CALL(write_set_format_ustar) CALL(write_set_options)
static LAZY_TABLE(archive, MAKE_CALLS) make;

struct archive_maker {
	struct archive *archive;
	archive_bytes_fn *each;
	void *data;
	struct error why;               /* what `each` said */
};

static bool make_failed(const struct archive_maker *m, struct error *err)
{
	const char *why = make.error_string(m->archive);
	if (m->why.code) {
		*err = m->why;
		return false;
	}
	return error_set(err, ERROR_SYSTEM, "cannot make the archive: %s", why ? why : "no reason");
}

static la_ssize_t make_write(struct archive *archive, void *data, const void *bytes, size_t n)
{
	struct archive_maker *m = data;
	if (!m->why.code && m->each(m->data, (struct str){ bytes, n }, &m->why))
		return (la_ssize_t)n;
	make.set_error(archive, m->why.sys, "%s", m->why.text);
	return -1;
}

/* gzip would note the time of now. */
struct archive_maker *archive_maker_new(archive_bytes_fn *each, void *data, struct error *err)
{
	owned(archive_maker) struct archive_maker *m = xcalloc(1, sizeof *m);
	LAZY_LOAD(archive, MAKE_CALLS, &make);
	m->archive = make.write_new();
	CHECK(m->archive);
	m->each = each;
	m->data = data;
	if (make.write_set_format_ustar(m->archive) == ARCHIVE_OK &&
	    make.write_add_filter_gzip(m->archive) == ARCHIVE_OK &&
	    make.write_set_options(m->archive, "gzip:!timestamp") == ARCHIVE_OK &&
	    make.write_open(m->archive, m, NULL, make_write, NULL) == ARCHIVE_OK)
		return take(m);
	make_failed(m, err);
	return NULL;
}

/* Whatever is left to be written when it is given up goes nowhere. */
void archive_maker_free(struct archive_maker *m)
{
	if (!m)
		return;
	if (!m->why.code)
		error_set(&m->why, ERROR_CANCELLED, "given up");
	make.write_free(m->archive);
	free(m);
}

bool archive_make_file(struct archive_maker *m, const char *path, uint64_t size, int64_t mtime,
                       struct error *err)
{
	struct archive_entry *entry = make.entry_new();
	CHECK(entry);
	make.entry_set_pathname(entry, path);
	make.entry_set_filetype(entry, AE_IFREG);
	make.entry_set_perm(entry, 0600);
	make.entry_set_size(entry, (la_int64_t)size);
	make.entry_set_mtime(entry, mtime, 0);
	bool ok = make.write_header(m->archive, entry) == ARCHIVE_OK;
	make.entry_free(entry);
	return ok || make_failed(m, err);
}

bool archive_make_bytes(struct archive_maker *m, struct str bytes, struct error *err)
{
	la_ssize_t n = bytes.n ? make.write_data(m->archive, bytes.p, bytes.n) : 0;
	if (n < 0)
		return make_failed(m, err);
	return (size_t)n == bytes.n ||
	       error_set(err, ERROR_CHANGED, "a file has grown while it was packed");
}

bool archive_make_end(struct archive_maker *m, struct error *err)
{
	return make.write_close(m->archive) == ARCHIVE_OK || make_failed(m, err);
}
