#include "tests/core/kind/poetry.h"

static const char poetry_form[] =
	"[tool.poetry]\nname = 'old'\nversion = '1.0'\ndescription = 'd'\nreadme = 'README.md'\n"
	"packages = [{include = 'pkg', from = 'src'}]\n"
	"[tool.poetry.dependencies]\npython = '^3.9'\nrequests = '^2.0'\n"
	"redis = {version = '*', optional = true}\nfoo = [{version='1', python='<3'}, {version='2'}]\n"
	"[tool.poetry.extras]\nslim = ['redis']\n"
	"[tool.poetry.group.docs]\noptional = true\ninclude-groups = ['test']\n"
	"[tool.poetry.group.docs.dependencies]\nsphinx = '*'\n"
	"[tool.poetry.group.test.dependencies]\npytest = '^7'\n"
	"[tool.poetry.scripts]\nrun = 'pkg:main'\n"
	"[[tool.poetry.source]]\nname = 'internal'\nurl = 'https://x'\npriority = 'explicit'\n"
	"[build-system]\nrequires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'\n";

/* "requests redis? foo | docs?: sphinx +test | …": ? is optional. */
static const char *show(struct arena *a, const struct poetry_project *p)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < p->ngroups; i++) {
		const struct poetry_group *g = &p->groups[i];
		buf_printf(&out, "%s%.*s%s:", i ? " | " : "", STR_ARG(g->name), g->optional ? "?" : "");
		for (size_t j = 0; j < g->ndependencies; j++) {
			const struct poetry_dependency *d = &g->dependencies[j];
			buf_printf(&out, " %.*s%s%s%s", STR_ARG(d->name), d->optional ? "?" : "",
			           d->standard ? "/s" : "", d->poetry ? "/p" : "");
		}
		for (size_t j = 0; j < g->nincludes; j++)
			buf_printf(&out, " +%.*s", STR_ARG(value_text(g->includes[j])));
	}
	return arena_text(a, buf_str(&out));
}

static void test_poetry_project__reads_the_form_of_poetry(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	const struct poetry_project *p = poetry_project_read(a, poetry_root(a, poetry_form), problems);
	assert_string_equal(poetry_told(a, problems), "");
	assert_string_equal(show(a, p), "main: requests/p redis?/p foo/p | docs?: sphinx/p +test | "
	                    "test: pytest/p");
	assert_str(value_text(p->name), "old");
	assert_str(value_text(p->version), "1.0");
	assert_str(value_text(p->readme), "README.md");
	assert_str(value_text(p->requires_python), "^3.9");
	assert_int_equal(value_origin(p->requires_python).line, 8);
	assert_int_equal(value_count(p->packages), 1);
	assert_int_equal(value_count(p->build_requires), 1);
	assert_true(p->package_mode);
	assert_null(p->project);
	assert_int_equal(p->nextras, 1);
	assert_str(p->extras[0].name, "slim");
	assert_str(p->extras[0].items[0].name, "redis");
	assert_false(p->extras[0].is_standard);
	assert_int_equal(p->nscripts, 1);
	assert_str(value_key(p->scripts[0]), "run");
	assert_int_equal(p->nsources, 1);
	assert_str(value_text(value_get(p->sources[0], STR("name"))), "internal");
	assert_true(poetry_is_project(p->root));
}

static void test_poetry_project__reads_the_standard_form_with_poetrys_additions(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	const struct poetry_project *p = poetry_project_read(a, poetry_root(a,
		"[project]\nname = 'new'\ndynamic = ['version']\nrequires-python = '>=3.10'\n"
		"dependencies = ['Flask_Login[x] (>=1)', 'torch @ https://x/y.whl',"
		" \"a>2;os_name=='nt'\"]\n"
		"scripts = {run = 'a:b'}\n[project.gui-scripts]\nwin = 'a:w'\n"
		"[project.optional-dependencies]\nslim = ['a', 'redis>=4']\nfull = []\n"
		"[tool.poetry]\nname = 'other'\nversion = '3'\npackage-mode = false\n"
		"requires-poetry = '>=2.0'\n"
		"[tool.poetry.dependencies]\nflask-login = {source = 'internal'}\nextra = '1'\n"
		"[tool.poetry.extras]\nignored = ['a']\n"
		"[dependency-groups]\ndev = ['pytest', {include-group = 'Lint'}]\nlint = ['ruff>=1']\n"
		"[tool.poetry.group.dev]\noptional = true\n"
		"[tool.poetry.group.dev.dependencies]\npytest = {source = 'internal'}\n"
		"[tool.poetry.group.more.dependencies]\nb = '*'\n"), problems);
	assert_string_equal(poetry_told(a, problems), "");
	assert_string_equal(show(a, p), "main: Flask_Login/s/p torch/s a/s redis?/s extra/p | "
	                    "dev?: pytest/s/p +Lint | lint: ruff/s | more: b/p");
	assert_str(value_text(p->name), "new");
	assert_str(value_text(p->version), "3");
	assert_str(value_text(p->requires_python), ">=3.10");
	assert_str(value_text(p->requires_poetry), ">=2.0");
	assert_false(p->package_mode);
	assert_int_equal(p->nextras, 2);
	assert_str(p->extras[0].items[1].name, "redis");
	assert_true(p->extras[0].is_standard);
	assert_int_equal(p->nscripts, 2);
	assert_non_null(poetry_project_extra(p, STR("SLIM")));
	assert_null(poetry_project_extra(p, STR("ignored")));
	assert_ptr_equal(poetry_project_group(p, STR("LINT")), &p->groups[2]);
	assert_non_null(poetry_project_dependency(p, STR("flask.login")));
	assert_null(poetry_project_dependency(p, STR("flask")));
}

static void test_poetry_project__takes_the_dependencies_of_old(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	const struct poetry_project *p = poetry_project_read(a, poetry_root(a, "[tool.poetry]\n"
		"[tool.poetry.dev-dependencies]\nblack = '*'\n"), problems);
	assert_string_equal(show(a, p), "main: | dev: black/p");
	p = poetry_project_read(a, poetry_root(a, "[tool.poetry.dev-dependencies]\nblack = '*'\n"
		"[tool.poetry.group.dev.dependencies]\npytest = '*'\n"), problems);
	assert_string_equal(show(a, p), "main: | dev: pytest/p black/p");
	p = poetry_project_read(a, poetry_root(a, "a = 1\n"), problems);
	assert_string_equal(show(a, p), "main:");
	assert_false(poetry_is_project(p->root));
	assert_null(p->name);
	assert_string_equal(poetry_told(a, problems), "");
}

static void test_poetry_project__says_what_has_the_wrong_type(void **state)
{
	(void)state;
	static const struct { const char *text, *told; } table[] = {
		{ "project = 1\n", "pyproject.toml:1:11: 'project' must be a table\n" },
		{ "[tool]\npoetry = []\n", "pyproject.toml:2:10: 'poetry' must be a table\n" },
		{ "[project]\nname = 5\n", "pyproject.toml:2:8: 'name' must be a string\n" },
		{ "[project]\ndependencies = {}\n",
		  "pyproject.toml:2:16: 'dependencies' must be an array\n" },
		{ "[tool.poetry]\ndependencies = []\n",
		  "pyproject.toml:2:16: 'dependencies' must be a table\n" },
		{ "[tool.poetry.dependencies]\na = 1\n", "pyproject.toml:2:5: 'a' must be a version in "
		  "quotes, a table or an array of tables\n" },
		{ "[tool.poetry.extras]\na = 'x'\n", "pyproject.toml:2:5: 'a' must be an array\n" },
		{ "[tool.poetry.group]\ndev = 1\n", "pyproject.toml:2:7: 'dev' must be a table\n" },
		{ "[tool.poetry]\npackage-mode = 'no'\n",
		  "pyproject.toml:2:16: 'package-mode' must be true or false\n" },
		{ "[dependency-groups]\na = 'x'\n", "pyproject.toml:2:5: 'a' must be an array\n" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned(arena) struct arena *a = arena_new();
		owned(problems) struct problems *problems = problems_new();
		assert_non_null(poetry_project_read(a, poetry_root(a, table[i].text), problems));
		assert_string_equal(poetry_told(a, problems), table[i].told);
	}
}

static void test_poetry_project__compares_names_as_python_does(void **state)
{
	(void)state;
	static const struct { const char *a, *b; bool same; } table[] = {
		{ "Flask_Login", "flask-login", true }, { "a.b", "A-_.b", true }, { "a", "a-", false },
		{ "ab", "a-b", false }, { "", "", true }, { "zope.interface", "zope_interface", true },
	};
	static const struct { const char *text, *name; } requirements[] = {
		{ " requests[socks] (>=2) ; x", "requests" }, { "a>=1", "a" }, { "a;b", "a" },
		{ "a@ https://x", "a" }, { "a~=1", "a" }, { "a!=2", "a" }, { "", "" }, { "a\t", "a" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(poetry_name_eq(str_of(table[i].a), str_of(table[i].b)), table[i].same);
	for (size_t i = 0; i < sizeof requirements / sizeof *requirements; i++)
		assert_str(poetry_requirement_name(str_of(requirements[i].text)), requirements[i].name);
	owned_buf struct buf out = { 0 };
	poetry_name_append(&out, STR("Zope__.Interface"));
	assert_str(buf_str(&out), "zope-interface");
}

static void test_poetry_project__tells_conflicts_and_not_syntax(void **state)
{
	(void)state;
	static const struct { const char *text, *told; size_t n; } table[] = {
		{ "a = 1\n<<<<<<< HEAD\nb = 1\n||||||| base\n=======\r\nb = 2\n>>>>>>> x\n",
		  "p:2:1: a merge has left a conflict: here our side of it begins; choose a side and "
		  "remove the line\n"
		  "p:4:1: a merge has left a conflict: here what both sides had begins; choose a side "
		  "and remove the line\n"
		  "p:5:1: a merge has left a conflict: here the other side begins; choose a side and "
		  "remove the line\n"
		  "p:7:1: a merge has left a conflict: here it ends; choose a side and remove the "
		  "line\n", 4 },
		{ "a = \n=======\n", "p:1:5: the line ends", 0 },
		{ "a = '''\n<<<<<<< HEAD\n=======\n'''\n", "", 0 },
		{ "<<<<<<<< eight\n", "p:1:1: ", 0 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t n = 99;
		const struct value *root;
		owned(arena) struct arena *a = arena_new();
		owned(problems) struct problems *problems = problems_new();
		struct source *source = source_new(a, STR("p"), NULL, str_of(table[i].text));
		assert_int_equal(poetry_toml_read(a, source, problems, &root, &n),
		                 !*table[i].told);
		assert_int_equal(n, table[i].n);
		if (n)
			assert_string_equal(poetry_told(a, problems), table[i].told);
		else if (!str_has_prefix(str_of(poetry_told(a, problems)), str_of(table[i].told)))
			fail_msg("%s", poetry_told(a, problems));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_poetry_project__reads_the_form_of_poetry),
		cmocka_unit_test(test_poetry_project__reads_the_standard_form_with_poetrys_additions),
		cmocka_unit_test(test_poetry_project__takes_the_dependencies_of_old),
		cmocka_unit_test(test_poetry_project__says_what_has_the_wrong_type),
		cmocka_unit_test(test_poetry_project__compares_names_as_python_does),
		cmocka_unit_test(test_poetry_project__tells_conflicts_and_not_syntax),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
