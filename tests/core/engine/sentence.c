#include "core/engine/sentence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_sentence__reads_the_exit_code(void **state)
{
	static const struct {
		const char *message;
		int code;
	} table[] = {
		{ "executor failed running [/bin/sh -c exit 7]: exit code: 7", 7 },
		{ "process \"/bin/sh -c x\" did not complete successfully: exit code: 127\n", 127 },
		{ "The command '/bin/sh -c x' returned a non-zero code: 1", 1 },
		{ "Error: building at STEP \"RUN x\": exit status 7", 7 },
		{ "exit code: ", -1 }, { "exit code: 999", -1 }, { "exit code: x", -1 }, { "7", -1 },
		{ "", -1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(sentence_exit_code(str_of(table[i].message)), table[i].code);
}

static void test_sentence__names_the_base_image_that_is_missing(void **state)
{
	static const struct {
		const char *message, *sentence;
	} table[] = {
		{ "failed to solve with frontend dockerfile.v0: failed to create LLB definition: pull "
		  "access denied, repository does not exist or may require authorization: server "
		  "message: insufficient_scope: authorization failed",
		  "base image 'foo:1' does not exist, or its registry wants a login: pull refused" },
		{ "failed to solve: failed to do request: Head \"https://r/v2/\": dial tcp: lookup r: no "
		  "such host",
		  "base image 'foo:1' is not on this engine, and its registry cannot be reached "
		  "(lookup r: no such host)" },
		{ "manifest for foo:1 not found: manifest unknown: manifest unknown",
		  "base image 'foo:1' was not found, neither on this engine nor in its registry" },
		{ "toomanyrequests: You have reached your pull rate limit",
		  "base image 'foo:1' was refused by its registry: too many requests, try again later "
		  "or log in" },
		{ "Error: creating build container: something: else: went wrong",
		  "base image 'foo:1' cannot be had: else: went wrong" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct decoder_result r = { .failed = -1, .exit_code = -1 };
		struct error err = { 0 };
		buf_append_text(&r.failed_name, "[internal] load metadata for docker.io/library/foo:1");
		buf_append_text(&r.error, table[i].message);
		sentence_of_build(NULL, &r, &err);
		assert_int_equal(err.code, ERROR_BUILD);
		assert_string_equal(err.text, table[i].sentence);
		buf_finish(&r.failed_name);
		buf_finish(&r.error);
	}
}

static void test_sentence__a_refusal_quotes_the_message_alone(void **state)
{
	struct error err = { 0 };
	(void)state;
	sentence_of_refusal(500, STR("{\"message\":\"no such thing\"}"), &err);
	assert_int_equal(err.code, ERROR_REFUSED);
	assert_string_equal(err.text, "the engine refused (500): no such thing");
	sentence_of_refusal(502, STR("<html>\x1b[2J</html>"), &err);
	assert_string_equal(err.text, "the engine refused (502): <html>\\x1b[2J</html>");
	sentence_of_refusal(400, STR("{\"message\":\"dockerfile parse error line 2: unknown "
	                             "instruction: RUNN\"}"), &err);
	assert_int_equal(err.code, ERROR_BUILD);
}

static void test_sentence__says_so_when_nothing_was_said(void **state)
{
	struct decoder_result r = { .failed = -1, .exit_code = -1 };
	struct error err = { 0 };
	(void)state;
	sentence_of_build(NULL, &r, &err);
	assert_string_equal(err.text, "the build failed, and the engine does not say why");
	r.cancelled = true;
	sentence_of_build(NULL, &r, &err);
	assert_int_equal(err.code, ERROR_CANCELLED);
}

static void test_sentence__shows_images_as_people_write_them(void **state)
{
	(void)state;
	assert_true(str_eq(sentence_image(STR("docker.io/library/a:1")), STR("a:1")));
	assert_true(str_eq(sentence_image(STR("docker.io/me/a")), STR("me/a")));
	assert_true(str_eq(sentence_image(STR("localhost/a")), STR("a")));
	assert_true(str_eq(sentence_image(STR("quay.io/a/b:1")), STR("quay.io/a/b:1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentence__reads_the_exit_code),
		cmocka_unit_test(test_sentence__names_the_base_image_that_is_missing),
		cmocka_unit_test(test_sentence__a_refusal_quotes_the_message_alone),
		cmocka_unit_test(test_sentence__says_so_when_nothing_was_said),
		cmocka_unit_test(test_sentence__shows_images_as_people_write_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
