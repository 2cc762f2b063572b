/* TLS of an address: what libcurl is told, and what its failures mean.  It names them by a
 * code and OpenSSL's words; the words tell more. */
#include "core/ext/http_inside.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"

struct http_tls {
	char *ca, *cert, *name;         /* ca and cert may be NULL */
	struct curl_slist *connect_to;
};

static char *http_tls_copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void http_tls_address(struct http_transfer *t, const struct http_address *at)
{
	struct http_tls *tls = xcalloc(1, sizeof *tls);
	t->tls = tls;
	tls->ca = http_tls_copy(at->ca);
	tls->cert = http_tls_copy(at->cert);
	tls->name = xstrdup(at->server_name ? at->server_name : at->host);
	curl.easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl.easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl.easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (at->ca) {
		curl.easy_setopt(t->easy, CURLOPT_CAINFO, at->ca);
		curl.easy_setopt(t->easy, CURLOPT_CAPATH, NULL);
	}
	if (at->cert) {
		curl.easy_setopt(t->easy, CURLOPT_SSLCERT, at->cert);
		curl.easy_setopt(t->easy, CURLOPT_SSLKEY, at->key);
	}
	if (!at->server_name)
		return;
	owned_buf struct buf where = { 0 };
	buf_printf(&where, "::%s:%u", at->host, at->port);
	tls->connect_to = curl.slist_append(NULL, buf_text(&where));
	CHECK(tls->connect_to);
	curl.easy_setopt(t->easy, CURLOPT_CONNECT_TO, tls->connect_to);
}

void http_tls_free(struct http_transfer *t)
{
	struct http_tls *tls = t->tls;
	if (!tls)
		return;
	curl.slist_free_all(tls->connect_to);
	free(tls->ca);
	free(tls->cert);
	free(tls->name);
	free(tls);
}

/* Theirs, looked at here. */
static bool http_tls_peer(struct http_transfer *t, struct error *err)
{
	const char *peer = buf_text(&t->peer), *said = t->said;
	if (strstr(said, "has expired"))
		error_set(err, ERROR_REFUSED, "%s: its certificate has expired", peer);
	else if (strstr(said, "not yet valid"))
		error_set(err, ERROR_REFUSED, "%s: its certificate is not valid yet; are both clocks "
		          "right?", peer);
	else if (strstr(said, "match"))
		error_set(err, ERROR_REFUSED, "%s: its certificate is not for '%s'; server_name= takes the "
		          "name that it is for", peer, t->tls->name);
	else if (strstr(said, "self-signed") || strstr(said, "issuer") || strstr(said, "first cert"))
		error_set(err, ERROR_REFUSED, "%s: its certificate is from an authority that is not "
		          "trusted here; ca= names the file of the right one (%s)", peer,
		          t->tls->ca ? t->tls->ca : "now the system's");
	else
		error_set(err, ERROR_REFUSED, "%s: its certificate is no good: %s", peer, said);
	return true;
}

/* Ours, looked at there: the other side ends the connection with an alert, by TLS 1.3 as late
 * as in the first answer. */
static bool http_tls_alert(struct http_transfer *t, struct error *err)
{
	const char *peer = buf_text(&t->peer), *alert = strstr(t->said, "alert");
	if (!alert)
		return false;
	bool is_ours = strstr(alert, "certificate") || strstr(alert, "unknown ca");
	if (is_ours && !t->tls->cert)
		return error_set(err, ERROR_REFUSED, "%s wants a certificate of ours; cert= and key= name "
		                 "its files", peer), true;
	if (is_ours)
		return !error_set(err, ERROR_REFUSED, "%s refuses our certificate %s: %s", peer,
		                  t->tls->cert, alert);
	return !error_set(err, ERROR_REFUSED, "%s ends TLS: %s", peer, alert);
}

/* The alert may be lost: who closes with something unread takes back what it has said. */
static bool http_tls_closed(struct http_transfer *t, struct error *err)
{
	const char *peer = buf_text(&t->peer);
	if (http_tls_alert(t, err))
		return true;
	if (http_status(t))
		return false;
	if (t->tls->cert)
		return !error_set(err, ERROR_UNREACHABLE, "%s closed the connection without an answer; it "
		                  "may be that it refuses our certificate %s", peer, t->tls->cert);
	return !error_set(err, ERROR_UNREACHABLE, "%s closed the connection without an answer; it may "
	                  "be that it wants a certificate of ours (cert=, key=)", peer);
}

static bool http_tls_handshake(struct http_transfer *t, struct error *err)
{
	const char *peer = buf_text(&t->peer);
	if (http_tls_alert(t, err))
		return true;
	if (strstr(t->said, "wrong version number") || strstr(t->said, "packet length"))
		error_set(err, ERROR_PROTOCOL, "what answers at %s does not speak TLS", peer);
	else
		error_set(err, ERROR_UNREACHABLE, "%s: no TLS comes about: %s", peer,
		          t->said[0] ? t->said : "the connection is closed");
	return true;
}

bool http_tls_explain(struct http_transfer *t, CURLcode code, struct error *err)
{
	if (!t->tls)
		return false;
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
		return http_tls_peer(t, err);
	case CURLE_SSL_CACERT_BADFILE:
		return !error_set(err, ERROR_USAGE, "cannot use the authorities in '%s': it must be a file "
		                  "in PEM that you may read", t->tls->ca ? t->tls->ca : "the system");
	case CURLE_SSL_CERTPROBLEM:
		return !error_set(err, ERROR_USAGE, "cannot use the certificate '%s' with its key: %s",
		                  t->tls->cert ? t->tls->cert : "", t->said);
	case CURLE_SSL_CONNECT_ERROR:
		return http_tls_handshake(t, err);
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
		return http_tls_closed(t, err);
	default:
		return false;
	}
}
