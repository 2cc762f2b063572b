/* FileSend: a result of the build, into a file; into a folder by session_folder.c. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/session_inside.h"
#include "core/ext/pb_session.h"
#include "core/os/spool.h"

/* What is told of its growth in between. */
#define SEND_TOLD ((uint64_t)1 << 20)

struct send {
	struct session_call base;
	const char *path;
	struct spool *spool;
	uint64_t size, told;
};

static void send_tell(struct session *s, const char *path, uint64_t size)
{
	if (!s->is_freed && s->on.progress)
		s->on.progress(s->on.data, str_of(path), size, 0);
}

static void send_message(struct session_call *c, struct str bytes)
{
	struct send *s = (struct send *)c;
	struct error err = { 0 };
	struct str data;
	if (!pb_bytes_parse(c->session->scratch, bytes, &data, &err)) {
		session_refuse(c, &err);
		return;
	}
	if (!spool_append(s->spool, data, &err)) {
		session_fail(c, &err);
		return;
	}
	s->size += data.n;
	if (s->size - s->told >= SEND_TOLD) {
		s->told = s->size;
		send_tell(c->session, s->path, s->size);
	}
}

static void send_end(struct session_call *c)
{
	struct send *s = (struct send *)c;
	struct session *session = c->session;
	const char *path = s->path;
	uint64_t size = s->size;
	struct error err = { 0 };
	if (!spool_finish(s->spool, &err)) {
		session_fail(c, &err);
		return;
	}
	session_answer(c, GRPC_OK, (struct str){ 0 });
	send_tell(session, path, size);
}

static void send_free(struct session_call *c)
{
	spool_free(((struct send *)c)->spool);
}

static struct session_call *send_file(const char *path, struct error *err)
{
	static const struct session_call_ops ops = { send_message, NULL, send_end, send_free };
	struct spool *spool = spool_new(path, 0666, err);
	if (!spool)
		return NULL;
	struct send *s = xcalloc(1, sizeof *s);
	s->base.ops = &ops;
	s->path = path;
	s->spool = spool;
	return &s->base;
}

static struct session_call *send_begin(struct session *s, const struct session_request *r,
                                       int *ret_code, const char **ret_why)
{
	struct str id = session_request_get(r, "buildkit-attachable-exporter-id");
	unsigned long long index = 0;
	struct error err = { 0 };
	if ((id.n && !str_number(id, s->o.nexports - 1, &index)) || index >= s->o.nexports) {
		*ret_code = GRPC_NOT_FOUND;
		*ret_why = "this build has no such export";
		return NULL;
	}
	const struct session_export *e = &s->o.exports[index];
	struct session_call *c = e->is_dir ? session_folder_new(s, e->path, &err)
	                                   : send_file(e->path, &err);
	if (c)
		return c;
	*ret_code = GRPC_UNKNOWN;
	*ret_why = arena_text(s->arena, str_of(err.text));
	session_failed(s, &err);
	return NULL;
}

static bool send_has(const struct session *s)
{
	return s->o.nexports > 0;
}

const struct session_method session_send = {
	"/moby.filesync.v1.FileSend/DiffCopy", send_begin, send_has,
};
