/* Files into a container before it starts, and out of it when it has ended. */
#include "core/os/files.h"
#include "tests/core/engine/run_bench.h"

#define PUT "PUT /v1.41/containers/c1/archive?path="
#define GET "GET /v1.41/containers/c1/archive?path="

static const int seven[] = { 7, -1 };

static void copy_write(struct bench *b, const char *name, const char *text)
{
	struct error err = { 0 };
	assert_true(save_file(arena_printf(b->arena, "%s/%s", b->dir, name), str_of(text), 0644, &err));
}

static const char *copy_read(struct bench *b, const char *name)
{
	owned(files) struct files *disk = files_disk("/");
	struct str text;
	struct error err;
	return files_read(disk, arena_printf(b->arena, "%s/%s", b->dir, name), b->arena, &text,
	                  &err) == FILES_OK ? arena_text(b->arena, text) : NULL;
}

/* A tar of one file or link, as ustar has it. */
static struct str copy_tar(struct bench *b, const char *name, const char *text, const char *link)
{
	enum { BLOCK = 512 };
	char *tar = arena_alloc(b->arena, 4 * BLOCK);
	unsigned sum = 0;
	memset(tar, 0, 4 * BLOCK);
	snprintf(tar, 100, "%s", name);
	snprintf(tar + 100, 8, "%07o", 0644);
	snprintf(tar + 108, 8, "%07o", 0);
	snprintf(tar + 116, 8, "%07o", 0);
	snprintf(tar + 124, 12, "%011o", link ? 0 : (unsigned)strlen(text));
	snprintf(tar + 136, 12, "%011o", 0);
	memset(tar + 148, ' ', 8);
	tar[156] = link ? '2' : '0';
	snprintf(tar + 157, 100, "%s", link ? link : "");
	memcpy(tar + 257, "ustar\0" "00", 8);
	for (int i = 0; i < BLOCK; i++)
		sum += (unsigned char)tar[i];
	snprintf(tar + 148, 8, "%06o", sum);
	if (!link)
		memcpy(tar + BLOCK, text, strlen(text));
	return (struct str){ tar, 4 * BLOCK };
}

static void copy_gives(struct bench *b, const char *request, struct str tar)
{
	owned_buf struct buf text = { 0 };
	buf_printf(&text, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", tar.n);
	buf_append(&text, tar);
	bench_bytes(b, request, buf_str(&text), 200, SERVER_CLOSE);
}

static void copy_init(struct bench *b, const struct run_copy *in, const struct run_copy *out)
{
	b->task.copies_in = in;
	b->task.copies_out = out;
	b->task.root = b->dir;
	b->task.dir = b->dir;
	bench_end(b, 100);
}

static void test_docker_copy__in_before_it_starts(void **state)
{
	static const struct run_copy in[] = {
		{ .container = "/work/a.toml", .path = "a.toml" },
		{ .container = "/work/none", .path = "none", .may_lack = true },
		{ .container = "/work/src", .path = "code" }, { 0 },
	};
	struct bench *b = *state;
	struct error err = { 0 };
	copy_init(b, in, NULL);
	copy_write(b, "a.toml", "bytes of a");
	assert_true(save_dir(arena_printf(b->arena, "%s/code/deep", b->dir), 0755, &err));
	copy_write(b, "code/deep/file", "bytes of file");
	bench_on(b, PUT "%2Fwork", 200, "");
	bench_go(b);
	assert_true(b->result.ok);
	size_t at = bench_find(b, PUT "%2Fwork");
	assert_true(at < bench_find(b, START));
	struct str tar = server_request(b->server, at), more = server_request(b->server, at + 1);
	assert_true(str_find_str(tar, STR("a.toml")) != STR_NONE);
	assert_true(str_find_str(tar, STR("bytes of a")) != STR_NONE);
	assert_true(str_find_str(more, STR("src/deep/file")) != STR_NONE);
	assert_true(str_find_str(more, STR("bytes of file")) != STR_NONE);
}

static void test_docker_copy__what_cannot_go_in_stops_it(void **state)
{
	static const struct run_copy lacks[] = { { .container = "/work/a", .path = "a" }, { 0 } };
	struct bench *b = *state;
	copy_init(b, lacks, NULL);
	bench_go(b);
	assert_false(b->result.ok);
	assert_non_null(strstr(b->result.error.text, "'a' cannot be copied to /work/a"));
	assert_false(bench_was_asked(b, START));
	assert_true(bench_was_asked(b, DELETE));
}

static const struct run_copy out[] = {
	{ .container = "/work/a", .path = "a" },
	{ .container = "/work/none", .path = "none", .may_lack = true },
	{ .container = "/work/report", .path = "r", .after_failure = true }, { 0 },
};

static void test_docker_copy__out_after_its_end(void **state)
{
	struct bench *b = *state;
	copy_init(b, NULL, out);
	b->task.accepted = seven;
	copy_gives(b, GET "%2Fwork%2Fa", copy_tar(b, "a", "from inside", NULL));
	copy_gives(b, GET "%2Fwork%2Freport", copy_tar(b, "report", "seen", NULL));
	bench_go(b);
	assert_string_equal(b->result.error.text, "");
	assert_string_equal(copy_read(b, "0/a"), "from inside");
	assert_string_equal(copy_read(b, "2/report"), "seen");
	assert_null(copy_read(b, "0.tar"));
	assert_true(bench_find(b, GET "%2Fwork%2Fa") < bench_find(b, DELETE));
}

static void test_docker_copy__after_a_bad_end_reports_alone(void **state)
{
	struct bench *b = *state;
	copy_init(b, NULL, out);
	copy_gives(b, GET "%2Fwork%2Freport", copy_tar(b, "report", "seen", NULL));
	bench_go(b);
	assert_int_equal(b->last.exit_code, 7);
	assert_string_equal(copy_read(b, "2/report"), "seen");
	assert_false(bench_was_asked(b, GET "%2Fwork%2Fa"));
}

static void test_docker_copy__believes_no_archive(void **state)
{
	static const struct run_copy one[] = { { .container = "/work/a", .path = "a" }, { 0 } };
	const struct { const char *name, *link; } table[] = {
		{ "../a", NULL }, { "/a", NULL }, { "a/../../b", NULL }, { "a", "/etc/passwd" },
		{ "a", "../../b" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		bench_setup(&own);
		struct bench *b = own;
		copy_init(b, NULL, one);
		b->task.accepted = seven;
		copy_gives(b, GET "%2Fwork%2Fa", copy_tar(b, table[i].name, "x", table[i].link));
		bench_go(b);
		assert_int_equal(b->result.error.code, ERROR_BUILD);
		assert_null(copy_read(b, "0/a"));
		assert_true(bench_was_asked(b, DELETE));
		bench_teardown(&own);
	}
}

static void test_docker_copy__what_is_not_there_or_breaks_off(void **state)
{
	static const struct run_copy one[] = { { .container = "/work/a", .path = "a" }, { 0 } };
	struct bench *b = *state;
	copy_init(b, NULL, one);
	b->task.accepted = seven;
	bench_on(b, GET "%2Fwork%2Fa", 404, "{'message':'no such file'}");
	bench_go(b);
	assert_int_equal(b->result.error.code, ERROR_BUILD);
	assert_non_null(strstr(b->result.error.text, "/work/a"));
	assert_true(bench_was_asked(b, DELETE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(test_docker_copy__in_before_it_starts),
		RUN_TEST(test_docker_copy__what_cannot_go_in_stops_it),
		RUN_TEST(test_docker_copy__out_after_its_end),
		RUN_TEST(test_docker_copy__after_a_bad_end_reports_alone),
		RUN_TEST(test_docker_copy__believes_no_archive),
		RUN_TEST(test_docker_copy__what_is_not_there_or_breaks_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
