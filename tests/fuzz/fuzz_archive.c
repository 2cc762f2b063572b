#include "core/base/check.h"
#include "core/ext/archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a listing lets through must be a path that stays inside. */
static bool look(void *data, const struct archive_item *item, struct error *err)
{
	struct str rest = str_of(item->path), part;
	(void)data;
	(void)err;
	CHECK(item->path[0] && item->path[0] != '/');
	while (str_next(&rest, '/', &part))
		CHECK(part.n && !str_eq(part, STR("..")) && !str_eq(part, STR(".")));
	CHECK(!item->link || item->link[0] != '/');
	CHECK((item->mode & 07777 & ~0777u) == 0);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = { 0 };
	struct str bytes = { (const char *)data, size };
	struct archive_limits limits = { .bytes = 1 << 20, .entries = 100 };
	if (!archive_list_bytes(bytes, limits, look, NULL, &err))
		CHECK(err.code && err.text[0]);
	return 0;
}
