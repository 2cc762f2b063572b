#include "tests/core/engine/golden.h"

static void test_decoder_podman__tells_several_stages(void **state)
{
	(void)state;
	golden_check(decoder_podman_new, "stages", "", "podman", false);
}

static void test_decoder_podman__tells_hits(void **state)
{
	(void)state;
	golden_check(decoder_podman_new, "stages", "_cached", "podman", false);
}

static void test_decoder_podman__tells_a_command_that_fails(void **state)
{
	(void)state;
	golden_check(decoder_podman_new, "fail", "", "podman", false);
}

static void test_decoder_podman__tells_a_base_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_podman_new, "missing", "", "podman", false);
}

static void test_decoder_podman__tells_a_file_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_podman_new, "nofile", "", "podman", false);
}

static void test_decoder_podman__tells_what_is_no_instruction(void **state)
{
	(void)state;
	golden_check(decoder_podman_new, "syntax", "", "podman", false);
}

static void test_decoder_podman__tells_output_that_looks_like_the_engine(void **state)
{
	(void)state;
	golden_check(decoder_podman_new, "imitation", "", "podman", false);
	golden_check(decoder_podman_new, "hostile", "", "podman", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoder_podman__tells_several_stages),
		cmocka_unit_test(test_decoder_podman__tells_hits),
		cmocka_unit_test(test_decoder_podman__tells_a_command_that_fails),
		cmocka_unit_test(test_decoder_podman__tells_a_base_that_is_not_there),
		cmocka_unit_test(test_decoder_podman__tells_a_file_that_is_not_there),
		cmocka_unit_test(test_decoder_podman__tells_what_is_no_instruction),
		cmocka_unit_test(test_decoder_podman__tells_output_that_looks_like_the_engine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
