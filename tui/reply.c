#include "tui/reply.h"

#include <string.h>

enum { REPLY_ESC = 27 };

/* A pattern of answers: '#' is one or more hexadecimal digits, '@' digits and ';'. */
struct reply_form {
	const char *text;
	enum reply_kind kind;
};

static const struct reply_form reply_forms[] = {
	{ "\x1b]11;rgb:#/#/#\a", REPLY_BACKGROUND },
	{ "\x1b]11;rgb:#/#/#\x1b\\", REPLY_BACKGROUND },
	{ "\x1b[?2026;@$y", REPLY_SYNCHRONIZED },
	{ "\x1b[?@c", REPLY_END },
};

static bool reply_is_hex(uint32_t key)
{
	return (key >= '0' && key <= '9') || (key >= 'a' && key <= 'f') ||
	       (key >= 'A' && key <= 'F');
}

static bool reply_is_number(uint32_t key)
{
	return (key >= '0' && key <= '9') || key == ';';
}

enum reply_match { REPLY_DIFFERS, REPLY_BEGINS, REPLY_IS };

static enum reply_match reply_compare(const struct reply *r, const char *form)
{
	size_t at = 0;
	for (; *form; form++) {
		bool (*fits)(uint32_t) = *form == '#'   ? reply_is_hex
		                         : *form == '@' ? reply_is_number : NULL;
		size_t from = at;
		if (at == r->n)
			return REPLY_BEGINS;
		if (!fits) {
			if (r->keys[at++] != (unsigned char)*form)
				return REPLY_DIFFERS;
			continue;
		}
		while (at < r->n && fits(r->keys[at]))
			at++;
		if (at == from)
			return REPLY_DIFFERS;
	}
	return at == r->n ? REPLY_IS : REPLY_DIFFERS;
}

/* One to four digits a part, of which the first two count (XParseColor). */
static void reply_colour(struct reply *r)
{
	size_t at = strlen("\x1b]11;rgb:");
	r->rgb = 0;
	for (unsigned part = 0; part < 3; part++, at++) {
		uint32_t value = 0;
		unsigned digits = 0;
		for (; at < r->n && reply_is_hex(r->keys[at]); at++, digits++)
			if (digits < 2)
				value = value << 4 | ((r->keys[at] & 0xf) + (r->keys[at] > '9' ? 9 : 0));
		r->rgb = r->rgb << 8 | (digits == 1 ? value * 0x11 : value);
	}
}

/* DECRPM: 0 not known, 1 set, 2 reset, 3 and 4 for ever so. */
static bool reply_knows(const struct reply *r)
{
	uint32_t value = r->keys[strlen("\x1b[?2026;")];
	return value == '1' || value == '2';
}

static void reply_forget(struct reply *r)
{
	memmove(r->keys, r->keys + r->typed, (r->n - r->typed) * sizeof *r->keys);
	r->n -= r->typed;
	r->typed = 0;
}

enum reply_kind reply_feed(struct reply *r, uint32_t key)
{
	bool may = false;
	reply_forget(r);
	r->keys[r->n++] = key;
	for (size_t i = 0; i < sizeof reply_forms / sizeof *reply_forms; i++) {
		enum reply_match match = reply_compare(r, reply_forms[i].text);
		enum reply_kind kind = reply_forms[i].kind;
		may = may || match == REPLY_BEGINS;
		if (match != REPLY_IS)
			continue;
		if (kind == REPLY_BACKGROUND)
			reply_colour(r);
		else if (kind == REPLY_SYNCHRONIZED && !reply_knows(r))
			kind = REPLY_OTHER;
		r->n = 0;
		return kind;
	}
	if (may && r->n < REPLY_KEYS_MAX)
		return REPLY_MORE;
	/* Who types ESC right before an answer has typed no more than that. */
	r->typed = r->n - (r->n > 1 && key == REPLY_ESC);
	return REPLY_KEYS;
}

bool reply_has_begun(const struct reply *r)
{
	return r->n - r->typed > 1;
}

void reply_release(struct reply *r)
{
	reply_forget(r);
	r->typed = r->n;
}
