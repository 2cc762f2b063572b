#ifndef CORE_OS_CONTAINED_H
#define CORE_OS_CONTAINED_H

#include <stddef.h>

/* Processes of containers on this machine, told by a name in their /etc/hosts: who
 * starts a container can have a name put there (docker's and podman's `extrahosts`),
 * and a process keeps its container's file, whatever it calls itself. */
struct contained {
	size_t ended;           /* were sent SIGKILL */
	size_t kept;            /* are not ours to signal */
};

/* Ends every process whose /etc/hosts is a mount of its own and has the name.  Those of
 * our own mount namespace are none.  What may not be looked at (another user's, another
 * machine's) is not found. */
struct contained contained_kill(const char *host);

#endif
