#ifndef TESTS_TUI_SCENES_H
#define TESTS_TUI_SCENES_H

/* Every view, popup and line of the screen, each reached by keys from a workbench that has
 * a project and some builds: for tests about all of them. */
#include "core/job/request.h"
#include "tests/tui/journals.h"
#include "tui/app_inside.h"
#include "tui/view_history.h"
#include "tui/view_project.h"

#define SCENE_ODD "tests/fixtures/projects/odd"
#define SCENE_RTL "tests/fixtures/projects/rtl"
#define SCENE_SHIP "docs/examples/ship-detector"
#define SCENE_STAGES "tests/fixtures/projects/stages"

static const struct scene {
	const char *name;
	const char *project;
	const char *keys;               /* from the project view; at a | all that is read in
	                                 * slices is waited for, at a ~ at the end what shows
	                                 * when nothing more is typed */
} scenes[] = {
	{ "tree", SCENE_SHIP, "" },
	{ "tree-folded", SCENE_SHIP, "zM" },
	{ "merged", SCENE_SHIP, "p<Space>j<Space><Enter>]f<Tab>jjjjj" },
	{ "merged-wide", SCENE_ODD, "]f]f]f]f]f]f<Tab>jj" },
	{ "dockerfile", SCENE_SHIP, "<BackTab>jjjj" },
	{ "dockerfile-zoomed", SCENE_ODD, "<BackTab>OG" },
	{ "broken", SCENE_ODD, "p<Space><Enter>]d" },
	{ "picker", SCENE_SHIP, "pj<Space>" },
	{ "levels", SCENE_SHIP, "B2" },
	{ "origins", SCENE_SHIP, "p<Space>j<Space><Enter>]f<Tab>/SHIP_WORKERS<Enter>o" },
	{ "prompt", SCENE_SHIP, "/漢字kanji" },
	{ "pending", SCENE_SHIP, "12z" },
	{ "edit-line", SCENE_ODD, "]f]f]f]f]f]f<Tab>jc" },
	{ "edit-add", SCENE_ODD, "]f]f]f]f]f]f<Tab>ja漢字: kanji" },
	{ "edit-menu", SCENE_SHIP,
	  "p<Space>j<Space><Enter>]f<Tab>/SHIP_WORKERS<Enter>c<C-u>漢字<Enter>" },
	{ "message", SCENE_SHIP, "Z" },
	{ "which-key", SCENE_SHIP, "g~" },
	{ "which-count", SCENE_SHIP, "Hjj<Enter>12~" },
	{ "palette", SCENE_SHIP, ":" },
	{ "palette-typed", SCENE_ODD, ":漢字" },
	{ "palette-nothing", SCENE_SHIP, ":zzzzqx" },
	{ "panes-moved", SCENE_SHIP, "9><Tab>15<lt>" },
	{ "panes-synced", SCENE_SHIP, "p<Space>j<Space><Enter>gs<Tab>]f/SHIP_WORKERS<Enter>" },
	{ "marked", SCENE_SHIP, "jjma" },
	{ "help", SCENE_SHIP, "?jj" },
	{ "help-filtered", SCENE_SHIP, "?/origin<Enter>" },
	{ "history", SCENE_SHIP, "Hj" },
	{ "history-groups", SCENE_SHIP, "H>gcs" },
	{ "history-marks", SCENE_SHIP, "Hj<Space><Space>" },
	{ "history-nothing", SCENE_SHIP, "H&nothing like this<Enter>" },
	{ "delete", SCENE_SHIP, "Hjdd" },
	{ "build", SCENE_SHIP, "Hjj<Enter>" },
	{ "build-log", SCENE_SHIP, "Hjj<Enter><Tab>gg" },
	{ "build-all", SCENE_SHIP, "Hjj<Enter>awO<Tab>" },
	{ "build-filter", SCENE_SHIP, "Hjj<Enter>1&num<Enter>|" },
	{ "build-done", SCENE_SHIP, "Hjjj<Enter>/python<Enter>" },
	{ "build-lost", SCENE_SHIP, "Hj<Enter>" },
	{ "retry", SCENE_SHIP, "Hjj<Enter>R" },
	{ "build-wide", SCENE_SHIP, "H<Enter><Tab>" },
	{ "replay", SCENE_SHIP, "Hjjjv.]t]t]t]t" },
	{ "diff-menu", SCENE_SHIP, "p<Space><Enter>dj" },
	{ "diff", SCENE_SHIP, "p<Space>j<Space><Enter>dk<Enter>]c]c]c" },
	{ "diff-dockerfile", SCENE_SHIP, "p<Space><Enter>d<Enter><Tab>]c" },
	{ "diff-odd", SCENE_ODD, "p<Space><Enter>dk<Enter>G" },
	{ "messages", SCENE_SHIP, "Zwz<Enter>]d/nowhere<Enter>gm" },
	{ "compare", SCENE_SHIP, "HjC" },
	{ "matrix", SCENE_SHIP, "M|<Space>p<Space>j<Space><Enter>|" },
	{ "matrix-build", SCENE_SHIP, "M|<Space><Space>B" },
	{ "matrix-wrong", SCENE_ODD, "M|jj" },
	{ "tree-rtl", SCENE_RTL, "jjjj" },
	{ "merged-rtl", SCENE_RTL, "]f]f]f]f]f]f<Tab>O/\u0641<Enter>" },
	{ "edit-rtl", SCENE_RTL, "]f]f]f]f]f]f<Tab>ja\u05d0\u05d1\u05d2 12: \u062f" },
	{ "palette-rtl", SCENE_RTL, ":\u05e2\u05d1\u05e8" },
	{ "build-rtl", SCENE_SHIP, "HG<Enter><Tab>" },
	{ "history-rtl", SCENE_SHIP, "H&\u05e9\u05dc\u05d5\u05dd<Enter>" },
	{ "history-filtering", SCENE_SHIP, "H&result:failed time:>2s" },
	{ "build-watched", SCENE_SHIP, "HGk<Enter>" },
	{ "build-count", SCENE_SHIP, "Hjj<Enter><Tab>12" },
	{ "build-why", SCENE_SHIP, "Hjj<Enter>i" },
	{ "build-new", SCENE_SHIP, "Hjj<Enter>|]n" },
	{ "project-why", SCENE_SHIP, "<BackTab>/pip -V<Enter>i" },
	{ "help-runs", SCENE_SHIP, "H?/pin<Enter>jj" },
	{ "disk", SCENE_SHIP, "gu" },
	{ "image", SCENE_STAGES, "" },
	{ "image-values", SCENE_STAGES, "/LABEL<Enter>gv" },
	{ "image-level", SCENE_STAGES, "/RUN pip<Enter>LB" },
	{ "image-stages", SCENE_STAGES, "/LABEL<Enter>gS" },
	{ "image-step", SCENE_STAGES, "/LABEL<Enter>i" },
};
enum { SCENES = sizeof scenes / sizeof *scenes };

static inline void scene_wide(struct journal_maker *m)
{
	journal_event(m, 0, EVENT_BUILD_START, -1, "{'project':'漢字 プロジェクト',"
		"'profiles':['é','👩‍💻'],'level':'all','engine':'buildkit','image':'図書館/ship:1.0',"
		"'groups':['零 ベース'],"
		"'steps':[{'index':0,'name':'RUN echo 日本語のとても長いコマンド 👩‍💻 ❤️ e\\u0301',"
		"'group':0,'line':1}]}");
	journal_event(m, 1, EVENT_STEP_START, 0, "");
	for (int i = 0; i < 12; i++)
		journal_say(m, 2, 0, "日本語のログの行 👩‍💻👍🏽 ❤️ e\u0301\u0302 nai\u0308ve 한국어 \xff"
		            "\x1b[31m赤\x1b[0m ｆｕｌｌ\n"
		            "x日本語のログの行 がくがく 👩‍💻👍🏽 ❤️ e\u0301\u0302 nai\u0308ve 한국어\n");
	journal_event(m, 3, EVENT_STEP_DONE, 0, "{'ok':false,'reason':'漢字の理由'}");
	journal_event(m, 4, EVENT_BUILD_DONE, -1, "{'ok':false,"
		"'error':'失敗しました: 漢字の理由がとても長いので行が切れます'}");
}

/* One that mortar read from another program's output: its steps come as they are told. */
static inline void scene_watched(struct journal_maker *m)
{
	journal_event(m, 0, EVENT_BUILD_START, -1, "{'project':'dir','engine':'watch',"
		"'engine_version':'docker buildx rawjson','level':'','image':'dir:1','steps':[]}");
	journal_event(m, 1, EVENT_STEP_ADD, 0, "{'name':'FROM debian:12','stage':'one'}");
	journal_event(m, 1, EVENT_STEP_DONE, 0, "{'ok':true,'cached':true,'seconds':0}");
	journal_event(m, 2, EVENT_STEP_ADD, 1, "{'name':'RUN make','stage':'one'}");
	journal_event(m, 2, EVENT_STEP_START, 1, "");
	journal_say(m, 3, 1, "cc -o a a.c\nwarning: a is no name\n");
	journal_event(m, 4, EVENT_STEP_DONE, 1, "{'ok':true,'seconds':2}");
	journal_event(m, 5, EVENT_BUILD_DONE, -1, "{'ok':true,'seconds':5,'image':'dir:1'}");
}

static inline void scene_rtl(struct journal_maker *m)
{
	journal_event(m, 0, EVENT_BUILD_START, -1, "{'project':'שלום עולם',"
		"'profiles':['ייצור','إنتاج'],'level':'all','engine':'buildkit','image':'x:1.0',"
		"'groups':['בסיס'],"
		"'steps':[{'index':0,'name':'RUN echo שלום 123 > קובץ.txt','group':0,'line':1}]}");
	journal_event(m, 1, EVENT_STEP_START, 0, "");
	journal_say(m, 2, 0, "מעתיק 3 קבצים אל /opt\nتم نسخ 12 ملفا إلى /opt\n"
		"error: קובץ לא נמצא: src/שלום.c:42\nmixed \u200fאבג\u200e abc\n");
	journal_event(m, 3, EVENT_STEP_DONE, 0, "{'ok':false,'reason':'אין קובץ'}");
	journal_event(m, 4, EVENT_BUILD_DONE, -1, "{'ok':false,'error':'הבנייה נכשלה: אין קובץ'}");
}

/* So that it can be built again. */
static inline void scene_request(const struct journal_maker *m)
{
	owned_buf struct buf text = { 0 };
	struct request r = { .id = "20260102-030405-0002", .argument = "/nowhere", .kind = "pesto",
	                     .engine = "auto", .selection.level = "C2" };
	request_write(&text, &r);
	const char *path = arena_printf(m->s->arena, "%s/request.json", m->dir);
	assert_true(save_file(path, buf_str(&text), 0600, &m->s->err));
}

static inline void scene_builds(struct scratch *s)
{
	struct journal_maker rtl = journal_begin(s, "20260102-030404-0001");
	scene_rtl(&rtl);
	journal_end(&rtl);
	struct journal_maker watched = journal_begin(s, "20260102-030404-0002");
	scene_watched(&watched);
	journal_end(&watched);
	struct journal_maker built = journal_begin(s, "20260102-030405-0001");
	journal_started(&built);
	journal_built(&built);
	journal_end(&built);
	struct journal_maker failed = journal_begin(s, "20260102-030405-0002");
	journal_started(&failed);
	journal_failed(&failed);
	scene_request(&failed);
	journal_end(&failed);
	struct journal_maker lost = journal_begin(s, "20260102-030405-0003");
	journal_started(&lost);
	journal_end(&lost);
	struct journal_maker wide = journal_begin(s, "20260102-030405-0004");
	scene_wide(&wide);
	journal_end(&wide);
}

struct scene_shown {
	struct screen screen;
	struct project *project;
};

/* The locale is the caller's. */
static inline struct scene_shown scene_open(struct scratch *s, const struct scene *scene, int rows,
                                            int cols)
{
	const char *operands[] = { scene->project, NULL };
	struct args args = { .operands = operands, .noperands = 1 };
	struct scene_shown shown = { .screen.loop = loop_new() };
	shown.project = project_open(&args, 0, &s->err);
	if (!shown.project)
		fail_msg("%s", s->err.text);
	project_read(shown.project);
	shown.screen.app = app_new(shown.screen.loop, shown.project, rows, cols);
	app_push(shown.screen.app, view_project_new(shown.project));
	app_draw(shown.screen.app);
	struct str keys = str_of(scene->keys), part;
	bool waits = str_has_suffix(keys, STR("~"));
	keys.n -= waits;
	while (str_next(&keys, '|', &part)) {
		screen_keys(&shown.screen, arena_text(s->arena, part));
		for (int i = 0; keys.p && i < 100; i++)
			screen_turn(&shown.screen);
	}
	for (int i = 0; waits && !shown.screen.app->hinting && i < 600; i++)
		assert_true(loop_turn(shown.screen.loop, 100, &s->err));
	return shown;
}

static inline void scene_close(struct scene_shown *shown)
{
	app_free(shown->screen.app);
	loop_free(shown->screen.loop);
	project_free(shown->project);
}

/* State and cache of the user are left alone. */
static inline int scene_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	static const char *const places[] = {
		"XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME",
	};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		setenv(places[i], s->dir, 1);
	setenv("TZ", "UTC", 1);
	scene_builds(s);
	return failed || !setlocale(LC_ALL, "C.UTF-8");
}

#endif
