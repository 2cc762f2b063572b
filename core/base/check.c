#include "core/base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*check_hook)(void);

void check_set_hook(void (*hook)(void))
{
	check_hook = hook;
}

_Noreturn void check_failed(const char *file, int line, const char *what)
{
	void (*hook)(void) = check_hook;
	check_hook = NULL;
	if (hook)
		hook();
	fprintf(stderr, "mortar: %s:%d: this must never happen: %s\n", file, line, what);
	abort();
}

static void *check_memory(void *p)
{
	if (!p)
		check_failed("memory", 0, "out of memory");
	return p;
}

void *xmalloc(size_t size)
{
	return check_memory(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return check_memory(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t count, size_t size)
{
	return check_memory(reallocarray(p, count ? count : 1, size));
}

char *xstrdup(const char *text)
{
	return check_memory(strdup(text));
}

char *xstrndup(const char *text, size_t n)
{
	char *copy = xmalloc(n + 1);
	if (n)
		memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

char *xasprintf(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return check_memory(n < 0 ? NULL : text);
}
