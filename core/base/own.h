#ifndef CORE_BASE_OWN_H
#define CORE_BASE_OWN_H

#include <stdlib.h>
#include <unistd.h>

/* Scope-bound ownership.  `owned(journal) struct journal *j = ...;` frees j on
 * every way out of the block; `take(j)` hands it on and disarms the cleanup. */
#define owned(type) __attribute__((cleanup(type##_freep)))
#define take(var) \
	__extension__({ __typeof__(var) taken_ = (var); (var) = NULL; taken_; })

/* After a `void TYPE_free(struct TYPE *)` that accepts NULL. */
#define OWN_DEFINE(type) \
	static inline void type##_freep(struct type **p) { type##_free(*p); }

static inline void own_fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define owned_fd __attribute__((cleanup(own_fd_close)))
#define take_fd(fd) __extension__({ int taken_ = (fd); (fd) = -1; taken_; })

static inline void own_memory_free(void *p)
{
	free(*(void **)p);
}
/* For plain malloc'd memory. */
#define owned_memory __attribute__((cleanup(own_memory_free)))

#endif
