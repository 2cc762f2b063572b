#include "core/ext/git_inside.h"

#include <errno.h>

#include "core/base/check.h"
#include "core/ext/lazy.h"

#define GIT_CALLS(CALL) CALL(commit_free) CALL(commit_lookup) CALL(commit_time) \
	CALL(buf_dispose) CALL(describe_commit) CALL(describe_format) \
	CALL(describe_format_options_init) CALL(describe_options_init) CALL(describe_result_free) \
	CALL(error_clear) CALL(error_last) CALL(libgit2_init) CALL(libgit2_shutdown) \
	CALL(oid_fromstr) CALL(oid_tostr) CALL(reference_free) CALL(reference_lookup) \
	CALL(reference_name_to_id) CALL(reference_symbolic_target) CALL(reference_type) \
	CALL(remote_free) CALL(remote_list) CALL(remote_lookup) CALL(remote_url) \
	CALL(repository_free) CALL(repository_open_ext) CALL(repository_workdir) CALL(status_byindex) \
	CALL(status_list_entrycount) CALL(status_list_free) CALL(status_list_new) \
	CALL(status_options_init) CALL(strarray_dispose)
static LAZY_TABLE(git, GIT_CALLS) git;

/* libgit2's last words for this thread. */
static bool git_repo_fault(struct error *err, const char *doing)
{
	const git_error *last = git.error_last();
	return error_set(err, ERROR_SYSTEM, "%s: %s", doing,
	                 last && last->message ? last->message : "libgit2 does not say why");
}

/* libgit2 1.5 looks for safe.directory when the owner is another, and where nobody has
 * set any it says "not found", of a setting and not of the repository. */
static bool git_repo_is_foreign(int code)
{
	const git_error *last = git.error_last();
	return code == GIT_EOWNER ||
	       (code == GIT_ENOTFOUND && last && last->klass == GIT_ERROR_CONFIG);
}

static bool git_repo_open_fault(struct error *err, int code, const char *dir)
{
	if (git_repo_is_foreign(code))
		return error_set(err, ERROR_SYSTEM, "the git repository of %s belongs to "
		                 "another user, so git's state is not read; `git config "
		                 "--global --add safe.directory DIRECTORY` trusts it", dir);
	return git_repo_fault(err, "reading the git repository");
}

/* Where the folder lies in the work tree; links are resolved, as libgit2 does. */
static bool git_repo_locate(struct git_repo *repo, const char *real, struct error *err)
{
	const char *tree = git.repository_workdir(repo->handle);
	if (!tree)
		return true;
	owned_memory char *top = realpath(tree, NULL);
	if (!top)
		return error_set_errno(err, "finding the work tree %s", tree);
	struct str at = str_of(real), root = str_of(top);
	if (str_eq(root, STR("/")))
		root.n = 0;
	if (!str_has_prefix(at, root))
		return error_set(err, ERROR_SYSTEM, "%s lies outside the git work tree %s",
		                 real, top);
	struct str rest = str_slice(at, root.n + 1, at.n);
	repo->top = xstrdup(top);
	repo->prefix = rest.n ? xasprintf("%.*s/", STR_ARG(rest)) : xstrdup("");
	return true;
}

enum git_opened git_repo_open(const char *dir, struct git_repo **ret_repo, struct error *err)
{
	owned_memory char *real = realpath(dir, NULL);
	if (!real) {
		error_set_errno(err, "finding %s", dir);
		return GIT_FAILED;
	}
	LAZY_LOAD(git, GIT_CALLS, &git);
	if (git.libgit2_init() < 0) {
		git_repo_fault(err, "starting libgit2");
		return GIT_FAILED;
	}
	owned(git_repo) struct git_repo *repo = xcalloc(1, sizeof *repo);
	git.error_clear();
	int code = git.repository_open_ext(&repo->handle, real, 0, NULL);
	if (code == GIT_ENOTFOUND && !git_repo_is_foreign(code))
		return GIT_NONE;
	if (code < 0) {
		git_repo_open_fault(err, code, dir);
		return GIT_FAILED;
	}
	if (!git_repo_locate(repo, real, err))
		return GIT_FAILED;
	*ret_repo = take(repo);
	return GIT_OPENED;
}

void git_repo_free(struct git_repo *repo)
{
	if (!repo)
		return;
	git.repository_free(repo->handle);
	free(repo->prefix);
	free(repo->top);
	free(repo);
	git.libgit2_shutdown();
}

const char *git_repo_top(const struct git_repo *repo)
{
	return repo->top;
}

const char *git_repo_prefix(const struct git_repo *repo)
{
	return repo->prefix;
}

static const char *git_repo_short(struct arena *arena, const char *reference)
{
	struct str name = str_of(reference);
	if (str_has_prefix(name, STR("refs/heads/")))
		name = str_slice(name, strlen("refs/heads/"), name.n);
	return arena_text(arena, name);
}

bool git_repo_head(struct git_repo *repo, struct arena *arena, const char **ret_branch,
                   const char **ret_commit, struct error *err)
{
	const char *branch = NULL, *commit = NULL;
	git_reference *head;
	if (git.reference_lookup(&head, repo->handle, "HEAD") < 0)
		return git_repo_fault(err, "reading HEAD");
	if (git.reference_type(head) == GIT_REFERENCE_SYMBOLIC)
		branch = git_repo_short(arena, git.reference_symbolic_target(head));
	git.reference_free(head);
	git_oid oid;
	int code = git.reference_name_to_id(&oid, repo->handle, "HEAD");
	if (code == 0) {
		char *digits = arena_alloc(arena, GIT_OID_HEXSZ + 1);
		git.oid_tostr(digits, GIT_OID_HEXSZ + 1, &oid);
		commit = digits;
	} else if (code != GIT_ENOTFOUND) {
		return git_repo_fault(err, "reading HEAD");
	}
	*ret_branch = branch;
	*ret_commit = commit;
	return true;
}

bool git_repo_time(struct git_repo *repo, const char *commit, int64_t *ret_time,
                   struct error *err)
{
	git_oid oid;
	git_commit *found;
	if (git.oid_fromstr(&oid, commit) < 0 || git.commit_lookup(&found, repo->handle, &oid) < 0)
		return git_repo_fault(err, "reading a commit");
	*ret_time = git.commit_time(found);
	git.commit_free(found);
	return true;
}

bool git_repo_describe(struct git_repo *repo, struct arena *arena, const char *commit,
                       const char **ret_described, struct error *err)
{
	git_describe_options options;
	git_describe_format_options format;
	git_describe_result *result = NULL;
	git_commit *found = NULL;
	git_buf text = { 0 };
	git_oid oid;
	git.describe_options_init(&options, GIT_DESCRIBE_OPTIONS_VERSION);
	git.describe_format_options_init(&format, GIT_DESCRIBE_FORMAT_OPTIONS_VERSION);
	options.show_commit_oid_as_fallback = 1;
	bool ok = git.oid_fromstr(&oid, commit) == 0 &&
	          git.commit_lookup(&found, repo->handle, &oid) == 0 &&
	          git.describe_commit(&result, (git_object *)found, &options) == 0 &&
	          git.describe_format(&text, result, &format) == 0;
	if (ok)
		*ret_described = arena_text(arena, str_of(text.ptr));
	else
		git_repo_fault(err, "describing a commit");
	git.buf_dispose(&text);
	if (result)
		git.describe_result_free(result);
	git.commit_free(found);
	return ok;
}

bool git_repo_remote(struct git_repo *repo, struct arena *arena, const char **ret_url,
                     struct error *err)
{
	git_remote *remote = NULL;
	git_strarray names;
	int code = git.remote_lookup(&remote, repo->handle, "origin");
	*ret_url = NULL;
	if (code == GIT_ENOTFOUND) {
		if (git.remote_list(&names, repo->handle) < 0)
			return git_repo_fault(err, "reading git's remotes");
		if (names.count == 1)
			code = git.remote_lookup(&remote, repo->handle, names.strings[0]);
		git.strarray_dispose(&names);
	}
	if (code < 0 && code != GIT_ENOTFOUND)
		return git_repo_fault(err, "reading git's remotes");
	if (!remote)
		return true;
	const char *url = git.remote_url(remote);
	*ret_url = url ? arena_text(arena, str_of(url)) : NULL;
	git.remote_free(remote);
	return true;
}

/* The path as seen from the folder; NULL for what lies elsewhere. */
static const char *git_repo_relative(const struct git_repo *repo, const char *path,
                                     struct buf *scratch)
{
	struct str at = str_of(path), prefix = str_of(repo->prefix);
	buf_clear(scratch);
	if (str_has_prefix(at, prefix))
		buf_append(scratch, str_slice(at, prefix.n, at.n));
	/* The folder itself, or one above it, which git names instead of what is in it. */
	else if (!str_has_suffix(at, STR("/")) || !str_has_prefix(prefix, at))
		return NULL;
	while (scratch->n && scratch->p[scratch->n - 1] == '/')
		buf_replace(scratch, scratch->n - 1, 1, (struct str){ 0 });
	if (!scratch->n)
		buf_append_char(scratch, '.');
	return buf_text(scratch);
}

static enum git_change git_repo_change(unsigned status)
{
	if (status & GIT_STATUS_IGNORED)
		return GIT_CHANGE_IGNORED;
	return status == GIT_STATUS_WT_NEW ? GIT_CHANGE_NEW : GIT_CHANGE_TRACKED;
}

bool git_repo_changes(struct git_repo *repo,
                      void (*each)(void *data, const char *path, enum git_change), void *data,
                      struct error *err)
{
	if (!repo->prefix)
		return true;
	struct git_status_list *list;
	git_status_options options;
	git.status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
	options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
	                GIT_STATUS_OPT_INCLUDE_IGNORED | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
	options.pathspec = (git_strarray){ &repo->prefix, repo->prefix[0] != '\0' };
	if (git.status_list_new(&list, repo->handle, &options) < 0)
		return git_repo_fault(err, "reading git's state");
	owned_buf struct buf scratch = { 0 };
	for (size_t i = 0; i < git.status_list_entrycount(list); i++) {
		const git_status_entry *entry = git.status_byindex(list, i);
		const git_diff_delta *delta = entry->index_to_workdir ? entry->index_to_workdir :
		                                                        entry->head_to_index;
		const char *path = git_repo_relative(repo, delta->new_file.path, &scratch);
		if (path)
			each(data, path, git_repo_change(entry->status));
	}
	git.status_list_free(list);
	return true;
}
