#ifndef CORE_PROJECT_PREFERENCES_H
#define CORE_PROJECT_PREFERENCES_H

#include "core/config/settings.h"

/* mortar's own settings.  The user's config.toml may set everything; a project's
 * .mortar.toml comes with a clone and is not trusted: profiles, level, merge,
 * engine (a name), theme, and the kind's own settings, never a command, a
 * secret's source or an endpoint.  Keys, types and defaults are listed in
 * docs/formats.md; an unknown or forbidden key is a warning with its place, a
 * wrong type an error. */
enum preferences_switch { SWITCH_UNSET, SWITCH_ON, SWITCH_OFF };
enum clipboard { CLIPBOARD_AUTO, CLIPBOARD_OSC52, CLIPBOARD_FILE };

struct preferences {
	struct arena *arena;
	const char *const *profiles;
	size_t nprofiles;
	enum cascade_rule rule;
	bool has_rule;
	const char *level, *engine, *theme;     /* NULL: not set */
	struct span level_at;                   /* where level was set */
	unsigned long long log_limit;           /* bytes of log kept a build; default 256 MiB */
	/* [history]: days, builds and bytes that are kept; 0: no limit.  User's file only. */
	unsigned long long keep_days, keep_builds, keep_size;
	bool no_git_labels;                     /* git_labels = false */
	bool mouse;                             /* the workbench begins with it on */
	enum clipboard clipboard;               /* where what is copied goes */
	/* [pesto]: pesto_profile = "profile" (default) or "version"; keep_caches = true
	 * brings .git, __pycache__ and *.pyc back into the context. */
	bool pesto_profile_version, pesto_keep_caches;
	/* [terminal]: the window's title; OSC 9;4; mode 2026.  Unset: where the terminal is
	 * known to have it. */
	enum preferences_switch title, progress, synchronized;
	/* [notice], of a build that took `after` seconds while nobody looked; default 30. */
	enum preferences_switch notice_bell, notice_terminal, notice_desktop;
	unsigned long long notice_after;
	/* [engines.NAME] endpoint = "…", with ca, cert, key and server_name behind its '?'
	 * (core/engine/endpoint.h): only from the user's config. */
	const struct pair *engines;
	size_t nengines;
	/* [project."/root"] engine of the user's config for the project that was read, over both
	 * files' own; NULL: not set. */
	const char *project_engine;
	/* [pools.NAME] engines = [...], cache = "REGISTRY/REPO": only from the user's config. */
	const struct preferences_pool *pools;
	size_t npools;
	/* [lint] ignore = ["RULE"], [lint.severity] RULE = "error"; the project's behind the
	 * user's, and of two about one rule the later counts. */
	const struct preferences_rule *lint_rules;
	size_t nlint_rules;
};

/* A rule of lint that is ignored, or told at another severity. */
struct preferences_rule {
	const char *rule;
	bool is_severity;               /* of [lint.severity]; else of ignore */
	bool is_off;                    /* "off": ignored there as well */
	enum severity severity;
	bool is_users;                  /* of the user's own file */
	struct span at;
};

/* Several engines under one name (core/job/pool.h). */
struct preferences_pool {
	const char *name;
	const char *const *engines;     /* names of [engines], built-in names, addresses; no pools */
	size_t n;
	const char *cache;              /* "REGISTRY/REPO" that all of them share; NULL: none */
};
#define PREFERENCES_LOG_LIMIT (256ull << 20)
#define PREFERENCES_NOTICE_AFTER 30ull
enum { PREFERENCES_KEEP_DAYS = 180, PREFERENCES_KEEP_BUILDS = 2000 };
#define PREFERENCES_KEEP_SIZE (4ull << 30)

/* Reads the user's config.toml (path may be NULL or absent) and the project's
 * .mortar.toml under root (root may be NULL), the project's over the user's.
 * Never NULL: what could be read, or defaults; ask problems for errors, whose places
 * point into the preferences: free these last. */
struct preferences *preferences_read(struct files *, const char *config_path, const char *root,
                                     struct problems *);
void preferences_free(struct preferences *);
/* The pool of that name, or NULL. */
const struct preferences_pool *preferences_pool(const struct preferences *, const char *name);
/* Letters, digits, _ and -, at least one. */
bool preferences_is_name(struct str);
/* The value of `pools` of the user's file, once its engines are known (preferences_pool.c). */
void preferences_read_pools(struct preferences *, const struct value *, struct problems *);
/* The value of [lint] (preferences_lint.c). */
bool preferences_read_lint(struct preferences *, const struct value *, bool is_users,
                           struct problems *);
/* "500", "256MB", "1 GiB": bytes, or a number with a unit; as with docker a unit counts
 * 1024 of the next.  false: it is none, or 0. */
bool preferences_bytes(struct str text, unsigned long long *ret_bytes);
OWN_DEFINE(preferences)

#endif
