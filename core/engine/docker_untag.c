#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/docker_call.h"
#include "core/engine/sentence.h"

enum { UNTAG_MS = 60000 };

struct docker_untag {
	struct docker *docker;
	struct docker_call call;
	engine_untagged_fn *done;
	void *data;
};

void docker_untag_drop(struct docker_untag *u)
{
	if (!u)
		return;
	u->docker->untag = NULL;
	docker_call_finish(&u->call);
	free(u);
}

static void untag_told(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_untag *u = data;
	engine_untagged_fn *done = u->done;
	void *to = u->data;
	struct error why = { 0 };
	/* 404: somebody was faster. */
	if (err)
		why = *err;
	else if (status >= 400 && status != 404)
		sentence_of_refusal(status, answer, &why);
	docker_untag_drop(u);
	done(to, why.code ? &why : NULL);
}

void docker_untag(struct engine *e, const char *name, engine_untagged_fn *done, void *data)
{
	struct docker *d = (struct docker *)e;
	struct docker_untag *u = xcalloc(1, sizeof *u);
	owned_buf struct buf path = { 0 };
	CHECK(!d->untag);
	*u = (struct docker_untag){ .docker = d, .done = done, .data = data };
	d->untag = u;
	buf_append(&path, STR("/images/"));
	http_append_escaped(&path, str_of(name));
	/* What it was made from is the cache of others. */
	buf_append(&path, STR("?noprune=1"));
	docker_call(d, &u->call, "DELETE", buf_text(&path), UNTAG_MS, untag_told, u);
}
