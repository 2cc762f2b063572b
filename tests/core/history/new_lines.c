#include "core/history/new_lines.h"

#include "core/value/json.h"
#include "tests/core/os/scratch.h"

/* A build of the project /r with two steps, kept below the state folder. */
struct kept_build {
	const char *id, *engine, *root;
	double t;
	const char *log;                /* of step 0; NULL: it came from the cache */
	bool ok;
};

static const char *kept(struct scratch *s, const struct kept_build *b)
{
	setenv("XDG_STATE_HOME", s->dir, 1);
	const char *builds = save_state_dir("builds", &s->err);
	const char *dir = arena_printf(s->arena, "%s/%s", builds, b->id);
	assert_true(builds && save_dir(dir, 0700, &s->err));
	owned(journal_writer) struct journal_writer *w = journal_create(dir, 0, &s->err);
	const struct value *v;
	const char *start = arena_printf(s->arena,
		"{\"project\":\"p\",\"root\":\"%s\",\"engine\":\"%s\",\"steps\":["
		"{\"name\":\"RUN a\",\"stage\":\"x\"},{\"name\":\"RUN a\",\"stage\":\"y\"}]}",
		b->root ? b->root : "/r", b->engine ? b->engine : "buildkit");
	assert_true(value_parse_json(s->arena, str_of(start), &v, &s->err));
	assert_true(journal_append(w, b->t, EVENT_BUILD_START, -1, v, &s->err));
	if (b->log)
		assert_true(journal_append_log(w, b->t, 0, 1, str_of(b->log), &s->err));
	const char *done = b->log ? "{\"ok\":true}" : "{\"ok\":true,\"cached\":true}";
	assert_true(value_parse_json(s->arena, str_of(done), &v, &s->err));
	assert_true(journal_append(w, b->t + 1, EVENT_STEP_DONE, 0, v, &s->err));
	assert_true(value_parse_json(s->arena, b->ok ? STR("{\"ok\":true}") : STR("{\"ok\":false}"),
	                             &v, &s->err));
	assert_true(journal_append(w, b->t + 2, EVENT_BUILD_DONE, -1, v, &s->err));
	return dir;
}

static struct build *kept_read(struct scratch *s, const char *dir)
{
	owned(journal) struct journal *j = journal_open(dir, &s->err);
	struct build *b = build_new();
	assert_non_null(j);
	journal_refresh(j);
	build_update(b, j);
	return b;
}

static struct known_lines *learnt(struct scratch *s, const char *dir)
{
	owned(build) struct build *b = kept_read(s, dir);
	const char *dirs[NEW_LINES_BUILDS];
	struct known_lines *k = known_lines_new();
	for (size_t i = 0, n = new_lines_former(s->arena, b, dir, dirs); i < n; i++)
		assert_true(known_lines_learn(k, b, dirs[i], &s->err));
	return k;
}

static void test_new_lines__tells_new_seen_and_usual(void **state)
{
	struct scratch *s = *state;
	kept(s, &(struct kept_build){ "1", .t = 100, .ok = true,
	     .log = "error: usual\nCollecting 12 of 30\nonce\r\x1b[31monly\x1b[m\n" });
	kept(s, &(struct kept_build){ "2", .t = 200, .ok = true, .log = "error: usual\nin 3.2s\n" });
	/* What came from the cache said nothing, and is no run. */
	kept(s, &(struct kept_build){ "3", .t = 300, .ok = true });
	const char *dir = kept(s, &(struct kept_build){ "4", .t = 400 });
	owned(known_lines) struct known_lines *k = learnt(s, dir);
	assert_true(known_lines_any(k));
	assert_int_equal(known_lines_tell(k, 0, STR("error: usual")), KNOWN_USUAL);
	assert_int_equal(known_lines_tell(k, 0, STR("Collecting 7 of 8")), KNOWN_SEEN);
	assert_int_equal(known_lines_tell(k, 0, STR("only")), KNOWN_SEEN);
	assert_int_equal(known_lines_tell(k, 0, STR("in 19ms")), KNOWN_SEEN);
	assert_int_equal(known_lines_tell(k, 0, STR("error: another")), KNOWN_NEW);
	assert_int_equal(known_lines_tell(k, 0, STR("  ")), KNOWN_SEEN);
	/* The step of the same text in another stage never ran. */
	assert_int_equal(known_lines_tell(k, 1, STR("error: usual")), KNOWN_NOT);
	assert_int_equal(known_lines_tell(k, -1, STR("x")), KNOWN_NOT);
	assert_int_equal(known_lines_tell(k, 99, STR("x")), KNOWN_NOT);
}

static void test_new_lines__compares_with_good_builds_of_the_same_alone(void **state)
{
	struct scratch *s = *state;
	kept(s, &(struct kept_build){ "1", .t = 100, .log = "x\n", .ok = false });
	kept(s, &(struct kept_build){ "2", .t = 200, .log = "x\n", .ok = true, .engine = "classic" });
	kept(s, &(struct kept_build){ "3", .t = 300, .log = "x\n", .ok = true, .root = "/other" });
	kept(s, &(struct kept_build){ "5", .t = 500, .log = "x\n", .ok = true });
	const char *imported = kept(s, &(struct kept_build){ "4", .t = 350, .log = "x\n", .ok = true });
	assert_true(save_file(arena_printf(s->arena, "%s/imported", imported), STR(""), 0600, &s->err));
	const char *dir = kept(s, &(struct kept_build){ "6", .t = 400 });
	owned(build) struct build *b = kept_read(s, dir);
	const char *dirs[NEW_LINES_BUILDS];
	assert_int_equal(new_lines_former(s->arena, b, dir, dirs), 0);
	for (int i = 0; i < 9; i++)
		kept(s, &(struct kept_build){ arena_printf(s->arena, "7%d", i), .t = 10 + i, .ok = true });
	assert_int_equal(new_lines_former(s->arena, b, dir, dirs), NEW_LINES_BUILDS);
	assert_non_null(strstr(dirs[0], "/78"));
}

static struct known_lines *told;

static bool tell_on(const struct value *line)
{
	known_lines_take(told, line);
	return true;
}

static void test_new_lines__are_told_from_process_to_process(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf log = { 0 };
	for (int i = 0; i < 5000; i++)
		buf_printf(&log, "%c%c%c line\n", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676);
	kept(s, &(struct kept_build){ "1", .t = 100, .ok = true, .log = buf_text(&log) });
	kept(s, &(struct kept_build){ "2", .t = 200, .ok = true, .log = "aaa line\n" });
	const char *dir = kept(s, &(struct kept_build){ "3", .t = 400 });
	owned(known_lines) struct known_lines *k = learnt(s, dir), *other = known_lines_new();
	told = other;
	known_lines_say(k, tell_on);
	for (int i = 0; i < 5000; i++) {
		const char *line = arena_printf(s->arena, "%c%c%c line", 'a' + i % 26, 'a' + i / 26 % 26,
		                                'a' + i / 676);
		assert_int_equal(known_lines_tell(other, 0, str_of(line)), i ? KNOWN_SEEN : KNOWN_USUAL);
	}
	assert_int_equal(known_lines_tell(other, 0, STR("new")), KNOWN_NEW);
	/* What is no such line changes nothing. */
	static const char *const odd[] = {
		"{}", "{\"step\":-1,\"runs\":3}", "{\"step\":1,\"runs\":10}", "{\"step\":1e9,\"runs\":1}",
		"{\"step\":1,\"lines\":\"xyz\"}", "{\"step\":1,\"lines\":\"zzzzzzzzzzzzzzzz1\"}",
		"{\"step\":1,\"lines\":\"00000000000000000\"}", "{\"step\":1,\"lines\":7}", "[]", "null",
	};
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		const struct value *v;
		assert_true(value_parse_json(s->arena, str_of(odd[i]), &v, &s->err));
		known_lines_take(other, v);
		assert_int_equal(known_lines_tell(other, 1, STR("x")), KNOWN_NOT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_new_lines__tells_new_seen_and_usual),
		SCRATCH_TEST(test_new_lines__compares_with_good_builds_of_the_same_alone),
		SCRATCH_TEST(test_new_lines__are_told_from_process_to_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
