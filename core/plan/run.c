#include "core/plan/run.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const run_phases[] = {
	[RUN_PREPARING] = "preparing", [RUN_CREATED] = "created", [RUN_RUNNING] = "running",
	[RUN_STOPPING] = "stopping", [RUN_EXITED] = "exited", [RUN_REMOVED] = "removed",
};
static const char *const run_healths[] = {
	[RUN_HEALTH_NONE] = "none", [RUN_HEALTH_STARTING] = "starting",
	[RUN_HEALTH_HEALTHY] = "healthy", [RUN_HEALTH_UNHEALTHY] = "unhealthy",
};

const char *run_phase_name(enum run_phase phase)
{
	return run_phases[phase];
}

const char *run_health_name(enum run_health health)
{
	return run_healths[health];
}

bool run_accepts(const struct run_task *t, int exit_code)
{
	for (const int *good = t->accepted; good && *good >= 0; good++)
		if (*good == exit_code)
			return true;
	return !t->accepted && exit_code == 0;
}

/* ---- ports ---- */

void run_port_append_url(struct buf *out, const struct run_port *p)
{
	bool udp = str_has_suffix(p->port, STR("/udp"));
	bool v6 = str_find(p->address, ':') != STR_NONE;
	struct str host = p->address;
	/* Any address of the machine: this one answers. */
	if (!host.n || str_eq(host, STR("0.0.0.0")))
		host = STR("127.0.0.1");
	buf_append_text(out, udp ? "udp://" : "http://");
	buf_printf(out, v6 ? "[%.*s]:%u" : "%.*s:%u", STR_ARG(host), p->number);
}

/* Takes what stands behind the last colon off the text. */
static struct str run_port_last(struct str *text)
{
	size_t colon = str_find_last(*text, ':');
	struct str last = str_slice(*text, colon == STR_NONE ? 0 : colon + 1, text->n);
	*text = str_slice(*text, 0, colon == STR_NONE ? 0 : colon);
	return last;
}

static bool run_address_is_fine(struct str address)
{
	static const char fit[] = "0123456789abcdefABCDEF.:";
	for (size_t i = 0; i < address.n; i++)
		if (!strchr(fit, address.p[i]))
			return false;
	return true;
}

bool run_port_parse(struct arena *a, struct str text, struct run_port *ret_port, struct error *err)
{
	unsigned long long inside = 0, outside = 0;
	size_t slash = str_find(text, '/');
	struct str protocol = slash == STR_NONE ? STR("tcp") : str_slice(text, slash + 1, text.n);
	struct str rest = str_slice(text, 0, slash == STR_NONE ? text.n : slash);
	bool fine = str_eq(protocol, STR("tcp")) || str_eq(protocol, STR("udp"));
	fine = fine && !str_has_prefix(rest, STR(":"));
	fine = fine && str_number(run_port_last(&rest), 65535, &inside) && inside > 0;
	if (fine && rest.n) {
		struct str number = run_port_last(&rest);
		fine = str_number(number, 65535, &outside) || (!number.n && rest.n);
	}
	if (rest.n > 1 && rest.p[0] == '[' && rest.p[rest.n - 1] == ']')
		rest = str_slice(rest, 1, rest.n - 2);
	if (!fine || !run_address_is_fine(rest))
		return error_set(err, ERROR_USAGE, "'%.*s' is no port to publish; right would be 8080, "
		                 "18080:8080 or 0.0.0.0:18080:8080, with /udp behind it if need be",
		                 STR_ARG(text));
	ret_port->port = str_of(arena_printf(a, "%llu/%.*s", inside, STR_ARG(protocol)));
	ret_port->address = arena_str(a, rest);
	ret_port->number = (unsigned)outside;
	return true;
}

static bool run_port_equal(const struct run_port *p, const struct run_port *q)
{
	return p->number == q->number && str_eq(p->port, q->port) && str_eq(p->address, q->address);
}

/* ---- reports ---- */

bool run_report_equal(const struct run_report *p, const struct run_report *q)
{
	bool equal = p->phase == q->phase && p->health == q->health && str_eq(p->id, q->id) &&
	             str_eq(p->name, q->name) && p->exit_code == q->exit_code &&
	             p->out_of_memory == q->out_of_memory && str_eq(p->probe, q->probe) &&
	             p->probe_exit == q->probe_exit && p->failing == q->failing &&
	             p->nports == q->nports && !(p->started < q->started) &&
	             !(q->started < p->started) && !(p->ended < q->ended) && !(q->ended < p->ended);
	for (size_t i = 0; equal && i < p->nports; i++)
		equal = run_port_equal(&p->ports[i], &q->ports[i]);
	return equal;
}

static void run_set_text(struct arena *a, struct value *o, const char *key, struct str text)
{
	if (text.n)
		value_set(a, o, key, value_new_string(a, text));
}

static void run_set_time(struct arena *a, struct value *o, const char *key, double t)
{
	struct str text = str_of(arena_printf(a, "%.3f", t));
	if (t > 0)
		value_set(a, o, key, value_new(a, VALUE_FLOAT, text, (struct span){ 0 }));
}

static struct value *run_port_value(struct arena *a, const struct run_port *p)
{
	owned_buf struct buf url = { 0 };
	struct value *o = value_new_object(a);
	run_port_append_url(&url, p);
	run_set_text(a, o, "port", p->port);
	run_set_text(a, o, "address", p->address);
	value_set(a, o, "number", value_new_integer(a, p->number));
	value_set(a, o, "url", value_new_string(a, arena_str(a, buf_str(&url))));
	return o;
}

struct value *run_report_value(struct arena *a, const struct run_report *r)
{
	struct value *o = value_new_object(a), *ports = value_new_array(a);
	value_set(a, o, "state", value_new_string(a, str_of(run_phases[r->phase])));
	value_set(a, o, "health", value_new_string(a, str_of(run_healths[r->health])));
	run_set_text(a, o, "container", r->id);
	run_set_text(a, o, "name", r->name);
	run_set_time(a, o, "started", r->started);
	run_set_time(a, o, "ended", r->ended);
	if (r->exit_code >= 0)
		value_set(a, o, "exit", value_new_integer(a, r->exit_code));
	if (r->out_of_memory)
		value_set(a, o, "out_of_memory", value_new_bool(a, true));
	if (r->probe_exit >= 0) {
		struct value *probe = value_new_object(a);
		value_set(a, probe, "exit", value_new_integer(a, r->probe_exit));
		value_set(a, probe, "failing", value_new_integer(a, r->failing));
		value_set(a, probe, "output", value_new_string(a, r->probe));
		value_set(a, o, "probe", probe);
	}
	for (size_t i = 0; i < r->nports; i++)
		value_append(ports, (struct str){ 0 }, (struct span){ 0 },
		             run_port_value(a, &r->ports[i]));
	value_set(a, o, "ports", ports);
	return o;
}

static struct str run_text(const struct value *o, const char *key)
{
	const struct value *v = o ? value_get(o, str_of(key)) : NULL;
	return v && value_type(v) == VALUE_STRING ? value_text(v) : (struct str){ 0 };
}

static double run_time(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	char text[40];
	if (!v || (value_type(v) != VALUE_FLOAT && value_type(v) != VALUE_INTEGER))
		return 0;
	snprintf(text, sizeof text, "%.*s", STR_ARG(str_slice(value_text(v), 0, 39)));
	double t = strtod(text, NULL);
	return t > 0 && t < 1e12 ? t : 0;
}

static int run_number(const struct value *o, const char *key, int otherwise)
{
	const struct value *v = o ? value_get(o, str_of(key)) : NULL;
	unsigned long long n;
	return v && value_type(v) == VALUE_INTEGER && str_number(value_text(v), INT32_MAX, &n)
	       ? (int)n : otherwise;
}

/* The index of the word, or -1. */
static int run_word(struct str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, str_of(words[i])))
			return (int)i;
	return -1;
}

static void run_read_ports(struct arena *a, const struct value *ports, struct run_report *r)
{
	struct run_port *all = arena_array(a, ports ? value_count(ports) + 1 : 1, sizeof *all);
	for (const struct value *p = ports ? value_child(ports) : NULL; p; p = value_next(p))
		all[r->nports++] = (struct run_port){ run_text(p, "port"), run_text(p, "address"),
		                                      (unsigned)run_number(p, "number", 0) };
	r->ports = all;
}

bool run_report_read(struct arena *a, const struct value *o, struct run_report *ret_report)
{
	int phase = run_word(run_text(o, "state"), run_phases,
	                     sizeof run_phases / sizeof *run_phases);
	int health = run_word(run_text(o, "health"), run_healths,
	                      sizeof run_healths / sizeof *run_healths);
	const struct value *probe = value_get(o, STR("probe")), *ooms;
	if (phase < 0 || health < 0)
		return false;
	ooms = value_get(o, STR("out_of_memory"));
	*ret_report = (struct run_report){
		.phase = (enum run_phase)phase, .health = (enum run_health)health,
		.id = run_text(o, "container"), .name = run_text(o, "name"),
		.started = run_time(o, "started"), .ended = run_time(o, "ended"),
		.exit_code = run_number(o, "exit", -1), .out_of_memory = ooms && value_is_true(ooms),
		.probe = run_text(probe, "output"), .probe_exit = run_number(probe, "exit", -1),
		.failing = (unsigned)run_number(probe, "failing", 0),
	};
	run_read_ports(a, value_get(o, STR("ports")), ret_report);
	return true;
}
