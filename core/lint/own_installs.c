/* Commands that install something, and what they name. */
#include "core/lint/own.h"

struct installer {
	const char *program;
	enum own_tool tool;
	const char *verbs;              /* between blanks; "" : the program alone installs */
	const char *valued;             /* options that take a word, between blanks */
};

#define APT_VALUED " -o -c -t --option --config-file --target-release --default-release "
#define PIP_VALUED " -r --requirement -c --constraint -i --index-url --extra-index-url -f " \
	"--find-links -t --target --prefix --root --python --cache-dir --timeout --retries " \
	"--proxy --cert --client-cert --trusted-host --src --platform --python-version " \
	"--implementation --abi --upgrade-strategy --no-binary --only-binary --progress-bar --log " \
	"--config-settings -C --global-option --exists-action --report "

static const struct installer installers[] = {
	{ "apt-get", OWN_APT, " install ", APT_VALUED },
	{ "apt", OWN_APT, " install ", APT_VALUED },
	{ "aptitude", OWN_APT, " install ", APT_VALUED },
	{ "apk", OWN_APK, " add ", " -t --virtual -X --repository -p --root --arch "
	  "--repositories-file --keys-dir --cache-dir " },
	{ "dnf", OWN_DNF, " install groupinstall localinstall ", " -c --enablerepo --disablerepo "
	  "--installroot --releasever --setopt " },
	{ "yum", OWN_DNF, " install groupinstall localinstall ", " -c --enablerepo --disablerepo "
	  "--installroot --releasever --setopt " },
	{ "microdnf", OWN_DNF, " install ", " --enablerepo --disablerepo --setopt " },
	{ "tdnf", OWN_DNF, " install ", " " },
	{ "zypper", OWN_ZYPPER, " install in ", " -t --type -r --repo --from " },
	{ "pacman", OWN_PACMAN, " -S -Sy -Syu -Syyu --sync ", " " },
	{ "pip", OWN_PIP, " install ", PIP_VALUED },
	{ "poetry", OWN_POETRY, " install sync ", " -E --extras --with --without --only -C "
	  "--directory -P --project " },
	{ "uv", OWN_UV, " sync ", " --extra --group --only-group --no-group --package --python -p " },
	{ "pipenv", OWN_PIPENV, " install sync ", " -r --requirements -e --python --categories " },
	{ "pdm", OWN_PDM, " install sync ", " -G --group -p --project " },
	{ "npm", OWN_NPM, " install i ci add clean-install install-clean ", " --prefix -w "
	  "--workspace --registry --omit --include --loglevel " },
	{ "yarn", OWN_YARN, " install add ", " --cwd --registry --network-timeout --cache-folder " },
	{ "pnpm", OWN_PNPM, " install i add ", " -C --dir --filter -F --registry --store-dir " },
	{ "go", OWN_GO, " mod get ", " " },
	{ "cargo", OWN_CARGO, " fetch install chef ", " --features --bin --path --version --git "
	  "--root --target --profile --recipe-path -p --package " },
	{ "bundle", OWN_BUNDLE, " install ", " --jobs -j --retry --path --without " },
	{ "composer", OWN_COMPOSER, " install require ", " -d --working-dir " },
	{ "conda", OWN_CONDA, " install env ", " -n --name -c --channel -p --prefix -f --file " },
	{ "mamba", OWN_CONDA, " install env ", " -n --name -c --channel -p --prefix -f --file " },
	{ "micromamba", OWN_CONDA, " install env ", " -n --name -c --channel -p --prefix -f --file " },
	{ "gem", OWN_GEM, " install ", " -v --version -i --install-dir " },
};

static bool install_has(const char *list, struct str word)
{
	struct str rest = str_of(list), one;
	while (str_next(&rest, ' ', &one))
		if (one.n && str_eq(one, word))
			return true;
	return false;
}

static const struct installer *install_by(struct str program)
{
	for (size_t i = 0; i < sizeof installers / sizeof *installers; i++)
		if (str_eq(program, str_of(installers[i].program)))
			return &installers[i];
	return NULL;
}

/* Words that say help or version, or only try. */
static bool install_is_dry(const struct shell_command *c)
{
	static const char *const dry[] = { "--help", "--version", "--dry-run", "--download-only",
		"--print-uris", "--simulate", NULL };
	for (const char *const *d = dry; *d; d++)
		if (shell_argument(c, *d))
			return true;
	return false;
}

/* Verbs that come in two words. */
static bool install_is_whole(const struct installer *i, const struct shell_command *c, size_t at)
{
	struct str next = at + 1 < c->nargs ? c->args[at + 1].text : STR("");
	struct str verb = c->args[at].text;
	if (str_eq(verb, STR("mod")))
		return str_eq(next, STR("download")) || str_eq(next, STR("vendor")) ||
		       str_eq(next, STR("tidy"));
	if (str_eq(verb, STR("chef")))
		return str_eq(next, STR("cook"));
	if (str_eq(verb, STR("env")))
		return str_eq(next, STR("create")) || str_eq(next, STR("update"));
	return i->tool != OWN_GO || !str_eq(verb, STR("get")) || next.n;
}

bool own_is_install(const struct shell_command *c, struct own_install *ret)
{
	const struct installer *i = install_by(c->program);
	size_t at = 0;
	if (!i || install_is_dry(c))
		return false;
	/* uv pip install is pip's. */
	bool is_uv_pip = i->tool == OWN_UV && c->nargs > 1 && str_eq(c->args[0].text, STR("pip")) &&
	                 str_eq(c->args[1].text, STR("install"));
	for (; !is_uv_pip && at < c->nargs; at++) {
		struct str a = c->args[at].text;
		if (install_has(i->verbs, a) || a.n == 0 || a.p[0] != '-')
			break;
		at += install_has(i->valued, a);
	}
	at += is_uv_pip;
	*ret = (struct own_install){ i->tool, at < c->nargs ? &c->args[at] : NULL, at + 1 };
	if (is_uv_pip)
		return true;
	if (at >= c->nargs)
		return i->tool == OWN_YARN;
	return install_has(i->verbs, c->args[at].text) && install_is_whole(i, c, at);
}

const struct script_word *own_next_package(const struct shell_command *c,
                                          const struct own_install *install, size_t *at)
{
	const struct installer *i = install_by(c->program);
	*at = *at < install->first ? install->first : *at;
	while (*at < c->nargs) {
		const struct script_word *w = &c->args[(*at)++];
		if (w->text.n && w->text.p[0] == '-')
			*at += i && install_has(install->tool == OWN_PIP || install->tool == OWN_UV
			                            ? PIP_VALUED : i->valued, w->text);
		else if (w->text.n)
			return w;
	}
	return NULL;
}

struct str own_package_name(struct str word)
{
	size_t n = 0;
	while (n < word.n && !strchr("=<>~!@[;: ", word.p[n]))
		n++;
	/* A scope's @ stands in front. */
	if (n == 0 && word.n > 1 && word.p[0] == '@')
		for (n = 1; n < word.n && word.p[n] != '@';)
			n++;
	return str_slice(word, 0, n);
}

const char *own_command_text(const struct own *o, const struct shell_command *c,
                             const struct own_install *install)
{
	const char *middle = install->tool == OWN_UV && str_eq(c->program, STR("uv")) &&
	                     install->verb && str_eq(install->verb->text, STR("install")) ? "pip " : "";
	if (!install->verb)
		return arena_text(o->arena, c->program);
	return arena_printf(o->arena, "%.*s %s%.*s", STR_ARG(c->program), middle,
	                    STR_ARG(install->verb->text));
}

bool own_is_local_install(const struct shell_command *c, const struct own_install *install)
{
	size_t at = 0, n = 0;
	for (const struct script_word *w; (w = own_next_package(c, install, &at)); n++) {
		bool path = str_has_prefix(w->text, STR("/")) || str_has_prefix(w->text, STR("./")) ||
		            w->has_wildcard || str_has_suffix(w->text, STR(".whl")) ||
		            str_has_suffix(w->text, STR(".deb")) || str_has_suffix(w->text, STR(".rpm")) ||
		            str_has_suffix(w->text, STR(".tgz")) || str_has_suffix(w->text, STR(".gem"));
		if (!path || str_eq(w->text, STR("./")))
			return false;
	}
	return n > 0;
}
