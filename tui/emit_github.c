#include "tui/emit_github.h"

#include <ctype.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/job/steps.h"

/* ---- text ---- */

/* YAML 1.2, 5.7: what is no printable character has an escape. */
static void emit_rune(struct buf *out, uint32_t rune)
{
	bool plain = rune >= 0x20 && rune != 0x7f && !(rune >= 0x80 && rune < 0xa0) &&
	             rune != 0x2028 && rune != 0x2029 && rune != 0xfeff &&
	             (rune < 0xfffe || rune > 0xffff);
	if (rune == '"' || rune == '\\')
		buf_append_char(out, '\\');
	if (rune == '\n')
		buf_append_text(out, "\\n");
	else if (plain)
		buf_append_rune(out, rune);
	else
		buf_printf(out, rune > 0xffff ? "\\U%08X" : "\\u%04X", (unsigned)rune);
}

void emit_github_quoted(struct buf *out, struct str text)
{
	static const char mark[] = "${{";
	size_t size;
	buf_append_char(out, '"');
	while (text.n) {
		if (str_has_prefix(text, STR(mark))) {
			buf_append_text(out, "${{ '${{' }}");
			text = str_slice(text, sizeof mark - 1, text.n);
			continue;
		}
		emit_rune(out, utf8_decode(text, &size));
		text = str_slice(text, size, text.n);
	}
	buf_append_char(out, '"');
}

static void emit_line(struct buf *out, unsigned indent, const char *key, struct str value)
{
	buf_printf(out, "%*s%s: ", (int)indent, "", key);
	emit_github_quoted(out, value);
	buf_append_char(out, '\n');
}

/* One entry of a list that build-push-action reads as CSV, a line each. */
static void emit_csv(struct buf *out, struct str text)
{
	bool quoted = str_find(text, '\n') != STR_NONE || str_find(text, '"') != STR_NONE;
	if (out->n)
		buf_append_char(out, '\n');
	if (quoted)
		buf_append_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_append_char(out, '"');
		buf_append_char(out, text.p[i]);
	}
	if (quoted)
		buf_append_char(out, '"');
}

/* A name that a repository's secret may have. */
static void emit_secret_name(struct buf *out, struct str name)
{
	if (!name.n || isdigit((unsigned char)name.p[0]))
		buf_append_char(out, '_');
	for (size_t i = 0; i < name.n; i++)
		buf_append_char(out, isalnum((unsigned char)name.p[i]) && !(name.p[i] & 0x80)
		                ? (char)toupper((unsigned char)name.p[i]) : '_');
}

/* ---- what an image has ---- */

/* user:password@ in an address. */
static bool emit_is_secret(struct str value)
{
	size_t scheme = str_find_str(value, STR("://"));
	struct str rest = str_slice(value, scheme == STR_NONE ? value.n : scheme + 3, value.n);
	size_t at = str_find(rest, '@'), slash = str_find(rest, '/');
	return at != STR_NONE && (slash == STR_NONE || at < slash);
}

static struct str emit_option(const struct image_task *t, const char *name)
{
	struct str value = { 0 };
	for (size_t i = 0; i < t->noptions; i++)
		if (str_eq(t->options[i].name, str_of(name)))
			value = t->options[i].value;
	return value;
}

/* All options of this name, or NAME: (their keys as KEY=VALUE; those with credentials left
 * out). */
static void emit_options(struct buf *out, const struct image_task *t, const char *name)
{
	struct str prefix = str_of(name);
	bool is_named = str_has_suffix(prefix, STR(":"));
	for (size_t i = 0; i < t->noptions; i++) {
		const struct pair *o = &t->options[i];
		owned_buf struct buf text = { 0 };
		if (is_named ? !str_has_prefix(o->name, prefix) || emit_is_secret(o->value)
		             : !str_eq(o->name, prefix))
			continue;
		if (is_named)
			buf_printf(&text, "%.*s=", STR_ARG(str_slice(o->name, prefix.n, o->name.n)));
		buf_append(&text, o->value);
		emit_csv(out, buf_str(&text));
	}
}

static size_t emit_stages(const struct image_task *t)
{
	const struct recipe *r = steps_recipe(t);
	size_t n = 0;
	for (size_t i = 0; i < r->nstages; i++)
		n += r->stages[i].reachable;
	return n;
}

/* ---- the matrix ---- */

/* One cache a scope: a later build would overwrite another one's. */
static void emit_caches(struct buf *out, const struct emit_github *g, const struct emit_entry *e)
{
	owned_buf struct buf from = { 0 }, to = { 0 }, scope = { 0 };
	emit_options(&from, e->image, "cache-from");
	emit_options(&to, e->image, "cache-to");
	buf_printf(&scope, "%s-", g->project);
	buf_append_text(&scope, e->name);
	for (size_t i = 0; i < scope.n; i++)
		if (!isalnum((unsigned char)scope.p[i]) && !strchr("._-", scope.p[i]))
			scope.p[i] = '-';
	if (!from.n && !to.n) {
		buf_printf(&from, "type=gha,scope=%s", buf_text(&scope));
		buf_printf(&to, "type=gha,mode=%s,scope=%s", emit_stages(e->image) > 1 ? "max" : "min",
		           buf_text(&scope));
	}
	emit_line(out, 12, "cache-from", buf_str(&from));
	emit_line(out, 12, "cache-to", buf_str(&to));
}

static void emit_entry(struct buf *out, const struct emit_github *g, const struct emit_entry *e)
{
	owned_buf struct buf tags = { 0 }, args = { 0 }, labels = { 0 }, stages = { 0 };
	const struct image_task *t = e->image;
	for (const char *const *tag = t->tags; tag && *tag; tag++)
		emit_csv(&tags, str_of(*tag));
	emit_options(&args, t, "build-arg:");
	emit_options(&labels, t, "label:");
	emit_options(&stages, t, "no-cache-filter");
	for (const char *const *s = t->level.no_cache_stages; s && *s; s++)
		emit_csv(&stages, str_of(*s));
	buf_printf(out, "          - ");
	emit_line(out, 0, "name", str_of(e->name));
	emit_line(out, 12, "profiles", str_of(e->profiles));
	emit_line(out, 12, "tags", buf_str(&tags));
	emit_line(out, 12, "target", emit_option(t, "target"));
	emit_line(out, 12, "platforms", emit_option(t, "platform"));
	emit_line(out, 12, "build-args", buf_str(&args));
	emit_line(out, 12, "labels", buf_str(&labels));
	buf_printf(out, "            no-cache: %s\n", t->level.no_cache ? "true" : "false");
	emit_line(out, 12, "no-cache-filters", buf_str(&stages));
	emit_caches(out, g, e);
}

/* ---- what all share ---- */

static bool emit_any(const struct emit_github *g, const char *option)
{
	bool any = false;
	for (size_t i = 0; i < g->n; i++)
		any = any || emit_option(g->entries[i].image, option).n;
	return any;
}

/* The registry of the first name that has one; n 0: none. */
static struct str emit_registry(const struct emit_github *g)
{
	for (size_t i = 0; i < g->n; i++)
		for (const char *const *t = g->entries[i].image->tags; t && *t; t++) {
			struct str host = str_slice(str_of(*t), 0, str_find(str_of(*t), '/'));
			if (host.n < strlen(*t) && (str_find(host, '.') != STR_NONE ||
			                            str_find(host, ':') != STR_NONE))
				return host;
		}
	return (struct str){ 0 };
}

static void emit_comment(struct buf *out, const char *text)
{
	buf_printf(out, "# %s\n", text);
}

static void emit_head(struct buf *out, const struct emit_github *g)
{
	bool ghcr = str_eq(emit_registry(g), STR("ghcr.io"));
	emit_comment(out, "Builds the image by GitHub Actions; written by mortar emit --for github.");
	emit_comment(out, "type=gha keeps the cache with the repository (10 GB in all) and needs no "
	             "permission of its own;");
	emit_comment(out, "builds of a pull request read the base branch's and write their own. A "
	             "registry's cache needs a login");
	emit_comment(out, "that may write there: for ghcr.io the permission packages: write.");
	emit_line(out, 0, "name", str_of(g->project));
	buf_append_text(out, "on:\n  push:\n    branches: [\"main\"]\n  pull_request:\n"
	                "  workflow_dispatch:\n    inputs:\n      level:\n"
	                "        description: \"cache level\"\n        type: choice\n"
	                "        options: [\"all\", \"none\"]\n        default: \"all\"\n"
	                "permissions:\n  contents: read\n");
	if (ghcr)
		buf_append_text(out, "  packages: write\n");
	buf_append_text(out, "jobs:\n  image:\n    name: \"image (${{ matrix.name }})\"\n"
	                "    runs-on: ubuntu-latest\n    strategy:\n      fail-fast: false\n"
	                "      matrix:\n        include:\n");
}

static void emit_made(struct buf *out, const struct emit_github *g)
{
	buf_append_text(out,
		"      - name: \"Is mortar here\"\n"
		"        run: |\n"
		"          command -v mortar || { echo \"::error::this runner has no mortar, which "
		"makes the Dockerfile: build and install it in a step before\"; exit 1; }\n"
		"      - name: \"The Dockerfile and the context, as mortar makes them\"\n"
		"        env:\n");
	emit_line(out, 10, "PROJECT", str_of(g->place));
	buf_append_text(out,
		"          PROFILES: ${{ matrix.profiles }}\n"
		"        run: |\n"
		"          mortar context \"$PROJECT\" ${PROFILES:+-p \"$PROFILES\"} --output "
		"\"$RUNNER_TEMP/context\"\n"
		"          mortar dockerfile \"$PROJECT\" ${PROFILES:+-p \"$PROFILES\"} "
		">\"$RUNNER_TEMP/Dockerfile\"\n");
}

static void emit_login(struct buf *out, struct str registry)
{
	bool ghcr = str_eq(registry, STR("ghcr.io"));
	buf_append_text(out, "      - uses: docker/login-action@v3\n"
	                "        if: github.event_name != 'pull_request'\n        with:\n");
	emit_line(out, 10, "registry", registry);
	buf_append_text(out, ghcr
		? "          username: ${{ github.actor }}\n"
		  "          password: ${{ secrets.GITHUB_TOKEN }}\n"
		: "          username: ${{ secrets.REGISTRY_USER }}\n"
		  "          password: ${{ secrets.REGISTRY_PASSWORD }}\n");
}

/* What an ARG can be called. */
static bool emit_is_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!isalnum((unsigned char)name.p[i]) && name.p[i] != '_')
			return false;
	return name.n > 0;
}

/* Build arguments, and those that only a secret may hold: a matrix cannot. */
static void emit_args(struct buf *out, const struct emit_github *g)
{
	owned_buf struct buf told = { 0 };
	buf_append_text(out, "          build-args: |\n            ${{ matrix.build-args }}\n");
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = 0; k < g->entries[i].image->noptions; k++) {
			const struct pair *o = &g->entries[i].image->options[k];
			owned_buf struct buf name = { 0 }, line = { 0 };
			if (!str_has_prefix(o->name, STR("build-arg:")) || !emit_is_secret(o->value) ||
			    !emit_is_name(str_slice(o->name, 10, o->name.n)))
				continue;
			emit_secret_name(&name, str_slice(o->name, 10, o->name.n));
			buf_printf(&line, "            %s=${{ secrets.%s }}\n", buf_text(&name),
			           buf_text(&name));
			if (str_find_str(buf_str(&told), buf_str(&line)) != STR_NONE)
				continue;
			buf_append(&told, buf_str(&line));
			/* The argument's own name, which is one of a Dockerfile's. */
			buf_printf(out, "            %.*s=${{ secrets.%s }}\n",
			           STR_ARG(str_slice(o->name, 10, o->name.n)), buf_text(&name));
		}
}

static void emit_secrets(struct buf *out, const struct emit_github *g)
{
	const struct image_task *t = g->entries[0].image;
	if (t->nsecrets)
		buf_append_text(out, "          secrets: |\n");
	for (size_t i = 0; i < t->nsecrets; i++) {
		owned_buf struct buf name = { 0 }, id = { 0 };
		emit_secret_name(&name, str_of(t->secrets[i].id));
		utf8_append_visible(&id, str_of(t->secrets[i].id));
		buf_printf(out, "            \"%s=${{ secrets.%s }}\"\n", buf_text(&id), buf_text(&name));
	}
	if (emit_any(g, "ssh"))
		buf_append_text(out, "          ssh: \"default\"\n");
}

static void emit_build(struct buf *out, const struct emit_github *g)
{
	bool pushes = emit_any(g, "push");
	buf_append_text(out, "      - uses: docker/build-push-action@v6\n        with:\n");
	if (g->file) {
		emit_line(out, 10, "context", str_of(g->context));
		emit_line(out, 10, "file", str_of(g->file));
	} else {
		buf_append_text(out, "          context: ${{ runner.temp }}/context\n"
		                "          file: ${{ runner.temp }}/Dockerfile\n");
	}
	buf_append_text(out, "          tags: ${{ matrix.tags }}\n"
	                "          target: ${{ matrix.target }}\n"
	                "          platforms: ${{ matrix.platforms }}\n"
	                "          labels: ${{ matrix.labels }}\n");
	emit_args(out, g);
	emit_secrets(out, g);
	buf_printf(out, "          push: %s\n", pushes ? "${{ github.event_name != 'pull_request' }}"
	                                               : "false");
	buf_append_text(out, "          no-cache: ${{ matrix.no-cache || inputs.level == 'none' }}\n"
	                "          no-cache-filters: ${{ matrix.no-cache-filters }}\n"
	                "          cache-from: ${{ matrix.cache-from }}\n"
	                "          cache-to: ${{ matrix.cache-to }}\n");
}

void emit_github(struct buf *out, const struct emit_github *g)
{
	struct str registry = emit_registry(g);
	emit_head(out, g);
	for (size_t i = 0; i < g->n; i++)
		emit_entry(out, g, &g->entries[i]);
	buf_append_text(out, "    steps:\n      - uses: actions/checkout@v4\n");
	if (emit_any(g, "platform"))
		buf_append_text(out, "      - uses: docker/setup-qemu-action@v3\n");
	buf_append_text(out, "      - uses: docker/setup-buildx-action@v3\n");
	if (registry.n && emit_any(g, "push"))
		emit_login(out, registry);
	if (!g->file)
		emit_made(out, g);
	emit_build(out, g);
}
