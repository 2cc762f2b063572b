/* FileSync: a folder of the build, of which the daemon takes what it has not got. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/context/entry_reader.h"
#include "core/engine/session_filter.h"
#include "core/engine/session_inside.h"
#include "core/ext/crypto.h"
#include "core/ext/pb_session.h"

/* SYNC_STATS: entries offered between two pieces of a file, so that files are on their way
 * while a long list is. */
enum { SYNC_CHUNK = 256 << 10, SYNC_STATS = 256, SYNC_REASON_MAX = 400 };

struct sync {
	struct session_call base;
	const struct session_dir *dir;
	struct arena *arena;
	const uint32_t *entries;        /* what is offered; its place here is its id */
	size_t nentries, offered;
	bool offered_all;
	unsigned char *asked;           /* a bit an id */
	uint32_t *queue;                /* ids asked for, in their order */
	size_t nqueue, queue_cap, served;
	struct entry_reader *reader;    /* of queue[served], where is_reading */
	bool is_reading;
	char *chunk;
	struct buf packet;
	struct transfer_file *files;    /* for the report */
	uint64_t bytes;
};

static const struct entry *sync_entry(const struct sync *s, size_t id)
{
	return context_entry(s->dir->context, s->entries[id]);
}

static void sync_send(struct sync *s, const struct pb_packet *p)
{
	buf_clear(&s->packet);
	pb_packet_write(&s->packet, p);
	grpc_send(s->base.call, buf_str(&s->packet));
}

/* The daemon takes a file with the time that it knows for the file that it knows, so the time
 * says which content of ours it is.  Images of it show the epoch still. */
static int64_t sync_generated_mtime(const struct entry *e)
{
	enum { DIGITS = 15 };
	char hex[SHA256_HEX_SIZE];
	sha256_hex(e->bytes, hex);
	hex[DIGITS] = '\0';
	return (int64_t)(strtoull(hex, NULL, 16) % 1000000000);
}

static uint32_t sync_mode(const struct entry *e)
{
	uint32_t mode = e->mode & 0777;
	mode |= e->mode & S_ISUID ? PB_MODE_SETUID : 0;
	mode |= e->mode & S_ISGID ? PB_MODE_SETGID : 0;
	mode |= e->mode & S_ISVTX ? PB_MODE_STICKY : 0;
	mode |= S_ISDIR(e->mode) ? PB_MODE_DIR : 0;
	return mode | (S_ISLNK(e->mode) ? PB_MODE_LINK : 0);
}

/* Owner and group are left out, which is root's: builds of several users share a cache. */
static void sync_offer(struct sync *s, const struct entry *e)
{
	struct pb_packet p = { .type = PB_PACKET_STAT, .has_stat = true };
	p.stat.path = str_of(e->path);
	p.stat.link = str_of(e->link);
	p.stat.mode = sync_mode(e);
	p.stat.mtime_ns = S_ISREG(e->mode) && !e->dir ? sync_generated_mtime(e) : e->mtime_ns;
	if (S_ISREG(e->mode))
		p.stat.size = e->size;
	else if (e->link)
		p.stat.size = p.stat.link.n;
	sync_send(s, &p);
}

static void sync_offer_some(struct sync *s)
{
	static const struct pb_packet last = { .type = PB_PACKET_STAT };
	size_t end = s->offered + SYNC_STATS;
	for (; s->offered < s->nentries && s->offered < end; s->offered++)
		sync_offer(s, sync_entry(s, s->offered));
	if (s->offered == s->nentries && !s->offered_all) {
		s->offered_all = true;
		sync_send(s, &last);
	}
}

static void sync_say_error(struct sync *s, const struct error *err)
{
	struct pb_packet p = { .type = PB_PACKET_ERR };
	p.data = str_slice(str_of(err->text), 0, SYNC_REASON_MAX);
	sync_send(s, &p);
}

/* A piece of the file at hand; false: the call is gone. */
static bool sync_serve(struct sync *s)
{
	uint32_t id = s->queue[s->served];
	struct pb_packet p = { .type = PB_PACKET_DATA, .id = id };
	struct error err = { 0 };
	size_t n = 0;
	if (!s->chunk)
		s->chunk = xmalloc(SYNC_CHUNK);
	if (!s->reader)
		s->reader = entry_reader_new(NULL);
	if (!s->is_reading)
		entry_reader_start(s->reader, sync_entry(s, id));
	s->is_reading = true;
	enum pull pull = entry_reader_read(s->reader, s->chunk, SYNC_CHUNK, &n, &err);
	if (pull == PULL_FAILED) {
		sync_say_error(s, &err);
		session_fail(&s->base, &err);
		return false;
	}
	p.data = (struct str){ s->chunk, n };
	sync_send(s, &p);
	if (pull == PULL_DONE) {
		s->is_reading = false;
		s->served++;
	}
	return true;
}

static void sync_drained(struct session_call *c)
{
	struct sync *s = (struct sync *)c;
	while ((!s->offered_all || s->served < s->nqueue) && grpc_unsent(c->call) <= GRPC_HIGH) {
		if (!s->offered_all)
			sync_offer_some(s);
		if (s->served < s->nqueue && !sync_serve(s))
			return;
	}
}

/* What is asked for: a file that was offered, and once. */
static bool sync_asked(struct sync *s, uint32_t id, struct error *err)
{
	if (id >= s->offered)
		return error_set(err, ERROR_PROTOCOL, "file %u was asked for, of %zu that were offered",
		                 id, s->offered);
	const struct entry *e = sync_entry(s, id);
	if (!S_ISREG(e->mode))
		return error_set(err, ERROR_PROTOCOL, "'%s' was asked for, which is no file", e->path);
	if (s->asked[id / 8] & 1u << id % 8)
		return error_set(err, ERROR_PROTOCOL, "'%s' was asked for twice", e->path);
	s->asked[id / 8] |= (unsigned char)(1u << id % 8);
	if (s->nqueue == s->queue_cap)
		s->queue = xrealloc(s->queue, s->queue_cap = s->queue_cap ? 2 * s->queue_cap : 64,
		                    sizeof *s->queue);
	if (s->nqueue < TRANSFER_FILES_MAX) {
		if (!s->files)
			s->files = arena_array(s->arena, TRANSFER_FILES_MAX, sizeof *s->files);
		s->files[s->nqueue] = (struct transfer_file){ str_of(e->path), e->size };
	}
	s->queue[s->nqueue++] = id;
	s->bytes += e->size;
	return true;
}

static int sync_file_order(const void *a, const void *b)
{
	const struct transfer_file *x = a, *y = b;
	return context_order(x->path.p, y->path.p);
}

/* The daemon has all that it wanted.  What it asked for is told in the order of the context:
 * its own is another each time. */
static void sync_finish(struct sync *s)
{
	static const struct pb_packet fin = { .type = PB_PACKET_FIN };
	struct session *session = s->base.session;
	struct arena *kept = take(s->arena);
	struct transfer_report report = {
		.dir = str_of(s->dir->name), .nentries = s->nentries, .files = s->files,
		.nfiles = s->nqueue < TRANSFER_FILES_MAX ? s->nqueue : TRANSFER_FILES_MAX,
		.count = s->nqueue, .bytes = s->bytes,
	};
	if (report.nfiles)
		qsort(s->files, report.nfiles, sizeof *s->files, sync_file_order);
	sync_send(s, &fin);
	session_answer(&s->base, GRPC_OK, (struct str){ 0 });
	if (!session->is_freed && session->on.transferred)
		session->on.transferred(session->on.data, &report);
	arena_free(kept);
}

static void sync_message(struct session_call *c, struct str bytes)
{
	struct sync *s = (struct sync *)c;
	struct pb_packet p;
	struct error err = { 0 };
	bool ok = pb_packet_parse(c->session->scratch, bytes, &p, &err);
	if (ok && p.type == PB_PACKET_FIN) {
		sync_finish(s);
		return;
	}
	if (ok && p.type == PB_PACKET_ERR) {
		session_answer(c, GRPC_UNKNOWN, STR("the receiver has given up"));
		return;
	}
	if (ok && p.type == PB_PACKET_REQ)
		ok = sync_asked(s, p.id, &err);
	else if (ok)
		ok = error_set(&err, ERROR_PROTOCOL, "packets of type %d come from who sends files",
		               p.type);
	if (!ok) {
		sync_say_error(s, &err);
		session_refuse(c, &err);
		return;
	}
	sync_drained(c);
}

static void sync_free(struct session_call *c)
{
	struct sync *s = (struct sync *)c;
	entry_reader_free(s->reader);
	arena_free(s->arena);
	buf_finish(&s->packet);
	free(s->asked);
	free(s->queue);
	free(s->chunk);
}

/* All values of one name. */
static bool sync_list(struct arena *a, const struct session_request *r, const char *name,
                      struct str **ret_values, size_t *ret_n)
{
	struct str is_encoded = session_request_get(r, arena_printf(a, "%s-encoded", name));
	struct str *all = arena_array(a, r->n + 1, sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++)
		if (str_eq(r->metadata[i].name, str_of(name)) &&
		    !session_filter_decode(a, r->metadata[i].value, is_encoded.n > 0, &all[n++]))
			return false;
	*ret_values = all;
	*ret_n = n;
	return true;
}

static const struct session_dir *sync_find(struct arena *a, const struct session *s,
                                           const struct session_request *r)
{
	struct str *names;
	size_t n;
	if (!sync_list(a, r, "dir-name", &names, &n) || n != 1)
		return NULL;
	for (size_t i = 0; i < s->o.ndirs; i++)
		if (str_eq(names[0], str_of(s->dirs[i].name)))
			return &s->dirs[i];
	return NULL;
}

static struct session_call *sync_begin(struct session *session, const struct session_request *r,
                                       int *ret_code, const char **ret_why)
{
	static const struct session_call_ops ops = { sync_message, sync_drained, NULL, sync_free };
	owned(arena) struct arena *a = arena_new();
	struct session_filter want = { 0 };
	struct str *includes, *followed;
	const struct session_dir *dir = sync_find(a, session, r);
	if (!dir) {
		*ret_code = GRPC_NOT_FOUND;
		*ret_why = "this build offers no such folder";
		return NULL;
	}
	if (!sync_list(a, r, "include-patterns", &includes, &want.nincludes) ||
	    !sync_list(a, r, "followpaths", &followed, &want.nfollowed)) {
		*ret_code = GRPC_INVALID_ARGUMENT;
		*ret_why = "patterns that are escaped wrongly";
		return NULL;
	}
	want.includes = includes;
	want.followed = followed;
	struct sync *s = xcalloc(1, sizeof *s);
	s->base.ops = &ops;
	s->dir = dir;
	session_filter_make(a, dir->context, &want, &s->entries, &s->nentries);
	s->asked = xcalloc(s->nentries / 8 + 1, 1);
	s->arena = take(a);
	return &s->base;
}

static bool sync_has(const struct session *s)
{
	return s->o.ndirs > 0;
}

const struct session_method session_sync = {
	"/moby.filesync.v1.FileSync/DiffCopy", sync_begin, sync_has,
};
