#include "core/engine/stream.h"

#include "core/value/json.h"

enum { STREAM_QUOTE = 80 };

struct str stream_text(const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_of(key));
	if (!v || value_type(v) != VALUE_STRING)
		return (struct str){ 0 };
	return value_text(v);
}

static bool stream_message(struct str text, stream_fn *fn, void *data, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *message;
	struct error ignored = { 0 };
	text = str_trim(text);
	if (!text.n)
		return true;
	if (!value_parse_json(a, text, &message, &ignored) ||
	    value_type(message) != VALUE_OBJECT)
		return error_set(err, ERROR_PROTOCOL,
		                 "the engine sent what is no progress message: %.*s%s",
		                 STR_ARG(str_slice(text, 0, STREAM_QUOTE)),
		                 text.n > STREAM_QUOTE ? "…" : "");
	return fn(data, message, err);
}

static bool stream_keep(struct stream *s, struct str part, struct error *err)
{
	if (s->line.n + part.n > STREAM_MESSAGE_MAX)
		return error_set(err, ERROR_LIMIT,
		                 "the engine sent a message of more than %zu bytes",
		                 STREAM_MESSAGE_MAX);
	buf_append(&s->line, part);
	return true;
}

bool stream_feed(struct stream *s, struct str bytes, stream_fn *fn, void *data,
                 struct error *err)
{
	size_t eol;
	while ((eol = str_find(bytes, '\n')) != STR_NONE) {
		struct str line = str_slice(bytes, 0, eol);
		bytes = str_slice(bytes, eol + 1, bytes.n);
		if (s->line.n) {
			if (!stream_keep(s, line, err))
				return false;
			line = buf_str(&s->line);
		}
		if (!stream_message(line, fn, data, err))
			return false;
		buf_clear(&s->line);
	}
	return stream_keep(s, bytes, err);
}

bool stream_end(struct stream *s, stream_fn *fn, void *data, struct error *err)
{
	bool ok = stream_message(buf_str(&s->line), fn, data, err);
	buf_clear(&s->line);
	return ok;
}

void stream_finish(struct stream *s)
{
	buf_finish(&s->line);
}
