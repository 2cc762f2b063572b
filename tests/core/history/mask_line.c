#include "core/history/mask_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct mask_case {
	const char *line, *masked;
};

static void mask_all(const struct mask_case *cases, size_t n, unsigned flags)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < n; i++) {
		buf_clear(&out);
		mask_line_append(&out, str_of(cases[i].line), flags);
		if (strcmp(buf_text(&out), cases[i].masked) != 0)
			fail_msg("%s: '%s' instead of '%s'", cases[i].line, buf_text(&out), cases[i].masked);
	}
}
#define MASK_ALL(cases, flags) mask_all((cases), sizeof (cases) / sizeof *(cases), (flags))

static void test_mask_line__times(void **state)
{
	(void)state;
	static const struct mask_case cases[] = {
		{ "2026-01-02 03:04:05,123 INFO up", "<time> INFO up" },
		{ "[2026-01-02T03:04:05.123456Z] up", "[<time>] up" },
		{ "2026-01-02T03:04:05+01:00", "<time>" },
		{ "2026/01/02 up", "<time> up" },
		{ "03:04:05 up", "<time> up" },
		{ "eta 0:00:03", "eta <time>" },
		{ "Fri Jan  2 03:04:05 UTC 2026", "<time>" },
		{ "Fri, 02 Jan 2026 03:04:05 GMT; up", "<time>; up" },
		{ "Jan  2 03:04:05 host sshd[123]: up", "<time> host sshd[<pid>]: up" },
		{ "at 1767323045.5 up", "at <time> up" },
		/* A place in a file, a month's name in a sentence, versions. */
		{ "src/a.c:12:30: error", "src/a.c:12:30: error" },
		{ "3:04:05: error", "3:04:05: error" },
		{ "that may be", "that may be" },
		{ "Sat down", "Sat down" },
		{ "port 8080:80", "port 8080:80" },
	};
	MASK_ALL(cases, 0);
}

static void test_mask_line__durations_and_sizes(void **state)
{
	(void)state;
	static const struct mask_case cases[] = {
		{ "took 12.3s", "took <took>" },
		{ "took 1m02.5s (350 ms of it idle)", "took <took> (<took> of it idle)" },
		{ "in 2 minutes 3 seconds.", "in <took>." },
		{ "15µs", "<took>" },
		{ "19.2 MB in 3s (6,254 kB/s)", "<size> in <took> (<size>)" },
		{ "  |####  | 1.2/19.2 MB 4.1 MiB/s eta 0:00:03", "  |####  | <size> <size> eta <time>" },
		{ "12,345,678 bytes", "<size>" },
		{ "Need 5M, have 12k.", "Need <size>, have <size>." },
		{ "5 M of them", "5 M of them" },
		{ "libfoo 1.2.3s", "libfoo 1.2.3s" },
		{ "12sheep", "12sheep" },
		{ "x12s", "x12s" },
	};
	MASK_ALL(cases, 0);
}

static void test_mask_line__hashes_and_temporary_names(void **state)
{
	(void)state;
	static const struct mask_case cases[] = {
		{ " ---> 1a2b3c4d5e6f", " ---> <hash>" },
		{ "sha256:0123456789abcdef up", "<hash> up" },
		{ "git 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "git <hash>" },
		{ "at 0x7f8a1c2d3e", "at <hash>" },
		{ "commit 656a304", "commit <hash>" },
		{ "defaced facade 1234567", "defaced facade 1234567" },
		{ "/tmp/pip-install-ab12/x/setup.py:3: up", "<temp>:3: up" },
		{ "'/var/tmp/a b'", "'<temp> b'" },
		{ "open tmpx8a_k2q1 and tmp.aBcDeFgH", "open <temp> and <temp>" },
		{ "pip-build-env-x9a3k1qz/lib", "<temp>/lib" },
		{ "tmpfiles template /tmp/ my/tmp/x", "tmpfiles template /tmp/ my/tmp/x" },
		{ "pid 123, PID=7 process: 9", "<pid>, <pid> <pid>" },
		{ "pid of it; process.c", "pid of it; process.c" },
	};
	MASK_ALL(cases, 0);
}

static void test_mask_line__numbers_when_asked(void **state)
{
	(void)state;
	static const struct mask_case cases[] = {
		{ "[12/345] Compiling foo", "[<n>] Compiling foo" },
		{ "added 312 packages, 1,234 files", "added <n> packages, <n> files" },
		{ "Get:12 http://deb/x", "Get:<n> http://deb/x" },
		{ "45.2% done", "<n>% done" },
		{ "numpy-2.0 1.2.3 python3.11 x86_64 step12", "numpy-2.0 1.2.3 python3.11 x86_64 step12" },
		{ "2.0-rc1 12.deb", "2.0-rc1 12.deb" },
	};
	MASK_ALL(cases, MASK_LINE_NUMBERS);
	static const struct mask_case without[] = {
		{ "added 312 packages", "added 312 packages" },
	};
	MASK_ALL(without, 0);
}

static void test_mask_line__any_bytes(void **state)
{
	(void)state;
	static const char line[] = "\xff\x00 1:\x80 sha256: 2026- /tmp/\xff Jan\x00 12\xc2";
	owned_buf struct buf out = { 0 };
	for (size_t n = 0; n < sizeof line; n++)
		for (size_t at = 0; at <= n; at++) {
			buf_clear(&out);
			mask_line_append(&out, (struct str){ line + at, n - at }, MASK_LINE_NUMBERS);
			assert_true(out.n <= 5 * (n - at) + 1);
		}
}

/* A line may be a megabyte, of what looks like the beginning of something at every word:
 * that takes no time worth speaking of. */
static void test_mask_line__long_lines_stay_linear(void **state)
{
	(void)state;
	static const char *const parts[] = { "1,", "1s ", "1.", "Jan ", "/tmp", "a-", "sha1:", "1/" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		owned_buf struct buf line = { 0 }, out = { 0 };
		while (line.n < 1 << 20)
			buf_append_text(&line, parts[i]);
		buf_append(&line, STR(" x"));
		mask_line_append(&out, buf_str(&line), MASK_LINE_NUMBERS);
		assert_true(out.n > 0 && out.p[out.n - 1] == 'x');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mask_line__times),
		cmocka_unit_test(test_mask_line__durations_and_sizes),
		cmocka_unit_test(test_mask_line__hashes_and_temporary_names),
		cmocka_unit_test(test_mask_line__numbers_when_asked),
		cmocka_unit_test(test_mask_line__any_bytes),
		cmocka_unit_test(test_mask_line__long_lines_stay_linear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
