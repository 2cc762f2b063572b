#include "core/job/kept.h"

#include <sys/stat.h>

#include "core/job/worker.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/value/json.h"

enum { KEPT_SETTLED_S = 2 };

/* ctime too, since tar and rsync set mtimes back; "" when it is no regular file. */
static const char *kept_file(struct arena *a, const char *path, struct stat *ret_st)
{
	struct stat *st = ret_st;
	if (stat(path, st) < 0 || !S_ISREG(st->st_mode))
		return "";
	return arena_printf(a, "%llu %llu %lld %lld.%09ld %lld.%09ld", (unsigned long long)st->st_dev,
	                    (unsigned long long)st->st_ino, (long long)st->st_size,
	                    (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
	                    (long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
}

static time_t kept_changed(const struct stat *st)
{
	return st->st_ctim.tv_sec > st->st_mtim.tv_sec ? st->st_ctim.tv_sec : st->st_mtim.tv_sec;
}

static const char *kept_folder(struct arena *a, const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return "";
	return arena_printf(a, "%llu %llu", (unsigned long long)st.st_dev,
	                    (unsigned long long)st.st_ino);
}

/* The file of a file:// address, or NULL. */
static const char *kept_source(const struct fetch_task *t)
{
	struct str url = str_of(t->url);
	return str_has_prefix(url, STR("file://")) ? t->url + STR("file://").n : NULL;
}

static const char *kept_path(struct arena *a, const char *file)
{
	return arena_printf(a, "%s.kept", file);
}

static const char *kept_url(struct arena *a, const char *url)
{
	char hex[SHA256_HEX_SIZE];
	sha256_hex(str_of(url), hex);
	return arena_text(a, str_of(hex));
}

/* Also "" when nothing is said. */
static bool kept_is(const struct value *note, const char *key, const char *text)
{
	const struct value *v = value_get(note, str_of(key));
	return str_eq(v ? value_text(v) : (struct str){ 0 }, str_of(text));
}

static const struct value *kept_look(struct arena *a, const struct fetch_task *t)
{
	owned(files) struct files *disk = files_disk("/");
	const struct value *note = NULL;
	struct str text = { 0 };
	struct error ignored;
	if (files_read(disk, kept_path(a, t->file), a, &text, &ignored) != FILES_OK ||
	    !value_parse_json(a, text, &note, &ignored) || value_type(note) != VALUE_OBJECT ||
	    !kept_is(note, "url", kept_url(a, t->url)))
		return NULL;
	return note;
}

static const char *kept_text(struct arena *a, const struct value *note, const char *key)
{
	const struct value *v = value_get(note, str_of(key));
	return v && value_type(v) == VALUE_STRING && value_text(v).n ? arena_text(a, value_text(v))
	                                                             : NULL;
}

struct kept kept_read(struct arena *a, const struct fetch_task *t)
{
	const struct value *note = kept_look(a, t);
	struct stat st;
	if (!note)
		return (struct kept){ 0 };
	return (struct kept){ .sha256 = kept_text(a, note, "sha256"),
	                      .etag = kept_text(a, note, "etag"),
	                      .modified = kept_text(a, note, "modified"),
	                      .is_untouched = kept_is(note, "file", kept_file(a, t->file, &st)) };
}

static void kept_set(struct arena *a, struct value *note, const char *key, const char *text)
{
	if (text && text[0])
		value_set(a, note, key, value_new_string(a, str_of(text)));
}

void kept_note(const struct fetch_task *t, const struct kept *k, double now)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf text = { 0 };
	struct value *note = value_new_object(a);
	const struct value *before = kept_look(a, t);
	/* Another requirement's, of the same address, and still of this file. */
	const char *unpacked = before && kept_is(before, "sha256", k->sha256)
		? kept_text(a, before, "unpacked") : NULL;
	const char *source = kept_source(t), *as_it_is = NULL;
	struct error ignored;
	struct stat st;
	if (source && (as_it_is = kept_file(a, source, &st), as_it_is[0]) &&
	    now - (double)kept_changed(&st) <= KEPT_SETTLED_S)
		as_it_is = NULL;
	kept_set(a, note, "url", kept_url(a, t->url));
	kept_set(a, note, "sha256", k->sha256);
	kept_set(a, note, "etag", k->etag);
	kept_set(a, note, "modified", k->modified);
	kept_set(a, note, "source", as_it_is);
	kept_set(a, note, "file", kept_file(a, t->file, &st));
	kept_set(a, note, "unpacked", t->unpack ? kept_folder(a, t->unpack) : unpacked);
	value_write_json(&text, note, JSON_LINE);
	save_derived(kept_path(a, t->file), buf_str(&text), 0600, &ignored);
}

static bool kept_fetch(const struct fetch_task *t)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *note = kept_look(a, t);
	const char *source = kept_source(t), *file;
	struct stat st;
	if (!note || (!source && !t->sha256) || (t->sha256 && !kept_is(note, "sha256", t->sha256)))
		return false;
	if (source && (file = kept_file(a, source, &st), !file[0] || !kept_is(note, "source", file)))
		return false;
	file = kept_file(a, t->file, &st);
	if (!file[0] || !kept_is(note, "file", file))
		return false;
	const char *folder = t->unpack ? kept_folder(a, t->unpack) : NULL;
	return !folder || (folder[0] && kept_is(note, "unpacked", folder));
}

bool kept_task(const struct task *t)
{
	if (t->kind == TASK_FETCH)
		return kept_fetch(&t->fetch);
	return t->kind == TASK_STAGE && worker_certificate_is_good(t->stage.dir);
}
