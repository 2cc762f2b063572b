#include "core/job/request.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "core/base/check.h"
#include "core/base/intern.h"
#include "core/base/utf8.h"
#include "core/history/list.h"
#include "core/os/save.h"
#include "core/value/json.h"

static void request_set(struct arena *a, struct value *o, const char *key, const char *text)
{
	if (text)
		value_set(a, o, key, value_new_string(a, str_of(text)));
}

/* JSON holds UTF-8 alone: other bytes go as {"bytes": a character a byte}. */
static struct value *request_text_value(struct arena *a, struct str text)
{
	if (!text.p)
		return value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 });
	if (utf8_invalid(text) == STR_NONE)
		return value_new_string(a, text);
	owned_buf struct buf bytes = { 0 };
	for (size_t i = 0; i < text.n; i++)
		buf_append_rune(&bytes, (unsigned char)text.p[i]);
	struct value *o = value_new_object(a);
	value_set(a, o, "bytes", value_new_string(a, arena_str(a, buf_str(&bytes))));
	return o;
}

/* A list, since names may come twice and order counts. */
static struct value *request_pairs(struct arena *a, const struct pair *pairs, size_t n)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < n; i++) {
		struct value *pair = value_new_array(a);
		value_append(pair, (struct str){ 0 }, (struct span){ 0 },
		             request_text_value(a, pairs[i].name));
		value_append(pair, (struct str){ 0 }, (struct span){ 0 },
		             request_text_value(a, pairs[i].value));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, pair);
	}
	return list;
}

static struct value *request_names(struct arena *a, const char *const *names, size_t n)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < n; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(names[i])));
	return list;
}

static struct value *request_selection(struct arena *a, const struct selection *s)
{
	struct value *o = value_new_object(a);
	value_set(a, o, "profiles", request_names(a, s->profiles, s->nprofiles));
	request_set(a, o, "merge", s->rule == CASCADE_DEEP ? "deep" : "root");
	request_set(a, o, "level", s->level);
	value_set(a, o, "options", request_pairs(a, s->options, s->noptions));
	value_set(a, o, "abilities", value_new_integer(a, s->abilities));
	return o;
}

static void request_combos(struct arena *a, struct value *o, const struct request *r)
{
	struct value *list = value_new_array(a);
	if (!r->ncombos)
		return;
	for (size_t i = 0; i < r->ncombos; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             request_names(a, r->combos[i].profiles, r->combos[i].n));
	value_set(a, o, "combos", list);
	value_set(a, o, "jobs", value_new_integer(a, (long long)r->jobs));
}

static void request_pool(struct arena *a, struct value *o, const struct request_pool *p)
{
	struct value *pool = value_new_object(a);
	if (!p->n)
		return;
	value_set(a, pool, "engines", request_names(a, p->engines, p->n));
	request_set(a, pool, "first", p->first);
	request_set(a, pool, "cache", p->cache);
	value_set(a, o, "pool", pool);
}

struct value *request_value(struct arena *a, const struct request *r)
{
	struct value *o = value_new_object(a);
	value_set(a, o, "format", value_new_integer(a, 1));
	request_set(a, o, "id", r->id);
	request_set(a, o, "argument", r->argument);
	request_set(a, o, "kind", r->kind);
	request_set(a, o, "engine", r->engine);
	request_pool(a, o, &r->pool);
	value_set(a, o, "named", request_pairs(a, r->named, r->nnamed));
	value_set(a, o, "selection", request_selection(a, &r->selection));
	value_set(a, o, "log_limit", value_new_integer(a, (long long)r->log_limit));
	request_set(a, o, "retry_of", r->retry_of);
	request_set(a, o, "batch", r->batch);
	request_set(a, o, "watch", r->watch);
	request_combos(a, o, r);
	value_set(a, o, "texts", request_pairs(a, r->texts, r->ntexts));
	return o;
}

void request_write(struct buf *out, const struct request *r)
{
	owned(arena) struct arena *a = arena_new();
	value_write_json(out, request_value(a, r), JSON_FILE);
	buf_append_char(out, '\n');
}

static const char *request_get(struct arena *a, const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_type(v) == VALUE_STRING ? arena_text(a, value_text(v)) : NULL;
}

static unsigned long long request_number(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	unsigned long long n = 0;
	return v && str_number(value_text(v), (unsigned long long)-1, &n) ? n : 0;
}

static struct str request_text(struct arena *a, const struct value *v)
{
	const struct value *bytes = v ? value_get(v, STR("bytes")) : NULL;
	if (!v || value_type(v) == VALUE_NULL)
		return (struct str){ 0 };
	if (!bytes)
		return arena_str(a, value_text(v));
	struct str rest = value_text(bytes);
	char *text = arena_alloc(a, rest.n + 1);
	size_t n = 0, size;
	for (; rest.n; rest = str_slice(rest, size, rest.n))
		text[n++] = (char)utf8_decode(rest, &size);
	return (struct str){ text, n };
}

static const struct pair *request_get_pairs(struct arena *a, const struct value *list,
                                            size_t *ret_n)
{
	size_t n = list ? value_count(list) : 0, i = 0;
	struct pair *pairs = arena_array(a, n + 1, sizeof *pairs);
	for (const struct value *v = n ? value_child(list) : NULL; v; v = value_next(v)) {
		const struct value *name = value_child(v);
		pairs[i].name = request_text(a, name);
		pairs[i++].value = request_text(a, name ? value_next(name) : NULL);
	}
	*ret_n = i;
	return pairs;
}

static struct combo request_get_names(struct arena *a, const struct value *list)
{
	size_t n = list ? value_count(list) : 0;
	const char **names = arena_array(a, n + 1, sizeof *names);
	struct combo all = { .profiles = names };
	for (const struct value *v = n ? value_child(list) : NULL; v; v = value_next(v))
		names[all.n++] = intern(value_text(v));
	return all;
}

static void request_get_combos(struct arena *a, const struct value *list, struct request *r)
{
	size_t n = list ? value_count(list) : 0;
	struct combo *combos = arena_array(a, n + 1, sizeof *combos);
	for (const struct value *v = n ? value_child(list) : NULL; v; v = value_next(v))
		if (r->ncombos < REQUEST_COMBOS_MAX)
			combos[r->ncombos++] = request_get_names(a, v);
	r->combos = combos;
}

static void request_get_pool(struct arena *a, const struct value *o, struct request_pool *p)
{
	if (!o)
		return;
	struct combo engines = request_get_names(a, value_get(o, STR("engines")));
	*p = (struct request_pool){ engines.profiles, engines.n, request_get(a, o, "first"),
	                            request_get(a, o, "cache") };
}

static void request_get_selection(struct arena *a, const struct value *o, struct selection *s)
{
	const char *rule = request_get(a, o, "merge");
	struct combo profiles = request_get_names(a, value_get(o, STR("profiles")));
	s->profiles = profiles.profiles;
	s->nprofiles = profiles.n;
	s->rule = rule && str_eq(str_of(rule), STR("deep")) ? CASCADE_DEEP : CASCADE_ROOT;
	s->level = request_get(a, o, "level");
	s->options = request_get_pairs(a, value_get(o, STR("options")), &s->noptions);
	s->abilities = (unsigned)request_number(o, "abilities");
}

struct request *request_read_value(const struct value *o, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct request *r = arena_alloc(a, sizeof *r);
	r->id = request_get(a, o, "id");
	r->argument = request_get(a, o, "argument");
	r->kind = request_get(a, o, "kind");
	r->engine = request_get(a, o, "engine");
	const struct value *selection = value_get(o, STR("selection"));
	if (!r->id || !r->argument || !r->kind || !r->engine || !selection ||
	    request_number(o, "format") != 1) {
		error_set(err, ERROR_SYNTAX, "request.json is no request this mortar understands");
		return NULL;
	}
	request_get_selection(a, selection, &r->selection);
	request_get_pool(a, value_get(o, STR("pool")), &r->pool);
	r->named = request_get_pairs(a, value_get(o, STR("named")), &r->nnamed);
	r->texts = request_get_pairs(a, value_get(o, STR("texts")), &r->ntexts);
	r->log_limit = request_number(o, "log_limit");
	r->retry_of = request_get(a, o, "retry_of");
	r->batch = request_get(a, o, "batch");
	r->watch = request_get(a, o, "watch");
	request_get_combos(a, value_get(o, STR("combos")), r);
	r->jobs = (size_t)request_number(o, "jobs");
	r->arena = take(a);
	return r;
}

struct request *request_read(struct str text, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *o;
	if (value_parse_json(a, text, &o, err))
		return request_read_value(o, err);
	error_prefix(err, "request.json");
	return NULL;
}

void request_free(struct request *r)
{
	if (r && r->arena)
		arena_free(r->arena);
}

static const char *request_dir(const char *builds, const char *id)
{
	owned_buf struct buf path = { 0 };
	buf_printf(&path, "%s/%s", builds, id);
	return intern(buf_str(&path));
}

/* Universal time, the last part in 65536ths of a second: so ids sort by their age,
 * whatever the clock is set to show. */
static bool request_make_id(struct buf *id, struct error *err)
{
	struct timespec now;
	struct tm tm;
	char text[32];
	if (clock_gettime(CLOCK_REALTIME, &now) < 0 || !gmtime_r(&now.tv_sec, &tm) ||
	    !strftime(text, sizeof text, "%Y%m%d-%H%M%S", &tm))
		return error_set(err, ERROR_SYSTEM, "cannot make an id: the clock shows no time");
	buf_clear(id);
	buf_printf(id, "%s-%04x", text,
	           (unsigned)((unsigned long long)now.tv_nsec * 65536 / 1000000000));
	return true;
}

const char *request_new_id(struct error *err)
{
	enum { TRIES = 10000 };
	owned_buf struct buf id = { 0 };
	const char *builds = save_state_dir("builds", err);
	if (!builds)
		return NULL;
	for (int i = 0; i < TRIES; i++) {
		if (!request_make_id(&id, err))
			return NULL;
		const char *dir = request_dir(builds, buf_text(&id));
		if (mkdir(dir, 0700) == 0)
			return intern(buf_str(&id));
		if (errno != EEXIST) {
			error_set_errno(err, "cannot make '%s'", dir);
			return NULL;
		}
	}
	error_set(err, ERROR_LIMIT, "cannot find a free id in '%s'", builds);
	return NULL;
}

const char *const *request_list(struct arena *arena, size_t *ret_count, struct error *err)
{
	const char *builds = save_state_dir("builds", err);
	owned(files) struct files *disk = files_disk("/");
	struct files_list list = { 0 };
	if (!builds || files_list(disk, builds, arena, &list, err) == FILES_FAILED)
		return NULL;
	const char **ids = arena_array(arena, list.n + 1, sizeof *ids);
	size_t n = 0;
	for (size_t i = list.n; i > 0; i--)
		if (history_is_id(str_of(list.entries[i - 1].name)))
			ids[n++] = list.entries[i - 1].name;
	*ret_count = n;
	return ids;
}

static const char *request_unknown(const char *id, const char *const *ids, size_t n, size_t found,
                                   struct error *err)
{
	if (n == 0)
		error_set(err, ERROR_MISSING, "there is no build yet");
	else if (found > 1)
		error_set(err, ERROR_USAGE, "'%s' means %zu builds: write more of the id", id,
		          found);
	else
		error_set(err, ERROR_USAGE, "there is no build '%s': the newest is %s, "
		          "mortar history lists all", id, ids[0]);
	return NULL;
}

/* One that was imported is found by its id: nobody who says "last" means another's. */
static const char *request_newest(struct arena *arena, const char *builds, const char *const *ids,
                                  size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!history_is_imported(arena_printf(arena, "%s/%s", builds, ids[i])))
			return request_dir(builds, ids[i]);
	return request_dir(builds, ids[0]);
}

const char *request_find(const char *id, struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	const char *builds = save_state_dir("builds", err);
	size_t n = 0, found = 0;
	const char *hit = NULL, *const *ids = builds ? request_list(arena, &n, err) : NULL;
	bool newest = !id || str_eq(str_of(id), STR("last"));
	if (!ids)
		return NULL;
	if (newest && n)
		return request_newest(arena, builds, ids, n);
	for (size_t i = 0; !newest && *id && i < n; i++) {
		if (!str_has_prefix(str_of(ids[i]), str_of(id)))
			continue;
		hit = ids[i];
		found++;
	}
	return found == 1 ? request_dir(builds, hit) : request_unknown(id, ids, n, found, err);
}
