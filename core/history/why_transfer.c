/* Why a COPY ran: the files that the engine asked for.  It had the others just as they are, so
 * these it had not. */
#include <fnmatch.h>

#include "core/history/why_inside.h"

struct copied {
	struct str dir;                 /* of the transfer */
	struct str sources;             /* words, the last one is where they go */
	bool all;                       /* nobody can tell which files they are */
};

/* COPY and ADD of a folder that was offered; false: it is something else. */
static bool copied_read(struct str name, struct copied *ret)
{
	struct str rest = name, word;
	*ret = (struct copied){ .dir = STR("context") };
	str_next(&rest, ' ', &word);
	if (!str_eq(word, STR("COPY")) && !str_eq(word, STR("ADD")))
		return false;
	for (ret->sources = rest; str_next(&rest, ' ', &word); ret->sources = rest) {
		if (!str_has_prefix(word, STR("--")))
			break;
		if (str_has_prefix(word, STR("--from=")))
			ret->dir = str_slice(word, 7, word.n);
	}
	ret->all = str_has_prefix(ret->sources, STR("[")) ||
	           str_find(ret->sources, '$') != STR_NONE;
	return str_find_str(ret->sources, STR("<<")) == STR_NONE;
}

static bool copied_matches(struct arena *a, struct str source, struct str path)
{
	while (str_has_prefix(source, STR("./")) || str_has_prefix(source, STR("/")))
		source = str_slice(source, source.p[0] == '/' ? 1 : 2, source.n);
	while (str_has_suffix(source, STR("/")))
		source.n--;
	if (!source.n || str_eq(source, STR(".")))
		return true;
	return fnmatch(arena_text(a, source), arena_text(a, path),
	               FNM_PATHNAME | FNM_LEADING_DIR) == 0;
}

static bool copied_has(struct arena *a, const struct copied *c, struct str path)
{
	struct str rest = c->sources, word;
	while (!c->all && str_next(&rest, ' ', &word))
		if (word.n && rest.p && copied_matches(a, word, path))
			return true;
	return c->all;
}

/* The one that is of the whole: there may have been a look for an ignore file before. */
static const struct build_transfer *why_transfer(const struct build *b, struct str dir)
{
	const struct build_transfer *found = NULL;
	for (size_t i = 0; i < b->ntransfers; i++) {
		const struct build_transfer *t = &b->transfers[i];
		if (str_eq(t->dir, dir) && (!found || t->entries >= found->entries))
			found = t;
	}
	return found;
}

bool why_by_transfer(const struct why_asking *q, int step, struct forecast_step *ret)
{
	struct copied c;
	if (!copied_read(q->build->steps[step].name, &c))
		return false;
	const struct build_transfer *t = why_transfer(q->build, c.dir);
	/* Who asks for most of what there is has lost what he had: that explains nothing. */
	if (!t || 2 * t->count > t->entries + 1)
		return false;
	struct forecast_file *files = arena_array(q->arena, FORECAST_FILES_MAX, sizeof *files);
	struct arena_mark mark = arena_mark(q->arena);
	size_t n = 0;
	for (size_t i = 0; i < t->nfiles; i++) {
		bool is_copied = copied_has(q->arena, &c, t->files[i]);
		arena_rewind(q->arena, mark);
		if (is_copied && n < FORECAST_FILES_MAX)
			files[n] = (struct forecast_file){ FILE_CHANGED, t->files[i] };
		n += is_copied;
	}
	if (!n)
		return false;
	ret->why = MISS_CONTEXT;
	ret->files = files;
	ret->nfiles = n < FORECAST_FILES_MAX ? n : FORECAST_FILES_MAX;
	ret->files_count = n;
	ret->sentence = str_of(arena_printf(q->arena, "context: the engine asked for %.*s%s",
	                       STR_ARG(files[0].path),
	                       n > 1 ? arena_printf(q->arena, ", %zu more", n - 1) : ""));
	return true;
}
