/*
 * review: one function through which every decision about a held text goes, by email, command line, text or console.
 *
 * Shape    A decision names a post and the version that the moderator saw. It is a compare-and-set: whoever comes second gets RC_CONFLICT and what
 *          was decided, for a friendly answer.
 *
 *            OK, OK CUT, EDIT (only removing), FIX   → released: published, unless two people are needed and this is the first, or its date is ahead
 *            EDIT (other words)                      → asked: the author says YES or not
 *            NO rule or reason                       → returned, the author told kindly and invited to write again; of tier 0 to 2 told where help is, and
 *                                                      no rule (kept back)
 *            ASK                                     → asked: the question goes to the author
 *            PRIVATE                                 → private: the answer goes to the author alone; can never be published
 *            MOVE                                    → stays held, in another conversation; asked about again
 *            PASS                                    → referred to the next person on duty
 *            CRISIS                                  → tier 0: pages; about what was decided already too, whose state stays as it is
 *            CLAIM, DONE                             → the page of this post
 *            ALT                                     → what its photos show, for who cannot see them; it waits on, as it was seen
 *
 *            UNDO                                    → published: held again while nobody has it; the first of two OKs: held, waiting for two again
 *
 * Rule     Tier 0 and 1 and groups that say so need two different people. The first of them may take the OK back until the second says it, by UNDO, NO,
 *          ASK, PRIVATE, PASS or CRISIS, also in answer to the letter of before; the second is told. Every decision and its effects are one transaction with its audit row.
 * Errors   RC_CONFLICT  decided already or changed since (ret_result->newest tells by whom)
 *          RC_DENIED    the second of two people must be another one; not staff, or has not said yes
 *          RC_INPUT     the decision needs something it lacks: the message says what, in words for the moderator
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_REVIEW_H
#define GATEWAY_NOTE_REVIEW_H

#include "gateway/practice/gate.h"
#include "inbound/decision.h"
#include "store/person.h"
#include "store/post.h"
#include "store/question.h"
#include "store/review.h"

struct review_act {
    struct post_id post;
    int64_t version; /* as seen; 0: whatever it is now (command line) */
    const struct decision *decision;
    const struct conversation_id *places; /* what MOVE's numbers mean */
    size_t place_count;
    const struct person *staff;
    enum review_way way;
    int64_t
        photos_shown; /* of this note, in the mail that was answered: no answer releases a photo that its mail did not show */
};

#define REVIEW_PHOTOS_ALL INT64_MAX /* the command line: who decides there has looked by `review show` */

enum review_effect {
    REVIEW_RELEASED = 1,
    REVIEW_HALF_RELEASED,
    REVIEW_RETURNED,
    REVIEW_ASKED_AUTHOR,
    REVIEW_ANSWERED_PRIVATELY,
    REVIEW_MOVED,
    REVIEW_REFERRED,
    REVIEW_ALARMED,
    REVIEW_PAGE_CLAIMED,
    REVIEW_PAGE_DONE,
    REVIEW_PAGE_HALF_DONE,
    REVIEW_NOTE_ADDED,
    REVIEW_UNDONE,
    REVIEW_PLANNED,
    REVIEW_DESCRIBED,
    REVIEW_KEPT_BACK, /* NO, to a writer who may be in danger */
    REVIEW_EFFECT_END
};

/* Why a decision could not act; review_unclear shows it as the section is_NAME. */
enum review_problem {
    REVIEW_NO_PROBLEM,
    REVIEW_SECOND_PERSON, /* somebody else must release it */
    REVIEW_UNVERIFIED,    /* first somebody must say who wrote it */
    REVIEW_NO_PLACE,      /* it belongs to no talk yet */
    REVIEW_NOTHING_TO_CUT,
    REVIEW_NO_RULE, /* no such house rule */
    REVIEW_NO_REASON,
    REVIEW_NO_TEXT,     /* the word needs words behind it */
    REVIEW_NO_TALK,     /* no such number to move to */
    REVIEW_NOBODY_ELSE, /* nobody to pass it to */
    REVIEW_NO_ALARM,
    REVIEW_NOT_YOURS,      /* the alarm was claimed by another person */
    REVIEW_WHICH_GROUP,    /* nothing says which of several groups */
    REVIEW_BY_ITS_PREVIEW, /* an announcement: SEND, in answer to its preview */
    REVIEW_TOO_LATE,       /* UNDO: somebody has got it */
    REVIEW_NOT_OUT,        /* UNDO: it waits still */
    REVIEW_GROUP_OVER,     /* the group has ended: what waits goes back to its writers */
    REVIEW_PHOTO_UNSEEN,   /* the mail that was answered did not show its photos: review_show_alone */
    REVIEW_NO_PHOTO,       /* ALT: it has no such photo */
    REVIEW_LONG_ALT,       /* ALT: over PHOTO_ALT_MAX characters */
    REVIEW_PROBLEM_COUNT
};

struct review_result {
    enum review_effect effect;
    enum review_problem problem; /* with RC_INPUT and RC_DENIED */
    struct post post;            /* as it is now */
    struct review newest;        /* RC_CONFLICT: who decided; post id 0 when nobody did */
};

MUST_CHECK enum rc review_decide(struct gate *gate, const struct review_act *act, struct arena *mem,
                                 struct review_result *ret_result, struct err *err);

/* Puts a waiting post before the person on duty: its own mail, or the next list mail when over three wait. */
MUST_CHECK enum rc review_offer(struct gate *gate, const struct post *post, struct err *err);
/* The note by itself, with all its photos, to who answered a mail that had no room for them. */
MUST_CHECK enum rc review_show_alone(struct gate *gate, const struct post *post, const struct person *reader,
                                     struct err *err);
/* The first of two people did not stay with their OK. */
struct review_taken_back {
    const struct post *half; /* as it was */
    const struct person *first;
    enum decision_kind decision;
    struct question_id question; /* the newest letter about it */
};

/* Tells whoever was asked for the other OK that their letter needs no answer. */
MUST_CHECK enum rc review_tell_second(struct gate *gate, const struct review_taken_back *back, struct err *err);
/* One numbered mail with everything that waits, to the person on duty (the clock calls it for JOB_REVIEW_LIST). */
MUST_CHECK enum rc review_send_list(struct gate *gate, struct err *err);
/* Reminders, then the deputy too. ret_did counts the posts. */
MUST_CHECK enum rc review_tick(struct gate *gate, size_t *ret_did, struct err *err);
/* What a row of the store says; an announcement's is SEND. */
enum decision_kind review_decision_of(const struct review *review);
const char *review_effect_name(enum review_effect effect);
/* "second_person", …; "" for none */
const char *review_problem_name(enum review_problem problem);

#endif
