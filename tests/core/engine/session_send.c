#include "tests/core/engine/session_bench.h"

/* Results of a build on their way to a file. */
#define SEND "/moby.filesync.v1.FileSend/DiffCopy"

static struct session_export exports[2];

static void start(struct bench *b)
{
	exports[0] = (struct session_export){ .path = scratch_path(b->s, "image.tar") };
	exports[1] = (struct session_export){ .path = scratch_path(b->s, "second.tar") };
	b->o = (struct session_options){ .exports = exports, .nexports = 2 };
	bench_start(b);
}

static void call(struct bench *b, const char *id)
{
	const struct pair which = { STR("buildkit-attachable-exporter-id"), str_of(id) };
	bench_call(b, SEND, &which, id ? 1 : 0);
}

static void send_bytes(struct bench *b, struct str bytes)
{
	owned_buf struct buf message = { 0 };
	pb_bytes_write(&message, bytes);
	grpc_send(b->call, buf_str(&message));
}

static const char *read_back(struct scratch *s, const char *path)
{
	char *text = arena_alloc(s->arena, 4096);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	assert_true(read(fd, text, 4095) >= 0);
	close(fd);
	return text;
}

static size_t names_in(struct scratch *s)
{
	size_t n = 0;
	DIR *dir = opendir(s->dir);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));)
		n += e->d_name[0] != '.' && strcmp(e->d_name, "state") != 0;
	closedir(dir);
	return n;
}

static void test_session_send__writes_a_file_that_is_whole_at_once(void **state)
{
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	start(b);
	for (int i = 0; i < 2; i++) {
		scratch_write(s, "image.tar", "the one before");
		call(b, i ? "0" : NULL);
		send_bytes(b, STR("one "));
		bench_settle(b);
		assert_string_equal(read_back(s, exports[0].path), "the one before");
		send_bytes(b, STR("two"));
		grpc_send_end(b->call);
		bench_until_over(b);
		assert_int_equal(b->code, GRPC_OK);
		assert_string_equal(read_back(s, exports[0].path), "one two");
	}
	call(b, "1");
	grpc_send_end(b->call);
	bench_until_over(b);
	assert_int_equal(b->code, GRPC_OK);
	assert_string_equal(read_back(s, exports[1].path), "");
	assert_string_equal(buf_text(&b->log), "progress 7\nprogress 7\nprogress 0\n");
	static const char *const none[] = { "2", "-1", "x", "99999999999999999999", "0x0" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		call(b, none[i]);
		bench_until_over(b);
		assert_int_equal(b->code, GRPC_NOT_FOUND);
	}
	assert_int_equal(names_in(s), 2);
	bench_free(b);
}

static void test_session_send__leaves_nothing_of_half_a_file(void **state)
{
	struct scratch *s = *state;
	for (int how = 0; how < 3; how++) {
		struct bench *b = bench_new(s);
		start(b);
		call(b, NULL);
		send_bytes(b, STR("half"));
		bench_settle(b);
		if (how == 0) {
			grpc_cancel(b->call);
			bench_settle(b);
		} else if (how == 1) {
			grpc_send(b->call, STR("\xff\xff"));
			bench_until_over(b);
			assert_int_equal(b->code, GRPC_INVALID_ARGUMENT);
		}
		bench_free(b);
		assert_int_equal(names_in(s), 0);
	}
}

static void test_session_send__tells_that_the_disk_is_full(void **state)
{
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	static char much[1 << 16];
	const struct rlimit small = { .rlim_cur = 100000, .rlim_max = RLIM_INFINITY };
	struct rlimit before;
	start(b);
	call(b, NULL);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 4; i++)
		send_bytes(b, (struct str){ much, sizeof much });
	bench_until_over(b);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(b->code, GRPC_UNKNOWN);
	assert_int_equal(b->failed.code, ERROR_SYSTEM);
	assert_non_null(strstr(b->failed.text, exports[0].path));
	assert_int_equal(names_in(s), 0);
	bench_free(b);
}

static void test_session_send__tells_where_nothing_can_be_written(void **state)
{
	struct bench *b = bench_new(*state);
	start(b);
	exports[0].path = scratch_path(b->s, "absent/image.tar");
	call(b, NULL);
	bench_until_over(b);
	assert_int_equal(b->code, GRPC_UNKNOWN);
	assert_non_null(strstr(b->failed.text, "absent/image.tar"));
	bench_free(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_session_send__writes_a_file_that_is_whole_at_once),
		TEST(test_session_send__leaves_nothing_of_half_a_file),
		TEST(test_session_send__tells_that_the_disk_is_full),
		TEST(test_session_send__tells_where_nothing_can_be_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
