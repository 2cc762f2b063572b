/* What `--progress=plain` prints (buildkit util/progress/progressui, 0.8 to 0.29): lines of
 * a piece of work begin with its number, "#7 [one 2/4] RUN x" first, and all that a
 * command prints stands behind the number and a time, so it can imitate nothing:
 *
 *     #7 0.512 text                        output, seconds after its beginning
 *     #7 sha256:… 3.15MB / 8.00MB 0.3s     progress of a part
 *     #7 CACHED, #7 DONE 1.2s, #7 ERROR: …, #7 CANCELED, #7 WARN: …
 *     #7 ...                               another piece of work is printed next
 *
 * A number may come to stand for other work once the first has ended (bake's exports).
 * What has no number is the client's own word: key 0. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/decoder.h"
#include "core/engine/linewise.h"
#include "core/engine/sentence.h"
#include "core/os/clock.h"

enum { PLAIN_NUMBERS = 100000 };

struct plain_step {
	struct str name;
	double began;                   /* seconds since the epoch, by our clock */
	bool ended;
};

struct plain {
	struct decoder base;
	struct linewise lines;
	struct arena *arena;            /* names */
	struct plain_step *steps;       /* a step's key is its place + 1 */
	size_t nsteps, cap;
	uint64_t *keys;                 /* by number: what it stands for now; 0: nothing */
	size_t nkeys;
	bool own_told;
};

static void plain_tell(struct plain *p, uint64_t key, struct step_report s)
{
	const struct plain_step *step = &p->steps[key - 1];
	s.key = key;
	s.instruction = -1;
	s.name = step->name;
	s.started = true;
	s.ended = step->ended;
	if (p->base.sink->step)
		p->base.sink->step(p->base.sink->data, &s);
}

static void plain_begin(struct plain *p, uint64_t key)
{
	struct plain_step *step = &p->steps[key - 1];
	step->ended = false;
	step->began = clock_now();
	plain_tell(p, key, (struct step_report){ 0 });
}

static void plain_end_step(struct plain *p, uint64_t key, struct step_report s)
{
	struct plain_step *step = &p->steps[key - 1];
	step->ended = true;
	s.seconds = s.seconds < 0 ? clock_now() - step->began : s.seconds;
	plain_tell(p, key, s);
}

static uint64_t plain_key(const struct plain *p, unsigned long long number)
{
	return number < p->nkeys ? p->keys[number] : 0;
}

static void plain_add(struct plain *p, unsigned long long number, struct str name)
{
	if (number >= p->nkeys) {
		size_t n = number + 64;
		p->keys = xrealloc(p->keys, n, sizeof *p->keys);
		memset(p->keys + p->nkeys, 0, (n - p->nkeys) * sizeof *p->keys);
		p->nkeys = n;
	}
	if (p->nsteps == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 64;
		p->steps = xrealloc(p->steps, p->cap, sizeof *p->steps);
	}
	p->steps[p->nsteps++] = (struct plain_step){ .name = arena_str(p->arena, name) };
	p->keys[number] = p->nsteps;
	plain_begin(p, p->nsteps);
}

/* What the client says beside its steps. */
static void plain_own(struct plain *p, struct str line)
{
	const struct engine_sink *sink = p->base.sink;
	if (!p->own_told && sink->step) {
		struct step_report s = { .instruction = -1, .name = STR("output"), .started = true,
		                         .ended = true };
		p->own_told = true;
		sink->step(sink->data, &s);
	}
	if (sink->log)
		sink->log(sink->data, 0, 1, line, clock_now());
}

/* "0.512" at the front; false: there is none. */
static bool plain_take_seconds(struct str *text, double *ret_seconds)
{
	unsigned long long whole, part;
	struct str rest = *text;
	size_t blank = str_find(rest, ' '), dot = str_find(rest, '.');
	struct str number = str_slice(rest, 0, blank == STR_NONE ? rest.n : blank);
	struct str behind = str_slice(number, dot + 1, number.n);
	if (dot == STR_NONE || dot >= number.n || behind.n > 6 ||
	    !str_number(str_slice(number, 0, dot), 100000000, &whole) ||
	    !str_number(behind, 1000000, &part))
		return false;
	double scale = 1;
	for (size_t i = 0; i < behind.n; i++)
		scale *= 10;
	*ret_seconds = (double)whole + (double)part / scale;
	*text = str_slice(rest, number.n + 1, rest.n);
	return true;
}

/* "3.15MB", "2B", "1.5GiB" */
static bool plain_size(struct str word, uint64_t *ret_bytes)
{
	static const struct { const char *unit; double bytes; } units[] = {
		{ "kB", 1e3 }, { "MB", 1e6 }, { "GB", 1e9 }, { "TB", 1e12 }, { "KiB", 1024 },
		{ "MiB", 1048576 }, { "GiB", 1073741824 }, { "TiB", 1099511627776 }, { "B", 1 },
	};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		unsigned long long whole;
		double number;
		if (!str_has_suffix(word, str_of(units[i].unit)))
			continue;
		struct str digits = str_slice(word, 0, word.n - strlen(units[i].unit));
		if (str_number(digits, 1000000000, &whole))
			number = (double)whole;
		else if (!plain_take_seconds(&digits, &number) || digits.n)
			return false;
		*ret_bytes = (uint64_t)(number * units[i].bytes);
		return true;
	}
	return false;
}

static struct str plain_last_word(struct str text)
{
	size_t blank = str_find_last(text, ' ');
	return blank == STR_NONE ? (struct str){ 0 } : str_slice(text, blank + 1, text.n);
}

static void plain_drop_word(struct str *text)
{
	*text = str_trim(str_slice(*text, 0, str_find_last(*text, ' ')));
}

/* "sha256:… 3.15MB / 8.00MB 0.3s done" */
static void plain_progress(struct plain *p, uint64_t key, struct str text)
{
	uint64_t current = 0, total = 0;
	struct str word = plain_last_word(text);
	bool done = str_eq(word, STR("done"));
	double seconds;
	if (done)
		plain_drop_word(&text);
	word = plain_last_word(text);
	struct str number = str_slice(word, 0, word.n - str_has_suffix(word, STR("s")));
	if (number.n < word.n && plain_take_seconds(&number, &seconds) && !number.n)
		plain_drop_word(&text);
	if (plain_size(plain_last_word(text), &current)) {
		plain_drop_word(&text);
		if (str_eq(plain_last_word(text), STR("/"))) {
			total = current;
			plain_drop_word(&text);
			plain_size(plain_last_word(text), &current);
			plain_drop_word(&text);
		}
	}
	if (done && total)
		current = total;
	if (text.n && p->base.sink->progress)
		p->base.sink->progress(p->base.sink->data, key, text, current, total);
}

static bool plain_ending(struct plain *p, uint64_t key, struct str text)
{
	struct step_report s = { .seconds = -1 };
	struct str rest = str_slice(text, 5, text.n);
	if (str_eq(text, STR("CACHED"))) {
		s.cached = true;
		s.seconds = 0;
	} else if (str_eq(text, STR("CANCELED"))) {
		s.error = STR("context canceled");
	} else if (str_has_prefix(text, STR("ERROR: "))) {
		s.error = sentence_reason(str_slice(text, 7, text.n));
		int code = sentence_exit_code(s.error);
		if (!str_has_suffix(s.error, STR("context canceled"))) {
			decoder_fail(&p->base, s.error);
			decoder_fail_at(&p->base, -1, p->steps[key - 1].name);
		}
		if (p->base.result.exit_code < 0)
			p->base.result.exit_code = code;
	} else if (!str_has_prefix(text, STR("DONE ")) || !str_has_suffix(rest, STR("s"))) {
		return false;
	} else {
		rest = str_slice(rest, 0, rest.n - 1);
		if (!plain_take_seconds(&rest, &s.seconds) || rest.n)
			return false;
	}
	plain_end_step(p, key, s);
	return true;
}

/* The name of a vertex that BuildKit 0.8 prints below it. */
static bool plain_is_digest(struct str text)
{
	return text.n == 71 && str_has_prefix(text, STR("sha256:")) &&
	       str_find(text, ' ') == STR_NONE;
}

static bool plain_output(struct plain *p, uint64_t key, struct str text)
{
	const struct engine_sink *sink = p->base.sink;
	owned_buf struct buf line = { 0 };
	double seconds;
	if (!plain_take_seconds(&text, &seconds))
		return false;
	buf_append(&line, text);
	buf_append_char(&line, '\n');
	if (sink->log)
		sink->log(sink->data, key, 1, buf_str(&line), p->steps[key - 1].began + seconds);
	return true;
}

static void plain_numbered(struct plain *p, unsigned long long number, struct str text)
{
	uint64_t key = plain_key(p, number);
	if (!key) {
		plain_add(p, number, text);
		return;
	}
	const struct plain_step *step = &p->steps[key - 1];
	if (str_eq(text, STR("...")) || plain_is_digest(text))
		return;
	if (str_has_prefix(text, STR("WARN: "))) {
		decoder_warn(&p->base, str_slice(text, 6, text.n));
		return;
	}
	if (plain_output(p, key, text) || plain_ending(p, key, text))
		return;
	if (str_eq(text, step->name)) {
		if (step->ended)
			plain_begin(p, key);
		return;
	}
	if (step->ended)
		plain_add(p, number, text);
	else
		plain_progress(p, key, text);
}

static void plain_line(void *data, struct str line, bool begins)
{
	struct plain *p = data;
	unsigned long long number;
	struct str text = linewise_text(line);
	size_t blank = str_find(text, ' ');
	if (begins && !str_trim(text).n)
		return;
	/* "#0 building with …" is no work. */
	if (begins && blank != STR_NONE && str_has_prefix(text, STR("#")) &&
	    str_number(str_slice(text, 1, blank - 1), PLAIN_NUMBERS, &number) && number &&
	    (p->nsteps < PLAIN_NUMBERS || plain_key(p, number)))
		plain_numbered(p, number, str_slice(text, blank + 1, text.n));
	else
		plain_own(p, line);
}

static bool plain_feed(struct decoder *d, int stream, struct str bytes, struct error *err)
{
	struct plain *p = (struct plain *)d;
	(void)stream;
	(void)err;
	linewise_feed(&p->lines, bytes, plain_line, p);
	return true;
}

static bool plain_end(struct decoder *d, struct error *err)
{
	struct plain *p = (struct plain *)d;
	(void)err;
	linewise_end(&p->lines, plain_line, p);
	for (size_t i = 0; i < p->nsteps; i++)
		if (!p->steps[i].ended)
			plain_end_step(p, i + 1, (struct step_report){ .seconds = -1,
			               .error = STR("interrupted") });
	return true;
}

static void plain_free(struct decoder *d)
{
	struct plain *p = (struct plain *)d;
	linewise_finish(&p->lines);
	arena_free(p->arena);
	free(p->steps);
	free(p->keys);
	decoder_finish(d);
	free(p);
}

static const struct decoder_ops plain_ops = { plain_feed, plain_end, plain_free };

struct decoder *decoder_plain_new(const struct recipe *r, const struct engine_sink *sink)
{
	struct plain *p = xcalloc(1, sizeof *p);
	decoder_init(&p->base, &plain_ops, r, sink);
	p->arena = arena_new();
	return &p->base;
}
