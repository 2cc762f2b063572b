#include "core/engine/endpoint_ssh.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/ext/crypto.h"
#include "core/os/listen.h"
#include "core/os/save.h"
#include "core/os/spawn.h"

/* A question that is to be answered at once, and one that may have to log in. */
enum { SSH_CHECK_MS = 3000, SSH_ASK_MS = 30000 };
#define SSH_DOCKER_SOCKET "/var/run/docker.sock"

enum ssh_state {
	SSH_ASLEEP,             /* nothing is known */
	SSH_CHECKING,           /* whether the user's own ssh has a login that is shared */
	SSH_OPENING,            /* the first link logs in, the others wait */
	SSH_ASKING,             /* which sockets there are on the other side; this logs in too */
	SSH_FORWARDING,
	SSH_OPEN,
};

struct endpoint_ssh {
	struct loop *loop;
	struct arena *arena;
	struct ssh_way way;
	const char *control;            /* ours, used or not */
	struct relay *relay;
	enum ssh_state state;
	struct errand *errand;
	struct relay_link *opener;      /* while opening */
	const char *const *candidates;  /* sockets on the other side; NULL: by dial-stdio */
	const char *remote, *local;     /* the one that is forwarded, and where; NULL: none */
	unsigned nlocals;
	bool lacks_docker;
	struct error why;               /* code 0: nothing went wrong */
};

static void ssh_proceed(struct endpoint_ssh *);

/* ---- what went wrong ---- */

/* Every link that waits is closed, so that whoever opened it asks why. */
static void ssh_fail(struct endpoint_ssh *s)
{
	struct relay_link *k;
	s->state = SSH_ASLEEP;
	while ((k = relay_waiting(s->relay)))
		relay_refuse(k);
}

static void ssh_fail_child(struct endpoint_ssh *s, const struct errand_end *end, bool was_open)
{
	struct ssh_failure f = { s->way.to, s->control, end->status, end->err, was_open };
	if (end->is_late)
		error_set(&s->why, ERROR_UNREACHABLE, "ssh to %s does not answer in time", s->way.to->host);
	else
		ssh_explain(&f, &s->why);
}

static void ssh_fail_start(struct endpoint_ssh *s, const struct error *err)
{
	s->why = *err;
	s->why.code = ERROR_UNREACHABLE;
	ssh_fail(s);
}

/* ---- links ---- */

static bool ssh_is_alive(const char *control)
{
	int fd = listener_connect(control);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool ssh_carry(struct endpoint_ssh *s, struct relay_link *k, struct error *err)
{
	static const char *const command[] = { "docker", "system", "dial-stdio", NULL };
	owned(arena) struct arena *a = arena_new();
	struct ssh_argv argv;
	if (s->local)
		return relay_carry_by_socket(k, s->local, err);
	ssh_argv_command(a, &argv, &s->way, command);
	return relay_carry_by_child(k, argv.items, err);
}

/* A socket that nobody serves any more: the login has ended, and is made anew. */
static void ssh_carry_all(struct endpoint_ssh *s)
{
	struct relay_link *k;
	struct error err = { 0 };
	while (s->state == SSH_OPEN && (k = relay_waiting(s->relay)))
		if (!ssh_carry(s, k, &err)) {
			s->state = SSH_ASLEEP;
			if (s->local)
				ssh_proceed(s);
			else
				ssh_fail_start(s, &err);
		}
}

static void ssh_open(struct endpoint_ssh *s)
{
	s->state = SSH_OPEN;
	ssh_carry_all(s);
}

/* ---- a socket on the other side ---- */

static void ssh_forwarded(void *data, const struct errand_end *end)
{
	struct endpoint_ssh *s = data;
	s->errand = NULL;
	if (end->status == 0 && !end->is_late) {
		ssh_open(s);
		return;
	}
	ssh_fail_child(s, end, false);
	ssh_fail(s);
}

static void ssh_errand(struct endpoint_ssh *s, const struct ssh_argv *argv, int64_t limit_ms,
                       errand_fn *fn)
{
	struct errand_spec spec = { .argv = argv->items, .socket = -1, .limit_ms = limit_ms };
	struct error err = { 0 };
	s->errand = errand_new(s->loop, &spec, fn, s, &err);
	if (!s->errand)
		ssh_fail_start(s, &err);
}

static void ssh_forward(struct endpoint_ssh *s, const char *remote)
{
	owned(arena) struct arena *a = arena_new();
	struct ssh_argv argv;
	/* A name of its own each time: the one before may still be another's to remove. */
	s->local = arena_printf(s->arena, "%s/f%u", relay_folder(s->relay), s->nlocals++);
	s->remote = arena_text(s->arena, str_of(remote));
	s->state = SSH_FORWARDING;
	ssh_argv_forward(a, &argv, &s->way, s->local, s->remote, true);
	ssh_errand(s, &argv, SSH_CHECK_MS, ssh_forwarded);
}

static void ssh_no_socket(struct endpoint_ssh *s, const struct ssh_sockets *sockets)
{
	owned_buf struct buf shown = { 0 }, places = { 0 };
	endpoint_spec_append_shown(&shown, s->way.to);
	for (size_t i = 0; s->candidates[i]; i++)
		buf_printf(&places, "%s%s", i ? ", nor at " : "", s->candidates[i]);
	if (!sockets->is_told)
		error_set(&s->why, ERROR_UNREACHABLE, "%s: the shell there does not say where the engine's "
		          "socket is; name it: ssh://host/path/of.sock", buf_text(&shown));
	else if (sockets->denied)
		error_set(&s->why, ERROR_UNREACHABLE, "%s: %s there is not yours to use (its group is who "
		          "may)", buf_text(&shown), sockets->denied);
	else
		error_set(&s->why, ERROR_UNREACHABLE, "%s: %sno engine listens there at %s%s",
		          buf_text(&shown), s->lacks_docker ? "there is no docker command, and " : "",
		          buf_text(&places), s->way.to->is_podman ?
		          "; start it there: systemctl --user start podman.socket" : "");
}

static void ssh_told_sockets(void *data, const struct errand_end *end)
{
	struct endpoint_ssh *s = data;
	owned(arena) struct arena *a = arena_new();
	struct ssh_sockets sockets;
	s->errand = NULL;
	ssh_sockets_read(a, end->out, &sockets);
	if (sockets.found) {
		ssh_forward(s, sockets.found);
		return;
	}
	/* A login that takes no commands may still forward the socket that was named. */
	bool is_in = WIFEXITED(end->status) && WEXITSTATUS(end->status) != 255 && !end->is_late;
	if (is_in && !sockets.is_told && s->way.to->path) {
		ssh_forward(s, s->way.to->path);
		return;
	}
	if (is_in)
		ssh_no_socket(s, &sockets);
	else
		ssh_fail_child(s, end, false);
	ssh_fail(s);
}

static void ssh_ask_sockets(struct endpoint_ssh *s)
{
	owned(arena) struct arena *a = arena_new();
	struct ssh_argv argv;
	const char *command[] = { ssh_sockets_command(a, s->candidates), NULL };
	s->state = SSH_ASKING;
	ssh_argv_command(a, &argv, &s->way, command);
	ssh_errand(s, &argv, SSH_ASK_MS, ssh_told_sockets);
}

/* ---- from nothing ---- */

/* It is known which login is shared; whether there is one yet, is not. */
static void ssh_choose(struct endpoint_ssh *s)
{
	struct relay_link *first = relay_waiting(s->relay);
	struct error err = { 0 };
	if (s->candidates) {
		ssh_ask_sockets(s);
	} else if (!s->way.control || ssh_is_alive(s->control)) {
		ssh_open(s);
	} else if (!first) {
		s->state = SSH_ASLEEP;
	} else if (ssh_carry(s, first, &err)) {
		s->state = SSH_OPENING;
		s->opener = first;
	} else {
		ssh_fail_start(s, &err);
	}
}

static void ssh_checked(void *data, const struct errand_end *end)
{
	struct endpoint_ssh *s = data;
	s->errand = NULL;
	s->way.control = end->status == 0 && !end->is_late ? NULL : s->control;
	ssh_choose(s);
}

static void ssh_proceed(struct endpoint_ssh *s)
{
	owned(arena) struct arena *a = arena_new();
	struct ssh_way own = { .to = s->way.to };
	struct ssh_argv argv;
	s->local = NULL;
	s->way.control = s->control;
	if (ssh_is_alive(s->control)) {
		ssh_choose(s);
		return;
	}
	s->state = SSH_CHECKING;
	ssh_argv_check(a, &argv, &own);
	ssh_errand(s, &argv, SSH_CHECK_MS, ssh_checked);
}

/* ---- events of the relay ---- */

static void ssh_link_opened(void *data, struct relay_link *k)
{
	struct endpoint_ssh *s = data;
	(void)k;
	if (s->state == SSH_ASLEEP)
		ssh_proceed(s);
	else if (s->state == SSH_OPEN)
		ssh_carry_all(s);
}

static void ssh_link_answered(void *data, struct relay_link *k)
{
	struct endpoint_ssh *s = data;
	s->why = (struct error){ 0 };
	if (s->state != SSH_OPENING || k != s->opener)
		return;
	s->opener = NULL;
	ssh_open(s);
}

/* No docker command there: its socket is forwarded instead. */
static bool ssh_falls_back(struct endpoint_ssh *s, struct relay_link *k,
                           const struct ssh_failure *f)
{
	static const char *const standard[] = { SSH_DOCKER_SOCKET, NULL };
	if (!ssh_has_no_docker(f) || s->candidates || !relay_again(k))
		return false;
	s->lacks_docker = true;
	s->candidates = standard;
	s->opener = NULL;
	s->state = SSH_ASLEEP;
	return true;
}

static void ssh_link_ended(void *data, struct relay_link *k, const struct relay_end *end)
{
	struct endpoint_ssh *s = data;
	owned_buf struct buf shown = { 0 };
	if (!end->child) {
		endpoint_spec_append_shown(&shown, s->way.to);
		error_set(&s->why, ERROR_UNREACHABLE, "%s: nothing answers at %s there, or the server does "
		          "not let ssh forward it (AllowStreamLocalForwarding)", buf_text(&shown),
		          s->remote);
		return;
	}
	struct ssh_failure f = { s->way.to, s->control, end->child->status, end->child->err,
	                         end->has_answered };
	if (end->child->status == 0 || ssh_falls_back(s, k, &f))
		return;
	ssh_explain(&f, &s->why);
	if (s->state == SSH_OPEN)
		s->state = SSH_ASLEEP;
}

static void ssh_link_closed(void *data, struct relay_link *k)
{
	struct endpoint_ssh *s = data;
	if (s->state != SSH_OPENING || k != s->opener)
		return;
	s->opener = NULL;
	s->state = SSH_ASLEEP;
	/* What it has met, the others would meet too; who has only gone says nothing of them. */
	if (s->why.code)
		ssh_fail(s);
	else if (relay_waiting(s->relay))
		ssh_proceed(s);
}

/* ---- its life ---- */

const char *endpoint_ssh_control(struct arena *a, const struct endpoint_spec *to, struct error *err)
{
	char hex[SHA256_HEX_SIZE];
	owned_buf struct buf name = { 0 };
	const char *dir = save_runtime_dir(err);
	struct endpoint_spec login = { .way = ENDPOINT_SSH, .user = to->user, .host = to->host,
	                               .port = to->port };
	if (!dir)
		return NULL;
	endpoint_spec_append(&name, &login);
	sha256_hex(buf_str(&name), hex);
	return arena_printf(a, "%s/ssh-%.16s", dir, hex);
}

/* Where the other side may have the socket that is meant. */
static void ssh_set_candidates(struct endpoint_ssh *s)
{
	static const char *const podman[] = { "/run/user/$(id -u)/podman/podman.sock",
	                                      "/run/podman/podman.sock", NULL };
	const struct endpoint_spec *to = s->way.to;
	if (to->path) {
		const char **named = arena_array(s->arena, 2, sizeof *named);
		named[0] = to->path;
		s->candidates = named;
	} else if (to->is_podman) {
		s->candidates = podman;
	}
}

struct endpoint_ssh *endpoint_ssh_new(struct loop *l, const struct endpoint_spec *to,
                                      struct error *err)
{
	struct endpoint_ssh *s = xcalloc(1, sizeof *s);
	struct relay_events events = { ssh_link_opened, ssh_link_answered, ssh_link_ended,
	                               ssh_link_closed, s };
	s->loop = l;
	s->arena = arena_new();
	s->way.to = to;
	s->control = endpoint_ssh_control(s->arena, to, err);
	s->relay = s->control ? relay_new(l, &events, err) : NULL;
	ssh_set_candidates(s);
	if (s->relay)
		return s;
	endpoint_ssh_free(s);
	return NULL;
}

/* Nobody waits for the answer: what is not ended now ends with the login. */
static void ssh_end_forward(struct endpoint_ssh *s)
{
	owned(arena) struct arena *a = arena_new();
	struct ssh_argv argv;
	struct child child;
	struct error ignored;
	ssh_argv_forward(a, &argv, &s->way, s->local, s->remote, false);
	struct spawn spawn = { .argv = argv.items, .in = SPAWN_NULL, .out = SPAWN_NULL,
	                       .err = SPAWN_NULL, .orphan = true, .session = true };
	spawn_start(&spawn, &child, &ignored);
}

void endpoint_ssh_free(struct endpoint_ssh *s)
{
	if (!s)
		return;
	if (s->local && s->state == SSH_OPEN)
		ssh_end_forward(s);
	errand_free(s->errand);
	relay_free(s->relay);
	arena_free(s->arena);
	free(s);
}

const char *endpoint_ssh_socket(const struct endpoint_ssh *s)
{
	return relay_socket(s->relay);
}

bool endpoint_ssh_why(const struct endpoint_ssh *s, struct error *ret_why)
{
	owned_buf struct buf shown = { 0 };
	if (!s->why.code && (!s->local || !s->way.control || ssh_is_alive(s->control)))
		return false;
	endpoint_spec_append_shown(&shown, s->way.to);
	if (s->why.code)
		*ret_why = s->why;
	else
		error_set(ret_why, ERROR_UNREACHABLE, "%s: the connection was cut", buf_text(&shown));
	return true;
}
