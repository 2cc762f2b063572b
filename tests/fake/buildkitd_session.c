#include <stdlib.h>

#include "core/base/check.h"
#include "core/ext/http.h"
#include "tests/fake/buildkitd_inside.h"

enum { PIECE = 32 << 10, STAT_DIR = 1u << 31, STAT_TYPES = 0x8f280000u, ENTRIES_LOGGED = 50 };
enum packet { PACKET_STAT, PACKET_REQ, PACKET_DATA, PACKET_FIN, PACKET_ERR };

/* One question to the session. */
struct ask {
	struct session_peer *session;
	struct build *build;
	struct grpc_call *call;
	char *kind, *what;              /* the directive's first two words */
	char *want;
	char *texts[WORDS];             /* of a tree that is sent, by its ids */
	size_t ntexts;
	struct buf told;                /* the answer's, in words */
	size_t entries, wanted, files, left;
	uint64_t bytes;
	bool list_ended, is_second;
};

static void ask_free(struct ask *a)
{
	a->session->ask = NULL;
	for (size_t i = 0; i < a->ntexts; i++)
		free(a->texts[i]);
	free(a->kind);
	free(a->what);
	free(a->want);
	buf_finish(&a->told);
	free(a);
}

static void ask_done(void *data, const struct grpc_status *status, const struct error *err)
{
	struct ask *a = data;
	struct build *b = a->build;
	if (!err && status->code == GRPC_OK)
		buildkitd_say(b->owner, "%s %s: %s", a->kind, a->what, buf_text(&a->told));
	else if (err)
		buildkitd_say(b->owner, "%s %s: cut: %s", a->kind, a->what, err->text);
	else
		buildkitd_say(b->owner, "%s %s: status %d %.*s", a->kind, a->what, status->code,
		              STR_ARG(status->message));
	ask_free(a);
	fake_build_go_on(b);
}

/* ---- FileSync: folders asked for ---- */

static void packet_send(struct grpc_call *c, enum packet type, uint64_t id, struct str data)
{
	owned_buf struct buf packet = { 0 };
	proto_number(&packet, 1, type);
	proto_number(&packet, 3, id);
	proto_bytes(&packet, 4, data);
	grpc_send(c, buf_str(&packet));
}

static void dir_stat(struct ask *a, struct grpc_call *c, struct str stat)
{
	uint64_t mode = proto_find_number(stat, 2);
	size_t id = a->entries++;
	if (id < ENTRIES_LOGGED)
		buildkitd_say(a->build->owner, "entry %.*s %o %llu", STR_ARG(proto_find(stat, 1)),
		              (unsigned)mode & 07777, (unsigned long long)proto_find_number(stat, 5));
	bool wanted = strcmp(a->want, "none") != 0 && (strcmp(a->want, "first") != 0 || !a->wanted);
	if (mode & STAT_TYPES || !wanted)
		return;
	a->wanted++;
	packet_send(c, PACKET_REQ, id, (struct str){ 0 });
}

static void dir_message(void *data, struct grpc_call *c, struct str packet)
{
	struct ask *a = data;
	struct str stat = proto_find(packet, 2), bytes = proto_find(packet, 4);
	switch (proto_find_number(packet, 1)) {
	case PACKET_STAT:
		if (stat.n)
			dir_stat(a, c, stat);
		else
			a->list_ended = true;
		break;
	case PACKET_DATA:
		a->bytes += bytes.n;
		a->files += !bytes.n;
		break;
	case PACKET_FIN:
		buf_clear(&a->told);
		buf_printf(&a->told, "%zu entries, %zu files, %llu bytes", a->entries, a->files,
		           (unsigned long long)a->bytes);
		return;
	default:
		buf_printf(&a->told, "error %.*s", STR_ARG(bytes));
		return;
	}
	if (a->list_ended && a->files == a->wanted && !a->is_second) {
		a->is_second = true;
		packet_send(c, PACKET_FIN, 0, (struct str){ 0 });
	}
}

/* Newer daemons escape them. */
static struct pair dir_pair(struct ask *a, const char *name, struct str value)
{
	struct arena *arena = a->build->arena;
	owned_buf struct buf escaped = { 0 };
	http_append_escaped(&escaped, value);
	if (a->build->owner->is_dockerd)
		return (struct pair){ str_of(name), value };
	return (struct pair){ str_of(name), arena_str(arena, buf_str(&escaped)) };
}

static void dir_ask(struct ask *a, const struct str *words, size_t n)
{
	static const char *const keys[][2] = {
		{ "follow=", "followpaths" }, { "include=", "include-patterns" },
		{ "exclude=", "exclude-patterns" },
	};
	const struct grpc_call_events on = { .message = dir_message, .done = ask_done, .data = a };
	struct pair pairs[WORDS + 4] = { { STR("dir-name"), str_of(a->what) } };
	size_t npairs = 1;
	a->want = xstrdup("all");
	for (size_t i = 2; i < n; i++) {
		for (size_t k = 0; k < 3; k++)
			if (str_has_prefix(words[i], str_of(keys[k][0])))
				pairs[npairs++] = dir_pair(a, keys[k][1],
				                           str_slice(words[i], strlen(keys[k][0]), words[i].n));
		if (str_has_prefix(words[i], STR("want="))) {
			free(a->want);
			a->want = xstrndup(words[i].p + 5, words[i].n - 5);
		}
	}
	for (size_t k = 0; k < 3 && !a->build->owner->is_dockerd; k++) {
		char *name = arena_printf(a->build->arena, "%s-encoded", keys[k][1]);
		pairs[npairs++] = (struct pair){ str_of(name), STR("1") };
	}
	a->call = grpc_call(a->session->grpc, "/moby.filesync.v1.FileSync/DiffCopy", pairs, npairs,
	                    &on);
}

/* ---- FileSend: results sent ---- */

static void send_more(void *data, struct grpc_call *c)
{
	static char zeros[PIECE];
	struct ask *a = data;
	while (a->left && grpc_unsent(c) <= GRPC_HIGH) {
		owned_buf struct buf message = { 0 };
		size_t n = a->left < PIECE ? a->left : PIECE;
		proto_bytes(&message, 1, (struct str){ zeros, n });
		grpc_send(c, buf_str(&message));
		a->left -= n;
	}
	if (!a->left && !a->is_second) {
		a->is_second = true;
		grpc_send_end(c);
	}
}

static void send_ask(struct ask *a)
{
	const struct grpc_call_events on = { .drained = send_more, .done = ask_done, .data = a };
	const struct pair meta[] = { { STR("buildkit-attachable-exporter-id"), STR("0") } };
	unsigned long long n = 0;
	str_number(str_of(a->what), 1ull << 40, &n);
	a->left = n;
	a->call = grpc_call(a->session->grpc, "/moby.filesync.v1.FileSend/DiffCopy", meta, 1, &on);
	send_more(a, a->call);
}

static void tree_message(void *data, struct grpc_call *c, struct str packet)
{
	struct ask *a = data;
	uint64_t id = proto_find_number(packet, 3);
	switch (proto_find_number(packet, 1)) {
	case PACKET_REQ:
		a->files++;
		if (id < a->ntexts)
			packet_send(c, PACKET_DATA, id, str_of(a->texts[id]));
		packet_send(c, PACKET_DATA, id, (struct str){ 0 });
		break;
	case PACKET_FIN:
		packet_send(c, PACKET_FIN, 0, (struct str){ 0 });
		grpc_send_end(c);
		break;
	default:
		buf_printf(&a->told, "error %.*s ", STR_ARG(proto_find(packet, 4)));
	}
	buf_clear(&a->told);
	buf_printf(&a->told, "%zu files asked for", a->files);
}

static void tree_ask(struct ask *a, const struct str *words, size_t n)
{
	const struct grpc_call_events on = { .message = tree_message, .done = ask_done, .data = a };
	const struct pair meta[] = { { STR("buildkit-attachable-exporter-id"), STR("0") } };
	a->call = grpc_call(a->session->grpc, "/moby.filesync.v1.FileSend/DiffCopy", meta, 1, &on);
	for (size_t i = 1; i < n; i++) {
		owned_buf struct buf stat = { 0 }, packet = { 0 };
		size_t cut = str_find(words[i], '=');
		struct str path = str_slice(words[i], 0, cut);
		bool is_dir = str_has_suffix(path, STR("/"));
		struct str text = cut == STR_NONE ? STR("") : str_slice(words[i], cut + 1, words[i].n);
		proto_bytes(&stat, 1, str_slice(path, 0, path.n - is_dir));
		proto_number(&stat, 2, is_dir ? STAT_DIR | 0755 : 0644);
		proto_number(&stat, 5, text.n);
		proto_number(&stat, 6, 1700000000000000000);
		proto_message(&packet, 2, buf_str(&stat));
		grpc_send(a->call, buf_str(&packet));
		a->texts[a->ntexts++] = xstrndup(text.p, text.n);
	}
	grpc_send(a->call, (struct str){ 0 });
}

/* ---- the small services ---- */

static void small_message(void *data, struct grpc_call *c, struct str message)
{
	struct ask *a = data;
	if (strcmp(a->kind, "auth") == 0)
		buf_printf(&a->told, "user '%.*s' secret '%.*s'", STR_ARG(proto_find(message, 1)),
		           STR_ARG(proto_find(message, 2)));
	else if (strcmp(a->kind, "health") == 0)
		buf_printf(&a->told, "%llu", (unsigned long long)proto_find_number(message, 1));
	else
		buf_printf(&a->told, "%zu bytes '%.*s'", proto_find(message, 1).n,
		           STR_ARG(proto_find(message, 1)));
	if (a->is_second)
		grpc_send_end(c);
}

static void small_ask(struct ask *a, const char *method)
{
	const struct grpc_call_events on = { .message = small_message, .done = ask_done, .data = a };
	owned_buf struct buf request = { 0 };
	proto_bytes(&request, 1, str_of(a->what));
	a->call = grpc_call(a->session->grpc, method, NULL, 0, &on);
	grpc_send(a->call, buf_str(&request));
	grpc_send_end(a->call);
}

/* What ssh-add -l would ask. */
static void agent_ask(struct ask *a)
{
	const struct grpc_call_events on = { .message = small_message, .done = ask_done, .data = a };
	const struct pair meta[] = { { STR("buildkit.ssh.id"), str_of(a->what) } };
	owned_buf struct buf request = { 0 };
	proto_bytes(&request, 1, (struct str){ "\0\0\0\1\13", 5 });
	a->is_second = true;
	a->call = grpc_call(a->session->grpc, "/moby.sshforward.v1.SSH/ForwardAgent", meta, 1, &on);
	grpc_send(a->call, buf_str(&request));
}

static void agent_checked(void *data, const struct grpc_status *status, const struct error *err)
{
	struct ask *a = data;
	if (err || status->code != GRPC_OK)
		ask_done(a, status, err);
	else
		agent_ask(a);
}

static void agent_check(struct ask *a)
{
	const struct grpc_call_events on = { .done = agent_checked, .data = a };
	owned_buf struct buf request = { 0 };
	proto_bytes(&request, 1, str_of(a->what));
	a->call = grpc_call(a->session->grpc, "/moby.sshforward.v1.SSH/CheckAgent", NULL, 0, &on);
	grpc_send(a->call, buf_str(&request));
	grpc_send_end(a->call);
}

void session_peer_ask(struct session_peer *s, struct build *b, const struct str *words, size_t n)
{
	struct ask *a = xcalloc(1, sizeof *a);
	CHECK(!s->ask && n >= 1);
	*a = (struct ask){ .session = s, .build = b, .kind = xstrndup(words[0].p, words[0].n) };
	a->what = n > 1 ? xstrndup(words[1].p, words[1].n) : xstrdup("");
	s->ask = a;
	if (strcmp(a->kind, "ask") == 0)
		dir_ask(a, words, n);
	else if (strcmp(a->kind, "send") == 0)
		send_ask(a);
	else if (strcmp(a->kind, "tree") == 0)
		tree_ask(a, words, n);
	else if (strcmp(a->kind, "secret") == 0)
		small_ask(a, "/moby.buildkit.secrets.v1.Secrets/GetSecret");
	else if (strcmp(a->kind, "auth") == 0)
		small_ask(a, "/moby.filesync.v1.Auth/Credentials");
	else if (strcmp(a->kind, "health") == 0)
		small_ask(a, "/grpc.health.v1.Health/Check");
	else
		agent_check(a);
}

/* ---- the tunnel ---- */

static void tunnel_send(void *data, struct str bytes)
{
	struct session_peer *s = data;
	owned_buf struct buf message = { 0 };
	if (!s->tunnel)
		return;
	proto_bytes(&message, 1, bytes);
	grpc_send(s->tunnel, buf_str(&message));
}

static size_t tunnel_unsent(void *data)
{
	const struct session_peer *s = data;
	return s->tunnel ? grpc_unsent(s->tunnel) : 0;
}

static void tunnel_message(void *data, struct grpc_call *c, struct str message)
{
	struct session_peer *s = data;
	(void)c;
	if (s->grpc)
		grpc_feed(s->grpc, proto_find(message, 1));
}

static void tunnel_drained(void *data, struct grpc_call *c)
{
	struct session_peer *s = data;
	(void)c;
	if (s->grpc)
		grpc_drained(s->grpc);
}

static void tunnel_end(void *data, struct grpc_call *c)
{
	struct session_peer *s = data;
	buildkitd_say(s->peer->owner, "session closed");
	s->tunnel = NULL;
	grpc_answer(c, GRPC_OK, (struct str){ 0 });
	grpc_closed(s->grpc, NULL);
}

static void tunnel_done(void *data, const struct grpc_status *status, const struct error *err)
{
	struct session_peer *s = data;
	(void)status;
	buildkitd_say(s->peer->owner, "session lost");
	s->tunnel = NULL;
	grpc_closed(s->grpc, err);
}

static void session_over(void *data, const struct error *err)
{
	struct session_peer *s = data;
	if (err)
		buildkitd_say(s->peer->owner, "session: %s", err->text);
}

static struct str meta_find(const struct pair *metadata, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(metadata[i].name, name))
			return metadata[i].value;
	return (struct str){ 0 };
}

void session_peer_begin(struct peer *p, struct grpc_call *call, const struct pair *metadata,
                        size_t n, struct grpc_call_events *ret_events)
{
	struct session_peer *s = xcalloc(1, sizeof *s);
	const struct grpc_pipe pipe = { tunnel_send, tunnel_unsent, s };
	struct str id = meta_find(metadata, n, STR("x-docker-expose-session-uuid"));
	struct str key = meta_find(metadata, n, STR("x-docker-expose-session-sharedkey"));
	*s = (struct session_peer){ .peer = p, .next = p->sessions, .tunnel = call };
	s->id = xstrndup(id.n ? id.p : "", id.n);
	p->sessions = s;
	buildkitd_say(p->owner, "session opened, shared key %s", key.n ? "given" : "empty");
	for (size_t i = 0; i < n; i++)
		if (str_eq(metadata[i].name, STR("x-docker-expose-session-grpc-method")))
			buildkitd_say(p->owner, "offers %.*s", STR_ARG(metadata[i].value));
	s->grpc = grpc_client(p->owner->loop, &pipe, session_over, s);
	*ret_events = (struct grpc_call_events){ .message = tunnel_message,
		.drained = tunnel_drained, .end = tunnel_end, .done = tunnel_done, .data = s };
}

struct session_peer *session_peer_find(struct buildkitd *d, const char *id)
{
	for (struct peer *p = d->peers; p; p = p->next)
		for (struct session_peer *s = p->sessions; s; s = s->next)
			if (s->tunnel && strcmp(s->id, id) == 0)
				return s;
	return NULL;
}

void session_peer_free(struct session_peer *s)
{
	struct session_peer **at = &s->peer->sessions;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	if (s->ask)
		ask_free(s->ask);
	grpc_free(s->grpc);
	free(s->id);
	free(s);
}
