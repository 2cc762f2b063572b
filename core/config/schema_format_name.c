/* Formats of host names and email addresses. */
#include "core/base/utf8.h"
#include "core/config/schema_format.h"

enum { LABEL_MAX = 63, HOSTNAME_MAX = 253, LOCAL_MAX = 64 };

static bool format_is_alnum(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- Punycode: RFC 3492 ---- */

/* The label's code points; false when the text is no Punycode. */
static bool format_punycode(struct str s, uint32_t runes[LABEL_MAX], size_t *ret_n)
{
	size_t plain = str_find_last(s, '-'), n = 0;
	uint32_t rune = 128, i = 0, bias = 72;
	for (; plain != STR_NONE && n < plain; n++)
		runes[n] = (unsigned char)s.p[n];
	size_t at = plain == STR_NONE ? 0 : plain + 1;
	while (at < s.n) {
		uint32_t old = i, weight = 1;
		for (uint32_t k = 36;; k += 36) {
			char c = at < s.n ? s.p[at++] : '\0';
			uint32_t digit = c >= 'a' && c <= 'z'   ? (uint32_t)(c - 'a')
			                 : c >= 'A' && c <= 'Z' ? (uint32_t)(c - 'A')
			                 : c >= '0' && c <= '9' ? (uint32_t)(c - '0' + 26)
			                                        : 36;
			uint32_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
			if (digit == 36 || weight > UINT32_MAX / 64 || i > UINT32_MAX / 64)
				return false;
			i += digit * weight;
			if (digit < t)
				break;
			weight *= 36 - t;
		}
		uint32_t count = (uint32_t)n + 1, delta = (i - old) / (old ? 2 : 700);
		bias = 0;
		for (delta += delta / count; delta > 35 * 26 / 2; bias += 36)
			delta /= 35;
		bias += 36 * delta / (delta + 38);
		rune += i / count;
		i %= count;
		if (rune > 0x10ffff || n == LABEL_MAX)
			return false;
		memmove(&runes[i + 1], &runes[i], (n - i) * sizeof *runes);
		runes[i++] = rune;
		n++;
	}
	*ret_n = n;
	return n > 0;
}

/* ---- labels ---- */

static bool format_has_script(const uint32_t *runes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((runes[i] >= 0x3041 && runes[i] <= 0x3096) ||
		    (runes[i] >= 0x30a1 && runes[i] <= 0x30fa) ||
		    (runes[i] >= 0x3400 && runes[i] <= 0x4dbf) ||
		    (runes[i] >= 0x4e00 && runes[i] <= 0x9fff) || runes[i] == 0x3005)
			return true;
	return false;
}

static bool format_is_between(uint32_t c, uint32_t from, uint32_t to)
{
	return c >= from && c <= to;
}

/* Viramas of the scripts of India, which let a joiner follow. */
static bool format_is_virama(uint32_t c)
{
	static const uint16_t viramas[] = { 0x94d, 0x9cd, 0xa4d, 0xacd, 0xb4d, 0xbcd, 0xc4d, 0xccd,
		0xd4d, 0xdca, 0xe3a, 0xf84, 0x1039 };
	for (size_t i = 0; i < sizeof viramas / sizeof *viramas; i++)
		if (viramas[i] == c)
			return true;
	return false;
}

/* RFC 5892, appendix A, for the character at i. */
static bool format_fits_around(const uint32_t *runes, size_t n, size_t i)
{
	uint32_t before = i ? runes[i - 1] : 0, after = i + 1 < n ? runes[i + 1] : 0;
	bool arabic = false, extended = false;
	for (size_t k = 0; k < n; k++) {
		arabic = arabic || format_is_between(runes[k], 0x660, 0x669);
		extended = extended || format_is_between(runes[k], 0x6f0, 0x6f9);
	}
	switch (runes[i]) {
	case 0xb7:
		return before == 'l' && after == 'l';
	case 0x375:
		return format_is_between(after, 0x370, 0x3ff) || format_is_between(after, 0x1f00, 0x1fff);
	case 0x5f3: case 0x5f4:
		return format_is_between(before, 0x590, 0x5ff);
	case 0x30fb:
		return format_has_script(runes, n);
	case 0x200d:
		return format_is_virama(before);
	case 0x200c:
		return format_is_virama(before) || format_is_between(before, 0x620, 0x6ff);
	default:
		return !(arabic && extended);
	}
}

/* Characters that RFC 5892 forbids by name or kind; not all that Unicode leaves out. */
static bool format_is_forbidden(uint32_t c)
{
	static const uint16_t named[] = { 0x640, 0x7fa, 0x302e, 0x302f, 0x3031, 0x3032, 0x3033,
		0x3034, 0x3035, 0x303b };
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (named[i] == c)
			return true;
	if (c < 0x80)
		return !format_is_alnum(c) && c != '-';
	return (c < 0xc0 && c != 0xaa && c != 0xb7 && c != 0xba) || c == 0xd7 || c == 0xf7 ||
	       format_is_between(c, 0x2000, 0x200b) || format_is_between(c, 0x200e, 0x206f) ||
	       format_is_between(c, 0x2190, 0x2bff) || format_is_between(c, 0x3000, 0x3004) ||
	       format_is_between(c, 0x3008, 0x3029) || format_is_between(c, 0xd800, 0xf8ff) ||
	       format_is_between(c, 0xfe00, 0xfe1f) || format_is_between(c, 0xff00, 0xffef) ||
	       c == 0x3002;
}

/* A mark that combines with what stands before it. */
static bool format_is_mark(uint32_t c)
{
	return format_is_between(c, 0x300, 0x36f) || format_is_between(c, 0x483, 0x489) ||
	       format_is_between(c, 0x900, 0x903) || format_is_between(c, 0x93a, 0x94f) ||
	       format_is_between(c, 0x20d0, 0x20ff) ||
	       format_is_between(c, 0xfe20, 0xfe2f) || format_is_between(c, 0x302a, 0x302f);
}

/* idn: a label that is not ASCII may become one, which the hyphens would tell wrongly. */
static bool format_runes(const uint32_t *runes, size_t n, bool idn)
{
	if (!n || runes[0] == '-' || runes[n - 1] == '-' || format_is_mark(runes[0]) ||
	    (idn && n > 3 && runes[2] == '-' && runes[3] == '-'))
		return false;
	for (size_t i = 0; i < n; i++)
		if (format_is_forbidden(runes[i]) || !format_fits_around(runes, n, i))
			return false;
	return true;
}

static bool format_is_encoded(struct str label)
{
	return label.n > 3 && (label.p[0] | 32) == 'x' && (label.p[1] | 32) == 'n' &&
	       label.p[2] == '-' && label.p[3] == '-';
}

static bool format_label(struct str label, bool idn)
{
	uint32_t runes[LABEL_MAX + 1];
	size_t n = 0, size;
	if (label.n > (idn ? LABEL_MAX * UTF8_MAX : LABEL_MAX))
		return false;
	if (format_is_encoded(label)) {
		if (label.n > LABEL_MAX)
			return false;
		if (!format_punycode(str_slice(label, 4, label.n), runes, &n))
			return false;
		bool has_other = false;
		for (size_t i = 0; i < n; i++)
			has_other = has_other || runes[i] >= 0x80;
		return has_other && format_runes(runes, n, true);
	}
	for (size_t i = 0; i < label.n; i += size) {
		uint32_t rune = utf8_decode(str_slice(label, i, label.n), &size);
		if (n == LABEL_MAX || (!idn && rune >= 0x80))
			return false;
		runes[n++] = rune;
	}
	return format_runes(runes, n, idn);
}

static bool format_any_hostname(struct str s, bool idn)
{
	struct str label;
	size_t signs = 0;
	for (size_t i = 0; i < s.n; i++)
		signs += (s.p[i] & 0xc0) != 0x80;
	if (!signs || signs > HOSTNAME_MAX)
		return false;
	while (str_next(&s, '.', &label))
		if (!format_label(label, idn))
			return false;
	return true;
}

bool format_hostname(struct str s)
{
	return format_any_hostname(s, false);
}

/* The full stops of other scripts separate labels too. */
bool format_idn_hostname(struct str s)
{
	owned_buf struct buf plain = { 0 };
	size_t size;
	for (size_t i = 0; i < s.n; i += size) {
		uint32_t rune = utf8_decode(str_slice(s, i, s.n), &size);
		bool is_stop = rune == 0x3002 || rune == 0xff0e || rune == 0xff61;
		buf_append(&plain, is_stop ? STR(".") : str_slice(s, i, size));
	}
	return format_any_hostname(buf_str(&plain), true);
}

/* ---- email ---- */

/* Words of these signs with single dots between. */
static bool format_dot_atom(struct str s, bool idn)
{
	struct str atom;
	while (str_next(&s, '.', &atom)) {
		if (!atom.n)
			return false;
		for (size_t i = 0; i < atom.n; i++) {
			unsigned char c = (unsigned char)atom.p[i];
			if (c >= 0x80 ? !idn : !format_is_alnum(c) && (!c || !strchr("!#$%&'*+-/=?^_`{|}~", c)))
				return false;
		}
	}
	return true;
}

static bool format_quoted(struct str s, bool idn)
{
	if (s.n < 2 || s.p[s.n - 1] != '"')
		return false;
	for (size_t i = 1; i + 1 < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\\' && ++i + 1 == s.n)
			return false;
		if (c == '"' || c < ' ' || c == 0x7f || (c >= 0x80 && !idn))
			return false;
	}
	return true;
}

static bool format_any_email(struct str s, bool idn)
{
	size_t at = str_find_last(s, '@');
	if (at == STR_NONE || !at || at > LOCAL_MAX)
		return false;
	struct str local = str_slice(s, 0, at), domain = str_slice(s, at + 1, s.n);
	if (local.p[0] == '"' ? !format_quoted(local, idn) : !format_dot_atom(local, idn))
		return false;
	if (!format_take(&domain, '['))
		return idn ? format_idn_hostname(domain) : format_hostname(domain);
	if (!domain.n || domain.p[domain.n - 1] != ']')
		return false;
	domain.n--;
	if (str_has_prefix(domain, STR("IPv6:")))
		return format_ipv6(str_slice(domain, 5, domain.n));
	return format_ipv4(domain);
}

bool format_email(struct str s)
{
	return format_any_email(s, false);
}

bool format_idn_email(struct str s)
{
	return format_any_email(s, true);
}
