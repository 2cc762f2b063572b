#include "core/history/cache_model.h"

#include <string.h>

static const struct cache_model cache_models[] = {
	{ .engine = "buildkit", .forces_stages = true },
	{ .engine = "buildkitd", .forces_stages = true },
	{ .engine = "classic", .chains_all = true, .keys_args = true, .ends_args = true,
	  .keys_contents = true, .tells_layers = true },
};

const struct cache_model *cache_model_find(const char *engine)
{
	for (size_t i = 0; engine && i < sizeof cache_models / sizeof *cache_models; i++)
		if (strcmp(cache_models[i].engine, engine) == 0)
			return &cache_models[i];
	return NULL;
}
