/* Containers on a dockerd that says what the test wants and fails where it wants. */
#include "tests/core/engine/run_bench.h"

/* ---- the way of a container ---- */

static void test_docker_run__from_making_to_removal(void **state)
{
	static const char *const env[] = { "A=1", "B=x y\"", NULL }, *const argv[] = { "sh", NULL };
	struct bench *b = *state;
	struct pair label = { STR("mortar.build"), STR("b1") };
	b->task.env = env;
	b->task.argv = argv;
	b->task.labels = &label;
	b->task.nlabels = 1;
	bench_end(b, 1);
	bench_go(b);
	assert_true(b->result.ok);
	assert_string_equal(buf_text(&b->phases), "created running exited removed");
	assert_string_equal(buf_text(&b->out[1]), "one\nthree");
	assert_string_equal(buf_text(&b->out[2]), "two\n");
	assert_int_equal(b->last.exit_code, 7);
	assert_true(b->last.started > 0 && b->last.ended >= b->last.started);
	assert_int_equal(b->warnings.n, 0);
	/* Who listens before it starts misses nothing. */
	assert_true(bench_find(b, ATTACH) < bench_find(b, START));
	assert_true(bench_find(b, START) < bench_find(b, DELETE));
	struct str body = server_request(b->server, bench_find(b, CREATE));
	static const char *const parts[] = {
		"\"Image\":\"sha256:abc\"", "\"Cmd\":[\"sh\"]", "\"Env\":[\"A=1\",\"B=x y\\\"\"]",
		"\"mortar.build\":\"b1\"", "\"mortar.run\":\"", "\"ExposedPorts\":{\"8080/tcp\":{}}",
		"\"PortBindings\":{\"8080/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"\"}]}",
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_find_str(body, str_of(parts[i])) == STR_NONE)
			fail_msg("no %s in %.*s", parts[i], STR_ARG(body));
	owned_buf struct buf own = { 0 };
	process_append_name(&own);
	assert_true(str_find_str(body, buf_str(&own)) != STR_NONE);
}

static void test_docker_run__publishes_what_is_asked_for(void **state)
{
	static const struct {
		const char *network, *port, *part;
		bool is_there;
	} table[] = {
		{ NULL, "18080:8080", "\"HostIp\":\"127.0.0.1\",\"HostPort\":\"18080\"", true },
		{ NULL, "0.0.0.0::90/udp", "\"90/udp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"\"", true },
		{ NULL, "90", "\"8080/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"\"}]", true },
		{ "host", "90", "PortBindings", false }, { "none", "90", "PortBindings", false },
		{ "host", "90", "\"NetworkMode\":\"host\"", true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		struct run_port port;
		struct error err = { 0 };
		bench_setup(&own);
		struct bench *b = own;
		assert_true(run_port_parse(b->arena, str_of(table[i].port), &port, &err));
		b->task.network = table[i].network;
		b->task.ports = &port;
		b->task.nports = 1;
		bench_end(b, 100);
		bench_go(b);
		struct str body = server_request(b->server, bench_find(b, CREATE));
		if ((str_find_str(body, str_of(table[i].part)) != STR_NONE) != table[i].is_there)
			fail_msg("%s: %.*s", table[i].part, STR_ARG(body));
		bench_teardown(&own);
	}
}

static void at_exit_end(struct bench *b)
{
	bench_on(b, INSPECT, 200, ENDED);
}

static void test_docker_run__tells_health_and_addresses(void **state)
{
	static const char sick[] =
		"{'State':{'Running':true,'Health':{'Status':'unhealthy','FailingStreak':2,"
		"'Log':[{'ExitCode':0,'Output':'fine'},{'ExitCode':3,'Output':'bad\\n'}]}}," PORTS "}";
	struct bench *b = *state;
	bench_on(b, INSPECT, 200, sick);
	b->at = at_exit_end;
	b->at_phase = RUN_RUNNING;
	b->at_health = RUN_HEALTH_UNHEALTHY;
	bench_go(b);
	assert_true(b->result.ok);
	assert_string_equal(buf_text(&b->phases), "created running exited removed");
	assert_int_equal(b->last.nports, 1);
	assert_int_equal(b->last.ports->number, 49153);
	assert_true(str_eq(b->last.ports->port, STR("8080/tcp")));
	assert_int_equal(b->last.health, RUN_HEALTH_UNHEALTHY);
	/* Its output has not ended, though the container has: that is not waited for. */
	assert_true(bench_was_asked(b, DELETE));
}

static void at_running_sick(struct bench *b)
{
	bench_on(b, INSPECT, 200, "{'State':{'Running':true,'Health':{'Status':'unhealthy',"
	         "'FailingStreak':2,'Log':[{'ExitCode':-1,'Output':' too slow\\n'}]}}}");
	b->at = at_exit_end;
	b->at_health = RUN_HEALTH_UNHEALTHY;
}

static void test_docker_run__follows_a_change_of_health(void **state)
{
	struct bench *b = *state;
	bench_on(b, INSPECT, 200, STARTING);
	b->at = at_running_sick;
	b->at_phase = RUN_RUNNING;
	b->at_health = RUN_HEALTH_STARTING;
	bench_go(b);
	assert_true(b->result.ok);
	/* As it was before dockerd forgot. */
	assert_int_equal(b->last.health, RUN_HEALTH_UNHEALTHY);
	assert_int_equal(b->last.exit_code, 7);
}

static void bench_stop(struct loop *l, void *data)
{
	(void)data;
	loop_stop(l);
}

/* Its output ends; the removal takes longer than a look that was put off before that. */
static void bench_output_ends(struct loop *l, void *data)
{
	struct bench *b = data;
	bench_on(b, INSPECT, 200, ENDED);
	bench_bytes(b, DELETE, STR("HTTP/1.1 204"), 0, SERVER_HOLD);
	server_end(b->server, bench_find(b, ATTACH));
	loop_timer(l, 1000, bench_stop, NULL);
}

static void at_starting_wait(struct bench *b)
{
	loop_timer(b->loop, 50, bench_output_ends, b);
}

static void test_docker_run__looks_no_more_once_it_is_removed(void **state)
{
	struct bench *b = *state;
	bench_on(b, INSPECT, 200, STARTING);
	b->at = at_starting_wait;
	b->at_phase = RUN_RUNNING;
	b->at_health = RUN_HEALTH_STARTING;
	bench_start(b);
	bench_loop(b);
	assert_string_equal(buf_text(&b->phases), "created running exited");
	assert_int_equal(bench_find(b, DELETE), server_requests(b->server) - 1);
}

/* ---- refusals ---- */

static void test_docker_run__says_in_a_sentence_what_is_wrong(void **state)
{
	static const struct {
		const char *request;
		int status;
		const char *body, *says;
		bool made, removed;
		enum error_code code;
	} table[] = {
		{ "GET /v1.41/images/", 404, "{'message':'No such image: sha256:abc'}", "build it again",
		  false, false, ERROR_REFUSED },
		{ "GET /v1.41/images/", 404,
		  "{'cause':'x','message':'failed to find image abc: abc: image not known'}",
		  "build it again", false, false, ERROR_REFUSED },
		{ "GET /v1.41/images/", 200, "nonsense", "no description", false, false, ERROR_PROTOCOL },
		{ CREATE, 409, "{'message':'Conflict. The container name \\\"/web\\\" is already in use'}",
		  "there is a container named web already", true, false, ERROR_REFUSED },
		{ CREATE, 404, "{'message':'No such image: sha256:abc'}", "build it again", true, false,
		  ERROR_REFUSED },
		{ CREATE, 201, "{}", "does not name", true, false, ERROR_PROTOCOL },
		{ ATTACH, 500, "{'message':'no log'}", "no log", true, true, ERROR_REFUSED },
		{ START, 500, "{'message':'driver failed programming external connectivity on endpoint web "
		  "(ab): Bind for 127.0.0.1:8080 failed: port is already allocated'}",
		  "127.0.0.1:8080 is taken", true, true, ERROR_REFUSED },
		{ START, 500, "{'message':'driver failed: Error starting userland proxy: listen tcp4 "
		  "127.0.0.1:80: bind: address already in use'}", "127.0.0.1:80 is taken", true, true,
		  ERROR_REFUSED },
		{ START, 400, "{'message':'failed to create shim: OCI runtime create failed: exec: "
		  "\\\"foo\\\": executable file not found in $PATH: unknown'}",
		  "cannot be run: \"foo\": executable file not found", true, true, ERROR_REFUSED },
		{ START, 404, "{'message':'network nonet not found'}", "--network host", true, true,
		  ERROR_REFUSED },
		{ INSPECT, 200, "[]", "no description", true, true, ERROR_PROTOCOL },
		{ INSPECT, 200, "{}", "no state", true, true, ERROR_PROTOCOL },
		{ INSPECT, 404, "{}", "somebody else removed the container web", true, false,
		  ERROR_REFUSED },
		{ DELETE, 500, "{'message':'device busy'}", "device busy", true, true, ERROR_REFUSED },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		bench_setup(&own);
		struct bench *b = own;
		if (strcmp(table[i].request, DELETE) == 0)
			bench_end(b, 100);
		bench_on(b, table[i].request, table[i].status, table[i].body);
		bench_go(b);
		assert_false(b->result.ok);
		assert_false(b->result.cancelled);
		if (b->result.error.code != table[i].code || !bench_says(b, table[i].says))
			fail_msg("%zu: %d %s", i, b->result.error.code, b->result.error.text);
		assert_int_equal(bench_was_asked(b, CREATE), table[i].made);
		assert_int_equal(bench_was_asked(b, DELETE), table[i].removed);
		bench_teardown(&own);
	}
}

static void test_docker_run__output_that_is_none_is_told(void **state)
{
	struct bench *b = *state;
	bench_end(b, 100);
	bench_bytes(b, ATTACH, STR(HEAD "\x01\0\0\0\0\0\0\x03one" "no such head"), 9, SERVER_CLOSE);
	bench_go(b);
	assert_true(b->result.ok);
	assert_string_equal(buf_text(&b->out[1]), "one");
	assert_non_null(strstr(buf_text(&b->warnings), "output is cut"));
}

static void at_running_vanish(struct bench *b)
{
	bench_bytes(b, INSPECT, STR("HTTP"), 4, SERVER_VANISH);
}

static void test_docker_run__the_engine_goes_away(void **state)
{
	struct bench *b = *state;
	bench_on(b, INSPECT, 200, STARTING);
	b->at = at_running_vanish;
	b->at_phase = RUN_RUNNING;
	b->at_health = RUN_HEALTH_STARTING;
	bench_go(b);
	assert_int_equal(b->result.error.code, ERROR_UNREACHABLE);
	assert_true(bench_says(b, "went away while the container web ran"));
	assert_true(bench_says(b, "the next mortar run removes it"));
}

/* ---- stopping ---- */

static void at_running_cancel(struct bench *b)
{
	bench_end(b, 100);
	engine_cancel(b->work);
}

static void test_docker_run__is_stopped_with_time_for_it(void **state)
{
	struct bench *b = *state;
	b->at = at_running_cancel;
	b->at_phase = RUN_RUNNING;
	bench_go(b);
	assert_true(b->result.cancelled);
	assert_int_equal(b->result.error.code, ERROR_CANCELLED);
	assert_string_equal(buf_text(&b->phases), "created running stopping exited removed");
	assert_true(bench_find(b, STOP) < bench_find(b, DELETE));
}

static void at_stopping_cancel(struct bench *b)
{
	engine_cancel(b->work);
}

static void at_running_cancel_slowly(struct bench *b)
{
	bench_bytes(b, STOP, STR("HTTP/1.1 204 No Content\r\n"), 100, SERVER_HOLD);
	b->at = at_stopping_cancel;
	b->at_phase = RUN_STOPPING;
	engine_cancel(b->work);
}

static void test_docker_run__is_killed_when_asked_again(void **state)
{
	struct bench *b = *state;
	b->at = at_running_cancel_slowly;
	b->at_phase = RUN_RUNNING;
	bench_go(b);
	assert_true(b->result.cancelled);
	assert_string_equal(buf_text(&b->phases), "created running stopping removed");
}

static void test_docker_run__stopped_before_there_is_a_container(void **state)
{
	struct bench *b = *state;
	bench_bytes(b, "GET /v1.41/images/", STR("HTTP"), 4, SERVER_HOLD);
	bench_start(b);
	engine_cancel(b->work);
	assert_int_equal(b->dones, 0);
	bench_loop(b);
	assert_true(b->result.cancelled);
	assert_false(bench_was_asked(b, CREATE));
}

static void bench_cancel_now(struct loop *l, void *data)
{
	struct bench *b = data;
	if (!bench_was_asked(b, CREATE)) {
		loop_timer(l, 1, bench_cancel_now, b);
		return;
	}
	engine_cancel(b->work);
}

/* What dockerd makes all the same must not stay. */
static void test_docker_run__stopped_while_it_is_made(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	server_append_answer(&text, 201, STR("{\"Id\":\"c1\"}"), 1, true);
	bench_bytes(b, CREATE, buf_str(&text), 1, SERVER_CLOSE);
	bench_start(b);
	loop_timer(b->loop, 0, bench_cancel_now, b);
	bench_loop(b);
	assert_true(b->result.cancelled);
	assert_true(bench_was_asked(b, DELETE));
	assert_false(bench_was_asked(b, START));
}

static void at_running_stop_loop(struct bench *b)
{
	loop_stop(b->loop);
}

static void test_docker_run__nothing_is_told_after_the_engine_is_freed(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	b->at = at_running_stop_loop;
	b->at_phase = RUN_RUNNING;
	bench_start(b);
	bench_loop(b);
	engine_free(b->engine);
	b->engine = NULL;
	for (int i = 0; i < 5; i++)
		loop_turn(b->loop, 0, &err);
	assert_int_equal(b->dones, 0);
}

static void test_docker_run__cancel_may_come_from_a_warning(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf own = { 0 }, list = { 0 };
	process_append_name(&own);
	struct str place = str_slice(buf_str(&own), 0, str_find_last(buf_str(&own), ':'));
	buf_printf(&list, "[{'Id':'g1','Labels':{'mortar.run':'%.*s:1'}}]", STR_ARG(place));
	bench_on(b, "GET /v1.41/containers/json?all=1&filters=", 200, buf_text(&list));
	bench_on(b, "DELETE /v1.41/containers/g1?force=1&v=1", 204, "");
	b->cancels_at_warning = true;
	bench_go(b);
	assert_true(b->result.cancelled);
	assert_false(bench_was_asked(b, CREATE));
}

/* ---- what others left ---- */

static void test_docker_run__removes_what_nobody_else_will(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf own = { 0 }, list = { 0 };
	process_append_name(&own);
	/* The same boot and namespace, but a process that began at another time. */
	struct str place = str_slice(buf_str(&own), 0, str_find_last(buf_str(&own), ':'));
	buf_printf(&list, "[{'Id':'g1','Names':['/gone'],'State':'running','Created':1,"
	           "'Labels':{'mortar.run':'%.*s:1'}},", STR_ARG(place));
	buf_printf(&list, "{'Id':'g2','Names':['/lives'],'State':'exited','Created':1,"
	           "'Labels':{'mortar.run':'%s'}},", buf_text(&own));
	buf_printf(&list, "{'Id':'g3','State':'running','Created':1,"
	           "'Labels':{'mortar.run':'elsewhere:1:2:3'}},");
	buf_printf(&list, "{'Id':'g4','Names':['/old'],'State':'exited','Created':1,"
	           "'Labels':{'mortar.run':'elsewhere:1:2:3'}},{'Id':'g5','Labels':null}]");
	bench_on(b, "GET /v1.41/containers/json?all=1&filters=", 200, buf_text(&list));
	bench_on(b, "DELETE /v1.41/containers/g1?force=1&v=1", 204, "");
	bench_on(b, "DELETE /v1.41/containers/g4?force=1&v=1", 500, "{'message':'busy'}");
	bench_end(b, 100);
	bench_go(b);
	assert_true(b->result.ok);
	static const bool removed[] = { true, false, false, true, false };
	for (int i = 0; i < 5; i++) {
		char request[64];
		snprintf(request, sizeof request, "DELETE /v1.41/containers/g%d", i + 1);
		assert_int_equal(bench_was_asked(b, request), removed[i]);
	}
	assert_non_null(strstr(buf_text(&b->warnings), "removed the container gone"));
	assert_non_null(strstr(buf_text(&b->warnings), "the container old"));
	assert_non_null(strstr(buf_text(&b->warnings), "busy"));
}

static void test_run_owner__decides_who_is_gone(void **state)
{
	enum { NOW = 1000000, OLD = NOW - RUN_OWNER_OLD_S - 1 };
	owned_buf struct buf own = { 0 };
	(void)state;
	process_append_name(&own);
	struct str place = str_slice(buf_str(&own), 0, str_find_last(buf_str(&own), ':'));
	char other[256];
	snprintf(other, sizeof other, "%.*s:1", STR_ARG(place));
	assert_false(run_owner_is_gone(buf_str(&own), false, OLD, NOW));
	assert_true(run_owner_is_gone(str_of(other), true, NOW, NOW));
	assert_false(run_owner_is_gone(STR("b:1:2:3"), true, OLD, NOW));
	assert_false(run_owner_is_gone(STR("b:1:2:3"), false, NOW - 60, NOW));
	assert_true(run_owner_is_gone(STR("b:1:2:3"), false, OLD, NOW));
	assert_false(run_owner_is_gone(STR(""), false, 0, NOW));
}

static void test_engine_run__buildah_says_what_can(void **state)
{
	struct bench *b = *state;
	struct engine_options o = { .spec = "buildah" };
	struct engine_sink sink = { .done = bench_done, .data = b };
	struct error err = { 0 };
	b->engine = engine_new(&o, b->loop, &err);
	assert_non_null(b->engine);
	assert_null(engine_run(b->engine, &b->task, &sink, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	assert_non_null(strstr(err.text, "--engine podman"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(test_docker_run__from_making_to_removal),
		cmocka_unit_test(test_docker_run__publishes_what_is_asked_for),
		RUN_TEST(test_docker_run__tells_health_and_addresses),
		RUN_TEST(test_docker_run__follows_a_change_of_health),
		RUN_TEST(test_docker_run__looks_no_more_once_it_is_removed),
		cmocka_unit_test(test_docker_run__says_in_a_sentence_what_is_wrong),
		RUN_TEST(test_docker_run__output_that_is_none_is_told),
		RUN_TEST(test_docker_run__the_engine_goes_away),
		RUN_TEST(test_docker_run__is_stopped_with_time_for_it),
		RUN_TEST(test_docker_run__is_killed_when_asked_again),
		RUN_TEST(test_docker_run__stopped_before_there_is_a_container),
		RUN_TEST(test_docker_run__stopped_while_it_is_made),
		RUN_TEST(test_docker_run__nothing_is_told_after_the_engine_is_freed),
		RUN_TEST(test_docker_run__cancel_may_come_from_a_warning),
		RUN_TEST(test_docker_run__removes_what_nobody_else_will),
		cmocka_unit_test(test_run_owner__decides_who_is_gone),
		RUN_TEST(test_engine_run__buildah_says_what_can),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
