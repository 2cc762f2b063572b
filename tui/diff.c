#include "tui/diff.h"

#include "core/job/steps.h"

/* ---- what is compared with ---- */

static bool diff_is_separator(char c)
{
	return c == ' ' || c == ',' || c == '\t';
}

void diff_parse_profiles(struct arena *a, struct str text, struct diff_against *ret_against)
{
	const char **names = arena_array(a, text.n + 1, sizeof *names);
	size_t n = 0;
	for (size_t i = 0, end; i < text.n; i = end + 1) {
		for (end = i; end < text.n && !diff_is_separator(text.p[end]);)
			end++;
		if (end > i)
			names[n++] = arena_text(a, str_slice(text, i, end - i));
	}
	*ret_against = (struct diff_against){ .kind = n ? DIFF_PROFILES : DIFF_BASE, .profiles = names,
	                                      .nprofiles = n };
}

bool diff_parse_against(struct arena *a, struct str text, struct diff_against *ret_against,
                        struct error *err)
{
	struct diff_against against = { .kind = DIFF_BASE };
	if (str_eq(text, STR("head"))) {
		against = (struct diff_against){ .kind = DIFF_REVISION, .revision = "HEAD" };
	} else if (str_has_prefix(text, STR("rev=")) && text.n > 4) {
		against.kind = DIFF_REVISION;
		against.revision = arena_text(a, str_slice(text, 4, text.n));
	} else if (str_has_prefix(text, STR("profiles="))) {
		diff_parse_profiles(a, str_slice(text, 9, text.n), &against);
	} else if (!str_eq(text, STR("base"))) {
		return error_set(err, ERROR_USAGE, "--against is base, head, profiles=P1,P2 or "
		                 "rev=REVISION, not '%.*s'", STR_ARG(text));
	}
	*ret_against = against;
	return true;
}

void diff_append_against(struct buf *out, const struct diff_against *against)
{
	if (against->kind == DIFF_REVISION)
		buf_printf(out, "git %s", against->revision);
	else if (against->nprofiles == 0)
		buf_append_text(out, "base");
	for (size_t i = 0; i < against->nprofiles; i++)
		buf_printf(out, "%s%s", i ? "+" : "", against->profiles[i]);
}

struct selection diff_selection(const struct project *p, const struct diff_against *against)
{
	struct selection other = p->selection;
	if (against->kind == DIFF_REVISION)
		return other;
	other.profiles = against->profiles;
	other.nprofiles = against->nprofiles;
	return other;
}

/* ---- comparing ---- */

void diff_finish(struct diff *d)
{
	arena_free(d->arena);
	*d = (struct diff){ 0 };
}

static bool diff_is_broken(const struct document *d)
{
	for (size_t i = 0; d && !d->value && i < d->nlayers; i++)
		if (d->layers[i].present && (d->layers[i].active || !d->layers[i].profile))
			return true;
	return false;
}

static void diff_add_document(struct diff *d, const struct document *before,
                              const struct document *after)
{
	struct diff_document *doc = &d->documents[d->ndocuments++];
	*doc = (struct diff_document){
		.path = arena_text(d->arena, str_of((after ? after : before)->path)),
		.before = before && before->value ? before : NULL,
		.after = after && after->value ? after : NULL,
		.unreadable_before = diff_is_broken(before), .unreadable_after = diff_is_broken(after),
	};
	if (doc->unreadable_before || doc->unreadable_after)
		return;
	value_compare(d->arena, doc->before ? before->value : NULL, doc->after ? after->value : NULL,
	              &doc->comparison);
	d->ndifferent += doc->comparison.n > 0;
}

static void diff_add_documents(struct diff *d, const struct settings *before,
                               const struct settings *after)
{
	size_t n = (before ? before->ndocuments : 0) + (after ? after->ndocuments : 0);
	d->documents = arena_array(d->arena, n, sizeof *d->documents);
	for (size_t i = 0; after && i < after->ndocuments; i++) {
		const struct document *doc = &after->documents[i];
		diff_add_document(d, before ? settings_document(before, str_of(doc->path)) : NULL, doc);
	}
	for (size_t i = 0; before && i < before->ndocuments; i++) {
		const struct document *doc = &before->documents[i];
		if (!after || !settings_document(after, str_of(doc->path)))
			diff_add_document(d, doc, NULL);
	}
}

static struct str diff_dockerfile(const struct plan *plan)
{
	const struct image_task *image = plan ? plan_image(plan) : NULL;
	return image && image->recipe ? steps_recipe(image)->text : (struct str){ 0 };
}

void diff_make(struct diff *d, const struct side *before, const struct project *p)
{
	diff_finish(d);
	d->arena = arena_new();
	diff_add_documents(d, before->settings, p->settings);
	if (side_error(before)) {
		owned_buf struct buf text = { 0 };
		problem_print(&text, side_error(before));
		d->fault = arena_str(d->arena, buf_str(&text));
	}
	d->before = diff_dockerfile(before->plan);
	d->after = diff_dockerfile(p->plan);
	if (!d->before.p || !d->after.p)
		return;
	sequence_lines(d->arena, d->before, d->after, &d->lines);
	for (size_t i = 0; i < d->lines.nchanges; i++) {
		d->gone += d->lines.changes[i].na;
		d->come += d->lines.changes[i].nb;
	}
}

bool diff_is_empty(const struct diff *d)
{
	return d->ndifferent == 0 && d->lines.nchanges == 0;
}

/* ---- as JSON ---- */

static struct value *diff_list(struct arena *a, const char *const *texts, size_t n)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < n; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(texts[i])));
	return list;
}

static void diff_set(struct arena *a, struct value *o, const char *key, const char *text)
{
	value_set(a, o, key, value_new_string(a, str_of(text)));
}

static struct value *diff_describe_against(struct arena *a, const struct diff_against *against)
{
	struct value *o = value_new_object(a);
	if (against->kind == DIFF_REVISION)
		diff_set(a, o, "revision", against->revision);
	else
		value_set(a, o, "profiles", diff_list(a, against->profiles, against->nprofiles));
	return o;
}

static struct value *diff_describe_document(struct arena *a, const struct diff_document *d)
{
	struct value *o = value_new_object(a);
	bool unreadable = d->unreadable_before || d->unreadable_after;
	diff_set(a, o, "file", d->path);
	diff_set(a, o, "state", unreadable ? "unreadable" : !d->before ? "added" :
	         !d->after ? "removed" : "changed");
	value_set(a, o, "differences", comparison_describe(a, &d->comparison));
	return o;
}

static struct value *diff_describe_lines(struct arena *a, const struct str *lines, size_t n)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < n; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, value_new_string(a, lines[i]));
	return list;
}

static struct value *diff_describe_dockerfile(struct arena *a, const struct diff *d)
{
	struct value *list = value_new_array(a);
	if (!d->before.p || !d->after.p)
		return value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 });
	for (size_t i = 0; i < d->lines.nchanges; i++) {
		const struct sequence_change *c = &d->lines.changes[i];
		struct value *o = value_new_object(a);
		value_set(a, o, "old_line", value_new_integer(a, (long long)c->a + 1));
		value_set(a, o, "old", diff_describe_lines(a, d->lines.a + c->a, c->na));
		value_set(a, o, "new_line", value_new_integer(a, (long long)c->b + 1));
		value_set(a, o, "new", diff_describe_lines(a, d->lines.b + c->b, c->nb));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

struct value *diff_describe(struct arena *a, const struct diff *d,
                            const struct diff_against *against, const struct project *p,
                            bool config, bool dockerfile)
{
	struct value *o = value_new_object(a), *documents = value_new_array(a);
	value_set(a, o, "against", diff_describe_against(a, against));
	value_set(a, o, "profiles", diff_list(a, p->selection.profiles, p->selection.nprofiles));
	for (size_t i = 0; i < d->ndocuments; i++) {
		const struct diff_document *doc = &d->documents[i];
		if (doc->comparison.n || doc->unreadable_before || doc->unreadable_after)
			value_append(documents, (struct str){ 0 }, (struct span){ 0 },
			             diff_describe_document(a, doc));
	}
	if (config)
		value_set(a, o, "documents", documents);
	if (dockerfile)
		value_set(a, o, "dockerfile", diff_describe_dockerfile(a, d));
	return o;
}
