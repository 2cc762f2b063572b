#ifndef CORE_EXT_PB_INSIDE_H
#define CORE_EXT_PB_INSIDE_H

#include <protobuf-c/protobuf-c.h>

#include "core/ext/pb.h"

/* Private: what the doors to protobuf-c share. */

static inline void *pb_alloc(void *arena, size_t size)
{
	return arena_alloc(arena, size);
}

static inline void pb_release(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

/* Messages lie in the arena. */
static inline ProtobufCAllocator pb_allocator(struct arena *arena)
{
	return (ProtobufCAllocator){ pb_alloc, pb_release, arena };
}

static inline struct str pb_str(ProtobufCBinaryData d)
{
	return (struct str){ d.len ? (const char *)d.data : "", d.len };
}

static inline ProtobufCBinaryData pb_data(struct str s)
{
	return (ProtobufCBinaryData){ s.n, (uint8_t *)(uintptr_t)(s.n ? s.p : "") };
}

/* The longest time kept: year 2200; hostile seconds must not overflow. */
#define PB_SECONDS_MAX ((int64_t)7258118400)

/* A Timestamp in nanoseconds; 0: it is none. */
static inline int64_t pb_nanoseconds(int64_t seconds, int32_t nanos)
{
	if (seconds <= 0 || seconds > PB_SECONDS_MAX || nanos < 0 || nanos > 999999999)
		return 0;
	return seconds * 1000000000 + nanos;
}

#endif
