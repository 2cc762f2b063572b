#include "core/ext/pb_session.h"

#include "core/base/check.h"
#include "core/ext/pb_inside.h"
#include "session.pb-c.h"

/* NULL: err is set. */
static void *pb_session_unpack(struct arena *a, const ProtobufCMessageDescriptor *d,
                               struct str bytes, struct error *err)
{
	ProtobufCAllocator allocator = pb_allocator(a);
	if (bytes.n > PB_SIZE_MAX) {
		error_set(err, ERROR_LIMIT, "a message of a session with %zu bytes", bytes.n);
		return NULL;
	}
	void *m = protobuf_c_message_unpack(d, &allocator, bytes.n,
	                                    (const uint8_t *)(bytes.n ? bytes.p : ""));
	if (!m)
		error_set(err, ERROR_PROTOCOL, "a message of a session that is none of BuildKit's");
	return m;
}

static void pb_session_pack(struct buf *out, const ProtobufCMessage *m)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	char *at = buf_reserve(out, n + 1);
	CHECK(protobuf_c_message_pack(m, (uint8_t *)at) == n);
	at[n] = '\0';
	buf_grew(out, n);
}

bool pb_packet_parse(struct arena *a, struct str bytes, struct pb_packet *ret_packet,
                     struct error *err)
{
	const Session__Packet *p = pb_session_unpack(a, &session__packet__descriptor, bytes, err);
	if (!p)
		return false;
	*ret_packet = (struct pb_packet){ .type = p->type, .has_stat = p->stat, .id = p->id,
	                                  .data = pb_str(p->data) };
	if (p->stat)
		ret_packet->stat = (struct pb_stat){
			.path = pb_str(p->stat->path),
			.link = pb_str(p->stat->linkname),
			.mode = p->stat->mode,
			.size = p->stat->size > 0 ? (uint64_t)p->stat->size : 0,
			.mtime_ns = p->stat->mod_time,
		};
	return true;
}

void pb_packet_write(struct buf *out, const struct pb_packet *packet)
{
	Session__Stat stat = SESSION__STAT__INIT;
	Session__Packet p = SESSION__PACKET__INIT;
	p.type = packet->type;
	p.id = packet->id;
	p.data = pb_data(packet->data);
	if (packet->has_stat) {
		stat.path = pb_data(packet->stat.path);
		stat.linkname = pb_data(packet->stat.link);
		stat.mode = packet->stat.mode;
		stat.size = (int64_t)packet->stat.size;
		stat.mod_time = packet->stat.mtime_ns;
		p.stat = &stat;
	}
	pb_session_pack(out, &p.base);
}

bool pb_bytes_parse(struct arena *a, struct str bytes, struct str *ret_data, struct error *err)
{
	const Session__Bytes *b = pb_session_unpack(a, &session__bytes__descriptor, bytes, err);
	if (!b)
		return false;
	*ret_data = pb_str(b->data);
	return true;
}

void pb_bytes_write(struct buf *out, struct str data)
{
	Session__Bytes b = SESSION__BYTES__INIT;
	b.data = pb_data(data);
	pb_session_pack(out, &b.base);
}

bool pb_named_parse(struct arena *a, struct str bytes, struct str *ret_name, struct error *err)
{
	const Session__Named *n = pb_session_unpack(a, &session__named__descriptor, bytes, err);
	if (!n)
		return false;
	*ret_name = pb_str(n->name);
	return true;
}

void pb_named_write(struct buf *out, struct str name)
{
	Session__Named n = SESSION__NAMED__INIT;
	n.name = pb_data(name);
	pb_session_pack(out, &n.base);
}

bool pb_credentials_parse(struct arena *a, struct str bytes, struct str *ret_user,
                          struct str *ret_secret, struct error *err)
{
	const Session__Credentials *c = pb_session_unpack(a, &session__credentials__descriptor,
	                                                  bytes, err);
	if (!c)
		return false;
	*ret_user = pb_str(c->username);
	*ret_secret = pb_str(c->secret);
	return true;
}

void pb_credentials_write(struct buf *out, struct str user, struct str secret)
{
	Session__Credentials c = SESSION__CREDENTIALS__INIT;
	c.username = pb_data(user);
	c.secret = pb_data(secret);
	pb_session_pack(out, &c.base);
}

void pb_health_write(struct buf *out, int status)
{
	Session__Health h = SESSION__HEALTH__INIT;
	h.status = status;
	pb_session_pack(out, &h.base);
}
