#include "core/context/listing.h"

#include <poll.h>

#include "core/context/context.h"
#include "tests/core/os/scratch.h"

/* "path:size …" of the tree p, by kept listings. */
static const char *scan(struct scratch *s, struct listings *l)
{
	owned_buf struct buf out = { 0 };
	owned(context) struct context *c = context_new();
	context_remember(c, l);
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	if (!context_scan(c, &s->err))
		return arena_printf(s->arena, "error: %s", s->err.text);
	for (size_t i = 0; i < context_count(c); i++) {
		const struct entry *e = context_entry(c, i);
		buf_printf(&out, "%s%s:%d", i ? " " : "", e->path, (int)e->size);
	}
	return arena_text(s->arena, buf_str(&out));
}

static void make(struct scratch *s)
{
	scratch_mkdir(s, "p");
	scratch_mkdir(s, "p/a");
	scratch_mkdir(s, "p/a/deep");
	scratch_write(s, "p/a/deep/x", "x");
	scratch_write(s, "p/a-b", "1");
	scratch_write(s, "p/z", "22");
}

static void test_listings__see_what_happens_in_folders_and_files(void **state)
{
	struct scratch *s = *state;
	owned(listings) struct listings *l = listings_new();
	make(s);
	assert_string_equal(scan(s, l), "a:0 a/deep:0 a/deep/x:1 a-b:1 z:2");
	assert_true(listings_sees_all(l));
	assert_false(listings_update(l));
	assert_string_equal(scan(s, l), "a:0 a/deep:0 a/deep/x:1 a-b:1 z:2");
	scratch_write(s, "p/a/deep/x", "longer");
	assert_true(listings_update(l));
	assert_string_equal(scan(s, l), "a:0 a/deep:0 a/deep/x:6 a-b:1 z:2");
	scratch_write(s, "p/a/new", "");
	assert_int_equal(unlink(scratch_path(s, "p/z")), 0);
	assert_true(listings_update(l));
	assert_string_equal(scan(s, l), "a:0 a/deep:0 a/deep/x:6 a/new:0 a-b:1");
	assert_false(listings_update(l));
}

/* A folder of the same name, and what was below it, is another one. */
static void test_listings__follow_folders_that_move(void **state)
{
	struct scratch *s = *state;
	owned(listings) struct listings *l = listings_new();
	make(s);
	scratch_mkdir(s, "p/c");
	scratch_mkdir(s, "p/c/deep");
	scratch_write(s, "p/c/deep/x", "333");
	scan(s, l);
	assert_int_equal(rename(scratch_path(s, "p/a"), scratch_path(s, "p/b")), 0);
	assert_int_equal(rename(scratch_path(s, "p/c"), scratch_path(s, "p/a")), 0);
	listings_update(l);
	assert_string_equal(scan(s, l), "a:0 a/deep:0 a/deep/x:3 a-b:1 b:0 b/deep:0 b/deep/x:1 z:2");
	scratch_write(s, "p/b/deep/x", "4444");
	scratch_write(s, "p/a/deep/x", "55555");
	listings_update(l);
	assert_string_equal(scan(s, l), "a:0 a/deep:0 a/deep/x:5 a-b:1 b:0 b/deep:0 b/deep/x:4 z:2");
}

static void test_listings__are_made_anew_for_a_folder_that_was_replaced(void **state)
{
	struct scratch *s = *state;
	owned(listings) struct listings *l = listings_new();
	make(s);
	scan(s, l);
	for (size_t i = 0; i < 5; i++) {
		assert_true(save_remove(scratch_path(s, "p/a"), &s->err));
		scratch_mkdir(s, "p/a");
		scratch_write(s, arena_printf(s->arena, "p/a/%zu", i), "");
		assert_true(listings_update(l));
		assert_string_equal(scan(s, l), arena_printf(s->arena, "a:0 a/%zu:0 a-b:1 z:2", i));
	}
}

static void test_listings__wake_who_waits(void **state)
{
	struct scratch *s = *state;
	owned(listings) struct listings *l = listings_new();
	make(s);
	scan(s, l);
	struct pollfd p = { .fd = listings_fd(l), .events = POLLIN };
	assert_int_equal(poll(&p, 1, 0), 0);
	assert_int_equal(chmod(scratch_path(s, "p/a/deep/x"), 0700), 0);
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_true(listings_update(l));
	assert_int_equal(poll(&p, 1, 0), 0);
}

static void test_listings__without_inotify_look_each_time(void **state)
{
	struct scratch *s = *state;
	setenv("MORTAR_NO_INOTIFY", "1", 1);
	owned(listings) struct listings *l = listings_new();
	unsetenv("MORTAR_NO_INOTIFY");
	make(s);
	assert_string_equal(scan(s, l), "a:0 a/deep:0 a/deep/x:1 a-b:1 z:2");
	assert_false(listings_sees_all(l));
	scratch_write(s, "p/z", "");
	listings_update(l);
	assert_string_equal(scan(s, l), "a:0 a/deep:0 a/deep/x:1 a-b:1 z:0");
	assert_int_equal(listings_fd(l), -1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_listings__##name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(see_what_happens_in_folders_and_files),
		TEST(follow_folders_that_move),
		TEST(are_made_anew_for_a_folder_that_was_replaced),
		TEST(wake_who_waits),
		TEST(without_inotify_look_each_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
