/* An address as people write it, the docker command line's meta.json, what ssh answers. */
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

#include "core/base/check.h"
#include "core/engine/endpoint_context.h"
#include "core/engine/ssh_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_option(const char *word)
{
	return word && word[0] == '-';
}

/* What is taken leads back to itself, and holds nothing that ssh could take for an option. */
static void check_spec(struct arena *a, const char *text)
{
	struct endpoint_spec spec, again;
	struct error err = { 0 };
	owned_buf struct buf back = { 0 }, twice = { 0 };
	if (!endpoint_spec_parse(a, text, &spec, &err)) {
		CHECK(err.code == ERROR_USAGE && err.text[0]);
		return;
	}
	CHECK(!is_option(spec.host) && !is_option(spec.user) && !is_option(spec.pod));
	CHECK(!spec.path || spec.path[0] == '/');
	endpoint_spec_append(&back, &spec);
	CHECK(endpoint_spec_parse(a, buf_text(&back), &again, &err));
	endpoint_spec_append(&twice, &again);
	CHECK(str_eq(buf_str(&back), buf_str(&twice)));
}

static void check_ssh(struct arena *a, struct str text)
{
	const struct endpoint_spec to = { .way = ENDPOINT_SSH, .host = "box" };
	struct ssh_failure f = { &to, "/c", (int)(text.n % 256) << 8, text, text.n % 2 };
	struct ssh_sockets sockets;
	struct error err = { 0 };
	ssh_explain(&f, &err);
	CHECK(err.code == ERROR_REFUSED || err.code == ERROR_UNREACHABLE);
	for (const char *p = err.text; *p; p++)
		CHECK((unsigned char)*p >= 0x20 && *p != 0x7f);
	ssh_sockets_read(a, text, &sockets);
	CHECK(!sockets.found || endpoint_is_remote_path(str_of(sockets.found)));
	CHECK(!sockets.denied || endpoint_is_remote_path(str_of(sockets.denied)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	owned(arena) struct arena *a = arena_new();
	struct context_meta meta;
	struct error err = { 0 };
	check_spec(a, arena_text(a, text));
	if (context_read_meta(a, text, &meta, &err))
		check_spec(a, meta.host);
	check_ssh(a, text);
	return 0;
}
