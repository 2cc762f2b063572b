#ifndef TESTS_FAKE_PROTO_H
#define TESTS_FAKE_PROTO_H

#include <stdint.h>

#include "core/base/buf.h"

/* Protobuf by hand, for peers that must not share our reading of it: fields of a message
 * appended and taken one by one. */
void proto_number(struct buf *, unsigned field, uint64_t value);        /* 0 is left out */
void proto_bytes(struct buf *, unsigned field, struct str);             /* empty is left out */
void proto_message(struct buf *, unsigned field, struct str message);   /* empty is not */
/* Of a map. */
void proto_entry(struct buf *, unsigned field, struct str key, struct str value);
/* A google.protobuf.Timestamp of seconds since the epoch. */
void proto_time(struct buf *, unsigned field, double t);

struct proto_field {
	unsigned number;
	uint64_t value;                 /* of numbers */
	struct str bytes;               /* of the others */
};
/* Takes the next field off the front; false: there is none, or it is broken. */
bool proto_next(struct str *rest, struct proto_field *ret_field);
/* The first field of a number; 0 or empty without one. */
uint64_t proto_find_number(struct str message, unsigned field);
struct str proto_find(struct str message, unsigned field);
/* The value of a key of a map. */
struct str proto_find_entry(struct str message, unsigned field, struct str key);

#endif
