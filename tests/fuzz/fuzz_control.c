/* What a BuildKit answers: the first byte chooses the message that the rest is read as. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/blame.h"
#include "core/ext/pb_control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_pairs(const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		CHECK(pairs[i].name.p && pairs[i].value.p);
}

static void fuzz_usage(const struct pb_usage *u)
{
	CHECK(u->size >= 0 && u->count >= 0 && u->created >= 0 && u->last_used >= 0);
	for (size_t i = 0; i < u->nparents; i++)
		CHECK(u->parents[i].p);
}

static void fuzz_usages(struct arena *a, struct str bytes)
{
	const struct pb_usage *u;
	struct error err = { 0 };
	size_t n;
	if (pb_usages_parse(a, bytes, &u, &n, &err))
		for (size_t i = 0; i < n; i++)
			fuzz_usage(&u[i]);
	struct pb_usage one;
	if (pb_usage_parse(a, bytes, &one, &err))
		fuzz_usage(&one);
}

static void fuzz_workers(struct arena *a, struct str bytes)
{
	const struct pb_worker *w;
	struct error err = { 0 };
	size_t n;
	if (!pb_workers_parse(a, bytes, &w, &n, &err))
		return;
	for (size_t i = 0; i < n; i++) {
		fuzz_pairs(w[i].labels, w[i].nlabels);
		for (size_t k = 0; k < w[i].nplatforms; k++)
			CHECK(w[i].platforms[k].os.p);
		CHECK(w[i].version.version.p);
	}
}

static void fuzz_history(struct arena *a, struct str bytes)
{
	struct pb_history h;
	struct error err = { 0 };
	if (!pb_history_parse(a, bytes, &h, &err))
		return;
	fuzz_pairs(h.attrs, h.nattrs);
	fuzz_pairs(h.answer, h.nanswer);
	CHECK(h.cached_steps >= 0 && h.total_steps >= 0 && h.completed_steps >= 0);
}

static void fuzz_small(struct arena *a, struct str bytes)
{
	const struct pair *answer;
	struct pb_version version;
	struct error err = { 0 };
	size_t n;
	if (pb_solve_answer_parse(a, bytes, &answer, &n, &err))
		fuzz_pairs(answer, n);
	pb_info_parse(a, bytes, &version, &err);
}

static void fuzz_blame(struct str bytes)
{
	static const struct engine_sink sink;
	owned(decoder) struct decoder *d = decoder_trace_new(NULL, &sink);
	struct blame b;
	blame_read(&b, bytes);
	CHECK(b.exit_code >= -1 && b.exit_code <= 255);
	CHECK(b.text.n < 2 * BLAME_TEXT_MAX + 2);
	blame_tell(&b, d);
	blame_finish(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *a = arena_new();
	struct str bytes = { (const char *)data + 1, size - 1 };
	if (!size)
		return 0;
	switch (data[0] % 5) {
	case 0: fuzz_usages(a, bytes); break;
	case 1: fuzz_workers(a, bytes); break;
	case 2: fuzz_history(a, bytes); break;
	case 3: fuzz_small(a, bytes); break;
	case 4: fuzz_blame(bytes); break;
	}
	return 0;
}
