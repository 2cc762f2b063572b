#ifndef CORE_OS_LOGIND_H
#define CORE_OS_LOGIND_H

#include "core/os/files.h"

/* What systemd-logind does to a user's processes at logout: logind.conf(5),
 * systemd 252's rules. */
enum logind_place {
	LOGIND_NONE,            /* no logind runs this machine (a container, another init) */
	LOGIND_SESSION,         /* we run in a login session's scope */
	LOGIND_MANAGER,         /* below the user's own service manager (user@.service) */
	LOGIND_ELSEWHERE,       /* a system service, cron, a container of this machine */
};

struct logind {
	enum logind_place place;
	bool kills;             /* the session's scope and all in it end at logout */
	bool lingers;           /* the user's service manager stays after the last logout */
	const char *said;       /* "KillUserProcesses=yes in /etc/systemd/logind.conf"; in the arena */
};

/* files: rooted at "/" but in tests.  Reads logind.conf, its drop-ins, the linger mark
 * of the user and the cgroup of this process. */
void logind_read(struct files *, const char *user, struct arena *, struct logind *ret_logind);

#endif
