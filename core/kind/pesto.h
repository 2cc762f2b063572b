#ifndef CORE_KIND_PESTO_H
#define CORE_KIND_PESTO_H

#include "core/kind/kind.h"

/* PESTO projects (pesto 1.7.2, facts and differences: docs/pesto.md).  The kind
 * is spread over pesto*.c; this header is theirs alone, but for kind_pesto. */
extern const struct kind kind_pesto;

/* Documents of every PESTO project, in this order. */
enum pesto_document {
	PESTO_BUILD, PESTO_REQUIREMENTS, PESTO_DESCRIPTION, PESTO_INPUT_SCHEMA, PESTO_OUTPUT_SCHEMA,
	PESTO_CONFIG_SCHEMA, PESTO_CONFIG, PESTO_VERSION, PESTO_USER_DEFINITIONS, PESTO_SERVICE,
	PESTO_NDOCUMENTS,
};

/* The processing-factory package installed on this machine, if any. */
struct pesto_factory {
	const char *version;            /* NULL: none is installed */
	struct str openapi;             /* the service's OpenAPI text, its or ours */
};

/* settings.kind_data. */
struct pesto {
	struct arena *arena;
	const char *root;
	const char *build_file;         /* relative to root */
	struct document documents[PESTO_NDOCUMENTS];
	const struct value *name, *version;             /* strings of the build file, or NULL */
	const struct value *definitions;                /* what every schema may refer to */
	const char *full_version;       /* version-p1-p2, or NULL */
	const char *algorithm_path;     /* absolute or relative to the working directory */
	const char *profile;            /* what PESTO_PROFILE will be */
	struct pesto_factory factory;
};

/* PESTO's own definitions and the user's, of which one that has the name of PESTO's is
 * told and left out. */
const struct value *pesto_definitions(struct arena *, const struct value *user, struct problems *);
/* A schema with the definitions every PESTO schema may refer to. */
struct value *pesto_schema(struct arena *, const struct value *schema,
                           const struct value *definitions);
/* Whether the project's copy, a folder of the context, would be one that PESTO makes. */
bool pesto_name_is_taken(struct str name);
/* service.json and version.json as PESTO makes them; NULL when a part is missing. */
const struct value *pesto_service(struct arena *, const struct document *,
                                  const struct value *definitions);
const struct value *pesto_version(struct arena *, const struct document *,
                                  const struct pesto_factory *);
/* Looks in the usual places of Python packages for processing-factory. */
struct pesto_factory pesto_factory_find(struct files *, struct arena *);
/* A made-up source without a text, such as "(pesto)". */
struct span pesto_made_up(struct arena *, const char *name);

enum pesto_type { PESTO_PLACED, PESTO_PYTHON, PESTO_PIP };
struct pesto_requirement {
	const struct value *value, *from_value, *to_value;
	struct str name, to;
	const char *url, *base;         /* url with file:// made absolute; its last part */
	const char *sha256;             /* lower case, or NULL */
	const char *folder;             /* of a file:// that is a folder, taken where it is; or NULL */
	enum pesto_type type;
	bool unpacked;                  /* an archive that is placed as a folder */
};

/* What the recipe and the plan are made of: requirements.json understood. */
struct pesto_parts {
	const struct pesto *pesto;
	const struct selection *selection;
	struct arena *arena;
	const struct value *base;       /* dockerBaseImage */
	const struct value *environments;
	struct pesto_requirement *requirements;
	size_t nrequirements;
	const char *wheel;              /* a processing_factory wheel in ~/.pesto/dist, or NULL */
	const char *dist;               /* that folder, when it has files */
	struct secret *secrets;         /* what pip is given */
	size_t nsecrets;
	const char *pip_mounts;         /* flags of a RUN that installs, with a blank behind; or "" */
};

/* Everything wrong goes to problems, but for what pesto_validate tells.  What is missing
 * is stood in for, so that a recipe can be tried for what else is wrong. */
void pesto_parts_read(const struct settings *, const struct selection *, struct files *,
                      struct arena *, struct problems *, struct pesto_parts *ret_parts);

/* PIP_CONFIG_FILE and PIP_EXTRA_INDEX_URL, where the selection has them. */
enum { PESTO_NSECRETS = 2 };
extern const struct kind_variable pesto_variables[];
/* Fills in the parts' secrets; their values are not looked at.  false: one is gone. */
bool pesto_secrets_read(struct pesto_parts *, struct files *, struct problems *);
/* The one that goes this way, or NULL. */
const struct secret *pesto_secret(const struct pesto_parts *, enum secret_way);
/* "RUN [what brings the secrets] pip install ARGUMENTS", in the parts' arena. */
const char *pesto_pip(const struct pesto_parts *, const char *arguments);

/* NULL when errors have been told, here or before. */
struct recipe *pesto_recipe(const struct pesto_parts *, struct problems *);

/* Groups of the recipe: PESTO's steps. */
enum pesto_group { PESTO_STEP_PIP, PESTO_STEP_PESTO, PESTO_STEP_REQUIREMENTS, PESTO_STEP_ALGORITHM,
                   PESTO_STEP_SERVICE };

/* Configuration against schemas, as PESTO does before it builds: requirements.json,
 * service.json, config.json against config_schema.json, and the schemas themselves.  All
 * that is wrong goes to problems; the arena need live no longer than the call. */
void pesto_validate(const struct settings *, const struct selection *, struct arena *,
                    struct problems *);
/* What PESTO asks of service.json, as a schema. */
const struct value *pesto_service_schema(struct arena *);

/* $PESTO_WORKSPACE, else ~/.pesto: NAME/FULL_VERSION/NAME below it are projects that PESTO
 * has made. */
const char *pesto_workspace_root(struct arena *);
struct variant pesto_variant(const struct settings *, struct arena *, struct str tag);
void pesto_workspaces(const struct settings *, struct files *, struct arena *,
                      struct workspaces *ret_workspaces);

struct plan *pesto_plan(const struct settings *, const struct selection *, struct files *,
                        struct problems *);

/* What `mortar lint` tells beyond errors (docs/pesto.md), ended by a NULL id. */
extern const struct rule pesto_rules[];

#endif
