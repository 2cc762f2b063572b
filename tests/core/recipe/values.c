#include "tests/core/recipe/dockerfile.h"

#include "core/recipe/insert.h"
#include "core/recipe/values.h"

/* Values of a Dockerfile with build-args, given as "NAME=value" until NULL. */
static struct values *given_values(struct dockerfile *d, const char *text, const char *target,
                                   const char *platform, bool ends_args, const char *const *args)
{
	struct pair list[8];
	struct values_given given = { .args = list, .platform = platform, .ends_args = ends_args };
	for (; args && args[given.nargs]; given.nargs++) {
		struct str arg = str_of(args[given.nargs]);
		size_t n = str_find(arg, '=');
		list[given.nargs] = (struct pair){ str_slice(arg, 0, n), { NULL, 0 } };
		if (n != STR_NONE)
			list[given.nargs].value = str_slice(arg, n + 1, STR_NONE);
	}
	assert_non_null(dockerfile_parse(d, text, target));
	return values_new(d->recipe, &given);
}
#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The instruction on a line. */
static int on_line(const struct dockerfile *d, unsigned line)
{
	for (size_t i = 0; i < d->recipe->ninstructions; i++)
		if (d->recipe->instructions[i].first_line == line)
			return (int)i;
	fail();
	return -1;
}

static void assert_sees(const struct dockerfile *d, const struct values *v, unsigned line,
                        const char *name, const char *value, enum variable_from from)
{
	const struct variable *var = values_find(v, on_line(d, line), str_of(name));
	if (!value && from == VARIABLE_UNKNOWN) {
		assert_non_null(var);
		assert_false(var->is_set);
	} else if (!value) {
		assert_null(var);
		return;
	} else {
		assert_non_null(var);
		assert_true(var->is_set);
		assert_text(var->value, value);
	}
	assert_int_equal(var->from, from);
}

static void assert_filled(struct dockerfile *d, const struct values *v, unsigned line,
                          const char *text)
{
	assert_text(values_text(v, d->arena, on_line(d, line)), text);
}

static void test_values__arg_before_from_counts_for_from_until_it_is_taken_up(void **state)
{
	struct dockerfile *d = *state;
	owned(values) struct values *v = given_values(d,
		"ARG BASE=busybox\nARG TAG=${BASE}-1\nFROM $BASE:$TAG\nRUN a\nARG TAG\nRUN b\n"
		"ARG BASE=own\nRUN c\n", "", NULL, false, ARGS("TAG=9"));
	assert_sees(d, v, 3, "BASE", "busybox", VARIABLE_DEFAULT);
	assert_sees(d, v, 3, "TAG", "9", VARIABLE_GIVEN);
	assert_sees(d, v, 4, "BASE", NULL, 0);
	assert_sees(d, v, 4, "TAG", NULL, 0);
	assert_sees(d, v, 6, "TAG", "9", VARIABLE_GIVEN);
	assert_sees(d, v, 8, "BASE", "own", VARIABLE_DEFAULT);
	assert_int_equal(values_find(v, on_line(d, 8), STR("BASE"))->instruction, 6);
	struct str base;
	assert_int_equal(values_base(v, 0, &base), -1);
	assert_text(base, "busybox:9");
	assert_filled(d, v, 2, "ARG TAG=9");
	assert_filled(d, v, 3, "FROM busybox:9");
	assert_filled(d, v, 5, "ARG TAG=9");
}

static void test_values__the_later_of_arg_and_env_counts(void **state)
{
	struct dockerfile *d = *state;
	static const char text[] = "FROM a\nARG X=arg\nRUN 1\nENV X=env\nRUN 2\nARG X=again\nRUN 3\n"
	                           "ARG X\nRUN 4\nCMD echo $X\n";
	owned(values) struct values *v = given_values(d, text, "", NULL, false, NULL);
	assert_sees(d, v, 3, "X", "arg", VARIABLE_DEFAULT);
	assert_sees(d, v, 5, "X", "env", VARIABLE_ENV);
	assert_sees(d, v, 7, "X", "again", VARIABLE_DEFAULT);
	assert_sees(d, v, 9, "X", "again", VARIABLE_DEFAULT);
	assert_sees(d, v, 10, "X", "env", VARIABLE_ENV);
	owned(values) struct values *classic = given_values(d, text, "", NULL, true, NULL);
	assert_sees(d, classic, 3, "X", "arg", VARIABLE_DEFAULT);
	assert_sees(d, classic, 7, "X", "env", VARIABLE_ENV);
}

static void test_values__stages_see_what_they_stand_on(void **state)
{
	struct dockerfile *d = *state;
	static const char text[] = "FROM a AS base\nENV E=1\nARG A=2\nFROM base AS one\nENV E=3\n"
	                           "RUN one\nFROM base AS two\nRUN two\nFROM one\nRUN three\nFROM b\n"
	                           "RUN four\nFROM base AS arg\nARG E=9\nFROM arg\nRUN five\n";
	owned(values) struct values *v = given_values(d, text, "", NULL, false, NULL);
	assert_sees(d, v, 6, "E", "3", VARIABLE_ENV);
	assert_sees(d, v, 6, "A", "2", VARIABLE_DEFAULT);
	assert_sees(d, v, 8, "E", "1", VARIABLE_ENV);
	assert_sees(d, v, 8, "A", "2", VARIABLE_DEFAULT);
	assert_sees(d, v, 10, "E", "3", VARIABLE_ENV);
	assert_sees(d, v, 12, "E", NULL, 0);
	assert_sees(d, v, 16, "E", "1", VARIABLE_ENV);
	owned(values) struct values *classic = given_values(d, text, "", NULL, true, NULL);
	assert_sees(d, classic, 8, "E", "1", VARIABLE_ENV);
	assert_sees(d, classic, 8, "A", NULL, 0);
}

static void test_values__a_build_arg_can_choose_the_stage(void **state)
{
	struct dockerfile *d = *state;
	owned(values) struct values *v = given_values(d,
		"ARG WHICH=dev\nFROM a AS dev\nENV M=d\nFROM b AS prod\nENV M=p\nARG LATE\nFROM ${WHICH}\n"
		"RUN x\n", "", NULL, false, ARGS("WHICH=PROD", "LATE=1"));
	struct str base;
	assert_int_equal(values_base(v, 2, &base), 1);
	assert_sees(d, v, 8, "M", "p", VARIABLE_ENV);
	const struct pair *const *unused;
	assert_int_equal(values_unused(v, &unused), 0);
}

static void test_values__what_nobody_knows_stays_as_written(void **state)
{
	struct dockerfile *d = *state;
	owned(values) struct values *v = given_values(d,
		"FROM a\nARG GIVEN\nARG SECRET\nENV PATH=/x:$PATH B=$GIVEN\nRUN echo $PATH $SECRET $B\n"
		"WORKDIR $NONE/$B\nFROM scratch\nWORKDIR /a$NONE\nARG L=${NONE:-d}\nENV P=$PATH\n", "",
		NULL, false, ARGS("GIVEN=g", "SECRET"));
	assert_sees(d, v, 5, "PATH", NULL, VARIABLE_UNKNOWN);
	assert_sees(d, v, 5, "SECRET", NULL, VARIABLE_UNKNOWN);
	assert_filled(d, v, 3, "ARG SECRET");
	assert_filled(d, v, 4, "ENV PATH=/x:$PATH B=g");
	assert_filled(d, v, 5, "RUN echo $PATH $SECRET g");
	assert_filled(d, v, 6, "WORKDIR $NONE/g");
	assert_filled(d, v, 8, "WORKDIR /a");
	assert_filled(d, v, 9, "ARG L=d");
	assert_filled(d, v, 10, "ENV P=$PATH");
}

static void test_values__the_platform_says_what_it_is(void **state)
{
	struct dockerfile *d = *state;
	static const char text[] = "FROM --platform=$BUILDPLATFORM a:$TARGETARCH AS out\nRUN a\n"
	                           "ARG TARGETARCH\nARG TARGETVARIANT\nARG TARGETSTAGE\nRUN b\n";
	owned(values) struct values *v = given_values(d, text, "out", "linux/arm", false, NULL);
	assert_sees(d, v, 1, "TARGETPLATFORM", "linux/arm/v7", VARIABLE_PLATFORM);
	assert_sees(d, v, 1, "BUILDPLATFORM", NULL, VARIABLE_UNKNOWN);
	assert_sees(d, v, 2, "TARGETARCH", NULL, 0);
	assert_sees(d, v, 6, "TARGETARCH", "arm", VARIABLE_PLATFORM);
	assert_sees(d, v, 6, "TARGETVARIANT", "v7", VARIABLE_PLATFORM);
	assert_sees(d, v, 6, "TARGETSTAGE", "out", VARIABLE_PLATFORM);
	assert_filled(d, v, 1, "FROM --platform=$BUILDPLATFORM a:arm AS out");
	owned(values) struct values *none = given_values(d, text, "", NULL, false,
	                                                 ARGS("TARGETARCH=riscv64"));
	assert_sees(d, none, 1, "TARGETARCH", "riscv64", VARIABLE_GIVEN);
	assert_sees(d, none, 1, "TARGETOS", NULL, VARIABLE_UNKNOWN);
}

static void test_values__proxies_reach_run_without_an_arg(void **state)
{
	struct dockerfile *d = *state;
	owned(values) struct values *v = given_values(d, "FROM a\nRUN curl $HTTPS_PROXY\n"
		"WORKDIR /$HTTPS_PROXY\n", "", NULL, false, ARGS("HTTPS_PROXY=http://p"));
	assert_sees(d, v, 2, "HTTPS_PROXY", "http://p", VARIABLE_PREDEFINED);
	assert_sees(d, v, 3, "HTTPS_PROXY", NULL, 0);
	const struct pair *const *unused;
	assert_int_equal(values_unused(v, &unused), 0);
}

static void test_values__unused_build_args_are_those_no_reachable_arg_takes(void **state)
{
	struct dockerfile *d = *state;
	owned(values) struct values *v = given_values(d,
		"ARG G\nFROM a AS left\nARG L\nFROM b\nARG R\n", "", NULL, false,
		ARGS("G=1", "L=1", "R=1", "POETRY_EXTRAS=slim", "BUILDKIT_INLINE_CACHE=1",
		     "TARGETOS=linux"));
	const struct pair *const *unused;
	assert_int_equal(values_unused(v, &unused), 2);
	assert_text(unused[0]->name, "L");
	assert_text(unused[1]->name, "POETRY_EXTRAS");
}

static void test_values__an_instruction_sees_what_stood_before_it(void **state)
{
	struct dockerfile *d = *state;
	owned(values) struct values *v = given_values(d, "FROM a\nENV A=1\nENV A=2 B=$A\n"
		"ARG C=3 D=$C\nENV OLD a b $A\nRUN x\n", "", NULL, false, NULL);
	assert_sees(d, v, 6, "A", "2", VARIABLE_ENV);
	assert_sees(d, v, 6, "B", "1", VARIABLE_ENV);
	assert_sees(d, v, 6, "D", "3", VARIABLE_DEFAULT);
	assert_sees(d, v, 6, "OLD", "a b 2", VARIABLE_ENV);
	struct variable_use *uses;
	assert_int_equal(values_uses(v, on_line(d, 4), d->arena, &uses), 1);
	assert_non_null(uses[0].variable);
	assert_text(span_text(uses[0].at), "$C");
}

/* Each use as "name@text" with what it is, one after the other. */
static const char *uses_text(struct dockerfile *d, const struct values *v, unsigned line)
{
	struct variable_use *uses;
	size_t n = values_uses(v, on_line(d, line), d->arena, &uses);
	buf_clear(&d->out);
	for (size_t i = 0; i < n; i++)
		buf_printf(&d->out, "%s%.*s@%.*s%s%s%s", i ? " " : "", STR_ARG(uses[i].name),
		           STR_ARG(span_text(uses[i].at)), uses[i].variable ? "" : "!",
		           uses[i].has_default ? "?" : "", uses[i].is_shells ? "$" : "");
	return buf_text(&d->out);
}

static void test_values__uses_stand_where_they_are_written(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *line, *uses, *filled;
	} table[] = {
		{ "COPY --from=x --chown=$A:\"$B\" [\"$A\", \"\\\"\\\\$B\", \"${N:-$A}/\"]",
		  "A@$A B@$B A@$A N@${N:-$A}!? A@$A",
		  "COPY --from=x --chown=1:\"two words\" [\"1\", \"\\\"\\\\$B\", \"${N:-1}/\"]" },
		{ "RUN echo $A '$A' \"$A '$B'\" \\$A # $A", "A@$A$ A@$A$ B@$B$",
		  "RUN echo 1 '$A' \"1 'two words'\" \\$A # $A" },
		{ "RUN B=x; for A in 1; do echo $A$B $(echo \"$(echo ${Q%x} '$A')\"); done",
		  "Q@${Q%x}!$", NULL },
		{ "RUN --mount=type=cache,id=$A,target=/$B [\"echo\", \"$A\"]", "A@$A B@$B",
		  "RUN --mount=type=cache,id=1,target=/two words [\"echo\", \"$A\"]" },
		{ "RUN echo \\\n  # $N\n  ${A} \\\n  ${A:0:1}", "A@${A}$ A@${A:0:1}$",
		  "RUN echo \\\n  # $N\n  1 \\\n  ${A:0:1}" },
		{ "LABEL a=\"$A\" '$A'=$B", "A@$A B@$B", "LABEL a=\"1\" '$A'=two words" },
		{ "EXPOSE $A/tcp", "A@$A", "EXPOSE 1/tcp" },
		{ "CMD echo $A $B", "A@$A$ B@$B!$", "CMD echo 1 $B" },
		{ "HEALTHCHECK CMD test $A", "A@$A$", "HEALTHCHECK CMD test 1" },
		{ "ONBUILD RUN echo $A", "", NULL }, { "SHELL [\"$A\"]", "", NULL },
		{ "RUN <<EOF\necho $A '$A'\nEOF", "A@$A$", "RUN <<EOF\necho 1 '$A'\nEOF" },
		{ "RUN <<EOF\n#!/usr/bin/env python3\nprint('$A')\nEOF", "", NULL },
		{ "RUN cat <<EOF\necho '$A'\nEOF", "A@$A$", "RUN cat <<EOF\necho '1'\nEOF" },
		{ "RUN cat <<'EOF'\necho $A\nEOF", "", NULL },
		{ "COPY <<EOF /x\n'$A' \\$A\nEOF", "A@$A", "COPY <<EOF /x\n'1' \\$A\nEOF" },
		{ "ADD <<-\"EOF\" /x$A\n$A\nEOF", "A@$A", "ADD <<-\"EOF\" /x1\n$A\nEOF" },
		{ "WORKDIR /${A}\\\n${B}", "A@${A} B@${B}", "WORKDIR /1\\\ntwo words" },
		{ "USER ${A#1}0", "A@${A#1}", "USER 0" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf text = { 0 };
		buf_printf(&text, "FROM a\nENV A=1\nARG B='two words'\n%s\n", table[i].line);
		owned(values) struct values *v = given_values(d, buf_text(&text), "", NULL, false, NULL);
		assert_string_equal(uses_text(d, v, 4), table[i].uses);
		assert_filled(d, v, 4, table[i].filled ? table[i].filled : table[i].line);
	}
}

static void test_values__only_shells_like_sh_are_looked_into(void **state)
{
	struct dockerfile *d = *state;
	owned(values) struct values *v = given_values(d, "FROM a\nENV A=1\nSHELL [\"pwsh\", \"-c\"]\n"
		"RUN echo $A\nSHELL [\"/bin/bash\", \"-c\"]\nRUN echo $A\n", "", NULL, false, NULL);
	assert_string_equal(uses_text(d, v, 4), "");
	assert_string_equal(uses_text(d, v, 6), "A@$A$");
}

static void test_values__values_cannot_break_a_line(void **state)
{
	struct dockerfile *d = *state;
	owned(values) struct values *v = given_values(d, "FROM a\nARG A\nRUN echo $A\n", "", NULL,
	                                              false, ARGS("A=x\ny\033[2J\"z"));
	assert_filled(d, v, 2, "ARG A=\"x\\\\ny\\\\x1b[2J\\\"z\"");
	assert_filled(d, v, 3, "RUN echo x\\ny\\x1b[2J\"z");
}

static void test_values__made_instructions_have_uses_too(void **state)
{
	struct dockerfile *d = *state;
	recipe_free(d->recipe);
	owned(recipe_builder) struct recipe_builder *b = recipe_builder_new();
	recipe_builder_add(b, NULL, 0, "FROM a");
	recipe_builder_add(b, NULL, 0, "ARG A=1 B=$A");
	recipe_builder_add(b, NULL, 0, "RUN echo $B");
	d->recipe = recipe_builder_done(b);
	owned(values) struct values *v = values_new(d->recipe, &(struct values_given){ 0 });
	struct variable_use *uses;
	assert_int_equal(values_uses(v, 2, d->arena, &uses), 1);
	assert_null(uses[0].at.source);
	assert_int_equal(uses[0].at.at, 9);
	assert_text(values_text(v, d->arena, 1), "ARG A=1 B=1");
	assert_text(values_text(v, d->arena, 2), "RUN echo 1");
}

static void test_values__the_whole_file_keeps_its_lines(void **state)
{
	struct dockerfile *d = *state;
	static const char text[] =
		"\xef\xbb\xbf# RUN echo $A\nARG A=1\nFROM b:$A\n\n  ARG A\n\tRUN echo $A \\\n"
		"  # of $A\n  ${A:-2}\nCOPY <<X /$A\n$A\nX\n# end";
	static const char filled[] =
		"\xef\xbb\xbf# RUN echo $A\nARG A=x\\ny\nFROM b:x\\ny\n\n  ARG A=x\\ny\n"
		"\tRUN echo x\\ny \\\n  # of $A\n  x\\ny\nCOPY <<X /x\\ny\nx\\ny\nX\n# end";
	owned(values) struct values *v = given_values(d, text, "", NULL, false, ARGS("A=x\ny"));
	assert_text(values_recipe_text(v, d->arena), filled);
	/* With lines of ours, which the file has not. */
	static const unsigned before[] = { 3 };
	owned(values) struct values *plain = given_values(d, "ARG A=1\nFROM b\nARG A\n RUN $A", "",
	                                                  NULL, false, NULL);
	assert_text(values_recipe_text(plain, d->arena), "ARG A=1\nFROM b\nARG A=1\n RUN 1");
	owned(recipe) struct recipe *sent = recipe_insert_args(d->recipe, before, 1);
	owned(values) struct values *ours = values_new(sent, &(struct values_given){ 0 });
	assert_text(values_recipe_text(ours, d->arena),
	            "ARG A=1\nFROM b\nARG A=1\nARG MORTAR_CACHE_LEVEL\n RUN 1");
}

/* Stages on stages, each with a name of its own and one that all set. */
static void test_values__deep_files_stay_cheap(void **state)
{
	struct dockerfile *d = *state;
	enum { STAGES = 20000 };
	owned_buf struct buf text = { 0 };
	buf_append_text(&text, "FROM a AS s0\n");
	for (int i = 1; i < STAGES; i++)
		buf_printf(&text, "FROM s%d AS s%d\nENV V%d=%d ALL=%d\nRUN x $ALL $V1\n", i - 1, i, i,
		           i, i);
	owned(values) struct values *v = given_values(d, buf_text(&text), "", NULL, false, NULL);
	for (size_t i = 3; i < d->recipe->ninstructions; i += 3)
		assert_text(values_find(v, (int)i, STR("V1"))->value, "1");
	assert_sees(d, v, 3 * (STAGES - 1) + 1, "ALL", "19999", VARIABLE_ENV);
	assert_sees(d, v, 4, "V2", NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_values__arg_before_from_counts_for_from_until_it_is_taken_up),
		DOCKERFILE_TEST(test_values__the_later_of_arg_and_env_counts),
		DOCKERFILE_TEST(test_values__stages_see_what_they_stand_on),
		DOCKERFILE_TEST(test_values__a_build_arg_can_choose_the_stage),
		DOCKERFILE_TEST(test_values__what_nobody_knows_stays_as_written),
		DOCKERFILE_TEST(test_values__the_platform_says_what_it_is),
		DOCKERFILE_TEST(test_values__proxies_reach_run_without_an_arg),
		DOCKERFILE_TEST(test_values__unused_build_args_are_those_no_reachable_arg_takes),
		DOCKERFILE_TEST(test_values__an_instruction_sees_what_stood_before_it),
		DOCKERFILE_TEST(test_values__uses_stand_where_they_are_written),
		DOCKERFILE_TEST(test_values__only_shells_like_sh_are_looked_into),
		DOCKERFILE_TEST(test_values__values_cannot_break_a_line),
		DOCKERFILE_TEST(test_values__made_instructions_have_uses_too),
		DOCKERFILE_TEST(test_values__the_whole_file_keeps_its_lines),
		DOCKERFILE_TEST(test_values__deep_files_stay_cheap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
