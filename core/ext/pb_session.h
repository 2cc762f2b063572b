#ifndef CORE_EXT_PB_SESSION_H
#define CORE_EXT_PB_SESSION_H

#include "core/ext/pb.h"

/* Protobuf messages of a session (session.proto) in our words.  What is parsed lies in the
 * arena; what is no such message is ERROR_PROTOCOL.  What is written is appended. */

enum pb_packet_type {
	PB_PACKET_STAT = 0, PB_PACKET_REQ = 1, PB_PACKET_DATA = 2, PB_PACKET_FIN = 3,
	PB_PACKET_ERR = 4,
};

/* mode is that of Go's os.FileMode. */
struct pb_stat {
	struct str path, link;
	uint32_t mode;
	uint64_t size;
	int64_t mtime_ns;
};

enum {
	PB_MODE_SETGID = 1 << 22, PB_MODE_SETUID = 1 << 23, PB_MODE_STICKY = 1 << 20,
	PB_MODE_LINK = 1 << 27,
};
#define PB_MODE_DIR ((uint32_t)1 << 31)
/* All bits of a type: none is set of a regular file. */
#define PB_MODE_TYPE ((uint32_t)0x8f280000)

struct pb_packet {
	int type;                       /* one of the above, or what else came */
	bool has_stat;                  /* a STAT without one: there are no more */
	struct pb_stat stat;
	uint32_t id;
	struct str data;
};

bool pb_packet_parse(struct arena *, struct str bytes, struct pb_packet *ret_packet,
                     struct error *);
void pb_packet_write(struct buf *, const struct pb_packet *);

/* A message of bytes, a request that names something, an answer with a credential. */
bool pb_bytes_parse(struct arena *, struct str bytes, struct str *ret_data, struct error *);
void pb_bytes_write(struct buf *, struct str data);
bool pb_named_parse(struct arena *, struct str bytes, struct str *ret_name, struct error *);
void pb_named_write(struct buf *, struct str name);
bool pb_credentials_parse(struct arena *, struct str bytes, struct str *ret_user,
                          struct str *ret_secret, struct error *);
void pb_credentials_write(struct buf *, struct str user, struct str secret);
/* grpc.health.v1: 1 is SERVING. */
void pb_health_write(struct buf *, int status);

#endif
