#include "core/ext/archive_stream.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "core/base/check.h"
#include "core/ext/lazy.h"

#define STREAM_CALLS(CALL) CALL(entry_filetype) CALL(entry_hardlink) CALL(entry_hardlink_utf8) \
	CALL(entry_mode) CALL(entry_pathname) CALL(entry_pathname_utf8) CALL(entry_size) \
	CALL(entry_symlink) CALL(entry_symlink_utf8) CALL(error_string) CALL(read_data_block) \
	CALL(read_free) CALL(read_new) CALL(read_next_header) CALL(read_open) CALL(set_error) \
	CALL(read_support_filter_gzip) CALL(read_support_format_tar)
static LAZY_TABLE(archive, STREAM_CALLS) stream;

struct archive_stream {
	struct archive *archive;
	archive_more_fn *more;
	void *data;
	const char *name;
	bool is_open;
	struct error failed;            /* of more, which libarchive cannot carry */
	locale_t utf8;
};

static ssize_t stream_more(struct archive *archive, void *data, const void **ret_bytes)
{
	struct archive_stream *s = data;
	struct str bytes = { 0 };
	if (!s->more(s->data, &bytes, &s->failed)) {
		stream.set_error(archive, ARCHIVE_FATAL, "%s", s->failed.text);
		return -1;
	}
	*ret_bytes = bytes.p;
	return (ssize_t)bytes.n;
}

struct archive_stream *archive_stream_new(archive_more_fn *more, void *data, const char *name)
{
	struct archive_stream *s = xcalloc(1, sizeof *s);
	*s = (struct archive_stream){ .more = more, .data = data, .name = name };
	LAZY_LOAD(archive, STREAM_CALLS, &stream);
	/* libarchive drops names that the locale cannot say, and mortar runs in any. */
	s->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	s->archive = stream.read_new();
	CHECK(s->archive);
	stream.read_support_format_tar(s->archive);
	stream.read_support_filter_gzip(s->archive);
	return s;
}

void archive_stream_free(struct archive_stream *s)
{
	if (!s)
		return;
	stream.read_free(s->archive);
	if (s->utf8)
		freelocale(s->utf8);
	free(s);
}

/* What the source said goes before what libarchive makes of it. */
static bool stream_failed(struct archive_stream *s, struct error *err)
{
	const char *why = stream.error_string(s->archive);
	if (s->failed.code) {
		*err = s->failed;
		return false;
	}
	return error_set(err, ERROR_PROTOCOL, "cannot read %s: %s", s->name,
	                 why ? why : "it is no tar archive");
}

static const char *stream_text(const char *plain, const char *utf8)
{
	return plain ? plain : utf8;
}

static void stream_facts(struct archive_entry *entry, struct archive_entry_facts *ret)
{
	const char *path = stream_text(stream.entry_pathname(entry),
	                               stream.entry_pathname_utf8(entry));
	int64_t size = stream.entry_size(entry);
	*ret = (struct archive_entry_facts){
		.path = path ? path : "",
		.link = stream_text(stream.entry_symlink(entry), stream.entry_symlink_utf8(entry)),
		.same_as = stream_text(stream.entry_hardlink(entry),
		                       stream.entry_hardlink_utf8(entry)),
		.mode = stream.entry_mode(entry), .size = size > 0 ? (uint64_t)size : 0,
	};
	if (S_ISLNK(ret->mode) && !ret->link)
		ret->link = "";
}

static enum archive_next stream_next(struct archive_stream *s, struct archive_entry_facts *ret,
                                     struct error *err)
{
	struct archive_entry *entry;
	int status;
	if (!s->is_open && stream.read_open(s->archive, s, NULL, stream_more, NULL) != ARCHIVE_OK) {
		stream_failed(s, err);
		return ARCHIVE_NEXT_FAILED;
	}
	s->is_open = true;
	do
		status = stream.read_next_header(s->archive, &entry);
	while (status == ARCHIVE_RETRY);
	if (status == ARCHIVE_EOF)
		return ARCHIVE_NEXT_END;
	if (status < ARCHIVE_WARN) {
		stream_failed(s, err);
		return ARCHIVE_NEXT_FAILED;
	}
	stream_facts(entry, ret);
	return ARCHIVE_NEXT_ENTRY;
}

enum archive_next archive_stream_next(struct archive_stream *s, struct archive_entry_facts *ret,
                                      struct error *err)
{
	locale_t before = s->utf8 ? uselocale(s->utf8) : (locale_t)0;
	enum archive_next next = stream_next(s, ret, err);
	if (before)
		uselocale(before);
	return next;
}

bool archive_stream_read(struct archive_stream *s, struct str *ret_bytes, uint64_t *ret_at,
                         struct error *err)
{
	for (;;) {
		const void *p = NULL;
		size_t n = 0;
		int64_t at = 0;
		int status = stream.read_data_block(s->archive, &p, &n, &at);
		if (status == ARCHIVE_RETRY || (status == ARCHIVE_OK && n == 0))
			continue;
		if (status != ARCHIVE_OK && status != ARCHIVE_EOF)
			return stream_failed(s, err);
		*ret_bytes = status == ARCHIVE_EOF ? (struct str){ "", 0 } : (struct str){ p, n };
		*ret_at = at > 0 ? (uint64_t)at : 0;
		return true;
	}
}
