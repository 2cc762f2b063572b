/* Images a Dockerfile stands on, and what the final one is like. */
#include <strings.h>

#include "core/lint/own.h"
#include "core/lint/own_rules.h"

/* ---- names of images ---- */

/* The tag, {NULL, 0} where there is none; *ret_exact: a digest says it exactly. */
static struct str image_tag(struct str image, bool *ret_exact)
{
	*ret_exact = str_find(image, '@') != STR_NONE;
	struct str name = own_base_name(str_slice(image, 0, str_find(image, '@')));
	size_t colon = str_find(name, ':');
	return colon == STR_NONE ? (struct str){ 0 } : str_slice(name, colon + 1, STR_NONE);
}

static bool image_is_stage(const struct own *o, struct str name)
{
	unsigned long long number;
	if (str_number(name, 0x7fffffff, &number))
		return true;
	for (size_t i = 0; i < o->recipe->nstages; i++) {
		struct str stage = o->recipe->stages[i].name;
		if (stage.n == name.n && stage.p && strncasecmp(stage.p, name.p, name.n) == 0)
			return true;
	}
	return false;
}

/* A context that is given by this name stands instead of an image. */
static bool image_is_context(const struct own *o, struct str name)
{
	const struct selection *s = o->subject->selection;
	for (size_t i = 0; s && i < s->noptions; i++)
		if (str_has_prefix(s->options[i].name, STR("build-context:")) &&
		    str_eq(str_slice(s->options[i].name, 14, STR_NONE), name))
			return true;
	return false;
}

typedef void image_fn(struct own *, const struct instruction *, struct str image, struct span at);

/* Every image that a FROM or a COPY --from names. */
static void image_each(struct own *o, image_fn *each)
{
	struct str image;
	size_t at = 0;
	for (size_t i = 0; i < o->recipe->nstages; i++) {
		const struct instruction *in = &o->recipe->instructions[o->recipe->stages[i].first];
		if (own_base(o, (int)i, &image) < 0 && in->parts->nargs && image.n &&
		    str_find(image, '$') == STR_NONE && !str_eq(image, STR("scratch")) &&
		    !image_is_context(o, image))
			each(o, in, image, in->parts->args_at[0]);
	}
	for (const struct instruction *in; (in = own_next(o, INSTRUCTION_COPY, &at));)
		for (size_t i = 0; i < in->parts->nflags; i++) {
			image = in->parts->flags[i].value;
			if (str_eq(in->parts->flags[i].name, STR("from")) && image.n &&
			    str_find(image, '$') == STR_NONE && !image_is_stage(o, image) &&
			    !image_is_context(o, image))
				each(o, in, image, in->parts->flags_at[i]);
		}
}

static bool image_is_latest(struct str tag)
{
	return str_eq(tag, STR("latest")) || str_has_prefix(tag, STR("latest-"));
}

/* Tags that are given to the next version as soon as it is there. */
static bool image_moves(struct str tag)
{
	static const char *const moving[] = { "stable", "edge", "rolling", "lts", "nightly", "dev",
		"devel", "main", "master", "testing", "unstable", "current", "mainline", "slim",
		"alpine", "lts-slim", "lts-alpine", "stable-slim", "stable-alpine", "mainline-alpine",
		"current-alpine", "current-slim", "sid", "snapshot", "canary", NULL };
	return own_is_one_of(tag, moving);
}

static void image_check_pin(struct own *o, const struct instruction *in, struct str image,
                            struct span at)
{
	bool exact, reached = own_is_reached(o, in);
	struct str tag = image_tag(image, &exact);
	if (exact || image_is_latest(tag))
		return;
	if (!tag.p)
		lint_report(o->rule, reached, o->problems, at,
		            "%.*s has no tag, which means latest: name a version, as in %.*s:1.0, or a "
		            "digest", STR_ARG(image), STR_ARG(image));
	else if (image_moves(tag))
		lint_report(o->rule, false, o->problems, at,
		            "the tag %.*s goes to every new version: name the version, or a digest",
		            STR_ARG(tag));
}

static void image_check_latest(struct own *o, const struct instruction *in, struct str image,
                               struct span at)
{
	bool exact;
	struct str tag = image_tag(image, &exact);
	if (!exact && image_is_latest(tag))
		lint_report(o->rule, own_is_reached(o, in), o->problems, at,
		            "%.*s is another image tomorrow: name the version, or a digest",
		            STR_ARG(image));
}

void own_image_unpinned(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	image_each(&o, image_check_pin);
}

void own_image_latest(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	image_each(&o, image_check_latest);
}

/* ---- ADD ---- */

/* What only ADD does with a source: unpacks it, or gets it. */
static bool add_is_needed(struct str source)
{
	static const char *const ends[] = { ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".xz",
		".txz", ".zst", ".tzst", ".lzma", ".Z", ".git" };
	if (str_find(source, '$') != STR_NONE || str_find_str(source, STR("://")) != STR_NONE ||
	    str_has_prefix(source, STR("git@")) || str_find_str(source, STR(".git#")) != STR_NONE)
		return true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_has_suffix(source, str_of(ends[i])))
			return true;
	/* layer.tar* and rootfs.* may be such; so may any name that a wildcard ends. */
	struct str name = own_base_name(source);
	return str_find_str(name, STR(".tar")) != STR_NONE ||
	       (name.n > 1 && name.p[name.n - 1] == '*');
}

void own_add(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	size_t at = 0;
	for (const struct instruction *in; (in = own_next(&o, INSTRUCTION_ADD, &at));) {
		const struct instruction_parts *p = in->parts;
		bool needed = own_flag(in, "checksum").n || own_flag(in, "keep-git-dir").n ||
		              own_flag(in, "unpack").n;
		for (size_t i = 0; i < own_sources(in); i++)
			needed |= add_is_needed(own_source(&o, in, i));
		for (size_t i = 0; i < p->nflags; i++)
			needed |= !p->flags[i].value.p && !str_eq(p->flags[i].name, STR("link")) &&
			          !str_eq(p->flags[i].name, STR("parents"));
		if (needed || own_sources(in) == 0)
			continue;
		bool small = p->keyword.p[0] == 'a';
		struct edit fix = { p->keyword_at, small ? STR("copy") : STR("COPY") };
		lint_report_fix(rule, own_is_reached(&o, in), problems, p->keyword_at, &fix, 1,
		                "ADD also unpacks archives and gets URLs, and here it does neither: "
		                "write COPY");
	}
}

/* ---- the final image ---- */

/* The last instruction of that kind that the final image has, or NULL. */
static const struct instruction *image_last(const struct own *o, enum instruction_kind kind)
{
	struct str ignored;
	for (int s = o->recipe->target; s >= 0; s = own_base(o, s, &ignored)) {
		const struct stage *stage = &o->recipe->stages[s];
		for (unsigned i = stage->first + stage->count; i-- > stage->first;)
			if (o->recipe->instructions[i].kind == kind)
				return &o->recipe->instructions[i];
	}
	return NULL;
}

static bool user_is_root(struct str user)
{
	struct str name = str_slice(user, 0, str_find(user, ':'));
	return str_eq(name, STR("root")) || str_eq(name, STR("0"));
}

/* Images that say by their names that they have a user of their own. */
static bool user_is_other(struct str image)
{
	static const char *const parts[] = { "nonroot", "non-root", "rootless", "unprivileged" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_find_str(image, str_of(parts[i])) != STR_NONE)
			return true;
	return false;
}

/* No USER at all: that of the image it stands on. */
static void user_is_inherited(struct own *o)
{
	struct str image = { 0 };
	int stage = o->recipe->target, below = stage;
	while (below >= 0) {
		stage = below;
		below = own_base(o, stage, &image);
	}
	if (stage < 0 || str_find(image, '$') != STR_NONE || user_is_other(image))
		return;
	const struct instruction *from = &o->recipe->instructions[o->recipe->stages[stage].first];
	bool runs = image_last(o, INSTRUCTION_CMD) || image_last(o, INSTRUCTION_ENTRYPOINT);
	if (runs && from->parts->nargs)
		lint_report(o->rule, false, o->problems, from->parts->args_at[0],
		            "no USER: the container runs as the user of %.*s, which is root where that "
		            "image names none; create a user and end with USER", STR_ARG(image));
}

void own_user_root(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	const struct instruction *in = image_last(&o, INSTRUCTION_USER);
	struct str user;
	if (!in) {
		user_is_inherited(&o);
		return;
	}
	if (in->parts->nargs && own_expand(&o, in, in->parts->args[0], &user) && user_is_root(user))
		lint_report(rule, true, problems, in->parts->args_at[0],
		            "the last USER is root, so the container runs as root: end with USER and a "
		            "user of its own");
}

void own_healthcheck(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	const struct instruction *port = image_last(&o, INSTRUCTION_EXPOSE);
	if (port && port->parts->nargs && !image_last(&o, INSTRUCTION_HEALTHCHECK))
		lint_report(rule, true, problems, port->parts->args_at[0],
		            "it serves a port, and no HEALTHCHECK says whether it still does: add one, or "
		            "HEALTHCHECK NONE where somebody else looks");
}
