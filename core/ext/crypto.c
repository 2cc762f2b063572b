#include "core/ext/crypto.h"

#include <limits.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/base/check.h"

struct sha256 {
	EVP_MD_CTX *state;
};

struct sha256 *sha256_new(void)
{
	struct sha256 *s = xcalloc(1, sizeof *s);
	s->state = EVP_MD_CTX_new();
	CHECK(s->state && EVP_DigestInit_ex(s->state, EVP_sha256(), NULL) == 1);
	return s;
}

void sha256_free(struct sha256 *s)
{
	if (!s)
		return;
	EVP_MD_CTX_free(s->state);
	free(s);
}

void sha256_append(struct sha256 *s, struct str bytes)
{
	CHECK(EVP_DigestUpdate(s->state, bytes.p, bytes.n) == 1);
}

void sha256_finish_hex(struct sha256 *s, char ret_hex[SHA256_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	CHECK(EVP_DigestFinal_ex(s->state, raw, &n) == 1 && n == 32);
	CHECK(EVP_DigestInit_ex(s->state, NULL, NULL) == 1);
	for (unsigned i = 0; i < n; i++) {
		ret_hex[2 * i] = digits[raw[i] >> 4];
		ret_hex[2 * i + 1] = digits[raw[i] & 15];
	}
	ret_hex[2 * n] = '\0';
}

void sha256_hex(struct str bytes, char ret_hex[SHA256_HEX_SIZE])
{
	owned(sha256) struct sha256 *s = sha256_new();
	sha256_append(s, bytes);
	sha256_finish_hex(s, ret_hex);
}

void crypto_random(void *ret_bytes, size_t n)
{
	CHECK(n <= INT_MAX && RAND_bytes(ret_bytes, (int)n) == 1);
}

/* OpenSSL keeps its errors per thread: the first one says most. */
static bool crypto_failed(const char *what, struct error *err)
{
	char text[160] = "";
	unsigned long code = ERR_get_error();
	if (code)
		ERR_error_string_n(code, text, sizeof text);
	ERR_clear_error();
	return error_set(err, ERROR_SYSTEM, "%s failed: %s", what, code ? text : "no reason given");
}

static bool crypto_add_name(X509_NAME *name, const char *field, const char *value)
{
	return !value || X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
	                                            (const unsigned char *)value, -1, -1, 0) == 1;
}

static bool crypto_set_names(X509 *cert, const struct crypto_subject *s)
{
	X509_NAME *name = X509_get_subject_name(cert);
	return crypto_add_name(name, "C", s->country) && crypto_add_name(name, "ST", s->state) &&
	       crypto_add_name(name, "L", s->locality) &&
	       crypto_add_name(name, "O", s->organization) && crypto_add_name(name, "OU", s->unit) &&
	       crypto_add_name(name, "CN", s->common_name) && X509_set_issuer_name(cert, name) == 1;
}

/* A positive serial number of 127 random bits. */
static bool crypto_set_serial(X509 *cert)
{
	unsigned char raw[16];
	crypto_random(raw, sizeof raw);
	raw[0] = (raw[0] & 0x7f) | 0x40;
	BIGNUM *number = BN_bin2bn(raw, sizeof raw, NULL);
	bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
	BN_free(number);
	return ok;
}

static bool crypto_add_alternative(GENERAL_NAMES *names, const char *kind, const char *value)
{
	GENERAL_NAME *name = a2i_GENERAL_NAME(NULL, NULL, NULL, kind[0] == 'D' ? GEN_DNS : GEN_IPADD,
	                                      value, 0);
	if (name && sk_GENERAL_NAME_push(names, name) > 0)
		return true;
	GENERAL_NAME_free(name);
	return false;
}

/* Never through OpenSSL's configuration syntax: a name could hold some. */
static bool crypto_set_alternatives(X509 *cert, const char *common_name)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	bool ok = names && crypto_add_alternative(names, "DNS", "localhost") &&
	          crypto_add_alternative(names, "IP", "127.0.0.1") &&
	          crypto_add_alternative(names, "IP", "::1");
	if (ok && common_name && common_name[0] && strcmp(common_name, "localhost") != 0)
		ok = crypto_add_alternative(names, "DNS", common_name);
	ok = ok && X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0) == 1;
	GENERAL_NAMES_free(names);
	return ok;
}

static bool crypto_sign(X509 *cert, EVP_PKEY *key, const struct crypto_subject *s, unsigned days)
{
	return X509_set_version(cert, X509_VERSION_3) == 1 && crypto_set_serial(cert) &&
	       X509_gmtime_adj(X509_getm_notBefore(cert), 0) &&
	       X509_time_adj_ex(X509_getm_notAfter(cert), (int)days, 0, NULL) &&
	       X509_set_pubkey(cert, key) == 1 && crypto_set_names(cert, s) &&
	       crypto_set_alternatives(cert, s->common_name) &&
	       X509_sign(cert, key, EVP_sha512()) > 0;
}

static void crypto_append_bio(struct buf *out, BIO *bio)
{
	char *p;
	long n = BIO_get_mem_data(bio, &p);
	if (n > 0)
		buf_append(out, (struct str){ p, (size_t)n });
}

static bool crypto_write(struct buf *ret_key, struct buf *ret_cert, EVP_PKEY *key, X509 *cert)
{
	BIO *key_text = BIO_new(BIO_s_secmem()), *cert_text = BIO_new(BIO_s_mem());
	bool ok = key_text && cert_text &&
	          PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL) == 1 &&
	          PEM_write_bio_X509(cert_text, cert) == 1;
	if (ok) {
		crypto_append_bio(ret_key, key_text);
		crypto_append_bio(ret_cert, cert_text);
	}
	BIO_free(key_text);
	BIO_free(cert_text);
	return ok;
}

bool crypto_self_signed(struct buf *ret_key_pem, struct buf *ret_cert_pem,
                        const struct crypto_subject *subject, unsigned bits, unsigned days,
                        struct error *err)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);
	X509 *cert = X509_new();
	bool ok = true;
	if (!key)
		ok = crypto_failed("making a key", err);
	else if (!cert || !crypto_sign(cert, key, subject, days))
		ok = crypto_failed("making a certificate", err);
	else if (!crypto_write(ret_key_pem, ret_cert_pem, key, cert))
		ok = crypto_failed("writing a certificate", err);
	X509_free(cert);
	EVP_PKEY_free(key);
	return ok;
}

/* OpenSSL would else ask for a password on the terminal. */
static int crypto_no_password(char *ret_password, int size, int writing, void *data)
{
	(void)ret_password;
	(void)size;
	(void)writing;
	(void)data;
	return -1;
}

static BIO *crypto_read(struct str text)
{
	return text.n <= INT_MAX ? BIO_new_mem_buf(text.p ? text.p : "", (int)text.n) : NULL;
}

static bool crypto_is_valid_at(const X509 *cert, int64_t now, unsigned days_left)
{
	time_t from = (time_t)now, to = (time_t)(now + (int64_t)days_left * 86400);
	/* -1: the field's time is before the one given; 0: it cannot be read. */
	return X509_cmp_time(X509_get0_notBefore(cert), &from) < 0 &&
	       X509_cmp_time(X509_get0_notAfter(cert), &to) > 0;
}

bool crypto_certificate_valid(struct str cert_pem, struct str key_pem, int64_t now,
                              unsigned days_left)
{
	BIO *cert_text = crypto_read(cert_pem), *key_text = crypto_read(key_pem);
	X509 *cert = NULL;
	EVP_PKEY *key = NULL;
	if (cert_text && key_text) {
		cert = PEM_read_bio_X509(cert_text, NULL, crypto_no_password, NULL);
		key = PEM_read_bio_PrivateKey(key_text, NULL, crypto_no_password, NULL);
	}
	bool ok = cert && key && X509_check_private_key(cert, key) == 1 &&
	          crypto_is_valid_at(cert, now, days_left);
	X509_free(cert);
	EVP_PKEY_free(key);
	BIO_free(cert_text);
	BIO_free(key_text);
	ERR_clear_error();
	return ok;
}
