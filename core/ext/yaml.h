#ifndef CORE_EXT_YAML_H
#define CORE_EXT_YAML_H

#include "core/base/error.h"
#include "core/base/own.h"

/* The door to libyaml: a text of YAML 1.1 (and of 1.2 as far as libyaml 0.2.5 takes it) as
 * events with places.  libyaml counts characters where everybody else here counts bytes:
 * what comes out are bytes of the text. */
struct yaml_text;                       /* not struct yaml: libyaml has a function yaml_free */

enum { YAML_DEPTH_MAX = 512 };          /* deeper nesting is an error */

enum yaml_event_kind {
	YAML_EVENT_DOCUMENT, YAML_EVENT_DOCUMENT_END,
	YAML_EVENT_SCALAR, YAML_EVENT_ALIAS,
	YAML_EVENT_SEQUENCE, YAML_EVENT_MAPPING,
	YAML_EVENT_CLOSE,               /* of the innermost sequence or mapping */
	YAML_EVENT_END,                 /* of the text; nothing follows */
};

/* Lent until the next call. */
struct yaml_event {
	enum yaml_event_kind kind;
	struct str anchor;              /* p NULL: none; of an alias, its name */
	struct str tag;                 /* p NULL: none; "tag:yaml.org,2002:str" resolved */
	struct str text;                /* of a scalar, decoded; may hold NUL */
	bool is_plain;                  /* a scalar without quotes, not a block */
	bool is_flow;                   /* a sequence or mapping in brackets, and its end */
	unsigned major, minor;          /* of a document's %YAML directive; 0: none */
	size_t at, size;                /* bytes of the text */
};

/* The text is borrowed and must be valid UTF-8; a byte order mark in front is passed over. */
struct yaml_text *yaml_text_new(struct str text);
void yaml_text_free(struct yaml_text *);
OWN_DEFINE(yaml_text)
/* The next event.  false: the text is no YAML; *ret_at is the byte where, err (without a
 * place) says what is wrong.  No call after that. */
bool yaml_text_next(struct yaml_text *, struct yaml_event *ret_event, size_t *ret_at,
                    struct error *err);

#endif
