#include "tui/receipt.h"

#include <errno.h>
#include <unistd.h>

#include "core/history/list.h"
#include "core/journal/build.h"
#include "core/os/save.h"
#include "core/value/json.h"

static bool receipt_clear(const char *option, const char *path, struct error *err)
{
	struct error why;
	if (!save_check(path, &why))
		return error_set(err, ERROR_USAGE, "--%s: %s", option, why.text);
	if (unlink(path) < 0 && errno != ENOENT) {
		error_set_errno(&why, "cannot remove the old '%s'", path);
		return error_set(err, ERROR_USAGE, "--%s: %s", option, why.text);
	}
	return true;
}

bool receipt_prepare(const struct args *args, struct receipt *ret_receipt, struct error *err)
{
	struct receipt r = { args_get(args, "iidfile"), args_get(args, "metadata-file") };
	if ((r.iidfile || r.metadata) && args_has(args, "detach"))
		return error_set(err, ERROR_USAGE, "--%s is written when the build has ended, and --detach "
		                 "does not wait for that: give it to mortar attach",
		                 r.iidfile ? "iidfile" : "metadata-file");
	if (r.iidfile && r.metadata && strcmp(r.iidfile, r.metadata) == 0)
		return error_set(err, ERROR_USAGE, "--iidfile and --metadata-file name the same file '%s'",
		                 r.iidfile);
	if ((r.iidfile && !receipt_clear("iidfile", r.iidfile, err)) ||
	    (r.metadata && !receipt_clear("metadata-file", r.metadata, err)))
		return false;
	*ret_receipt = r;
	return true;
}

static void receipt_append_metadata(struct arena *arena, const char *dir,
                                    const struct history_item *item, const struct build *build,
                                    struct buf *out)
{
	size_t all, cached;
	struct value *v = history_describe(arena, item), *steps = value_new_object(arena);
	build_count_cached(build, &all, &cached);
	value_set(arena, steps, "total", value_new_integer(arena, (long long)all));
	value_set(arena, steps, "cached", value_new_integer(arena, (long long)cached));
	value_set(arena, v, "steps", steps);
	struct value *pushes = value_new_array(arena);
	for (size_t i = 0; i < build->npushes; i++) {
		struct value *push = value_new_object(arena);
		value_set(arena, push, "ref", value_new_string(arena, build->pushes[i].ref));
		value_set(arena, push, "digest", value_new_string(arena, build->pushes[i].digest));
		value_append(pushes, (struct str){ 0 }, (struct span){ 0 }, push);
	}
	if (build->npushes)
		value_set(arena, v, "pushed", pushes);
	if (build->engine_version.n)
		value_set(arena, v, "engine_version", value_new_string(arena, build->engine_version));
	value_set(arena, v, "folder", value_new_string(arena, str_of(dir)));
	value_write_json(out, v, JSON_FILE);
	buf_append_char(out, '\n');
}

static bool receipt_write_metadata(struct arena *arena, const char *path, const char *dir,
                                   const struct history_item *item, struct error *err)
{
	owned_buf struct buf text = { 0 };
	owned(build) struct build *build = build_read(dir, err);
	if (!build)
		return false;
	receipt_append_metadata(arena, dir, item, build, &text);
	return save_file(path, buf_str(&text), 0666, err);
}

bool receipt_write(const struct receipt *r, const char *dir, struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	struct history_item item;
	if (!r->iidfile && !r->metadata)
		return true;
	if (!history_read_one(arena, dir, &item) || item.state != HISTORY_DONE)
		return true;
	if (r->iidfile && !item.image_id[0])
		return error_set(err, ERROR_PROTOCOL, "the engine has not told the image's id: '%s' is not "
		                 "written", r->iidfile);
	return (!r->iidfile || save_file(r->iidfile, str_of(item.image_id), 0666, err)) &&
	       (!r->metadata || receipt_write_metadata(arena, r->metadata, dir, &item, err));
}
