#include <stdint.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/ext/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Up to the first newline a pattern of ECMA-262, behind it a text: the pattern is taken or
 * refused with a sentence, and looking for it ends, says the same twice and stays inside. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, pattern;
	struct error err = { 0 };
	size_t at = 0, length = 0, again = 0, length_again = 0;
	if (!size || utf8_invalid(text) != STR_NONE)
		return 0;
	str_next(&text, '\n', &pattern);
	owned(regex) struct regex *re = regex_new(pattern, REGEX_ECMA, &err);
	CHECK(re || (err.code == ERROR_USAGE && err.text[0]));
	if (!re)
		return 0;
	bool found = regex_find(re, text, 0, &at, &length);
	CHECK(!found || (at <= text.n && length <= text.n - at));
	CHECK(regex_find(re, text, 0, &again, &length_again) == found);
	CHECK(at == again && length == length_again);
	return 0;
}
