/* What may go: by kinds, filters and names, and never what something that stays needs. */
#include <fnmatch.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/usage.h"

enum { CHOOSE_ID_LEAST = 6 };           /* digits of an id that is cut */

struct chooser {
	struct arena *arena;
	const struct usage *u;
	const struct usage_wish *wish;
	struct map ids;                 /* "KIND ID" → item + 1 */
	bool *going, *named, *stays;    /* stays: and it was said to those below */
	struct usage_kept *kept;
	size_t nkept;
};

static struct str choose_bare(struct str id)
{
	return str_has_prefix(id, STR("sha256:")) ? str_slice(id, 7, id.n) : id;
}

static struct str choose_key(struct arena *a, enum usage_kind kind, struct str id)
{
	id = choose_bare(id);
	return str_of(arena_printf(a, "%d %.*s", (int)kind, STR_ARG(id)));
}

/* STR_NONE: it is not there. */
static size_t choose_find(struct chooser *c, enum usage_kind kind, const char *id)
{
	return (size_t)(uintptr_t)map_get(&c->ids, choose_key(c->arena, kind, str_of(id))) - 1;
}

/* ---- filters ---- */

bool usage_filter_parse(struct str text, struct usage_filter *ret_filter, struct error *err)
{
	static const char *const keys[] = { "label", "name", "type" };
	size_t at = str_find(text, '=');
	struct usage_filter f = { .key = str_slice(text, 0, at) };
	f.is_not = str_has_suffix(f.key, STR("!"));
	f.key.n -= f.is_not;
	for (size_t i = 0; at != STR_NONE && i < sizeof keys / sizeof *keys; i++) {
		if (!str_eq(f.key, str_of(keys[i])) || at + 1 >= text.n)
			continue;
		f.value = str_slice(text, at + 1, text.n);
		*ret_filter = f;
		return true;
	}
	return error_set(err, ERROR_USAGE, "--filter takes label=KEY, label=KEY=VALUE, name=PATTERN or "
	                 "type=TYPE (or !=), not '%.*s'", STR_ARG(text));
}

static bool choose_has_label(const struct usage_item *item, struct str wanted)
{
	size_t at = str_find(wanted, '=');
	for (size_t i = 0; i < item->nlabels; i++)
		if (str_eq(item->labels[i].name, str_slice(wanted, 0, at)) &&
		    (at == STR_NONE || str_eq(item->labels[i].value, str_slice(wanted, at + 1, wanted.n))))
			return true;
	return false;
}

static bool choose_has_name(const struct chooser *c, const struct usage_item *item,
                            struct str pattern)
{
	const char *glob = arena_text(c->arena, pattern);
	bool has = fnmatch(glob, item->name, 0) == 0;
	for (const char *const *name = item->names; *name && !has; name++)
		has = fnmatch(glob, *name, 0) == 0;
	return has;
}

/* Records of a build cache have no labels. */
static bool choose_passes(const struct chooser *c, const struct usage_item *item)
{
	for (size_t i = 0; i < c->wish->nfilters; i++) {
		const struct usage_filter *f = &c->wish->filters[i];
		bool has = str_eq(f->key, STR("label")) ? choose_has_label(item, f->value)
		         : str_eq(f->key, STR("name")) ? choose_has_name(c, item, f->value)
		         : str_eq(f->value, str_of(item->state));
		if (has == f->is_not)
			return false;
	}
	return true;
}

/* ---- by kind ---- */

static bool choose_is_old(const struct chooser *c, const struct usage_item *item)
{
	double t = item->used > 0 ? item->used : item->created;
	return c->wish->older <= 0 || (t > 0 && c->wish->now - t >= c->wish->older);
}

/* A build that runs may be about to stand on it. */
static bool choose_is_fresh(const struct chooser *c, const struct usage_item *item)
{
	return c->wish->busy_since > 0 && item->created >= c->wish->busy_since - 1;
}

static bool choose_is_plain(const struct chooser *c, const struct usage_item *item)
{
	if (item->kind == USAGE_CONTAINER || c->wish->all)
		return true;
	if (item->kind == USAGE_IMAGE)
		return strcmp(item->state, "dangling") == 0;
	return !item->shared && strcmp(item->state, "internal") && strcmp(item->state, "frontend");
}

static bool choose_wanted(const struct chooser *c, const struct usage_item *item)
{
	return !item->by_name && item->kind != USAGE_VOLUME && c->wish->kinds & 1u << item->kind &&
	       choose_is_plain(c, item) && choose_is_old(c, item) &&
	       !(item->kind == USAGE_IMAGE && choose_is_fresh(c, item)) && choose_passes(c, item);
}

/* ---- by name ---- */

static bool choose_is_called(const char *name, struct str typed)
{
	static const char *const homes[] = { "", "localhost/", "docker.io/library/", "docker.io/" };
	struct str rest = str_of(name);
	for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
		struct str home = str_of(homes[i]);
		if (!str_has_prefix(rest, home))
			continue;
		struct str plain = str_slice(rest, home.n, rest.n);
		if (str_has_suffix(plain, STR(":latest")) && str_find(typed, ':') == STR_NONE)
			plain.n -= strlen(":latest");
		if (str_eq(plain, typed))
			return true;
	}
	return false;
}

static bool choose_is_id(const struct usage_item *item, struct str typed)
{
	struct str id = choose_bare(str_of(item->id));
	typed = choose_bare(typed);
	return item->kind == USAGE_VOLUME || typed.n < CHOOSE_ID_LEAST ? str_eq(id, typed)
	                                                              : str_has_prefix(id, typed);
}

static bool choose_is_meant(const struct usage_item *item, struct str typed)
{
	if (choose_is_id(item, typed))
		return true;
	if (item->kind == USAGE_CONTAINER)
		return str_eq(str_of(item->name), typed);
	for (const char *const *name = item->names; item->kind == USAGE_IMAGE && *name; name++)
		if (choose_is_called(*name, typed))
			return true;
	return false;
}

/* By one of its names only when it has no other: those would go as well. */
static bool choose_is_whole(const struct usage_item *item, struct str typed, struct error *err)
{
	if (item->kind != USAGE_IMAGE || !item->names[0] || !item->names[1] ||
	    choose_is_id(item, typed))
		return true;
	const char *other = choose_is_called(item->names[0], typed) ? item->names[1] : item->names[0];
	return error_set(err, ERROR_USAGE, "%.*s is also %s: name it by its id to remove it with all "
	                 "its names, %.19s", STR_ARG(typed), other, item->id);
}

/* What stands before a colon is a kind, or the name of an image. */
static enum usage_kind choose_kind(struct str *typed)
{
	for (enum usage_kind k = 0; k < USAGE_KINDS; k++) {
		struct str name = str_of(usage_kind_name(k));
		if (!str_has_prefix(*typed, name) || typed->n <= name.n || typed->p[name.n] != ':')
			continue;
		*typed = str_slice(*typed, name.n + 1, typed->n);
		return k;
	}
	return USAGE_KINDS;
}

static bool choose_name(struct chooser *c, const char *name, struct error *err)
{
	struct str typed = str_of(name);
	enum usage_kind kind = choose_kind(&typed);
	size_t found = STR_NONE;
	for (size_t i = 0; i < c->u->n; i++) {
		const struct usage_item *item = &c->u->items[i];
		bool is_of_kind = kind == USAGE_KINDS ? item->kind != USAGE_VOLUME : item->kind == kind;
		if (!is_of_kind || !choose_is_meant(item, typed))
			continue;
		if (found != STR_NONE)
			return error_set(err, ERROR_USAGE, "'%s' is several things: say more of the id, or "
			                 "image:, container:, cache: or volume: before it", name);
		found = i;
	}
	if (found == STR_NONE)
		return error_set(err, ERROR_MISSING, "the engine has nothing that is called '%s'%s", name,
		                 kind == USAGE_KINDS ? " (a volume is named volume:NAME)" : "");
	c->named[found] = true;
	return choose_is_whole(&c->u->items[found], typed, err);
}

/* ---- what stays ---- */

static void choose_keep(struct chooser *c, size_t at, const char *why)
{
	if (c->named[at] && c->going[at])
		c->kept[c->nkept++] = (struct usage_kept){ at, why };
	c->going[at] = false;
}

/* What stays keeps what it stands on. */
static void choose_hold(struct chooser *c, size_t at)
{
	owned_memory size_t *stack = xcalloc(c->u->n + 1, sizeof *stack);
	size_t n = 0;
	for (stack[n++] = at; n > 0;) {
		const struct usage_item *item = &c->u->items[stack[--n]];
		for (const char *const *p = item->parents; *p; p++) {
			size_t below = choose_find(c, item->kind, *p);
			if (below == STR_NONE || c->stays[below])
				continue;
			choose_keep(c, below, arena_printf(c->arena, "%s %s stands on it",
			            usage_kind_name(item->kind), item->name[0] ? item->name : item->id));
			c->stays[below] = true;
			stack[n++] = below;
		}
	}
}

static void choose_hold_images(struct chooser *c)
{
	for (size_t i = 0; i < c->u->n; i++) {
		const struct usage_item *item = &c->u->items[i];
		if (item->kind != USAGE_CONTAINER || c->going[i])
			continue;
		size_t image = choose_find(c, USAGE_IMAGE, item->image);
		if (image != STR_NONE)
			choose_keep(c, image, arena_printf(c->arena, "container %s (%s) has it",
			            item->name[0] ? item->name : item->id, item->state));
	}
}

static const char *choose_use(const struct usage_item *item)
{
	if (item->kind == USAGE_CONTAINER)
		return "it runs";
	return item->kind == USAGE_VOLUME ? "a container has it" : "it is in use";
}

static void choose_settle(struct chooser *c)
{
	for (size_t i = 0; i < c->u->n; i++) {
		const struct usage_item *item = &c->u->items[i];
		/* Of images it says that a container has them, which may go. */
		if (item->in_use && item->kind != USAGE_IMAGE)
			choose_keep(c, i, choose_use(item));
	}
	choose_hold_images(c);
	for (size_t i = 0; i < c->u->n; i++) {
		if (c->going[i] || c->stays[i])
			continue;
		c->stays[i] = true;
		choose_hold(c, i);
	}
}

/* ---- how much of the cache stays ---- */

static int choose_by_use(const void *a, const void *b, void *data)
{
	const struct usage *u = data;
	const struct usage_item *x = &u->items[*(const size_t *)a], *y = &u->items[*(const size_t *)b];
	if (x->used != y->used)
		return x->used > y->used ? -1 : 1;
	return *(const size_t *)a < *(const size_t *)b ? -1 : 1;
}

/* The record and what it stands on, as far as it would go, stay: bytes of that, and which ones
 * they are. */
static uint64_t choose_spare(struct chooser *c, size_t at, size_t *list, size_t *ret_n)
{
	uint64_t sum = 0;
	size_t n = 0;
	c->going[at] = false;
	list[n++] = at;
	for (size_t i = 0; i < n; i++) {
		const struct usage_item *item = &c->u->items[list[i]];
		sum += item->size - item->shared;
		for (const char *const *p = item->parents; *p; p++) {
			size_t below = choose_find(c, USAGE_CACHE, *p);
			if (below == STR_NONE || !c->going[below])
				continue;
			c->going[below] = false;
			list[n++] = below;
		}
	}
	*ret_n = n;
	return sum;
}

/* The last used stay, until there is no room for the next one. */
static void choose_room(struct chooser *c)
{
	const struct usage *u = c->u;
	size_t *order = arena_array(c->arena, u->n + 1, sizeof *order), n = 0;
	uint64_t room = c->wish->keep;
	for (size_t i = 0; i < u->n; i++) {
		const struct usage_item *item = &u->items[i];
		uint64_t own = item->size - item->shared;
		if (item->kind == USAGE_CACHE && c->going[i] && !c->named[i])
			order[n++] = i;
		else if (item->kind == USAGE_CACHE && !c->going[i])
			room -= own < room ? own : room;
	}
	qsort_r(order, n, sizeof *order, choose_by_use, (void *)u);
	size_t *spared = arena_array(c->arena, u->n + 1, sizeof *spared), nspared;
	for (size_t i = 0; i < n; i++) {
		if (!c->going[order[i]])
			continue;
		uint64_t cost = choose_spare(c, order[i], spared, &nspared);
		if (cost <= room) {
			room -= cost;
			continue;
		}
		for (size_t k = 0; k < nspared; k++)
			c->going[spared[k]] = true;
		break;
	}
}

/* ---- order ---- */

/* Of each kind what stands on others first. */
static void choose_order(struct chooser *c, enum usage_kind kind, size_t *order, size_t *n)
{
	const struct usage *u = c->u;
	owned_memory size_t *above = xcalloc(u->n + 1, sizeof *above);
	size_t next = *n;
	for (size_t i = 0; i < u->n; i++)
		for (const char *const *p = u->items[i].parents; c->going[i] && *p; p++) {
			size_t below = choose_find(c, u->items[i].kind, *p);
			if (below != STR_NONE)
				above[below]++;
		}
	for (size_t i = 0; i < u->n; i++)
		if (u->items[i].kind == kind && c->going[i] && !above[i])
			order[(*n)++] = i;
	for (; next < *n; next++)
		for (const char *const *p = u->items[order[next]].parents; *p; p++) {
			size_t below = choose_find(c, kind, *p);
			if (below != STR_NONE && c->going[below] && --above[below] == 0)
				order[(*n)++] = below;
		}
}

static void choose_finish_order(struct chooser *c, struct usage_choice *ret_choice)
{
	static const enum usage_kind kinds[] = {
		USAGE_CONTAINER, USAGE_IMAGE, USAGE_CACHE, USAGE_VOLUME,
	};
	size_t *order = arena_array(c->arena, c->u->n + 1, sizeof *order), n = 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		choose_order(c, kinds[i], order, &n);
	/* What stands on itself, by a hostile answer, is in nobody's order. */
	memset(c->going, 0, c->u->n);
	for (size_t i = 0; i < n; i++)
		c->going[order[i]] = true;
	*ret_choice = (struct usage_choice){ .goes = order, .n = n, .is_going = c->going,
	                                     .kept = c->kept, .nkept = c->nkept };
}

static void choose_begin(struct chooser *c)
{
	const struct usage *u = c->u;
	c->going = arena_array(c->arena, u->n + 1, sizeof *c->going);
	c->named = arena_array(c->arena, u->n + 1, sizeof *c->named);
	c->stays = arena_array(c->arena, u->n + 1, sizeof *c->stays);
	c->kept = arena_array(c->arena, u->n + 1, sizeof *c->kept);
	for (size_t i = 0; i < u->n; i++)
		map_set(&c->ids, choose_key(c->arena, u->items[i].kind, str_of(u->items[i].id)),
		        (void *)(uintptr_t)(i + 1));
}

/* Intermediate images go with the last that stands on them, as the engines have it. */
static bool choose_follows(const struct chooser *c, const struct usage_item *item, bool any)
{
	return any && item->kind == USAGE_IMAGE && !item->by_name &&
	       strcmp(item->state, "intermediate") == 0 && !choose_is_fresh(c, item);
}

bool usage_choose(struct arena *a, const struct usage *u, const struct usage_wish *wish,
                  struct usage_choice *ret_choice, struct error *err)
{
	struct chooser c = { .arena = a, .u = u, .wish = wish };
	bool ok = true, any = false;
	choose_begin(&c);
	for (size_t i = 0; ok && i < wish->nnames; i++)
		ok = choose_name(&c, wish->names[i], err);
	for (size_t i = 0; ok && i < u->n; i++) {
		c.going[i] = c.named[i] || choose_wanted(&c, &u->items[i]);
		any |= c.going[i] && u->items[i].kind == USAGE_IMAGE;
	}
	for (size_t i = 0; ok && i < u->n; i++)
		c.going[i] |= choose_follows(&c, &u->items[i], any);
	if (ok) {
		choose_settle(&c);
		if (wish->has_keep)
			choose_room(&c);
		choose_finish_order(&c, ret_choice);
	}
	map_finish(&c.ids);
	return ok;
}
