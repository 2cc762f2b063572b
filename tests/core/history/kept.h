#ifndef TESTS_CORE_HISTORY_KEPT_H
#define TESTS_CORE_HISTORY_KEPT_H

/* Builds as their folders keep them, written by hand. */
#include "core/history/fingerprint.h"
#include "core/history/forecast.h"
#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static inline int kept_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	return failed || setenv("XDG_STATE_HOME", s->dir, 1);
}

#define KEPT_TEST(f) cmocka_unit_test_setup_teardown(f, kept_setup, scratch_teardown)

static inline void kept_file(struct scratch *s, const char *dir, const char *name, const char *text)
{
	assert_true(save_file(arena_printf(s->arena, "%s/%s", dir, name), str_of(text), 0600, &s->err));
}

/* A step of a build: cached, or it took so long; NULL as name ends the list. */
struct kept_step {
	const char *name;
	double seconds;                 /* < 0: cached */
	const char *stage, *log;        /* NULL: none */
};

static inline void kept_quote(struct buf *out, const char *text)
{
	value_write_json_string(out, str_of(text ? text : ""), false);
}

/* id also says when: the last of two builds has the later one.  took: of the whole build;
 * level: of build.start. */
static inline const char *kept_build(struct scratch *s, const char *id, const char *level,
                                     double took, const struct kept_step *steps)
{
	owned_buf struct buf journal = { 0 }, log = { 0 };
	const char *dir = arena_printf(s->arena, "%s/%s", save_state_dir("builds", &s->err), id);
	double t = 1000.0 + 1000.0 * (id[strlen(id) - 1] - '0');
	assert_true(save_dir(dir, 0700, &s->err));
	buf_printf(&journal, "{\"t\":%.3f,\"ev\":\"build.start\",\"format\":1,\"id\":\"%s\","
	           "\"project\":\"p\",\"kind\":\"dockerfile\",\"profiles\":[],\"level\":\"%s\","
	           "\"engine\":\"buildkit\","
	           "\"engine_version\":\"dockerd 1\",\"engine_address\":\"unix:///d.sock\",\"image\":"
	           "\"p:1\",\"root\":\"/r\",\"steps\":[", t, id, level);
	for (size_t i = 0; steps[i].name; i++) {
		buf_printf(&journal, "%s{\"index\":%zu,\"name\":", i ? "," : "", i);
		kept_quote(&journal, steps[i].name);
		buf_append_text(&journal, ",\"stage\":");
		kept_quote(&journal, steps[i].stage);
		buf_printf(&journal, "%s}", strncmp(steps[i].name, "ENV ", 4) ? "" : ",\"meta\":true");
	}
	buf_append_text(&journal, "]}\n");
	for (size_t i = 0; steps[i].name; i++) {
		size_t n = steps[i].log ? strlen(steps[i].log) : 0;
		buf_printf(&journal, "{\"t\":%.3f,\"ev\":\"step.start\",\"step\":%zu}\n", t, i);
		if (n)
			buf_printf(&journal, "{\"t\":%.3f,\"ev\":\"log\",\"step\":%zu,\"stream\":1,"
			           "\"offset\":%zu,\"length\":%zu}\n", t, i, log.n, n);
		buf_append_text(&log, steps[i].log ? steps[i].log : "");
		buf_printf(&journal, "{\"t\":%.3f,\"ev\":\"step.done\",\"step\":%zu,\"ok\":true,"
		           "\"cached\":%s,\"seconds\":%.3f}\n", t, i,
		           steps[i].seconds < 0 ? "true" : "false",
		           steps[i].seconds < 0 ? 0.0 : steps[i].seconds);
	}
	buf_printf(&journal, "{\"t\":%.3f,\"ev\":\"build.done\",\"ok\":true,\"image_id\":\"sha256:%s\","
	           "\"exit\":0}\n", t + took, id);
	kept_file(s, dir, "journal", buf_text(&journal));
	kept_file(s, dir, "log", log.n ? buf_text(&log) : "");
	return dir;
}

static inline void kept_fingerprints(struct scratch *s, const char *dir,
                                     const struct fingerprints *f)
{
	owned_buf struct buf text = { 0 };
	fingerprints_write(&text, f);
	kept_file(s, dir, "fingerprints", buf_text(&text));
}

static inline void kept_forecast(struct scratch *s, const char *dir, const struct forecast *f)
{
	owned_buf struct buf text = { 0 };
	value_write_json(&text, forecast_value(s->arena, f), JSON_FILE);
	kept_file(s, dir, "forecast.json", buf_text(&text));
}

#define KEPT_DIGEST_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEPT_DIGEST_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

#endif
