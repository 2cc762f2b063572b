#include "core/engine/image_history.h"

#include <string.h>

#include "core/engine/stream.h"
#include "core/engine/usage_call.h"
#include "core/value/json.h"

enum { HISTORY_MS = 10000 };

/* "/bin/sh -c #(nop) WORKDIR /app", "RUN |1 A=b /bin/sh -c make # buildkit", "/bin/sh -c make". */
static struct str history_text(struct arena *a, struct str said)
{
	static const char shell[] = "/bin/sh -c ", nothing[] = "#(nop) ", tail[] = " # buildkit";
	struct str text = str_trim(said);
	bool is_run = str_has_prefix(text, STR("RUN "));
	if (str_has_suffix(text, STR(tail)))
		text = str_slice(text, 0, text.n - (sizeof tail - 1));
	if (is_run)
		text = str_slice(text, 4, text.n);
	/* Build arguments stand before the shell. */
	size_t at = str_find_str(text, STR(shell));
	if (at == 0 || (at != STR_NONE && text.p[0] == '|')) {
		text = str_slice(text, at + sizeof shell - 1, text.n);
		if (str_has_prefix(text, STR(nothing)))
			return str_trim(str_slice(text, sizeof nothing - 1, text.n));
		is_run = true;
	}
	return is_run ? str_of(arena_printf(a, "RUN %.*s", STR_ARG(text))) : text;
}

bool image_history_read(struct arena *a, struct str json, struct image_history *ret_history,
                        struct error *err)
{
	const struct value *all;
	if (!value_parse_json(a, json, &all, err))
		return error_prefix(err, "the image's history");
	if (value_type(all) != VALUE_ARRAY)
		return error_set(err, ERROR_PROTOCOL, "the image's history is no JSON array");
	size_t n = value_count(all), at = n;
	struct image_history_entry *entries = arena_array(a, n + 1, sizeof *entries);
	/* The newest comes first. */
	for (const struct value *v = value_child(all); v; v = value_next(v))
		if (value_type(v) == VALUE_OBJECT)
			entries[--at] = (struct image_history_entry){
				.text = history_text(a, arena_str(a, stream_text(v, "CreatedBy"))),
				.size = usage_number(v, "Size"),
			};
	*ret_history = (struct image_history){ entries + at, n - at };
	return true;
}

bool image_history_ask(struct arena *a, const struct engine_facts *f, const char *image,
                       struct image_history *ret_history, struct error *err)
{
	struct usage_line line;
	owned_buf struct buf path = { 0 };
	if (strcmp(f->name, "buildah") == 0 || !engine_keeps_images(f))
		return error_set(err, ERROR_REFUSED, "%s tells no sizes of layers: dockerd and podman do",
		                 f->product);
	if (!usage_line_open(f, &line, err))
		return false;
	buf_append_text(&path, "/images/");
	http_append_escaped(&path, str_of(image));
	buf_append_text(&path, "/history");
	bool ok = usage_get(&line, buf_text(&path), HISTORY_MS, err) &&
	          image_history_read(a, arena_str(a, buf_str(&line.answer)), ret_history, err);
	usage_line_close(&line);
	return ok;
}
