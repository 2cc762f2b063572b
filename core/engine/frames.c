#include "core/engine/frames.h"

#include <string.h>

static bool frames_head(struct frames *f, struct error *err)
{
	const unsigned char *h = f->head;
	if (h[0] > 3 || h[1] || h[2] || h[3])
		return error_set(err, ERROR_PROTOCOL, "the engine sent output that is none: %02x %02x "
		                 "%02x %02x begins no piece of it", h[0], h[1], h[2], h[3]);
	/* 0 is stdin's echo; 3 is the engine's own word about the stream. */
	f->stream = h[0] == 1 ? 1 : 2;
	f->left = (uint64_t)h[4] << 24 | (uint64_t)h[5] << 16 | (uint64_t)h[6] << 8 | h[7];
	f->nhead = 0;
	return true;
}

bool frames_feed(struct frames *f, struct str bytes, frames_fn *fn, void *data, struct error *err)
{
	while (bytes.n) {
		size_t n = f->left ? f->left : sizeof f->head - f->nhead;
		struct str part = str_slice(bytes, 0, n);
		bytes = str_slice(bytes, part.n, bytes.n);
		if (f->left) {
			f->left -= part.n;
			fn(data, f->stream, part);
			continue;
		}
		memcpy(f->head + f->nhead, part.p, part.n);
		f->nhead += (unsigned)part.n;
		if (f->nhead == sizeof f->head && !frames_head(f, err))
			return false;
	}
	return true;
}

bool frames_are_whole(const struct frames *f)
{
	return !f->left && !f->nhead;
}
