#include "core/engine/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/engine/session_inside.h"
#include "core/ext/crypto.h"

static const struct session_method *const session_methods[] = {
	&session_sync, &session_send, &session_credentials, &session_secret, &session_check_agent,
	&session_forward_agent, &session_health,
};
enum { SESSION_METHODS = sizeof session_methods / sizeof *session_methods, SESSION_ID = 16 };

/* ---- who is told what, and who may go meanwhile ---- */

static void session_drop(struct session *s)
{
	while (s->calls) {
		struct session_call *c = s->calls;
		s->calls = c->next;
		c->ops->free(c);
		free(c);
	}
	grpc_free(s->grpc);
	for (size_t i = 0; i < s->o.ndirs; i++)
		context_free(s->made[i]);
	arena_free(s->scratch);
	arena_free(s->arena);
	free(s);
}

void session_hold(struct session *s)
{
	s->holds++;
}

void session_release(struct session *s)
{
	if (--s->holds == 0 && s->is_freed)
		session_drop(s);
}

void session_free(struct session *s)
{
	if (!s)
		return;
	s->is_freed = true;
	if (!s->holds)
		session_drop(s);
}

static void session_pipe_send(void *data, struct str bytes)
{
	struct session *s = data;
	if (!s->is_freed)
		s->on.send(s->on.data, bytes);
}

static size_t session_pipe_unsent(void *data)
{
	struct session *s = data;
	return s->is_freed ? 0 : s->on.unsent(s->on.data);
}

void session_warn(struct session *s, struct str text)
{
	if (!s->is_freed && s->on.warning)
		s->on.warning(s->on.data, text);
}

/* ---- calls ---- */

static void session_call_drop(struct session_call *c)
{
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	c->ops->free(c);
	free(c);
}

void session_answer(struct session_call *c, int code, struct str message)
{
	grpc_answer(c->call, code, message);
	session_call_drop(c);
}

void session_refuse(struct session_call *c, const struct error *err)
{
	session_answer(c, GRPC_INVALID_ARGUMENT, str_of(err->text));
}

void session_failed(struct session *s, const struct error *err)
{
	bool is_first = !s->has_failed && !s->is_freed;
	s->has_failed = true;
	if (is_first && s->on.failed)
		s->on.failed(s->on.data, err);
}

void session_fail(struct session_call *c, const struct error *err)
{
	struct session *s = c->session;
	struct error kept = *err;
	session_answer(c, GRPC_UNKNOWN, str_of(kept.text));
	session_failed(s, &kept);
}

static void session_call_message(void *data, struct grpc_call *call, struct str bytes)
{
	struct session_call *c = data;
	struct session *s = c->session;
	struct arena_mark mark = arena_mark(s->scratch);
	(void)call;
	session_hold(s);
	if (c->ops->message)
		c->ops->message(c, bytes);
	arena_rewind(s->scratch, mark);
	session_release(s);
}

static void session_call_drained(void *data, struct grpc_call *call)
{
	struct session_call *c = data;
	struct session *s = c->session;
	(void)call;
	session_hold(s);
	if (c->ops->drained)
		c->ops->drained(c);
	session_release(s);
}

static void session_call_end(void *data, struct grpc_call *call)
{
	struct session_call *c = data;
	struct session *s = c->session;
	(void)call;
	session_hold(s);
	if (c->ops->end)
		c->ops->end(c);
	session_release(s);
}

static void session_call_done(void *data, const struct grpc_status *status,
                              const struct error *err)
{
	struct session_call *c = data;
	struct session *s = c->session;
	(void)status;
	(void)err;
	session_hold(s);
	session_call_drop(c);
	session_release(s);
}

struct str session_request_get(const struct session_request *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (str_eq(r->metadata[i].name, str_of(name)))
			return (struct str){ r->metadata[i].value.n ? r->metadata[i].value.p : "",
			                     r->metadata[i].value.n };
	return (struct str){ 0 };
}

static const struct session_method *session_find(const struct session *s, const char *name)
{
	for (size_t i = 0; i < SESSION_METHODS; i++)
		if (!strcmp(session_methods[i]->name, name))
			return !session_methods[i]->has || session_methods[i]->has(s) ? session_methods[i]
			                                                              : NULL;
	return NULL;
}

static bool session_begin(void *data, const char *name, const struct pair *metadata, size_t n,
                          struct grpc_call *call, struct grpc_call_events *ret_events)
{
	struct session *s = data;
	const struct session_method *m = session_find(s, name);
	struct session_request request = { metadata, n };
	const char *why = "";
	int code = GRPC_INTERNAL;
	if (!m || s->is_freed)
		return false;
	session_hold(s);
	struct session_call *c = m->begin(s, &request, &code, &why);
	if (!c) {
		grpc_answer(call, code, str_of(why));
		session_release(s);
		return true;
	}
	c->session = s;
	c->call = call;
	c->next = s->calls;
	c->link = &s->calls;
	if (c->next)
		c->next->link = &c->next;
	s->calls = c;
	*ret_events = (struct grpc_call_events){
		.message = session_call_message, .drained = session_call_drained,
		.end = session_call_end, .done = session_call_done, .data = c,
	};
	/* What can be sent before anything has come. */
	if (c->ops->drained)
		c->ops->drained(c);
	session_release(s);
	return true;
}

static void session_ended(void *data, const struct error *err)
{
	(void)data;
	(void)err;      /* whoever carries the bytes knows; a build may go on without a session */
}

/* ---- its beginning ---- */

static bool session_add_dir(struct session *s, size_t i, struct error *err)
{
	const struct session_dir *d = &s->o.dirs[i];
	for (size_t k = 0; k < i; k++)
		if (!strcmp(s->o.dirs[k].name, d->name))
			return error_set(err, ERROR_USAGE, "two folders of the build are called '%s'",
			                 d->name);
	s->dirs[i] = *d;
	if (d->context)
		return context_is_scanned(d->context) ||
		       error_set(err, ERROR_PROJECT, "the context '%s' was not looked at yet", d->name);
	s->made[i] = context_new();
	context_add_bytes(s->made[i], arena_text(s->arena, d->file_name), 0644, d->file_text);
	s->dirs[i].context = s->made[i];
	return context_scan(s->made[i], err);
}

static void session_add_metadata(struct session *s, const char *name, const char *value)
{
	CHECK(s->nmetadata < SESSION_METADATA_MAX);
	s->metadata[s->nmetadata++] = (struct pair){ str_of(name), str_of(value) };
}

static void session_introduce(struct session *s, const char *key)
{
	unsigned char bytes[SESSION_ID];
	char *id = arena_alloc(s->arena, 2 * SESSION_ID + 1);
	crypto_random(bytes, sizeof bytes);
	for (size_t i = 0; i < SESSION_ID; i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	s->id = id;
	session_add_metadata(s, "x-docker-expose-session-uuid", id);
	session_add_metadata(s, "x-docker-expose-session-name", "mortar");
	session_add_metadata(s, "x-docker-expose-session-sharedkey", key);
	for (size_t i = 0; i < SESSION_METHODS; i++)
		if (session_find(s, session_methods[i]->name))
			session_add_metadata(s, "x-docker-expose-session-grpc-method",
			                     session_methods[i]->name);
}

struct session *session_new(struct loop *l, const struct session_options *o,
                            const struct session_events *on, struct error *err)
{
	struct session *s = xcalloc(1, sizeof *s);
	char key[SESSION_KEY_SIZE];
	bool ok = true;
	*s = (struct session){ .loop = l, .o = *o, .on = *on, .arena = arena_new(),
	                       .scratch = arena_new() };
	s->dirs = arena_array(s->arena, o->ndirs, sizeof *s->dirs);
	s->made = arena_array(s->arena, o->ndirs, sizeof *s->made);
	for (size_t i = 0; ok && i < o->ndirs; i++)
		ok = session_add_dir(s, i, err);
	if (!ok || (!o->shared_key && !session_shared_key(o, key, err))) {
		session_drop(s);
		return NULL;
	}
	session_introduce(s, arena_text(s->arena, str_of(o->shared_key ? o->shared_key : key)));
	struct grpc_pipe pipe = { session_pipe_send, session_pipe_unsent, s };
	struct grpc_methods methods = { session_begin, s };
	s->grpc = grpc_server(l, &pipe, &methods, session_ended, s);
	/* The daemon may come back to it as late as it likes. */
	grpc_limit(s->grpc, SESSION_MESSAGE_MAX, 0);
	return s;
}

const char *session_id(const struct session *s)
{
	return s->id;
}

const struct pair *session_metadata(const struct session *s, size_t *ret_n)
{
	*ret_n = s->nmetadata;
	return s->metadata;
}

void session_feed(struct session *s, struct str bytes)
{
	session_hold(s);
	grpc_feed(s->grpc, bytes);
	session_release(s);
}

void session_drained(struct session *s)
{
	session_hold(s);
	grpc_drained(s->grpc);
	session_release(s);
}
