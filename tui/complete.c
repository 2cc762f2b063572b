#include "tui/complete.h"

#include <stdlib.h>

#include "core/base/utf8.h"
#include "core/history/list.h"
#include "core/job/request.h"
#include "core/journal/build.h"
#include "core/os/save.h"
#include "tui/command.h"
#include "tui/project.h"

/* Builds beyond these are found by typing more of the id. */
enum { COMPLETE_BUILDS = 50 };

struct complete {
	struct arena *arena;
	const struct command *command;
	struct args_typed typed;
	struct str prefix;              /* of the word: stands, and is not looked at */
	struct str begun;               /* the rest of it: what candidates begin with */
	struct buf *out;
	enum complete_files files;
};

/* what: n 0 for nothing to say. */
static void complete_add(struct complete *c, struct str candidate, struct str what)
{
	owned_buf struct buf line = { 0 };
	size_t size;
	if (!candidate.n || !str_has_prefix(candidate, c->begun))
		return;
	buf_append(&line, c->prefix);
	buf_append(&line, candidate);
	for (struct str s = buf_str(&line); s.n; s = str_slice(s, size, s.n)) {
		uint32_t rune = utf8_decode(s, &size);
		if (rune == UTF8_BAD || utf8_is_control(rune))
			return;
	}
	buf_append(c->out, buf_str(&line));
	if (what.n) {
		buf_append_char(c->out, '\t');
		utf8_append_visible(c->out, what);
	}
	buf_append_char(c->out, '\n');
}

static void complete_list(struct complete *c, struct str words, char separator)
{
	struct str word;
	while (words.n && str_next(&words, separator, &word))
		complete_add(c, word, (struct str){ 0 });
}

/* A leading ~/ is the one thing the shell would have put in that is worth knowing. */
static const char *complete_path(struct arena *arena, const char *path)
{
	const char *home = getenv("HOME");
	if (home && path[0] == '~' && (path[1] == '/' || !path[1]))
		return arena_printf(arena, "%s%s", home, path + 1);
	return path;
}

/* The project that the line names so far, or NULL. */
static struct project *complete_project(struct complete *c)
{
	struct error err;
	const char *kind = args_get(&c->typed.args, "kind");
	const struct pair option = { STR("kind"), str_of(kind) };
	const char *paths[2] = { NULL, NULL };
	struct args args = { .operands = paths, .options = &option, .noptions = kind != NULL };
	if (c->typed.args.noperands)
		paths[args.noperands++] = complete_path(c->arena, c->typed.args.operands[0]);
	return project_open(&args, 0, &err);
}

static void complete_profiles(struct complete *c)
{
	owned(project) struct project *p = complete_project(c);
	/* What is being typed may be the end of a list. */
	size_t comma = str_find_last(c->begun, ',');
	if (comma != STR_NONE) {
		owned_buf struct buf prefix = { 0 };
		buf_append(&prefix, c->prefix);
		buf_append(&prefix, str_slice(c->begun, 0, comma + 1));
		c->prefix = arena_str(c->arena, buf_str(&prefix));
		c->begun = str_slice(c->begun, comma + 1, STR_NONE);
	}
	if (!p)
		return;
	project_select_profiles(p, NULL, 0);
	project_read(p);
	for (size_t i = 0; p->settings && i < p->settings->nprofiles; i++)
		complete_add(c, str_of(p->settings->profiles[i]), (struct str){ 0 });
}

/* Of a level that several kinds have, the first one's sentence; known: how many kinds were
 * before. */
static void complete_levels_of(struct complete *c, const struct kind *kind, size_t known)
{
	for (const struct level *l = kind->levels; l->name; l++) {
		bool told = false;
		for (size_t i = 0; i < known; i++)
			told = told || level_find(kinds[i]->levels, l->name);
		if (told)
			continue;
		complete_add(c, str_of(l->name), str_of(l->text));
		/* The long name only for who types it. */
		if (l->alias && c->begun.n && !str_has_prefix(str_of(l->name), c->begun))
			complete_add(c, str_of(l->alias), str_of(l->text));
	}
}

static void complete_levels(struct complete *c)
{
	owned(project) struct project *p = complete_project(c);
	for (size_t i = 0; kinds[i]; i++)
		if (!p || kinds[i] == p->kind)
			complete_levels_of(c, kinds[i], p ? 0 : i);
}

static void complete_engines(struct complete *c)
{
	owned(problems) struct problems *problems = problems_new();
	owned(files) struct files *files = files_disk("/");
	owned(preferences) struct preferences *p =
		preferences_read(files, save_config_path("config.toml"), NULL, problems);
	for (size_t i = 0; i < p->nengines; i++)
		complete_add(c, p->engines[i].name, p->engines[i].value);
	for (size_t i = 0; i < p->npools; i++)
		complete_add(c, str_of(p->pools[i].name), STR("a pool of engines"));
}

static void complete_builds(struct complete *c)
{
	struct history_list list;
	struct error err;
	if (!history_read(c->arena, COMPLETE_BUILDS, &list, &err))
		return;
	for (size_t i = 0; i < list.n; i++) {
		const struct history_item *item = &list.items[i];
		complete_add(c, str_of(item->id),
		             str_of(arena_printf(c->arena, "%s, %s", history_state_name(item->state),
		                                 item->image)));
	}
}

static void complete_steps(struct complete *c)
{
	struct error err;
	const char *dir = c->typed.args.noperands
	                          ? request_find(c->typed.args.operands[0], &err) : NULL;
	owned(build) struct build *build = dir ? build_read(dir, &err) : NULL;
	if (!build)
		return;
	for (size_t i = 0; i < build->nsteps; i++)
		complete_add(c, str_of(arena_printf(c->arena, "%zu", i)), build->steps[i].name);
}

/* A configuration file of the project when that is named before. */
static void complete_documents(struct complete *c)
{
	bool has_path = str_has_prefix(str_of(c->command->operands), STR("PATH "));
	owned(project) struct project *p = has_path && c->typed.args.noperands
	                                           ? complete_project(c) : NULL;
	c->files = p ? COMPLETE_WORDS : COMPLETE_FILES;
	if (p)
		project_read(p);
	for (size_t i = 0; p && p->settings && i < p->settings->ndocuments; i++)
		complete_add(c, str_of(p->settings->documents[i].path), (struct str){ 0 });
}

static void complete_commands(struct complete *c)
{
	for (size_t i = 0; commands[i]; i++)
		complete_add(c, str_of(commands[i]->name), command_sentence(commands[i]));
}

/* A word of word.def; option: it is an option's value, not an operand. */
static void complete_word(struct complete *c, struct str name, bool option)
{
	const struct word *word = word_find(name);
	if (!word)
		return;
	complete_list(c, str_of(word->words), ' ');
	switch (word->source) {
	case WORD_PROFILE: complete_profiles(c); break;
	case WORD_LEVEL: complete_levels(c); break;
	case WORD_ENGINE: complete_engines(c); break;
	case WORD_BUILD: complete_builds(c); break;
	case WORD_STEP: complete_steps(c); break;
	case WORD_COMMAND: complete_commands(c); break;
	case WORD_DIR: c->files = COMPLETE_DIRS; break;
	case WORD_PATH: c->files = COMPLETE_FILES; break;
	case WORD_KIND:
		for (size_t i = 0; kinds[i]; i++)
			complete_add(c, str_of(kinds[i]->name), (struct str){ 0 });
		break;
	case WORD_FILE:
		if (option)
			c->files = COMPLETE_FILES;
		else
			complete_documents(c);
		break;
	case WORD_SUCH_AS:
	case WORD_ONE_OF:
		break;
	}
}

/* The operand's word in the usage: "[BUILD]" of "[BUILD] [STEP]"; a repeated one stands
 * for all that follow. */
static struct str complete_operand_word(const struct command *command, size_t operand)
{
	struct str rest = str_of(command->operands), word;
	for (size_t i = 0; str_next(&rest, ' ', &word); i++) {
		if (word.n && word.p[0] == '[')
			word = str_slice(word, 1, word.n);
		if (str_eq(word, STR("--")) && !str_next(&rest, ' ', &word))
			break;
		if (str_has_suffix(word, STR("]")))
			word.n--;
		bool repeated = str_has_suffix(word, STR("..."));
		if (repeated)
			word.n -= 3;
		if (i == operand || repeated)
			return word;
	}
	return (struct str){ 0 };
}

static void complete_operand(struct complete *c)
{
	struct str word = complete_operand_word(c->command, c->typed.args.noperands);
	if (word.n && word.p[0] >= 'a' && word.p[0] <= 'z')
		complete_list(c, word, '|');
	else
		complete_word(c, word, false);
	if (c->command == &command_workbench && !c->typed.args.noperands && !c->typed.ended)
		complete_commands(c);
}

static void complete_options(struct complete *c)
{
	const struct option *o;
	for (size_t i = 0; (o = args_next(c->command->options, &i));)
		complete_add(c, str_of(arena_printf(c->arena, "--%s", o->name)), str_of(o->text));
}

/* "--engine=bui": the value of an option in one word. */
static bool complete_glued(struct complete *c)
{
	const struct option *o;
	size_t equals = str_find(c->begun, '=');
	if (!str_has_prefix(c->begun, STR("--")) || equals == STR_NONE)
		return false;
	struct str name = str_slice(c->begun, 2, equals - 2);
	c->prefix = str_slice(c->begun, 0, equals + 1);
	c->begun = str_slice(c->begun, equals + 1, STR_NONE);
	for (size_t i = 0; (o = args_next(c->command->options, &i));)
		if (str_eq(name, str_of(o->name)) && o->takes != NONE)
			complete_word(c, str_of(o->value), true);
	return true;
}

enum complete_files complete_words(struct arena *arena, int nwords, char *const *words,
                                   struct buf *candidates)
{
	struct complete c = { .arena = arena, .out = candidates, .command = &command_workbench };
	if (nwords < 1)
		return COMPLETE_WORDS;
	const struct command *named = nwords > 1 ? command_find(words[0]) : NULL;
	if (named)
		c.command = named;
	c.begun = str_of(words[nwords - 1]);
	args_guess(arena, c.command->options, nwords - 1 - (named != NULL), words + (named != NULL),
	           &c.typed);
	const struct option *open = c.typed.open;
	bool dashed = c.begun.n && c.begun.p[0] == '-' && !c.typed.ended;
	if (dashed && complete_glued(&c))
		return c.files;
	if (dashed)
		complete_options(&c);
	else if (open && !c.typed.ended)
		complete_word(&c, str_of(open->value), true);
	else
		complete_operand(&c);
	return c.files;
}

/* ---- a line into words ---- */

static bool complete_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* One character at line[i], quotes and backslashes taken off; returns the index behind. */
static size_t complete_take(struct str line, size_t i, char *quote, struct buf *word)
{
	char c = line.p[i++];
	bool escapes = c == '\\' && *quote != '\'' && i < line.n &&
	               (!*quote || strchr("\"\\$`", line.p[i]));
	if (escapes)
		buf_append_char(word, line.p[i++]);
	else if (*quote && c == *quote)
		*quote = 0;
	else if (!*quote && (c == '\'' || c == '"'))
		*quote = c;
	else
		buf_append_char(word, c);
	return i;
}

char *const *complete_split(struct arena *arena, struct str line, int *ret_nwords)
{
	char **words = arena_array(arena, line.n + 2, sizeof *words);
	owned_buf struct buf word = { 0 };
	char quote = 0;
	bool begun = false;
	int n = 0;
	for (size_t i = 0; i < line.n;) {
		bool ends = !quote && complete_blank(line.p[i]);
		if (!ends) {
			i = complete_take(line, i, &quote, &word);
		} else {
			if (begun)
				words[n++] = arena_text(arena, buf_str(&word));
			buf_clear(&word);
			i++;
		}
		begun = !ends;
	}
	words[n++] = arena_text(arena, buf_str(&word));
	*ret_nwords = n;
	return words;
}
