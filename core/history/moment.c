/* Durations and moments as people type them. */
#include <stdio.h>
#include <time.h>

#include "core/history/filter.h"

static bool moment_unit(struct str *s, double *ret_seconds)
{
	static const struct { char name; double seconds; } units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 7 * 86400 },
	};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!s->n || s->p[0] != units[i].name)
			continue;
		*s = str_slice(*s, 1, s->n);
		*ret_seconds = units[i].seconds;
		return true;
	}
	*ret_seconds = 1;
	return s->n == 0;
}

/* Numbers with a unit, the larger ones first; the last may be without: seconds. */
bool history_parse_duration(struct str s, double *ret_seconds)
{
	static const unsigned long long most = 1000000000;
	double seconds = 0, before = 1e9, unit;
	if (!s.n)
		return false;
	while (s.n) {
		size_t digits = 0;
		unsigned long long number;
		while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
			digits++;
		if (!str_number(str_slice(s, 0, digits), most, &number))
			return false;
		s = str_slice(s, digits, s.n);
		if (!moment_unit(&s, &unit) || unit >= before)
			return false;
		seconds += (double)number * unit;
		before = unit;
	}
	*ret_seconds = seconds;
	return true;
}

/* Two or four digits in a range, and what separates them from the next. */
static bool moment_part(struct str *s, size_t digits, char sep, unsigned long long least,
                        unsigned long long most, int *ret)
{
	unsigned long long n;
	if (!str_number(str_slice(*s, 0, digits), most, &n) || n < least || s->n < digits)
		return false;
	*ret = (int)n;
	*s = str_slice(*s, digits, s->n);
	if (!sep)
		return true;
	if (!s->n || (s->p[0] != sep && !(sep == 'T' && s->p[0] == ' ')))
		return false;
	*s = str_slice(*s, 1, s->n);
	return true;
}

static bool moment_date(struct str s, struct tm *tm)
{
	enum { DATE = 10 };
	bool has_time = s.n > DATE;
	if (!moment_part(&s, 4, '-', 1970, 9999, &tm->tm_year) ||
	    !moment_part(&s, 2, '-', 1, 12, &tm->tm_mon) ||
	    !moment_part(&s, 2, has_time ? 'T' : 0, 1, 31, &tm->tm_mday))
		return false;
	if (has_time && (!moment_part(&s, 2, ':', 0, 23, &tm->tm_hour) ||
	                 !moment_part(&s, 2, s.n > 2 ? ':' : 0, 0, 59, &tm->tm_min)))
		return false;
	if (s.n && !moment_part(&s, 2, 0, 0, 60, &tm->tm_sec))
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon--;
	tm->tm_isdst = -1;
	return s.n == 0;
}

static bool moment_day(double now, int back, double *ret_t)
{
	time_t whole = (time_t)now;
	struct tm tm;
	if (!localtime_r(&whole, &tm))
		return false;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_mday -= back;
	tm.tm_isdst = -1;
	*ret_t = (double)mktime(&tm);
	return true;
}

bool history_parse_moment(struct str s, double now, double *ret_t)
{
	struct tm tm = { 0 };
	double back;
	if (str_eq(s, STR("today")) || str_eq(s, STR("yesterday")))
		return moment_day(now, str_eq(s, STR("yesterday")), ret_t);
	/* A bare number is no moment: seconds ago are never meant, a year may be. */
	if (s.n && s.p[s.n - 1] > '9' && history_parse_duration(s, &back)) {
		*ret_t = now - back;
		return true;
	}
	if (!moment_date(s, &tm))
		return false;
	/* mktime makes the 3rd of March of February the 31st. */
	int day = tm.tm_mday;
	*ret_t = (double)mktime(&tm);
	return tm.tm_mday == day;
}
