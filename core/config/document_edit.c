#include "core/config/document_edit.h"

#include "core/config/dotenv.h"
#include "core/config/effect.h"
#include "core/config/toml.h"
#include "core/config/toml_edit.h"
#include "core/value/json.h"

static const char *document_edit_table(struct arena *arena, const struct document *d,
                                       const char *profile)
{
	const char *base = d->layers[0].table;
	return profile ? arena_printf(arena, "%s/profiles/%s", base, profile) : base;
}

const char *document_edit_path(struct arena *arena, const struct document *d, const char *profile)
{
	const char *base = d->layers[0].path;
	return profile && d->format == DOCUMENT_JSON ? document_overlay_path(arena, base, profile)
	                                             : base;
}

/* A .env has names and nothing below them. */
static bool document_edit_name(struct arena *arena, struct str pointer, struct str *ret_name,
                               struct error *err)
{
	owned_buf struct buf name = { 0 };
	struct str token = str_slice(pointer, 1, pointer.n);
	if (pointer.n < 2 || pointer.p[0] != '/' || str_find(token, '/') != STR_NONE ||
	    !value_pointer_unescape(token, &name))
		return error_set(err, ERROR_USAGE, "a variable is named /NAME here, not '%.*s'",
		                 STR_ARG(pointer));
	*ret_name = arena_str(arena, buf_str(&name));
	return true;
}

static bool document_edit_variable(struct arena *arena, const struct source *source,
                                   struct str pointer, struct str json, struct edits *ret_edits,
                                   struct error *err)
{
	struct str name;
	const struct value *v;
	if (!document_edit_name(arena, pointer, &name, err))
		return false;
	if (!value_parse_json(arena, arena_str(arena, json), &v, err) || value_is_container(v) ||
	    value_type(v) == VALUE_NULL)
		return error_set(err, ERROR_USAGE, "the value of a variable is a text");
	return dotenv_set(arena, source, name, value_text(v), ret_edits, err);
}

bool document_edit_set(struct arena *arena, const struct document *d, const char *profile,
                       const struct source *source, struct str pointer, struct str json,
                       struct edits *ret_edits, struct error *err)
{
	switch (d->format) {
	case DOCUMENT_TOML:
		return toml_edit_set(arena, source, document_edit_table(arena, d, profile), pointer,
		                     json, ret_edits, err);
	case DOCUMENT_DOTENV:
		return document_edit_variable(arena, source, pointer, json, ret_edits, err);
	case DOCUMENT_JSON:
		break;
	}
	return edit_set(arena, source, pointer, json, ret_edits, err);
}

bool document_edit_unset(struct arena *arena, const struct document *d, const char *profile,
                         const struct source *source, struct str pointer,
                         struct edits *ret_edits, struct error *err)
{
	struct str name;
	switch (d->format) {
	case DOCUMENT_TOML:
		return toml_edit_unset(arena, source, document_edit_table(arena, d, profile), pointer,
		                       ret_edits, err);
	case DOCUMENT_DOTENV:
		return document_edit_name(arena, pointer, &name, err) &&
		       dotenv_unset(arena, source, name, ret_edits, err);
	case DOCUMENT_JSON:
		break;
	}
	return edit_unset(arena, source, pointer, ret_edits, err);
}

bool document_edit_read(struct arena *arena, const struct document *d, const char *profile,
                        const struct source *source, const struct value **ret_value)
{
	owned(problems) struct problems *ignored = problems_new();
	const struct value *file;
	switch (d->format) {
	case DOCUMENT_TOML:
		if (!toml_read(arena, source, ignored, &file))
			return false;
		*ret_value = value_at(file, str_of(document_edit_table(arena, d, profile)));
		return true;
	case DOCUMENT_DOTENV:
		return dotenv_read(arena, source, ignored, ret_value);
	case DOCUMENT_JSON:
		break;
	}
	return value_read_json(arena, source, ignored, ret_value);
}
