#include "core/context/tar.h"

#include <errno.h>

#include "core/ext/archive.h"
#include "core/os/spawn.h"
#include "tests/core/os/scratch.h"

static enum pull pull_all(struct tar *t, struct buf *out, struct error *err)
{
	struct str bytes;
	enum pull pull;
	while ((pull = tar_pull(t, &bytes, err)) == PULL_DATA) {
		assert_in_range(bytes.n, 1, 256 * 1024);
		buf_append(out, bytes);
	}
	return pull;
}

static void make_tar(struct scratch *s, struct context *c, struct buf *out)
{
	assert_true(context_scan(c, &s->err));
	owned(tar) struct tar *t = tar_new(c, NULL, 0);
	assert_int_equal(pull_all(t, out, &s->err), PULL_DONE);
	struct str none;
	assert_int_equal(tar_pull(t, &none, &s->err), PULL_DONE);
	assert_int_equal(out->n % 512, 0);
}

/* GNU tar unpacks it into a folder of this name. */
static const char *unpack(struct scratch *s, const struct buf *tar, const char *name)
{
	const char *dir = scratch_mkdir(s, name), *file = scratch_path(s, "context.tar");
	assert_true(save_file(file, buf_str(tar), 0600, &s->err));
	const char *const argv[] = { "tar", "-xpf", file, "-C", dir, NULL };
	const struct spawn tell = { .argv = argv, .in = SPAWN_NULL, .err = SPAWN_NULL };
	int status = -1;
	assert_true(spawn_run(&tell, 0, NULL, &status, &s->err));
	assert_int_equal(status, 0);
	return dir;
}

static bool collect(void *data, const struct archive_item *item, struct error *err)
{
	(void)err;
	buf_printf(data, "%s%s%s %o %llu %lld\n", item->path, item->link ? ">" : "",
	           item->link ? item->link : "", (unsigned)item->mode, (unsigned long long)item->size,
	           (long long)item->mtime);
	return true;
}

static const char *name_of(struct scratch *s, size_t n, char fill)
{
	char *name = arena_alloc(s->arena, n + 1);
	memset(name, fill, n);
	return name;
}

static struct stat stat_of(struct scratch *s, const char *dir, const char *path)
{
	struct stat st;
	assert_int_equal(lstat(arena_printf(s->arena, "%s/%s", dir, path), &st), 0);
	return st;
}

static void test_tar__gnu_tar_and_libarchive_read_every_length_of_name(void **state)
{
	static const size_t sizes[] = { 1, 98, 99, 100, 101, 154, 155, 156, 200, 254, 255 };
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	owned_buf struct buf tar = { 0 }, list = { 0 };
	size_t n = sizeof sizes / sizeof *sizes;
	const char *names[3 * 11];
	for (size_t i = 0; i < n; i++) {
		const char *name = name_of(s, sizes[i], 'n');
		names[3 * i] = name;
		/* A folder of the length, and the length split over two parts. */
		names[3 * i + 1] = arena_printf(s->arena, "%s/x", name_of(s, sizes[i], 'd'));
		names[3 * i + 2] = arena_printf(s->arena, "%s/%s", name_of(s, sizes[i], 'e'),
		                                name_of(s, 256 - sizes[i], 'f'));
		for (int k = 0; k < 3; k++)
			context_add_bytes(c, names[3 * i + (size_t)k], 0644, str_of(name));
	}
	make_tar(s, c, &tar);
	const char *dir = unpack(s, &tar, "out");
	for (size_t i = 0; i < 3 * n; i++)
		assert_int_equal(stat_of(s, dir, names[i]).st_size, sizes[i / 3]);
	assert_true(archive_list_bytes(buf_str(&tar), ARCHIVE_LIMITS, collect, &list, &s->err));
	for (size_t i = 0; i < 3 * n; i++) {
		const char *line = arena_printf(s->arena, "%s 100644 %zu 0\n", names[i], sizes[i / 3]);
		assert_int_not_equal(str_find_str(buf_str(&list), str_of(line)), STR_NONE);
	}
}

static void test_tar__deep_paths_around_the_prefix_field(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	owned_buf struct buf tar = { 0 };
	const char *paths[40];
	size_t n = 0;
	for (size_t total = 245; total <= 262; total++)
		for (size_t last = 99; last <= 100; last++) {
			char *path = arena_alloc(s->arena, total + 1);
			for (size_t i = 0; i < total; i++)
				path[i] = i % 20 == 19 && i + last < total ? '/' : (char)('a' + total % 26);
			path[total - last - 1] = '/';
			paths[n++] = path;
			context_add_bytes(c, path, 0600, str_of(path));
		}
	make_tar(s, c, &tar);
	const char *dir = unpack(s, &tar, "out");
	for (size_t i = 0; i < n; i++)
		assert_int_equal(stat_of(s, dir, paths[i]).st_size, strlen(paths[i]));
	/* POSIX's two fields hold 256 bytes: no extra entry up to there. */
	owned(context) struct context *plain = context_new();
	buf_clear(&tar);
	context_add_bytes(plain, arena_printf(s->arena, "%s/%s", name_of(s, 155, 'p'),
	                                      name_of(s, 100, 'q')), 0644, STR(""));
	make_tar(s, plain, &tar);
	/* The folder of 155 bytes and a '/' cannot be split, so it comes as a long name. */
	assert_int_equal(str_find_str(str_slice(buf_str(&tar), 4 * 512, 512), STR("@LongLink")),
	                 STR_NONE);
	assert_memory_equal(tar.p + tar.n - 3 * 512 + 345, name_of(s, 155, 'p'), 155);
}

static void test_tar__keeps_modes_times_links_and_folders(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	owned_buf struct buf tar = { 0 };
	const char *target = name_of(s, 300, 't'), *hundred = name_of(s, 100, 'h');
	scratch_mkdir(s, "p");
	scratch_mkdir(s, "p/empty");
	assert_int_equal(chmod(scratch_path(s, "p/empty"), 0711), 0);
	assert_int_equal(chmod(scratch_write(s, "p/run", "#!/bin/sh\n"), 04755), 0);
	scratch_write(s, "p/old", "");
	const struct timespec before[2] = { { .tv_sec = -5, .tv_nsec = 500000000 },
	                                    { .tv_sec = -5, .tv_nsec = 500000000 } };
	const struct timespec late[2] = { { .tv_sec = 8589934592 + 7 }, { .tv_sec = 8589934592 + 7 } };
	assert_int_equal(utimensat(AT_FDCWD, scratch_path(s, "p/old"), before, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, scratch_path(s, "p/run"), late, 0), 0);
	assert_int_equal(symlink(target, scratch_path(s, "p/long")), 0);
	assert_int_equal(symlink(hundred, scratch_path(s, "p/hundred")), 0);
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	make_tar(s, c, &tar);
	const char *dir = unpack(s, &tar, "out");
	assert_int_equal(stat_of(s, dir, "empty").st_mode, S_IFDIR | 0711);
	assert_int_equal(stat_of(s, dir, "run").st_mode & 0777, 0755);
	struct stat has, want;
	assert_int_equal(lstat(scratch_path(s, "p/run"), &want), 0);
	has = stat_of(s, dir, "run");
	assert_int_equal(has.st_mtim.tv_sec, want.st_mtim.tv_sec);
	assert_int_equal(lstat(scratch_path(s, "p/old"), &want), 0);
	has = stat_of(s, dir, "old");
	assert_int_equal(has.st_mtim.tv_sec, want.st_mtim.tv_sec);
	char link[512];
	ssize_t n = readlink(arena_printf(s->arena, "%s/long", dir), link, sizeof link);
	assert_int_equal(n, 300);
	assert_memory_equal(link, target, 300);
	n = readlink(arena_printf(s->arena, "%s/hundred", dir), link, sizeof link);
	assert_int_equal(n, 100);
	assert_memory_equal(link, hundred, 100);
}

static void test_tar__data_of_every_size_comes_whole(void **state)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 261119, 261120, 261121, 261632, 262143,
	                                262144, 262145, 700000, 3 };
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	owned_buf struct buf tar = { 0 }, text = { 0 };
	size_t n = sizeof sizes / sizeof *sizes;
	scratch_mkdir(s, "p");
	for (size_t i = 0; i < n; i++) {
		buf_clear(&text);
		for (size_t k = 0; k < sizes[i]; k++)
			buf_append_char(&text, (char)('a' + (k * 7 + i) % 26));
		scratch_write(s, arena_printf(s->arena, "p/%02zu", i), buf_text(&text));
	}
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	make_tar(s, c, &tar);
	const char *dir = unpack(s, &tar, "out");
	for (size_t i = 0; i < n; i++) {
		char was[65], is[65];
		owned(context) struct context *got = context_new();
		context_add_tree(got, dir, "", NULL);
		assert_true(context_scan(got, &s->err));
		const char *name = arena_printf(s->arena, "%02zu", i);
		assert_true(context_digest(c, name, was, &s->err));
		assert_true(context_digest(got, name, is, &s->err));
		assert_string_equal(was, is);
	}
}

static void test_tar__same_input_same_bytes_and_no_names(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf one = { 0 }, two = { 0 };
	scratch_mkdir(s, "p");
	scratch_write(s, "p/b", "b");
	scratch_write(s, "p/a", "a");
	const struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	assert_int_equal(utimensat(AT_FDCWD, scratch_path(s, "p/b"), times, 0), 0);
	for (int round = 0; round < 2; round++) {
		owned(context) struct context *c = context_new();
		context_add_tree(c, scratch_path(s, "p"), "", NULL);
		make_tar(s, c, round ? &two : &one);
	}
	assert_int_equal(one.n, two.n);
	assert_memory_equal(one.p, two.p, one.n);
	assert_memory_equal(one.p, "a\0", 2);
	/* POSIX.1-1988, owner 0, no names; the time is the file's. */
	assert_memory_equal(one.p + 257, "ustar\0" "00\0", 9);
	assert_memory_equal(one.p + 108, "0000000\0" "0000000\0", 16);
	assert_memory_equal(one.p + 1024 + 136, "07346545000\0", 12);
	assert_memory_equal(one.p + one.n - 1024, name_of(s, 1024, '\0'), 1024);
}

static void test_tar__first_entries_come_first_and_once(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	owned_buf struct buf tar = { 0 }, list = { 0 };
	const struct entry first[] = {
		{ .path = ".mortar.Dockerfile", .bytes = STR("FROM x\n"), .size = 7,
		  .mode = S_IFREG | 0644 },
		{ .path = ".dockerignore", .bytes = STR("a"), .size = 1, .mode = S_IFREG | 0644 },
	};
	context_add_bytes(c, ".dockerignore", 0644, STR("another"));
	context_add_bytes(c, "a", 0644, STR("x"));
	assert_true(context_scan(c, &s->err));
	owned(tar) struct tar *t = tar_new(c, first, 2);
	assert_int_equal(pull_all(t, &tar, &s->err), PULL_DONE);
	assert_true(archive_list_bytes(buf_str(&tar), ARCHIVE_LIMITS, collect, &list, &s->err));
	assert_string_equal(buf_text(&list), ".mortar.Dockerfile 100644 7 0\n.dockerignore 100644 1 0\n"
	                                     "a 100644 1 0\n");
}

static void test_tar__the_first_header_is_plain(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	owned_buf struct buf tar = { 0 };
	context_add_bytes(c, name_of(s, 101, 'x'), 0644, STR(""));
	make_tar(s, c, &tar);
	assert_string_equal(tar.p, "./");
	assert_int_equal(tar.p[156], '5');
	const char *dir = unpack(s, &tar, "out");
	assert_int_equal(stat_of(s, dir, name_of(s, 101, 'x')).st_size, 0);
}

/* A file too large for eleven octal digits, of holes. */
static void test_tar__a_size_past_8_gib_is_base_256(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	const char *path = scratch_write(s, "large", "");
	const off_t size = ((off_t)8 << 30) + 5;
	if (truncate(path, size) < 0)
		fail_msg("cannot make a file of holes: %s", strerror(errno));
	context_add_tree(c, path, "large", NULL);
	assert_true(context_scan(c, &s->err));
	owned(tar) struct tar *t = tar_new(c, NULL, 0);
	struct str bytes;
	assert_int_equal(tar_pull(t, &bytes, &s->err), PULL_DATA);
	assert_memory_equal(bytes.p + 124, "\x80\0\0\0\0\0\0\x02\0\0\0\x05", 12);
}

static void test_tar__a_failing_file_cuts_the_stream(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	owned_buf struct buf tar = { 0 };
	scratch_mkdir(s, "p");
	scratch_write(s, "p/a", "a");
	scratch_write(s, "p/b", "b");
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	assert_true(context_scan(c, &s->err));
	assert_int_equal(unlink(scratch_path(s, "p/b")), 0);
	owned(tar) struct tar *t = tar_new(c, NULL, 0);
	assert_int_equal(pull_all(t, &tar, &s->err), PULL_FAILED);
	assert_non_null(strstr(s->err.text, "p/b': No such file or directory"));
	struct str bytes;
	assert_int_equal(tar_pull(t, &bytes, &s->err), PULL_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_tar__gnu_tar_and_libarchive_read_every_length_of_name),
		SCRATCH_TEST(test_tar__deep_paths_around_the_prefix_field),
		SCRATCH_TEST(test_tar__keeps_modes_times_links_and_folders),
		SCRATCH_TEST(test_tar__data_of_every_size_comes_whole),
		SCRATCH_TEST(test_tar__same_input_same_bytes_and_no_names),
		SCRATCH_TEST(test_tar__first_entries_come_first_and_once),
		SCRATCH_TEST(test_tar__the_first_header_is_plain),
		SCRATCH_TEST(test_tar__a_size_past_8_gib_is_base_256),
		SCRATCH_TEST(test_tar__a_failing_file_cuts_the_stream),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
