#include "tests/core/engine/golden.h"

static void test_decoder_trace__tells_several_stages(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "stages", "", "trace", true);
}

static void test_decoder_trace__tells_hits(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "stages", "_cached", "trace", true);
}

static void test_decoder_trace__tells_a_command_that_fails(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "fail", "", "trace", true);
}

static void test_decoder_trace__tells_a_base_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "missing", "", "trace", true);
}

static void test_decoder_trace__tells_output_that_looks_like_the_engine(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "imitation", "", "trace", true);
}

static void test_decoder_trace__tells_a_file_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "nofile", "", "trace", true);
}

static void test_decoder_trace__tells_what_is_no_instruction(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "syntax", "", "trace", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoder_trace__tells_several_stages),
		cmocka_unit_test(test_decoder_trace__tells_hits),
		cmocka_unit_test(test_decoder_trace__tells_a_command_that_fails),
		cmocka_unit_test(test_decoder_trace__tells_a_base_that_is_not_there),
		cmocka_unit_test(test_decoder_trace__tells_output_that_looks_like_the_engine),
		cmocka_unit_test(test_decoder_trace__tells_a_file_that_is_not_there),
		cmocka_unit_test(test_decoder_trace__tells_what_is_no_instruction),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
