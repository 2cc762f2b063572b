#include "core/job/foresee.h"

#include <string.h>

#include "core/engine/docker_secrets.h"
#include "core/engine/presence.h"
#include "core/engine/work.h"
#include "core/ext/crypto.h"
#include "core/history/forecast_times.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/value/json.h"

enum { FORESEE_SALT = 16, FORESEE_SEAL = 16, FORESEE_LAYER = 12 };

void foresight_finish(struct foresight *f)
{
	forecast_store_free(f->store);
	if (f->has_digests)
		stat_cache_free(f->digests);
	arena_free(f->arena);
	*f = (struct foresight){ 0 };
}

/* ---- secrets ---- */

static struct str foresee_salt(struct arena *a)
{
	unsigned char bytes[FORESEE_SALT];
	owned_buf struct buf hex = { 0 };
	owned(files) struct files *disk = files_disk("/");
	struct error ignored;
	struct str text;
	const char *path = save_state_dir("", &ignored);
	path = path ? files_join(a, path, "salt") : NULL;
	if (path && files_read(disk, path, a, &text, &ignored) == FILES_OK && text.n)
		return text;
	crypto_random(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		buf_printf(&hex, "%02x", bytes[i]);
	if (path)
		save_derived(path, buf_str(&hex), 0600, &ignored);
	return arena_str(a, buf_str(&hex));
}

/* What holds a secret becomes its masked text and a salted hash: nothing can be guessed from
 * it, and it changes when the secret does. */
static struct str foresee_seal(void *data, struct arena *a, struct str text)
{
	struct foresight *f = data;
	char hex[SHA256_HEX_SIZE];
	struct str masked = f->mask ? mask_text(f->mask, a, text) : text;
	if (str_eq(masked, text))
		return text;
	if (!f->salt.n)
		f->salt = foresee_salt(f->arena);
	owned(sha256) struct sha256 *hash = sha256_new();
	fingerprint_hash(hash, f->salt);
	fingerprint_hash(hash, text);
	sha256_finish_hex(hash, hex);
	return str_of(arena_printf(a, "%.*s#%.*s", STR_ARG(masked), FORESEE_SEAL, hex));
}

/* ---- what the chain is made from ---- */

struct foresee_args {
	struct arena *arena;
	const struct mask *mask;
	struct fingerprint_arg *list;
	size_t n, cap;
};

static void foresee_add_arg(void *data, struct str name, struct str value)
{
	struct foresee_args *args = data;
	if (args->n < args->cap)
		args->list[args->n++] = (struct fingerprint_arg){
			name, arena_str(args->arena, value), false };
}

static const struct fingerprint_arg *foresee_list_args(struct foresight *f, const char *build,
                                                       size_t *ret_n)
{
	const struct image_task *t = f->image;
	size_t most = t->noptions + t->level.nargs + t->nsecrets + 1;
	struct foresee_args args = { .arena = f->arena, .cap = most,
	                             .list = arena_array(f->arena, most, sizeof *args.list) };
	docker_secrets_each_arg(t, foresee_add_arg, &args);
	work_each_arg(t, build ? build : "(new in every build)", foresee_add_arg, &args);
	for (size_t i = 0; i < t->level.nargs; i++)
		for (size_t k = 0; k < args.n; k++)
			if (!t->level.args[i].value.p && str_eq(args.list[k].name, t->level.args[i].name))
				args.list[k].is_fresh = true;
	*ret_n = args.n;
	return args.list;
}

static int foresee_step(void *data, int instruction)
{
	const struct foresight *f = data;
	return steps_of_instruction(f->steps, f->task, instruction);
}

/* ---- the engine ---- */

/* False: it was not asked, or did not answer. */
static bool foresee_ask(struct foresight *f, const struct engine_facts *facts,
                        struct fingerprint_base *bases, size_t nbases)
{
	struct error ignored;
	struct presence p = { .nimages = nbases, .wants_daemon = true,
	                      .images = arena_array(f->arena, nbases + 1, sizeof *p.images) };
	for (size_t i = 0; i < nbases; i++)
		p.images[i].name = bases[i].name;
	if (!facts || !engine_presence_ask(f->arena, facts, &p, &ignored))
		return false;
	for (size_t i = 0; i < nbases; i++)
		bases[i].id = p.images[i].value;
	f->daemon = p.daemon;
	return true;
}

/* Without the engine's word the bases are those of the last build. */
static void foresee_assume(struct foresight *f, const struct forecast_former *former,
                           struct fingerprint_base *bases, size_t nbases)
{
	for (size_t i = 0; i < nbases; i++)
		for (size_t k = 0; k < former->prints.nbases; k++)
			if (str_eq(bases[i].name, former->prints.bases[k].name))
				bases[i].id = former->prints.bases[k].id;
	f->daemon = former->prints.daemon;
}

/* The images that the forecast counts on, and that are not there any more. */
static void foresee_find_gone(struct foresight *f, const struct engine_facts *facts,
                              struct map *gone)
{
	const struct fingerprint_chain *c = &f->chain;
	struct error ignored;
	struct presence p = { .images = arena_array(f->arena, c->n + 1, sizeof *p.images) };
	for (size_t i = 0; i < c->n; i++)
		if (!c->links[i].is_through && c->links[i].stands.n == FORESEE_LAYER)
			p.images[p.nimages++].name = c->links[i].stands;
	if (!engine_presence_ask(f->arena, facts, &p, &ignored))
		return;
	for (size_t i = 0; i < p.nimages; i++)
		if (!p.images[i].value.n)
			map_set(gone, p.images[i].name, f);
}

/* ---- the whole ---- */

static void foresee_nothing(struct foresight *f, const char *engine, const char *why)
{
	size_t n = 0;
	const struct recipe *r = f->image ? steps_recipe(f->image) : NULL;
	struct forecast_step *steps = arena_array(f->arena, r ? r->ninstructions + 1 : 1,
	                                          sizeof *steps);
	for (size_t i = 0; r && i < r->ninstructions; i++) {
		int step = steps_of_instruction(f->steps, f->task, (int)i);
		if (step >= 0 && recipe_makes_step(r, i))
			steps[n++] = (struct forecast_step){ .step = step, .verdict = VERDICT_UNKNOWN,
			                                     .parent = -1, .p25 = -1, .p50 = -1, .p90 = -1 };
	}
	f->forecast = (struct forecast){
		.steps = steps, .nsteps = n, .unknowns = n, .p25 = -1, .p50 = -1, .p90 = -1,
		.engine = arena_str(f->arena, str_of(engine)), .note = arena_str(f->arena, str_of(why)),
	};
}

/* What nobody has to do is neither served nor run anew. */
static void foresee_keep_steps(struct foresight *f)
{
	const struct recipe *r = steps_recipe(f->image);
	struct forecast *all = &f->forecast;
	struct forecast_step *kept = arena_array(f->arena, all->nsteps + 1, sizeof *kept);
	size_t n = 0, of[VERDICT_UNKNOWN + 1] = { 0 };
	for (size_t i = 0; i < r->ninstructions; i++) {
		int step = steps_of_instruction(f->steps, f->task, (int)i);
		const struct forecast_step *s = step < 0 ? NULL : forecast_find(all, step);
		if (!s || !recipe_makes_step(r, i))
			continue;
		of[s->verdict]++;
		kept[n++] = *s;
	}
	all->steps = kept;
	all->nsteps = n;
	all->hits = of[VERDICT_HIT];
	all->misses = of[VERDICT_MISS];
	all->unknowns = of[VERDICT_UNKNOWN];
}

static void foresee_verdicts(struct foresight *f, const struct foresight_ask *ask,
                             const struct forecast_former *formers, size_t nformers, bool asked)
{
	owned_map struct map gone = { 0 };
	struct forecast_subject s = {
		.chain = &f->chain, .level = &f->image->level, .store = f->store, .formers = formers,
		.nformers = nformers, .settings = ask->settings, .asked_bases = asked,
	};
	forecast_make(f->arena, &s, &f->forecast);
	if (asked && f->chain.model->tells_layers) {
		foresee_find_gone(f, ask->facts, &gone);
		s.gone = &gone;
		if (gone.n)
			forecast_make(f->arena, &s, &f->forecast);
	}
	foresee_keep_steps(f);
	if (!asked)
		f->forecast.note = STR("the engine was not asked: base images and cache are taken to be as "
		                       "the last build left them");
}

static bool foresee_chain(struct foresight *f, const struct foresight_ask *ask,
                          const struct forecast_former *formers, size_t nformers,
                          const struct cache_model *model, bool *ret_asked, struct error *err)
{
	size_t nargs, nbases;
	const struct fingerprint_arg *args = foresee_list_args(f, ask->build, &nargs);
	struct fingerprint_base *bases = (struct fingerprint_base *)fingerprint_bases(
		f->arena, steps_recipe(f->image), args, nargs, &nbases);
	*ret_asked = foresee_ask(f, ask->facts, bases, nbases);
	if (!*ret_asked && nformers)
		foresee_assume(f, &formers[0], bases, nbases);
	if (!f->daemon.n && ask->facts)
		f->daemon = arena_str(f->arena, str_of(ask->facts->address));
	struct fingerprint_subject s = {
		.image = f->image, .recipe = steps_recipe(f->image), .model = model, .args = args,
		.nargs = nargs, .bases = bases, .nbases = nbases, .step = foresee_step,
		.seal = foresee_seal, .data = f, .digests = f->digests,
	};
	return fingerprint_chain_make(f->arena, &s, &f->chain, err);
}

static bool foresee_scan(struct context *c, struct listings *listings, struct error *err)
{
	if (!c)
		return true;
	context_remember(c, listings);
	return context_scan(c, err);
}

/* How long it will take, by the builds that the verdicts are told from. */
static void foresee_times(struct foresight *f, const struct foresight_ask *ask)
{
	enum { BUILDS = 20 };
	const struct engine_facts *e = ask->facts;
	struct error ignored;
	owned(times) struct times *times = times_read(ask->plan->root, ask->plan->project,
	                                              e ? e->name : NULL, e ? e->address : NULL,
	                                              BUILDS, &ignored);
	if (times)
		forecast_add_times(f->arena, &f->forecast, steps_describe(f->steps, f->arena),
		                   steps_recipe(f->image), times);
}

void foresight_make(struct foresight *f, const struct foresight_ask *ask)
{
	struct error err;
	size_t nformers;
	bool asked;
	const char *engine = NULL;
	*f = (struct foresight){ .arena = arena_new(), .mask = ask->mask, .steps = ask->steps,
	                         .image = plan_image(ask->plan) };
	if (!f->image) {
		foresee_nothing(f, ask->facts ? ask->facts->name : "", "the plan makes no image");
		return;
	}
	for (size_t i = 0; i < ask->plan->ntasks; i++)
		if (&ask->plan->tasks[i].image == f->image)
			f->task = i;
	const struct forecast_former *formers = foresee_formers(
		f->arena, ask->plan->root, ask->facts ? ask->facts->name : NULL,
		ask->facts ? ask->facts->address : NULL, ask->build, &nformers, &engine);
	const struct cache_model *model = cache_model_find(engine);
	if (!engine)
		foresee_nothing(f, "", "no engine was asked, and none has built this project before");
	else if (!model)
		foresee_nothing(f, engine, "how this engine's cache decides is not known here");
	else if (!ask->is_filled && !foresee_is_filled(ask->plan))
		foresee_nothing(f, engine, "what the build fetches is not there yet");
	else if (!foresee_scan(f->image->context, ask->listings, &err))
		foresee_nothing(f, engine, err.text);
	if (f->forecast.note.n)
		return;
	f->has_digests = !ask->digests;
	f->digests = ask->digests ? ask->digests : stat_cache_open(ask->plan->root);
	if (!foresee_chain(f, ask, formers, nformers, model, &asked, &err)) {
		foresee_nothing(f, engine, err.text);
		f->chain.n = 0;
		return;
	}
	if (f->has_digests)
		stat_cache_save(f->digests, &err);
	f->store = forecast_store_open(str_of(engine), f->daemon);
	foresee_verdicts(f, ask, formers, nformers, asked);
	foresee_times(f, ask);
}

/* ---- in the build's folder ---- */

bool foresight_is_whole(const struct foresight *f)
{
	return f->chain.n > 0;
}

static bool foresee_write_prints(const struct foresight *f, const char *dir, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf text = { 0 };
	struct fingerprints prints = fingerprint_chain_write(a, &f->chain, f->daemon);
	fingerprints_write(&text, &prints);
	return save_derived(files_join(a, dir, "fingerprints"), buf_str(&text), 0600, err);
}

bool foresight_write(const struct foresight *f, const char *dir, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf text = { 0 };
	struct value *v = forecast_value(a, &f->forecast);
	value_write_json(&text, f->mask ? mask_value(f->mask, a, v) : v, JSON_FILE);
	buf_append_char(&text, '\n');
	return save_derived(files_join(a, dir, "forecast.json"), buf_str(&text), 0600, err) &&
	       (!f->chain.n || foresee_write_prints(f, dir, err));
}

static struct forecast_end foresee_end(const struct build *build, int step)
{
	struct forecast_end end = { 0 };
	if (step < 0 || (size_t)step >= build->nsteps)
		return end;
	const struct step *s = &build->steps[step];
	end.cached = s->state == STEP_CACHED;
	end.ended_well = end.cached || s->state == STEP_DONE;
	end.layer = s->layer;
	end.ran = s->state == STEP_DONE ? s->started : 0;
	return end;
}

bool foresight_learn(struct foresight *f, const struct build *build, const char *dir,
                     struct error *err)
{
	size_t n;
	if (!f->chain.n)
		return true;
	struct forecast_end *ends = arena_array(f->arena, f->chain.n, sizeof *ends);
	for (size_t i = 0; i < f->chain.n; i++)
		ends[i] = foresee_end(build, f->chain.links[i].step.step);
	struct forecast_known *known = forecast_learn(f->arena, &f->chain, f->store, ends, &n);
	return forecast_store_append(f->store, known, n, err) && foresee_write_prints(f, dir, err);
}
