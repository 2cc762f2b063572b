#include "tests/core/engine/golden.h"

static void test_decoder_classic__tells_several_stages(void **state)
{
	(void)state;
	golden_check(decoder_classic_new, "stages", "", "classic", false);
}

static void test_decoder_classic__tells_hits(void **state)
{
	(void)state;
	golden_check(decoder_classic_new, "stages", "_cached", "classic", false);
}

static void test_decoder_classic__tells_a_command_that_fails(void **state)
{
	(void)state;
	golden_check(decoder_classic_new, "fail", "", "classic", false);
}

static void test_decoder_classic__tells_a_base_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_classic_new, "missing", "", "classic", false);
}

static void test_decoder_classic__tells_output_that_looks_like_the_engine(void **state)
{
	(void)state;
	golden_check(decoder_classic_new, "imitation", "", "classic", false);
}

static void test_decoder_classic__tells_a_file_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_classic_new, "nofile", "", "classic", false);
}

static void test_decoder_classic__tells_labels_behind_the_last_step(void **state)
{
	(void)state;
	golden_check(decoder_classic_new, "labels", "", "classic", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoder_classic__tells_several_stages),
		cmocka_unit_test(test_decoder_classic__tells_hits),
		cmocka_unit_test(test_decoder_classic__tells_a_command_that_fails),
		cmocka_unit_test(test_decoder_classic__tells_a_base_that_is_not_there),
		cmocka_unit_test(test_decoder_classic__tells_output_that_looks_like_the_engine),
		cmocka_unit_test(test_decoder_classic__tells_a_file_that_is_not_there),
		cmocka_unit_test(test_decoder_classic__tells_labels_behind_the_last_step),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
