#include "tests/core/engine/golden.h"

static void test_decoder_buildah__tells_several_stages(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "stages", "", "buildah", false);
}

static void test_decoder_buildah__tells_hits(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "stages", "_cached", "buildah", false);
}

static void test_decoder_buildah__tells_a_command_that_fails(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "fail", "", "buildah", false);
}

static void test_decoder_buildah__tells_a_base_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "missing", "", "buildah", false);
}

static void test_decoder_buildah__tells_output_that_looks_like_the_engine(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "imitation", "", "buildah", false);
}

static void test_decoder_buildah__tells_a_file_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "nofile", "", "buildah", false);
}

static void test_decoder_buildah__tells_what_is_no_instruction(void **state)
{
	(void)state;
	golden_check(decoder_buildah_new, "syntax", "", "buildah", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoder_buildah__tells_several_stages),
		cmocka_unit_test(test_decoder_buildah__tells_hits),
		cmocka_unit_test(test_decoder_buildah__tells_a_command_that_fails),
		cmocka_unit_test(test_decoder_buildah__tells_a_base_that_is_not_there),
		cmocka_unit_test(test_decoder_buildah__tells_output_that_looks_like_the_engine),
		cmocka_unit_test(test_decoder_buildah__tells_a_file_that_is_not_there),
		cmocka_unit_test(test_decoder_buildah__tells_what_is_no_instruction),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
