#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/base/own.h"
#include "core/base/utf8.h"
#include "core/context/ignore_regex.h"
#include "core/context/ignore_state.h"

/* Reads what Go's regexp/syntax (flags Perl) would of the text that
 * ignore_pattern makes.  The text is UTF-8. */
struct ignore_parse {
	struct arena *arena;
	struct str rest;
	struct ignore_state *states;
	size_t n, cap;
	struct ignore_range *ranges;            /* of the class being read */
	size_t nranges, ranges_cap;
	bool can_repeat;                        /* the last state is a whole and not repeated */
	bool has_alternatives;
};

/* Go's limit of a count in {}. */
enum { IGNORE_COUNT_MAX = 1000 };

static const struct ignore_range range_digit[] = { { '0', '9' } };
static const struct ignore_range range_space[] = { { '\t', '\n' }, { '\f', '\r' }, { ' ', ' ' } };
static const struct ignore_range range_word[] = {
	{ '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' },
};
static const struct ignore_range range_alnum[] = { { '0', '9' }, { 'A', 'Z' }, { 'a', 'z' } };
static const struct ignore_range range_alpha[] = { { 'A', 'Z' }, { 'a', 'z' } };
static const struct ignore_range range_ascii[] = { { 0, 0x7f } };
static const struct ignore_range range_blank[] = { { '\t', '\t' }, { ' ', ' ' } };
static const struct ignore_range range_cntrl[] = { { 0, 0x1f }, { 0x7f, 0x7f } };
static const struct ignore_range range_graph[] = { { '!', '~' } };
static const struct ignore_range range_lower[] = { { 'a', 'z' } };
static const struct ignore_range range_print[] = { { ' ', '~' } };
static const struct ignore_range range_punct[] = {
	{ '!', '/' }, { ':', '@' }, { '[', '`' }, { '{', '~' },
};
static const struct ignore_range range_white[] = { { '\t', '\r' }, { ' ', ' ' } };
static const struct ignore_range range_upper[] = { { 'A', 'Z' } };
static const struct ignore_range range_hex[] = { { '0', '9' }, { 'A', 'F' }, { 'a', 'f' } };

#define NAMED(name, ranges) { name, ranges, sizeof(ranges) / sizeof *(ranges) }
/* Sorted ranges, as negating them needs. */
static const struct ignore_named {
	const char *name;
	const struct ignore_range *ranges;
	size_t n;
} ignore_names[] = {
	NAMED("d", range_digit),      NAMED("s", range_space),      NAMED("w", range_word),
	NAMED("alnum", range_alnum),  NAMED("alpha", range_alpha),  NAMED("ascii", range_ascii),
	NAMED("blank", range_blank),  NAMED("cntrl", range_cntrl),  NAMED("digit", range_digit),
	NAMED("graph", range_graph),  NAMED("lower", range_lower),  NAMED("print", range_print),
	NAMED("punct", range_punct),  NAMED("space", range_white),  NAMED("upper", range_upper),
	NAMED("word", range_word),    NAMED("xdigit", range_hex),
};

static bool ignore_parse_refuse(const char *why, struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "%s", why);
}

static uint32_t ignore_parse_rune(struct ignore_parse *p)
{
	size_t size;
	uint32_t rune = ignore_regex_rune(p->rest, &size);
	p->rest = str_slice(p->rest, size, p->rest.n);
	return rune;
}

static bool ignore_parse_takes(struct ignore_parse *p, struct str text)
{
	if (!str_has_prefix(p->rest, text))
		return false;
	p->rest = str_slice(p->rest, text.n, p->rest.n);
	return true;
}

static struct ignore_state *ignore_parse_add(struct ignore_parse *p, enum ignore_op op)
{
	if (p->n == p->cap)
		p->states = xrealloc(p->states, p->cap = p->cap ? p->cap * 2 : 64, sizeof *p->states);
	p->states[p->n] = (struct ignore_state){ .op = (uint8_t)op };
	return &p->states[p->n++];
}

static struct ignore_state *ignore_parse_add_rune(struct ignore_parse *p, uint32_t rune)
{
	struct ignore_state *s = ignore_parse_add(p, IGNORE_TAKE);
	s->one = (struct ignore_range){ rune, rune };
	s->nranges = 1;
	return s;
}

static void ignore_parse_range(struct ignore_parse *p, uint32_t low, uint32_t high)
{
	if (p->nranges == p->ranges_cap) {
		p->ranges_cap = p->ranges_cap ? p->ranges_cap * 2 : 16;
		p->ranges = xrealloc(p->ranges, p->ranges_cap, sizeof *p->ranges);
	}
	p->ranges[p->nranges++] = (struct ignore_range){ low, high };
}

/* The ranges of a class that has a name, or all others. */
static bool ignore_parse_named(struct ignore_parse *p, struct str name, bool negated)
{
	size_t count = sizeof ignore_names / sizeof *ignore_names, k = 0;
	while (k < count && !str_eq(name, str_of(ignore_names[k].name)))
		k++;
	if (k == count)
		return false;
	const struct ignore_named *named = &ignore_names[k];
	uint32_t from = 0;
	for (size_t i = 0; i < named->n; i++) {
		struct ignore_range r = named->ranges[i];
		if (!negated)
			ignore_parse_range(p, r.low, r.high);
		else if (r.low > from)
			ignore_parse_range(p, from, r.low - 1);
		from = r.high + 1;
	}
	if (negated)
		ignore_parse_range(p, from, 0x10ffff);
	return true;
}

/* \d and its like at the front of the rest. */
static bool ignore_parse_perl(struct ignore_parse *p)
{
	if (p->rest.n < 2 || p->rest.p[0] != '\\' || !memchr("dswDSW", p->rest.p[1], 6))
		return false;
	char lower = (char)(p->rest.p[1] | 0x20);
	ignore_parse_named(p, (struct str){ &lower, 1 }, lower != p->rest.p[1]);
	p->rest = str_slice(p->rest, 2, p->rest.n);
	return true;
}

static int ignore_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind \x: two digits (the form with braces cannot come, they are escaped). */
static bool ignore_parse_hex(struct ignore_parse *p, uint32_t *ret_rune)
{
	if (p->rest.n < 2)
		return false;
	int high = ignore_hex_digit(p->rest.p[0]), low = ignore_hex_digit(p->rest.p[1]);
	if (high < 0 || low < 0)
		return false;
	p->rest = str_slice(p->rest, 2, p->rest.n);
	*ret_rune = (uint32_t)(high * 16 + low);
	return true;
}

/* first was behind the backslash; one digit alone would refer back. */
static bool ignore_parse_octal(struct ignore_parse *p, char first, uint32_t *ret_rune)
{
	uint32_t rune = (uint32_t)(first - '0');
	bool more = p->rest.n && p->rest.p[0] >= '0' && p->rest.p[0] <= '7';
	if (first != '0' && !more)
		return false;
	for (int i = 1; i < 3 && p->rest.n && p->rest.p[0] >= '0' && p->rest.p[0] <= '7'; i++) {
		rune = rune * 8 + (uint32_t)(p->rest.p[0] - '0');
		p->rest = str_slice(p->rest, 1, p->rest.n);
	}
	*ret_rune = rune;
	return true;
}

/* Behind a backslash: one character (Go's parseEscape). */
static bool ignore_parse_escape(struct ignore_parse *p, uint32_t *ret_rune, struct error *err)
{
	static const char letters[] = "aftnrv", meant[] = "\a\f\t\n\r\v";
	bool ok = false;
	if (p->rest.n == 0)
		return ignore_parse_refuse("nothing stands behind the last '\\'", err);
	uint32_t c = ignore_parse_rune(p);
	const char *letter = c && c < 0x80 ? strchr(letters, (int)c) : NULL;
	bool word = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
	if (letter) {
		*ret_rune = (uint32_t)meant[letter - letters];
		ok = true;
	} else if (c >= '0' && c <= '7') {
		ok = ignore_parse_octal(p, (char)c, ret_rune);
	} else if (c == 'x') {
		ok = ignore_parse_hex(p, ret_rune);
	} else if (c < 0x80 && !word) {
		*ret_rune = c;
		ok = true;
	}
	return ok || ignore_parse_refuse("a '\\' stands before a letter, digit or character that "
	                                 "needs none; leave the '\\' out", err);
}

static bool ignore_parse_class_rune(struct ignore_parse *p, uint32_t *ret_rune, struct error *err)
{
	if (p->rest.n == 0)
		return ignore_parse_refuse("a '[' has no ']'", err);
	*ret_rune = ignore_parse_rune(p);
	return *ret_rune != '\\' || ignore_parse_escape(p, ret_rune, err);
}

enum ignore_posix { POSIX_NONE, POSIX_TAKEN, POSIX_UNKNOWN };

/* [:alpha:] or [:^alpha:] inside a class. */
static enum ignore_posix ignore_parse_posix(struct ignore_parse *p)
{
	if (p->rest.n <= 2 || !str_has_prefix(p->rest, STR("[:")))
		return POSIX_NONE;
	struct str name = str_slice(p->rest, 2, p->rest.n);
	size_t end = str_find_str(name, STR(":]"));
	if (end == STR_NONE)
		return POSIX_NONE;
	name.n = end;
	bool negated = str_has_prefix(name, STR("^"));
	name = str_slice(name, negated, name.n);
	p->rest = str_slice(p->rest, end + 4, p->rest.n);
	return name.n > 1 && ignore_parse_named(p, name, negated) ? POSIX_TAKEN : POSIX_UNKNOWN;
}

/* One item of a class: a name, a character, or a range. */
static bool ignore_parse_item(struct ignore_parse *p, struct error *err)
{
	enum ignore_posix posix = ignore_parse_posix(p);
	if (posix == POSIX_UNKNOWN)
		return ignore_parse_refuse("[:name:] has a name that is none", err);
	if (posix == POSIX_TAKEN || ignore_parse_perl(p))
		return true;
	uint32_t low = 0, high;
	if (!ignore_parse_class_rune(p, &low, err))
		return false;
	high = low;
	if (p->rest.n >= 2 && p->rest.p[0] == '-' && p->rest.p[1] != ']') {
		p->rest = str_slice(p->rest, 1, p->rest.n);
		if (!ignore_parse_class_rune(p, &high, err))
			return false;
	}
	if (high < low)
		return ignore_parse_refuse("a range in [...] runs backwards", err);
	ignore_parse_range(p, low, high);
	return true;
}

/* The ranges read become a state. */
static void ignore_parse_add_ranges(struct ignore_parse *p, bool negated)
{
	struct ignore_state *s = ignore_parse_add(p, IGNORE_TAKE);
	s->negated = negated;
	s->nranges = (uint32_t)p->nranges;
	if (p->nranges == 1) {
		s->one = p->ranges[0];
	} else {
		struct ignore_range *kept = arena_array(p->arena, p->nranges, sizeof *kept);
		memcpy(kept, p->ranges, p->nranges * sizeof *kept);
		s->ranges = kept;
	}
	p->nranges = 0;
}

/* Behind '['. */
static bool ignore_parse_class(struct ignore_parse *p, struct error *err)
{
	bool negated = ignore_parse_takes(p, STR("^"));
	do {
		if (!ignore_parse_item(p, err))
			return false;
	} while (!ignore_parse_takes(p, STR("]")));
	ignore_parse_add_ranges(p, negated);
	if (ignore_parse_takes(p, STR("*"))) {
		p->states[p->n - 1].repeated = true;
		p->can_repeat = false;
	}
	return true;
}

/* Behind a backslash outside a class. */
static bool ignore_parse_backslash(struct ignore_parse *p, struct error *err)
{
	static const char letters[] = "AzbB";
	static const enum ignore_op ops[] = { IGNORE_BEGIN, IGNORE_END, IGNORE_EDGE, IGNORE_NO_EDGE };
	const char *letter = p->rest.n && p->rest.p[0] ? strchr(letters, p->rest.p[0]) : NULL;
	if (letter) {
		ignore_parse_add(p, ops[letter - letters]);
		p->rest = str_slice(p->rest, 1, p->rest.n);
		return true;
	}
	if (ignore_parse_takes(p, STR("Q"))) {
		while (p->rest.n && !ignore_parse_takes(p, STR("\\E")))
			ignore_parse_add_rune(p, ignore_parse_rune(p));
		return true;
	}
	if (p->rest.n && (p->rest.p[0] | 0x20) == 'p')
		return ignore_parse_refuse("\\p (a class of Unicode) is not understood here", err);
	uint32_t rune = 0;
	if (!ignore_parse_escape(p, &rune, err))
		return false;
	ignore_parse_add_rune(p, rune);
	return true;
}

/* `.` takes all but a line end; it only comes repeated. */
static void ignore_parse_add_any(struct ignore_parse *p)
{
	struct ignore_state *s = ignore_parse_add_rune(p, '\n');
	s->negated = s->repeated = true;
}

/* The next alternative may begin anywhere. */
static void ignore_parse_or(struct ignore_parse *p)
{
	ignore_parse_add(p, IGNORE_MATCH);
	struct ignore_state *s = ignore_parse_add(p, IGNORE_TAKE);
	s->negated = s->repeated = true;
	p->has_alternatives = true;
	p->can_repeat = false;
}

/* A number without useless zeros, as Go reads it; false: none, or out of all bounds. */
static bool ignore_parse_number(struct str *rest, unsigned *ret_number)
{
	size_t n = 0;
	unsigned long long number;
	while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9')
		n++;
	if (n == 0 || (n > 1 && rest->p[0] == '0'))
		return false;
	if (!str_number(str_slice(*rest, 0, n), IGNORE_COUNT_MAX, &number))
		number = IGNORE_COUNT_MAX + 1;
	*rest = str_slice(*rest, n, rest->n);
	*ret_number = (unsigned)number;
	return true;
}

struct ignore_count {
	unsigned least, most;
	bool endless;
};

/* {2} {2,} or {2,5} at the front of the rest; false: a brace like any character. */
static bool ignore_parse_count(struct ignore_parse *p, struct ignore_count *ret_count)
{
	struct str rest = str_slice(p->rest, 1, p->rest.n);
	struct ignore_count c = { 0 };
	if (!ignore_parse_number(&rest, &c.least))
		return false;
	c.most = c.least;
	if (str_has_prefix(rest, STR(","))) {
		rest = str_slice(rest, 1, rest.n);
		if (str_has_prefix(rest, STR("}")))
			c.endless = true;
		else if (!ignore_parse_number(&rest, &c.most))
			return false;
	}
	if (!str_has_prefix(rest, STR("}")))
		return false;
	p->rest = str_slice(rest, 1, rest.n);
	*ret_count = c;
	return true;
}

/* Behind '{': moby means to escape it and does not. */
static bool ignore_parse_repeat(struct ignore_parse *p, struct ignore_count c, struct error *err)
{
	if (!p->can_repeat)
		return ignore_parse_refuse("{...} repeats something that it cannot", err);
	if (c.least > IGNORE_COUNT_MAX || c.most > IGNORE_COUNT_MAX || c.most < c.least)
		return ignore_parse_refuse("a {...} counts past 1000 or backwards", err);
	struct ignore_state s = p->states[--p->n];
	p->can_repeat = false;
	for (unsigned i = 0; i < c.most; i++) {
		struct ignore_state *copy = ignore_parse_add(p, IGNORE_TAKE);
		*copy = s;
		copy->optional = i >= c.least;
	}
	if (c.endless) {
		struct ignore_state *copy = ignore_parse_add(p, IGNORE_TAKE);
		*copy = s;
		copy->optional = true;
		copy->repeated = s.op == IGNORE_TAKE;
	}
	return true;
}

static bool ignore_parse_braces(struct ignore_parse *p, struct error *err)
{
	struct ignore_count count;
	if (ignore_parse_count(p, &count))
		return ignore_parse_repeat(p, count, err);
	ignore_parse_add_rune(p, ignore_parse_rune(p));
	p->can_repeat = true;
	return true;
}

static bool ignore_parse_next(struct ignore_parse *p, struct error *err)
{
	if (p->rest.p[0] == '{')
		return ignore_parse_braces(p, err);
	p->can_repeat = true;
	if (ignore_parse_takes(p, STR("(.*/)?"))) {
		ignore_parse_add(p, IGNORE_SKIP);
		ignore_parse_add_any(p);
		ignore_parse_add_rune(p, '/');
		p->can_repeat = false;
	} else if (ignore_parse_takes(p, STR(".*"))) {
		ignore_parse_add_any(p);
		p->can_repeat = false;
	} else if (ignore_parse_takes(p, STR("|"))) {
		ignore_parse_or(p);
	} else if (ignore_parse_takes(p, STR("^"))) {
		ignore_parse_add(p, IGNORE_BEGIN);
	} else if (ignore_parse_takes(p, STR("$"))) {
		ignore_parse_add(p, IGNORE_END);
	} else if (ignore_parse_takes(p, STR("["))) {
		return ignore_parse_class(p, err);
	} else if (ignore_parse_perl(p)) {
		ignore_parse_add_ranges(p, false);
	} else if (ignore_parse_takes(p, STR("\\"))) {
		return ignore_parse_backslash(p, err);
	} else {
		ignore_parse_add_rune(p, ignore_parse_rune(p));
	}
	return true;
}

static bool ignore_state_is_rune(const struct ignore_state *s)
{
	return s->op == IGNORE_TAKE && !s->repeated && !s->optional && !s->negated && s->nranges == 1 &&
	       !s->ranges && s->one.low == s->one.high && s->one.low != UTF8_REPLACEMENT;
}

/* The runes of states [from, to) as bytes. */
static struct str ignore_parse_bytes(struct ignore_parse *p, size_t from, size_t to)
{
	owned_buf struct buf b = { 0 };
	for (size_t i = from; i < to; i++)
		buf_append_rune(&b, p->states[i].one.low);
	return arena_str(p->arena, buf_str(&b));
}

/* Most texts are told apart by what a match must begin and end with. */
static void ignore_parse_ends(struct ignore_parse *p, struct ignore_regex *r)
{
	size_t from = 1, to = p->n - 1;
	if (p->has_alternatives || p->states[0].op != IGNORE_BEGIN ||
	    p->states[to].op != IGNORE_END)
		return;
	while (from < to && ignore_state_is_rune(&p->states[from]))
		from++;
	while (to > from && ignore_state_is_rune(&p->states[to - 1]))
		to--;
	/* An optional part before the tail holds two states of its own, a '/' last. */
	if (to >= 3 && p->states[to - 1].repeated && p->states[to - 2].op == IGNORE_SKIP)
		to++;
	r->head = ignore_parse_bytes(p, 1, from);
	r->tail = ignore_parse_bytes(p, to, p->n - 1);
}

bool ignore_regex_parse(struct arena *a, struct str text, struct ignore_regex *ret_regex,
                        struct error *err)
{
	struct ignore_parse p = { .arena = a, .rest = text };
	bool ok = true;
	while (ok && p.rest.n)
		ok = ignore_parse_next(&p, err);
	if (ok && p.n) {
		struct ignore_regex r = { .n = p.n, .has_alternatives = p.has_alternatives };
		struct ignore_state *states = arena_array(a, p.n, sizeof *states);
		memcpy(states, p.states, p.n * sizeof *states);
		r.states = states;
		ignore_parse_ends(&p, &r);
		*ret_regex = r;
	}
	free(p.states);
	free(p.ranges);
	return ok;
}
