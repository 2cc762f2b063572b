#include "core/engine/session_filter.h"

#include "tests/core/os/scratch.h"

/* a/ a/x a/y a.b b/ b/c/ b/c/d l -> a/x, ll -> /l, b/up -> ../a, out -> ../../etc, r -> r,
 * s1 -> s2, s2 -> s1, w* (a file), "two words", #c, !c */
static struct context *sample(struct scratch *s)
{
	struct context *c = context_new();
	static const char *const files[] = { "a/x", "a/y", "a.b", "b/c/d", "w*", "two words", "#c",
	                                     "!c", " lead" };
	static const char *const links[][2] = {
		{ "a/x", "l" }, { "/l", "ll" }, { "../a", "b/up" }, { "../../etc", "out" },
		{ "r", "r" }, { "s2", "s1" }, { "s1", "s2" },
	};
	scratch_mkdir(s, "p");
	scratch_mkdir(s, "p/a");
	scratch_mkdir(s, "p/b");
	scratch_mkdir(s, "p/b/c");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		scratch_write(s, arena_printf(s->arena, "p/%s", files[i]), "x");
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		assert_int_equal(symlink(links[i][0], scratch_path(s, arena_printf(s->arena, "p/%s",
		                         links[i][1]))), 0);
	context_add_tree(c, scratch_path(s, "p"), "", NULL);
	assert_true(context_scan(c, &s->err));
	return c;
}

static const char *wanted(struct scratch *s, const struct context *c,
                          const struct session_filter *want)
{
	owned_buf struct buf all = { 0 };
	const uint32_t *entries;
	size_t n;
	session_filter_make(s->arena, c, want, &entries, &n);
	if (n == context_count(c))
		return "everything";
	for (size_t i = 0; i < n; i++)
		buf_printf(&all, "%s%s", i ? "," : "", context_entry(c, entries[i])->path);
	return arena_text(s->arena, buf_str(&all));
}

static void test_session_filter__follows_links_inside_the_context(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = sample(s);
	static const struct { const char *path, *want; } table[] = {
		{ "a/x", "a,a/x" }, { "a", "a,a/x,a/y" }, { "./a/../a.b", "a.b" }, { "/a.b", "a.b" },
		{ "b/c/d", "b,b/c,b/c/d" }, { "absent", "" }, { "a/absent", "" },
		{ "l", "a,a/x,l" }, { "ll", "a,a/x,l,ll" },
		{ "b/up/y", "a,a/y,b,b/up" }, { "out/shadow", "out" }, { "r", "r" },
		{ "s1/z", "s1,s2" }, { "../../etc/shadow", "" }, { "../a.b", "a.b" },
		/* l* matches a link, so what it leads to comes too. */
		{ "l*", "a,a/x,l,ll" }, { "?/x", "a,a/x,a/y,b,b/c,b/c/d,b/up,l,r" },
		{ "a*", "a,a/x,a/y,a.b" }, { "[ab]/x", "a,a/x" },
		{ "w[*]", "everything" }, { "w\\*", "w*" }, { "two words", "two words" }, { "#c", "#c" },
		{ "!c", "!c" }, { " lead", " lead" },
		{ ".", "everything" }, { "/", "everything" }, { "a/..", "everything" },
		{ "[a", "everything" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str path = str_of(table[i].path);
		struct session_filter want = { .followed = &path, .nfollowed = 1 };
		const char *got = wanted(s, c, &want);
		if (strcmp(got, table[i].want) != 0)
			fail_msg("%s: %s, not %s", table[i].path, got, table[i].want);
	}
}

static void test_session_filter__takes_patterns_as_an_ignore_file_does(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = sample(s);
	static const struct { const char *pattern, *want; } table[] = {
		{ "**/d", "b,b/c,b/c/d" }, { "b/**", "b,b/c,b/c/d,b/up" }, { "l", "l" },
		{ "*.b", "a.b" }, { "a/", "a,a/x,a/y" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str pattern = str_of(table[i].pattern);
		struct session_filter want = { .includes = &pattern, .nincludes = 1 };
		assert_string_equal(wanted(s, c, &want), table[i].want);
	}
	const struct str several[] = { STR("a/x"), STR("b/c/d"), STR("a/x") };
	struct session_filter both = { .includes = several, .nincludes = 3, .followed = several,
	                               .nfollowed = 3 };
	assert_string_equal(wanted(s, c, &both), "a,a/x,b,b/c,b/c/d");
	assert_string_equal(wanted(s, c, &(struct session_filter){ 0 }), "everything");
}

/* Whoever asks for ever so much gets it all, and soon. */
static void test_session_filter__has_an_end(void **state)
{
	struct scratch *s = *state;
	owned(context) struct context *c = sample(s);
	struct str many[2000];
	owned_buf struct buf deep = { 0 };
	for (int i = 0; i < 2000; i++) {
		many[i] = str_of(arena_printf(s->arena, "*/n%d", i));
		buf_append_text(&deep, "*/*/");
	}
	struct session_filter want = { .followed = many, .nfollowed = 2000 };
	assert_string_equal(wanted(s, c, &want), "everything");
	want = (struct session_filter){ .includes = many, .nincludes = 2000 };
	assert_string_equal(wanted(s, c, &want), "everything");
	struct str path = buf_str(&deep);
	want = (struct session_filter){ .followed = &path, .nfollowed = 1 };
	assert_string_equal(wanted(s, c, &want), "everything");
}

static void test_session_filter__reads_what_is_escaped(void **state)
{
	struct scratch *s = *state;
	struct str got;
	assert_true(session_filter_decode(s->arena, STR("a%2Fb+%C3%a9"), true, &got));
	assert_true(str_eq(got, STR("a/b \xc3\xa9")));
	assert_true(session_filter_decode(s->arena, STR("a%2Fb+"), false, &got));
	assert_true(str_eq(got, STR("a%2Fb+")));
	static const char *const wrong[] = { "%", "a%2", "%g0", "%0g", "%%20" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(session_filter_decode(s->arena, str_of(wrong[i]), true, &got));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_session_filter__follows_links_inside_the_context),
		TEST(test_session_filter__takes_patterns_as_an_ignore_file_does),
		TEST(test_session_filter__has_an_end),
		TEST(test_session_filter__reads_what_is_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
