#include "core/engine/docker_container.h"

#include "core/engine/sentence.h"
#include "core/engine/stream.h"
#include "core/value/json.h"

enum { CONTAINER_REASON = 300 };

static const struct value *container_object(const struct value *o, const char *key)
{
	const struct value *v = o ? value_get(o, str_of(key)) : NULL;
	return v && value_type(v) == VALUE_OBJECT ? v : NULL;
}

static const struct value *container_parse(struct arena *a, struct str answer, struct error *err)
{
	const struct value *v;
	struct error bad = { 0 };
	if (value_parse_json(a, arena_str(a, answer), &v, &bad) && value_type(v) == VALUE_OBJECT)
		return v;
	error_set(err, ERROR_PROTOCOL, "the engine's answer is no description: %.*s",
	          STR_ARG(str_slice(str_trim(answer), 0, 80)));
	return NULL;
}

/* ---- ports ---- */

bool container_read_exposed(struct arena *a, struct str answer, const struct run_port **ret_ports,
                            size_t *ret_count, struct error *err)
{
	const struct value *image = container_parse(a, answer, err);
	if (!image)
		return false;
	const struct value *exposed = container_object(container_object(image, "Config"),
	                                               "ExposedPorts");
	struct run_port *ports = arena_array(a, exposed ? value_count(exposed) + 1 : 1,
	                                     sizeof *ports);
	*ret_count = 0;
	for (const struct value *p = exposed ? value_child(exposed) : NULL; p; p = value_next(p))
		ports[(*ret_count)++].port = value_key(p);
	*ret_ports = ports;
	return true;
}

static bool container_has_variable(const struct value *env, struct str name)
{
	for (const struct value *v = env ? value_child(env) : NULL; v; v = value_next(v)) {
		struct str text = value_type(v) == VALUE_STRING ? value_text(v) : (struct str){ 0 };
		if (str_eq(str_slice(text, 0, str_find(text, '=')), name))
			return true;
	}
	return false;
}

bool container_add_env(struct arena *a, struct str answer, struct run_task *t, struct error *err)
{
	size_t n = 0, more = 0;
	const struct value *image = t->env_under ? container_parse(a, answer, err) : NULL;
	if (!t->env_under || !image)
		return !t->env_under;
	const struct value *config = container_object(image, "Config");
	const struct value *env = config ? value_get(config, STR("Env")) : NULL;
	while (t->env && t->env[n])
		n++;
	while (t->env_under[more])
		more++;
	const char **all = arena_array(a, n + more + 1, sizeof *all);
	for (size_t i = 0; i < n; i++)
		all[i] = t->env[i];
	for (const char *const *e = t->env_under; *e; e++) {
		struct str name = str_slice(str_of(*e), 0, str_find(str_of(*e), '='));
		if (!container_has_variable(env, name))
			all[n++] = *e;
	}
	t->env = all;
	return true;
}

bool container_is_on_host(const struct run_task *t)
{
	return t->network && str_eq(str_of(t->network), STR("host"));
}

static bool container_publishes(const struct run_task *t)
{
	struct str network = str_of(t->network);
	return !container_is_on_host(t) && !str_eq(network, STR("none")) &&
	       !str_has_prefix(network, STR("container:"));
}

static bool container_names(const struct run_task *t, struct str port)
{
	for (size_t i = 0; i < t->nports; i++)
		if (str_eq(t->ports[i].port, port))
			return true;
	return false;
}

const struct run_port *container_ports(struct arena *a, const struct run_task *t,
                                       const struct run_port *exposed, size_t nexposed,
                                       size_t *ret_count)
{
	struct run_port *ports = arena_array(a, t->nports + nexposed + 1, sizeof *ports);
	size_t n = 0;
	for (size_t i = 0; i < t->nports; i++)
		ports[n++] = t->ports[i];
	for (size_t i = 0; i < nexposed; i++)
		if (!container_names(t, exposed[i].port))
			ports[n++] = exposed[i];
	for (size_t i = 0; i < n; i++) {
		unsigned long long number = 0;
		size_t slash = str_find(ports[i].port, '/');
		if (!ports[i].address.n)
			ports[i].address = STR("127.0.0.1");
		/* There the container's ports are the machine's. */
		if (container_is_on_host(t) && str_number(str_slice(ports[i].port, 0, slash), 65535,
		                                          &number))
			ports[i].number = (unsigned)number;
	}
	*ret_count = container_publishes(t) || container_is_on_host(t) ? n : 0;
	return ports;
}

/* ---- making ---- */

static struct value *container_texts(struct arena *a, const char *const *texts)
{
	struct value *list = value_new_array(a);
	for (; texts && *texts; texts++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(*texts)));
	return list;
}

/* {"8080/tcp": [{"HostIp", "HostPort"}]}; a port may have several. */
static struct value *container_bindings(struct arena *a, const struct run_port *ports, size_t n)
{
	struct value *all = value_new_object(a);
	for (size_t i = 0; i < n; i++) {
		const char *number = ports[i].number ? arena_printf(a, "%u", ports[i].number) : "";
		struct value *one = value_new_object(a), *list = value_new_array(a);
		for (size_t k = 0; k < i; k++)
			if (str_eq(ports[k].port, ports[i].port))
				list = (struct value *)value_get(all, ports[i].port);
		value_set(a, one, "HostIp", value_new_string(a, ports[i].address));
		value_set(a, one, "HostPort", value_new_string(a, str_of(number)));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, one);
		value_set(a, all, arena_text(a, ports[i].port), list);
	}
	return all;
}

static struct value *container_exposed(struct arena *a, const struct run_port *ports, size_t n)
{
	struct value *all = value_new_object(a);
	for (size_t i = 0; i < n; i++)
		value_set(a, all, arena_text(a, ports[i].port), value_new_object(a));
	return all;
}

void container_write_create(struct buf *out, const struct run_task *t, const struct run_port *ports,
                            size_t nports)
{
	owned(arena) struct arena *a = arena_new();
	struct value *o = value_new_object(a), *host = value_new_object(a);
	struct value *labels = value_new_object(a);
	size_t published = container_publishes(t) ? nports : 0;
	value_set(a, o, "Image", value_new_string(a, t->image));
	if (t->argv)
		value_set(a, o, "Cmd", container_texts(a, t->argv));
	if (t->entrypoint)
		value_set(a, o, "Entrypoint", container_texts(a, t->entrypoint));
	value_set(a, o, "Env", container_texts(a, t->env));
	if (t->workdir)
		value_set(a, o, "WorkingDir", value_new_string(a, str_of(t->workdir)));
	if (t->user)
		value_set(a, o, "User", value_new_string(a, str_of(t->user)));
	for (size_t i = 0; i < t->nlabels; i++)
		value_set(a, labels, arena_text(a, t->labels[i].name),
		          value_new_string(a, t->labels[i].value));
	value_set(a, o, "Labels", labels);
	value_set(a, o, "AttachStdout", value_new_bool(a, true));
	value_set(a, o, "AttachStderr", value_new_bool(a, true));
	if (t->interactive) {
		static const char *const flags[] = { "AttachStdin", "OpenStdin", "StdinOnce" };
		for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
			value_set(a, o, flags[i], value_new_bool(a, true));
		value_set(a, o, "Tty", value_new_bool(a, t->tty));
	}
	if (published) {
		value_set(a, o, "ExposedPorts", container_exposed(a, ports, published));
		value_set(a, host, "PortBindings", container_bindings(a, ports, published));
	}
	if (t->network)
		value_set(a, host, "NetworkMode", value_new_string(a, str_of(t->network)));
	value_set(a, o, "HostConfig", host);
	value_write_json(out, o, JSON_LINE);
}

/* ---- reading ---- */

static long long container_number(const struct value *o, const char *key, long long otherwise)
{
	const struct value *v = o ? value_get(o, str_of(key)) : NULL;
	unsigned long long n;
	struct str text = v && value_type(v) == VALUE_INTEGER ? value_text(v) : (struct str){ 0 };
	bool minus = str_has_prefix(text, STR("-"));
	if (!text.n || !str_number(str_slice(text, minus, text.n), INT32_MAX, &n))
		return otherwise;
	return minus ? -(long long)n : (long long)n;
}

static bool container_flag(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_type(v) == VALUE_BOOL && value_is_true(v);
}

static void container_read_health(const struct value *state, struct run_report *r)
{
	/* podman of before 4 has the other name. */
	const struct value *health = container_object(state, "Health"), *last = NULL;
	if (!health)
		health = container_object(state, "Healthcheck");
	struct str status = health ? stream_text(health, "Status") : (struct str){ 0 };
	const struct value *log = health ? value_get(health, STR("Log")) : NULL;
	r->health = str_eq(status, STR("healthy")) ? RUN_HEALTH_HEALTHY :
	            str_eq(status, STR("unhealthy")) ? RUN_HEALTH_UNHEALTHY :
	            str_eq(status, STR("starting")) ? RUN_HEALTH_STARTING : RUN_HEALTH_NONE;
	for (const struct value *l = log ? value_child(log) : NULL; l; l = value_next(l))
		last = l;
	if (!last || value_type(last) != VALUE_OBJECT)
		return;
	/* A check that ran out of time has a negative code. */
	long long code = container_number(last, "ExitCode", -1);
	r->probe_exit = code < 0 ? 255 : (int)code;
	r->probe = str_trim(stream_text(last, "Output"));
	r->failing = (unsigned)container_number(health, "FailingStreak", 0);
}

static size_t container_count_ports(const struct value *ports)
{
	size_t n = 0;
	for (const struct value *p = ports ? value_child(ports) : NULL; p; p = value_next(p))
		n += value_count(p);
	return n;
}

static void container_read_ports(struct arena *a, const struct value *ports,
                                 struct run_report *r)
{
	struct run_port *all = arena_array(a, container_count_ports(ports) + 1, sizeof *all);
	r->nports = 0;
	for (const struct value *p = ports ? value_child(ports) : NULL; p; p = value_next(p)) {
		if (value_type(p) != VALUE_ARRAY)
			continue;
		for (const struct value *at = value_child(p); at; at = value_next(at)) {
			unsigned long long number;
			if (value_type(at) != VALUE_OBJECT ||
			    !str_number(stream_text(at, "HostPort"), 65535, &number))
				continue;
			all[r->nports++] = (struct run_port){ value_key(p), stream_text(at, "HostIp"),
			                                      (unsigned)number };
		}
	}
	r->ports = all;
}

bool container_read(struct arena *a, struct str answer, struct run_report *r, bool *ret_runs,
                    struct error *err)
{
	const struct value *o = container_parse(a, answer, err);
	const struct value *state = container_object(o, "State");
	if (!o || !state)
		return !o ? false : error_set(err, ERROR_PROTOCOL, "the engine tells no state of the "
		                              "container");
	struct str name = stream_text(o, "Name");
	if (name.n)
		r->name = str_has_prefix(name, STR("/")) ? str_slice(name, 1, name.n) : name;
	*ret_runs = container_flag(state, "Running");
	container_read_health(state, r);
	container_read_ports(a, container_object(container_object(o, "NetworkSettings"), "Ports"), r);
	r->out_of_memory = container_flag(state, "OOMKilled");
	long long code = container_number(state, "ExitCode", -1);
	r->exit_code = *ret_runs || code < 0 ? -1 : (int)code;
	return true;
}

/* ---- refusals ---- */

static struct str container_message(struct arena *a, struct str answer)
{
	const struct value *v;
	struct error ignored = { 0 };
	if (value_parse_json(a, arena_str(a, answer), &v, &ignored) &&
	    value_type(v) == VALUE_OBJECT && stream_text(v, "message").n)
		return stream_text(v, "message");
	return answer;
}

/* The word that follows one of the marks, without a colon behind it. */
static struct str container_after(struct str text, const char *const *marks)
{
	for (; *marks; marks++) {
		size_t at = str_find_str(text, str_of(*marks));
		if (at == STR_NONE)
			continue;
		struct str word = str_slice(text, at + strlen(*marks), text.n);
		word = str_slice(word, 0, str_find(word, ' ') == STR_NONE ? word.n : str_find(word, ' '));
		return str_has_suffix(word, STR(":")) ? str_slice(word, 0, word.n - 1) : word;
	}
	return (struct str){ 0 };
}

static bool container_says(struct str text, const char *part)
{
	return str_find_str(text, str_of(part)) != STR_NONE;
}

static void container_refused_port(struct str message, struct error *ret_err)
{
	static const char *const marks[] = {
		"Bind for ", "listen tcp4 ", "listen tcp6 ", "listen tcp ", "listen udp4 ", "listen udp ",
		NULL,
	};
	struct str at = container_after(message, marks);
	error_set(ret_err, ERROR_REFUSED, "%.*s is taken by another program or container: publish "
	          "elsewhere (--publish HOST:PORT), or at a free port (--publish PORT)",
	          STR_ARG(at.n ? at : STR("a port to publish")));
}

static void container_refused_command(struct str message, struct error *ret_err)
{
	size_t at = str_find_str(message, STR("exec: "));
	struct str what = str_slice(message, at + 6, message.n);
	static const char *const ends[] = { ": unknown", ": OCI runtime", NULL };
	for (const char *const *end = ends; *end; end++) {
		size_t n = str_find_str(what, str_of(*end));
		what = str_slice(what, 0, n == STR_NONE ? what.n : n);
	}
	error_set(ret_err, ERROR_REFUSED, "the image's command cannot be run: %.*s",
	          STR_ARG(str_slice(what, 0, CONTAINER_REASON)));
}

void container_refusal(int status, struct str answer, const struct run_task *t,
                       struct error *ret_err)
{
	owned(arena) struct arena *a = arena_new();
	struct str message = str_trim(container_message(a, answer));
	if (container_says(message, "port is already allocated") ||
	    container_says(message, "address already in use"))
		container_refused_port(message, ret_err);
	else if (container_says(message, "exec: "))
		container_refused_command(message, ret_err);
	else if (status == 404 && (container_says(message, "o such image") ||
	                           container_says(message, "image not known")))
		error_set(ret_err, ERROR_REFUSED, "the image %.*s is not on this engine any more: build "
		          "it again", STR_ARG(t->image));
	else if (status == 409 && t->name && container_says(message, t->name))
		error_set(ret_err, ERROR_REFUSED, "there is a container named %s already: remove it, or "
		          "try again", t->name);
	else if (status == 404 && container_says(message, "network"))
		error_set(ret_err, ERROR_REFUSED, "this engine has no such network (%.*s); with "
		          "--network host none is needed",
		          STR_ARG(str_slice(message, 0, CONTAINER_REASON)));
	else
		sentence_of_refusal(status, answer, ret_err);
}
