#include "tests/core/engine/session_bench.h"

/* The daemon sends a folder, well or with evil in mind. */
#define SEND "/moby.filesync.v1.FileSend/DiffCopy"
enum { PACKETS_MAX = 64 };

static struct session_export export;
static uint32_t asked[PACKETS_MAX];
static size_t nasked, nfin;
static struct arena *kept;

static void got(struct bench *b, struct str bytes)
{
	struct pb_packet p;
	assert_true(pb_packet_parse(kept, bytes, &p, &b->s->err));
	if (p.type == PB_PACKET_FIN) {
		nfin++;
		return;
	}
	assert_int_equal(p.type, PB_PACKET_REQ);
	assert_true(nasked < PACKETS_MAX);
	asked[nasked++] = p.id;
}

static struct bench *start(struct scratch *s)
{
	struct bench *b = bench_new(s);
	nasked = nfin = 0;
	export = (struct session_export){ .is_dir = true, .path = scratch_path(s, "out") };
	b->o = (struct session_options){ .exports = &export, .nexports = 1 };
	bench_start(b);
	b->got = got;
	bench_call(b, SEND, NULL, 0);
	return b;
}

static void offer(struct bench *b, const char *path, uint32_t mode, uint64_t size,
                  const char *link)
{
	const struct pb_packet p = {
		.type = PB_PACKET_STAT, .has_stat = true,
		.stat = { .path = str_of(path), .mode = mode, .size = size, .link = str_of(link),
		          .mtime_ns = 1500000000123456789 },
	};
	bench_send_packet(b, &p);
}

static void offer_end(struct bench *b)
{
	bench_send_packet(b, &(struct pb_packet){ .type = PB_PACKET_STAT });
	bench_settle(b);
}

static void data(struct bench *b, uint32_t id, const char *text)
{
	bench_send_packet(b, &(struct pb_packet){ .type = PB_PACKET_DATA, .id = id,
	                                          .data = str_of(text) });
}

static const char *read_back(struct scratch *s, const char *name)
{
	char *text = arena_alloc(s->arena, 4096);
	int fd = open(scratch_path(s, name), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	assert_true(read(fd, text, 4095) >= 0);
	close(fd);
	return text;
}

static void is_refused(struct bench *b, const char *says)
{
	bench_until_over(b);
	assert_int_equal(b->code, GRPC_UNKNOWN);
	if (!strstr(b->failed.text, says))
		fail_msg("'%s' does not say '%s'", b->failed.text, says);
	bench_free(b);
}

static void test_session_folder__takes_files_folders_and_links(void **state)
{
	struct scratch *s = *state;
	struct stat st, second;
	scratch_mkdir(s, "out");
	scratch_write(s, "out/kept", "was here");
	scratch_write(s, "out/file", "the one before");
	struct bench *b = start(s);
	offer(b, "dir", PB_MODE_DIR | 0555, 0, NULL);
	offer(b, "dir/in", 0640, 2, NULL);
	offer(b, "empty", 0644, 0, NULL);
	offer(b, "file", PB_MODE_SETUID | 0755, 6, NULL);
	offer(b, "link", PB_MODE_LINK | 0777, 9, "../../etc");
	offer(b, "pipe", 1 << 25 | 0644, 0, NULL);
	offer(b, "second", 0755, 0, "file");
	offer_end(b);
	assert_int_equal(nasked, 3);
	data(b, 3, "abc");
	data(b, 1, "in");
	data(b, 3, "def");
	data(b, 1, "");
	data(b, 3, "");
	bench_settle(b);
	assert_int_equal(nfin, 0);
	data(b, 2, "");
	bench_settle(b);
	assert_int_equal(nfin, 1);
	bench_send_packet(b, &(struct pb_packet){ .type = PB_PACKET_FIN });
	bench_until_over(b);
	assert_int_equal(b->code, GRPC_OK);
	assert_string_equal(read_back(s, "out/file"), "abcdef");
	assert_string_equal(read_back(s, "out/dir/in"), "in");
	assert_string_equal(read_back(s, "out/empty"), "");
	assert_string_equal(read_back(s, "out/kept"), "was here");
	assert_int_equal(lstat(scratch_path(s, "out/file"), &st), 0);
	/* Whoever it belongs to here, nobody becomes him by running it. */
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_true(st.st_mtim.tv_sec == 1500000000 && st.st_mtim.tv_nsec == 123456789);
	assert_int_equal(lstat(scratch_path(s, "out/second"), &second), 0);
	assert_true(st.st_ino == second.st_ino);
	assert_int_equal(lstat(scratch_path(s, "out/dir"), &st), 0);
	assert_true((st.st_mode & 07777) == 0555 && st.st_mtim.tv_sec == 1500000000);
	assert_int_equal(lstat(scratch_path(s, "out/link"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_not_equal(lstat(scratch_path(s, "out/pipe"), &st), 0);
	assert_non_null(strstr(buf_text(&b->log), "1 devices, fifos or sockets were left out"));
	assert_non_null(strstr(buf_text(&b->log), "progress 8"));
	bench_free(b);
}

static void test_session_folder__nothing_gets_out_of_it(void **state)
{
	struct scratch *s = *state;
	static const char *const paths[] = {
		"../evil", "/evil", "a/../../evil", "..", ".", "", "a//b", "a/", "./evil", "a/./b",
	};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct bench *b = start(s);
		offer(b, paths[i], 0644, 1, NULL);
		is_refused(b, "which is no path below");
	}
	struct bench *b = start(s);
	bench_send_packet(b, &(struct pb_packet){ .type = PB_PACKET_STAT, .has_stat = true,
	                  .stat = { .path = STR("a\0../evil") } });
	is_refused(b, "which is no path below");
	/* Through a link that was sent, or that stood there. */
	b = start(s);
	offer(b, "to", PB_MODE_LINK | 0777, 2, "..");
	offer(b, "to/evil", 0644, 1, NULL);
	offer_end(b);
	data(b, 1, "x");
	is_refused(b, "to/evil");
	scratch_mkdir(s, "elsewhere");
	assert_int_equal(symlink("../elsewhere", scratch_path(s, "out/there")), 0);
	b = start(s);
	offer(b, "there", PB_MODE_DIR | 0755, 0, NULL);
	is_refused(b, "there");
	/* A second name for what is outside. */
	scratch_write(s, "secret", "x");
	b = start(s);
	offer(b, "name", 0644, 0, "../secret");
	is_refused(b, "second name");
	assert_null(read_back(s, "evil"));
	assert_null(read_back(s, "elsewhere/evil"));
}

static void test_session_folder__a_link_in_the_way_is_replaced(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "out");
	scratch_write(s, "victim", "safe");
	assert_int_equal(symlink("../victim", scratch_path(s, "out/file")), 0);
	struct bench *b = start(s);
	offer(b, "file", 0644, 1, NULL);
	offer_end(b);
	data(b, 0, "x");
	data(b, 0, "");
	bench_settle(b);
	assert_string_equal(read_back(s, "victim"), "safe");
	assert_string_equal(read_back(s, "out/file"), "x");
	bench_free(b);
}

static void test_session_folder__refuses_nonsense(void **state)
{
	struct scratch *s = *state;
	struct bench *b = start(s);
	offer(b, "b", 0644, 1, NULL);
	offer(b, "a", 0644, 1, NULL);
	is_refused(b, "'a' after 'b'");
	b = start(s);
	offer(b, "a", 0644, 1, NULL);
	offer(b, "a", 0644, 1, NULL);
	is_refused(b, "'a' after 'a'");
	b = start(s);
	offer_end(b);
	offer(b, "a", 0644, 1, NULL);
	is_refused(b, "after the last one");
	b = start(s);
	offer(b, "a", 0644, 1, NULL);
	data(b, 0, "x");
	is_refused(b, "for which it was not asked");
	b = start(s);
	offer(b, "a", 0644, 1, NULL);
	offer_end(b);
	data(b, 0, "xx");
	is_refused(b, "more of 'a' than its 1 bytes");
	b = start(s);
	offer(b, "a", 0644, 2, NULL);
	offer_end(b);
	data(b, 0, "x");
	data(b, 0, "");
	is_refused(b, "1 bytes of 'a', which has 2");
	b = start(s);
	bench_send_packet(b, &(struct pb_packet){ .type = PB_PACKET_REQ, .id = 0 });
	is_refused(b, "packets of type 1");
	b = start(s);
	bench_send_packet(b, &(struct pb_packet){ .type = PB_PACKET_ERR, .data = STR("no\x1b[2J") });
	is_refused(b, "gave up");
	b = start(s);
	offer(b, "a", 0644, 2, NULL);
	offer_end(b);
	grpc_send_end(b->call);
	is_refused(b, "ended in the middle");
	b = start(s);
	offer(b, "a", 0644, 2, NULL);
	offer_end(b);
	bench_send_packet(b, &(struct pb_packet){ .type = PB_PACKET_FIN });
	is_refused(b, "ended in the middle");
}

/* However many there are, few are asked for at a time. */
static void test_session_folder__has_few_files_open(void **state)
{
	struct scratch *s = *state;
	struct bench *b = start(s);
	for (int i = 0; i < 60; i++)
		offer(b, arena_printf(s->arena, "f%02d", i), 0644, 1, NULL);
	offer_end(b);
	assert_int_equal(nasked, 16);
	for (uint32_t i = 0; i < 60; i++) {
		data(b, i, "x");
		data(b, i, "");
		bench_settle(b);
		assert_int_equal(nasked, i + 17 < 60 ? i + 17 : 60);
		assert_int_equal(asked[i], i);
	}
	assert_int_equal(nfin, 1);
	assert_string_equal(read_back(s, "out/f59"), "x");
	bench_free(b);
}

static int folder_setup(void **state)
{
	kept = arena_new();
	return scratch_setup(state);
}

static int folder_teardown(void **state)
{
	arena_free(kept);
	return scratch_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_session_folder__takes_files_folders_and_links),
		TEST(test_session_folder__nothing_gets_out_of_it),
		TEST(test_session_folder__a_link_in_the_way_is_replaced),
		TEST(test_session_folder__refuses_nonsense),
		TEST(test_session_folder__has_few_files_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
