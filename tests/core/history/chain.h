#ifndef TESTS_CORE_HISTORY_CHAIN_H
#define TESTS_CORE_HISTORY_CHAIN_H

#include "core/history/forecast_make.h"
#include "core/value/json.h"
#include "tests/core/os/scratch.h"

/* A build to be forecast: a Dockerfile, files, arguments; and builds that teach. */
struct chain_case {
	struct scratch *s;
	const char *engine, *dockerfile, *base_id;
	struct fingerprint_arg args[4];
	size_t nargs;
	bool no_cache;
	const struct pair *options;
	size_t noptions;
	const struct named_context *contexts;
	size_t ncontexts;
	struct context *context;
	struct recipe *recipe;
	struct stat_cache *digests;
	struct fingerprint_chain chain;
	struct forecast forecast;
	struct forecast_former formers[4];
	size_t nformers;
};

static inline int chain_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	return failed || setenv("XDG_STATE_HOME", s->dir, 1) || setenv("XDG_CACHE_HOME", s->dir, 1);
}

#define CHAIN_TEST(f) cmocka_unit_test_setup_teardown(f, chain_setup, scratch_teardown)

static inline void chain_finish(struct chain_case *c)
{
	recipe_free(c->recipe);
	context_free(c->context);
	stat_cache_free(c->digests);
	c->recipe = NULL;
	c->context = NULL;
	c->digests = NULL;
}
#define owned_case __attribute__((cleanup(chain_finish)))

static inline int chain_step(void *data, int instruction)
{
	(void)data;
	return instruction;
}

/* files: path, text, path, text …, NULL. */
static inline void chain_read(struct chain_case *c, const char *const *files)
{
	owned(problems) struct problems *problems = problems_new();
	chain_finish(c);
	c->context = context_new();
	for (size_t i = 0; files && files[i]; i += 2)
		context_add_bytes(c->context, files[i], 0644, str_of(files[i + 1]));
	assert_true(context_scan(c->context, &c->s->err));
	c->recipe = recipe_parse(source_new(c->s->arena, STR("Dockerfile"), NULL,
	                                    str_of(c->dockerfile)), STR(""), problems);
	assert_non_null(c->recipe);
	c->digests = stat_cache_open(c->s->dir);
}

/* Says it and keeps the verdicts in c->forecast. */
static inline void chain_forecast(struct chain_case *c, const char *const *files)
{
	chain_read(c, files);
	struct image_task *task = arena_alloc(c->s->arena, sizeof *task);
	task->context = c->context;
	task->options = c->options;
	task->noptions = c->noptions;
	task->contexts = c->contexts;
	task->ncontexts = c->ncontexts;
	task->level = (struct level_effect){ .name = "all", .no_cache = c->no_cache };
	struct fingerprint_base base = { STR("base"), str_of(c->base_id ? c->base_id : "sha256:1") };
	struct fingerprint_subject subject = {
		.image = task, .recipe = c->recipe, .model = cache_model_find(c->engine),
		.args = c->args, .nargs = c->nargs, .bases = &base, .nbases = 1, .step = chain_step,
		.digests = c->digests,
	};
	assert_true(fingerprint_chain_make(c->s->arena, &subject, &c->chain, &c->s->err));
	owned(forecast_store) struct forecast_store *store =
		forecast_store_open(str_of(c->engine), STR("test"));
	struct forecast_subject ask = {
		.chain = &c->chain, .level = &task->level, .store = store, .formers = c->formers,
		.nformers = c->nformers, .asked_bases = true,
	};
	forecast_make(c->s->arena, &ask, &c->forecast);
}

/* Forecasts and builds it: what was said to be a hit is served, all else runs and ends well,
 * up to the instruction `until` (-1: all). */
static inline void chain_build(struct chain_case *c, const char *const *files, int until)
{
	size_t n;
	chain_forecast(c, files);
	owned(forecast_store) struct forecast_store *store =
		forecast_store_open(str_of(c->engine), STR("test"));
	struct forecast_end *ends = arena_array(c->s->arena, c->chain.n + 1, sizeof *ends);
	for (size_t i = 0; i < c->chain.n; i++) {
		const struct forecast_step *f = forecast_find(&c->forecast, c->chain.links[i].step.step);
		ends[i].ended_well = until < 0 || c->chain.links[i].step.step < until;
		ends[i].cached = f && f->verdict == VERDICT_HIT;
	}
	struct forecast_known *known = forecast_learn(c->s->arena, &c->chain, store, ends, &n);
	assert_true(forecast_store_append(store, known, n, &c->s->err));
	for (size_t i = c->nformers < 3 ? c->nformers : 3; i > 0; i--)
		c->formers[i] = c->formers[i - 1];
	c->nformers += c->nformers < 4;
	c->formers[0] = (struct forecast_former){
		.id = str_of(arena_printf(c->s->arena, "build-%zu", c->nformers)),
	};
	/* As it would come back from the disk. */
	owned_buf struct buf text = { 0 };
	struct fingerprints prints = fingerprint_chain_write(c->s->arena, &c->chain, STR("test"));
	fingerprints_write(&text, &prints);
	assert_true(fingerprints_parse(c->s->arena, arena_str(c->s->arena, buf_str(&text)),
	                               &c->formers[0].prints, &c->s->err));
}

/* A letter a step that makes a layer: h, m, ?. */
static inline const char *chain_said(const struct chain_case *c)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < c->forecast.nsteps; i++)
		buf_append_char(&out, "hm?"[c->forecast.steps[i].verdict]);
	return arena_text(c->s->arena, buf_str(&out));
}

static inline const struct forecast_step *chain_at(const struct chain_case *c, int instruction)
{
	const struct forecast_step *f = forecast_find(&c->forecast, instruction);
	assert_non_null(f);
	return f;
}

static inline void chain_assert(const struct chain_case *c, int instruction, enum miss why,
                                const char *sentence)
{
	const struct forecast_step *f = chain_at(c, instruction);
	owned_buf struct buf said = { 0 };
	buf_append(&said, f->sentence);
	assert_int_equal(f->verdict, VERDICT_MISS);
	assert_string_equal(forecast_miss_name(f->why), forecast_miss_name(why));
	assert_string_equal(buf_text(&said), sentence);
}

#endif
