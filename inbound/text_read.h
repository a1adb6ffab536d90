/*
 * text_read: what one text from a phone means, given what is open on its line. Knows no store and no person: who may do it is asked later.
 *
 * Shape    Clean UTF-8 (text_clean) of any length. Numbers 10-999 are items; 1-9 only ever answer the open question (`asked`).
 *          live: items this person may answer; old: those that were and are over; reviews: notes and pages of staff (then is_staff is set).
 * Rule     Whole texts only: a command, an answer or a decision is the text less courtesy, or it is none. In this order:
 *            reaction, automatic  (text_noise)      never answered, never posted
 *            STOP, wrong number   (text_optout)     before any question: nobody is kept by one
 *            START, HELP          START UNSTOP INICIAR COMENZAR EMPEZAR · HELP INFO AYUDA "who is this?". "Please help me" is somebody in need: free, is_plea
 *            decision             `41 OK` `41 NO 3` `OK 41` `41 CLAIM`, a PIN of six to ten figures before or behind: inbound/decision, with the number
 *                                 taken out. Anything more than one decision, or one without its number, is unclear
 *            answer               to the open question: a number or a name of its choices, NEW, yes or no, a number in its range
 *            command              GROUPS LIST ZONE x MOD x, and those of inbound/command
 *            late                 a complaint of the hour at which texts come (inbound/text_late)
 *            more                 the number of an item alone, or MORE [n]
 *            comment              inbound/number over the live items: "14 Thanks Maria", "#14", "fourteen", "14 and 15 thanks", a line each
 *            old                  the same with a number that is over       unsure   a live number that may be part of the words: "14 mg helped"
 *            bare                 yes, no, maybe while nothing was asked    unknown  a number alone that answers nothing
 *            courtesy             "Thanks!", a heart                        free     everything else
 *          stop_in_prose and seen stand beside comment and free: what was read in their midst and must be shown to staff.
 * Owns     Results live in mem or point into the text and the choices.
 * Errors   None: any text means something.
 * State    None.
 */
#ifndef INBOUND_TEXT_READ_H
#define INBOUND_TEXT_READ_H

#include "inbound/answer.h"
#include "inbound/command.h"
#include "inbound/decision.h"
#include "inbound/number.h"

#define TEXT_READ_LONG 1600 /* characters: what ten parts or so hold; more is read whole and marked */

enum text_means {
    TEXT_MEANS_NOTHING, /* no word, no picture */
    TEXT_MEANS_REACTION,
    TEXT_MEANS_TAKEN_BACK, /* a reaction was */
    TEXT_MEANS_AUTOMATIC,
    TEXT_MEANS_STOP,
    TEXT_MEANS_WRONG_NUMBER,
    TEXT_MEANS_START,
    TEXT_MEANS_HELP,
    TEXT_MEANS_DECISION,
    TEXT_MEANS_UNCLEAR, /* nearly a decision */
    TEXT_MEANS_PIN,     /* and nothing else */
    TEXT_MEANS_ANSWER,
    TEXT_MEANS_GROUPS,
    TEXT_MEANS_LIST,
    TEXT_MEANS_ZONE,
    TEXT_MEANS_MOD,
    TEXT_MEANS_COMMAND,
    TEXT_MEANS_LATE,
    TEXT_MEANS_MORE,
    TEXT_MEANS_COMMENT,
    TEXT_MEANS_OLD,
    TEXT_MEANS_UNSURE,
    TEXT_MEANS_UNKNOWN,
    TEXT_MEANS_BARE,
    TEXT_MEANS_COURTESY,
    TEXT_MEANS_FREE,
    TEXT_MEANS_COUNT
};

enum text_asked_kind {
    TEXT_ASKED_NOTHING,
    TEXT_ASKED_YES_NO,
    TEXT_ASKED_CHOICE, /* 1 … the number of choices */
    TEXT_ASKED_NUMBER, /* min … max, whole */
    TEXT_ASKED_WORDS,
    TEXT_ASKED_PIN
};

struct text_asked {
    enum text_asked_kind kind;
    int min, max;
    const char *const *choices; /* what stood behind 1, 2 …; ended by NULL */
    bool may_be_new;
    bool is_by_name; /* the choices were not shown: a number is none of them */
};

struct text_reading {
    const char *text;
    const char *const *names;  /* as words_core */
    const char *const *groups; /* as command_read */
    struct number_set live, old, reviews;
    struct text_asked asked;
    bool is_staff;
};

struct text_meaning {
    enum text_means kind;
    bool is_sure;      /* STOP: the word itself; COMMAND: act (else ask back) */
    bool is_very_word; /* ANSWER, BARE: a yes that begins with YES or SI: "Yes please dear"; not "Sure" */
    bool is_new;       /* ANSWER: NEW */
    bool is_long;      /* over TEXT_READ_LONG */
    bool stop_in_prose;
    bool is_plea;           /* FREE: "help me" and nothing else */
    bool is_emergency;      /* and it is "call 911"; the number alone only where no question takes numbers */
    enum command_kind seen; /* in prose */
    enum answer answer;     /* ANSWER to yes or no, BARE */
    int number;             /* ANSWER, MORE (0: none), OLD, UNSURE, UNKNOWN, DECISION, UNCLEAR (0: none) */
    struct command command;
    struct number_pieces pieces;  /* COMMENT: spans of the text */
    struct decision_set decision; /* DECISION: one */
    const char *pin;              /* DECISION, UNCLEAR, PIN: NULL when there was none */
    const char
        *text; /* REACTION, TAKEN_BACK: the quote; ZONE, MOD: what follows; ANSWER: the words. Else the whole text */
};

struct text_meaning text_read(const struct text_reading *in, struct arena *mem);
/* Only what comes before any question: the kind when it is a reaction, automatic, STOP, a wrong number, START or HELP, as text_read says; else FREE. */
enum text_means text_read_word(const char *text, struct arena *mem);
/* "nothing", "stop", "comment" … */
const char *text_means_name(enum text_means kind);

#endif
