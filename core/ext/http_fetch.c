#include "core/ext/http_inside.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/os/spool.h"

/* FETCH_STALL_S: a download that brings less than a byte a second for this long
 * has ended without saying so. */
enum { FETCH_REDIRECTS = 10, FETCH_STALL_S = 60 };

struct fetch {
	struct http_transfer *transfer;
	struct http_fetch_events events;
	struct spool *spool;
	uint64_t current, failing;      /* failing: the timer that tells a fault at the start */
};

static void fetch_finish(struct http_transfer *t)
{
	struct fetch *f = t->own;
	loop_untimer(t->http->loop, f->failing);
	spool_free(f->spool);
	free(f);
}

static bool fetch_bytes(void *data, struct str bytes, struct error *err)
{
	struct fetch *f = data;
	curl_off_t total = 0;
	if (!spool_append(f->spool, bytes, err))
		return false;
	f->current += bytes.n;
	curl.easy_getinfo(f->transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
	if (f->events.progress)
		f->events.progress(f->events.data, f->current, total > 0 ? (uint64_t)total : 0);
	return true;
}

static void fetch_done(void *data, const struct error *err)
{
	struct fetch *f = data;
	struct error fault = { 0 };
	int status = http_status(f->transfer);
	const char *peer = buf_text(&f->transfer->peer);
	if (err && err->code == ERROR_UNREACHABLE && str_has_prefix(str_of(peer), STR("file:")))
		error_set(&fault, ERROR_MISSING, "cannot fetch %s: there is no such file, or it "
		          "cannot be read", peer);
	else if (err && err->code == ERROR_UNREACHABLE && status >= 400)
		error_set(&fault, ERROR_MISSING, "cannot fetch %s: the server answers %d", peer,
		          status);
	else if (err)
		fault = *err;
	else if (!spool_finish(f->spool, &fault))
		error_prefix(&fault, "fetching %s", peer);
	f->events.done(f->events.data, fault.code ? &fault : NULL);
}

/* For messages: the URL without user, password and query. */
static void fetch_append_shown(struct buf *b, struct str url)
{
	size_t colon = str_find_str(url, STR("://"));
	size_t at = colon == STR_NONE ? 0 : colon + 3;
	struct str rest = str_slice(url, at, url.n);
	size_t slash = str_find(rest, '/');
	struct str host = str_slice(rest, 0, slash == STR_NONE ? rest.n : slash);
	size_t user = str_find_last(host, '@');
	size_t query = str_find(rest, '?');
	buf_append(b, str_slice(url, 0, at));
	size_t from = user == STR_NONE ? 0 : user + 1;
	size_t end = query == STR_NONE || query < from ? rest.n : query;
	buf_append(b, str_slice(rest, from, end - from));
}

static void fetch_failed(struct loop *l, void *data)
{
	(void)l;
	struct http_transfer *t = data;
	struct fetch *f = t->own;
	struct error err = t->err;
	struct http_fetch_events events = f->events;
	http_cancel(t);
	events.done(events.data, &err);
}

struct http_transfer *http_fetch(struct http *h, const char *url, const char *file,
                                 const struct http_fetch_events *events)
{
	struct fetch *f = xcalloc(1, sizeof *f);
	struct http_events own = { .bytes = fetch_bytes, .done = fetch_done, .data = f };
	struct http_transfer *t = http_transfer_new(h, &own);
	f->transfer = t;
	f->events = *events;
	t->own = f;
	t->finish = fetch_finish;
	fetch_append_shown(&t->peer, str_of(url));
	f->spool = spool_new(file, 0666, &t->err);
	if (!f->spool) {
		f->failing = loop_timer(h->loop, 0, fetch_failed, t);
		return t;
	}
	curl.easy_setopt(t->easy, CURLOPT_URL, url);
	curl.easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https,ftp,file");
	curl.easy_setopt(t->easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https,ftp");
	curl.easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl.easy_setopt(t->easy, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS);
	curl.easy_setopt(t->easy, CURLOPT_FAILONERROR, 1L);
	curl.easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl.easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, (long)FETCH_STALL_S);
	http_transfer_start(t);
	return t;
}
