#ifndef CORE_ENGINE_RUN_OWNER_H
#define CORE_ENGINE_RUN_OWNER_H

#include <stdint.h>

#include "core/base/buf.h"

/* Who a container of ours belongs to.  Its label mortar.run is the name of the process
 * that removes it when it ends (core/os/process.h); where that process was killed the
 * container stays, and whoever comes next removes it. */
#define RUN_OWNER_LABEL "mortar.run"
#define RUN_BUILD_LABEL "mortar.build"

/* True when nobody will remove the container any more: its owner is gone; or the owner
 * cannot be seen from here, and it has not run and was made hours ago (RUN_OWNER_OLD_S).
 * made and now: seconds since the epoch. */
enum { RUN_OWNER_OLD_S = 6 * 3600 };
bool run_owner_is_gone(struct str label, bool runs, int64_t made, int64_t now);

/* Where there is no room for labels: "TIME.BOOT.NAMESPACE.PID.START" of this process, which
 * may stand in an image's tag and in a container's name. */
void run_owner_append_name(struct buf *, int64_t now);
/* The same of such a name; false for what is none. */
bool run_owner_name_is_gone(struct str name, int64_t now);
/* What images and containers are called that are named so: "mortar-shell:NAME",
 * "mortar-shell-NAME". */
#define RUN_OWNER_SHELL "mortar-shell"

#endif
