#ifndef CORE_CONFIG_SCHEMA_H
#define CORE_CONFIG_SCHEMA_H

#include "core/os/files.h"
#include "core/value/value.h"

/* JSON Schema: draft-04, draft-06 and draft-07, told by "$schema" (draft-06 where it is
 * absent), as json-schema.org has them.  Every keyword of their validation vocabularies;
 * "$ref" within the document, to its ids, to the three metaschemas, and to files below a
 * folder that stands for a URI.  Nothing is ever downloaded.
 *
 * Numbers are compared and divided as exact decimals, equality is by value (1.0 is 1),
 * lengths of strings count code points.  TOML's dates, inf and nan are strings, as
 * value_write_json writes them. */

/* A schema made ready: owns what it makes, borrows the tree it was made of. */
struct schema;

/* A folder that stands for a URI: http://host/x is looked up as DIR/x for http://host. */
struct schema_base {
	struct str uri;
	const char *dir;
};

struct schema_options {
	bool formats;                   /* "format" is checked; else it says nothing */
	const struct schema_base *bases;
	size_t nbases;
	struct files *files;            /* reads the bases' files; NULL: there are none */
	const char *name;               /* how problems name the schema, as in
	                                 * "pesto/api/config_schema.json"; NULL: its source's
	                                 * path, else none */
};

/* Work is bounded, whatever schema and document are: past one of these, a problem says
 * that the check was given up. */
enum {
	SCHEMA_DEPTH_MAX = 4096,        /* schemas inside schemas while a value is checked */
	SCHEMA_CHAIN_MAX = 512,         /* schemas that look at one value for each other */
	SCHEMA_WORK_MAX = 20000000,     /* values looked at, each time by each schema */
};

/* NULL after problems (rule "schema-invalid") when the schema cannot be used: not valid by
 * its metaschema, a bad pattern, a reference to nowhere or in a circle.  All of them are
 * told, at their places in the schema; those of a file that it refers to at the reference.
 * options are borrowed for the call and may be NULL. */
struct schema *schema_new(const struct value *root, const struct schema_options *,
                          struct problems *);
void schema_free(struct schema *);
OWN_DEFINE(schema)

/* All that is wrong with the value, rule "schema": each with the place of the value in the
 * file that set it, its pointer, the schema location and one sentence.  What is missing is
 * told at the object, of one merged from layers at the lowest.  true: nothing is wrong. */
bool schema_check(const struct schema *, const struct value *, enum severity,
                  struct problems *);

/* Whether root is a valid schema by its metaschema alone, patterns and references not
 * looked at: all that is wrong as rule "schema-invalid". */
bool schema_check_schema(const struct value *root, const struct schema_options *,
                         struct problems *);

#endif
