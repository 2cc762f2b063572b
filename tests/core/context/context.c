#include "core/context/context.h"

#include <errno.h>

#include "tests/core/os/scratch.h"

static struct ignore *ignoring(struct scratch *s, const char *text)
{
	owned(problems) struct problems *problems = problems_new();
	const struct source *source = source_new(s->arena, STR(".dockerignore"), NULL, str_of(text));
	struct ignore *g = ignore_parse(source, problems);
	assert_int_equal(problems_errors(problems), 0);
	return g;
}

/* "path path/ path>link" of all entries, in order. */
static const char *list(struct scratch *s, struct context *c)
{
	owned_buf struct buf out = { 0 };
	if (!context_scan(c, &s->err))
		return arena_printf(s->arena, "error: %s", s->err.text);
	assert_true(context_is_scanned(c));
	for (size_t i = 0; i < context_count(c); i++) {
		const struct entry *e = context_entry(c, i);
		buf_printf(&out, "%s%s%s%s%s", i ? " " : "", e->path, S_ISDIR(e->mode) ? "/" : "",
		           e->link ? ">" : "", e->link ? e->link : "");
		assert_ptr_equal(context_find(c, e->path), e);
	}
	return arena_text(s->arena, buf_str(&out));
}

static const char *bytes_of(struct scratch *s, const struct context *c, const char *path)
{
	owned_buf struct buf out = { 0 };
	struct str bytes;
	enum pull pull;
	owned(entry_reader) struct entry_reader *r = entry_reader_new(context_find(c, path));
	while ((pull = entry_pull(r, &bytes, &s->err)) == PULL_DATA)
		buf_append(&out, bytes);
	if (pull == PULL_FAILED)
		return arena_printf(s->arena, "error: %s", s->err.text);
	assert_int_equal(entry_pull(r, &bytes, &s->err), PULL_DONE);
	return arena_text(s->arena, buf_str(&out));
}

static void make_tree(struct scratch *s)
{
	scratch_mkdir(s, "p");
	scratch_mkdir(s, "p/src");
	scratch_mkdir(s, "p/src/deep");
	scratch_mkdir(s, "p/empty");
	scratch_write(s, "p/src/deep/x.py", "x");
	scratch_write(s, "p/src/a.py", "aa");
	scratch_write(s, "p/src/a.pyc", "");
	scratch_write(s, "p/src.txt", "text");
	scratch_write(s, "p/src-1", "");
	assert_int_equal(symlink("../../outside", scratch_path(s, "p/link")), 0);
	assert_int_equal(symlink("src", scratch_path(s, "p/to")), 0);
}

static void test_context__lists_a_tree_with_slash_lowest(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	make_tree(s);
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	assert_false(context_is_scanned(c));
	assert_string_equal(list(s, c), "empty/ link>../../outside src/ src/a.py src/a.pyc src/deep/ "
	                                "src/deep/x.py src-1 src.txt to>src");
	assert_int_equal(context_size(c), 7);
	assert_string_equal(bytes_of(s, c, "src/a.py"), "aa");
	assert_string_equal(bytes_of(s, c, "src-1"), "");
	assert_string_equal(bytes_of(s, c, "src"), "");
	assert_null(context_find(c, "src/none"));
	assert_true(context_order("a/x", "a.b") < 0 && context_order("a", "a/x") < 0);
	assert_true(context_order("a\xff", "a/") > 0);
}

static void test_context__puts_a_tree_under_its_prefix(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	make_tree(s);
	assert_int_equal(chmod(scratch_path(s, "p/src"), 02750), 0);
	context_add_tree(c, scratch_path(s, "p/src//"), "/opt/./app/", NULL);
	context_add_tree(c, scratch_path(s, "p/src.txt"), "doc/readme", NULL);
	assert_string_equal(list(s, c), "doc/ doc/readme opt/ opt/app/ opt/app/a.py opt/app/a.pyc "
	                                "opt/app/deep/ opt/app/deep/x.py");
	assert_int_equal(context_find(c, "opt/app")->mode, S_IFDIR | 02750);
	assert_int_equal(context_find(c, "opt")->mode, S_IFDIR | 0755);
	assert_string_equal(bytes_of(s, c, "opt/app/deep/x.py"), "x");
	assert_string_equal(bytes_of(s, c, "doc/readme"), "text");
}

static void test_context__ignores_and_keeps_the_way_to_what_is_kept(void **state)
{
	static const struct { const char *ignore, *want; } table[] = {
		{ "**/*.pyc\nlink", "empty/ src/ src/a.py src/deep/ src/deep/x.py src-1 src.txt to>src" },
		{ "*\n!src/deep/*.py", "src/ src/deep/ src/deep/x.py" },
		{ "*\n!**/*.py", "src/ src/a.py src/deep/ src/deep/x.py" },
		{ "*\n!src\nsrc/deep", "src/ src/a.py src/a.pyc" },
		{ "**", "" },
		{ "src/**\n[elt]*\n*-1", "src/ src.txt" },
	};
	struct scratch *s = *state;
	make_tree(s);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned(context) struct context *c = context_new();
		owned(ignore) struct ignore *g = ignoring(s, table[i].ignore);
		context_add_tree(c, scratch_path(s, "p"), "", g);
		assert_string_equal(list(s, c), table[i].want);
	}
	owned(context) struct context *c = context_new();
	owned(ignore) struct ignore *g = ignoring(s, "*\n!deep/x*");
	context_add_tree(c, scratch_path(s, "p/src"), "src", g);
	assert_string_equal(list(s, c), "src/ src/deep/ src/deep/x.py");
}

static const char *describe(struct scratch *s, const struct context *c, const char *path)
{
	owned_buf struct buf out = { 0 };
	context_describe(c, path, &out);
	return arena_text(s->arena, buf_str(&out));
}

static void test_context__describes_what_can_be_at_a_path(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *one = context_new(), *other = context_new();
	context_add_tree(one, "/srv/app", "app", NULL);
	context_add_tree(other, "/srv/app/", "./app", NULL);
	context_add_bytes(one, "app/api/a.json", 0644, STR("1"));
	context_add_bytes(other, "app/api/a.json", 0644, STR("2"));
	context_add_dir(one, "dist", 0755);
	context_add_dir(other, "dist", 0755);
	static const struct { const char *path; bool same; } table[] = {
		{ "dist", true }, { "dist/x", true }, { "app/src", true }, { "app", false },
		{ "app/api", false }, { "app/api/a.json", false }, { "app/api/b.json", true },
		{ "", false }, { ".", false }, { "ap", true }, { "application", true },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (!strcmp(describe(s, one, table[i].path), describe(s, other, table[i].path)) !=
		    table[i].same)
			fail_msg("'%s'", table[i].path);
	assert_string_not_equal(describe(s, one, "dist"), "");
	assert_string_equal(describe(s, one, "nothing"), "");
}

static void test_context__what_is_generated_wins(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	make_tree(s);
	context_add_bytes(c, "src/a.py", 0600, STR("first"));
	context_add_bytes(c, "./src/a.py", 0640, STR("made"));
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	context_add_bytes(c, "src-1/in/it", 0644, STR("deeper"));
	context_add_bytes(c, "empty", 0644, STR("a file now"));
	context_add_dir(c, "to", 0700);
	assert_string_equal(list(s, c), "empty link>../../outside src/ src/a.py src/a.pyc src/deep/ "
	                                "src/deep/x.py src-1/ src-1/in/ src-1/in/it src.txt to/");
	assert_string_equal(bytes_of(s, c, "src/a.py"), "made");
	assert_int_equal(context_find(c, "src/a.py")->mode, S_IFREG | 0640);
	assert_int_equal(context_find(c, "src/a.py")->mtime_ns, 0);
	assert_string_equal(bytes_of(s, c, "src-1/in/it"), "deeper");
	assert_int_equal(context_find(c, "to")->mode, S_IFDIR | 0700);
}

static void test_context__a_later_tree_wins(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "one");
	scratch_mkdir(s, "one/a");
	scratch_write(s, "one/a/x", "1");
	scratch_write(s, "one/b", "1");
	scratch_write(s, "one/c", "1");
	scratch_mkdir(s, "two");
	scratch_write(s, "two/a", "2");
	scratch_mkdir(s, "two/b");
	scratch_write(s, "two/b/x", "2");
	scratch_write(s, "two/c", "2");
	scratch_mkdir(s, "three");
	scratch_mkdir(s, "three/a");
	scratch_write(s, "three/a/z", "3");
	for (int n = 2; n <= 3; n++) {
		owned(context) struct context *c = context_new();
		context_add_tree(c, scratch_path(s, "one"), "", NULL);
		context_add_tree(c, scratch_path(s, "two"), "", NULL);
		if (n == 3)
			context_add_tree(c, scratch_path(s, "three"), "", NULL);
		/* What the second tree's file hid stays hidden when a third brings a folder. */
		assert_string_equal(list(s, c), n == 2 ? "a b/ b/x c" : "a/ a/z b/ b/x c");
		assert_string_equal(bytes_of(s, c, "c"), "2");
	}
}

static void test_context_drop__leaves_out_of_earlier_trees(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	make_tree(s);
	context_add_tree(c, scratch_path(s, "p"), "n", NULL);
	context_drop(c, "n/src");
	context_drop(c, "n/to");
	context_add_tree(c, scratch_path(s, "p/src/deep"), "n/src", NULL);
	context_add_bytes(c, "n/src/made", 0644, STR(""));
	assert_string_equal(list(s, c), "n/ n/empty/ n/link>../../outside n/src/ n/src/made "
	                                "n/src/x.py n/src-1 n/src.txt");
}

static void test_context__names_what_cannot_be(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "p");
	assert_int_equal(mkfifo(scratch_path(s, "p/pipe"), 0600), 0);
	struct { const char *path, *message; } table[] = {
		{ "../x", "error: '../x' leads out of the build context; paths in it are relative and "
		          "without '..'" },
		{ "a/../../x", "error: 'a/../../x' leads out of the build context; paths in it are "
		               "relative and without '..'" },
		{ "./", "error: './' names no file in the build context" },
		{ "a/b", "error: 'a' would be a file and, for 'a/b', a folder of the build context" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned(context) struct context *c = context_new();
		context_add_bytes(c, table[i].path, 0644, STR(""));
		context_add_bytes(c, "a", 0644, STR(""));
		assert_string_equal(list(s, c), table[i].message);
		assert_false(context_is_scanned(c));
	}
	owned(context) struct context *c = context_new();
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	const char *text = list(s, c);
	assert_non_null(strstr(text, "p/pipe' is a named pipe; a build context holds files, folders "
	                             "and links: add it to .dockerignore"));
	owned(context) struct context *none = context_new();
	context_add_tree(none, scratch_path(s, "none"), "", NULL);
	assert_non_null(strstr(list(s, none), "none': No such file or directory"));
	owned(context) struct context *nameless = context_new();
	context_add_tree(nameless, scratch_write(s, "f", ""), "", NULL);
	assert_non_null(strstr(list(s, nameless), "so it needs a name in the build context"));
	owned(context) struct context *skipping = context_new();
	owned(ignore) struct ignore *g = ignoring(s, "pipe");
	context_add_tree(skipping, scratch_path(s, "p"), "", g);
	assert_string_equal(list(s, skipping), "");
}

static void test_context__an_unreadable_file_is_found_by_the_scan(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	scratch_mkdir(s, "p");
	assert_int_equal(chmod(scratch_write(s, "p/secret", "x"), 0200), 0);
	assert_int_equal(chmod(s->dir, 0755), 0);
	assert_int_equal(chmod(scratch_path(s, "p"), 0755), 0);
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	const char *text = list(s, c);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_non_null(strstr(text, "p/secret' may not be read by you; change its mode or add it to "
	                             ".dockerignore"));
}

static void test_entry__a_file_that_changes_is_never_sent_whole(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	scratch_mkdir(s, "p");
	scratch_write(s, "p/gone", "12345");
	scratch_write(s, "p/grown", "12345");
	scratch_write(s, "p/shrunk", "12345");
	scratch_write(s, "p/empty", "");
	scratch_write(s, "p/link", "12345");
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	assert_string_equal(list(s, c), "empty gone grown link shrunk");
	assert_int_equal(unlink(scratch_path(s, "p/gone")), 0);
	scratch_write(s, "p/grown", "123456");
	scratch_write(s, "p/shrunk", "1234");
	scratch_write(s, "p/empty", "1");
	assert_int_equal(unlink(scratch_path(s, "p/link")), 0);
	assert_int_equal(symlink("grown", scratch_path(s, "p/link")), 0);
	static const struct { const char *path, *message; } table[] = {
		{ "gone", "p/gone': No such file or directory" },
		{ "grown", "p/grown' has grown since the build context was listed; build again" },
		{ "shrunk", "p/shrunk' has shrunk since the build context was listed; build again" },
		{ "empty", "p/empty' has grown since the build context was listed; build again" },
		{ "link", "p/link': it is not a file any more" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_non_null(strstr(bytes_of(s, c, table[i].path), table[i].message));
}

static void test_entry__a_file_that_changes_while_it_is_read_fails(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf text = { 0 };
	struct str bytes;
	buf_append_fill(&text, 'x', 600 * 1024);
	for (int grow = 0; grow < 2; grow++) {
		owned(context) struct context *c = context_new();
		scratch_write(s, "file", buf_text(&text));
		context_add_tree(c, scratch_path(s, "file"), "file", NULL);
		assert_string_equal(list(s, c), "file");
		owned(entry_reader) struct entry_reader *r = entry_reader_new(context_entry(c, 0));
		assert_int_equal(entry_pull(r, &bytes, &s->err), PULL_DATA);
		assert_int_equal(bytes.n, 256 * 1024);
		assert_int_equal(truncate(scratch_path(s, "file"), grow ? 700 * 1024 : 1024), 0);
		if (grow)
			assert_int_equal(entry_pull(r, &bytes, &s->err), PULL_DATA);
		assert_int_equal(entry_pull(r, &bytes, &s->err), PULL_FAILED);
		assert_non_null(strstr(s->err.text, grow ? "has been changed since" : "has shrunk since"));
		assert_int_equal(entry_pull(r, &bytes, &s->err), PULL_FAILED);
	}
}

static void test_context__a_folder_that_became_a_link_is_not_followed(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	make_tree(s);
	scratch_mkdir(s, "evil");
	scratch_write(s, "evil/a.py", "no");
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	assert_true(context_scan(c, &s->err));
	assert_int_equal(rename(scratch_path(s, "p/src"), scratch_path(s, "was")), 0);
	assert_int_equal(symlink("../evil", scratch_path(s, "p/src")), 0);
	assert_non_null(strstr(bytes_of(s, c, "src/a.py"), "error: "));
}

static void test_context_digest__feels_what_a_cache_feels(void **state)
{
	struct scratch *s = *state;
	make_tree(s);
	char was[65], is[65], other[65];
	owned(context) struct context *c = context_new();
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	context_add_bytes(c, "made", 0644, STR("bytes"));
	assert_true(context_scan(c, &s->err));
	assert_true(context_digest(c, "", was, &s->err));
	assert_true(context_digest(c, "src", other, &s->err));
	assert_string_not_equal(was, other);
	assert_int_equal(strlen(was), 64);
	/* Times count not. */
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	assert_int_equal(utimensat(AT_FDCWD, scratch_path(s, "p/src.txt"), times, 0), 0);
	assert_true(context_scan(c, &s->err));
	assert_true(context_digest(c, "", is, &s->err));
	assert_string_equal(was, is);
	/* Modes do, and only where they are. */
	assert_int_equal(chmod(scratch_path(s, "p/src.txt"), 0755), 0);
	assert_true(context_scan(c, &s->err));
	assert_true(context_digest(c, "", is, &s->err));
	assert_string_not_equal(was, is);
	assert_true(context_digest(c, "src", is, &s->err));
	assert_string_equal(other, is);
	scratch_write(s, "p/src/deep/x.py", "y");
	assert_true(context_digest(c, "src", is, &s->err));
	assert_string_not_equal(other, is);
	scratch_write(s, "p/src/deep/x.py", "yy");
	assert_false(context_digest(c, "src", is, &s->err));
	assert_true(context_digest(c, "none", is, &s->err));
	assert_string_equal(is, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_context__takes_any_name(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = context_new();
	scratch_mkdir(s, "p");
	scratch_write(s, "p/\xff\xfe", "1");
	scratch_write(s, "p/new\nline", "2");
	scratch_write(s, "p/\x01", "3");
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	assert_string_equal(list(s, c), "\x01 new\nline \xff\xfe");
	assert_string_equal(bytes_of(s, c, "\xff\xfe"), "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_context__lists_a_tree_with_slash_lowest),
		SCRATCH_TEST(test_context__puts_a_tree_under_its_prefix),
		SCRATCH_TEST(test_context__ignores_and_keeps_the_way_to_what_is_kept),
		SCRATCH_TEST(test_context__describes_what_can_be_at_a_path),
		SCRATCH_TEST(test_context__what_is_generated_wins),
		SCRATCH_TEST(test_context__a_later_tree_wins),
		SCRATCH_TEST(test_context_drop__leaves_out_of_earlier_trees),
		SCRATCH_TEST(test_context__names_what_cannot_be),
		SCRATCH_TEST(test_context__an_unreadable_file_is_found_by_the_scan),
		SCRATCH_TEST(test_entry__a_file_that_changes_is_never_sent_whole),
		SCRATCH_TEST(test_entry__a_file_that_changes_while_it_is_read_fails),
		SCRATCH_TEST(test_context__a_folder_that_became_a_link_is_not_followed),
		SCRATCH_TEST(test_context_digest__feels_what_a_cache_feels),
		SCRATCH_TEST(test_context__takes_any_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
