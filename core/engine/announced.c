#include "core/engine/announced.h"

#include "core/engine/sentence.h"
#include "core/recipe/recipe.h"

struct announced announced_parse(struct str name)
{
	struct announced a = { .text = name };
	unsigned long long ordinal, total;
	size_t close = str_find_str(name, STR("] "));
	if (!str_has_prefix(name, STR("[")) || close == STR_NONE)
		return a;
	struct str inside = str_slice(name, 1, close - 1);
	size_t blank = str_find_last(inside, ' ');
	struct str count = blank == STR_NONE ? inside : str_slice(inside, blank + 1, inside.n);
	size_t slash = str_find(count, '/');
	if (slash == STR_NONE || !str_number(str_slice(count, 0, slash), 1000000, &ordinal) ||
	    !str_number(str_slice(count, slash + 1, count.n), 1000000, &total) || !ordinal ||
	    ordinal > total)
		return a;
	a.stage = str_trim(str_slice(inside, 0, blank == STR_NONE ? 0 : blank));
	a.text = str_slice(name, close + 2, name.n);
	a.ordinal = (unsigned)ordinal;
	a.total = (unsigned)total;
	return a;
}

static struct str announced_keyword(struct str text)
{
	return str_slice(text, 0, str_find(text, ' '));
}

bool announced_is_from(struct str text)
{
	return instruction_find(announced_keyword(text)) == INSTRUCTION_FROM;
}

bool announced_is_meta(struct str text)
{
	enum instruction_kind kind = instruction_find(announced_keyword(text));
	return kind != INSTRUCTION_UNKNOWN && !instruction_makes_layer(kind);
}

void announced_append_text(struct buf *b, struct str text)
{
	if (announced_is_from(text)) {
		size_t word = announced_keyword(text).n + 1;
		buf_append(b, str_slice(text, 0, word));
		text = sentence_image(str_slice(text, word, text.n));
	}
	buf_append(b, text);
}

struct str announced_from_base(struct str text)
{
	struct str rest = text, word;
	str_next(&rest, ' ', &word);
	while (str_next(&rest, ' ', &word) && (!word.n || str_has_prefix(word, STR("--"))))
		continue;
	return word;
}

struct str announced_from_name(struct str text)
{
	size_t blank = str_find_last(text, ' ');
	struct str head = str_slice(text, 0, blank == STR_NONE ? 0 : blank);
	if (!announced_is_from(text) ||
	    !(str_has_suffix(head, STR(" AS")) || str_has_suffix(head, STR(" as"))))
		return (struct str){ 0 };
	return str_slice(text, blank + 1, text.n);
}
