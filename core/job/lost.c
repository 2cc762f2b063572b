#include "core/job/lost.h"

#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/space.h"

static const char *const lost_names[] = { "reserve", "scratch" };
enum { LOST_NAMES = sizeof lost_names / sizeof *lost_names };

uint64_t lost_keeps(const char *dir)
{
	owned(arena) struct arena *a = arena_new();
	uint64_t sum = 0;
	for (size_t i = 0; i < LOST_NAMES; i++)
		sum += space_used(files_join(a, dir, lost_names[i]));
	return sum;
}

void lost_release(const char *dir)
{
	owned(arena) struct arena *a = arena_new();
	struct error ignored;
	for (size_t i = 0; i < LOST_NAMES; i++)
		save_remove(files_join(a, dir, lost_names[i]), &ignored);
}
