#include "core/config/toml_write.h"

#include <ctype.h>

static void toml_write_string(struct buf *out, struct str text)
{
	static const char letters[] = "\b\t\n\f\r\"\\", escapes[] = "btnfr\"\\";
	buf_append_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		const char *at = c ? strchr(letters, c) : NULL;
		if (at)
			buf_printf(out, "\\%c", escapes[at - letters]);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else
			buf_append_char(out, (char)c);
	}
	buf_append_char(out, '"');
}

void toml_write_key(struct buf *out, struct str key)
{
	bool bare = key.n > 0;
	for (size_t i = 0; i < key.n; i++)
		bare = bare && (isalnum((unsigned char)key.p[i]) || key.p[i] == '_' || key.p[i] == '-');
	if (bare)
		buf_append(out, key);
	else
		toml_write_string(out, key);
}

static bool toml_write_parts(struct buf *out, const struct value *v, struct error *err)
{
	bool object = value_type(v) == VALUE_OBJECT;
	const struct value *first = value_child(v);
	buf_append(out, object ? STR("{") : STR("["));
	for (const struct value *part = first; part; part = value_next(part)) {
		buf_append(out, part != first ? STR(", ") : object ? STR(" ") : STR(""));
		if (object) {
			toml_write_key(out, value_key(part));
			buf_append(out, STR(" = "));
		}
		if (!toml_write(out, part, err))
			return false;
	}
	buf_append(out, !object ? STR("]") : first ? STR(" }") : STR("}"));
	return true;
}

bool toml_write(struct buf *out, const struct value *v, struct error *err)
{
	switch (value_type(v)) {
	case VALUE_NULL:
		return error_set(err, ERROR_USAGE, "TOML has no null: remove the key instead");
	case VALUE_STRING:
		toml_write_string(out, value_text(v));
		return true;
	case VALUE_ARRAY:
	case VALUE_OBJECT:
		return toml_write_parts(out, v, err);
	default:
		buf_append(out, value_text(v));
		return true;
	}
}
