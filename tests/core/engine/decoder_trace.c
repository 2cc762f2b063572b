#include "core/ext/pb.h"
#include "core/os/clock.h"
#include "tests/core/engine/golden.h"

/* A little of protobuf's and base64's writing, for what is too large to record. */
static void put_number(struct buf *b, uint64_t n)
{
	for (; n > 127; n >>= 7)
		buf_append_char(b, (char)((n & 127) | 128));
	buf_append_char(b, (char)n);
}

static void put_bytes(struct buf *b, unsigned field, struct str bytes)
{
	put_number(b, field << 3 | 2);
	put_number(b, bytes.n);
	buf_append(b, bytes);
}

static void put_time(struct buf *b, unsigned field, uint64_t seconds)
{
	owned_buf struct buf t = { 0 };
	put_number(&t, 1 << 3);
	put_number(&t, seconds);
	put_bytes(b, field, buf_str(&t));
}

static void put_vertex(struct buf *b, uint64_t started, uint64_t completed, const char *error)
{
	owned_buf struct buf v = { 0 };
	put_bytes(&v, 1, STR("d"));
	put_bytes(&v, 3, STR("[2/2] RUN x"));
	if (started)
		put_time(&v, 5, started);
	if (completed)
		put_time(&v, 6, completed);
	if (*error)
		put_bytes(&v, 7, str_of(error));
	put_bytes(b, 1, buf_str(&v));
}

static void put_log(struct buf *b, uint64_t t, unsigned stream, struct str bytes)
{
	owned_buf struct buf l = { 0 };
	put_bytes(&l, 1, STR("d"));
	put_time(&l, 2, t);
	put_number(&l, 3 << 3);
	put_number(&l, stream);
	put_bytes(&l, 4, bytes);
	put_bytes(b, 3, buf_str(&l));
}

static void put_warning(struct buf *b, const char *text)
{
	owned_buf struct buf w = { 0 };
	put_bytes(&w, 1, STR("d"));
	put_bytes(&w, 3, str_of(text));
	put_bytes(&w, 5, STR("https://u"));
	put_bytes(b, 4, buf_str(&w));
}

/* The message as the line of the stream; the message is empty afterwards. */
static void put_line(struct buf *line, struct buf *message)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)message->p;
	buf_append(line, STR("{\"id\":\"moby.buildkit.trace\",\"aux\":\""));
	for (size_t i = 0; i < message->n; i += 3) {
		size_t left = message->n - i;
		unsigned b = (unsigned)p[i] << 16 | (left > 1 ? (unsigned)p[i + 1] << 8 : 0) |
		             (left > 2 ? p[i + 2] : 0);
		buf_append_char(line, digits[b >> 18]);
		buf_append_char(line, digits[b >> 12 & 63]);
		buf_append_char(line, left > 1 ? digits[b >> 6 & 63] : '=');
		buf_append_char(line, left > 2 ? digits[b & 63] : '=');
	}
	buf_append(line, STR("\"}\n"));
	buf_clear(message);
}

struct collect {
	struct buf log;
	double t;
	int warnings;
	bool ended;
	bool late;                      /* output after the end */
	bool told, early;               /* early: output before anything was told of its step */
};

static void collect_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct collect *c = data;
	(void)key;
	(void)stream;
	c->late = c->late || c->ended;
	c->early = c->early || !c->told;
	c->t = t;
	buf_append(&c->log, bytes);
}

static void collect_step(void *data, const struct step_report *s)
{
	((struct collect *)data)->ended = s->ended;
	((struct collect *)data)->told = true;
}

static void collect_warning(void *data, struct str text)
{
	assert_true(str_eq(text, STR("careful (https://u)")));
	((struct collect *)data)->warnings++;
}

static void collect_lines(struct collect *c, struct buf *lines)
{
	struct engine_sink sink = { .step = collect_step, .log = collect_log,
	                            .warning = collect_warning, .data = c };
	struct error err = { 0 };
	owned(decoder) struct decoder *d = decoder_trace_new(NULL, &sink);
	assert_true(decoder_feed(d, buf_str(lines), &err));
	assert_true(decoder_end(d, &err));
}

/* Numbered lines [from, to). */
static void numbered(struct buf *b, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		buf_printf(b, "%06u line\n", i);
}

enum { LINE = 12, TAIL = 256 * 1024 };
static const char mark[] = "\n[output clipped, log limit 200KiB/s reached]\n";

/* Output of `total` lines of which the first `shown` pass before the clip. */
static void clipped(struct buf *lines, unsigned shown, unsigned total)
{
	owned_buf struct buf m = { 0 }, text = { 0 };
	put_vertex(&m, 1000, 0, "");
	put_line(lines, &m);
	for (unsigned at = 0; at < shown; at += 100) {
		buf_clear(&text);
		numbered(&text, at, at + 100 < shown ? at + 100 : shown);
		if (at + 100 >= shown)
			buf_append_text(&text, mark);
		put_log(&m, 1001, 1, buf_str(&text));
		put_line(lines, &m);
	}
	buf_clear(&text);
	numbered(&text, 0, total);
	put_vertex(&m, 1000, 1002, "exit code: 1");
	put_log(&m, 1002, 1, str_slice(buf_str(&text), text.n > TAIL ? text.n - TAIL : 0, TAIL));
	put_line(lines, &m);
}

static void test_decoder_trace__shows_a_re_sent_tail_once(void **state)
{
	(void)state;
	struct collect c = { 0 };
	owned_buf struct buf lines = { 0 }, expected = { 0 };
	clipped(&lines, 17000, 21000);
	collect_lines(&c, &lines);
	numbered(&expected, 0, 17000);
	buf_append_text(&expected, mark);
	numbered(&expected, 17000, 21000);
	assert_int_equal(c.log.n, expected.n);
	assert_true(str_eq(buf_str(&c.log), buf_str(&expected)));
	assert_false(c.late);
	buf_finish(&c.log);
}

static void test_decoder_trace__shows_a_tail_past_the_gap_whole(void **state)
{
	(void)state;
	struct collect c = { 0 };
	owned_buf struct buf lines = { 0 };
	clipped(&lines, 17000, 60000);
	collect_lines(&c, &lines);
	assert_int_equal(c.log.n, 17000 * LINE + sizeof mark - 1 + TAIL);
	assert_true(str_has_suffix(buf_str(&c.log), STR("059999 line\n")));
	buf_finish(&c.log);
}

static void test_decoder_trace__counts_time_by_our_clock(void **state)
{
	(void)state;
	struct collect c = { 0 };
	owned_buf struct buf lines = { 0 }, m = { 0 };
	double now = clock_now();
	put_vertex(&m, 1000, 0, "");
	put_line(&lines, &m);
	put_log(&m, 1005, 2, STR("five seconds later"));
	put_line(&lines, &m);
	collect_lines(&c, &lines);
	assert_true(c.t >= now + 5 && c.t < now + 15);
	buf_finish(&c.log);
}

static void test_decoder_trace__tells_a_warning_once(void **state)
{
	(void)state;
	struct collect c = { 0 };
	owned_buf struct buf lines = { 0 }, m = { 0 };
	put_vertex(&m, 1000, 0, "");
	put_warning(&m, "careful");
	put_line(&lines, &m);
	put_warning(&m, "careful");
	put_line(&lines, &m);
	collect_lines(&c, &lines);
	assert_int_equal(c.warnings, 1);
	assert_true(c.ended);
	buf_finish(&c.log);
}

/* As when another build's work is joined. */
static void test_decoder_trace__tells_of_a_step_before_its_output(void **state)
{
	(void)state;
	struct collect c = { 0 };
	owned_buf struct buf lines = { 0 }, m = { 0 };
	put_vertex(&m, 1000, 1001, "");
	put_log(&m, 1000, 1, STR("hello\n"));
	put_line(&lines, &m);
	collect_lines(&c, &lines);
	assert_true(str_eq(buf_str(&c.log), STR("hello\n")));
	assert_false(c.early || c.late);
	assert_true(c.ended);
	buf_finish(&c.log);
}

/* A message as gRPC brings it; empty afterwards. */
static void take_message(struct decoder *d, struct buf *m)
{
	owned(arena) struct arena *a = arena_new();
	struct pb_trace p;
	struct error err = { 0 };
	assert_true(pb_trace_parse(a, buf_str(m), &p, &err));
	assert_true(decoder_trace_take(d, &p, &err));
	buf_clear(m);
}

/* After a broken line the daemon tells all from the start, in other pieces, and then more. */
static void test_decoder_trace__logs_nothing_twice_that_is_told_again(void **state)
{
	(void)state;
	struct collect c = { 0 };
	struct engine_sink sink = { .step = collect_step, .log = collect_log, .data = &c };
	owned_buf struct buf m = { 0 };
	struct error err = { 0 };
	owned(decoder) struct decoder *d = decoder_trace_new(NULL, &sink);
	put_vertex(&m, 1000, 0, "");
	put_log(&m, 1001, 1, STR("one\ntwo\n"));
	put_log(&m, 1001, 2, STR("error\n"));
	take_message(d, &m);
	for (int i = 0; i < 2; i++) {
		decoder_trace_replay(d);
		put_vertex(&m, 1000, 0, "");
		put_log(&m, 1001, 1, STR("one\n"));
		put_log(&m, 1001, 2, STR("error\n"));
		put_log(&m, 1001, 1, STR("two\nthree\n"));
		take_message(d, &m);
	}
	put_log(&m, 1002, 1, STR("four\n"));
	put_vertex(&m, 1000, 1003, "");
	take_message(d, &m);
	assert_true(decoder_end(d, &err));
	assert_string_equal(buf_text(&c.log), "one\ntwo\nerror\nthree\nfour\n");
	assert_true(c.ended);
	assert_false(c.late);
	buf_finish(&c.log);
}

static void test_decoder_trace__blames_whom_the_daemon_blames(void **state)
{
	(void)state;
	struct collect c = { 0 };
	struct engine_sink sink = { .step = collect_step, .data = &c };
	owned_buf struct buf m = { 0 };
	owned(decoder) struct decoder *d = decoder_trace_new(NULL, &sink);
	put_vertex(&m, 1000, 1001, "");
	take_message(d, &m);
	decoder_trace_blame(d, STR("unknown"));
	assert_int_equal(d->result.failed_name.n, 0);
	decoder_trace_blame(d, STR("d"));
	assert_string_equal(buf_text(&d->result.failed_name), "[2/2] RUN x");
}

static void test_decoder_trace__tells_several_stages(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "stages", "", "trace", true);
}

static void test_decoder_trace__tells_hits(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "stages", "_cached", "trace", true);
}

static void test_decoder_trace__tells_a_command_that_fails(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "fail", "", "trace", true);
}

static void test_decoder_trace__tells_a_base_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "missing", "", "trace", true);
}

static void test_decoder_trace__tells_output_that_looks_like_the_engine(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "imitation", "", "trace", true);
}

static void test_decoder_trace__tells_a_file_that_is_not_there(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "nofile", "", "trace", true);
}

static void test_decoder_trace__tells_what_is_no_instruction(void **state)
{
	(void)state;
	golden_check(decoder_trace_new, "syntax", "", "trace", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoder_trace__tells_several_stages),
		cmocka_unit_test(test_decoder_trace__tells_hits),
		cmocka_unit_test(test_decoder_trace__tells_a_command_that_fails),
		cmocka_unit_test(test_decoder_trace__tells_a_base_that_is_not_there),
		cmocka_unit_test(test_decoder_trace__tells_output_that_looks_like_the_engine),
		cmocka_unit_test(test_decoder_trace__tells_a_file_that_is_not_there),
		cmocka_unit_test(test_decoder_trace__tells_what_is_no_instruction),
		cmocka_unit_test(test_decoder_trace__shows_a_re_sent_tail_once),
		cmocka_unit_test(test_decoder_trace__shows_a_tail_past_the_gap_whole),
		cmocka_unit_test(test_decoder_trace__counts_time_by_our_clock),
		cmocka_unit_test(test_decoder_trace__tells_a_warning_once),
		cmocka_unit_test(test_decoder_trace__tells_of_a_step_before_its_output),
		cmocka_unit_test(test_decoder_trace__logs_nothing_twice_that_is_told_again),
		cmocka_unit_test(test_decoder_trace__blames_whom_the_daemon_blames),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
