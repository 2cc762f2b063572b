#include "core/history/log_text.h"

#include <stdlib.h>

#include "core/base/check.h"

/* A line that changes its colour more often keeps its last one. */
enum { LOG_RUNS_MAX = 4096 };

void log_text_finish(struct log_text *t)
{
	free(t->runs);
	buf_finish(&t->buf);
	*t = (struct log_text){ 0 };
}

/* What the last carriage return left standing; those at the end end the line. */
static struct str log_text_last(struct str line)
{
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	size_t at = str_find_last(line, '\r');
	return at == STR_NONE ? line : str_slice(line, at + 1, line.n);
}

/* The length of the SGR sequence at the front, its parameters; 0: none. */
static size_t log_text_sgr(struct str s, struct str *ret_parameters)
{
	size_t n = 2;
	if (s.n < 3 || s.p[0] != 0x1b || s.p[1] != '[')
		return 0;
	while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == ';' || s.p[n] == ':'))
		n++;
	if (n == s.n || s.p[n] != 'm')
		return 0;
	*ret_parameters = str_slice(s, 2, n - 2);
	return n + 1;
}

/* 38 and 48 take parameters of their own: 5;n or 2;r;g;b. */
static void log_text_skip(struct str *rest)
{
	struct str form, part;
	if (!str_next(rest, ';', &form))
		return;
	for (int n = str_eq(form, STR("5")) ? 1 : str_eq(form, STR("2")) ? 3 : 0; n > 0; n--)
		str_next(rest, ';', &part);
}

static enum log_colour log_text_colour(enum log_colour now, struct str parameters)
{
	static const enum log_colour colours[] = {
		LOG_FAINT, LOG_RED, LOG_GREEN, LOG_YELLOW, LOG_BLUE, LOG_MAGENTA, LOG_CYAN, LOG_PLAIN,
	};
	struct str part;
	if (!parameters.n)
		return LOG_PLAIN;
	while (str_next(&parameters, ';', &part)) {
		unsigned long long n = 0;
		if (part.n && !str_number(part, 999, &n))
			continue;
		if (n == 0 || n == 39 || (n == 22 && (now == LOG_BOLD || now == LOG_FAINT)))
			now = LOG_PLAIN;
		else if (n == 1 && now == LOG_PLAIN)
			now = LOG_BOLD;
		else if (n == 2)
			now = LOG_FAINT;
		else if ((n >= 30 && n <= 37) || (n >= 90 && n <= 97))
			now = colours[n % 10];
		else if (n == 38 || n == 48)
			log_text_skip(&parameters);
	}
	return now;
}

static void log_text_run(struct log_text *t, enum log_colour colour)
{
	if (t->nruns && t->runs[t->nruns - 1].at == t->buf.n)
		t->nruns--;
	if (t->nruns == LOG_RUNS_MAX)
		return;
	if (t->nruns == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 8;
		t->runs = xrealloc(t->runs, t->cap, sizeof *t->runs);
	}
	t->runs[t->nruns++] = (struct log_run){ t->buf.n, colour };
}

void log_text_read(struct log_text *t, struct str line)
{
	t->nruns = 0;
	t->text = log_text_last(line);
	if (str_find(t->text, 0x1b) == STR_NONE)
		return;
	enum log_colour colour = LOG_PLAIN;
	buf_clear(&t->buf);
	for (size_t at = 0; at < t->text.n; ) {
		struct str rest = str_slice(t->text, at, t->text.n), parameters;
		size_t size = log_text_sgr(rest, &parameters);
		if (size) {
			enum log_colour next = log_text_colour(colour, parameters);
			if (next != colour)
				log_text_run(t, next);
			colour = next;
			at += size;
			continue;
		}
		size_t escape = str_find(str_slice(rest, 1, rest.n), 0x1b);
		size = escape == STR_NONE ? rest.n : escape + 1;
		buf_append(&t->buf, str_slice(rest, 0, size));
		at += size;
	}
	t->text = buf_str(&t->buf);
}
