#include "core/recipe/instruction_check.h"

#include "core/recipe/mount.h"
#include "core/recipe/parts.h"
#include "core/recipe/text.h"

enum flag_type { FLAG_TEXT, FLAG_BOOL, FLAG_MANY };

static const struct flag_rule {
	enum instruction_kind kind;
	const char *name;
	enum flag_type type;
} flag_rules[] = {
	{ INSTRUCTION_FROM, "platform", FLAG_TEXT },
	{ INSTRUCTION_RUN, "mount", FLAG_MANY },
	{ INSTRUCTION_RUN, "network", FLAG_TEXT },
	{ INSTRUCTION_RUN, "security", FLAG_TEXT },
	{ INSTRUCTION_RUN, "device", FLAG_MANY },
	{ INSTRUCTION_COPY, "from", FLAG_TEXT },
	{ INSTRUCTION_COPY, "chown", FLAG_TEXT },
	{ INSTRUCTION_COPY, "chmod", FLAG_TEXT },
	{ INSTRUCTION_COPY, "link", FLAG_BOOL },
	{ INSTRUCTION_COPY, "parents", FLAG_BOOL },
	{ INSTRUCTION_COPY, "exclude", FLAG_MANY },
	{ INSTRUCTION_ADD, "chown", FLAG_TEXT },
	{ INSTRUCTION_ADD, "chmod", FLAG_TEXT },
	{ INSTRUCTION_ADD, "link", FLAG_BOOL },
	{ INSTRUCTION_ADD, "keep-git-dir", FLAG_BOOL },
	{ INSTRUCTION_ADD, "checksum", FLAG_TEXT },
	{ INSTRUCTION_ADD, "unpack", FLAG_BOOL },
	{ INSTRUCTION_ADD, "exclude", FLAG_MANY },
	{ INSTRUCTION_HEALTHCHECK, "interval", FLAG_TEXT },
	{ INSTRUCTION_HEALTHCHECK, "timeout", FLAG_TEXT },
	{ INSTRUCTION_HEALTHCHECK, "start-period", FLAG_TEXT },
	{ INSTRUCTION_HEALTHCHECK, "start-interval", FLAG_TEXT },
	{ INSTRUCTION_HEALTHCHECK, "retries", FLAG_TEXT },
};
enum { FLAG_RULES = sizeof flag_rules / sizeof *flag_rules };

struct check {
	struct arena *arena;
	struct problems *problems;
	enum instruction_kind kind;
	const char *keyword;
	const struct instruction_parts *parts;
};

/* At a flag, an argument or the keyword. */
#define check_fail(c, at, ...) \
	problems_add((c)->problems, SEVERITY_ERROR, "dockerfile-instruction", (at), __VA_ARGS__)

static bool check_unknown_flag(const struct check *c, size_t i)
{
	const char *names[FLAG_RULES];
	size_t n = 0;
	for (size_t r = 0; r < FLAG_RULES; r++)
		if (flag_rules[r].kind == c->kind)
			names[n++] = flag_rules[r].name;
	struct buf known owned_buf = { 0 };
	for (size_t r = 0; r < n; r++)
		buf_printf(&known, "%s--%s", r ? ", " : "it takes ", names[r]);
	const struct pair *flag = &c->parts->flags[i];
	const char *close = text_closest(flag->name, names, n);
	return check_fail(c, c->parts->flags_at[i], "%s has no flag --%.*s%s%s%s; %s", c->keyword,
	                  STR_ARG(flag->name), close ? ", did you mean --" : "", close ? close : "",
	                  close ? "?" : "", n ? buf_text(&known) : "it takes none");
}

struct unit {
	const char *name;
	double ms;
};

/* A number with a unit off the front of *s, added to *ms. */
static bool check_duration_part(struct str *s, double *ms)
{
	static const struct unit units[] = { { "ns", 1e-6 }, { "us", 1e-3 }, { "\xc2\xb5s", 1e-3 },
		{ "\xce\xbcs", 1e-3 }, { "ms", 1 }, { "s", 1e3 }, { "m", 6e4 }, { "h", 36e5 } };
	size_t digits = 0, n = 0;
	double number = 0, place = 0;
	for (; n < s->n && ((s->p[n] >= '0' && s->p[n] <= '9') || s->p[n] == '.'); n++) {
		digits += s->p[n] != '.';
		if (s->p[n] == '.')
			place = 1;
		else if (place > 0)
			number += (place /= 10) * (s->p[n] - '0');
		else
			number = number * 10 + (s->p[n] - '0');
	}
	if (digits == 0 || n - digits > 1)
		return false;
	*s = str_slice(*s, n, STR_NONE);
	for (n = 0; n < s->n && s->p[n] != '.' && (s->p[n] < '0' || s->p[n] > '9');)
		n++;
	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		if (!str_eq(str_slice(*s, 0, n), str_of(units[u].name)))
			continue;
		*ms += number * units[u].ms;
		*s = str_slice(*s, n, STR_NONE);
		return true;
	}
	return false;
}

/* Numbers with units (Go's time.ParseDuration): nothing, or a millisecond at least. */
static bool check_is_duration(struct str s)
{
	double ms = 0;
	bool minus = s.n && s.p[0] == '-';
	if (minus || (s.n && s.p[0] == '+'))
		s = str_slice(s, 1, STR_NONE);
	if (str_eq(s, STR("0")))
		return true;
	if (s.n == 0)
		return false;
	while (s.n)
		if (!check_duration_part(&s, &ms))
			return false;
	return ms == 0 || (ms >= 1 && !minus);
}

/* "vendor/device=name,required=true": one name (commands_rundevice.go). */
static bool check_device(const struct check *c, struct str device, struct span at)
{
	bool named = false;
	for (struct str field; str_next(&device, ',', &field);) {
		size_t n = str_find(field, '=');
		struct str key = str_slice(field, 0, n);
		if (text_eq_fold(key, STR("required")))
			continue;
		if (named)
			return check_fail(c, at, "--device names one device; '%.*s' stands behind its name: "
			                  "only required[=true|false] may", STR_ARG(field));
		named = true;
	}
	return true;
}

static bool check_is_one_of(struct str s, const char *a, const char *b, const char *d)
{
	return str_eq(s, str_of(a)) || str_eq(s, str_of(b)) || str_eq(s, str_of(d));
}

static bool check_flag_value(const struct check *c, size_t i)
{
	struct str name = c->parts->flags[i].name, value = c->parts->flags[i].value;
	struct span at = c->parts->flags_at[i];
	unsigned long long number;
	struct error wrong = { 0 };
	if (c->kind == INSTRUCTION_RUN && str_eq(name, STR("mount")))
		return mount_check(c->arena, value, &wrong) || check_fail(c, at, "%s", wrong.text);
	if (str_eq(name, STR("network")) && !check_is_one_of(value, "default", "none", "host"))
		return check_fail(c, at, "--network is default, none or host, not '%.*s'",
		                  STR_ARG(value));
	if (str_eq(name, STR("device")))
		return check_device(c, value, at);
	if (str_eq(name, STR("security")) && !check_is_one_of(value, "insecure", "sandbox", "sandbox"))
		return check_fail(c, at, "--security is sandbox or insecure, not '%.*s'",
		                  STR_ARG(value));
	if (c->kind != INSTRUCTION_HEALTHCHECK || value.n == 0)
		return true;
	if (str_eq(name, STR("retries")))
		return str_number(value, 0x7fffffff, &number) ||
		       check_fail(c, at, "--retries is a number from 0 on, not '%.*s'", STR_ARG(value));
	return check_is_duration(value) ||
	       check_fail(c, at, "--%.*s is a time such as 30s or 1m30s, 1ms at least, not '%.*s'",
	                  STR_ARG(name), STR_ARG(value));
}

static bool check_flag(const struct check *c, size_t i)
{
	const struct pair *flag = &c->parts->flags[i];
	const struct flag_rule *rule = NULL;
	for (size_t r = 0; r < FLAG_RULES && !rule; r++)
		if (flag_rules[r].kind == c->kind && str_eq(flag->name, str_of(flag_rules[r].name)))
			rule = &flag_rules[r];
	if (!rule)
		return check_unknown_flag(c, i);
	for (size_t j = 0; j < i && rule->type != FLAG_MANY; j++)
		if (str_eq(c->parts->flags[j].name, flag->name))
			return check_fail(c, c->parts->flags_at[i], "--%s stands here a second time: once is "
			                  "allowed", rule->name);
	if (rule->type != FLAG_BOOL)
		return flag->value.p ? check_flag_value(c, i)
		       : check_fail(c, c->parts->flags_at[i], "--%s needs a value: --%s=…", rule->name,
		                    rule->name);
	if (flag->value.p && !text_eq_fold(flag->value, STR("true")) &&
	    !text_eq_fold(flag->value, STR("false")))
		return check_fail(c, c->parts->flags_at[i], "--%s is true or false, not '%.*s'",
		                  rule->name, STR_ARG(flag->value));
	return true;
}

static bool check_from(const struct check *c)
{
	const struct instruction_parts *p = c->parts;
	if (p->nargs != 1 && !(p->nargs == 3 && text_eq_fold(p->args[1], STR("as"))))
		return check_fail(c, p->keyword_at, "FROM takes an image and, if you like, a name: FROM "
		                  "image [AS name]");
	if (p->nargs == 1)
		return true;
	struct str name = p->args[2];
	bool ok = text_is_name(name.p[0], 0) && name.p[0] != '_';
	for (size_t i = 1; ok && i < name.n; i++)
		ok = text_is_name(name.p[i], 1) || name.p[i] == '-' || name.p[i] == '.';
	return ok || check_fail(c, p->args_at[2], "'%.*s' is no name for a stage: it starts with a "
	                        "letter and has letters, digits, '-', '_' and '.'", STR_ARG(name));
}

static bool check_copy(const struct check *c)
{
	const struct instruction_parts *p = c->parts;
	struct heredoc ignored;
	if (p->nargs < 2)
		return check_fail(c, p->keyword_at, "%s needs what is copied and where to: %s FROM… TO",
		                  c->keyword, c->keyword);
	if (heredoc_find(c->arena, p->args[p->nargs - 1], &ignored))
		return check_fail(c, p->args_at[p->nargs - 1], "%s needs a path to copy to behind the "
		                  "heredoc", c->keyword);
	return true;
}

static bool check_health(const struct check *c)
{
	const struct instruction_parts *p = c->parts;
	if (p->nargs && text_eq_fold(p->args[0], STR("none")))
		return p->nargs == 1 || check_fail(c, p->args_at[1], "HEALTHCHECK NONE takes nothing "
		                                   "behind it");
	if (p->nargs && text_eq_fold(p->args[0], STR("cmd")))
		return p->nargs > 1 || check_fail(c, p->args_at[0], "a command is missing behind "
		                                  "HEALTHCHECK CMD");
	return check_fail(c, p->nargs ? p->args_at[0] : p->keyword_at, "HEALTHCHECK is followed by CMD "
	                  "and a command, or by NONE");
}

static bool check_pairs(const struct check *c)
{
	const struct instruction_parts *p = c->parts;
	for (size_t i = 0; i < p->nargs; i++)
		if (p->args[i].n && p->args[i].p[0] == '=')
			return check_fail(c, p->args_at[i], "a name is missing before '='");
	return p->nargs > 0 || check_fail(c, p->keyword_at, "%s needs %s", c->keyword,
	                                  c->kind == INSTRUCTION_ARG ? "a name: ARG name or ARG "
	                                  "name=value" : "name=value");
}

/* "80", "80/tcp", "8000-8010/udp"; what has variables or quotes in it only the build knows. */
static bool check_is_port(struct str port)
{
	unsigned long long from = 0, to = 0;
	size_t slash = str_find(port, '/');
	struct str kind = slash == STR_NONE ? STR("") : str_slice(port, slash + 1, STR_NONE);
	struct str range = str_slice(port, 0, slash);
	size_t dash = str_find(range, '-');
	for (size_t i = 0; i < port.n; i++)
		if (memchr("$\"'\\`:", port.p[i], 6))
			return true;
	if (!str_number(str_slice(range, 0, dash), 65535, &from) ||
	    (dash != STR_NONE && !str_number(str_slice(range, dash + 1, STR_NONE), 65535, &to)))
		return false;
	return (dash == STR_NONE || from <= to) &&
	       (kind.n == 0 || text_eq_fold(kind, STR("tcp")) || text_eq_fold(kind, STR("udp")) ||
	        text_eq_fold(kind, STR("sctp")));
}

static bool check_list(const struct check *c)
{
	const struct instruction_parts *p = c->parts;
	for (size_t i = 0; i < p->nargs; i++) {
		if (c->kind == INSTRUCTION_EXPOSE && !check_is_port(p->args[i]))
			return check_fail(c, p->args_at[i], "'%.*s' is no port: write 8080, 8080/udp or "
			                  "8000-8010", STR_ARG(p->args[i]));
		if (text_trim(p->args[i]).n == 0)
			return check_fail(c, p->args_at[i], "%s has an empty path", c->keyword);
	}
	return p->nargs > 0 || check_fail(c, p->keyword_at, "%s needs at least one %s", c->keyword,
	                                  c->kind == INSTRUCTION_EXPOSE ? "port" : "path");
}

/* What is put off is looked at by who builds on the image: it fails there, not here. */
static void check_trigger_inside(const struct check *c, const struct instruction *inner)
{
	owned(problems) struct problems *inside = problems_new();
	instruction_check(c->arena, inner, inside);
	for (size_t i = 0; i < problems_count(inside); i++) {
		const struct problem *p = problems_get(inside, i);
		problems_add(c->problems, SEVERITY_WARNING, p->rule, p->at, "%.*s; builds that stand on "
		             "this image will fail", STR_ARG(p->text));
	}
}

static bool check_trigger(const struct check *c)
{
	const struct instruction_parts *p = c->parts;
	if (!p->trigger)
		return check_fail(c, p->keyword_at, "ONBUILD needs an instruction behind it");
	switch (p->trigger_kind) {
	case INSTRUCTION_ONBUILD:
	case INSTRUCTION_FROM:
	case INSTRUCTION_MAINTAINER:
		return check_fail(c, p->trigger->keyword_at, "%s may not stand behind ONBUILD",
		                  instruction_keyword(p->trigger_kind));
	default:
		break;
	}
	check_trigger_inside(c, &(struct instruction){ .kind = p->trigger_kind, .parts = p->trigger });
	return true;
}

static bool check_arguments(const struct check *c)
{
	const struct instruction_parts *p = c->parts;
	switch (c->kind) {
	case INSTRUCTION_FROM: return check_from(c);
	case INSTRUCTION_COPY:
	case INSTRUCTION_ADD: return check_copy(c);
	case INSTRUCTION_HEALTHCHECK: return check_health(c);
	case INSTRUCTION_ENV:
	case INSTRUCTION_LABEL:
	case INSTRUCTION_ARG: return check_pairs(c);
	case INSTRUCTION_EXPOSE:
	case INSTRUCTION_VOLUME: return check_list(c);
	case INSTRUCTION_ONBUILD: return check_trigger(c);
	case INSTRUCTION_SHELL:
		return (p->form == FORM_EXEC && p->nargs > 0) ||
		       check_fail(c, p->keyword_at, "SHELL needs the JSON form: SHELL [\"/bin/sh\", "
		                  "\"-c\"]");
	case INSTRUCTION_USER:
	case INSTRUCTION_WORKDIR:
	case INSTRUCTION_STOPSIGNAL:
	case INSTRUCTION_MAINTAINER:
		return p->nargs == 1 || check_fail(c, p->keyword_at, "%s needs exactly one argument",
		                                   c->keyword);
	default:
		return true;
	}
}

static bool check_keyword(const struct check *c)
{
	const char *known[INSTRUCTION_UNKNOWN];
	for (unsigned kind = 0; kind < INSTRUCTION_UNKNOWN; kind++)
		known[kind] = instruction_keyword(kind);
	const char *close = text_closest(c->parts->keyword, known, INSTRUCTION_UNKNOWN);
	return check_fail(c, c->parts->keyword_at, "unknown instruction '%.*s'%s%s%s",
	                  STR_ARG(c->parts->keyword), close ? ", did you mean " : "",
	                  close ? close : "", close ? "?" : "");
}

/* Builders do not look at the flags of these. */
static bool check_ignores_flags(const struct check *c)
{
	return c->kind == INSTRUCTION_ARG || c->kind == INSTRUCTION_STOPSIGNAL ||
	       (c->kind == INSTRUCTION_HEALTHCHECK && c->parts->nargs &&
	        text_eq_fold(c->parts->args[0], STR("none")));
}

void instruction_check(struct arena *arena, const struct instruction *in,
                       struct problems *problems)
{
	struct check c = { .arena = arena, .problems = problems, .kind = in->kind,
	                   .keyword = instruction_keyword(in->kind), .parts = in->parts };
	if (in->kind == INSTRUCTION_UNKNOWN) {
		check_keyword(&c);
		return;
	}
	for (size_t i = 0; i < in->parts->nflags && !check_ignores_flags(&c); i++)
		check_flag(&c, i);
	check_arguments(&c);
}
