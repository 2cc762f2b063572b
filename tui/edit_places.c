#include "tui/edit_places.h"

#include "core/base/utf8.h"
#include "core/config/document_edit.h"
#include "core/value/json.h"
#include "tui/json_text.h"
#include "tui/origin_mark.h"

/* Values and names of lost keys in a note. */
enum { PLACES_SHORT = 40, PLACES_NAMES = 3 };

struct places {
	struct arena *arena;
	const struct edit_site *site;
	struct edit_file *files;        /* as they are */
	size_t nfiles;
	struct edit_places *out;
};

static void places_begin(struct places *p, struct arena *arena, const struct edit_site *site,
                         struct edit_places *out)
{
	*p = (struct places){ .arena = arena, .site = site, .out = out };
	p->nfiles = edit_site_files(arena, site, &p->files);
	/* Each file alone and with all around, then all together. */
	*out = (struct edit_places){
		.places = arena_array(arena, 2 * p->nfiles + 1, sizeof *out->places),
	};
}

/* ---- pointers ---- */

/* The longest front part of the pointer that ends before byte `at`; "" is one. */
static struct str places_front(struct str pointer, size_t at)
{
	size_t end = at;
	while (end < pointer.n && pointer.p[end] != '/')
		end++;
	return end < pointer.n ? str_slice(pointer, 0, end) : (struct str){ 0 };
}

/* The outermost array on the way to the site that the file (NULL: no file at all) does not
 * have as one: there no item can be set alone.  p NULL: none. */
static struct str places_array(const struct places *p, const struct value *file)
{
	struct str pointer = p->site->pointer, front = places_front(pointer, 0);
	for (; front.p; front = places_front(pointer, front.n + 1)) {
		const struct value *shown = value_at(p->site->root, front);
		const struct value *own = file ? value_at(file, front) : NULL;
		if (shown && value_type(shown) == VALUE_ARRAY &&
		    (!own || value_type(own) != VALUE_ARRAY))
			return front;
	}
	return front;
}

/* The key of the root above the site; p NULL: the site is one. */
static struct str places_root_key(const struct places *p)
{
	return p->site->pointer.n ? places_front(p->site->pointer, 1) : (struct str){ 0 };
}

/* ---- what is lost ---- */

struct places_loss {
	struct str site;
	struct buf at, names;
	size_t n;
};

static void places_lose(struct places_loss *l)
{
	if (l->n++ >= PLACES_NAMES)
		return;
	buf_append(&l->names, l->names.n ? STR(", ") : STR(""));
	utf8_append_visible(&l->names, buf_str(&l->at));
}

static void places_compare(struct places_loss *l, const struct value *now,
                           const struct value *then);

static void places_compare_parts(struct places_loss *l, const struct value *now,
                                 const struct value *then)
{
	bool object = value_type(now) == VALUE_OBJECT;
	const struct value *item = object ? NULL : value_child(then);
	size_t length = l->at.n, index = 0;
	for (const struct value *v = value_child(now); v; v = value_next(v), index++) {
		if (object)
			value_pointer_append(&l->at, value_key(v));
		else
			buf_printf(&l->at, "/%zu", index);
		places_compare(l, v, object ? value_get(then, value_key(v)) : item);
		item = item ? value_next(item) : NULL;
		l->at.n = length;
	}
}

/* A file that was read again has the same bytes nearly everywhere: then nothing in them
 * need be looked at. */
static bool places_is_same_text(const struct value *a, const struct value *b)
{
	struct str text = span_text(value_span(a));
	return !value_is_merged(a) && !value_is_merged(b) && text.n &&
	       str_eq(text, span_text(value_span(b)));
}

/* Counts what is shown now and differs then, but for the site itself. */
static void places_compare(struct places_loss *l, const struct value *now,
                           const struct value *then)
{
	if (str_eq(buf_str(&l->at), l->site) ||
	    (then && (value_is_same(now, then) || places_is_same_text(now, then))))
		return;
	bool alike = then && value_type(now) == value_type(then) && value_is_container(now);
	bool around = str_has_prefix(l->site, buf_str(&l->at));
	if (alike && (value_type(now) == VALUE_OBJECT || around))
		places_compare_parts(l, now, then);
	else if (!then || !value_equal(now, then))
		places_lose(l);
}

static void places_losses(struct places *p, struct edit_place *place, const struct value *then,
                          struct buf *note)
{
	struct places_loss loss = { .site = p->site->pointer };
	/* Items behind a removed one move up: nothing of them is lost. */
	struct str array = places_array(p, NULL);
	if (place->effect == EDIT_GONE && array.p && str_eq(place->pointer, p->site->pointer))
		loss.site = array;
	places_compare(&loss, p->site->root, then);
	place->nlost = loss.n;
	if (loss.n)
		buf_printf(note, "%s%s %.*s", note->n ? "; " : "",
		           place->effect == EDIT_SHOWS ? "hides" : "changes",
		           STR_ARG(buf_str(&loss.names)));
	if (loss.n > PLACES_NAMES)
		buf_printf(note, " and %zu more", loss.n - PLACES_NAMES);
	if (loss.n && place->effect == EDIT_SHOWS)
		buf_append_text(note, ": by rule root this file's object replaces the lower one");
	buf_finish(&loss.at);
	buf_finish(&loss.names);
}

/* ---- what is said ---- */

static void places_tell(struct buf *note, const char *before, const struct value *v,
                        const char *after)
{
	buf_append_text(note, before);
	json_text_short(note, v, PLACES_SHORT);
	buf_append_text(note, " of ");
	origin_place(note, v);
	buf_append_text(note, after);
}

/* What the files below the first changed one hold at the site, the nearest of them. */
static const struct value *places_below(const struct places *p, const struct edit_file *file)
{
	const struct value *below = NULL;
	for (size_t i = 0; i < p->nfiles && strcmp(p->files[i].name, file->name) != 0; i++) {
		const struct value *v = p->files[i].value
			? value_at(p->files[i].value, p->site->pointer) : NULL;
		below = v ? v : below;
	}
	return below;
}

/* Why nothing that is set can show: what wins holds something above the site. */
static void places_tell_above(struct places *p, const struct value *then, struct buf *note)
{
	struct str front = p->site->pointer;
	const struct value *v = NULL;
	while (!v && front.n) {
		front = str_slice(front, 0, str_find_last(front, '/'));
		v = value_at(then, front);
	}
	buf_append_text(note, "will not show: ");
	if (v)
		origin_place(note, v);
	buf_append_text(note, " sets all of ");
	utf8_append_visible(note, front.n ? front : STR("the document"));
}

static void places_note(struct places *p, struct edit_place *place, const struct value *then)
{
	owned_buf struct buf note = { 0 };
	const struct value *v = then ? value_at(then, p->site->pointer) : NULL;
	const struct value *below = places_below(p, &place->files[0]);
	if (place->whole) {
		buf_append_text(&note, "writes all of ");
		utf8_append_visible(&note, place->pointer);
		buf_append_text(&note, " as it shows, with the change");
	}
	switch (place->effect) {
	case EDIT_SHOWS:
		if (!place->whole && !place->files[0].before.p)
			buf_append_text(&note, "makes this file");
		if (below)
			places_tell(&note, note.n ? "; over " : "wins over ", below, "");
		break;
	case EDIT_SHADOWED:
		if (v)
			places_tell(&note, "will not show: ", v, " wins");
		else
			places_tell_above(p, then, &note);
		break;
	case EDIT_NOTHING: places_tell(&note, "changes nothing that shows: ", v, " wins"); break;
	case EDIT_UNCOVERS: places_tell(&note, "then ", v, " shows"); break;
	case EDIT_GONE:
		buf_append_text(&note, "then it is gone");
		if (below && place->nfiles == 1)
			places_tell(&note, ": ", below, " stays hidden (D shows it)");
		break;
	case EDIT_SAME: buf_append_text(&note, "holds this already"); break;
	case EDIT_REFUSED: break;
	}
	places_losses(p, place, then, &note);
	place->note = arena_text(p->arena, buf_str(&note));
}

/* ---- trying ---- */

/* Edits the text of one file; json.p NULL removes. */
static bool places_edit(struct places *p, struct edit_file *file, struct str pointer,
                        struct str json, struct error *err)
{
	struct source *source = source_new(p->arena, str_of(file->path), file->profile, file->before);
	const struct document *d = p->site->document;
	owned_buf struct buf text = { 0 };
	struct edits edits;
	if (!(json.p ? document_edit_set(p->arena, d, file->profile, source, pointer, json, &edits, err)
	             : document_edit_unset(p->arena, d, file->profile, source, pointer, &edits, err)))
		return false;
	if (edits.n == 0)
		return true;
	edit_apply(&text, file->before, &edits);
	file->after = arena_str(p->arena, buf_str(&text));
	source = source_new(p->arena, str_of(file->path), file->profile, file->after);
	source->name = file->name;
	return document_edit_read(p->arena, d, file->profile, source, &file->value) ||
	       error_set(err, ERROR_PROJECT, "the edit would leave a file that cannot be read");
}

/* Whether v is written in one of the files as they would be. */
static bool places_is_new(const struct edit_place *place, const struct value *v)
{
	for (size_t i = 0; v && i < place->nfiles; i++)
		if (value_span(v).source == value_span(place->files[i].value).source)
			return true;
	return false;
}

static bool places_is_same(const struct edit_place *place)
{
	for (size_t i = 0; i < place->nfiles; i++)
		if (!place->files[i].before.p || !str_eq(place->files[i].before, place->files[i].after))
			return false;
	return true;
}

/* The file in which v stands, or nfiles. */
static size_t places_of(const struct places *p, const struct value *v)
{
	for (size_t i = 0; v && i < p->nfiles; i++)
		if (p->files[i].value && value_span(p->files[i].value).source == value_span(v).source)
			return i;
	return p->nfiles;
}

/* The highest file that has a part in what is shown at the site, or nfiles. */
static size_t places_winner(const struct places *p)
{
	const struct value *v = p->site->value;
	return places_of(p, v && value_is_merged(v) ? value_under(v) : v);
}

static enum edit_effect places_judge(struct places *p, const struct edit_place *place,
                                     const struct value *then, bool set)
{
	const struct value *v = then ? value_at(then, p->site->pointer) : NULL;
	size_t winner = places_winner(p);
	bool touched = false;
	if (places_is_same(place))
		return EDIT_SAME;
	if (set)
		return places_is_new(place, v) ? EDIT_SHOWS : EDIT_SHADOWED;
	if (!v)
		return EDIT_GONE;
	for (size_t i = 0; i < place->nfiles && winner < p->nfiles; i++)
		touched |= strcmp(place->files[i].name, p->files[winner].name) == 0;
	if (touched)
		return places_is_new(place, v) ? EDIT_GONE : EDIT_UNCOVERS;
	/* Of an object put together from layers even a lower one shows something. */
	return value_equal(v, p->site->value) ? EDIT_NOTHING : EDIT_UNCOVERS;
}

/* What is to be done: in these files, by their numbers. */
struct places_want {
	const size_t *which;
	size_t n;
	struct str pointer, json;       /* json.p NULL: removed */
	bool whole;
};

/* One more place. */
static struct edit_place *places_try(struct places *p, const struct places_want *want)
{
	struct edit_place *place = &p->out->places[p->out->n++];
	struct edit_file *all = arena_array(p->arena, p->nfiles, sizeof *all);
	struct edit_file *changed = arena_array(p->arena, want->n, sizeof *changed);
	const struct value *before = p->files[want->which[0]].value;
	struct error err;
	bool ok = true;
	memcpy(all, p->files, p->nfiles * sizeof *all);
	for (size_t i = 0; i < want->n; i++) {
		ok = ok && places_edit(p, &all[want->which[i]], want->pointer, want->json, &err);
		changed[i] = all[want->which[i]];
	}
	*place = (struct edit_place){
		.files = changed, .nfiles = want->n, .pointer = want->pointer, .whole = want->whole,
		.held = before ? value_at(before, p->site->pointer) : NULL, .effect = EDIT_REFUSED,
	};
	if (!ok) {
		place->note = arena_text(p->arena, str_of(err.text));
		return place;
	}
	const struct value *then = edit_site_merge(p->arena, p->site, all, p->nfiles);
	place->effect = places_judge(p, place, then, want->json.p != NULL);
	places_note(p, place, then);
	return place;
}

/* ---- setting ---- */

/* What is shown at `front`, with the change in it, as JSON text. */
static bool places_whole(struct places *p, struct str front, struct str json, struct str *ret_text)
{
	owned_buf struct buf text = { 0 }, changed = { 0 };
	struct edits edits;
	struct error ignored;
	value_write_json(&text, value_at(p->site->root, front), JSON_FILE);
	struct str now = arena_str(p->arena, buf_str(&text));
	struct source *source = source_new(p->arena, STR("(shown)"), NULL, now);
	struct str rest = str_slice(p->site->pointer, front.n, STR_NONE);
	if (!edit_set(p->arena, source, rest, json, &edits, &ignored))
		return false;
	edit_apply(&changed, now, &edits);
	*ret_text = arena_str(p->arena, buf_str(&changed));
	return true;
}

static struct str places_written(const struct places *p)
{
	struct str pointer = p->site->pointer;
	if (!p->site->behind)
		return pointer;
	owned_buf struct buf out = { 0 };
	buf_append(&out, str_slice(pointer, 0, str_find_last(pointer, '/')));
	buf_append(&out, STR("/-"));
	return arena_str(p->arena, buf_str(&out));
}

/* Alone where that can be; and with all around it where that matters: an item of an array
 * that the file does not have, or a part of an object that would replace a lower one. */
static void places_set_in(struct places *p, size_t i, struct str json)
{
	const struct value *file = p->files[i].value;
	struct places_want want = { .which = &i, .n = 1, .pointer = places_written(p), .json = json };
	struct str front = places_array(p, file), key = places_root_key(p);
	bool needs = front.p != NULL;
	if (!needs) {
		const struct edit_place *alone = places_try(p, &want);
		needs = alone->effect == EDIT_SHOWS && alone->nlost > 0;
	}
	if (p->site->selection->rule == CASCADE_ROOT && key.n && (!file || !value_at(file, key)))
		front = key;
	want.pointer = front;
	want.whole = true;
	if (needs && front.p && places_whole(p, front, json, &want.json))
		places_try(p, &want);
}

void edit_places_set(struct arena *arena, const struct edit_site *site, const struct value *origin,
                     struct str json, struct edit_places *ret_places)
{
	struct places p;
	places_begin(&p, arena, site, ret_places);
	size_t best = places_of(&p, origin);
	for (size_t i = 0; i < p.nfiles; i++) {
		if (i == best)
			ret_places->best = ret_places->n;
		places_set_in(&p, i, json);
	}
}

/* ---- removing ---- */

void edit_places_unset(struct arena *arena, const struct edit_site *site,
                       struct edit_places *ret_places)
{
	struct places p;
	places_begin(&p, arena, site, ret_places);
	size_t *which = arena_array(arena, p.nfiles, sizeof *which), n = 0;
	size_t winner = places_winner(&p);
	for (size_t i = 0; i < p.nfiles; i++)
		if (p.files[i].value && value_at(p.files[i].value, site->pointer))
			which[n++] = i;
	for (size_t i = 0; i < n; i++) {
		if (which[i] == winner)
			ret_places->best = ret_places->n;
		places_try(&p, &(struct places_want){ &which[i], 1, site->pointer, { 0 }, false });
	}
	/* Tables of one file are changed one after the other. */
	if (n > 1 && site->document->format == DOCUMENT_JSON)
		places_try(&p, &(struct places_want){ which, n, site->pointer, { 0 }, false });
}

bool edit_places_uncover(struct arena *arena, const struct edit_site *site,
                         struct edit_places *ret_places, struct error *err)
{
	struct places p;
	places_begin(&p, arena, site, ret_places);
	size_t winner = places_winner(&p);
	struct str array = places_array(&p, NULL), key = places_root_key(&p);
	const struct str pointers[] = { array.p ? array : site->pointer,
	                                site->selection->rule == CASCADE_ROOT ? key : STR("") };
	if (winner == p.nfiles || !p.files[winner].profile)
		return error_set(err, ERROR_MISSING, "no overlay sets this: %s does; x deletes it there",
		                 winner < p.nfiles ? p.files[winner].name : "a lower file");
	for (size_t i = 0; i < 2; i++) {
		if (!pointers[i].n)
			continue;
		struct places_want want = { &winner, 1, pointers[i], { 0 }, false };
		if (places_try(&p, &want)->effect == EDIT_UNCOVERS)
			return true;
		ret_places->n--;
	}
	return error_set(err, ERROR_MISSING, "no lower file has this: x deletes it from %s",
	                 p.files[winner].name);
}
