#include "core/engine/session_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/context/ignore.h"
#include "core/os/files.h"

/* Whoever asks for more than this, or for paths that no file has, is answered with everything,
 * which is always right: what is looked for is the daemon's to say, the time is ours. */
enum { FILTER_PATTERNS_MAX = 500, FILTER_PATH_MAX = 4096 };

struct filter {
	struct arena *arena;
	const struct context *context;
	struct map wanted;              /* patterns */
	bool is_over;                   /* too many of them */
};

static bool filter_is_pattern(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '*' || name.p[i] == '?' || name.p[i] == '[' || name.p[i] == '\\')
			return true;
	return false;
}

/* Whether a name matches a part of a pattern, by the one matcher that there is here. */
static bool filter_matches(const struct filter *f, struct str pattern, struct str name)
{
	owned(problems) struct problems *p = problems_new();
	const struct source *none = source_new(f->arena, STR("(followed)"), NULL, STR(""));
	owned(ignore) struct ignore *one = ignore_parse(none, p);
	struct error ignored;
	return ignore_add(one, pattern, &ignored) && ignore_matches(one, name);
}

static void filter_follow(struct filter *, struct str path);

/* Where a link at `path` leads, with the rest of the pattern behind it. */
static void filter_follow_link(struct filter *f, const struct entry *e, struct str rest)
{
	const char *slash = strrchr(e->path, '/');
	owned_buf struct buf to = { 0 };
	if (e->link[0] != '/' && slash)
		buf_append(&to, (struct str){ e->path, (size_t)(slash - e->path) });
	buf_printf(&to, "/%s/%.*s", e->link, STR_ARG(rest));
	filter_follow(f, arena_str(f->arena, buf_str(&to)));
}

/* The next link from *at on, in the folder of `pattern`, that its last part matches. */
static const struct entry *filter_next_link(struct filter *f, struct str pattern, size_t *at)
{
	size_t slash = str_find_last(pattern, '/');
	struct str dir = str_slice(pattern, 0, slash == STR_NONE ? 0 : slash);
	struct str last = slash == STR_NONE ? pattern : str_slice(pattern, slash + 1, pattern.n);
	while (*at < context_count(f->context)) {
		const struct entry *e = context_entry(f->context, (*at)++);
		const char *name = strrchr(e->path, '/');
		if (e->link &&
		    str_eq(dir, (struct str){ e->path, name ? (size_t)(name - e->path) : 0 }) &&
		    filter_matches(f, last, str_of(name ? name + 1 : e->path)))
			return e;
	}
	return NULL;
}

static void filter_want(struct filter *f, struct str pattern)
{
	map_set(&f->wanted, pattern, f);
	f->is_over = f->is_over || f->wanted.n > FILTER_PATTERNS_MAX;
}

/* As a path from the context's root, which nothing leads out of: "" is the root. */
static struct str filter_clean(struct filter *f, struct str path)
{
	char *rooted = arena_printf(f->arena, "/%.*s", STR_ARG(path));
	return str_of(files_clean(f->arena, rooted) + 1);
}

/* Whether a link was met at the end of `current`, and followed.  It is wanted before that:
 * links may lead in circles. */
static bool filter_follow_part(struct filter *f, const char *text, struct str current,
                               struct str rest)
{
	const struct entry *e = context_find(f->context, text);
	size_t last = str_find_last(current, '/'), at = 0;
	bool is_pattern = !e && filter_is_pattern(str_slice(current, last == STR_NONE ? 0 : last + 1,
	                                                    current.n));
	const struct entry *link = e && e->link ? e : NULL;
	if (is_pattern)
		link = filter_next_link(f, current, &at);
	if (!link)
		return false;
	filter_want(f, current);
	for (; link; link = is_pattern ? filter_next_link(f, current, &at) : NULL)
		filter_follow_link(f, link, rest);
	return true;
}

static void filter_follow(struct filter *f, struct str path)
{
	if (path.n > FILTER_PATH_MAX)
		f->is_over = true;
	if (f->is_over)
		return;
	struct str clean = filter_clean(f, path);
	char *text = arena_text(f->arena, clean);
	if (map_has(&f->wanted, clean))
		return;
	for (size_t n = 0; n < clean.n; n++) {
		size_t slash = str_find(str_slice(clean, n, clean.n), '/');
		n = slash == STR_NONE ? clean.n : n + slash;
		struct str current = str_slice(clean, 0, n);
		char behind = text[n];
		if (map_has(&f->wanted, current))
			return;
		text[n] = '\0';
		if (filter_follow_part(f, text, current, str_slice(clean, n + 1, clean.n)))
			return;
		text[n] = behind;
	}
	filter_want(f, clean);
}

/* Sets of characters with a star in them are read differently by COPY and .dockerignore. */
static bool filter_is_clear(struct str pattern)
{
	bool in_set = false;
	for (size_t i = 0; i < pattern.n; i++) {
		char c = pattern.p[i];
		if (c == '\n' || (in_set && (c == '*' || c == '?' || c == '\\')))
			return false;
		in_set = c == '[' || (in_set && c != ']');
	}
	return true;
}

/* A pattern as a line of .dockerignore, where a comment, a '!' and blanks at the ends would
 * mean something else; false: nobody knows. */
static bool filter_add(struct ignore *i, struct str pattern)
{
	owned_buf struct buf line = { 0 };
	struct error ignored;
	struct str p = pattern;
	if (!filter_is_clear(p))
		return false;
	if (p.n && (p.p[0] == '#' || p.p[0] == '!'))
		buf_append_char(&line, '\\');
	if (p.n && (p.p[0] == ' ' || p.p[0] == '\t')) {
		buf_printf(&line, "[%c]", p.p[0]);
		p = str_slice(p, 1, p.n);
	}
	char last = p.n ? p.p[p.n - 1] : '\0';
	if (last == ' ' || last == '\t' || last == '\r') {
		p = str_slice(p, 0, p.n - (p.n > 1 && p.p[p.n - 2] == '\\' ? 2 : 1));
		buf_append(&line, p);
		buf_printf(&line, "[%c]", last);
	} else {
		buf_append(&line, p);
	}
	return ignore_add(i, buf_str(&line), &ignored);
}

/* NULL: everything is wanted. */
static struct ignore *filter_patterns(struct filter *f, const struct session_filter *want)
{
	owned(problems) struct problems *p = problems_new();
	owned(ignore) struct ignore *all = ignore_parse(
		source_new(f->arena, STR("(wanted)"), NULL, STR("")), p);
	for (size_t i = 0; i < want->nfollowed; i++)
		filter_follow(f, want->followed[i]);
	for (size_t i = 0; i < want->nincludes; i++)
		filter_want(f, filter_clean(f, want->includes[i]));
	for (size_t i = 0; !f->is_over && i < f->wanted.n; i++)
		if (!f->wanted.items[i].key.n || !filter_add(all, f->wanted.items[i].key))
			return NULL;
	return f->wanted.n && !f->is_over ? take(all) : NULL;
}

static bool filter_is_in(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	return !strncmp(path, folder, n) && path[n] == '/';
}

struct filter_way {
	uint32_t *entries;              /* wanted */
	size_t n;
	uint32_t *open;                 /* folders that the entry at hand is in, not wanted yet */
	size_t nopen, cap;
};

static void filter_enter(struct filter_way *w, uint32_t folder)
{
	if (w->nopen == w->cap)
		w->open = xrealloc(w->open, w->cap = w->cap ? 2 * w->cap : 32, sizeof *w->open);
	w->open[w->nopen++] = folder;
}

/* Walks down the entries, which are in the order of a walk. */
static void filter_walk(const struct context *c, const struct ignore *wanted,
                        struct filter_way *w)
{
	const char *whole = NULL;       /* a folder wanted with all that is in it */
	for (size_t i = 0; i < context_count(c); i++) {
		const struct entry *e = context_entry(c, i);
		while (w->nopen && !filter_is_in(e->path, context_entry(c, w->open[w->nopen - 1])->path))
			w->nopen--;
		bool is_wanted = (whole && filter_is_in(e->path, whole)) ||
		                 ignore_matches(wanted, str_of(e->path));
		if (!is_wanted) {
			if (S_ISDIR(e->mode))
				filter_enter(w, (uint32_t)i);
			continue;
		}
		for (size_t k = 0; k < w->nopen; k++)
			w->entries[w->n++] = w->open[k];
		w->nopen = 0;
		w->entries[w->n++] = (uint32_t)i;
		if (S_ISDIR(e->mode) && !(whole && filter_is_in(e->path, whole)))
			whole = e->path;
	}
}

void session_filter_make(struct arena *a, const struct context *c,
                         const struct session_filter *want, const uint32_t **ret_entries,
                         size_t *ret_n)
{
	struct filter f = { .arena = a, .context = c };
	struct filter_way w = { 0 };
	owned(ignore) struct ignore *wanted = filter_patterns(&f, want);
	w.entries = arena_array(a, context_count(c) + 1, sizeof *w.entries);
	if (wanted)
		filter_walk(c, wanted, &w);
	else
		for (; w.n < context_count(c); w.n++)
			w.entries[w.n] = (uint32_t)w.n;
	map_finish(&f.wanted);
	free(w.open);
	*ret_entries = w.entries;
	*ret_n = w.n;
}

static int filter_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool session_filter_decode(struct arena *a, struct str value, bool is_encoded,
                           struct str *ret_value)
{
	owned_buf struct buf plain = { 0 };
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (!is_encoded || (c != '%' && c != '+')) {
			buf_append_char(&plain, c);
			continue;
		}
		if (c == '+') {
			buf_append_char(&plain, ' ');
			continue;
		}
		int high = i + 2 < value.n ? filter_digit(value.p[i + 1]) : -1;
		int low = high >= 0 ? filter_digit(value.p[i + 2]) : -1;
		if (low < 0)
			return false;
		buf_append_char(&plain, (char)(high << 4 | low));
		i += 2;
	}
	*ret_value = arena_str(a, buf_str(&plain));
	return true;
}
