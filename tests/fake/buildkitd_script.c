#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/ext/crypto.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "tests/fake/buildkitd_inside.h"

enum { SESSION_WAIT_MS = 5000, SESSION_LOOK_MS = 20 };

/* ---- words ---- */

static char script_escape(const char **at)
{
	unsigned byte;
	char c = *(*at)++;
	if (c == 'n')
		return '\n';
	if (c == 't')
		return '\t';
	if (c != 'x' || sscanf(*at, "%2x", &byte) != 1)
		return c;
	*at += 2;
	return (char)byte;
}

struct str script_word(struct arena *arena, const char **at)
{
	owned_buf struct buf word = { 0 };
	const char *p = *at;
	bool quoted = false;
	while (*p == ' ' || *p == '\t')
		p++;
	if (!*p || *p == '\n' || *p == '#') {
		*at = p;
		return (struct str){ 0 };
	}
	for (; *p && *p != '\n' && (quoted || (*p != ' ' && *p != '\t'));) {
		char c = *p++;
		if (c == '"')
			quoted = !quoted;
		else if (c == '\\' && quoted)
			buf_append_char(&word, script_escape(&p));
		else
			buf_append_char(&word, c);
	}
	*at = p;
	return arena_str(arena, buf_str(&word));
}

/* The value of "name=…" among the words; p NULL: none. */
static struct str option(const struct str *words, size_t n, const char *name)
{
	for (size_t i = 1; i < n; i++)
		if (str_has_prefix(words[i], str_of(name)) && words[i].n > strlen(name) &&
		    words[i].p[strlen(name)] == '=')
			return str_slice(words[i], strlen(name) + 1, words[i].n);
	return (struct str){ 0 };
}

static bool flag(const struct str *words, size_t n, const char *name)
{
	for (size_t i = 1; i < n; i++)
		if (str_eq(words[i], str_of(name)))
			return true;
	return false;
}

static unsigned long long number(struct str text)
{
	unsigned long long n = 0;
	str_number(text, ~0ull >> 1, &n);
	return n;
}

/* ---- what Status tells ---- */

void fake_build_event(struct build *b, struct str message)
{
	CHECK(b->nevents < BUILD_EVENTS);
	buf_append(&b->events[b->nevents++], message);
	fake_build_tell(b);
}

static size_t vertex_find(struct build *b, struct str id)
{
	for (size_t i = 0; i < b->nvertices; i++)
		if (str_eq(str_of(b->vertices[i].id), id))
			return i;
	char hex[SHA256_HEX_SIZE];
	CHECK(b->nvertices < sizeof b->vertices / sizeof *b->vertices);
	sha256_hex(id, hex);
	b->vertices[b->nvertices].id = arena_text(b->arena, id);
	b->vertices[b->nvertices].digest = str_of(arena_printf(b->arena, "sha256:%s", hex));
	return b->nvertices++;
}

static void vertex_tell(struct build *b, size_t i, bool cached, struct str error)
{
	owned_buf struct buf vertex = { 0 }, all = { 0 };
	buf_append(&vertex, buf_str(&b->vertices[i].announced));
	proto_number(&vertex, 4, cached);
	if (b->vertices[i].started > 0)
		proto_time(&vertex, 5, b->vertices[i].started);
	if (b->vertices[i].completed > 0)
		proto_time(&vertex, 6, b->vertices[i].completed);
	proto_bytes(&vertex, 7, error);
	proto_message(&all, 1, buf_str(&vertex));
	fake_build_event(b, buf_str(&all));
}

static void do_vertex(struct build *b, const struct str *words, size_t n)
{
	size_t v = vertex_find(b, words[1]);
	struct buf *announced = &b->vertices[v].announced;
	struct str group = option(words, n, "group");
	owned_buf struct buf inside = { 0 };
	buf_clear(announced);
	proto_bytes(announced, 1, b->vertices[v].digest);
	for (size_t i = 3; i < n; i++)
		if (str_has_prefix(words[i], STR("input=")))
			proto_bytes(announced, 2,
			            b->vertices[vertex_find(b, str_slice(words[i], 6, words[i].n))].digest);
	proto_bytes(announced, 3, words[2]);
	proto_bytes(&inside, 1, group);
	proto_bytes(&inside, 2, group);
	if (group.n)
		proto_message(announced, 8, buf_str(&inside));
	vertex_tell(b, v, false, (struct str){ 0 });
}

static void do_start(struct build *b, const struct str *words, size_t n)
{
	size_t v = vertex_find(b, words[1]);
	(void)n;
	b->vertices[v].started = clock_now();
	b->vertices[v].completed = 0;
	vertex_tell(b, v, false, (struct str){ 0 });
}

static void do_end(struct build *b, const struct str *words, size_t n)
{
	size_t v = vertex_find(b, words[1]);
	bool fails = str_eq(words[0], STR("fail"));
	b->vertices[v].completed = clock_now();
	if (!(b->vertices[v].started > 0))
		b->vertices[v].started = b->vertices[v].completed;
	vertex_tell(b, v, flag(words, n, "cached"), fails ? words[2] : (struct str){ 0 });
}

static void do_log(struct build *b, const struct str *words, size_t n)
{
	owned_buf struct buf log = { 0 }, all = { 0 };
	(void)n;
	proto_bytes(&log, 1, b->vertices[vertex_find(b, words[1])].digest);
	proto_time(&log, 2, clock_now());
	proto_number(&log, 3, number(words[2]));
	proto_bytes(&log, 4, words[3]);
	proto_message(&all, 3, buf_str(&log));
	fake_build_event(b, buf_str(&all));
}

static void do_status(struct build *b, const struct str *words, size_t n)
{
	owned_buf struct buf status = { 0 }, all = { 0 };
	proto_bytes(&status, 1, words[2]);
	proto_bytes(&status, 2, b->vertices[vertex_find(b, words[1])].digest);
	proto_number(&status, 4, number(option(words, n, "current")));
	proto_number(&status, 5, number(option(words, n, "total")));
	proto_time(&status, 6, clock_now());
	proto_time(&status, 7, b->began);
	if (flag(words, n, "done"))
		proto_time(&status, 8, clock_now());
	proto_message(&all, 2, buf_str(&status));
	fake_build_event(b, buf_str(&all));
}

static void append_range(struct buf *b, unsigned field, struct str from, struct str to)
{
	owned_buf struct buf start = { 0 }, end = { 0 }, range = { 0 };
	proto_number(&start, 1, number(from));
	proto_number(&end, 1, number(to.n ? to : from));
	proto_message(&range, 1, buf_str(&start));
	proto_message(&range, 2, buf_str(&end));
	proto_message(b, field, buf_str(&range));
}

static void do_warn(struct build *b, const struct str *words, size_t n)
{
	owned_buf struct buf warning = { 0 }, all = { 0 };
	proto_bytes(&warning, 1, b->vertices[vertex_find(b, words[1])].digest);
	proto_number(&warning, 2, 1);
	proto_bytes(&warning, 3, words[2]);
	proto_bytes(&warning, 5, option(words, n, "url"));
	if (option(words, n, "line").n)
		append_range(&warning, 7, option(words, n, "line"), (struct str){ 0 });
	proto_message(&all, 4, buf_str(&warning));
	fake_build_event(b, buf_str(&all));
}

/* Messages with their lengths before them, four bytes each, the lowest first. */
static void do_replay(struct build *b, const struct str *words, size_t n)
{
	owned(files) struct files *files = files_disk(b->owner->folder);
	struct error err = { 0 };
	struct str all;
	(void)n;
	CHECK(files_read(files, arena_text(b->arena, words[1]), b->arena, &all, &err) == FILES_OK);
	while (all.n >= 4) {
		const unsigned char *p = (const unsigned char *)all.p;
		size_t size = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
		fake_build_event(b, str_slice(all, 4, size));
		all = str_slice(all, 4 + size, all.n);
	}
}

static void do_big(struct build *b, const struct str *words, size_t n)
{
	owned_buf struct buf text = { 0 }, log = { 0 }, all = { 0 };
	(void)n;
	buf_reserve(&text, number(words[1]));
	memset(text.p, 'x', number(words[1]));
	buf_grew(&text, number(words[1]));
	proto_bytes(&log, 4, buf_str(&text));
	proto_message(&all, 3, buf_str(&log));
	fake_build_event(b, buf_str(&all));
}

/* ---- its end ---- */

static void build_end(struct build *b, int code, const char *message)
{
	b->is_done = true;
	b->at = NULL;
	fake_build_tell(b);
	if (b->solve && code == GRPC_OK)
		served_send(b->solve, &b->answer);
	if (b->solve)
		served_answer_details(b->solve, code, message,
		                      b->owner->is_dockerd ? (struct str){ 0 } : buf_str(&b->status));
	b->solve = NULL;
}

static void do_answer(struct build *b, const struct str *words, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		size_t cut = str_find(words[i], '=');
		proto_entry(&b->answer, 1, str_slice(words[i], 0, cut),
		            cut == STR_NONE ? STR("") : str_slice(words[i], cut + 1, words[i].n));
	}
	build_end(b, GRPC_OK, "");
}

static void append_detail(struct buf *status, const char *type, struct str json)
{
	owned_buf struct buf any = { 0 }, url = { 0 };
	buf_printf(&url, "github.com/moby/buildkit/%s+json", type);
	proto_bytes(&any, 1, buf_str(&url));
	proto_bytes(&any, 2, json);
	proto_message(status, 3, buf_str(&any));
}

/* google.rpc.Status, with what BuildKit puts into its details. */
static void append_error(struct build *b, const struct str *words, size_t n)
{
	owned_buf struct buf json = { 0 };
	struct str source = option(words, n, "source"), line = option(words, n, "line");
	struct str to = option(words, n, "to"), vertex = option(words, n, "vertex");
	struct str code = option(words, n, "exit");
	proto_number(&b->status, 1, number(words[1]));
	proto_bytes(&b->status, 2, words[2]);
	if (source.n) {
		buf_printf(&json, "{\"info\":{\"filename\":\"%.*s\",\"data\":\"RlJPTSBzY3JhdGNoCg==\"},"
		           "\"ranges\":[{\"start\":{\"line\":%llu},\"end\":{\"line\":%llu}}]}",
		           STR_ARG(source), number(line), number(to.n ? to : line));
		append_detail(&b->status, "errdefs.Source", buf_str(&json));
	}
	buf_clear(&json);
	buf_printf(&json, "{\"digest\":\"%.*s\"}",
	           STR_ARG(vertex.n ? b->vertices[vertex_find(b, vertex)].digest : STR("")));
	if (vertex.n)
		append_detail(&b->status, "errdefs.Vertex", buf_str(&json));
	buf_clear(&json);
	buf_printf(&json, "{\"Code\":%llu}", number(code));
	if (code.n)
		append_detail(&b->status, "gatewayapi.ExitMessage", buf_str(&json));
	append_detail(&b->status, "stack.Stack", STR("{}"));
}

static void do_error(struct build *b, const struct str *words, size_t n)
{
	append_error(b, words, n);
	b->never_was = str_eq(words[0], STR("refuse"));
	build_end(b, (int)number(words[1]), arena_text(b->arena, words[2]));
}

void fake_build_cancel(struct build *b)
{
	if (b->is_done)
		return;
	loop_untimer(b->owner->loop, b->timer);
	b->timer = 0;
	for (size_t i = 0; i < b->nvertices; i++) {
		if (!(b->vertices[i].started > 0) || b->vertices[i].completed > 0)
			continue;
		b->vertices[i].completed = clock_now();
		vertex_tell(b, i, false, STR("context canceled: context canceled"));
	}
	proto_number(&b->status, 1, GRPC_CANCELLED);
	proto_bytes(&b->status, 2, STR("context canceled"));
	build_end(b, GRPC_CANCELLED, "context canceled");
}

/* ---- the connection's troubles ---- */

static struct line *build_line(struct build *b)
{
	return b->peer ? b->peer->line : NULL;
}

static void do_say(struct build *b, const struct str *words, size_t n)
{
	owned_buf struct buf bytes = { 0 };
	unsigned byte;
	(void)n;
	for (size_t i = 0; i + 1 < words[1].n; i += 2) {
		CHECK(sscanf(words[1].p + i, "%2x", &byte) == 1);
		buf_append_char(&bytes, (char)byte);
	}
	if (build_line(b))
		fake_line_send(build_line(b), buf_str(&bytes));
}

static void do_goaway(struct build *b, const struct str *words, size_t n)
{
	owned_buf struct buf bytes = { 0 };
	char head[] = { 0, 0, (char)(8 + words[2].n), 7, 0, 0, 0, 0, 0, 0, 0, 0x7f, -1, 0, 0, 0,
	                (char)number(words[1]) };
	(void)n;
	buf_append(&bytes, (struct str){ head, sizeof head });
	buf_append(&bytes, words[2]);
	if (build_line(b))
		fake_line_send(build_line(b), buf_str(&bytes));
}

static void do_flood(struct build *b, const struct str *words, size_t n)
{
	(void)n;
	if (build_line(b))
		peer_flood(b->peer, arena_text(b->arena, words[1]));
}

static void do_drop(struct build *b, const struct str *words, size_t n)
{
	(void)words, (void)n;
	buildkitd_say(b->owner, "dropped");
	for (struct peer *p = b->owner->peers; p; p = p->next)
		if (!p->is_gone)
			peer_drop(p);
}

static void do_survive(struct build *b, const struct str *words, size_t n)
{
	(void)words, (void)n;
	b->survives = true;
}

/* ---- directives that wait ---- */

static void build_awake(struct loop *l, void *data)
{
	struct build *b = data;
	(void)l;
	b->timer = 0;
	fake_build_go_on(b);
}

static void do_pause(struct build *b, const struct str *words, size_t n)
{
	(void)n;
	b->waits = true;
	b->timer = loop_timer(b->owner->loop, (int64_t)number(words[1]), build_awake, b);
}

static void do_wait(struct build *b, const struct str *words, size_t n)
{
	(void)words, (void)n;
	b->waits = true;
}

static void do_ask(struct build *b, const struct str *words, size_t n)
{
	struct session_peer *s = session_peer_find(b->owner, b->session);
	if (s) {
		b->waits = true;
		session_peer_ask(s, b, words, n);
		return;
	}
	if (clock_now() - b->began > SESSION_WAIT_MS / 1000.0) {
		buildkitd_say(b->owner, "no session");
		proto_number(&b->status, 1, GRPC_UNKNOWN);
		build_end(b, GRPC_UNKNOWN, "no active session: context deadline exceeded");
		return;
	}
	b->at = b->line;
	b->waits = true;
	b->timer = loop_timer(b->owner->loop, SESSION_LOOK_MS, build_awake, b);
}

static void build_do(struct build *b, const struct str *words, size_t n)
{
	static const struct {
		const char *word;
		size_t least;
		void (*act)(struct build *, const struct str *words, size_t n);
	} table[] = {
		{ "vertex", 3, do_vertex }, { "start", 2, do_start }, { "end", 2, do_end },
		{ "fail", 3, do_end }, { "log", 4, do_log }, { "status", 3, do_status },
		{ "warn", 3, do_warn }, { "replay", 2, do_replay }, { "ask", 2, do_ask },
		{ "secret", 2, do_ask }, { "auth", 2, do_ask }, { "health", 1, do_ask },
		{ "ssh", 2, do_ask }, { "send", 2, do_ask }, { "tree", 2, do_ask },
		{ "pause", 2, do_pause }, { "wait", 1, do_wait }, { "survive", 1, do_survive },
		{ "drop", 1, do_drop }, { "say", 2, do_say }, { "goaway", 3, do_goaway },
		{ "flood", 2, do_flood }, { "big", 2, do_big }, { "refuse", 3, do_error },
		{ "error", 3, do_error }, { "answer", 1, do_answer },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (str_eq(words[0], str_of(table[i].word)) && n >= table[i].least) {
			table[i].act(b, words, n);
			return;
		}
	buildkitd_say(b->owner, "the script has '%.*s', which is no directive", STR_ARG(words[0]));
	build_end(b, GRPC_INTERNAL, "the script of this peer is wrong");
}

void fake_build_go_on(struct build *b)
{
	b->waits = false;
	while (!b->waits && !b->is_done && b->at && *b->at) {
		struct str words[WORDS];
		size_t n = 0;
		b->line = b->at;
		for (; n < WORDS; n++)
			if (!(words[n] = script_word(b->arena, &b->at)).p)
				break;
		const char *end = strchr(b->at, '\n');
		b->at = end ? end + 1 : NULL;
		if (n)
			build_do(b, words, n);
	}
	if (!b->waits && !b->is_done)
		do_answer(b, NULL, 0);
}

void fake_build_free(struct build *b)
{
	loop_untimer(b->owner->loop, b->timer);
	for (size_t i = 0; i < b->nevents; i++)
		buf_finish(&b->events[i]);
	for (size_t i = 0; i < b->nvertices; i++)
		buf_finish(&b->vertices[i].announced);
	buf_finish(&b->answer);
	buf_finish(&b->status);
	arena_free(b->arena);
	free(b);
}
