/* Former builds of a project, to say what has changed since. */
#include <string.h>
#include <sys/stat.h>

#include "core/history/list.h"
#include "core/job/foresee.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/value/json.h"

/* So far back it is looked, and so many are compared. */
enum { FORMERS_LOOK = 400, FORMERS_MAX = 8, FORMERS_BYTES = 4 << 20 };

static bool formers_is_ours(struct arena *a, struct files *disk, const struct history_item *item,
                            const char *root)
{
	return !strcmp(item->root, root) && !item->nbuilds && strcmp(item->engine, "watch") != 0 &&
	       !files_has(disk, files_join(a, item->dir, "imported"));
}

/* The first whatever its size; further ones while they are quickly read. */
static bool formers_fits(struct arena *a, const char *dir, size_t *bytes, size_t n)
{
	struct stat st;
	if (stat(files_join(a, dir, "fingerprints"), &st) < 0)
		return false;
	*bytes += (size_t)st.st_size;
	return n == 0 || *bytes < FORMERS_BYTES;
}

static const struct value *formers_settings(struct arena *a, struct files *disk, const char *dir)
{
	const struct value *v;
	struct str text;
	struct error ignored;
	return files_read(disk, files_join(a, dir, "settings.json"), a, &text, &ignored) == FILES_OK &&
	       value_parse_json(a, text, &v, &ignored) ? v : NULL;
}

const struct forecast_former *foresee_formers(struct arena *a, const char *root, const char *engine,
                                              const char *address, const char *but, size_t *ret_n,
                                              const char **ret_engine)
{
	owned(files) struct files *disk = files_disk("/");
	struct forecast_former *list = arena_array(a, FORMERS_MAX, sizeof *list);
	struct files_list all = { 0 };
	struct history_item item;
	struct error ignored;
	size_t n = 0, bytes = 0;
	const char *builds = save_state_dir("builds", &ignored);
	if (!builds || files_list(disk, builds, a, &all, &ignored) != FILES_OK)
		all.n = 0;
	for (size_t i = all.n; i > 0 && n < FORMERS_MAX && all.n - i < FORMERS_LOOK; i--) {
		/* A look at the lock of its own would cost the job that lock (fcntl(2)). */
		if (but && !strcmp(all.entries[i - 1].name, but))
			continue;
		struct forecast_former *f = &list[n];
		if (!history_read_one(a, files_join(a, builds, all.entries[i - 1].name), &item) ||
		    !formers_is_ours(a, disk, &item, root) ||
		    (engine && strcmp(item.engine, engine) != 0) ||
		    (address && strcmp(item.address, address) != 0) ||
		    !formers_fits(a, item.dir, &bytes, n) ||
		    !fingerprints_read(a, item.dir, &f->prints, &ignored))
			continue;
		f->id = str_of(item.id);
		f->settings = formers_settings(a, disk, item.dir);
		engine = engine ? engine : item.engine;
		address = address ? address : item.address;
		n++;
	}
	*ret_n = n;
	*ret_engine = engine;
	return list;
}
