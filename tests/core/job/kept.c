#include "core/job/kept.h"

#include "core/os/clock.h"
#include "tests/core/os/scratch.h"

static const char some[] = "a6b46dd0d1ae5e86cbc8f37e75ceeb6760230c1ca4ffbcb0c97b96dd7d9c464b";

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
	struct kept known = { .sha256 = some, .etag = "\"e\"", .modified = "m" };
	kept_note(&p->task.fetch, &known, clock_now() + later);
}

static void what_is_unchanged_is_kept(void **state)
{
	struct place p = place_new(*state);
	assert_false(kept_task(&p.task));
	note(&p, 10);
	assert_true(kept_task(&p.task));
	p.task.fetch.unpack = NULL;
	assert_true(kept_task(&p.task));
	note(&p, 10);
	assert_true(kept_task(&p.task));
	p.task.fetch.unpack = p.unpack;
	assert_true(kept_task(&p.task));
	assert_int_equal(rmdir(p.unpack), 0);
	assert_false(kept_task(&p.task));
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

static void what_is_elsewhere_is_known_by_its_digest(void **state)
{
	struct place p = place_new(*state);
	p.task.fetch.url = "https://example.org/source";
	note(&p, 10);
	assert_false(kept_task(&p.task));
	p.task.fetch.sha256 = some;
	assert_true(kept_task(&p.task));
	p.task.fetch.url = "https://example.org/other";
	assert_false(kept_task(&p.task));
	p.task.fetch.url = "https://example.org/source";
	assert_int_equal(truncate(p.file, 2), 0);
	assert_false(kept_task(&p.task));
	note(&p, 10);
	p.task.fetch.sha256 = "0";
	assert_false(kept_task(&p.task));
}

static void a_digest_hides_no_change_of_a_file_that_is_here(void **state)
{
	struct place p = place_new(*state);
	p.task.fetch.sha256 = some;
	note(&p, 10);
	assert_true(kept_task(&p.task));
	assert_int_equal(truncate(p.source, 2), 0);
	assert_false(kept_task(&p.task));
}

static void what_a_server_said_is_remembered_of_its_address_alone(void **state)
{
	struct scratch *s = *state;
	struct place p = place_new(s);
	p.task.fetch.url = "https://example.org/source";
	assert_null(kept_read(s->arena, &p.task.fetch).sha256);
	note(&p, 10);
	struct kept k = kept_read(s->arena, &p.task.fetch);
	assert_string_equal(k.sha256, some);
	assert_string_equal(k.etag, "\"e\"");
	assert_string_equal(k.modified, "m");
	assert_true(k.is_untouched);
	assert_int_equal(truncate(p.file, 2), 0);
	assert_false(kept_read(s->arena, &p.task.fetch).is_untouched);
	p.task.fetch.url = "https://example.org/other";
	assert_null(kept_read(s->arena, &p.task.fetch).sha256);
}

/* Half of a note, another's bytes: then nothing is known. */
static void a_broken_note_says_nothing(void **state)
{
	static const char *const texts[] = { "", "{", "[]", "7", "{\"url\": 7}", "{\"sha256\": \"\"}" };
	struct scratch *s = *state;
	struct place p = place_new(s);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		write_file(s, "copy.kept", texts[i]);
		assert_false(kept_task(&p.task));
		assert_null(kept_read(s->arena, &p.task.fetch).sha256);
	}
}

static void other_tasks_are_never_kept(void **state)
{
	struct place p = place_new(*state);
	struct task stage = { .kind = TASK_STAGE, .stage = { .dir = p.unpack, .common_name = "x" } };
	note(&p, 10);
	p.task.kind = TASK_IMAGE;
	assert_false(kept_task(&p.task));
	assert_false(kept_task(&stage));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
		TEST(what_is_unchanged_is_kept),
		TEST(a_source_just_changed_is_not_trusted),
		TEST(every_change_is_seen),
		TEST(what_is_elsewhere_is_known_by_its_digest),
		TEST(a_digest_hides_no_change_of_a_file_that_is_here),
		TEST(what_a_server_said_is_remembered_of_its_address_alone),
		TEST(a_broken_note_says_nothing),
		TEST(other_tasks_are_never_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
