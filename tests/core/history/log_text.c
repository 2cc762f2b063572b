#include "core/history/log_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_log_text__table(void **state)
{
	(void)state;
	static const struct {
		const char *line, *text;
		size_t nruns;
	} cases[] = {
		{ "", "", 0 },
		{ "plain", "plain", 0 },
		{ "dos\r", "dos", 0 },
		{ "10%\r20%\r30%", "30%", 0 },
		{ "10%\r20%\r\r", "20%", 0 },
		{ "\r", "", 0 },
		{ "\x1b[31mred\x1b[0m", "red", 2 },
		{ "\x1b[mplain", "plain", 0 },
		{ "\x1b[1;32mok\x1b[m then", "ok then", 2 },
		{ "\x1b[38;5;196mcolour", "colour", 1 },
		{ "\x1b[38;2;1;2;31;32mgreen", "green", 1 },
		{ "\x1b[38;5;256mno colour", "no colour", 0 },
		{ "\x1b[38;9;1mbold", "bold", 1 },
		{ "\x1b[31m\x1b[32mgreen", "green", 1 },
		/* What is no colour stays. */
		{ "\x1b[2Jcleared", "\x1b[2Jcleared", 0 },
		{ "\x1b]0;title\x07", "\x1b]0;title\x07", 0 },
		{ "\x1b[31", "\x1b[31", 0 },
		{ "\x1b", "\x1b", 0 },
		{ "\x1b[?31mx", "\x1b[?31mx", 0 },
		{ "\x1b\x1b[31mx", "\x1bx", 1 },
		{ "\x1b[999999999999999999;31mx", "x", 1 },
	};
	struct log_text t = { 0 };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		log_text_read(&t, str_of(cases[i].line));
		if (!str_eq(t.text, str_of(cases[i].text)) || t.nruns != cases[i].nruns)
			fail_msg("case %zu: '%.*s' with %zu runs", i, STR_ARG(t.text), t.nruns);
	}
	log_text_finish(&t);
}

static void test_log_text__tells_where_looks_begin(void **state)
{
	(void)state;
	struct log_text t = { 0 };
	log_text_read(&t, STR("a \x1b[33mwarn\x1b[39m b \x1b[1mbold\x1b[22m c\x1b[91;2m."));
	assert_true(str_eq(t.text, STR("a warn b bold c.")));
	static const struct log_run want[] = {
		{ 2, { LOG_INDEXED | 3, 0, 0 } }, { 6, { 0 } }, { 9, { 0, 0, LOG_BOLD } }, { 13, { 0 } },
		{ 15, { LOG_INDEXED | 9, 0, LOG_FAINT } },
	};
	assert_int_equal(t.nruns, 5);
	for (size_t i = 0; i < 5; i++)
		assert_true(t.runs[i].at == want[i].at && t.runs[i].look.fg == want[i].look.fg &&
		            t.runs[i].look.bg == want[i].look.bg &&
		            t.runs[i].look.attributes == want[i].look.attributes);
	log_text_finish(&t);
}

/* Every way to say a colour or a look; the last run's. */
static void test_log_text__looks(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		struct log_look look;
	} cases[] = {
		{ "\x1b[31mx", { LOG_INDEXED | 1, 0, 0 } },
		{ "\x1b[97;104mx", { LOG_INDEXED | 15, LOG_INDEXED | 12, 0 } },
		{ "\x1b[38;5;196mx", { LOG_INDEXED | 196, 0, 0 } },
		{ "\x1b[48:5:17mx", { 0, LOG_INDEXED | 17, 0 } },
		{ "\x1b[38;2;1;2;255mx", { LOG_DIRECT | 0x0102ff, 0, 0 } },
		{ "\x1b[38:2:1:2:255mx", { LOG_DIRECT | 0x0102ff, 0, 0 } },
		{ "\x1b[38:2::1:2:255mx", { LOG_DIRECT | 0x0102ff, 0, 0 } },
		{ "\x1b[31m\x1b[38;2;1;2;256mx", { LOG_INDEXED | 1, 0, 0 } },
		{ "\x1b[38;2;1mx", { 0, 0, 0 } },
		{ "\x1b[38;5;9;1mx", { LOG_INDEXED | 9, 0, LOG_BOLD } },
		{ "\x1b[1;2;3;4;7mx", { 0, 0, LOG_BOLD | LOG_FAINT | LOG_ITALIC | LOG_UNDERLINE |
		                       LOG_REVERSE } },
		{ "\x1b[1;2;3;4;7m\x1b[22;23;24mx", { 0, 0, LOG_REVERSE } },
		{ "\x1b[4:3mx", { 0, 0, LOG_UNDERLINE } },
		{ "\x1b[4m\x1b[3;4:0mx", { 0, 0, LOG_ITALIC } },
		{ "\x1b[31;7m\x1b[1;;4mx", { 0, 0, LOG_UNDERLINE } },
		{ "\x1b[7;42m\x1b[27;49;1mx", { 0, 0, LOG_BOLD } },
	};
	struct log_text t = { 0 };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		log_text_read(&t, str_of(cases[i].line));
		struct log_look look = t.nruns ? t.runs[t.nruns - 1].look : (struct log_look){ 0 };
		if (look.fg != cases[i].look.fg || look.bg != cases[i].look.bg ||
		    look.attributes != cases[i].look.attributes)
			fail_msg("case %zu: %x %x %x", i, look.fg, look.bg, look.attributes);
		assert_true(str_eq(t.text, STR("x")));
	}
	log_text_finish(&t);
}

static void test_log_text__counts_what_was_written_over(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		size_t redraws;
	} cases[] = {
		{ "", 0 }, { "dos\r", 0 }, { "1%\r2%", 1 }, { "1%\r2%\r3%\r", 2 }, { "\r1%\r\r2%", 1 },
		{ "\r\r", 0 },
	};
	struct log_text t = { 0 };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		log_text_read(&t, str_of(cases[i].line));
		assert_int_equal(t.redraws, cases[i].redraws);
	}
	log_text_finish(&t);
}

static void test_log_text__survives_every_cut(void **state)
{
	(void)state;
	static const char line[] = "a\x1b[1;31mb\x1b[38;5;9mc\rd\x1b[0m\x1b]52;c;eA==\x07" "e\x1b[";
	struct log_text t = { 0 };
	for (size_t n = 0; n <= sizeof line; n++)
		for (size_t at = 0; at <= n; at++) {
			log_text_read(&t, (struct str){ line + at, n - at });
			assert_true(t.text.n <= n - at);
		}
	owned_buf struct buf many = { 0 };
	for (int i = 0; i < 20000; i++)
		buf_append(&many, i % 2 ? STR("\x1b[31ma") : STR("\x1b[32mb"));
	log_text_read(&t, buf_str(&many));
	assert_int_equal(t.text.n, 20000);
	log_text_finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log_text__table),
		cmocka_unit_test(test_log_text__tells_where_looks_begin),
		cmocka_unit_test(test_log_text__looks),
		cmocka_unit_test(test_log_text__counts_what_was_written_over),
		cmocka_unit_test(test_log_text__survives_every_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
