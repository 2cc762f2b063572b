#ifndef CORE_BASE_MAP_H
#define CORE_BASE_MAP_H

#include "core/base/arena.h"
#include "core/base/str.h"

/* Names to things.  Keys are borrowed: they must outlive the map.  Walks are in
 * the order in which keys were first set.  {0} is an empty map. */
struct map_item {
	struct str key;
	void *value;
};

struct map {
	struct map_item *items;         /* in order; readable, not writable */
	size_t n, cap;
	unsigned *slots;                /* index + 1 into items; 0: free */
	size_t nslots;
};

void map_finish(struct map *);
#define owned_map __attribute__((cleanup(map_finish)))
/* NULL when absent. */
void *map_get(const struct map *, struct str key);
bool map_has(const struct map *, struct str key);
/* Sets or replaces; returns the value that stood there, or NULL. */
void *map_set(struct map *, struct str key, void *value);
/* Where the key stands in items, or STR_NONE. */
size_t map_index(const struct map *, struct str key);

/* A good spread of the bytes, the same in every run. */
size_t map_hash(struct str);

#endif
