#include "core/project/files_told.h"

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/map.h"
#include "core/base/utf8.h"

/* ---- telling ---- */

static void told_text(struct arena *a, struct value *answer, struct str text)
{
	owned_buf struct buf bytes = { 0 };
	if (utf8_invalid(text) == STR_NONE) {
		value_set(a, answer, "text", value_new_string(a, text));
		return;
	}
	bytes_append_text(&bytes, text);
	value_set(a, answer, "bytes", value_new_string(a, buf_str(&bytes)));
}

static void told_string(struct arena *a, struct value *answer, const char *key, const char *bytes)
{
	owned_buf struct buf text = { 0 };
	bytes_append_text(&text, str_of(bytes));
	value_set(a, answer, key, value_new_string(a, buf_str(&text)));
}

static void told_names(struct arena *a, struct value *answer, const struct files_list *list)
{
	struct value *names = value_new_array(a);
	for (size_t i = 0; i < list->n; i++) {
		struct value *name = value_new_object(a);
		told_string(a, name, "name", list->entries[i].name);
		value_set(a, name, "dir", value_new_bool(a, list->entries[i].is_dir));
		value_set(a, name, "link", value_new_bool(a, list->entries[i].is_link));
		value_append(names, (struct str){ 0 }, (struct span){ 0 }, name);
	}
	value_set(a, answer, "names", names);
}

struct value *files_tell(struct arena *a, struct files *files, const char *path)
{
	struct value *answer = value_new_object(a);
	struct files_list list;
	struct str text;
	struct error err;
	told_string(a, answer, "path", files_absolute(a, path));
	if (files_list(files, path, a, &list, &err) == FILES_OK) {
		told_names(a, answer, &list);
		return answer;
	}
	switch (files_read(files, path, a, &text, &err)) {
	case FILES_OK: told_text(a, answer, text); break;
	case FILES_ABSENT: break;
	case FILES_FAILED: value_set(a, answer, "failed", value_new_string(a, str_of(err.text))); break;
	}
	return answer;
}

/* ---- being told ---- */

struct told_answer {
	struct str text;                /* p NULL: none */
	const char *failed;             /* NULL: it has not */
	struct files_list names;
	bool is_folder;
};

struct files_told {
	struct files files;
	struct files *elsewhere;        /* borrowed */
	struct arena *arena;
	const char *top;
	struct map answers;             /* by absolute path */
};

static bool told_get(struct arena *a, const struct value *o, const char *key, struct str *ret_bytes)
{
	const struct value *v = value_get(o, str_of(key));
	owned_buf struct buf bytes = { 0 };
	if (!v || value_type(v) != VALUE_STRING || !bytes_append_back(&bytes, value_text(v)))
		return false;
	*ret_bytes = arena_str(a, buf_str(&bytes));
	return true;
}

static bool told_is_true(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_is_true(v);
}

static bool told_get_names(struct arena *a, const struct value *names, struct files_list *ret_list)
{
	struct files_entry *entries = arena_array(a, value_count(names), sizeof *entries);
	size_t n = 0;
	struct str name;
	for (const struct value *v = value_child(names); v; v = value_next(v)) {
		if (!told_get(a, v, "name", &name))
			return false;
		entries[n++] = (struct files_entry){ name.p, told_is_true(v, "dir"),
		                                     told_is_true(v, "link") };
	}
	*ret_list = (struct files_list){ entries, n };
	return true;
}

bool files_told_take(struct files *f, const struct value *line)
{
	struct files_told *t = (struct files_told *)f;
	struct arena *a = t->arena;
	const struct value *text = value_get(line, STR("text")), *names = value_get(line, STR("names"));
	const struct value *failed = value_get(line, STR("failed"));
	struct told_answer *answer = arena_alloc(a, sizeof *answer);
	struct str path;
	if (!told_get(a, line, "path", &path))
		return false;
	if (names && !told_get_names(a, names, &answer->names))
		return false;
	if (value_get(line, STR("bytes")) && !told_get(a, line, "bytes", &answer->text))
		return false;
	if (text)
		answer->text = arena_str(a, value_text(text));
	answer->failed = failed ? arena_text(a, value_text(failed)) : NULL;
	answer->is_folder = names != NULL;
	map_set(&t->answers, path, answer);
	return true;
}

/* NULL, and what to do instead: ask elsewhere, or fail. */
static const struct told_answer *told_find(struct files_told *t, struct arena *a, const char *path,
                                           bool *ret_elsewhere, struct error *err)
{
	struct str whole = str_of(files_absolute(a, path)), top = str_of(t->top);
	const struct told_answer *answer = map_get(&t->answers, whole);
	bool below = str_has_prefix(whole, top) &&
	             (top.n == 1 || whole.n == top.n || whole.p[top.n] == '/');
	*ret_elsewhere = !below;
	if (!answer && below)
		error_set(err, ERROR_SYSTEM, "nothing was told about '%s'", path);
	return answer;
}

static enum files_result told_read(struct files *f, const char *path, struct arena *a,
                                   struct str *ret_text, struct error *err)
{
	struct files_told *t = (struct files_told *)f;
	bool elsewhere;
	const struct told_answer *answer = told_find(t, a, path, &elsewhere, err);
	if (!answer)
		return elsewhere ? files_read(t->elsewhere, path, a, ret_text, err) : FILES_FAILED;
	if (answer->is_folder || answer->failed) {
		error_set(err, ERROR_SYSTEM, "%s", answer->failed ? answer->failed
		                                                  : "it is a folder, not a file");
		return FILES_FAILED;
	}
	if (answer->text.p)
		*ret_text = arena_str(a, answer->text);
	return answer->text.p ? FILES_OK : FILES_ABSENT;
}

static enum files_result told_list(struct files *f, const char *dir, struct arena *a,
                                   struct files_list *ret_list, struct error *err)
{
	struct files_told *t = (struct files_told *)f;
	bool elsewhere;
	const struct told_answer *answer = told_find(t, a, dir, &elsewhere, err);
	if (!answer)
		return elsewhere ? files_list(t->elsewhere, dir, a, ret_list, err) : FILES_FAILED;
	if (answer->text.p || answer->failed) {
		error_set(err, ERROR_SYSTEM, "%s", answer->failed ? answer->failed : "it is not a folder");
		return FILES_FAILED;
	}
	if (answer->is_folder)
		*ret_list = answer->names;
	return answer->is_folder ? FILES_OK : FILES_ABSENT;
}

static void told_free(struct files *f)
{
	struct files_told *t = (struct files_told *)f;
	map_finish(&t->answers);
	arena_free(t->arena);
	free(t);
}

static const struct files_ops told_ops = {
	.read = told_read, .list = told_list, .free = told_free,
};

struct files *files_told(const char *top, struct files *elsewhere)
{
	struct files_told *t = xcalloc(1, sizeof *t);
	t->files.ops = &told_ops;
	t->files.root = elsewhere->root;
	t->elsewhere = elsewhere;
	t->arena = arena_new();
	t->top = arena_text(t->arena, str_of(top));
	return &t->files;
}
