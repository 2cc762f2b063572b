#include "tests/core/recipe/dockerfile.h"

#include "core/recipe/quote.h"

#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16

static void test_quote_image__takes_what_docker_takes(void **state)
{
	(void)state;
	static const char *const good[] = {
		"a", "a:1", "a/b/c:v1.0_x-y", "docker.io/library/busybox:1", "localhost/x",
		"localhost:5000/x", "127.0.0.1:5000/a/b:t", "[::1]:5000/x", "Registry.Example.com/x",
		"UPPER/x", "a.b-c_d__e---f", "a:_", "0", "a@sha256:" HEX64, "a:1@sha256:" HEX64,
		"mortar-test-busybox:1",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct error err = { 0 };
		if (!quote_check_image(str_of(good[i]), &err))
			fail_msg("%s", err.text);
	}
}

static void test_quote_image__says_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
	} table[] = {
		{ "", "the image name is empty" },
		{ "My-App", "'My-App' has upper-case letters: image names are lower case" },
		{ "a/B", "'a/B' has upper-case letters: image names are lower case" },
		{ "a//b", "'a//b' is no image name: a part between '/' is empty" },
		{ "/a", "'/a' is no image name: a part between '/' is empty" },
		{ "-a", "'-a' is no image name: each part starts and ends with a letter or digit" },
		{ "a_", "'a_' is no image name: each part starts and ends with a letter or digit" },
		{ "a..b", "'a..b' is no image name: '..' may not stand in it, only '.', '_', '__' or "
		  "dashes" },
		{ "a___b", "'a___b' is no image name: '___' may not stand in it, only '.', '_', '__' or "
		  "dashes" },
		{ "a b", "'a b' is no image name: it has lower-case letters and digits, with '.', '_' or "
		  "'-' between them" },
		{ "é", "'é' is no image name: it has lower-case letters and digits, with '.', '_' or "
		  "'-' between them" },
		{ "a:", "the tag is empty" },
		{ "a:.x", "'.x' is no tag: a tag has letters, digits, '_', '.' and '-', and starts with "
		  "neither '.' nor '-'" },
		{ "a:1+2", "'1+2' is no tag: a tag has letters, digits, '_', '.' and '-', and starts with "
		  "neither '.' nor '-'" },
		{ "a@sha256:12", "'sha256:12' is no digest: write sha256: and 64 digits 0-9 a-f" },
		{ "a@", "'' is no digest: write sha256: and 64 digits 0-9 a-f" },
		{ "a:b/c", "'a:b' is no registry: a port's number is missing behind ':'" },
		{ "-.x/c", "'-.x' is no registry: it is a host name, and ':' and a port if you like" },
		{ HEX64, "'" HEX64 "' looks like an image's id: it is no name" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct error err = { 0 };
		assert_false(quote_check_image(str_of(table[i].name), &err));
		assert_string_equal(err.text, table[i].text);
		assert_int_equal(err.code, ERROR_PROJECT);
	}
}

static void test_quote_image__bounds_lengths(void **state)
{
	(void)state;
	struct buf name owned_buf = { 0 };
	struct error err = { 0 };
	buf_append_fill(&name, 'a', 255);
	assert_true(quote_check_repository(buf_str(&name), &err));
	assert_false(quote_check_tag(buf_str(&name), &err));
	buf_append_char(&name, 'a');
	assert_false(quote_check_repository(buf_str(&name), &err));
	assert_string_equal(err.text, "the image name 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…' has "
	                              "256 characters: it has at most 255");
	assert_true(quote_check_tag(str_slice(buf_str(&name), 0, 128), &err));
}

static void test_quote_image__repositories_have_no_tag(void **state)
{
	(void)state;
	struct error err = { 0 };
	assert_true(quote_check_repository(STR("host:5000/a"), &err));
	assert_false(quote_check_repository(STR("a:1"), &err));
	assert_string_equal(err.text, "'a:1' has a ':': the name stands here without a tag");
}

static void test_quote__finds_the_registry_of_an_image(void **state)
{
	static const struct {
		const char *name, *registry;
	} table[] = {
		{ "app", "docker.io" }, { "app:1", "docker.io" }, { "user/app", "docker.io" },
		{ "localhost/app", "localhost" }, { "r.example/app", "r.example" },
		{ "host:5000/a/b:1", "host:5000" }, { "[::1]:5000/a", "[::1]:5000" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_true(str_eq(quote_image_registry(str_of(table[i].name)), str_of(table[i].registry)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quote__finds_the_registry_of_an_image),
		cmocka_unit_test(test_quote_image__takes_what_docker_takes),
		cmocka_unit_test(test_quote_image__says_what_is_wrong),
		cmocka_unit_test(test_quote_image__bounds_lengths),
		cmocka_unit_test(test_quote_image__repositories_have_no_tag),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
