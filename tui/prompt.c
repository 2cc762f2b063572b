#include "tui/prompt.h"

#include "core/base/utf8.h"
#include "tui/keymap.h"

/* Nobody types more; a paste may try. */
enum { PROMPT_MAX = 4096 };

void prompt_open(struct prompt *p, const char *sign)
{
	p->open = true;
	p->sign = sign;
	buf_clear(&p->text);
	p->cursor = 0;
}

void prompt_fill(struct prompt *p, struct str text)
{
	buf_clear(&p->text);
	buf_append(&p->text, text);
	p->cursor = p->text.n;
}

void prompt_finish(struct prompt *p)
{
	buf_finish(&p->text);
	buf_finish(&p->last);
}

static size_t prompt_before(const struct prompt *p)
{
	size_t at = p->cursor;
	while (at > 0 && ((unsigned char)p->text.p[--at] & 0xc0) == 0x80)
		continue;
	return at;
}

static size_t prompt_after(const struct prompt *p)
{
	size_t size = 0;
	if (p->cursor < p->text.n)
		utf8_decode(str_slice(buf_str(&p->text), p->cursor, p->text.n), &size);
	return p->cursor + size;
}

static void prompt_remove(struct prompt *p, size_t from, size_t to)
{
	buf_replace(&p->text, from, to - from, STR(""));
	p->cursor = from;
}

static void prompt_type(struct prompt *p, uint32_t key)
{
	char bytes[UTF8_MAX];
	if (key >= KEY_NAMED || utf8_is_control(key) || p->text.n + UTF8_MAX > PROMPT_MAX)
		return;
	size_t n = utf8_encode(key, bytes);
	buf_replace(&p->text, p->cursor, 0, (struct str){ bytes, n });
	p->cursor += n;
}

static void prompt_edit(struct prompt *p, uint32_t key)
{
	switch (key) {
	case 'A' - '@': case KEY_GO_HOME: p->cursor = 0; break;
	case 'E' - '@': case KEY_GO_END: p->cursor = p->text.n; break;
	case 'B' - '@': case KEY_ARROW_LEFT: p->cursor = prompt_before(p); break;
	case 'F' - '@': case KEY_ARROW_RIGHT: p->cursor = prompt_after(p); break;
	case 'U' - '@': prompt_remove(p, 0, p->cursor); break;
	case 'K' - '@': prompt_remove(p, p->cursor, p->text.n); break;
	case 'D' - '@': case KEY_REMOVE: prompt_remove(p, p->cursor, prompt_after(p)); break;
	case KEY_ARROW_UP:
		prompt_fill(p, buf_str(&p->last));
		break;
	default: prompt_type(p, key); break;
	}
}

enum prompt_result prompt_key(struct prompt *p, uint32_t key)
{
	switch (key) {
	case KEY_ESCAPE: case KEY_CTRL_C:
		p->open = false;
		return PROMPT_LEFT;
	case '\n': case KEY_RETURN:
		p->open = false;
		if (p->text.n) {
			buf_clear(&p->last);
			buf_append(&p->last, buf_str(&p->text));
		}
		return PROMPT_ENTERED;
	case KEY_RUBOUT: case KEY_DELETE: case 'H' - '@':
		if (p->text.n == 0) {
			p->open = false;
			return PROMPT_LEFT;
		}
		prompt_remove(p, prompt_before(p), p->cursor);
		return PROMPT_TYPING;
	default:
		prompt_edit(p, key);
		return PROMPT_TYPING;
	}
}

void prompt_draw(const struct prompt *p, struct surface *s, struct area line)
{
	struct pen pen = pen_at(s, line, 0);
	pen_word(&pen, p->sign, INK(HOT));
	size_t before = text_width(str_slice(buf_str(&p->text), 0, p->cursor));
	int room = pen_left(&pen) - 1;
	if (room > 0 && before > (size_t)room)
		pen_shift(&pen, (int)before - room);
	int shift = pen.shift, start = pen.col;
	pen_text(&pen, buf_str(&p->text), INK(TEXT));
	pen_fill(&pen, INK(TEXT));
	if (pen.row >= 0 && line.cols > 0) {
		int col = start + (int)before - shift, last = line.col + line.cols - 1;
		s->cursor_row = pen.row;
		s->cursor_col = col < last ? col : last;
	}
}
