#include "core/value/members.h"

#include "core/value/json_scan.h"

#include <stdint.h>

struct members_slot {
	struct value *member;
	uint32_t hash;
};

struct members {
	uint32_t nslots, n;             /* nslots: a power of two, at most half used */
	struct value *guess;            /* the one behind the last found: objects that are
	                                 * compared have their keys in one order mostly */
	struct members_slot slots[];
};

static uint32_t members_hash(const struct node_wide *object, struct str key)
{
	uint64_t h = (uintptr_t)object->arena ^ key.n, word;
	for (; key.n >= sizeof word; key = str_slice(key, sizeof word, key.n)) {
		memcpy(&word, key.p, sizeof word);
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	word = 0;
	if (key.n)
		memcpy(&word, key.p, key.n);
	h = (h ^ word) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(h >> 32);
}

static struct members_slot *members_slot(struct members *m, struct str key, uint32_t hash)
{
	uint32_t at = hash & (m->nslots - 1);
	while (m->slots[at].member && (m->slots[at].hash != hash ||
	                               !str_eq(node_key(m->slots[at].member), key)))
		at = (at + 1) & (m->nslots - 1);
	return &m->slots[at];
}

static struct members *members_new(struct arena *a, uint32_t nslots)
{
	struct members *m = arena_alloc(a, sizeof *m + nslots * sizeof *m->slots);
	m->nslots = nslots;
	return m;
}

/* Returns the one of equal key that stood there. */
static struct value *members_insert(struct members *m, struct value *member, uint32_t hash)
{
	struct members_slot *slot = members_slot(m, node_key(member), hash);
	struct value *old = slot->member;
	m->n += !old;
	m->guess = NULL;
	*slot = (struct members_slot){ member, hash };
	return old;
}

/* Keys in a table differ, so an old slot goes to the first free one. */
static struct members *members_grow(struct arena *a, const struct members *old)
{
	struct members *m = members_new(a, old->nslots * 2);
	m->n = old->n;
	for (uint32_t i = 0; i < old->nslots; i++) {
		if (!old->slots[i].member)
			continue;
		uint32_t at = old->slots[i].hash & (m->nslots - 1);
		while (m->slots[at].member)
			at = (at + 1) & (m->nslots - 1);
		m->slots[at] = old->slots[i];
	}
	return m;
}

static void members_make(struct node_wide *object)
{
	uint32_t nslots = MEMBERS_INDEXED * 2;
	while (nslots / 2 <= object->value.text_n)
		nslots *= 2;
	struct members *m = members_new(object->arena, nslots);
	for (cJSON *j = object->value.json.child; j; j = j->next) {
		struct value *member = node_of(j);
		members_insert(m, member, members_hash(object, node_key(member)));
	}
	object->members = m;
}

/* One by one. */
static struct value *members_search(const struct value *object, struct str key)
{
	for (cJSON *j = object->json.child; j; j = j->next)
		if (json_is_same(node_key(node_of(j)), key))
			return node_of(j);
	return NULL;
}

struct value *members_find(const struct value *v, struct str key)
{
	struct node_wide *object = node_wide(v);
	node_first(v);
	if (v->text_n < MEMBERS_INDEXED)
		return members_search(v, key);
	if (!object->members)
		members_make(object);
	struct members *m = object->members;
	struct value *found = m->guess;
	if (!found || !json_is_same(node_key(found), key))
		found = members_slot(m, key, members_hash(object, key))->member;
	if (found)
		m->guess = found->json.next ? node_of(found->json.next) : NULL;
	return found;
}

struct value *members_put(struct value *v, struct value *member)
{
	struct node_wide *object = node_wide(v);
	struct str key = node_key(member);
	if (v->text_n < MEMBERS_INDEXED)
		return members_search(v, key);
	if (!object->members)
		members_make(object);
	if (object->members->n >= object->members->nslots / 2)
		object->members = members_grow(object->arena, object->members);
	return members_insert(object->members, member, members_hash(object, key));
}

void members_note_new(struct value *v, struct value *member)
{
	if (node_wide(v)->members)
		members_put(v, member);
}
