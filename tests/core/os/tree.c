#include "core/os/tree.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "tests/core/os/scratch.h"

struct listing {
	struct buf names;
	struct tree_item last;
	bool stop;
};

static bool note(void *data, const struct tree_item *item, struct error *err)
{
	struct listing *l = data;
	buf_printf(&l->names, "%s;", item->name);
	if (item->link)
		buf_printf(&l->names, ">%s;", item->link);
	l->last = *item;
	return !l->stop || error_set(err, ERROR_CANCELLED, "stopped");
}

static void test_tree_list__gives_what_lstat_says(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "d");
	assert_int_equal(chmod(scratch_write(s, "d/file", "seven.."), 0751), 0);
	owned(tree) struct tree *t = tree_open(s->dir, &s->err);
	assert_non_null(t);
	assert_string_equal(tree_dir(t), s->dir);
	assert_true(S_ISDIR(tree_root(t).mode));
	struct listing l = { 0 };
	assert_true(tree_list(t, "d", note, &l, &s->err));
	assert_string_equal(buf_text(&l.names), "file;");
	assert_int_equal(l.last.mode, S_IFREG | 0751);
	assert_int_equal(l.last.size, 7);
	assert_true(l.last.readable);
	assert_true(l.last.mtime_ns > 0);
	buf_clear(&l.names);
	assert_int_equal(symlink("no where", scratch_path(s, "d/link")), 0);
	assert_int_equal(unlink(scratch_path(s, "d/file")), 0);
	assert_true(tree_list(t, "d", note, &l, &s->err));
	assert_string_equal(buf_text(&l.names), "link;>no where;");
	l.stop = true;
	assert_false(tree_list(t, "d", note, &l, &s->err));
	assert_int_equal(s->err.code, ERROR_CANCELLED);
	buf_finish(&l.names);
}

static void test_tree__goes_through_no_link_below(void **state)
{
	struct scratch *s = *state;
	struct listing l = { 0 };
	struct tree_file f;
	scratch_mkdir(s, "real");
	scratch_mkdir(s, "real/in");
	scratch_write(s, "real/in/file", "text");
	assert_int_equal(symlink("real", scratch_path(s, "root")), 0);
	assert_int_equal(symlink("in", scratch_path(s, "real/link")), 0);
	assert_int_equal(symlink("in/file", scratch_path(s, "real/name")), 0);
	owned(tree) struct tree *t = tree_open(scratch_path(s, "root"), &s->err);
	assert_non_null(t);
	assert_true(tree_file_open(t, "in/file", &f, &s->err));
	assert_int_equal(f.size, 4);
	tree_file_close(&f);
	assert_false(tree_file_open(t, "link/file", &f, &s->err));
	assert_false(tree_file_open(t, "name", &f, &s->err));
	assert_non_null(strstr(s->err.text, "name': it is not a file any more"));
	assert_false(tree_file_open(t, "../real/in/file", &f, &s->err));
	assert_false(tree_file_open(t, "in/../in/../../real/in/file", &f, &s->err));
	assert_false(tree_list(t, "link", note, &l, &s->err));
	int fd;
	assert_false(tree_make_file(t, "link/new", 0644, &fd, &s->err));
	assert_false(tree_make_dir(t, "link/new", &s->err));
	assert_false(tree_make_link(t, "link/new", "x", &s->err));
	assert_false(tree_make_name(t, "link/new", "in/file", &s->err));
	assert_int_equal(access(scratch_path(s, "real/in/new"), F_OK), -1);
	buf_finish(&l.names);
}

static void test_tree__says_what_is_missing(void **state)
{
	struct scratch *s = *state;
	struct tree_file f;
	assert_null(tree_open(scratch_path(s, "none"), &s->err));
	assert_int_equal(s->err.sys, ENOENT);
	owned(tree) struct tree *t = tree_open(s->dir, &s->err);
	assert_false(tree_file_open(t, "none/file", &f, &s->err));
	assert_int_equal(s->err.sys, ENOENT);
	assert_int_equal(mkfifo(scratch_path(s, "fifo"), 0600), 0);
	assert_false(tree_file_open(t, "fifo", &f, &s->err));
	assert_non_null(strstr(s->err.text, "not a file"));
}

static void test_tree__a_single_file_is_one(void **state)
{
	struct scratch *s = *state;
	struct tree_file f;
	char text[8];
	size_t n;
	owned(tree) struct tree *t = tree_open(scratch_write(s, "one", "text"), &s->err);
	assert_non_null(t);
	assert_int_equal(tree_root(t).size, 4);
	assert_true(tree_file_open(t, "", &f, &s->err));
	assert_true(tree_file_read(&f, text, sizeof text, &n));
	assert_memory_equal(text, "text", 4);
	assert_int_equal(n, 4);
	assert_false(tree_file_has_changed(&f));
	scratch_write(s, "one", "texts");
	assert_true(tree_file_has_changed(&f));
	tree_file_close(&f);
}

static mode_t mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode;
}

static void test_tree_make__makes_what_is_asked_for(void **state)
{
	struct scratch *s = *state;
	int fd;
	mode_t mask = umask(077);
	owned(tree) struct tree *t = tree_open(s->dir, &s->err);
	assert_true(tree_make_dir(t, "", &s->err));
	assert_true(tree_make_dir(t, "a/b", &s->err));
	assert_true(tree_make_dir(t, "a/b", &s->err));
	assert_true(tree_make_file(t, "c/d/e/file", 0755, &fd, &s->err));
	assert_true(tree_write(fd, STR("text"), &s->err));
	close(fd);
	assert_int_equal(mode_of(scratch_path(s, "a/b")), S_IFDIR | 0755);
	assert_int_equal(mode_of(scratch_path(s, "c/d")), S_IFDIR | 0755);
	assert_int_equal(mode_of(scratch_path(s, "c/d/e/file")), S_IFREG | 0755);
	assert_true(tree_make_name(t, "second", "c/d/e/file", &s->err));
	assert_true(tree_make_name(t, "second", "second", &s->err));
	/* What replaces one name leaves the other. */
	assert_true(tree_make_file(t, "second", 0644, &fd, &s->err));
	close(fd);
	assert_string_equal(scratch_read(s, scratch_path(s, "c/d/e/file")), "text");
	assert_true(tree_make_link(t, "second", "a", &s->err));
	assert_int_equal(mode_of(scratch_path(s, "second")), S_IFLNK | 0777);
	assert_false(tree_make_name(t, "third", "second", &s->err));
	assert_false(tree_make_dir(t, "c/d/e/file", &s->err));
	assert_false(tree_make_file(t, "c/d", 0644, &fd, &s->err));
	umask(mask);
}

static void test_tree_make_place__replaces_a_folder_at_once(void **state)
{
	struct scratch *s = *state;
	const char *dir = scratch_path(s, "x/y/");
	for (int round = 0; round < 2; round++) {
		owned_memory char *made = tree_make_beside(dir, &s->err);
		assert_non_null(made);
		owned(tree) struct tree *t = tree_open(made, &s->err);
		int fd;
		assert_true(tree_make_file(t, round ? "new" : "old", 0644, &fd, &s->err));
		close(fd);
		assert_true(tree_make_place(made, dir, &s->err));
		assert_int_equal(access(made, F_OK), -1);
	}
	assert_int_equal(access(scratch_path(s, "x/y/old"), F_OK), -1);
	assert_int_equal(mode_of(scratch_path(s, "x/y/new")), S_IFREG | 0644);
	assert_int_equal(mode_of(scratch_path(s, "x/y")), S_IFDIR | 0755);
}

/* From here on openat2 is unknown, as with an old kernel or in a sandbox. */
static void forget_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof code / sizeof *code, code };
	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void test_tree__does_without_openat2(void **state)
{
	forget_openat2();
	errno = 0;
	assert_int_equal(syscall(SYS_openat2, -1, "", NULL, 0), -1);
	assert_int_equal(errno, ENOSYS);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_tree_list__gives_what_lstat_says),
		SCRATCH_TEST(test_tree__goes_through_no_link_below),
		SCRATCH_TEST(test_tree__says_what_is_missing),
		SCRATCH_TEST(test_tree__a_single_file_is_one),
		SCRATCH_TEST(test_tree_make__makes_what_is_asked_for),
		SCRATCH_TEST(test_tree_make_place__replaces_a_folder_at_once),
		cmocka_unit_test(test_tree__does_without_openat2),
		SCRATCH_TEST(test_tree_list__gives_what_lstat_says),
		SCRATCH_TEST(test_tree__goes_through_no_link_below),
		SCRATCH_TEST(test_tree__says_what_is_missing),
		SCRATCH_TEST(test_tree__a_single_file_is_one),
		SCRATCH_TEST(test_tree_make__makes_what_is_asked_for),
		SCRATCH_TEST(test_tree_make_place__replaces_a_folder_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
