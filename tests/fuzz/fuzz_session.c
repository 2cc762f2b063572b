/* What a daemon says in a session.  The first byte chooses: the messages by themselves; a
 * folder of ours, asked for by the metadata of the next line and the messages behind it; a
 * folder of the daemon's, exported to us.  Messages have their length in a byte before them.
 * Nothing but the context is ever read, nothing outside the export ever written. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/engine/grpc.h"
#include "core/engine/session.h"
#include "core/ext/pb_session.h"
#include "core/os/save.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUTSIDE "what nobody may see"

struct side {
	struct session *session;
	struct grpc *daemon;
	struct buf up, down;
	bool over;
};

static char base[] = "/tmp/mortar-fuzz-session-XXXXXX";
static struct context *context;

static void side_up(void *data, struct str bytes)
{
	buf_append(&((struct side *)data)->up, bytes);
}

static void side_down(void *data, struct str bytes)
{
	buf_append(&((struct side *)data)->down, bytes);
}

static size_t side_up_unsent(void *data)
{
	return ((struct side *)data)->up.n;
}

static size_t side_down_unsent(void *data)
{
	return ((struct side *)data)->down.n;
}

static void side_message(void *data, struct grpc_call *c, struct str bytes)
{
	(void)data;
	(void)c;
	CHECK(str_find_str(bytes, STR(OUTSIDE)) == STR_NONE);
}

static void side_done(void *data, const struct grpc_status *status, const struct error *err)
{
	(void)status;
	(void)err;
	((struct side *)data)->over = true;
}

static void side_ended(void *data, const struct error *err)
{
	(void)err;
	((struct side *)data)->over = true;
}

static void side_move(struct side *s, struct loop *l)
{
	struct error err;
	for (int turn = 0; turn < 4; turn++) {
		owned_buf struct buf up = { 0 }, down = { 0 };
		buf_append(&up, buf_str(&s->up));
		buf_append(&down, buf_str(&s->down));
		buf_clear(&s->up);
		buf_clear(&s->down);
		session_feed(s->session, buf_str(&up));
		grpc_feed(s->daemon, buf_str(&down));
		session_drained(s->session);
		grpc_drained(s->daemon);
		CHECK(loop_turn(l, 0, &err));
	}
}

static const char *fuzz_path(struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", base, name);
}

static void fuzz_write(const char *path, const char *text)
{
	struct error err;
	CHECK(save_derived(path, str_of(text), 0600, &err));
}

static void fuzz_end(void)
{
	struct error err;
	context_free(context);
	save_remove(base, &err);
}

/* ctx/ in/a, b, out -> ../outside; beside it what nobody may see. */
static void fuzz_begin(void)
{
	owned(arena) struct arena *a = arena_new();
	struct error err;
	if (context)
		return;
	CHECK(mkdtemp(base) && atexit(fuzz_end) == 0);
	setenv("XDG_STATE_HOME", fuzz_path(a, "state"), 1);
	CHECK(save_dir(fuzz_path(a, "ctx/in"), 0700, &err));
	fuzz_write(fuzz_path(a, "outside"), OUTSIDE);
	fuzz_write(fuzz_path(a, "ctx/in/a"), "a of ours");
	fuzz_write(fuzz_path(a, "ctx/b"), "");
	CHECK(symlink("../outside", fuzz_path(a, "ctx/out")) == 0);
	CHECK(symlink("in", fuzz_path(a, "ctx/link")) == 0);
	context = context_new();
	context_add_tree(context, fuzz_path(a, "ctx"), "", NULL);
	context_add_bytes(context, "made", 0644, STR("generated"));
	CHECK(context_scan(context, &err));
}

static void fuzz_messages(struct str bytes)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf again = { 0 };
	struct error err;
	struct pb_packet p;
	struct str one, two;
	if (pb_packet_parse(a, bytes, &p, &err))
		pb_packet_write(&again, &p);
	pb_bytes_parse(a, bytes, &one, &err);
	pb_named_parse(a, bytes, &one, &err);
	pb_credentials_parse(a, bytes, &one, &two, &err);
}

static void fuzz_say(struct side *s, struct loop *l, struct grpc_call *call, struct str bytes)
{
	for (size_t at = 0; at < bytes.n && !s->over;) {
		size_t n = (unsigned char)bytes.p[at];
		grpc_send(call, str_slice(bytes, at + 1, n));
		at += n + 1;
		side_move(s, l);
	}
}

static void fuzz_call(struct arena *a, bool exports, struct str first, struct str rest)
{
	const struct session_dir dir = { .name = "context", .context = context };
	const struct session_export out = { .is_dir = true, .path = fuzz_path(a, "export") };
	const struct session_options o = { .dirs = &dir, .ndirs = 1, .exports = &out,
	                                   .nexports = 1 };
	struct side s = { 0 };
	const struct session_events on = { .send = side_down, .unsent = side_down_unsent,
	                                   .data = &s };
	const struct grpc_pipe pipe = { side_up, side_up_unsent, &s };
	const struct grpc_call_events events = { NULL, side_message, NULL, NULL, side_done, &s };
	const struct pair metadata[] = {
		{ STR("dir-name"), STR("context") }, { STR("followpaths"), first },
		{ STR("include-patterns"), first },
		{ STR("include-patterns-encoded"), STR("1") },
	};
	struct loop *l = loop_new();
	struct error err;
	s.session = session_new(l, &o, &on, &err);
	CHECK(s.session);
	s.daemon = grpc_client(l, &pipe, side_ended, &s);
	struct grpc_call *call = grpc_call(s.daemon, exports ? "/moby.filesync.v1.FileSend/DiffCopy"
		: "/moby.filesync.v1.FileSync/DiffCopy", metadata, first.n ? 4 : 1, &events);
	side_move(&s, l);
	fuzz_say(&s, l, call, rest);
	if (!s.over)
		grpc_send_end(call);
	side_move(&s, l);
	session_free(s.session);
	grpc_free(s.daemon);
	loop_free(l);
	buf_finish(&s.up);
	buf_finish(&s.down);
}

static void fuzz_is_as_it_was(struct arena *a)
{
	struct stat st;
	char text[sizeof OUTSIDE] = "";
	owned_fd int fd = open(fuzz_path(a, "outside"), O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0 && fstat(fd, &st) == 0 && st.st_nlink == 1);
	CHECK(read(fd, text, sizeof text) == sizeof OUTSIDE - 1 && !strcmp(text, OUTSIDE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *a = arena_new();
	struct str all = { (const char *)data, size }, first = { 0 };
	struct error err;
	if (!size)
		return 0;
	fuzz_begin();
	struct str rest = str_slice(all, 1, size);
	if (data[0] % 3 == 0) {
		fuzz_messages(rest);
		return 0;
	}
	bool exports = data[0] % 3 == 2;
	if (!exports && !str_next(&rest, '\n', &first))
		return 0;
	/* HTTP/2 has no such values: they never come. */
	for (size_t i = 0; i < first.n; i++)
		if ((unsigned char)first.p[i] < 0x20 || first.p[i] == 0x7f)
			return 0;
	fuzz_call(a, exports, first, rest.p ? rest : STR(""));
	if (exports) {
		fuzz_is_as_it_was(a);
		CHECK(save_remove(fuzz_path(a, "export"), &err));
	}
	return 0;
}
