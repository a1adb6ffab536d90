/*
 * text_decision: a moderator's decision by text: the number of a note or an alarm, inbound/decision's words, and a PIN where one is set.
 *
 * Shape    NUMBER DECISION or a decision's word before the number: "41 OK", "#41: NO 3", "OK 41", "NO 41 3", "Lo tomo 50". A PIN is six to ten
 *          figures, the first or the last word of the text; PIN alone (also "PIN 246810", "246 810") is one too.
 * Rule     The number must be one of `reviews`. What is left without number and PIN is read by decision_read as the answer to a single item: all
 *          of it is one decision, or nothing acts.
 * Owns     Results live in mem. The PIN is never part of set's texts.
 * State    None.
 */
#ifndef INBOUND_TEXT_DECISION_H
#define INBOUND_TEXT_DECISION_H

#include "inbound/decision.h"
#include "inbound/number.h"

#define TEXT_PIN_MIN 6
#define TEXT_PIN_MAX 10

struct text_decision {
    bool is_near;    /* it begins with such a number, or is a decision that lacks it; else the text is something else */
    bool is_pin;     /* a PIN and nothing else */
    int number;      /* 0: none of reviews */
    const char *pin; /* NULL: none */
    struct decision_set set; /* one decision, or none: unclear */
};

struct text_decision text_decision_read(const char *text, struct number_set reviews, const char *const *names,
                                        struct arena *mem);

#endif
