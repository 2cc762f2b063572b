#include "core/base/csv.h"

/* What stands between the quotes at the front of *rest, which is left behind them. */
static bool csv_quoted(struct arena *arena, struct str *rest, struct str *ret_field,
                       struct error *err)
{
	struct str text = *rest;
	char *field = arena_alloc(arena, text.n + 1);
	size_t n = 0, i = 1;
	for (; i < text.n; i++) {
		if (text.p[i] != '"')
			field[n++] = text.p[i];
		else if (i + 1 < text.n && text.p[i + 1] == '"')
			field[n++] = text.p[i++];
		else
			break;
	}
	if (i == text.n)
		return error_set(err, ERROR_USAGE, "a quote is not closed in '%.*s'", STR_ARG(text));
	if (i + 1 < text.n && text.p[i + 1] != ',')
		return error_set(err, ERROR_USAGE, "a comma or the end has to stand behind the closing "
		                 "quote in '%.*s'", STR_ARG(text));
	*ret_field = (struct str){ field, n };
	*rest = str_slice(text, i + 1, text.n);
	return true;
}

static bool csv_plain(struct str *rest, struct str *ret_field, struct error *err)
{
	size_t end = str_find(*rest, ',');
	struct str field = str_slice(*rest, 0, end == STR_NONE ? rest->n : end);
	if (str_find(field, '"') != STR_NONE)
		return error_set(err, ERROR_USAGE, "a quote stands inside '%.*s': the whole field goes "
		                 "in quotes", STR_ARG(field));
	*ret_field = field;
	*rest = str_slice(*rest, field.n, rest->n);
	return true;
}

bool csv_split(struct arena *arena, struct str text, struct str **ret_fields, size_t *ret_n,
               struct error *err)
{
	size_t commas = 0, n = 0;
	for (size_t i = 0; i < text.n; i++)
		commas += text.p[i] == ',';
	struct str *fields = arena_array(arena, commas + 1, sizeof *fields);
	for (bool more = true; more; n++) {
		bool ok = text.n && text.p[0] == '"' ? csv_quoted(arena, &text, &fields[n], err)
		                                     : csv_plain(&text, &fields[n], err);
		if (!ok)
			return false;
		more = text.n > 0;
		text = str_slice(text, 1, text.n);
	}
	*ret_fields = fields;
	*ret_n = n;
	return true;
}

void csv_append(struct buf *line, struct str field)
{
	bool quoted = str_find(field, ',') != STR_NONE || str_find(field, '"') != STR_NONE;
	if (line->n)
		buf_append_char(line, ',');
	if (!quoted) {
		buf_append(line, field);
		return;
	}
	buf_append_char(line, '"');
	for (size_t i = 0; i < field.n; i++) {
		if (field.p[i] == '"')
			buf_append_char(line, '"');
		buf_append_char(line, field.p[i]);
	}
	buf_append_char(line, '"');
}
