/* What an engine says of its images. */
#include <stdint.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/images.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	owned(arena) struct arena *a = arena_new();
	struct engine_images images = { 0 };
	struct error err = { 0 };
	bool ok = size % 2 ? engine_images_read_docker(a, bytes, STR("svc"), &images, &err)
	                   : engine_images_read_buildah(a, bytes, STR("svc"), &images, &err);
	CHECK(ok || err.code != ERROR_NONE);
	for (size_t i = 0; ok && i < images.n; i++) {
		CHECK(strcmp(images.items[i].name, "svc") == 0 && images.items[i].tag);
		CHECK(!i || images.items[i - 1].created >= images.items[i].created);
	}
	return 0;
}
