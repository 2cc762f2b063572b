/* Rows of the history as JSON. */
#include "core/history/list.h"

static struct value *describe_seconds(struct arena *arena, double seconds)
{
	return value_new(arena, VALUE_FLOAT, str_of(arena_printf(arena, "%.3f", seconds)),
	                 (struct span){ 0 });
}

struct value *history_describe(struct arena *arena, const struct history_item *item)
{
	struct value *v = value_new_object(arena), *profiles = value_new_array(arena);
	const struct { const char *key, *text; } texts[] = {
		{ "id", item->id }, { "project", item->project }, { "kind", item->kind },
		{ "level", item->level }, { "engine", item->engine }, { "image", item->image },
		{ "state", history_state_name(item->state) },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		value_set(arena, v, texts[i].key, value_new_string(arena, str_of(texts[i].text)));
	for (size_t i = 0; i < item->nprofiles; i++)
		value_append(profiles, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(arena, str_of(item->profiles[i])));
	value_set(arena, v, "profiles", profiles);
	if (item->nbuilds)
		value_set(arena, v, "builds", value_new_integer(arena, (long long)item->nbuilds));
	if (item->action[0])
		value_set(arena, v, "action", value_new_string(arena, str_of(item->action)));
	if (item->batch[0])
		value_set(arena, v, "batch", value_new_string(arena, str_of(item->batch)));
	value_set(arena, v, "pinned", value_new_bool(arena, item->pinned));
	if (item->imported)
		value_set(arena, v, "imported", value_new_bool(arena, true));
	value_set(arena, v, "size", value_new_integer(arena, (long long)item->size));
	if (item->image_id[0])
		value_set(arena, v, "image_id", value_new_string(arena, str_of(item->image_id)));
	if (item->digest[0])
		value_set(arena, v, "digest", value_new_string(arena, str_of(item->digest)));
	value_set(arena, v, "started", describe_seconds(arena, item->started));
	if (item->ended > 0)
		value_set(arena, v, "seconds", describe_seconds(arena, item->ended - item->started));
	return v;
}
