#include "core/config/schema_format.h"

#include "tests/core/value/reading.h"

static const struct {
	const char *name, *good[12], *bad[14];
} cases[] = {
	{ "date-time",
	  { "1985-04-12T23:20:50.52Z", "1996-12-19t16:39:57-08:00", "2000-02-29T00:00:00z",
	    "1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00" },
	  { "", "1985-04-12", "1985-04-12T23:20:50", "1985-02-30T23:20:50Z", "1985-04-12 23:20:50Z",
	    "1998-12-31T22:59:60Z", "1985-04-12T24:00:00Z", "1985-04-12T23:20:50.Z",
	    "1985-04-12T23:20:50+24:00", "85-04-12T23:20:50Z", "1985-04-12T23:20:50Zx" } },
	{ "date", { "2020-02-29", "1900-12-31" },
	  { "1900-02-29", "2020-13-01", "2020-00-01", "2020-1-01", "2020-01-32", "2020-01-00" } },
	{ "time", { "08:30:06Z", "23:59:60+00:00", "08:30:06.283185+01:30" },
	  { "08:30:06", "24:00:00Z", "00:60:00Z", "00:00:61Z", "8:30:06Z", "08:30:06 PST" } },
	{ "email", { "joe@example.com", "a.b+c@x.y", "\"a b\"@x", "\"a\\\"b\"@x", "a@[127.0.0.1]",
	             "a@[IPv6:::1]", "te~st@x" },
	  { "joe", "@x", "a@", ".a@x", "a.@x", "a..b@x", "a b@x", "a@[127.0.0.300]", "\"a\"b\"@x",
	    "a@x y", "a@-x", "\u00e4@x", "\"a\\\"@x" } },
	{ "idn-email", { "\u5b9e\u4f8b@\u5b9e\u4f8b.org", "joe@x" },
	  { "@\u5b9e", "\u5b9e", "a@\u3002" } },
	{ "hostname", { "www.example.com", "a", "1.2", "a-b", "ab--c", "xn--mnchen-3ya" },
	  { "", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", "m\u00fcnchen", "xn--X",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
	{ "idn-hostname", { "m\u00fcnchen.de", "\uc2e4\ub840.\ud14c\uc2a4\ud2b8", "l\u00b7l",
	                    "a\u3002b", "\u0915\u094d\u200d\u0937" },
	  { "\u3002", "a\u00b7l", "\u0300a", "a\u302eb", "\u0915\u200d\u0937", "ab--c", "\u00bd" } },
	{ "ipv4", { "192.168.0.1", "0.0.0.0", "255.255.255.255" },
	  { "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4 ", "0x1.2.3.4", "1..2.3", "",
	    "1.2.3.\u0664" } },
	{ "ipv6", { "::1", "::", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
	            "2001:DB8::a" },
	  { "", ":", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":1", "12345::", "::g",
	    "1.2.3.4", "::1.2.3", "::1%eth0", "1:2:3:4:5:6:7::8", "1.2.3.4::" } },
	{ "uri", { "http://u:p@x.org:8080/a;b?q=%20#f", "urn:isbn:1", "mailto:a@b", "ldap://[::1]/c?d",
	           "a:", "http://x/?a/b?c", "http://[v1.a:b]/" },
	  { "", "/a", "//x/a", "a b:c", "http://x/ y", "http://x/%4", "http://[1::2::3]/",
	    "http://x:a/", "http://\u00e4/", "http://x/<>", "http://x/\\", "1a:b", "http://x/#a#b",
	    "http://[::1]a/" } },
	{ "uri-reference", { "", "a", "/a", "//x", "#f", "?q", "a/b:c", "http://x" },
	  { "a b", "\\a", "#a#", ":a", "1:a", "%zz" } },
	{ "iri", { "http://\u0192\u00f8\u00f8.\u00df\u00e5r/?\u2202\u00e9#\u0153" },
	  { "/a", "http://\u0192 x", "http://x/\u200b y", "http://x/\ue000" } },
	{ "iri-reference", { "\u00e4#\u00f6", "" }, { "\u00e4 b", "\\\\x" } },
	{ "uri-template", { "http://x/{a}/{b:3}{?c*,d}", "{+p}", "a'b", "", "{a.b%20}" },
	  { "{", "a}", "{}", "{a", "{a:}", "{a:0}", "{a:10000}", "{a b}", "{a..b}", "{*}", "a b",
	    "{.}" } },
	{ "json-pointer", { "", "/", "/a/0", "/~0~1", "/ \"\\" }, { "a", "/~", "/~2", "#/a", "0" } },
	{ "relative-json-pointer", { "0", "1/a", "12#", "0/" },
	  { "", "01", "-1/a", "1a", "1##", "/a" } },
	{ "regex", { "^[a-z]+$", "" }, { "(", "a++", "\\Z" } },
};

static void test_schema_format__tells_good_from_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct schema_format *f = schema_format_find(str_of(cases[i].name), DRAFT_7);
		assert_non_null(f);
		for (size_t k = 0; k < 12 && cases[i].good[k]; k++)
			if (!f->fits(str_of(cases[i].good[k])))
				fail_msg("%s: '%s' is refused", f->name, cases[i].good[k]);
		for (size_t k = 0; k < 14 && cases[i].bad[k]; k++)
			if (f->fits(str_of(cases[i].bad[k])))
				fail_msg("%s: '%s' is taken", f->name, cases[i].bad[k]);
	}
}

static void test_schema_format__knows_those_of_each_draft(void **state)
{
	(void)state;
	assert_non_null(schema_format_find(STR("uri"), DRAFT_4));
	assert_null(schema_format_find(STR("uri-reference"), DRAFT_4));
	assert_non_null(schema_format_find(STR("json-pointer"), DRAFT_6));
	assert_null(schema_format_find(STR("date"), DRAFT_6));
	assert_null(schema_format_find(STR("colour"), DRAFT_7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schema_format__tells_good_from_bad),
		cmocka_unit_test(test_schema_format__knows_those_of_each_draft),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
