/* BuildKit's rules about variables and labels. */
#include "core/lint/check.h"

#include "core/base/similar.h"
#include "core/recipe/shell.h"

/* ---- variables that nobody sets ---- */

/* Official images that are known to set PATH and nothing else. */
static bool value_is_plain_image(struct str image)
{
	static const char *const fronts[] = { "docker.io/", "library/" };
	static const char *const plain[] = { "scratch", "alpine", "busybox", "debian", "ubuntu" };
	for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++)
		if (str_has_prefix(image, str_of(fronts[i])))
			image = str_slice(image, strlen(fronts[i]), STR_NONE);
	image = str_slice(image, 0, str_find(image, '@'));
	image = str_slice(image, 0, str_find(image, ':'));
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (str_eq(image, str_of(plain[i])))
			return true;
	return false;
}

/* Whether nothing but this file sets variables of the stage. */
static bool value_is_whole(const struct subject *s, int stage)
{
	struct str base;
	for (int from = stage; from >= 0; stage = from)
		from = values_base(s->values, stage, &base);
	return value_is_plain_image(base);
}

/* Whether the builder puts variables into the place itself and misses those it does not
 * know; a shell's are its own business. */
static bool value_is_expanded(const struct instruction *in, const struct variable_use *use)
{
	switch (in->kind) {
	case INSTRUCTION_ARG:
	case INSTRUCTION_ENV:
	case INSTRUCTION_LABEL:
	case INSTRUCTION_COPY:
	case INSTRUCTION_ADD:
	case INSTRUCTION_WORKDIR:
	case INSTRUCTION_USER:
	case INSTRUCTION_VOLUME:
	case INSTRUCTION_STOPSIGNAL:
		return in->stage >= 0;
	case INSTRUCTION_RUN:
		for (size_t i = 0; i < in->parts->nflags; i++) {
			struct span at = in->parts->flags_at[i];
			if (at.source && use->at.at >= at.at && use->at.at < at.at + at.size)
				return true;
		}
		return false;
	default:
		return false;
	}
}

/* Of the variables that the instruction sees the one that was probably meant. */
static const char *value_meant(struct arena *arena, const struct subject *s, int instruction,
                               struct str name)
{
	struct similar similar = { .typed = name };
	similar_try(&similar, "PATH");
	for (int i = 0; i < instruction; i++) {
		const struct instruction *in = &s->recipe->instructions[i];
		if (in->kind != INSTRUCTION_ARG && in->kind != INSTRUCTION_ENV)
			continue;
		for (size_t k = 0; k < in->parts->nargs; k++) {
			struct str word = in->parts->args[k];
			struct str other = str_slice(word, 0, str_find(word, '='));
			const struct variable *v = values_find(s->values, instruction, other);
			if (v && v->from != VARIABLE_UNKNOWN)
				similar_try(&similar, arena_text(arena, other));
		}
	}
	return similar.best;
}

void check_undefined_variable(const struct rule *rule, const struct subject *s,
                              struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	/* Each finding has to look through the whole file for what was meant. */
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions &&
	                   problems_has_room(problems, rule->severity); i++) {
		const struct instruction *in = &r->instructions[i];
		struct variable_use *uses;
		size_t n = values_uses(s->values, (int)i, arena, &uses);
		for (size_t k = 0; k < n; k++) {
			if (uses[k].variable || str_eq(uses[k].name, STR("PATH")) ||
			    !value_is_expanded(in, &uses[k]))
				continue;
			struct check_place place = { .instruction = i, .at = uses[k].at };
			place.is_doubtful = !value_is_whole(s, in->stage);
			const char *meant = value_meant(arena, s, (int)i, uses[k].name);
			check_tell(rule, s, problems, &place, "Usage of undefined variable '$%.*s'%s%s%s",
			           STR_ARG(uses[k].name), meant ? " (did you mean $" : "",
			           meant ? meant : "", meant ? "?)" : "");
		}
	}
}

/* ---- secrets ---- */

/* Whether one of the name's parts between _ is one of these, in any case. */
static bool value_has_part(struct arena *arena, struct str name, const char *const *parts, size_t n)
{
	struct str rest = check_lower(arena, name), part;
	while (str_next(&rest, '_', &part))
		for (size_t i = 0; i < n; i++)
			if (str_eq(part, str_of(parts[i])))
				return true;
	return false;
}

bool lint_is_secret(struct str name)
{
	owned(arena) struct arena *arena = arena_new();
	static const char *const secret[] = { "apikey", "auth", "credential", "credentials", "key",
	                                      "password", "pword", "passwd", "secret", "token" };
	static const char *const open[] = { "public", "file", "version" };
	return value_has_part(arena, name, secret, sizeof secret / sizeof *secret) &&
	       !value_has_part(arena, name, open, sizeof open / sizeof *open);
}

static bool value_is_legacy(const struct instruction *in)
{
	return (in->kind == INSTRUCTION_ENV || in->kind == INSTRUCTION_LABEL) &&
	       in->parts->nargs == 2 && str_find(in->parts->args[0], '=') == STR_NONE;
}

void check_secrets(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	const struct recipe *r = s->recipe;
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		if ((in->kind != INSTRUCTION_ENV && in->kind != INSTRUCTION_ARG) || in->stage < 0)
			continue;
		for (size_t k = 0; k < (value_is_legacy(in) ? 1 : in->parts->nargs); k++) {
			struct str word = in->parts->args[k];
			struct str name = str_slice(word, 0, str_find(word, '='));
			struct check_place place = { .instruction = i, .at = in->parts->args_at[k] };
			owned_buf struct buf quoted = { 0 };
			if (!lint_is_secret(name))
				continue;
			check_append_quoted(&quoted, name);
			check_tell(rule, s, problems, &place,
			           "Do not use ARG or ENV instructions for sensitive data (%s %s)",
			           instruction_keyword(in->kind), buf_text(&quoted));
		}
	}
}

/* ---- a name and all the rest ---- */

/* How the value may stand behind a '=': as it is, in double quotes, or in neither way that
 * surely means the same. */
enum legacy { LEGACY_PLAIN, LEGACY_QUOTED, LEGACY_UNSURE };

static enum legacy value_legacy_form(struct arena *arena, struct str value, char escape)
{
	bool blank = false, special = false;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		blank |= c == ' ' || (c >= '\t' && c <= '\r');
		special |= c == '"' || c == '\'' || c == escape || (unsigned char)c >= 0x80;
	}
	const struct str *words;
	size_t n;
	if (!blank)
		return LEGACY_PLAIN;
	if (!special)
		return LEGACY_QUOTED;
	return shell_words(arena, value, &words, &n) && n == 1 ? LEGACY_PLAIN : LEGACY_UNSURE;
}

/* Between name and value there may be blanks and a line's end, which go. */
static bool value_is_gap(struct str gap, char escape)
{
	for (size_t i = 0; i < gap.n; i++)
		if (gap.p[i] != ' ' && gap.p[i] != '\t' && gap.p[i] != '\r' && gap.p[i] != '\n' &&
		    gap.p[i] != escape)
			return false;
	return gap.n > 0;
}

static bool value_is_key(struct str key)
{
	for (size_t i = 0; i < key.n; i++) {
		char c = key.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '_' || c == '-' || c == '.' || c == '/'))
			return false;
	}
	return key.n > 0;
}

/* Edits that write NAME=VALUE; 0: the author has to look. */
static size_t value_modernise(struct arena *arena, const struct recipe *r,
                              const struct instruction_parts *p, struct edit ret_edits[2])
{
	struct span name = p->args_at[0], value = p->args_at[1];
	uint32_t end = name.at + name.size;
	struct span gap = { name.source, end, value.at > end ? value.at - end : 0 };
	enum legacy form = value_legacy_form(arena, p->args[1], r->escape);
	if (form == LEGACY_UNSURE || !value_is_key(p->args[0]) || !p->args[1].n ||
	    !value_is_gap(span_text(gap), r->escape))
		return 0;
	bool quoted = form == LEGACY_QUOTED;
	ret_edits[0] = (struct edit){ gap, quoted ? STR("=\"") : STR("=") };
	ret_edits[1] = (struct edit){ { name.source, value.at + value.size, 0 }, STR("\"") };
	return quoted ? 2 : 1;
}

void check_legacy_pairs(const struct rule *rule, const struct subject *s,
                        struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		const struct instruction_parts *p = r->instructions[i].parts;
		struct edit edits[2];
		if (!value_is_legacy(&r->instructions[i]))
			continue;
		size_t n = value_modernise(arena, r, p, edits);
		struct check_place place = { i, p->args_at[0], edits, n, false };
		check_tell(rule, s, problems, &place, "\"%.*s key=value\" should be used instead of "
		           "legacy \"%.*s key value\" format", STR_ARG(p->keyword), STR_ARG(p->keyword));
	}
}
