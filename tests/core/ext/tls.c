#include "core/ext/tls.h"

#include "core/ext/crypto.h"
#include "tests/core/os/scratch.h"

/* A server with a certificate that vouches for itself, a client that trusts it, and what is
 * on the way between them. */
struct both {
	const char *cert, *key;
	struct tls *client, *server;
	struct buf up, down;
	struct buf heard_client, heard_server;
};

static void both_make(struct both *b, struct scratch *s)
{
	owned_buf struct buf key = { 0 }, cert = { 0 };
	const struct crypto_subject subject = { .common_name = "server" };
	assert_true(crypto_self_signed(&key, &cert, &subject, 2048, 10, &s->err));
	b->cert = scratch_write(s, "cert", buf_text(&cert));
	b->key = scratch_write(s, "key", buf_text(&key));
}

static void both_begin(struct both *b, const struct tls_options *more)
{
	const struct tls_options server = { .is_server = true, .cert = b->cert, .key = b->key,
	                                    .alpn = more->alpn };
	const struct tls_options client = { .name = "localhost", .ca = b->cert, .alpn = more->alpn };
	struct error err = { 0 };
	b->server = tls_new(&server, &err);
	b->client = tls_new(&client, &err);
	assert_true(b->server && b->client);
}

static void both_end(struct both *b)
{
	tls_free(b->client);
	tls_free(b->server);
	buf_finish(&b->up);
	buf_finish(&b->down);
	buf_finish(&b->heard_client);
	buf_finish(&b->heard_server);
}

static bool move(struct tls *from, struct tls *to, struct buf *way, size_t piece,
                 struct buf *ret_heard, struct error *err)
{
	tls_take(from, way);
	bool ok = true;
	for (size_t at = 0; ok && at < way->n; at += piece)
		ok = tls_feed(to, str_slice(buf_str(way), at, piece), ret_heard, err);
	buf_clear(way);
	return ok;
}

static void both_settle(struct both *b, size_t piece)
{
	struct error err = { 0 };
	for (int i = 0; i < 5; i++) {
		assert_true(move(b->client, b->server, &b->up, piece, &b->heard_server, &err));
		assert_true(move(b->server, b->client, &b->down, piece, &b->heard_client, &err));
	}
}

static void test_tls__carries_bytes_in_pieces_of_any_size(void **state)
{
	static const size_t pieces[] = { 1, 7, 300, 100000 };
	owned_memory char *much = calloc(1, 100000);
	struct both all = { 0 };
	both_make(&all, *state);
	for (size_t i = 0; i < 4; i++) {
		struct both b = { .cert = all.cert, .key = all.key };
		struct error err = { 0 };
		both_begin(&b, &(struct tls_options){ .alpn = "h2" });
		/* What is sent too early waits. */
		assert_true(tls_send(b.client, STR("early"), &err));
		assert_false(tls_is_open(b.client));
		both_settle(&b, pieces[i]);
		assert_true(tls_is_open(b.client) && tls_is_open(b.server));
		assert_string_equal(buf_text(&b.heard_server), "early");
		assert_true(tls_send(b.server, (struct str){ much, 100000 }, &err));
		both_settle(&b, pieces[i]);
		assert_int_equal(b.heard_client.n, 100000);
		assert_false(tls_has_ended(b.client));
		tls_send_end(b.server);
		both_settle(&b, pieces[i]);
		assert_true(tls_has_ended(b.client));
		both_end(&b);
	}
}

static void test_tls__says_when_it_is_none(void **state)
{
	static const char *const texts[] = { "HTTP/1.1 400 Bad Request\r\n\r\n", "garbage, garbage",
	                                     "\0\0\0\4\0\0\0\0\0" };
	struct both b = { 0 };
	both_make(&b, *state);
	for (size_t i = 0; i < 3; i++) {
		struct error err = { 0 };
		both_begin(&b, &(struct tls_options){ 0 });
		struct str bytes = { texts[i], i == 2 ? 9 : strlen(texts[i]) };
		assert_false(tls_feed(b.client, bytes, &b.heard_client, &err));
		assert_int_equal(err.code, ERROR_PROTOCOL);
		assert_int_equal(b.heard_client.n, 0);
		both_end(&b);
		b = (struct both){ .cert = b.cert, .key = b.key };
	}
}

static void test_tls__hears_of_bytes_that_were_changed(void **state)
{
	struct both b = { 0 };
	struct error err = { 0 };
	both_make(&b, *state);
	both_begin(&b, &(struct tls_options){ 0 });
	both_settle(&b, 1000);
	assert_true(tls_send(b.client, STR("truth"), &err));
	tls_take(b.client, &b.up);
	b.up.p[b.up.n / 2] ^= 1;
	assert_false(tls_feed(b.server, buf_str(&b.up), &b.heard_server, &err));
	assert_int_equal(b.heard_server.n, 0);
	both_end(&b);
}

static void test_tls__asks_nobody_for_a_password(void **state)
{
	struct scratch *s = *state;
	struct both b = { 0 };
	struct error err = { 0 };
	both_make(&b, s);
	const char *locked = scratch_write(s, "locked",
		"-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
		"DEK-Info: AES-128-CBC,000102030405060708090A0B0C0D0E0F\n\nAAAAAAAAAAAAAAAAAAAAAA==\n"
		"-----END EC PRIVATE KEY-----\n");
	const struct tls_options o = { .name = "x", .ca = b.cert, .cert = b.cert, .key = locked };
	assert_null(tls_new(&o, &err));
	assert_int_equal(err.code, ERROR_USAGE);
	assert_non_null(strstr(err.text, "locked: this is no private key without a password in PEM"));
	both_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_tls__carries_bytes_in_pieces_of_any_size),
		SCRATCH_TEST(test_tls__says_when_it_is_none),
		SCRATCH_TEST(test_tls__hears_of_bytes_that_were_changed),
		SCRATCH_TEST(test_tls__asks_nobody_for_a_password),
	};
	return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
