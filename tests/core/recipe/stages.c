#include "tests/core/recipe/dockerfile.h"

/* "name base from needs reachable" of every stage. */
static const char *graph(struct dockerfile *d)
{
	buf_clear(&d->out);
	for (size_t i = 0; i < d->recipe->nstages; i++) {
		const struct stage *s = &d->recipe->stages[i];
		buf_printf(&d->out, "%s%.*s=%.*s%s:", i ? " " : "", STR_ARG(s->name), STR_ARG(s->base),
		           s->reachable ? "" : "!");
		for (size_t k = 0; k < s->nneeds; k++)
			buf_printf(&d->out, "%s%u", k ? "," : "", s->needs[k]);
	}
	return buf_text(&d->out);
}

static void test_stages__form_a_graph(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *text, *target, *graph;
	} table[] = {
		{ "FROM a", "", "=a:" },
		{ "FROM a AS x\nFROM b\nFROM x", "", "x=a: =b!: =x:0" },
		{ "FROM a AS Build\nFROM b\nCOPY --from=build x y", "", "Build=a: =b:0" },
		{ "FROM a\nFROM b\nCOPY --from=0 x y\nCOPY --from=c:1 x y", "", "=a: =b:0" },
		{ "FROM a AS x\nFROM b AS y\nFROM c\nRUN --mount=from=y,target=/m "
		  "--mount=type=bind,\"from=x\",target=/n true", "", "x=a: y=b: =c:0,1" },
		{ "FROM a AS x\nFROM b AS y\nFROM c", "x", "x=a: y=b!: =c!:" },
		{ "FROM a AS x\nFROM b AS y\nFROM c", "1", "x=a!: y=b: =c!:" },
		{ "FROM a\nCOPY --from=late x y\nFROM b AS late", "0", "=a:1 late=b:" },
		{ "ARG V=1\nARG B=a:${V}\nFROM $B", "", "=a:1:" },
		{ "ARG B=\"a\"\nFROM ${B:-b}-x${Y:+no}", "", "=a-x:" },
		{ "ARG B\nFROM ${B:-b}", "", "=${B:-b}:" },
		{ "ARG B=x\nFROM a AS x\nFROM ${B}", "", "x=a: =x:0" },
		{ "FROM --platform=$BUILDPLATFORM a-$TARGETARCH", "", "=a-$TARGETARCH:" },
		{ "FROM scratch", "", "=scratch:" },
		{ "FROM a AS x\nFROM b AS x\nFROM x", "", "x=a!: x=b: =x:1" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_non_null(dockerfile_parse(d, table[i].text, table[i].target));
		assert_string_equal(graph(d), table[i].graph);
	}
}

static void test_stages__know_their_instructions(void **state)
{
	struct dockerfile *d = *state;
	const struct recipe *r = dockerfile_parse(d, "ARG x\nFROM a\nRUN b\nFROM c AS d\nRUN e\n"
	                                          "RUN f", "");
	static const int want[] = { -1, 0, 0, 1, 1, 1 };
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(r->instructions[i].stage, want[i]);
	assert_int_equal(r->stages[0].first, 1);
	assert_int_equal(r->stages[0].count, 2);
	assert_int_equal(r->stages[1].first, 3);
	assert_int_equal(r->stages[1].count, 3);
	assert_int_equal(r->stages[1].from, -1);
	assert_int_equal(r->target, 1);
}

static void test_stages__refuse_targets_and_circles(void **state)
{
	struct dockerfile *d = *state;
	assert_null(dockerfile_parse(d, "FROM a AS x\nFROM b AS y", "z"));
	assert_string_equal(dockerfile_problems(d),
	                    "D:1:1: there is no stage 'z' to build; there is x, y");
	assert_null(dockerfile_parse(d, "FROM a", "1"));
	assert_string_equal(dockerfile_problems(d),
	                    "D:1:1: there is no stage '1' to build; no stage has a name");
	assert_null(dockerfile_parse(d, "FROM a\nFROM b AS x\nCOPY --from=y a b\nFROM c AS y\n"
	                             "RUN --mount=from=x,target=/x true", ""));
	assert_string_equal(dockerfile_problems(d), "D:2:1: the stage needs itself, over COPY --from "
	                    "or RUN --mount: a stage can only use others that do not need it");
}

/* Every stage needs the next: neither deep nor slow. */
static void test_stages__long_chains_are_no_trouble(void **state)
{
	struct dockerfile *d = *state;
	enum { STAGES = 20000 };
	owned_buf struct buf text = { 0 };
	for (int i = 0; i < STAGES; i++)
		buf_printf(&text, "FROM a\nCOPY --from=%d x y\n", i + 1);
	buf_append_text(&text, "FROM a\n");
	assert_non_null(dockerfile_parse(d, buf_text(&text), "0"));
	assert_true(d->recipe->stages[STAGES].reachable);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_stages__form_a_graph),
		DOCKERFILE_TEST(test_stages__know_their_instructions),
		DOCKERFILE_TEST(test_stages__refuse_targets_and_circles),
		DOCKERFILE_TEST(test_stages__long_chains_are_no_trouble),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
