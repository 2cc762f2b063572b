#ifndef CORE_VALUE_MEMBERS_H
#define CORE_VALUE_MEMBERS_H

#include "core/value/node.h"

/* Private to core/value: members by key.  Few are searched one by one, many by
 * a hash table in the object's arena; its seed differs from run to run, so that
 * no file can be made whose keys all collide. */
enum { MEMBERS_INDEXED = 16 };

/* NULL when absent. */
struct value *members_find(const struct value *object, struct str key);
/* Before the member is linked, or takes the place of the one of equal key, which is
 * returned; NULL when there is none. */
struct value *members_put(struct value *object, struct value *member);
/* The same when there is known to be none. */
void members_note_new(struct value *object, struct value *member);

#endif
