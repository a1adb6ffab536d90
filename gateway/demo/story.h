/*
 * story: two weeks of "Tuesday Circle": who they are, and what each of them does at which minute.
 *
 * Shape    Days count from the first Monday; minutes are local. Everything a person does is a mail that goes in through intake, a text written on
 *          a phone (STORY_TEXT), or a command that staff type. An answer names a letter, or a text, by some words that it holds; the player takes
 *          the newest such one that this person really got. "{no WORDS}" in an answer is the number under which it shows WORDS. In a command
 *          "{day N}" is the date of that day.
 *          fate says what the story's nurse lets out. That list, and no database, is what the recount holds letters against.
 * State    Constants.
 */
#ifndef GATEWAY_DEMO_STORY_H
#define GATEWAY_DEMO_STORY_H

#include "gateway/demo/client.h"

#define STORY_ZONE "America/Chicago"
#define STORY_DOMAIN "groups.lakeside.example.org"
#define STORY_BORDER "mx.lakeside.example.org"
#define STORY_GROUP "tuesday-circle@" STORY_DOMAIN
#define STORY_NUMBER "+15555550110" /* of the practice, for texts */
#define STORY_DAYS 14
#define STORY_END_MINUTE (8 * 60 + 30) /* of the last day */
#define STORY_OUTBOX "OUTBOX"          /* in a command: the relay that is a Maildir for each address */
#define STORY_ARGS_MAX 32

enum story_who {
    NOBODY,
    ANA,
    LEE,
    ROSE,
    MARIA,
    HAROLD,
    JUNE,
    CARMEN,
    WALT,
    BEV,
    DOT,
    GEORGE,
    SAM,
    ED,
    EARL,
    LUPE,
    STRANGER,
    STORY_PEOPLE
};

struct story_person {
    const char *folder;                 /* of a shared mailbox the same */
    const char *name, *address, *phone; /* address NULL: none */
    const char *number;                 /* of the phone that they text with, NULL: none */
    const char *about;
    enum client client;
    const char *signature;
    bool is_staff, is_stranger;
};
extern const struct story_person story_people[STORY_PEOPLE];

enum story_fate {
    FATE_NONE,     /* a command, a decision, an answer: nothing for the group */
    FATE_RELEASED, /* the nurse lets it out */
    FATE_WITHHELD  /* she does not, or it waits */
};

enum story_flag {
    STORY_BETWEEN = 1, /* written between the quoted lines */
    STORY_CARD = 2,
    STORY_PHOTO = 4,
    STORY_FORGED = 8, /* From says who, our border says dmarc=fail */
    STORY_ROBOT = 16,
    STORY_BOUNCE = 32,      /* a report that the letter came back */
    STORY_BY_STRANGER = 64, /* a stranger answers with the token of who's letter */
    STORY_PRIVATE = 256,    /* staff's words for expect_who alone */
    STORY_TOPIC = 128,      /* words of the care team for everybody */
    STORY_TEXT = 512        /* by text, and answers names a text */
};

struct story_event {
    int day, minute;
    enum story_who who;
    const char *says;                    /* for the log; NULL: not worth a line */
    const char *command[STORY_ARGS_MAX]; /* instead of a mail */
    const char *answers;                 /* words of the letter that is answered; NULL: a mail of its own */
    const char *to;                      /* of a mail of its own; NULL: the group */
    const char *subject, *words;
    unsigned flags;
    enum story_fate fate;
    const char *released_as; /* NULL: as written */
    const char
        *without; /* the answer that must not have come from it: no new letter with these words to anybody but staff */
    enum story_who expect_who;
    const char *expect;            /* words of a letter or a text that must come of it */
    const char *follow, *triptych; /* titles of what the page shows of it */
};
extern const struct story_event story_events[];
extern const size_t story_event_count;

/* Words of the practice itself that letters may hold. */
extern const char *const story_practice_words[];

#endif
