#include "core/value/members.h"

#include <stdint.h>

struct members_slot {
	struct value *member;
	uint32_t hash;
};

struct members {
	uint32_t nslots, n;             /* nslots: a power of two, at most half used */
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

static void members_insert(struct members *m, struct value *member, uint32_t hash)
{
	struct members_slot *slot = members_slot(m, node_key(member), hash);
	m->n += !slot->member;
	*slot = (struct members_slot){ member, hash };
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

struct value *members_find(const struct value *v, struct str key)
{
	struct node_wide *object = node_wide(v);
	cJSON *first = node_first(v);
	if (v->text_n < MEMBERS_INDEXED) {
		for (cJSON *j = first; j; j = j->next)
			if (str_eq(node_key(node_of(j)), key))
				return node_of(j);
		return NULL;
	}
	if (!object->members)
		members_make(object);
	return members_slot(object->members, key, members_hash(object, key))->member;
}

void members_note(struct value *v, struct value *member)
{
	struct node_wide *object = node_wide(v);
	if (!object->members)
		return;
	if ((object->members->n + 1) * 2 > object->members->nslots)
		object->members = members_grow(object->arena, object->members);
	members_insert(object->members, member, members_hash(object, node_key(member)));
}
