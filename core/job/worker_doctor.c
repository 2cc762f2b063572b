/* {"engine": ENGINE} → the document of doctor.h in one line.  Every engine and the disks
 * are asked at once, each by a worker of its own: whatever does not answer, a socket, a
 * program or a file system, costs the time below and nothing else. */
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/engine/endpoint.h"
#include "core/job/doctor.h"
#include "core/job/worker.h"
#include "core/os/inotify_use.h"
#include "core/os/logind.h"
#include "core/os/save.h"
#include "core/project/preferences.h"
#include "core/value/json.h"

/* With the start and end of processes the whole takes less than two seconds; DOCTOR_FAR_MS
 * where there is a login to be had first. */
enum { DOCTOR_WAIT_MS = 1500, DOCTOR_FAR_MS = 8000, DOCTOR_BUILT_IN = 4 };

struct doctor;

struct doctor_asked {
	struct doctor *doctor;
	struct worker *worker;          /* NULL: has ended */
	struct doctor_engine engine;
};

struct doctor {
	struct arena *arena;
	struct loop *loop;
	struct files *files;
	struct preferences *preferences;
	struct problems *problems;
	struct doctor_asked *asked;
	size_t n, running;
	const struct preferences_pool *pool;    /* what a build would take is one of it; or NULL */
	bool has_far;                   /* one of them is on the other side of a login */
	struct worker *places;
	struct value *rows_places, *rows_disk;
};

/* A line lives for its call only. */
static struct value *doctor_keep(struct doctor *d, const struct value *line)
{
	owned_buf struct buf text = { 0 };
	const struct value *kept;
	struct error err;
	value_write_json(&text, line, JSON_LINE);
	CHECK(value_parse_json(d->arena, arena_str(d->arena, buf_str(&text)), &kept, &err));
	return value_share(d->arena, kept);
}

static void doctor_ended(struct doctor *d)
{
	if (--d->running == 0)
		loop_stop(d->loop);
}

static void doctor_engine_line(void *data, const struct value *line, bool ended_well)
{
	struct doctor_asked *it = data;
	(void)ended_well;
	if (!line) {
		worker_free(it->worker);
		it->worker = NULL;
		doctor_ended(it->doctor);
		return;
	}
	line = doctor_keep(it->doctor, line);
	if (value_get(line, STR("facts")))
		it->engine.facts = value_get(line, STR("facts"));
	if (value_get(line, STR("info")))
		it->engine.info = value_get(line, STR("info"));
	worker_error(line, &it->engine.err);
}

static void doctor_places_line(void *data, const struct value *line, bool ended_well)
{
	struct doctor *d = data;
	(void)ended_well;
	if (!line) {
		worker_free(d->places);
		d->places = NULL;
		doctor_ended(d);
		return;
	}
	line = doctor_keep(d, line);
	const struct value *section = value_get(line, STR("section"));
	const struct value *row = value_get(line, STR("row"));
	if (section && row)
		doctor_add(str_eq(value_text(section), STR("disk")) ? d->rows_disk : d->rows_places,
		           value_share(d->arena, row));
}

static void doctor_late(struct loop *l, void *data)
{
	(void)data;
	loop_stop(l);
}

/* ---- asking ---- */

static bool doctor_is_set(const char *variable)
{
	const char *value = getenv(variable);
	return value && value[0];
}

static bool doctor_is_listed(const struct doctor *d, const char *member)
{
	for (size_t i = 1; i < d->n; i++)
		if (!strcmp(d->asked[i].engine.name, member) || !strcmp(d->asked[i].engine.spec, member))
			return true;
	return false;
}

/* What pools name beside the user's engines. */
static void doctor_list_pools(struct doctor *d)
{
	const struct preferences *p = d->preferences;
	for (size_t i = 0; i < p->npools; i++)
		for (size_t k = 0; k < p->pools[i].n; k++)
			if (!doctor_is_listed(d, p->pools[i].engines[k]))
				d->asked[d->n++].engine = (struct doctor_engine){
					.name = p->pools[i].engines[k], .spec = p->pools[i].engines[k],
					.is_expected = true, .is_of_pool = true,
				};
}

static void doctor_list(struct doctor *d, const char *chosen)
{
	const struct preferences *p = d->preferences;
	size_t most = DOCTOR_BUILT_IN + p->nengines;
	d->pool = preferences_pool(p, chosen);
	if (d->pool)
		chosen = d->pool->engines[0];
	for (size_t i = 0; i < p->npools; i++)
		most += p->pools[i].n;
	bool is_auto = !strcmp(chosen, "auto");
	const struct doctor_engine known[DOCTOR_BUILT_IN] = {
		/* What a build would take; its silence is a problem where it was asked for. */
		{ .name = is_auto ? "auto" : "chosen", .spec = chosen, .is_expected = true,
		  .is_choice = true },
		{ .name = "dockerd", .spec = endpoint_of_docker(d->arena),
		  .is_expected = doctor_is_set("DOCKER_HOST") },
		{ .name = "podman", .spec = "podman",
		  .is_expected = doctor_is_set("CONTAINER_HOST") },
		{ .name = "buildah", .spec = "buildah" },
	};
	d->asked = arena_array(d->arena, most, sizeof *d->asked);
	for (size_t i = 0; i < DOCTOR_BUILT_IN; i++)
		d->asked[d->n++].engine = known[i];
	for (size_t i = 0; i < p->nengines; i++)
		d->asked[d->n++].engine = (struct doctor_engine){
			.name = arena_text(d->arena, p->engines[i].name), .is_expected = true,
			.spec = arena_text(d->arena, p->engines[i].value),
		};
	doctor_list_pools(d);
}

static void doctor_ask(struct doctor *d)
{
	struct arena *a = d->arena;
	const struct preferences *p = d->preferences;
	struct value *named = worker_engines_value(a, p->engines, p->nengines);
	struct value *limit = value_new_object(a);
	struct error err;
	for (size_t i = 0; i < d->n; i++) {
		struct doctor_asked *it = &d->asked[i];
		d->has_far |= endpoint_is_far(it->engine.spec);
		struct value *argument = value_new_object(a);
		it->doctor = d;
		doctor_text(a, argument, "spec", it->engine.spec);
		value_set(a, argument, "engines", named);
		it->worker = worker_start(d->loop, "probe", argument, doctor_engine_line, it,
		                          &it->engine.err);
		d->running += it->worker != NULL;
	}
	doctor_number(a, limit, "log_limit", d->preferences->log_limit);
	d->places = worker_start(d->loop, "places", limit, doctor_places_line, d, &err);
	if (d->places)
		d->running++;
	else
		doctor_add(d->rows_places, doctor_row(a, "places", DOCTOR_PROBLEM, "%s", err.text));
}

static bool doctor_wait(struct doctor *d, struct error *err)
{
	int wait_ms = d->has_far ? DOCTOR_FAR_MS : DOCTOR_WAIT_MS;
	uint64_t timer = loop_timer(d->loop, wait_ms, doctor_late, d);
	bool ok = !d->running || loop_run(d->loop, err);
	loop_untimer(d->loop, timer);
	for (size_t i = 0; i < d->n; i++) {
		struct doctor_engine *e = &d->asked[i].engine;
		if (d->asked[i].worker && !e->facts && !e->err.code) {
			e->is_late = true;
			error_set(&e->err, ERROR_UNREACHABLE, "%s does not answer (waited %d.%d s)",
			          strcmp(e->spec, "auto") ? e->spec : "what auto tries first",
			          wait_ms / 1000, wait_ms % 1000 / 100);
		} else if (!e->facts && !e->err.code) {
			error_set(&e->err, ERROR_SYSTEM, "a worker of ours has died");
		}
		worker_free(d->asked[i].worker);
	}
	if (d->places)
		doctor_add(d->rows_disk, doctor_row(d->arena, "late", DOCTOR_PROBLEM, "looking at mortar's "
		           "folders takes longer than %d ms: the disk does not answer, or there are very "
		           "many builds", wait_ms));
	worker_free(d->places);
	return ok;
}

/* ---- the document ---- */

/* The engine a build would take by itself, by another word than its own name. */
static struct value *doctor_chosen(struct doctor *d, bool any)
{
	struct arena *a = d->arena;
	struct doctor_engine *e = &d->asked[0].engine;
	bool is_auto = !strcmp(e->name, "auto");
	if (!e->facts) {
		/* Why not is said of each below. */
		if (is_auto && !e->is_late && e->err.code == ERROR_UNREACHABLE)
			error_set(&e->err, ERROR_UNREACHABLE, "none of dockerd, podman and buildah answers");
		struct value *row = doctor_engine(a, e);
		doctor_remedy(a, row, any ? "take one that answers by --engine, or by engine in "
		                                "config.toml" : "get one of the engines below");
		return row;
	}
	struct str builder = value_text(value_get(e->facts, STR("builder")));
	struct str product = value_text(value_get(e->facts, STR("product")));
	struct str version = value_text(value_get(e->facts, STR("version")));
	struct value *row = doctor_row(a, e->name, DOCTOR_OK, "%s%s%.*s of %.*s %.*s",
	                               is_auto ? "" : e->spec, is_auto ? "takes " : " is ",
	                               STR_ARG(builder), STR_ARG(product), STR_ARG(version));
	doctor_text(a, row, "engine", e->spec);
	doctor_truth(a, row, "answers", true);
	value_set(a, row, "builder", value_new_string(a, builder));
	return row;
}

static struct value *doctor_settings(struct doctor *d)
{
	const char *path = save_config_path("config.toml");
	size_t n = problems_count(d->problems);
	owned_buf struct buf text = { 0 };
	if (!path || !files_has(d->files, path))
		return NULL;
	if (!n)
		return doctor_row(d->arena, "settings", DOCTOR_OK, "%s", path);
	problems_sort(d->problems);
	problem_print(&text, problems_get(d->problems, 0));
	struct value *row = doctor_row(d->arena, "settings", DOCTOR_PROBLEM, "%s", buf_text(&text));
	doctor_remedy(d->arena, row, n > 1 ? "mend it (and %zu more there)" : "mend it", n - 1);
	return row;
}

static const char *doctor_user_name(struct arena *a)
{
	const struct passwd *user = getpwuid(getuid());
	return user ? arena_text(a, str_of(user->pw_name)) : arena_printf(a, "%u", (unsigned)getuid());
}

/* Of a pool a build takes one that answers. */
static void doctor_take_of_pool(struct doctor *d, struct doctor_engine *all)
{
	const struct doctor_engine *first = d->pool ? doctor_pool_first(d->pool, all, d->n) : NULL;
	if (!first || all[0].facts)
		return;
	all[0].facts = first->facts;
	all[0].info = first->info;
	all[0].spec = first->spec;
	d->asked[0].engine = all[0];
}

static struct value *doctor_document(struct doctor *d, bool is_given)
{
	struct arena *a = d->arena;
	struct value *doc = value_new_object(a), *engines = value_new_array(a), *row;
	struct doctor_engine *all = arena_array(a, d->n, sizeof *all);
	struct inotify_use use;
	struct logind logind;
	bool any = false;
	for (size_t i = 0; i < d->n; i++) {
		all[i] = d->asked[i].engine;
		any |= all[i].facts != NULL;
	}
	doctor_take_of_pool(d, all);
	doctor_add(engines, doctor_chosen(d, any));
	for (size_t i = 1; i < d->n; i++) {
		if (all[i].is_of_pool)
			continue;
		doctor_add(engines, doctor_engine(a, &all[i]));
		if ((row = doctor_engine_disk(a, &all[i])))
			doctor_add(d->rows_disk, row);
	}
	for (size_t i = 0; i < d->preferences->npools; i++)
		doctor_add(engines, doctor_pool(a, &d->preferences->pools[i], all, d->n));
	if ((row = doctor_settings(d)))
		doctor_add(d->rows_places, row);
	bool ok = is_given ? all[0].facts != NULL : any;
	int exit = problems_errors(d->problems) ? error_exit_code(ERROR_PROJECT) :
	           ok ? 0 : error_exit_code(is_given ? all[0].err.code : ERROR_UNREACHABLE);
	doctor_truth(a, doc, "ok", exit == 0);
	doctor_number(a, doc, "exit", (unsigned)exit);
	doctor_text(a, doc, "mortar", MORTAR_VERSION);
	value_set(a, doc, "engines", engines);
	value_set(a, doc, "features", doctor_features(a, all, d->n));
	value_set(a, doc, "places", d->rows_places);
	value_set(a, doc, "disk", d->rows_disk);
	inotify_use_read("/proc", getuid(), &use);
	value_set(a, doc, "inotify", doctor_inotify(a, &use));
	const char *user = doctor_user_name(a);
	logind_read(d->files, user, a, &logind);
	value_set(a, doc, "session", doctor_session(a, &logind, user));
	value_set(a, doc, "limits", doctor_limits(a, d->preferences->log_limit));
	return doc;
}

bool worker_doctor(struct worker_io *io, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	owned(files) struct files *files = files_disk("/");
	owned(problems) struct problems *problems = problems_new();
	struct doctor d = { .arena = io->arena, .loop = loop, .files = files, .problems = problems };
	owned(preferences) struct preferences *preferences =
		preferences_read(files, save_config_path("config.toml"), NULL, problems);
	const char *given = worker_text(io, "engine");
	d.preferences = preferences;
	d.rows_places = value_new_array(d.arena);
	d.rows_disk = value_new_array(d.arena);
	doctor_list(&d, given ? given : preferences->engine ? preferences->engine : "auto");
	doctor_ask(&d);
	if (!doctor_wait(&d, err))
		return false;
	worker_say(doctor_document(&d, given != NULL));
	return true;
}
