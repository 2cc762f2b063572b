/* Variables that builders set or take themselves. */
#include "core/recipe/text.h"
#include "core/recipe/values_inside.h"

enum { PLATFORM_PARTS = 3 };
enum platform_part { PART_WHOLE, PART_OS, PART_ARCH, PART_VARIANT, PART_NOTHING, PART_STAGE,
                     PART_UNKNOWN };

static const struct {
	const char *name;
	enum platform_part part;
} platform_names[] = {
	{ "TARGETPLATFORM", PART_WHOLE }, { "TARGETOS", PART_OS }, { "TARGETARCH", PART_ARCH },
	{ "TARGETVARIANT", PART_VARIANT }, { "TARGETOSVERSION", PART_NOTHING },
	{ "TARGETSTAGE", PART_STAGE }, { "BUILDPLATFORM", PART_UNKNOWN },
	{ "BUILDOS", PART_UNKNOWN }, { "BUILDARCH", PART_UNKNOWN }, { "BUILDVARIANT", PART_UNKNOWN },
	{ "BUILDOSVERSION", PART_UNKNOWN },
};

/* As containerd/platforms normalizes what people write. */
static void platform_split(const char *platform, struct str ret_parts[PLATFORM_PARTS])
{
	struct str rest = str_of(platform);
	for (size_t i = 0; i < PLATFORM_PARTS; i++)
		if (!str_next(&rest, '/', &ret_parts[i]))
			ret_parts[i] = STR("");
	struct str arch = ret_parts[1], variant = ret_parts[2];
	if (str_eq(arch, STR("x86_64")) || str_eq(arch, STR("x86-64")))
		ret_parts[1] = STR("amd64");
	else if (str_eq(arch, STR("aarch64")))
		ret_parts[1] = STR("arm64");
	else if (str_eq(arch, STR("i386")))
		ret_parts[1] = STR("386");
	if (str_eq(ret_parts[1], STR("arm")) && variant.n == 0)
		ret_parts[2] = STR("v7");
	else if ((str_eq(ret_parts[1], STR("arm64")) && str_eq(variant, STR("v8"))) ||
	         (str_eq(ret_parts[1], STR("amd64")) && str_eq(variant, STR("v1"))))
		ret_parts[2] = STR("");
}

static struct str platform_part(struct arena *a, const struct recipe *r, const char *platform,
                                enum platform_part part)
{
	struct str parts[PLATFORM_PARTS];
	if (part == PART_STAGE) {
		struct str name = r->target < 0 ? STR("") : r->stages[r->target].name;
		return name.n ? name : STR("default");
	}
	if (!platform || part == PART_UNKNOWN)
		return (struct str){ 0 };
	platform_split(platform, parts);
	switch (part) {
	case PART_OS: return arena_str(a, parts[0]);
	case PART_ARCH: return arena_str(a, parts[1]);
	case PART_VARIANT: return arena_str(a, parts[2]);
	case PART_WHOLE:
		return str_of(arena_printf(a, "%.*s/%.*s%s%.*s", STR_ARG(parts[0]), STR_ARG(parts[1]),
		                           parts[2].n ? "/" : "", STR_ARG(parts[2])));
	default: return STR("");
	}
}

bool values_platform(struct arena *a, const struct recipe *r, const char *platform, size_t i,
                     struct pair *ret)
{
	if (i >= sizeof platform_names / sizeof *platform_names)
		return false;
	*ret = (struct pair){ str_of(platform_names[i].name),
	                      platform_part(a, r, platform, platform_names[i].part) };
	return true;
}

bool values_is_proxy(struct str name)
{
	static const char *const names[] = { "http_proxy", "https_proxy", "ftp_proxy", "no_proxy",
		"all_proxy" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_eq_fold(name, str_of(names[i])))
			return true;
	return false;
}

bool values_is_builders(struct str name)
{
	for (size_t i = 0; i < sizeof platform_names / sizeof *platform_names; i++)
		if (str_eq(name, str_of(platform_names[i].name)))
			return true;
	return values_is_proxy(name) || str_has_prefix(name, STR("BUILDKIT_")) ||
	       str_eq(name, STR("SOURCE_DATE_EPOCH"));
}
