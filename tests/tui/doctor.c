#include "tui/doctor.h"

#include "core/value/json.h"
#include "tests/core/os/scratch.h"
#include "tui/text.h"

static const char document[] =
	"{\"ok\":true,\"exit\":0,\"mortar\":\"1.2\",\"engines\":["
	"{\"name\":\"dockerd\",\"state\":\"ok\","
	"\"text\":\"20.10.24 at unix:///run/docker.sock, API 1.41: BuildKit and classic; "
	"as root\",\"answers\":true},"
	"{\"name\":\"podman\",\"state\":\"absent\",\"text\":\"no socket\","
	"\"remedy\":\"systemctl --user start podman.socket\"},"
	"{\"name\":\"a-name-beyond-all\",\"state\":\"problem\",\"text\":\"silent\"}],"
	"\"features\":[],\"later\":{\"name\":\"not a section\"}}";

static const char at_80[] =
	"mortar 1.2 can build here\n"
	"\n"
	"engines\n"
	"  ok  dockerd  20.10.24 at unix:///run/docker.sock, API 1.41: BuildKit and\n"
	"               classic; as root\n"
	"  --  podman   no socket\n"
	"               do: systemctl --user start podman.socket\n"
	"  !!  a-name-beyond-all\n"
	"               silent\n";

static const char at_40[] =
	"\x01mortar 1.2 can build here\n"
	"\n"
	"\x01" "engines\n"
	"  ok  dockerd  20.10.24 at\n"
	"               unix:///run/docker.sock,\n"
	"               API 1.41: BuildKit and\n"
	"               classic; as root\n"
	"  --  podman   no socket\n"
	"               do: systemctl --user\n"
	"                   start podman.socket\n"
	"  !!  a-name-beyond-all\n"
	"               silent\n";

static void test_doctor__wraps_at_words(void **state)
{
	struct scratch *s = *state;
	const struct value *v;
	assert_true(value_parse_json(s->arena, str_of(document), &v, &s->err));
	owned_buf struct buf wide = { 0 }, narrow = { 0 };
	doctor_write_text(&wide, v, 80, false);
	assert_string_equal(buf_text(&wide), at_80);
	doctor_write_text(&narrow, v, 40, true);
	assert_string_equal(buf_text(&narrow), at_40);
}

static void test_doctor__cuts_what_is_longer_than_a_line(void **state)
{
	struct scratch *s = *state;
	const struct value *v;
	owned_buf struct buf out = { 0 };
	const char *json = "{\"ok\":false,\"mortar\":\"1\",\"disk\":[{\"name\":\"x\","
	                   "\"state\":\"ok\","
	                   "\"text\":\"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                   "aaaaaaaaaaaaaaa\"}]}";
	assert_true(value_parse_json(s->arena, str_of(json), &v, &s->err));
	doctor_write_text(&out, v, 40, false);
	struct str rest = buf_str(&out), line;
	while (str_next(&rest, '\n', &line))
		assert_true(text_width(line) <= 40);
	assert_non_null(strstr(buf_text(&out), "mortar 1 cannot build here\n"));
}

/* ---- asked of a worker, which this program is as well ---- */

struct asked {
	struct loop *loop;
	struct buf text, json;
	struct error err;
	int times;
};

static void asked_done(void *data, const struct value *v, const struct error *err)
{
	struct asked *a = data;
	a->times++;
	loop_stop(a->loop);
	if (err)
		a->err = *err;
	if (!v)
		return;
	value_write_json(&a->json, v, JSON_LINE);
	doctor_write_text(&a->text, v, 80, false);
}

static void asked_run(struct scratch *s, struct asked *a, const struct term_facts *term)
{
	a->loop = loop_new();
	a->times = 0;
	buf_clear(&a->text);
	buf_clear(&a->json);
	struct doctor_request *q = doctor_start(a->loop, "buildah", term, asked_done, a, &s->err);
	assert_non_null(q);
	assert_true(loop_run(a->loop, &s->err));
	assert_int_equal(a->times, 1);
	doctor_request_free(q);
	loop_free(a->loop);
}

static void asked_has(const struct asked *a, const char *text)
{
	if (!strstr(a->text.p, text))
		fail_msg("no '%s' in\n%s", text, a->text.p);
}

static void test_doctor__adds_the_terminal(void **state)
{
	struct scratch *s = *state;
	struct asked a = { 0 };
	struct term_facts t = { .name = "xterm-256color", .is_terminal = true, .is_known = true,
	                        .can_place = true, .has_alternate = true, .can_define = true,
	                        .colours = 256, .used = 256, .rows = 24, .cols = 80 };
	setenv("XDG_STATE_HOME", s->dir, 1);
	asked_run(s, &a, &t);
	asked_has(&a, "\nterminal\n");
	asked_has(&a, "xterm-256color\n");
	asked_has(&a, "80 columns, 24 rows\n");
	asked_has(&a, "256 of 256 in terminfo; its palette can be changed");
	t.defines = true;
	asked_run(s, &a, &t);
	asked_has(&a, "256 of 256 in terminfo; the theme's own are defined");
	t.no_color = true;
	t.used = 0;
	asked_run(s, &a, &t);
	asked_has(&a, "none: NO_COLOR is set\n");
	t = (struct term_facts){ .name = "dumb", .is_known = true, .colours = -1 };
	asked_run(s, &a, &t);
	asked_has(&a, "'dumb' cannot place its cursor");
	asked_has(&a, "stdout is no terminal");
	asked_has(&a, "none: terminfo has none for this terminal");
	t = (struct term_facts){ .name = "mortar-odd\x1b[" };
	asked_run(s, &a, &t);
	asked_has(&a, "'mortar-odd\\x1b[' is not known here");
	t = (struct term_facts){ 0 };
	asked_run(s, &a, &t);
	asked_has(&a, "not set, so nothing is known of the terminal");
	buf_finish(&a.text);
	buf_finish(&a.json);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_doctor__wraps_at_words),
		SCRATCH_TEST(test_doctor__cuts_what_is_longer_than_a_line),
		SCRATCH_TEST(test_doctor__adds_the_terminal),
	};
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
