/* BuildKit's own parser cases (tests/fixtures/buildkit), read by ours and printed as its parser
 * prints them. */
#include "tests/core/recipe/dockerfile.h"

#include "core/os/files.h"

#define CASES "tests/fixtures/buildkit"

/* Go's strconv.Quote. */
static void dump_quoted(struct buf *out, struct str text)
{
	buf_append_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		static const char special[] = "\a\b\f\n\r\t\v\\\"", names[] = "abfnrtv\\\"";
		unsigned char c = (unsigned char)text.p[i];
		const char *found = c ? strchr(special, c) : NULL;
		if (found)
			buf_printf(out, "\\%c", names[found - special]);
		else if (c < ' ' || c == 0x7f)
			buf_printf(out, "\\x%02x", c);
		else
			buf_append_char(out, (char)c);
	}
	buf_append_char(out, '"');
}

static void dump_flags(struct buf *out, const struct instruction_parts *p)
{
	owned_buf struct buf flag = { 0 };
	for (size_t i = 0; i < p->nflags; i++) {
		buf_clear(&flag);
		buf_printf(&flag, "--%.*s%s%.*s", STR_ARG(p->flags[i].name), p->flags[i].value.p ? "=" : "",
		           STR_ARG(p->flags[i].value));
		buf_append_text(out, i ? " " : " [");
		dump_quoted(out, buf_str(&flag));
	}
	buf_append_text(out, p->nflags ? "]" : "");
}

/* Name, value and what stood between them. */
static void dump_pairs(struct buf *out, const struct instruction_parts *p)
{
	bool is_old = p->nargs == 2 && str_find(p->args[0], '=') == STR_NONE;
	for (size_t i = 0; i < (is_old ? 1 : p->nargs); i++) {
		size_t n = str_find(p->args[i], '=');
		buf_append_char(out, ' ');
		dump_quoted(out, str_slice(p->args[i], 0, n));
		buf_append_char(out, ' ');
		dump_quoted(out, is_old ? p->args[1] : str_slice(p->args[i], n + 1, STR_NONE));
		buf_append_text(out, is_old ? " \"\"" : " \"=\"");
	}
}

static void dump_parts(struct buf *out, enum instruction_kind kind,
                       const struct instruction_parts *p)
{
	for (size_t i = 0; i < p->keyword.n; i++)
		buf_append_char(out, (char)(p->keyword.p[i] | (p->keyword.p[i] >= 'A' ? ' ' : 0)));
	dump_flags(out, p);
	if (p->trigger) {
		buf_append_text(out, " (");
		dump_parts(out, p->trigger_kind, p->trigger);
		buf_append_char(out, ')');
	} else if (kind == INSTRUCTION_ENV || kind == INSTRUCTION_LABEL) {
		dump_pairs(out, p);
	} else if (kind == INSTRUCTION_UNKNOWN) {
		buf_append_text(out, " \"\"");
	} else {
		for (size_t i = 0; i < p->nargs; i++) {
			buf_append_char(out, ' ');
			dump_quoted(out, p->args[i]);
		}
	}
}

static const char *dump(struct dockerfile *d)
{
	buf_clear(&d->out);
	for (size_t i = 0; d->recipe && i < d->recipe->ninstructions; i++) {
		buf_append_char(&d->out, '(');
		dump_parts(&d->out, d->recipe->instructions[i].kind, d->recipe->instructions[i].parts);
		buf_append_text(&d->out, ")\n");
	}
	return buf_text(&d->out);
}

static void test_cases__read_as_buildkit_reads_them(void **state)
{
	struct dockerfile *d = *state;
	owned(files) struct files *disk = files_disk(CASES);
	struct files_list list;
	struct str text, result;
	struct error err;
	assert_int_equal(files_list(disk, "parser", d->arena, &list, &err), FILES_OK);
	assert_true(list.n >= 33);
	for (size_t i = 0; i < list.n; i++) {
		const char *name = files_join(d->arena, "parser", list.entries[i].name);
		assert_int_equal(files_read(disk, files_join(d->arena, name, "Dockerfile"), d->arena,
		                            &text, &err), FILES_OK);
		assert_int_equal(files_read(disk, files_join(d->arena, name, "result"), d->arena,
		                            &result, &err), FILES_OK);
		d->recipe = recipe_parse_syntax(dockerfile_source(d, text), d->problems);
		if (!str_eq(str_of(dump(d)), result))
			fail_msg("%s gave\n%s%s", name, dump(d), dockerfile_problems(d));
	}
}

static void test_cases__refused_as_buildkit_refuses_them(void **state)
{
	struct dockerfile *d = *state;
	owned(files) struct files *disk = files_disk(CASES "/parser-negative");
	struct files_list list;
	struct str text;
	struct error err;
	assert_int_equal(files_list(disk, ".", d->arena, &list, &err), FILES_OK);
	assert_true(list.n >= 4);
	for (size_t i = 0; i < list.n; i++) {
		const char *name = list.entries[i].name;
		assert_int_equal(files_read(disk, files_join(d->arena, name, "Dockerfile"), d->arena,
		                            &text, &err), FILES_OK);
		if (recipe_parse_syntax(dockerfile_source(d, text), d->problems))
			fail_msg("%s was read", name);
		assert_true(problems_errors(d->problems) > 0);
	}
}

static void test_cases__lines_of_instructions(void **state)
{
	struct dockerfile *d = *state;
	owned(files) struct files *disk = files_disk(CASES);
	static const unsigned lines[][2] = { { 5, 5 }, { 11, 12 }, { 17, 31 } };
	struct str text;
	struct error err;
	assert_int_equal(files_read(disk, "lines.Dockerfile", d->arena, &text, &err), FILES_OK);
	d->recipe = recipe_parse_syntax(dockerfile_source(d, text), d->problems);
	assert_int_equal(d->recipe->ninstructions, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(d->recipe->instructions[i].first_line, lines[i][0]);
		assert_int_equal(d->recipe->instructions[i].last_line, lines[i][1]);
	}
}

/* Tables of its *_test.go, and what its code says of lines like them. */
static void test_cases__arguments(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *line, *dump;
	} table[] = {
		{ "ARG foo", "(arg \"foo\")\n" }, { "ARG foo bar", "(arg \"foo\" \"bar\")\n" },
		{ "ARG foo\\ bar", "(arg \"foo\\\\ bar\")\n" }, { "ARG foo=bar", "(arg \"foo=bar\")\n" },
		{ "ARG foo bar 'abc xyz'", "(arg \"foo\" \"bar\" \"'abc xyz'\")\n" },
		{ "ARG föo bàr \"âbc xÿz\"", "(arg \"föo\" \"bàr\" \"\\\"âbc xÿz\\\"\")\n" },
		{ "ENV foo bar", "(env \"foo\" \"bar\" \"\")\n" },
		{ "LABEL foo=bar thing=star", "(label \"foo\" \"bar\" \"=\" \"thing\" \"star\" \"=\")\n" },
		{ "CMD []", "(cmd)\n" }, { "CMD [\"\"]", "(cmd \"\")\n" },
		{ "CMD [\t\"a\",\t\"b\"\t]", "(cmd \"a\" \"b\")\n" },
		{ "CMD   [\t\"a\"]\t ", "(cmd \"a\")\n" },
		{ "CMD [\"abc 123\", \"♥\", \"☃\", \"\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000\"]",
		  "(cmd \"abc 123\" \"♥\" \"☃\" \"\\\" \\\\ / \\b \\f \\n \\r \\t \\x00\")\n" },
		{ "CMD [\"\xff\"]", "(cmd \"\xef\xbf\xbd\")\n" },
		{ "CMD [\"a\",]", "(cmd \"[\\\"a\\\",]\")\n" }, { "HEALTHCHECK", "(healthcheck)\n" },
		{ "RUN --x -- --y", "(run [\"--x\"] \"--y\")\n" },
		{ "RUN --x='a b' c", "(run [\"--x=a b\"] \"c\")\n" },
		{ "ENV a=b\\\\\\", "(env \"a\" \"b\\\\\\\\\" \"=\")\n" },
		{ "\xef\xbb\xbf" "FROM a", "(from \"a\")\n" }, { "cmd a\r\n", "(cmd \"a\")\n" },
		{ "RUN a \\\r\n  b\r\n", "(run \"a   b\")\n" }, { "FOO bar", "(foo \"\")\n" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_non_null(dockerfile_syntax(d, table[i].line));
		assert_string_equal(dump(d), table[i].dump);
	}
}

/* What its instructions/parse.go takes and what it refuses. */
static void test_cases__instructions(void **state)
{
	struct dockerfile *d = *state;
	static const char *const refused[] = {
		"MAINTAINER", "WORKDIR", "USER", "STOPSIGNAL", "ENV", "LABEL", "ONBUILD", "HEALTHCHECK",
		"EXPOSE", "VOLUME", "ADD arg1", "COPY arg1", "ENV =arg2", "LABEL =arg2", "ARG", "ARG =x",
		"COPY\t\n\t\tquux \\\n      bar", "ONBUILD FROM scratch",
		"ONBUILD ONBUILD RUN touch foobar",
		"MAINTAINER --boo joe@example.com", "FOO bar", "foo bar", "COPY /foo <<EOF\nEOF",
		"HEALTHCHECK --interval=50ns CMD x", "HEALTHCHECK --interval=-1s CMD x",
		"HEALTHCHECK --retries=-1 CMD x", "HEALTHCHECK NONE x", "HEALTHCHECK CMD",
		"HEALTHCHECK FOO x", "CMD [\"a\",42,\"b\"]", "CMD [\"a\",{\"c\": \"d\"}]", "CMD [null]",
		"CMD [[\"c\"]]", "CMD [true]", "COPY --link= a b", "COPY --link=false1 a b",
		"COPY --chown a b",
		"COPY --chown=1 --chown=1 a b", "COPY --keep-git-dir a b", "ADD --from=x a b",
		"ADD --parents a b", "RUN --security= x", "RUN --network= x", "VOLUME [\"\"]", "SHELL []",
		"SHELL sh -c", "RUN --device=vendor1.com/device=foo,name=vendor2.com/device=bar x",
		"EXPOSE 70000", "EXPOSE 1/icmp", "EXPOSE 9-1", "COPY --from=$x a b", "COPY --from=9 a b",
	};
	static const char *const taken[] = {
		"HEALTHCHECK --interval=0ms CMD x", "HEALTHCHECK --interval=1ms CMD x",
		"HEALTHCHECK --start-interval=1.5h --retries=0 CMD x", "HEALTHCHECK --interval=x NONE",
		"COPY --link a b", "COPY --link=TRUE a b", "COPY --from= a b", "COPY --parents a/./b c",
		"COPY --exclude=a --exclude=b . /x", "COPY --chmod=u+x a b", "COPY --from=other a b",
		"ADD --keep-git-dir --checksum=sha256:x --unpack=false --link --exclude=x a b",
		"RUN --device=vendor1.com/device=foo,required=false x", "RUN --device=name=a,required x",
		"RUN --mount=type=cache,target=/x --mount=type=secret,id=y --network=none x",
		"RUN --security=insecure x", "CMD", "ENTRYPOINT []", "RUN []", "RUN [\"<<EOF\"]",
		"EXPOSE 80/ 81/TCP 1-2/udp 1.2.3.4:80:80 $X '8080'", "ONBUILD FOO x", "ONBUILD COPY x",
		"ARG --x a", "STOPSIGNAL --x 9", "VOLUME /a /b", "copy a b", "Label a b", "USER 1 2",
		"COPY <<EOF1 <<EOF2 foo.txt /bar\nEOF1\nEOF2",
	};
	owned_buf struct buf text = { 0 };
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		buf_clear(&text);
		buf_printf(&text, "FROM a\n%s\n", refused[i]);
		if (dockerfile_parse(d, buf_text(&text), ""))
			fail_msg("'%s' was taken", refused[i]);
	}
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		buf_clear(&text);
		buf_printf(&text, "FROM a\n%s\n", taken[i]);
		if (!dockerfile_parse(d, buf_text(&text), ""))
			fail_msg("'%s' was refused: %s", taken[i], dockerfile_problems(d));
	}
}

/* Between instructions there are only comments and blanks, and each has its very bytes: so
 * what is read can be written again. */
static void check_bytes(struct dockerfile *d, struct str text)
{
	size_t done = str_has_prefix(text, STR("\xef\xbb\xbf")) ? 3 : 0;
	for (size_t i = 0; i <= d->recipe->ninstructions; i++) {
		const struct instruction *in = i < d->recipe->ninstructions ? &d->recipe->instructions[i]
		                                                           : NULL;
		struct str gap = str_slice(text, done, in ? in->at.at - done : STR_NONE), line;
		while (str_next(&gap, '\n', &line)) {
			line = str_trim(line);
			assert_true(line.n == 0 || line.p[0] == '#');
		}
		if (!in)
			break;
		assert_true(str_eq(str_slice(text, in->at.at, in->at.size), in->text));
		done = in->at.at + in->at.size;
	}
}

/* An instruction alone is the same instruction. */
static void check_again(struct dockerfile *d)
{
	owned_buf struct buf once = { 0 }, again = { 0 };
	for (size_t i = 0; d->recipe->escape == '\\' && i < d->recipe->ninstructions; i++) {
		const struct instruction *in = &d->recipe->instructions[i];
		struct source *source = source_new(d->arena, STR("D"), NULL, in->text);
		owned(problems) struct problems *problems = problems_new();
		owned(recipe) struct recipe *r = recipe_parse_syntax(source, problems);
		assert_int_equal(r->ninstructions, 1);
		buf_clear(&once);
		buf_clear(&again);
		dump_parts(&once, in->kind, in->parts);
		dump_parts(&again, r->instructions[0].kind, r->instructions[0].parts);
		assert_string_equal(buf_text(&again), buf_text(&once));
	}
}

static void test_cases__keep_every_byte(void **state)
{
	struct dockerfile *d = *state;
	owned(files) struct files *disk = files_disk(CASES "/parser");
	struct files_list list;
	struct str text;
	struct error err;
	assert_int_equal(files_list(disk, ".", d->arena, &list, &err), FILES_OK);
	for (size_t i = 0; i < list.n; i++) {
		const char *name = files_join(d->arena, list.entries[i].name, "Dockerfile");
		assert_int_equal(files_read(disk, name, d->arena, &text, &err), FILES_OK);
		d->recipe = recipe_parse_syntax(dockerfile_source(d, text), d->problems);
		check_bytes(d, text);
		check_again(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_cases__read_as_buildkit_reads_them),
		DOCKERFILE_TEST(test_cases__refused_as_buildkit_refuses_them),
		DOCKERFILE_TEST(test_cases__lines_of_instructions),
		DOCKERFILE_TEST(test_cases__arguments),
		DOCKERFILE_TEST(test_cases__instructions),
		DOCKERFILE_TEST(test_cases__keep_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
