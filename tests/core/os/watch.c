#include "core/os/watch.h"

#include <poll.h>
#include <sys/resource.h>
#include <time.h>

#include "core/base/buf.h"
#include "core/os/clock.h"
#include "tests/core/os/scratch.h"

/* A loop and a watch over a scratch folder; what it told, without the folder. */
struct seen {
	struct scratch *scratch;
	struct loop *loop;
	struct watch *watch;
	struct buf text;
};

static void on_change(struct watch *w, const char *path, void *data)
{
	struct seen *s = data;
	assert_ptr_equal(w, s->watch);
	size_t n = strlen(s->scratch->dir);
	assert_memory_equal(path, s->scratch->dir, n);
	buf_printf(&s->text, "%s ", path[n + 1] ? path + n + 1 : "/");
}

static int setup(void **state)
{
	void *scratch;
	struct seen *s = calloc(1, sizeof *s);
	scratch_setup(&scratch);
	s->scratch = scratch;
	s->loop = loop_new();
	s->watch = watch_new(s->loop, on_change, s);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct seen *s = *state;
	void *scratch = s->scratch;
	watch_free(s->watch);
	loop_free(s->loop);
	buf_finish(&s->text);
	free(s);
	return scratch_teardown(&scratch);
}

static const char *path_of(struct seen *s, const char *name)
{
	return scratch_path(s->scratch, name);
}

/* inotify queues before the change's system call returns: what is to be told of it
 * comes in the next turn, what follows from links in the one after. */
static void assert_told(struct seen *s, const char *expected)
{
	struct error err;
	for (int i = 0; i < 3; i++)
		assert_true(loop_turn(s->loop, 0, &err));
	assert_string_equal(buf_text(&s->text), expected);
	buf_clear(&s->text);
}

static void add(struct seen *s, const char *name)
{
	watch_add(s->watch, path_of(s, name));
	assert_int_equal(watch_lack(s->watch), WATCH_LACKS_NOTHING);
}

static void test_watch__rests_when_it_has_a_pace(void **state)
{
	struct seen *s = *state;
	struct error err;
	scratch_write(s->scratch, "a", "1");
	add(s, "a");
	watch_set_pace(s->watch, 50);
	scratch_write(s->scratch, "a", "2");
	int64_t begun = clock_monotonic_ms();
	assert_told(s, "a ");
	scratch_write(s->scratch, "a", "3");
	scratch_write(s->scratch, "a", "4");
	while (!s->text.n)
		assert_true(loop_turn(s->loop, 1000, &err));
	assert_true(clock_monotonic_ms() - begun >= 50);
	assert_told(s, "a ");
}

static void test_watch__tells_of_a_file_s_changes(void **state)
{
	struct seen *s = *state;
	scratch_write(s->scratch, "a", "1");
	scratch_write(s->scratch, "b", "1");
	add(s, "a");
	add(s, "a");
	assert_told(s, "");
	scratch_write(s->scratch, "a", "2");
	scratch_write(s->scratch, "b", "2");
	assert_told(s, "a ");
	assert_int_equal(chmod(path_of(s, "a"), 0), 0);
	assert_told(s, "a ");
	assert_int_equal(unlink(path_of(s, "a")), 0);
	assert_told(s, "a ");
	scratch_write(s->scratch, "a", "3");
	assert_told(s, "a ");
	scratch_write(s->scratch, "other", "4");
	assert_told(s, "");
	/* As editors save: beside it, then renamed. */
	assert_int_equal(rename(path_of(s, "other"), path_of(s, "a")), 0);
	assert_told(s, "a ");
}

static void test_watch__tells_each_path_once_a_turn(void **state)
{
	struct seen *s = *state;
	add(s, "a");
	add(s, "b");
	for (int i = 0; i < 10; i++) {
		scratch_write(s->scratch, "b", "x");
		scratch_write(s->scratch, "a", "x");
	}
	assert_told(s, "a b ");
}

static void test_watch__sees_what_is_not_there_appear(void **state)
{
	struct seen *s = *state;
	add(s, "x/y/z/file");
	scratch_mkdir(s->scratch, "x");
	scratch_mkdir(s->scratch, "x/y");
	assert_told(s, "");
	scratch_mkdir(s->scratch, "x/y/z");
	scratch_write(s->scratch, "x/y/z/file", "1");
	assert_told(s, "x/y/z/file ");
	scratch_write(s->scratch, "x/y/z/file", "2");
	assert_told(s, "x/y/z/file ");
}

static void test_watch__follows_folders_that_move(void **state)
{
	struct seen *s = *state;
	scratch_mkdir(s->scratch, "x");
	scratch_mkdir(s->scratch, "x/y");
	scratch_write(s->scratch, "x/y/file", "1");
	add(s, "x/y/file");
	assert_int_equal(rename(path_of(s, "x"), path_of(s, "away")), 0);
	assert_told(s, "x/y/file ");
	scratch_write(s->scratch, "away/y/file", "2");
	assert_told(s, "");
	assert_int_equal(rename(path_of(s, "away"), path_of(s, "x")), 0);
	assert_told(s, "x/y/file ");
	scratch_write(s->scratch, "x/y/file", "3");
	assert_told(s, "x/y/file ");
	assert_true(save_remove(path_of(s, "x"), &s->scratch->err));
	assert_told(s, "x/y/file ");
	scratch_mkdir(s->scratch, "x");
	scratch_mkdir(s->scratch, "x/y");
	assert_told(s, "");
	scratch_write(s->scratch, "x/y/file", "4");
	assert_told(s, "x/y/file ");
}

static void test_watch__of_a_folder_tells_its_names(void **state)
{
	struct seen *s = *state;
	scratch_mkdir(s->scratch, "d");
	scratch_write(s->scratch, "d/file", "1");
	add(s, "d");
	add(s, "");
	scratch_write(s->scratch, "d/file", "2");
	assert_told(s, "");
	scratch_write(s->scratch, "d/new", "1");
	assert_told(s, "d ");
	assert_int_equal(unlink(path_of(s, "d/file")), 0);
	assert_told(s, "d ");
	assert_int_equal(rename(path_of(s, "d/new"), path_of(s, "d/newer")), 0);
	assert_told(s, "d ");
	scratch_write(s->scratch, "top", "1");
	assert_told(s, "/ ");
	assert_true(save_remove(path_of(s, "d"), &s->scratch->err));
	assert_told(s, "d / ");
	scratch_mkdir(s->scratch, "d");
	assert_told(s, "d / ");
	scratch_write(s->scratch, "d/file", "3");
	assert_told(s, "d ");
}

static void test_watch__follows_links(void **state)
{
	struct seen *s = *state;
	scratch_mkdir(s->scratch, "one");
	scratch_mkdir(s->scratch, "two");
	scratch_write(s->scratch, "one/file", "1");
	scratch_write(s->scratch, "two/file", "2");
	assert_int_equal(symlink("one", path_of(s, "dir")), 0);
	assert_int_equal(symlink("dir/../dir/file", path_of(s, "link")), 0);
	add(s, "link");
	scratch_write(s->scratch, "one/file", "1a");
	assert_told(s, "link ");
	scratch_write(s->scratch, "two/file", "2a");
	assert_told(s, "");
	assert_int_equal(symlink("two", path_of(s, "new")), 0);
	assert_int_equal(rename(path_of(s, "new"), path_of(s, "dir")), 0);
	assert_told(s, "link ");
	scratch_write(s->scratch, "two/file", "2b");
	assert_told(s, "link ");
	scratch_write(s->scratch, "one/file", "1b");
	assert_told(s, "");
	assert_int_equal(unlink(path_of(s, "link")), 0);
	assert_told(s, "link ");
	scratch_write(s->scratch, "link", "plain");
	assert_told(s, "link ");
	assert_int_equal(symlink("loop", path_of(s, "loop")), 0);
	add(s, "loop");
	assert_told(s, "");
}

static void test_watch__clearing_forgets(void **state)
{
	struct seen *s = *state;
	add(s, "a");
	add(s, "b");
	watch_clear(s->watch);
	add(s, "b");
	scratch_write(s->scratch, "a", "1");
	scratch_write(s->scratch, "b", "1");
	assert_told(s, "b ");
	watch_clear(s->watch);
	scratch_write(s->scratch, "b", "2");
	assert_told(s, "");
	add(s, "b");
	assert_told(s, "");
	/* Changed while cleared within one turn: not lost. */
	watch_clear(s->watch);
	scratch_write(s->scratch, "b", "3");
	add(s, "b");
	assert_told(s, "b ");
}

static void on_change_again(struct watch *w, const char *path, void *data)
{
	struct seen *s = data;
	on_change(w, path, data);
	watch_clear(w);
	watch_add(w, path_of(s, "b"));
	watch_add(w, path_of(s, "a"));
	watch_add(w, path_of(s, "c"));
}

static void test_watch__callbacks_may_clear_and_add(void **state)
{
	struct seen *s = *state;
	watch_free(s->watch);
	s->watch = watch_new(s->loop, on_change_again, s);
	add(s, "a");
	add(s, "b");
	scratch_write(s->scratch, "a", "1");
	scratch_write(s->scratch, "b", "1");
	assert_told(s, "a b ");
	scratch_write(s->scratch, "c", "1");
	assert_told(s, "c ");
}

static void on_change_free(struct watch *w, const char *path, void *data)
{
	struct seen *s = data;
	on_change(w, path, data);
	watch_free(w);
	s->watch = NULL;
}

static void test_watch__callbacks_may_free_it(void **state)
{
	struct seen *s = *state;
	watch_free(s->watch);
	s->watch = watch_new(s->loop, on_change_free, s);
	add(s, "a");
	add(s, "b");
	scratch_write(s->scratch, "a", "1");
	scratch_write(s->scratch, "b", "1");
	assert_told(s, "a ");
	struct error err;
	assert_true(loop_run(s->loop, &err));
}

static void count_turn(struct loop *l, void *data)
{
	(void)l;
	++*(int *)data;
}

static void test_watch__a_thousand_files_are_cheap(void **state)
{
	struct seen *s = *state;
	enum { FILES = 1000, ROUNDS = 10 };
	scratch_mkdir(s->scratch, "d");
	for (int i = 0; i < FILES; i++)
		scratch_write(s->scratch, arena_printf(s->scratch->arena, "d/%d", i), "1");
	clock_t before = clock();
	for (int round = 0; round < ROUNDS; round++) {
		watch_clear(s->watch);
		for (int i = 0; i < FILES; i++)
			add(s, arena_printf(s->scratch->arena, "d/%d", i));
	}
	assert_told(s, "");
	/* Generous: sanitizers and a busy machine.  It is some 20 ms. */
	assert_true((double)(clock() - before) / CLOCKS_PER_SEC < 2);
	int turns = 0;
	struct error err;
	loop_hook(s->loop, count_turn, &turns);
	assert_true(loop_turn(s->loop, 30, &err));
	assert_int_equal(turns, 1);
	scratch_write(s->scratch, "d/7", "2");
	assert_told(s, "d/7 ");
}

static void test_watch__tells_of_all_when_events_were_lost(void **state)
{
	struct seen *s = *state;
	FILE *limit = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
	long most = 0;
	assert_non_null(limit);
	assert_int_equal(fscanf(limit, "%ld", &most), 1);
	fclose(limit);
	add(s, "noise");
	add(s, "quiet");
	const char *path = path_of(s, "noise");
	/* Two events a round; equal ones in a row would be merged. */
	for (long i = 0; i <= most / 2; i++) {
		int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		close(fd);
		unlink(path);
	}
	assert_told(s, "noise quiet ");
	scratch_write(s->scratch, "quiet", "1");
	assert_told(s, "quiet ");
}

static void test_watch__looks_itself_without_inotify(void **state)
{
	struct seen *s = *state;
	struct error err;
	setenv("MORTAR_NO_INOTIFY", "1", 1);
	watch_free(s->watch);
	s->watch = watch_new(s->loop, on_change, s);
	unsetenv("MORTAR_NO_INOTIFY");
	scratch_write(s->scratch, "changed", "1");
	scratch_write(s->scratch, "gone", "1");
	scratch_mkdir(s->scratch, "d");
	assert_int_equal(watch_lack(s->watch), WATCH_LACKS_NOTHING);
	static const char *const names[] = { "changed", "gone", "absent", "d", "same" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		watch_add(s->watch, path_of(s, names[i]));
	assert_int_equal(watch_lack(s->watch), WATCH_LACKS_INOTIFY);
	scratch_write(s->scratch, "changed", "22");
	assert_int_equal(unlink(path_of(s, "gone")), 0);
	scratch_write(s->scratch, "absent", "1");
	scratch_write(s->scratch, "d/new", "1");
	while (s->text.n == 0)
		assert_true(loop_turn(s->loop, -1, &err));
	assert_told(s, "changed gone absent d ");
	watch_clear(s->watch);
	assert_int_equal(watch_lack(s->watch), WATCH_LACKS_NOTHING);
	/* Nothing is pending any more. */
	assert_true(loop_run(s->loop, &err));
	assert_told(s, "");
}

static void test_watch__looks_itself_where_no_instance_is_left(void **state)
{
	struct seen *s = *state;
	struct error err;
	struct rlimit limit, none;
	scratch_write(s->scratch, "file", "1");
	watch_free(s->watch);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	s->watch = watch_new(s->loop, on_change, s);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	watch_add(s->watch, path_of(s, "file"));
	assert_int_equal(watch_lack(s->watch), WATCH_LACKS_INSTANCES);
	assert_non_null(strstr(watch_lack_text(watch_lack(s->watch)), "max_user_instances"));
	scratch_write(s->scratch, "file", "22");
	while (s->text.n == 0)
		assert_true(loop_turn(s->loop, -1, &err));
	assert_told(s, "file ");
}

static void test_watch__knows_file_systems_that_others_change(void **state)
{
	(void)state;
	static const struct { unsigned long type; bool blind; } cases[] = {
		{ 0x6969, true }, { 0x65735546, true }, { 0x01021997, true }, { 0xff534d42, true },
		{ (unsigned long)(long)(int)0xfe534d42, true },         /* f_type is signed on some */
		{ 0xef53, false }, { 0x01021994, false }, { 0x794c7630, false }, { 0x9123683e, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(watch_is_blind(cases[i].type), cases[i].blind);
	for (enum watch_lack lack = 0; lack < WATCH_LACK_COUNT; lack++)
		assert_int_equal(watch_lack_text(lack)[0] == 0, lack == WATCH_LACKS_NOTHING);
}

#define WATCH_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WATCH_TEST(test_watch__tells_of_a_file_s_changes),
		WATCH_TEST(test_watch__rests_when_it_has_a_pace),
		WATCH_TEST(test_watch__tells_each_path_once_a_turn),
		WATCH_TEST(test_watch__sees_what_is_not_there_appear),
		WATCH_TEST(test_watch__follows_folders_that_move),
		WATCH_TEST(test_watch__of_a_folder_tells_its_names),
		WATCH_TEST(test_watch__follows_links),
		WATCH_TEST(test_watch__clearing_forgets),
		WATCH_TEST(test_watch__callbacks_may_clear_and_add),
		WATCH_TEST(test_watch__callbacks_may_free_it),
		WATCH_TEST(test_watch__a_thousand_files_are_cheap),
		WATCH_TEST(test_watch__tells_of_all_when_events_were_lost),
		WATCH_TEST(test_watch__looks_itself_without_inotify),
		WATCH_TEST(test_watch__looks_itself_where_no_instance_is_left),
		WATCH_TEST(test_watch__knows_file_systems_that_others_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
