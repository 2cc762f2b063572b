#include "core/value/problem.h"

#include <stdarg.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/base/utf8.h"

struct problems {
	struct arena *arena;
	struct problem *items;          /* room for PROBLEMS_MAX and the one that counts the rest */
	size_t n, cap;
	size_t errors, errors_kept, lost;
};

struct problems *problems_new(void)
{
	struct problems *ps = xcalloc(1, sizeof *ps);
	ps->arena = arena_new();
	return ps;
}

void problems_free(struct problems *ps)
{
	if (!ps)
		return;
	arena_free(ps->arena);
	free(ps->items);
	free(ps);
}

/* Where the next one goes, or NULL when there is no room for it.  An error takes
 * the place of the last warning or note: a flood of those must not hide it. */
static struct problem *problems_room(struct problems *ps, enum severity severity)
{
	if (ps->n < PROBLEMS_MAX) {
		if (ps->n == ps->cap) {
			ps->cap = ps->cap ? ps->cap * 2 : 8;
			ps->items = xrealloc(ps->items, ps->cap, sizeof *ps->items);
		}
		return &ps->items[ps->n++];
	}
	ps->lost++;
	if (severity != SEVERITY_ERROR || ps->errors_kept == PROBLEMS_MAX)
		return NULL;
	size_t i = PROBLEMS_MAX - 1;
	while (ps->items[i].severity == SEVERITY_ERROR)
		i--;
	memmove(&ps->items[i], &ps->items[i + 1], (PROBLEMS_MAX - 1 - i) * sizeof *ps->items);
	return &ps->items[PROBLEMS_MAX - 1];
}

static struct problem *problems_take(struct problems *ps, enum severity severity)
{
	struct problem *room = problems_room(ps, severity);
	if (severity == SEVERITY_ERROR) {
		ps->errors++;
		ps->errors_kept += room != NULL;
	}
	return room;
}

bool problems_add(struct problems *ps, enum severity severity, const char *rule, struct span at,
                  const char *fmt, ...)
{
	struct problem *p = problems_take(ps, severity);
	if (!p)
		return false;
	owned_buf struct buf text = { 0 }, clean = { 0 };
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	utf8_append_visible(&clean, buf_str(&text));
	*p = (struct problem){ .rule = rule, .severity = severity, .at = at,
		.text = arena_str(ps->arena, buf_str(&clean)) };
	return false;
}

static const struct edit *problems_copy_fix(struct arena *a, const struct problem *from)
{
	if (!from->nfix)
		return NULL;
	struct edit *fix = arena_array(a, from->nfix, sizeof *fix);
	for (size_t i = 0; i < from->nfix; i++)
		fix[i] = (struct edit){ from->fix[i].at, arena_str(a, from->fix[i].text) };
	return fix;
}

void problems_add_problem(struct problems *ps, const struct problem *from)
{
	struct problem *p = problems_take(ps, from->severity);
	if (!p)
		return;
	owned_buf struct buf clean = { 0 };
	utf8_append_visible(&clean, from->text);
	*p = *from;
	p->text = arena_str(ps->arena, buf_str(&clean));
	p->pointer = arena_str(ps->arena, from->pointer);
	p->schema = arena_str(ps->arena, from->schema);
	p->fix = problems_copy_fix(ps->arena, from);
}

struct problems *problems_copy(const struct problems *from)
{
	struct problems *ps = problems_new();
	for (size_t i = 0; i < from->n; i++)
		problems_add_problem(ps, &from->items[i]);
	/* What was only counted is so again. */
	ps->errors = from->errors;
	ps->lost = from->lost;
	return ps;
}

size_t problems_count(const struct problems *ps)
{
	return ps->n + (ps->lost != 0);
}

/* The one that counts the rest is made when it is looked at. */
static const struct problem *problems_rest(const struct problems *ps)
{
	struct problem *p = arena_alloc(ps->arena, sizeof *p);
	p->rule = "problems-more";
	p->severity = ps->errors > ps->errors_kept ? SEVERITY_ERROR : SEVERITY_NOTE;
	p->text = str_of(arena_printf(ps->arena, "and %zu more", ps->lost));
	return p;
}

const struct problem *problems_get(const struct problems *ps, size_t i)
{
	CHECK(i < problems_count(ps));
	return i < ps->n ? &ps->items[i] : problems_rest(ps);
}

size_t problems_errors(const struct problems *ps)
{
	return ps->errors;
}

bool problems_has_room(const struct problems *ps, enum severity severity)
{
	return ps->n < PROBLEMS_MAX ||
	       (severity == SEVERITY_ERROR && ps->errors_kept < PROBLEMS_MAX);
}

/* Whatever the schema. */
static int problem_compare_told(const struct problem *a, const struct problem *b)
{
	const struct source *sa = a->at.source, *sb = b->at.source;
	int order = str_cmp(str_of(sa ? sa->path : NULL), str_of(sb ? sb->path : NULL));
	if (order)
		return order;
	if (a->at.at != b->at.at)
		return a->at.at < b->at.at ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity < b->severity ? -1 : 1;
	order = strcmp(a->rule, b->rule);
	if (order)
		return order;
	order = str_cmp(a->pointer, b->pointer);
	return order ? order : str_cmp(a->text, b->text);
}

static int problem_compare(const void *one, const void *two)
{
	const struct problem *a = one, *b = two;
	int order = problem_compare_told(a, b);
	return order ? order : str_cmp(a->schema, b->schema);
}

void problems_sort(struct problems *ps)
{
	size_t n = 0;
	if (ps->n == 0)
		return;
	qsort(ps->items, ps->n, sizeof *ps->items, problem_compare);
	for (size_t i = 0; i < ps->n; i++) {
		if (n && problem_compare_told(&ps->items[n - 1], &ps->items[i]) == 0) {
			ps->errors -= ps->items[i].severity == SEVERITY_ERROR;
			ps->errors_kept -= ps->items[i].severity == SEVERITY_ERROR;
			continue;
		}
		ps->items[n++] = ps->items[i];
	}
	ps->n = n;
}

void problem_print(struct buf *b, const struct problem *p)
{
	struct origin at = span_origin(p->at);
	if (at.path) {
		utf8_append_visible(b, str_of(at.path));
		if (at.line)
			buf_printf(b, ":%u:%u", at.line, at.column);
		buf_append(b, STR(": "));
	}
	if (p->severity != SEVERITY_ERROR)
		buf_append_text(b, p->severity == SEVERITY_WARNING ? "warning: " : "note: ");
	buf_append(b, p->text);
	if (p->schema.n) {
		buf_append(b, STR(" (schema "));
		utf8_append_visible(b, p->schema);
		buf_append_char(b, ')');
	}
}
