#include "core/engine/podman.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/engine/stream.h"

#define PODMAN_SOCKET "/podman/podman.sock"

const char *podman_place(struct arena *a, unsigned n)
{
	const char *host = getenv("CONTAINER_HOST"), *own = getenv("XDG_RUNTIME_DIR");
	if (host && *host)
		return n == 0 ? arena_text(a, str_of(host)) : NULL;
	if (own && *own && n == 0)
		return arena_printf(a, "unix://%s" PODMAN_SOCKET, own);
	return n == (own && *own) ? "unix:///run" PODMAN_SOCKET : NULL;
}

void podman_append_places(struct buf *out)
{
	owned(arena) struct arena *a = arena_new();
	const char *place;
	for (unsigned n = 0; (place = podman_place(a, n)); n++)
		buf_printf(out, "%s%s", n ? " or " : "", place);
}

void podman_absent(const struct error *why, struct error *ret_err)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf places = { 0 };
	const char *first = podman_place(a, 0);
	const char *user = geteuid() == 0 ? "" : "--user ";
	struct error last = *why;
	podman_append_places(&places);
	error_set(ret_err, ERROR_UNREACHABLE, "no podman service at %s (%s); to start it: "
	          "systemctl %sstart podman.socket, or podman system service --time 0 %s",
	          buf_text(&places), last.text, user, first);
}

bool podman_answers(const struct value *version)
{
	const struct value *all = value_get(version, STR("Components"));
	for (const struct value *c = all ? value_child(all) : NULL; c; c = value_next(c))
		if (str_eq(stream_text(c, "Name"), STR("Podman Engine")))
			return true;
	return false;
}

void podman_append_host(struct buf *out, struct str work_id)
{
	buf_printf(out, "mortar-%.*s", STR_ARG(work_id));
}
