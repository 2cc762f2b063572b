#ifndef CORE_OS_CLOCK_H
#define CORE_OS_CLOCK_H

#include <stdint.h>

#include "core/base/buf.h"

/* Seconds since the epoch, with the system's resolution. */
double clock_now(void);
/* Milliseconds that only go forward, from an unnamed start. */
int64_t clock_monotonic_ms(void);
/* "2026-11-21T17:46:37.288679975Z", or with +02:00 behind (RFC 3339), in seconds since the
 * epoch; 0: it is no time after that. */
double clock_parse(struct str);
/* "2026-11-21 06:18:03" in local time. */
void clock_append_local(struct buf *, double t);
/* "0.4s", "12s", "3m02s", "1h02m": short, for screens and plain output. */
void clock_append_seconds(struct buf *, double seconds);
/* Two of these with `between` between them; one where they read alike. */
void clock_append_range(struct buf *, double low, double high, const char *between);
/* "5 minutes ago", "3 days ago", in whole units. */
void clock_append_age(struct buf *, double seconds);

#endif
