#include "core/kind/image_causes.h"

/* As many settings as an ARG can name, which BuildKit lets be several. */
static void causes_of_arg(struct recipe *r, struct instruction *in,
                          const struct image_settings *settings, const struct selection *s)
{
	const struct value **causes = arena_array(r->arena, in->parts->nargs + 1, sizeof *causes);
	in->ncauses = 0;
	for (size_t i = 0; i < in->parts->nargs; i++) {
		struct str name = in->parts->args[i];
		name = str_slice(name, 0, str_find(name, '='));
		const char *option = arena_printf(r->arena, "build-arg:%.*s", STR_ARG(name));
		const struct value *v = image_settings_cause(settings, s, option);
		if (v)
			causes[in->ncauses++] = v;
	}
	in->causes = causes;
}

void image_causes(struct recipe *r, const struct image_settings *settings,
                  const struct selection *s, const struct selection *under)
{
	struct instruction *all = arena_array(r->arena, r->ninstructions + 1, sizeof *all);
	const struct value **target = arena_alloc(r->arena, sizeof *target);
	*target = selection_option(under, "target").p ? image_settings_cause(settings, s, "target")
	                                              : NULL;
	for (size_t i = 0; i < r->ninstructions; i++) {
		all[i] = r->instructions[i];
		if (all[i].kind == INSTRUCTION_ARG)
			causes_of_arg(r, &all[i], settings, s);
		if (*target && r->target >= 0 && i == r->stages[r->target].first) {
			all[i].causes = target;
			all[i].ncauses = 1;
		}
	}
	r->instructions = all;
}
