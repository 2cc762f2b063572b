#include "core/engine/platform.h"

#include "core/base/buf.h"

/* containerd's table (platforms/database.go). */
static const struct pair platform_machines[] = {
	{ STR("x86_64"), STR("amd64") },   { STR("x86-64"), STR("amd64") },
	{ STR("aarch64"), STR("arm64") },  { STR("i386"), STR("386") },
	{ STR("i686"), STR("386") },       { STR("armv5l"), STR("arm/v5") },
	{ STR("armv6l"), STR("arm/v6") },  { STR("armv7l"), STR("arm/v7") },
	{ STR("armhf"), STR("arm/v7") },   { STR("armel"), STR("arm/v6") },
	{ STR("loongarch64"), STR("loong64") },
};

static struct str platform_lower(struct arena *a, struct str text)
{
	char *lower = arena_alloc(a, text.n + 1);
	for (size_t i = 0; i < text.n; i++)
		lower[i] = text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] | 0x20) : text.p[i];
	lower[text.n] = '\0';
	return (struct str){ lower, text.n };
}

const char *platform_name(struct arena *a, struct str os, struct str machine)
{
	if (!os.n || !machine.n)
		return NULL;
	os = platform_lower(a, os);
	machine = platform_lower(a, machine);
	for (size_t i = 0; i < sizeof platform_machines / sizeof *platform_machines; i++)
		if (str_eq(machine, platform_machines[i].name))
			machine = platform_machines[i].value;
	return arena_printf(a, "%.*s/%.*s", STR_ARG(os), STR_ARG(machine));
}

/* The variant that is meant where none is named. */
static struct str platform_plain(struct arena *a, struct str platform)
{
	struct str os, machine;
	str_next(&platform, '/', &os);
	machine = platform;
	if (str_eq(machine, STR("arm64/v8")))
		machine = STR("arm64");
	if (str_eq(machine, STR("amd64/v1")))
		machine = STR("amd64");
	if (str_eq(machine, STR("arm")))
		machine = STR("arm/v7");
	const char *name = platform_name(a, os, machine);
	return name ? str_of(name) : os;
}

bool platform_same(struct str x, struct str y)
{
	owned(arena) struct arena *a = arena_new();
	return str_eq(platform_plain(a, x), platform_plain(a, y));
}
