#include "core/recipe/quote.h"

/* github.com/distribution/reference v2.8: [domain/]path[:tag][@digest].  The
 * domain is there when the first part has a dot or a colon, is "localhost", or
 * has upper-case letters (docker's normalisation). */

enum { NAME_LONGEST = 255, TAG_LONGEST = 128 };

static bool image_is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool image_is_alnum(char c)
{
	return image_is_lower(c) || (c >= 'A' && c <= 'Z');
}

bool quote_check_tag(struct str tag, struct error *err)
{
	bool ok = tag.n > 0 && (image_is_alnum(tag.p[0]) || tag.p[0] == '_');
	if (tag.n == 0)
		return error_set(err, ERROR_PROJECT, "the tag is empty");
	if (tag.n > TAG_LONGEST)
		return error_set(err, ERROR_PROJECT, "the tag '%.40s…' has %zu characters: a tag has at "
		                 "most %d", tag.p, tag.n, TAG_LONGEST);
	for (size_t i = 1; ok && i < tag.n; i++)
		ok = image_is_alnum(tag.p[i]) || tag.p[i] == '_' || tag.p[i] == '.' || tag.p[i] == '-';
	return ok || error_set(err, ERROR_PROJECT, "'%.*s' is no tag: a tag has letters, digits, '_', "
	                       "'.' and '-', and starts with neither '.' nor '-'", STR_ARG(tag));
}

/* Lower-case letters and digits, with ".", "_", "__" or any number of "-" between. */
static bool image_check_component(struct str part, struct str name, struct error *err)
{
	if (part.n == 0)
		return error_set(err, ERROR_PROJECT, "'%.*s' is no image name: a part between '/' is empty",
		                 STR_ARG(name));
	for (size_t i = 0; i < part.n; i++)
		if (part.p[i] >= 'A' && part.p[i] <= 'Z')
			return error_set(err, ERROR_PROJECT, "'%.*s' has upper-case letters: image names are "
			                 "lower case", STR_ARG(name));
	for (size_t i = 0; i < part.n;) {
		size_t n = 0;
		while (i + n < part.n && memchr("._-", part.p[i + n], 3))
			n++;
		struct str run = str_slice(part, i, n);
		if (n == 0 && !image_is_lower(part.p[i]))
			return error_set(err, ERROR_PROJECT, "'%.*s' is no image name: it has lower-case "
			                 "letters and digits, with '.', '_' or '-' between them",
			                 STR_ARG(name));
		bool single = n == 1 || str_eq(run, STR("__"));
		for (size_t k = 0; k < n && !single; k++)
			if (run.p[k] != '-')
				return error_set(err, ERROR_PROJECT, "'%.*s' is no image name: '%.*s' may not "
				                 "stand in it, only '.', '_', '__' or dashes", STR_ARG(name),
				                 STR_ARG(run));
		if (n && (i == 0 || i + n == part.n))
			return error_set(err, ERROR_PROJECT, "'%.*s' is no image name: each part starts and "
			                 "ends with a letter or digit", STR_ARG(name));
		i += n ? n : 1;
	}
	return true;
}

static bool image_is_label(struct str label)
{
	for (size_t i = 0; i < label.n; i++)
		if (!image_is_alnum(label.p[i]) &&
		    !(label.p[i] == '-' && i > 0 && i + 1 < label.n))
			return false;
	return label.n > 0;
}

/* "host", "host.name:5000", "[::1]:5000". */
static bool image_check_domain(struct str domain, struct error *err)
{
	struct str host = domain, label;
	size_t colon = str_find_last(domain, ':'), bracket = str_find_last(domain, ']');
	bool ok = true;
	if (colon != STR_NONE && (bracket == STR_NONE || colon > bracket)) {
		unsigned long long port;
		if (!str_number(str_slice(domain, colon + 1, STR_NONE), 65535, &port))
			return error_set(err, ERROR_PROJECT, "'%.*s' is no registry: a port's number is "
			                 "missing behind ':'", STR_ARG(domain));
		host = str_slice(domain, 0, colon);
	}
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
		for (size_t i = 1; i + 1 < host.n; i++)
			ok &= memchr("0123456789abcdefABCDEF:", host.p[i], 23) != NULL;
	} else {
		while (ok && str_next(&host, '.', &label))
			ok = image_is_label(label);
	}
	return ok || error_set(err, ERROR_PROJECT, "'%.*s' is no registry: it is a host name, and ':' "
	                       "and a port if you like", STR_ARG(domain));
}

static bool image_is_domain(struct str first)
{
	if (str_find(first, '.') != STR_NONE || str_find(first, ':') != STR_NONE ||
	    str_eq(first, STR("localhost")))
		return true;
	for (size_t i = 0; i < first.n; i++)
		if (first.p[i] >= 'A' && first.p[i] <= 'Z')
			return true;
	return false;
}

static bool image_is_identifier(struct str name)
{
	bool hex = name.n == 64;
	for (size_t i = 0; hex && i < name.n; i++)
		hex = (name.p[i] >= '0' && name.p[i] <= '9') || (name.p[i] >= 'a' && name.p[i] <= 'f');
	return hex;
}

bool quote_check_repository(struct str name, struct error *err)
{
	struct str rest = name, part;
	size_t slash = str_find(name, '/');
	if (name.n == 0)
		return error_set(err, ERROR_PROJECT, "the image name is empty");
	if (name.n > NAME_LONGEST)
		return error_set(err, ERROR_PROJECT, "the image name '%.40s…' has %zu characters: it has "
		                 "at most %d", name.p, name.n, NAME_LONGEST);
	if (image_is_identifier(name))
		return error_set(err, ERROR_PROJECT, "'%.*s' looks like an image's id: it is no name",
		                 STR_ARG(name));
	if (slash == STR_NONE && str_find(name, ':') != STR_NONE)
		return error_set(err, ERROR_PROJECT, "'%.*s' has a ':': the name stands here without a tag",
		                 STR_ARG(name));
	if (slash != STR_NONE && image_is_domain(str_slice(name, 0, slash))) {
		str_next(&rest, '/', &part);
		if (!image_check_domain(part, err))
			return false;
	}
	while (str_next(&rest, '/', &part))
		if (!image_check_component(part, name, err))
			return false;
	return true;
}

/* algorithm ":" hex, at least 32 digits; of sha256 and its kin the exact number. */
static bool image_check_digest(struct str digest, struct error *err)
{
	static const struct {
		const char *name;
		size_t digits;
	} known[] = { { "sha256", 64 }, { "sha384", 96 }, { "sha512", 128 } };
	size_t colon = str_find(digest, ':');
	struct str algorithm = str_slice(digest, 0, colon);
	struct str hex = str_slice(digest, colon == STR_NONE ? digest.n : colon + 1, STR_NONE);
	bool ok = colon != STR_NONE && algorithm.n > 0;
	for (size_t i = 0; ok && i < algorithm.n; i++)
		ok = image_is_lower(algorithm.p[i]) || (i > 0 && memchr("+._-", algorithm.p[i], 4));
	size_t digits = 0;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq(algorithm, str_of(known[i].name)))
			digits = known[i].digits;
	ok &= digits ? hex.n == digits : hex.n >= 32;
	for (size_t i = 0; ok && i < hex.n; i++)
		ok = (hex.p[i] >= '0' && hex.p[i] <= '9') || (hex.p[i] >= 'a' && hex.p[i] <= 'f');
	return ok || error_set(err, ERROR_PROJECT, "'%.*s' is no digest: write sha256: and 64 digits "
	                       "0-9 a-f", STR_ARG(digest));
}

bool quote_check_image(struct str reference, struct error *err)
{
	struct str name = reference;
	size_t at = str_find(name, '@');
	if (at != STR_NONE) {
		if (!image_check_digest(str_slice(name, at + 1, STR_NONE), err))
			return false;
		name.n = at;
	}
	size_t slash = str_find_last(name, '/');
	size_t from = slash == STR_NONE ? 0 : slash + 1;
	size_t colon = str_find(str_slice(name, from, STR_NONE), ':');
	if (colon != STR_NONE) {
		if (!quote_check_tag(str_slice(name, from + colon + 1, STR_NONE), err))
			return false;
		name.n = from + colon;
	}
	return quote_check_repository(name, err);
}

struct str quote_image_registry(struct str reference)
{
	size_t slash = str_find(reference, '/');
	struct str first = str_slice(reference, 0, slash);
	return slash != STR_NONE && image_is_domain(first) ? first : STR("docker.io");
}
