/* Copies a pattern from left to right, each atom in PCRE2's words. */
#include "core/ext/regex_ecma.h"

#include "core/base/utf8.h"

/* What is known at one place of the pattern. */
struct ecma {
	struct str pattern;
	size_t at;
	struct buf *out;
	unsigned depth;                 /* open groups */
	bool is_atom;                   /* a quantifier may follow */
	struct error *err;
};

/* As ranges, for use inside brackets. */
#define ECMA_DIGIT "0-9"
#define ECMA_NO_DIGIT "\\x00-/:-\\x{10ffff}"
#define ECMA_WORD "0-9A-Z_a-z"
#define ECMA_NO_WORD "\\x00-/:-@\\[-\\^`{-\\x{10ffff}"
#define ECMA_BLANK "\\x09-\\x0d \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}" \
	"\\x{205f}\\x{3000}\\x{feff}"
#define ECMA_NO_BLANK "\\x00-\\x08\\x0e-\\x1f!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}" \
	"\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}" \
	"\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"
#define ECMA_ANY "[\\x00-\\x{10ffff}]"
#define ECMA_NONE "(?!)"

static const struct { char letter; const char *ranges; } ecma_sets[] = {
	{ 'd', ECMA_DIGIT }, { 'D', ECMA_NO_DIGIT }, { 'w', ECMA_WORD }, { 'W', ECMA_NO_WORD },
	{ 's', ECMA_BLANK }, { 'S', ECMA_NO_BLANK },
};

/* ECMA's names of general categories; PCRE2 knows the short ones alone. */
static const struct { const char *name, *code; } ecma_categories[] = {
	{ "Other", "C" }, { "Control", "Cc" }, { "cntrl", "Cc" }, { "Format", "Cf" },
	{ "Unassigned", "Cn" }, { "Private_Use", "Co" }, { "Surrogate", "Cs" }, { "Letter", "L" },
	{ "Cased_Letter", "L&" }, { "LC", "L&" }, { "Lowercase_Letter", "Ll" },
	{ "Modifier_Letter", "Lm" }, { "Other_Letter", "Lo" }, { "Titlecase_Letter", "Lt" },
	{ "Uppercase_Letter", "Lu" }, { "Mark", "M" }, { "Combining_Mark", "M" },
	{ "Spacing_Mark", "Mc" }, { "Enclosing_Mark", "Me" }, { "Nonspacing_Mark", "Mn" },
	{ "Number", "N" }, { "Decimal_Number", "Nd" }, { "digit", "Nd" },
	{ "Letter_Number", "Nl" }, { "Other_Number", "No" }, { "Punctuation", "P" },
	{ "punct", "P" }, { "Connector_Punctuation", "Pc" }, { "Dash_Punctuation", "Pd" },
	{ "Close_Punctuation", "Pe" }, { "Final_Punctuation", "Pf" },
	{ "Initial_Punctuation", "Pi" }, { "Other_Punctuation", "Po" },
	{ "Open_Punctuation", "Ps" }, { "Symbol", "S" }, { "Currency_Symbol", "Sc" },
	{ "Modifier_Symbol", "Sk" }, { "Math_Symbol", "Sm" }, { "Other_Symbol", "So" },
	{ "Separator", "Z" }, { "Line_Separator", "Zl" }, { "Paragraph_Separator", "Zp" },
	{ "Space_Separator", "Zs" },
};
enum { NCATEGORIES = sizeof ecma_categories / sizeof *ecma_categories };

/* A code point past Unicode's: half of a surrogate pair, which no UTF-8 text holds. */
#define ECMA_HALF ((uint32_t)0x110000)

static bool ecma_wrong(struct ecma *e, size_t at, const char *what)
{
	return error_set(e->err, ERROR_USAGE, "the pattern is wrong at byte %zu: %s", at + 1, what);
}

static char ecma_peek(const struct ecma *e, size_t ahead)
{
	return e->at + ahead < e->pattern.n ? e->pattern.p[e->at + ahead] : '\0';
}

static bool ecma_ends(const struct ecma *e)
{
	return e->at >= e->pattern.n;
}

static bool ecma_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool ecma_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One character that means itself, wherever it stands. */
static void ecma_append(struct ecma *e, uint32_t rune)
{
	bool plain = rune < 0x80 && (ecma_is_letter((char)rune) || ecma_is_digit((char)rune));
	if (plain)
		buf_append_char(e->out, (char)rune);
	else
		buf_printf(e->out, "\\x{%x}", rune);
}

static const char *ecma_set(char letter)
{
	for (size_t i = 0; i < sizeof ecma_sets / sizeof *ecma_sets; i++)
		if (ecma_sets[i].letter == letter)
			return ecma_sets[i].ranges;
	return NULL;
}

/* ---- escapes; e->at is behind the backslash ---- */

static bool ecma_hex(const struct ecma *e, size_t from, size_t n, uint32_t *ret_rune)
{
	uint32_t rune = 0;
	for (size_t i = 0; i < n; i++) {
		char c = ecma_peek(e, from + i);
		uint32_t digit = ecma_is_digit(c)       ? (uint32_t)(c - '0')
		                 : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
		                 : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
		                                        : 16;
		if (digit == 16)
			return false;
		rune = rune * 16 + digit;
	}
	*ret_rune = rune;
	return true;
}

/* Behind "\u": XXXX, a pair of such, or {X…}. */
static bool ecma_unicode(struct ecma *e, uint32_t *ret_rune)
{
	uint32_t rune = 0, low;
	if (ecma_peek(e, 0) == '{') {
		size_t end = str_find(str_slice(e->pattern, e->at, e->pattern.n), '}');
		if (end == STR_NONE || end < 2 || end > 9 || !ecma_hex(e, 1, end - 1, &rune) ||
		    rune > 0x10ffff)
			return ecma_wrong(e, e->at, "\\u{…} takes a code point in hex digits");
		e->at += end + 1;
	} else if (!ecma_hex(e, 0, 4, &rune)) {
		return ecma_wrong(e, e->at, "\\u takes four hex digits or {…}");
	} else {
		e->at += 4;
		bool is_high = rune >= 0xd800 && rune < 0xdc00;
		if (is_high && ecma_peek(e, 0) == '\\' && ecma_peek(e, 1) == 'u' &&
		    ecma_hex(e, 2, 4, &low) && low >= 0xdc00 && low < 0xe000) {
			rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
			e->at += 6;
		}
	}
	*ret_rune = rune >= 0xd800 && rune < 0xe000 ? ECMA_HALF : rune;
	return true;
}

/* An escape that stands for one character. */
static bool ecma_character(struct ecma *e, uint32_t *ret_rune)
{
	static const char controls[] = "t\tn\nv\vf\fr\r";
	size_t start = e->at, size;
	char c = ecma_peek(e, 0);
	if (ecma_ends(e))
		return ecma_wrong(e, start - 1, "a single \\ at the end");
	uint32_t rune = utf8_decode(str_slice(e->pattern, e->at, e->pattern.n), &size);
	e->at += size;
	const char *control = c ? strchr(controls, c) : NULL;
	*ret_rune = rune;
	if (c == 'u')
		return ecma_unicode(e, ret_rune);
	if (control && ecma_is_letter(c)) {
		*ret_rune = (uint32_t)control[1];
	} else if (c == 'x') {
		if (!ecma_hex(e, 0, 2, ret_rune))
			return ecma_wrong(e, start - 1, "\\x takes two hex digits");
		e->at += 2;
	} else if (c == 'c') {
		if (!ecma_is_letter(ecma_peek(e, 0)))
			return ecma_wrong(e, start - 1, "\\c takes a letter");
		*ret_rune = (uint32_t)ecma_peek(e, 0) % 32;
		e->at++;
	} else if (c == '0' && !ecma_is_digit(ecma_peek(e, 0))) {
		*ret_rune = 0;
	} else if (ecma_is_letter(c) || ecma_is_digit(c)) {
		return ecma_wrong(e, start - 1, "this escape is none of ECMA-262");
	}
	return true;
}

/* \p{…} and \P{…}, as PCRE2 has it. */
static bool ecma_property(struct ecma *e)
{
	size_t start = e->at - 1;
	char letter = ecma_peek(e, 0);
	size_t end = str_find(str_slice(e->pattern, e->at, e->pattern.n), '}');
	if (ecma_peek(e, 1) != '{' || end == STR_NONE || end < 3)
		return ecma_wrong(e, start, "\\p takes the name of a property in braces");
	struct str name = str_slice(e->pattern, e->at + 2, end - 2), kind = { 0 };
	size_t equals = str_find(name, '=');
	if (equals != STR_NONE) {
		kind = str_slice(name, 0, equals);
		name = str_slice(name, equals + 1, name.n);
	}
	for (size_t i = 0; i < name.n; i++)
		if (!ecma_is_letter(name.p[i]) && !ecma_is_digit(name.p[i]) && name.p[i] != '_')
			return ecma_wrong(e, start, "\\p takes the name of a property in braces");
	bool category = !kind.p || str_eq(kind, STR("General_Category")) || str_eq(kind, STR("gc"));
	bool script = str_eq(kind, STR("Script")) || str_eq(kind, STR("sc"));
	bool extensions = str_eq(kind, STR("Script_Extensions")) || str_eq(kind, STR("scx"));
	if (!category && !script && !extensions)
		return ecma_wrong(e, start, "\\p has no such property");
	for (size_t i = 0; category && i < NCATEGORIES; i++)
		if (str_eq(name, str_of(ecma_categories[i].name)))
			name = str_of(ecma_categories[i].code);
	e->at += end + 1;
	buf_printf(e->out, "\\%c{%s%.*s}", letter, script ? "sc:" : extensions ? "scx:" : "",
	           STR_ARG(name));
	return true;
}

/* ---- [...] ---- */

struct ecma_member {
	uint32_t rune;                  /* ECMA_HALF: matches nothing */
	bool is_set;                    /* written already: no end of a range */
};

static bool ecma_class_member(struct ecma *e, struct ecma_member *ret_member)
{
	size_t size;
	*ret_member = (struct ecma_member){ 0 };
	if (ecma_peek(e, 0) != '\\') {
		ret_member->rune = utf8_decode(str_slice(e->pattern, e->at, e->pattern.n), &size);
		e->at += size;
		return true;
	}
	e->at++;
	char c = ecma_peek(e, 0);
	const char *set = c ? ecma_set(c) : NULL;
	if (set || c == 'p' || c == 'P') {
		ret_member->is_set = true;
		if (!set)
			return ecma_property(e);
		buf_append_text(e->out, set);
		e->at++;
		return true;
	}
	if (c == 'b') {
		ret_member->rune = '\b';
		e->at++;
		return true;
	}
	return ecma_character(e, &ret_member->rune);
}

static bool ecma_class_range(struct ecma *e, struct ecma_member from)
{
	struct ecma_member to;
	size_t start = e->at;
	e->at++;
	if (from.is_set) {
		ecma_append(e, '-');
		return true;
	}
	size_t kept = e->out->n;
	if (!ecma_class_member(e, &to))
		return false;
	if (to.is_set) {
		/* [a-\d]: three members. */
		ecma_append(e, '-');
		if (from.rune != ECMA_HALF)
			ecma_append(e, from.rune);
		return true;
	}
	e->out->n = kept;
	if (from.rune == ECMA_HALF || to.rune == ECMA_HALF)
		return ecma_wrong(e, start, "a range cannot end in half of a surrogate pair");
	if (from.rune > to.rune)
		return ecma_wrong(e, start, "the range is out of order");
	ecma_append(e, from.rune);
	buf_append_char(e->out, '-');
	ecma_append(e, to.rune);
	return true;
}

static bool ecma_class(struct ecma *e)
{
	size_t start = e->at, from = e->out->n;
	struct ecma_member member;
	e->at++;
	bool is_negated = ecma_peek(e, 0) == '^';
	e->at += is_negated;
	buf_append_text(e->out, is_negated ? "[^" : "[");
	size_t empty = e->out->n;
	while (!ecma_ends(e) && ecma_peek(e, 0) != ']') {
		if (!ecma_class_member(e, &member))
			return false;
		bool is_range = ecma_peek(e, 0) == '-' && e->at + 1 < e->pattern.n &&
		                ecma_peek(e, 1) != ']';
		if (is_range && !ecma_class_range(e, member))
			return false;
		if (!is_range && !member.is_set && member.rune != ECMA_HALF)
			ecma_append(e, member.rune);
	}
	if (ecma_ends(e))
		return ecma_wrong(e, start, "[ has no ] behind it");
	e->at++;
	buf_append_char(e->out, ']');
	if (e->out->n == empty + 1) {
		e->out->n = from;
		buf_append_text(e->out, is_negated ? ECMA_ANY : ECMA_NONE);
	}
	e->is_atom = true;
	return true;
}

/* ---- atoms ---- */

/* The name in <…>; PCRE2's names are ASCII, and so are the ones that are taken. */
static bool ecma_name(struct ecma *e, struct str *ret_name)
{
	size_t end = str_find(str_slice(e->pattern, e->at, e->pattern.n), '>');
	struct str name = str_slice(e->pattern, e->at, end == STR_NONE ? 0 : end);
	bool good = name.n > 0 && name.n <= 32 && !ecma_is_digit(name.p[0]);
	for (size_t i = 0; i < name.n; i++)
		good = good && (ecma_is_letter(name.p[i]) || ecma_is_digit(name.p[i]) ||
		                name.p[i] == '_');
	if (!good)
		return ecma_wrong(e, e->at, "a group's name has letters, digits and _");
	e->at += end + 1;
	*ret_name = name;
	return true;
}

static bool ecma_group(struct ecma *e)
{
	static const char *const kinds[] = { "?:", "?=", "?!", "?<=", "?<!" };
	size_t start = e->at;
	struct str name;
	e->at++;
	e->depth++;
	e->is_atom = false;
	buf_append_char(e->out, '(');
	if (ecma_peek(e, 0) != '?')
		return true;
	struct str rest = str_slice(e->pattern, e->at, e->pattern.n);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!str_has_prefix(rest, str_of(kinds[i])))
			continue;
		e->at += strlen(kinds[i]);
		buf_append_text(e->out, kinds[i]);
		return true;
	}
	if (!str_has_prefix(rest, STR("?<")))
		return ecma_wrong(e, start, "ECMA-262 has no such group");
	e->at += 2;
	if (!ecma_name(e, &name))
		return false;
	buf_printf(e->out, "?<%.*s>", STR_ARG(name));
	return true;
}

/* \1 … \99 */
static void ecma_back_reference(struct ecma *e)
{
	buf_append_text(e->out, "\\g{");
	for (; ecma_is_digit(ecma_peek(e, 0)); e->at++)
		buf_append_char(e->out, ecma_peek(e, 0));
	buf_append_char(e->out, '}');
}

static bool ecma_escape(struct ecma *e)
{
	struct str name;
	uint32_t rune;
	e->at++;
	e->is_atom = true;
	char c = ecma_peek(e, 0);
	const char *set = c ? ecma_set(c) : NULL;
	if (set) {
		e->at++;
		buf_printf(e->out, "[%s]", set);
	} else if (c == 'b' || c == 'B') {
		e->at++;
		e->is_atom = false;
		buf_printf(e->out, "\\%c", c);
	} else if (c == 'p' || c == 'P') {
		return ecma_property(e);
	} else if (c >= '1' && c <= '9') {
		ecma_back_reference(e);
	} else if (c == 'k') {
		if (ecma_peek(e, 1) != '<')
			return ecma_wrong(e, e->at - 1, "\\k takes the name of a group: \\k<name>");
		e->at += 2;
		if (!ecma_name(e, &name))
			return false;
		buf_printf(e->out, "\\k<%.*s>", STR_ARG(name));
	} else {
		if (!ecma_character(e, &rune))
			return false;
		if (rune == ECMA_HALF)
			buf_append_text(e->out, ECMA_NONE);
		else
			ecma_append(e, rune);
	}
	return true;
}

/* {n}, {n,} or {n,m}: its length, or 0 when these braces are none. */
static size_t ecma_braces(const struct ecma *e)
{
	size_t i = 1, digits = 0;
	while (ecma_is_digit(ecma_peek(e, i)))
		i++, digits++;
	if (!digits)
		return 0;
	if (ecma_peek(e, i) == ',')
		for (i++; ecma_is_digit(ecma_peek(e, i));)
			i++;
	return ecma_peek(e, i) == '}' ? i + 1 : 0;
}

static bool ecma_quantifier(struct ecma *e, size_t size)
{
	if (!e->is_atom)
		return ecma_wrong(e, e->at, "there is nothing to repeat");
	buf_append(e->out, str_slice(e->pattern, e->at, size));
	e->at += size;
	if (ecma_peek(e, 0) == '?') {
		buf_append_char(e->out, '?');
		e->at++;
	}
	e->is_atom = false;
	return true;
}

static void ecma_literal(struct ecma *e)
{
	size_t size;
	uint32_t rune = utf8_decode(str_slice(e->pattern, e->at, e->pattern.n), &size);
	ecma_append(e, rune == UTF8_BAD ? UTF8_REPLACEMENT : rune);
	e->at += size;
	e->is_atom = true;
}

/* A sign that is copied, or stands for `with`. */
static void ecma_sign(struct ecma *e, const char *with, bool is_atom)
{
	buf_append_text(e->out, with);
	e->at++;
	e->is_atom = is_atom;
}

static bool ecma_step(struct ecma *e)
{
	size_t braces;
	switch (ecma_peek(e, 0)) {
	case '\\':
		return ecma_escape(e);
	case '[':
		return ecma_class(e);
	case '(':
		return ecma_group(e);
	case ')':
		if (!e->depth)
			return ecma_wrong(e, e->at, ") has no ( before it");
		e->depth--;
		ecma_sign(e, ")", true);
		return true;
	case '*': case '+': case '?':
		return ecma_quantifier(e, 1);
	case '{':
		braces = ecma_braces(e);
		if (braces)
			return ecma_quantifier(e, braces);
		ecma_literal(e);
		return true;
	case '|':
		ecma_sign(e, "|", false);
		return true;
	case '^':
		ecma_sign(e, "^", false);
		return true;
	case '$':
		ecma_sign(e, "\\z", false);
		return true;
	case '.':
		ecma_sign(e, "[^\\n\\r\\x{2028}\\x{2029}]", true);
		return true;
	default:
		ecma_literal(e);
		return true;
	}
}

bool regex_ecma_translate(struct str pattern, struct buf *ret_translated, struct error *err)
{
	struct ecma e = { .pattern = pattern, .out = ret_translated, .err = err };
	while (!ecma_ends(&e))
		if (!ecma_step(&e))
			return false;
	return !e.depth || ecma_wrong(&e, pattern.n, "( has no ) behind it");
}
