#include "core/engine/run_owner.h"

#include "core/os/process.h"

bool run_owner_is_gone(struct str label, bool runs, int64_t made, int64_t now)
{
	switch (process_fate(label)) {
	case PROCESS_LIVES: return false;
	case PROCESS_GONE: return true;
	case PROCESS_UNKNOWN: break;
	}
	/* After a reboot, or of a container that is no more, nobody can tell.  One that runs
	 * may be in use on another machine. */
	return !runs && made > 0 && now - made > RUN_OWNER_OLD_S;
}
