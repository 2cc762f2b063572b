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
