#include "core/history/loss.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/history/fingerprint.h"
#include "core/history/times.h"
#include "core/journal/build.h"

enum {
	LOSS_BUILDS = 200,              /* whose fingerprints are read */
	LOSS_LAYER = 12,                /* digits of an image's id as the classic builder tells it */
	LOSS_TIMES = 20,
};
/* A step's record is made when its first process begins, up to so many seconds after the
 * step, and never before it but for the clocks' grain. */
#define LOSS_LATE 60.0
#define LOSS_EARLY 0.05

struct losing {
	struct arena *arena;
	const char *address;
	const struct loss_thing *things;
	size_t nthings;
	struct map images;              /* digits of an id → thing + 1; whole and cut */
	bool has_cache, keeps_cache;    /* there is a build cache; some of it stays */
	bool takes_images;              /* some of them go */
	struct map projects;            /* root → struct loss_of */
	struct map stores;              /* "ENGINE DAEMON" → struct loss_store */
	struct loss_note *notes;
	size_t nnotes;
	struct map noted;               /* thing's id → note */
};

struct loss_of {
	struct loss_project said;
	struct map keys, bases;         /* seen so far */
	struct map selections;          /* profiles of builds that were looked at */
	const char *engine;
	struct times *times;
};

struct loss_store {
	struct forecast_store *store;
	struct loss_keys said;
	size_t cap;
};

/* ---- which thing holds a step ---- */

/* The command of "RUN --mount=… COMMAND"; n 0: it is no RUN. */
static struct str loss_command(struct str text)
{
	if (!str_has_prefix(text, STR("RUN ")))
		return (struct str){ 0 };
	text = str_trim(str_slice(text, 4, text.n));
	while (str_has_prefix(text, STR("--"))) {
		size_t end = str_find(text, ' ');
		text = end == STR_NONE ? (struct str){ 0 } : str_trim(str_slice(text, end, text.n));
	}
	return text;
}

static bool loss_is_run(struct str text)
{
	return str_has_prefix(text, STR("mount / from exec ")) ||
	       str_find_str(text, STR("] RUN ")) != STR_NONE;
}

static bool loss_is_like(struct str record, struct str command)
{
	if (!command.n)
		return !loss_is_run(record);
	/* Of an exec form the words alone stand there. */
	return loss_is_run(record) && (command.p[0] == '[' || str_has_suffix(record, command));
}

static bool loss_is_then(const struct loss_thing *t, double ran)
{
	return !t->is_image && t->made >= ran - LOSS_EARLY && t->made <= ran + LOSS_LATE;
}

size_t loss_match(const struct loss_thing *things, size_t n, struct str step, double ran)
{
	struct str command = loss_command(step);
	size_t best = STR_NONE;
	for (size_t i = 0; ran > 0 && i < n; i++) {
		const struct loss_thing *t = &things[i];
		if (loss_is_then(t, ran) && (best == STR_NONE || t->made < things[best].made) &&
		    loss_is_like(t->text, command))
			best = i;
	}
	return best;
}

enum loss_fate { LOSS_STAYS, LOSS_GOES, LOSS_GONE, LOSS_UNKNOWN };

static struct str loss_digits(struct str id)
{
	return str_has_prefix(id, STR("sha256:")) ? str_slice(id, 7, id.n) : id;
}

static const struct loss_thing *loss_image(const struct losing *l, struct str id)
{
	size_t at = (size_t)(uintptr_t)map_get(&l->images, loss_digits(id));
	return at ? &l->things[at - 1] : NULL;
}

/* Something goes that could be what the step made. */
static bool loss_may_go(const struct losing *l, double ran)
{
	for (size_t i = 0; i < l->nthings; i++)
		if (!l->things[i].is_image && l->things[i].goes &&
		    (ran <= 0 || loss_is_then(&l->things[i], ran)))
			return true;
	return false;
}

static enum loss_fate loss_fate(const struct losing *l, const struct loss_store *s,
                                struct str engine, const struct fingerprint_step *step)
{
	const struct forecast_known *known = forecast_store_find(s->store, step->key);
	if (!known)
		return LOSS_GONE;
	if (str_eq(engine, STR("classic"))) {
		if (known->stands.n != LOSS_LAYER)
			return LOSS_UNKNOWN;
		const struct loss_thing *image = loss_image(l, known->stands);
		return !image ? LOSS_GONE : image->goes ? LOSS_GOES : LOSS_STAYS;
	}
	if (!l->has_cache)
		return LOSS_GONE;
	if (!l->keeps_cache)
		return LOSS_GOES;
	size_t at = loss_match(l->things, l->nthings, step->text, known->ran);
	if (at == STR_NONE)
		return loss_may_go(l, known->ran) ? LOSS_UNKNOWN : LOSS_GONE;
	return l->things[at].goes ? LOSS_GOES : LOSS_STAYS;
}

/* ---- a build ---- */

static struct loss_of *loss_project(struct losing *l, const struct history_item *item)
{
	struct loss_of *p = map_get(&l->projects, str_of(item->root));
	if (p)
		return p;
	p = arena_alloc(l->arena, sizeof *p);
	p->said = (struct loss_project){ .name = item->project, .root = item->root };
	p->engine = item->engine;
	map_set(&l->projects, str_of(item->root), p);
	return p;
}

static struct loss_store *loss_store(struct losing *l, const struct fingerprints *f)
{
	struct str name = str_of(arena_printf(l->arena, "%.*s %.*s", STR_ARG(f->engine),
	                                      STR_ARG(f->daemon)));
	struct loss_store *s = map_get(&l->stores, name);
	if (s)
		return s;
	s = arena_alloc(l->arena, sizeof *s);
	s->store = forecast_store_open(f->engine, f->daemon);
	s->said = (struct loss_keys){ .engine = f->engine, .daemon = f->daemon };
	s->said.all = str_eq(f->engine, STR("buildkit")) && l->has_cache && !l->keeps_cache;
	map_set(&l->stores, name, s);
	return s;
}

static void loss_add_key(struct losing *l, struct loss_store *s, struct str key)
{
	if (s->said.n == s->cap) {
		s->cap = 2 * s->cap + 16;
		struct str *more = arena_array(l->arena, s->cap, sizeof *more);
		if (s->said.n)
			memcpy(more, s->said.keys, s->said.n * sizeof *more);
		s->said.keys = more;
	}
	s->said.keys[s->said.n++] = key;
}

static double loss_seconds(struct losing *l, struct loss_of *p, const struct build *build,
                           const struct fingerprint_step *step)
{
	struct times_range range;
	struct error ignored;
	if (!p->times)
		p->times = times_read(p->said.root, p->said.name, p->engine, l->address, LOSS_TIMES,
		                      &ignored);
	if (!build || !p->times || step->step < 0 || (size_t)step->step >= build->nsteps)
		return -1;
	const struct step *s = &build->steps[step->step];
	return times_step(p->times, s->stage, s->name, &range) ? range.p50 : -1;
}

/* What makes no layer is no work: it counts for nothing, as in a forecast. */
static bool loss_is_meta(const struct build *build, const struct fingerprint_step *step)
{
	return build && step->step >= 0 && (size_t)step->step < build->nsteps &&
	       build->steps[step->step].meta;
}

static void loss_step(struct losing *l, struct loss_of *p, struct loss_store *s,
                      struct str engine, const struct fingerprint_step *step,
                      const struct build *build)
{
	enum loss_fate fate = loss_fate(l, s, engine, step);
	if (map_has(&p->keys, step->key) || fate == LOSS_GONE)
		return;
	map_set(&p->keys, step->key, p);
	if (fate == LOSS_GOES)
		loss_add_key(l, s, step->key);
	if (loss_is_meta(build, step))
		return;
	p->said.steps++;
	p->said.unknown += fate == LOSS_UNKNOWN;
	if (fate != LOSS_GOES)
		return;
	double seconds = loss_seconds(l, p, build, step);
	p->said.lost++;
	p->said.seconds += seconds > 0 ? seconds : 0;
}

static void loss_bases(struct losing *l, struct loss_of *p, const struct fingerprints *f)
{
	for (size_t i = 0; i < f->nbases; i++) {
		const struct loss_thing *image = loss_image(l, f->bases[i].id);
		if (!image || !image->goes || map_has(&p->bases, image->id))
			continue;
		map_set(&p->bases, image->id, p);
		p->said.bases++;
	}
}

/* Steps of stages with a base or nothing below are no work of the cache's. */
static bool loss_is_work(const struct fingerprint_step *step)
{
	return !str_has_prefix(step->text, STR("FROM "));
}

static void loss_build(struct losing *l, const struct history_item *item)
{
	struct loss_of *p = loss_project(l, item);
	struct fingerprints f;
	struct error ignored;
	owned_buf struct buf selection = { 0 };
	buf_printf(&selection, "%s", item->engine);
	for (size_t i = 0; i < item->nprofiles; i++)
		buf_printf(&selection, " %s", item->profiles[i]);
	if (map_has(&p->selections, buf_str(&selection)))
		return;
	map_set(&p->selections, arena_str(l->arena, buf_str(&selection)), p);
	if (!fingerprints_read(l->arena, item->dir, &f, &ignored)) {
		/* Its cache is its images. */
		p->said.is_untold |= l->takes_images;
		return;
	}
	struct loss_store *s = loss_store(l, &f);
	owned(build) struct build *build = build_read(item->dir, &ignored);
	for (size_t i = 0; i < f.nsteps; i++)
		if (loss_is_work(&f.steps[i]))
			loss_step(l, p, s, f.engine, &f.steps[i], build);
	loss_bases(l, p, &f);
}

/* ---- notes ---- */

static void loss_note(struct losing *l, const struct loss_thing *thing, const char *text)
{
	struct loss_note *note = map_get(&l->noted, thing->id);
	if (note) {
		if (strstr(note->text, text) == NULL)
			note->text = arena_printf(l->arena, "%s; %s", note->text, text);
		return;
	}
	note = &l->notes[l->nnotes++];
	*note = (struct loss_note){ (size_t)(thing - l->things), text };
	map_set(&l->noted, thing->id, note);
}

static bool loss_has_name(const struct loss_thing *thing, const char *image)
{
	for (const char *const *name = thing->names; image[0] && name && *name; name++)
		if (str_has_suffix(str_of(*name), str_of(image)))
			return true;
	return false;
}

/* Images of builds that are pinned or run, and those with a name that none of our builds
 * gave them. */
static void loss_notes(struct losing *l, const struct history_list *all)
{
	for (size_t i = 0; i < l->nthings; i++) {
		const struct loss_thing *thing = &l->things[i];
		bool ours = false;
		if (!thing->is_image || !thing->goes)
			continue;
		for (size_t k = 0; k < all->n; k++) {
			const struct history_item *item = &all->items[k];
			bool is_its = item->image_id[0] && str_eq(loss_digits(str_of(item->image_id)),
			                                          loss_digits(thing->id));
			bool named = loss_has_name(thing, item->image);
			ours |= is_its || named;
			if (is_its && item->pinned)
				loss_note(l, thing, arena_printf(l->arena, "of the pinned build %s", item->id));
			if (named && item->state == HISTORY_RUNNING)
				loss_note(l, thing, arena_printf(l->arena, "build %s makes it anew just now",
				                                 item->id));
		}
		if (!ours && thing->names && thing->names[0])
			loss_note(l, thing, "named by another tool, or by a build that is forgotten");
	}
}

/* ---- the whole ---- */

static void loss_begin(struct losing *l)
{
	for (size_t i = 0; i < l->nthings; i++) {
		struct str id = loss_digits(l->things[i].id);
		if (l->things[i].is_image) {
			map_set(&l->images, id, (void *)(uintptr_t)(i + 1));
			map_set(&l->images, str_slice(id, 0, LOSS_LAYER), (void *)(uintptr_t)(i + 1));
			l->takes_images |= l->things[i].goes;
		} else {
			l->has_cache = true;
			l->keeps_cache |= !l->things[i].goes;
		}
	}
	l->notes = arena_array(l->arena, l->nthings + 1, sizeof *l->notes);
}

static void loss_end(struct losing *l, struct loss *ret_loss)
{
	struct loss_project *projects = arena_array(l->arena, l->projects.n + 1, sizeof *projects);
	*ret_loss = (struct loss){ .projects = projects, .notes = l->notes, .nnotes = l->nnotes };
	for (size_t i = 0; i < l->projects.n; i++) {
		struct loss_of *p = l->projects.items[i].value;
		if (p->said.seconds <= 0)
			p->said.seconds = -1;
		if (p->said.lost || p->said.bases || p->said.unknown || p->said.is_untold)
			projects[ret_loss->nprojects++] = p->said;
		map_finish(&p->keys);
		map_finish(&p->bases);
		map_finish(&p->selections);
		times_free(p->times);
	}
	ret_loss->stores = arena_array(l->arena, l->stores.n + 1, sizeof *ret_loss->stores);
	for (size_t i = 0; i < l->stores.n; i++) {
		struct loss_store *s = l->stores.items[i].value;
		ret_loss->stores[ret_loss->nstores++] = s->said;
		forecast_store_free(s->store);
	}
	map_finish(&l->images);
	map_finish(&l->projects);
	map_finish(&l->stores);
	map_finish(&l->noted);
}

bool loss_find(struct arena *a, const char *address, const struct loss_thing *things, size_t n,
               struct loss *ret_loss, struct error *err)
{
	struct losing l = { .arena = a, .address = address, .things = things, .nthings = n };
	struct history_list all;
	size_t looked = 0;
	if (!history_read(a, (size_t)-1, &all, err))
		return false;
	loss_begin(&l);
	for (size_t i = 0; i < all.n && looked < LOSS_BUILDS; i++) {
		const struct history_item *item = &all.items[i];
		if (item->imported || item->nbuilds || strcmp(item->address, address) != 0)
			continue;
		loss_build(&l, item);
		looked++;
	}
	loss_notes(&l, &all);
	loss_end(&l, ret_loss);
	return true;
}

bool loss_forget(const struct loss *loss, struct error *err)
{
	for (size_t i = 0; i < loss->nstores; i++) {
		const struct loss_keys *k = &loss->stores[i];
		owned(forecast_store) struct forecast_store *s = forecast_store_open(k->engine, k->daemon);
		if ((k->n || k->all) && !forecast_store_forget(s, k->all ? NULL : k->keys, k->n, err))
			return false;
	}
	return true;
}

double loss_busy_since(const char *address)
{
	owned(arena) struct arena *a = arena_new();
	struct history_list all;
	struct error ignored;
	double since = 0;
	if (!history_read(a, (size_t)-1, &all, &ignored))
		return 0;
	for (size_t i = 0; i < all.n; i++) {
		const struct history_item *item = &all.items[i];
		if (item->state == HISTORY_RUNNING && strcmp(item->address, address) == 0 &&
		    (since == 0 || item->started < since))
			since = item->started;
	}
	return since;
}
