/* BuildKit's trace: an even first byte is followed by the stream itself, an odd one by
 * the protobuf message that a line of it would carry. */
#include "tests/fuzz/decoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_base64(struct buf *b, const uint8_t *p, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		unsigned bits = (unsigned)p[i] << 16 | (left > 1 ? (unsigned)p[i + 1] << 8 : 0) |
		                (left > 2 ? p[i + 2] : 0);
		buf_append_char(b, digits[bits >> 18]);
		buf_append_char(b, digits[bits >> 12 & 63]);
		buf_append_char(b, left > 1 ? digits[bits >> 6 & 63] : '=');
		buf_append_char(b, left > 2 ? digits[bits & 63] : '=');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned_buf struct buf wrapped = { 0 };
	if (size == 0 || data[0] % 2 == 0) {
		decoding_run(decoder_trace_new, (struct str){ (const char *)data, size });
		return 0;
	}
	buf_append_char(&wrapped, (char)data[0]);
	/* The same message twice: what was told before must not confuse. */
	for (int i = 0; i < 2; i++) {
		buf_append_text(&wrapped, "{\"id\":\"moby.buildkit.trace\",\"aux\":\"");
		fuzz_base64(&wrapped, data + 1, size - 1);
		buf_append_text(&wrapped, "\"}\n");
	}
	decoding_run(decoder_trace_new, buf_str(&wrapped));
	return 0;
}
