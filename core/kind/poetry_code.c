#include "core/kind/poetry_code.h"

/* What the folder is asked about. */
struct code_finder {
	struct arena *arena;
	struct files *files;
	const char *root;
	struct problems *problems;
	struct poetry_path *paths;
	size_t n;
};

static bool code_is_dir(const struct code_finder *f, const char *path)
{
	struct files_list list;
	struct error ignored;
	return files_list(f->files, files_join(f->arena, f->root, path), f->arena, &list,
	                  &ignored) == FILES_OK;
}

static bool code_is_there(const struct code_finder *f, const char *path)
{
	return code_is_dir(f, path) || files_has(f->files, files_join(f->arena, f->root, path));
}

/* The path as it is copied; NULL: it leads out of the folder, which is told. */
static const char *code_clean(struct code_finder *f, struct str path, const struct value *cause)
{
	const char *clean = files_clean(f->arena, arena_text(f->arena, path));
	if (path.n && clean[0] != '/' && !str_eq(str_of(clean), STR("..")) &&
	    !str_has_prefix(str_of(clean), STR("../")) && str_find(path, '\0') == STR_NONE)
		return clean;
	problems_add(f->problems, SEVERITY_ERROR, "poetry-code", value_span(cause),
	             "'%.*s' leads out of the project's folder, which is all that a build sees",
	             STR_ARG(path));
	return NULL;
}

static bool code_is_below(const char *path, const struct poetry_path *dir)
{
	struct str above = str_of(dir->path);
	return str_eq(str_of(path), above) || str_eq(above, STR(".")) ||
	       (dir->is_dir && str_has_prefix(str_of(path), above) && path[above.n] == '/');
}

static void code_add(struct code_finder *f, const char *path, const struct value *cause)
{
	for (size_t i = 0; i < f->n; i++)
		if (code_is_below(path, &f->paths[i]))
			return;
	f->paths[f->n++] = (struct poetry_path){ path, code_is_dir(f, path), cause };
}

static void code_add_there(struct code_finder *f, const struct value *name)
{
	const char *path;
	if (name && value_type(name) == VALUE_STRING && value_text(name).n &&
	    (path = code_clean(f, value_text(name), name)) && code_is_there(f, path))
		code_add(f, path, name);
}

/* The folder in which whatever a pattern names lies: "data" of "data/x*.json". */
static struct str code_literal(struct str pattern)
{
	size_t end = 0;
	for (size_t i = 0; i < pattern.n; i++) {
		if (pattern.p[i] == '*' || pattern.p[i] == '?' || pattern.p[i] == '[')
			return end ? str_slice(pattern, 0, end) : STR(".");
		if (pattern.p[i] == '/')
			end = i;
	}
	return pattern;
}

/* No wheel has it, and a wheel is what is installed. */
static bool code_is_for_sdist(const struct value *entry)
{
	const struct value *format = value_get(entry, STR("format"));
	if (format && value_type(format) == VALUE_STRING)
		return str_eq(value_text(format), STR("sdist"));
	const struct value *one = format ? value_child(format) : NULL;
	return one && !value_next(one) && str_eq(value_text(one), STR("sdist"));
}

static void code_add_named(struct code_finder *f, struct str pattern, const struct value *cause)
{
	struct str literal = code_literal(pattern);
	const char *path = code_clean(f, literal, cause);
	if (path && code_is_there(f, path))
		code_add(f, path, cause);
	else if (path)
		problems_add(f->problems, SEVERITY_ERROR, "poetry-code", value_span(cause),
		             "there is no '%s' in the project's folder", path);
}

static void code_add_packages(struct code_finder *f, const struct value *packages)
{
	for (const struct value *v = value_child(packages); v; v = value_next(v)) {
		const struct value *include = value_get(v, STR("include"));
		const struct value *from = value_get(v, STR("from"));
		if (!include || value_type(include) != VALUE_STRING || code_is_for_sdist(v))
			continue;
		const char *dir = from ? arena_text(f->arena, value_text(from)) : ".";
		code_add_named(f, str_of(files_join(f->arena, dir,
		                                    arena_text(f->arena, value_text(include)))), v);
	}
}

static void code_add_includes(struct code_finder *f, const struct value *includes)
{
	for (const struct value *v = value_child(includes); v; v = value_next(v)) {
		const struct value *path = value_type(v) == VALUE_OBJECT ? value_get(v, STR("path")) : v;
		if (path && value_type(path) == VALUE_STRING && value_text(path).n &&
		    !code_is_for_sdist(v) &&
		    code_is_there(f, arena_text(f->arena, code_literal(value_text(path)))))
			code_add_named(f, value_text(path), v);
	}
}

/* "my_app" of "My-App": the folder that poetry-core looks for. */
static const char *code_module(struct arena *arena, struct str name)
{
	owned_buf struct buf module = { 0 };
	poetry_name_append(&module, name);
	for (size_t i = 0; i < module.n; i++)
		if (module.p[i] == '-')
			module.p[i] = '_';
	return arena_text(arena, buf_str(&module));
}

static void code_add_module(struct code_finder *f, const struct value *name)
{
	const char *module = code_module(f->arena, value_text(name));
	const char *const places[] = {
		module, arena_printf(f->arena, "%s.py", module), arena_printf(f->arena, "src/%s", module),
		arena_printf(f->arena, "src/%s.py", module),
	};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (code_is_there(f, places[i])) {
			code_add(f, places[i], name);
			return;
		}
	problems_add(f->problems, SEVERITY_ERROR, "poetry-code", value_span(name),
	             "there is no folder '%s' or 'src/%s' and no '%s' for this project: name its code "
	             "with packages = [{ include = \"…\" }], or set package-mode = false",
	             module, module, places[1]);
}

static void code_add_readmes(struct code_finder *f, const struct poetry_project *p)
{
	const struct value *readme = p->readme;
	if (readme && value_type(readme) == VALUE_OBJECT)
		readme = value_get(readme, STR("file"));
	code_add_there(f, readme);
	for (const struct value *v = readme ? value_child(readme) : NULL; v; v = value_next(v))
		code_add_there(f, v);
}

/* What else a wheel's making takes from files. */
static void code_add_papers(struct code_finder *f, const struct poetry_project *p)
{
	const struct value *license = p->project ? value_get(p->project, STR("license")) : NULL;
	code_add_there(f, license ? value_get(license, STR("file")) : NULL);
	const struct value *build = p->poetry ? value_get(p->poetry, STR("build")) : NULL;
	code_add_there(f, build && value_type(build) == VALUE_OBJECT ? value_get(build, STR("script"))
	                                                             : build);
}

/* Dependencies that lie in the folder, as the lock has them: folders and files. */
static void code_find_folders(struct code_finder *f, const struct poetry_lock *lock,
                              struct poetry_code *code)
{
	for (size_t i = 0; i < lock->npackages; i++) {
		const struct value *package = lock->packages[i].value;
		const struct value *source = value_get(package, STR("source"));
		const struct value *type = source ? value_get(source, STR("type")) : NULL;
		const struct value *url = source ? value_get(source, STR("url")) : NULL;
		if (!type || !url || (!str_eq(value_text(type), STR("directory")) &&
		                      !str_eq(value_text(type), STR("file"))))
			continue;
		const struct value *develop = value_get(package, STR("develop"));
		const char *path = code_clean(f, value_text(url), url);
		if (!path || !code_is_there(f, path))
			continue;
		code_add(f, path, url);
		code->editable = code->editable || (develop && value_is_true(develop));
	}
}

/* Those that pyproject.toml names, where no lock has them (yet). */
static void code_find_declared(struct code_finder *f, const struct value *dependency)
{
	const struct value *path = value_get(dependency, STR("path"));
	if (value_type(dependency) == VALUE_ARRAY)
		for (const struct value *v = value_child(dependency); v; v = value_next(v))
			code_find_declared(f, v);
	else if (path && value_type(path) == VALUE_STRING)
		code_add_there(f, path);
}

static size_t code_count_declared(const struct poetry_project *p)
{
	size_t n = 0;
	for (size_t i = 0; i < p->ngroups; i++)
		for (size_t k = 0; k < p->groups[i].ndependencies; k++) {
			const struct value *v = p->groups[i].dependencies[k].poetry;
			n += 1 + (v ? value_count(v) : 0);
		}
	return n;
}

static size_t code_count(const struct value *list)
{
	return list ? value_count(list) : 0;
}

void poetry_code_find(struct arena *arena, struct files *files, const char *root,
                      const struct poetry_project *p, const struct poetry_lock *lock,
                      struct problems *problems, struct poetry_code *ret_code)
{
	enum { PAPERS = 4 };
	size_t room = code_count(p->packages) + code_count(p->include) + code_count(p->readme) + PAPERS;
	struct code_finder f = { .arena = arena, .files = files, .root = root,
	                         .problems = problems };
	*ret_code = (struct poetry_code){ 0 };
	f.paths = arena_array(arena, room, sizeof *f.paths);
	code_add_readmes(&f, p);
	struct poetry_path *readmes = arena_array(arena, room, sizeof *readmes);
	for (size_t i = 0; i < f.n; i++)
		readmes[i] = f.paths[i];
	ret_code->readmes = readmes;
	ret_code->nreadmes = f.n;
	if (p->package_mode)
		code_add_papers(&f, p);
	else
		f.n = 0;
	if (p->include)
		code_add_includes(&f, p->include);
	if (p->packages)
		code_add_packages(&f, p->packages);
	else if (p->package_mode && p->name)
		code_add_module(&f, p->name);
	else if (!p->package_mode && !f.n)
		code_add(&f, ".", NULL);
	ret_code->paths = f.paths;
	ret_code->npaths = f.n;
	room = (lock ? lock->npackages : 0) + code_count_declared(p) + 1;
	f.paths = arena_array(arena, room, sizeof *f.paths);
	f.n = 0;
	if (lock)
		code_find_folders(&f, lock, ret_code);
	for (size_t i = 0; i < p->ngroups; i++)
		for (size_t k = 0; k < p->groups[i].ndependencies; k++)
			if (p->groups[i].dependencies[k].poetry)
				code_find_declared(&f, p->groups[i].dependencies[k].poetry);
	ret_code->folders = f.paths;
	ret_code->nfolders = f.n;
}
