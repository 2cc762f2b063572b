#include "core/engine/match.h"

static bool match_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char match_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static struct str match_first_word(struct str text)
{
	size_t n = 0;
	text = str_trim(text);
	while (n < text.n && !match_is_blank(text.p[n]))
		n++;
	return str_slice(text, 0, n);
}

static bool match_words(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (match_lower(a.p[i]) != match_lower(b.p[i]))
			return false;
	return true;
}

bool match_keyword(const struct recipe *r, int instruction, struct str announced)
{
	struct str word = match_first_word(r->instructions[instruction].text);
	return match_words(word, match_first_word(announced));
}

/* Where the line after a continuation goes on: comment and empty lines are none. */
static size_t match_skip_comments(struct str text, size_t at)
{
	for (;;) {
		size_t i = at;
		while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t'))
			i++;
		if (i == text.n || (text.p[i] != '#' && text.p[i] != '\n'))
			return i;
		size_t eol = str_find(str_slice(text, i, text.n), '\n');
		if (eol == STR_NONE)
			return text.n;
		at = i + eol + 1;
	}
}

/* The next character that counts, from *at; '\0' at the end. */
static char match_next(struct str text, char escape, size_t *at)
{
	while (*at < text.n) {
		char c = text.p[*at];
		size_t i = *at + 1;
		if (c == escape && escape) {
			while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t' ||
			                      text.p[i] == '\r'))
				i++;
			if (i < text.n && text.p[i] == '\n') {
				*at = match_skip_comments(text, i + 1);
				continue;
			}
		}
		++*at;
		if (!match_is_blank(c))
			return c;
	}
	return '\0';
}

static bool match_rest(struct str text, char escape, struct str announced)
{
	size_t i = 0, k = 0;
	for (;;) {
		char a = match_next(text, escape, &i);
		char b = match_next(announced, '\0', &k);
		if (a != b)
			return false;
		if (!a)
			return i == text.n && k == announced.n;
	}
}

bool match_text(const struct recipe *r, int instruction, struct str announced)
{
	const struct instruction *i = &r->instructions[instruction];
	struct str own = str_trim(i->text);
	announced = str_trim(announced);
	if (!match_keyword(r, instruction, announced))
		return false;
	if (i->kind == INSTRUCTION_FROM)
		return true;
	size_t word = match_first_word(own).n;
	return match_rest(str_slice(own, word, own.n), r->escape,
	                  str_slice(announced, word, announced.n));
}

static bool match_flags(const struct instruction *a, const struct instruction *b)
{
	size_t n = a->parts ? a->parts->nflags : 0;
	if (n != (b->parts ? b->parts->nflags : 0))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!str_eq(a->parts->flags[i].name, b->parts->flags[i].name) ||
		    !str_eq(a->parts->flags[i].value, b->parts->flags[i].value))
			return false;
	return true;
}

bool match_is_twin(const struct recipe *r, int instruction, int other)
{
	const struct instruction *a = &r->instructions[instruction];
	const struct instruction *b = &r->instructions[other];
	if (instruction == other || a->stage < 0 || b->stage < 0 || a->stage == b->stage)
		return false;
	const struct stage *s = &r->stages[a->stage], *t = &r->stages[b->stage];
	unsigned n = (unsigned)instruction - s->first;
	if ((unsigned)other - t->first != n || s->from != t->from || !str_eq(s->base, t->base) ||
	    !t->reachable)
		return false;
	if (!match_flags(&r->instructions[s->first], &r->instructions[t->first]))
		return false;
	for (unsigned k = 1; k <= n; k++)
		if (!str_eq(r->instructions[s->first + k].text,
		            r->instructions[t->first + k].text))
			return false;
	return true;
}
