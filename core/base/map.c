#include "core/base/map.h"

#include <stdint.h>

#include "core/base/check.h"

enum { MAP_FIRST = 8 };

/* FNV-1a, 64 bits, with a final mix. */
size_t map_hash(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

void map_finish(struct map *m)
{
	free(m->items);
	free(m->slots);
	*m = (struct map){ 0 };
}

static size_t map_slot(const struct map *m, struct str key)
{
	size_t at = map_hash(key) & (m->nslots - 1);
	while (m->slots[at] && !str_eq(m->items[m->slots[at] - 1].key, key))
		at = (at + 1) & (m->nslots - 1);
	return at;
}

size_t map_index(const struct map *m, struct str key)
{
	if (m->n == 0)
		return STR_NONE;
	unsigned found = m->slots[map_slot(m, key)];
	return found ? found - 1 : STR_NONE;
}

void *map_get(const struct map *m, struct str key)
{
	size_t i = map_index(m, key);
	return i == STR_NONE ? NULL : m->items[i].value;
}

bool map_has(const struct map *m, struct str key)
{
	return map_index(m, key) != STR_NONE;
}

static void map_grow(struct map *m)
{
	m->nslots = m->nslots ? m->nslots * 2 : MAP_FIRST * 2;
	free(m->slots);
	m->slots = xcalloc(m->nslots, sizeof *m->slots);
	for (size_t i = 0; i < m->n; i++)
		m->slots[map_slot(m, m->items[i].key)] = (unsigned)i + 1;
}

void *map_set(struct map *m, struct str key, void *value)
{
	size_t i = map_index(m, key);
	if (i != STR_NONE) {
		void *old = m->items[i].value;
		m->items[i].value = value;
		return old;
	}
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : MAP_FIRST;
		m->items = xrealloc(m->items, m->cap, sizeof *m->items);
	}
	if ((m->n + 1) * 2 > m->nslots)
		map_grow(m);
	m->slots[map_slot(m, key)] = (unsigned)m->n + 1;
	m->items[m->n++] = (struct map_item){ key, value };
	return NULL;
}
