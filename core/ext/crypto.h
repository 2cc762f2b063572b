#ifndef CORE_EXT_CRYPTO_H
#define CORE_EXT_CRYPTO_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/base/own.h"

/* The door to OpenSSL's libcrypto. */

/* SHA-256 (FIPS 180-4), piece by piece. */
struct sha256;
enum { SHA256_HEX_SIZE = 65 };          /* 64 lower-case digits and NUL */

struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *);
OWN_DEFINE(sha256)
void sha256_append(struct sha256 *, struct str);
/* Gives the digest of all appended and starts anew. */
void sha256_finish_hex(struct sha256 *, char ret_hex[SHA256_HEX_SIZE]);
/* All at once. */
void sha256_hex(struct str, char ret_hex[SHA256_HEX_SIZE]);

/* Bytes that nobody can guess. */
void crypto_random(void *ret_bytes, size_t n);

/* Who a certificate says it is for (X.520); NULL: left out. */
struct crypto_subject {
	const char *country;            /* two letters */
	const char *state, *locality, *organization, *unit;
	const char *common_name;        /* at most 64 characters; a DNS name of it as well */
};

/* A new RSA key of so many bits (4096 takes seconds: never in the screen's process)
 * and a certificate of its own for it: X.509 v3, SHA-512, valid from now on for days,
 * for the names localhost and common_name, 127.0.0.1 and ::1.  Both as PEM, the key
 * PKCS #8 without a password.  Appends. */
bool crypto_self_signed(struct buf *ret_key_pem, struct buf *ret_cert_pem,
                        const struct crypto_subject *, unsigned bits, unsigned days,
                        struct error *);
/* Whether both can be read, belong together, and the certificate is valid at now
 * (seconds since the epoch) and days_left days later. */
bool crypto_certificate_valid(struct str cert_pem, struct str key_pem, int64_t now,
                              unsigned days_left);

#endif
