/*
 * poll: a question of staff with two to nine answers, chosen by number, told in totals.
 *
 * Shape    A poll is a note of staff like any topic (gateway/note/topic): question, an empty line, and one line "1. Mornings" for each answer. It is
 *          reviewed, may have a date, stands in the letter as an item, and members may talk about it there. The answers are read from the
 *          words that were released; nothing else holds them. A group has one poll at a time.
 *
 *            poll_plan ── held ── OK ── published: open ── closes ── totals as a comment, held ── OK ── in the next letter
 *                           └─ no OK before it closes: withdrawn, its author is told
 *
 * Numbers  In a letter, "2 Thanks" is an answer to item 2 (inbound/number). So a bare number there is never a vote. A vote is
 *            "POLL 2" (VOTE 2, ENCUESTA 2, VOTO 2), in answer to anything, or in a new mail;
 *            a bare "2", or the words of the answer, only in answer to the poll itself: to its own address in a letter, to the single mail that
 *            brought it, or to our letter that asks back.
 * Rule     One vote for each member; the last one counts, until the poll closes. Who chose what is sealed, shown to nobody, and deleted when the
 *          poll closes. Under POLL_FLOOR voters no numbers are told. The totals are a draft like every other: a moderator lets them out.
 * Errors   RC_INPUT      no question, fewer than 2 or more than 9 answers, two that are the same, a closing time that is not ahead; those of topic_plan
 *          RC_CONFLICT   the group has a poll that is not closed
 * State    Needs an open transaction; poll_labels only reads.
 */
#ifndef GATEWAY_NOTE_POLL_H
#define GATEWAY_NOTE_POLL_H

#include "gateway/note/sender.h"
#include "gateway/note/topic.h"
#include "store/poll.h"

#define POLL_FLOOR 5
#define POLL_OPTION_CHARS 80
#define POLL_NO_NUMBER 0

struct poll_draft {
    struct group_id group;
    struct person_id author;
    const char *question; /* one line */
    const char *const *options;
    size_t option_count;
    int64_t closes_ms;
    int64_t when_ms; /* as in struct topic_draft */
    struct audit_who who;
};

MUST_CHECK enum rc poll_plan(struct gate *gate, const struct poll_draft *draft, struct post *ret_post,
                             int64_t *ret_due_ms, struct err *err);

/* The answers of a poll's words: labels[n] is the n-th, NULL where there is none; all live in mem. Returns how many there are. */
size_t poll_labels(const char *text, struct arena *mem, const char *labels[POLL_OPTIONS_MAX + 1]);

struct poll_voter {
    struct person_id person;
    struct membership_id membership;
    struct group_id group;
    const char *in_reply_to;
};
/* Takes a vote in the group's poll and answers the voter; a number that is none of its own, or POLL_NO_NUMBER, shows what can be chosen. */
MUST_CHECK enum rc poll_take(struct gate *gate, const struct poll_voter *voter, int number, struct err *err);
/* A bare number, or the words of an answer, in answer to the poll itself: taken as a vote. *ret_is_vote false: it is something else. */
MUST_CHECK enum rc poll_reply(struct gate *gate, const struct sender *sender, const struct letter *letter,
                              const char *const *names, struct arena *mem, bool *ret_is_vote, struct err *err);

/* For the clock, JOB_POLL: closes it. */
MUST_CHECK enum rc poll_run(struct gate *gate, struct post_id post, struct err *err);

#endif
