#include "core/kind/place.h"

#include <string.h>

bool place_of(struct files *files, const char *argument, struct arena *arena,
              struct place *ret_place)
{
	struct files_list list;
	struct error ignored;
	const char *path = files_absolute(arena, argument);
	*ret_place = (struct place){ .dir = path };
	if (files_list(files, path, arena, &list, &ignored) == FILES_OK)
		return true;
	if (!files_has(files, path))
		return false;
	ret_place->dir = place_above(arena, path);
	ret_place->base = str_slice(str_of(path), str_find_last(str_of(path), '/') + 1, STR_NONE);
	return ret_place->dir != NULL;
}

const char *place_above(struct arena *arena, const char *dir)
{
	size_t slash = str_find_last(str_of(dir), '/');
	if (slash == STR_NONE || strcmp(dir, "/") == 0)
		return NULL;
	return arena_text(arena, str_slice(str_of(dir), 0, slash ? slash : 1));
}
