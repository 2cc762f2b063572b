/* The Dockerfile of a PESTO service, in PESTO's order and groups. */
#include "core/base/check.h"
#include "core/kind/pesto.h"
#include "core/recipe/quote.h"

enum { CAUSES_MAX = 8 };

/* The recipe while it is written, with what caused the next instruction. */
struct pesto_writer {
	const struct pesto_parts *parts;
	struct recipe_builder *builder;
	struct problems *problems;
	const struct value *causes[CAUSES_MAX];
	size_t ncauses;
};

static void writer_cause(struct pesto_writer *w, const struct value *cause)
{
	if (cause && w->ncauses < CAUSES_MAX)
		w->causes[w->ncauses++] = cause;
}

static void writer_add(struct pesto_writer *w, const char *text)
{
	recipe_builder_add(w->builder, w->causes, w->ncauses, "%s", text);
	w->ncauses = 0;
}

static void writer_group(struct pesto_writer *w, enum pesto_group group, const char *name)
{
	owned_buf struct buf comment = { 0 };
	recipe_builder_group(w->builder, (int)group, name);
	buf_printf(&comment, "step %d: %s", (int)group, name);
	recipe_builder_comment(w->builder, buf_text(&comment));
	/* A RUN right behind a level's ARG: only a RUN feels that it has changed. */
	buf_clear(&comment);
	buf_printf(&comment, "RUN echo '***** step %d: %s *****'", (int)group, name);
	writer_add(w, buf_text(&comment));
}

static void writer_level(struct pesto_writer *w, const char *name, const char *alias)
{
	recipe_builder_add(w->builder, NULL, 0, "ARG %s=1", alias);
	recipe_builder_add(w->builder, NULL, 0, "ARG %s=1", name);
}

/* COPY from to, quoted; what a Dockerfile cannot say is told at `at`. */
static void writer_copy(struct pesto_writer *w, struct str from, struct str to,
                        const struct value *at)
{
	owned_buf struct buf text = { 0 };
	struct error err;
	const struct str words[] = { from, to };
	buf_append(&text, STR("COPY "));
	if (quote_copy(&text, words, 2, &err)) {
		writer_add(w, buf_text(&text));
		return;
	}
	problems_add(w->problems, SEVERITY_ERROR, "pesto-dockerfile",
	             at ? value_span(at) : (struct span){ 0 }, "%s", err.text);
	w->ncauses = 0;
}

static void writer_copy_text(struct pesto_writer *w, const char *from, const char *to,
                             const struct value *at)
{
	writer_copy(w, str_of(from), str_of(to), at);
}

/* prefix, the word quoted for the shell, suffix. */
static void writer_shell(struct pesto_writer *w, const char *prefix, const char *word,
                         const char *suffix, const struct value *at)
{
	owned_buf struct buf text = { 0 };
	struct error err;
	buf_append_text(&text, prefix);
	if (!quote_shell(&text, str_of(word), &err)) {
		problems_add(w->problems, SEVERITY_ERROR, "pesto-dockerfile", value_span(at), "%s",
		             err.text);
		w->ncauses = 0;
		return;
	}
	buf_append_text(&text, suffix);
	writer_add(w, buf_text(&text));
}

static void writer_env(struct pesto_writer *w, struct str name, struct str value,
                       const struct value *at)
{
	owned_buf struct buf text = { 0 };
	struct error err;
	buf_printf(&text, "ENV %.*s=", STR_ARG(name));
	if (quote_value(&text, value, &err)) {
		writer_add(w, buf_text(&text));
		return;
	}
	problems_add(w->problems, SEVERITY_ERROR, "pesto-environment",
	             at ? value_span(at) : (struct span){ 0 }, "%s", err.text);
	w->ncauses = 0;
}

static void recipe_head(struct pesto_writer *w)
{
	struct str base = value_text(w->parts->base);
	recipe_builder_add(w->builder, NULL, 0, "ARG ENV");
	recipe_builder_add(w->builder, &w->parts->base, 1, "FROM %.*s", STR_ARG(base));
	writer_add(w, "CMD [\"processing\"]");
	writer_add(w, "ENTRYPOINT []");
	writer_add(w, "EXPOSE 8080");
	writer_add(w, "HEALTHCHECK --interval=30s --timeout=30s --start-period=5s --retries=3 CMD "
	              "[\"python3\", \"-c\", \"import sys, urllib.request; "
	              "sys.exit(urllib.request.urlopen('http://localhost:8080/api/v1/health')"
	              ".getcode() != 200)\"]");
}

static void recipe_pip(struct pesto_writer *w)
{
	writer_group(w, PESTO_STEP_PIP, "pip");
	if (pesto_secret(w->parts, SECRET_COPIED))
		writer_add(w, "COPY pip.conf /etc");
	if (pesto_secret(w->parts, SECRET_ARGUMENT))
		writer_add(w, "ARG PIP_EXTRA_INDEX_URL");
	writer_add(w, "RUN python3 -V");
	writer_add(w, "RUN ln -s $(which pip) /usr/bin/pip; echo pip is there");
	writer_add(w, pesto_pip(w->parts, "--upgrade pip"));
	writer_add(w, "RUN pip -V");
	writer_add(w, pesto_pip(w->parts, "'certifi>=2017.4.17'"));
	writer_add(w, "RUN mkdir -p /etc/pki/tls/certs");
	writer_add(w, "RUN ln -sf /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt");
}

static void recipe_processing(struct pesto_writer *w)
{
	writer_group(w, PESTO_STEP_PESTO, "PESTO");
	writer_copy_text(w, "dist", "/opt/tmp/pesto/dist", NULL);
	if (w->parts->wheel)
		writer_shell(w, pesto_pip(w->parts, "/opt/tmp/pesto/dist/"), w->parts->wheel, "", NULL);
	else
		writer_add(w, pesto_pip(w->parts, "processing-factory"));
	writer_level(w, "C1", "CACHE_UP_TO_PESTO");
}

static void recipe_requirements(struct pesto_writer *w)
{
	writer_group(w, PESTO_STEP_REQUIREMENTS, "requirements");
	for (size_t i = 0; i < w->parts->nrequirements; i++) {
		const struct pesto_requirement *r = &w->parts->requirements[i];
		if (r->type != PESTO_PIP)
			continue;
		const char *from = arena_printf(w->parts->arena, "requirements/%s", r->base);
		writer_cause(w, r->value);
		/* A folder's COPY is of what it holds. */
		writer_copy_text(w, from, r->folder ? arena_printf(w->parts->arena, "/tmp/%s", r->base)
		                                    : "/tmp", r->value);
		writer_cause(w, r->value);
		writer_shell(w, pesto_pip(w->parts, "/tmp/"), r->base, "", r->value);
		writer_cause(w, r->value);
		writer_shell(w, "RUN rm -rf /tmp/", r->base, "", r->value);
	}
	writer_level(w, "C2", "CACHE_UP_TO_PIP_REQ");
}

static void recipe_algorithm(struct pesto_writer *w)
{
	const struct value *name = w->parts->pesto->name;
	const char *text = arena_text(w->parts->arena, value_text(name));
	writer_group(w, PESTO_STEP_ALGORITHM, "algorithm");
	writer_cause(w, name);
	writer_copy_text(w, text, arena_printf(w->parts->arena, "/opt/%s", text), name);
	writer_cause(w, name);
	writer_shell(w, pesto_pip(w->parts, "/opt/"), text, "", name);
	writer_level(w, "C3", "CACHE_UP_TO_ALGO");
}

static void recipe_environment(struct pesto_writer *w)
{
	const struct pesto_parts *parts = w->parts;
	/* Profiles come from the command line; the version from the build file. */
	if (str_eq(selection_option(parts->selection, "pesto-profile"), STR("version")))
		writer_cause(w, parts->pesto->version);
	writer_env(w, STR("PESTO_PROFILE"), str_of(parts->pesto->profile), NULL);
	for (const struct value *v = value_child(parts->environments); v; v = value_next(v)) {
		enum value_type type = value_type(v);
		if (!quote_is_env_name(value_key(v)))
			problems_add(w->problems, SEVERITY_ERROR, "pesto-environment", value_key_span(v),
			             "an environment name has letters, digits and _ only, and starts "
			             "with no digit");
		else if (type == VALUE_ARRAY || type == VALUE_OBJECT || type == VALUE_NULL)
			problems_add(w->problems, SEVERITY_ERROR, "pesto-environment", value_span(v),
			             "an environment value must be a string, a number or a boolean");
		else {
			writer_cause(w, v);
			writer_env(w, value_key(v), value_text(v), v);
		}
	}
	owned_buf struct buf path = { 0 };
	writer_cause(w, parts->pesto->name);
	buf_printf(&path, "$PYTHONPATH${PYTHONPATH:+:}/opt/%.*s",
	           STR_ARG(value_text(parts->pesto->name)));
	for (size_t i = 0; i < parts->nrequirements; i++)
		if (parts->requirements[i].type == PESTO_PYTHON) {
			writer_cause(w, parts->requirements[i].to_value);
			buf_printf(&path, ":%.*s", STR_ARG(parts->requirements[i].to));
		}
	writer_env(w, STR("PYTHONPATH"), buf_str(&path), parts->pesto->name);
}

static void recipe_service(struct pesto_writer *w)
{
	static const struct { enum pesto_document document; const char *file; } files[] = {
		{ PESTO_SERVICE, "service.json" }, { PESTO_VERSION, "version.json" },
		{ PESTO_CONFIG, "config.json" },
	};
	const struct pesto *p = w->parts->pesto;
	writer_copy_text(w, "pesto/api_geo_process_v1.0.yaml", "/etc/pesto/", NULL);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const struct value *value = p->documents[files[i].document].value;
		writer_cause(w, value);
		writer_copy_text(w, arena_printf(w->parts->arena, "%.*s/pesto/api/%s",
		                                 STR_ARG(value_text(p->name)), files[i].file),
		                 "/etc/pesto/", p->name);
	}
	writer_copy_text(w, "requirements/ssl", "/etc/pesto/ssl", NULL);
	for (size_t i = 0; i < w->parts->nrequirements; i++) {
		const struct pesto_requirement *r = &w->parts->requirements[i];
		if (r->type == PESTO_PIP)
			continue;
		struct str from = r->unpacked || r->folder
			? r->name : str_of(arena_printf(w->parts->arena, "requirements/%s", r->base));
		writer_cause(w, r->value);
		writer_copy(w, from, r->to, r->to_value);
	}
}

struct recipe *pesto_recipe(const struct pesto_parts *parts, struct problems *problems)
{
	owned(recipe_builder) struct recipe_builder *builder = recipe_builder_new();
	struct pesto_writer w = { .parts = parts, .builder = builder, .problems = problems };
	recipe_head(&w);
	recipe_pip(&w);
	recipe_processing(&w);
	recipe_requirements(&w);
	recipe_algorithm(&w);
	writer_group(&w, PESTO_STEP_SERVICE, "service");
	recipe_environment(&w);
	recipe_service(&w);
	/* What is wrong so far may stand in it as it is. */
	return problems_errors(problems) ? NULL : recipe_builder_done(builder);
}
