#include "core/job/mask.h"

#include "core/value/json.h"
#include "tests/core/os/scratch.h"

/* The text in pieces of every size gives the same as in one. */
static void masked_is(const struct mask *m, const char *text, const char *expected)
{
	size_t n = strlen(text);
	for (size_t size = 1; size <= n; size++) {
		struct mask_stream stream = { 0 };
		owned_buf struct buf out = { 0 };
		for (size_t at = 0; at < n; at += size)
			mask_feed(m, &stream, str_slice(str_of(text), at, size), &out);
		mask_flush(m, &stream, &out);
		assert_string_equal(buf_text(&out), expected);
		mask_stream_finish(&stream);
	}
}

static void test_mask__hides_across_pieces(void **state)
{
	(void)state;
	owned(mask) struct mask *m = mask_new();
	mask_add(m, STR("abcabd"));
	mask_add(m, STR("abcd"));
	mask_add(m, STR("abcdef"));
	mask_add(m, STR("xyz"));
	masked_is(m, "abcabcabd abc", "abc*** abc");
	masked_is(m, "-abcd-abcdef-abcde-", "-***-***-***e-");
	masked_is(m, "abcabcd", "abc***");
	masked_is(m, "xyz abcdabcd", "xyz ******");
	masked_is(m, "abcab", "abcab");
}

static void test_mask__holds_back_no_more_than_may_be_one(void **state)
{
	(void)state;
	owned(mask) struct mask *m = mask_new();
	struct mask_stream stream = { 0 };
	owned_buf struct buf out = { 0 };
	mask_add(m, STR("secret"));
	mask_feed(m, &stream, STR("plain text se"), &out);
	assert_string_equal(buf_text(&out), "plain text ");
	mask_feed(m, &stream, STR("nt\n"), &out);
	assert_string_equal(buf_text(&out), "plain text sent\n");
	mask_stream_finish(&stream);
}

static void test_mask__knows_credentials_of_urls(void **state)
{
	(void)state;
	owned(mask) struct mask *m = mask_new();
	mask_add_urls(m, STR("https://joe:p%40ss%2Fword@host/simple http://tok3n-only@b/\n"
	                     "https://host/path@2 ftp://u:x@c"));
	masked_is(m, "joe:p%40ss%2Fword@host", "***@host");
	masked_is(m, "p%40ss%2Fword and p@ss/word", "*** and ***");
	masked_is(m, "joe:p@ss/word", "***");
	masked_is(m, "tok3n-only", "***");
	masked_is(m, "joe host path@2 u:x", "joe host path@2 u:x");
}

static void test_mask__goes_through_values(void **state)
{
	struct scratch *s = *state;
	const struct value *v;
	owned(mask) struct mask *m = mask_new();
	owned_buf struct buf out = { 0 };
	struct str text = STR("{\"secret\":[\"a secret\",1.50,null,true,{\"b\":\"c\"}]}");
	assert_true(mask_is_empty(m));
	mask_add(m, STR("secret"));
	mask_add(m, STR("1.5"));
	assert_false(mask_is_empty(m));
	assert_true(value_parse_json(s->arena, text, &v, &s->err));
	value_write_json(&out, mask_value(m, s->arena, (struct value *)v), JSON_LINE);
	assert_string_equal(buf_text(&out), "{\"secret\":[\"a ***\",1.50,null,true,{\"b\":\"c\"}]}");
	struct str same = STR("nothing");
	assert_ptr_equal(mask_text(m, s->arena, same).p, same.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mask__hides_across_pieces),
		cmocka_unit_test(test_mask__holds_back_no_more_than_may_be_one),
		cmocka_unit_test(test_mask__knows_credentials_of_urls),
		SCRATCH_TEST(test_mask__goes_through_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
