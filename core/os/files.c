#include "core/os/files.h"

#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/base/map.h"

struct asked_path {
	const char *path;
	char *text;             /* of the last reading; NULL: none */
	size_t n;
	bool is_absent;         /* the last reading found nothing there */
};

struct files_asked {
	struct arena *arena;    /* the asked_path */
	struct arena *scratch;  /* of one question */
	struct map paths;       /* in order of asking */
};

static struct files_asked *files_asked_new(void)
{
	struct files_asked *a = xcalloc(1, sizeof *a);
	a->arena = arena_new();
	a->scratch = arena_new();
	return a;
}

static void files_asked_free(struct files_asked *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->paths.n; i++)
		free(((struct asked_path *)a->paths.items[i].value)->text);
	map_finish(&a->paths);
	arena_free(a->arena);
	arena_free(a->scratch);
	free(a);
}

static struct asked_path *files_note(struct files *f, const char *path)
{
	struct files_asked *a = f->asked;
	struct asked_path *known = map_get(&a->paths, str_of(path));
	if (known)
		return known;
	known = arena_alloc(a->arena, sizeof *known);
	known->path = arena_text(a->arena, str_of(path));
	map_set(&a->paths, str_of(known->path), known);
	return known;
}

static void files_note_text(struct asked_path *asked, struct str text)
{
	free(asked->text);
	asked->text = text.p ? xmalloc(text.n + 1) : NULL;
	asked->n = text.p ? text.n : 0;
	if (asked->n)
		memcpy(asked->text, text.p, text.n);
}

static const char *files_resolve(struct files *f, const char *path, struct arena_mark *ret_mark)
{
	if (!f->asked)
		f->asked = files_asked_new();
	struct arena *a = f->asked->scratch;
	*ret_mark = arena_mark(a);
	return files_clean(a, f->root ? files_join(a, f->root, path) : path);
}

enum files_result files_read(struct files *f, const char *path, struct arena *a,
                             struct str *ret_text, struct error *err)
{
	struct arena_mark mark;
	const char *resolved = files_resolve(f, path, &mark);
	struct asked_path *asked = files_note(f, resolved);
	struct str text = { 0 };
	enum files_result result = f->ops->read(f, resolved, a, &text, err);
	if (result == FILES_OK) {
		if (!text.p)
			text.p = "";
		*ret_text = text;
	} else {
		text = (struct str){ 0 };
	}
	if (!f->keeps_no_texts) {
		files_note_text(asked, text);
		asked->is_absent = result == FILES_ABSENT;
	}
	arena_rewind(f->asked->scratch, mark);
	return result;
}

enum files_result files_list(struct files *f, const char *dir, struct arena *a,
                             struct files_list *ret_list, struct error *err)
{
	struct arena_mark mark;
	const char *resolved = files_resolve(f, dir, &mark);
	files_note(f, resolved);
	enum files_result result = f->ops->list(f, resolved, a, ret_list, err);
	arena_rewind(f->asked->scratch, mark);
	return result;
}

bool files_has(struct files *f, const char *path)
{
	struct arena_mark mark;
	const char *resolved = files_resolve(f, path, &mark);
	struct str text;
	struct error ignored = { 0 };
	files_note(f, resolved);
	bool has = f->ops->has ? f->ops->has(f, resolved)
	                       : f->ops->read(f, resolved, f->asked->scratch, &text, &ignored) ==
	                         FILES_OK;
	arena_rewind(f->asked->scratch, mark);
	return has;
}

void files_asked(const struct files *f, void (*each)(void *data, const char *path), void *data)
{
	for (size_t i = 0; f->asked && i < f->asked->paths.n; i++)
		each(data, ((struct asked_path *)f->asked->paths.items[i].value)->path);
}

void files_keep_no_texts(struct files *f)
{
	f->keeps_no_texts = true;
}

struct pair *files_texts(const struct files *f, struct arena *a, size_t *ret_count)
{
	size_t n = 0, asked = f->asked ? f->asked->paths.n : 0;
	struct pair *pairs = arena_array(a, asked, sizeof *pairs);
	for (size_t i = 0; i < asked; i++) {
		const struct asked_path *path = f->asked->paths.items[i].value;
		struct str text = { path->text, path->n };
		if (!path->text && !path->is_absent)
			continue;
		pairs[n++] = (struct pair){ arena_str(a, str_of(path->path)),
		                            path->text ? arena_str(a, text) : text };
	}
	*ret_count = n;
	return pairs;
}

void files_free(struct files *f)
{
	if (!f)
		return;
	files_asked_free(f->asked);
	f->asked = NULL;
	f->ops->free(f);
}

const char *files_join(struct arena *a, const char *dir, const char *name)
{
	struct str d = str_of(dir);
	if (d.n == 0 || name[0] == '/' || str_eq(d, STR(".")))
		return arena_text(a, str_of(name));
	struct str n = str_of(name);
	size_t between = d.p[d.n - 1] != '/' && n.n;
	char *path = arena_alloc(a, d.n + between + n.n + 1);
	memcpy(path, d.p, d.n);
	memcpy(path + d.n, "/", between);
	memcpy(path + d.n + between, n.p, n.n);
	return path;
}

/* Takes the last part off; false when it is ".." itself or nothing is there. */
static bool files_clean_up(struct buf *out, size_t root)
{
	struct str path = str_slice(buf_str(out), root, out->n);
	size_t slash = str_find_last(path, '/');
	struct str last = slash == STR_NONE ? path : str_slice(path, slash + 1, path.n);
	if (last.n == 0 || str_eq(last, STR("..")))
		return false;
	out->n = root + (slash == STR_NONE ? 0 : slash);
	return true;
}

const char *files_clean(struct arena *a, const char *path)
{
	owned_buf struct buf out = { 0 };
	struct str rest = str_of(path), part;
	size_t root = path[0] == '/';
	buf_append(&out, str_slice(STR("/"), 0, root));
	while (str_next(&rest, '/', &part)) {
		bool is_up = str_eq(part, STR(".."));
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (is_up && (files_clean_up(&out, root) || root))
			continue;
		if (out.n > root)
			buf_append_char(&out, '/');
		buf_append(&out, part);
	}
	return out.n ? arena_text(a, buf_str(&out)) : ".";
}

const char *files_absolute(struct arena *a, const char *path)
{
	if (path[0] == '/')
		return files_clean(a, path);
	char *here = getcwd(NULL, 0);
	const char *whole = files_join(a, here ? here : "/", path);
	free(here);
	return files_clean(a, whole);
}
