#include "core/engine/watched.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/watched_inside.h"

static const struct { const char *name, *speaker; } watched_forms[] = {
	[WATCHED_AUTO] = { "auto", NULL },
	[WATCHED_RAWJSON] = { "rawjson", "docker buildx rawjson" },
	[WATCHED_PLAIN] = { "plain", "docker buildx plain" },
	[WATCHED_CLASSIC] = { "classic", "classic builder" },
	[WATCHED_BUILDAH] = { "buildah", "buildah or podman" },
	[WATCHED_COMPOSE] = { "compose", "docker-compose" },
	[WATCHED_STREAM] = { "stream", "docker API stream" },
};

const char *watched_form_name(enum watched_form form)
{
	return watched_forms[form].name;
}

const char *watched_form_speaker(enum watched_form form)
{
	return watched_forms[form].speaker;
}

bool watched_form_find(const char *name, enum watched_form *ret_form)
{
	*ret_form = WATCHED_AUTO;
	for (size_t i = 0; name && i < sizeof watched_forms / sizeof *watched_forms; i++) {
		if (strcmp(watched_forms[i].name, name) != 0)
			continue;
		*ret_form = (enum watched_form)i;
		return true;
	}
	return !name;
}

struct watched *watched_new(enum watched_form form, const struct engine_sink *sink)
{
	struct watched *w = xcalloc(1, sizeof *w);
	w->sink = sink;
	w->form = form;
	w->asked = form != WATCHED_AUTO;
	w->arena = arena_new();
	w->inner = watched_steps_sink(w);
	w->section = 1;
	return w;
}

void watched_free(struct watched *w)
{
	if (!w)
		return;
	decoder_free(w->decoder);
	linewise_finish(&w->lines);
	map_finish(&w->steps);
	map_finish(&w->stages);
	buf_finish(&w->said);
	arena_free(w->arena);
	free(w);
}

enum watched_form watched_form(const struct watched *w)
{
	return w->form;
}

bool watched_is_drawn(const struct watched *w)
{
	return w->drawn;
}

/* ---- recognition ---- */

/* "1/16 : ARG B" for " : ", "1/6: FROM x" for ": ". */
static bool watched_is_first_of(struct str text, struct str end)
{
	unsigned long long total;
	size_t at = str_find_str(text, end);
	return str_has_prefix(text, STR("1/")) && at != STR_NONE &&
	       str_number(str_slice(text, 2, at - 2), 1000000, &total) && total;
}

/* "STEP 1/6: FROM x", "[1/3] STEP 1/6: FROM x" */
static bool watched_begins_buildah(struct str text)
{
	size_t close = str_find_str(text, STR("] "));
	if (str_has_prefix(text, STR("[1/")) && close != STR_NONE)
		text = str_slice(text, close + 2, text.n);
	return str_has_prefix(text, STR("STEP ")) &&
	       watched_is_first_of(str_slice(text, 5, text.n), STR(": "));
}

static bool watched_begins_classic(struct str text)
{
	return str_has_prefix(text, STR("Step ")) &&
	       watched_is_first_of(str_slice(text, 5, text.n), STR(" : "));
}

static bool watched_is_plain(struct str text)
{
	static const char *const heads[] = { "[", "building with ", "resolve image config ",
	                                     "importing cache ", "transferring ", "exporting ",
	                                     "sha256:", "DONE ", "CACHED", "docker-image://" };
	unsigned long long number;
	size_t blank = str_find(text, ' ');
	if (!str_has_prefix(text, STR("#")) || blank == STR_NONE ||
	    !str_number(str_slice(text, 1, blank - 1), 100000, &number))
		return false;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (str_has_prefix(str_slice(text, blank + 1, text.n), str_of(heads[i])))
			return true;
	return false;
}

static bool watched_has_head(struct str text, const char *const *heads)
{
	for (; *heads; heads++)
		if (str_has_prefix(text, str_of(*heads)))
			return true;
	return false;
}

/* WATCHED_AUTO: the line tells nothing. */
static enum watched_form watched_recognise(struct str text)
{
	static const char *const rawjson[] = { "{\"vertexes\":", "{\"statuses\":", "{\"logs\":",
	                                       "{\"warnings\":", NULL };
	/* What may come before these tells nothing of the builder. */
	static const char *const stream[] = { "{\"stream\":\"Step ", "{\"stream\":\"STEP ",
	                                      "{\"stream\":\"[1/", "{\"errorDetail\":",
	                                      "{\"id\":\"moby.", NULL };
	if (watched_has_head(text, rawjson))
		return WATCHED_RAWJSON;
	if (watched_has_head(text, stream))
		return WATCHED_STREAM;
	if (watched_is_plain(text))
		return WATCHED_PLAIN;
	if (watched_begins_classic(text))
		return WATCHED_CLASSIC;
	return watched_begins_buildah(text) ? WATCHED_BUILDAH : WATCHED_AUTO;
}

static void watched_open(struct watched *w, enum watched_form form, struct str first)
{
	bool trace = str_has_prefix(first, STR("{\"id\":\"moby."));
	bool podman = str_has_prefix(first, STR("{\"stream\":\"STEP ")) ||
	              str_has_prefix(first, STR("{\"stream\":\"["));
	w->section_form = form == WATCHED_STREAM && trace ? WATCHED_RAWJSON : form;
	if (form == WATCHED_RAWJSON || trace)
		w->decoder = decoder_trace_new(NULL, &w->inner);
	else if (form == WATCHED_PLAIN)
		w->decoder = decoder_plain_new(NULL, &w->inner);
	else if (form == WATCHED_CLASSIC)
		w->decoder = decoder_classic_text_new(NULL, &w->inner);
	else if (form == WATCHED_BUILDAH)
		w->decoder = decoder_buildah_new(NULL, &w->inner);
	else if (podman)
		w->decoder = decoder_podman_new(NULL, &w->inner);
	else
		w->decoder = decoder_classic_new(NULL, &w->inner);
	if (w->form == WATCHED_AUTO)
		w->form = w->service.n ? WATCHED_COMPOSE : form;
}

/* "Building web": what docker-compose says before each build. */
static struct str watched_service(struct str text)
{
	struct str name = str_slice(text, 9, text.n);
	bool plain = str_has_prefix(text, STR("Building ")) && name.n;
	for (size_t i = 0; i < name.n; i++)
		plain = plain && (unsigned char)name.p[i] > ' ' && name.p[i] != '/' && name.p[i] != ':';
	return plain ? name : (struct str){ 0 };
}

/* Whether the line may be the first of another build's. */
static bool watched_rests(const struct watched *w)
{
	if (w->section_form == WATCHED_PLAIN)
		return watched_is_complete(w) || w->failed_error.n;
	return w->section_form != WATCHED_RAWJSON && w->decoder->result.ended;
}

static bool watched_begins_another(const struct watched *w, struct str text)
{
	if (!w->decoder || !watched_rests(w) || w->section_form == WATCHED_STREAM)
		return false;
	if ((w->form == WATCHED_COMPOSE || !w->asked) && watched_service(text).n)
		return w->form == WATCHED_COMPOSE;
	return watched_begins_classic(text) || watched_begins_buildah(text) ||
	       str_has_prefix(text, STR("#0 building with ")) ||
	       str_has_prefix(text, STR("#1 [internal] load build definition"));
}

/* A line that comes before anything was recognised in this section. */
static bool watched_start(struct watched *w, struct str text)
{
	struct str service = watched_service(text);
	enum watched_form asked = w->form == WATCHED_COMPOSE ? WATCHED_AUTO : w->form;
	enum watched_form seen = watched_recognise(text), form = asked ? asked : seen;
	if (form && (form != WATCHED_STREAM || seen == form)) {
		watched_open(w, form, text);
		return true;
	}
	if (service.n)
		w->service = arena_str(w->arena, service);
	else if (text.n && w->form == WATCHED_AUTO)
		w->service = (struct str){ 0 };
	return false;
}

/* ---- lines ---- */

/* Both its outputs come in one: what buildah says on stderr, as it says it. */
static int watched_buildah_stream(struct str line)
{
	static const char *const heads[] = { "time=\"", "Trying to pull ", "Copying ", "Resolving ",
	                                     "Getting image ", "Writing manifest ",
	                                     "Storing signatures", "Error: ", NULL };
	return watched_has_head(line, heads) ? 2 : 1;
}

static void watched_look_for_image(struct watched *w, struct str line)
{
	struct str text = STR("Successfully tagged "), json = STR("{\"stream\":\"Successfully tagged ");
	if (!w->decoder->result.ended && w->section_form != WATCHED_BUILDAH)
		return;
	if (str_has_prefix(line, text))
		watched_name_image(w, str_slice(line, text.n, line.n));
	if (!str_has_prefix(line, json))
		return;
	line = str_slice(line, json.n, line.n);
	watched_name_image(w, str_slice(line, 0, str_find(line, '\\')));
}

static void watched_decode(struct watched *w, struct str line)
{
	struct error err;
	bool is_json = w->section_form == WATCHED_RAWJSON || w->section_form == WATCHED_STREAM;
	int stream = w->section_form == WATCHED_BUILDAH ? watched_buildah_stream(line) : 1;
	if (is_json && !str_has_prefix(line, STR("{")))
		watched_own(w, line);
	else if (!decoder_feed_stream(w->decoder, stream, line, &err))
		watched_own(w, line);
	watched_look_for_image(w, line);
}

/* A picture moves the cursor, and its headline has no other form. */
static bool watched_is_picture(struct str line)
{
	return str_find_str(line, STR("[+] Building ")) != STR_NONE ||
	       (str_find_str(line, STR("\x1b[")) != STR_NONE &&
	        str_find_str(line, STR(" => [")) != STR_NONE);
}

static void watched_line(void *data, struct str line, bool begins)
{
	struct watched *w = data;
	struct str text = begins ? linewise_text(line) : (struct str){ 0 };
	if (watched_begins_another(w, text)) {
		watched_close(w);
		w->section++;
	}
	if (w->decoder || watched_start(w, text)) {
		watched_decode(w, line);
		return;
	}
	if (!w->drawn && watched_is_picture(text)) {
		w->drawn = true;
		if (w->sink->warning)
			w->sink->warning(w->sink->data, STR("this is what --progress=tty draws on a "
			                 "terminal: run the build with --progress=plain or rawjson"));
	}
	if (str_trim(line).n)
		watched_own(w, line);
}

void watched_feed(struct watched *w, struct str bytes)
{
	linewise_feed(&w->lines, bytes, watched_line, w);
}

struct str watched_project(struct str image)
{
	size_t slash = str_find_last(image, '/');
	image = slash == STR_NONE ? image : str_slice(image, slash + 1, image.n);
	image = str_slice(image, 0, str_find(image, '@'));
	return str_slice(image, 0, str_find(image, ':'));
}

void watched_end(struct watched *w, struct watched_result *ret_result)
{
	owned_buf struct buf names = { 0 };
	linewise_end(&w->lines, watched_line, w);
	struct str service = w->service;
	if (w->decoder || !w->nsections)
		watched_close(w);
	for (size_t i = 0; i < w->nimages; i++)
		buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(w->images[i]));
	w->result.image = arena_str(w->arena, buf_str(&names));
	w->result.project = w->nimages ? watched_project(w->images[0]) : service;
	w->result.image_id = w->image_id;
	w->result.ok = !w->failed;
	*ret_result = w->result;
}
