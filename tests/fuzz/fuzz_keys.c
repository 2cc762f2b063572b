#include <stdint.h>

#include "core/base/check.h"
#include "tui/keymap.h"
#include "tui/keymap_file.h"
#include "tui/mouse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any keys of a user: every action can still be left, and what is bound can be parsed. */
static void check_bound(void)
{
	const struct keymap_place *place;
	for (size_t i = 0; (place = keymap_place(i)); i++)
		for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
			struct str keys = keymap_keys(a, place->where), one;
			while (keys.n && str_next(&keys, ' ', &one))
				while (one.n)
					CHECK(keymap_parse(&one) != 0);
		}
}

/* As keys.toml, and as what a terminal sends behind "\e[<". */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(files) struct files *files = files_memory(NULL);
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf out = { 0 };
	struct mouse_report report = { .n = 0 };
	struct mouse_event event;
	files_memory_put(files, "/keys.toml", (struct str){ (const char *)data, size });
	keymap_unbind();
	keymap_file_read_path(files, "/keys.toml", arena, problems);
	for (size_t i = 0; i < problems_count(problems); i++)
		problem_print(&out, problems_get(problems, i));
	check_bound();
	for (size_t i = 0; i < size; i++)
		if (mouse_read(&report, data[i], &event) == MOUSE_EVENT)
			CHECK(event.row >= 0 && event.col >= 0 && event.row < 10000 && event.col < 10000);
	return 0;
}
