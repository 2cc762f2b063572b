#ifndef CORE_HISTORY_PACK_INSIDE_H
#define CORE_HISTORY_PACK_INSIDE_H

/* Private to pack*.c: what a build's file holds. */
#define PACK_HEAD "mortar.json"
enum { PACK_HEAD_MAX = 64 << 10 };

/* Of the build's folder; ended by NULL. */
extern const char *const pack_names[];

#endif
