#include "tui/complete.h"

#include <sys/stat.h>

#include "core/os/save.h"
#include "tests/core/os/scratch.h"

#define SHIP "docs/examples/ship-detector"

static int complete_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	return failed || setenv("XDG_STATE_HOME", s->dir, 1) ||
	       setenv("XDG_CONFIG_HOME", s->dir, 1) || setenv("HOME", s->dir, 1);
}

#define COMPLETE_TEST(f) cmocka_unit_test_setup_teardown(f, complete_setup, scratch_teardown)

/* The candidates for the line's last word without what is said of them, "a b c"; what
 * else fits in front: "files: ". */
static const char *candidates(struct scratch *s, const char *line)
{
	static const char *const files[] = { "", "files: ", "dirs: " };
	owned_buf struct buf all = { 0 }, out = { 0 };
	struct str rest, one;
	int n;
	char *const *words = complete_split(s->arena, str_of(line), &n);
	enum complete_files takes = complete_words(s->arena, n, words, &all);
	buf_append_text(&out, files[takes]);
	for (rest = buf_str(&all); rest.n && str_next(&rest, '\n', &one);) {
		if (one.n)
			buf_printf(&out, "%s%.*s", out.n && out.p[out.n - 1] != ' ' ? " " : "",
			           STR_ARG(str_slice(one, 0, str_find(one, '\t'))));
	}
	return arena_text(s->arena, str_trim(buf_str(&out)));
}

static void test_complete__knows_what_may_stand_where(void **state)
{
	static const struct { const char *line, *candidates; } table[] = {
		{ "hi", "files: history" }, { "./x", "files:" }, { "plan ", "files:" },
		{ "read ", "files:" }, { "read x ", "" }, { "match x ", "files:" },
		{ "match x y z", "files:" },
		{ "plan . --builde", "--builder" }, { "plan . --builder ", "buildkit classic" },
		{ "plan . --builder c", "classic" }, { "plan . --builder=c", "--builder=classic" },
		{ "plan . --nosuch=c", "" }, { "plan . --json=", "" }, { "plan . --merge d", "deep" },
		{ "context . -o ", "dirs:" }, { "context . --tar=x", "files:" },
		{ "read x --as t", "toml" }, { "match --as ", "dockerignore" }, { "help hist", "history" },
		{ "completion ", "bash zsh fish" }, { "build . --tag ", "" },
		{ "history ", "list prune export import trend delete pin unpin" },
		{ "-p ", "" }, { "plan . -- --bui", "" }, { "nosuch --me", "--merge" },
		{ "attach ", "last" }, { "build . --kind ", "pesto poetry dockerfile" },
	};
	struct scratch *s = *state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *got = candidates(s, table[i].line);
		if (strcmp(got, table[i].candidates) != 0)
			fail_msg("'%s': '%s', wanted '%s'", table[i].line, got, table[i].candidates);
	}
}

static void test_complete__asks_the_project(void **state)
{
	static const struct { const char *line, *candidates; } table[] = {
		{ "build " SHIP " -p ", "gpu stateful" }, { "build " SHIP " -p gpu ", "gpu stateful" },
		{ "build " SHIP " -p gpu,s", "gpu,stateful" },
		{ "build " SHIP " --profile=gpu,s", "--profile=gpu,stateful" },
		{ "build '" SHIP "' -p s", "stateful" }, { "build nosuch -p ", "" },
		{ "build " SHIP " -c ", "none C1 C2 C3 all" }, { "build " SHIP " -c C", "C1 C2 C3" },
		{ "build " SHIP " -c CACHE_UP_TO_PE", "CACHE_UP_TO_PESTO" },
		{ "build nosuch -c a", "all" },
		{ "config " SHIP " pesto/api/c", "pesto/api/config_schema.json pesto/api/config.json" },
		{ "config nosuch pesto", "files:" },
	};
	struct scratch *s = *state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *got = candidates(s, table[i].line);
		if (strcmp(got, table[i].candidates) != 0)
			fail_msg("'%s': '%s', wanted '%s'", table[i].line, got, table[i].candidates);
	}
}

static void complete_save(struct scratch *s, const char *path, const char *text)
{
	const char *full = arena_printf(s->arena, "%s/%s", s->dir, path);
	const char *dir = arena_text(s->arena, str_slice(str_of(full), 0,
	                                                 str_find_last(str_of(full), '/')));
	assert_true(save_dir(dir, 0700, &s->err));
	assert_true(save_file(full, str_of(text), 0600, &s->err));
}

static void test_complete__knows_engines_by_name_and_builds(void **state)
{
	struct scratch *s = *state;
	complete_save(s, "mortar/config.toml", "[engines.box]\nendpoint = \"unix:///x\"\n"
	                                       "[engines.bar]\nendpoint = \"unix:///y\"\n");
	assert_string_equal(candidates(s, "build . --engine b"), "buildkit buildah box bar");
	complete_save(s, "mortar/builds/20260101-000000-0000/journal",
	              "{\"t\":1,\"ev\":\"build.start\",\"id\":\"20260101-000000-0000\","
	              "\"image\":\"a\\u001b[31m:1\",\"steps\":[{\"name\":\"FROM x\"},{\"name\":\"RUN "
	              "y\"}]}\n");
	complete_save(s, "mortar/builds/20260101-000000-0000/log", "");
	assert_string_equal(candidates(s, "attach 2"), "20260101-000000-0000");
	assert_string_equal(candidates(s, "logs last "), "0 1");
	owned_buf struct buf all = { 0 };
	char *const words[] = { (char *)(uintptr_t)"attach", (char *)(uintptr_t)"2" };
	complete_words(s->arena, 2, words, &all);
	assert_string_equal(buf_text(&all), "20260101-000000-0000\tlost, a\\x1b[31m:1\n");
}

/* A project in a folder with the worst of names: found by it, and nothing is run. */
static void test_complete__survives_hostile_lines(void **state)
{
	static const struct { const char *line, *candidates; } table[] = {
		{ "build '%s/a b$(touch %s/ran)`touch %s/ran`' -p ", "x" },
		{ "build \"%s/a b\\$(touch %s/ran)\\`touch %s/ran\\`\" -p ", "x" },
		{ "build %s/a\\ b\\$\\(touch\\ %s/ran\\)\\`touch\\ %s/ran\\` -p ", "x" },
		{ "build ~/sub -p ", "x" }, { "build $(touch %s/ran) -p ", "" },
		{ "build `touch %s/ran` -p ", "" }, { "build \"%s -p ", "files:" },
		{ "build '\n' -p ", "" }, { "build . -p \"$(touch %s/ran)", "" }, { "\\", "files:" },
		{ "'", NULL }, { "build ; touch %s/ran; build . -p ", "" }, { "build \xff\x1b[m -p ", "" },
	};
	struct scratch *s = *state;
	const char *sub = arena_printf(s->arena, "%s/sub", s->dir);
	complete_save(s, "sub/pesto/build/build.json", "{\"name\": \"n\", \"version\": \"1\"}");
	complete_save(s, "sub/pesto/api/config.json", "{}");
	complete_save(s, "sub/pesto/api/config.x.json", "{}");
	complete_save(s, "sub/pesto/api/config.$(touch ran).json", "{}");
	/* The folder's name holds slashes of its own: make it where they lead. */
	const char *evil = arena_printf(s->arena, "%s/a b$(touch %s/ran)`touch %s/ran`", s->dir, s->dir,
	                                s->dir);
	const char *dir = arena_text(s->arena, str_slice(str_of(evil), 0,
	                                                 str_find_last(str_of(evil), '/')));
	assert_true(save_dir(dir, 0700, &s->err));
	assert_int_equal(symlink(sub, evil), 0);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf line = { 0 };
		struct str rest = str_of(table[i].line);
		for (size_t at; (at = str_find_str(rest, STR("%s"))) != STR_NONE;) {
			buf_append(&line, str_slice(rest, 0, at));
			buf_append_text(&line, s->dir);
			rest = str_slice(rest, at + 2, STR_NONE);
		}
		buf_append(&line, rest);
		const char *got = candidates(s, buf_text(&line));
		if (table[i].candidates && strcmp(got, table[i].candidates) != 0)
			fail_msg("'%s': '%s', wanted '%s'", buf_text(&line), got, table[i].candidates);
	}
	assert_int_equal(access(arena_printf(s->arena, "%s/ran", s->dir), F_OK), -1);
	assert_int_equal(access("ran", F_OK), -1);
}

static void test_complete__splits_as_a_shell_would(void **state)
{
	static const struct { const char *line, *words[5]; } table[] = {
		{ "", { "" } }, { "a", { "a" } }, { "a ", { "a", "" } }, { "  a  b", { "a", "b" } },
		{ "a\\ b c", { "a b", "c" } }, { "a\\  ", { "a ", "" } }, { "'a b'c", { "a bc" } },
		{ "\"a 'b\\\"\" '", { "a 'b\"", "" } }, { "'' x", { "", "x" } },
		{ "\"\\x\\$\"", { "\\x$" } },
		{ "$(a b)", { "$(a", "b)" } }, { "a\tb\nc", { "a", "b", "c" } }, { "a\\", { "a\\" } },
		{ "'a\\'b", { "a\\b" } },
	};
	struct scratch *s = *state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		int n;
		char *const *words = complete_split(s->arena, str_of(table[i].line), &n);
		assert_null(words[n]);
		for (int w = 0; w < n; w++)
			assert_string_equal(words[w], table[i].words[w]);
		assert_null(table[i].words[n]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		COMPLETE_TEST(test_complete__knows_what_may_stand_where),
		COMPLETE_TEST(test_complete__asks_the_project),
		COMPLETE_TEST(test_complete__knows_engines_by_name_and_builds),
		COMPLETE_TEST(test_complete__survives_hostile_lines),
		COMPLETE_TEST(test_complete__splits_as_a_shell_would),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
