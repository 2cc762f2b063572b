#include "core/ext/archive_stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/core/engine/image_tar.h"

struct source {
	struct str rest;
	size_t piece;
};

static bool give(void *data, struct str *ret_bytes, struct error *err)
{
	struct source *s = data;
	(void)err;
	*ret_bytes = str_slice(s->rest, 0, s->piece);
	s->rest = str_slice(s->rest, ret_bytes->n, s->rest.n);
	return true;
}

static void test_archive_stream__names_and_types_are_told_as_they_are(void **state)
{
	owned_buf struct buf tar = { 0 }, bytes = { 0 };
	static const struct archive_entry_facts wanted[] = {
		{ "/abs\x1b", NULL, NULL, S_IFREG | 0644, 5 },
		{ "a/../../b", "/etc/passwd", NULL, S_IFLNK | 0777, 0 },
		{ "null", NULL, NULL, S_IFCHR | 0600, 0 },
	};
	struct archive_entry_facts f;
	struct error err;
	struct str part;
	uint64_t at;
	(void)state;
	tar_file(&tar, "/abs\x1b", 0644, "12345");
	tar_put(&tar, '2', "a/../../b", "/etc/passwd", 0777, STR(""));
	tar_put(&tar, '3', "null", NULL, 0600, STR(""));
	tar_end(&tar);
	struct source source = { buf_str(&tar), 100 };
	owned(archive_stream) struct archive_stream *s = archive_stream_new(give, &source, "it");
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		assert_int_equal(archive_stream_next(s, &f, &err), ARCHIVE_NEXT_ENTRY);
		assert_string_equal(f.path, wanted[i].path);
		assert_int_equal(f.mode, wanted[i].mode);
		assert_int_equal(f.size, wanted[i].size);
		assert_true(!f.link == !wanted[i].link);
		while (archive_stream_read(s, &part, &at, &err) && part.n)
			buf_append(&bytes, part);
	}
	assert_int_equal(archive_stream_next(s, &f, &err), ARCHIVE_NEXT_END);
	assert_string_equal(buf_text(&bytes), "12345");
}

static void test_archive_stream__what_is_no_tar_is_an_error(void **state)
{
	struct source source = { STR("this is no tar, and no gzip either"), 10 };
	struct archive_entry_facts f;
	struct error err = { 0 };
	(void)state;
	owned(archive_stream) struct archive_stream *s = archive_stream_new(give, &source, "the thing");
	assert_int_equal(archive_stream_next(s, &f, &err), ARCHIVE_NEXT_FAILED);
	assert_int_equal(err.code, ERROR_PROTOCOL);
	assert_non_null(strstr(err.text, "the thing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_archive_stream__names_and_types_are_told_as_they_are),
		cmocka_unit_test(test_archive_stream__what_is_no_tar_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
