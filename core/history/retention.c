#include "core/history/retention.h"

#include <sys/stat.h>

#include "core/history/remove.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/project/preferences.h"

enum { DAY = 86400 };

const char *retention_why_text(enum retention_why why)
{
	static const char *const texts[] = {
		"older than keep_days", "beyond keep_builds", "beyond keep_size",
	};
	return texts[why];
}

bool retention_read(struct retention *ret_retention, struct error *err)
{
	owned(problems) struct problems *problems = problems_new();
	owned(files) struct files *files = files_disk("/");
	owned(preferences) struct preferences *p =
		preferences_read(files, save_config_path("config.toml"), NULL, problems);
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *problem = problems_get(problems, i);
		owned_buf struct buf text = { 0 };
		problem_print(&text, problem);
		if (problem->severity == SEVERITY_ERROR)
			return error_set(err, ERROR_PROJECT, "%s", buf_text(&text));
	}
	*ret_retention = (struct retention){ (double)p->keep_days * DAY, (size_t)p->keep_builds,
	                                     p->keep_size };
	return true;
}

/* The file `imported` is as old as the import. */
static double retention_since(struct arena *scratch, const struct history_item *item)
{
	struct stat st;
	if (!item->imported || stat(files_join(scratch, item->dir, "imported"), &st) < 0)
		return item->started;
	return (double)st.st_mtim.tv_sec;
}

void retention_decide(struct arena *arena, const struct retention *r,
                      const struct history_list *all, const char *self, double now,
                      struct retention_plan *ret_plan)
{
	struct retention_item *items = arena_array(arena, all->n + 1, sizeof *items);
	struct retention_plan plan = { .items = items };
	for (size_t i = 0; i < all->n; i++) {
		const struct history_item *item = &all->items[i];
		bool stays = item->pinned || item->state == HISTORY_RUNNING ||
		             (self && str_eq(str_of(item->id), str_of(self)));
		bool old = r->age > 0 && now - retention_since(arena, item) > r->age;
		bool many = r->builds && plan.kept >= r->builds;
		bool large = r->bytes && plan.kept_bytes + item->size > r->bytes;
		if (stays || (!old && !many && !large)) {
			plan.kept++;
			plan.kept_bytes += item->size;
			continue;
		}
		items[plan.n++] = (struct retention_item){ item, old ? RETENTION_AGE : many ?
		                                           RETENTION_BUILDS : RETENTION_BYTES };
		plan.bytes += item->size;
	}
	*ret_plan = plan;
}

void retention_after(const char *id)
{
	owned(arena) struct arena *arena = arena_new();
	struct retention retention;
	struct retention_plan plan;
	struct history_list all;
	struct error ignored;
	if (!retention_read(&retention, &ignored) || !history_read(arena, (size_t)-1, &all, &ignored))
		return;
	retention_decide(arena, &retention, &all, id, clock_now(), &plan);
	for (size_t i = 0; i < plan.n; i++)
		history_remove(plan.items[i].item->dir, &ignored);
}
