#include <stdint.h>

#include "core/base/check.h"
#include "core/history/mask_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A line of a log: its masked form is bounded and the same each time. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	owned_buf struct buf once = { 0 }, twice = { 0 };
	for (unsigned flags = 0; flags <= MASK_LINE_NUMBERS; flags++) {
		buf_clear(&once);
		buf_clear(&twice);
		mask_line_append(&once, text, flags);
		mask_line_append(&twice, text, flags);
		CHECK(str_eq(buf_str(&once), buf_str(&twice)));
		CHECK(once.n <= 5 * size + 1);
	}
	return 0;
}
