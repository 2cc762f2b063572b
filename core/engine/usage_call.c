#include "core/engine/usage_call.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/sentence.h"

/* 25,000 records of build cache are some 8 MB. */
enum { USAGE_ANSWER_MAX = 256 << 20 };

bool usage_line_open(const struct engine_facts *f, struct usage_line *ret_line, struct error *err)
{
	struct usage_line l = { .api_version = f->api_version, .shown = f->address };
	l.loop = loop_new();
	if (!service_init(&l.service, l.loop, f->spec, err)) {
		loop_free(l.loop);
		return false;
	}
	*ret_line = l;
	return true;
}

void usage_line_close(struct usage_line *l)
{
	service_finish(&l->service);
	loop_free(l->loop);
	buf_finish(&l->answer);
}

static bool usage_bytes(void *data, struct str bytes, struct error *err)
{
	struct usage_line *l = data;
	if (l->answer.n + bytes.n > USAGE_ANSWER_MAX)
		return error_set(err, ERROR_LIMIT, "%s tells more than %d MiB", l->shown,
		                 USAGE_ANSWER_MAX >> 20);
	buf_append(&l->answer, bytes);
	return true;
}

static void usage_came(void *data, const struct error *err)
{
	struct usage_line *l = data;
	l->status = http_status(l->transfer);
	l->transfer = NULL;
	if (err)
		l->err = *err;
	loop_stop(l->loop);
}

bool usage_call(struct usage_line *l, const char *method, const char *path, int64_t timeout_ms,
                struct error *err)
{
	owned_buf struct buf versioned = { 0 };
	struct http_events events = { .bytes = usage_bytes, .done = usage_came, .data = l };
	buf_clear(&l->answer);
	l->err.code = ERROR_NONE;
	buf_printf(&versioned, "/v%s%s", l->api_version, path);
	struct http_request r = { .method = method, .path = buf_text(&versioned), .at = l->service.at,
	                          .timeout_ms = timeout_ms };
	l->transfer = http_start(l->service.http, &r, &events);
	if (!loop_run(l->loop, err))
		return false;
	if (l->err.code)
		*err = l->err;
	return !l->err.code;
}

bool usage_get(struct usage_line *l, const char *path, int64_t timeout_ms, struct error *err)
{
	if (!usage_call(l, "GET", path, timeout_ms, err))
		return false;
	if (l->status == 200)
		return true;
	sentence_of_refusal(l->status, buf_str(&l->answer), err);
	return false;
}

uint64_t usage_number(const struct value *object, const char *key)
{
	unsigned long long n;
	const struct value *v = value_get(object, str_of(key));
	return v && str_number(value_text(v), 1ull << 62, &n) ? n : 0;
}
