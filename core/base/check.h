#ifndef CORE_BASE_CHECK_H
#define CORE_BASE_CHECK_H

#include <stddef.h>

/* A bug of ours, not a fault of the world: says where and aborts.  Before that
 * the hook runs once, so that a screen can be given back to its owner. */
#define CHECK(condition) \
	((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))

_Noreturn void check_failed(const char *file, int line, const char *what)
	__attribute__((cold));
/* The hook must be safe at any moment; NULL removes it. */
void check_set_hook(void (*hook)(void));

/* Memory that is there, or the end of the process (check_failed). */
void *xmalloc(size_t size) __attribute__((malloc, alloc_size(1), returns_nonnull));
void *xcalloc(size_t count, size_t size)
	__attribute__((malloc, alloc_size(1, 2), returns_nonnull));
/* Like realloc for count items of size bytes; a product too large ends the process. */
void *xrealloc(void *p, size_t count, size_t size)
	__attribute__((alloc_size(2, 3), returns_nonnull));
/* The caller's to free. */
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *text, size_t n) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...)
	__attribute__((malloc, returns_nonnull, format(printf, 1, 2)));

#endif
