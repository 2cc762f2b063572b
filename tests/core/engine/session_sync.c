#include "tests/core/engine/session_bench.h"

/* The daemon's side of FileSync: what it was offered, and what it got. */
#define DIFF_COPY "/moby.filesync.v1.FileSync/DiffCopy"
enum { FILES_MAX = 16000 };

struct taken {
	struct pb_stat stats[FILES_MAX];
	size_t nstats;
	bool all;                       /* the list has ended */
	struct buf data[4];             /* of the first ids */
	bool ended[4];
	size_t largest;                 /* DATA */
	bool fin;
	struct buf error;
	int asks;                       /* every file, at once; -1: nothing */
	size_t nasked, nended;
};
static struct taken taken;
static struct arena *kept;

static void take_packet(struct bench *b, struct str bytes)
{
	struct pb_packet p;
	assert_true(pb_packet_parse(kept, bytes, &p, &b->s->err));
	if (p.type == PB_PACKET_STAT && p.has_stat) {
		assert_false(taken.all);
		assert_true(taken.nstats < FILES_MAX);
		taken.stats[taken.nstats++] = p.stat;
		if (taken.asks > 0 && !(p.stat.mode & PB_MODE_TYPE)) {
			bench_send_packet(b, &(struct pb_packet){ .type = PB_PACKET_REQ,
			                                          .id = (uint32_t)taken.nstats - 1 });
			taken.nasked++;
		}
	} else if (p.type == PB_PACKET_STAT) {
		taken.all = true;
	} else if (p.type == PB_PACKET_DATA) {
		taken.largest = p.data.n > taken.largest ? p.data.n : taken.largest;
		taken.nended += p.data.n == 0;
		if (p.id < 4) {
			assert_false(taken.ended[p.id]);
			buf_append(&taken.data[p.id], p.data);
			taken.ended[p.id] = p.data.n == 0;
		}
	} else if (p.type == PB_PACKET_FIN) {
		taken.fin = true;
	} else {
		assert_int_equal(p.type, PB_PACKET_ERR);
		buf_append(&taken.error, p.data);
	}
}

static void taken_clear(void)
{
	for (int i = 0; i < 4; i++)
		buf_finish(&taken.data[i]);
	buf_finish(&taken.error);
	taken = (struct taken){ 0 };
}

static int sync_setup(void **state)
{
	kept = arena_new();
	return scratch_setup(state);
}

static int sync_teardown(void **state)
{
	taken_clear();
	arena_free(kept);
	return scratch_teardown(state);
}

static void send_type(struct bench *b, enum pb_packet_type type, uint32_t id)
{
	bench_send_packet(b, &(struct pb_packet){ .type = type, .id = id });
}

/* Calls it for the folder, with more metadata; until the list is there. */
static void sync_with(struct bench *b, const char *dir, const struct pair *more, size_t n)
{
	struct pair all[8] = { { STR("dir-name"), str_of(dir) } };
	int asks = taken.asks;
	for (size_t i = 0; i < n; i++)
		all[i + 1] = more[i];
	taken_clear();
	taken.asks = asks;
	b->got = take_packet;
	bench_call(b, DIFF_COPY, all, n + 1);
	while (b->code == -1 && !taken.all)
		assert_true(loop_turn(b->loop, 1000, &b->s->err));
	bench_settle(b);
}

static void sync_end(struct bench *b)
{
	send_type(b, PB_PACKET_FIN, 0);
	bench_until_over(b);
	assert_int_equal(b->code, GRPC_OK);
	assert_true(taken.fin);
}

/* The offered paths with a blank between them. */
static const char *offered(struct bench *b)
{
	owned_buf struct buf all = { 0 };
	for (size_t i = 0; i < taken.nstats; i++)
		buf_printf(&all, "%s%.*s", i ? " " : "", STR_ARG(taken.stats[i].path));
	return arena_text(b->s->arena, buf_str(&all));
}

static struct context *tree(struct scratch *s, const char *name)
{
	struct context *c = context_new();
	context_add_tree(c, scratch_path(s, name), "", NULL);
	if (!context_scan(c, &s->err))
		fail_msg("%s", s->err.text);
	return c;
}

static void start(struct bench *b, const struct context *c)
{
	static struct session_dir dirs[2];
	dirs[0] = (struct session_dir){ .name = "context", .context = c };
	dirs[1] = (struct session_dir){ .name = "dockerfile", .file_name = STR("Dockerfile"),
	                                .file_text = STR("FROM a\nCOPY . .\n") };
	b->o = (struct session_options){ .dirs = dirs, .ndirs = 2 };
	bench_start(b);
}

static void write_project(struct scratch *s)
{
	scratch_mkdir(s, "p");
	scratch_mkdir(s, "p/a");
	scratch_write(s, "p/a/x", "in a");
	scratch_write(s, "p/a.b", "beside");
	scratch_write(s, "p/empty", "");
	assert_int_equal(chmod(scratch_write(s, "p/run", "#!"), 04755), 0);
	assert_int_equal(chmod(scratch_path(s, "p/a"), 0755), 0);
	assert_int_equal(symlink("a/x", scratch_path(s, "p/to")), 0);
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = { "p/a/x", "p/a.b", "p/empty", "p/a" };
		const struct timespec at = { .tv_sec = 1500000000, .tv_nsec = 123456789 };
		assert_int_equal(utimensat(AT_FDCWD, scratch_path(s, names[i]),
		                           (const struct timespec[]){ at, at }, 0), 0);
	}
}

static void test_session_sync__offers_a_folder_as_buildkit_reads_it(void **state)
{
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	write_project(s);
	owned(context) struct context *c = tree(s, "p");
	start(b, c);
	sync_with(b, "context", NULL, 0);
	/* '/' is lower than all else: what is in a folder comes before a.b. */
	assert_string_equal(offered(b), "a a/x a.b empty run to");
	const struct pb_stat *t = taken.stats;
	assert_true(t[0].mode == (PB_MODE_DIR | 0755) && t[0].size == 0);
	assert_true(t[1].size == 4 && (t[1].mode & PB_MODE_TYPE) == 0);
	assert_true(t[1].mtime_ns == 1500000000123456789);
	assert_true((t[4].mode & ~0777u) == PB_MODE_SETUID && (t[4].mode & 0777) == 0755);
	assert_true(t[5].mode == (PB_MODE_LINK | 0777) && str_eq(t[5].link, STR("a/x")));
	assert_int_equal(t[5].size, 3);
	/* Nothing is asked for: nothing is read. */
	sync_end(b);
	assert_string_equal(buf_text(&b->log), "context: 0 of 6, 0 bytes:\n");
	bench_free(b);
}

static void test_session_sync__sends_what_is_asked_for_in_any_order(void **state)
{
	struct scratch *s = *state;
	write_project(s);
	owned(context) struct context *c = tree(s, "p");
	for (size_t piece = 1; piece <= 4096; piece *= 8) {
		struct bench *b = bench_new(s);
		b->piece = piece;
		start(b, c);
		sync_with(b, "context", NULL, 0);
		send_type(b, PB_PACKET_REQ, 3);
		send_type(b, PB_PACKET_REQ, 1);
		send_type(b, PB_PACKET_REQ, 2);
		bench_settle(b);
		assert_true(taken.ended[1] && taken.ended[2] && taken.ended[3]);
		assert_string_equal(buf_text(&taken.data[1]), "in a");
		assert_string_equal(buf_text(&taken.data[2]), "beside");
		assert_int_equal(taken.data[3].n, 0);
		sync_end(b);
		assert_string_equal(buf_text(&b->log),
		                    "context: 3 of 6, 10 bytes: a/x 4 a.b 6 empty 0\n");
		bench_free(b);
	}
}

static void test_session_sync__offers_a_generated_file_with_a_time_of_its_content(void **state)
{
	struct scratch *s = *state;
	int64_t times[3];
	static const char *const texts[] = { "one", "two", "one" };
	for (size_t i = 0; i < 3; i++) {
		struct bench *b = bench_new(s);
		owned(context) struct context *c = context_new();
		context_add_bytes(c, "made", 0644, str_of(texts[i]));
		assert_true(context_scan(c, &s->err));
		start(b, c);
		sync_with(b, "context", NULL, 0);
		times[i] = taken.stats[0].mtime_ns;
		sync_end(b);
		sync_with(b, "dockerfile", NULL, 0);
		assert_string_equal(offered(b), "Dockerfile");
		assert_true(taken.stats[0].mtime_ns > 0);
		send_type(b, PB_PACKET_REQ, 0);
		bench_settle(b);
		assert_string_equal(buf_text(&taken.data[0]), "FROM a\nCOPY . .\n");
		sync_end(b);
		bench_free(b);
	}
	/* What an image shows of it is the epoch: seconds are all it keeps. */
	assert_true(times[0] >= 0 && times[0] < 1000000000);
	assert_true(times[0] != times[1] && times[0] == times[2]);
}

static void test_session_sync__offers_what_is_looked_for(void **state)
{
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	write_project(s);
	scratch_mkdir(s, "p/caf\xc3\xa9");
	scratch_write(s, "p/caf\xc3\xa9/a b", "x");
	scratch_write(s, "p/.dockerignore", "*\n");
	owned(context) struct context *c = tree(s, "p");
	const struct pair table[][3] = {
		{ { STR("followpaths"), STR(".dockerignore") } },
		{ { STR("followpaths"), STR("to") } },
		{ { STR("followpaths"), STR("../../etc/shadow") } },
		{ { STR("include-patterns"), STR("a") }, { STR("followpaths"), STR("run") } },
		{ { STR("followpaths"), STR("caf\xc3\xa9") } },
		{ { STR("followpaths"), STR("caf%C3%A9%2Fa+b") },
		  { STR("followpaths-encoded"), STR("1") } },
		/* A context has its ignore file behind it. */
		{ { STR("exclude-patterns"), STR("*") }, { STR("followpaths"), STR("a.b") } },
	};
	static const char *const want[] = { ".dockerignore", "a a/x to", "", "a a/x run",
		"caf\xc3\xa9 caf\xc3\xa9/a b", "caf\xc3\xa9 caf\xc3\xa9/a b", "a.b" };
	start(b, c);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		sync_with(b, "context", table[i], table[i][1].name.n ? 2 : 1);
		assert_string_equal(offered(b), want[i]);
		sync_end(b);
	}
	const struct pair bad[] = { { STR("followpaths"), STR("%zz") },
	                            { STR("followpaths-encoded"), STR("1") } };
	sync_with(b, "context", bad, 2);
	assert_int_equal(b->code, GRPC_INVALID_ARGUMENT);
	bench_free(b);
}

static void test_session_sync__has_no_other_folders(void **state)
{
	static const char *const names[] = { "", "..", "/etc", "Context", "../../etc/shadow", "." };
	struct bench *b = bench_new(*state);
	owned(context) struct context *c = context_new();
	assert_true(context_scan(c, &b->s->err));
	start(b, c);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		sync_with(b, names[i], NULL, 0);
		assert_int_equal(b->code, GRPC_NOT_FOUND);
		assert_int_equal(taken.nstats, 0);
	}
	bench_call(b, DIFF_COPY, NULL, 0);
	bench_until_over(b);
	assert_int_equal(b->code, GRPC_NOT_FOUND);
	/* An empty one is legal. */
	sync_with(b, "context", NULL, 0);
	assert_true(taken.all);
	sync_end(b);
	bench_free(b);
}

static void test_session_sync__refuses_what_cannot_be_asked_for(void **state)
{
	struct scratch *s = *state;
	write_project(s);
	owned(context) struct context *c = tree(s, "p");
	/* A folder, a link, beyond the last one; twice; packets of the wrong side. */
	const struct pb_packet wrong[] = {
		{ .type = PB_PACKET_REQ, .id = 0 }, { .type = PB_PACKET_REQ, .id = 5 },
		{ .type = PB_PACKET_REQ, .id = 6 }, { .type = PB_PACKET_REQ, .id = UINT32_MAX },
		{ .type = PB_PACKET_DATA, .id = 1, .data = STR("x") }, { .type = 17 },
		{ .type = PB_PACKET_STAT, .has_stat = true, .stat = { .path = STR("/etc/shadow") } },
	};
	for (size_t i = 0; i <= sizeof wrong / sizeof *wrong; i++) {
		struct bench *b = bench_new(s);
		start(b, c);
		sync_with(b, "context", NULL, 0);
		if (i < sizeof wrong / sizeof *wrong) {
			bench_send_packet(b, &wrong[i]);
		} else {
			send_type(b, PB_PACKET_REQ, 1);
			send_type(b, PB_PACKET_REQ, 1);
		}
		bench_until_over(b);
		assert_int_equal(b->code, GRPC_INVALID_ARGUMENT);
		assert_true(taken.error.n > 0);
		/* It is the daemon's fault, and it goes on with the others. */
		assert_int_equal(b->failed.code, ERROR_NONE);
		assert_int_equal(b->log.n, 0);
		sync_with(b, "dockerfile", NULL, 0);
		sync_end(b);
		bench_free(b);
	}
}

static void test_session_sync__a_file_that_has_changed_fails_the_build(void **state)
{
	struct scratch *s = *state;
	static const struct { const char *text, *says; } table[] = {
		{ "in a, and grown", "has grown" }, { "in", "has shrunk" }, { NULL, "a/x" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench *b = bench_new(s);
		if (i == 0)
			write_project(s);
		else
			scratch_write(s, "p/a/x", "in a");
		owned(context) struct context *c = tree(s, "p");
		start(b, c);
		sync_with(b, "context", NULL, 0);
		if (table[i].text)
			scratch_write(s, "p/a/x", table[i].text);
		else
			assert_int_equal(unlink(scratch_path(s, "p/a/x")), 0);
		send_type(b, PB_PACKET_REQ, 1);
		bench_until_over(b);
		assert_int_equal(b->code, GRPC_UNKNOWN);
		assert_false(taken.ended[1]);
		assert_non_null(strstr(b->failed.text, table[i].says));
		assert_non_null(strstr(b->failed.text, "p/a/x"));
		assert_non_null(strstr(buf_text(&taken.error), table[i].says));
		bench_free(b);
	}
}

static void test_session_sync__is_given_up_by_the_daemon(void **state)
{
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	write_project(s);
	owned(context) struct context *c = tree(s, "p");
	start(b, c);
	sync_with(b, "context", NULL, 0);
	send_type(b, PB_PACKET_ERR, 0);
	bench_until_over(b);
	assert_int_equal(b->code, GRPC_UNKNOWN);
	sync_with(b, "context", NULL, 0);
	send_type(b, PB_PACKET_REQ, 1);
	grpc_cancel(b->call);
	bench_settle(b);
	assert_int_equal(b->failed.code, ERROR_NONE);
	sync_with(b, "context", NULL, 0);
	sync_end(b);
	bench_free(b);
}

static void test_session_sync__is_left_inside_its_own_event(void **state)
{
	struct scratch *s = *state;
	write_project(s);
	owned(context) struct context *c = tree(s, "p");
	for (int fails = 0; fails < 2; fails++) {
		struct bench *b = bench_new(s);
		b->frees_at_event = true;
		start(b, c);
		sync_with(b, "context", NULL, 0);
		if (fails) {
			scratch_write(s, "p/a/x", "more than it was");
			send_type(b, PB_PACKET_REQ, 1);
		} else {
			send_type(b, PB_PACKET_FIN, 0);
		}
		bench_settle(b);
		assert_null(b->session);
		assert_int_equal(b->failed.code != ERROR_NONE, fails);
		bench_free(b);
	}
}

/* Of a large file only what fits is read before the daemon takes it. */
static void test_session_sync__holds_little_of_a_large_file(void **state)
{
	enum { LARGE = 20 << 20 };
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	scratch_mkdir(s, "p");
	assert_int_equal(truncate(scratch_write(s, "p/large", "x"), LARGE), 0);
	owned(context) struct context *c = tree(s, "p");
	start(b, c);
	sync_with(b, "context", NULL, 0);
	send_type(b, PB_PACKET_REQ, 0);
	size_t peak = 0;
	while (!taken.ended[0]) {
		assert_true(loop_turn(b->loop, 1000, &s->err));
		peak = b->down.n > peak ? b->down.n : peak;
	}
	assert_int_equal(taken.data[0].n, LARGE);
	assert_true(taken.largest == 256 << 10);
	assert_true(peak < 2 << 20);
	sync_end(b);
	bench_free(b);
}

/* What the issue wants of a context of 10,000 files. */
static void test_session_sync__an_unchanged_context_costs_its_list(void **state)
{
	enum { FILES = 10000, FOLDERS = 100 };
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	size_t lists;
	scratch_mkdir(s, "p");
	for (int i = 0; i < FOLDERS; i++)
		scratch_mkdir(s, arena_printf(s->arena, "p/dir%02d", i));
	for (int i = 0; i < FILES; i++)
		scratch_write(s, arena_printf(s->arena, "p/dir%02d/file%05d", i % FOLDERS, i), "x");
	owned(context) struct context *c = tree(s, "p");
	start(b, c);
	sync_with(b, "context", NULL, 0);
	sync_end(b);
	assert_int_equal(taken.nstats, FILES + FOLDERS);
	lists = b->bytes;
	assert_true(lists < 450000);
	sync_with(b, "context", NULL, 0);
	send_type(b, PB_PACKET_REQ, 5000);
	bench_settle(b);
	sync_end(b);
	assert_true(b->bytes - lists < lists + 1 + 1000);
	/* All of them, asked for while the list is under way. */
	taken.asks = 1;
	sync_with(b, "context", NULL, 0);
	while (taken.nended < FILES)
		assert_true(loop_turn(b->loop, 1000, &s->err));
	assert_int_equal(taken.nasked, FILES);
	sync_end(b);
	assert_non_null(strstr(buf_text(&b->log), "context: 10000 of 10100, 10000 bytes:"));
	taken.asks = 0;
	bench_free(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sync_setup, sync_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_session_sync__offers_a_folder_as_buildkit_reads_it),
		TEST(test_session_sync__sends_what_is_asked_for_in_any_order),
		TEST(test_session_sync__offers_a_generated_file_with_a_time_of_its_content),
		TEST(test_session_sync__offers_what_is_looked_for),
		TEST(test_session_sync__has_no_other_folders),
		TEST(test_session_sync__refuses_what_cannot_be_asked_for),
		TEST(test_session_sync__a_file_that_has_changed_fails_the_build),
		TEST(test_session_sync__is_given_up_by_the_daemon),
		TEST(test_session_sync__is_left_inside_its_own_event),
		TEST(test_session_sync__holds_little_of_a_large_file),
		TEST(test_session_sync__an_unchanged_context_costs_its_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
