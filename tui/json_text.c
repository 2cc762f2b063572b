#include "tui/json_text.h"

static struct ink json_text_ink(const struct value *v, bool stale)
{
	if (stale)
		return INK(STALE);
	switch (value_type(v)) {
	case VALUE_STRING: return INK(STRING);
	case VALUE_INTEGER: case VALUE_FLOAT: return INK(NUMBER);
	case VALUE_NULL: case VALUE_BOOL: return INK(LITERAL);
	case VALUE_ARRAY: case VALUE_OBJECT: return INK(PUNCT);
	default: return INK(STRING);
	}
}

/* Where the string that begins the text ends, behind its quote. */
static size_t json_text_string(struct str text)
{
	size_t at = 1;
	while (at < text.n && text.p[at] != '"')
		at += text.p[at] == '\\' ? 2 : 1;
	return at < text.n ? at + 1 : text.n;
}

void json_text_draw(struct pen *pen, struct str text, const struct value *v, bool keyed, bool stale)
{
	struct ink punct = stale ? INK(STALE) : INK(PUNCT);
	if (keyed && text.n && text.p[0] == '"') {
		size_t end = json_text_string(text);
		pen_text(pen, str_slice(text, 0, end), stale ? INK(STALE) : INK(KEY));
		text = str_slice(text, end, text.n);
		size_t colon = text.n >= 2 ? 2 : text.n;
		pen_text(pen, str_slice(text, 0, colon), punct);
		text = str_slice(text, colon, text.n);
	}
	bool comma = text.n && text.p[text.n - 1] == ',';
	pen_text(pen, str_slice(text, 0, text.n - comma), json_text_ink(v, stale));
	if (comma)
		pen_word(pen, ",", punct);
}

void json_text_short(struct buf *out, const struct value *v, size_t most)
{
	size_t from = out->n;
	if (value_is_container(v) && value_child(v)) {
		bool object = value_type(v) == VALUE_OBJECT;
		size_t n = value_count(v);
		buf_printf(out, object ? "{ %zu key%s }" : "[ %zu item%s ]", n, n == 1 ? "" : "s");
		return;
	}
	struct str text = value_text(v);
	if (value_type(v) == VALUE_STRING && text.n > most) {
		/* No need to escape a book for its first line. */
		value_write_json_string(out, str_slice(text, 0, most), false);
	} else {
		value_write_json(out, v, JSON_LINE);
	}
	if (out->n - from > most) {
		size_t at = from + most;
		while (at > from && ((unsigned char)out->p[at] & 0xc0) == 0x80)
			at--;
		out->n = at;
		buf_append(out, text_sign(SIGN_ELLIPSIS));
	}
}
