/* Downloads that go on where they were cut, and that cost nothing when nothing has changed. */
#include "core/ext/http_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"

/* FETCH_STALL_S: a download that brings less than a byte a second for this long
 * has ended without saying so. */
#define FETCH_PEER "the server"
enum { FETCH_REDIRECTS = 10, FETCH_STALL_S = 60, FETCH_CONNECT_MS = 30000 };

struct fetch {
	struct http_transfer *transfer;
	struct http_fetch_events events;
	bool is_ftp, has_begun;
	enum http_fetched outcome;
	char *url, *part, *known_modified;
	struct buf shown;
	bool knows;                     /* something was said to be here */
	uint64_t from, total;
};

static void fetch_finish(struct http_transfer *t)
{
	struct fetch *f = t->own;
	free(f->url);
	free(f->part);
	free(f->known_modified);
	buf_finish(&f->shown);
	free(f);
}

void http_append_shown(struct buf *b, struct str url)
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

static bool fetch_is_ftp(const char *url)
{
	return strncasecmp(url, "ftp:", 4) == 0;
}

/* Where the redirects have led to. */
static const char *fetch_effective(const struct fetch *f)
{
	char *url = NULL;
	curl.easy_getinfo(f->transfer->easy, CURLINFO_EFFECTIVE_URL, &url);
	return url ? url : f->url;
}

/* Such as a header can be sent back with. */
static bool fetch_is_state(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] > 0x7e)
			return false;
	return text.n > 0 && text.n <= HTTP_STATE_MAX;
}

static char *fetch_state(struct str text)
{
	return xstrndup(fetch_is_state(text) ? text.p : "", fetch_is_state(text) ? text.n : 0);
}

/* What If-Range takes (RFC 9110, 13.1.5): a strong ETag, or a time that was over when the
 * answer was made. */
static const char *fetch_part_state(const struct fetch *f, const struct http_state *s)
{
	if (f->is_ftp)
		return s->modified[0] ? s->modified : NULL;
	if (s->etag[0])
		return s->etag[0] == '"' ? s->etag : NULL;
	struct str date = http_header(f->transfer, "Date");
	return s->modified[0] && date.n && !str_eq(date, str_of(s->modified)) ? s->modified : NULL;
}

static bool fetch_anew(struct fetch *f, struct error *err)
{
	f->outcome = HTTP_ANEW;
	return error_set(err, ERROR_PROTOCOL, "it has changed");
}

/* "bytes 5-9/10", the total may be '*': false when it is another part than asked. */
static bool fetch_range(const struct fetch *f, uint64_t *ret_total)
{
	struct str range = http_header(f->transfer, "Content-Range"), first, last, total;
	unsigned long long at, n = 0;
	if (!str_has_prefix(range, STR("bytes ")))
		return false;
	range = str_slice(range, 6, range.n);
	if (!str_next(&range, '-', &first) || !str_next(&range, '/', &last) ||
	    !str_next(&range, '/', &total) || !str_number(first, UINT64_MAX, &at) || at != f->from)
		return false;
	if (!str_eq(total, STR("*")) && !str_number(total, UINT64_MAX, &n))
		return false;
	*ret_total = n;
	return true;
}

/* A part of what is no longer the same is of no use, whatever If-Range has said. */
static bool fetch_goes_on(const struct fetch *f, const struct http_begin *b)
{
	bool is_etag = f->part[0] == '"';
	const char *now = is_etag ? b->state.etag : b->state.modified;
	return (!now[0] || strcmp(now, f->part) == 0) &&
	       (!f->total || !b->total || f->total == b->total);
}

static bool fetch_begin_http(struct fetch *f, struct http_begin *b, struct error *err)
{
	int status = http_status(f->transfer);
	curl_off_t length = 0;
	curl.easy_getinfo(f->transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	b->total = length > 0 ? (uint64_t)length : 0;
	if (status == 206 && f->from) {
		b->from = f->from;
		return (fetch_range(f, &b->total) && fetch_goes_on(f, b)) || fetch_anew(f, err);
	}
	return status == 200 || status == 203 ||
	       error_set(err, ERROR_MISSING, FETCH_PEER " answers %d", status);
}

static bool fetch_begin_ftp(struct fetch *f, struct http_begin *b, struct error *err)
{
	curl_off_t length = 0;
	curl.easy_getinfo(f->transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	b->from = f->from;
	b->total = length > 0 ? (uint64_t)length + f->from : 0;
	return !f->from || fetch_goes_on(f, b) || fetch_anew(f, err);
}

/* ftp tells a file's time, http its own headers. */
static char *fetch_modified(const struct fetch *f, bool is_ftp)
{
	curl_off_t at = -1;
	if (!is_ftp)
		return fetch_state(http_header(f->transfer, "Last-Modified"));
	curl.easy_getinfo(f->transfer->easy, CURLINFO_FILETIME_T, &at);
	return at < 0 ? xstrdup("") : xasprintf("%lld", (long long)at);
}

static bool fetch_begin(struct fetch *f, struct error *err)
{
	bool is_ftp = fetch_is_ftp(fetch_effective(f));
	owned_memory char *etag = fetch_state(http_header(f->transfer, "ETag"));
	owned_memory char *modified = fetch_modified(f, is_ftp);
	struct http_begin b = { .state = { is_ftp ? "" : etag, modified } };
	if (f->has_begun)
		return true;
	f->has_begun = true;
	/* Another kind of server than asked: what was said to be here means nothing to it. */
	if (is_ftp != f->is_ftp && f->knows)
		return fetch_anew(f, err);
	if (!(is_ftp ? fetch_begin_ftp : fetch_begin_http)(f, &b, err))
		return false;
	b.part = is_ftp == f->is_ftp ? fetch_part_state(f, &b.state) : NULL;
	return f->events.begin(f->events.data, &b, err);
}

static bool fetch_bytes(void *data, struct str bytes, struct error *err)
{
	struct fetch *f = data;
	return fetch_begin(f, err) && f->events.bytes(f->events.data, bytes, err);
}

/* libcurl leaves out what is not newer; what is older has changed as well. */
static enum http_fetched fetch_unmet(struct fetch *f)
{
	owned_memory char *modified = fetch_modified(f, true);
	return strcmp(modified, f->known_modified) == 0 ? HTTP_UNCHANGED : HTTP_ANEW;
}

/* A good end, as far as libcurl can tell. */
static void fetch_ended(struct fetch *f, struct error *ret_err)
{
	long unmet = 0;
	curl.easy_getinfo(f->transfer->easy, CURLINFO_CONDITION_UNMET, &unmet);
	if (f->is_ftp && unmet)
		f->outcome = fetch_unmet(f);
	else if (!f->is_ftp && f->knows && http_status(f->transfer) == 304)
		f->outcome = HTTP_UNCHANGED;
	else
		fetch_begin(f, ret_err);
}

/* Where it was asked and where that has led; for a fault of ours only where. */
static void fetch_explain(struct fetch *f, struct error *err)
{
	static const char who[] = FETCH_PEER ": ";
	owned_buf struct buf to = { 0 };
	struct str effective = str_of(fetch_effective(f));
	bool is_ftp = fetch_is_ftp(effective.p), is_followed = is_ftp;
	int status = http_status(f->transfer);
	http_append_shown(&to, effective);
	is_followed |= str_has_prefix(effective, STR("http:")) ||
	               str_has_prefix(effective, STR("https:"));
	if (err->code == ERROR_UNREACHABLE && status >= 400 && !is_ftp)
		error_set(err, ERROR_MISSING, FETCH_PEER " answers %d", status);
	else if (err->code == ERROR_PROTOCOL && !is_followed)
		error_set(err, ERROR_PROTOCOL, "only http, https and ftp addresses are followed");
	else if (str_has_prefix(str_of(err->text), STR(who)))
		memmove(err->text, err->text + sizeof who - 1, strlen(err->text) - sizeof who + 2);
	if (!str_eq(buf_str(&to), buf_str(&f->shown)))
		error_prefix(err, "it leads to %s", buf_text(&to));
	error_prefix(err, "cannot fetch %s", buf_text(&f->shown));
}

static void fetch_done(void *data, const struct error *err)
{
	struct fetch *f = data;
	struct error fault = { 0 };
	long code = 0;
	if (err)
		fault = *err;
	else
		fetch_ended(f, &fault);
	curl.easy_getinfo(f->transfer->easy, CURLINFO_RESPONSE_CODE, &code);
	bool refused = f->is_ftp ? !f->has_begun : code == 416;
	if (err && f->from && refused && err->code == ERROR_UNREACHABLE && code)
		f->outcome = HTTP_ANEW;
	bool failed = fault.code && f->outcome == HTTP_FETCHED;
	if (failed)
		fetch_explain(f, &fault);
	f->events.done(f->events.data, f->outcome, failed ? &fault : NULL);
}

static void fetch_header(struct fetch *f, const char *name, const char *value)
{
	owned_buf struct buf line = { 0 };
	if (!value || !fetch_is_state(str_of(value)))
		return;
	buf_printf(&line, "%s: %s", name, value);
	struct curl_slist *longer = curl.slist_append(f->transfer->headers, buf_text(&line));
	CHECK(longer);
	f->transfer->headers = longer;
}

static void fetch_ask_http(struct fetch *f, const struct http_fetch *what)
{
	CURL *easy = f->transfer->easy;
	char range[32];
	fetch_header(f, "If-None-Match", what->known.etag);
	fetch_header(f, "If-Modified-Since", what->known.modified);
	if (f->from) {
		fetch_header(f, "If-Range", what->part);
		snprintf(range, sizeof range, "%llu-", (unsigned long long)f->from);
		curl.easy_setopt(easy, CURLOPT_RANGE, range);
	}
	curl.easy_setopt(easy, CURLOPT_HTTPHEADER, f->transfer->headers);
}

static void fetch_ask_ftp(struct fetch *f, const struct http_fetch *what)
{
	CURL *easy = f->transfer->easy;
	unsigned long long at;
	curl.easy_setopt(easy, CURLOPT_FILETIME, 1L);
	if (f->from)
		curl.easy_setopt(easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)f->from);
	else if (what->known.modified && str_number(str_of(what->known.modified), INT64_MAX, &at)) {
		curl.easy_setopt(easy, CURLOPT_TIMECONDITION, (long)CURL_TIMECOND_IFMODSINCE);
		curl.easy_setopt(easy, CURLOPT_TIMEVALUE_LARGE, (curl_off_t)at);
	}
}

struct http_transfer *http_fetch(struct http *h, const struct http_fetch *what,
                                 const struct http_fetch_events *events)
{
	struct fetch *f = xcalloc(1, sizeof *f);
	struct http_events own = { .bytes = fetch_bytes, .done = fetch_done, .data = f };
	struct http_transfer *t = http_transfer_new(h, &own);
	const struct http_state *known = &what->known;
	*f = (struct fetch){ .transfer = t, .events = *events, .is_ftp = fetch_is_ftp(what->url),
	                     .url = xstrdup(what->url), .part = xstrdup(what->part ? what->part : ""),
	                     .known_modified = xstrdup(known->modified ? known->modified : ""),
	                     .from = what->part ? what->from : 0, .total = what->total };
	f->knows = f->from || (known->etag && known->etag[0]) || f->known_modified[0];
	t->own = f;
	t->finish = fetch_finish;
	buf_append_text(&t->peer, FETCH_PEER);
	http_append_shown(&f->shown, str_of(what->url));
	(f->is_ftp ? fetch_ask_ftp : fetch_ask_http)(f, what);
	curl.easy_setopt(t->easy, CURLOPT_URL, what->url);
	curl.easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https,ftp");
	curl.easy_setopt(t->easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https,ftp");
	curl.easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl.easy_setopt(t->easy, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS);
	curl.easy_setopt(t->easy, CURLOPT_FAILONERROR, 1L);
	curl.easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS);
	curl.easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl.easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, (long)FETCH_STALL_S);
	http_transfer_start(t);
	return t;
}
