#include "core/config/toml_scan.h"

/* Dates and times by RFC 3339, as TOML 1.0 narrows it: seconds are required. */

/* Exactly `digits` decimal digits at *at, which moves behind them. */
static bool toml_date_field(struct str text, size_t *at, size_t digits, unsigned *ret_field)
{
	unsigned field = 0;
	if (text.n < *at + digits)
		return false;
	for (size_t end = *at + digits; *at < end; ++*at) {
		char c = text.p[*at];
		if (c < '0' || c > '9')
			return false;
		field = field * 10 + (unsigned)(c - '0');
	}
	*ret_field = field;
	return true;
}

static bool toml_date_char(struct str text, size_t *at, char wanted)
{
	if (*at >= text.n || text.p[*at] != wanted)
		return false;
	++*at;
	return true;
}

static unsigned toml_date_days(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

static bool toml_date_day(struct toml_scan *s, size_t start, struct str text, size_t *at)
{
	unsigned year, month, day;
	if (!toml_date_field(text, at, 4, &year) || !toml_date_char(text, at, '-') ||
	    !toml_date_field(text, at, 2, &month) || !toml_date_char(text, at, '-') ||
	    !toml_date_field(text, at, 2, &day))
		return toml_scan_fail(s, start, "a date is written 2021-01-31");
	if (month < 1 || month > 12)
		return toml_scan_fail(s, start + 5, "a month lies between 01 and 12");
	if (day < 1 || day > toml_date_days(year, month))
		return toml_scan_fail(s, start + 8, "month %02u of the year %04u has the "
		                      "days 01 to %u",
		                      month, year, toml_date_days(year, month));
	return true;
}

static bool toml_date_time(struct toml_scan *s, size_t start, struct str text, size_t *at)
{
	size_t from = *at;
	unsigned hour, minute, second, ignored;
	if (!toml_date_field(text, at, 2, &hour) || !toml_date_char(text, at, ':') ||
	    !toml_date_field(text, at, 2, &minute) || !toml_date_char(text, at, ':') ||
	    !toml_date_field(text, at, 2, &second))
		return toml_scan_fail(s, start + from, "a time is written 07:32:00, with its "
		                      "seconds");
	if (hour > 23)
		return toml_scan_fail(s, start + from, "an hour lies between 00 and 23");
	if (minute > 59)
		return toml_scan_fail(s, start + from + 3, "a minute lies between 00 and 59");
	if (second > 60)
		return toml_scan_fail(s, start + from + 6, "a second lies between 00 and 59, "
		                      "or is the leap second 60");
	if (!toml_date_char(text, at, '.'))
		return true;
	if (!toml_date_field(text, at, 1, &ignored))
		return toml_scan_fail(s, start + *at, "digits follow the point of a second: 00.5");
	while (*at < text.n && text.p[*at] >= '0' && text.p[*at] <= '9')
		++*at;
	return true;
}

static bool toml_date_offset(struct toml_scan *s, size_t start, struct str text, size_t *at)
{
	size_t from = *at;
	unsigned hour, minute;
	if (toml_date_char(text, at, 'Z') || toml_date_char(text, at, 'z'))
		return true;
	++*at;
	if (!toml_date_field(text, at, 2, &hour) || !toml_date_char(text, at, ':') ||
	    !toml_date_field(text, at, 2, &minute) || hour > 23 || minute > 59)
		return toml_scan_fail(s, start + from, "an offset is written Z, or +hh:mm up "
		                      "to 23:59");
	return true;
}

static bool toml_date_end(struct toml_scan *s, size_t start, struct str text, size_t at)
{
	if (at == text.n)
		return true;
	return toml_scan_fail(s, start + at, "this date goes on in a way TOML does not know: it is "
	                      "written 2021-01-31, 07:32:00, 2021-01-31T07:32:00 or with Z or "
	                      "+01:00 behind it");
}

bool toml_date_check(struct toml_scan *s, size_t start, struct str text,
                     enum value_type *ret_type)
{
	size_t at = 0;
	if (text.n > 2 && text.p[2] == ':') {
		*ret_type = VALUE_TIME_LOCAL;
		return toml_date_time(s, start, text, &at) && toml_date_end(s, start, text, at);
	}
	if (!toml_date_day(s, start, text, &at))
		return false;
	*ret_type = VALUE_DATE_LOCAL;
	if (!toml_date_char(text, &at, 'T') && !toml_date_char(text, &at, 't') &&
	    !toml_date_char(text, &at, ' '))
		return toml_date_end(s, start, text, at);
	if (!toml_date_time(s, start, text, &at))
		return false;
	*ret_type = VALUE_DATETIME_LOCAL;
	if (at < text.n && strchr("Zz+-", text.p[at])) {
		*ret_type = VALUE_DATETIME;
		if (!toml_date_offset(s, start, text, &at))
			return false;
	}
	return toml_date_end(s, start, text, at);
}
