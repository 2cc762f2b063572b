#include "tui/follow.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/utf8.h"
#include "core/job/job.h"
#include "core/journal/build.h"
#include "core/os/clock.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/follow_plain.h"
#include "tui/follow_tty.h"

/* What is followed, and how far it was shown. */
struct follow {
	struct loop *loop;
	struct journal *journal;
	struct build *build;
	struct cursor cursor;
	const char *dir;
	enum follow_form form;
	struct follow_plain *plain;
	struct follow_tty *tty;
	bool detached, unwritten;       /* unwritten: stdout takes no more */
	bool asked;                     /* the tty form waits for c or d */
	double speed, at;               /* replay: how fast, and how far; speed 0: it is none */
	int64_t last_ms;
	bool warned;                    /* of a watched build: Ctrl-C came once */
};

bool follow_form_parse(const char *progress, enum follow_form *ret_form, struct error *err)
{
	const char *term = getenv("TERM");
	bool tty = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
	if (!progress || strcmp(progress, "auto") == 0)
		*ret_form = tty ? FOLLOW_TTY : FOLLOW_PLAIN;
	else if (strcmp(progress, "plain") == 0)
		*ret_form = FOLLOW_PLAIN;
	else if (strcmp(progress, "tty") == 0 && tty)
		*ret_form = FOLLOW_TTY;
	else if (strcmp(progress, "tty") == 0)
		return error_set(err, ERROR_USAGE, "--progress tty needs a terminal on stderr");
	else
		*ret_form = FOLLOW_JSON;
	return true;
}

void follow_hold_interrupts(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* The journal's line; a log event carries its text as well. */
static bool follow_print_json(struct follow *f, const struct event *event)
{
	owned_buf struct buf out = { 0 };
	buf_append(&out, event->line);
	if (event->kind == EVENT_LOG && out.n && out.p[out.n - 1] == '}') {
		owned_buf struct buf text = { 0 };
		journal_read_log(f->journal, event->offset, event->length, &text);
		out.n--;
		buf_append(&out, STR(",\"text\":"));
		value_write_json_string(&out, buf_str(&text), false);
		buf_append_char(&out, '}');
	}
	buf_append_char(&out, '\n');
	if (command_is_terminal()) {
		owned_buf struct buf shown = { 0 };
		command_append_shown(&shown, buf_str(&out));
		return fwrite(shown.p, 1, shown.n, stdout) == shown.n;
	}
	return fwrite(out.p, 1, out.n, stdout) == out.n;
}

static void follow_take(struct follow *f)
{
	struct event event;
	while (journal_next(f->journal, &f->cursor, &event)) {
		if (f->form == FOLLOW_JSON && !f->unwritten)
			f->unwritten = !follow_print_json(f, &event);
		if (f->form == FOLLOW_PLAIN)
			follow_plain_event(f->plain, f->build, f->journal, &event);
		build_apply(f->build, &event);
	}
	if (f->form == FOLLOW_JSON && !f->unwritten)
		f->unwritten = fflush(stdout) != 0;
	if (f->unwritten)
		f->detached = true;
}

static void follow_more(struct journal *journal, void *data)
{
	struct follow *f = data;
	follow_take(f);
	if (f->tty)
		follow_tty_dirty(f->tty);
	if (f->detached || f->build->done || journal_state(journal, NULL) != JOURNAL_RUNNING)
		loop_stop(f->loop);
}

static void follow_cancel(struct follow *f)
{
	struct error err;
	if (!job_cancel(f->dir, &err) && !f->build->done)
		command_say("mortar: %s", err.text);
}

static void follow_key(struct loop *loop, int fd, short revents, void *data)
{
	struct follow *f = data;
	char key = 0;
	(void)revents;
	if (read(fd, &key, 1) != 1) {
		loop_unwatch(loop, fd);
		return;
	}
	if (!f->asked)
		return;
	f->asked = false;
	follow_tty_ask(f->tty, false);
	if (key == 'c' || key == 'C')
		follow_cancel(f);
	if (key == 'd' || key == 'D') {
		f->detached = true;
		loop_stop(loop);
	}
}

/* A build that is only watched is its client's to stop, which Ctrl-C reaches as well. */
static bool follow_interrupt_watched(struct follow *f)
{
	static const char note[] = "Ctrl-C is for the build's own client; once more leaves it, and "
	                           "its output is kept all the same";
	if (!str_eq(f->build->engine, STR("watch")))
		return false;
	f->detached = f->warned;
	if (f->warned)
		loop_stop(f->loop);
	else if (f->tty)
		follow_tty_note(f->tty, note);
	else
		command_say("mortar: %s", note);
	f->warned = true;
	return true;
}

/* Plain and json: Ctrl-C cancels, a second one leaves.  tty: it asks, and a
 * second one while asking cancels. */
static void follow_interrupt(struct loop *loop, int signal, void *data)
{
	struct follow *f = data;
	(void)signal;
	if (f->speed > 0) {
		f->detached = true;
		loop_stop(loop);
		return;
	}
	if (follow_interrupt_watched(f))
		return;
	if (f->tty && !f->asked && !f->build->cancel_requested) {
		f->asked = true;
		follow_tty_ask(f->tty, true);
		return;
	}
	if (f->asked || !f->build->cancel_requested) {
		f->asked = false;
		if (f->tty)
			follow_tty_ask(f->tty, false);
		follow_cancel(f);
		f->build->cancel_requested = true;
		return;
	}
	f->detached = true;
	loop_stop(loop);
}

/* The image's name or id and what was written; of a batch the images of all that were built. */
static int follow_print_result(const struct follow *f)
{
	const struct build *b = f->build;
	bool ids = f->form == FOLLOW_QUIET;
	owned_buf struct buf result = { 0 };
	if (!b->nbuilds && b->image.n) {
		utf8_append_visible(&result, ids ? b->image_id : b->image);
		buf_append_char(&result, '\n');
	}
	for (size_t i = 0; i < b->nartifacts; i++) {
		utf8_append_visible(&result, b->artifacts[i]);
		buf_append_char(&result, '\n');
	}
	for (size_t i = 0; b->nbuilds && i < b->nsteps; i++) {
		const struct step *s = &b->steps[i];
		if (s->state != STEP_DONE && s->state != STEP_CACHED)
			continue;
		utf8_append_visible(&result, ids ? s->image_id : s->image);
		buf_append_char(&result, '\n');
	}
	return command_output(buf_str(&result));
}

static int follow_finish(struct follow *f)
{
	const struct build *b = f->build;
	/* The folder's name is the id, whatever the journal says. */
	const char *slash = strrchr(f->dir, '/'), *id = slash ? slash + 1 : f->dir;
	if (f->unwritten)
		command_say("mortar: the journal cannot be written to the standard output any more");
	if (f->detached && !b->done) {
		command_say("the build goes on: mortar attach %s", id);
		return f->unwritten;
	}
	if (!b->done) {
		command_say("mortar: the job of build %s is gone: it was killed; its journal ends "
		            "here", id);
		return 1;
	}
	/* What of a batch was built is a result, whatever failed beside it. */
	if (!b->ok && b->nbuilds && f->form != FOLLOW_JSON)
		follow_print_result(f);
	if (!b->ok) {
		owned_buf struct buf error = { 0 };
		utf8_append_visible(&error, b->error);
		if (f->form == FOLLOW_QUIET || f->form == FOLLOW_JSON)
			command_say("mortar: %s", buf_text(&error));
		if (f->form == FOLLOW_QUIET && build_failed_step(b) >= 0)
			command_say("what it printed: mortar logs %s %d", id, build_failed_step(b));
		return b->exit_code ? b->exit_code : 1;
	}
	return f->form == FOLLOW_JSON ? f->unwritten : follow_print_result(f);
}

static void follow_open_form(struct follow *f)
{
	if (f->form == FOLLOW_PLAIN)
		f->plain = follow_plain_new();
	if (f->form == FOLLOW_TTY) {
		f->tty = follow_tty_new(f->loop, f->build, f->journal);
		loop_watch(f->loop, STDIN_FILENO, POLLIN, follow_key, f);
	}
	loop_signal(f->loop, SIGINT, follow_interrupt, f);
}

/* ends: what is known of the build's end is told. */
static void follow_close_form(struct follow *f, bool ends)
{
	if (f->plain && ends)
		follow_plain_end(f->plain, f->build);
	if (f->tty)
		follow_tty_end(f->tty);
	follow_plain_free(f->plain);
	follow_tty_free(f->tty);
}

/* ---- replay ---- */

static void follow_turn(struct loop *loop, void *data);

/* At the next event; where seconds are seen to run, ten times a second. */
static void follow_turn_later(struct follow *f)
{
	enum { PICTURE_MS = 100, LONGEST_MS = 3600000 };
	double ms = (journal_held(f->journal) - f->at) / f->speed * 1000;
	int64_t longest = f->tty ? PICTURE_MS : LONGEST_MS;
	loop_timer(f->loop, ms < (double)longest ? (int64_t)ms + 1 : longest, follow_turn, f);
}

static void follow_turn(struct loop *loop, void *data)
{
	struct follow *f = data;
	int64_t now = clock_monotonic_ms();
	f->at += (double)(now - f->last_ms) / 1000 * f->speed;
	f->last_ms = now;
	journal_until(f->journal, f->at);
	journal_refresh(f->journal);
	follow_take(f);
	if (f->tty)
		follow_tty_dirty(f->tty);
	if (f->detached || journal_held(f->journal) <= 0)
		loop_stop(loop);
	else
		follow_turn_later(f);
}

int follow_replay(const char *dir, enum follow_form form, double speed)
{
	struct error err;
	owned(loop) struct loop *loop = loop_new();
	owned(journal) struct journal *journal = journal_open(dir, &err);
	owned(build) struct build *build = build_new();
	if (!journal)
		return command_fail(&err);
	struct follow f = { .loop = loop, .journal = journal, .build = build, .dir = dir,
	                    .form = form, .speed = speed, .last_ms = clock_monotonic_ms() };
	follow_open_form(&f);
	/* Before any event: the first one's time is the beginning. */
	journal_rewind(journal, 1e-9);
	journal_refresh(journal);
	f.at = journal_held(journal);
	if (f.tty)
		follow_tty_clock(f.tty, &f.at);
	follow_turn_later(&f);
	bool ok = loop_run(loop, &err);
	follow_close_form(&f, !f.detached);
	if (ok && f.detached && !f.unwritten)
		return error_exit_code(ERROR_CANCELLED);
	return ok ? follow_finish(&f) : command_fail(&err);
}

int follow_run(const char *dir, enum follow_form form)
{
	struct error err;
	owned(loop) struct loop *loop = loop_new();
	owned(journal) struct journal *journal = journal_open(dir, &err);
	owned(build) struct build *build = build_new();
	if (!journal)
		return command_fail(&err);
	struct follow f = { .loop = loop, .journal = journal, .build = build, .dir = dir,
	                    .form = form };
	follow_open_form(&f);
	journal_refresh(journal);
	follow_take(&f);
	bool ok = true;
	if (!build->done && journal_state(journal, NULL) == JOURNAL_RUNNING)
		ok = journal_follow(journal, loop, follow_more, &f, &err) && loop_run(loop, &err);
	journal_refresh(journal);
	follow_take(&f);
	follow_close_form(&f, true);
	return ok ? follow_finish(&f) : command_fail(&err);
}
