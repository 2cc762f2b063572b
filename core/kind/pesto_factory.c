/* The processing-factory package that is installed here, or our stand-in text. */
#include "core/kind/pesto.h"

/* Our own short description of the routes that processing-factory serves. */
static const char pesto_openapi[] =
	"openapi: 3.0.0\n"
	"info:\n"
	"  title: Geo Processing API\n"
	"  version: \"1.0\"\n"
	"  description: Routes of a service packaged with mortar\n"
	"paths:\n"
	"  /api/v1/health:\n"
	"    get:\n"
	"      summary: Tells that the service is up\n"
	"      responses:\n"
	"        \"200\": {description: The service is healthy}\n"
	"  /api/v1/describe:\n"
	"    get:\n"
	"      summary: The description of the service (service.json)\n"
	"      responses:\n"
	"        \"200\": {description: The description}\n"
	"  /api/v1/version:\n"
	"    get:\n"
	"      summary: The version of the service (version.json)\n"
	"      responses:\n"
	"        \"200\": {description: The version}\n"
	"  /api/v1/{process}:\n"
	"    post:\n"
	"      summary: Runs the algorithm on one input\n"
	"      parameters:\n"
	"        - {name: process, in: path, required: true, schema: {type: string}}\n"
	"      requestBody:\n"
	"        content:\n"
	"          application/json: {schema: {type: object}}\n"
	"      responses:\n"
	"        \"200\": {description: The output of the algorithm}\n"
	"        \"400\": {description: The input does not fit the input schema}\n";

static const char factory_text_name[] = "api_geo_process_v1.0.yaml";

/* The package's folder site/processing_factory-VERSION.dist-info lists its files
 * in RECORD (packaging.python.org, "Recording installed projects"). */
static bool factory_in_site(struct files *files, struct arena *arena, const char *site,
                            struct pesto_factory *ret_factory)
{
	struct files_list list;
	struct error ignored;
	if (files_list(files, site, arena, &list, &ignored) != FILES_OK)
		return false;
	for (size_t i = 0; i < list.n; i++) {
		struct str name = str_of(list.entries[i].name), record, line;
		if (!str_has_prefix(name, STR("processing_factory-")) ||
		    !str_has_suffix(name, STR(".dist-info")))
			continue;
		const char *path = arena_printf(arena, "%s/%s/RECORD", site, list.entries[i].name);
		if (files_read(files, path, arena, &record, &ignored) != FILES_OK)
			continue;
		struct str version = str_slice(name, sizeof "processing_factory-" - 1, name.n);
		version.n -= sizeof ".dist-info" - 1;
		while (str_next(&record, '\n', &line)) {
			line.n = str_find(line, ',') == STR_NONE ? line.n : str_find(line, ',');
			if (!str_has_suffix(line, str_of(factory_text_name)))
				continue;
			path = files_join(arena, site, arena_text(arena, line));
			if (files_read(files, path, arena, &ret_factory->openapi, &ignored) != FILES_OK)
				continue;
			ret_factory->version = arena_text(arena, version);
			return true;
		}
	}
	return false;
}

/* lib/python3.N/{site,dist}-packages below a prefix. */
static bool factory_in_prefix(struct files *files, struct arena *arena, const char *prefix,
                              struct pesto_factory *ret_factory)
{
	struct files_list list;
	struct error ignored;
	const char *lib = files_join(arena, prefix, "lib");
	if (files_list(files, lib, arena, &list, &ignored) != FILES_OK)
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (!str_has_prefix(str_of(list.entries[i].name), STR("python3")))
			continue;
		const char *python = files_join(arena, lib, list.entries[i].name);
		const char *site = files_join(arena, python, "site-packages");
		const char *dist = files_join(arena, python, "dist-packages");
		if (factory_in_site(files, arena, site, ret_factory) ||
		    factory_in_site(files, arena, dist, ret_factory))
			return true;
	}
	return false;
}

struct pesto_factory pesto_factory_find(struct files *files, struct arena *arena)
{
	struct pesto_factory factory = { .openapi = { pesto_openapi, sizeof pesto_openapi - 1 } };
	const char *home = getenv("HOME"), *environment = getenv("VIRTUAL_ENV");
	if (environment && environment[0] &&
	    factory_in_prefix(files, arena, environment, &factory))
		return factory;
	if (home && home[0] &&
	    factory_in_prefix(files, arena, files_join(arena, home, ".local"), &factory))
		return factory;
	if (!factory_in_prefix(files, arena, "/usr/local", &factory))
		factory_in_prefix(files, arena, "/usr", &factory);
	return factory;
}
