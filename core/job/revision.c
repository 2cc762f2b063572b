#include "core/job/revision.h"

#include <stdlib.h>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/job/worker.h"
#include "core/project/files_told.h"

struct revision {
	struct worker *worker;
	struct files *disk, *files;
	struct error err;
	bool complete;
	revision_done_fn *done;
	void *data;
};

static void revision_take(struct revision *r, const struct value *line)
{
	const struct value *top = value_get(line, STR("top"));
	if (worker_error(line, &r->err))
		return;
	r->complete |= value_get(line, STR("done")) != NULL;
	if (top && !r->files) {
		owned_buf struct buf path = { 0 };
		if (bytes_append_back(&path, value_text(top)))
			r->files = files_told(buf_text(&path), r->disk);
	} else if (r->files && value_get(line, STR("path"))) {
		files_told_take(r->files, line);
	}
}

static void revision_line(void *data, const struct value *line, bool ended_well)
{
	struct revision *r = data;
	if (line) {
		revision_take(r, line);
		return;
	}
	if (!r->err.code && !(ended_well && r->complete))
		error_set(&r->err, ERROR_SYSTEM, "the worker that reads git has ended early");
	r->done(r->data, r->err.code ? &r->err : NULL);
}

struct revision *revision_ask(struct loop *loop, const struct request *request, const char *name,
                              revision_done_fn *done, void *data, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct value *argument = value_new_object(a);
	struct request bare = *request;
	bare.texts = NULL;
	bare.ntexts = 0;
	bare.id = bare.id ? bare.id : "";
	value_set(a, argument, "revision", value_new_string(a, str_of(name)));
	value_set(a, argument, "request", request_value(a, &bare));
	struct revision *r = xcalloc(1, sizeof *r);
	r->disk = files_disk(".");
	r->done = done;
	r->data = data;
	r->worker = worker_start(loop, "revision", argument, revision_line, r, err);
	if (r->worker)
		return r;
	revision_free(r);
	return NULL;
}

struct files *revision_files(struct revision *r)
{
	return r->complete && !r->err.code ? r->files : NULL;
}

void revision_free(struct revision *r)
{
	if (!r)
		return;
	worker_free(r->worker);
	files_free(r->files);
	files_free(r->disk);
	free(r);
}
