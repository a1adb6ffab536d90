/*
 * sender: who wrote a letter, in answer to what, and what proves it.
 *
 * Shape    What the letter answers is found by token, then by our Message-IDs, then by the code at the foot of our letters (which gives
 *          context only, never a person); never by the subject. A report is about the letter whose token it was sent to, else the one whose Message-ID it quotes
 *          (bounces = message-id: that alone). A token picks the person; the From address, with the verdict of our border, proves them. Possession is not identity: sender says what was found, the rules ask
 *          sender_may for each act.
 *
 *            act                                       proof
 *            SENDER_POST      post, comment            the member's own address with dmarc=pass or aligned; and a token, one of our
 *                                                      Message-IDs, or a new mail to the group
 *            SENDER_DECIDE    decisions, desk          staff token AND dmarc=pass of that staff member's address
 *            SENDER_ANSWER    YES to an invitation     token
 *            SENDER_LEAVE     LEAVE, PAUSE, STOP       token alone, or the own address proved
 *
 * Owns     Everything lives in mem.
 * Errors   Only those of the store.
 * State    Reads only.
 */
#ifndef GATEWAY_NOTE_SENDER_H
#define GATEWAY_NOTE_SENDER_H

#include "gateway/practice/gate.h"
#include "gateway/practice/ours.h"
#include "inbound/letter.h"
#include "store/delivery.h"
#include "store/group.h"
#include "store/invitation.h"
#include "store/letter.h"
#include "store/membership.h"

enum sender_ref { REF_NONE, REF_TOKEN, REF_MESSAGE_ID, REF_CODE };

enum sender_act { SENDER_POST, SENDER_DECIDE, SENDER_ANSWER, SENDER_LEAVE };

struct sender {
    enum sender_ref ref;
    struct token token; /* purpose 0: none */
    bool has_bad_token;
    bool is_old;         /* it answers a letter of ours that is forgotten (13 months) */
    bool is_other_group; /* it quotes a letter of another group than it is addressed to: the address counts */
    bool is_to_desk;
    bool is_to_mailbox; /* among others, to the bare address of the mailbox that is for all (gateway/practice/ours) */
    bool is_to_nobody;  /* to a slug of ours that no group has */
    struct delivery delivery; /* what it answers; id 0: unknown */
    struct mailing mailing;   /* of that delivery; id 0: none */
    struct invitation invitation;
    struct care_group group; /* id 0: none */

    struct address address;      /* of From; id 0: we do not know it */
    const struct person *people; /* everybody who uses it */
    size_t people_count;
    struct person person;         /* who it is taken for; id 0: nobody */
    bool is_other_address;        /* the token's person does not use this address */
    bool is_ambiguous;            /* a shared address and nothing that tells who */
    struct membership membership; /* of person in group; id 0: none */
    enum letter_proof proof;      /* about the From address */
};

MUST_CHECK enum rc sender_resolve(struct gate *gate, const struct letter *letter, const char *envelope_to,
                                  struct arena *mem, struct sender *ret_sender, struct err *err);
/* Whether it answers what the group reads: a digest, a note, news; not a letter to this person alone, which may show their own words. */
bool sender_answers_group(const struct sender *sender);
/* Whether it answers private words or a check-in, also one that is forgotten: no part of it may become a note. */
bool sender_answers_private(const struct sender *sender);
/* Our border vouches for the From address, whosever it is. */
bool sender_is_proved(const struct sender *sender);
bool sender_may(const struct sender *sender, enum sender_act act);
/* Takes one of the people of a shared address: after "Who is writing?" was answered. */
MUST_CHECK enum rc sender_pick(struct gate *gate, struct sender *sender, struct person_id person, struct arena *mem,
                               struct err *err);

#endif
