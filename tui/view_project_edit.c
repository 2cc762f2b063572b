/* Editing in the project view: which value is meant, what is typed, which file it is for. */
#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/config/edit.h"
#include "tui/edit_menu.h"
#include "tui/json_text.h"
#include "tui/view_project_inside.h"

/* What a prompt takes; longer texts are for an editor. */
enum { VIEW_EDIT_MOST = 2048, VIEW_EDIT_SHORT = 32 };

void view_edit_init(struct view_edit *e)
{
	e->changes = changes_new();
}

void view_edit_finish(struct view_edit *e)
{
	prompt_finish(&e->prompt);
	changes_free(e->changes);
	map_finish(&e->before);
	arena_free(e->before_arena);
	arena_free(e->arena);
}

void view_edit_end(struct view_project *v)
{
	struct view_edit *e = &v->edit;
	v->merged.prompt = NULL;
	e->op = EDIT_NONE;
	e->typing = false;
	arena_free(e->arena);
	e->arena = NULL;
	app_dirty(v->view.app);
}

static void view_edit_begin(struct view_project *v, enum edit_op op, struct str pointer)
{
	struct view_edit *e = &v->edit;
	view_edit_end(v);
	e->arena = arena_new();
	e->op = op;
	e->path = arena_text(e->arena, str_of(v->merged.path));
	e->pointer = arena_str(e->arena, pointer);
}

/* ---- which value ---- */

/* The site of what is being edited, by what was read last. */
static bool view_edit_find(struct view_project *v, struct error *err)
{
	struct view_edit *e = &v->edit;
	const struct document *d = v->settings ? settings_document(v->settings, str_of(e->path)) : NULL;
	if (!d || !d->value)
		return error_set(err, ERROR_PROJECT,
		                 "%s has an error, which must be mended first: ]d goes to it, e opens it",
		                 e->path);
	return edit_site_find(e->arena, v->settings, &v->project->selection,
	                      (size_t)(d - v->settings->documents), e->pointer, &e->site, err);
}

static bool view_edit_fail(struct view_project *v, const struct error *err)
{
	app_alert(v->view.app, "%s", err->text);
	return true;
}

/* The line under the cursor begins an edit; false: it was said why not. */
static bool view_edit_line(struct view_project *v, enum edit_op op, struct str pointer)
{
	struct error err;
	view_edit_begin(v, op, pointer);
	if (view_edit_find(v, &err))
		return true;
	view_edit_end(v);
	view_edit_fail(v, &err);
	return false;
}

static bool view_edit_closes(const struct merged_line *line)
{
	return line->json.closes && !line->json.opens;
}

/* From the Dockerfile to the one setting that makes a line. */
static bool view_edit_cause(struct view_project *v)
{
	struct app *app = v->view.app;
	const struct link_cause *causes = NULL;
	int instruction = dockerfile_instruction(&v->dockerfile);
	size_t n = instruction < 0 ? 0 : link_causes(v->link, (size_t)instruction, &causes);
	if (n == 0)
		app_say(app, "nothing in the configuration causes this line");
	else if (n > 1)
		app_say(app, "%zu settings make this line: o names them, gd goes to the first", n);
	else if (causes[0].document != v->merged.document)
		app_say(app, "what causes this line is written in no file of the project");
	else
		return merged_go(&v->merged, causes[0].pointer);
	return false;
}

/* ---- changing ---- */

/* JSON text for a line to type in: what no terminal may see is spelled as JSON does. */
static struct str view_edit_spelled(struct arena *arena, struct str json)
{
	owned_buf struct buf out = { 0 };
	for (size_t at = 0, size; at < json.n; at += size) {
		uint32_t rune = utf8_decode(str_slice(json, at, json.n), &size);
		if (!utf8_is_control(rune))
			buf_append(&out, str_slice(json, at, size));
		else if (rune < 0x10000)
			buf_printf(&out, "\\u%04x", rune);
		else
			buf_printf(&out, "\\u%04x\\u%04x", 0xd800 + ((rune - 0x10000) >> 10),
			           0xdc00 + ((rune - 0x10000) & 0x3ff));
	}
	return arena_str(arena, buf_str(&out));
}

static void view_edit_open(struct view_project *v, const char *sign)
{
	struct view_edit *e = &v->edit;
	v->focus = PANE_MERGED;
	prompt_open(&e->prompt, sign);
	prompt_fill(&e->prompt, e->filled);
	e->typing = true;
	v->merged.prompt = &e->prompt;
	v->merged.below = e->op == EDIT_ADD;
	app_dirty(v->view.app);
}

/* Objects, arrays and long texts are for an editor. */
static bool view_edit_outside(struct view_project *v)
{
	struct origin at = value_origin(v->edit.site.value);
	view_edit_end(v);
	app_edit(v->view.app, at.path, at.line);
	return true;
}

static bool view_edit_change(struct view_project *v)
{
	struct view_edit *e = &v->edit;
	owned_buf struct buf pointer = { 0 };
	if (v->focus == PANE_TREE) {
		app_say(v->view.app, "c changes a value of the merged pane (Tab); e opens the file");
		return true;
	}
	if (v->focus == PANE_DOCKERFILE && !view_edit_cause(v))
		return true;
	const struct merged_line *line = merged_line(&v->merged);
	if (!line)
		return false;
	merged_pointer(&v->merged, line, &pointer);
	if (!view_edit_line(v, EDIT_CHANGE, buf_str(&pointer)))
		return true;
	const struct value *old = e->site.value;
	e->was = arena_str(e->arena, span_text(value_span(old)));
	e->seen = e->was;
	e->filled = value_is_container(old) ? STR("") : view_edit_spelled(e->arena, e->was);
	if (value_is_container(old) || e->filled.n > VIEW_EDIT_MOST)
		return view_edit_outside(v);
	view_edit_open(v, "");
	return true;
}

/* ---- adding ---- */

static bool view_edit_add(struct view_project *v)
{
	struct view_edit *e = &v->edit;
	owned_buf struct buf pointer = { 0 };
	const struct merged_line *line = merged_line(&v->merged);
	if (v->focus != PANE_MERGED || !line) {
		app_say(v->view.app, "a adds to what the merged pane shows (Tab)");
		return true;
	}
	merged_pointer(&v->merged, line, &pointer);
	struct str at = buf_str(&pointer);
	if (!value_is_container(line->json.value))
		at = str_slice(at, 0, str_find_last(at, '/'));
	if (!view_edit_line(v, EDIT_ADD, at))
		return true;
	e->was = e->filled = STR("");
	e->array = value_type(e->site.value) == VALUE_ARRAY;
	view_edit_open(v, "+ ");
	return true;
}

/* Takes a JSON string, or a word up to the colon, off the front of what was typed. */
static bool view_edit_take_key(struct arena *arena, struct str *typed, struct str *ret_key,
                               struct error *err)
{
	struct str text = str_trim(*typed);
	const struct value *key = NULL;
	size_t end = 1;
	bool quoted = text.n && text.p[0] == '"';
	while (quoted && end < text.n && text.p[end] != '"')
		end += text.p[end] == '\\' ? 2 : 1;
	size_t colon = quoted ? end + 1 : 0;
	while (colon < text.n && text.p[colon] != ':' && (!quoted || text.p[colon] == ' '))
		colon++;
	if (colon >= text.n || text.p[colon] != ':' || colon == 0)
		return error_set(err, ERROR_USAGE, "a key, a colon and a value are needed: name: 5");
	*typed = str_slice(text, colon + 1, text.n);
	*ret_key = str_trim(str_slice(text, 0, colon));
	if (!quoted)
		return true;
	if (!value_parse_json(arena, *ret_key, &key, err))
		return error_prefix(err, "the key");
	*ret_key = value_text(key);
	return true;
}

/* From the container to what is to be in it. */
static bool view_edit_new_site(struct view_edit *e, struct str *typed, struct error *err)
{
	struct str key;
	if (value_type(e->site.value) == VALUE_ARRAY) {
		e->site = edit_site_item(e->arena, &e->site);
		return true;
	}
	if (!view_edit_take_key(e->arena, typed, &key, err))
		return false;
	if (value_get(e->site.value, key))
		return error_set(err, ERROR_USAGE, "'%.*s' is there already: c changes it", STR_ARG(key));
	e->site = edit_site_member(e->arena, &e->site, key);
	return true;
}

/* ---- what is to be done ---- */

/* "/tiling/size 512 → 1024"; json.p NULL: removed. */
static const char *view_edit_describe(struct view_edit *e, struct str json)
{
	owned_buf struct buf out = { 0 };
	size_t width;
	utf8_append_visible(&out, e->site.pointer);
	if (e->site.value) {
		buf_append_char(&out, ' ');
		json_text_short(&out, e->site.value, VIEW_EDIT_SHORT);
	}
	if (!json.p) {
		buf_append_text(&out, " removed");
		return arena_text(e->arena, buf_str(&out));
	}
	buf_printf(&out, e->site.value ? " %.*s " : " = ", STR_ARG(text_sign(SIGN_ARROW)));
	struct str cut = text_cut(json, VIEW_EDIT_SHORT, &width);
	utf8_append_visible(&out, cut);
	buf_append(&out, cut.n < json.n ? text_sign(SIGN_ELLIPSIS) : STR(""));
	return arena_text(e->arena, buf_str(&out));
}

static bool view_edit_prepare_typed(struct view_edit *e, struct error *err)
{
	const struct value *origin = e->site.value;
	struct str typed = buf_str(&e->prompt.text), json;
	if (e->op == EDIT_ADD && !view_edit_new_site(e, &typed, err))
		return false;
	/* Untouched, it is what the file has and not how it was spelled here. */
	if (e->op == EDIT_CHANGE && str_eq(typed, e->filled))
		json = e->was;
	else if (!edit_typed(e->arena, str_trim(typed), e->site.value, false, &json, err))
		return false;
	e->head = view_edit_describe(e, json);
	edit_places_set(e->arena, &e->site, origin, json, &e->places);
	return e->places.n > 0 ||
	       error_set(err, ERROR_PROJECT, "no file can hold this here: e opens an editor");
}

/* Site, head and places, by what was read last. */
static bool view_edit_prepare(struct view_project *v, struct error *err)
{
	struct view_edit *e = &v->edit;
	if (!view_edit_find(v, err))
		return false;
	if (e->op == EDIT_CHANGE || e->op == EDIT_ADD)
		return view_edit_prepare_typed(e, err);
	e->head = view_edit_describe(e, (struct str){ 0 });
	if (e->op == EDIT_UNCOVER)
		return edit_places_uncover(e->arena, &e->site, &e->places, err);
	edit_places_unset(e->arena, &e->site, &e->places);
	return true;
}

/* All that is said of the places: while that stays, so does the question. */
static const char *view_edit_question(struct view_edit *e)
{
	owned_buf struct buf out = { 0 };
	buf_append_text(&out, e->head);
	for (size_t i = 0; i < e->places.n; i++) {
		const struct edit_place *place = &e->places.places[i];
		buf_printf(&out, "\n%s %d %zu %s ", place->files[0].name, (int)place->effect,
		           place->nfiles, place->note);
		if (place->held)
			json_text_short(&out, place->held, VIEW_EDIT_SHORT);
	}
	return arena_text(e->arena, buf_str(&out));
}

/* ---- which file ---- */

static void view_edit_chosen(void *data, const struct edit_place *place)
{
	struct view_project *v = data;
	struct view_edit *e = &v->edit;
	e->asking = false;
	if (place)
		view_edit_save(v, place);
	else if (!e->typing)
		view_edit_end(v);
}

static void view_edit_ask(struct view_project *v)
{
	struct view_edit *e = &v->edit;
	const char *title = e->typing ? "Into which file?" : "From which file?";
	struct popup *menu = edit_menu_new(title, &e->places, &v->project->selection, e->head,
	                                   view_edit_chosen, v);
	e->asking = true;
	e->question = view_edit_question(e);
	app_open(v->view.app, menu);
}

/* Whether there is nothing to ask: one file, and nothing else is touched. */
static bool view_edit_is_plain(const struct edit_places *places)
{
	const struct edit_place *only = &places->places[0];
	return places->n == 1 && only->nlost == 0 && only->effect != EDIT_REFUSED &&
	       only->effect != EDIT_SHADOWED;
}

static bool view_edit_entered(struct view_project *v, struct error *err)
{
	if (!view_edit_prepare(v, err))
		return false;
	if (view_edit_is_plain(&v->edit.places))
		view_edit_save(v, &v->edit.places.places[0]);
	else
		view_edit_ask(v);
	return true;
}

bool view_edit_key(struct view *view, uint32_t key)
{
	struct view_project *v = (struct view_project *)view;
	struct view_edit *e = &v->edit;
	struct error err;
	if (!e->typing)
		return false;
	view_edit_forget(v);
	switch (prompt_key(&e->prompt, key)) {
	case PROMPT_TYPING:
		break;
	case PROMPT_LEFT:
		view_edit_end(v);
		app_say(v->view.app, "nothing was changed");
		break;
	case PROMPT_ENTERED:
		e->prompt.open = true;
		if (!view_edit_entered(v, &err))
			view_edit_fail(v, &err);
	}
	return true;
}

const char *view_edit_typing(const struct view *view)
{
	const struct view_edit *e = &((const struct view_project *)view)->edit;
	if (!e->typing)
		return NULL;
	return e->op == EDIT_CHANGE ? "JSON or a word, then Enter; Esc leaves; Up: typed last" :
	       e->array ? "the new item, then Enter; Esc leaves; Up: typed last"
	                : "key: value, then Enter; Esc leaves; Up: typed last";
}

/* ---- removing ---- */

static bool view_edit_take_away(struct view_project *v, enum edit_op op)
{
	struct error err;
	owned_buf struct buf pointer = { 0 };
	const struct merged_line *line = merged_line(&v->merged);
	if (v->focus != PANE_MERGED || !line) {
		app_say(v->view.app, "%s in the merged pane (Tab)", op == EDIT_REMOVE
		        ? "x deletes a key" : "D deletes an override");
		return true;
	}
	merged_pointer(&v->merged, line, &pointer);
	if (view_edit_closes(line) || pointer.n == 0) {
		app_say(v->view.app, pointer.n ? "this line only closes: its first one is meant by x and D"
		                               : "a whole file is not deleted here");
		return true;
	}
	view_edit_begin(v, op, buf_str(&pointer));
	if (view_edit_entered(v, &err))
		return true;
	view_edit_end(v);
	return view_edit_fail(v, &err);
}

/* ---- the project is read anew ---- */

/* The popup is closed when it is about files that are no more as they were. */
static void view_edit_ask_again(struct view_project *v)
{
	struct view_edit *e = &v->edit;
	const char *asked = e->question;
	struct error err;
	if (view_edit_prepare(v, &err) && strcmp(view_edit_question(e), asked) == 0)
		return;
	app_close(v->view.app);
	app_alert(v->view.app, "files have changed meanwhile: %s",
	          e->typing ? "Enter asks again" : "nothing was done");
}

/* What is typed stays. */
void view_edit_reread(struct view_project *v)
{
	struct view_edit *e = &v->edit;
	struct error err;
	dockerfile_mark_changed(&v->dockerfile, e->before_arena ? &e->before : NULL);
	if (e->asking)
		view_edit_ask_again(v);
	if (!e->typing || e->op != EDIT_CHANGE)
		return;
	if (!view_edit_find(v, &err)) {
		app_alert(v->view.app, "while you type: %s", err.text);
		return;
	}
	struct str now = span_text(value_span(e->site.value));
	if (str_eq(now, e->seen))
		return;
	owned_buf struct buf text = { 0 };
	json_text_short(&text, e->site.value, VIEW_EDIT_SHORT);
	e->seen = arena_str(e->arena, now);
	app_alert(v->view.app, "meanwhile it was changed on disk: it is %s now", buf_text(&text));
}

bool view_edit_act(struct view_project *v, enum action action)
{
	switch (action) {
	case ACTION_CHANGE: return view_edit_change(v);
	case ACTION_ADD: return view_edit_add(v);
	case ACTION_UNSET: return view_edit_take_away(v, EDIT_REMOVE);
	case ACTION_UNCOVER: return view_edit_take_away(v, EDIT_UNCOVER);
	case ACTION_UNDO: return view_edit_undo(v, false);
	case ACTION_REDO: return view_edit_undo(v, true);
	default: return false;
	}
}
