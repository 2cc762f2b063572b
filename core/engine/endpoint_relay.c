#include "core/engine/endpoint_relay.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/os/files.h"
#include "core/os/listen.h"
#include "core/os/pump.h"
#include "core/os/save.h"

/* RELAY_GRACE_MS: what a child has to end by itself when its link is gone, or when it says no
 * more.  RELAY_STALE: seconds; younger folders may be somebody's who does not listen yet. */
enum { RELAY_GRACE_MS = 500, RELAY_STALE = 60, RELAY_SWEPT = 64 };
#define RELAY_PREFIX "relay-"
#define RELAY_SOCKET "s"

struct relay_link {
	struct relay *relay;
	struct relay_link *next;        /* the one that came after it */
	int fd;                         /* while it waits; else -1 */
	struct buf said;                /* while it waits: what was said before */
	struct pump *pump;
	struct errand *child;
	int status;                     /* of the child, once it is over */
	struct buf complaint;           /* what it printed as errors */
	bool has_child;
	bool has_answered, is_silent, is_gone, is_again;
};

struct relay {
	struct loop *loop;
	struct relay_events events;
	char *folder, *socket;
	struct listener *listener;
	struct relay_link *links;
};

/* ---- a link's end ---- */

static void relay_link_free(struct relay_link *k)
{
	errand_free(k->child);
	pump_free(k->pump);
	if (k->fd >= 0)
		close(k->fd);
	buf_finish(&k->said);
	buf_finish(&k->complaint);
	free(k);
}

static void relay_close(struct relay_link *k)
{
	struct relay *r = k->relay;
	struct relay_link **at = &r->links;
	while (*at != k)
		at = &(*at)->next;
	*at = k->next;
	r->events.closed(r->events.data, k);
	relay_link_free(k);
}

static void relay_end(struct relay_link *k)
{
	struct relay *r = k->relay;
	struct errand_end child = { .status = k->status, .err = buf_str(&k->complaint) };
	struct relay_end end = { k->has_child ? &child : NULL, k->has_answered };
	k->is_again = false;
	if (!k->is_gone)
		r->events.ended(r->events.data, k, &end);
	if (k->is_again)
		r->events.opened(r->events.data, k);
	else
		relay_close(k);
}

/* What it has printed is still to be carried. */
static void relay_child_ended(void *data, const struct errand_end *end)
{
	struct relay_link *k = data;
	k->child = NULL;
	k->status = end->status;
	buf_append(&k->complaint, end->err);
	if (k->is_silent || k->is_gone)
		relay_end(k);
	else
		pump_end_right(k->pump);
}

bool relay_again(struct relay_link *k)
{
	int fd = pump_give_back(k->pump, &k->said);
	if (fd < 0)
		return false;
	*k = (struct relay_link){ .relay = k->relay, .next = k->next, .fd = fd, .said = k->said,
	                          .complaint = k->complaint, .is_again = true };
	buf_clear(&k->complaint);
	return true;
}

/* ---- a link at work ---- */

static void relay_answered(void *data)
{
	struct relay_link *k = data;
	k->has_answered = true;
	k->relay->events.answered(k->relay->events.data, k);
}

/* A child that says no more is about to end, and only then the link's end is told: by then
 * it is known whether that is a good one.  What closes before it has said anything is told
 * as well. */
static bool relay_silent(void *data)
{
	struct relay_link *k = data;
	k->is_silent = true;
	if (k->child)
		errand_hurry(k->child, RELAY_GRACE_MS);
	else if (k->has_child || !k->has_answered)
		relay_end(k);
	else
		return true;
	return false;
}

static void relay_gone(void *data)
{
	struct relay_link *k = data;
	k->is_gone = true;
	if (k->child)
		errand_hurry(k->child, RELAY_GRACE_MS);
	else if (k->has_child)
		relay_end(k);
}

static void relay_over(void *data)
{
	struct relay_link *k = data;
	if (!k->has_child)
		relay_end(k);
}

static void relay_pump(struct relay_link *k, int there)
{
	struct pump_events events = { .answered = relay_answered, .silent = relay_silent,
	                              .gone = relay_gone, .over = relay_over, .data = k };
	owned_buf struct buf said = k->said;
	k->said = (struct buf){ 0 };
	k->has_child = k->child != NULL;
	k->pump = pump_new(k->relay->loop, k->fd, there, buf_str(&said), &events);
	k->fd = -1;
}

bool relay_carry_by_child(struct relay_link *k, const char *const *argv, struct error *err)
{
	int ends[2];
	CHECK(relay_is_waiting(k));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return error_set_errno(err, "sockets for '%s'", argv[0]);
	struct errand_spec spec = { .argv = argv, .socket = ends[1] };
	k->child = errand_new(k->relay->loop, &spec, relay_child_ended, k, err);
	close(ends[1]);
	if (!k->child) {
		close(ends[0]);
		return false;
	}
	relay_pump(k, ends[0]);
	return true;
}

bool relay_carry_by_socket(struct relay_link *k, const char *path, struct error *err)
{
	CHECK(relay_is_waiting(k));
	int there = listener_connect(path);
	if (there < 0)
		return error_set_errno(err, "%s", path);
	relay_pump(k, there);
	return true;
}

bool relay_is_waiting(const struct relay_link *k)
{
	return k->fd >= 0;
}

struct relay_link *relay_waiting(struct relay *r)
{
	struct relay_link *k = r->links;
	while (k && !relay_is_waiting(k))
		k = k->next;
	return k;
}

void relay_refuse(struct relay_link *k)
{
	CHECK(relay_is_waiting(k));
	relay_close(k);
}

static void relay_accepted(void *data, int fd)
{
	struct relay *r = data;
	struct relay_link *k = xcalloc(1, sizeof *k), **at = &r->links;
	*k = (struct relay_link){ .relay = r, .fd = fd };
	while (*at)
		at = &(*at)->next;
	*at = k;
	r->events.opened(r->events.data, k);
}

/* ---- its folder ---- */

static bool relay_is_stale(const char *folder, const char *socket)
{
	struct stat st;
	if (stat(folder, &st) < 0 || time(NULL) - st.st_mtime < RELAY_STALE)
		return false;
	int fd = listener_connect(socket);
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

static void relay_sweep(const char *dir)
{
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *files = files_disk("/");
	struct files_list list;
	struct error ignored;
	if (files_list(files, dir, a, &list, &ignored) != FILES_OK)
		return;
	for (size_t i = 0; i < list.n && i < RELAY_SWEPT; i++) {
		const char *folder = files_join(a, dir, list.entries[i].name);
		bool is_ours = str_has_prefix(str_of(list.entries[i].name), STR(RELAY_PREFIX));
		if (is_ours && relay_is_stale(folder, files_join(a, folder, RELAY_SOCKET)))
			save_remove(folder, &ignored);
	}
}

static char *relay_folder_make(struct error *err)
{
	owned_buf struct buf path = { 0 };
	const char *dir = save_runtime_dir(err);
	if (!dir)
		return NULL;
	relay_sweep(dir);
	buf_printf(&path, "%s/" RELAY_PREFIX "XXXXXX", dir);
	char *made = buf_take(&path);
	if (mkdtemp(made))
		return made;
	error_set_errno(err, "cannot make a folder in '%s'", dir);
	free(made);
	return NULL;
}

struct relay *relay_new(struct loop *l, const struct relay_events *events, struct error *err)
{
	owned_buf struct buf socket = { 0 };
	char *folder = relay_folder_make(err);
	if (!folder)
		return NULL;
	struct relay *r = xcalloc(1, sizeof *r);
	*r = (struct relay){ .loop = l, .events = *events, .folder = folder };
	buf_printf(&socket, "%s/" RELAY_SOCKET, folder);
	r->socket = buf_take(&socket);
	r->listener = listener_new(l, r->socket, relay_accepted, r, err);
	if (r->listener)
		return r;
	relay_free(r);
	return NULL;
}

void relay_free(struct relay *r)
{
	struct error ignored;
	if (!r)
		return;
	listener_free(r->listener);
	while (r->links) {
		struct relay_link *k = r->links;
		r->links = k->next;
		relay_link_free(k);
	}
	save_remove(r->folder, &ignored);
	free(r->folder);
	free(r->socket);
	free(r);
}

const char *relay_socket(const struct relay *r)
{
	return r->socket;
}

const char *relay_folder(const struct relay *r)
{
	return r->folder;
}
