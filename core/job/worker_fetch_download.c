/* Into FILE.part, which outlives us: whoever comes next goes on where it was cut, if the
 * server still has the same. */
#include <errno.h>

#include "core/ext/http.h"
#include "core/job/worker_fetch.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/loop.h"
#include "core/os/part.h"
#include "core/os/save.h"
#include "core/value/json.h"

enum { DOWNLOAD_TELL_MS = 100 };

struct download {
	struct fetch *f;
	struct loop *loop;
	const char *path, *about;       /* the part, and what it is a part of */
	struct part *part;
	uint64_t current, total;
	int64_t told_ms;
	bool has_gone_on;               /* not from the beginning */
	bool can_go_on;                 /* what is cut is of use to the next one */
	struct kept now;                /* what the server says of what comes */
	enum http_fetched outcome;
	bool ok;
	struct error *err;
};

static void download_tell(struct download *d, bool at_once)
{
	int64_t now = clock_monotonic_ms();
	if (!at_once && now - d->told_ms < DOWNLOAD_TELL_MS && d->current != d->total)
		return;
	d->told_ms = now;
	owned(arena) struct arena *a = arena_new();
	struct value *line = value_new_object(a), *progress = value_new_object(a);
	value_set(a, progress, "current", value_new_integer(a, (long long)d->current));
	value_set(a, progress, "total", value_new_integer(a, (long long)d->total));
	value_set(a, line, "progress", progress);
	worker_say(line);
}

static const char *download_text(struct arena *a, const char *text)
{
	return text && text[0] ? arena_text(a, str_of(text)) : NULL;
}

/* In this order, so that at no moment bytes lie beside what another file is about. */
static bool download_forget(const struct download *d, struct error *err)
{
	return save_remove(d->path, err) && save_remove(d->about, err);
}

static bool download_write_about(const struct download *d, const struct http_begin *b,
                                 struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf text = { 0 };
	char url[SHA256_HEX_SIZE];
	struct value *about = value_new_object(a);
	sha256_hex(str_of(d->f->task.url), url);
	value_set(a, about, "url", value_new_string(a, str_of(url)));
	value_set(a, about, "part", value_new_string(a, str_of(b->part)));
	value_set(a, about, "total", value_new_integer(a, (long long)b->total));
	value_write_json(&text, about, JSON_LINE);
	return save_derived(d->about, buf_str(&text), 0600, err);
}

static bool download_begin(void *data, const struct http_begin *b, struct error *err)
{
	struct download *d = data;
	d->now = (struct kept){ .etag = download_text(d->f->arena, b->state.etag),
	                        .modified = download_text(d->f->arena, b->state.modified) };
	d->has_gone_on = b->from > 0;
	d->can_go_on = b->part;
	d->current = b->from;
	d->total = b->total;
	if (!b->from && (!download_forget(d, err) || (b->part && !download_write_about(d, b, err))))
		return false;
	d->part = part_open(d->path, b->from, err);
	download_tell(d, true);
	return d->part;
}

static bool download_bytes(void *data, struct str bytes, struct error *err)
{
	struct download *d = data;
	if (!part_append(d->part, bytes, err)) {
		/* On a full disk everybody needs the room more than we do. */
		d->can_go_on &= err->sys != ENOSPC && err->sys != EDQUOT;
		return false;
	}
	d->current += bytes.n;
	download_tell(d, false);
	return true;
}

static void download_done(void *data, enum http_fetched outcome, const struct error *err)
{
	struct download *d = data;
	d->outcome = outcome;
	d->ok = !err;
	if (err)
		*d->err = *err;
	loop_stop(d->loop);
}

/* What of it is here; from 0: nothing that helps. */
static void download_look(const struct download *d, struct http_fetch *ret_what)
{
	owned(files) struct files *disk = files_disk("/");
	const struct value *about = NULL, *part, *total, *of;
	struct str text = { 0 };
	struct error ignored;
	char url[SHA256_HEX_SIZE];
	unsigned long long n = 0;
	uint64_t size = part_size(d->path);
	sha256_hex(str_of(d->f->task.url), url);
	if (!size || files_read(disk, d->about, d->f->arena, &text, &ignored) != FILES_OK ||
	    !value_parse_json(d->f->arena, text, &about, &ignored))
		return;
	of = value_get(about, STR("url"));
	part = value_get(about, STR("part"));
	total = value_get(about, STR("total"));
	if (!of || !str_eq(value_text(of), str_of(url)) || !part ||
	    value_type(part) != VALUE_STRING || !total ||
	    !str_number(value_text(total), UINT64_MAX, &n) || (n && size > n))
		return;
	/* A whole one asks for its last byte, and so whether it is still the same. */
	ret_what->from = size == n ? size - 1 : size;
	ret_what->total = n;
	ret_what->part = arena_text(d->f->arena, value_text(part));
}

static bool download_run(struct download *d, bool anew, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	owned(http) struct http *http = http_new(loop);
	struct http_fetch_events events = { download_begin, download_bytes, download_done, d };
	struct http_fetch what = { .url = d->f->task.url };
	if (!anew) {
		download_look(d, &what);
		/* Where a digest is wanted that the file has not, it is of no use. */
		if (!d->f->task.sha256)
			what.known = (struct http_state){ d->f->known.etag, d->f->known.modified };
	}
	d->loop = loop;
	d->err = err;
	d->can_go_on = true;
	http_fetch(http, &what, &events);
	bool ok = loop_run(loop, err) && d->ok;
	struct error ignored;
	part_free(d->part);
	d->part = NULL;
	if (!ok && !d->can_go_on)
		download_forget(d, &ignored);
	return ok;
}

/* How far it came: where the next one goes on.  With "sha256" the copy of it would do, and
 * no server would be asked. */
static bool download_failed(const struct download *d, struct error *err)
{
	const struct fetch *f = d->f;
	owned_buf struct buf text = { 0 };
	if (d->total && err->code == ERROR_UNREACHABLE)
		buf_printf(&text, "%s after %llu of %llu bytes", err->text,
		           (unsigned long long)d->current, (unsigned long long)d->total);
	else if (f->have[0] && !f->task.sha256 && err->code == ERROR_UNREACHABLE)
		buf_printf(&text, "%s; \"sha256\": \"%s\" beside \"from\" takes the copy that is here",
		           err->text, f->have);
	return text.n ? error_set(err, err->code, "%s", buf_text(&text)) : false;
}

bool fetch_download(struct fetch *f, struct error *err)
{
	struct download d = { .f = f, .path = arena_printf(f->arena, "%s.part", f->task.file),
	                      .about = arena_printf(f->arena, "%s.about", f->task.file) };
	if (!download_run(&d, false, err))
		return download_failed(&d, err);
	if (d.outcome == HTTP_ANEW && !download_run(&d, true, err))
		return false;
	if (d.outcome == HTTP_UNCHANGED) {
		memcpy(f->got, f->have, sizeof f->got);
		return download_forget(&d, err);
	}
	struct error ignored;
	bool ok = fetch_place(f, d.path, err);
	/* The wrong digest of what came in two pieces says nothing of the whole. */
	if (!ok && d.has_gone_on)
		ok = download_run(&d, true, err) && fetch_place(f, d.path, err);
	save_remove(d.about, &ignored);
	f->known = d.now;
	return ok;
}
