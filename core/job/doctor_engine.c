/* Rows about engines and what can be done with them. */
#include <errno.h>
#include <grp.h>
#include <math.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/engine/address.h"
#include "core/job/doctor.h"
#include "core/os/clock.h"
#include "core/os/space.h"
#include "core/os/spawn.h"

/* Times of steps come from the engine's clock. */
enum { DOCTOR_CLOCK_SECONDS = 5 };

static struct str doctor_str(const struct value *facts, const char *key)
{
	const struct value *v = facts ? value_get(facts, str_of(key)) : NULL;
	return v ? value_text(v) : STR("");
}

static const char *doctor_get(struct arena *a, const struct value *facts, const char *key)
{
	return arena_text(a, doctor_str(facts, key));
}

static bool doctor_is(const struct value *facts, const char *key)
{
	const struct value *v = facts ? value_get(facts, str_of(key)) : NULL;
	return v && value_is_true(v);
}

static unsigned long long doctor_count(const struct value *facts, const char *key)
{
	unsigned long long n;
	return str_number(doctor_str(facts, key), ~0ull, &n) ? n : 0;
}

/* In PATH, or where Debian's users do not look. */
static bool doctor_has_program(const char *name)
{
	owned_buf struct buf path = { 0 };
	buf_printf(&path, "/usr/sbin/%s", name);
	return spawn_find(name) || access(buf_text(&path), X_OK) == 0;
}

static bool doctor_has_systemd(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

/* ---- what to do about an engine that is not to be had ---- */

static const char *doctor_user(void)
{
	const struct passwd *user = getpwuid(geteuid());
	return user ? user->pw_name : "$USER";
}

static void doctor_start_remedy(struct arena *a, struct value *row, const char *name)
{
	bool podman = !strcmp(name, "podman"), root = geteuid() == 0;
	const char *sudo = root ? "" : "sudo ";
	if (!strcmp(name, "buildah") || !doctor_has_program(podman ? "podman" : "dockerd"))
		doctor_remedy(a, row, "%sapt install %s", sudo,
		              !strcmp(name, "dockerd") ? "docker.io" : name);
	else if (podman && doctor_has_systemd())
		doctor_remedy(a, row, "systemctl %sstart podman.socket", root ? "" : "--user ");
	else if (podman)
		doctor_remedy(a, row, "podman system service --time 0 &");
	else if (doctor_has_systemd())
		doctor_remedy(a, row, "%ssystemctl start docker", sudo);
	else
		doctor_remedy(a, row, "%sdockerd &", sudo);
}

static void doctor_denied_remedy(struct arena *a, struct value *row, const char *path,
                                 const struct stat *st)
{
	const struct group *group = getgrgid(st->st_gid);
	bool can_join = st->st_gid && (st->st_mode & 060) == 060 && group;
	if (can_join)
		doctor_remedy(a, row, "sudo usermod -aG %s %s, then log in again (who is in that group "
		              "is root on this machine)", group->gr_name, doctor_user());
	else
		doctor_remedy(a, row, "the socket is for user %u alone: let its daemon give it to a group "
		              "of yours (dockerd --group), or use sudo; see ls -l %s",
		              (unsigned)st->st_uid, path);
}

static const char *doctor_address(const struct doctor_engine *e)
{
	const char *podman = getenv("CONTAINER_HOST");
	if (!strcmp(e->name, "podman"))
		return podman ? podman : "";
	return strstr(e->spec, "://") ? e->spec : "";
}

static void doctor_engine_remedy(struct arena *a, struct value *row, const struct doctor_engine *e)
{
	const char *address = doctor_address(e);
	struct stat st;
	if (str_has_prefix(str_of(address), STR("unix://"))) {
		const char *path = address + strlen("unix://");
		bool is_there = stat(path, &st) == 0;
		bool denied = is_there ? access(path, R_OK | W_OK) < 0 : errno == EACCES;
		doctor_truth(a, row, "may_speak", is_there && !denied);
		if (is_there && denied) {
			doctor_denied_remedy(a, row, path, &st);
			return;
		}
		if (is_there && e->is_late) {
			doctor_remedy(a, row, "see whether what listens there is an engine, and start it anew");
			return;
		}
	}
	const char *verb = e->err.code == ERROR_USAGE ? "mend" : "start what listens at";
	bool is_known = !strcmp(e->name, "dockerd") || !strcmp(e->name, "podman") ||
	                !strcmp(e->name, "buildah");
	if (e->is_late && !strcmp(e->name, "buildah"))
		doctor_remedy(a, row, "see why 'buildah --version' does not come back");
	else if (is_known && !e->is_expected)
		doctor_start_remedy(a, row, e->name);
	else if (!strcmp(e->name, "dockerd"))
		doctor_remedy(a, row, "%s DOCKER_HOST, or unset it", verb);
	else if (!strcmp(e->name, "podman"))
		doctor_remedy(a, row, "%s CONTAINER_HOST, or unset it", verb);
	else if (!is_known && !e->is_choice)
		doctor_remedy(a, row, "start it, or mend [engines.%s] in config.toml", e->name);
}

/* ---- an engine ---- */

static const char *doctor_builders(const struct value *facts)
{
	struct str builder = doctor_str(facts, "builder");
	if (str_eq(builder, STR("buildkit")))
		return "BuildKit and classic";
	return str_eq(builder, STR("classic")) ? "the classic builder only" : "";
}

static void doctor_copy(struct arena *a, struct value *row, const struct value *facts)
{
	for (const struct value *v = facts ? value_child(facts) : NULL; v; v = value_next(v))
		value_set(a, row, arena_text(a, value_key(v)), value_share(a, v));
}

static void doctor_builder_list(struct arena *a, struct value *row, const struct value *facts)
{
	struct value *list = value_new_array(a);
	struct str builder = doctor_str(facts, "builder");
	doctor_add(list, value_new_string(a, builder));
	/* dockerd that has BuildKit has kept the one before. */
	if (str_eq(builder, STR("buildkit")))
		doctor_add(list, value_new_string(a, STR("classic")));
	value_set(a, row, "builders", list);
}

/* What is wrong with how it can be reached; NULL: nothing. */
static const char *doctor_exposed(struct arena *a, const char *address, bool has_tls,
                                  const char **ret_remedy)
{
	struct stat st;
	const char *path = address + strlen("unix://");
	struct http_address at;
	struct error ignored;
	if (!address_parse(a, address, &at, &ignored))
		return NULL;
	if (at.unix_path && stat(path, &st) == 0 && (st.st_mode & 002)) {
		*ret_remedy = arena_printf(a, "sudo chmod o-rw %s", path);
		return "everybody on this machine may speak to it";
	}
	if (!at.host || has_tls || !strcmp(at.host, "localhost") ||
	    str_has_prefix(str_of(at.host), STR("127.")) || !strcmp(at.host, "[::1]"))
		return NULL;
	*ret_remedy = "let it listen on a unix socket and reach that by ssh://, or give it TLS";
	return "everybody who reaches that port owns that machine (no TLS)";
}

static double doctor_ahead(struct arena *a, const struct value *info)
{
	double time = strtod(doctor_get(a, info, "time"), NULL);
	return time > 0 ? time - clock_now() : 0;
}

static struct value *doctor_answering(struct arena *a, const struct doctor_engine *e)
{
	owned_buf struct buf text = { 0 };
	const char *builders = doctor_builders(e->facts), *api = doctor_get(a, e->facts, "api_version");
	const char *address = doctor_get(a, e->facts, "address"), *remedy = NULL;
	const char *product = doctor_get(a, e->facts, "product");
	if (strcmp(product, e->name) != 0)
		buf_printf(&text, "%s ", product);
	buf_append_text(&text, doctor_get(a, e->facts, "version"));
	buf_printf(&text, strcmp(address, product) != 0 ? " at %s" : ", no server needed", address);
	if (api[0])
		buf_printf(&text, ", API %s", api);
	if (builders[0])
		buf_printf(&text, ": %s", builders);
	if (e->info && value_get(e->info, STR("rootless")))
		buf_append_text(&text, doctor_is(e->info, "rootless") ? "; rootless" : "; as root");
	const char *exposed = doctor_exposed(a, address, doctor_is(e->facts, "tls"), &remedy);
	double ahead = doctor_ahead(a, e->info);
	bool is_off = fabs(ahead) > DOCTOR_CLOCK_SECONDS;
	if (exposed)
		buf_printf(&text, "; %s", exposed);
	else if (is_off)
		buf_printf(&text, "; its clock is %.0f s %s", fabs(ahead), ahead > 0 ? "ahead" : "behind");
	struct value *row = doctor_row(a, e->name, exposed || is_off ? DOCTOR_PROBLEM : DOCTOR_OK,
	                               "%s", buf_text(&text));
	if (exposed)
		doctor_remedy(a, row, "%s", remedy);
	else if (is_off)
		doctor_remedy(a, row, "set both clocks right (timedatectl set-ntp true)");
	doctor_truth(a, row, "may_speak", true);
	return row;
}

/* Not only not there. */
static bool doctor_is_wrong(const struct doctor_engine *e)
{
	return e->is_expected || e->is_late || strstr(e->err.text, strerror(EACCES));
}

struct value *doctor_engine(struct arena *a, const struct doctor_engine *e)
{
	struct value *row;
	if (e->facts) {
		row = doctor_answering(a, e);
	} else {
		row = doctor_row(a, e->name, doctor_is_wrong(e) ? DOCTOR_PROBLEM : DOCTOR_ABSENT, "%s",
		                 e->err.text);
		doctor_engine_remedy(a, row, e);
	}
	doctor_text(a, row, "engine", e->spec);
	doctor_truth(a, row, "answers", e->facts != NULL);
	if (e->facts)
		doctor_builder_list(a, row, e->facts);
	doctor_copy(a, row, e->facts);
	doctor_copy(a, row, e->info);
	return row;
}

struct value *doctor_engine_disk(struct arena *a, const struct doctor_engine *e)
{
	const char *root = doctor_get(a, e->info, "root");
	struct space space = {
		doctor_count(e->info, "free"), doctor_count(e->info, "total"),
		doctor_count(e->info, "free_inodes"), doctor_count(e->info, "inodes"),
	};
	struct value *scratch = value_new_object(a), *row;
	if (!e->info || !root[0])
		return NULL;
	if (space.total) {
		bool tight = doctor_is_tight(&space, DOCTOR_ENGINE_BYTES, DOCTOR_ENGINE_INODES);
		row = doctor_row(a, e->name, tight ? DOCTOR_PROBLEM : DOCTOR_OK, "%s: %s", root,
		                 doctor_space(a, scratch, &space));
		doctor_space(a, row, &space);
		if (tight)
			doctor_remedy(a, row, "%s", !strcmp(e->name, "buildah") ? "buildah rmi --prune" :
			              "docker system prune, docker builder prune");
	} else if (value_get(e->info, STR("used"))) {
		owned_buf struct buf text = { 0 };
		space_append_bytes(&text, doctor_count(e->info, "used"));
		row = doctor_row(a, e->name, DOCTOR_OK, "its images and build cache take %s; %s cannot be "
		                 "looked at from here", buf_text(&text), root);
		doctor_number(a, row, "used", doctor_count(e->info, "used"));
	} else {
		row = doctor_row(a, e->name, DOCTOR_ABSENT, "%s cannot be looked at from here", root);
	}
	doctor_text(a, row, "path", root);
	return row;
}

/* ---- features ---- */

/* An answering engine with this builder, or NULL; builder NULL: any that serves containers.
 * The first is one of the others by another name. */
static const struct doctor_engine *doctor_find(const struct doctor_engine *engines, size_t n,
                                               const char *builder)
{
	for (size_t i = 0; i < n; i++) {
		struct str has = doctor_str(engines[i].facts, "builder");
		if (!has.n || i == 0)
			continue;
		if (builder ? str_eq(has, str_of(builder)) : !str_eq(has, STR("buildah")))
			return &engines[i];
		if (builder && !strcmp(builder, "classic") && str_eq(has, STR("buildkit")))
			return &engines[i];
	}
	return NULL;
}

/* What would have to run: a row of the engines, NULL in a list without it. */
static const struct doctor_engine *doctor_named(const struct doctor_engine *engines, size_t n,
                                                const char *name)
{
	for (size_t i = 1; i < n; i++)
		if (!strcmp(engines[i].name, name))
			return &engines[i];
	return NULL;
}

static void doctor_feature_remedy(struct arena *a, struct value *row,
                                  const struct doctor_engine *engine, const char *program)
{
	if (engine && engine->facts)
		doctor_remedy(a, row, "take a newer %s: %sapt upgrade", program, geteuid() ? "sudo " : "");
	else if (engine && doctor_is_wrong(engine))
		doctor_remedy(a, row, "see %s above", program);
	else
		doctor_start_remedy(a, row, program);
}

struct doctor_feature {
	const char *name, *builder;     /* as doctor_find takes it */
	const char *missing, *program;
};

static void doctor_feature(struct arena *a, struct value *section, const struct doctor_feature *f,
                           const struct doctor_engine *by, const struct doctor_engine *engine)
{
	struct value *row;
	if (by) {
		bool same = str_eq(doctor_str(by->facts, "product"), str_of(by->name));
		row = doctor_row(a, f->name, DOCTOR_OK, "by %s%s%s %s", by->name, same ? "" : ": ",
		                 same ? "" : doctor_get(a, by->facts, "product"),
		                 doctor_get(a, by->facts, "version"));
	} else {
		row = doctor_row(a, f->name, DOCTOR_ABSENT, "missing: %s", f->missing);
		doctor_text(a, row, "missing", f->missing);
		doctor_feature_remedy(a, row, engine, f->program);
	}
	doctor_add(section, row);
}

static struct value *doctor_editor(struct arena *a)
{
	const char *variable = "VISUAL", *editor = getenv("VISUAL");
	if (!editor || !editor[0])
		editor = getenv(variable = "EDITOR");
	if (!editor || !editor[0]) {
		editor = "vi";
		variable = NULL;
	}
	struct str rest = str_of(editor), word = { 0 };
	while (!word.n && str_next(&rest, ' ', &word))
		;
	const char *program = arena_text(a, word.n ? word : STR("vi"));
	bool found = strchr(program, '/') ? access(program, X_OK) == 0 : spawn_find(program);
	struct value *row;
	if (found)
		return doctor_row(a, "editing", DOCTOR_OK, "%s%s%s", editor, variable ? " from " : "",
		                  variable ? variable : "");
	row = doctor_row(a, "editing", variable ? DOCTOR_PROBLEM : DOCTOR_ABSENT,
	                 "missing: %s%s%s", program, variable ? ", which is named by " : "",
	                 variable ? variable : "; neither VISUAL nor EDITOR is set");
	doctor_text(a, row, "missing", program);
	if (variable)
		doctor_remedy(a, row, "set %s to an editor that is here", variable);
	else
		doctor_remedy(a, row, "%sapt install vim-tiny, or set EDITOR", geteuid() ? "sudo " : "");
	return row;
}

static struct value *doctor_gsutil(struct arena *a)
{
	if (spawn_find("gsutil"))
		return doctor_row(a, "gs:// URLs", DOCTOR_OK, "by gsutil");
	struct value *row = doctor_row(a, "gs:// URLs", DOCTOR_ABSENT, "missing: gsutil, which fetches "
	                               "requirements from Google Cloud Storage");
	doctor_text(a, row, "missing", "gsutil");
	doctor_remedy(a, row, "install the Google Cloud CLI (the package google-cloud-cli of Google's "
	              "own repository)");
	return row;
}

static const struct doctor_engine *doctor_mounting(const struct doctor_engine *engines, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (doctor_is(engines[i].facts, "secret_mounts"))
			return &engines[i];
	return NULL;
}

struct value *doctor_features(struct arena *a, const struct doctor_engine *engines, size_t n)
{
	static const struct doctor_feature features[] = {
		{ "BuildKit", "buildkit", "a dockerd with BuildKit (18.09 or later) that answers",
		  "dockerd" },
		{ "classic", "classic", "a dockerd that answers", "dockerd" },
		{ "podman", "podman", "a podman service that answers", "podman" },
		{ "buildah", "buildah", "buildah", "buildah" },
		{ "run", NULL, "a dockerd or podman service, which starts what was built", "dockerd" },
	};
	static const struct doctor_feature secrets = {
		"secrets", NULL, "an engine that mounts secrets", "buildah",
	};
	struct value *all = value_new_array(a);
	for (size_t i = 0; i < sizeof features / sizeof *features; i++)
		doctor_feature(a, all, &features[i], doctor_find(engines, n, features[i].builder),
		               doctor_named(engines, n, features[i].program));
	doctor_feature(a, all, &secrets, doctor_mounting(engines, n),
	               doctor_named(engines, n, "buildah"));
	doctor_add(all, doctor_gsutil(a));
	doctor_add(all, doctor_editor(a));
	doctor_add(all, doctor_row(a, "git marks", DOCTOR_OK, "built in"));
	return all;
}
