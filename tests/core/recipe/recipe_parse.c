#include "tests/core/recipe/dockerfile.h"

/* Words of one instruction as "KEYWORD --flag=value|word|word", for tables. */
static void describe(struct buf *out, enum instruction_kind kind,
                     const struct instruction_parts *p)
{
	const char *keyword = instruction_keyword(kind);
	buf_append_text(out, keyword ? keyword : "?");
	for (size_t i = 0; i < p->nflags; i++) {
		buf_printf(out, " --%.*s", STR_ARG(p->flags[i].name));
		if (p->flags[i].value.p)
			buf_printf(out, "=%.*s", STR_ARG(p->flags[i].value));
	}
	buf_append_text(out, p->form == FORM_EXEC ? " json" : "");
	for (size_t i = 0; i < p->nargs; i++)
		buf_printf(out, "|%.*s", STR_ARG(p->args[i]));
	if (p->trigger) {
		buf_append_text(out, " > ");
		describe(out, p->trigger_kind, p->trigger);
	}
}

static const char *described(struct dockerfile *d, size_t index)
{
	const struct instruction *in = &d->recipe->instructions[index];
	buf_clear(&d->out);
	describe(&d->out, in->kind, in->parts);
	return buf_text(&d->out);
}

static void test_recipe_parse__divides_every_form_of_arguments(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *text, *parts;
	} table[] = {
		{ "FROM  a:1\tAS  b ", "FROM|a:1|AS|b" },
		{ "from --platform=linux/amd64 a", "FROM --platform=linux/amd64|a" },
		{ "RUN  echo  a   b  ", "RUN|echo  a   b" },
		{ "RUN [\"a\", \"b c\\n\"]", "RUN json|a|b c\n" },
		{ "RUN [ -f x ] && y", "RUN|[ -f x ] && y" },
		{ "RUN ['a']", "RUN|['a']" },
		{ "RUN --mount=type=cache,target=/c --network=none make",
		  "RUN --mount=type=cache,target=/c --network=none|make" },
		{ "RUN --mount=\"type=cache,target=/a b\" x", "RUN --mount=type=cache,target=/a b|x" },
		{ "RUN -- --x", "RUN|--x" },
		{ "CMD []", "CMD json" },
		{ "COPY --link --chown=1:1 a b /c/", "COPY --link --chown=1:1|a|b|/c/" },
		{ "COPY [\"a b\", \"/c\"]", "COPY json|a b|/c" },
		{ "ENV a=1 b=\"x y\" c=x\\ y d='$z'", "ENV|a=1|b=\"x y\"|c=x\\ y|d='$z'" },
		{ "ENV a 1 \"b\"  c", "ENV|a|1 \"b\"  c" },
		{ "LABEL \"a b\"=c", "LABEL|\"a b\"=c" },
		{ "ARG a b=1 c=\"x y\"", "ARG|a|b=1|c=\"x y\"" },
		{ "EXPOSE 80 443/tcp", "EXPOSE|80|443/tcp" },
		{ "WORKDIR /a b", "WORKDIR|/a b" },
		{ "VOLUME [\"/a\"]", "VOLUME json|/a" },
		{ "HEALTHCHECK --interval=5s CMD curl  x", "HEALTHCHECK --interval=5s|CMD|curl  x" },
		{ "HEALTHCHECK CMD [\"a\", \"b\"]", "HEALTHCHECK json|CMD|a|b" },
		{ "HEALTHCHECK NONE", "HEALTHCHECK|NONE" },
		{ "ONBUILD RUN --network=none [\"a\"]", "ONBUILD > RUN --network=none json|a" },
		{ "MAINTAINER a <b@c>", "MAINTAINER|a <b@c>" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_non_null(dockerfile_syntax(d, table[i].text));
		assert_int_equal(d->recipe->ninstructions, 1);
		assert_string_equal(described(d, 0), table[i].parts);
	}
}

static void test_recipe_parse__knows_the_lines_of_every_instruction(void **state)
{
	struct dockerfile *d = *state;
	const char *text = "\xef\xbb\xbf# syntax=docker/dockerfile:1\r\n"
	                   "\r\n"
	                   "FROM a\r\n"
	                   "  # comment\r\n"
	                   "  RUN one \\\r\n"
	                   "# inside\r\n"
	                   "    two \\  \r\n"
	                   "\r\n"
	                   "    three\r\n"
	                   "\\\n"
	                   "ENV a=b";
	assert_non_null(dockerfile_parse(d, text, ""));
	static const struct {
		unsigned first, last;
		const char *text, *parts;
	} want[] = {
		{ 3, 3, "FROM a", "FROM|a" },
		{ 5, 9, "RUN one \\\r\n# inside\r\n    two \\  \r\n\r\n    three",
		  "RUN|one     two     three" },
		{ 10, 11, "\\\nENV a=b", "ENV|a=b" },
	};
	assert_int_equal(d->recipe->ninstructions, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct instruction *in = &d->recipe->instructions[i];
		assert_int_equal(in->first_line, want[i].first);
		assert_int_equal(in->last_line, want[i].last);
		assert_text(in->text, want[i].text);
		assert_text(span_text(in->at), want[i].text);
		assert_int_equal(span_origin(in->at).line, want[i].first);
		assert_string_equal(described(d, i), want[i].parts);
	}
	assert_int_equal(span_origin(d->recipe->instructions[1].at).column, 3);
	assert_text(d->recipe->text, text);
	assert_string_equal(dockerfile_problems(d), "");
}

static void test_recipe_parse__continues_by_the_rules_of_the_escape(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *text;
		size_t n;
		const char *last;
	} table[] = {
		{ "RUN a\\\nb", 1, "RUN|ab" },
		{ "RUN a \\\n\\\n b", 1, "RUN|a  b" },
		{ "RUN a\\\\\nRUN b", 2, "RUN|b" },
		{ "RUN a \\\t \nb", 1, "RUN|a b" },
		{ "RUN a \\", 1, "RUN|a" },
		{ "# escape=`\nRUN a `\nb\\\nRUN c", 2, "RUN|c" },
		{ "#ESCAPE = ` \n# syntax=x\nRUN a `\nb", 1, "RUN|a b" },
		{ "# hello\n# escape=`\nRUN a \\\nb", 1, "RUN|a b" },
		{ "\n# escape=`\nRUN a \\\nb", 1, "RUN|a b" },
		{ "# unknown=1\n# escape=`\nRUN a \\\nb", 1, "RUN|a b" },
		{ "RUN a \\\n# c\n  # d\nb", 1, "RUN|a b" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_non_null(dockerfile_syntax(d, table[i].text));
		assert_int_equal(d->recipe->ninstructions, table[i].n);
		assert_string_equal(described(d, table[i].n - 1), table[i].last);
	}
}

static void test_recipe_parse__places_words_in_the_source(void **state)
{
	struct dockerfile *d = *state;
	assert_non_null(dockerfile_parse(d, "FROM a\n COPY --link \\\n  --chown=\"a b\" x \\\n#\n y /z",
	                                 ""));
	const struct instruction_parts *p = d->recipe->instructions[1].parts;
	assert_text(span_text(p->keyword_at), "COPY");
	assert_text(span_text(p->flags_at[0]), "--link");
	assert_text(span_text(p->flags_at[1]), "--chown=\"a b\"");
	assert_text(p->flags[1].value, "a b");
	assert_text(span_text(p->args_at[1]), "y");
	assert_int_equal(span_origin(p->args_at[1]).line, 5);
	assert_int_equal(span_origin(p->args_at[1]).column, 2);
	assert_int_equal(span_origin(p->flags_at[1]).line, 3);
	assert_int_equal(span_origin(p->flags_at[1]).column, 3);
}

static void test_recipe_parse__reports_what_is_wrong_where(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *text, *problem;
	} table[] = {
		{ "", "D:1:1: there is no instruction in it: a Dockerfile starts with FROM" },
		{ "# a\n", "D:1:1: there is no instruction in it: a Dockerfile starts with FROM" },
		{ "ARG a", "D:1:1: there is no FROM: a Dockerfile names the image it starts from" },
		{ "RUN a", "D:1:1: RUN stands before the first FROM: only ARG may" },
		{ "FORM a", "D:1:1: unknown instruction 'FORM', did you mean FROM?" },
		{ "FROM a\n\n  EMV x=1", "D:3:3: unknown instruction 'EMV', did you mean ENV?" },
		{ "FROM a\nPIP install", "D:2:1: unknown instruction 'PIP'" },
		{ "FROM a b", "D:1:1: FROM takes an image and, if you like, a name: FROM image "
		  "[AS name]" },
		{ "FROM a AS 1b", "D:1:11: '1b' is no name for a stage: it starts with a letter and has "
		  "letters, digits, '-', '_' and '.'" },
		{ "FROM My-App", "D:1:6: 'My-App' has upper-case letters: image names are lower case" },
		{ "FROM ${X}", "D:1:6: '${X}' is empty: give its ARG before FROM a default" },
		{ "FROM a\nCOPY x", "D:2:1: COPY needs what is copied and where to: COPY FROM… TO" },
		{ "FROM a\nCOPY --form=b x y",
		  "D:2:6: COPY has no flag --form, did you mean --from?; it takes --from, --chown, "
		  "--chmod, --link, --parents, --exclude" },
		{ "FROM a\nUSER --x y", "D:2:6: USER has no flag --x; it takes none" },
		{ "FROM a\nCOPY --from x y", "D:2:6: --from needs a value: --from=…" },
		{ "FROM a\nCOPY --link=maybe x y", "D:2:6: --link is true or false, not 'maybe'" },
		{ "FROM a\nCOPY --chown=1 --chown=2 x y",
		  "D:2:16: --chown stands here a second time: once is allowed" },
		{ "FROM a\nCOPY --from=1 x y", "D:2:6: there is no stage 1: the file has 1, counted "
		  "from 0" },
		{ "FROM a\nCOPY --from=0 x y",
		  "D:1:1: the stage needs itself, over COPY --from or RUN --mount: a stage can only use "
		  "others that do not need it" },
		{ "FROM a\nCOPY --from=$X x y",
		  "D:2:6: --from takes no variable: give a stage of its own to it, FROM $X AS name, and "
		  "copy from that name" },
		{ "FROM a\nRUN --mount=type=bin,target=/x y",
		  "D:2:5: --mount has no type 'bin': it is bind, cache, tmpfs, secret or ssh" },
		{ "FROM a\nRUN --mount=type=cache,tarGt=/x y",
		  "D:2:5: --mount has no key 'tarGt'; did you mean 'target'?" },
		{ "FROM a\nRUN --mount=type=cache,target y",
		  "D:2:5: --mount's key 'target' needs a value: target=…" },
		{ "FROM a\nRUN --network=bridge y",
		  "D:2:5: --network is default, none or host, not 'bridge'" },
		{ "FROM a\nENV X", "D:2:5: ENV X has no value: write ENV X=value" },
		{ "FROM a\nENV a=1 b", "D:2:9: 'b' has no '=': ENV takes name=value, with quotes around a "
		  "value that has blanks" },
		{ "FROM a\nENV", "D:2:1: ENV needs name=value" },
		{ "FROM a\nARG =1", "D:2:5: a name is missing before '='" },
		{ "FROM a\nCMD [\"a\", 1]", "D:2:5: the JSON form takes strings only: put quotes around "
		  "every element" },
		{ "FROM a\nSHELL bash", "D:2:1: SHELL needs the JSON form: SHELL [\"/bin/sh\", "
		  "\"-c\"]" },
		{ "FROM a\nEXPOSE http", "D:2:8: 'http' is no port: write 8080, 8080/udp or 8000-8010" },
		{ "FROM a\nEXPOSE", "D:2:1: EXPOSE needs at least one port" },
		{ "FROM a\nWORKDIR", "D:2:1: WORKDIR needs exactly one argument" },
		{ "FROM a\nHEALTHCHECK", "D:2:1: HEALTHCHECK is followed by CMD and a command, or by "
		  "NONE" },
		{ "FROM a\nHEALTHCHECK CMD", "D:2:13: a command is missing behind HEALTHCHECK CMD" },
		{ "FROM a\nHEALTHCHECK --interval=5 CMD x",
		  "D:2:13: --interval is a time such as 30s or 1m30s, 1ms at least, not '5'" },
		{ "FROM a\nHEALTHCHECK --retries=-1 CMD x",
		  "D:2:13: --retries is a number from 0 on, not '-1'" },
		{ "FROM a\nONBUILD ONBUILD RUN x", "D:2:9: ONBUILD may not stand behind ONBUILD" },
		{ "FROM a\nONBUILD", "D:2:1: ONBUILD needs an instruction behind it" },
		{ "FROM a\nRUN --device=x,y z", "D:2:5: --device names one device; 'y' stands behind its "
		  "name: only required[=true|false] may" },
		{ "FROM a\nRUN <<EOF cat\nx\n",
		  "D:2:5: the heredoc 'EOF' is not closed: a line that is only EOF must end it" },
		{ "# escape=x\nFROM a", "D:1:10: the escape character is 'x': it must be \\ or `" },
		{ "# syntax=x\n# syntax=y\nFROM a",
		  "D:2:3: the directive 'syntax' stands here a second time: once is allowed" },
		{ "FROM a\nFORM b\nRUN --x c", "D:2:1: unknown instruction 'FORM', did you mean FROM?\n"
		  "D:3:5: RUN has no flag --x; it takes --mount, --network, --security, --device" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_null(dockerfile_parse(d, table[i].text, ""));
		assert_string_equal(dockerfile_problems(d), table[i].problem);
	}
}

/* Builders put it off without a look. */
static void test_recipe_parse__warns_of_triggers_that_will_fail(void **state)
{
	struct dockerfile *d = *state;
	assert_non_null(dockerfile_parse(d, "FROM a\nONBUILD EXPOSE x\nONBUILD WHAT x", ""));
	assert_string_equal(dockerfile_problems(d),
		"D:2:16: warning: 'x' is no port: write 8080, 8080/udp or 8000-8010; builds that stand on "
		"this image will fail\nD:3:9: warning: unknown instruction 'WHAT'; builds that stand "
		"on this image will fail");
}

static void test_recipe_parse__refuses_lines_that_builders_cannot_read(void **state)
{
	struct dockerfile *d = *state;
	owned_buf struct buf text = { 0 };
	buf_append_text(&text, "FROM a\nENV x=");
	buf_append_fill(&text, 'y', 65535 - 6);
	assert_non_null(dockerfile_parse(d, buf_text(&text), ""));
	buf_append_char(&text, 'y');
	assert_null(dockerfile_parse(d, buf_text(&text), ""));
	assert_string_equal(dockerfile_problems(d), "D:2:1: the line has 65536 bytes: builders read at "
	                    "most 65535; break it with '\\' at the end of a line");
}

static void test_recipe_parse__reads_syntax_alone(void **state)
{
	struct dockerfile *d = *state;
	assert_non_null(dockerfile_syntax(d, "CMD --doit [ \"a\" ]\nHEALTHCHECK\nFOO x\n"
	                                  "FROM A\nRUN y"));
	assert_string_equal(dockerfile_problems(d),
	                    "D:3:1: warning: unknown instruction 'FOO': no builder will take it");
	assert_string_equal(described(d, 0), "CMD --doit json|a");
	assert_int_equal(d->recipe->instructions[1].stage, -1);
	assert_int_equal(d->recipe->instructions[4].stage, 0);
	assert_null(dockerfile_syntax(d, "ENV x"));
}

static void test_recipe_parse__parses_one_made_instruction(void **state)
{
	struct dockerfile *d = *state;
	struct instruction in;
	struct error err = { 0 };
	char text[] = "COPY <<A /b\nc\nA";
	assert_true(recipe_parse_instruction(d->arena, str_of(text), &in, &err));
	text[0] = 'X';
	assert_text(in.text, "COPY <<A /b\nc\nA");
	assert_text(in.parts->heredocs[0].text, "c\n");
	assert_int_equal(in.last_line, 3);
	assert_null(in.at.source);
	assert_null(in.parts->args_at[0].source);
	assert_false(recipe_parse_instruction(d->arena, STR("RUN a\nRUN b"), &in, &err));
	assert_string_equal(err.text, "the text has 2 instructions: it must be one");
	assert_false(recipe_parse_instruction(d->arena, STR("EXPOSE x"), &in, &err));
	assert_string_equal(err.text, "'x' is no port: write 8080, 8080/udp or 8000-8010");
	assert_false(recipe_parse_instruction(d->arena, STR(""), &in, &err));
	assert_text(in.text, "COPY <<A /b\nc\nA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_recipe_parse__divides_every_form_of_arguments),
		DOCKERFILE_TEST(test_recipe_parse__knows_the_lines_of_every_instruction),
		DOCKERFILE_TEST(test_recipe_parse__continues_by_the_rules_of_the_escape),
		DOCKERFILE_TEST(test_recipe_parse__places_words_in_the_source),
		DOCKERFILE_TEST(test_recipe_parse__reports_what_is_wrong_where),
		DOCKERFILE_TEST(test_recipe_parse__warns_of_triggers_that_will_fail),
		DOCKERFILE_TEST(test_recipe_parse__refuses_lines_that_builders_cannot_read),
		DOCKERFILE_TEST(test_recipe_parse__reads_syntax_alone),
		DOCKERFILE_TEST(test_recipe_parse__parses_one_made_instruction),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
