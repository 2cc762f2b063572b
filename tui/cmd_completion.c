/* mortar completion: the scripts, and the answers they ask for. */
#include <stdint.h>

#include "core/recipe/quote.h"
#include "tui/command.h"
#include "tui/complete.h"

/* The shells only hand words over and candidates on: they evaluate neither, and run the
 * mortar of PATH, never one that is named on the line. */
static const char completion_bash[] =
	"# bash completion for mortar: source <(mortar completion bash)\n"
	"_mortar() {\n"
	"	local what=words line\n"
	"	COMPREPLY=()\n"
	"	{\n"
	"		read -r what\n"
	"		while IFS= read -r line; do\n"
	"			COMPREPLY+=(\"$line\")\n"
	"		done\n"
	"	} < <(command mortar completion bash -- \"$2\" \"${COMP_LINE:0:COMP_POINT}\" "
	"2>/dev/null)\n"
	"	case $what in\n"
	"	files) compopt -o default ;;\n"
	"	dirs) compopt -o dirnames ;;\n"
	"	esac\n"
	"}\n"
	"complete -o nosort -F _mortar mortar\n";

static const char completion_zsh[] =
	"#compdef mortar\n"
	"# zsh completion for mortar: source <(mortar completion zsh), or as _mortar in fpath\n"
	"_mortar() {\n"
	"	local line\n"
	"	local -a answer candidates shown\n"
	"	answer=(\"${(@f)$(command mortar completion zsh -- \"${(@Q)words[2,CURRENT-1]}\" "
	"\"${(Q)PREFIX}\" 2>/dev/null)}\")\n"
	"	for line in \"${(@)answer[2,-1]}\"; do\n"
	"		candidates+=(\"${line%%$'\\t'*}\")\n"
	"		shown+=(\"${line/$'\\t'/  -- }\")\n"
	"	done\n"
	"	if (( $#candidates )); then\n"
	"		compadd -l -d shown -a -- candidates\n"
	"		return\n"
	"	fi\n"
	"	[[ $PREFIX != --*=* ]] || compset -P '*='\n"
	"	case $answer[1] in\n"
	"	files) _files ;;\n"
	"	dirs) _files -/ ;;\n"
	"	*) return 1 ;;\n"
	"	esac\n"
	"}\n"
	"if [[ $funcstack[1] == _mortar ]]; then\n"
	"	_mortar \"$@\"\n"
	"else\n"
	"	compdef _mortar mortar\n"
	"fi\n";

static const char completion_fish[] =
	"# fish completion for mortar: mortar completion fish | source\n"
	"function __mortar_answer\n"
	"	set -l words (commandline -opc)\n"
	"	set -l token (commandline -ct)\n"
	"	command mortar completion fish -- $words[2..-1] \"$token\" 2>/dev/null\n"
	"end\n"
	"function __mortar_words\n"
	"	set -l answer (__mortar_answer)\n"
	"	string join -- \\n $answer[2..-1]\n"
	"end\n"
	"function __mortar_takes_files\n"
	"	set -l answer (__mortar_answer)\n"
	"	contains -- \"$answer[1]\" files dirs\n"
	"end\n"
	"complete -c mortar -f\n"
	"complete -c mortar -k -a '(__mortar_words)'\n"
	"complete -c mortar -n __mortar_takes_files -F\n";

static const char *completion_script(const char *shell)
{
	return shell[0] == 'b' ? completion_bash : shell[0] == 'z' ? completion_zsh : completion_fish;
}

/* What bash is to put in place of its own idea of the word, which begins behind the last
 * = or : of ours, n bytes on; quoted, unless the word has an open quote and takes no
 * more. */
static void completion_append_cut(struct buf *out, struct str line, size_t n, bool plain)
{
	owned_buf struct buf quoted = { 0 };
	struct error err;
	struct str word = str_slice(line, 0, str_find(line, '\t'));
	word = str_slice(word, n, STR_NONE);
	if (!quote_shell(&quoted, word, &err) || (plain && !str_eq(word, buf_str(&quoted))))
		return;
	buf_append(out, buf_str(&quoted));
	buf_append_char(out, '\n');
}

/* has: the word as bash has it, line: all up to the cursor. */
static enum complete_files completion_bash_words(struct arena *arena, const char *has,
                                                 const char *line, struct buf *out)
{
	int n, nhas;
	owned_buf struct buf all = { 0 };
	struct str one;
	char *const *words = complete_split(arena, str_of(line), &n);
	struct str word = str_of(words[n - 1]);
	struct str tail = str_of(complete_split(arena, str_of(has), &nhas)[0]);
	if (n < 2 || nhas != 1 || !str_has_suffix(word, tail))
		return COMPLETE_WORDS;
	enum complete_files files = complete_words(arena, n - 1, words + 1, &all);
	bool is_quoted = !str_has_suffix(str_of(line), word);
	struct str rest = buf_str(&all);
	while (rest.n && str_next(&rest, '\n', &one))
		completion_append_cut(out, one, word.n - tail.n, is_quoted);
	return files;
}

int cmd_completion(struct arena *arena, const struct args *args)
{
	static const char *const files[] = { "words", "files", "dirs" };
	struct error err;
	owned_buf struct buf out = { 0 }, all = { 0 };
	const char *shell = args->operands[0];
	char *const *words = (char *const *)(uintptr_t)(args->operands + 1);
	if (!word_check(STR("SHELL"), "the shell", str_of(shell), &err))
		return command_fail(&err);
	if (args->noperands == 1)
		return command_output(str_of(completion_script(shell)));
	enum complete_files takes = COMPLETE_WORDS;
	if (shell[0] != 'b')
		takes = complete_words(arena, (int)args->noperands - 1, words, &all);
	else if (args->noperands == 3)
		takes = completion_bash_words(arena, words[0], words[1], &all);
	buf_printf(&out, "%s\n", files[takes]);
	buf_append(&out, buf_str(&all));
	return command_output(buf_str(&out));
}
