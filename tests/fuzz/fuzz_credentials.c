/* docker's config.json, and what a credential helper prints. */
#include <stdint.h>

#include "core/base/check.h"
#include "core/engine/credentials.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const hosts[] = { "docker.io", "a.example", "b.example:5000" };
	struct str text = { (const char *)data, size };
	owned(arena) struct arena *a = arena_new();
	for (size_t i = 0; i < 3; i++) {
		struct credentials_found found;
		struct error err = { 0 };
		bool ok = credentials_find(a, "config.json", text, hosts[i], &found, &err);
		CHECK(ok || err.code != ERROR_NONE);
		CHECK(!ok || found.kind != CREDENTIALS_KNOWN || found.known.secret.n);
		CHECK(!ok || found.kind != CREDENTIALS_HELPER ||
		      str_find(str_of(found.helper), '/') == STR_NONE);
	}
	struct credential c;
	struct error err = { 0 };
	CHECK(!credentials_of_helper(a, "h", text, &c, &err) || c.secret.n);
	return 0;
}
