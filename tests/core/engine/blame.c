#include "core/engine/blame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/engine/sentence.h"

static void put_bytes(struct buf *b, unsigned field, struct str bytes)
{
	buf_append_char(b, (char)(field << 3 | 2));
	for (size_t n = bytes.n; ; n >>= 7) {
		buf_append_char(b, (char)(n > 127 ? (n & 127) | 128 : n));
		if (n <= 127)
			break;
	}
	buf_append(b, bytes);
}

static void put_detail(struct buf *status, const char *type, const char *json)
{
	owned_buf struct buf detail = { 0 };
	put_bytes(&detail, 1, str_of(type));
	put_bytes(&detail, 2, str_of(json));
	put_bytes(status, 3, buf_str(&detail));
}

#define ERRDEFS "github.com/moby/buildkit/errdefs."
/* "FROM base\nRUN one \\\n  && two\nCOPY x y\n" */
#define DOCKERFILE "RlJPTSBiYXNlClJVTiBvbmUgXAogICYmIHR3bwpDT1BZIHggeQo="
#define SOURCE(first, last) \
	"{\"info\":{\"filename\":\"Dockerfile\",\"data\":\"" DOCKERFILE "\"},\"ranges\":[" \
	"{\"start\":{\"line\":" first "},\"end\":{\"line\":" last "}}]}"

static void test_blame__reads_vertex_lines_and_exit_code(void **state)
{
	(void)state;
	owned_buf struct buf status = { 0 };
	struct blame b;
	put_detail(&status, "github.com/moby/buildkit/stack.Stack+json", "{\"frames\":[]}");
	put_detail(&status, ERRDEFS "Source+json", SOURCE("2", "3"));
	put_detail(&status, ERRDEFS "Vertex+json", "{\"digest\":\"sha256:abc\"}");
	put_detail(&status, "github.com/moby/buildkit/gatewayapi.ExitMessage+json",
	           "{\"Code\":7}");
	blame_read(&b, buf_str(&status));
	assert_string_equal(buf_text(&b.digest), "sha256:abc");
	assert_string_equal(buf_text(&b.file), "Dockerfile");
	assert_int_equal(b.line, 2);
	assert_string_equal(buf_text(&b.text), "RUN one \\\n  && two");
	assert_int_equal(b.exit_code, 7);
	blame_finish(&b);
}

static void test_blame__keeps_nothing_of_what_cannot_be(void **state)
{
	static const struct { const char *type, *json; } table[] = {
		{ ERRDEFS "Source+json", "{\"info\":" },
		{ ERRDEFS "Source+json", "[]" },
		{ ERRDEFS "Source+json", "{\"ranges\":[{\"start\":{\"line\":-3}}]}" },
		{ ERRDEFS "Source+json", "{\"ranges\":[{\"start\":{\"line\":99999999999}}]}" },
		{ ERRDEFS "Source+json", "{\"ranges\":{\"start\":1}}" },
		{ ERRDEFS "Source+json", "{\"info\":7,\"ranges\":[7]}" },
		{ ERRDEFS "Source", SOURCE("2", "3") },
		{ ERRDEFS "Vertex+json", "{\"digest\":7}" },
		{ "gatewayapi.ExitMessage+json", "{\"Code\":\"7\"}" },
		{ "gatewayapi.ExitMessage+json", "{\"Code\":700}" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf status = { 0 };
		struct blame b;
		put_detail(&status, table[i].type, table[i].json);
		blame_read(&b, buf_str(&status));
		assert_int_equal(b.digest.n + b.text.n + b.line, 0);
		assert_int_equal(b.exit_code, -1);
		blame_finish(&b);
	}
	struct blame b;
	blame_read(&b, STR("\xff\xff garbage"));
	assert_int_equal(b.line, 0);
	blame_finish(&b);
}

static void test_blame__lines_past_the_end_are_none(void **state)
{
	(void)state;
	owned_buf struct buf status = { 0 };
	struct blame b;
	put_detail(&status, ERRDEFS "Source+json", SOURCE("90", "1000000"));
	blame_read(&b, buf_str(&status));
	assert_int_equal(b.line, 90);
	assert_int_equal(b.text.n, 0);
	blame_finish(&b);
}

/* Tells it of a recipe and writes the sentence that comes of it. */
static struct error sentence(const char *dockerfile, const char *json, const char *message)
{
	static const struct engine_sink sink;
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *p = problems_new();
	owned_buf struct buf status = { 0 };
	struct error err = { 0 };
	struct blame b;
	owned(recipe) struct recipe *r = recipe_parse(
		source_new(a, STR("Dockerfile"), NULL, str_of(dockerfile)), (struct str){ 0 }, p);
	owned(decoder) struct decoder *d = decoder_trace_new(r, &sink);
	put_detail(&status, ERRDEFS "Source+json", json);
	blame_read(&b, buf_str(&status));
	decoder_fail(d, str_of(message));
	blame_tell(&b, d);
	sentence_of_build(r, &d->result, &err);
	blame_finish(&b);
	return err;
}

static void test_blame__finds_our_instruction_by_its_lines(void **state)
{
	(void)state;
	struct error err = sentence("FROM base\nRUN one \\\n  && two\nCOPY x y\n", SOURCE("2", "3"),
	                            "failed to solve: process did not complete: exit code: 7");
	assert_int_equal(err.code, ERROR_BUILD);
	assert_string_equal(err.text, "Dockerfile line 2 failed with exit code 7: RUN one \\…");
	assert_int_equal(err.at.line, 2);
}

/* dockerd 20.10 says no more than its parser does. */
static void test_blame__finds_the_line_in_the_parsers_words(void **state)
{
	(void)state;
	struct error err = sentence("FROM base\nRUN --network=host \\\n  one\n", "{}",
	                            "failed to solve with frontend dockerfile.v0: failed to create LLB "
	                            "definition: dockerfile parse error line 2: Unknown flag: network");
	assert_string_equal(err.text, "Dockerfile line 2 failed: RUN --network=host \\…: dockerfile "
	                    "parse error line 2: Unknown flag: network");
	assert_int_equal(err.at.line, 2);
	err = sentence("FROM base\n", "{}", "dockerfile parse error on line 99999999999999: no");
	assert_string_equal(err.text, "the build failed: dockerfile parse error on line "
	                    "99999999999999: no");
}

/* As of a frontend that takes another Dockerfile than the one that was sent. */
static void test_blame__shows_lines_that_are_not_ours(void **state)
{
	(void)state;
	struct error err = sentence("FROM other\nRUN something else\n", SOURCE("4", "4"),
	                            "failed to solve: \x1b[31mnot there");
	assert_int_equal(err.code, ERROR_BUILD);
	assert_string_equal(err.text, "Dockerfile line 4 failed: COPY x y: \\x1b[31mnot there");
	assert_int_equal(err.at.line, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blame__reads_vertex_lines_and_exit_code),
		cmocka_unit_test(test_blame__keeps_nothing_of_what_cannot_be),
		cmocka_unit_test(test_blame__lines_past_the_end_are_none),
		cmocka_unit_test(test_blame__finds_our_instruction_by_its_lines),
		cmocka_unit_test(test_blame__finds_the_line_in_the_parsers_words),
		cmocka_unit_test(test_blame__shows_lines_that_are_not_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
