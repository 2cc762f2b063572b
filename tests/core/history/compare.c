#include "core/history/compare.h"

#include "tests/core/history/kept.h"

static const struct kept_step quick[] = {
	{ "FROM busybox:1", -1, NULL, NULL }, { "COPY package.json .", -1, "build", NULL },
	{ "RUN npm ci", -1, "build", NULL }, { "RUN npm run build", 12, "build", NULL },
	{ "COPY --from=build /app /app", 1, NULL, NULL }, { NULL },
};
static const struct kept_step slow[] = {
	{ "FROM busybox:1", -1, NULL, NULL }, { "COPY package.json .", 1, "build", NULL },
	{ "RUN npm ci", 108, "build", NULL }, { "RUN npm run build", 12, "build", NULL },
	{ "COPY --from=build /app /app", 1, NULL, NULL }, { NULL },
};

static struct compare *compare_of(struct scratch *s, const char *a, const char *b)
{
	struct compare *c = compare_new(a, b, &s->err);
	if (!c)
		fail_msg("%s", s->err.text);
	return c;
}

static const struct compare_step *step_of(const struct compare *c, const char *name)
{
	for (size_t i = 0; i < c->nsteps; i++) {
		const struct step *any = c->steps[i].b ? c->steps[i].b : c->steps[i].a;
		if (str_eq(any->name, str_of(name)))
			return &c->steps[i];
	}
	fail_msg("no step '%s'", name);
	return NULL;
}

static void explains(struct scratch *s, const char *a, const char *b, const char *wanted)
{
	owned(compare) struct compare *c = compare_of(s, a, b);
	assert_string_equal(arena_text(s->arena, c->explanation), wanted);
}

static void test_compare__the_step_that_caused_the_rest_explains_the_time(void **state)
{
	struct scratch *s = *state;
	const char *a = kept_build(s, "20260101-000000-0001", "all", 14, quick);
	const char *b = kept_build(s, "20260101-000000-0002", "all", 123, slow);
	static const struct forecast_file file = { FILE_CHANGED, { "package.json", 12 } };
	const struct forecast_step steps[] = {
		{ .step = 1, .verdict = VERDICT_MISS, .why = MISS_CONTEXT, .parent = -1, .files = &file,
		  .nfiles = 1, .files_count = 1, .sentence = STR("context: package.json changed") },
		{ .step = 2, .verdict = VERDICT_MISS, .why = MISS_PARENT, .parent = 1,
		  .sentence = STR("follows from step 1") },
		{ .step = 3, .verdict = VERDICT_MISS, .why = MISS_PARENT, .parent = 2,
		  .sentence = STR("follows from step 2") },
	};
	kept_forecast(s, b, &(struct forecast){ .steps = steps, .nsteps = 3, .misses = 3,
	                                        .p25 = -1, .p50 = -1, .p90 = -1 });
	explains(s, a, b, "+1m49s of +1m49s: 1 COPY package.json . (context: package.json changed) -> "
	         "2 RUN npm ci re-ran");
	explains(s, b, a, "-1m49s of -1m49s: 2 steps came from the cache, above all 2 RUN npm ci");
}

static void test_compare__a_slower_step_is_named_with_both_times(void **state)
{
	struct scratch *s = *state;
	struct kept_step slower[] = { slow[0], slow[1], slow[2], slow[3], slow[4], { NULL } };
	slower[3].seconds = 72;
	const char *a = kept_build(s, "20260101-000000-0001", "all", 123, slow);
	const char *b = kept_build(s, "20260101-000000-0002", "all", 183, slower);
	explains(s, a, b, "+1m00s of +1m00s: 3 RUN npm run build took 1m12s, not 12s");
	explains(s, a, a, "no difference to explain: 2m03s and 2m03s");
}

static void test_compare__level_none_is_one_reason_for_all(void **state)
{
	struct scratch *s = *state;
	const char *a = kept_build(s, "20260101-000000-0001", "all", 14, quick);
	const char *b = kept_build(s, "20260101-000000-0002", "none", 123, slow);
	explains(s, a, b, "+1m49s of +1m49s: 2 steps re-ran (cache level none: nothing is taken from "
	         "the cache), above all 2 RUN npm ci");
}

static void test_compare__steps_are_paired_by_stage_and_text_then_by_place(void **state)
{
	struct scratch *s = *state;
	static const struct kept_step before[] = {
		{ "FROM a", -1, NULL, NULL }, { "RUN one", 1, NULL, NULL }, { "RUN two", 1, NULL, NULL },
		{ "RUN gone", 1, NULL, NULL }, { "COPY x /x", 1, NULL, NULL },
		{ "RUN twice", 1, NULL, NULL }, { "RUN twice", 2, NULL, NULL }, { NULL },
	};
	static const struct kept_step after[] = {
		{ "FROM a", -1, NULL, NULL }, { "RUN two", 1, NULL, NULL }, { "RUN one", 1, NULL, NULL },
		{ "COPY y /x", 1, NULL, NULL }, { "RUN twice", 1, NULL, NULL },
		{ "RUN twice", 2, NULL, NULL }, { "RUN new", 1, "other", NULL }, { NULL },
	};
	owned(compare) struct compare *c = compare_of(s,
		kept_build(s, "20260101-000000-0001", "all", 8, before),
		kept_build(s, "20260101-000000-0002", "all", 8, after));
	assert_int_equal(step_of(c, "RUN one")->index_a, 1);
	assert_int_equal(step_of(c, "RUN two")->index_a, 2);
	assert_int_equal(step_of(c, "COPY y /x")->index_a, 4);
	assert_true(step_of(c, "COPY y /x")->text_differs);
	assert_int_equal(step_of(c, "RUN gone")->index_b, -1);
	assert_null(step_of(c, "RUN new")->a);
	size_t twice = 0;
	for (size_t i = 0; i < c->nsteps; i++)
		if (c->steps[i].b && str_eq(c->steps[i].b->name, STR("RUN twice")))
			assert_int_equal(c->steps[i].index_a, 5 + (int)twice++);
	assert_int_equal(twice, 2);
	assert_int_equal(c->nsteps, 8);
}

static void test_compare__settings_and_dockerfile_are_compared_where_both_kept_them(void **state)
{
	struct scratch *s = *state;
	const char *a = kept_build(s, "20260101-000000-0001", "all", 14, quick);
	const char *b = kept_build(s, "20260101-000000-0002", "all", 14, quick);
	kept_file(s, a, "settings.json",
	          "{\"x/a.json\":{\"k\":1,\"same\":[1,2]},\"gone.json\":{\"q\":1}}");
	kept_file(s, a, "Dockerfile", "FROM a\nENV A=1\nRUN x\n");
	kept_file(s, b, "Dockerfile", "FROM a\nENV A=2\nRUN x\nRUN y\n");
	owned(compare) struct compare *half = compare_of(s, a, b);
	assert_false(half->has_settings || half->has_context);
	assert_int_equal(half->come, 2);
	assert_int_equal(half->gone, 1);
	kept_file(s, b, "settings.json", "{\"x/a.json\":{\"k\":2,\"same\":[1,2]},\"new.json\":{}}");
	owned(compare) struct compare *c = compare_of(s, a, b);
	assert_true(c->has_settings);
	assert_int_equal(c->ndocuments, 3);
	assert_string_equal(c->documents[0].path, "x/a.json");
	assert_int_equal(c->documents[0].comparison.counts[DIFFERENCE_CHANGED], 1);
	assert_string_equal(c->documents[1].path, "new.json");
	assert_string_equal(c->documents[2].path, "gone.json");
}

static void test_compare__contexts_and_base_images_come_from_fingerprints(void **state)
{
	struct scratch *s = *state;
	const char *a = kept_build(s, "20260101-000000-0001", "all", 14, quick);
	const char *b = kept_build(s, "20260101-000000-0002", "all", 14, quick);
	const struct fingerprint_base base_a = { STR("busybox:1"), STR("sha256:1") };
	const struct fingerprint_base base_b = { STR("busybox:1"), STR("sha256:2") };
	const struct str x = STR(KEPT_DIGEST_A), y = STR(KEPT_DIGEST_B);
	const struct fingerprint_file files_a[] = {
		{ STR("changed"), x, 0100644, 1 }, { STR("gone"), x, 0100644, 2 },
		{ STR("mode"), x, 0100644, 3 }, { STR("same"), x, 0100644, 4 },
	};
	const struct fingerprint_file files_b[] = {
		{ STR("changed"), y, 0100644, 9 }, { STR("mode"), x, 0100755, 3 },
		{ STR("new"), x, 0100644, 5 }, { STR("same"), x, 0100644, 4 },
	};
	kept_fingerprints(s, a, &(struct fingerprints){ .engine = STR("buildkit"), .bases = &base_a,
		.nbases = 1, .files = files_a, .nfiles = 4 });
	kept_fingerprints(s, b, &(struct fingerprints){ .engine = STR("buildkit"), .bases = &base_b,
		.nbases = 1, .files = files_b, .nfiles = 4 });
	owned(compare) struct compare *c = compare_of(s, a, b);
	static const struct { enum forecast_change change; const char *path; } wanted[] = {
		{ FILE_CHANGED, "changed" }, { FILE_REMOVED, "gone" }, { FILE_MODE, "mode" },
		{ FILE_ADDED, "new" },
	};
	assert_true(c->has_context);
	assert_int_equal(c->context.n, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(c->context.files[i].change, wanted[i].change);
		assert_string_equal(arena_text(s->arena, c->context.files[i].path), wanted[i].path);
		assert_int_equal(c->context.counts[i], 1);
	}
	assert_int_equal(c->nbases, 1);
	assert_true(c->bases[0].differs);
}

static void test_compare__a_folder_without_a_build_is_said(void **state)
{
	struct scratch *s = *state;
	const char *a = kept_build(s, "20260101-000000-0001", "all", 14, quick);
	assert_null(compare_new(a, s->dir, &s->err));
	assert_int_equal(s->err.code, ERROR_MISSING);
}

static void test_compare__the_json_holds_all_parts(void **state)
{
	struct scratch *s = *state;
	owned(compare) struct compare *c = compare_of(s,
		kept_build(s, "20260101-000000-0001", "all", 14, quick),
		kept_build(s, "20260101-000000-0002", "all", 123, slow));
	const struct value *v = compare_value(s->arena, c);
	static const char *const pointers[] = {
		"/a/id", "/b/seconds", "/delta", "/explanation", "/facts/0/name", "/bases",
		"/settings/known", "/dockerfile/changes", "/context/files", "/steps/2/a/state",
		"/steps/2/b/seconds", "/steps/2/why", "/steps/2/root",
	};
	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
		if (!value_at(v, str_of(pointers[i])))
			fail_msg("%s is not there", pointers[i]);
	assert_string_equal(arena_text(s->arena, value_text(value_at(v, STR("/steps/2/a/state")))),
	                    "cached");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		KEPT_TEST(test_compare__the_step_that_caused_the_rest_explains_the_time),
		KEPT_TEST(test_compare__a_slower_step_is_named_with_both_times),
		KEPT_TEST(test_compare__level_none_is_one_reason_for_all),
		KEPT_TEST(test_compare__steps_are_paired_by_stage_and_text_then_by_place),
		KEPT_TEST(test_compare__settings_and_dockerfile_are_compared_where_both_kept_them),
		KEPT_TEST(test_compare__contexts_and_base_images_come_from_fingerprints),
		KEPT_TEST(test_compare__a_folder_without_a_build_is_said),
		KEPT_TEST(test_compare__the_json_holds_all_parts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
