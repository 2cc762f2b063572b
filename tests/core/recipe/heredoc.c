#include "tests/core/recipe/dockerfile.h"

static void test_heredoc__reads_bodies_up_to_their_names(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *text;
		struct {
			const char *name, *text;
			bool expand, strip;
		} want[2];
		unsigned last;
	} table[] = {
		{ "RUN <<E\nE", { { "E", "", true, false } }, 2 },
		{ "RUN 3<<E cat\n#no comment \\\nb\\\nE", { { "E", "#no comment \\\nb\\\n", true, false } },
		  4 },
		{ "RUN <<-E\n\ta\n\t\tE", { { "E", "\ta\n", true, true } }, 3 },
		{ "RUN <<-'E'\n$x\nE", { { "E", "$x\n", false, true } }, 3 },
		{ "RUN <<\"one two\"\na\none two", { { "one two", "a\n", false, false } }, 3 },
		{ "RUN <<  E > /x\nE", { { "E", "", true, false } }, 2 },
		{ "RUN <<e\\'f\na\ne'f", { { "e'f", "a\n", true, false } }, 3 },
		{ "RUN <<'e'o\\'f\neo'f", { { "eo'f", "", false, false } }, 2 },
		{ "RUN <<$X\n$X", { { "$X", "", true, false } }, 2 },
		{ "COPY <<X <<Y /d\nY\nX\nX\nY",
		  { { "X", "Y\n", true, false }, { "Y", "X\n", true, false } }, 5 },
		{ "RUN << -E\n-E", { { "-E", "", true, false } }, 2 },
		{ "RUN <<E\"O\"F\nEOF", { { "EOF", "", false, false } }, 2 },
		{ "RUN <<A a \\\n && b\nx\nA", { { "A", "x\n", true, false } }, 4 },
		{ "RUN <<E\r\na\r\nE\r\n", { { "E", "a\r\n", true, false } }, 3 },
		{ "ONBUILD RUN <<E\na\nE", { { "E", "a\n", true, false } }, 3 },
		{ "ADD --chmod=600 <<E /x\nE", { { "E", "", true, false } }, 2 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_non_null(dockerfile_syntax(d, table[i].text));
		const struct instruction *in = &d->recipe->instructions[0];
		assert_int_equal(d->recipe->ninstructions, 1);
		assert_int_equal(in->last_line, table[i].last);
		size_t n = table[i].want[1].name ? 2 : 1;
		assert_int_equal(in->parts->nheredocs, n);
		for (size_t k = 0; k < n; k++) {
			assert_text(in->parts->heredocs[k].name, table[i].want[k].name);
			assert_text(in->parts->heredocs[k].text, table[i].want[k].text);
			assert_int_equal(in->parts->heredocs[k].expand, table[i].want[k].expand);
			assert_int_equal(in->parts->heredocs[k].strip_tabs, table[i].want[k].strip);
		}
	}
}

static void test_heredoc__is_none_where_it_only_looks_like_one(void **state)
{
	struct dockerfile *d = *state;
	static const char *const table[] = {
		"RUN \"<<E\"", "RUN '<<E'", "RUN [\"<<E\"]", "USER <<E", "RUN a <<<E", "RUN a<<E",
		"RUN echo it's <<E", "RUN <<", "CMD <<E", "ENV a=<<E", "RUN x \\<<E", "RUN $((1 <<2 ))'",
		"RUN <<'EOF", "RUN <<\"EOF", "RUN <<EOF'", "RUN <<EOF\"", "RUN <<-", "RUN <EOF",
		"RUN <<- EOF",
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_non_null(dockerfile_syntax(d, table[i]));
		assert_int_equal(d->recipe->instructions[0].parts->nheredocs, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_heredoc__reads_bodies_up_to_their_names),
		DOCKERFILE_TEST(test_heredoc__is_none_where_it_only_looks_like_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
