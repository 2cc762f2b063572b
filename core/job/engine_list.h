#ifndef CORE_JOB_ENGINE_LIST_H
#define CORE_JOB_ENGINE_LIST_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/os/loop.h"
#include "core/project/preferences.h"
#include "core/value/value.h"

/* The engines there are, all asked at once, each by a worker of its own: what it is, what
 * it tells of its disk, how many builds of ours run there. */
enum engine_answer {
	ENGINE_ASKED,                   /* awaited */
	ENGINE_ANSWERS,
	ENGINE_SILENT,                  /* err says why */
};

struct engine_row {
	const char *name;               /* as --engine takes it: "auto", "podman", a configured one */
	bool is_configured;             /* of config.toml */
	const struct preferences_pool *pool;    /* it is one: answers while one of its engines does;
	                                 * NULL: an engine */
	enum engine_answer answer;
	struct error err;
	/* Of one that answers; "" where it does not tell. */
	const char *builder, *product, *version, *address, *host;
	bool has_space, has_used;
	uint64_t free, total, used;     /* bytes: of its disk; of images and build cache */
	size_t builds;                  /* of this user, running there now */
};

struct engine_list_request {
	const struct pair *named;       /* of config.toml; lent until the list is freed */
	size_t nnamed;
	const struct preferences_pool *pools;   /* the same */
	size_t npools;
	int64_t limit_ms;               /* who has not answered by then is silent */
};

struct engine_list;
/* A row has changed; once more when nothing is awaited. */
typedef void engine_list_fn(void *data);
/* Blocks for the starts of the workers alone. */
struct engine_list *engine_list_ask(struct loop *, const struct engine_list_request *,
                                    engine_list_fn *changed, void *data);
void engine_list_free(struct engine_list *);
OWN_DEFINE(engine_list)
/* In a fixed order: auto, the built-in ones, those of config.toml, its pools. */
const struct engine_row *engine_list_rows(const struct engine_list *, size_t *ret_n);
/* Something may still change: an engine is awaited, or what it tells of its disk. */
bool engine_list_is_waiting(const struct engine_list *);
/* The rows as an array of objects (docs/formats.md). */
struct value *engine_list_value(struct arena *, const struct engine_list *);

#endif
