#ifndef CORE_VALUE_MEMBERS_H
#define CORE_VALUE_MEMBERS_H

#include "core/value/node.h"

/* Private to core/value: members by key.  Few are searched one by one, many by
 * a hash table in the object's arena; its seed differs from run to run, so that
 * no file can be made whose keys all collide. */
enum { MEMBERS_INDEXED = 16 };

/* NULL when absent. */
struct value *members_find(const struct value *object, struct str key);
/* After a member was linked, or took the place of one of equal key. */
void members_note(struct value *object, struct value *member);

#endif
