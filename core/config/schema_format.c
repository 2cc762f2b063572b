/* Formats: dates, addresses, pointers, and the table of all. */
#include "core/config/schema_format.h"

/* ---- dates: RFC 3339 ---- */

static bool format_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes n digits off the front. */
static bool format_digits(struct str *s, size_t n, unsigned *ret_number)
{
	unsigned number = 0;
	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!format_is_digit(s->p[i]))
			return false;
		number = number * 10 + (unsigned)(s->p[i] - '0');
	}
	*s = str_slice(*s, n, s->n);
	*ret_number = number;
	return true;
}

bool format_take(struct str *s, char c)
{
	if (!s->n || s->p[0] != c)
		return false;
	*s = str_slice(*s, 1, s->n);
	return true;
}

static bool format_take_date(struct str *s)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year, month, day;
	if (!format_digits(s, 4, &year) || !format_take(s, '-') || !format_digits(s, 2, &month) ||
	    !format_take(s, '-') || !format_digits(s, 2, &day))
		return false;
	bool leaps = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (unsigned)leaps;
}

/* Minutes ahead of UTC. */
static bool format_take_offset(struct str *s, int *ret_minutes)
{
	unsigned hours, minutes;
	*ret_minutes = 0;
	if (format_take(s, 'Z') || format_take(s, 'z'))
		return true;
	bool behind = format_take(s, '-');
	if (!behind && !format_take(s, '+'))
		return false;
	if (!format_digits(s, 2, &hours) || !format_take(s, ':') || !format_digits(s, 2, &minutes) ||
	    hours > 23 || minutes > 59)
		return false;
	*ret_minutes = (int)(hours * 60 + minutes) * (behind ? -1 : 1);
	return true;
}

static bool format_take_time(struct str *s)
{
	unsigned hours, minutes, seconds, ignored;
	int offset;
	if (!format_digits(s, 2, &hours) || !format_take(s, ':') || !format_digits(s, 2, &minutes) ||
	    !format_take(s, ':') || !format_digits(s, 2, &seconds))
		return false;
	if (format_take(s, '.')) {
		if (!format_digits(s, 1, &ignored))
			return false;
		while (format_digits(s, 1, &ignored))
			;
	}
	if (!format_take_offset(s, &offset) || hours > 23 || minutes > 59 || seconds > 60)
		return false;
	/* Leap seconds are the last of a day in UTC. */
	int utc = ((int)(hours * 60 + minutes) - offset + 2 * 24 * 60) % (24 * 60);
	return seconds < 60 || utc == 24 * 60 - 1;
}

static bool format_date(struct str s)
{
	return format_take_date(&s) && !s.n;
}

static bool format_time(struct str s)
{
	return format_take_time(&s) && !s.n;
}

static bool format_date_time(struct str s)
{
	return format_take_date(&s) && (format_take(&s, 'T') || format_take(&s, 't')) &&
	       format_take_time(&s) && !s.n;
}

/* ---- addresses ---- */

bool format_ipv4(struct str s)
{
	unsigned long long number;
	struct str part;
	size_t n = 0;
	while (str_next(&s, '.', &part)) {
		if (part.n > 3 || !str_number(part, 255, &number) || (part.n > 1 && part.p[0] == '0'))
			return false;
		n++;
	}
	return n == 4;
}

static bool format_is_hex(char c)
{
	return format_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool format_hextet(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!format_is_hex(s.p[i]))
			return false;
	return s.n >= 1 && s.n <= 4;
}

/* How many groups of 16 bits; none in an empty text. */
static bool format_hextets(struct str s, bool may_end_in_ipv4, size_t *ret_n)
{
	struct str part;
	*ret_n = 0;
	if (!s.n)
		return true;
	while (str_next(&s, ':', &part)) {
		bool is_ipv4 = !s.p && may_end_in_ipv4 && str_find(part, '.') != STR_NONE;
		if (is_ipv4 ? !format_ipv4(part) : !format_hextet(part))
			return false;
		*ret_n += is_ipv4 ? 2 : 1;
	}
	return true;
}

bool format_ipv6(struct str s)
{
	size_t gap = str_find_str(s, STR("::")), before, after;
	if (gap == STR_NONE)
		return s.n && format_hextets(s, true, &before) && before == 8;
	return format_hextets(str_slice(s, 0, gap), false, &before) &&
	       format_hextets(str_slice(s, gap + 2, s.n), true, &after) && before + after < 8;
}

/* ---- pointers, patterns ---- */

static bool format_json_pointer(struct str s)
{
	if (s.n && s.p[0] != '/')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '~' && (i + 1 == s.n || (s.p[i + 1] != '0' && s.p[i + 1] != '1')))
			return false;
	return true;
}

static bool format_relative_pointer(struct str s)
{
	size_t n = 0;
	while (n < s.n && format_is_digit(s.p[n]))
		n++;
	if (!n || (n > 1 && s.p[0] == '0'))
		return false;
	s = str_slice(s, n, s.n);
	return str_eq(s, STR("#")) || format_json_pointer(s);
}

static bool format_regex(struct str s)
{
	struct error ignored;
	owned(regex) struct regex *regex = regex_new(s, REGEX_ECMA, &ignored);
	return regex != NULL;
}

/* ---- the table ---- */

static const struct schema_format schema_formats[] = {
	{ "date-time", DRAFT_ALL, format_date_time, "a date and time as 2020-01-31T12:00:00Z" },
	{ "date", DRAFT_7, format_date, "a date as 2020-01-31" },
	{ "time", DRAFT_7, format_time, "a time as 12:00:00Z" },
	{ "email", DRAFT_ALL, format_email, "an email address" },
	{ "idn-email", DRAFT_7, format_idn_email, "an email address" },
	{ "hostname", DRAFT_ALL, format_hostname, "a host name" },
	{ "idn-hostname", DRAFT_7, format_idn_hostname, "a host name" },
	{ "ipv4", DRAFT_ALL, format_ipv4, "an IPv4 address" },
	{ "ipv6", DRAFT_ALL, format_ipv6, "an IPv6 address" },
	{ "uri", DRAFT_ALL, format_uri, "a URI with its scheme, as http://host/path" },
	{ "uri-reference", DRAFT_6 | DRAFT_7, format_uri_reference, "a URI, whole or relative" },
	{ "iri", DRAFT_7, format_iri, "an IRI with its scheme, as http://host/path" },
	{ "iri-reference", DRAFT_7, format_iri_reference, "an IRI, whole or relative" },
	{ "uri-template", DRAFT_6 | DRAFT_7, format_uri_template, "a URI template as /a/{name}" },
	{ "json-pointer", DRAFT_6 | DRAFT_7, format_json_pointer, "a JSON pointer as /a/0" },
	{ "relative-json-pointer", DRAFT_7, format_relative_pointer,
	  "a relative JSON pointer as 1/a" },
	{ "regex", DRAFT_ALL, format_regex, "a regular expression of ECMA-262" },
};

const struct schema_format *schema_format_find(struct str name, unsigned draft)
{
	for (size_t i = 0; i < sizeof schema_formats / sizeof *schema_formats; i++)
		if ((schema_formats[i].drafts & draft) &&
		    str_eq(name, str_of(schema_formats[i].name)))
			return &schema_formats[i];
	return NULL;
}
