#include "core/engine/platform.h"

#include "tests/core/os/scratch.h"

static void test_platform__names_machines_as_images_do(void **state)
{
	struct scratch *s = *state;
	static const struct { const char *os, *machine, *name; } table[] = {
		{ "linux", "x86_64", "linux/amd64" },   { "linux", "aarch64", "linux/arm64" },
		{ "linux", "armv7l", "linux/arm/v7" },  { "Linux", "AMD64", "linux/amd64" },
		{ "linux", "riscv64", "linux/riscv64" }, { "linux", "i686", "linux/386" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(platform_name(s->arena, str_of(table[i].os),
		                                  str_of(table[i].machine)), table[i].name);
	assert_null(platform_name(s->arena, STR("linux"), STR("")));
	assert_null(platform_name(s->arena, STR(""), STR("x86_64")));
}

static void test_platform__knows_two_names_of_one(void **state)
{
	(void)state;
	static const struct { const char *a, *b; bool same; } table[] = {
		{ "linux/amd64", "linux/amd64", true },   { "linux/arm64", "linux/arm64/v8", true },
		{ "linux/arm", "linux/arm/v7", true },    { "linux/arm/v6", "linux/arm/v7", false },
		{ "linux/amd64", "linux/arm64", false },  { "linux/amd64", "windows/amd64", false },
		{ "linux/x86_64", "linux/amd64", true },  { "linux", "linux/amd64", false },
		{ "LINUX/AMD64", "linux/amd64", true },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(platform_same(str_of(table[i].a), str_of(table[i].b)), table[i].same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_platform__names_machines_as_images_do),
		SCRATCH_TEST(test_platform__knows_two_names_of_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
