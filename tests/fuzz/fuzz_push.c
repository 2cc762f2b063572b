/* An engine's answer to a push, fed in pieces whose size the first byte chooses; and its last
 * word made a message. */
#include <stdint.h>

#include "core/base/check.h"
#include "core/engine/push.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	(void)data;
	(void)t;
	CHECK(key == 0 && stream == 1 && bytes.n && bytes.p[bytes.n - 1] == '\n');
}

static void fuzz_progress(void *data, uint64_t key, struct str id, uint64_t current,
                          uint64_t total)
{
	(void)data;
	CHECK(key == 0 && id.n && (!total || current <= total));
}

static void fuzz_warning(void *data, struct str text)
{
	(void)data;
	CHECK(text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct engine_sink sink = { .log = fuzz_log, .progress = fuzz_progress,
	                                         .warning = fuzz_warning };
	static const struct push_login login = { .path = "config.json" };
	struct push_stream p = { .sink = &sink };
	struct str rest = { (const char *)data, size };
	struct work_result result = { 0 };
	struct error err = { 0 };
	size_t piece = size ? data[0] % 64 + 1u : 1;
	bool ok = true;
	for (size_t at = 0; ok && at < rest.n; at += piece)
		ok = push_stream_feed(&p, str_slice(rest, at, piece), &err);
	ok = ok && push_stream_end(&p, &err);
	CHECK(ok || err.code != ERROR_NONE);
	CHECK(p.layers.n <= PUSH_LAYERS_MAX && p.nsent + p.nthere <= p.layers.n);
	CHECK(!p.digest.n || p.digest.n == 71);
	push_failed(buf_str(&p.error), "r.example/app:1", &login, &result);
	CHECK(result.error.code == ERROR_BUILD && !result.ok);
	push_failed(rest, "r.example/app:1", &login, &result);
	push_stream_finish(&p);
	return 0;
}
