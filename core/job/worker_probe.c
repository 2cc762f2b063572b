/* {"spec": ENGINE, "engines": {NAME: ENDPOINT}, "brief": true} → {"facts": {…}}, then
 * {"info": {…}}: what one engine is, and what it tells of itself and its disk; in brief without
 * the bytes that its images take. */
#include "core/base/check.h"
#include "core/engine/info.h"
#include "core/job/doctor.h"
#include "core/job/worker.h"
#include "core/os/space.h"

struct probe {
	struct arena *arena;
	struct loop *loop;
	struct engine *engine;
	struct engine_asking *asking;
	struct error *err;
	bool is_there, is_brief;
};

static void probe_say(struct probe *p, const char *key, struct value *facts)
{
	struct value *line = value_new_object(p->arena);
	value_set(p->arena, line, key, facts);
	worker_say(line);
}

static void probe_informed(void *data, const struct engine_info *info, const struct error *err)
{
	struct probe *p = data;
	struct arena *a = p->arena;
	struct value *facts = value_new_object(a);
	struct space space;
	struct error ignored;
	loop_stop(p->loop);
	if (err) {
		doctor_text(a, facts, "info_error", err->text);
		probe_say(p, "info", facts);
		return;
	}
	doctor_text(a, facts, "root", info->root);
	doctor_text(a, facts, "host", info->host);
	doctor_truth(a, facts, "rootless", info->is_rootless);
	doctor_truth(a, facts, "here", info->is_here);
	doctor_text(a, facts, "platform", info->platform);
	if (info->cpus)
		doctor_number(a, facts, "cpus", info->cpus);
	if (info->time > 0)
		value_set(a, facts, "time", value_new(a, VALUE_FLOAT,
		          str_of(arena_printf(a, "%.3f", info->time)), (struct span){ 0 }));
	if (info->has_used)
		doctor_number(a, facts, "used", info->used);
	if (info->is_here && space_look(info->root, &space, &ignored)) {
		doctor_number(a, facts, "free", space.free);
		doctor_number(a, facts, "total", space.total);
		doctor_number(a, facts, "inodes", space.inodes);
		doctor_number(a, facts, "free_inodes", space.free_inodes);
	}
	probe_say(p, "info", facts);
}

static void probe_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct probe *p = data;
	struct arena *a = p->arena;
	if (err) {
		*p->err = *err;
		loop_stop(p->loop);
		return;
	}
	struct value *facts = value_new_object(a);
	doctor_text(a, facts, "builder", f->name);
	doctor_text(a, facts, "product", f->product);
	doctor_text(a, facts, "version", f->version);
	doctor_text(a, facts, "api_version", f->api_version);
	doctor_text(a, facts, "address", f->address);
	if (f->has_tls)
		doctor_truth(a, facts, "tls", true);
	doctor_truth(a, facts, "secret_mounts", f->abilities & ABILITY_SECRET_MOUNTS);
	probe_say(p, "facts", facts);
	p->is_there = true;
	p->asking = engine_info_ask(p->loop, f, probe_informed, p);
	if (p->is_brief)
		engine_info_without_usage(p->asking);
}

bool worker_probe(struct worker_io *io, struct error *err)
{
	size_t nnamed;
	owned(loop) struct loop *loop = loop_new();
	struct probe p = { .arena = io->arena, .loop = loop, .err = err };
	const struct pair *named = worker_engines(io, "engines", &nnamed);
	struct engine_options options = {
		.spec = worker_text(io, "spec"), .named = named, .nnamed = nnamed,
	};
	const struct value *brief = value_get(io->argument, STR("brief"));
	p.is_brief = brief && value_is_true(brief);
	p.engine = engine_new(&options, loop, err);
	if (!p.engine)
		return false;
	engine_probe(p.engine, probe_ready, &p);
	bool ok = loop_run(loop, err);
	engine_asking_free(p.asking);
	engine_free(p.engine);
	return ok && p.is_there;
}
