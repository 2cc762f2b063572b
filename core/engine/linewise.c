#include "core/engine/linewise.h"

static void linewise_pass(struct linewise *l, struct str line, linewise_fn *fn, void *data)
{
	bool begins = !l->cut;
	l->cut = !str_has_suffix(line, STR("\n"));
	fn(data, line, begins);
}

void linewise_feed(struct linewise *l, struct str bytes, linewise_fn *fn, void *data)
{
	while (bytes.n) {
		size_t eol = str_find(bytes, '\n'), room = LINEWISE_MAX - l->part.n;
		size_t n = eol == STR_NONE ? bytes.n : eol + 1;
		bool whole = eol != STR_NONE && n <= room;
		struct str piece = str_slice(bytes, 0, n < room ? n : room);
		bytes = str_slice(bytes, piece.n, bytes.n);
		if (l->part.n || !whole)
			buf_append(&l->part, piece);
		if (!whole && l->part.n < LINEWISE_MAX)
			return;
		linewise_pass(l, l->part.n ? buf_str(&l->part) : piece, fn, data);
		buf_clear(&l->part);
	}
}

void linewise_end(struct linewise *l, linewise_fn *fn, void *data)
{
	if (l->part.n)
		linewise_pass(l, buf_str(&l->part), fn, data);
	buf_clear(&l->part);
}

void linewise_finish(struct linewise *l)
{
	buf_finish(&l->part);
}

struct str linewise_text(struct str line)
{
	line = str_slice(line, 0, line.n - str_has_suffix(line, STR("\n")));
	return str_slice(line, 0, line.n - str_has_suffix(line, STR("\r")));
}
