#ifndef CORE_HISTORY_MASK_LINE_H
#define CORE_HISTORY_MASK_LINE_H

#include "core/base/buf.h"

/* A line of a log without what differs from run to run although nothing is different:
 *
 *     <time>   dates, clocks, seconds since the epoch     2026-01-02 03:04:05,123
 *     <took>   durations                                  1m02s  350 ms  3.2 seconds
 *     <size>   sizes and rates                            19.2 MB  1.2/19.2 MB  4.1 kB/s
 *     <hash>   7 and more hex digits, digests, UUIDs, addresses
 *     <temp>   paths below /tmp and /var/tmp, names as mkstemp(3), pip and go make them
 *     <pid>    process numbers                            pid 123  sshd[123]
 *     <n>      with MASK_LINE_NUMBERS: every other number that is no part of a name or
 *              of a version with two dots
 *
 * Two lines say the same when their masked forms are equal.  A pure function; the text
 * is as log_text_read gives it (no colours, no overwritten progress), any bytes. */
enum { MASK_LINE_NUMBERS = 1 };

/* Appends, in time linear in the text; at most five bytes for one of the text's. */
void mask_line_append(struct buf *out, struct str text, unsigned flags);

#endif
