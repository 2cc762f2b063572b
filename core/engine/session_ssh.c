/* SSH: the user's agent for RUN --mount=type=ssh, a connection to it for each in the RUN. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/session_inside.h"
#include "core/ext/pb_session.h"
#include "core/os/dial.h"

/* The socket's path, or NULL: this build offers no such agent, or there is none. */
static const char *ssh_path(const struct session *s, struct str id)
{
	struct str name = id.n ? id : STR("default");
	for (size_t i = 0; i < s->o.nssh; i++) {
		const char *ours = getenv("SSH_AUTH_SOCK");
		if (!str_eq(s->o.ssh[i].name, name))
			continue;
		if (s->o.ssh[i].value.n)
			return arena_text(s->arena, s->o.ssh[i].value);
		return ours && *ours ? ours : NULL;
	}
	return NULL;
}

static bool ssh_has(const struct session *s)
{
	return s->o.nssh > 0;
}

/* ---- is there one ---- */

static void check_message(struct session_call *c, struct str bytes)
{
	struct error err = { 0 };
	struct str id;
	if (!pb_named_parse(c->session->scratch, bytes, &id, &err)) {
		session_refuse(c, &err);
	} else if (!ssh_path(c->session, id)) {
		session_answer(c, GRPC_NOT_FOUND, STR("this build has no such ssh agent"));
	} else {
		grpc_send(c->call, (struct str){ 0 });
		session_answer(c, GRPC_OK, (struct str){ 0 });
	}
}

static void check_free(struct session_call *c)
{
	(void)c;
}

static struct session_call *check_begin(struct session *s, const struct session_request *r,
                                        int *ret_code, const char **ret_why)
{
	static const struct session_call_ops ops = { check_message, NULL, NULL, check_free };
	struct session_call *c = xcalloc(1, sizeof *c);
	(void)s;
	(void)r;
	(void)ret_code;
	(void)ret_why;
	c->ops = &ops;
	return c;
}

const struct session_method session_check_agent = {
	"/moby.sshforward.v1.SSH/CheckAgent", check_begin, ssh_has,
};

/* ---- a connection ---- */

struct forward {
	struct session_call base;
	struct dial *dial;
	bool is_held;
};

/* Whoever does not read is not written to. */
enum { FORWARD_HIGH = 256 << 10 };

static void forward_hold(struct forward *f, bool on)
{
	if (f->is_held != on)
		grpc_hold(f->base.call, on);
	f->is_held = on;
}

static void forward_bytes(void *data, struct str bytes)
{
	struct forward *f = data;
	struct session *s = f->base.session;
	owned_buf struct buf message = { 0 };
	pb_bytes_write(&message, bytes);
	session_hold(s);
	grpc_send(f->base.call, buf_str(&message));
	session_release(s);
}

static void forward_agent_drained(void *data)
{
	forward_hold(data, false);
}

static void forward_ended(void *data, const struct error *err)
{
	struct forward *f = data;
	struct session *s = f->base.session;
	session_hold(s);
	if (err)
		session_answer(&f->base, GRPC_UNKNOWN, STR("the ssh agent cannot be reached"));
	else
		session_answer(&f->base, GRPC_OK, (struct str){ 0 });
	session_release(s);
}

static void forward_message(struct session_call *c, struct str bytes)
{
	struct forward *f = (struct forward *)c;
	struct error err = { 0 };
	struct str data;
	if (!pb_bytes_parse(c->session->scratch, bytes, &data, &err)) {
		session_refuse(c, &err);
		return;
	}
	dial_send(f->dial, data);
	if (dial_unsent(f->dial) > FORWARD_HIGH)
		forward_hold(f, true);
}

static void forward_end(struct session_call *c)
{
	dial_send_end(((struct forward *)c)->dial);
}

static void forward_free(struct session_call *c)
{
	dial_free(((struct forward *)c)->dial);
}

static struct session_call *forward_begin(struct session *s, const struct session_request *r,
                                          int *ret_code, const char **ret_why)
{
	static const struct session_call_ops ops = { forward_message, NULL, forward_end,
	                                             forward_free };
	struct dial_address at = { .unix_path =
		ssh_path(s, session_request_get(r, "buildkit.ssh.id")) };
	struct error err = { 0 };
	if (!at.unix_path) {
		*ret_code = GRPC_NOT_FOUND;
		*ret_why = "this build has no such ssh agent";
		return NULL;
	}
	struct forward *f = xcalloc(1, sizeof *f);
	struct dial_events on = { .bytes = forward_bytes, .drained = forward_agent_drained,
	                          .ended = forward_ended, .data = f };
	f->base.ops = &ops;
	f->dial = dial_new(s->loop, &at, &on, &err);
	if (f->dial)
		return &f->base;
	*ret_code = GRPC_UNAVAILABLE;
	*ret_why = "the ssh agent cannot be reached";
	session_warn(s, str_of(err.text));
	free(f);
	return NULL;
}

const struct session_method session_forward_agent = {
	"/moby.sshforward.v1.SSH/ForwardAgent", forward_begin, ssh_has,
};
