#include "tui/panes.h"

#include <stddef.h>

static struct panes_border *panes_find(struct panes *p, unsigned where, unsigned index)
{
	for (size_t i = 0; i < PANES_BORDERS; i++) {
		struct panes_border *b = &p->borders[i];
		if (b->where == 0)
			*b = (struct panes_border){ .where = where, .index = index };
		if (b->where == where && b->index == index)
			return b;
	}
	return NULL;
}

static int panes_inside(int col, int cols)
{
	int least = cols > 2 * PANES_LEAST ? PANES_LEAST : cols / 2;
	col = col < least ? least : col;
	return col > cols - 1 - least ? cols - 1 - least : col;
}

int panes_place(struct panes *p, unsigned where, unsigned index, struct area a, int usual)
{
	struct panes_border *b = panes_find(p, where, index);
	int col = b && b->by ? panes_inside(usual + b->by, a.cols) : usual;
	if (b && b->by)
		b->by = col - usual;
	if (b)
		b->at = area_cols(a, col, 1);
	return col;
}

void panes_clear(struct panes *p)
{
	for (size_t i = 0; i < PANES_BORDERS; i++)
		p->borders[i].at = (struct area){ 0 };
}

bool panes_move(struct panes *p, unsigned where, unsigned index, int by)
{
	struct panes_border *b = panes_find(p, where, index);
	if (!b || b->at.rows <= 0)
		return false;
	b->by += by;
	return true;
}

bool panes_even(struct panes *p, unsigned where)
{
	bool moved = false;
	for (size_t i = 0; i < PANES_BORDERS; i++)
		if (p->borders[i].where == where && p->borders[i].by) {
			p->borders[i].by = 0;
			moved = true;
		}
	return moved;
}

struct panes_border *panes_at(struct panes *p, int row, int col)
{
	for (size_t i = 0; i < PANES_BORDERS; i++) {
		struct area a = p->borders[i].at;
		if (a.rows > 0 && col == a.col && row >= a.row && row < a.row + a.rows)
			return &p->borders[i];
	}
	return NULL;
}
