#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/announced.h"
#include "core/engine/sentence.h"
#include "core/engine/watched_inside.h"
#include "core/os/clock.h"

/* The step of all that nobody understands; sections count from 1. */
enum { STEPS_OWN_KEY = 0, STEPS_TEXT = 90 };

static void steps_tell(const struct watched *w, const struct step_report *s)
{
	if (w->sink->step)
		w->sink->step(w->sink->data, s);
}

static bool steps_is_buildkit(const struct watched *w)
{
	return w->section_form == WATCHED_PLAIN || w->section_form == WATCHED_RAWJSON;
}

static struct str steps_copy(struct watched *w, struct buf *b)
{
	return arena_str(w->arena, buf_str(b));
}

/* ---- lines of the client's own ---- */

/* " 2 warnings found (use docker --debug to expand):" */
static bool watched_begins_warnings(struct str text)
{
	unsigned long long n;
	size_t blank = str_find(text, ' ');
	struct str rest = blank == STR_NONE ? (struct str){ 0 } : str_slice(text, blank + 1, text.n);
	return blank != STR_NONE && str_number(str_slice(text, 0, blank), 100000, &n) &&
	       (str_has_prefix(rest, STR("warning found")) ||
	        str_has_prefix(rest, STR("warnings found")));
}

static void watched_look(struct watched *w, struct str line)
{
	struct str text = str_trim(line);
	bool listed = w->in_warnings && str_has_prefix(text, STR("- "));
	if (listed && w->sink->warning)
		w->sink->warning(w->sink->data, str_slice(text, 2, text.n));
	w->in_warnings = listed || watched_begins_warnings(text);
	/* docker-compose says no more than that there was a failure. */
	if (w->in_warnings || !sentence_is_failure(text) ||
	    (w->said.n && str_has_prefix(text, STR("ERROR: Service '"))))
		return;
	buf_clear(&w->said);
	buf_append(&w->said, text);
}

void watched_own(struct watched *w, struct str line)
{
	if (!w->own_told) {
		struct step_report s = { .key = STEPS_OWN_KEY, .instruction = -1,
		                         .name = STR("output"), .started = true, .ended = true };
		w->own_told = true;
		steps_tell(w, &s);
	}
	if (w->sink->log)
		w->sink->log(w->sink->data, STEPS_OWN_KEY, 1, line, clock_now());
	watched_look(w, line);
}

/* ---- what images are called ---- */

void watched_name_image(struct watched *w, struct str reference)
{
	struct str name = sentence_image(str_trim(reference));
	for (size_t i = 0; i < w->nimages; i++)
		if (str_eq(w->images[i], name))
			return;
	if (name.n && w->nimages < WATCHED_IMAGES)
		w->images[w->nimages++] = arena_str(w->arena, name);
}

static void steps_exported(struct watched *w, struct str id)
{
	static const char *const heads[] = { "writing image ", "exporting config " };
	if (str_has_prefix(id, STR("naming to ")))
		watched_name_image(w, str_slice(id, 10, id.n));
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (str_has_prefix(id, str_of(heads[i])))
			w->image_id = arena_str(w->arena, str_slice(id, strlen(heads[i]), id.n));
}

/* ---- steps ---- */

/* Of the classic builder's and buildah's steps, which do not name their stage. */
static void steps_enter_stage(struct watched *w, struct str text, struct str number)
{
	owned_buf struct buf name = { 0 };
	unsigned long long n = w->nfroms + 1;
	str_number(number, 1000000, &n);
	buf_append(&name, announced_from_name(text));
	if (!name.n && (number.n || w->nfroms))
		buf_printf(&name, "stage-%llu", n ? n - 1 : 0);
	w->stage = steps_copy(w, &name);
	w->nfroms++;
}

static struct str steps_stage(struct watched *w, struct str stage)
{
	owned_buf struct buf name = { 0 };
	buf_append(&name, w->service);
	if (name.n && stage.n)
		buf_append_char(&name, ' ');
	buf_append(&name, stage);
	return steps_copy(w, &name);
}

static struct watched_step *steps_add(struct watched *w, const struct step_report *s)
{
	struct watched_step *step = arena_alloc(w->arena, sizeof *step);
	struct announced a = announced_parse(s->name);
	owned_buf struct buf text = { 0 };
	*step = (struct watched_step){ .key = w->section << 32 | s->key, .ordinal = a.ordinal,
	                             .total = a.total };
	step->is_step = !steps_is_buildkit(w) || a.total;
	step->is_from = step->is_step && announced_is_from(a.text);
	step->is_export = str_find_str(s->name, STR("exporting to ")) != STR_NONE;
	if (step->is_from && !steps_is_buildkit(w))
		steps_enter_stage(w, a.text, s->stage);
	announced_append_text(&text, a.text);
	step->text = steps_copy(w, &text);
	step->stage = steps_stage(w, steps_is_buildkit(w) ? a.stage : w->stage);
	map_set(&w->steps, arena_str(w->arena, (struct str){ (const char *)&s->key, sizeof s->key }),
	        step);
	return step;
}

static struct watched_step *steps_find(const struct watched *w, uint64_t key)
{
	return map_get(&w->steps, (struct str){ (const char *)&key, sizeof key });
}

static struct watched_stage *steps_stage_of(struct watched *w, const struct watched_step *step)
{
	struct watched_stage *stage = map_get(&w->stages, step->stage);
	if (!stage) {
		stage = arena_alloc(w->arena, sizeof *stage);
		*stage = (struct watched_stage){ 0 };
		map_set(&w->stages, step->stage, stage);
	}
	return stage;
}

static void steps_note(struct watched *w, struct watched_step *step, const struct step_report *s)
{
	bool cancelled = str_has_suffix(s->error, STR("context canceled"));
	bool open = s->started && !s->ended, was_open = step->started && !step->ended;
	w->nopen += open;
	w->nopen -= was_open;
	step->started = step->started || s->started;
	step->ended = s->ended;
	w->cancelled = w->cancelled || (s->ended && cancelled);
	if (s->ended && s->error.n && !cancelled && !w->failed_error.n) {
		w->failed_error = arena_str(w->arena, s->error);
		w->failed_text = step->text;
	}
	if (step->total && s->started)
		steps_stage_of(w, step)->done |= step->ordinal == step->total && s->ended &&
		                                 !s->error.n;
	w->exported = w->exported || (step->is_export && s->ended && !s->error.n);
	buf_clear(&w->said);
}

static void steps_step(void *data, const struct step_report *told)
{
	struct watched *w = data;
	struct watched_step *step = steps_find(w, told->key);
	struct step_report s = *told;
	/* What a decoder says of itself: the log of "output". */
	if (!told->key)
		return;
	step = step ? step : steps_add(w, told);
	steps_note(w, step, told);
	s.key = step->key;
	s.name = step->text;
	s.stage = step->stage;
	s.is_step = step->is_step;
	s.is_meta = step->is_step && announced_is_meta(step->text);
	/* A base image that is here already costs nothing, whatever is said of it. */
	if (step->is_from && s.ended && !s.error.n && w->section_form != WATCHED_BUILDAH)
		s.cached = !step->fetched;
	steps_tell(w, &s);
}

static void steps_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct watched *w = data;
	struct watched_step *step = steps_find(w, key);
	double now = clock_now();
	if (!step) {
		watched_own(w, bytes);
		return;
	}
	step->fetched = step->fetched || !steps_is_buildkit(w);
	/* A recording is read faster than it ran. */
	if (w->sink->log)
		w->sink->log(w->sink->data, step->key, stream, bytes, t < now ? t : now);
}

static void steps_progress(void *data, uint64_t key, struct str id, uint64_t current,
                           uint64_t total)
{
	struct watched *w = data;
	struct watched_step *step = steps_find(w, key);
	if (!step)
		return;
	step->fetched = step->fetched || !steps_is_buildkit(w) ||
	                str_has_prefix(id, STR("sha256:")) ||
	                str_has_prefix(id, STR("extracting ")) || str_has_prefix(id, STR("pulling "));
	if (step->is_export)
		steps_exported(w, id);
	if (w->sink->progress)
		w->sink->progress(w->sink->data, step->key, id, current, total);
}

static void steps_warning(void *data, struct str text)
{
	struct watched *w = data;
	if (w->sink->warning)
		w->sink->warning(w->sink->data, text);
}

struct engine_sink watched_steps_sink(struct watched *w)
{
	return (struct engine_sink){ .step = steps_step, .log = steps_log,
	                             .progress = steps_progress, .warning = steps_warning,
	                             .data = w };
}

/* ---- how it ended ---- */

bool watched_is_complete(const struct watched *w)
{
	if (!w->steps.n || w->nopen || w->failed_error.n)
		return false;
	for (size_t i = 0; i < w->stages.n && !w->exported; i++)
		if (!((const struct watched_stage *)w->stages.items[i].value)->done)
			return false;
	return w->exported || w->stages.n;
}

static void steps_fail(struct watched *w, const struct error *err, bool cancelled, bool lost)
{
	if (w->failed)
		return;
	w->failed = true;
	w->result.error = *err;
	w->result.cancelled = cancelled;
	w->result.lost = lost;
}

/* The sentence of a failure of which these are the engine's words. */
static void steps_fail_with(struct watched *w, struct str message, bool cancelled)
{
	struct error err;
	struct decoder_result r = { .failed = -1, .exit_code = sentence_exit_code(message),
	                            .cancelled = cancelled };
	struct str text = str_slice(w->failed_text, 0, STEPS_TEXT);
	buf_append(&r.error, message);
	/* As BuildKit calls the looking for a base image. */
	if (announced_is_from(w->failed_text))
		buf_append(&r.failed_name, STR("docker-image://"));
	buf_append(&r.failed_name, announced_is_from(w->failed_text) ?
	           announced_from_base(w->failed_text) : w->failed_text);
	if (!cancelled && r.exit_code >= 0 && text.n)
		error_set(&err, ERROR_BUILD, "failed with exit code %d: %.*s%s", r.exit_code,
		          STR_ARG(text), text.n < w->failed_text.n ? "…" : "");
	else
		sentence_of_build(NULL, &r, &err);
	steps_fail(w, &err, cancelled, false);
	buf_finish(&r.error);
	buf_finish(&r.failed_name);
}

static void steps_lose(struct watched *w)
{
	struct error err;
	if (!w->decoder && !w->own_told)
		error_set(&err, ERROR_BUILD, "there was no output: progress is mostly printed on the "
		          "standard error, which 2>&1 before the | brings here too");
	else if (!w->decoder)
		error_set(&err, ERROR_BUILD, "nothing of it was recognised as the output of a build: "
		          "what docker build with --progress=plain or rawjson, the classic builder, "
		          "docker-compose, buildah and podman print is known");
	else
		error_set(&err, ERROR_BUILD, "the output ended before the build did: whoever ran it was "
		          "stopped");
	steps_fail(w, &err, false, true);
}

static void steps_judge(struct watched *w, bool complete)
{
	const struct decoder_result *r = w->decoder ? &w->decoder->result : NULL;
	struct error err;
	if (w->drawn) {
		error_set(&err, ERROR_USAGE, "this is what --progress=tty draws on a terminal: run the "
		          "build with --progress=plain or --progress=rawjson");
		steps_fail(w, &err, false, false);
	} else if (w->failed_error.n && !str_eq(w->failed_error, STR("interrupted"))) {
		steps_fail_with(w, w->failed_error, false);
	} else if (r && !steps_is_buildkit(w) && r->error.n) {
		steps_fail_with(w, buf_str(&r->error), r->cancelled);
	} else if (w->cancelled || str_has_suffix(buf_str(&w->said), STR("context canceled"))) {
		steps_fail_with(w, STR("context canceled"), true);
	} else if (w->said.n && !(r && r->ended)) {
		steps_fail_with(w, buf_str(&w->said), false);
	} else if (!complete && !(r && !steps_is_buildkit(w) && r->ended)) {
		steps_lose(w);
	}
}

void watched_close(struct watched *w)
{
	bool complete = watched_is_complete(w) && steps_is_buildkit(w);
	struct error ignored;
	if (w->decoder) {
		decoder_end(w->decoder, &ignored);
		struct str id = buf_str(&w->decoder->result.image_id);
		if (id.n)
			w->image_id = arena_str(w->arena, id);
	}
	if (w->decoder || !w->nsections)
		steps_judge(w, complete);
	w->nsections++;
	decoder_free(w->decoder);
	w->decoder = NULL;
	map_finish(&w->steps);
	map_finish(&w->stages);
	buf_clear(&w->said);
	w->failed_text = w->failed_error = w->stage = w->service = (struct str){ 0 };
	w->nopen = w->nfroms = 0;
	w->exported = w->cancelled = false;
	w->section_form = WATCHED_AUTO;
}
