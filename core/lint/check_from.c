/* BuildKit's rules about FROM: its variables, platforms and names. */
#include "core/lint/check.h"

#include "core/base/map.h"
#include "core/base/similar.h"
#include "core/recipe/quote.h"
#include "core/recipe/shell.h"

/* ARGs that FROM has without being told (dockerfile2llb/platform.go). */
static const char *const from_given[] = {
	"BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT", "TARGETPLATFORM",
	"TARGETOS", "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
};
enum { FROM_GIVEN = sizeof from_given / sizeof *from_given };

/* The ARGs before the first FROM: their words, of which the last of a name counts. */
struct from_args {
	struct map words;               /* name to struct str */
};

static void from_args_init(struct from_args *a, struct arena *arena, const struct recipe *r)
{
	*a = (struct from_args){ 0 };
	for (size_t i = 0; i < r->ninstructions && r->instructions[i].stage < 0; i++)
		for (size_t k = 0; k < r->instructions[i].parts->nargs; k++) {
			struct str *word = arena_alloc(arena, sizeof *word);
			*word = r->instructions[i].parts->args[k];
			map_set(&a->words, str_slice(*word, 0, str_find(*word, '=')), word);
		}
}

static void from_args_finish(struct from_args *a)
{
	map_finish(&a->words);
}
#define owned_from_args __attribute__((cleanup(from_args_finish)))

/* "NAME=default" or "NAME"; p NULL: there is none. */
static struct str from_declared(const struct from_args *a, struct str name)
{
	const struct str *word = map_get(&a->words, name);
	return word ? *word : (struct str){ 0 };
}

/* ---- variables that nobody declares ---- */

struct from_names {
	struct arena *arena;
	const struct from_args *args;
	char escape;
	struct str *unknown;
	size_t n;
	bool any;                       /* some variable stood there */
};

static enum shell_variable from_look(void *data, struct str name, struct str *ret_value)
{
	struct from_names *f = data;
	f->any = true;
	*ret_value = STR("");
	for (size_t i = 0; i < FROM_GIVEN; i++)
		if (str_eq(name, str_of(from_given[i])))
			return SHELL_SET;
	if (from_declared(f->args, name).p)
		return SHELL_SET;
	struct str *all = arena_array(f->arena, f->n + 1, sizeof *all);
	for (size_t i = 0; i < f->n; i++)
		if (str_eq((all[i] = f->unknown[i]), name))
			return SHELL_UNSET;
	all[f->n++] = arena_str(f->arena, name);
	f->unknown = all;
	return SHELL_UNSET;
}

/* Looks up every variable of the word. */
static void from_names_of(struct from_names *f, struct str word)
{
	struct str ignored;
	struct error err;
	shell_expand(f->arena, word, f->escape, from_look, f, &ignored, &err);
}

static const char *from_meant(struct arena *arena, const struct from_args *args, struct str name)
{
	struct similar similar = { .typed = name };
	for (size_t i = 0; i < FROM_GIVEN; i++)
		similar_try(&similar, from_given[i]);
	for (size_t i = 0; i < args->words.n; i++)
		similar_try(&similar, arena_text(arena, args->words.items[i].key));
	return similar.best;
}

void check_undefined_from(const struct rule *rule, const struct subject *s,
                          struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	struct from_args args owned_from_args;
	from_args_init(&args, arena, r);
	for (size_t i = 0; i < r->ninstructions && problems_has_room(problems, rule->severity); i++) {
		const struct instruction_parts *p = r->instructions[i].parts;
		if (r->instructions[i].kind != INSTRUCTION_FROM || !p->nargs)
			continue;
		for (unsigned part = 0; part < 2; part++) {
			struct from_names f = { .arena = arena, .args = &args, .escape = r->escape };
			struct check_place place = { .instruction = i, .at = p->args_at[0] };
			from_names_of(&f, part ? check_flag(&r->instructions[i], STR("platform"), &place.at)
			                       : p->args[0]);
			for (size_t k = 0; k < f.n; k++) {
				const char *meant = from_meant(arena, &args, f.unknown[k]);
				check_tell(rule, s, problems, &place,
				           "FROM argument '%.*s' is not declared%s%s%s", STR_ARG(f.unknown[k]),
				           meant ? " (did you mean " : "", meant ? meant : "",
				           meant ? "?)" : "");
			}
		}
	}
}

/* ---- names that the defaults make ---- */

struct from_defaults {
	struct arena *arena;
	const struct from_args *args;
	char escape;
	unsigned depth;                 /* a default may name an ARG above it */
	bool any;
};
enum { FROM_DEPTH = 16 };

static enum shell_variable from_default(void *data, struct str name, struct str *ret_value)
{
	struct from_defaults *f = data;
	struct str word = from_declared(f->args, name);
	size_t equals = str_find(word, '=');
	struct error err;
	f->any = true;
	*ret_value = STR("");
	if (!word.p)
		for (size_t i = 0; i < FROM_GIVEN; i++)
			if (str_eq(name, str_of(from_given[i])))
				return SHELL_UNKNOWN;
	if (!word.p)
		return SHELL_UNSET;
	if (equals == STR_NONE)
		return SHELL_SET;
	if (++f->depth > FROM_DEPTH ||
	    shell_expand(f->arena, str_slice(word, equals + 1, STR_NONE), f->escape,
	                 from_default, f, ret_value, &err) != SHELL_DONE)
		return SHELL_UNKNOWN;
	f->depth--;
	return SHELL_SET;
}

void check_default_from(const struct rule *rule, const struct subject *s,
                        struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	struct from_args args owned_from_args;
	from_args_init(&args, arena, r);
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction_parts *p = r->instructions[i].parts;
		struct from_defaults f = { .arena = arena, .args = &args, .escape = r->escape };
		struct str name;
		struct error err;
		if (r->instructions[i].kind != INSTRUCTION_FROM || !p->nargs ||
		    shell_expand(arena, p->args[0], r->escape, from_default, &f, &name, &err) !=
		            SHELL_DONE || !f.any || quote_check_image(name, &err))
			continue;
		struct check_place place = { .instruction = i, .at = p->args_at[0] };
		check_tell(rule, s, problems, &place,
		           "Default value for ARG %.*s results in empty or invalid base image name",
		           STR_ARG(p->args[0]));
	}
}

/* ---- platforms ---- */

void check_redundant_platform(const struct rule *rule, const struct subject *s,
                              struct problems *problems)
{
	const struct recipe *r = s->recipe;
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		struct span at;
		struct str platform = check_flag(&r->instructions[i], STR("platform"), &at);
		if (r->instructions[i].kind != INSTRUCTION_FROM ||
		    (!str_eq(platform, STR("$TARGETPLATFORM")) &&
		     !str_eq(platform, STR("${TARGETPLATFORM}"))))
			continue;
		struct edit edit = { at, STR("") };
		struct str text = at.source->text;
		for (size_t end = at.at + at.size; end < text.n && text.p[end] == ' '; end++)
			edit.at.size++;
		struct check_place place = { i, at, &edit, 1, false };
		check_tell(rule, s, problems, &place, "Setting platform to predefined %.*s in FROM is "
		           "redundant as this is the default behavior", STR_ARG(platform));
	}
}

/* "os/arch[/variant]", or an architecture alone, which is Linux'; as containerd names them. */
struct from_platform { struct str os, arch, variant; };

static bool from_read_platform(struct arena *arena, struct str text, struct from_platform *ret)
{
	static const char *const same[][2] = {
		{ "x86_64", "amd64" }, { "x86-64", "amd64" }, { "aarch64", "arm64" }, { "i386", "386" },
		{ "armhf", "arm" }, { "armel", "arm" },
	};
	struct str rest = check_lower(arena, text), part[3] = { 0 };
	size_t n = 0;
	while (n < 3 && str_next(&rest, '/', &part[n]))
		if (part[n++].n == 0)
			return false;
	if (n == 0 || rest.p)
		return false;
	*ret = n == 1 ? (struct from_platform){ STR("linux"), part[0], { 0 } }
	              : (struct from_platform){ part[0], part[1], part[2] };
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (str_eq(ret->arch, str_of(same[i][0])))
			ret->arch = str_of(same[i][1]);
	return n > 1 || !str_eq(ret->arch, STR("linux"));
}

void check_const_platform(const struct rule *rule, const struct subject *s,
                          struct problems *problems)
{
	const struct recipe *r = s->recipe;
	const struct from_args none = { 0 };
	owned(arena) struct arena *arena = arena_new();
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		struct span at;
		struct from_platform p;
		struct from_names f = { .arena = arena, .args = &none, .escape = r->escape };
		struct str platform = check_flag(in, STR("platform"), &at);
		struct str name = check_lower(arena, check_stage_name(in));
		if (in->kind != INSTRUCTION_FROM || !platform.n)
			continue;
		from_names_of(&f, platform);
		if (f.any || !from_read_platform(arena, platform, &p) ||
		    str_find_str(name, p.os) != STR_NONE || str_find_str(name, p.arch) != STR_NONE)
			continue;
		struct check_place place = { .instruction = i, .at = at };
		check_tell(rule, s, problems, &place,
		           "FROM --platform flag should not use constant value \"%.*s\"",
		           STR_ARG(platform));
	}
}

/* The accounts in which Docker Hub has the official images of one platform. */
static bool from_image_platform(struct arena *arena, struct str image, struct from_platform *ret)
{
	static const char *const accounts[][2] = {
		{ "amd64", "linux/amd64" }, { "arm64v8", "linux/arm64" }, { "arm32v5", "linux/arm/v5" },
		{ "arm32v6", "linux/arm/v6" }, { "arm32v7", "linux/arm/v7" }, { "i386", "linux/386" },
		{ "ppc64le", "linux/ppc64le" }, { "s390x", "linux/s390x" },
		{ "riscv64", "linux/riscv64" }, { "mips64le", "linux/mips64le" },
		{ "windows-amd64", "windows/amd64" },
	};
	static const char *const hosts[] = { "docker.io/", "index.docker.io/" };
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (str_has_prefix(image, str_of(hosts[i])))
			image = str_slice(image, strlen(hosts[i]), STR_NONE);
	size_t slash = str_find(image, '/');
	for (size_t i = 0; slash != STR_NONE && i < sizeof accounts / sizeof *accounts; i++)
		if (str_eq(str_slice(image, 0, slash), str_of(accounts[i][0])))
			return from_read_platform(arena, str_of(accounts[i][1]), ret);
	return false;
}

static const char *from_platform_text(struct arena *arena, const struct from_platform *p)
{
	bool plain = !p->variant.n || (str_eq(p->arch, STR("arm64")) &&
	                               str_eq(p->variant, STR("v8")));
	return arena_printf(arena, "%.*s/%.*s%s%.*s", STR_ARG(p->os), STR_ARG(p->arch),
	                    plain ? "" : "/", STR_ARG(plain ? STR("") : p->variant));
}

void check_base_platform(const struct rule *rule, const struct subject *s,
                         struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		struct str base, flag, wanted = check_option(s, "platform");
		struct from_platform has, wants;
		struct span at;
		if (in->kind != INSTRUCTION_FROM || values_base(s->values, in->stage, &base) >= 0)
			continue;
		flag = check_flag(in, STR("platform"), &at);
		if (flag.n && !values_expand(s->values, (int)i, arena, flag, &wanted))
			continue;
		if (!from_image_platform(arena, base, &has) ||
		    !from_read_platform(arena, wanted, &wants) ||
		    (str_eq(has.os, wants.os) && str_eq(has.arch, wants.arch)))
			continue;
		struct check_place place = { .instruction = i, .at = in->parts->args_at[0] };
		check_tell(rule, s, problems, &place, "Base image %.*s was pulled with platform \"%s\", "
		           "expected \"%s\" for current build", STR_ARG(base),
		           from_platform_text(arena, &has), from_platform_text(arena, &wants));
	}
}
