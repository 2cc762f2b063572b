#include "core/engine/rawjson.h"

#include "core/engine/base64.h"
#include "core/engine/stream.h"

bool rawjson_is(const struct value *m)
{
	static const char *const keys[] = { "vertexes", "statuses", "logs", "warnings" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct value *list = value_get(m, str_of(keys[i]));
		if (list && value_type(list) == VALUE_ARRAY)
			return true;
	}
	return false;
}

static bool rawjson_flag(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_is_true(v);
}

static int64_t rawjson_number(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	unsigned long long n;
	return v && value_type(v) == VALUE_INTEGER && str_number(value_text(v), INT64_MAX, &n) ?
	       (int64_t)n : 0;
}

/* Days since 1970-01-01 of a day of the Gregorian calendar. */
static int64_t rawjson_days(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = year / 400, of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Takes digits and the separator behind them off the front. */
static bool rawjson_take(struct str *text, size_t digits, char end, unsigned long long most,
                         int64_t *ret_number)
{
	unsigned long long n;
	if (!str_number(str_slice(*text, 0, digits), most, &n) ||
	    (end && (text->n <= digits || text->p[digits] != end)))
		return false;
	*text = str_slice(*text, digits + (end != 0), text->n);
	*ret_number = (int64_t)n;
	return true;
}

/* ".462854066", if it is there, as nanoseconds. */
static int64_t rawjson_fraction(struct str *text)
{
	int64_t ns = 0, unit = 100000000;
	size_t i = 1;
	if (!str_has_prefix(*text, STR(".")))
		return 0;
	for (; i < text->n && text->p[i] >= '0' && text->p[i] <= '9'; i++, unit /= 10)
		ns += (text->p[i] - '0') * unit;
	*text = str_slice(*text, i, text->n);
	return ns;
}

/* "Z", "+01:00" in seconds. */
static bool rawjson_zone(struct str text, int64_t *ret_seconds)
{
	int64_t hours, minutes, sign = str_has_prefix(text, STR("-")) ? -1 : 1;
	*ret_seconds = 0;
	if (str_eq(text, STR("Z")))
		return true;
	bool signed_ = sign < 0 || str_has_prefix(text, STR("+"));
	text = str_slice(text, 1, text.n);
	if (!signed_ || !rawjson_take(&text, 2, ':', 23, &hours) ||
	    !rawjson_take(&text, 2, 0, 59, &minutes) || text.n)
		return false;
	*ret_seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* RFC 3339, as Go writes times; 0: none. */
static int64_t rawjson_time(const struct value *o, const char *key)
{
	int64_t year, month, day, hour, minute, second, zone;
	struct str text = stream_text(o, key);
	if (!rawjson_take(&text, 4, '-', 2200, &year) || !rawjson_take(&text, 2, '-', 12, &month) ||
	    !rawjson_take(&text, 2, 'T', 31, &day) || !rawjson_take(&text, 2, ':', 23, &hour) ||
	    !rawjson_take(&text, 2, ':', 59, &minute) || !rawjson_take(&text, 2, 0, 60, &second))
		return 0;
	int64_t ns = rawjson_fraction(&text);
	if (year < 1970 || !month || !day || !rawjson_zone(text, &zone))
		return 0;
	int64_t at = rawjson_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	return at > zone ? (at - zone) * 1000000000 + ns : 0;
}

/* The objects of a list. */
static size_t rawjson_list(const struct value *m, const char *key, const struct value **ret_first)
{
	const struct value *list = value_get(m, str_of(key));
	bool is_list = list && value_type(list) == VALUE_ARRAY;
	size_t n = 0;
	*ret_first = is_list ? value_child(list) : NULL;
	for (const struct value *v = *ret_first; v; v = value_next(v))
		n++;
	return n;
}

static void rawjson_vertexes(struct arena *a, const struct value *m, struct pb_trace *p)
{
	const struct value *v;
	size_t n = rawjson_list(m, "vertexes", &v);
	struct pb_vertex *all = arena_array(a, n + 1, sizeof *all);
	for (; v; v = value_next(v)) {
		const struct value *group = value_get(v, STR("progressGroup"));
		if (value_type(v) != VALUE_OBJECT)
			continue;
		bool grouped = group && value_type(group) == VALUE_OBJECT;
		all[p->nvertexes++] = (struct pb_vertex){
			.digest = stream_text(v, "digest"), .name = stream_text(v, "name"),
			.error = stream_text(v, "error"), .cached = rawjson_flag(v, "cached"),
			.started = rawjson_time(v, "started"),
			.completed = rawjson_time(v, "completed"),
			.group = grouped ? stream_text(group, "id") : (struct str){ 0 },
			.group_name = grouped ? stream_text(group, "name") : (struct str){ 0 },
			.group_weak = grouped && rawjson_flag(group, "weak"),
		};
	}
	p->vertexes = all;
}

static void rawjson_statuses(struct arena *a, const struct value *m, struct pb_trace *p)
{
	const struct value *v;
	size_t n = rawjson_list(m, "statuses", &v);
	struct pb_status *all = arena_array(a, n + 1, sizeof *all);
	for (; v; v = value_next(v)) {
		if (value_type(v) != VALUE_OBJECT)
			continue;
		all[p->nstatuses++] = (struct pb_status){
			.id = stream_text(v, "id"), .vertex = stream_text(v, "vertex"),
			.name = stream_text(v, "name"), .current = rawjson_number(v, "current"),
			.total = rawjson_number(v, "total"),
			.timestamp = rawjson_time(v, "timestamp"),
			.started = rawjson_time(v, "started"),
			.completed = rawjson_time(v, "completed"),
		};
	}
	p->statuses = all;
}

static bool rawjson_bytes(struct arena *a, const struct value *v, const char *key,
                          struct str *ret_bytes, struct error *err)
{
	owned_buf struct buf bytes = { 0 };
	if (!base64_decode(&bytes, stream_text(v, key)))
		return error_set(err, ERROR_PROTOCOL, "a progress message whose %s is no base64", key);
	*ret_bytes = arena_str(a, buf_str(&bytes));
	return true;
}

static bool rawjson_logs(struct arena *a, const struct value *m, struct pb_trace *p,
                         struct error *err)
{
	const struct value *v;
	size_t n = rawjson_list(m, "logs", &v);
	struct pb_log *all = arena_array(a, n + 1, sizeof *all);
	for (; v; v = value_next(v)) {
		struct str bytes;
		if (value_type(v) != VALUE_OBJECT)
			continue;
		if (!rawjson_bytes(a, v, "data", &bytes, err))
			return false;
		all[p->nlogs++] = (struct pb_log){
			.vertex = stream_text(v, "vertex"), .bytes = bytes,
			.timestamp = rawjson_time(v, "timestamp"),
			.stream = rawjson_number(v, "stream") == 2 ? 2 : 1,
		};
	}
	p->logs = all;
	return true;
}

static bool rawjson_warnings(struct arena *a, const struct value *m, struct pb_trace *p,
                             struct error *err)
{
	const struct value *v;
	size_t n = rawjson_list(m, "warnings", &v);
	struct pb_warning *all = arena_array(a, n + 1, sizeof *all);
	for (; v; v = value_next(v)) {
		struct str text;
		if (value_type(v) != VALUE_OBJECT)
			continue;
		if (!rawjson_bytes(a, v, "short", &text, err))
			return false;
		all[p->nwarnings++] = (struct pb_warning){
			.vertex = stream_text(v, "vertex"), .text = text,
			.url = stream_text(v, "url"), .level = (int)(rawjson_number(v, "level") & 0xff),
		};
	}
	p->warnings = all;
	return true;
}

bool rawjson_parse(struct arena *a, const struct value *m, struct pb_trace *ret_trace,
                   struct error *err)
{
	struct pb_trace p = { 0 };
	rawjson_vertexes(a, m, &p);
	rawjson_statuses(a, m, &p);
	if (!rawjson_logs(a, m, &p, err) || !rawjson_warnings(a, m, &p, err))
		return false;
	*ret_trace = p;
	return true;
}
