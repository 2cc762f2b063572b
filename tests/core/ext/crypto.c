#include "core/ext/crypto.h"

#include <time.h>

#include "core/os/spawn.h"
#include "tests/core/os/scratch.h"

static void test_sha256__gives_the_digests_of_fips_180(void **state)
{
	(void)state;
	char hex[SHA256_HEX_SIZE];
	sha256_hex(STR(""), hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256_hex(STR("abc"), hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	owned(sha256) struct sha256 *s = sha256_new();
	for (int round = 0; round < 2; round++) {
		owned_buf struct buf a = { 0 };
		buf_append_fill(&a, 'a', 1000);
		for (int i = 0; i < 1000; i++)
			sha256_append(s, buf_str(&a));
		sha256_append(s, (struct str){ 0 });
		sha256_finish_hex(s, hex);
		assert_string_equal(hex,
		                    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	}
}

static void test_crypto_random__differs(void **state)
{
	(void)state;
	char a[32] = { 0 }, b[32] = { 0 };
	crypto_random(a, sizeof a);
	crypto_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

static const struct crypto_subject subject = {
	.country = "FR", .state = "Somewhere", .organization = "Some, Company=1",
	.common_name = "a name",
};

static void test_crypto_self_signed__is_valid_for_its_days(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf key = { 0 }, cert = { 0 }, other_key = { 0 }, other = { 0 };
	assert_true(crypto_self_signed(&key, &cert, &subject, 2048, 3650, &s->err));
	assert_true(crypto_self_signed(&other_key, &other, &subject, 2048, 1, &s->err));
	/* Behind the keys, which may take seconds: a certificate is valid from its making. */
	int64_t now = time(NULL), day = 86400;
	struct str c = buf_str(&cert), k = buf_str(&key);
	assert_true(str_has_prefix(k, STR("-----BEGIN PRIVATE KEY-----\n")));
	assert_true(str_has_prefix(c, STR("-----BEGIN CERTIFICATE-----\n")));
	assert_true(crypto_certificate_valid(c, k, now, 0));
	assert_true(crypto_certificate_valid(c, k, now, 3649));
	assert_false(crypto_certificate_valid(c, k, now, 3651));
	assert_false(crypto_certificate_valid(c, k, now + 3651 * day, 0));
	assert_false(crypto_certificate_valid(c, k, now - 2 * day, 0));
	assert_false(crypto_certificate_valid(c, buf_str(&other_key), now, 0));
	assert_false(crypto_certificate_valid(c, STR(""), now, 0));
	assert_false(crypto_certificate_valid(k, c, now, 0));
	assert_false(crypto_certificate_valid(STR("nonsense"), (struct str){ 0 }, now, 0));
	/* A key with a password must not make OpenSSL ask for it. */
	struct str locked = STR("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n"
	                        "-----END ENCRYPTED PRIVATE KEY-----\n");
	assert_false(crypto_certificate_valid(c, locked, now, 0));
}

/* openssl's own reading of it, where it is installed. */
static void test_crypto_self_signed__says_what_was_asked_for(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf key = { 0 }, cert = { 0 }, text = { 0 };
	assert_true(crypto_self_signed(&key, &cert, &subject, 2048, 10, &s->err));
	const char *file = scratch_write(s, "cert.pem", buf_text(&cert));
	const char *const argv[] = { "openssl", "x509", "-in", file, "-noout", "-text", NULL };
	const struct spawn tell = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_PIPE,
	                            .err = SPAWN_NULL };
	int status = -1;
	if (!spawn_find("openssl"))
		return;
	assert_true(spawn_run(&tell, 1 << 20, &text, &status, &s->err));
	assert_int_equal(status, 0);
	static const char *const wanted[] = {
		"Version: 3 (0x2)", "Signature Algorithm: sha512WithRSAEncryption",
		"Subject: C = FR, ST = Somewhere, O = \"Some, Company=1\", CN = a name",
		"Public-Key: (2048 bit)",
		"DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:a name",
	};
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (!strstr(buf_text(&text), wanted[i]))
			fail_msg("not in it: %s\n%s", wanted[i], buf_text(&text));
}

static void test_crypto_self_signed__says_why_it_cannot(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf key = { 0 }, cert = { 0 };
	const struct crypto_subject bad = { .country = "France" };
	assert_false(crypto_self_signed(&key, &cert, &bad, 2048, 10, &s->err));
	assert_non_null(strstr(s->err.text, "making a certificate failed: "));
	assert_non_null(strstr(s->err.text, "string too long"));
	assert_false(crypto_self_signed(&key, &cert, &subject, 16, 10, &s->err));
	assert_non_null(strstr(s->err.text, "making a key failed: "));
	assert_int_equal(key.n + cert.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256__gives_the_digests_of_fips_180),
		cmocka_unit_test(test_crypto_random__differs),
		SCRATCH_TEST(test_crypto_self_signed__is_valid_for_its_days),
		SCRATCH_TEST(test_crypto_self_signed__says_what_was_asked_for),
		SCRATCH_TEST(test_crypto_self_signed__says_why_it_cannot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
