/* Any bytes as an image's archive, and what it differs in from itself. */
#include "core/base/check.h"
#include "core/engine/layers_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool give(void *data, struct str *ret_bytes, struct error *err)
{
	struct str *rest = data;
	size_t n = rest->n < 1000 ? rest->n : 1000;
	(void)err;
	*ret_bytes = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *a = arena_new();
	struct str rest = { (const char *)data, size };
	struct layers_limits limits = { .bytes = 1 << 20, .entries = 1000, .names = 1 << 16 };
	struct image_layers layers;
	struct layers_diff diff;
	struct error err = { 0 };
	if (!layers_read(a, give, &rest, limits, &layers, &err)) {
		CHECK(err.code && err.text[0]);
		return 0;
	}
	CHECK(layers.wasted <= layers.size);
	for (size_t i = 1; i < layers.nfiles; i++)
		CHECK(strcmp(layers.files[i - 1].file->path, layers.files[i].file->path) < 0);
	layers_diff_make(a, &layers, &layers, &diff);
	CHECK(diff.files.n == 0 && diff.npairs == layers.n);
	layers_diff_value(a, &diff, 10);
	return 0;
}
