#include "core/config/uri.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* RFC 3986, 5.4, and bases without a scheme. */
static void test_uri__resolves_references(void **state)
{
	(void)state;
	static const char rfc[] = "http://a/b/c/d;p?q";
	static const struct { const char *base, *reference, *want; } table[] = {
		{ rfc, "g:h", "g:h" }, { rfc, "g", "http://a/b/c/g" }, { rfc, "./g", "http://a/b/c/g" },
		{ rfc, "g/", "http://a/b/c/g/" }, { rfc, "/g", "http://a/g" }, { rfc, "//g", "http://g" },
		{ rfc, "?y", "http://a/b/c/d;p?y" }, { rfc, "g?y", "http://a/b/c/g?y" },
		{ rfc, "#s", "http://a/b/c/d;p?q#s" }, { rfc, "g#s", "http://a/b/c/g#s" },
		{ rfc, ";x", "http://a/b/c/;x" }, { rfc, "", "http://a/b/c/d;p?q" },
		{ rfc, ".", "http://a/b/c/" }, { rfc, "..", "http://a/b/" },
		{ rfc, "../g", "http://a/b/g" }, { rfc, "../..", "http://a/" },
		{ rfc, "../../g", "http://a/g" }, { rfc, "../../../g", "http://a/g" },
		{ rfc, "/./g", "http://a/g" }, { rfc, "/../g", "http://a/g" },
		{ rfc, "g.", "http://a/b/c/g." }, { rfc, "..g", "http://a/b/c/..g" },
		{ rfc, "./../g", "http://a/b/g" }, { rfc, "g/./h", "http://a/b/c/g/h" },
		{ rfc, "g/../h", "http://a/b/c/h" }, { rfc, "g#s/../x", "http://a/b/c/g#s/../x" },
		{ "http://a", "b", "http://a/b" }, { "", "b/c", "b/c" }, { "b/c", "d#e", "b/d#e" },
		{ "", "#x", "#x" }, { "urn:uuid:1", "#x", "urn:uuid:1#x" },
		{ "file:///a/b", "c", "file:///a/c" }, { "b/c", "../d", "d" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf got = { 0 };
		uri_resolve(&got, str_of(table[i].base), str_of(table[i].reference));
		assert_string_equal(buf_text(&got), table[i].want);
	}
}

static void test_uri__decodes_percent_signs(void **state)
{
	(void)state;
	owned_buf struct buf got = { 0 };
	assert_true(uri_decode(&got, STR("a%25%C3%a4")));
	assert_string_equal(buf_text(&got), "a%\u00e4");
	assert_false(uri_decode(&got, STR("%")));
	assert_false(uri_decode(&got, STR("%4")));
	assert_false(uri_decode(&got, STR("%4g")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uri__resolves_references),
		cmocka_unit_test(test_uri__decodes_percent_signs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
