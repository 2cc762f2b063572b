#include "core/ext/git_revision.h"

#include "core/base/check.h"
#include "core/ext/git_inside.h"
#include "core/ext/lazy.h"

#define GIT_REVISION_CALLS(CALL) CALL(error_clear) CALL(error_last) CALL(blob_free) \
	CALL(blob_lookup) CALL(blob_rawcontent) CALL(blob_rawsize) CALL(object_free) \
	CALL(object_peel) CALL(revparse_single) CALL(tree_entry_byindex) \
	CALL(tree_entry_bypath) CALL(tree_entry_filemode) CALL(tree_entry_free) \
	CALL(tree_entry_id) CALL(tree_entry_name) CALL(tree_entrycount) CALL(tree_free) \
	CALL(tree_lookup)
static LAZY_TABLE(git, GIT_REVISION_CALLS) git;

struct git_revision {
	struct git_repo *repo;          /* borrowed */
	git_tree *top;
};

static bool git_revision_fault(struct error *err, const char *doing)
{
	const git_error *last = git.error_last();
	return error_set(err, ERROR_SYSTEM, "%s: %s", doing,
	                 last && last->message ? last->message : "libgit2 does not say why");
}

static bool git_revision_unknown(struct git_repo *repo, const char *revision, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	const char *branch, *commit = NULL;
	if (!git_repo_head(repo, a, &branch, &commit, err))
		return false;
	if (!commit)
		return error_set(err, ERROR_PROJECT, "the git repository has no commit yet, so there "
		                 "is no %s", revision);
	return error_set(err, ERROR_USAGE, "there is no git revision '%s'; HEAD, a branch, a tag or "
	                 "a commit is one", revision);
}

struct git_revision *git_revision_open(struct git_repo *repo, const char *revision,
                                       struct error *err)
{
	git_object *object = NULL, *peeled = NULL;
	LAZY_LOAD(git, GIT_REVISION_CALLS, &git);
	git.error_clear();
	int code = git.revparse_single(&object, repo->handle, revision);
	if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC) {
		git_revision_unknown(repo, revision, err);
		return NULL;
	}
	if (code < 0) {
		git_revision_fault(err, "reading the git revision");
		return NULL;
	}
	code = git.object_peel(&peeled, object, GIT_OBJECT_TREE);
	git.object_free(object);
	if (code < 0) {
		error_set(err, ERROR_USAGE, "'%s' names no git commit but a file or another object",
		          revision);
		return NULL;
	}
	struct git_revision *r = xcalloc(1, sizeof *r);
	r->repo = repo;
	r->top = (git_tree *)peeled;
	return r;
}

void git_revision_free(struct git_revision *r)
{
	if (!r)
		return;
	git.tree_free(r->top);
	free(r);
}

static enum git_entry git_revision_kind(const git_tree_entry *entry)
{
	switch (git.tree_entry_filemode(entry)) {
	case GIT_FILEMODE_TREE: return GIT_ENTRY_FOLDER;
	case GIT_FILEMODE_LINK: return GIT_ENTRY_LINK;
	case GIT_FILEMODE_COMMIT: return GIT_ENTRY_MODULE;
	default: return GIT_ENTRY_FILE;
	}
}

enum git_entry git_revision_find(struct git_revision *r, const char *path)
{
	git_tree_entry *entry;
	if (!path[0])
		return GIT_ENTRY_FOLDER;
	if (git.tree_entry_bypath(&entry, r->top, path) < 0)
		return GIT_ENTRY_NONE;
	enum git_entry kind = git_revision_kind(entry);
	git.tree_entry_free(entry);
	return kind;
}

bool git_revision_read(struct git_revision *r, const char *path, struct arena *arena,
                       struct str *ret_text, struct error *err)
{
	git_tree_entry *entry;
	git_blob *blob;
	if (git.tree_entry_bypath(&entry, r->top, path) < 0)
		return git_revision_fault(err, path);
	int code = git.blob_lookup(&blob, r->repo->handle, git.tree_entry_id(entry));
	git.tree_entry_free(entry);
	if (code < 0)
		return git_revision_fault(err, path);
	*ret_text = arena_str(arena, (struct str){ git.blob_rawcontent(blob),
	                                           (size_t)git.blob_rawsize(blob) });
	git.blob_free(blob);
	return true;
}

/* The folder's own tree, to be freed when it is not the top. */
static git_tree *git_revision_folder(struct git_revision *r, const char *path, struct error *err)
{
	git_tree_entry *entry;
	git_tree *folder = NULL;
	if (!path[0])
		return r->top;
	int code = git.tree_entry_bypath(&entry, r->top, path);
	if (code == 0) {
		code = git.tree_lookup(&folder, r->repo->handle, git.tree_entry_id(entry));
		git.tree_entry_free(entry);
	}
	if (code < 0)
		git_revision_fault(err, path);
	return code < 0 ? NULL : folder;
}

bool git_revision_list(struct git_revision *r, const char *path,
                       void (*each)(void *data, const char *name, enum git_entry), void *data,
                       struct error *err)
{
	git_tree *folder = git_revision_folder(r, path, err);
	if (!folder)
		return false;
	for (size_t i = 0; i < git.tree_entrycount(folder); i++) {
		const git_tree_entry *entry = git.tree_entry_byindex(folder, i);
		each(data, git.tree_entry_name(entry), git_revision_kind(entry));
	}
	if (folder != r->top)
		git.tree_free(folder);
	return true;
}
