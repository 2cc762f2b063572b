/* Any bytes as the output of a build that others run: the first byte says as what, the
 * second in pieces of which size. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/engine/watched.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
	struct arena *arena;
	struct map keys;                /* of steps that were told */
};

static void fuzz_step(void *data, const struct step_report *s)
{
	struct fuzz *f = data;
	CHECK(s->instruction == -1);
	CHECK(!s->ended || s->started);
	CHECK(!s->cached || s->ended);
	CHECK(s->seconds >= 0);
	CHECK(!s->is_meta || s->is_step);
	map_set(&f->keys, arena_str(f->arena, (struct str){ (const char *)&s->key, sizeof s->key }),
	        f);
}

static bool fuzz_knows(const struct fuzz *f, uint64_t key)
{
	return map_has(&f->keys, (struct str){ (const char *)&key, sizeof key });
}

static void fuzz_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	CHECK(fuzz_knows(data, key));
	CHECK(stream == 1 || stream == 2);
	CHECK(bytes.n > 0 && t > 0);
}

static void fuzz_progress(void *data, uint64_t key, struct str id, uint64_t current,
                          uint64_t total)
{
	(void)id, (void)current, (void)total;
	CHECK(fuzz_knows(data, key));
}

static void fuzz_warning(void *data, struct str text)
{
	(void)data, (void)text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { .arena = arena_new() };
	const struct engine_sink sink = { .step = fuzz_step, .log = fuzz_log,
	                                  .progress = fuzz_progress, .warning = fuzz_warning,
	                                  .data = &f };
	struct watched_result result;
	struct str bytes = { (const char *)data + (size < 2 ? size : 2), size < 2 ? 0 : size - 2 };
	size_t piece = size < 2 ? 1 : (size_t)data[1] * 16 + 1;
	struct watched *w = watched_new(size ? data[0] % (WATCHED_STREAM + 1) : WATCHED_AUTO, &sink);
	for (size_t at = 0; at < bytes.n; at += piece)
		watched_feed(w, str_slice(bytes, at, piece));
	watched_end(w, &result);
	CHECK(result.ok == (result.error.code == ERROR_NONE));
	CHECK(!result.ok || (!result.cancelled && !result.lost));
	watched_free(w);
	map_finish(&f.keys);
	arena_free(f.arena);
	return 0;
}
