#ifndef CORE_EXT_TLS_H
#define CORE_EXT_TLS_H

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/base/str.h"

/* TLS 1.2 and 1.3 on bytes alone: what came from the network is fed, what goes there is
 * taken.  The door to OpenSSL's libssl. */
struct tls;

struct tls_options {
	bool is_server;
	/* Client: the name or IP address that the certificate must be good for. */
	const char *name;
	/* PEM files.  ca: who is trusted; NULL: a client's system authorities, a server asks for
	 * no certificate.  cert and key: ours, NULL of a client: none. */
	const char *ca, *cert, *key;
	/* A protocol that both must speak, as "h2"; NULL: none is spoken of. */
	const char *alpn;
};

/* What is wrong with the files is told here; messages name them. */
struct tls *tls_new(const struct tls_options *, struct error *);
void tls_free(struct tls *);
OWN_DEFINE(tls)

/* Bytes from the network; what they hold is appended to ret_plain.  False: it is over, and
 * err says what was wrong, with whose certificate and with what of it (ERROR_REFUSED), or
 * that it is no TLS (ERROR_PROTOCOL). */
bool tls_feed(struct tls *, struct str bytes, struct buf *ret_plain, struct error *);
/* Bytes for the other side; those from before tls_is_open wait for it. */
bool tls_send(struct tls *, struct str plain, struct error *);
/* Says that no more is sent. */
void tls_send_end(struct tls *);
/* Appends what has to go to the network now, also after a failure. */
void tls_take(struct tls *, struct buf *ret_bytes);

/* The other side is who it should be. */
bool tls_is_open(const struct tls *);
/* The other side has said that no more comes: without it, an end is a broken line. */
bool tls_has_ended(const struct tls *);

#endif
