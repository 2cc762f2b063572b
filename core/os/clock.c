#include "core/os/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double clock_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void clock_append_local(struct buf *b, double t)
{
	/* Past this a journal lies, and localtime has no year for it. */
	static const double farthest = 1e15;
	struct tm local;
	time_t whole = fabs(t) < farthest ? (time_t)floor(t) : 0;
	if (!(fabs(t) < farthest) || !localtime_r(&whole, &local)) {
		buf_append(b, STR("?"));
		return;
	}
	buf_printf(b, "%04d-%02d-%02d %02d:%02d:%02d", local.tm_year + 1900, local.tm_mon + 1,
	           local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
}

void clock_append_seconds(struct buf *b, double seconds)
{
	static const double longest = 1e15;
	if (!(seconds > 0))
		seconds = 0;
	if (seconds > longest)
		seconds = longest;
	unsigned long long s = (unsigned long long)(seconds + 0.5);
	if (seconds < 9.95)
		buf_printf(b, "%.1fs", seconds);
	else if (s < 60)
		buf_printf(b, "%llus", s);
	else if (s < 3600)
		buf_printf(b, "%llum%02llus", s / 60, s % 60);
	else
		buf_printf(b, "%lluh%02llum", s / 3600, s / 60 % 60);
}

void clock_append_range(struct buf *out, double low, double high, const char *between)
{
	owned_buf struct buf first = { 0 }, last = { 0 };
	clock_append_seconds(&first, low);
	clock_append_seconds(&last, high);
	buf_append(out, buf_str(&first));
	if (!str_eq(buf_str(&first), buf_str(&last)))
		buf_printf(out, "%s%s", between, buf_text(&last));
}

void clock_append_age(struct buf *b, double seconds)
{
	static const struct { double seconds; const char *name; } units[] = {
		{ 365 * 86400.0, "year" }, { 7 * 86400.0, "week" }, { 86400, "day" }, { 3600, "hour" },
		{ 60, "minute" },
	};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		unsigned long long n = seconds < 1e15 ? (unsigned long long)
			(seconds > 0 ? seconds / units[i].seconds : 0) : 0;
		if (n == 0)
			continue;
		buf_printf(b, "%llu %s%s ago", n, units[i].name, n == 1 ? "" : "s");
		return;
	}
	buf_append_text(b, "just now");
}

double clock_parse(struct str text)
{
	struct tm tm = { 0 };
	char copy[40] = { 0 }, *end;
	memcpy(copy, text.p ? text.p : "", text.n < sizeof copy ? text.n : 0);
	end = strptime(copy, "%Y-%m-%dT%H:%M:%S", &tm);
	/* Go's zero time is year 1. */
	if (!end || tm.tm_year < 70)
		return 0;
	double t = (double)timegm(&tm);
	if (*end == '.')
		t += strtod(end, &end);
	/* dockerd says Z, podman its own zone. */
	int sign = *end == '+' ? 1 : *end == '-' ? -1 : 0;
	if (sign && strlen(end) == 6)
		t -= sign * (strtod(end + 1, NULL) * 3600 + strtod(end + 4, NULL) * 60);
	return t;
}
