#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/journal/journal.h"
#include "core/os/lock.h"
#include "tests/core/os/scratch.h"

static struct journal_writer *writer_of(struct scratch *s, uint64_t limit)
{
	struct journal_writer *w = journal_create(s->dir, limit, &s->err);
	assert_non_null(w);
	return w;
}

static const char *journal_text(struct scratch *s)
{
	return scratch_read(s, scratch_path(s, "journal"));
}

static void test_writer__writes_an_object_a_line(void **state)
{
	struct scratch *s = *state;
	owned(journal_writer) struct journal_writer *w = writer_of(s, 0);
	struct value *fields = value_new_object(s->arena);
	value_set(s->arena, fields, "ok", value_new_bool(s->arena, true));
	value_set(s->arena, fields, "text", value_new_string(s->arena, STR("a\nb")));
	assert_true(journal_append(w, 1.5, EVENT_WARNING, -1, fields, &s->err));
	assert_true(journal_append(w, 2, EVENT_STEP_START, 4, NULL, &s->err));
	assert_true(journal_append_log(w, 2.25, 4, 1, STR("out\n"), &s->err));
	assert_true(journal_append_log(w, 2.25, 4, 2, STR("err"), &s->err));
	assert_true(journal_sync(w, &s->err));
	assert_string_equal(journal_text(s),
		"{\"t\":1.500,\"ev\":\"warning\",\"ok\":true,\"text\":\"a\\nb\"}\n"
		"{\"t\":2.000,\"ev\":\"step.start\",\"step\":4}\n"
		"{\"t\":2.250,\"ev\":\"log\",\"step\":4,\"stream\":1,\"offset\":0,\"length\":4}\n"
		"{\"t\":2.250,\"ev\":\"log\",\"step\":4,\"stream\":2,\"offset\":4,\"length\":3}\n");
	assert_string_equal(scratch_read(s, scratch_path(s, "log")), "out\nerr");
}

static void test_writer__keeps_files_private_and_removes_the_reserve(void **state)
{
	struct scratch *s = *state;
	static const char *const names[] = { "journal", "log", "lock", "reserve" };
	struct journal_writer *w = writer_of(s, 0);
	struct stat st;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(stat(scratch_path(s, names[i]), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	assert_true(st.st_size == JOURNAL_RESERVE);
	journal_writer_free(w);
	assert_int_equal(stat(scratch_path(s, "reserve"), &st), -1);
	assert_null(journal_create(s->dir, 0, &s->err));
	assert_non_null(strstr(s->err.text, "File exists"));
}

static void test_writer__splits_at_line_ends(void **state)
{
	struct scratch *s = *state;
	owned(journal_writer) struct journal_writer *w = writer_of(s, 0);
	owned_buf struct buf text = { 0 };
	buf_append_fill(&text, 'a', JOURNAL_CHUNK - 2);
	buf_append_text(&text, "\nbbbb\n");
	assert_true(journal_append_log(w, 1, 0, 1, buf_str(&text), &s->err));
	assert_string_equal(journal_text(s), arena_printf(s->arena,
		"{\"t\":1.000,\"ev\":\"log\",\"step\":0,\"stream\":1,\"offset\":0,\"length\":%d}\n"
		"{\"t\":1.000,\"ev\":\"log\",\"step\":0,\"stream\":1,\"offset\":%d,\"length\":5}\n",
		JOURNAL_CHUNK - 1, JOURNAL_CHUNK - 1));
}

static void test_writer__marks_the_gap_past_the_ceiling(void **state)
{
	struct scratch *s = *state;
	owned(journal_writer) struct journal_writer *w = writer_of(s, 6);
	assert_true(journal_append_log(w, 1, 0, 1, STR("12345678\n"), &s->err));
	assert_true(journal_append_log(w, 2, 0, 1, STR("more\n"), &s->err));
	assert_true(journal_append_log(w, 3, 0, 1, STR("more\n"), &s->err));
	assert_true(journal_append_log(w, 4, 1, 2, STR("other"), &s->err));
	assert_true(journal_append(w, 5, EVENT_STEP_DONE, 0, NULL, &s->err));
	assert_true(journal_append(w, 6, EVENT_BUILD_DONE, -1, NULL, &s->err));
	assert_string_equal(journal_text(s),
		"{\"t\":1.000,\"ev\":\"log\",\"step\":0,\"stream\":1,\"offset\":0,\"length\":6}\n"
		"{\"t\":1.000,\"ev\":\"log\",\"step\":0,\"stream\":1,"
		"\"offset\":6,\"length\":0,\"gap\":3}\n"
		"{\"t\":4.000,\"ev\":\"log\",\"step\":1,\"stream\":2,"
		"\"offset\":6,\"length\":0,\"gap\":5}\n"
		"{\"t\":5.000,\"ev\":\"log\",\"step\":0,\"stream\":1,"
		"\"offset\":6,\"length\":0,\"gap\":10}\n"
		"{\"t\":5.000,\"ev\":\"step.done\",\"step\":0}\n"
		"{\"t\":6.000,\"ev\":\"build.done\"}\n");
}

/* A ceiling on the size of files cuts a write as a full disk does. */
static void test_writer__a_full_disk_leaves_whole_lines(void **state)
{
	struct scratch *s = *state;
	owned(journal_writer) struct journal_writer *w = writer_of(s, 0);
	struct rlimit old, small;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ .rlim_cur = 100, .rlim_max = old.rlim_max };
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	bool first = journal_append(w, 1, EVENT_STEP_START, 1, NULL, &s->err);
	bool second = journal_append(w, 1, EVENT_STEP_START, 2, NULL, &s->err);
	bool third = journal_append(w, 1, EVENT_STEP_START, 3, NULL, &s->err);
	small.rlim_cur = old.rlim_cur;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	signal(SIGXFSZ, before);
	assert_true(first && second && !third);
	assert_int_equal(s->err.code, ERROR_SYSTEM);
	journal_release_reserve(w);
	assert_true(journal_append(w, 2, EVENT_BUILD_DONE, -1, NULL, &s->err));
	assert_string_equal(journal_text(s),
		"{\"t\":1.000,\"ev\":\"step.start\",\"step\":1}\n"
		"{\"t\":1.000,\"ev\":\"step.start\",\"step\":2}\n"
		"{\"t\":2.000,\"ev\":\"build.done\"}\n");
}

static void test_writer__is_named_by_its_lock(void **state)
{
	struct scratch *s = *state;
	int gate[2], ready[2];
	assert_int_equal(pipe(gate), 0);
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct journal_writer *w = journal_create(s->dir, 0, &s->err);
		char c = w ? 'y' : 'n';
		close(gate[1]);
		if (write(ready[1], &c, 1) == 1 && read(gate[0], &c, 1) >= 0)
			_exit(0);
		_exit(1);
	}
	char c = 'n';
	close(gate[0]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(c, 'y');
	assert_int_equal(lock_holder(scratch_path(s, "lock")), pid);
	assert_null(journal_create(s->dir, 0, &s->err));
	assert_int_equal(s->err.code, ERROR_REFUSED);
	struct stat st;
	assert_int_equal(stat(scratch_path(s, "reserve"), &st), 0);
	close(gate[1]);
	close(ready[0]);
	close(ready[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(lock_holder(scratch_path(s, "lock")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_writer__writes_an_object_a_line),
		SCRATCH_TEST(test_writer__keeps_files_private_and_removes_the_reserve),
		SCRATCH_TEST(test_writer__splits_at_line_ends),
		SCRATCH_TEST(test_writer__marks_the_gap_past_the_ceiling),
		SCRATCH_TEST(test_writer__a_full_disk_leaves_whole_lines),
		SCRATCH_TEST(test_writer__is_named_by_its_lock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
