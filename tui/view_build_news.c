/* What the terminal shows of a build around the picture. */
#include "tui/view_build_inside.h"

void view_build_news(struct view *view, struct view_news *news)
{
	const struct view_build *b = (const struct view_build *)view;
	const struct build *build = b->build;
	struct str name = build->title.n ? build->title : build->id;
	struct step_counts counts = view_build_count(build);
	size_t all = counts.all, ended = counts.of[STEP_DONE] + counts.of[STEP_CACHED];
	bool runs = !build->done && b->state == JOURNAL_RUNNING && b->replay.at <= 0;
	news->percent = all ? (int)(ended * 100 / all) : 0;
	if (runs) {
		news->progress = all ? AROUND_RUNS : AROUND_ENDLESS;
		buf_printf(&news->title, "%d%% ", news->percent);
	} else if (build->done && !build->ok && !build->cancelled) {
		buf_append_text(&news->title, "failed: ");
	}
	buf_append(&news->title, name);
	buf_append_text(&news->title, " - mortar");
}
