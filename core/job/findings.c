#include "core/job/findings.h"

#include <string.h>

#include "core/base/intern.h"
#include "core/os/files.h"

static const char *const severity_names[] = { "error", "warning", "note" };
enum { SEVERITIES = sizeof severity_names / sizeof *severity_names };

/* ---- writing ---- */

static void finding_set(struct arena *a, struct value *v, const char *key, struct str text)
{
	if (text.n)
		value_set(a, v, key, value_new_string(a, text));
}

/* "--build-arg" and its like are no files. */
static struct str finding_path(struct arena *a, const struct source *s)
{
	return str_of(s->text.p ? files_absolute(a, s->path) : s->path);
}

bool findings_is_file(const struct findings_file *f, const struct source *s)
{
	owned(arena) struct arena *arena = arena_new();
	if (!str_eq(str_of(f->profile), str_of(s->profile)))
		return false;
	return f->name && s->name ? strcmp(f->name, s->name) == 0
	                          : str_eq(str_of(f->path), finding_path(arena, s));
}

static void finding_set_place(struct arena *a, struct value *v, struct span at)
{
	const struct source *s = at.source;
	if (!s)
		return;
	finding_set(a, v, "file", finding_path(a, s));
	finding_set(a, v, "name", str_of(s->name));
	finding_set(a, v, "profile", str_of(s->profile));
	value_set(a, v, "at", value_new_integer(a, at.at));
	value_set(a, v, "size", value_new_integer(a, at.size));
}

static struct value *finding_fix(struct arena *a, const struct problem *p)
{
	struct value *fix = value_new_array(a);
	for (size_t i = 0; i < p->nfix; i++) {
		struct value *edit = value_new_object(a);
		finding_set_place(a, edit, p->fix[i].at);
		value_set(a, edit, "text", value_new_string(a, p->fix[i].text));
		value_append(fix, STR(""), (struct span){ 0 }, edit);
	}
	return fix;
}

static struct value *finding_value(struct arena *a, const struct problem *p)
{
	struct value *v = value_new_object(a);
	struct origin at = span_origin(p->at);
	finding_set(a, v, "rule", str_of(p->rule));
	finding_set(a, v, "severity", str_of(severity_names[p->severity]));
	finding_set(a, v, "text", p->text);
	finding_set(a, v, "pointer", p->pointer);
	finding_set(a, v, "schema", p->schema);
	finding_set_place(a, v, p->at);
	if (at.line) {
		value_set(a, v, "line", value_new_integer(a, at.line));
		value_set(a, v, "column", value_new_integer(a, at.column));
	}
	if (p->nfix)
		value_set(a, v, "fix", finding_fix(a, p));
	return v;
}

struct value *findings_value(struct arena *a, const struct problems *problems)
{
	struct value *all = value_new_array(a);
	for (size_t i = 0; i < problems_count(problems); i++)
		value_append(all, STR(""), (struct span){ 0 }, finding_value(a, problems_get(problems, i)));
	return all;
}

/* ---- reading ---- */

struct findings_reader {
	struct arena *arena;
	findings_source_fn *source;
	void *data;
};

static struct str finding_text(const struct value *v, const char *key)
{
	const struct value *text = value_get(v, str_of(key));
	return text && value_type(text) == VALUE_STRING ? value_text(text) : (struct str){ 0 };
}

static bool finding_number(const struct value *v, const char *key, uint32_t *ret)
{
	const struct value *number = value_get(v, str_of(key));
	unsigned long long n;
	if (!number || !str_number(value_text(number), UINT32_MAX, &n))
		return false;
	*ret = (uint32_t)n;
	return true;
}

/* Nowhere is a place too. */
static bool finding_place(const struct findings_reader *r, const struct value *v, struct span *ret)
{
	struct str path = finding_text(v, "file"), name = finding_text(v, "name");
	struct str profile = finding_text(v, "profile");
	*ret = (struct span){ 0 };
	if (!path.n)
		return true;
	ret->source = r->source(r->data, &(struct findings_file){
		.path = arena_text(r->arena, path),
		.name = name.n ? arena_text(r->arena, name) : NULL,
		.profile = profile.n ? arena_text(r->arena, profile) : NULL });
	return ret->source && finding_number(v, "at", &ret->at) &&
	       finding_number(v, "size", &ret->size) &&
	       (size_t)ret->at + ret->size <= ret->source->text.n;
}

static bool finding_severity(const struct value *v, enum severity *ret)
{
	for (unsigned i = 0; i < SEVERITIES; i++)
		if (str_eq(finding_text(v, "severity"), str_of(severity_names[i]))) {
			*ret = (enum severity)i;
			return true;
		}
	return false;
}

static bool finding_read_fix(const struct findings_reader *r, const struct value *v,
                             struct problem *p)
{
	const struct value *fix = value_get(v, STR("fix"));
	struct edit *edits = arena_array(r->arena, (fix ? value_count(fix) : 0) + 1, sizeof *edits);
	p->fix = edits;
	for (const struct value *e = fix ? value_child(fix) : NULL; e; e = value_next(e)) {
		struct edit *edit = &edits[p->nfix++];
		if (!finding_place(r, e, &edit->at) || !edit->at.source)
			return false;
		edit->text = finding_text(e, "text");
	}
	return true;
}

static bool finding_read(const struct findings_reader *r, const struct value *v,
                         struct problem *ret)
{
	struct str rule = finding_text(v, "rule");
	*ret = (struct problem){ .text = finding_text(v, "text"),
	                         .pointer = finding_text(v, "pointer"),
	                         .schema = finding_text(v, "schema") };
	if (!rule.n || !finding_severity(v, &ret->severity) || !finding_place(r, v, &ret->at) ||
	    !finding_read_fix(r, v, ret))
		return false;
	ret->rule = intern(rule);
	return true;
}

void findings_read(const struct value *findings, findings_source_fn *source, void *data,
                   struct problems *problems)
{
	owned(arena) struct arena *arena = arena_new();
	struct findings_reader r = { arena, source, data };
	struct problem p;
	for (const struct value *v = value_child(findings); v; v = value_next(v))
		if (finding_read(&r, v, &p))
			problems_add_problem(problems, &p);
}
