/* BuildKit's rules about EXPOSE (dockerfile2llb/convert_expose.go). */
#include "core/lint/check.h"

/* "[ip:][host:]port[/proto]": where the container's port begins, and the protocol. */
struct expose {
	struct str front, port, protocol;       /* front: with its last colon */
};

static struct expose expose_split(struct str word)
{
	size_t colon = str_find_last(word, ':');
	size_t from = colon == STR_NONE ? 0 : colon + 1;
	struct expose e = { str_slice(word, 0, from), str_slice(word, from, STR_NONE), { 0 } };
	size_t slash = str_find(e.port, '/');
	if (slash != STR_NONE) {
		e.protocol = str_slice(e.port, slash + 1, STR_NONE);
		e.port = str_slice(e.port, 0, slash);
	}
	return e;
}

static bool expose_is_protocol(struct arena *arena, struct str word)
{
	struct str lower = check_lower(arena, word);
	return str_eq(lower, STR("tcp")) || str_eq(lower, STR("udp")) || str_eq(lower, STR("sctp"));
}

/* Each port whose text is known as the builder sees it.  fixed: what it is to be in the
 * file; p NULL: nothing is found.  A word with a variable is left to the author. */
typedef struct str expose_fn(struct arena *, struct str word);

static void expose_each(const struct rule *rule, const struct subject *s, struct problems *problems,
                        expose_fn *fix, const char *front, const char *back)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		const struct instruction_parts *p = r->instructions[i].parts;
		if (r->instructions[i].kind != INSTRUCTION_EXPOSE)
			continue;
		for (size_t k = 0; k < p->nargs; k++) {
			struct str word;
			if (!values_expand(s->values, (int)i, arena, p->args[k], &word))
				continue;
			struct str fixed = fix(arena, word);
			if (!fixed.p)
				continue;
			struct edit edit = { p->args_at[k], fixed };
			bool plain = str_eq(word, p->args[k]);
			struct check_place place = { i, p->args_at[k], plain ? &edit : NULL, plain, false };
			check_tell(rule, s, problems, &place, "%s'%.*s'%s", front, STR_ARG(word), back);
		}
	}
}

static struct str expose_in_lower(struct arena *arena, struct str word)
{
	struct str protocol = expose_split(word).protocol;
	if (check_is_lower(protocol) || !expose_is_protocol(arena, protocol))
		return (struct str){ 0 };
	return check_lower(arena, word);
}

void check_expose_casing(const struct rule *rule, const struct subject *s,
                         struct problems *problems)
{
	expose_each(rule, s, problems, expose_in_lower, "Defined protocol ",
	            " in EXPOSE instruction should be lowercase");
}

/* "80", "80-90". */
static bool expose_is_port(struct str text)
{
	size_t dash = str_find(text, '-');
	unsigned long long first, last;
	return str_number(str_slice(text, 0, dash), UINT16_MAX, &first) &&
	       (dash == STR_NONE ||
	        (str_number(str_slice(text, dash + 1, STR_NONE), UINT16_MAX, &last) && first <= last));
}

static struct str expose_alone(struct arena *arena, struct str word)
{
	struct expose e = expose_split(word);
	/* ":80" has neither an address nor a port of the host. */
	if (e.front.n < 2 || !expose_is_port(e.port) ||
	    (e.protocol.n && !expose_is_protocol(arena, e.protocol)))
		return (struct str){ 0 };
	return str_slice(word, e.front.n, STR_NONE);
}

void check_expose_format(const struct rule *rule, const struct subject *s,
                         struct problems *problems)
{
	expose_each(rule, s, problems, expose_alone,
	            "EXPOSE instruction should not define an IP address or host-port mapping, found ",
	            "");
}
