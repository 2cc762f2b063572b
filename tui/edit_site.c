#include "tui/edit_site.h"

#include "core/config/cascade.h"
#include "core/config/document_edit.h"
#include "core/config/effect.h"
#include "core/config/profiles.h"

/* ---- files ---- */

static struct edit_file edit_site_file(struct arena *arena, const struct edit_site *site,
                                       const char *profile)
{
	const struct document *d = site->document;
	const struct layer *l = document_layer(d, profile);
	const struct layer *file = l ? l : document_layer(d, NULL);
	const char *root = site->settings->root;
	if (l && l->value && value_span(l->value).source) {
		const struct source *source = value_span(l->value).source;
		return (struct edit_file){
			.name = l->path, .path = source->path, .profile = profile, .value = l->value,
			.before = source->text, .after = source->text,
		};
	}
	const char *name = document_edit_path(arena, d, profile);
	struct str text = { 0 };
	if (d->format != DOCUMENT_JSON && file && file->value && value_span(file->value).source)
		text = value_span(file->value).source->text;
	return (struct edit_file){
		.name = name, .path = strcmp(root, ".") == 0 ? name : files_join(arena, root, name),
		.profile = profile, .before = text, .after = text,
	};
}

size_t edit_site_files(struct arena *arena, const struct edit_site *site,
                       struct edit_file **ret_files)
{
	const struct selection *selection = site->selection;
	struct edit_file *files = arena_array(arena, selection->nprofiles + 1, sizeof *files);
	size_t n = 0;
	files[n++] = edit_site_file(arena, site, NULL);
	for (size_t i = 0; !site->document->chosen && i < selection->nprofiles; i++) {
		const char *profile = selection->profiles[i];
		bool known = !profile_is_name(str_of(profile));
		for (size_t k = 1; k < n; k++)
			known |= strcmp(files[k].profile, profile) == 0;
		if (!known)
			files[n++] = edit_site_file(arena, site, profile);
	}
	*ret_files = files;
	return n;
}

const struct value *edit_site_merge(struct arena *arena, const struct edit_site *site,
                                    const struct edit_file *files, size_t n)
{
	const struct selection *selection = site->selection;
	const struct value *value = n ? files[0].value : NULL;
	/* A profile that is selected twice applies twice. */
	for (size_t i = 0; i < selection->nprofiles; i++)
		for (size_t k = 1; k < n; k++)
			if (strcmp(files[k].profile, selection->profiles[i]) == 0)
				value = cascade_merge(arena, selection->rule, value, files[k].value);
	return value;
}

/* ---- where a value was written ---- */

static bool edit_site_is_at(const struct value *v, struct span span)
{
	struct span here = value_span(v);
	return here.source == span.source && here.at == span.at;
}

/* Appends the pointer, below v, of what was written at the span. */
static bool edit_site_walk(const struct value *v, struct span span, struct buf *pointer)
{
	size_t length = pointer->n, index = 0;
	struct span here = value_span(v);
	if (edit_site_is_at(v, span))
		return true;
	/* What lies elsewhere in the text need not be looked at. */
	if (span.at < here.at || span.at >= here.at + here.size)
		return false;
	for (const struct value *part = value_child(v); part; part = value_next(part), index++) {
		if (value_type(v) == VALUE_OBJECT)
			value_pointer_append(pointer, value_key(part));
		else
			buf_printf(pointer, "/%zu", index);
		if (edit_site_walk(part, span, pointer))
			return true;
		pointer->n = length;
	}
	return false;
}

static bool edit_site_in(struct arena *arena, const struct document *d, struct span span,
                         struct str shown, struct str *ret_pointer)
{
	owned_buf struct buf pointer = { 0 };
	for (size_t i = 0; i < d->nlayers; i++) {
		const struct layer *l = &d->layers[i];
		if (!l->active || !l->value || value_span(l->value).source != span.source)
			continue;
		const struct value *same = value_at(l->value, shown);
		if (same && edit_site_is_at(same, span))
			buf_append(&pointer, shown);
		else if (!edit_site_walk(l->value, span, &pointer))
			return false;
		*ret_pointer = arena_str(arena, buf_str(&pointer));
		return true;
	}
	return false;
}

/* Its own document first: two may share a file. */
static bool edit_site_search(struct arena *arena, struct edit_site *site, size_t document,
                             struct span span, struct str shown)
{
	const struct settings *s = site->settings;
	for (size_t i = 0; i <= s->ndocuments; i++) {
		size_t at = i == 0 ? document : i - 1;
		site->document = &s->documents[at];
		if (edit_site_in(arena, site->document, span, shown, &site->pointer))
			return true;
	}
	return false;
}

static bool edit_site_fill(struct arena *arena, struct edit_site *site)
{
	struct edit_file *files;
	size_t n = edit_site_files(arena, site, &files);
	site->root = edit_site_merge(arena, site, files, n);
	site->value = site->root ? value_at(site->root, site->pointer) : NULL;
	return site->value != NULL;
}

bool edit_site_find(struct arena *arena, const struct settings *settings,
                    const struct selection *selection, size_t document, struct str pointer,
                    struct edit_site *ret_site, struct error *err)
{
	struct edit_site site = { .settings = settings, .selection = selection };
	const struct document *d = &settings->documents[document];
	const struct value *shown = d->value ? value_at(d->value, pointer) : NULL;
	struct span span = shown ? value_span(shown) : (struct span){ 0 };
	site.document = d;
	site.pointer = STR("");
	/* A kind may make all of a document anew of what its file holds. */
	bool whole = pointer.n == 0 && d->nlayers > 0 && !d->generated;
	bool written = span.source && span.source->text.p;
	if (!whole && !written)
		return error_set(err, ERROR_MISSING, "no file holds this: it is generated%s%s",
		                 span.source ? ", by " : "", span.source ? span.source->path : "");
	if ((!whole && !edit_site_search(arena, &site, document, span, pointer)) ||
	    !edit_site_fill(arena, &site))
		return error_set(err, ERROR_MISSING, "no configuration file of the project holds this");
	*ret_site = site;
	return true;
}

/* Keys may hold NUL. */
static struct edit_site edit_site_below(struct arena *arena, const struct edit_site *container,
                                        const struct buf *token)
{
	struct edit_site site = *container;
	owned_buf struct buf pointer = { 0 };
	buf_append(&pointer, container->pointer);
	buf_append(&pointer, buf_str(token));
	site.pointer = arena_str(arena, buf_str(&pointer));
	site.value = NULL;
	return site;
}

struct edit_site edit_site_member(struct arena *arena, const struct edit_site *object,
                                  struct str key)
{
	owned_buf struct buf token = { 0 };
	value_pointer_append(&token, key);
	return edit_site_below(arena, object, &token);
}

struct edit_site edit_site_item(struct arena *arena, const struct edit_site *array)
{
	owned_buf struct buf token = { 0 };
	buf_printf(&token, "/%zu", value_count(array->value));
	struct edit_site site = edit_site_below(arena, array, &token);
	site.behind = true;
	return site;
}
