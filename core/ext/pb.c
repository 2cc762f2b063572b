#include "core/ext/pb.h"

#include "buildkit.pb-c.h"
#include "core/ext/pb_inside.h"

static int64_t pb_time(const Buildkit__Timestamp *t)
{
	return t ? pb_nanoseconds(t->seconds, t->nanos) : 0;
}

static const struct pb_vertex *pb_vertexes(struct arena *a, const Buildkit__StatusResponse *r)
{
	struct pb_vertex *all = arena_array(a, r->n_vertexes, sizeof *all);
	for (size_t i = 0; i < r->n_vertexes; i++) {
		const Buildkit__Vertex *v = r->vertexes[i];
		struct str *inputs = arena_array(a, v->n_inputs, sizeof *inputs);
		for (size_t k = 0; k < v->n_inputs; k++)
			inputs[k] = pb_str(v->inputs[k]);
		all[i] = (struct pb_vertex){
			.digest = pb_str(v->digest),
			.name = pb_str(v->name),
			.error = pb_str(v->error),
			.inputs = inputs,
			.ninputs = v->n_inputs,
			.started = pb_time(v->started),
			.completed = pb_time(v->completed),
			.cached = v->cached,
		};
		if (!v->progress_group)
			continue;
		all[i].group = pb_str(v->progress_group->id);
		all[i].group_name = pb_str(v->progress_group->name);
		all[i].group_weak = v->progress_group->weak;
	}
	return all;
}

static const struct pb_status *pb_statuses(struct arena *a, const Buildkit__StatusResponse *r)
{
	struct pb_status *all = arena_array(a, r->n_statuses, sizeof *all);
	for (size_t i = 0; i < r->n_statuses; i++) {
		const Buildkit__VertexStatus *s = r->statuses[i];
		all[i] = (struct pb_status){
			.id = pb_str(s->id),
			.vertex = pb_str(s->vertex),
			.name = pb_str(s->name),
			.current = s->current,
			.total = s->total,
			.timestamp = pb_time(s->timestamp),
			.started = pb_time(s->started),
			.completed = pb_time(s->completed),
		};
	}
	return all;
}

static const struct pb_log *pb_logs(struct arena *a, const Buildkit__StatusResponse *r)
{
	struct pb_log *all = arena_array(a, r->n_logs, sizeof *all);
	for (size_t i = 0; i < r->n_logs; i++) {
		const Buildkit__VertexLog *l = r->logs[i];
		all[i] = (struct pb_log){
			.vertex = pb_str(l->vertex),
			.bytes = pb_str(l->msg),
			.timestamp = pb_time(l->timestamp),
			.stream = l->stream == 2 ? 2 : 1,
		};
	}
	return all;
}

static const struct pb_warning *pb_warnings(struct arena *a, const Buildkit__StatusResponse *r)
{
	struct pb_warning *all = arena_array(a, r->n_warnings, sizeof *all);
	for (size_t i = 0; i < r->n_warnings; i++) {
		const Buildkit__VertexWarning *w = r->warnings[i];
		all[i] = (struct pb_warning){
			.vertex = pb_str(w->vertex),
			.text = pb_str(w->short_text),
			.url = pb_str(w->url),
			.level = w->level > 0 && w->level < 100 ? (int)w->level : 0,
		};
	}
	return all;
}

bool pb_trace_parse(struct arena *a, struct str bytes, struct pb_trace *ret_trace,
                    struct error *err)
{
	ProtobufCAllocator allocator = pb_allocator(a);
	if (bytes.n > PB_SIZE_MAX)
		return error_set(err, ERROR_LIMIT, "a progress message of %zu bytes", bytes.n);
	Buildkit__StatusResponse *r = buildkit__status_response__unpack(
		&allocator, bytes.n, (const uint8_t *)(bytes.n ? bytes.p : ""));
	if (!r)
		return error_set(err, ERROR_PROTOCOL, "a progress message that is none of BuildKit's");
	*ret_trace = (struct pb_trace){
		.vertexes = pb_vertexes(a, r), .nvertexes = r->n_vertexes,
		.statuses = pb_statuses(a, r), .nstatuses = r->n_statuses,
		.logs = pb_logs(a, r), .nlogs = r->n_logs,
		.warnings = pb_warnings(a, r), .nwarnings = r->n_warnings,
	};
	return true;
}
