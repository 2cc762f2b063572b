#include "core/ext/lazy.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void lazy_fail(const char *file)
{
	const char *why = dlerror();
	fprintf(stderr, "mortar: the library %s cannot be used: %s\n", file, why ? why : "");
	_exit(127);
}

void lazy_load(const char *file, const char *prefix, const char *const *names, size_t n,
               void *table)
{
	char name[96];
	void *first;
	memcpy(&first, table, sizeof first);
	if (first)
		return;
	void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
	if (!library)
		lazy_fail(file);
	/* Backwards: the first one says that all are there. */
	for (size_t i = n; i-- > 0;) {
		snprintf(name, sizeof name, "%s%s", prefix, names[i]);
		void *function = dlsym(library, name);
		if (!function)
			lazy_fail(file);
		memcpy((char *)table + i * sizeof function, &function, sizeof function);
	}
}
