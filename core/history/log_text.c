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
static struct str log_text_last(struct str line, size_t *ret_redraws)
{
	*ret_redraws = 0;
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	for (size_t end; (end = str_find(line, '\r')) != STR_NONE;
	     line = str_slice(line, end + 1, line.n))
		*ret_redraws += end > 0;
	return line;
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

/* An empty parameter is 0. */
static unsigned log_text_number(struct str part)
{
	unsigned long long n = 0;
	return !part.n || str_number(part, 999, &n) ? (unsigned)n : 999;
}

static unsigned log_text_next(struct str *rest, char sep)
{
	struct str part;
	return str_next(rest, sep, &part) ? log_text_number(part) : 999;
}

/* What follows 38 or 48: "5;n" or "2;r;g;b"; with colons there may be the number of a
 * colour space before r.  What is no colour changes nothing. */
static uint32_t log_text_colour(struct str *rest, char sep, uint32_t now)
{
	unsigned form = log_text_next(rest, sep), part[3];
	if (form == 5) {
		unsigned n = log_text_next(rest, sep);
		return n < 256 ? LOG_INDEXED | n : now;
	}
	if (form != 2)
		return now;
	size_t colons = 0;
	for (size_t i = 0; sep == ':' && i < rest->n; i++)
		colons += rest->p[i] == ':';
	if (colons >= 3)
		log_text_next(rest, sep);
	for (size_t i = 0; i < 3; i++)
		part[i] = log_text_next(rest, sep);
	bool valid = part[0] < 256 && part[1] < 256 && part[2] < 256;
	return valid ? LOG_DIRECT | part[0] << 16 | part[1] << 8 | part[2] : now;
}

static void log_text_attribute(struct log_look *look, unsigned n)
{
	static const struct { uint8_t set, add, drop; } codes[] = {
		{ 1, LOG_BOLD, 0 }, { 2, LOG_FAINT, 0 }, { 3, LOG_ITALIC, 0 }, { 4, LOG_UNDERLINE, 0 },
		{ 7, LOG_REVERSE, 0 }, { 21, LOG_UNDERLINE, 0 }, { 22, 0, LOG_BOLD | LOG_FAINT },
		{ 23, 0, LOG_ITALIC }, { 24, 0, LOG_UNDERLINE }, { 27, 0, LOG_REVERSE },
	};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].set == n) {
			look->attributes &= ~(unsigned)codes[i].drop;
			look->attributes |= codes[i].add;
		}
}

static void log_text_parameter(struct log_look *look, unsigned n)
{
	if (n == 0)
		*look = (struct log_look){ 0 };
	else if (n >= 30 && n <= 37)
		look->fg = LOG_INDEXED | (n - 30);
	else if (n >= 90 && n <= 97)
		look->fg = LOG_INDEXED | (n - 90 + 8);
	else if (n >= 40 && n <= 47)
		look->bg = LOG_INDEXED | (n - 40);
	else if (n >= 100 && n <= 107)
		look->bg = LOG_INDEXED | (n - 100 + 8);
	else if (n == 39)
		look->fg = LOG_PLAIN;
	else if (n == 49)
		look->bg = LOG_PLAIN;
	else
		log_text_attribute(look, n);
}

static struct log_look log_text_look(struct log_look look, struct str parameters)
{
	struct str part;
	if (!parameters.n)
		return (struct log_look){ 0 };
	while (str_next(&parameters, ';', &part)) {
		size_t colon = str_find(part, ':');
		struct str sub = colon == STR_NONE ? part : str_slice(part, colon + 1, part.n);
		unsigned n = log_text_number(str_slice(part, 0, colon));
		struct str *rest = colon == STR_NONE ? &parameters : &sub;
		char sep = colon == STR_NONE ? ';' : ':';
		if (n == 38)
			look.fg = log_text_colour(rest, sep, look.fg);
		else if (n == 48)
			look.bg = log_text_colour(rest, sep, look.bg);
		else if (n == 4 && colon != STR_NONE && log_text_number(sub) == 0)
			look.attributes &= ~(unsigned)LOG_UNDERLINE;
		else
			log_text_parameter(&look, n);
	}
	return look;
}

static bool log_look_eq(struct log_look a, struct log_look b)
{
	return a.fg == b.fg && a.bg == b.bg && a.attributes == b.attributes;
}

static void log_text_run(struct log_text *t, struct log_look look)
{
	if (t->nruns && t->runs[t->nruns - 1].at == t->buf.n)
		t->nruns--;
	if (t->nruns == LOG_RUNS_MAX)
		return;
	if (t->nruns == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 8;
		t->runs = xrealloc(t->runs, t->cap, sizeof *t->runs);
	}
	t->runs[t->nruns++] = (struct log_run){ t->buf.n, look };
}

void log_text_read(struct log_text *t, struct str line)
{
	t->nruns = 0;
	t->text = log_text_last(line, &t->redraws);
	if (str_find(t->text, 0x1b) == STR_NONE)
		return;
	struct log_look look = { 0 };
	buf_clear(&t->buf);
	for (size_t at = 0; at < t->text.n; ) {
		struct str rest = str_slice(t->text, at, t->text.n), parameters;
		size_t size = log_text_sgr(rest, &parameters);
		if (size) {
			struct log_look next = log_text_look(look, parameters);
			if (!log_look_eq(next, look))
				log_text_run(t, next);
			look = next;
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
