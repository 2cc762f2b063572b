/* Lines of JSON: a head, then a line a step, then a line a file, so that who wants the
 * steps alone stops early. */
#include "core/history/fingerprint.h"

#include <limits.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/utf8.h"
#include "core/os/files.h"
#include "core/value/json.h"

/* Steps of one build; files that all steps of one build name together. */
enum { FINGERPRINT_STEPS_MAX = 100000, FINGERPRINT_FILES_MAX = 32 << 20 };

const struct fingerprint_step *fingerprints_find(const struct fingerprints *f, int step)
{
	for (size_t i = 0; i < f->nsteps; i++)
		if (f->steps[i].step == step)
			return &f->steps[i];
	return NULL;
}

/* ---- writing ---- */

/* JSON holds UTF-8 alone: other bytes go as {"bytes": a character a byte}. */
static void fingerprint_text(struct buf *out, struct str text)
{
	if (utf8_invalid(text) == STR_NONE) {
		value_write_json_string(out, text, false);
		return;
	}
	owned_buf struct buf bytes = { 0 };
	bytes_append_text(&bytes, text);
	buf_append_text(out, "{\"bytes\":");
	value_write_json_string(out, buf_str(&bytes), false);
	buf_append_char(out, '}');
}

static void fingerprint_member(struct buf *out, const char *key, struct str text)
{
	buf_printf(out, ",\"%s\":", key);
	fingerprint_text(out, text);
}

static void fingerprint_pairs(struct buf *out, const char *key, const struct pair *pairs, size_t n)
{
	buf_printf(out, ",\"%s\":[", key);
	for (size_t i = 0; i < n; i++) {
		buf_append_text(out, i ? ",[" : "[");
		fingerprint_text(out, pairs[i].name);
		buf_append_char(out, ',');
		fingerprint_text(out, pairs[i].value);
		buf_append_char(out, ']');
	}
	buf_append_char(out, ']');
}

/* Runs of files that follow each other: [[first, last], …]. */
static void fingerprint_runs(struct buf *out, const uint32_t *files, size_t n)
{
	buf_append_text(out, ",\"files\":[");
	for (size_t i = 0; i < n;) {
		size_t end = i + 1;
		while (end < n && files[end] == files[end - 1] + 1)
			end++;
		buf_printf(out, "%s[%u,%u]", i ? "," : "", files[i], files[end - 1]);
		i = end;
	}
	buf_append_char(out, ']');
}

void fingerprints_write(struct buf *out, const struct fingerprints *f)
{
	buf_append_text(out, "{\"format\":1");
	fingerprint_member(out, "engine", f->engine);
	fingerprint_member(out, "daemon", f->daemon);
	owned_buf struct buf bases = { 0 };
	for (size_t i = 0; i < f->nbases; i++) {
		buf_append_text(&bases, i ? ",[" : "[");
		fingerprint_text(&bases, f->bases[i].name);
		buf_append_char(&bases, ',');
		fingerprint_text(&bases, f->bases[i].id);
		buf_append_char(&bases, ']');
	}
	buf_printf(out, ",\"bases\":[%s],\"steps\":%zu,\"files\":%zu}\n", buf_text(&bases), f->nsteps,
	           f->nfiles);
	for (size_t i = 0; i < f->nsteps; i++) {
		const struct fingerprint_step *s = &f->steps[i];
		buf_printf(out, "{\"step\":%d,\"instruction\":%d", s->step, s->instruction);
		fingerprint_member(out, "key", s->key);
		fingerprint_member(out, "parent", s->parent);
		fingerprint_member(out, "text", s->text);
		fingerprint_pairs(out, "args", s->args, s->nargs);
		fingerprint_runs(out, s->files, s->nfiles);
		fingerprint_pairs(out, "sources", s->sources, s->nsources);
		buf_append_text(out, "}\n");
	}
	for (size_t i = 0; i < f->nfiles; i++) {
		buf_append_char(out, '[');
		fingerprint_text(out, f->files[i].path);
		buf_append_char(out, ',');
		fingerprint_text(out, f->files[i].digest);
		buf_printf(out, ",%u,%llu]\n", (unsigned)f->files[i].mode,
		           (unsigned long long)f->files[i].size);
	}
}

/* ---- reading ---- */

struct fingerprint_reader {
	struct arena *arena;
	struct str rest;
	size_t line, named;             /* lines taken; files that steps name so far */
	struct error *err;
};

static bool fingerprint_wrong(const struct fingerprint_reader *r, const char *what)
{
	return error_set(r->err, ERROR_SYNTAX, "fingerprints, line %zu: %s", r->line, what);
}

static const struct value *fingerprint_line(struct fingerprint_reader *r, enum value_type type)
{
	const struct value *v;
	struct error broken = { 0 };
	struct str line;
	r->line++;
	if (!str_next(&r->rest, '\n', &line) || !value_parse_json(r->arena, line, &v, &broken) ||
	    value_type(v) != type) {
		fingerprint_wrong(r, broken.code ? broken.text : "something else was expected here");
		return NULL;
	}
	return v;
}

static bool fingerprint_read_text(struct fingerprint_reader *r, const struct value *v,
                                  struct str *ret_text)
{
	const struct value *bytes = v ? value_get(v, STR("bytes")) : NULL;
	if (v && value_type(v) == VALUE_STRING) {
		*ret_text = value_text(v);
		return true;
	}
	owned_buf struct buf raw = { 0 };
	if (!bytes || value_type(bytes) != VALUE_STRING || !bytes_append_back(&raw, value_text(bytes)))
		return fingerprint_wrong(r, "a text is missing");
	*ret_text = arena_str(r->arena, buf_str(&raw));
	return true;
}

static bool fingerprint_read_number(struct fingerprint_reader *r, const struct value *v,
                                    unsigned long long max, unsigned long long *ret_number)
{
	return (v && value_type(v) == VALUE_INTEGER && str_number(value_text(v), max, ret_number)) ||
	       fingerprint_wrong(r, "a number is missing or too large");
}

static bool fingerprint_read_pairs(struct fingerprint_reader *r, const struct value *list,
                                   const struct pair **ret_pairs, size_t *ret_n)
{
	size_t n = list ? value_count(list) : 0, k = 0;
	struct pair *pairs = arena_array(r->arena, n + 1, sizeof *pairs);
	for (const struct value *v = list ? value_child(list) : NULL; v; v = value_next(v), k++) {
		const struct value *name = value_child(v);
		if (!fingerprint_read_text(r, name, &pairs[k].name) ||
		    !fingerprint_read_text(r, name ? value_next(name) : NULL, &pairs[k].value))
			return false;
	}
	*ret_pairs = pairs;
	*ret_n = k;
	return true;
}

static bool fingerprint_read_runs(struct fingerprint_reader *r, const struct value *list,
                                  size_t nfiles, struct fingerprint_step *s)
{
	unsigned long long first, last;
	size_t n = 0;
	uint32_t *files = NULL;
	for (int fill = 0; fill < 2; fill++) {
		files = fill ? arena_array(r->arena, n + 1, sizeof *files) : NULL;
		n = 0;
		for (const struct value *v = list ? value_child(list) : NULL; v; v = value_next(v)) {
			const struct value *at = value_child(v);
			if (!nfiles)
				return fingerprint_wrong(r, "there are no files");
			if (!fingerprint_read_number(r, at, nfiles - 1, &first) ||
			    !fingerprint_read_number(r, at ? value_next(at) : NULL, nfiles - 1, &last))
				return false;
			if (first > last || last - first >= FINGERPRINT_FILES_MAX - r->named)
				return fingerprint_wrong(r, "a run of files is wrong or too long");
			for (unsigned long long i = first; i <= last; i++, n++)
				if (files)
					files[n] = (uint32_t)i;
			r->named += fill ? 0 : last - first + 1;
		}
	}
	s->files = files;
	s->nfiles = n;
	return true;
}

static bool fingerprint_read_step(struct fingerprint_reader *r, size_t nfiles,
                                  struct fingerprint_step *s)
{
	unsigned long long step, instruction;
	const struct value *v = fingerprint_line(r, VALUE_OBJECT);
	if (!v || !fingerprint_read_number(r, value_get(v, STR("step")), INT_MAX, &step) ||
	    !fingerprint_read_number(r, value_get(v, STR("instruction")), INT_MAX, &instruction))
		return false;
	s->step = (int)step;
	s->instruction = (int)instruction;
	return fingerprint_read_text(r, value_get(v, STR("key")), &s->key) &&
	       fingerprint_read_text(r, value_get(v, STR("parent")), &s->parent) &&
	       fingerprint_read_text(r, value_get(v, STR("text")), &s->text) &&
	       fingerprint_read_pairs(r, value_get(v, STR("args")), &s->args, &s->nargs) &&
	       fingerprint_read_pairs(r, value_get(v, STR("sources")), &s->sources, &s->nsources) &&
	       fingerprint_read_runs(r, value_get(v, STR("files")), nfiles, s);
}

static bool fingerprint_read_file(struct fingerprint_reader *r, struct fingerprint_file *f)
{
	unsigned long long mode, size;
	const struct value *v = fingerprint_line(r, VALUE_ARRAY);
	const struct value *at = v ? value_child(v) : NULL;
	if (!at || !fingerprint_read_text(r, at, &f->path))
		return v && fingerprint_wrong(r, "a file has no path");
	at = value_next(at);
	if (!fingerprint_read_text(r, at, &f->digest))
		return false;
	at = value_next(at);
	if (!fingerprint_read_number(r, at, UINT32_MAX, &mode) ||
	    !fingerprint_read_number(r, value_next(at), UINT64_MAX, &size))
		return false;
	f->mode = (mode_t)mode;
	f->size = size;
	return true;
}

static bool fingerprint_read_head(struct fingerprint_reader *r, struct fingerprints *f,
                                  size_t *ret_steps, size_t *ret_files)
{
	unsigned long long format, nsteps, nfiles;
	const struct value *v = fingerprint_line(r, VALUE_OBJECT);
	const struct pair *pairs;
	size_t most = r->rest.n / 2 + 1;
	if (!v || !fingerprint_read_number(r, value_get(v, STR("format")), 1, &format) ||
	    !fingerprint_read_text(r, value_get(v, STR("engine")), &f->engine) ||
	    !fingerprint_read_text(r, value_get(v, STR("daemon")), &f->daemon) ||
	    !fingerprint_read_pairs(r, value_get(v, STR("bases")), &pairs, &f->nbases) ||
	    !fingerprint_read_number(r, value_get(v, STR("steps")), FINGERPRINT_STEPS_MAX, &nsteps) ||
	    !fingerprint_read_number(r, value_get(v, STR("files")), UINT32_MAX, &nfiles))
		return false;
	/* A line is two bytes at least. */
	if (nsteps > most || nfiles > most)
		return fingerprint_wrong(r, "the file is shorter than this says");
	struct fingerprint_base *bases = arena_array(r->arena, f->nbases + 1, sizeof *bases);
	for (size_t i = 0; i < f->nbases; i++)
		bases[i] = (struct fingerprint_base){ pairs[i].name, pairs[i].value };
	f->bases = bases;
	*ret_steps = (size_t)nsteps;
	*ret_files = (size_t)nfiles;
	return true;
}

bool fingerprints_parse(struct arena *arena, struct str text, struct fingerprints *ret,
                        struct error *err)
{
	struct fingerprint_reader r = { .arena = arena, .rest = text, .err = err };
	struct fingerprints f = { 0 };
	size_t nsteps = 0, nfiles = 0;
	if (!fingerprint_read_head(&r, &f, &nsteps, &nfiles))
		return false;
	struct fingerprint_step *steps = arena_array(arena, nsteps + 1, sizeof *steps);
	struct fingerprint_file *files = arena_array(arena, nfiles + 1, sizeof *files);
	for (; f.nsteps < nsteps; f.nsteps++)
		if (!fingerprint_read_step(&r, nfiles, &steps[f.nsteps]))
			return false;
	for (; f.nfiles < nfiles; f.nfiles++)
		if (!fingerprint_read_file(&r, &files[f.nfiles]))
			return false;
	f.steps = steps;
	f.files = files;
	*ret = f;
	return true;
}

bool fingerprints_read(struct arena *arena, const char *build_dir, struct fingerprints *ret,
                       struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	const char *path = arena_printf(arena, "%s/fingerprints", build_dir);
	struct str text;
	enum files_result result = files_read(disk, path, arena, &text, err);
	if (result == FILES_ABSENT)
		return error_set(err, ERROR_MISSING, "there is no '%s'", path);
	if (result == FILES_OK && text.n > FINGERPRINTS_SIZE_MAX)
		return error_set(err, ERROR_LIMIT, "'%s' is larger than any fingerprints", path);
	return result == FILES_OK && fingerprints_parse(arena, text, ret, err);
}
