#include "tui/args.h"

#include "core/base/check.h"

enum option_takes { NONE, ONE, MANY };

struct option {
	char letter;
	const char *name;
	enum option_takes takes;
	const char *value, *text;
};

static const struct option options[] = {
#define OPTION(letter, name, takes, value, text) { letter, name, takes, value, text },
#include "tui/option.def"
#undef OPTION
};
enum { NOPTIONS = sizeof options / sizeof *options };

/* What is being filled while argv is walked. */
struct args_scan {
	struct arena *arena;
	const char *allowed;
	const char **operands, **profiles;
	struct pair *options;
	struct args args;
};

static bool args_allows(const char *allowed, const char *name)
{
	struct str rest = str_of(allowed), word;
	while (str_next(&rest, ' ', &word))
		if (str_eq(word, str_of(name)))
			return true;
	return false;
}

static const struct option *args_find(const char *allowed, struct str name, char letter)
{
	for (size_t i = 0; i < NOPTIONS; i++) {
		bool named = letter ? options[i].letter == letter
		                    : str_eq(name, str_of(options[i].name));
		if (named && args_allows(allowed, options[i].name))
			return &options[i];
	}
	return NULL;
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
	if (!o) {
		error_set(err, ERROR_USAGE, "unknown option '%s' here: --help lists those there are",
		          argv[i]);
		return 0;
	}
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
		error_set(err, ERROR_USAGE, "'--%s' needs a value: %s", o->name, o->value);
		return 0;
	}
	args_add(s, o, value);
	while (o->takes == MANY && i < argc && argv[i][0] != '-')
		args_add(s, o, str_of(argv[i++]));
	return i;
}

bool args_parse(struct arena *arena, const char *allowed, int argc, char *const *argv,
                struct args *ret_args, struct error *err)
{
	size_t words = 1;
	for (int i = 0; i < argc; i++)
		words += strlen(argv[i]) + 1;
	struct args_scan s = { .arena = arena, .allowed = allowed };
	s.operands = arena_array(arena, (size_t)argc + 1, sizeof *s.operands);
	s.profiles = arena_array(arena, words, sizeof *s.profiles);
	s.options = arena_array(arena, (size_t)argc + 1, sizeof *s.options);
	for (int i = 0; i < argc;) {
		if (strcmp(argv[i], "--") == 0) {
			for (i++; i < argc; i++)
				s.operands[s.args.noperands++] = argv[i];
		} else if (argv[i][0] == '-' && argv[i][1]) {
			i = args_option(&s, argc, argv, i, err);
			if (!i)
				return false;
		} else {
			s.operands[s.args.noperands++] = argv[i++];
		}
	}
	s.args.operands = s.operands;
	s.args.profiles = s.profiles;
	s.args.options = s.options;
	*ret_args = s.args;
	return true;
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

void args_describe(struct buf *out, const char *allowed)
{
	for (size_t i = 0; i < NOPTIONS; i++) {
		const struct option *o = &options[i];
		if (!args_allows(allowed, o->name))
			continue;
		owned_buf struct buf left = { 0 };
		if (o->letter)
			buf_printf(&left, "-%c, ", o->letter);
		buf_printf(&left, "--%s%s%s%s", o->name, o->takes == NONE ? "" : " ", o->value,
		           o->takes == MANY ? "..." : "");
		buf_printf(out, "  %s", buf_text(&left));
		buf_append_fill(out, ' ', left.n < 26 ? 26 - left.n : 1);
		buf_printf(out, " %s\n", o->text);
	}
}
