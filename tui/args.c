#include "tui/args.h"

#include <ctype.h>

#include "core/base/check.h"
#include "core/base/similar.h"

static const struct option options[] = {
#define OPTION(letter, name, takes, value, text) { letter, name, takes, value, text },
#include "tui/option.def"
#undef OPTION
};
enum { NOPTIONS = sizeof options / sizeof *options };

static const struct word words[] = {
#define WORD(name, source, words) { name, WORD_##source, words },
#include "tui/word.def"
#undef WORD
};
enum { NWORDS = sizeof words / sizeof *words };

/* What is being filled while argv is walked. */
struct args_scan {
	struct arena *arena;
	const char *allowed;
	const char **operands, **profiles;
	struct pair *options;
	struct args args;
	const struct option *open;
	bool ended;
};

/* By its name, which means the first of that name, or by NAME=VALUE. */
static bool args_allows(const char *allowed, const struct option *o)
{
	struct str rest = str_of(allowed), word, name = str_of(o->name), value = str_of(o->value);
	while (str_next(&rest, ' ', &word)) {
		size_t equals = str_find(word, '=');
		if (equals == STR_NONE && str_eq(word, name))
			return o == options || strcmp(o[-1].name, o->name) != 0;
		if (equals != STR_NONE && str_eq(str_slice(word, 0, equals), name) &&
		    str_eq(str_slice(word, equals + 1, STR_NONE), value))
			return true;
	}
	return false;
}

const struct option *args_next(const char *allowed, size_t *i)
{
	while (*i < NOPTIONS) {
		const struct option *o = &options[(*i)++];
		if (!allowed || args_allows(allowed, o))
			return o;
	}
	return NULL;
}

static const struct option *args_find(const char *allowed, struct str name, char letter)
{
	const struct option *o;
	for (size_t i = 0; (o = args_next(allowed, &i));)
		if (letter ? o->letter == letter : str_eq(name, str_of(o->name)))
			return o;
	return NULL;
}

const struct word *word_find(struct str name)
{
	for (size_t i = 0; i < NWORDS; i++)
		if (str_eq(name, str_of(words[i].name)))
			return &words[i];
	return NULL;
}

bool word_check(struct str name, const char *who, struct str value, struct error *err)
{
	const struct word *word = word_find(name);
	if (!word || word->source != WORD_ONE_OF)
		return true;
	owned_buf struct buf list = { 0 };
	struct str rest = str_of(word->words), one;
	while (str_next(&rest, ' ', &one)) {
		if (str_eq(one, value))
			return true;
		buf_printf(&list, "%s%.*s", !list.n ? "" : rest.p ? ", " : " or ", STR_ARG(one));
	}
	return error_set(err, ERROR_USAGE, "%s is %s, not '%.*s'", who, buf_text(&list),
	                 STR_ARG(value));
}

static void args_profile(struct args_scan *s, struct str list)
{
	struct str name;
	s->args.has_profiles = true;
	while (str_next(&list, ',', &name))
		if (name.n)
			s->profiles[s->args.nprofiles++] = arena_text(s->arena, name);
}

static void args_add(struct args_scan *s, const struct option *o, struct str value)
{
	if (o->takes == MANY)
		args_profile(s, value);
	else
		s->options[s->args.noptions++] = (struct pair){ str_of(o->name), value };
}

static int args_unknown(struct args_scan *s, const char *given, struct str name,
                        struct error *err)
{
	struct similar similar = { .typed = name };
	const struct option *o;
	for (size_t i = 0; given[1] == '-' && (o = args_next(s->allowed, &i));)
		similar_try(&similar, o->name);
	error_set(err, ERROR_USAGE, "unknown option '%s' here: %s%s", given,
	          similar.best ? "did you mean --" : "--help lists those there are",
	          similar.best ? similar.best : "");
	return 0;
}

static bool args_check(const struct option *o, struct str value, struct error *err)
{
	owned_buf struct buf who = { 0 };
	buf_printf(&who, "--%s", o->name);
	return word_check(str_of(o->value), buf_text(&who), value, err);
}

/* One option at argv[i] with its values; returns the index behind it, 0 on error. */
static int args_option(struct args_scan *s, int argc, char *const *argv, int i, struct error *err)
{
	bool is_long = argv[i][1] == '-';
	struct str word = str_of(argv[i] + (is_long ? 2 : 1)), value = { 0 };
	size_t equals = is_long ? str_find(word, '=') : word.n > 1 ? 1 : STR_NONE;
	if (equals != STR_NONE) {
		value = str_slice(word, equals + (is_long ? 1 : 0), word.n);
		word.n = equals;
	}
	const struct option *o = args_find(s->allowed, word, is_long ? '\0' : word.p[0]);
	if (!o)
		return args_unknown(s, argv[i], word, err);
	if (o->takes == NONE && value.p) {
		error_set(err, ERROR_USAGE, "'--%s' takes no value", o->name);
		return 0;
	}
	i++;
	if (o->takes == NONE)
		value = STR("");
	else if (!value.p && i < argc && (argv[i][0] != '-' || !argv[i][1]))
		value = str_of(argv[i++]);
	if (!value.p) {
		s->open = i == argc ? o : NULL;
		error_set(err, ERROR_USAGE, "'--%s' needs a value: %s", o->name, o->value);
		return 0;
	}
	if (!args_check(o, value, err))
		return 0;
	args_add(s, o, value);
	while (o->takes == MANY && i < argc && argv[i][0] != '-')
		args_add(s, o, str_of(argv[i++]));
	s->open = o->takes == MANY && i == argc ? o : NULL;
	return i;
}

static struct args_scan args_begin(struct arena *arena, const char *allowed, int argc,
                                   char *const *argv)
{
	size_t most = 1;
	for (int i = 0; i < argc; i++)
		most += strlen(argv[i]) + 1;
	struct args_scan s = { .arena = arena, .allowed = allowed };
	s.operands = arena_array(arena, (size_t)argc + 1, sizeof *s.operands);
	s.profiles = arena_array(arena, most, sizeof *s.profiles);
	s.options = arena_array(arena, (size_t)argc + 1, sizeof *s.options);
	s.args = (struct args){ .operands = s.operands, .profiles = s.profiles,
	                        .options = s.options };
	return s;
}

/* lenient: a word that is wrong is passed over. */
static bool args_scan(struct args_scan *s, int argc, char *const *argv, bool lenient,
                      struct error *err)
{
	for (int i = 0, next; i < argc; i = next) {
		next = i + 1;
		/* No option is a digit: -1 is a number. */
		if (s->ended || argv[i][0] != '-' || !argv[i][1] || isdigit((unsigned char)argv[i][1])) {
			s->operands[s->args.noperands++] = argv[i];
			s->args.nbefore += !s->ended;
		} else if (strcmp(argv[i], "--") == 0) {
			s->ended = true;
		} else if (!(next = args_option(s, argc, argv, i, err)) && !lenient) {
			return false;
		} else if (!next) {
			next = i + 1;
		}
	}
	return true;
}

bool args_parse(struct arena *arena, const char *allowed, int argc, char *const *argv,
                struct args *ret_args, struct error *err)
{
	struct args_scan s = args_begin(arena, allowed, argc, argv);
	if (!args_scan(&s, argc, argv, false, err))
		return false;
	*ret_args = s.args;
	return true;
}

void args_guess(struct arena *arena, const char *allowed, int argc, char *const *argv,
                struct args_typed *ret_typed)
{
	struct error ignored;
	struct args_scan s = args_begin(arena, allowed, argc, argv);
	args_scan(&s, argc, argv, true, &ignored);
	*ret_typed = (struct args_typed){ s.args, s.open, s.ended };
}

const char *args_get(const struct args *args, const char *name)
{
	for (size_t i = args->noptions; i-- > 0;)
		if (str_eq(args->options[i].name, str_of(name)))
			return args->options[i].value.p;
	return NULL;
}

bool args_has(const struct args *args, const char *name)
{
	return args_get(args, name) != NULL;
}

void args_append_option(struct buf *out, const struct option *o)
{
	if (o->letter)
		buf_printf(out, "-%c, ", o->letter);
	buf_printf(out, "--%s%s%s%s", o->name, o->takes == NONE ? "" : " ", o->value,
	           o->takes == MANY ? "..." : "");
}
