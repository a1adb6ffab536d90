/*
 * text_alarm: danger in a text that came: pages the people on duty, and tells its writer where help is.
 *
 * Shape    Every text is judged with the words of all lists and the model (gateway/triage/triage) before anything else is made of it, STOP and HELP too: only one line that is STOP and nothing
 *          else ("STOP to end") is not judged. Tier 0 to
 *          2 raises an alarm (gateway/duty/alarm; its letter is the text's id) and answers by text once in 24 h: with the crisis lines (tier 0 and 1), or
 *          "please call us" (tier 2, and not within 24 h of the crisis lines). The answer needs no consent and no budget, and goes to people we know alone.
 *          A text that a list has words of is answered though the model alone had another answered that day.
 *          Left out: what a phone says by itself, a reaction that quotes a text of ours of the last fourteen days; and where the model alone minds it, what
 *          stops our texts ("yes, stop"), complains of their hour, and "This is not Rose" from the phone of Rose.
 * Rule     Nothing is released, rejected or answered otherwise. A text that cannot be judged whole is tier 2, and so is "help me" and nothing else.
 * Errors   Of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_TEXT_TEXT_ALARM_H
#define GATEWAY_TEXT_TEXT_ALARM_H

#include "gateway/practice/gate.h"
#include "gateway/triage/triage.h"
#include "store/text_in.h"

struct text_writer {
    struct person person; /* id 0: nobody, or several who share the phone; its language counts */
    size_t users;         /* how many people have that number */
};

/* ret_triage: what was found, also when it is nothing (tier 4); its hits live in mem. Tier 2 and below: an alarm is open about this text. */
MUST_CHECK enum rc text_alarm(struct gate *gate, const struct triage_lexicon *lexicon, const struct text_in *text,
                              const struct text_writer *writer, struct arena *mem, struct triage_result *ret_triage,
                              struct err *err);

#endif
