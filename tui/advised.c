#include "tui/advised.h"

#include "core/base/map.h"
#include "core/base/utf8.h"

void advised_init(struct advised *a, const struct project *project, void (*changed)(void *data),
                  void *data)
{
	*a = (struct advised){ .project = project, .changed = changed, .data = data };
}

static void advised_clear(struct advised *a)
{
	advice_asking_free(a->asking);
	arena_free(a->arena);
	a->asking = NULL;
	a->arena = NULL;
	a->items = NULL;
	a->n = 0;
}

void advised_finish(struct advised *a)
{
	if (a->timer)
		loop_untimer(a->loop, a->timer);
	a->timer = 0;
	advised_clear(a);
}

static const struct recipe *advised_recipe(const struct advised *a)
{
	const struct image_task *image = a->project->plan ? plan_image(a->project->plan) : NULL;
	return image ? image->recipe : NULL;
}

/* The file's lines are those of the text that was asked about: another one asks anew. */
static void advised_told(void *data, const struct advice *advice, size_t n,
                         const struct error *why)
{
	struct advised *a = data;
	const struct recipe *r = advised_recipe(a);
	(void)why;
	if (!advice || !r || map_hash(r->text) != a->text)
		return;
	a->items = arena_array(a->arena, n + 1, sizeof *a->items);
	for (size_t i = 0; i < n; i++) {
		owned_buf struct buf text = { 0 };
		if (advice[i].instruction < 0 || (size_t)advice[i].instruction >= r->ninstructions)
			continue;
		utf8_append_visible(&text, advice[i].text);
		a->items[a->n++] = (struct dockerfile_advice){
			.line = r->instructions[advice[i].instruction].first_line,
			.text = arena_str(a->arena, buf_str(&text)),
		};
	}
	a->changed(a->data);
}

static void advised_now(struct loop *loop, void *data)
{
	struct advised *a = data;
	const struct recipe *r = advised_recipe(a);
	struct error ignored;
	a->timer = 0;
	if (!r)
		return;
	advised_clear(a);
	a->arena = arena_new();
	a->text = map_hash(r->text);
	owned(arena) struct arena *brief = arena_new();
	struct request request = project_request(a->project, brief, "advice");
	/* Without it the Dockerfile is still right, so a failure says nothing. */
	a->asking = advice_ask(loop, a->arena, &request, advised_told, a, &ignored);
}

void advised_ask(struct advised *a, struct loop *loop, bool again)
{
	const struct recipe *r = advised_recipe(a);
	bool is_same = r && map_hash(r->text) == a->text;
	a->loop = loop;
	if (!is_same)
		a->n = 0;
	if (a->timer || !r || (is_same && !again))
		return;
	a->timer = loop_timer(loop, ADVISED_MS, advised_now, a);
}
