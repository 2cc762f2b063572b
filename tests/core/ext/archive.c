#include "core/ext/archive.h"

#include <errno.h>
#include <locale.h>

#include "core/os/spawn.h"
#include "tests/core/ext/members.h"
#include "tests/core/os/scratch.h"

/* Up to four members; a name of NULL ends them. */
static const char *write_tar(struct scratch *s, const struct member *members, size_t n)
{
	owned_buf struct buf tar = { 0 };
	for (size_t i = 0; i < n && members[i].name; i++)
		append_member(&tar, &members[i]);
	buf_append_fill(&tar, '\0', 1024);
	const char *path = scratch_path(s, "made.tar");
	assert_true(save_file(path, buf_str(&tar), 0600, &s->err));
	return path;
}

static struct stat stat_of(struct scratch *s, const char *path)
{
	struct stat st;
	if (lstat(scratch_path(s, path), &st) < 0)
		fail_msg("%s: %s", path, strerror(errno));
	return st;
}

static bool pass(void *data, const struct archive_item *item, struct error *err)
{
	(void)item;
	(void)err;
	++*(int *)data;
	return true;
}

static void test_archive_unpack__makes_what_the_archive_holds(void **state)
{
	struct scratch *s = *state;
	static const struct member members[] = {
		{ '5', "./", NULL, NULL, 0700 },
		{ '0', "./d/run", NULL, "#!/bin/sh\n", 06777 },
		{ '0', "d/plain", NULL, "plain", 0600 },
		{ '2', "d/up", "../d/./plain", NULL, 0777 },
		{ '1', "again", "d/plain", NULL, 0644 },
		{ '5', "empty//", NULL, NULL, 01000 },
		{ '0', "d/plain", NULL, "newer", 0444 },
	};
	const char *tar = write_tar(s, members, sizeof members / sizeof *members);
	mode_t mask = umask(077);
	if (!archive_unpack(tar, tar, scratch_path(s, "out/in/"), &s->err))
		fail_msg("%s", s->err.text);
	umask(mask);
	assert_string_equal(scratch_read(s, scratch_path(s, "out/in/d/plain")), "newer");
	assert_string_equal(scratch_read(s, scratch_path(s, "out/in/again")), "plain");
	assert_string_equal(scratch_read(s, scratch_path(s, "out/in/d/up")), "newer");
	assert_int_equal(stat_of(s, "out/in/d/run").st_mode, S_IFREG | 0755);
	assert_int_equal(stat_of(s, "out/in/d/run").st_uid, geteuid());
	assert_int_equal(stat_of(s, "out/in/d/run").st_mtim.tv_sec, 1000000000);
	assert_int_equal(stat_of(s, "out/in/d/plain").st_mode, S_IFREG | 0644);
	assert_int_equal(stat_of(s, "out/in/d").st_mode, S_IFDIR | 0755);
	assert_int_equal(stat_of(s, "out/in/empty").st_mode, S_IFDIR | 0755);
	assert_int_equal(stat_of(s, "out/in").st_mode, S_IFDIR | 0755);
	assert_int_equal(scratch_names(scratch_path(s, "out")), 1);
	/* Once more, over what is there. */
	static const struct member other[] = { { '0', "only", NULL, "x", 0644 } };
	assert_true(archive_unpack(write_tar(s, other, 1), "other", scratch_path(s, "out/in"),
	                           &s->err));
	assert_int_equal(scratch_names(scratch_path(s, "out/in")), 1);
	assert_int_equal(scratch_names(scratch_path(s, "out")), 1);
}

static void test_archive_unpack__lets_nothing_out(void **state)
{
	struct scratch *s = *state;
	static const struct { struct member members[4]; const char *message; } table[] = {
		{ { { '0', "../evil", NULL, "x", 0 } }, "its entry '../evil' has '..' in its path" },
		{ { { '0', "a/../../evil", NULL, "x", 0 } }, "has '..' in its path" },
		{ { { '0', "/evil", NULL, "x", 0 } }, "its entry '/evil' has an absolute path" },
		{ { { '5', "..", NULL, NULL, 0 } }, "has '..' in its path" },
		{ { { '2', "l", "/etc", NULL, 0 } }, "'l' is a link that leads out of the folder" },
		{ { { '2', "l", "..", NULL, 0 } }, "'l' is a link that leads out of the folder" },
		{ { { '2', "d/l", "../../x", NULL, 0 } }, "is a link that leads out of the folder" },
		{ { { '2', "d/l", "../d/../../x", NULL, 0 } }, "is a link that leads out of the folder" },
		{ { { '2', "l", "", NULL, 0 } }, "is a link that leads out of the folder" },
		{ { { '2', "a", "d/e", NULL, 0 }, { '2', "b", "a/..", NULL, 0 } },
		  "'b' is a link that leads out of the folder, or may" },
		{ { { '2', "l", "d", NULL, 0 }, { '0', "l/evil", NULL, "x", 0 } }, "l'" },
		{ { { '5', "d", NULL, NULL, 0 }, { '2', "l", "d", NULL, 0 },
		    { '0', "l/evil", NULL, "x", 0 } }, "a symbolic link stands in the path" },
		{ { { '2', "l", "d", NULL, 0 }, { '5', "l", NULL, NULL, 0 } }, "l'" },
		{ { { '1', "h", "../../etc/passwd", NULL, 0 } }, "has '..' in its path" },
		{ { { '1', "h", "/etc/passwd", NULL, 0 } }, "has an absolute path" },
		{ { { '1', "h", "none", NULL, 0 } }, "second name" },
		{ { { '2', "l", "x", NULL, 0 }, { '1', "d/h", "l", NULL, 0 } }, "that is not a file" },
		{ { { '3', "dev", NULL, NULL, 0 } }, "'dev' is a device, pipe or socket" },
		{ { { '4', "dev", NULL, NULL, 0 } }, "'dev' is a device, pipe or socket" },
		{ { { '6', "pipe", NULL, NULL, 0 } }, "'pipe' is a device, pipe or socket" },
		{ { { '0', "./", NULL, "x", 0 } }, "" },
		{ { { '5', "d", NULL, NULL, 0 }, { '0', "d", NULL, "x", 0 } }, "d'" },
		{ { { '0', "f", NULL, "x", 0 }, { '0', "f/g", NULL, "x", 0 } }, "f/g'" },
	};
	scratch_mkdir(s, "out");
	scratch_write(s, "out/was", "here");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct error err = { 0 };
		const char *tar = write_tar(s, table[i].members, 4);
		if (table[i].message[0] == '\0') {      /* libarchive makes it a folder */
			int n = 0;
			assert_true(archive_list(tar, pass, &n, &err));
			continue;
		}
		if (archive_unpack(tar, tar, scratch_path(s, "out"), &err))
			fail_msg("case %zu went through", i);
		if (!strstr(err.text, table[i].message))
			fail_msg("case %zu: %s", i, err.text);
		assert_string_equal(scratch_read(s, scratch_path(s, "out/was")), "here");
		assert_int_equal(scratch_names(scratch_path(s, "out")), 1);
		assert_int_equal(scratch_names(s->dir), 2);
	}
}

static void test_archive_unpack__has_limits(void **state)
{
	struct scratch *s = *state;
	static const struct member members[] = {
		{ '0', "a", NULL, "12345", 0 }, { '0', "b", NULL, "12345", 0 },
	};
	const char *tar = write_tar(s, members, 2), *out = scratch_path(s, "out");
	assert_false(archive_unpack_within(tar, tar, out, (struct archive_limits){ 9, 10 }, &s->err));
	assert_int_equal(s->err.code, ERROR_LIMIT);
	s->err = (struct error){ 0 };
	assert_false(archive_unpack_within(tar, tar, out, (struct archive_limits){ 99, 1 }, &s->err));
	assert_int_equal(s->err.code, ERROR_LIMIT);
	assert_int_equal(scratch_names(s->dir), 1);
	assert_true(archive_unpack_within(tar, tar, out, (struct archive_limits){ 10, 2 }, &s->err));
}

static void test_archive_unpack__names_what_is_no_archive(void **state)
{
	struct scratch *s = *state;
	static const char *const texts[] = { "", "plain text, and more of it", "PK\3\4 broken",
	                                     "\x1f\x8b\x08" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct error err = { 0 };
		const char *file = scratch_write(s, "a.tar.gz", texts[i]);
		assert_false(archive_unpack(file, file, scratch_path(s, "out"), &err));
		assert_non_null(strstr(err.text, "cannot unpack '"));
		assert_int_equal(scratch_names(s->dir), 1);
	}
	assert_false(archive_unpack(scratch_path(s, "none"), "none", scratch_path(s, "out"), &s->err));
	assert_int_equal(s->err.code, ERROR_MISSING);
}

static void run(const char *const *argv)
{
	const struct spawn tell = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_NULL,
	                            .err = SPAWN_INHERIT };
	struct error err = { 0 };
	int status = -1;
	assert_true(spawn_run(&tell, 0, NULL, &status, &err));
	assert_int_equal(status, 0);
}

/* Every format, with names that the C locale cannot say. */
static void test_archive_unpack__takes_each_format_whatever_the_locale(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "in");
	scratch_write(s, "in/gr\xc3\xbc\xc3\x9f", "utf-8");
	scratch_write(s, "in/\xe6\x97\xa5\xe6\x9c\xac", "cjk");
	char *deep = arena_alloc(s->arena, 201);
	memset(deep, 'n', 200);
	scratch_write(s, arena_printf(s->arena, "in/%s", deep), "long");
	assert_int_equal(symlink("gr\xc3\xbc\xc3\x9f", scratch_path(s, "in/link")), 0);
	static const char *const formats[][4] = {
		{ "gnu.tar", "--format=gnu" }, { "pax.tar", "--format=pax" },
		{ "gnu.tar.gz", "--format=gnu", "-z" }, { "pax.tgz", "--format=pax", "-z" },
		{ "gnu.tar.xz", "--format=gnu", "-J" }, { "pax.tar.bz2", "--format=pax", "-j" },
	};
	static const char *const locales[] = { "C", "C.UTF-8" };
	for (size_t i = 0; i < 2 * sizeof formats / sizeof *formats; i++) {
		const char *const *f = formats[i / 2];
		const char *file = scratch_path(s, f[0]), *compress = f[2] ? f[2] : "--sort=name";
		if (f[2] && !spawn_find(f[2][1] == 'J' ? "xz" : f[2][1] == 'j' ? "bzip2" : "gzip"))
			continue;
		run((const char *const[]){ "tar", "-cf", file, f[1], compress, "-C",
		                           scratch_path(s, "in"), ".", NULL });
		assert_non_null(setlocale(LC_ALL, locales[i % 2]));
		if (!archive_unpack(file, file, scratch_path(s, "out"), &s->err))
			fail_msg("%s: %s", f[0], s->err.text);
		assert_string_equal(scratch_read(s, scratch_path(s, "out/gr\xc3\xbc\xc3\x9f")), "utf-8");
		assert_string_equal(scratch_read(s, scratch_path(s, "out/link")), "utf-8");
		assert_string_equal(scratch_read(s, scratch_path(s, "out/\xe6\x97\xa5\xe6\x9c\xac")),
		                    "cjk");
		const char *there = scratch_path(s, arena_printf(s->arena, "out/%s", deep));
		assert_string_equal(scratch_read(s, there), "long");
		assert_int_equal(scratch_names(scratch_path(s, "out")), 4);
	}
	setlocale(LC_ALL, "C");
}

static void test_archive_unpack__takes_zip(void **state)
{
	struct scratch *s = *state;
	static const char make[] =
		"import sys, zipfile\n"
		"z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n"
		"z.writestr('d/', '')\n"
		"z.writestr('d/gr\\u00fc\\u00df', 'text' * 1000)\n"
		"i = zipfile.ZipInfo('d/link'); i.create_system = 3; i.external_attr = 0o120777 << 16\n"
		"z.writestr(i, sys.argv[2])\n"
		"i = zipfile.ZipInfo('run'); i.create_system = 3; i.external_attr = 0o104711 << 16\n"
		"z.writestr(i, 'x')\n";
	const char *file = scratch_path(s, "a.zip"), *out = scratch_path(s, "out");
	if (!spawn_find("python3"))
		return;
	run((const char *const[]){ "python3", "-c", make, file, "gr\xc3\xbc\xc3\x9f", NULL });
	if (!archive_unpack(file, file, out, &s->err))
		fail_msg("%s", s->err.text);
	assert_int_equal(stat_of(s, "out/d/gr\xc3\xbc\xc3\x9f").st_size, 4000);
	assert_int_equal(stat_of(s, "out/d/link").st_mode, S_IFLNK | 0777);
	assert_int_equal(stat_of(s, "out/run").st_mode, S_IFREG | 0755);
	run((const char *const[]){ "python3", "-c", make, file, "../../x", NULL });
	assert_false(archive_unpack(file, file, out, &s->err));
	assert_non_null(strstr(s->err.text, "is a link that leads out"));
}

static bool collect(void *data, const struct archive_item *item, struct error *err)
{
	(void)err;
	buf_printf(data, "%s %o %llu %s%s;", item->path, (unsigned)item->mode,
	           (unsigned long long)item->size, item->link ? item->link : "",
	           item->same_as ? item->same_as : "");
	return true;
}

static bool stop(void *data, const struct archive_item *item, struct error *err)
{
	(void)data;
	(void)item;
	return error_set(err, ERROR_CANCELLED, "enough");
}

static void test_archive_list__says_what_unpacking_would_make(void **state)
{
	struct scratch *s = *state;
	static const struct member members[] = {
		{ '5', ".", NULL, NULL, 0 },
		{ '0', "a", NULL, "12345", 0711 },
		{ '2', "d/l", "../a", NULL, 0 },
		{ '1', "h", "a", NULL, 0 },
	};
	owned_buf struct buf list = { 0 };
	const char *tar = write_tar(s, members, 4);
	assert_true(archive_list(tar, collect, &list, &s->err));
	assert_string_equal(buf_text(&list), "a 100755 5 ;d/l 120777 0 ../a;h 100644 0 a;");
	assert_false(archive_list(tar, stop, NULL, &s->err));
	assert_int_equal(s->err.code, ERROR_CANCELLED);
	assert_int_equal(scratch_names(s->dir), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_archive_unpack__makes_what_the_archive_holds),
		SCRATCH_TEST(test_archive_unpack__lets_nothing_out),
		SCRATCH_TEST(test_archive_unpack__has_limits),
		SCRATCH_TEST(test_archive_unpack__names_what_is_no_archive),
		SCRATCH_TEST(test_archive_unpack__takes_each_format_whatever_the_locale),
		SCRATCH_TEST(test_archive_unpack__takes_zip),
		SCRATCH_TEST(test_archive_list__says_what_unpacking_would_make),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
