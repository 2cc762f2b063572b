/* What an engine says of its disk: whatever it is, what goes stands on nothing that stays
 * above it, and every sum is a range. */
#include <stdint.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/usage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_usage(struct arena *a, struct str bytes, struct usage *u)
{
	struct error err = { 0 };
	struct usage_chains chains = { 0 };
	size_t cut = str_find(bytes, '\n');
	struct str first = str_slice(bytes, 0, cut);
	struct str rest = cut == STR_NONE ? (struct str){ 0 } : str_slice(bytes, cut + 1, bytes.n);
	bool ok = bytes.n % 3 ? usage_read_images(a, first, rest, u, &err) &&
	                        (!rest.n || usage_read_df(a, rest, u, &err))
	                      : usage_read_buildah(a, first, STR("[]"), rest.n ? rest : STR("[]"), u,
	                                           &err);
	CHECK(ok || err.code != ERROR_NONE);
	for (size_t i = 0; ok && i < u->n; i++)
		if (u->items[i].kind == USAGE_IMAGE)
			usage_read_layers(a, i % 2 ? first : rest, u, &chains, i, &err);
	usage_chains_finish(&chains);
	if (ok && u->nlayers)
		usage_sum_layers(u);
	return ok;
}

static void choose_all(struct arena *a, const struct usage *u, const struct usage_wish *wish)
{
	struct usage_choice c;
	struct error err;
	if (!usage_choose(a, u, wish, &c, &err))
		return;
	for (size_t i = 0; i < c.n; i++) {
		CHECK(c.is_going[c.goes[i]] && u->items[c.goes[i]].kind != USAGE_VOLUME);
		CHECK(!u->items[c.goes[i]].by_name);
	}
	for (enum usage_kind k = 0; k <= USAGE_KINDS; k++) {
		struct usage_sum sum = usage_weigh(u, c.is_going, k);
		CHECK(sum.least <= sum.most);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	owned(arena) struct arena *a = arena_new();
	struct usage u;
	if (!read_usage(a, bytes, &u))
		return 0;
	struct usage_wish wish = { .kinds = ~0u, .now = 2e9 };
	choose_all(a, &u, &wish);
	wish.all = true;
	choose_all(a, &u, &wish);
	wish.has_keep = true;
	wish.keep = size;
	choose_all(a, &u, &wish);
	return 0;
}
