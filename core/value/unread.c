/* Containers whose children are made when somebody asks for them. */
#include "core/base/check.h"
#include "core/value/json_read.h"
#include "core/value/members.h"
#include "core/value/node.h"

/* What an object is to be made of. */
struct unread {
	value_make_fn *make;
	const struct value *lower, *upper;
	unsigned depth;                 /* of such objects, one made of the other */
};

enum { UNREAD_DEPTH_MAX = 64 };         /* opening one opens those below it */

static struct value *unread_owner(const struct value *v)
{
	return node_of(v->json.child);
}

static const struct unread *unread_of(const struct value *v)
{
	return node_is_unread(v) ? node_wide(unread_owner(v))->unread : NULL;
}

static unsigned unread_depth(const struct value *v)
{
	return unread_of(v) ? unread_of(v)->depth : 0;
}

/* Filling it changes nothing that a caller can see, as with an index. */
static void unread_fill(struct node_wide *wide)
{
	struct value *v = &wide->value;
	const struct unread *unread = wide->unread;
	v->json.type &= ~(NODE_UNREAD | NODE_PLAIN);
	v->json.child = NULL;
	v->text_n = 0;
	wide->members = NULL;
	if (unread)
		unread->make(wide->arena, v, unread->lower, unread->upper);
	else
		json_read_unread(v);
	CHECK(v->json.child);
}

void node_open(const struct value *v)
{
	struct node_wide *wide = node_wide(v), *owner = node_wide(unread_owner(v));
	if (node_is_unread(&owner->value))
		unread_fill(owner);
	if (owner == wide)
		return;
	wide->value.json.type &= ~(NODE_UNREAD | NODE_PLAIN);
	wide->value.json.child = owner->value.json.child;
	wide->value.text_n = owner->value.text_n;
	if (wide->arena == owner->arena)
		wide->members = owner->members;
}

bool value_is_unread(const struct value *v)
{
	return node_is_unread(v) && node_is_unread(unread_owner(v));
}

bool node_is_plain(const struct value *v)
{
	return (v->json.type & NODE_PLAIN) && value_is_unread(v);
}

static const struct unread *unread_lend(struct arena *a, const struct unread *unread)
{
	struct unread *copy = arena_alloc(a, sizeof *copy);
	*copy = *unread;
	copy->lower = value_lend(a, unread->lower);
	copy->upper = value_lend(a, unread->upper);
	return copy;
}

const struct value *value_lend(struct arena *a, const struct value *v)
{
	if (!value_is_unread(v))
		return v;
	const struct unread *unread = unread_of(v);
	struct node_wide *copy = node_wide(value_over(a, v, value_under(v)));
	copy->value.json.type &= ~NODE_BORROWS;
	copy->value.json.child = &copy->value.json;
	copy->unread = unread ? unread_lend(a, unread) : NULL;
	return &copy->value;
}

struct value *value_new_unread(struct arena *a, const struct value *place,
                               const struct value *under, value_make_fn *make,
                               const struct value *lower, const struct value *upper)
{
	struct value *v = value_new_merged(a, place, under);
	unsigned below = unread_depth(lower), beside = unread_depth(upper);
	struct unread *unread = arena_alloc(a, sizeof *unread);
	*unread = (struct unread){ make, lower, upper, 1 + (below > beside ? below : beside) };
	node_wide(v)->unread = unread;
	v->json.child = &v->json;
	v->json.type |= NODE_UNREAD;
	if (unread->depth > UNREAD_DEPTH_MAX)
		node_open(v);
	return v;
}
