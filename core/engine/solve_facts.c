#include "core/engine/solve_inside.h"

#include <stdlib.h>

/* The BuildKit of dockerd's versions, the newest first (vendor.conf, vendor.mod at their
 * tags). */
static const struct { unsigned dockerd, buildkit; const char *name; } solve_versions[] = {
	{ 29, 25, "29.0" }, { 28, 20, "28.0" }, { 27, 14, "27.0" }, { 26, 13, "26.0" },
	{ 25, 12, "25.0" }, { 24, 11, "24.0" }, { 23, 10, "23.0" }, { 20, 8, "20.10" },
};
enum { SOLVE_VERSIONS = sizeof solve_versions / sizeof *solve_versions };

/* "v0.24.0" is 24, a version that begins with 1 or more is beyond all that is known here;
 * so is v0.0.0+unknown, which people build themselves. */
static unsigned solve_buildkitd(const char *version)
{
	struct str rest = str_of(version), major, minor;
	unsigned long long a, b;
	if (rest.n && rest.p[0] == 'v')
		rest = str_slice(rest, 1, rest.n);
	if (!str_next(&rest, '.', &major) || !str_next(&rest, '.', &minor) ||
	    !str_number(major, 1000, &a) || !str_number(minor, 999, &b))
		return 0;
	return a || !b ? 999 : (unsigned)b;
}

unsigned solve_buildkit(const struct solve_facts *f)
{
	if (!f->version)
		return 0;
	if (f->daemon == SOLVE_BUILDKITD)
		return solve_buildkitd(f->version);
	unsigned long major = strtoul(f->version, NULL, 10);
	for (size_t i = 0; i < SOLVE_VERSIONS; i++)
		if (major >= solve_versions[i].dockerd)
			return solve_versions[i].buildkit;
	return 0;
}

const char *solve_daemon(const struct solve_maker *m)
{
	return arena_printf(m->arena, "%s%s%s",
	                    m->facts->daemon == SOLVE_DOCKERD ? "dockerd" : "buildkitd",
	                    m->facts->version ? " " : "",
	                    m->facts->version ? m->facts->version : "");
}

/* The first dockerd with that BuildKit. */
static const char *solve_first(unsigned buildkit)
{
	size_t i = SOLVE_VERSIONS;
	while (i > 1 && solve_versions[i - 1].buildkit < buildkit)
		i--;
	return solve_versions[i - 1].name;
}

bool solve_needs(struct solve_maker *m, unsigned buildkit, const char *what, const char *instead)
{
	if (m->buildkit >= buildkit)
		return true;
	return error_set(m->err, ERROR_REFUSED, "%s has no %s: BuildKit 0.%u was the first with it, "
	                 "dockerd %s%s%s", solve_daemon(m), what, buildkit, solve_first(buildkit),
	                 instead ? "; " : "", instead ? instead : "");
}

bool solve_needs_store(struct solve_maker *m, const char *what, const char *instead)
{
	if (m->facts->daemon == SOLVE_BUILDKITD || m->facts->has_containerd_store)
		return true;
	return error_set(m->err, ERROR_REFUSED, "%s has no %s: a buildkitd has it, and dockerd from "
	                 "24.0 with containerd's image store%s%s", solve_daemon(m), what,
	                 instead ? "; " : "", instead ? instead : "");
}
