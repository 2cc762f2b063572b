#include "tui/mouse.h"

enum { MOUSE_NUMBER_MAX = 10000 };
/* Bits of a report's first number. */
enum { MOUSE_BUTTON = 3, MOUSE_MOVES = 32, MOUSE_WHEEL = 64, MOUSE_OTHERS = 128, MOUSE_KEYS = 28 };

static enum mouse_read mouse_end(const struct mouse_report *r, bool press,
                                 struct mouse_event *ret_event)
{
	unsigned bits = r->numbers[0] & ~(unsigned)MOUSE_KEYS, button = bits & MOUSE_BUTTON;
	if (r->bad || r->n != 2 || bits & MOUSE_OTHERS || !r->numbers[1] || !r->numbers[2])
		return MOUSE_NOTHING;
	ret_event->col = (int)r->numbers[1] - 1;
	ret_event->row = (int)r->numbers[2] - 1;
	if (bits & MOUSE_WHEEL) {
		ret_event->what = button ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
		return press && button < 2 ? MOUSE_EVENT : MOUSE_NOTHING;
	}
	ret_event->what = !press ? MOUSE_RELEASE : bits & MOUSE_MOVES ? MOUSE_DRAG : MOUSE_PRESS;
	return button == 0 ? MOUSE_EVENT : MOUSE_NOTHING;
}

enum mouse_read mouse_read(struct mouse_report *r, uint32_t c, struct mouse_event *ret_event)
{
	if (c == 'M' || c == 'm') {
		enum mouse_read read = mouse_end(r, c == 'M', ret_event);
		*r = (struct mouse_report){ 0 };
		return read;
	}
	if (c == ';' && r->n < 2) {
		r->n++;
	} else if (c >= '0' && c <= '9') {
		r->numbers[r->n] = r->numbers[r->n] * 10 + (c - '0');
		r->bad |= r->numbers[r->n] > MOUSE_NUMBER_MAX;
		r->numbers[r->n] %= MOUSE_NUMBER_MAX + 1;
	} else {
		*r = (struct mouse_report){ 0 };
		return MOUSE_NOTHING;
	}
	return MOUSE_MORE;
}

void mouse_spot(struct mouse_spots *s, const struct pen *pen, int col, enum mouse_spot_kind kind,
                int n)
{
	if (s->n < MOUSE_SPOTS && pen->row >= 0 && pen->col > col)
		s->of[s->n++] = (struct mouse_spot){ { pen->row, col, 1, pen->col - col }, kind, n };
}

bool mouse_is_in(struct area a, int row, int col)
{
	return row >= a.row && row < a.row + a.rows && col >= a.col && col < a.col + a.cols;
}

const struct mouse_spot *mouse_spot_at(const struct mouse_spots *s, int row, int col)
{
	for (size_t i = s->n; i-- > 0; )
		if (mouse_is_in(s->of[i].at, row, col))
			return &s->of[i];
	return NULL;
}
