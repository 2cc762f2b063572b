/* mortar set, mortar unset: one value of one file. */
#include <string.h>

#include "core/base/similar.h"
#include "core/base/utf8.h"
#include "core/config/cascade.h"
#include "core/config/document_edit.h"
#include "core/config/effect.h"
#include "core/config/profiles.h"
#include "core/os/save.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/document.h"
#include "tui/json_text.h"

/* SET_TRIES: how often the change is made anew in a file that others change meanwhile. */
enum { SET_TRIES = 100, SET_SHORT = 60 };

struct set {
	struct arena *arena;
	const struct args *args;
	struct project *project;
	const char *profile;            /* NULL: the base file */
	struct str pointer;
	bool removes;

	/* Of the last try. */
	const struct document *document;
	const char *path;               /* of the file, as shown */
	struct str text;                /* what it holds; p NULL: it is not there */
	bool changed, created;
};

/* ---- which file ---- */

static bool set_profile(struct set *s, struct error *err)
{
	if (!s->args->nprofiles)
		return !args_has(s->args, "whole") ||
		       error_set(err, ERROR_USAGE, "--whole is for overlays: name one with --profile");
	s->profile = s->args->profiles[0];
	if (s->args->nprofiles > 1)
		return error_set(err, ERROR_USAGE, "a value goes into one file: give one profile");
	return profile_is_name(str_of(s->profile)) ||
	       error_set(err, ERROR_USAGE, "'%s' cannot be a profile: names are letters, digits, _ "
	                 "and -", s->profile);
}

static bool set_check_document(const struct set *s, struct error *err)
{
	const struct document *d = s->document;
	if (d->generated)
		return error_set(err, ERROR_PROJECT, "%s is generated from other files and cannot be "
		                 "changed: mortar config --origins tells where its values stand", d->path);
	if (d->chosen && s->profile)
		return error_set(err, ERROR_PROJECT, "%s has no overlays: it is chosen, by PATH, not put "
		                 "together from profiles", d->path);
	return true;
}

/* The file's text as the configuration was read from it; of a broken one as it is. */
static bool set_find_text(struct set *s, struct error *err)
{
	const struct layer *own = document_layer(s->document, s->profile);
	const char *name = own ? own->path : document_edit_path(s->arena, s->document, s->profile);
	s->path = document_path(s->project, s->arena, name);
	s->text = (struct str){ 0 };
	if (!own && s->document->format != DOCUMENT_JSON)
		own = document_layer(s->document, NULL);
	if (own && own->value && value_span(own->value).source) {
		s->text = value_span(own->value).source->text;
		return true;
	}
	owned(files) struct files *files = files_disk(".");
	return files_read(files, s->path, s->arena, &s->text, err) != FILES_FAILED;
}

/* ---- the edit ---- */

/* The pointer up to its first key. */
static struct str set_root_key(const struct set *s)
{
	struct str rest = str_slice(s->pointer, 1, STR_NONE);
	size_t slash = str_find(rest, '/');
	return slash == STR_NONE ? s->pointer : str_slice(s->pointer, 0, slash + 1);
}

/* What the files below this one make of the document. */
static const struct value *set_lower(const struct set *s)
{
	const struct value *lower = NULL;
	const struct document *d = s->document;
	for (size_t i = 0; s->profile && i < d->nlayers; i++) {
		const struct layer *l = &d->layers[i];
		if (l->profile && strcmp(l->profile, s->profile) == 0)
			break;
		if (l->active && l->value)
			lower = cascade_merge(s->arena, s->project->selection.rule, lower, l->value);
	}
	return lower;
}

/* Instead of the change alone: the root key's value of the lower files with what this one
 * has of it and with the change, unless this one has all of it. */
static bool set_whole(struct set *s, struct str *pointer, struct str *json, struct error *err)
{
	struct str key = set_root_key(s), rest = str_slice(s->pointer, key.n, STR_NONE);
	const struct value *lower = set_lower(s), *whole;
	const struct layer *file = document_layer(s->document, s->profile);
	const struct value *own = file && file->value ? value_at(file->value, key) : NULL;
	owned_buf struct buf text = { 0 }, changed = { 0 };
	struct edits edits = { 0 };
	*pointer = s->pointer;
	lower = lower ? value_at(lower, key) : NULL;
	whole = cascade_merge(s->arena, CASCADE_DEEP, lower, own);
	if (!rest.n || !lower || value_equal(whole, own))
		return true;
	value_write_json(&text, whole, JSON_FILE);
	struct str now = arena_str(s->arena, buf_str(&text));
	const struct source *source = source_new(s->arena, str_of(s->path), NULL, now);
	if (!edit_set(s->arena, source, rest, *json, &edits, err))
		return false;
	edit_apply(&changed, now, &edits);
	*pointer = key;
	*json = arena_str(s->arena, buf_str(&changed));
	return true;
}

static bool set_value(struct set *s, const struct source *source, struct edits *edits,
                      struct error *err)
{
	const struct layer *own = document_layer(s->document, s->profile);
	const struct value *old = own && own->value ? value_at(own->value, s->pointer) : NULL;
	struct str typed = str_of(s->args->operands[3]), json, pointer = s->pointer;
	if (!old && s->document->value)
		old = value_at(s->document->value, s->pointer);
	if (!edit_typed(s->arena, typed, old, args_has(s->args, "string"), &json, err))
		return false;
	if (!pointer.n && json.p[0] != '{')
		return error_set(err, ERROR_USAGE, "the whole of a configuration file is an object: {…}");
	if (args_has(s->args, "whole") && !set_whole(s, &pointer, &json, err))
		return false;
	return document_edit_set(s->arena, s->document, s->profile, source, pointer, json, edits, err);
}

/* Where the value is instead, for who looks for it in the wrong file. */
static bool set_missing(const struct set *s, struct error *err)
{
	owned_buf struct buf hint = { 0 };
	const struct document *d = s->document;
	for (size_t i = 0; i < d->nlayers && !hint.n; i++) {
		const struct layer *l = &d->layers[i];
		if (!l->value || !value_at(l->value, s->pointer))
			continue;
		buf_printf(&hint, "; %s has it: ", l->path);
		buf_printf(&hint, l->profile ? "--profile %s" : "leave --profile out", l->profile);
	}
	return error_set(err, ERROR_PROJECT, "%s has nothing at '%.*s'%s", s->path,
	                 STR_ARG(s->pointer), buf_text(&hint));
}

static bool set_edit(struct set *s, struct error *err)
{
	owned_buf struct buf after = { 0 };
	struct edits edits = { 0 };
	const struct source *source = source_new(s->arena, str_of(s->path), s->profile, s->text);
	bool ok = s->removes ? document_edit_unset(s->arena, s->document, s->profile, source,
	                                           s->pointer, &edits, err)
	                     : set_value(s, source, &edits, err);
	if (!ok)
		return err->code == ERROR_MISSING ? set_missing(s, err) : false;
	s->changed = edits.n > 0;
	s->created = s->changed && !s->text.p;
	edit_apply(&after, s->text, &edits);
	return !s->changed || save_over(s->path, s->text, buf_str(&after), 0666, err);
}

/* ---- telling ---- */

static void set_append_place(struct buf *out, const struct value *v)
{
	struct origin at = value_origin(v);
	utf8_append_visible(out, str_of(at.path));
	if (at.line)
		buf_printf(out, ":%u:%u", at.line, at.column);
}

static void set_append_other(struct buf *out, const char *what, const struct value *v)
{
	buf_printf(out, "  %s", what);
	set_append_place(out, v);
	buf_append(out, STR(": "));
	json_text_short(out, v, SET_SHORT);
	buf_append_char(out, '\n');
}

static void set_append_change(struct buf *out, const struct set *s, const struct effect *e)
{
	if (e->now)
		set_append_place(out, e->now);
	else
		utf8_append_visible(out, str_of(s->path));
	buf_append(out, STR(": "));
	utf8_append_visible(out, s->pointer.n ? s->pointer : STR("the document"));
	buf_append(out, !s->changed ? STR(": is already ") : !e->old ? STR(": added ")
	                : !e->now ? STR(": removed ") : STR(": "));
	if (s->changed && e->old)
		json_text_short(out, e->old, SET_SHORT);
	if (s->changed && e->old && e->now)
		buf_append(out, STR(" → "));
	if (e->now)
		json_text_short(out, e->now, SET_SHORT);
	buf_append_char(out, '\n');
}

static void set_append_text(struct buf *out, const struct set *s, const struct effect *e)
{
	set_append_change(out, s, e);
	for (size_t i = 0; e->now && i < e->nlower; i++)
		set_append_other(out, "shadows ", e->lower[i].value);
	if (e->now && !e->is_shown && e->winner)
		set_append_other(out, "shadowed by ", e->winner);
	if (!e->now && e->shows)
		set_append_other(out, "now ", e->shows);
	if (e->closed_up)
		buf_append(out, STR("  the items behind it have moved up\n"));
	else if (!e->now && !e->shows)
		buf_append(out, STR("  now nothing is there\n"));
	for (size_t i = 0; i < e->nidle; i++) {
		owned_buf struct buf what = { 0 };
		buf_printf(&what, "profile %s has ", e->idle[i].layer->profile);
		set_append_other(out, buf_text(&what), e->idle[i].value);
	}
}

/* A version that looks like a number becomes one. */
static void set_note_type(const struct effect *e)
{
	if (!e->old || !e->now || value_type(e->old) != VALUE_STRING ||
	    value_type(e->now) == VALUE_STRING || value_is_container(e->now))
		return;
	owned_buf struct buf line = { 0 };
	set_append_place(&line, e->now);
	command_say("%s: note: this was a string and is none now: --string makes it one",
	            buf_text(&line));
}

/* What else has gone with it: the trap of rule root. */
static void set_warn(const struct set *s, const struct effect *e)
{
	owned_buf struct buf names = { 0 };
	for (size_t i = 0; i < e->nlost_named; i++)
		buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(e->lost[i]));
	if (e->nlost > e->nlost_named)
		buf_printf(&names, " and %zu more", e->nlost - e->nlost_named);
	if (!e->nlost)
		return;
	owned_buf struct buf line = { 0 };
	struct str last = e->lost[0], above = str_slice(last, 0, str_find_last(last, '/'));
	const struct value *around = value_at(s->document->value, above);
	bool member = value_type(around) == VALUE_OBJECT;
	bool root = member && s->project->selection.rule == CASCADE_ROOT;
	if (e->now)
		set_append_place(&line, e->now);
	else
		buf_append_text(&line, s->path);
	buf_printf(&line, ": warning: %sthis file's value stands for all of %.*s, so %s %s no longer "
	           "in the configuration", root ? "by the merge rule root " : "",
	           STR_ARG(set_root_key(s)), buf_text(&names), e->nlost == 1 ? "is" : "are");
	if (!s->removes && s->profile)
		buf_printf(&line, "; --whole writes %s here too%s", e->nlost == 1 ? "it" : "them",
		           root ? ", --merge deep keeps what lower files have" : "");
	command_say("%s", buf_text(&line));
}

/* ---- the same as JSON ---- */

static void set_put_text(struct set *s, struct value *o, const char *key, const char *text)
{
	value_set(s->arena, o, key, text ? value_new_string(s->arena, str_of(text))
	                                 : value_new(s->arena, VALUE_NULL, (struct str){ 0 },
	                                             (struct span){ 0 }));
}

/* {value, origin} as --origins has it. */
static struct value *set_describe(struct set *s, const struct value *v)
{
	struct value *row = value_new_object(s->arena), *origin = value_new_object(s->arena);
	struct origin at = value_origin(v);
	const struct source *source = value_span(v).source;
	value_set(s->arena, row, "value", value_over(s->arena, v, NULL));
	set_put_text(s, origin, "file", source ? source->name : NULL);
	if (at.line) {
		value_set(s->arena, origin, "line", value_new_integer(s->arena, at.line));
		value_set(s->arena, origin, "column", value_new_integer(s->arena, at.column));
	}
	set_put_text(s, origin, "profile", at.profile);
	value_set(s->arena, row, "origin", origin);
	return row;
}

static void set_put_value(struct set *s, struct value *o, const char *key, const struct value *v)
{
	if (v)
		value_set(s->arena, o, key, set_describe(s, v));
}

static void set_put_others(struct set *s, struct value *o, const char *key,
                           const struct effect_other *others, size_t n)
{
	struct value *list = value_new_array(s->arena);
	for (size_t i = 0; i < n; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             set_describe(s, others[i].value));
	value_set(s->arena, o, key, list);
}

static void set_append_json(struct buf *out, struct set *s, const struct effect *e)
{
	struct value *o = value_new_object(s->arena), *lost = value_new_array(s->arena);
	set_put_text(s, o, "file", s->path);
	set_put_text(s, o, "profile", s->profile);
	value_set(s->arena, o, "pointer", value_new_string(s->arena, s->pointer));
	value_set(s->arena, o, "changed", value_new_bool(s->arena, s->changed));
	value_set(s->arena, o, "created", value_new_bool(s->arena, s->created));
	set_put_value(s, o, "old", e->old);
	set_put_value(s, o, "now", e->now);
	set_put_value(s, o, "shows", e->shows);
	if (!e->is_shown)
		set_put_value(s, o, "winner", e->winner);
	set_put_others(s, o, "shadows", e->lower, e->nlower);
	set_put_others(s, o, "other_profiles", e->idle, e->nidle);
	for (size_t i = 0; i < e->nlost_named; i++)
		value_append(lost, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(s->arena, e->lost[i]));
	value_set(s->arena, o, "lost", lost);
	value_set(s->arena, o, "lost_count", value_new_integer(s->arena, (long long)e->nlost));
	value_write_json(out, o, JSON_FILE);
	buf_append_char(out, '\n');
}

/* ---- the commands ---- */

/* A new profile may be a slip of the pen. */
static void set_note_profile(const struct set *s, const struct settings *before)
{
	struct similar similar = { .typed = str_of(s->profile) };
	for (size_t i = 0; s->profile && i < before->nprofiles; i++) {
		if (strcmp(before->profiles[i], s->profile) == 0)
			return;
		similar_try(&similar, before->profiles[i]);
	}
	if (s->profile)
		command_say("mortar: note: no file knew the profile %s until now%s%s%s", s->profile,
		            similar.best ? " (did you mean " : "", similar.best ? similar.best : "",
		            similar.best ? "?)" : "");
}

static int set_tell(struct set *s, struct settings *before)
{
	owned_buf struct buf out = { 0 };
	struct effect e;
	const struct document *after = NULL;
	project_read_settings(s->project);
	if (s->project->settings)
		after = settings_document(s->project->settings, str_of(s->document->path));
	const struct layer *own = after ? document_layer(after, s->profile) : NULL;
	if (!s->removes)
		s->pointer = effect_settle(s->arena, own ? own->value : NULL, s->pointer);
	effect_tell(s->arena, s->document, after ? after : s->document, s->profile, s->pointer,
	            s->removes, &e);
	set_note_profile(s, before);
	set_note_type(&e);
	set_warn(s, &e);
	if (args_has(s->args, "json"))
		set_append_json(&out, s, &e);
	else
		set_append_text(&out, s, &e);
	return command_output(buf_str(&out));
}

/* Who names an overlay as FILE is told how it is meant. */
static bool set_is_overlay(const struct set *s, struct error *err)
{
	const struct settings *all = s->project->settings;
	struct str file = str_of(files_clean(s->arena, s->args->operands[1]));
	for (size_t i = 0; i < all->ndocuments; i++)
		for (size_t k = 0; k < all->documents[i].nlayers; k++) {
			const struct layer *l = &all->documents[i].layers[k];
			if (!l->profile || !str_has_suffix(file, str_of(l->path)))
				continue;
			error_set(err, ERROR_USAGE, "%s is the overlay of the profile %s: name %s, and "
			          "--profile %s", l->path, l->profile, all->documents[i].path,
			          l->profile);
			return true;
		}
	return false;
}

/* What is read here lives on in *ret_before. */
static bool set_try(struct set *s, struct settings **ret_before, int *code, struct error *err)
{
	project_read_settings(s->project);
	if (!s->project->settings) {
		project_print_problems(s->project);
		return error_set(err, ERROR_PROJECT, "the project cannot be read");
	}
	s->document = document_find(s->project, s->arena, s->args->operands[1]);
	if (!s->document) {
		if (set_is_overlay(s, err))
			return false;
		*code = document_unknown(s->project, s->args->operands[1]);
		return false;
	}
	if (!set_check_document(s, err) || !set_find_text(s, err) || !set_edit(s, err))
		return false;
	*ret_before = take(s->project->settings);
	return true;
}

static int set_run(struct arena *arena, const struct args *args, bool removes)
{
	struct error err = { 0 };
	struct set s = { .arena = arena, .args = args, .removes = removes,
		.pointer = str_of(args->operands[2]) };
	if (!set_profile(&s, &err))
		return command_fail(&err);
	owned(project) struct project *p = project_open(args, 0, &err);
	if (!p)
		return command_fail(&err);
	s.project = p;
	owned(settings) struct settings *before = NULL;
	int code = 0;
	for (int i = 0; i < SET_TRIES && !before && !code; i++) {
		err = (struct error){ 0 };
		if (!set_try(&s, &before, &code, &err) && err.code != ERROR_CHANGED)
			break;
	}
	if (before)
		return set_tell(&s, before);
	return code ? code : command_fail(&err);
}

int cmd_set(struct arena *arena, const struct args *args)
{
	return set_run(arena, args, false);
}

int cmd_unset(struct arena *arena, const struct args *args)
{
	return set_run(arena, args, true);
}
