#include "core/history/mask_line.h"

/* The scanner stands where a word may begin.  Each mask looks at the text from there,
 * with what stands before it, and says how many bytes are its own; 0: none.  The first
 * that takes any wins, so the order of the table is from the special to the general. */
struct mask_place {
	struct str text;
	size_t at;
};

enum {
	MASK_GROUPS = 8,                /* of a number: "1,234,567" has two */
	MASK_SPANS = 4,                 /* of a duration: days, hours, minutes, seconds */
	MASK_PARTS = 8,                 /* of a date in words */
};

static bool mask_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool mask_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool mask_is_word(char c)
{
	return mask_is_digit(c) || mask_is_letter(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool mask_is_hex(char c)
{
	return mask_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* 0 past either end. */
static char mask_char(struct str s, size_t at)
{
	return at < s.n ? s.p[at] : 0;
}

static bool mask_ends(struct str s, size_t n)
{
	return !mask_is_word(mask_char(s, n));
}

static size_t mask_digits(struct str s, size_t at)
{
	size_t n = 0;
	while (mask_is_digit(mask_char(s, at + n)))
		n++;
	return n;
}

static size_t mask_letters(struct str s, size_t at)
{
	size_t n = 0;
	while (mask_is_letter(mask_char(s, at + n)))
		n++;
	return n;
}

/* "12", "12.5", "1,234,567"; *ret_dots: points with digits behind them.  A long list of
 * numbers is no number, and must not be walked from each of its members. */
static size_t mask_number(struct str s, size_t at, size_t *ret_dots)
{
	size_t n = mask_digits(s, at);
	*ret_dots = 0;
	for (size_t more, groups = 0; n && groups < MASK_GROUPS; n += 1 + more, groups++) {
		char c = mask_char(s, at + n);
		more = c == '.' || c == ',' ? mask_digits(s, at + n + 1) : 0;
		if (!more)
			break;
		*ret_dots += c == '.';
	}
	return n;
}

/* The word at `at` is one of the list (a blank behind each), whatever its case. */
static bool mask_is_one_of(struct str s, size_t at, size_t n, const char *list)
{
	for (const char *p = list; *p; ) {
		size_t size = strcspn(p, " "), i = 0;
		while (size == n && i < n && (s.p[at + i] | 0x20) == p[i])
			i++;
		if (n && i == n)
			return true;
		p += size + (p[size] == ' ');
	}
	return false;
}

/* ---- temporary names ---- */

static bool mask_is_path(char c)
{
	return c && !strchr(" \t\"'`,;:()[]{}<>|", c);
}

static size_t mask_temp_path(struct str s, char before)
{
	static const char *const roots[] = { "/tmp/", "/var/tmp/", "/dev/shm/", "/var/folders/" };
	if (mask_is_word(before) || before == '.')
		return 0;
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		size_t n = strlen(roots[i]), root = n;
		if (!str_has_prefix(s, str_of(roots[i])))
			continue;
		while (mask_is_path(mask_char(s, n)))
			n++;
		return n > root ? n : 0;
	}
	return 0;
}

/* A tail as mkstemp makes it, of six and more, tells itself by a digit or by capitals
 * among small letters. */
static size_t mask_random(struct str s, size_t at)
{
	size_t n = 0, digits = 0, capitals = 0, small = 0;
	for (char c; mask_is_digit(c = mask_char(s, at + n)) || mask_is_letter(c) || c == '_'; n++) {
		digits += mask_is_digit(c);
		capitals += c >= 'A' && c <= 'Z';
		small += c >= 'a' && c <= 'z';
	}
	return n >= 6 && (digits || (capitals && small)) ? n : 0;
}

static size_t mask_temp_name(struct str s)
{
	static const char *const names[] = {
		"tmp", "pip-build-env-", "pip-install-", "pip-req-build-", "pip-unpack-",
		"pip-wheel-", "pip-modern-metadata-", "pip-ephem-wheel-cache-", "pip-standalone-pip-",
		"buildkit-mount", "go-build", "docker-tmp", "docker-import-", "npm-tmp-",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i]);
		if (!str_has_prefix(s, str_of(names[i])))
			continue;
		n += i == 0 && (mask_char(s, n) == '.' || mask_char(s, n) == '-');
		size_t tail = mask_random(s, n);
		if (tail)
			return n + tail;
	}
	return 0;
}

static size_t mask_temp(struct mask_place p)
{
	struct str s = str_slice(p.text, p.at, p.text.n);
	char before = p.at ? p.text.p[p.at - 1] : 0;
	if (mask_char(s, 0) == '/')
		return mask_temp_path(s, before);
	return mask_is_letter(mask_char(s, 0)) ? mask_temp_name(s) : 0;
}

/* ---- hashes ---- */

static size_t mask_hex(struct str s, size_t at, bool *ret_mixed)
{
	size_t n = 0, digits = 0;
	for (char c; mask_is_hex(c = mask_char(s, at + n)); n++)
		digits += mask_is_digit(c);
	*ret_mixed = digits && digits < n;
	return n;
}

static size_t mask_uuid(struct str s)
{
	static const size_t parts[] = { 8, 4, 4, 4, 12 };
	size_t n = 0;
	bool mixed;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (i && mask_char(s, n++) != '-')
			return 0;
		if (mask_hex(s, n, &mixed) != parts[i])
			return 0;
		n += parts[i];
	}
	return mask_ends(s, n) ? n : 0;
}

static size_t mask_hash(struct mask_place p)
{
	static const char *const prefixes[] = { "sha256:", "sha512:", "sha1:", "md5:" };
	struct str s = str_slice(p.text, p.at, p.text.n);
	bool mixed;
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t n = strlen(prefixes[i]);
		size_t size = str_has_prefix(s, str_of(prefixes[i])) ? mask_hex(s, n, &mixed) : 0;
		if (size >= 6 && mask_ends(s, n + size))
			return n + size;
	}
	if (str_has_prefix(s, STR("0x"))) {
		size_t size = mask_hex(s, 2, &mixed);
		return size >= 4 && mask_ends(s, 2 + size) ? 2 + size : 0;
	}
	size_t uuid = mask_uuid(s);
	if (uuid)
		return uuid;
	/* Of digits alone it is a number, of letters alone a word. */
	size_t n = mask_hex(s, 0, &mixed);
	return n >= 7 && (mixed || n >= 32) && mask_ends(s, n) ? n : 0;
}

/* ---- times ---- */

/* "03:04:05.123", "03:04", "0:00:03"; seconds: only with them. */
static size_t mask_clock(struct str s, size_t at, bool seconds)
{
	size_t hours = mask_digits(s, at), n = at + hours;
	if (hours < 1 || hours > 2 || mask_char(s, n) != ':' || mask_digits(s, n + 1) != 2)
		return 0;
	n += 3;
	if (mask_char(s, n) == ':' && mask_digits(s, n + 1) == 2) {
		n += 3;
		char c = mask_char(s, n);
		if ((c == '.' || c == ',') && mask_digits(s, n + 1))
			n += 1 + mask_digits(s, n + 1);
	} else if (seconds || hours != 2) {
		return 0;
	}
	/* "3:04:05: error" is a place in a file. */
	return mask_char(s, n) == ':' ? 0 : n - at;
}

static size_t mask_zone(struct str s, size_t at)
{
	char c = mask_char(s, at);
	if (c == 'Z' && mask_ends(s, at + 1))
		return 1;
	if (c != '+' && c != '-')
		return 0;
	size_t n = mask_digits(s, at + 1);
	if (n == 4)
		return 5;
	return n == 2 && mask_char(s, at + 3) == ':' && mask_digits(s, at + 4) == 2 ? 6 : 0;
}

/* "2026-01-02", "2026/01/02". */
static size_t mask_date(struct str s, size_t at)
{
	char c = mask_char(s, at + 4);
	if (mask_digits(s, at) != 4 || (c != '-' && c != '/') || mask_digits(s, at + 5) != 2 ||
	    mask_char(s, at + 7) != c || mask_digits(s, at + 8) != 2)
		return 0;
	return 10;
}

/* The parts that dates in words are made of. */
struct mask_parts {
	bool month, day, clock, number;
};

static size_t mask_part(struct str s, size_t at, struct mask_parts *parts)
{
	size_t n = mask_letters(s, at), clock = mask_clock(s, at, true);
	bool first = !parts->month && !parts->day && !parts->clock && !parts->number;
	if (n == 3 && mask_is_one_of(s, at, n, "jan feb mar apr may jun jul aug sep oct nov dec "))
		return parts->month = true, n;
	if (n == 3 && mask_is_one_of(s, at, n, "mon tue wed thu fri sat sun "))
		return parts->day = true, n;
	if (!first && n && mask_is_one_of(s, at, n, "utc gmt cet cest am pm est edt pst pdt "))
		return n;
	if (clock)
		return parts->clock = true, clock + mask_zone(s, at + clock);
	n = mask_digits(s, at);
	if (n == 1 || n == 2 || n == 4)
		return parts->number = true, n;
	return first ? 0 : mask_zone(s, at);
}

/* "Fri Jan  2 03:04:05 UTC 2026", "Fri, 02 Jan 2026 03:04:05 GMT", "Jan 02". */
static size_t mask_date_words(struct str s)
{
	struct mask_parts parts = { 0 };
	size_t end = 0, at = 0, words = 0;
	for (size_t n; words < MASK_PARTS; words++) {
		n = mask_part(s, at, &parts);
		if (!n || !mask_ends(s, at + n))
			break;
		end = at = at + n;
		at += mask_char(s, at) == ',';
		while (mask_char(s, at) == ' ' && at < end + 3)
			at++;
		if (at == end)
			break;
	}
	return (parts.month && parts.number) || (parts.day && parts.clock) ? end : 0;
}

static size_t mask_epoch(struct str s)
{
	size_t n = mask_digits(s, 0);
	if (mask_char(s, 0) != '1' || (n != 10 && n != 13))
		return 0;
	if (mask_char(s, n) == '.')
		n += 1 + mask_digits(s, n + 1);
	return mask_ends(s, n) ? n : 0;
}

static size_t mask_time(struct mask_place p)
{
	struct str s = str_slice(p.text, p.at, p.text.n);
	size_t date = mask_date(s, 0), n = date;
	char c = mask_char(s, n);
	if (date && (c == 'T' || c == ' ' || c == '_')) {
		size_t clock = mask_clock(s, n + 1, false);
		n += clock ? 1 + clock : 0;
	} else if (!date && !(p.at && p.text.p[p.at - 1] == ':')) {
		n = mask_clock(s, 0, false);
	}
	if (n) {
		n += mask_zone(s, n);
		return mask_ends(s, n) ? n : 0;
	}
	n = mask_date_words(s);
	return n ? n : mask_epoch(s);
}

/* ---- durations and sizes ---- */

/* One "12.5s", "3 seconds"; 0: none. */
static size_t mask_span(struct str s, size_t at)
{
	size_t dots, n = mask_number(s, at, &dots);
	if (!n || dots > 1)
		return 0;
	bool blank = mask_char(s, at + n) == ' ';
	size_t unit = at + n + blank, size = mask_letters(s, unit);
	/* The sign of a micro- is two bytes. */
	if (!size && mask_char(s, unit + 2) == 's' &&
	    (str_has_prefix(str_slice(s, unit, 2), STR("µ")) ||
	     str_has_prefix(str_slice(s, unit, 2), STR("μ"))))
		return unit + 3 - at;
	const char *words = "ns us ms s sec secs second seconds min mins minute minutes hour hours "
	                    "day days ";
	bool known = mask_is_one_of(s, unit, size, words) ||
	             (!blank && mask_is_one_of(s, unit, size, "h m d hr "));
	return known && !(size == 1 && s.p[unit] < 'a') ? unit + size - at : 0;
}

static size_t mask_took(struct mask_place p)
{
	struct str s = str_slice(p.text, p.at, p.text.n);
	size_t n = mask_span(s, 0), end = 0;
	for (int spans = 0; n && spans < MASK_SPANS; spans++) {
		end += n;
		size_t blank = mask_char(s, end) == ' ';
		n = mask_span(s, end + blank);
		end += n ? blank : 0;
	}
	return end && mask_ends(s, end) ? end : 0;
}

static size_t mask_size(struct mask_place p)
{
	struct str s = str_slice(p.text, p.at, p.text.n);
	size_t dots, n = mask_number(s, 0, &dots), more;
	if (!n || dots > 1)
		return 0;
	/* "1.2/19.2 MB" */
	if (mask_char(s, n) == '/' && (more = mask_number(s, n + 1, &dots)))
		n += 1 + more;
	bool blank = mask_char(s, n) == ' ';
	size_t unit = n + blank, size = mask_letters(s, unit);
	/* "5m" are minutes. */
	bool letter = !blank && size == 1 && (s.p[unit] == 'M' || mask_is_one_of(s, unit, 1, "k g t "));
	if (!letter &&
	    !mask_is_one_of(s, unit, size, "b kb mb gb tb kib mib gib tib byte bytes kbytes "))
		return 0;
	n = unit + size;
	if (mask_char(s, n) == '/' && mask_char(s, n + 1) == 's' && mask_ends(s, n + 2))
		n += 2;
	return mask_ends(s, n) ? n : 0;
}

/* ---- numbers ---- */

static size_t mask_pid(struct mask_place p)
{
	struct str s = str_slice(p.text, p.at, p.text.n);
	size_t n = mask_letters(s, 0);
	if (n && (mask_is_one_of(s, 0, n, "pid ") || mask_is_one_of(s, 0, n, "process "))) {
		size_t digits, skip = 0;
		while (skip < 2 && mask_char(s, n + skip) && strchr(" =:", mask_char(s, n + skip)))
			skip++;
		digits = skip ? mask_digits(s, n + skip) : 0;
		return digits && mask_ends(s, n + skip + digits) ? n + skip + digits : 0;
	}
	n = mask_digits(s, 0);
	bool boxed = n && p.at >= 2 && p.text.p[p.at - 1] == '[' && mask_char(s, n) == ']' &&
	             mask_is_letter(p.text.p[p.at - 2]);
	return boxed ? n : 0;
}

static size_t mask_plain_number(struct mask_place p)
{
	struct str s = str_slice(p.text, p.at, p.text.n);
	size_t dots, n = mask_number(s, 0, &dots);
	char before = p.at ? p.text.p[p.at - 1] : 0, after = mask_char(s, n);
	if (!n || dots > 1 || before == '-' || before == '/')
		return 0;
	if (after == '/')
		n += 1 + mask_digits(s, n + 1);
	after = mask_char(s, n);
	bool joined = (after == '-' || after == '.') && mask_is_word(mask_char(s, n + 1));
	return mask_ends(s, n) && !joined ? n : 0;
}

static const struct mask {
	const char *word;
	size_t (*match)(struct mask_place);
	unsigned flags;                 /* asked for by these; 0: always */
} masks[] = {
	{ "<temp>", mask_temp, 0 },
	{ "<pid>", mask_pid, 0 },
	{ "<time>", mask_time, 0 },
	{ "<hash>", mask_hash, 0 },
	{ "<took>", mask_took, 0 },
	{ "<size>", mask_size, 0 },
	{ "<n>", mask_plain_number, MASK_LINE_NUMBERS },
};

/* A word may begin: not inside of one, nor within "1.2.3". */
static bool mask_may(struct str s, size_t at)
{
	char before = at ? s.p[at - 1] : 0;
	if (mask_is_word(before) || !(mask_is_word(s.p[at]) || s.p[at] == '/'))
		return false;
	return !(before == '.' && at > 1 && mask_is_digit(s.p[at - 2]) && mask_is_digit(s.p[at]));
}

static size_t mask_find(struct mask_place p, unsigned flags, const char **ret_word)
{
	for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
		if (masks[i].flags && !(flags & masks[i].flags))
			continue;
		size_t n = masks[i].match(p);
		*ret_word = masks[i].word;
		if (n)
			return n;
	}
	return 0;
}

void mask_line_append(struct buf *out, struct str text, unsigned flags)
{
	size_t kept = 0;
	for (size_t at = 0; at < text.n; ) {
		const char *word;
		size_t n = mask_may(text, at)
		           ? mask_find((struct mask_place){ text, at }, flags, &word) : 0;
		if (n) {
			buf_append(out, str_slice(text, kept, at - kept));
			buf_append_text(out, word);
			kept = at + n;
		}
		at += n ? n : 1;
	}
	buf_append(out, str_slice(text, kept, text.n));
}
