#include "core/ext/h2.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"

enum { H2_FRAME = 64 << 10, H2_HEADER_COST = 32 /* RFC 9113, 10.5.1 */, H2_LIST_MAX = 2000 };

static const char H2_FLOOD[] = "frames without end and no data";

/* sent: of `out`, what is in frames already; it is cut off now and then. */
struct h2_stream {
	struct h2 *h2;
	struct h2_stream *next, *prev;
	int32_t id;
	void *data;
	struct buf out;
	size_t sent;
	struct pair *trailers;          /* own their texts */
	size_t ntrailers;
	bool ends, has_ended;           /* ours, the other side's */
	bool is_high, is_drained, is_forgotten, is_held;
	size_t unconsumed;              /* while held */
};

struct h2 {
	nghttp2_session *session;
	enum h2_role role;
	struct h2_events events;
	struct h2_stream *streams;
	size_t nstreams;
	/* The headers that are coming: one list at a time on a connection. */
	struct buf text;
	size_t sizes[H2_LIST_MAX][2];
	size_t nheaders, cost;
	size_t idle;                    /* frames since the last data */
	size_t idle_bytes;              /* for those that nghttp2 passes over in silence */
	struct error fault;
	uint32_t goaway;
	struct buf goaway_text;
	bool is_leaving, is_met, has_begun, any_drained;
	bool is_calling, is_freed;
};

const char *h2_code_name(uint32_t code)
{
	static const char *const names[] = {
		"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR",
		"SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL",
		"COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY",
		"HTTP_1_1_REQUIRED",
	};
	return code < sizeof names / sizeof *names ? names[code] : "unknown";
}

/* ---- streams ---- */

static struct h2_stream *h2_stream_new(struct h2 *h, int32_t id, void *data)
{
	struct h2_stream *s = xcalloc(1, sizeof *s);
	*s = (struct h2_stream){ .h2 = h, .id = id, .data = data, .next = h->streams };
	if (s->next)
		s->next->prev = s;
	h->streams = s;
	h->nstreams++;
	return s;
}

static void h2_stream_drop_trailers(struct h2_stream *s)
{
	for (size_t i = 0; i < s->ntrailers; i++) {
		free((char *)s->trailers[i].name.p);
		free((char *)s->trailers[i].value.p);
	}
	free(s->trailers);
	s->trailers = NULL;
	s->ntrailers = 0;
}

static void h2_stream_release(struct h2_stream *s)
{
	if (s->next)
		s->next->prev = s->prev;
	*(s->prev ? &s->prev->next : &s->h2->streams) = s->next;
	s->h2->nstreams--;
	h2_stream_drop_trailers(s);
	buf_finish(&s->out);
	free(s);
}

static struct h2_stream *h2_find(struct h2 *h, int32_t id)
{
	return nghttp2_session_get_stream_user_data(h->session, id);
}

/* The stream, if somebody still wants to hear of it. */
static struct h2_stream *h2_heard(struct h2 *h, int32_t id)
{
	struct h2_stream *s = h2_find(h, id);
	return s && !s->is_forgotten && !h->is_freed && !h->fault.code ? s : NULL;
}

static void h2_names(const struct pair *pairs, size_t n, nghttp2_nv *ret_names)
{
	for (size_t i = 0; i < n; i++)
		ret_names[i] = (nghttp2_nv){
			(uint8_t *)pairs[i].name.p, (uint8_t *)pairs[i].value.p,
			pairs[i].name.n, pairs[i].value.n, NGHTTP2_NV_FLAG_NONE,
		};
}

/* ---- what comes ---- */

static int h2_limit(struct h2 *h, const char *what)
{
	if (!h->fault.code)
		error_set(&h->fault, ERROR_PROTOCOL, "HTTP/2: the other side sends %s", what);
	return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int h2_on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *hd, void *data)
{
	struct h2 *h = data;
	(void)session, (void)hd;
	if (++h->idle > H2_IDLE_FRAMES_MAX)
		h2_limit(h, H2_FLOOD);
	return 0;
}

static int h2_on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
	struct h2 *h = data;
	buf_clear(&h->text);
	h->nheaders = h->cost = 0;
	if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0;
	nghttp2_session_set_stream_user_data(session, frame->hd.stream_id,
	                                     h2_stream_new(h, frame->hd.stream_id, NULL));
	return 0;
}

static int h2_on_header(nghttp2_session *session, const nghttp2_frame *frame,
                        const uint8_t *name, size_t nname, const uint8_t *value, size_t nvalue,
                        uint8_t flags, void *data)
{
	struct h2 *h = data;
	(void)session, (void)frame, (void)flags;
	h->cost += nname + nvalue + H2_HEADER_COST;
	if (h->cost > H2_HEADERS_MAX || h->nheaders == H2_LIST_MAX)
		return h2_limit(h, "more than 64 KiB of headers");
	buf_append(&h->text, (struct str){ (const char *)name, nname });
	buf_append(&h->text, (struct str){ (const char *)value, nvalue });
	h->sizes[h->nheaders][0] = nname;
	h->sizes[h->nheaders++][1] = nvalue;
	return 0;
}

static void h2_tell_head(struct h2 *h, const nghttp2_frame *frame)
{
	struct h2_stream *s = h2_heard(h, frame->hd.stream_id);
	struct pair *pairs = xcalloc(h->nheaders + 1, sizeof *pairs);
	const char *at = h->text.p;
	for (size_t i = 0; i < h->nheaders; i++) {
		pairs[i].name = (struct str){ at, h->sizes[i][0] };
		pairs[i].value = (struct str){ at + h->sizes[i][0], h->sizes[i][1] };
		at += h->sizes[i][0] + h->sizes[i][1];
	}
	bool has_status = h->nheaders && str_eq(pairs[0].name, STR(":status"));
	bool is_trailer = h->role == H2_CLIENT ? !has_status
	                                       : frame->headers.cat != NGHTTP2_HCAT_REQUEST;
	/* 1xx only says that the answer is still to come. */
	if (s && !(has_status && str_has_prefix(pairs[0].value, STR("1"))))
		h->events.head(h->events.data, s, pairs, h->nheaders, is_trailer);
	free(pairs);
}

static void h2_take_goaway(struct h2 *h, const nghttp2_goaway *frame)
{
	struct str text = { (const char *)frame->opaque_data, frame->opaque_data_len };
	h->is_leaving = true;
	h->goaway = frame->error_code;
	buf_clear(&h->goaway_text);
	buf_append(&h->goaway_text, str_slice(text, 0, 200));
}

static int h2_on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
	struct h2 *h = data;
	bool can_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
	bool ends = can_end && frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
	struct h2_stream *s = ends ? h2_heard(h, frame->hd.stream_id) : NULL;
	(void)session;
	if (s)
		s->has_ended = true;
	if (frame->hd.type == NGHTTP2_HEADERS)
		h2_tell_head(h, frame);
	else if (frame->hd.type == NGHTTP2_GOAWAY)
		h2_take_goaway(h, &frame->goaway);
	else if (frame->hd.type == NGHTTP2_SETTINGS)
		h->is_met = true;
	if (ends && (s = h2_heard(h, frame->hd.stream_id)))
		h->events.end(h->events.data, s);
	return 0;
}

static int h2_on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
                      size_t n, void *data)
{
	struct h2 *h = data;
	struct h2_stream *s = h2_heard(h, id);
	(void)flags;
	h->idle = h->idle_bytes = 0;
	nghttp2_session_consume_connection(session, n);
	if (s && s->is_held)
		s->unconsumed += n;
	else
		nghttp2_session_consume_stream(session, id, n);
	if (s && n)
		h->events.bytes(h->events.data, s, (struct str){ (const char *)bytes, n });
	return 0;
}

static int h2_on_close(nghttp2_session *session, int32_t id, uint32_t code, void *data)
{
	struct h2 *h = data;
	struct h2_stream *s = h2_find(h, id);
	if (!s)
		return 0;
	if (!s->is_forgotten && !h->is_freed)
		h->events.closed(h->events.data, s, code);
	nghttp2_session_set_stream_user_data(session, id, NULL);
	h2_stream_release(s);
	return 0;
}

/* ---- what goes ---- */

static int h2_on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
	struct h2 *h = data;
	if (frame->hd.type == NGHTTP2_DATA && frame->hd.length)
		h->idle = h->idle_bytes = 0;
	/* nghttp2 says good-bye with a reason when it has found a fault. */
	if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code && !h->fault.code)
		error_set(&h->fault, ERROR_PROTOCOL, "this is no HTTP/2: %.*s (%s)",
		          (int)frame->goaway.opaque_data_len, (const char *)frame->goaway.opaque_data,
		          h2_code_name(frame->goaway.error_code));
	bool can_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
	if (h->role == H2_SERVER && can_end && frame->hd.flags & NGHTTP2_FLAG_END_STREAM &&
	    !nghttp2_session_get_stream_remote_close(session, frame->hd.stream_id))
		nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
		                          NGHTTP2_NO_ERROR);
	return 0;
}

static ssize_t h2_frame_size(nghttp2_session *session, uint8_t type, int32_t id,
                             int32_t connection_window, int32_t stream_window,
                             uint32_t frame_max, void *data)
{
	(void)session, (void)type, (void)id, (void)data;
	ssize_t n = connection_window < stream_window ? connection_window : stream_window;
	n = n < (ssize_t)frame_max ? n : (ssize_t)frame_max;
	return n < H2_FRAME ? n : H2_FRAME;
}

static void h2_submit_trailers(struct h2_stream *s)
{
	nghttp2_nv *names = xcalloc(s->ntrailers, sizeof *names);
	h2_names(s->trailers, s->ntrailers, names);
	nghttp2_submit_trailer(s->h2->session, s->id, names, s->ntrailers);
	free(names);
}

static ssize_t h2_read(nghttp2_session *session, int32_t id, uint8_t *to, size_t room,
                       uint32_t *ret_flags, nghttp2_data_source *source, void *data)
{
	struct h2_stream *s = source->ptr;
	struct h2 *h = data;
	size_t left = s->out.n - s->sent, n = left < room ? left : room;
	(void)session, (void)id;
	if (!n && !s->ends)
		return NGHTTP2_ERR_DEFERRED;
	if (n)
		memcpy(to, s->out.p + s->sent, n);
	s->sent += n;
	if (s->sent == s->out.n)
		buf_clear(&s->out), s->sent = 0;
	else if (s->sent >= H2_HIGH)
		buf_shift(&s->out, s->sent), s->sent = 0;
	if (s->is_high && h2_unsent(s) < H2_LOW)
		s->is_high = false, s->is_drained = h->any_drained = true;
	if (s->ends && !s->out.n) {
		*ret_flags |= NGHTTP2_DATA_FLAG_EOF;
		if (s->ntrailers) {
			*ret_flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
			h2_submit_trailers(s);
		}
	}
	return (ssize_t)n;
}

/* ---- the connection ---- */

static nghttp2_session *h2_session(struct h2 *h)
{
	nghttp2_session_callbacks *calls;
	nghttp2_option *option;
	nghttp2_session *session;
	CHECK(!nghttp2_session_callbacks_new(&calls) && !nghttp2_option_new(&option));
	nghttp2_session_callbacks_set_on_begin_frame_callback(calls, h2_on_begin_frame);
	nghttp2_session_callbacks_set_on_begin_headers_callback(calls, h2_on_begin_headers);
	nghttp2_session_callbacks_set_on_header_callback(calls, h2_on_header);
	nghttp2_session_callbacks_set_on_frame_recv_callback(calls, h2_on_frame);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, h2_on_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(calls, h2_on_close);
	nghttp2_session_callbacks_set_on_frame_send_callback(calls, h2_on_sent);
	nghttp2_session_callbacks_set_data_source_read_length_callback(calls, h2_frame_size);
	nghttp2_option_set_no_auto_window_update(option, 1);
	nghttp2_option_set_no_closed_streams(option, 1);
	CHECK(!(h->role == H2_CLIENT ? nghttp2_session_client_new2 : nghttp2_session_server_new2)(
		&session, calls, h, option));
	nghttp2_session_callbacks_del(calls);
	nghttp2_option_del(option);
	return session;
}

struct h2 *h2_new(enum h2_role role, const struct h2_events *events)
{
	const nghttp2_settings_entry settings[] = {
		{ NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, H2_WINDOW },
		{ NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, H2_STREAMS_MAX },
		{ NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, H2_HEADERS_MAX },
		{ NGHTTP2_SETTINGS_ENABLE_PUSH, 0 },
	};
	struct h2 *h = xcalloc(1, sizeof *h);
	h->role = role;
	h->events = *events;
	h->session = h2_session(h);
	/* Only a client may speak of pushes. */
	size_t n = sizeof settings / sizeof *settings - (role == H2_SERVER);
	CHECK(!nghttp2_submit_settings(h->session, NGHTTP2_FLAG_NONE, settings, n));
	CHECK(!nghttp2_session_set_local_window_size(h->session, NGHTTP2_FLAG_NONE, 0, H2_WINDOW));
	return h;
}

static void h2_release(struct h2 *h)
{
	nghttp2_session_del(h->session);
	while (h->streams)
		h2_stream_release(h->streams);
	buf_finish(&h->text);
	buf_finish(&h->goaway_text);
	free(h);
}

void h2_free(struct h2 *h)
{
	if (!h)
		return;
	h->is_freed = true;
	if (!h->is_calling)
		h2_release(h);
}

static void h2_leave(struct h2 *h)
{
	h->is_calling = false;
	if (h->is_freed)
		h2_release(h);
}

/* What clearly is something else gets a sentence of its own. */
static bool h2_check_begin(struct h2 *h, struct str bytes, struct error *err)
{
	if (h->has_begun || !bytes.n || h->role == H2_SERVER)
		return true;
	h->has_begun = true;
	if (bytes.p[0] == 'H')
		return error_set(err, ERROR_PROTOCOL, "HTTP/1 is spoken here, not HTTP/2");
	if (bytes.p[0] == 0x15)
		return error_set(err, ERROR_PROTOCOL, "TLS is spoken here, not plain HTTP/2");
	return true;
}

bool h2_feed(struct h2 *h, struct str bytes, struct error *err)
{
	if (h->fault.code || !h2_check_begin(h, bytes, &h->fault)) {
		*err = h->fault;
		return false;
	}
	h->is_calling = true;
	ssize_t n = nghttp2_session_mem_recv(h->session, (const uint8_t *)bytes.p, bytes.n);
	if (nghttp2_session_get_outbound_queue_size(h->session) > H2_QUEUE_MAX)
		h2_limit(h, "more than it takes answers for");
	h->idle_bytes += bytes.n;
	if (n == NGHTTP2_ERR_FLOODED || h->idle_bytes > H2_IDLE_BYTES_MAX)
		h2_limit(h, H2_FLOOD);
	if (n < 0 && !h->fault.code)
		error_set(&h->fault, ERROR_PROTOCOL, "this is no HTTP/2: %s",
		          nghttp2_strerror((int)n));
	if (h->fault.code)
		*err = h->fault;
	bool ok = !h->fault.code;
	if (!ok && n >= 0)
		nghttp2_session_terminate_session(h->session, NGHTTP2_ENHANCE_YOUR_CALM);
	h2_leave(h);
	return ok;
}

static void h2_tell_drained(struct h2 *h)
{
	while (h->any_drained) {
		struct h2_stream *s = h->streams;
		while (s && !s->is_drained)
			s = s->next;
		h->any_drained = s;
		if (!s)
			return;
		s->is_drained = false;
		if (!s->is_forgotten && !h->is_freed && h->events.drained)
			h->events.drained(h->events.data, s);
	}
}

bool h2_pull(struct h2 *h, struct str *ret_bytes, struct error *err)
{
	const uint8_t *bytes;
	h->is_calling = true;
	ssize_t n = nghttp2_session_mem_send(h->session, &bytes);
	if (n < 0 && !h->fault.code)
		error_set(&h->fault, ERROR_PROTOCOL, "HTTP/2: %s", nghttp2_strerror((int)n));
	h2_tell_drained(h);
	if (h->is_freed) {
		*ret_bytes = (struct str){ 0 };
		h2_leave(h);
		return true;
	}
	h2_leave(h);
	*ret_bytes = (struct str){ (const char *)bytes, n > 0 ? (size_t)n : 0 };
	if (n > 0 || !h->fault.code)
		return true;
	*err = h->fault;
	return false;
}

bool h2_is_met(const struct h2 *h)
{
	return h->is_met;
}

bool h2_is_leaving(const struct h2 *h, uint32_t *ret_code, struct str *ret_text)
{
	if (ret_code)
		*ret_code = h->goaway;
	if (ret_text)
		*ret_text = buf_str(&h->goaway_text);
	return h->is_leaving ||
	       (h->role == H2_CLIENT && !nghttp2_session_check_request_allowed(h->session));
}

bool h2_has_failed(const struct h2 *h, struct error *ret_err)
{
	if (h->fault.code)
		*ret_err = h->fault;
	return h->fault.code;
}

size_t h2_streams(const struct h2 *h)
{
	return h->nstreams;
}

/* ---- one stream ---- */

struct h2_stream *h2_open(struct h2 *h, const struct pair *headers, size_t n, void *data)
{
	if (h->fault.code || h2_is_leaving(h, NULL, NULL))
		return NULL;
	nghttp2_nv *names = xcalloc(n + 1, sizeof *names);
	struct h2_stream *s = h2_stream_new(h, 0, data);
	nghttp2_data_provider provider = { .source.ptr = s, .read_callback = h2_read };
	h2_names(headers, n, names);
	s->id = nghttp2_submit_request(h->session, NULL, names, n, &provider, s);
	free(names);
	if (s->id > 0)
		return s;
	h2_stream_release(s);
	return NULL;
}

static void h2_respond(struct h2_stream *s, const struct pair *headers, size_t n, bool has_body)
{
	nghttp2_nv *names = xcalloc(n + 1, sizeof *names);
	nghttp2_data_provider provider = { .source.ptr = s, .read_callback = h2_read };
	h2_names(headers, n, names);
	nghttp2_submit_response(s->h2->session, s->id, names, n, has_body ? &provider : NULL);
	free(names);
}

void h2_answer(struct h2_stream *s, const struct pair *headers, size_t n)
{
	h2_respond(s, headers, n, true);
}

void h2_answer_only(struct h2_stream *s, const struct pair *headers, size_t n)
{
	h2_respond(s, headers, n, false);
}

void h2_send(struct h2_stream *s, struct str bytes)
{
	if (s->ends)
		return;
	buf_append(&s->out, bytes);
	if (h2_unsent(s) > H2_HIGH)
		s->is_high = true;
	nghttp2_session_resume_data(s->h2->session, s->id);
}

void h2_send_end(struct h2_stream *s, const struct pair *trailers, size_t n)
{
	if (s->ends)
		return;
	s->ends = true;
	s->trailers = xcalloc(n + 1, sizeof *s->trailers);
	for (size_t i = 0; i < n; i++) {
		struct str name = trailers[i].name, value = trailers[i].value;
		s->trailers[i].name = (struct str){ xstrndup(name.n ? name.p : "", name.n), name.n };
		s->trailers[i].value = (struct str){ xstrndup(value.n ? value.p : "", value.n), value.n };
	}
	s->ntrailers = n;
	nghttp2_session_resume_data(s->h2->session, s->id);
}

size_t h2_unsent(const struct h2_stream *s)
{
	return s->out.n - s->sent;
}

void h2_reset(struct h2_stream *s, uint32_t code)
{
	nghttp2_session *session = s->h2->session;
	s->is_forgotten = true;
	h2_hold(s, false);
	bool is_over = s->has_ended && nghttp2_session_get_stream_local_close(session, s->id) == 1;
	if (code != H2_NO_ERROR || !is_over)
		nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, s->id, code);
}

void h2_hold(struct h2_stream *s, bool on)
{
	s->is_held = on;
	if (on || !s->unconsumed)
		return;
	nghttp2_session_consume_stream(s->h2->session, s->id, s->unconsumed);
	s->unconsumed = 0;
}

void h2_stream_set_data(struct h2_stream *s, void *data)
{
	s->data = data;
}

void *h2_stream_data(const struct h2_stream *s)
{
	return s->data;
}

int32_t h2_stream_id(const struct h2_stream *s)
{
	return s->id;
}
