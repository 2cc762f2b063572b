/* What buildah 1.28 and podman 4.3 print.  Their own lines and a RUN's output share
 * one stdout, so nearly everything can be imitated.  Two things cannot: which step
 * the recipe says is next, and the id of a layer that is not made yet.  So a line
 * that may be buildah's is held until the next one shows whether it was:
 *
 *     STEP 3/7: RUN true                   counts after the id of step 2
 *     --> Using cache <64 hex>             counts when the id that follows begins alike
 *     --> <11 hex>                         counts when STEP or COMMIT follows at once
 *
 * Output that does not end its line stands right before "--> <11 hex>", that of the
 * last step before "COMMIT name". */
#include "core/engine/decoder.h"

#include <string.h>

#include "core/base/check.h"
#include "core/engine/match.h"
#include "core/engine/sentence.h"
#include "core/os/clock.h"

/* BUILDAH_LINE: a line that may be buildah's own is kept whole up to here; other
 * output is passed on as it comes. */
enum { BUILDAH_LINE = 1 << 20, BUILDAH_ID = 11, BUILDAH_DIGEST = 64, BUILDAH_NAME = 600 };

enum buildah_phase { BUILDAH_BEFORE, BUILDAH_STEP, BUILDAH_COMMIT, BUILDAH_DONE };

struct buildah {
	struct decoder base;
	struct buf line, line2;         /* what is not passed on of a line; of stderr */
	bool mid_line, mid_line2;       /* some of the line was passed on */
	enum buildah_phase phase;
	uint64_t key;
	unsigned ordinal, total;
	struct buf stage;               /* the i of "[i/s] " */
	struct buf mark;                /* "[i/s] COMMIT", as it would end this stage */
	int instruction;
	struct buf name;
	struct buf held;                /* lines that may be buildah's own */
	size_t commit_at;               /* where in held COMMIT may be glued to output; 0: not */
	struct buf cache, id;           /* hex digits of the held lines */
	struct buf error;               /* the last "Error: " of stderr */
	int64_t since_ms;
	bool output, fetched, own_told, good;   /* good: the process ended well */
};

static void buildah_log(struct buildah *b, int stream, struct str bytes)
{
	const struct engine_sink *sink = b->base.sink;
	if (!bytes.n)
		return;
	if (!b->key && !b->own_told && sink->step) {
		struct step_report s = { .instruction = -1, .name = STR("buildah"),
		                         .started = true, .ended = true };
		b->own_told = true;
		sink->step(sink->data, &s);
	}
	if (stream == 1)
		b->output = true;
	if (sink->log)
		sink->log(sink->data, b->key, stream, bytes, clock_now());
}

static void buildah_tell(struct buildah *b, bool ended, bool cached, struct str error)
{
	struct step_report s = {
		.key = b->key, .instruction = b->instruction, .name = buf_str(&b->name),
		.started = true, .ended = ended, .cached = cached, .error = error,
		.stage = buf_str(&b->stage),
	};
	s.seconds = ended ? (double)(clock_monotonic_ms() - b->since_ms) / 1000 : 0;
	if (b->base.sink->step)
		b->base.sink->step(b->base.sink->data, &s);
}

static void buildah_forget(struct buildah *b)
{
	buf_clear(&b->held);
	buf_clear(&b->cache);
	buf_clear(&b->id);
	b->commit_at = 0;
}

/* What was held is the step's output after all. */
static void buildah_release(struct buildah *b)
{
	if (b->held.n)
		buildah_log(b, 1, buf_str(&b->held));
	buildah_forget(b);
}

static bool buildah_is_from(const struct buildah *b)
{
	if (!b->base.recipe || b->instruction < 0)
		return b->ordinal == 1;
	return b->base.recipe->instructions[b->instruction].kind == INSTRUCTION_FROM;
}

static void buildah_close(struct buildah *b, struct str error)
{
	if (b->phase != BUILDAH_STEP && b->phase != BUILDAH_COMMIT)
		return;
	bool hit = b->cache.n && !b->output &&
	           (!b->id.n || str_has_prefix(buf_str(&b->cache), buf_str(&b->id)));
	/* A base image that is here already costs nothing. */
	if (buildah_is_from(b))
		hit = !b->fetched;
	if (!hit && b->cache.n)
		buildah_release(b);
	if (b->id.n)
		buf_printf(&b->base.result.layers, "%s\n", buf_text(&b->id));
	buildah_forget(b);
	buildah_tell(b, true, hit && !error.n, error);
	b->phase = BUILDAH_BEFORE;
}

struct buildah_step {
	struct str stage, text;
	unsigned ordinal, total;
};

static bool buildah_number(struct str *text, char end, unsigned *ret_number)
{
	unsigned long long number;
	size_t at = str_find(*text, end);
	if (at == STR_NONE || at > 7 || !str_number(str_slice(*text, 0, at), 1000000, &number))
		return false;
	*text = str_slice(*text, at + 1, text->n);
	*ret_number = (unsigned)number;
	return true;
}

/* Takes "[2/3] " off the front. */
static struct str buildah_take_stage(struct str *line)
{
	struct str rest = str_slice(*line, 1, line->n), stage = { 0 };
	unsigned i, s;
	if (!str_has_prefix(*line, STR("[")))
		return stage;
	stage = str_slice(rest, 0, str_find(rest, '/') == STR_NONE ? 0 : str_find(rest, '/'));
	if (!buildah_number(&rest, '/', &i) || !buildah_number(&rest, ']', &s) ||
	    !str_has_prefix(rest, STR(" ")))
		return (struct str){ 0 };
	*line = str_slice(rest, 1, rest.n);
	return stage;
}

/* "[2/3] STEP 1/6: FROM base" */
static bool buildah_step_parse(struct str line, struct buildah_step *ret_step)
{
	struct buildah_step s = { .stage = buildah_take_stage(&line) };
	if (!str_has_prefix(line, STR("STEP ")))
		return false;
	line = str_slice(line, 5, line.n);
	if (!buildah_number(&line, '/', &s.ordinal) || !buildah_number(&line, ':', &s.total) ||
	    !str_has_prefix(line, STR(" ")))
		return false;
	s.text = str_slice(line, 1, line.n);
	*ret_step = s;
	return true;
}

static bool buildah_is_run(const struct buildah *b)
{
	return b->base.recipe && b->instruction >= 0 &&
	       b->base.recipe->instructions[b->instruction].kind == INSTRUCTION_RUN;
}

/* Every --label is a step behind the last one of the recipe. */
static bool buildah_is_option(const struct buildah *b, const struct buildah_step *s)
{
	const struct recipe *r = b->base.recipe;
	bool behind = b->instruction < 0 || r->instructions[b->instruction].stage == r->target;
	return b->phase == BUILDAH_STEP && behind && str_has_prefix(s->text, STR("LABEL \""));
}

/* Is this what comes next?  *ret_found is its instruction. */
static bool buildah_is_next(const struct buildah *b, const struct buildah_step *s,
                            int *ret_found)
{
	const struct recipe *r = b->base.recipe;
	bool same = str_eq(s->stage, buf_str(&b->stage));
	bool first = b->phase != BUILDAH_STEP;
	if (s->ordinal > s->total || (b->phase == BUILDAH_STEP && buildah_is_run(b) && !b->id.n))
		return false;
	if (!first && same && (s->ordinal != b->ordinal + 1 || s->total != b->total))
		return false;
	if ((first || !same) && s->ordinal != 1)
		return false;
	if (!first && !same && b->ordinal != b->total)
		return false;
	if (!r)
		return true;
	int found = recipe_find(r, NUMBERING_BUILDAH, s->stage, s->ordinal);
	if (found < 0 && buildah_is_option(b, s)) {
		*ret_found = -1;
		return true;
	}
	if (found <= b->instruction || !match_text(r, found, s->text))
		return false;
	*ret_found = found;
	return true;
}

static bool buildah_step(struct buildah *b, struct str line)
{
	struct buildah_step s;
	int found = -1;
	if (b->phase == BUILDAH_COMMIT || b->phase == BUILDAH_DONE ||
	    !buildah_step_parse(line, &s) || !buildah_is_next(b, &s, &found))
		return false;
	buildah_close(b, (struct str){ 0 });
	b->key++;
	b->ordinal = s.ordinal;
	b->total = s.total;
	b->instruction = b->base.recipe ? found : -1;
	buf_clear(&b->stage);
	buf_append(&b->stage, s.stage);
	buf_clear(&b->mark);
	buf_append(&b->mark, str_slice(line, 0, str_find_str(line, STR("STEP "))));
	buf_append(&b->mark, STR("COMMIT"));
	buf_clear(&b->name);
	buf_append(&b->name, str_trim(s.text));
	b->since_ms = clock_monotonic_ms();
	b->output = b->fetched = false;
	b->phase = BUILDAH_STEP;
	buildah_tell(b, false, false, (struct str){ 0 });
	return true;
}

static bool buildah_is_last(const struct buildah *b)
{
	const struct recipe *r = b->base.recipe;
	if (b->ordinal != b->total || b->phase != BUILDAH_STEP)
		return false;
	return !r || b->instruction < 0 ||
	       r->instructions[b->instruction].stage == r->target;
}

static bool buildah_commit(struct buildah *b, struct str line)
{
	struct str stage = buildah_take_stage(&line);
	if (!buildah_is_last(b) || !str_eq(stage, buf_str(&b->stage)))
		return false;
	if (!str_has_prefix(line, STR("COMMIT ")) && !str_eq(str_trim(line), STR("COMMIT")))
		return false;
	/* The last step's id is told after COMMIT, not before. */
	if (b->id.n)
		buildah_release(b);
	b->phase = BUILDAH_COMMIT;
	return true;
}

/* Where "COMMIT name" may be glued to the end of the last step's output: 0 never, since
 * then it is a line.  unfinished: more of it may come. */
static size_t buildah_commit_at(const struct buildah *b, struct str text, bool unfinished)
{
	struct str mark = buf_str(&b->mark);
	if (!buildah_is_last(b))
		return STR_NONE;
	for (size_t at = text.n; at-- > 0;) {
		struct str end = str_slice(text, at, text.n);
		if (end.n > mark.n + BUILDAH_NAME)
			return STR_NONE;
		if (unfinished && str_has_prefix(mark, end))
			return at;
		if (!str_has_prefix(end, mark))
			continue;
		struct str name = str_slice(end, mark.n, end.n);
		bool blank = str_find(str_slice(name, 1, name.n), ' ') != STR_NONE;
		return !blank && (!name.n || name.p[0] == ' ') ? at : STR_NONE;
	}
	return STR_NONE;
}

static size_t buildah_hex(struct str text)
{
	size_t n = 0;
	while (n < text.n && memchr("0123456789abcdef", text.p[n], 16))
		n++;
	return n;
}

/* "--> <11 hex>" */
static bool buildah_is_id(struct str line)
{
	struct str hex = str_trim(str_slice(line, 4, line.n));
	return str_has_prefix(line, STR("--> ")) && hex.n == BUILDAH_ID &&
	       buildah_hex(hex) == hex.n;
}

/* Keeps a line that may be one of "--> Using cache <64 hex>" and "--> <11 hex>". */
static bool buildah_hold(struct buildah *b, struct str line)
{
	struct str cache = STR("--> Using cache "), hex;
	if (b->phase != BUILDAH_STEP && b->phase != BUILDAH_COMMIT)
		return false;
	if (str_has_prefix(line, cache)) {
		hex = str_trim(str_slice(line, cache.n, line.n));
		if (b->output || b->held.n || hex.n != BUILDAH_DIGEST || buildah_hex(hex) != hex.n)
			return false;
		buf_append(&b->cache, hex);
		buf_append(&b->held, line);
		return true;
	}
	if (!buildah_is_id(line) || b->id.n)
		return false;
	buf_append(&b->id, str_trim(str_slice(line, 4, line.n)));
	buf_append(&b->held, line);
	return true;
}

/* After COMMIT the engine alone speaks. */
static void buildah_after_commit(struct buildah *b, struct str line)
{
	struct str text = str_trim(line);
	if (b->phase == BUILDAH_COMMIT && buildah_hold(b, line)) {
		buildah_close(b, (struct str){ 0 });
		b->phase = BUILDAH_DONE;
		return;
	}
	if (text.n == BUILDAH_DIGEST && buildah_hex(text) == text.n) {
		buf_clear(&b->base.result.image_id);
		buf_printf(&b->base.result.image_id, "sha256:%.*s", STR_ARG(text));
		b->base.result.ended = true;
		return;
	}
	if (str_has_prefix(text, STR("[Warning] ")))
		decoder_warn(&b->base, str_trim(str_slice(text, 10, text.n)));
	else if (!str_has_prefix(text, STR("Successfully tagged ")))
		buildah_log(b, 1, line);
}

/* One line from its start, with its end. */
static void buildah_line(struct buildah *b, struct str line)
{
	struct str text = str_slice(line, 0, line.n - str_has_suffix(line, STR("\n")));
	if (b->phase == BUILDAH_COMMIT || b->phase == BUILDAH_DONE) {
		buildah_after_commit(b, line);
		return;
	}
	if (buildah_step(b, text) || buildah_commit(b, text))
		return;
	if (b->commit_at && buildah_is_id(line)) {
		b->held.n = b->commit_at - 1;
		buildah_release(b);
		b->phase = BUILDAH_COMMIT;
		buildah_after_commit(b, line);
		return;
	}
	/* Only an id still makes what is held buildah's own. */
	bool goes_on = b->cache.n && !b->id.n && str_has_prefix(line, STR("--> "));
	if (b->held.n && !goes_on)
		buildah_release(b);
	if (buildah_hold(b, line))
		return;
	buildah_release(b);
	buildah_log(b, 1, line);
}

/* Where "--> <11 hex>" is glued to the end of output, else STR_NONE. */
static size_t buildah_glued(const struct buildah *b, struct str line)
{
	struct str text = str_slice(line, 0, line.n - str_has_suffix(line, STR("\n")));
	size_t size = BUILDAH_ID + 4;
	if (text.n < size || (text.n == size && !b->mid_line) ||
	    !str_eq(str_slice(text, text.n - size, 4), STR("--> ")) ||
	    buildah_hex(str_slice(text, text.n - BUILDAH_ID, BUILDAH_ID)) != BUILDAH_ID)
		return STR_NONE;
	return text.n - size;
}

/* Output with "COMMIT name" at its end waits for the id that would follow. */
static bool buildah_hold_commit(struct buildah *b, struct str line)
{
	struct str text = str_slice(line, 0, line.n - str_has_suffix(line, STR("\n")));
	size_t at = b->phase == BUILDAH_STEP ? buildah_commit_at(b, text, false) : STR_NONE;
	if (at == STR_NONE || (at == 0 && !b->mid_line))
		return false;
	buildah_release(b);
	buf_append(&b->held, line);
	b->commit_at = at + 1;
	return true;
}

static void buildah_whole(struct buildah *b, struct str line)
{
	size_t at = b->phase == BUILDAH_STEP ? buildah_glued(b, line) : STR_NONE;
	bool mid_line = b->mid_line;
	if (buildah_hold_commit(b, line)) {
		b->mid_line = false;
		return;
	}
	b->mid_line = false;
	if (at != STR_NONE) {
		buildah_release(b);
		buildah_log(b, 1, str_slice(line, 0, at));
		line = str_slice(line, at, line.n);
	} else if (mid_line) {
		buildah_release(b);
		buildah_log(b, 1, line);
		return;
	}
	buildah_line(b, line);
}

/* The start of a line may become one of these. */
static bool buildah_may_begin(struct str part, const char *const *heads)
{
	for (; *heads && part.n < BUILDAH_LINE; heads++)
		if (str_has_prefix(part, str_of(*heads)) || str_has_prefix(str_of(*heads), part))
			return true;
	return false;
}

/* How much of an unfinished line cannot become one of buildah's own. */
static size_t buildah_free_part(const struct buildah *b, struct str part)
{
	static const char *const heads[] = { "STEP ", "COMMIT", "--> ", NULL };
	struct str arrow = STR("--> ");
	bool stage = str_has_prefix(part, STR("[")) &&
	             (part.n == 1 || (part.p[1] >= '0' && part.p[1] <= '9'));
	if (!b->mid_line && part.n < BUILDAH_LINE && (stage || buildah_may_begin(part, heads)))
		return 0;
	if (b->phase != BUILDAH_STEP)
		return part.n < BUILDAH_LINE ? 0 : part.n;
	/* What is glued to output may still be coming: the longest end that begins it. */
	size_t commit = buildah_commit_at(b, part, true);
	if (commit != STR_NONE)
		return commit;
	for (size_t n = part.n < BUILDAH_ID + 4 ? part.n : BUILDAH_ID + 4; n; n--) {
		struct str end = str_slice(part, part.n - n, n);
		if (n <= 4 ? str_has_prefix(arrow, end)
		           : str_has_prefix(end, arrow) &&
		             buildah_hex(str_slice(end, 4, n)) == n - 4)
			return part.n - n;
	}
	return part.n;
}

static void buildah_stdout(struct buildah *b, struct str bytes)
{
	while (bytes.n) {
		size_t eol = str_find(bytes, '\n');
		size_t n = eol == STR_NONE ? bytes.n : eol + 1;
		buf_append(&b->line, str_slice(bytes, 0, n));
		bytes = str_slice(bytes, n, bytes.n);
		if (eol != STR_NONE) {
			buildah_whole(b, buf_str(&b->line));
			buf_clear(&b->line);
		}
	}
	size_t can_go = b->line.n ? buildah_free_part(b, buf_str(&b->line)) : 0;
	if (!can_go)
		return;
	buildah_release(b);
	buildah_log(b, 1, str_slice(buf_str(&b->line), 0, can_go));
	buf_shift(&b->line, can_go);
	b->mid_line = true;
}

/* time="…" level=warning msg="missing \"X\" …" (logrus) */
static bool buildah_warning(struct buildah *b, struct str line)
{
	size_t msg = str_find_str(line, STR(" msg=\""));
	if (!str_has_prefix(line, STR("time=\"")) || msg == STR_NONE)
		return false;
	/* A structure of its own that it prints when it meets an unknown instruction. */
	if (str_find_str(line, STR("+(UNHANDLED LOGLEVEL) &imagebuilder.")) != STR_NONE)
		return true;
	if (str_find_str(line, STR(" level=warning ")) == STR_NONE)
		return false;
	owned_buf struct buf text = { 0 };
	struct str rest = str_slice(line, msg + 6, line.n);
	for (size_t i = 0; i < rest.n && rest.p[i] != '"'; i++) {
		if (rest.p[i] == '\\' && i + 1 < rest.n)
			i++;
		buf_append_char(&text, rest.p[i]);
	}
	/* An ARG without a value is no fault: other builders say nothing of it. */
	if (!str_has_prefix(buf_str(&text), STR("missing \"")) ||
	    str_find_str(buf_str(&text), STR("\" build argument. ")) == STR_NONE)
		decoder_warn(&b->base, buf_str(&text));
	return true;
}

static void buildah_stderr_line(struct buildah *b, struct str line)
{
	/* Only the last "Error: " is buildah's; one before it was output. */
	if (b->error.n)
		buildah_log(b, 2, buf_str(&b->error));
	buf_clear(&b->error);
	if (str_has_prefix(line, STR("Error: "))) {
		buf_append(&b->error, line);
		return;
	}
	if (b->phase != BUILDAH_COMMIT && buildah_is_from(b) &&
	    (str_has_prefix(line, STR("Trying to pull ")) || str_has_prefix(line, STR("Copying "))))
		b->fetched = true;
	if (!buildah_warning(b, line))
		buildah_log(b, 2, line);
}

static void buildah_stderr(struct buildah *b, struct str bytes)
{
	static const char *const heads[] = { "Error: ", "time=\"", "Trying to pull ", "Copying ",
	                                     NULL };
	while (bytes.n) {
		size_t eol = str_find(bytes, '\n');
		size_t n = eol == STR_NONE ? bytes.n : eol + 1;
		buf_append(&b->line2, str_slice(bytes, 0, n));
		bytes = str_slice(bytes, n, bytes.n);
		if (eol == STR_NONE && !b->mid_line2 &&
		    buildah_may_begin(buf_str(&b->line2), heads))
			return;
		if (b->mid_line2)
			buildah_log(b, 2, buf_str(&b->line2));
		else
			buildah_stderr_line(b, buf_str(&b->line2));
		b->mid_line2 = eol == STR_NONE;
		buf_clear(&b->line2);
	}
}

static const struct decoder_ops buildah_ops;

static bool buildah_feed(struct decoder *d, int stream, struct str bytes, struct error *err)
{
	(void)err;
	(stream == 2 ? buildah_stderr : buildah_stdout)((struct buildah *)d, bytes);
	return true;
}

void decoder_buildah_break(struct decoder *d)
{
	struct buildah *b = (struct buildah *)d;
	CHECK(d->ops == &buildah_ops);
	if (b->line.n && (b->phase == BUILDAH_COMMIT || b->phase == BUILDAH_DONE))
		buildah_after_commit(b, buf_str(&b->line));
	else if (b->line.n) {
		buildah_release(b);
		buildah_log(b, 1, buf_str(&b->line));
	}
	buf_clear(&b->line);
	b->mid_line = false;
}

void decoder_buildah_good(struct decoder *d)
{
	CHECK(d->ops == &buildah_ops);
	((struct buildah *)d)->good = true;
}

static bool buildah_end(struct decoder *d, struct error *err)
{
	struct buildah *b = (struct buildah *)d;
	(void)err;
	if (b->line.n)
		buildah_whole(b, buf_str(&b->line));
	if (b->line2.n)
		buildah_stderr_line(b, buf_str(&b->line2));
	buf_clear(&b->line);
	buf_clear(&b->line2);
	if (b->base.result.ended || b->good) {
		if (b->error.n)
			buildah_log(b, 2, buf_str(&b->error));
		buildah_close(b, (struct str){ 0 });
		return true;
	}
	struct str error = str_trim(buf_str(&b->error));
	if (error.n)
		decoder_fail(d, error);
	if (b->phase == BUILDAH_STEP && error.n)
		decoder_fail_at(d, b->instruction, buf_str(&b->name));
	if (!b->cache.n)
		buildah_release(b);
	buildah_close(b, error.n ? sentence_reason(error) : STR("interrupted"));
	return true;
}

static void buildah_decoder_free(struct decoder *d)
{
	struct buildah *b = (struct buildah *)d;
	struct buf *all[] = { &b->line, &b->line2, &b->stage, &b->mark, &b->name, &b->held,
	                      &b->cache, &b->id, &b->error };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_finish(all[i]);
	decoder_finish(d);
	free(b);
}

static const struct decoder_ops buildah_ops = { buildah_feed, buildah_end, buildah_decoder_free };

struct decoder *decoder_buildah_new(const struct recipe *r, const struct engine_sink *sink)
{
	struct buildah *b = xcalloc(1, sizeof *b);
	decoder_init(&b->base, &buildah_ops, r, sink);
	b->instruction = -1;
	return &b->base;
}
