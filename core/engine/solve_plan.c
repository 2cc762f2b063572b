#include "core/engine/solve_inside.h"

#include <string.h>

#include "core/base/csv.h"

void solve_pairs_add(struct solve_maker *m, struct solve_pairs *p, struct str name,
                     struct str value)
{
	if (p->n == p->cap) {
		struct pair *old = p->items;
		p->cap = p->cap ? 2 * p->cap : 16;
		p->items = arena_array(m->arena, p->cap, sizeof *p->items);
		if (p->n)
			memcpy(p->items, old, p->n * sizeof *old);
	}
	p->items[p->n++] = (struct pair){ name, value };
}

bool solve_each(struct solve_maker *m, const char *option, solve_option_fn *each, void *data)
{
	for (size_t i = 0; i < m->task->noptions; i++)
		if (str_eq(m->task->options[i].name, str_of(option)) &&
		    !each(m, m->task->options[i].value, data)) {
			if (m->err->code == ERROR_USAGE)
				error_prefix(m->err, "--%s", option);
			return false;
		}
	return true;
}

/* The option's last value, where it is set. */
static bool solve_last(struct solve_maker *m, const char *option, solve_option_fn *each,
                       void *data)
{
	struct str value = work_option(m->task, option);
	if (!value.p || each(m, value, data))
		return true;
	if (m->err->code == ERROR_USAGE)
		error_prefix(m->err, "--%s", option);
	return false;
}

static void solve_attr(struct solve_maker *m, const char *name, struct str value)
{
	solve_pairs_add(m, &m->attrs, str_of(name), value);
}

/* ---- arguments and labels ---- */

static void solve_add_arg(void *data, struct str name, struct str value)
{
	struct solve_maker *m = data;
	solve_attr(m, arena_printf(m->arena, "build-arg:%.*s", STR_ARG(name)), value);
}

static void solve_add_label(void *data, struct str name, struct str value)
{
	struct solve_maker *m = data;
	solve_attr(m, arena_printf(m->arena, "label:%.*s", STR_ARG(name)), value);
}

/* ---- what RUN gets ---- */

static bool solve_add_host(struct solve_maker *m, struct str value, void *data)
{
	struct buf *hosts = data;
	struct host h;
	if (!host_read(value, &h, m->err))
		return false;
	if (str_eq(h.address, STR("host-gateway"))) {
		if (!m->facts->host_gateway)
			return error_set(m->err, ERROR_REFUSED, "%s does not tell the address of its "
			                 "host-gateway to builds: give --add-host the address itself, or "
			                 "--engine classic", solve_daemon(m));
		h.address = str_of(m->facts->host_gateway);
	}
	csv_append(hosts, str_of(arena_printf(m->arena, "%.*s=%.*s", STR_ARG(h.name),
	                                      STR_ARG(h.address))));
	return true;
}

static bool solve_add_ulimit(struct solve_maker *m, struct str value, void *data)
{
	struct ulimit u;
	if (!solve_needs(m, 10, "--ulimit", "--engine classic, podman and buildah have it") ||
	    !ulimit_read(value, &u, m->err))
		return false;
	csv_append(data, str_of(arena_printf(m->arena, "%.*s=%lld:%lld", STR_ARG(u.name),
	                                     (long long)u.soft, (long long)u.hard)));
	return true;
}

static bool solve_add_shm_size(struct solve_maker *m, struct str value, void *data)
{
	uint64_t bytes;
	(void)data;
	if (!solve_needs(m, 10, "--shm-size", "--engine classic, podman and buildah have it") ||
	    !size_read(value, &bytes, m->err))
		return false;
	solve_attr(m, "shm-size", str_of(arena_printf(m->arena, "%llu", (unsigned long long)bytes)));
	return true;
}

static bool solve_add_cgroup_parent(struct solve_maker *m, struct str value, void *data)
{
	(void)data;
	if (!solve_needs(m, 10, "--cgroup-parent", "--engine classic, podman and buildah have it"))
		return false;
	solve_attr(m, "cgroup-parent", value);
	return true;
}

static bool solve_network(struct solve_maker *m)
{
	static const char *const none[] = { NULL }, *const host[] = { "network.host", NULL };
	struct str network = work_option(m->task, "network");
	m->plan->entitlements = none;
	if (!network.n || str_eq(network, STR("default")))
		return true;
	if (str_eq(network, STR("host")))
		m->plan->entitlements = host;
	else if (!str_eq(network, STR("none")))
		return error_set(m->err, ERROR_REFUSED, "BuildKit knows the networks host, none and "
		                 "default, not '%.*s': --engine classic and podman take names of "
		                 "networks", STR_ARG(network));
	solve_attr(m, "force-network-mode", network);
	return true;
}

static bool solve_surroundings(struct solve_maker *m)
{
	owned_buf struct buf hosts = { 0 }, limits = { 0 };
	if (!solve_network(m) || !solve_each(m, "add-host", solve_add_host, &hosts) ||
	    !solve_each(m, "ulimit", solve_add_ulimit, &limits) ||
	    !solve_last(m, "shm-size", solve_add_shm_size, NULL) ||
	    !solve_last(m, "cgroup-parent", solve_add_cgroup_parent, NULL))
		return false;
	if (hosts.n)
		solve_attr(m, "add-hosts", arena_str(m->arena, buf_str(&hosts)));
	if (limits.n)
		solve_attr(m, "ulimit", arena_str(m->arena, buf_str(&limits)));
	return true;
}

static bool solve_add_ssh(struct solve_maker *m, struct str value, void *data)
{
	struct pair ssh;
	if (!ssh_read(value, &ssh, m->err))
		return false;
	if (!ssh.value.n && !m->facts->agent)
		return error_set(m->err, ERROR_USAGE, "no agent of ssh runs for '%.*s': SSH_AUTH_SOCK is "
		                 "not set; ssh-agent and ssh-add make one, or name its socket with "
		                 "%.*s=SOCKET", STR_ARG(ssh.name), STR_ARG(ssh.name));
	if (!ssh.value.n)
		ssh.value = str_of(m->facts->agent);
	solve_pairs_add(m, data, ssh.name, ssh.value);
	return true;
}

/* ---- what is built ---- */

static void solve_no_cache(struct solve_maker *m)
{
	const struct level_effect *level = &m->task->level;
	owned_buf struct buf stages = { 0 };
	for (const char *const *s = level->no_cache_stages; s && *s; s++)
		buf_printf(&stages, "%s%s", stages.n ? "," : "", *s);
	if (level->no_cache)
		solve_attr(m, "no-cache", STR(""));
	else if (stages.n)
		solve_attr(m, "no-cache", arena_str(m->arena, buf_str(&stages)));
}

static bool solve_platform(struct solve_maker *m)
{
	struct str platform = work_option(m->task, "platform");
	if (str_find(platform, ',') != STR_NONE &&
	    !solve_needs_store(m, "images for several platforms", "build one after the other"))
		return false;
	if (platform.n)
		solve_attr(m, "platform", platform);
	return true;
}

static bool solve_contexts(struct solve_maker *m)
{
	struct str prefix = STR("build-context:");
	for (size_t i = 0; i < m->task->noptions; i++) {
		struct str name = m->task->options[i].name, value = m->task->options[i].value;
		if (!str_has_prefix(name, prefix))
			continue;
		name = str_slice(name, prefix.n, name.n);
		if (!solve_needs(m, 10, "--build-context", NULL))
			return false;
		if (build_context_is_local(value))
			value = str_of(arena_printf(m->arena, "local:%.*s", STR_ARG(name)));
		solve_attr(m, arena_printf(m->arena, "context:%.*s", STR_ARG(name)), value);
	}
	return true;
}

static bool solve_attest(struct solve_maker *m, const char *name, const char *usual,
                         struct str value)
{
	struct str attrs;
	if (!attest_read(m->arena, value, &attrs, m->err))
		return false;
	if (!attrs.p)
		return true;
	const char *what = arena_printf(m->arena, "--%s", name);
	if (!solve_needs(m, 11, what, NULL) || !solve_needs_store(m, what, NULL))
		return false;
	solve_attr(m, arena_printf(m->arena, "attest:%s", name), attrs.n ? attrs : str_of(usual));
	return true;
}

static bool solve_add_provenance(struct solve_maker *m, struct str value, void *data)
{
	(void)data;
	return solve_attest(m, "provenance", "mode=min", value);
}

static bool solve_add_sbom(struct solve_maker *m, struct str value, void *data)
{
	(void)data;
	return solve_attest(m, "sbom", "", value);
}

static bool solve_what(struct solve_maker *m)
{
	struct str target = work_option(m->task, "target");
	if (target.n)
		solve_attr(m, "target", target);
	if (work_option_is_on(m->task, "pull"))
		solve_attr(m, "image-resolve-mode", STR("pull"));
	else if (m->facts->daemon == SOLVE_DOCKERD && m->facts->has_containerd_store)
		/* Else it asks the registry for images that were built here. */
		solve_attr(m, "image-resolve-mode", STR("local"));
	solve_no_cache(m);
	return solve_platform(m) && solve_contexts(m) &&
	       solve_last(m, "provenance", solve_add_provenance, NULL) &&
	       solve_last(m, "sbom", solve_add_sbom, NULL);
}

bool solve_plan_make(struct arena *arena, const struct image_task *task,
                     const struct solve_facts *facts, struct solve_plan *ret_plan,
                     struct error *err)
{
	struct solve_plan plan = { 0 };
	struct solve_pairs ssh = { 0 };
	struct error fault = { 0 };
	struct solve_maker m = { .arena = arena, .task = task, .facts = facts, .plan = &plan,
	                         .buildkit = solve_buildkit(facts), .err = &fault };
	work_each_proxy(task, solve_add_arg, &m);
	work_each_arg(task, facts->build_id, solve_add_arg, &m);
	work_each_label(task, solve_add_label, &m);
	if (!solve_what(&m) || !solve_surroundings(&m) ||
	    !solve_each(&m, "ssh", solve_add_ssh, &ssh) || !solve_caches(&m) || !solve_outputs(&m)) {
		*err = fault;
		return false;
	}
	plan.attrs = m.attrs.items;
	plan.nattrs = m.attrs.n;
	plan.ssh = ssh.items;
	plan.nssh = ssh.n;
	*ret_plan = plan;
	return true;
}
