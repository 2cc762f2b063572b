#include "core/job/kept.h"

#include "core/os/clock.h"
#include "tests/core/os/scratch.h"

/* A source, its copy, and the folder unpacked from it. */
struct place {
	const char *source, *file, *unpack;
	struct task task;
};

static const char *write_file(struct scratch *s, const char *name, const char *text)
{
	const char *path = arena_printf(s->arena, "%s/%s", s->dir, name);
	assert_true(save_file(path, str_of(text), 0644, &s->err));
	return path;
}

static struct place place_new(struct scratch *s)
{
	struct place p = { .source = write_file(s, "source", "some"),
	                   .file = write_file(s, "copy", "some"),
	                   .unpack = arena_printf(s->arena, "%s/unpacked", s->dir) };
	assert_true(save_dir(p.unpack, 0700, &s->err));
	p.task = (struct task){ .kind = TASK_FETCH,
	                        .fetch = { .url = arena_printf(s->arena, "file://%s", p.source),
	                                   .file = p.file, .unpack = p.unpack } };
	return p;
}

static void note(const struct place *p, double later)
{
	kept_note(p->task.fetch.url, p->file, p->task.fetch.unpack, clock_now() + later);
}

static void what_is_unchanged_is_kept(void **state)
{
	struct place p = place_new(*state);
	assert_false(kept_task(&p.task));
	note(&p, 10);
	assert_true(kept_task(&p.task));
	p.task.fetch.unpack = NULL;
	assert_false(kept_task(&p.task));
	note(&p, 10);
	assert_true(kept_task(&p.task));
}

static void a_source_just_changed_is_not_trusted(void **state)
{
	struct place p = place_new(*state);
	note(&p, 10);
	assert_true(kept_task(&p.task));
	note(&p, 0);
	assert_false(kept_task(&p.task));
}

static void every_change_is_seen(void **state)
{
	struct scratch *s = *state;
	struct place p = place_new(s);
	struct timespec back[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct stat st;

	/* The same length and the old times: ctime tells. */
	assert_int_equal(stat(p.source, &st), 0);
	note(&p, 10);
	int fd = open(p.source, O_WRONLY);
	assert_int_equal(write(fd, "SOME", 4), 4);
	close(fd);
	back[0] = st.st_atim, back[1] = st.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, p.source, back, 0), 0);
	assert_false(kept_task(&p.task));

	note(&p, 10);
	assert_int_equal(truncate(p.file, 2), 0);
	assert_false(kept_task(&p.task));

	note(&p, 10);
	assert_int_equal(rmdir(p.unpack), 0);
	assert_false(kept_task(&p.task));
	note(&p, 10);
	assert_false(kept_task(&p.task));

	assert_int_equal(mkdir(p.unpack, 0700), 0);
	note(&p, 10);
	assert_true(kept_task(&p.task));
	assert_int_equal(unlink(p.source), 0);
	assert_false(kept_task(&p.task));
}

static void what_is_elsewhere_is_never_known(void **state)
{
	struct place p = place_new(*state);
	p.task.fetch.url = "https://example.org/source";
	note(&p, 10);
	assert_false(kept_task(&p.task));
	p.task.kind = TASK_IMAGE;
	assert_false(kept_task(&p.task));
	struct task stage = { .kind = TASK_STAGE, .stage = { .dir = p.unpack, .common_name = "x" } };
	assert_false(kept_task(&stage));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_unchanged_is_kept, scratch_setup,
		                                scratch_teardown),
		cmocka_unit_test_setup_teardown(a_source_just_changed_is_not_trusted, scratch_setup,
		                                scratch_teardown),
		cmocka_unit_test_setup_teardown(every_change_is_seen, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(what_is_elsewhere_is_never_known, scratch_setup,
		                                scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
