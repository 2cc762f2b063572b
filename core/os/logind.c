#include "core/os/logind.h"

#include <stdlib.h>

#include "core/base/map.h"

/* Highest precedence first (systemd 252, CONF_PATHS). */
static const char *const logind_folders[] = {
	"etc/systemd", "run/systemd", "usr/local/lib/systemd", "usr/lib/systemd", "lib/systemd",
};
enum { LOGIND_FOLDERS = sizeof logind_folders / sizeof *logind_folders };

struct logind_settings {
	struct arena *arena;
	struct files *files;
	const char *user;
	bool is_main;                   /* logind.conf itself is being read */
	bool kill, has_kill, has_exclude, has_only, excluded, only;
	const char *kill_at, *only_at, *excluded_at;    /* the file that said so */
};

/* The words of systemd's parse_boolean; what is none leaves the setting as it was. */
static bool logind_boolean(struct str text, bool *ret)
{
	static const char *const words[2][6] = {
		{ "0", "no", "n", "false", "f", "off" }, { "1", "yes", "y", "true", "t", "on" },
	};
	for (size_t yes = 0; yes < 2; yes++)
		for (size_t i = 0; i < 6; i++)
			if (text.n == strlen(words[yes][i]) && !strncasecmp(text.p, words[yes][i], text.n)) {
				*ret = yes;
				return true;
			}
	return false;
}

/* A list of users grows with every line; an empty one begins it anew. */
static void logind_users(struct logind_settings *s, struct str list, const char *path, bool *has,
                         bool *is_named, const char **at)
{
	struct str name;
	if (!list.n)
		*has = *is_named = false;
	while (list.n && str_next(&list, ' ', &name)) {
		name = str_trim(name);
		*has |= name.n > 0;
		if (str_eq(name, str_of(s->user))) {
			*is_named = true;
			*at = path;
		}
	}
}

static void logind_set(struct logind_settings *s, struct str key, struct str value,
                       const char *path)
{
	if (str_eq(key, STR("KillUserProcesses")) && logind_boolean(value, &s->kill)) {
		s->has_kill = true;
		s->kill_at = path;
	} else if (str_eq(key, STR("KillExcludeUsers"))) {
		logind_users(s, value, path, &s->has_exclude, &s->excluded, &s->excluded_at);
	} else if (str_eq(key, STR("KillOnlyUsers"))) {
		logind_users(s, value, path, &s->has_only, &s->only, &s->only_at);
	}
}

/* What the distribution was built with stands in the file as a comment. */
static void logind_default(struct logind_settings *s, struct str line, const char *path)
{
	struct str key = STR("#KillUserProcesses=");
	if (s->is_main && str_has_prefix(line, key) && !s->has_kill &&
	    logind_boolean(str_trim(str_slice(line, key.n, line.n)), &s->kill))
		s->kill_at = path;
}

static void logind_parse(struct logind_settings *s, struct str text, const char *path)
{
	struct str line;
	bool is_login = false;
	while (str_next(&text, '\n', &line)) {
		line = str_trim(line);
		size_t equals = str_find(line, '=');
		logind_default(s, line, path);
		if (!line.n || line.p[0] == '#' || line.p[0] == ';')
			continue;
		if (line.p[0] == '[')
			is_login = str_eq(line, STR("[Login]"));
		else if (is_login && equals != STR_NONE)
			logind_set(s, str_trim(str_slice(line, 0, equals)),
			           str_trim(str_slice(line, equals + 1, line.n)), path);
	}
}

/* False when there is none; one that cannot be read, as a link to /dev/null, hides those
 * of its name below it and says nothing. */
static bool logind_file(struct logind_settings *s, const char *path)
{
	struct str text = { 0 };
	struct error ignored;
	enum files_result result = files_read(s->files, path, s->arena, &text, &ignored);
	if (result == FILES_OK)
		logind_parse(s, text, arena_printf(s->arena, "/%s", path));
	return result != FILES_ABSENT;
}

static int logind_by_name(const void *a, const void *b)
{
	const struct map_item *x = a, *y = b;
	return str_cmp(x->key, y->key);
}

/* By name, whatever their folder; of one name the folder of highest precedence. */
static void logind_dropins(struct logind_settings *s)
{
	owned_map struct map found = { 0 };
	for (size_t i = 0; i < LOGIND_FOLDERS; i++) {
		const char *dir = arena_printf(s->arena, "%s/logind.conf.d", logind_folders[i]);
		struct files_list list = { 0 };
		struct error ignored;
		if (files_list(s->files, dir, s->arena, &list, &ignored) != FILES_OK)
			continue;
		for (size_t n = 0; n < list.n; n++) {
			struct str name = str_of(list.entries[n].name);
			if (str_has_suffix(name, STR(".conf")) && !map_has(&found, name))
				map_set(&found, name, (void *)files_join(s->arena, dir, list.entries[n].name));
		}
	}
	struct map_item *sorted = arena_array(s->arena, found.n + 1, sizeof *sorted);
	for (size_t i = 0; i < found.n; i++)
		sorted[i] = found.items[i];
	qsort(sorted, found.n, sizeof *sorted, logind_by_name);
	for (size_t i = 0; i < found.n; i++)
		logind_file(s, sorted[i].value);
}

/* logind_user.c of systemd: manager_shall_kill. */
static bool logind_shall_kill(struct logind_settings *s, const char **ret_said)
{
	struct arena *a = s->arena;
	if (s->excluded) {
		*ret_said = arena_printf(a, "KillExcludeUsers in %s names %s", s->excluded_at, s->user);
		return false;
	}
	if (!s->has_exclude && strcmp(s->user, "root") == 0) {
		*ret_said = "root is left out (KillExcludeUsers is not set)";
		return false;
	}
	if (s->has_only) {
		*ret_said = s->only ? arena_printf(a, "KillOnlyUsers in %s names %s", s->only_at, s->user)
		                    : arena_printf(a, "KillOnlyUsers does not name %s", s->user);
		return s->only;
	}
	/* logind.conf(5) as written upstream. */
	if (!s->kill_at) {
		*ret_said = "no logind.conf sets KillUserProcesses, whose default is yes";
		return true;
	}
	*ret_said = arena_printf(a, "KillUserProcesses=%s %s %s", s->kill ? "yes" : "no",
	                         s->has_kill ? "in" : "as the default in", s->kill_at);
	return s->kill;
}

static enum logind_place logind_place(struct logind_settings *s)
{
	struct files_list list = { 0 };
	struct str text = { 0 };
	struct error ignored;
	/* The first is systemd's own mark (sd_booted(3)), the second logind's folder. */
	if (files_list(s->files, "run/systemd/system", s->arena, &list, &ignored) != FILES_OK ||
	    files_list(s->files, "run/systemd/users", s->arena, &list, &ignored) != FILES_OK)
		return LOGIND_NONE;
	if (files_read(s->files, "proc/self/cgroup", s->arena, &text, &ignored) != FILES_OK)
		return LOGIND_ELSEWHERE;
	size_t session = str_find_str(text, STR("/session-"));
	if (session != STR_NONE &&
	    str_find_str(str_slice(text, session, text.n), STR(".scope")) != STR_NONE)
		return LOGIND_SESSION;
	return str_find_str(text, STR("/user@")) == STR_NONE ? LOGIND_ELSEWHERE : LOGIND_MANAGER;
}

void logind_read(struct files *files, const char *user, struct arena *a,
                 struct logind *ret_logind)
{
	struct logind_settings s = { .arena = a, .files = files, .user = user };
	*ret_logind = (struct logind){ .place = logind_place(&s), .said = "" };
	if (ret_logind->place == LOGIND_NONE)
		return;
	s.is_main = true;
	for (size_t i = 0; i < LOGIND_FOLDERS; i++)
		if (logind_file(&s, arena_printf(a, "%s/logind.conf", logind_folders[i])))
			break;
	s.is_main = false;
	logind_dropins(&s);
	ret_logind->kills = logind_shall_kill(&s, &ret_logind->said);
	ret_logind->lingers = files_has(files, arena_printf(a, "var/lib/systemd/linger/%s", user));
}
