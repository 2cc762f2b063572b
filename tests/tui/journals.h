#ifndef TESTS_TUI_JOURNALS_H
#define TESTS_TUI_JOURNALS_H

/* Builds for the screen to show, written as a job writes them but with a clock of the
 * test's, and the screen without a terminal on them. */
#include <locale.h>

#include "core/journal/journal.h"
#include "core/value/json.h"
#include "tests/core/os/scratch.h"
#include "tests/fake/screen.h"
#include "tests/fake/term_fake.h"
#include "tui/app.h"
#include "tui/view_build.h"

/* A second of 2026-01-02: shown in local time, so tests set TZ. */
#define JOURNAL_T 1767323045.0

struct journal_maker {
	struct scratch *s;
	const char *dir;
	struct journal_writer *writer;  /* NULL once the job is gone */
};

static inline struct journal_maker journal_begin(struct scratch *s, const char *id)
{
	setenv("XDG_STATE_HOME", s->dir, 1);
	setenv("TZ", "UTC", 1);
	const char *builds = save_state_dir("builds", &s->err);
	assert_non_null(builds);
	struct journal_maker m = { .s = s, .dir = arena_printf(s->arena, "%s/%s", builds, id) };
	assert_true(save_dir(m.dir, 0700, &s->err));
	m.writer = journal_create(m.dir, 0, &s->err);
	assert_non_null(m.writer);
	return m;
}

/* fields: a JSON object, with ' for ". */
static inline void journal_event(struct journal_maker *m, double at, enum event_kind kind,
                                 int step, const char *fields)
{
	char *text = arena_text(m->s->arena, str_of(fields));
	const struct value *value = NULL;
	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	if (*text && !value_parse_json(m->s->arena, str_of(text), &value, &m->s->err))
		fail_msg("%s: %s", text, m->s->err.text);
	assert_true(journal_append(m->writer, JOURNAL_T + at, kind, step, value, &m->s->err));
}

static inline void journal_say(struct journal_maker *m, double at, int step, const char *text)
{
	assert_true(journal_append_log(m->writer, JOURNAL_T + at, step, 1, str_of(text), &m->s->err));
}

static inline void journal_started(struct journal_maker *m)
{
	journal_event(m, 0, EVENT_BUILD_START, -1,
		"{'format':1,'id':'20260102-030405-abcd','project':'ship','kind':'pesto',"
		"'profiles':['gpu','stateful'],'level':'C2','engine':'buildkit',"
		"'engine_version':'dockerd 20.10.24','image':'ship-detector:1.0','root':'/r',"
		"'groups':['0 base','1 pip'],'steps':["
		"{'index':0,'name':'fetch facts','task':'fetch'},"
		"{'index':1,'name':'FROM debian:12','group':0,'line':1},"
		"{'index':2,'name':'ENV A=1','group':0,'line':2,'meta':true,"
		"'origin':'pesto/api/config.json:3'},"
		"{'index':3,'name':'RUN apt-get install -y python3','group':0,'line':3,"
		"'origin':'build.p2.json:7'},"
		"{'index':4,'name':'COPY requirements.txt .','group':1,'line':4},"
		"{'index':5,'name':'RUN pip install -r requirements.txt','group':1,'line':5}]}");
	journal_event(m, 0.1, EVENT_STEP_START, 0, "");
	journal_event(m, 0.2, EVENT_STEP_DONE, 0, "{'ok':true,'seconds':0.1}");
	journal_event(m, 1, EVENT_STEP_DONE, 1, "{'ok':true,'cached':true,'seconds':0}");
	journal_event(m, 1, EVENT_STEP_START, 3, "");
	journal_say(m, 1.5, 3, "Reading package lists...\nW: no default route\n");
	journal_say(m, 2.5, 3, "Setting up python3 (3.11)\n");
	journal_event(m, 3, EVENT_STEP_DONE, 3, "{'ok':true,'seconds':2.0}");
	journal_event(m, 3, EVENT_STEP_DONE, 4, "{'ok':true,'seconds':0.2}");
	journal_event(m, 4, EVENT_STEP_START, 5, "");
	journal_say(m, 4.5, 5, "Collecting numpy\n  Downloading numpy-2.0.whl (19.2 MB)\n");
}

static inline void journal_failed(struct journal_maker *m)
{
	journal_say(m, 6, 5, "ERROR: No matching distribution found for numpi\n");
	journal_event(m, 7, EVENT_STEP_DONE, 5, "{'ok':false,'seconds':3.0,'reason':'exit code: 1'}");
	journal_event(m, 7.5, EVENT_BUILD_DONE, -1, "{'ok':false,'seconds':7.5,'exit':1,"
		"'error':'RUN pip install -r requirements.txt: exit code 1'}");
}

static inline void journal_built(struct journal_maker *m)
{
	journal_say(m, 6, 5, "Successfully installed numpy-2.0\n");
	journal_event(m, 7, EVENT_STEP_DONE, 5, "{'ok':true,'seconds':3.0}");
	journal_event(m, 7.5, EVENT_BUILD_DONE, -1, "{'ok':true,'seconds':7.5,"
		"'image':'ship-detector:1.0','image_id':'sha256:0123456789abcdef0123','exit':0}");
}

/* The job lets go of its lock, at its end or in the middle. */
static inline void journal_end(struct journal_maker *m)
{
	journal_writer_free(m->writer);
	m->writer = NULL;
}

/* ---- the screen ---- */

struct screen {
	struct loop *loop;
	struct app *app;
};

static inline struct screen screen_of(int rows, int cols)
{
	struct screen screen = { .loop = loop_new() };
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	screen.app = app_new(screen.loop, NULL, rows, cols);
	return screen;
}

static inline void screen_finish(struct screen *screen)
{
	app_free(screen->app);
	loop_free(screen->loop);
	setlocale(LC_CTYPE, "C");
}

static inline void screen_turn(struct screen *screen)
{
	struct error err;
	assert_true(loop_turn(screen->loop, 0, &err));
}

static inline struct screen screen_on(struct journal_maker *m, int rows, int cols)
{
	struct screen screen = screen_of(rows, cols);
	struct view *view = view_build_new(screen.loop, m->dir, &m->s->err);
	assert_non_null(view);
	app_push(screen.app, view);
	app_draw(screen.app);
	return screen;
}

/* Keys in the notation of keymap.def, drawn after each as the loop does. */
static inline void screen_keys(struct screen *screen, const char *keys)
{
	for (struct str rest = str_of(keys); rest.n; ) {
		app_key(screen->app, keymap_parse(&rest));
		app_draw(screen->app);
	}
}

static inline const char *screen_text(struct scratch *s, struct screen *screen)
{
	owned_buf struct buf text = { 0 };
	term_fake_text(app_draw(screen->app), &text);
	return arena_text(s->arena, buf_str(&text));
}

static inline void screen_shows(struct scratch *s, struct screen *screen, const char *part)
{
	const char *text = screen_text(s, screen);
	if (!strstr(text, part))
		fail_msg("'%s' is not on the screen:\n%s", part, text);
}

static inline void screen_lacks(struct scratch *s, struct screen *screen, const char *part)
{
	const char *text = screen_text(s, screen);
	if (strstr(text, part))
		fail_msg("'%s' is on the screen:\n%s", part, text);
}

/* Against tests/fixtures/screens/NAME.txt. */
static inline void screen_is(struct scratch *s, struct screen *screen, const char *name)
{
	screen_expect(name, str_of(screen_text(s, screen)));
}

#endif
