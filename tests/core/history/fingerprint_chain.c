#include "tests/core/history/chain.h"

/* Which keys differ between two Dockerfiles or their files: a letter a link, = or x. */
static const char *chain_differ(struct scratch *s, const char *engine, const char *one,
                                const char *const *one_files, const char *two,
                                const char *const *two_files)
{
	owned_case struct chain_case a = { .s = s, .engine = engine, .dockerfile = one };
	owned_case struct chain_case b = { .s = s, .engine = engine, .dockerfile = two };
	owned_buf struct buf out = { 0 };
	chain_forecast(&a, one_files);
	chain_forecast(&b, two_files);
	for (size_t i = 0; i < a.chain.n && i < b.chain.n; i++)
		buf_append_char(&out, str_eq(a.chain.links[i].step.key, b.chain.links[i].step.key) ? '='
		                                                                                   : 'x');
	return arena_text(s->arena, buf_str(&out));
}

static void chain_expect(struct scratch *s, const char *one, const char *two, const char *buildkit,
                         const char *classic)
{
	static const char *const files[] = { "a", "1", "d/b", "2", NULL };
	assert_string_equal(chain_differ(s, "buildkit", one, files, two, files), buildkit);
	assert_string_equal(chain_differ(s, "classic", one, files, two, files), classic);
}

static void test_chain__variables_count_where_they_are_seen(void **state)
{
	/* An ENV: for commands below it, and a link of its own to classic. */
	chain_expect(*state, "FROM base\nENV A=1\nCOPY a /a\nRUN x\n",
	             "FROM base\nENV A=2\nCOPY a /a\nRUN x\n", "==x", "=xxx");
	/* An ARG that a COPY's words have. */
	chain_expect(*state, "FROM base\nARG A=a\nCOPY $A /a\nRUN x\n",
	             "FROM base\nARG A=d\nCOPY $A /a\nRUN x\n", "=xx", "=xxx");
	/* One below does not count. */
	chain_expect(*state, "FROM base\nRUN x\nARG A=1\n", "FROM base\nRUN x\nARG A=2\n", "==", "==x");
	/* WORKDIR is a layer, USER is not. */
	chain_expect(*state, "FROM base\nUSER a\nCOPY a /a\nRUN x\n",
	             "FROM base\nUSER b\nCOPY a /a\nRUN x\n", "==x", "=xxx");
	chain_expect(*state, "FROM base\nWORKDIR /a\nRUN x\n", "FROM base\nWORKDIR /b\nRUN x\n", "=xx",
	             "=xx");
	/* SHELL: for commands in shell form. */
	chain_expect(*state, "FROM base\nSHELL [\"a\"]\nRUN x\nRUN [\"x\"]\n",
	             "FROM base\nSHELL [\"b\"]\nRUN x\nRUN [\"x\"]\n", "=xx", "=xxx");
}

static void test_chain__a_new_line_or_comment_changes_nothing(void **state)
{
	chain_expect(*state, "FROM base\nRUN x && y\n", "# hello\n\nFROM base\n# and\nRUN x && y\n",
	             "==", "==");
	chain_expect(*state, "FROM base\nCOPY a /a\n", "FROM base AS named\nCOPY ./a /a\n",
	             "==", "==");
}

static void test_chain__files_count_by_path_mode_and_content(void **state)
{
	static const char copy[] = "FROM base\nCOPY d /d\nRUN x\n";
	static const char *const one[] = { "d/a", "1", "e", "1", NULL };
	static const char *const content[] = { "d/a", "2", "e", "1", NULL };
	static const char *const name[] = { "d/b", "1", "e", "1", NULL };
	static const char *const elsewhere[] = { "d/a", "1", "e", "2", NULL };
	for (size_t i = 0; i < 2; i++) {
		const char *engine = i ? "classic" : "buildkit";
		assert_string_equal(chain_differ(*state, engine, copy, one, copy, content), "=xx");
		assert_string_equal(chain_differ(*state, engine, copy, one, copy, name), "=xx");
		assert_string_equal(chain_differ(*state, engine, copy, one, copy, elsewhere), "===");
	}
}

static void test_chain__takes_what_wildcards_match(void **state)
{
	static const char copy[] = "FROM base\nCOPY d/*.c /d/\n";
	static const char *const one[] = { "d/a.c", "1", "d/a.h", "1", "d/s/b.c", "1", NULL };
	static const char *const header[] = { "d/a.c", "1", "d/a.h", "2", "d/s/b.c", "2", NULL };
	static const char *const more[] = { "d/a.c", "1", "d/a.h", "1", "d/b.c", "1", NULL };
	assert_string_equal(chain_differ(*state, "buildkit", copy, one, copy, header), "==");
	assert_string_equal(chain_differ(*state, "buildkit", copy, one, copy, more), "=x");
}

static void test_chain__mounts_of_files_count_and_caches_do_not(void **state)
{
	static const char mount[] = "FROM base\nRUN --mount=type=bind,source=d,target=/d x\n"
	                            "RUN --mount=type=cache,target=/c y\n";
	static const char *const one[] = { "d/a", "1", NULL };
	static const char *const two[] = { "d/a", "2", NULL };
	assert_string_equal(chain_differ(*state, "buildkit", mount, one, mount, two), "=xx");
	static const char cache[] = "FROM base\nRUN --mount=type=cache,target=/c y\n";
	assert_string_equal(chain_differ(*state, "buildkit", cache, one, cache, two), "==");
}

/* BuildKit looks at stages that are needed alone, and a stage on another has its variables. */
static void test_chain__stages_stand_on_stages(void **state)
{
	chain_expect(*state, "FROM base AS a\nRUN x\nFROM a\nRUN y\n",
	             "FROM base AS a\nRUN z\nFROM a\nRUN y\n", "=xxx", "=xxx");
	chain_expect(*state, "FROM base AS a\nENV V=1\nFROM a\nRUN y\n",
	             "FROM base AS a\nENV V=2\nFROM a\nRUN y\n", "==x", "=xxx");
	chain_expect(*state, "FROM base AS a\nRUN x\nFROM base\nCOPY --from=a /o /o\n",
	             "FROM base AS a\nRUN z\nFROM base\nCOPY --from=a /o /o\n", "=x=x", "=x=x");
}

static struct str chain_seal(void *data, struct arena *a, struct str text)
{
	(void)data;
	return str_find_str(text, STR("hunter2")) == STR_NONE ? text
	       : str_of(arena_printf(a, "***#%zu", text.n));
}

/* As chain_expect, with options of the task. */
static const char *options_differ(struct scratch *s, const char *engine, const struct pair *one,
                                  size_t none, const struct pair *two, size_t ntwo)
{
	static const char *const files[] = { "a", "1", NULL };
	static const char text[] = "FROM base AS one\nRUN x\nFROM base\nCOPY a /a\n"
	                           "COPY --from=one /o /o\n";
	owned_case struct chain_case a = { .s = s, .engine = engine, .dockerfile = text,
	                                   .options = one, .noptions = none };
	owned_case struct chain_case b = { .s = s, .engine = engine, .dockerfile = text,
	                                   .options = two, .noptions = ntwo };
	owned_buf struct buf out = { 0 };
	chain_forecast(&a, files);
	chain_forecast(&b, files);
	for (size_t i = 0; i < a.chain.n; i++)
		buf_append_char(&out, str_eq(a.chain.links[i].step.key, b.chain.links[i].step.key) ? '='
		                                                                                   : 'x');
	return arena_text(s->arena, buf_str(&out));
}

/* As dockerd 20.10 was seen to decide: of a host the name counts, the address does not. */
static void test_chain__surroundings_count_for_buildkits_run(void **state)
{
	static const struct pair host1[] = { { STR("add-host"), STR("db=10.0.0.1") } };
	static const struct pair host2[] = { { STR("add-host"), STR("db:10.0.0.2") } };
	static const struct pair host3[] = { { STR("add-host"), STR("x=10.0.0.1") } };
	static const struct pair ab[] = { { STR("add-host"), STR("a=1.1.1.1") },
	                                  { STR("add-host"), STR("b=1.1.1.1") } };
	static const struct pair ba[] = { { STR("add-host"), STR("b=1.1.1.1") },
	                                  { STR("add-host"), STR("a=1.1.1.1") } };
	static const struct pair net[] = { { STR("network"), STR("host") },
	                                   { STR("network"), STR("none") } };
	static const struct pair usual[] = { { STR("network"), STR("default") } };
	static const struct pair shm[] = { { STR("shm-size"), STR("8m") } };
	static const struct pair other[] = { { STR("cache-from"), STR("x") }, { STR("ssh"), STR("y") },
	                                     { STR("output"), STR("z") } };
	static const struct pair arm[] = { { STR("platform"), STR("linux/arm64") } };
	struct scratch *s = *state;
	assert_string_equal(options_differ(s, "buildkit", NULL, 0, host1, 1), "=x===");
	assert_string_equal(options_differ(s, "buildkit", host1, 1, host2, 1), "=====");
	assert_string_equal(options_differ(s, "buildkit", host1, 1, host3, 1), "=x===");
	assert_string_equal(options_differ(s, "buildkit", ab, 2, ba, 2), "=x===");
	assert_string_equal(options_differ(s, "buildkit", net, 1, net, 2), "=x===");
	assert_string_equal(options_differ(s, "buildkit", NULL, 0, usual, 1), "=====");
	assert_string_equal(options_differ(s, "buildkit", NULL, 0, shm, 1), "=x===");
	assert_string_equal(options_differ(s, "buildkit", NULL, 0, other, 3), "=====");
	assert_string_equal(options_differ(s, "buildkit", NULL, 0, arm, 1), "xxxxx");
	assert_string_equal(options_differ(s, "classic", NULL, 0, host1, 1), "=====");
	assert_string_equal(options_differ(s, "classic", net, 1, net, 2), "=====");
	assert_string_equal(options_differ(s, "classic", NULL, 0, arm, 1), "xxxxx");
}

static const char *named_key(struct scratch *s, const char *bytes)
{
	struct context *context = context_new();
	const struct named_context named = { "src", context };
	owned_case struct chain_case c = {
		.s = s, .engine = "buildkit", .dockerfile = "FROM base\nCOPY --from=src /f /f\n",
		.contexts = &named, .ncontexts = 1 };
	context_add_bytes(context, "f", 0644, str_of(bytes));
	chain_forecast(&c, NULL);
	const char *key = arena_text(s->arena, c.chain.links[1].step.key);
	context_free(context);
	return key;
}

static void test_chain__contexts_by_name_count_by_content(void **state)
{
	struct scratch *s = *state;
	assert_string_equal(named_key(s, "one"), named_key(s, "one"));
	assert_string_not_equal(named_key(s, "one"), named_key(s, "two"));
}

static void test_chain__writes_down_no_secret(void **state)
{
	struct scratch *s = *state;
	owned_case struct chain_case c = {
		.s = s, .engine = "buildkit",
		.dockerfile = "FROM base\nARG TOKEN=x\nENV KEY=hunter2\nRUN use hunter2\n" };
	owned_buf struct buf text = { 0 };
	chain_read(&c, NULL);
	struct image_task task = { .context = c.context };
	const struct fingerprint_arg arg = { STR("TOKEN"), STR("hunter2-token"), false };
	struct fingerprint_subject subject = {
		.image = &task, .recipe = c.recipe, .model = cache_model_find("buildkit"), .args = &arg,
		.nargs = 1, .step = chain_step, .seal = chain_seal, .digests = c.digests };
	assert_true(fingerprint_chain_make(s->arena, &subject, &c.chain, &s->err));
	for (size_t i = 0; i < c.chain.n; i++)
		fingerprint_chain_key(s->arena, &c.chain, i);
	struct fingerprints prints = fingerprint_chain_write(s->arena, &c.chain, STR("here"));
	fingerprints_write(&text, &prints);
	assert_null(strstr(buf_text(&text), "hunter2"));
	assert_non_null(strstr(buf_text(&text), "\"TOKEN\",\"***#13\""));
}

static void test_chain__names_the_images_it_stands_on(void **state)
{
	struct scratch *s = *state;
	size_t n;
	const struct fingerprint_arg arg = { STR("V"), STR("2"), false };
	owned_case struct chain_case c = {
		.s = s, .engine = "buildkit",
		.dockerfile = "ARG V=1\nFROM tool:$V AS t\nFROM scratch\nCOPY --from=t /a /a\n"
		              "COPY --from=other:3 /b /b\nCOPY --from=other:3 /c /c\n" };
	chain_read(&c, NULL);
	const struct fingerprint_base *bases = fingerprint_bases(s->arena, c.recipe, &arg, 1, &n);
	assert_int_equal(n, 2);
	assert_true(str_eq(bases[0].name, STR("tool:2")));
	assert_true(str_eq(bases[1].name, STR("other:3")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHAIN_TEST(test_chain__variables_count_where_they_are_seen),
		CHAIN_TEST(test_chain__a_new_line_or_comment_changes_nothing),
		CHAIN_TEST(test_chain__files_count_by_path_mode_and_content),
		CHAIN_TEST(test_chain__takes_what_wildcards_match),
		CHAIN_TEST(test_chain__mounts_of_files_count_and_caches_do_not),
		CHAIN_TEST(test_chain__stages_stand_on_stages),
		CHAIN_TEST(test_chain__surroundings_count_for_buildkits_run),
		CHAIN_TEST(test_chain__contexts_by_name_count_by_content),
		CHAIN_TEST(test_chain__writes_down_no_secret),
		CHAIN_TEST(test_chain__names_the_images_it_stands_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
