#include "core/ext/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "core/base/check.h"

enum { TLS_READ = 16 << 10, TLS_ALPN_MAX = 32 };

struct tls {
	SSL_CTX *context;
	SSL *ssl;
	BIO *in, *out;                  /* the SSL's */
	char *name, *cert;              /* as given, or NULL */
	unsigned char alpn[TLS_ALPN_MAX + 1];   /* its length first; 0: none */
	struct buf waiting;             /* sent before it is open */
	X509 *bad;                      /* the certificate of theirs that is no good, or NULL */
	int why, depth;                 /* X509_V_ERR_…; 0: theirs, more: an authority's above it */
	bool is_server, is_open, has_ended;
};

/* ---- what is wrong ---- */

static bool tls_fail_file(struct error *err, const char *path, const char *what)
{
	unsigned long code = ERR_peek_error();
	if (ERR_GET_LIB(code) == ERR_LIB_SYS)
		error_set(err, ERROR_USAGE, "%s: %s", path, strerror(ERR_GET_REASON(code)));
	else
		error_set(err, ERROR_USAGE, "%s: this is no %s in PEM", path, what);
	ERR_clear_error();
	return false;
}

static void tls_append_time(struct buf *b, const ASN1_TIME *t)
{
	struct tm tm;
	char text[32] = "an unreadable time";
	if (ASN1_TIME_to_tm(t, &tm))
		strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm);
	buf_append_text(b, text);
}

static void tls_append_common_name(struct buf *b, const X509_NAME *name)
{
	char text[128] = "";
	X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof text);
	buf_append_text(b, text[0] ? text : "without a name");
}

/* The names and addresses that a certificate is for. */
static void tls_append_names(struct buf *b, X509 *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && b->n < 200; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_DNS) {
			buf_append_text(b, i ? ", " : "");
			buf_append(b, (struct str){ (const char *)ASN1_STRING_get0_data(name->d.dNSName),
			                            (size_t)ASN1_STRING_length(name->d.dNSName) });
		} else if (name->type == GEN_IPADD && ASN1_STRING_length(name->d.iPAddress) == 4) {
			const unsigned char *ip = ASN1_STRING_get0_data(name->d.iPAddress);
			buf_append_text(b, i ? ", " : "");
			buf_printf(b, "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
		}
	}
	GENERAL_NAMES_free(names);
	if (!b->n)
		tls_append_common_name(b, X509_get_subject_name(cert));
}

/* Whose certificate is no good, as messages begin. */
static void tls_append_whose(struct buf *b, const struct tls *t)
{
	buf_printf(b, "the %s's certificate", t->is_server ? "client" : "server");
	if (!t->depth)
		return;
	buf_clear(b);
	buf_append_text(b, "the certificate of the authority '");
	tls_append_common_name(b, X509_get_subject_name(t->bad));
	buf_append_char(b, '\'');
}

static bool tls_explain_theirs(struct tls *t, struct error *err)
{
	owned_buf struct buf what = { 0 }, whose = { 0 };
	tls_append_whose(&whose, t);
	switch (t->why) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		tls_append_time(&what, X509_get0_notAfter(t->bad));
		return error_set(err, ERROR_REFUSED, "%s has expired on %s", buf_text(&whose),
		                 buf_text(&what));
	case X509_V_ERR_CERT_NOT_YET_VALID:
		tls_append_time(&what, X509_get0_notBefore(t->bad));
		return error_set(err, ERROR_REFUSED, "%s is not valid before %s", buf_text(&whose),
		                 buf_text(&what));
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		tls_append_names(&what, t->bad);
		return error_set(err, ERROR_REFUSED, "%s is not for '%s' but for %s", buf_text(&whose),
		                 t->name, buf_text(&what));
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		tls_append_common_name(&what, X509_get_issuer_name(t->bad));
		return error_set(err, ERROR_REFUSED, "%s is from an authority that is not trusted "
		                 "here: '%s'", buf_text(&whose), buf_text(&what));
	default:
		return error_set(err, ERROR_REFUSED, "%s is no good: %s", buf_text(&whose),
		                 X509_verify_cert_error_string(t->why));
	}
}

/* Remembers what was wrong: nothing of it is kept once the check has failed. */
static int tls_verified(int ok, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *t = SSL_get_app_data(ssl);
	X509 *bad = X509_STORE_CTX_get_current_cert(store);
	if (ok || t->bad || !bad)
		return ok;
	X509_up_ref(bad);
	t->bad = bad;
	t->why = X509_STORE_CTX_get_error(store);
	t->depth = X509_STORE_CTX_get_error_depth(store);
	return ok;
}

/* What the other side says of our certificate, or of its absence; NULL: nothing of that. */
static const char *tls_alert_of_ours(int reason)
{
	switch (reason) {
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return "none was shown";
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE: return "it is no good";
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED: return "it has expired";
	case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED: return "it is revoked";
	case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: return "it is of a kind it does not take";
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN: return "it does not know it";
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA: return "it does not trust its authority";
	case SSL_R_TLSV1_ALERT_ACCESS_DENIED: return "access is denied";
	default: return NULL;
	}
}

static bool tls_fail(struct tls *t, struct error *err)
{
	unsigned long code = ERR_peek_error();
	int reason = ERR_GET_REASON(code);
	const char *ours = tls_alert_of_ours(reason);
	bool is_refused = ours || reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE;
	ERR_clear_error();
	if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && t->bad)
		return tls_explain_theirs(t, err);
	if (is_refused && !t->is_server && !t->cert)
		return error_set(err, ERROR_REFUSED, "the server wants a certificate of ours, and "
		                 "there is none");
	if (ours && !t->is_server)
		return error_set(err, ERROR_REFUSED, "the server refuses our certificate %s: %s",
		                 t->cert, ours);
	if (ours)
		return error_set(err, ERROR_REFUSED, "the client refuses our certificate: %s", ours);
	if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
		return error_set(err, ERROR_REFUSED, "the client shows no certificate");
	if (reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL)
		return error_set(err, ERROR_REFUSED, "the server does not speak %s over TLS",
		                 (const char *)t->alpn + 1);
	if (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION)
		return error_set(err, ERROR_REFUSED, "no version of TLS that both take: 1.2 is the least");
	if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST)
		return error_set(err, ERROR_PROTOCOL, "no TLS is spoken here");
	const char *text = ERR_reason_error_string(code);
	return error_set(err, ERROR_PROTOCOL, "TLS fails: %s", text ? text : "for no given reason");
}

/* ---- making one ---- */

static bool tls_open(struct tls *, struct error *);

/* A key with a password is one that cannot be read: nobody is asked. */
static int tls_no_password(char *to, int room, int writing, void *data)
{
	(void)to, (void)room, (void)writing, (void)data;
	return 0;
}

static bool tls_load_ours(struct tls *t, const struct tls_options *o, struct error *err)
{
	if (!o->cert && !o->key)
		return true;
	if (!o->cert || !o->key)
		return error_set(err, ERROR_USAGE, "a certificate and its key go together; '%s' stands "
		                 "alone", o->cert ? o->cert : o->key);
	if (SSL_CTX_use_certificate_chain_file(t->context, o->cert) != 1)
		return tls_fail_file(err, o->cert, "certificate");
	if (SSL_CTX_use_PrivateKey_file(t->context, o->key, SSL_FILETYPE_PEM) != 1) {
		if (ERR_GET_REASON(ERR_peek_last_error()) != X509_R_KEY_VALUES_MISMATCH)
			return tls_fail_file(err, o->key, "private key without a password");
		ERR_clear_error();
		return error_set(err, ERROR_USAGE, "%s is not the key of %s", o->key, o->cert);
	}
	t->cert = xstrdup(o->cert);
	return true;
}

static bool tls_load_theirs(struct tls *t, const struct tls_options *o, struct error *err)
{
	if (o->is_server && !o->ca)
		return true;
	SSL_CTX_set_verify(t->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
	                   tls_verified);
	if (!o->ca && SSL_CTX_set_default_verify_paths(t->context) != 1)
		return error_set(err, ERROR_SYSTEM, "the system's authorities cannot be read");
	if (o->ca && SSL_CTX_load_verify_locations(t->context, o->ca, NULL) != 1)
		return tls_fail_file(err, o->ca, "certificate");
	return true;
}

static int tls_select(SSL *ssl, const unsigned char **ret_name, unsigned char *ret_n,
                      const unsigned char *names, unsigned n, void *data)
{
	const struct tls *t = data;
	unsigned char *found;
	(void)ssl;
	if (SSL_select_next_proto(&found, ret_n, t->alpn, t->alpn[0] + 1u, names, n) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*ret_name = found;
	return SSL_TLSEXT_ERR_OK;
}

static void tls_set_alpn(struct tls *t, const char *alpn)
{
	size_t n = strlen(alpn);
	CHECK(n && n < TLS_ALPN_MAX);
	t->alpn[0] = (unsigned char)n;
	memcpy(t->alpn + 1, alpn, n);
	if (t->is_server)
		SSL_CTX_set_alpn_select_cb(t->context, tls_select, t);
	else
		CHECK(SSL_CTX_set_alpn_protos(t->context, t->alpn, (unsigned)n + 1) == 0);
}

/* The name is checked by OpenSSL, with the certificate. */
static bool tls_set_name(struct tls *t, const char *name, struct error *err)
{
	struct str bare = str_of(name);
	if (str_has_prefix(bare, STR("[")) && str_has_suffix(bare, STR("]")))
		bare = str_slice(bare, 1, bare.n - 2);
	t->name = xstrndup(bare.p, bare.n);
	ASN1_OCTET_STRING *ip = a2i_IPADDRESS(t->name);
	ERR_clear_error();
	if (ip) {
		ASN1_OCTET_STRING_free(ip);
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->ssl), t->name) == 1;
	}
	SSL_set_hostflags(t->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (SSL_set_tlsext_host_name(t->ssl, t->name) == 1 && SSL_set1_host(t->ssl, t->name) == 1)
		return true;
	ERR_clear_error();
	return error_set(err, ERROR_USAGE, "'%s' is no name of a host", name);
}

struct tls *tls_new(const struct tls_options *o, struct error *err)
{
	owned(tls) struct tls *t = xcalloc(1, sizeof *t);
	t->is_server = o->is_server;
	t->context = SSL_CTX_new(o->is_server ? TLS_server_method() : TLS_client_method());
	CHECK(t->context);
	SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION);
	SSL_CTX_set_options(t->context, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_default_passwd_cb(t->context, tls_no_password);
	if (!tls_load_ours(t, o, err) || !tls_load_theirs(t, o, err))
		return NULL;
	if (o->alpn)
		tls_set_alpn(t, o->alpn);
	t->ssl = SSL_new(t->context);
	t->in = BIO_new(BIO_s_mem());
	t->out = BIO_new(BIO_s_mem());
	CHECK(t->ssl && t->in && t->out);
	SSL_set_app_data(t->ssl, t);
	SSL_set_bio(t->ssl, t->in, t->out);
	if (o->is_server)
		SSL_set_accept_state(t->ssl);
	else
		SSL_set_connect_state(t->ssl);
	if (!o->is_server && (!tls_set_name(t, o->name, err) || !tls_open(t, err)))
		return NULL;
	return take(t);
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_free(t->ssl);
	SSL_CTX_free(t->context);
	X509_free(t->bad);
	buf_finish(&t->waiting);
	free(t->name);
	free(t->cert);
	free(t);
}

/* ---- bytes ---- */

/* True: nothing was wrong, more has to come.  n: what a call of the SSL has returned. */
static bool tls_check(struct tls *t, int n, struct error *err)
{
	int why = SSL_get_error(t->ssl, n);
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return true;
	if (why == SSL_ERROR_ZERO_RETURN) {
		t->has_ended = true;
		return true;
	}
	return tls_fail(t, err);
}

static bool tls_open(struct tls *t, struct error *err)
{
	const unsigned char *name;
	unsigned n;
	ERR_clear_error();
	int done = SSL_do_handshake(t->ssl);
	if (done != 1)
		return tls_check(t, done, err);
	SSL_get0_alpn_selected(t->ssl, &name, &n);
	if (t->alpn[0] && n != t->alpn[0] && !t->is_server)
		return error_set(err, ERROR_REFUSED, "the server does not speak %s over TLS",
		                 (const char *)t->alpn + 1);
	t->is_open = true;
	struct buf waiting = t->waiting;
	t->waiting = (struct buf){ 0 };
	bool ok = tls_send(t, buf_str(&waiting), err);
	buf_finish(&waiting);
	return ok;
}

bool tls_feed(struct tls *t, struct str bytes, struct buf *ret_plain, struct error *err)
{
	CHECK(bytes.n == 0 || BIO_write(t->in, bytes.p, (int)bytes.n) == (int)bytes.n);
	if (!t->is_open && !tls_open(t, err))
		return false;
	while (t->is_open && !t->has_ended) {
		ERR_clear_error();
		int n = SSL_read(t->ssl, buf_reserve(ret_plain, TLS_READ), TLS_READ);
		if (n <= 0)
			return tls_check(t, n, err);
		buf_grew(ret_plain, (size_t)n);
	}
	return true;
}

bool tls_send(struct tls *t, struct str plain, struct error *err)
{
	if (!t->is_open) {
		buf_append(&t->waiting, plain);
		return true;
	}
	while (plain.n) {
		struct str part = str_slice(plain, 0, TLS_READ);
		ERR_clear_error();
		int n = SSL_write(t->ssl, part.p, (int)part.n);
		if (n <= 0)
			return tls_fail(t, err);
		plain = str_slice(plain, (size_t)n, plain.n);
	}
	return true;
}

void tls_send_end(struct tls *t)
{
	if (t->is_open)
		SSL_shutdown(t->ssl);
	ERR_clear_error();
}

void tls_take(struct tls *t, struct buf *ret_bytes)
{
	char *bytes;
	long n = BIO_get_mem_data(t->out, &bytes);
	if (n > 0)
		buf_append(ret_bytes, (struct str){ bytes, (size_t)n });
	(void)BIO_reset(t->out);
}

bool tls_is_open(const struct tls *t)
{
	return t->is_open;
}

bool tls_has_ended(const struct tls *t)
{
	return t->has_ended;
}
