#include "core/ext/pb_control.h"

#include "control.pb-c.h"
#include "core/ext/pb_inside.h"

static int64_t pb_time(const Control__Time *t)
{
	return t ? pb_nanoseconds(t->seconds, t->nanos) : 0;
}

/* NULL: what is no such message; *err says so. */
static void *pb_read(struct arena *a, const ProtobufCMessageDescriptor *type, struct str bytes,
                     struct error *err)
{
	ProtobufCAllocator allocator = pb_allocator(a);
	void *message = NULL;
	if (bytes.n > PB_SIZE_MAX) {
		error_set(err, ERROR_LIMIT, "a message of %zu bytes from the engine", bytes.n);
		return NULL;
	}
	message = protobuf_c_message_unpack(type, &allocator, bytes.n,
	                                    (const uint8_t *)(bytes.n ? bytes.p : ""));
	if (!message)
		error_set(err, ERROR_PROTOCOL, "a message that is none of BuildKit's");
	return message;
}

static void pb_write(struct buf *out, const ProtobufCMessage *m)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	buf_grew(out, protobuf_c_message_pack(m, (uint8_t *)buf_reserve(out, n)));
}

static const struct pair *pb_pairs(struct arena *a, Control__Pair *const *all, size_t n)
{
	struct pair *pairs = arena_array(a, n + 1, sizeof *pairs);
	for (size_t i = 0; i < n; i++)
		pairs[i] = (struct pair){ pb_str(all[i]->key), pb_str(all[i]->value) };
	return pairs;
}

static Control__Pair **pb_pairs_make(struct arena *a, const struct pair *pairs, size_t n)
{
	Control__Pair **all = arena_array(a, n + 1, sizeof *all);
	for (size_t i = 0; i < n; i++) {
		all[i] = arena_alloc(a, sizeof *all[i]);
		control__pair__init(all[i]);
		all[i]->key = pb_data(pairs[i].name);
		all[i]->value = pb_data(pairs[i].value);
	}
	return all;
}

static Control__Typed **pb_typed_make(struct arena *a, const struct pb_typed *typed, size_t n)
{
	Control__Typed **all = arena_array(a, n + 1, sizeof *all);
	for (size_t i = 0; i < n; i++) {
		all[i] = arena_alloc(a, sizeof *all[i]);
		control__typed__init(all[i]);
		all[i]->type = pb_data(typed[i].type);
		all[i]->attrs = pb_pairs_make(a, typed[i].attrs, typed[i].nattrs);
		all[i]->n_attrs = typed[i].nattrs;
	}
	return all;
}

static ProtobufCBinaryData *pb_texts_make(struct arena *a, const char *const *texts, size_t *ret_n)
{
	size_t n = 0;
	while (texts && texts[n])
		n++;
	ProtobufCBinaryData *all = arena_array(a, n + 1, sizeof *all);
	for (size_t i = 0; i < n; i++)
		all[i] = pb_data(str_of(texts[i]));
	*ret_n = n;
	return all;
}

void pb_solve_append(struct buf *out, const struct pb_solve *s)
{
	owned(arena) struct arena *a = arena_new();
	Control__CacheOptions cache = CONTROL__CACHE_OPTIONS__INIT;
	Control__Solve m = CONTROL__SOLVE__INIT;
	m.ref = pb_data(s->ref);
	m.session = pb_data(s->session);
	m.frontend = pb_data(s->frontend);
	m.frontend_attrs = pb_pairs_make(a, s->attrs, s->nattrs);
	m.n_frontend_attrs = s->nattrs;
	if (s->nexporters == 1) {
		m.exporter = pb_data(s->exporters[0].type);
		m.exporter_attrs = pb_pairs_make(a, s->exporters[0].attrs, s->exporters[0].nattrs);
		m.n_exporter_attrs = s->exporters[0].nattrs;
	}
	m.exporters = pb_typed_make(a, s->exporters, s->nexporters);
	m.n_exporters = s->nexporters;
	cache.imports = pb_typed_make(a, s->cache_imports, s->ncache_imports);
	cache.n_imports = s->ncache_imports;
	cache.exports = pb_typed_make(a, s->cache_exports, s->ncache_exports);
	cache.n_exports = s->ncache_exports;
	m.cache = &cache;
	m.entitlements = pb_texts_make(a, s->entitlements, &m.n_entitlements);
	pb_write(out, &m.base);
}

bool pb_solve_answer_parse(struct arena *a, struct str bytes, const struct pair **ret_pairs,
                           size_t *ret_n, struct error *err)
{
	const Control__Solved *m = pb_read(a, &control__solved__descriptor, bytes, err);
	if (!m)
		return false;
	*ret_pairs = pb_pairs(a, m->answer, m->n_answer);
	*ret_n = m->n_answer;
	return true;
}

void pb_ref_append(struct buf *out, struct str ref)
{
	Control__Ref m = CONTROL__REF__INIT;
	m.ref = pb_data(ref);
	pb_write(out, &m.base);
}

static struct pb_version pb_version(const Control__Version *v)
{
	if (!v)
		return (struct pb_version){ STR(""), STR(""), STR("") };
	return (struct pb_version){ pb_str(v->package), pb_str(v->version), pb_str(v->revision) };
}

static struct pb_worker pb_worker(struct arena *a, const Control__Worker *w)
{
	struct pb_platform *platforms = arena_array(a, w->n_platforms + 1, sizeof *platforms);
	for (size_t i = 0; i < w->n_platforms; i++)
		platforms[i] = (struct pb_platform){
			.os = pb_str(w->platforms[i]->os),
			.architecture = pb_str(w->platforms[i]->architecture),
			.variant = pb_str(w->platforms[i]->variant),
		};
	return (struct pb_worker){
		.id = pb_str(w->id),
		.labels = pb_pairs(a, w->labels, w->n_labels), .nlabels = w->n_labels,
		.platforms = platforms, .nplatforms = w->n_platforms,
		.version = pb_version(w->version),
	};
}

bool pb_workers_parse(struct arena *a, struct str bytes, const struct pb_worker **ret_workers,
                      size_t *ret_n, struct error *err)
{
	const Control__Workers *m = pb_read(a, &control__workers__descriptor, bytes, err);
	if (!m)
		return false;
	struct pb_worker *all = arena_array(a, m->n_records + 1, sizeof *all);
	for (size_t i = 0; i < m->n_records; i++)
		all[i] = pb_worker(a, m->records[i]);
	*ret_workers = all;
	*ret_n = m->n_records;
	return true;
}

bool pb_info_parse(struct arena *a, struct str bytes, struct pb_version *ret_version,
                   struct error *err)
{
	const Control__Info *m = pb_read(a, &control__info__descriptor, bytes, err);
	if (m)
		*ret_version = pb_version(m->version);
	return m;
}

void pb_usage_request_append(struct buf *out, const char *const *filters)
{
	owned(arena) struct arena *a = arena_new();
	Control__Filters m = CONTROL__FILTERS__INIT;
	m.filters = pb_texts_make(a, filters, &m.n_filters);
	pb_write(out, &m.base);
}

static struct pb_usage pb_usage(struct arena *a, const Control__Usage *u)
{
	bool old = u->parent.len && !u->n_parents;
	size_t n = old ? 1 : u->n_parents;
	struct str *parents = arena_array(a, n + 1, sizeof *parents);
	for (size_t i = 0; i < n; i++)
		parents[i] = pb_str(old ? u->parent : u->parents[i]);
	return (struct pb_usage){
		.id = pb_str(u->id),
		.description = pb_str(u->description),
		.type = pb_str(u->type),
		.is_mutable = u->mutable_,
		.in_use = u->in_use,
		.shared = u->shared,
		.size = u->size < 0 ? 0 : u->size,
		.created = pb_time(u->created),
		.last_used = pb_time(u->last_used),
		.count = u->count < 0 ? 0 : u->count,
		.parents = parents,
		.nparents = n,
	};
}

bool pb_usages_parse(struct arena *a, struct str bytes, const struct pb_usage **ret_usages,
                     size_t *ret_n, struct error *err)
{
	const Control__Usages *m = pb_read(a, &control__usages__descriptor, bytes, err);
	if (!m)
		return false;
	struct pb_usage *all = arena_array(a, m->n_records + 1, sizeof *all);
	for (size_t i = 0; i < m->n_records; i++)
		all[i] = pb_usage(a, m->records[i]);
	*ret_usages = all;
	*ret_n = m->n_records;
	return true;
}

bool pb_usage_parse(struct arena *a, struct str bytes, struct pb_usage *ret_usage,
                    struct error *err)
{
	const Control__Usage *m = pb_read(a, &control__usage__descriptor, bytes, err);
	if (m)
		*ret_usage = pb_usage(a, m);
	return m;
}

void pb_prune_append(struct buf *out, const struct pb_prune *p)
{
	owned(arena) struct arena *a = arena_new();
	Control__Prune m = CONTROL__PRUNE__INIT;
	m.filters = pb_texts_make(a, p->filters, &m.n_filters);
	m.all = p->all;
	m.keep_duration = p->keep_ns;
	m.keep_bytes = p->keep_bytes;
	pb_write(out, &m.base);
}

void pb_history_request_append(struct buf *out, const struct pb_history_request *r)
{
	Control__HistoryRequest m = CONTROL__HISTORY_REQUEST__INIT;
	m.active_only = r->active_only;
	m.early_exit = r->early_exit;
	m.ref = pb_data(r->ref);
	m.limit = r->limit;
	pb_write(out, &m.base);
}

static int pb_count(int32_t n)
{
	return n < 0 ? 0 : n;
}

bool pb_history_parse(struct arena *a, struct str bytes, struct pb_history *ret_event,
                      struct error *err)
{
	const Control__HistoryEvent *m = pb_read(a, &control__history_event__descriptor, bytes, err);
	struct pb_details failure = { 0 };
	if (!m)
		return false;
	if (m->type < PB_HISTORY_STARTED || m->type > PB_HISTORY_DELETED || !m->record)
		return error_set(err, ERROR_PROTOCOL, "an event of BuildKit's history that is none");
	const Control__Record *r = m->record;
	if (r->error.len && !pb_details_parse(a, pb_str(r->error), &failure, err))
		return false;
	*ret_event = (struct pb_history){
		.kind = (enum pb_history_kind)m->type,
		.ref = pb_str(r->ref), .frontend = pb_str(r->frontend),
		.attrs = pb_pairs(a, r->frontend_attrs, r->n_frontend_attrs),
		.nattrs = r->n_frontend_attrs,
		.created = pb_time(r->created), .completed = pb_time(r->completed),
		.code = failure.code, .message = failure.message, .details = pb_str(r->error),
		.answer = pb_pairs(a, r->answer, r->n_answer), .nanswer = r->n_answer,
		.cached_steps = pb_count(r->cached_steps),
		.total_steps = pb_count(r->total_steps),
		.completed_steps = pb_count(r->completed_steps),
	};
	return true;
}

bool pb_details_parse(struct arena *a, struct str bytes, struct pb_details *ret_details,
                      struct error *err)
{
	const Control__Details *m = pb_read(a, &control__details__descriptor, bytes, err);
	if (!m)
		return false;
	struct pb_detail *all = arena_array(a, m->n_details + 1, sizeof *all);
	for (size_t i = 0; i < m->n_details; i++)
		all[i] = (struct pb_detail){ pb_str(m->details[i]->type_url),
		                             pb_str(m->details[i]->value) };
	*ret_details = (struct pb_details){ m->code, pb_str(m->message), all, m->n_details };
	return true;
}
