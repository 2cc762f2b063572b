/* What `docker build` and docker-compose 1 print of the classic builder: the lines of its
 * stream, but glued to output that has no end, with what came from stderr in red:
 *
 *     \e[91merr\n\e[0mout\n
 *     no newlineRemoving intermediate container ID\n
 *     no newlineThe command '…' returned a non-zero code: 7\n
 *
 * How it failed is the last line of all, so a line that may be that is held back. */
#include "core/base/check.h"
#include "core/engine/decoder.h"
#include "core/engine/linewise.h"
#include "core/engine/sentence.h"

#define TEXT_RED STR("\x1b[91m")
#define TEXT_PLAIN STR("\x1b[0m")

struct classic_text {
	struct decoder base;
	struct linewise lines;
	struct decoder *stream;         /* of the builder's lines */
	bool red;
	struct buf held;                /* may be why it failed */
};

static void text_pass(struct classic_text *t, struct str line)
{
	if (line.n)
		decoder_classic_line(t->stream, line);
}

static void text_release(struct classic_text *t)
{
	text_pass(t, buf_str(&t->held));
	buf_clear(&t->held);
}

/* As the builder's stream has it. */
static void text_pass_red(struct classic_text *t, struct str line)
{
	owned_buf struct buf red = { 0 };
	text_release(t);
	if (!line.n)
		return;
	buf_append(&red, TEXT_RED);
	buf_append(&red, line);
	buf_append(&red, TEXT_PLAIN);
	text_pass(t, buf_str(&red));
}

/* Where the client's last word begins behind output, or STR_NONE. */
static size_t text_failure_at(struct str line)
{
	size_t at = str_find_str(line, STR("The command '"));
	bool ends = sentence_exit_code(line) >= 0 &&
	            str_find_str(line, STR("' returned a non-zero code: ")) != STR_NONE;
	return ends ? at : STR_NONE;
}

static size_t text_removal_at(const struct classic_text *t, struct str line)
{
	owned_buf struct buf removal = { 0 };
	struct str container = decoder_classic_container(t->stream);
	if (!container.n)
		return STR_NONE;
	buf_printf(&removal, "Removing intermediate container %.*s\n", STR_ARG(container));
	return str_has_suffix(line, buf_str(&removal)) ? line.n - removal.n : STR_NONE;
}

/* The builder's, or output that is not red. */
static void text_classify(struct classic_text *t, struct str line)
{
	bool runs = decoder_classic_container(t->stream).n;
	size_t removal = text_removal_at(t, line), failure = text_failure_at(line);
	text_release(t);
	if (removal != STR_NONE) {
		text_pass(t, str_slice(line, 0, removal));
		line = str_slice(line, removal, line.n);
	} else if (failure != STR_NONE) {
		text_pass(t, str_slice(line, 0, failure));
		buf_append(&t->held, str_slice(line, failure, line.n));
		return;
	} else if (!runs && sentence_is_failure(line)) {
		buf_append(&t->held, line);
		return;
	}
	text_pass(t, line);
	t->base.result.ended = t->stream->result.ended;
	if (t->base.result.ended && str_has_prefix(line, STR("Successfully built "))) {
		buf_clear(&t->base.result.image_id);
		buf_append(&t->base.result.image_id, str_trim(str_slice(line, 19, line.n)));
	}
}

static void text_line(void *data, struct str line, bool begins)
{
	struct classic_text *t = data;
	owned_buf struct buf unix_line = { 0 };
	(void)begins;
	if (str_has_suffix(line, STR("\r\n"))) {
		buf_append(&unix_line, linewise_text(line));
		buf_append_char(&unix_line, '\n');
		line = buf_str(&unix_line);
	}
	while (line.n) {
		bool runs = decoder_classic_container(t->stream).n;
		size_t at = t->red || runs ? str_find_str(line, t->red ? TEXT_PLAIN : TEXT_RED)
		                           : STR_NONE;
		struct str part = str_slice(line, 0, at);
		/* The builder ends its red before it says more: this one was a command's. */
		if (t->red && at == STR_NONE && text_removal_at(t, part) != STR_NONE)
			t->red = false;
		if (t->red)
			text_pass_red(t, part);
		else if (part.n)
			text_classify(t, part);
		if (at == STR_NONE)
			return;
		line = str_slice(line, at + (t->red ? TEXT_PLAIN.n : TEXT_RED.n), line.n);
		t->red = !t->red;
	}
}

static bool text_feed(struct decoder *d, int stream, struct str bytes, struct error *err)
{
	struct classic_text *t = (struct classic_text *)d;
	(void)stream;
	(void)err;
	linewise_feed(&t->lines, bytes, text_line, t);
	return true;
}

static bool text_end(struct decoder *d, struct error *err)
{
	struct classic_text *t = (struct classic_text *)d;
	linewise_end(&t->lines, text_line, t);
	owned_buf struct buf image_id = d->result.image_id;
	if (t->stream->result.ended)
		text_release(t);
	else if (t->held.n)
		decoder_classic_fail(t->stream, str_trim(buf_str(&t->held)));
	bool ok = decoder_end(t->stream, err);
	d->result = t->stream->result;
	t->stream->result = (struct decoder_result){ .failed = -1, .exit_code = -1 };
	buf_append(&d->result.image_id, buf_str(&image_id));
	return ok;
}

static void text_free(struct decoder *d)
{
	struct classic_text *t = (struct classic_text *)d;
	linewise_finish(&t->lines);
	buf_finish(&t->held);
	decoder_free(t->stream);
	decoder_finish(d);
	free(t);
}

static const struct decoder_ops text_ops = { text_feed, text_end, text_free };

struct decoder *decoder_classic_text_new(const struct recipe *r, const struct engine_sink *sink)
{
	struct classic_text *t = xcalloc(1, sizeof *t);
	decoder_init(&t->base, &text_ops, r, sink);
	t->stream = decoder_classic_new(r, sink);
	return &t->base;
}
