/* What is asked and answered with one message each: secrets, credentials, health. */
#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/credentials.h"
#include "core/engine/session_inside.h"
#include "core/ext/pb_session.h"
#include "core/os/files.h"

static void small_free(struct session_call *c)
{
	(void)c;
}

static struct session_call *small_new(const struct session_call_ops *ops)
{
	struct session_call *c = xcalloc(1, sizeof *c);
	c->ops = ops;
	return c;
}

static void small_reply(struct session_call *c, const struct buf *answer)
{
	grpc_send(c->call, buf_str(answer));
	session_answer(c, GRPC_OK, (struct str){ 0 });
}

/* ---- health ---- */

static void health_message(struct session_call *c, struct str bytes)
{
	owned_buf struct buf answer = { 0 };
	(void)bytes;
	pb_health_write(&answer, 1);
	small_reply(c, &answer);
}

static struct session_call *health_begin(struct session *s, const struct session_request *r,
                                         int *ret_code, const char **ret_why)
{
	static const struct session_call_ops ops = { health_message, NULL, NULL, small_free };
	(void)s;
	(void)r;
	(void)ret_code;
	(void)ret_why;
	return small_new(&ops);
}

const struct session_method session_health = { "/grpc.health.v1.Health/Check", health_begin, NULL };

/* ---- secrets ---- */

static const struct secret *secret_find(const struct session *s, struct str id)
{
	for (size_t i = 0; i < s->o.nsecrets; i++)
		if (s->o.secrets[i].way == SECRET_MOUNTED && str_eq(id, str_of(s->o.secrets[i].id)))
			return &s->o.secrets[i];
	return NULL;
}

/* Read when it is asked for, so that no copy of it lies about; in the arena. */
static bool secret_read(struct arena *a, const struct secret *s, struct str *ret_value,
                        struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	const char *value = s->file ? NULL : getenv(s->env);
	struct error why = { 0 };
	files_keep_no_texts(disk);
	*ret_value = str_of(value ? value : "");
	if (!s->file && !value)
		return error_set(err, ERROR_PROJECT, "the secret %s: the variable %s is not set", s->id,
		                 s->env);
	if (s->file && files_read(disk, s->file, a, ret_value, &why) != FILES_OK)
		return error_set(err, ERROR_PROJECT, "the secret %s: '%s' cannot be read%s%s", s->id,
		                 s->file, why.code ? ": " : "", why.text);
	if (ret_value->n > SESSION_SECRET_MAX)
		return error_set(err, ERROR_LIMIT, "the secret %s has %zu bytes; BuildKit takes at most "
		                 "%d", s->id, ret_value->n, SESSION_SECRET_MAX);
	return true;
}

static void secret_message(struct session_call *c, struct str bytes)
{
	owned_buf struct buf answer = { 0 };
	struct session *session = c->session;
	struct arena *a = session->scratch;
	struct error err = { 0 };
	struct str id, value;
	if (!pb_named_parse(a, bytes, &id, &err)) {
		session_refuse(c, &err);
		return;
	}
	const struct secret *s = secret_find(session, id);
	if (!s) {
		session_answer(c, GRPC_NOT_FOUND, STR("this build has no such secret"));
		return;
	}
	if (!secret_read(a, s, &value, &err)) {
		session_fail(c, &err);
		return;
	}
	pb_bytes_write(&answer, value);
	small_reply(c, &answer);
	explicit_bzero(answer.p, answer.cap);
}

static struct session_call *secret_begin(struct session *s, const struct session_request *r,
                                         int *ret_code, const char **ret_why)
{
	static const struct session_call_ops ops = { secret_message, NULL, NULL, small_free };
	(void)s;
	(void)r;
	(void)ret_code;
	(void)ret_why;
	return small_new(&ops);
}

static bool secret_has(const struct session *s)
{
	for (size_t i = 0; i < s->o.nsecrets; i++)
		if (s->o.secrets[i].way == SECRET_MOUNTED)
			return true;
	return false;
}

const struct session_method session_secret = {
	"/moby.buildkit.secrets.v1.Secrets/GetSecret", secret_begin, secret_has,
};

/* ---- credentials ---- */

struct ask {
	struct session_call base;
	struct credentials_ask *ask;
};

static void ask_warn(struct session *s, const struct error *err)
{
	owned_buf struct buf text = { 0 };
	buf_printf(&text, "%s; the registry is asked without a login", err->text);
	session_warn(s, buf_str(&text));
}

/* Without any it is asked for what is public: no names is no login.  An identity token has
 * no user (buildkit, session/auth/authprovider). */
static void ask_told(void *data, const struct credential *found, const struct error *err)
{
	struct ask *a = data;
	struct session *s = a->base.session;
	owned_buf struct buf answer = { 0 };
	struct str user = found && !found->is_identity_token ? found->user : (struct str){ 0 };
	a->ask = NULL;
	session_hold(s);
	pb_credentials_write(&answer, user, found ? found->secret : (struct str){ 0 });
	small_reply(&a->base, &answer);
	explicit_bzero(answer.p, answer.cap);
	if (err)
		ask_warn(s, err);
	session_release(s);
}

static void ask_message(struct session_call *c, struct str bytes)
{
	struct ask *a = (struct ask *)c;
	struct error err = { 0 };
	struct str host;
	if (!pb_named_parse(c->session->scratch, bytes, &host, &err) ||
	    (a->ask && !error_set(&err, ERROR_PROTOCOL, "two questions in one call"))) {
		session_refuse(c, &err);
		return;
	}
	a->ask = credentials_ask(c->session->loop, arena_text(c->session->scratch, host), ask_told,
	                         a);
}

static void ask_free(struct session_call *c)
{
	credentials_cancel(((struct ask *)c)->ask);
}

static struct session_call *ask_begin(struct session *s, const struct session_request *r,
                                      int *ret_code, const char **ret_why)
{
	static const struct session_call_ops ops = { ask_message, NULL, NULL, ask_free };
	struct ask *a = xcalloc(1, sizeof *a);
	(void)s;
	(void)r;
	(void)ret_code;
	(void)ret_why;
	a->base.ops = &ops;
	return &a->base;
}

const struct session_method session_credentials = {
	"/moby.filesync.v1.Auth/Credentials", ask_begin, NULL,
};
