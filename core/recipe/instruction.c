#include "core/recipe/recipe.h"
#include "core/recipe/text.h"

static const struct {
	const char *keyword;
	bool layer;
} instructions[] = {
#define INSTRUCTION(id, keyword, layer) { keyword, layer },
#include "core/recipe/instruction.def"
#undef INSTRUCTION
};

const char *instruction_keyword(enum instruction_kind kind)
{
	return kind < INSTRUCTION_UNKNOWN ? instructions[kind].keyword : NULL;
}

bool instruction_makes_layer(enum instruction_kind kind)
{
	return kind < INSTRUCTION_UNKNOWN && instructions[kind].layer;
}

enum instruction_kind instruction_find(struct str keyword)
{
	for (enum instruction_kind kind = 0; kind < INSTRUCTION_UNKNOWN; kind++)
		if (text_eq_fold(keyword, str_of(instructions[kind].keyword)))
			return kind;
	return INSTRUCTION_UNKNOWN;
}
