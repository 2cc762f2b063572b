#include "tests/fake/fake_engine.h"

#include <stdio.h>

#include "core/base/check.h"
#include "core/os/save.h"

static void fake_turn(struct loop *, void *);

static void fake_next(struct fake_engine *e)
{
	e->timer = loop_timer(e->base.loop, 0, fake_turn, e);
}

static struct str fake_text(struct buf *out, const char *text)
{
	for (const char *c = text; *c; c++) {
		bool newline = c[0] == '\\' && c[1] == 'n';
		buf_append_char(out, newline ? '\n' : *c);
		c += newline;
	}
	return buf_str(out);
}

static void fake_done(struct fake_engine *e, const struct work_result *result)
{
	e->timer = 0;
	e->sink.done(e->sink.data, result);
}

static bool fake_step(struct fake_engine *e, const char *verb, unsigned key, const char *rest)
{
	owned_buf struct buf name = { 0 };
	int instruction = 0, n = 0;
	double seconds = 0;
	struct step_report r = { .key = key, .started = true };
	if (sscanf(rest, "%d%n", &instruction, &n) != 1)
		return false;
	buf_printf(&name, "internal %u", key);
	r.instruction = instruction;
	r.name = buf_str(&name);
	r.ended = strcmp(verb, "start") != 0;
	r.cached = strcmp(verb, "cached") == 0;
	if (strcmp(verb, "fail") == 0)
		r.error = str_of(rest + n + 1);
	else if (sscanf(rest + n, "%lf", &seconds) == 1)
		r.seconds = seconds;
	e->sink.step(e->sink.data, &r);
	return true;
}

static void fake_stream(struct fake_engine *e, const char *verb, unsigned key, const char *rest)
{
	owned_buf struct buf text = { 0 };
	char id[64];
	int stream = 1, n = 0;
	unsigned long long current, total;
	if (strcmp(verb, "log") == 0 && sscanf(rest, "%d%n", &stream, &n) == 1)
		e->sink.log(e->sink.data, key, stream, fake_text(&text, rest + n + 1), 100);
	else if (sscanf(rest, "%63s %llu %llu", id, &current, &total) == 3)
		e->sink.progress(e->sink.data, key, str_of(id), current, total);
	else
		CHECK(!"a line of the script");
}

static void fake_transfer(struct fake_engine *e, const char *rest)
{
	struct transfer_file files[16];
	struct transfer_report t = { .files = files };
	struct str words = str_of(rest), word;
	unsigned long long number = 0;
	CHECK(str_next(&words, ' ', &t.dir) && str_next(&words, ' ', &word));
	CHECK(str_number(word, 100000, &number));
	t.nentries = (size_t)number;
	CHECK(str_next(&words, ' ', &word) && str_number(word, 1 << 30, &number));
	t.bytes = number;
	while (t.nfiles < 16 && str_next(&words, ' ', &word))
		files[t.nfiles++] = (struct transfer_file){ word, 1 };
	t.count = t.nfiles;
	e->sink.transferred(e->sink.data, &t);
}

static bool fake_loads(struct fake_engine *e, const char *line)
{
	struct step_report r = { .instruction = -1, .started = true,
	                         .name = STR("[internal] load build context") };
	if (strncmp(line, "transfer ", 9) == 0) {
		fake_transfer(e, line + 9);
		return true;
	}
	unsigned key;
	if (sscanf(line, "context %u", &key) != 1)
		return false;
	r.key = key;
	e->sink.step(e->sink.data, &r);
	return true;
}

static bool fake_ends(struct fake_engine *e, const char *line)
{
	struct work_result result = { 0 };
	if (strncmp(line, "ok ", 3) == 0) {
		result.ok = true;
		struct str words = str_of(line + 3);
		str_next(&words, ' ', &result.image_id);
		result.digest = e->pushed.n ? result.image_id : words;
	} else if (strncmp(line, "broken ", 7) == 0) {
		error_set(&result.error, ERROR_BUILD, "%s", line + 7);
	} else if (strncmp(line, "passing ", 8) == 0) {
		result.is_passing = true;
		error_set(&result.error, ERROR_BUILD, "%s", line + 8);
	} else if (strncmp(line, "later ", 6) == 0) {
		int n = 0;
		result.is_passing = true;
		CHECK(sscanf(line + 6, "%u %n", &result.retry_after, &n) == 1);
		error_set(&result.error, ERROR_BUILD, "%s", line + 6 + n);
	} else if (strncmp(line, "gone ", 5) == 0) {
		error_set(&result.error, ERROR_UNREACHABLE, "%s", line + 5);
	} else {
		return false;
	}
	fake_done(e, &result);
	return true;
}

/* What a run does: true. */
static bool fake_runs(struct fake_engine *e, const char *line)
{
	struct run_report report = { .phase = RUN_EXITED };
	char name[64], path[512];
	unsigned copy;
	int n = 0;
	if (sscanf(line, "exit %d", &report.exit_code) == 1) {
		e->sink.run(e->sink.data, &report);
		return true;
	}
	if (sscanf(line, "give %u %63s %n", &copy, name, &n) != 2)
		return false;
	owned(arena) struct arena *a = arena_new();
	struct error err;
	snprintf(path, sizeof path, "%s/%u", e->ran.dir, copy);
	CHECK(save_dir(path, 0700, &err));
	CHECK(save_file(arena_printf(a, "%s/%s", path, name), str_of(line + n), 0644, &err));
	return true;
}

static void fake_turn(struct loop *loop, void *data)
{
	(void)loop;
	struct fake_engine *e = data;
	const char *line = e->script[e->at++];
	char verb[16];
	unsigned key;
	int n = 0;
	CHECK(line);
	if (fake_ends(e, line) || strcmp(line, "wait") == 0)
		return;
	if (strncmp(line, "warn ", 5) == 0) {
		e->sink.warning(e->sink.data, str_of(line + 5));
	} else if (!fake_runs(e, line) && !fake_loads(e, line)) {
		CHECK(sscanf(line, "%15s %u %n", verb, &key, &n) == 2);
		bool is_step = strcmp(verb, "log") != 0 && strcmp(verb, "progress") != 0;
		if (!is_step || !fake_step(e, verb, key, line + n))
			fake_stream(e, verb, key, line + n);
	}
	fake_next(e);
}

static struct work *fake_image(struct engine *engine, const struct image_task *task,
                               const struct engine_sink *sink)
{
	struct fake_engine *e = (struct fake_engine *)engine;
	(void)task;
	e->sink = *sink;
	fake_next(e);
	e->work = (struct work){ .engine = engine, .sink = *sink };
	return &e->work;
}

static struct work *fake_push(struct engine *engine, const struct push_task *task,
                              const struct engine_sink *sink)
{
	struct fake_engine *e = (struct fake_engine *)engine;
	buf_printf(&e->pushed, "%s%s%s%s\n", task->name, task->image ? " of " : "",
	           task->image ? task->image : "", task->is_local ? " here" : "");
	e->sink = *sink;
	fake_next(e);
	e->work = (struct work){ .engine = engine, .sink = *sink };
	return &e->work;
}

static struct work *fake_run(struct engine *engine, const struct run_task *task,
                             const struct engine_sink *sink, struct error *err)
{
	struct fake_engine *e = (struct fake_engine *)engine;
	(void)err;
	e->ran = *task;
	buf_clear(&e->image);
	buf_append(&e->image, task->image);
	e->sink = *sink;
	fake_next(e);
	e->work = (struct work){ .engine = engine, .sink = *sink };
	return &e->work;
}

static void fake_untag(struct engine *engine, const char *name, engine_untagged_fn *done,
                       void *data)
{
	(void)engine, (void)name;
	done(data, NULL);
}

static void fake_cancelled(struct loop *loop, void *data)
{
	(void)loop;
	struct work_result result = { .cancelled = true };
	error_set(&result.error, ERROR_CANCELLED, "cancelled");
	fake_done(data, &result);
}

static void fake_cancel(struct work *work)
{
	struct fake_engine *e = (struct fake_engine *)work->engine;
	e->was_cancelled = true;
	if (e->on_cancel)
		e->on_cancel(e->data);
	loop_untimer(e->base.loop, e->timer);
	if (!e->deaf)
		e->timer = loop_timer(e->base.loop, 0, fake_cancelled, e);
}

static void fake_probe(struct engine *engine, engine_ready_fn *ready, void *data)
{
	static const struct engine_facts facts = { .name = "fake", .product = "fake", .version = "1" };
	(void)engine;
	ready(data, &facts, NULL);
}

static void fake_free(struct engine *engine)
{
	struct fake_engine *e = (struct fake_engine *)engine;
	loop_untimer(engine->loop, e->timer);
	buf_finish(&e->pushed);
	buf_finish(&e->image);
}

void fake_engine_init(struct fake_engine *e, struct loop *loop, const char *const *script)
{
	static const struct engine_ops ops = { .probe = fake_probe, .image = fake_image,
	                                       .push = fake_push, .run = fake_run,
	                                       .untag = fake_untag, .cancel = fake_cancel,
	                                       .free = fake_free };
	*e = (struct fake_engine){ .base = { &ops, loop }, .script = script };
}
