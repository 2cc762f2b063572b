#ifndef CORE_CONFIG_URI_H
#define CORE_CONFIG_URI_H

#include "core/base/buf.h"

/* URIs by RFC 3986: their parts and references resolved. */
struct uri {
	struct str scheme, authority, path, query, fragment;    /* p NULL: not there */
};

/* Any text has these parts; whether they are right is not asked. */
struct uri uri_split(struct str);
/* Appends the reference as seen from base, which may be empty; the path's dots are gone. */
void uri_resolve(struct buf *, struct str base, struct str reference);
/* Appends the text with %41 as A; false at a % that no two hex digits follow. */
bool uri_decode(struct buf *, struct str);

#endif
