#ifndef CORE_CONFIG_SCHEMA_FORMAT_H
#define CORE_CONFIG_SCHEMA_FORMAT_H

#include "core/config/schema_inside.h"

/* Private to the formats of JSON Schema: what their files share. */

/* Takes the byte off the front; false when another stands there. */
bool format_take(struct str *, char);
bool format_ipv4(struct str);
bool format_ipv6(struct str);
/* RFC 1123; labels in Punycode are what their code points must be. */
bool format_hostname(struct str);
/* RFC 5890, with the rules for characters that depend on those around them. */
bool format_idn_hostname(struct str);
/* RFC 5321, 4.1.2; idn: and RFC 6531. */
bool format_email(struct str);
bool format_idn_email(struct str);
/* RFC 3986 and RFC 3987. */
bool format_uri(struct str);
bool format_uri_reference(struct str);
bool format_iri(struct str);
bool format_iri_reference(struct str);
/* RFC 6570. */
bool format_uri_template(struct str);

#endif
