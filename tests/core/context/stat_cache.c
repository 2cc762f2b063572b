#include "core/context/stat_cache.h"

#include <utime.h>

#include "core/os/clock.h"
#include "tests/core/os/scratch.h"

/* Of a file of the tree, as a new scan sees it. */
static const char *digest(struct scratch *s, struct stat_cache *c, const char *path)
{
	static char hex[65];
	owned(context) struct context *context = context_new();
	context_add_tree(context, scratch_path(s, "p"), "", NULL);
	assert_true(context_scan(context, &s->err));
	const struct entry *e = context_find(context, path);
	assert_non_null(e);
	if (!stat_cache_digest(c, e, hex, &s->err))
		return arena_printf(s->arena, "error: %s", s->err.text);
	return hex;
}

/* Waits until its times are old enough to be believed. */
static void settle(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	double changed = (double)st.st_ctim.tv_sec + (double)st.st_ctim.tv_nsec / 1e9;
	while (clock_now() - changed < 0.15)
		usleep(5000);
}

static struct stat_cache *open_cache(struct scratch *s)
{
	setenv("XDG_CACHE_HOME", scratch_path(s, "cache"), 1);
	return stat_cache_open(scratch_path(s, "p"));
}

static const char *cache_file(struct scratch *s)
{
	owned_buf struct buf path = { 0 };
	const char *dir = scratch_path(s, "cache/mortar/digests");
	DIR *d = opendir(dir);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.')
			buf_printf(&path, "%s/%s", dir, e->d_name);
	closedir(d);
	return arena_text(s->arena, buf_str(&path));
}

static const char hex_a[] = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
static const char hex_b[] = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";
static const char hex_none[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/* A tree of one file that holds "a". */
static const char *make(struct scratch *s)
{
	scratch_mkdir(s, "p");
	const char *path = scratch_write(s, "p/f", "a");
	settle(path);
	return path;
}

static void test_stat_cache__knows_in_a_later_process_what_was_not_touched(void **state)
{
	struct scratch *s = *state;
	struct stat st;
	make(s);
	for (size_t round = 0; round < 2; round++) {
		owned(stat_cache) struct stat_cache *c = open_cache(s);
		assert_string_equal(digest(s, c, "f"), hex_a);
		assert_string_equal(digest(s, c, "f"), hex_a);
		assert_int_equal(stat_cache_counts(c).read, round == 0);
		assert_int_equal(stat_cache_counts(c).known, 1 + round);
		assert_true(stat_cache_save(c, &s->err));
	}
	assert_int_equal(stat(cache_file(s), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_stat_cache__sees_a_change_of_the_same_size_and_mtime(void **state)
{
	struct scratch *s = *state;
	struct stat st;
	const char *path = make(s);
	owned(stat_cache) struct stat_cache *c = open_cache(s);
	assert_string_equal(digest(s, c, "f"), hex_a);
	assert_int_equal(stat(path, &st), 0);
	scratch_write(s, "p/f", "b");
	const struct timespec times[2] = { st.st_atim, st.st_mtim };
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_string_equal(digest(s, c, "f"), hex_b);
}

static void test_stat_cache__reads_again_what_was_changed_just_before(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "p");
	owned(stat_cache) struct stat_cache *c = open_cache(s);
	/* Within one tick of the clock both have the same times. */
	for (size_t i = 0; i < 200; i++) {
		scratch_write(s, "p/f", i % 2 ? "b" : "a");
		assert_string_equal(digest(s, c, "f"), i % 2 ? hex_b : hex_a);
	}
	assert_true(stat_cache_save(c, &s->err));
}

static void test_stat_cache__tells_files_apart_that_are_swapped(void **state)
{
	struct scratch *s = *state;
	const char *path = make(s), *other = scratch_write(s, "p/g", "b");
	settle(other);
	owned(stat_cache) struct stat_cache *c = open_cache(s);
	assert_string_equal(digest(s, c, "f"), hex_a);
	assert_string_equal(digest(s, c, "g"), hex_b);
	assert_int_equal(rename(path, scratch_path(s, "p/h")), 0);
	assert_int_equal(rename(other, path), 0);
	assert_string_equal(digest(s, c, "f"), hex_b);
	assert_string_equal(digest(s, c, "h"), hex_a);
}

static void test_stat_cache__takes_links_by_target_and_folders_as_nothing(void **state)
{
	struct scratch *s = *state;
	make(s);
	scratch_mkdir(s, "p/d");
	assert_int_equal(symlink("a", scratch_path(s, "p/l")), 0);
	owned(stat_cache) struct stat_cache *c = open_cache(s);
	assert_string_equal(digest(s, c, "l"), hex_a);
	assert_string_equal(digest(s, c, "d"), hex_none);
	struct entry made = { .path = "m", .bytes = STR("b"), .size = 1, .mode = S_IFREG | 0644 };
	char hex[65];
	assert_true(stat_cache_digest(c, &made, hex, &s->err));
	assert_string_equal(hex, hex_b);
}

static void test_stat_cache__ignores_a_file_that_it_has_not_written(void **state)
{
	struct scratch *s = *state;
	make(s);
	owned_buf struct buf good = { 0 };
	{
		owned(stat_cache) struct stat_cache *c = open_cache(s);
		digest(s, c, "f");
		assert_true(stat_cache_save(c, &s->err));
	}
	const char *path = cache_file(s);
	FILE *f = fopen(path, "re");
	assert_non_null(f);
	buf_grew(&good, fread(buf_reserve(&good, 4096), 1, 4096, f));
	fclose(f);
	assert_in_range(good.n, 100, 400);
	/* Each byte broken in turn, each length cut. */
	for (size_t i = 0; i < 2 * good.n; i++) {
		bool cut = i >= good.n;
		f = fopen(path, "we");
		assert_non_null(f);
		if (!cut)
			good.p[i] ^= 0x40;
		fwrite(good.p, 1, cut ? i - good.n : good.n, f);
		fclose(f);
		owned(stat_cache) struct stat_cache *c = open_cache(s);
		assert_string_equal(digest(s, c, "f"), hex_a);
		assert_int_equal(stat_cache_counts(c).read, 1);
		if (!cut)
			good.p[i] ^= 0x40;
	}
}

static void test_stat_cache__does_not_believe_a_file_that_others_may_write(void **state)
{
	struct scratch *s = *state;
	make(s);
	{
		owned(stat_cache) struct stat_cache *c = open_cache(s);
		digest(s, c, "f");
		assert_true(stat_cache_save(c, &s->err));
	}
	assert_int_equal(chmod(cache_file(s), 0666), 0);
	owned(stat_cache) struct stat_cache *c = open_cache(s);
	digest(s, c, "f");
	assert_int_equal(stat_cache_counts(c).read, 1);
}

static void test_stat_cache__forgets_what_is_no_longer_there(void **state)
{
	struct scratch *s = *state;
	struct stat full, later;
	scratch_mkdir(s, "p");
	for (size_t i = 0; i < 300; i++)
		scratch_write(s, arena_printf(s->arena, "p/f%zu", i), "x");
	settle(scratch_path(s, "p/f299"));
	for (size_t round = 0; round < 2; round++) {
		owned(stat_cache) struct stat_cache *c = open_cache(s);
		for (size_t i = 0; i < (round ? 10 : 300); i++)
			digest(s, c, arena_printf(s->arena, "f%zu", i));
		if (round) {
			scratch_write(s, "p/new", "y");
			settle(scratch_path(s, "p/new"));
			digest(s, c, "new");
		}
		assert_true(stat_cache_save(c, &s->err));
		assert_int_equal(stat(cache_file(s), round ? &later : &full), 0);
	}
	assert_true(later.st_size < full.st_size / 10);
}

static void test_stat_cache__works_without_a_folder_to_keep_it(void **state)
{
	struct scratch *s = *state;
	make(s);
	scratch_write(s, "cache", "in the way");
	owned(stat_cache) struct stat_cache *c = open_cache(s);
	assert_string_equal(digest(s, c, "f"), hex_a);
	assert_true(stat_cache_save(c, &s->err));
}

static void test_stat_cache__names_a_file_that_has_changed_since_the_scan(void **state)
{
	struct scratch *s = *state;
	make(s);
	char hex[65];
	owned(stat_cache) struct stat_cache *c = open_cache(s);
	owned(context) struct context *context = context_new();
	context_add_tree(context, scratch_path(s, "p"), "", NULL);
	assert_true(context_scan(context, &s->err));
	scratch_write(s, "p/f", "longer");
	assert_false(stat_cache_digest(c, context_find(context, "f"), hex, &s->err));
	assert_non_null(strstr(s->err.text, "p/f"));
	assert_string_equal(digest(s, c, "f"), digest(s, c, "f"));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_stat_cache__##name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(knows_in_a_later_process_what_was_not_touched),
		TEST(sees_a_change_of_the_same_size_and_mtime),
		TEST(reads_again_what_was_changed_just_before),
		TEST(tells_files_apart_that_are_swapped),
		TEST(takes_links_by_target_and_folders_as_nothing),
		TEST(ignores_a_file_that_it_has_not_written),
		TEST(does_not_believe_a_file_that_others_may_write),
		TEST(forgets_what_is_no_longer_there),
		TEST(works_without_a_folder_to_keep_it),
		TEST(names_a_file_that_has_changed_since_the_scan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
