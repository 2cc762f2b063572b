#include "core/project/git.h"

#include "core/base/check.h"
#include "core/ext/git.h"

struct git_walk {
	struct arena *arena;
	struct git_file *files;
	size_t n, cap;
	bool dirty;
};

static void git_read_change(void *data, const char *path, enum git_change change)
{
	static const enum git_state states[] = {
		[GIT_CHANGE_TRACKED] = GIT_MODIFIED, [GIT_CHANGE_NEW] = GIT_UNTRACKED,
		[GIT_CHANGE_IGNORED] = GIT_IGNORED,
	};
	struct git_walk *walk = data;
	if (walk->n == walk->cap) {
		walk->cap = walk->cap ? 2 * walk->cap : 64;
		walk->files = xrealloc(walk->files, walk->cap, sizeof *walk->files);
	}
	walk->files[walk->n++] = (struct git_file){
		.path = arena_text(walk->arena, str_of(path)), .state = states[change],
	};
	walk->dirty = walk->dirty || change != GIT_CHANGE_IGNORED;
}

static int git_file_order(const void *a, const void *b)
{
	const struct git_file *left = a, *right = b;
	return str_cmp(str_of(left->path), str_of(right->path));
}

/* "host:path" or "user@host:path", as ssh has it. */
static bool git_is_short(struct str url)
{
	size_t colon = str_find(url, ':'), slash = str_find(url, '/');
	return colon != STR_NONE && colon > 1 && colon < slash && colon + 1 < url.n;
}

const char *git_public_url(struct arena *arena, const char *text)
{
	static const char *const schemes[] = { "https", "http", "ssh", "git", "git+ssh" };
	struct str url = str_of(text);
	size_t scheme = str_find_str(url, STR("://")), cut = 0;
	bool known = false;
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= 0x20 || (unsigned char)url.p[i] >= 0x7f)
			return NULL;
	if (scheme == STR_NONE)
		return git_is_short(url) ? arena_text(arena, url) : NULL;
	struct str name = str_slice(url, 0, scheme), rest = str_slice(url, scheme + 3, url.n);
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		known = known || str_eq(name, str_of(schemes[i]));
	while (cut < rest.n && rest.p[cut] != '?' && rest.p[cut] != '#')
		cut++;
	rest = str_slice(rest, 0, cut);
	size_t slash = str_find(rest, '/');
	size_t at = str_find_last(str_slice(rest, 0, slash == STR_NONE ? rest.n : slash), '@');
	struct str user = str_slice(rest, 0, at == STR_NONE ? 0 : at);
	size_t colon = str_find(user, ':');
	if (at != STR_NONE)
		rest = str_slice(rest, at + 1, rest.n);
	if (!known || !rest.n)
		return NULL;
	user = str_slice(user, 0, colon == STR_NONE ? user.n : colon);
	bool kept = user.n && str_has_suffix(name, STR("ssh"));
	return arena_printf(arena, "%.*s://%.*s%s%.*s", STR_ARG(name), STR_ARG((kept ? user : STR(""))),
	                    kept ? "@" : "", STR_ARG(rest));
}

bool git_read(struct arena *arena, const char *dir, struct git_facts *ret_facts,
              struct error *err)
{
	owned(git_repo) struct git_repo *repo = NULL;
	struct git_facts facts = { .is_repository = true };
	enum git_opened opened = git_repo_open(dir, &repo, err);
	if (opened == GIT_FAILED)
		return false;
	if (opened == GIT_NONE) {
		*ret_facts = (struct git_facts){ 0 };
		return true;
	}
	if (!git_repo_head(repo, arena, &facts.branch, &facts.commit, err))
		return false;
	const char *remote;
	if (!git_repo_remote(repo, arena, &remote, err) ||
	    (facts.commit && !git_repo_time(repo, facts.commit, &facts.time, err)))
		return false;
	facts.source = remote ? git_public_url(arena, remote) : NULL;
	if (!facts.branch && facts.commit)
		facts.branch = arena_text(arena, str_slice(str_of(facts.commit), 0, 7));
	struct git_walk walk = { .arena = arena };
	bool done = git_repo_changes(repo, git_read_change, &walk, err);
	if (done) {
		struct git_file *files = arena_array(arena, walk.n, sizeof *files);
		if (walk.n)
			memcpy(files, walk.files, walk.n * sizeof *files);
		qsort(files, walk.n, sizeof *files, git_file_order);
		facts.files = files;
		facts.nfiles = walk.n;
		facts.dirty = walk.dirty;
		*ret_facts = facts;
	}
	free(walk.files);
	return done;
}

bool git_describe(struct arena *arena, const char *dir, const char **ret_described,
                  struct error *err)
{
	owned(git_repo) struct git_repo *repo = NULL;
	struct git_facts facts;
	const char *described;
	*ret_described = NULL;
	if (!git_read(arena, dir, &facts, err))
		return false;
	if (!facts.commit)
		return true;
	if (git_repo_open(dir, &repo, err) != GIT_OPENED ||
	    !git_repo_describe(repo, arena, facts.commit, &described, err))
		return false;
	*ret_described = facts.dirty ? arena_printf(arena, "%s-dirty", described) : described;
	return true;
}
