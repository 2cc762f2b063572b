#include "core/value/compare_same.h"

#include "core/base/check.h"
#include "core/base/map.h"

struct same_slot {
	const struct value *value;
	uint64_t hash;
};

struct same {
	struct same_slot *slots;        /* hashes of containers, by address */
	size_t n, nslots;
};

struct same *same_new(void)
{
	return xcalloc(1, sizeof(struct same));
}

void same_free(struct same *s)
{
	free(s->slots);
	free(s);
}

static uint64_t same_mix(uint64_t h)
{
	h = (h ^ h >> 31) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

/* ---- hashes ---- */

static struct same_slot *same_find(const struct same *s, const struct value *v)
{
	size_t at = same_mix((uintptr_t)v) & (s->nslots - 1);
	while (s->slots[at].value && s->slots[at].value != v)
		at = (at + 1) & (s->nslots - 1);
	return &s->slots[at];
}

static void same_remember(struct same *s, const struct value *v, uint64_t hash)
{
	if (2 * s->n >= s->nslots) {
		struct same old = *s;
		s->nslots = old.nslots ? 2 * old.nslots : 64;
		s->slots = xcalloc(s->nslots, sizeof *s->slots);
		for (size_t i = 0; i < old.nslots; i++)
			if (old.slots[i].value)
				*same_find(s, old.slots[i].value) = old.slots[i];
		free(old.slots);
	}
	*same_find(s, v) = (struct same_slot){ v, hash };
	s->n++;
}

uint64_t same_hash(struct same *s, const struct value *v)
{
	uint64_t hash = same_mix((uint64_t)value_type(v) + 1);
	if (!value_is_container(v))
		return same_mix(hash ^ map_hash(value_text(v)));
	const struct same_slot *known = s->nslots ? same_find(s, v) : NULL;
	if (known && known->value)
		return known->hash;
	/* Members in any order have the same sum. */
	for (const struct value *c = value_child(v); c; c = value_next(c)) {
		if (value_type(v) == VALUE_OBJECT)
			hash += same_mix(map_hash(value_key(c)) + 3 * same_hash(s, c));
		else
			hash = same_mix(hash + same_hash(s, c));
	}
	same_remember(s, v, hash);
	return hash;
}

/* ---- numbers ---- */

struct same_table {
	struct same *same;
	const struct value **values;    /* by hash; NULL: free */
	uint32_t *numbers;
	size_t nslots;
	uint32_t n;
};

static uint32_t same_number_of(struct same_table *t, const struct value *v)
{
	size_t at = same_hash(t->same, v) & (t->nslots - 1);
	while (t->values[at] && (same_hash(t->same, t->values[at]) != same_hash(t->same, v) ||
	                         !value_equal(t->values[at], v)))
		at = (at + 1) & (t->nslots - 1);
	if (!t->values[at]) {
		t->values[at] = v;
		t->numbers[at] = t->n++;
	}
	return t->numbers[at];
}

void same_number(struct same *s, struct arena *scratch, const struct value *const *a, size_t na,
                 uint32_t *ret_a, const struct value *const *b, size_t nb, uint32_t *ret_b)
{
	struct same_table t = { .same = s, .nslots = 16 };
	while (t.nslots < 2 * (na + nb))
		t.nslots *= 2;
	t.values = arena_array(scratch, t.nslots, sizeof *t.values);
	t.numbers = arena_array(scratch, t.nslots, sizeof *t.numbers);
	for (size_t i = 0; i < na; i++)
		ret_a[i] = same_number_of(&t, a[i]);
	for (size_t i = 0; i < nb; i++)
		ret_b[i] = same_number_of(&t, b[i]);
}

/* False: it begins with nothing that says what it is. */
static bool same_beginning(const struct value *v, struct buf *ret_name)
{
	const struct value *first = value_child(v);
	buf_clear(ret_name);
	if (!first || value_is_container(first))
		return false;
	buf_printf(ret_name, "%d %d %zu ", (int)value_type(v), (int)value_type(first),
	           value_key(first).n);
	buf_append(ret_name, value_key(first));
	buf_append(ret_name, value_text(first));
	return true;
}

static void same_number_beginnings(struct arena *scratch, struct map *known, uint32_t *n,
                                   const struct value *const *values, size_t count, uint32_t *ret)
{
	owned_buf struct buf name = { 0 };
	for (size_t i = 0; i < count; i++) {
		ret[i] = *n;
		if (same_beginning(values[i], &name)) {
			void *number = map_get(known, buf_str(&name));
			if (number) {
				ret[i] = (uint32_t)(uintptr_t)number - 1;
				continue;
			}
			map_set(known, arena_str(scratch, buf_str(&name)), (void *)(uintptr_t)(*n + 1));
		}
		++*n;
	}
}

void same_number_by_beginning(struct arena *scratch, const struct value *const *a, size_t na,
                              uint32_t *ret_a, const struct value *const *b, size_t nb,
                              uint32_t *ret_b)
{
	owned_map struct map known = { 0 };
	uint32_t n = 0;
	same_number_beginnings(scratch, &known, &n, a, na, ret_a);
	same_number_beginnings(scratch, &known, &n, b, nb, ret_b);
}
