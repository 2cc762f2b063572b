#include "tests/core/recipe/dockerfile.h"

/* What dockerd 20.10.24 (BuildKit and classic) and buildah 1.28.2 printed for
 * these files, in the order of the instructions: "" is not announced. */
struct numbered {
	const char *buildkit, *classic, *buildah;
};

static void check_numbers(struct dockerfile *d, const struct numbered *want, size_t n)
{
	const struct recipe *r = d->recipe;
	assert_int_equal(r->ninstructions, n);
	for (size_t i = 0; i < n; i++) {
		const char *const texts[] = { want[i].buildkit, want[i].classic, want[i].buildah };
		for (enum numbering by = NUMBERING_BUILDKIT; by <= NUMBERING_BUILDAH; by++) {
			unsigned k = 0, total = 0;
			owned_buf struct buf got = { 0 }, stage = { 0 };
			bool known = recipe_number(r, by, (int)i, &k, &total);
			if (known)
				buf_printf(&got, "%u/%u", k, total);
			assert_string_equal(buf_text(&got), texts[by]);
			if (!known)
				continue;
			if (by == NUMBERING_BUILDKIT)
				recipe_stage_name(r, r->instructions[i].stage, &stage);
			else if (by == NUMBERING_BUILDAH)
				buf_printf(&stage, "%d", r->instructions[i].stage + 1);
			assert_int_equal(recipe_find(r, by, buf_str(&stage), k), i);
			assert_int_equal(recipe_find(r, by, buf_str(&stage), total + 1), -1);
		}
	}
}

static const char *const many_stages =
	"# comment\n"
	"ARG BASE=mortar-test-busybox:1\n"
	"ARG UNUSED=1\n"
	"FROM ${BASE}\n"
	"ARG A=1\n"
	"WORKDIR /w\n"
	"RUN echo one\n"
	"ENV X=1\n"
	"FROM scratch AS unused\n"
	"COPY f /u\n"
	"FROM ${BASE} AS mid\n"
	"LABEL l=1\n"
	"COPY --from=0 /w /w2\n"
	"FROM ${BASE}\n"
	"EXPOSE 80\n"
	"COPY --from=mid /w2 /w3\n"
	"ADD f /f\n"
	"RUN echo two \\\n"
	"   three\n"
	"USER 1\n"
	"CMD [\"sh\"]\n";

static void test_recipe_number__counts_as_three_builders_print(void **state)
{
	struct dockerfile *d = *state;
	static const struct numbered want[] = {
		{ "", "1/19", "" },
		{ "", "2/19", "" },
		{ "1/3", "3/19", "1/5" },
		{ "", "4/19", "2/5" },
		{ "2/3", "5/19", "3/5" },
		{ "3/3", "6/19", "4/5" },
		{ "", "7/19", "5/5" },
		{ "", "8/19", "" },
		{ "", "9/19", "" },
		{ "1/2", "10/19", "1/3" },
		{ "", "11/19", "2/3" },
		{ "2/2", "12/19", "3/3" },
		{ "1/4", "13/19", "1/7" },
		{ "", "14/19", "2/7" },
		{ "2/4", "15/19", "3/7" },
		{ "3/4", "16/19", "4/7" },
		{ "4/4", "17/19", "5/7" },
		{ "", "18/19", "6/7" },
		{ "", "19/19", "7/7" },
	};
	assert_non_null(dockerfile_parse(d, many_stages, ""));
	check_numbers(d, want, sizeof want / sizeof *want);
}

static void test_recipe_number__stops_at_the_target(void **state)
{
	struct dockerfile *d = *state;
	static const struct numbered want[] = {
		{ "", "1/12", "" },
		{ "", "2/12", "" },
		{ "1/3", "3/12", "1/5" },
		{ "", "4/12", "2/5" },
		{ "2/3", "5/12", "3/5" },
		{ "3/3", "6/12", "4/5" },
		{ "", "7/12", "5/5" },
		{ "", "8/12", "" },
		{ "", "9/12", "" },
		{ "1/2", "10/12", "1/3" },
		{ "", "11/12", "2/3" },
		{ "2/2", "12/12", "3/3" },
		{ "", "", "" }, { "", "", "" }, { "", "", "" }, { "", "", "" }, { "", "", "" },
		{ "", "", "" }, { "", "", "" },
	};
	assert_non_null(dockerfile_parse(d, many_stages, "mid"));
	check_numbers(d, want, sizeof want / sizeof *want);
}

static void test_recipe_number__from_a_stage_or_scratch_is_no_step_of_buildkit(void **state)
{
	struct dockerfile *d = *state;
	static const struct numbered stages[] = {
		{ "1/2", "1/14", "1/3" }, { "", "2/14", "2/3" }, { "2/2", "3/14", "3/3" },
		{ "", "4/14", "1/3" }, { "1/2", "5/14", "2/3" }, { "2/2", "6/14", "3/3" },
		{ "", "7/14", "1/2" }, { "1/1", "8/14", "2/2" },
		{ "", "9/14", "1/2" }, { "1/1", "10/14", "2/2" },
		{ "1/4", "11/14", "1/4" }, { "2/4", "12/14", "2/4" }, { "3/4", "13/14", "3/4" },
		{ "4/4", "14/14", "4/4" },
	};
	static const struct numbered scratch[] = {
		{ "", "1/5", "1/5" }, { "1/3", "2/5", "2/5" }, { "2/3", "3/5", "3/5" },
		{ "", "4/5", "4/5" }, { "3/3", "5/5", "5/5" },
	};
	assert_non_null(dockerfile_parse(d, "FROM a AS base\nENV A=1\nRUN echo base\n"
	                                 "FROM base AS Build\nWORKDIR /b\nRUN echo build\n"
	                                 "FROM scratch\nCOPY --from=build /b /b\n"
	                                 "FROM base\nRUN echo last\n"
	                                 "FROM a\nCOPY --from=2 /b /c\nCOPY --from=3 /etc /d\n"
	                                 "RUN --mount=from=build,target=/m echo m\n", ""));
	check_numbers(d, stages, sizeof stages / sizeof *stages);
	assert_non_null(dockerfile_parse(d, "FROM scratch\nCOPY f /f\nWORKDIR /x\nENV A=b\nCOPY f /g",
	                                 ""));
	check_numbers(d, scratch, sizeof scratch / sizeof *scratch);
	assert_int_equal(recipe_find(d->recipe, NUMBERING_BUILDKIT, STR(""), 2), 2);
	assert_int_equal(recipe_find(d->recipe, NUMBERING_BUILDAH, STR(""), 2), 1);
}

static void test_recipe_number__workdir_at_the_root_counts_but_is_not_shown(void **state)
{
	struct dockerfile *d = *state;
	static const struct numbered want[] = {
		{ "1/6", "1/6", "1/6" }, { "", "2/6", "2/6" }, { "2/6", "3/6", "3/6" },
		{ "3/6", "4/6", "4/6" }, { "", "5/6", "5/6" }, { "4/6", "6/6", "6/6" },
	};
	assert_non_null(dockerfile_parse(d, "FROM a\nWORKDIR \"/\"\nRUN echo 1\nWORKDIR /a\n"
	                                 "WORKDIR ..\nRUN echo 2", ""));
	check_numbers(d, want, sizeof want / sizeof *want);
	assert_non_null(dockerfile_parse(d, "FROM a\nWORKDIR x\nWORKDIR ..\nWORKDIR $y\nRUN z", ""));
	assert_int_equal(recipe_find(d->recipe, NUMBERING_BUILDKIT, STR(""), 5), 4);
}

static void test_recipe_number__finds_stages_by_the_names_that_are_printed(void **state)
{
	struct dockerfile *d = *state;
	owned_buf struct buf name = { 0 };
	const struct recipe *r = dockerfile_parse(d, "FROM a AS One\nRUN x\nFROM b\nRUN y", "");
	recipe_stage_name(r, 0, &name);
	buf_append_char(&name, ' ');
	recipe_stage_name(r, 1, &name);
	assert_string_equal(buf_text(&name), "one stage-1");
	assert_int_equal(recipe_find(r, NUMBERING_BUILDKIT, STR("one"), 2), 1);
	assert_int_equal(recipe_find(r, NUMBERING_BUILDKIT, STR("stage-1"), 2), 3);
	assert_int_equal(recipe_find(r, NUMBERING_BUILDKIT, STR("stage-2"), 1), -1);
	assert_int_equal(recipe_find(r, NUMBERING_BUILDKIT, STR("two"), 1), -1);
	/* The first stage is not needed, so there is one that can be meant. */
	assert_int_equal(recipe_find(r, NUMBERING_BUILDKIT, STR(""), 1), 2);
	assert_int_equal(recipe_find(r, NUMBERING_BUILDAH, STR("3"), 1), -1);
	assert_int_equal(recipe_find(r, NUMBERING_BUILDAH, STR("0"), 1), -1);
	assert_int_equal(recipe_find(r, NUMBERING_CLASSIC, STR("anything"), 4), 3);
	assert_int_equal(recipe_find(r, NUMBERING_CLASSIC, STR(""), 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_recipe_number__counts_as_three_builders_print),
		DOCKERFILE_TEST(test_recipe_number__stops_at_the_target),
		DOCKERFILE_TEST(test_recipe_number__from_a_stage_or_scratch_is_no_step_of_buildkit),
		DOCKERFILE_TEST(test_recipe_number__workdir_at_the_root_counts_but_is_not_shown),
		DOCKERFILE_TEST(test_recipe_number__finds_stages_by_the_names_that_are_printed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
