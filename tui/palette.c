#include "tui/palette.h"

#include "tui/theme.h"

unsigned palette_index(struct palette *p, uint32_t rgb, bool *ret_new)
{
	unsigned best = 0, distance = (unsigned)-1;
	*ret_new = false;
	for (unsigned i = 16; i < 256; i++) {
		unsigned d = theme_distance(rgb, theme_palette(i));
		if (p->taken[i] && p->rgb[i] == rgb)
			return i;
		if (!p->taken[i] && d < distance) {
			distance = d;
			best = i;
		}
	}
	if (!best)
		return theme_nearest(rgb, 256);
	*ret_new = p->taken[best] = true;
	p->rgb[best] = rgb;
	return best;
}
