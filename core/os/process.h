#ifndef CORE_OS_PROCESS_H
#define CORE_OS_PROCESS_H

#include "core/base/buf.h"

/* Names for processes that outlive them, to be kept where nobody is told of their
 * end: "BOOT:NAMESPACE:PID:START".  A pid alone is given again, and means nothing in
 * another container or on another machine. */
enum process_fate {
	PROCESS_LIVES, PROCESS_GONE,
	PROCESS_UNKNOWN,        /* of another machine, boot or pid namespace; or no such name */
};

/* Appends the name of this process; nothing where the system does not tell. */
void process_append_name(struct buf *);
/* One that has ended but was not waited for is gone. */
enum process_fate process_fate(struct str name);

#endif
