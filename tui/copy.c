#include "tui/copy.h"

#include "core/os/save.h"

static size_t copy_base64_size(size_t n)
{
	return (n + 2) / 3 * 4;
}

static bool copy_is_console(const char *name)
{
	static const char *const without[] = { "linux", "vt", "dumb", "ansi", "cons", "wsvt", "sun",
	                                       "hurd" };
	if (!name || !name[0])
		return true;
	for (size_t i = 0; i < sizeof without / sizeof *without; i++)
		if (str_has_prefix(str_of(name), str_of(without[i])))
			return true;
	return false;
}

bool copy_to_terminal(enum clipboard way, const struct copy_terminal *t, size_t n)
{
	if (way == CLIPBOARD_FILE || copy_is_console(t->name) || copy_base64_size(n) > COPY_MAX)
		return false;
	return way == CLIPBOARD_OSC52 || !t->screen;
}

bool copy_is_unsure(enum clipboard way, const struct copy_terminal *t)
{
	return way == CLIPBOARD_AUTO && t->tmux;
}

static void copy_append_base64(struct buf *out, struct str text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < text.n; i += 3) {
		unsigned long bits = 0;
		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (i + j < text.n ? (unsigned char)text.p[i + j] : 0u);
		for (unsigned j = 0; j < 4; j++)
			buf_append_char(out, i + j <= text.n ? digits[bits >> (18 - 6 * j) & 63] : '=');
	}
}

void copy_append_sequence(struct buf *out, struct str text)
{
	buf_append(out, STR("\x1b]52;c;"));
	copy_append_base64(out, text);
	buf_append(out, STR("\x1b\\"));
}

const char *copy_to_file(struct str text, struct error *err)
{
	const char *path = save_cache_dir(NULL, err) ? save_cache_path("copied") : NULL;
	return path && save_derived(path, text, 0600, err) ? path : NULL;
}
