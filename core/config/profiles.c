#include "core/config/profiles.h"

#include <stdlib.h>

#include "core/config/cascade.h"

bool profile_is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], lower = c | 0x20;
		bool letter = lower >= 'a' && lower <= 'z', digit = c >= '0' && c <= '9';
		if (!letter && !digit && c != '_' && c != '-')
			return false;
	}
	return s.n > 0;
}

static int profile_compare(const void *one, const void *two)
{
	return strcmp(*(const char *const *)one, *(const char *const *)two);
}

void cascade_profiles(struct arena *a, const struct document *documents, size_t ndocuments,
                      const char *const **ret_known, size_t *ret_nknown)
{
	size_t n = 0, unique = 0;
	for (size_t i = 0; i < ndocuments; i++)
		n += documents[i].nlayers;
	const char **known = arena_array(a, n, sizeof *known);
	n = 0;
	for (size_t i = 0; i < ndocuments; i++)
		for (size_t j = 0; j < documents[i].nlayers; j++)
			if (documents[i].layers[j].profile && documents[i].layers[j].present)
				known[n++] = documents[i].layers[j].profile;
	if (n)
		qsort(known, n, sizeof *known, profile_compare);
	for (size_t i = 0; i < n; i++)
		if (!unique || strcmp(known[unique - 1], known[i]) != 0)
			known[unique++] = known[i];
	*ret_known = known;
	*ret_nknown = unique;
}

static bool profile_is_known(const char *profile, const char *const *known, size_t nknown)
{
	for (size_t i = 0; i < nknown; i++)
		if (strcmp(known[i], profile) == 0)
			return true;
	return false;
}

static bool profile_unknown(const char *profile, const char *const *known, size_t nknown,
                            struct problems *problems)
{
	owned_buf struct buf list = { 0 };
	struct span nowhere = { 0 };
	for (size_t i = 0; i < nknown; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", known[i]);
	if (nknown)
		return problems_add(problems, SEVERITY_ERROR, "profile-unknown", nowhere,
		                    "no file knows the profile %s; known are %s", profile,
		                    buf_text(&list));
	return problems_add(problems, SEVERITY_ERROR, "profile-unknown", nowhere,
	                    "no file knows the profile %s; this project has no profiles", profile);
}

static bool profile_is_again(const struct selection *selection, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(selection->profiles[j], selection->profiles[i]) == 0)
			return true;
	return false;
}

bool cascade_check_profiles(const struct selection *selection, const char *const *known,
                            size_t nknown, struct problems *problems)
{
	bool ok = true;
	struct span nowhere = { 0 };
	for (size_t i = 0; i < selection->nprofiles; i++) {
		const char *profile = selection->profiles[i];
		if (!profile_is_name(str_of(profile)))
			ok = problems_add(problems, SEVERITY_ERROR, "profile-name", nowhere,
			                  "\"%s\" is no profile name; one is made of letters, "
			                  "digits, _ and -", profile);
		else if (!profile_is_known(profile, known, nknown))
			ok = profile_unknown(profile, known, nknown, problems);
		else if (profile_is_again(selection, i))
			ok = problems_add(problems, SEVERITY_ERROR, "profile-twice", nowhere,
			                  "the profile %s is given twice: name it once, at its place in "
			                  "the order", profile);
	}
	return ok;
}
