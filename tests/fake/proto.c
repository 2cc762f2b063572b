#include "tests/fake/proto.h"

enum { PROTO_VARINT = 0, PROTO_FIXED64 = 1, PROTO_BYTES = 2, PROTO_FIXED32 = 5 };

static void proto_varint(struct buf *b, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		buf_append_char(b, (char)(0x80 | (value & 0x7f)));
	buf_append_char(b, (char)value);
}

void proto_number(struct buf *b, unsigned field, uint64_t value)
{
	if (!value)
		return;
	proto_varint(b, field << 3 | PROTO_VARINT);
	proto_varint(b, value);
}

void proto_message(struct buf *b, unsigned field, struct str message)
{
	proto_varint(b, field << 3 | PROTO_BYTES);
	proto_varint(b, message.n);
	buf_append(b, message);
}

void proto_bytes(struct buf *b, unsigned field, struct str bytes)
{
	if (bytes.n)
		proto_message(b, field, bytes);
}

void proto_entry(struct buf *b, unsigned field, struct str key, struct str value)
{
	owned_buf struct buf entry = { 0 };
	proto_bytes(&entry, 1, key);
	proto_bytes(&entry, 2, value);
	proto_message(b, field, buf_str(&entry));
}

void proto_time(struct buf *b, unsigned field, double t)
{
	owned_buf struct buf time = { 0 };
	uint64_t seconds = (uint64_t)t;
	proto_number(&time, 1, seconds);
	proto_number(&time, 2, (uint64_t)((t - (double)seconds) * 1e9));
	proto_message(b, field, buf_str(&time));
}

static bool proto_take_varint(struct str *rest, uint64_t *ret_value)
{
	*ret_value = 0;
	for (unsigned shift = 0; rest->n && shift < 64; shift += 7) {
		unsigned char c = (unsigned char)*rest->p;
		*rest = str_slice(*rest, 1, rest->n);
		*ret_value |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return true;
	}
	return false;
}

bool proto_next(struct str *rest, struct proto_field *ret_field)
{
	uint64_t tag, n;
	*ret_field = (struct proto_field){ 0 };
	if (!rest->n || !proto_take_varint(rest, &tag))
		return false;
	ret_field->number = (unsigned)(tag >> 3);
	switch (tag & 7) {
	case PROTO_VARINT: return proto_take_varint(rest, &ret_field->value);
	case PROTO_FIXED64: n = 8; break;
	case PROTO_FIXED32: n = 4; break;
	case PROTO_BYTES:
		if (!proto_take_varint(rest, &n))
			return false;
		break;
	default: return false;
	}
	if (n > rest->n)
		return false;
	ret_field->bytes = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->n);
	return true;
}

uint64_t proto_find_number(struct str message, unsigned field)
{
	struct proto_field f;
	while (proto_next(&message, &f))
		if (f.number == field)
			return f.value;
	return 0;
}

struct str proto_find(struct str message, unsigned field)
{
	struct proto_field f;
	while (proto_next(&message, &f))
		if (f.number == field)
			return f.bytes;
	return (struct str){ 0 };
}

struct str proto_find_entry(struct str message, unsigned field, struct str key)
{
	struct proto_field f;
	while (proto_next(&message, &f))
		if (f.number == field && str_eq(proto_find(f.bytes, 1), key))
			return proto_find(f.bytes, 2);
	return (struct str){ 0 };
}
