/*
 * rule: the larger rules of gateway/sort/rules, each a step in the order of DESIGN.md section 3.
 *
 * Way      A rule that ends the letter sets its outcome; one that leaves it 0 passes it on.
 * Files    rule_staff.c what staff do by mail; rule_words.c what a member says to us; rule_hold.c what is held for review.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SORT_RULE_H
#define GATEWAY_SORT_RULE_H

#include "gateway/note/sorting.h"
#include "inbound/command.h"

typedef enum rc rule_fn(struct sorting *s, struct err *err);

/* A decision, an announcement or another act of the desk. */
rule_fn rule_staff;

/* STOP, LEAVE, PAUSE and what anybody may say: a token is enough. */
rule_fn rule_leaving;
/* An answer to a mail about a visit. */
rule_fn rule_visit;
/* An answer to a question or to private words of staff: it needs no group. */
rule_fn rule_private_words;
/* An answer to a check-in, to what we asked about them, any other command, a vote, an answer to a question. */
rule_fn rule_check_in;
rule_fn rule_may_we;
rule_fn rule_command;
rule_fn rule_vote;
rule_fn rule_question;

/* Everything else is a note: held for review. */
rule_fn rule_hold;

/* The command that the letter is, if any; lives in s->mem. */
struct command rule_command_of(const struct sorting *s);

#endif
