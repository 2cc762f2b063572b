#include "core/history/forecast_store.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/base/map.h"
#include "core/ext/crypto.h"
#include "core/os/append.h"
#include "core/os/files.h"
#include "core/os/save.h"

/* A line has some 120 bytes. */
enum { STORE_SIZE_MAX = 24 << 20, STORE_NAME = 24 };

struct forecast_store {
	struct arena *arena;
	const char *path;               /* NULL: there is no state folder */
	struct str text;
	struct map keys, shapes;        /* to struct forecast_known */
	struct results *results;        /* owned */
};

static bool store_word(struct str *line, struct str *ret_word)
{
	if (!str_next(line, ' ', ret_word) || !ret_word->n)
		return false;
	for (size_t i = 0; i < ret_word->n; i++)
		if (!strchr("0123456789abcdef", ret_word->p[i]) || !ret_word->p[i])
			return false;
	return true;
}

/* "KEY SHAPE STANDS MILLISECONDS", and " gone" behind it. */
static void store_take(struct forecast_store *s, struct str line)
{
	struct forecast_known k = { .is_gone = str_has_suffix(line, STR(" gone")) };
	unsigned long long ran;
	line.n -= k.is_gone ? strlen(" gone") : 0;
	if (!store_word(&line, &k.key) || !store_word(&line, &k.shape) ||
	    !store_word(&line, &k.stands) || !str_number(line, 1ull << 53, &ran))
		return;
	k.ran = (double)ran / 1000;
	struct forecast_known *known = map_get(&s->keys, k.key);
	if (!known) {
		known = arena_alloc(s->arena, sizeof *known);
		map_set(&s->keys, k.key, known);
	} else if (!ran) {
		k.ran = known->ran;
	}
	*known = k;
	map_set(&s->shapes, k.shape, known);
}

static const char *store_path(struct arena *a, struct str engine, struct str daemon)
{
	char hex[SHA256_HEX_SIZE];
	struct error ignored;
	owned(sha256) struct sha256 *hash = sha256_new();
	const char *dir = save_state_dir("cached", &ignored);
	sha256_append(hash, engine);
	sha256_append(hash, STR("\n"));
	sha256_append(hash, daemon);
	sha256_finish_hex(hash, hex);
	return dir ? arena_printf(a, "%s/%.*s", dir, STORE_NAME, hex) : NULL;
}

struct forecast_store *forecast_store_open(struct str engine, struct str daemon)
{
	struct forecast_store *s = xcalloc(1, sizeof *s);
	owned(files) struct files *disk = files_disk("/");
	struct error ignored;
	struct str rest, line;
	s->arena = arena_new();
	s->path = store_path(s->arena, engine, daemon);
	if (!s->path || files_read(disk, s->path, s->arena, &s->text, &ignored) != FILES_OK)
		s->text = (struct str){ 0 };
	for (rest = s->text; rest.n && str_next(&rest, '\n', &line);)
		store_take(s, line);
	s->results = results_open(s->path);
	return s;
}

void forecast_store_free(struct forecast_store *s)
{
	if (!s)
		return;
	map_finish(&s->keys);
	map_finish(&s->shapes);
	results_free(s->results);
	arena_free(s->arena);
	free(s);
}

struct results *forecast_store_results(const struct forecast_store *s)
{
	return s->results;
}

bool forecast_store_is_empty(const struct forecast_store *s)
{
	return s->keys.n == 0;
}

const struct forecast_known *forecast_store_find(const struct forecast_store *s, struct str key)
{
	const struct forecast_known *known = key.n ? map_get(&s->keys, key) : NULL;
	return known && !known->is_gone ? known : NULL;
}

const struct forecast_known *forecast_store_find_gone(const struct forecast_store *s,
                                                      struct str key)
{
	const struct forecast_known *known = key.n ? map_get(&s->keys, key) : NULL;
	return known && known->is_gone ? known : NULL;
}

const struct forecast_known *forecast_store_like(const struct forecast_store *s, struct str shape)
{
	return shape.n ? map_get(&s->shapes, shape) : NULL;
}

/* Whole lines of the newer half. */
static bool store_halve(const struct forecast_store *s, struct error *err)
{
	struct str half = str_slice(s->text, s->text.n / 2, s->text.n);
	half = str_slice(half, str_find(half, '\n') + 1, half.n);
	return save_derived(s->path, half, 0600, err);
}

bool forecast_store_append(const struct forecast_store *s, const struct forecast_known *known,
                           size_t n, struct error *err)
{
	owned_buf struct buf text = { 0 };
	if (!s->path)
		return error_set(err, ERROR_SYSTEM, "there is no state folder");
	if (s->text.n > STORE_SIZE_MAX && !store_halve(s, err))
		return false;
	/* After a line that a full disk has cut, the first is still whole. */
	buf_append_char(&text, '\n');
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%.*s %.*s %.*s %.0f%s\n", STR_ARG(known[i].key),
		           STR_ARG(known[i].shape), STR_ARG(known[i].stands), known[i].ran * 1000,
		           known[i].is_gone ? " gone" : "");
	return append_shared(s->path, buf_str(&text), err) && results_save(s->results, err);
}

bool forecast_store_forget(const struct forecast_store *s, const struct str *keys, size_t n,
                           struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct forecast_known *gone = arena_array(a, s->keys.n + 1, sizeof *gone);
	size_t ngone = 0;
	for (size_t i = 0; i < (keys ? n : s->keys.n); i++) {
		const struct forecast_known *known = forecast_store_find(s, keys ? keys[i]
		                                                                : s->keys.items[i].key);
		if (!known || ngone == s->keys.n)
			continue;
		gone[ngone] = *known;
		gone[ngone++].is_gone = true;
	}
	return ngone == 0 || forecast_store_append(s, gone, ngone, err);
}
