/* SARIF 2.1.0 (OASIS), for those who show findings of many tools. */
#include "core/base/utf8.h"
#include "core/value/json.h"
#include "tui/lint.h"

struct sarif {
	struct arena *arena;
	const struct project *project;
	struct value *rules;
	const char **ids;               /* of the rules, by their index */
	size_t nids, cap;
};

static void sarif_text(struct sarif *s, struct value *to, const char *key, struct str text)
{
	value_set(s->arena, to, key, value_new_string(s->arena, text));
}

static void sarif_append(struct value *list, struct value *item)
{
	value_append(list, (struct str){ 0 }, (struct span){ 0 }, item);
}

/* {"text": …}, as SARIF has every message. */
static void sarif_message(struct sarif *s, struct value *to, const char *key, struct str text)
{
	struct value *message = value_new_object(s->arena);
	sarif_text(s, message, "text", text);
	value_set(s->arena, to, key, message);
}

/* A path as a URI's: relative, what is not plain in it as %XX. */
static struct str sarif_uri(struct sarif *s, struct str path)
{
	owned_buf struct buf uri = { 0 };
	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		             (c && strchr("-._~/", c));
		if (plain)
			buf_append_char(&uri, (char)c);
		else
			buf_printf(&uri, "%%%02X", c);
	}
	return arena_str(s->arena, buf_str(&uri));
}

/* ---- places ---- */

/* Columns count characters here, bytes in the rest of mortar. */
static long long sarif_column(struct span at, unsigned column)
{
	struct str line = str_slice(at.source->text, at.at - (column - 1), column - 1);
	long long n = 1;
	for (size_t size; line.n; line = str_slice(line, size, STR_NONE), n++)
		utf8_decode(line, &size);
	return n;
}

static struct value *sarif_region(struct sarif *s, struct span at)
{
	struct value *region = value_new_object(s->arena);
	struct span end = { at.source, at.at + at.size, 0 };
	struct origin from = span_origin(at), to = span_origin(end);
	value_set(s->arena, region, "startLine", value_new_integer(s->arena, from.line));
	value_set(s->arena, region, "startColumn",
	          value_new_integer(s->arena, sarif_column(at, from.column)));
	value_set(s->arena, region, "endLine", value_new_integer(s->arena, to.line));
	value_set(s->arena, region, "endColumn",
	          value_new_integer(s->arena, sarif_column(end, to.column)));
	return region;
}

static void sarif_artifact(struct sarif *s, struct value *to, const struct source *source)
{
	struct value *artifact = value_new_object(s->arena);
	sarif_text(s, artifact, "uri", sarif_uri(s, lint_file(s->project, source)));
	value_set(s->arena, to, "artifactLocation", artifact);
}

static struct value *sarif_locations(struct sarif *s, struct span at)
{
	struct value *list = value_new_array(s->arena), *location = value_new_object(s->arena);
	struct value *place = value_new_object(s->arena);
	sarif_artifact(s, place, at.source);
	if (at.source->text.p)
		value_set(s->arena, place, "region", sarif_region(s, at));
	value_set(s->arena, location, "physicalLocation", place);
	sarif_append(list, location);
	return list;
}

/* ---- rules ---- */

static void sarif_add_rule(void *data, const struct rule *rule, const char *origin)
{
	struct sarif *s = data;
	struct value *out = value_new_object(s->arena), *level = value_new_object(s->arena);
	struct value *properties = value_new_object(s->arena);
	if (s->nids == s->cap) {
		const char **grown = arena_array(s->arena, s->cap = s->cap ? s->cap * 2 : 64,
		                                 sizeof *grown);
		for (size_t i = 0; i < s->nids; i++)
			grown[i] = s->ids[i];
		s->ids = grown;
	}
	s->ids[s->nids++] = rule->id;
	sarif_text(s, out, "id", str_of(rule->id));
	sarif_message(s, out, "shortDescription", str_of(rule->sentence));
	sarif_message(s, out, "fullDescription", str_of(rule->reason));
	sarif_message(s, out, "help",
	              str_of(arena_printf(s->arena, "%s\n\n%s", rule->sentence, rule->reason)));
	if (rule->url)
		sarif_text(s, out, "helpUri", str_of(rule->url));
	sarif_text(s, level, "level", str_of(lint_severity_name(rule->severity)));
	value_set(s->arena, level, "enabled", value_new_bool(s->arena, !rule->is_off));
	value_set(s->arena, out, "defaultConfiguration", level);
	sarif_text(s, properties, "origin", str_of(origin));
	value_set(s->arena, out, "properties", properties);
	sarif_append(s->rules, out);
}

/* ---- findings ---- */

static struct value *sarif_fixes(struct sarif *s, const struct problem *p)
{
	struct value *fixes = value_new_array(s->arena), *fix = value_new_object(s->arena);
	struct value *changes = value_new_array(s->arena), *change = value_new_object(s->arena);
	struct value *replacements = value_new_array(s->arena);
	for (size_t i = 0; i < p->nfix; i++) {
		struct value *replacement = value_new_object(s->arena);
		value_set(s->arena, replacement, "deletedRegion", sarif_region(s, p->fix[i].at));
		sarif_message(s, replacement, "insertedContent", p->fix[i].text);
		sarif_append(replacements, replacement);
	}
	sarif_artifact(s, change, p->fix[0].at.source);
	value_set(s->arena, change, "replacements", replacements);
	sarif_append(changes, change);
	sarif_message(s, fix, "description", STR("mortar lint --fix"));
	value_set(s->arena, fix, "artifactChanges", changes);
	sarif_append(fixes, fix);
	return fixes;
}

static struct value *sarif_result(struct sarif *s, const struct problem *p)
{
	struct value *out = value_new_object(s->arena);
	sarif_text(s, out, "ruleId", str_of(p->rule));
	for (size_t i = 0; i < s->nids; i++)
		if (strcmp(s->ids[i], p->rule) == 0) {
			value_set(s->arena, out, "ruleIndex", value_new_integer(s->arena, (long long)i));
			break;
		}
	sarif_text(s, out, "level", str_of(lint_severity_name(p->severity)));
	sarif_message(s, out, "message", p->text);
	if (p->at.source)
		value_set(s->arena, out, "locations", sarif_locations(s, p->at));
	if (p->nfix)
		value_set(s->arena, out, "fixes", sarif_fixes(s, p));
	return out;
}

void lint_write_sarif(struct arena *arena, struct buf *out, const struct project *p)
{
	struct sarif s = { .arena = arena, .project = p, .rules = value_new_array(arena) };
	struct value *all = value_new_object(arena), *run = value_new_object(arena);
	struct value *tool = value_new_object(arena), *driver = value_new_object(arena);
	struct value *runs = value_new_array(arena), *results = value_new_array(arena);
	lint_each_rule(sarif_add_rule, &s);
	for (size_t i = 0; i < problems_count(p->problems); i++)
		sarif_append(results, sarif_result(&s, problems_get(p->problems, i)));
	sarif_text(&s, driver, "name", STR("mortar"));
	sarif_text(&s, driver, "version", STR(MORTAR_VERSION));
	value_set(arena, driver, "rules", s.rules);
	value_set(arena, tool, "driver", driver);
	value_set(arena, run, "tool", tool);
	sarif_text(&s, run, "columnKind", STR("unicodeCodePoints"));
	value_set(arena, run, "results", results);
	sarif_append(runs, run);
	sarif_text(&s, all, "$schema", STR("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
	                                   "schemas/sarif-schema-2.1.0.json"));
	sarif_text(&s, all, "version", STR("2.1.0"));
	value_set(arena, all, "runs", runs);
	value_write_json(out, all, JSON_FILE);
	buf_append_char(out, '\n');
}
