#include "core/engine/grpc_framing.h"

static size_t grpc_framing_size(const char *head)
{
	const unsigned char *p = (const unsigned char *)head;
	return (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
}

void grpc_framing_head(size_t n, char ret_head[GRPC_FRAMING_HEAD])
{
	ret_head[0] = 0;
	for (int i = 1; i < GRPC_FRAMING_HEAD; i++)
		ret_head[i] = (char)(n >> (8 * (4 - i)) & 0xff);
}

static bool grpc_framing_check(const struct grpc_framing *f, const char *head, struct error *err)
{
	if (head[0])
		return error_set(err, ERROR_PROTOCOL, "a message is compressed, which was not asked for");
	if (grpc_framing_size(head) > f->max)
		return error_set(err, ERROR_LIMIT, "a message has %zu bytes; %zu is the most",
		                 grpc_framing_size(head), f->max);
	return true;
}

/* The first message of bytes, if it is whole; *ret_size: what it takes up with its head. */
static bool grpc_framing_cut(struct str bytes, struct str *ret_message, size_t *ret_size)
{
	if (bytes.n < GRPC_FRAMING_HEAD ||
	    bytes.n - GRPC_FRAMING_HEAD < grpc_framing_size(bytes.p))
		return false;
	*ret_message = str_slice(bytes, GRPC_FRAMING_HEAD, grpc_framing_size(bytes.p));
	*ret_size = GRPC_FRAMING_HEAD + ret_message->n;
	return true;
}

/* Takes so much of *bytes as the message that has begun still needs. */
static bool grpc_framing_fill(struct grpc_framing *f, struct str *bytes, struct error *err)
{
	size_t had = f->in.n;
	size_t whole = had < GRPC_FRAMING_HEAD ? GRPC_FRAMING_HEAD
	                                       : GRPC_FRAMING_HEAD + grpc_framing_size(f->in.p);
	struct str part = str_slice(*bytes, 0, whole - had);
	buf_append(&f->in, part);
	*bytes = str_slice(*bytes, part.n, bytes->n);
	if (had < GRPC_FRAMING_HEAD && f->in.n == GRPC_FRAMING_HEAD)
		return grpc_framing_check(f, f->in.p, err);
	return true;
}

bool grpc_framing_feed(struct grpc_framing *f, struct str bytes, grpc_framing_fn *message,
                       void *data, struct error *err)
{
	struct str whole;
	size_t size;
	while (bytes.n) {
		/* What came in one piece is not copied. */
		if (!f->in.n && bytes.n >= GRPC_FRAMING_HEAD) {
			if (!grpc_framing_check(f, bytes.p, err))
				return false;
			if (grpc_framing_cut(bytes, &whole, &size)) {
				if (!message(data, whole))
					return true;
				bytes = str_slice(bytes, size, bytes.n);
				continue;
			}
		}
		if (!grpc_framing_fill(f, &bytes, err))
			return false;
		if (f->in.n < GRPC_FRAMING_HEAD || f->in.n - GRPC_FRAMING_HEAD < grpc_framing_size(f->in.p))
			continue;
		/* Whoever is told may end all this. */
		owned_buf struct buf in = f->in;
		f->in = (struct buf){ 0 };
		if (!message(data, str_slice(buf_str(&in), GRPC_FRAMING_HEAD, in.n)))
			return true;
	}
	return true;
}

bool grpc_framing_is_whole(const struct grpc_framing *f)
{
	return !f->in.n;
}

void grpc_framing_finish(struct grpc_framing *f)
{
	buf_finish(&f->in);
}
