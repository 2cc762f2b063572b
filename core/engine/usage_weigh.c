/* How much is free when things go.  Images are chains of layers, of which an engine tells the
 * size up to an image's last one, and up to the last that another image has too. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/usage.h"

static void weigh_know(struct usage *u, int layer, uint64_t sum)
{
	struct usage_layer *l = &u->layers[layer];
	/* podman counts an image's description as well. */
	if (l->exact && l->sum <= sum)
		return;
	l->sum = sum;
	l->exact = true;
}

/* The last layer of the image that another one goes through too; -1: there is none. */
static int weigh_fork(const struct usage *u, const size_t *through, int layer)
{
	while (layer >= 0 && through[layer] < 2)
		layer = u->layers[layer].below;
	return layer;
}

/* A layer nobody tells of is taken to be as large as the ones on it allow, so that what is
 * on it counts little; one that is larger than those on it is cut. */
static void weigh_guess(struct usage *u)
{
	owned_memory uint64_t *least = xcalloc(u->nlayers + 1, sizeof *least);
	for (size_t i = 0; i < u->nlayers; i++)
		least[i] = UINT64_MAX;
	for (size_t i = u->nlayers; i-- > 0;) {
		struct usage_layer *l = &u->layers[i];
		if (!l->exact || l->sum > least[i])
			l->sum = least[i] == UINT64_MAX ? 0 : least[i];
		if (l->below >= 0 && l->sum < least[l->below])
			least[l->below] = l->sum;
	}
	for (size_t i = 0; i < u->nlayers; i++) {
		struct usage_layer *l = &u->layers[i];
		if (l->below >= 0 && l->sum < u->layers[l->below].sum)
			l->sum = u->layers[l->below].sum;
	}
}

void usage_sum_layers(struct usage *u)
{
	owned_memory size_t *through = xcalloc(u->nlayers + 1, sizeof *through);
	for (size_t i = 0; i < u->n; i++) {
		const struct usage_item *item = &u->items[i];
		if (item->kind != USAGE_IMAGE || item->layer < 0 || !item->has_size)
			continue;
		weigh_know(u, item->layer, item->size);
		/* Intermediate images are none that dockerd counts as sharing. */
		for (int l = strcmp(item->state, "intermediate") ? item->layer : -1; l >= 0;
		     l = u->layers[l].below)
			through[l]++;
	}
	for (size_t i = 0; i < u->n; i++) {
		const struct usage_item *item = &u->items[i];
		int fork = item->kind == USAGE_IMAGE && item->has_shared && item->shared
			? weigh_fork(u, through, item->layer) : -1;
		if (fork >= 0 && !u->layers[fork].exact)
			weigh_know(u, fork, item->shared);
	}
	weigh_guess(u);
}

/* ---- images ---- */

/* Layers that something which stays needs. */
static bool *weigh_kept(const struct usage *u, const bool *is_going)
{
	bool *kept = xcalloc(u->nlayers + 1, sizeof *kept);
	for (size_t i = 0; i < u->n; i++)
		if (u->items[i].kind == USAGE_IMAGE && !is_going[i])
			for (int l = u->items[i].layer; l >= 0 && !kept[l]; l = u->layers[l].below)
				kept[l] = true;
	return kept;
}

static struct usage_sum weigh_layers(const struct usage *u, const bool *is_going)
{
	struct usage_sum sum = { 0 };
	owned_memory bool *kept = weigh_kept(u, is_going);
	owned_memory bool *going = xcalloc(u->nlayers + 1, sizeof *going);
	for (size_t i = 0; i < u->n; i++)
		if (u->items[i].kind == USAGE_IMAGE && is_going[i])
			for (int l = u->items[i].layer; l >= 0 && !going[l]; l = u->layers[l].below)
				going[l] = true;
	for (size_t i = 0; i < u->nlayers; i++) {
		const struct usage_layer *l = &u->layers[i];
		if (going[i] && !kept[i])
			sum.least += l->sum - (l->below >= 0 ? u->layers[l->below].sum : 0);
	}
	sum.most = sum.least;
	return sum;
}

/* Layers that a record of the build cache has too stay with it. */
static uint64_t weigh_held(const struct usage *u, const bool *is_going)
{
	uint64_t held = 0;
	for (size_t i = 0; i < u->n; i++)
		if (u->items[i].kind == USAGE_CACHE && u->items[i].shared && !is_going[i])
			held += u->items[i].shared;
	return held;
}

static struct usage_sum weigh_images(const struct usage *u, const bool *is_going)
{
	struct usage_sum sum = { 0 };
	if (u->nlayers) {
		sum = weigh_layers(u, is_going);
		uint64_t held = weigh_held(u, is_going);
		sum.least -= held < sum.least ? held : sum.least;
		return sum;
	}
	for (size_t i = 0; i < u->n; i++) {
		const struct usage_item *item = &u->items[i];
		if (item->kind != USAGE_IMAGE || !is_going[i])
			continue;
		sum.most += item->size;
		sum.least += item->has_shared ? item->size - item->shared : 0;
	}
	return sum;
}

/* ---- all ---- */

/* A record that images share gives back its bytes only with the last of them; what it shares
 * with images that go as well is counted there. */
static struct usage_sum weigh_rest(const struct usage *u, const bool *is_going,
                                   enum usage_kind kind)
{
	struct usage_sum sum = { 0 };
	for (size_t i = 0; i < u->n; i++) {
		const struct usage_item *item = &u->items[i];
		if (item->kind != kind || !is_going[i])
			continue;
		sum.least += item->size - item->shared;
		sum.most += item->size - item->shared;
	}
	return sum;
}

struct usage_sum usage_weigh(const struct usage *u, const bool *is_going, enum usage_kind kind)
{
	struct usage_sum all = { 0 };
	for (enum usage_kind k = 0; k < USAGE_KINDS; k++) {
		if (kind != USAGE_KINDS && kind != k)
			continue;
		struct usage_sum sum = k == USAGE_IMAGE ? weigh_images(u, is_going)
		                                        : weigh_rest(u, is_going, k);
		all.least += sum.least;
		all.most += sum.most;
	}
	return all;
}
