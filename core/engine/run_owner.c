#include "core/engine/run_owner.h"

#include "core/os/process.h"

static void run_owner_translate(struct buf *b, size_t from, char what, char with)
{
	for (size_t i = from; i < b->n; i++)
		b->p[i] = b->p[i] == what ? with : b->p[i];
}

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

void run_owner_append_name(struct buf *out, int64_t now)
{
	buf_printf(out, "%lld.", (long long)now);
	size_t from = out->n;
	process_append_name(out);
	run_owner_translate(out, from, ':', '.');
}

bool run_owner_name_is_gone(struct str name, int64_t now)
{
	owned_buf struct buf label = { 0 };
	unsigned long long made;
	size_t dot = str_find(name, '.');
	if (dot == STR_NONE || !str_number(str_slice(name, 0, dot), INT64_MAX, &made))
		return false;
	buf_append(&label, str_slice(name, dot + 1, name.n));
	run_owner_translate(&label, 0, '.', ':');
	return run_owner_is_gone(buf_str(&label), false, (int64_t)made, now);
}
