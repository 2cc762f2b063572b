#ifndef CORE_CONFIG_YAML_H
#define CORE_CONFIG_YAML_H

#include "core/value/value.h"

/* How plain scalars are told apart. */
enum yaml_scalars {
	YAML_SCALARS_1_1,       /* https://yaml.org/type/, as PyYAML's SafeLoader resolves them:
	                         * yes is true, 010 is 8, 22:22 is 1342 */
	YAML_SCALARS_CORE,      /* the core schema of YAML 1.2.2, 10.3.2 */
};

struct yaml_options {
	enum yaml_scalars scalars;      /* a %YAML directive of 1.1 asks for the old ones anyway */
	/* Told of each tag of an application ("!reset") and the node that has it.  false: it is
	 * not known, which is an error; NULL: none is. */
	bool (*tag)(void *data, struct str tag, const struct value *node);
	void *data;
};

/* What aliases and merges stand for is shared, and weighs all the same where it is walked:
 * each node YAML_NODE_WEIGHT and its text; heavier texts are refused. */
enum { YAML_NODE_WEIGHT = 16, YAML_WEIGHT_MAX = 64 << 20 };

/* Reads every document of a text.  Scalars: integers in decimals, floats as TOML and JSON
 * have them ("inf", "nan"), dates by RFC 3339; the span has what was written, without anchor
 * and tag.  A key is the text of its scalar.  "<<" merges (https://yaml.org/type/merge.html),
 * what was merged keeps its place.  The first error, into problems with its place, ends the
 * reading; a key that comes twice is a warning, and the last one wins.  true: *ret_documents
 * are in the arena, the text is borrowed; an empty text has no document. */
bool yaml_read(struct arena *, const struct source *, const struct yaml_options *,
               struct problems *, const struct value *const **ret_documents, size_t *ret_n);

/* What a plain scalar is, and its text as value_text gives it (which may borrow the text). */
enum value_type yaml_scalar(struct arena *, enum yaml_scalars, struct str text,
                            struct str *ret_text);

#endif
