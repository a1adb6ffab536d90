/*
 * play: lives through the story in a home of its own, on the virtual clock.
 *
 * Shape    A command of the story is this very program, run with POSTCIRCLE_NOW. A mail goes in through gateway/intake/intake, a text
 *          through the phones of a demo provider (mailer/phones), as a hook would bring it; all roles work until nothing is
 *          due, also at each full hour between; letters are what the outbox's Maildirs then hold. An answer is written to the Reply-To of a
 *          letter that this person really got, and quotes it. After each step the story's own expectations are checked.
 *          The story ends on the newest Monday that the clock allows, so that the home it leaves can go on in real time.
 *            DIR/home, DIR/home.key   DIR/outbox/ADDRESS/Maildir   DIR/mail/PERSON/NNN.eml   DIR/sent/NNN.eml   DIR/phones/NUMBER   DIR/known.json
 * Owns     play_close closes the home. Everything else lives in mem.
 * Errors   RC_CONFLICT  DIR holds something that is no demo
 *          RC_BUG       the story did not come out as told: the message says which event
 * State    One at a time.
 */
#ifndef GATEWAY_DEMO_PLAY_H
#define GATEWAY_DEMO_PLAY_H

#include "gateway/demo/letters.h"
#include "gateway/demo/threads.h"
#include "gateway/home/home.h"

#define PLAY_MARK "this-is-a-demo"

/* What happened: an event of the story with its moment, what was sent in, and which letters came of it. */
struct play_step {
    const struct story_event *event;
    int64_t at_ms;
    int sent;                  /* number of the raw mail in DIR/sent, 0: none */
    const char *words;         /* as written, numbers filled in */
    size_t from, to;           /* letters that came of it: letters.v[from] to letters.v[to - 1] */
    size_t text_from, text_to; /* lines on phones likewise, the written one among them: threads.v */
    const struct demo_letter *answered;
};

struct play {
    const char *out, *home_path, *program;
    struct arena *mem;
    int64_t first_day, now_ms;
    struct home *home;
    struct crew *crew;
    struct demo_letters letters;
    struct demo_threads threads;
    struct play_step *steps;
    size_t step_count;
    int sent_count;
    void (*say)(const struct play *play, const struct play_step *step);
};

/* Makes DIR empty (only if it is ours) and sets everything up. say is called for each event, may be NULL. */
MUST_CHECK enum rc play_open(const char *out, struct arena *mem, struct play *ret_play, struct err *err);
MUST_CHECK enum rc play_run(struct play *play, struct err *err);
void play_close(struct play *play);

/* One mail of a person at the present moment, taken in and worked through: also for who sits at the terminal afterwards. */
MUST_CHECK enum rc play_answer(struct play *play, enum story_who who, const struct demo_letter *letter,
                               const char *words, struct err *err);
/* "Tue Nov  3  9:40" in the story's zone. */
const char *play_moment(const struct play *play, int64_t ms);

#endif
