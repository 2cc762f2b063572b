/* What an engine says of a container: its output in frames, its description, the answer that
 * opens its input. */
#include <stdint.h>

#include "core/base/check.h"
#include "core/engine/docker_attach.h"
#include "core/engine/docker_container.h"
#include "core/engine/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_frame(void *data, int stream, struct str bytes)
{
	size_t *all = data;
	CHECK(stream == 1 || stream == 2);
	CHECK(bytes.n > 0);
	*all += bytes.n;
}

/* In pieces and whole it is the same. */
static void fuzz_frames(struct str bytes, size_t piece)
{
	struct frames f = { 0 }, g = { 0 };
	struct error err = { 0 };
	size_t parts = 0, whole = 0;
	bool ok = true, same = frames_feed(&g, bytes, fuzz_frame, &whole, &err);
	for (size_t at = 0; ok && at < bytes.n; at += piece)
		ok = frames_feed(&f, str_slice(bytes, at, piece), fuzz_frame, &parts, &err);
	CHECK(ok == same && parts == whole);
	CHECK(!ok || frames_are_whole(&f) == frames_are_whole(&g));
}

static void fuzz_description(struct str bytes)
{
	owned(arena) struct arena *a = arena_new();
	const struct run_task task = { .name = "web", .image = STR("sha256:abc") };
	struct run_report report = { .exit_code = -1, .probe_exit = -1 }, back;
	const struct run_port *exposed, *ports;
	struct error err = { 0 };
	bool runs;
	size_t n, all;
	owned_buf struct buf body = { 0 };
	if (container_read(a, bytes, &report, &runs, &err)) {
		CHECK(!runs || report.exit_code == -1);
		CHECK(run_report_read(a, run_report_value(a, &report), &back));
		CHECK(run_report_equal(&report, &back));
	}
	if (container_read_exposed(a, bytes, &exposed, &n, &err)) {
		ports = container_ports(a, &task, exposed, n, &all);
		container_write_create(&body, &task, ports, all);
	}
	container_refusal(500, bytes, &task, &err);
	CHECK(err.code != ERROR_NONE);
}

/* More of an answer never changes what was read of its head. */
static void fuzz_head(struct str bytes)
{
	int status = -1, more = -1;
	size_t size = 0, again = 0;
	bool whole = attach_read_head(bytes, &status, &size);
	CHECK(!whole || (size <= bytes.n && (status == 0 || (status >= 100 && status < 600))));
	CHECK(whole || bytes.n < ATTACH_HEAD_MAX);
	if (whole && status)
		CHECK(attach_read_head(str_slice(bytes, 0, size), &more, &again) && more == status &&
		      again == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	if (!size)
		return 0;
	if (data[0] & 0x80)
		fuzz_frames(str_slice(bytes, 1, size), (data[0] & 0x3fu) + 1u);
	else if (data[0] & 0x40)
		fuzz_head(str_slice(bytes, 1, size));
	else
		fuzz_description(str_slice(bytes, 1, size));
	return 0;
}
