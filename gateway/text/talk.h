/*
 * talk: the conversation by text with one number: what a text means, given what is open on its line, and which file does it.
 *
 * Shape    text_letter hands a text over when danger has been looked for and STOP, START and HELP have been done (text->word):
 *            talk_open    everything that the text may be about: who writes, their groups, live numbers, the open question; then inbound/text_read
 *            talk_run     in this order, each ends it or leaves it:
 *              nobody's number          one neutral line in 30 days; staff see the text
 *              talk_staff               a number of staff with live notes or alarms: decisions, pages, PIN
 *              no yes (stopped, asked, never asked)   YES to our request (talk_consent); anything else goes to staff, unanswered
 *              several use the phone    who was asked, or whose numbers they are, else "Who is writing?" (talk_question); "It's not Rose" leads there too
 *              for the care team alone  talk_private: under the number of a private note, or while one is the open question
 *              MORE, a number alone     talk_more; also the answer to whether they want words by text
 *              the open question        talk_question
 *              commands                 talk_command
 *              words                    talk_comment: held for review, each piece under its number
 *          What is left goes to staff as a private notice: nothing is lost.
 * Rule     Nothing here publishes: words of members go through gateway/note/hold and review. Commands do what they do by mail (gateway/people/member).
 * Loops    talk_say says at most TALK_ANSWERS_AN_HOUR things an hour to a number, and nothing when the text is the same as the one before it within an
 *          hour; is_silent is set then. What was asked for is done all the same. Who answers a question of ours, asks for MORE, takes something
 *          back or wants to leave is answered up to TALK_ANSWERS_OWED times.
 * Owns     Everything lives in mem.
 * Errors   Those of the store. RC_CONFLICT and RC_TEMP: the text comes again.
 * State    Needs an open transaction: the one that ends the text.
 */
#ifndef GATEWAY_TEXT_TALK_H
#define GATEWAY_TEXT_TALK_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "gateway/triage/triage.h"
#include "inbound/text_read.h"
#include "store/group.h"
#include "store/mailing.h"
#include "store/membership.h"
#include "store/text_consent.h"
#include "store/text_in.h"
#include "store/text_line.h"
#include "store/text_out.h"

#define TALK_ANSWERS_AN_HOUR 5
#define TALK_ANSWERS_OWED (2 * TALK_ANSWERS_AN_HOUR)
#define TALK_SAME_MS MS_HOUR /* the same words again within this are not answered again */

/* A group that the writer is in, or was asked into. */
struct talk_seat {
    struct membership m;
    struct care_group group;
};

struct talk {
    struct gate *gate;
    const struct triage_lexicon *lexicon;
    const struct text_in *in;
    const struct triage_result *triage; /* tier 2 and below: an alarm is open about this text */
    struct text_line line;              /* their number and ours */
    struct text_consent consent;        /* of their number; level: of the writer, 0 while nobody knows who that is */
    const struct person
        *users; /* who uses that number (gateway/sms/text_person); nobody: the one who did, if it was one */
    size_t user_count;
    bool is_former;          /* that one: their words go to staff, and nothing that is for them alone is said */
    struct person writer;    /* id 0: nobody, or several and nothing tells who */
    struct talk_seat *seats; /* of the writer: active and paused ones first, then invited ones; not those that ended */
    size_t seat_count, living_count;
    struct text_item *items; /* live ones of the line, of its users, by number */
    size_t item_count;
    struct text_question question; /* id 0: none is open */
    const char *const *names;      /* for inbound/…_read */
    const char *const *groups;
    struct text_meaning meaning;
    int64_t said;     /* answers to the number within the hour */
    bool is_same;     /* as the text before it, within the hour */
    bool is_silent;   /* loop guard: nothing is answered */
    bool hides_names; /* they are "not Rose", on a phone of several: a stranger is shown no name */
    struct arena *mem;
};

/* Reads what is there and what the text means. */
MUST_CHECK enum rc talk_open(struct gate *gate, const struct triage_lexicon *lexicon, const struct text_in *in,
                             const struct triage_result *triage, struct arena *mem, struct talk *ret_talk,
                             struct err *err);
/* ret_end: TEXT_IN_DONE, or TEXT_IN_PARKED for who we do not know. */
MUST_CHECK enum rc talk_run(struct talk *t, enum text_in_state *ret_end, struct err *err);

/* One of several who share the phone is the writer: finds their groups and reads the text again. */
MUST_CHECK enum rc talk_pick(struct talk *t, const struct person *writer, struct err *err);
bool talk_has_alarm(const struct talk *t);
/* The seat of a group; NULL: none that is living. */
const struct talk_seat *talk_seat_of(const struct talk *t, struct group_id group);

/* Answers by text: values is taken (and nulled), may be NULL. RC_OK also when it may not be said. */
MUST_CHECK enum rc talk_say(struct talk *t, enum mailing_kind kind, struct json **values, struct err *err);
/* The same with the posts that it holds ("who got exactly what"). */
MUST_CHECK enum rc talk_say_posts(struct talk *t, enum mailing_kind kind, struct json **values,
                                  const struct text_post *posts, size_t n, struct err *err);
/* A kind with one flag: MAILING_TEXT_SAY. */
MUST_CHECK enum rc talk_say_flag(struct talk *t, enum mailing_kind kind, const char *flag, struct err *err);
/* The text to staff as a private notice (TELL_… of gateway/say/tell). */
MUST_CHECK enum rc talk_tell(struct talk *t, const char *what, struct err *err);

/* ---- a file each; ret_is_done false: it was not theirs ---- */

MUST_CHECK enum rc talk_consent(struct talk *t, bool *ret_is_done, struct err *err);
/* YES after STOP. */
MUST_CHECK enum rc talk_come_back(struct talk *t, bool *ret_is_done, struct err *err);
/* Names a visit and a conversation so that either may hold the other's words: asked which one. */
MUST_CHECK enum rc talk_both(struct talk *t, bool *ret_is_done, struct err *err);
/* An answer to a visit: "12 YES", or YES, NO, 1, 2 alone while it is the open question; the same RSVP as by mail.
 * Its questions too: "1 Fine", a line each, behind its number or while they are the open question. What names conversations beside it is left to talk_comment. */
MUST_CHECK enum rc talk_visit(struct talk *t, bool *ret_is_done, struct err *err);
/* The questions before a visit, to who may read words by text. RC_NOT_FOUND: there are none now. */
MUST_CHECK enum rc talk_visit_show(struct talk *t, const struct text_item *item, struct err *err);
bool talk_visit_has_questions(const struct talk *t, const struct text_item *item);
/* Words for the care team alone: an answer to private words of staff, to what they ask, propose, or measure. */
MUST_CHECK enum rc talk_private(struct talk *t, bool *ret_is_done, struct err *err);
/* What stands behind the number of such an item, after the warning where their level does not allow words. ret_is false: the number is none. */
MUST_CHECK enum rc talk_private_show(struct talk *t, int64_t n, bool *ret_is, struct err *err);
MUST_CHECK enum rc talk_question(struct talk *t, bool *ret_is_done, struct err *err);
/* "It's not Rose" from a phone of several: who is it then? */
MUST_CHECK enum rc talk_not_them(struct talk *t, bool *ret_is_done, struct err *err);
MUST_CHECK enum rc talk_more(struct talk *t, bool *ret_is_done, struct err *err);
MUST_CHECK enum rc talk_command(struct talk *t, bool *ret_is_done, struct err *err);
MUST_CHECK enum rc talk_comment(struct talk *t, bool *ret_is_done, struct err *err);
/* After a text was dealt with: was its answer kept back, for want of money or by the day's cap? */
MUST_CHECK enum rc talk_unsaid(struct talk *t, struct err *err);
/* After that: the second one in a row in another language than the writer's is asked about, once. */
MUST_CHECK enum rc talk_language(struct talk *t, struct err *err);
/* ENGLISH, ESPANOL, with its answer and its UNDO. */
MUST_CHECK enum rc talk_set_language(struct talk *t, enum person_language language, struct err *err);
/* ZONE; what is said to who is texted too late or too early, and staff hear of it: for talk_command. */
MUST_CHECK enum rc talk_set_zone(struct talk *t, struct err *err);
MUST_CHECK enum rc talk_hours(struct talk *t, struct err *err);
/* LIST, GROUPS: for talk_command. */
MUST_CHECK enum rc talk_show_list(struct talk *t, struct err *err);
MUST_CHECK enum rc talk_show_groups(struct talk *t, struct err *err);
/* The live item of a number; NULL: none. */
const struct text_item *talk_item(const struct talk *t, int n);

#endif
