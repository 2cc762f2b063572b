#include "tui/follow_tty.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/history/log_text.h"
#include "core/os/clock.h"
#include "core/os/loop.h"
#include "tui/text.h"
#include "tui/usual.h"

enum { TTY_FRAME_MS = 100, TTY_TICK_MS = 1000, TTY_TAIL = 4, TTY_FAILED_TAIL = 50 };

struct follow_tty {
	const double *now;              /* of a replay; NULL: the system's clock */
	struct loop *loop;
	const struct build *build;
	struct journal *journal;
	struct usual *usual;            /* NULL: nothing is known, or nobody has asked */
	double usual_since;             /* the build's since that it is of */
	struct buf frame;
	struct log_text text;
	unsigned rows, columns;         /* of the terminal */
	unsigned drawn;                 /* lines of ours that stand above the cursor */
	uint64_t timer;
	bool dirty, asks, colour;
	const char *note;               /* or NULL */
	struct termios before;          /* while a single key is waited for */
};

static void tty_size(struct follow_tty *t)
{
	struct winsize size;
	t->rows = 24;
	t->columns = 80;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row) {
		t->rows = size.ws_row;
		t->columns = size.ws_col;
	}
}

/* Text from outside, cut at the column; nothing but printable glyphs comes out. */
static void tty_text(struct buf *out, struct str text, unsigned *columns)
{
	for (struct glyph g; text.n && *columns; ) {
		size_t size = text_glyph(text, &g);
		unsigned width = g.visible[0] ? (unsigned)strlen(g.visible) : g.width ? g.width : 1;
		text = str_slice(text, size, text.n);
		if (width > *columns) {
			*columns = 0;
			break;
		}
		*columns -= width;
		if (g.visible[0])
			buf_append_text(out, g.visible);
		else if (!g.width)
			buf_append_char(out, ' ');
		else
			for (size_t i = 0; i <= TEXT_MARKS && g.runes[i]; i++)
				buf_append_rune(out, g.runes[i]);
	}
}

struct tty_line {
	unsigned indent;
	char mark;
	const char *sgr;                /* "" for none */
	struct str text, right;
};

static void tty_line(struct follow_tty *t, struct buf *out, const struct tty_line *line)
{
	unsigned columns = t->columns > 1 ? t->columns - 1 : 1;
	unsigned keep = line->right.n ? (unsigned)line->right.n + 1 : 0;
	unsigned left = columns > keep ? columns - keep : columns;
	if (t->colour && line->sgr[0])
		buf_printf(out, "\033[%sm", line->sgr);
	for (unsigned i = 0; i < line->indent && left; i++, left--)
		buf_append_char(out, ' ');
	if (line->mark && left > 1) {
		buf_printf(out, "%c ", line->mark);
		left -= 2;
	}
	tty_text(out, line->text, &left);
	if (keep && columns > keep) {
		buf_append_fill(out, ' ', left + 1);
		buf_append(out, line->right);
	}
	if (t->colour && line->sgr[0])
		buf_append(out, STR("\033[m"));
	buf_append(out, STR("\033[K\r\n"));
}

static const struct { char mark; const char *sgr; } tty_marks[] = {
	[STEP_WAITING] = { '.', "2" }, [STEP_RUNNING] = { '>', "1" }, [STEP_DONE] = { '+', "" },
	[STEP_CACHED] = { '=', "36" }, [STEP_FAILED] = { '!', "31;1" },
	[STEP_CANCELLED] = { 'x', "33" }, [STEP_SKIPPED] = { '-', "2" },
};

static void tty_step(struct follow_tty *t, struct buf *out, size_t i, double now)
{
	const struct step *s = &t->build->steps[i];
	owned_buf struct buf took = { 0 }, usual = { 0 };
	double seconds = step_seconds(s, now);
	const char *wrong = usual_wrong_forecast(s);
	usual_append_step(t->usual, s, seconds, &usual);
	if (wrong)
		buf_printf(&took, "%s ", wrong);
	if (usual.n && (!t->build->done || str_has_prefix(buf_str(&usual), STR("slow"))))
		buf_printf(&took, "%s ", buf_text(&usual));
	if (s->state == STEP_CACHED)
		buf_append(&took, STR("cached"));
	else if (s->state != STEP_WAITING && s->state != STEP_SKIPPED)
		clock_append_seconds(&took, s->state == STEP_RUNNING ? (double)(long)seconds : seconds);
	tty_line(t, out, &(struct tty_line){ 2, tty_marks[s->state].mark, tty_marks[s->state].sgr,
	                                     s->name, buf_str(&took) });
}

static void tty_tail(struct follow_tty *t, struct buf *out, int step, size_t most)
{
	owned_buf struct buf scratch = { 0 };
	size_t n = journal_lines(t->journal, step);
	for (size_t i = n > most ? n - most : 0; i < n; i++) {
		struct str line = journal_line(t->journal, step, i, &scratch, NULL);
		log_text_read(&t->text, line);
		tty_line(t, out, &(struct tty_line){ 6, 0, "2", t->text.text, { 0 } });
	}
}

/* Steps of one group (-1: those of none); collapsed groups are one line. */
static void tty_group(struct follow_tty *t, struct buf *out, int group, bool all, double now)
{
	const struct build *b = t->build;
	size_t n = 0, done = 0, cached = 0;
	enum step_state state = STEP_WAITING;
	for (size_t i = 0; i < b->nsteps; i++) {
		const struct step *s = &b->steps[i];
		if (s->group != group || s->meta)
			continue;
		n++;
		done += s->state == STEP_DONE || s->state == STEP_CACHED;
		cached += s->state == STEP_CACHED;
		if (s->state == STEP_RUNNING || s->state == STEP_FAILED || s->state == STEP_CANCELLED)
			state = s->state;
	}
	if (n == 0)
		return;
	if (done == n)
		state = cached == n ? STEP_CACHED : STEP_DONE;
	if (group >= 0) {
		owned_buf struct buf count = { 0 };
		buf_printf(&count, "%zu/%zu", done, n);
		tty_line(t, out, &(struct tty_line){ 0, tty_marks[state].mark, tty_marks[state].sgr,
		                                     b->groups[group], buf_str(&count) });
	}
	for (size_t i = 0; i < b->nsteps; i++) {
		const struct step *s = &b->steps[i];
		bool busy = s->state == STEP_RUNNING || s->state == STEP_FAILED;
		if (s->group != group || s->meta || !(all || busy))
			continue;
		tty_step(t, out, i, now);
		if (busy && !all)
			tty_tail(t, out, (int)i, TTY_TAIL);
	}
}

static void tty_picture(struct follow_tty *t, struct buf *out, bool all)
{
	const struct build *b = t->build;
	owned_buf struct buf head = { 0 }, took = { 0 };
	double now = b->done ? b->ended : t->now ? *t->now : clock_now();
	if (t->usual_since < b->since) {
		t->usual_since = b->since;
		usual_free(t->usual);
		t->usual = usual_read(b, journal_dir(t->journal));
	}
	usual_append_left(t->usual, b, now, &took);
	if (took.n)
		buf_append(&took, STR("  "));
	clock_append_seconds(&took, b->done ? now - b->started : (double)(long)(now - b->started));
	buf_printf(&head, "%.*s  %s%.*s%s%.*s", STR_ARG(b->title), b->level.n ? "level " : "",
	           STR_ARG(b->level), b->level.n ? "  " : "", STR_ARG(b->engine));
	if (b->member.n && !str_eq(b->member, b->engine))
		buf_printf(&head, " (%.*s)", STR_ARG(b->member));
	tty_line(t, out, &(struct tty_line){ 0, 0, "1", buf_str(&head), buf_str(&took) });
	tty_group(t, out, -1, all, now);
	for (size_t g = 0; g < b->ngroups; g++)
		tty_group(t, out, (int)g, all, now);
	for (size_t i = 0; i < b->nwarnings; i++)
		tty_line(t, out, &(struct tty_line){ 0, '?', "33", b->warnings[i], { 0 } });
	if (b->lost.n) {
		owned_buf struct buf lost = { 0 };
		buf_printf(&lost, "begun anew: %.*s", STR_ARG(b->lost));
		tty_line(t, out, &(struct tty_line){ 0, '?', "33", buf_str(&lost), { 0 } });
	}
	if (b->engine_busy && !b->done) {
		struct str busy = STR("cancel requested, engine still busy");
		tty_line(t, out, &(struct tty_line){ 0, '?', "33", busy, { 0 } });
	}
	if (t->note && !b->done)
		tty_line(t, out, &(struct tty_line){ 0, '?', "33", str_of(t->note), { 0 } });
	struct str question = STR("stop it? c cancels, d leaves it running, any other key goes on");
	if (t->asks)
		tty_line(t, out, &(struct tty_line){ 0, 0, "1", question, { 0 } });
}

static unsigned tty_count(struct str text)
{
	unsigned n = 0;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

/* Keeps the last `most` lines, since the cursor cannot go above the screen. */
static struct str tty_last(struct str text, unsigned most)
{
	for (unsigned n = tty_count(text); n > most; n--)
		text = str_slice(text, str_find(text, '\n') + 1, text.n);
	return text;
}

static void tty_show(struct follow_tty *t, bool all)
{
	owned_buf struct buf picture = { 0 };
	tty_size(t);
	tty_picture(t, &picture, all);
	struct str text = buf_str(&picture);
	if (!all)
		text = tty_last(text, t->rows > 2 ? t->rows - 2 : 1);
	buf_clear(&t->frame);
	buf_append_char(&t->frame, '\r');
	if (t->drawn)
		buf_printf(&t->frame, "\033[%uA", t->drawn < t->rows ? t->drawn : t->rows - 1);
	buf_append(&t->frame, text);
	buf_append(&t->frame, STR("\033[J"));
	t->drawn = tty_count(text);
	fwrite(t->frame.p, 1, t->frame.n, stderr);
	fflush(stderr);
}

static void tty_tick(struct loop *loop, void *data)
{
	struct follow_tty *t = data;
	t->timer = loop_timer(loop, t->dirty ? TTY_FRAME_MS : TTY_TICK_MS, tty_tick, t);
	t->dirty = false;
	tty_show(t, false);
}

struct follow_tty *follow_tty_new(struct loop *loop, const struct build *build,
                                  struct journal *journal)
{
	struct follow_tty *t = xcalloc(1, sizeof *t);
	const char *plain = getenv("NO_COLOR");
	t->loop = loop;
	t->build = build;
	t->journal = journal;
	t->colour = !(plain && plain[0]);
	t->timer = loop_timer(loop, 0, tty_tick, t);
	return t;
}

void follow_tty_clock(struct follow_tty *t, const double *now)
{
	t->now = now;
}

void follow_tty_free(struct follow_tty *t)
{
	if (!t)
		return;
	loop_untimer(t->loop, t->timer);
	usual_free(t->usual);
	buf_finish(&t->frame);
	log_text_finish(&t->text);
	free(t);
}

void follow_tty_dirty(struct follow_tty *t)
{
	if (t->dirty)
		return;
	t->dirty = true;
	loop_untimer(t->loop, t->timer);
	t->timer = loop_timer(t->loop, TTY_FRAME_MS, tty_tick, t);
}

/* A question is answered by one key, without Enter. */
static void tty_single_key(struct follow_tty *t, bool on)
{
	if (on == t->asks)
		return;
	if (!on) {
		tcsetattr(STDIN_FILENO, TCSANOW, &t->before);
	} else if (tcgetattr(STDIN_FILENO, &t->before) == 0) {
		struct termios single = t->before;
		single.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		tcsetattr(STDIN_FILENO, TCSANOW, &single);
	}
}

void follow_tty_ask(struct follow_tty *t, bool asks)
{
	tty_single_key(t, asks);
	t->asks = asks;
	follow_tty_dirty(t);
}

void follow_tty_note(struct follow_tty *t, const char *text)
{
	t->note = text;
	follow_tty_dirty(t);
}

void follow_tty_end(struct follow_tty *t)
{
	int failed = build_failed_step(t->build);
	tty_single_key(t, false);
	t->asks = false;
	tty_show(t, true);
	owned_buf struct buf out = { 0 };
	if (failed >= 0) {
		buf_append(&out, STR("------\r\n"));
		tty_tail(t, &out, failed, TTY_FAILED_TAIL);
		if (journal_lines(t->journal, failed) > TTY_FAILED_TAIL) {
			buf_append(&out, STR("the whole of it: mortar logs "));
			utf8_append_visible(&out, t->build->id);
			buf_printf(&out, " %d\r\n", failed);
		}
		buf_append(&out, STR("------\r\n"));
	}
	if (t->build->error.n)
		tty_line(t, &out, &(struct tty_line){ 0, '!', "31;1", t->build->error, { 0 } });
	fwrite(buf_str(&out).p, 1, out.n, stderr);
}
