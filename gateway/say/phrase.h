/*
 * phrase: small pieces of sentences in the reader's language that templates take as values.
 *
 * Owns     Results are constants or live in mem.
 * State    None. Nothing here fails: a zone that does not load is taken for UTC (practice set and group set refuse such a zone), and a time that
 *          cannot be said in words stands as its stamp.
 */
#ifndef GATEWAY_SAY_PHRASE_H
#define GATEWAY_SAY_PHRASE_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/consent.h"
#include "store/group.h"
#include "store/post.h"

/* "Tuesday, March 3", "Tue March 3" and "Tuesday, March 3, 8:00 AM". zone NULL: the practice's. */
const char *phrase_day(const struct gate *gate, enum person_language language, const char *zone, int64_t ms,
                       struct arena *mem);
const char *phrase_short_day(const struct gate *gate, enum person_language language, const char *zone, int64_t ms,
                             struct arena *mem);
const char *phrase_moment(const struct gate *gate, enum person_language language, const char *zone, int64_t ms,
                          struct arena *mem);
/* The same, and whose time it is where that is not the practice's: "Tuesday, March 3, 8:00 AM (Los Angeles time)". */
const char *phrase_moment_there(const struct gate *gate, enum person_language language, const char *zone, int64_t ms,
                                struct arena *mem);
/* "Los Angeles time"; "" of the practice's own zone. */
const char *phrase_zone(const struct gate *gate, enum person_language language, const char *zone, struct arena *mem);
/* "10:02 AM" today, else with the day; "12 minutes", "3 days". */
const char *phrase_time(const struct gate *gate, enum person_language language, int64_t ms, struct arena *mem);
const char *phrase_span(enum person_language language, int64_t ms, struct arena *mem);
/* A civil day number. */
const char *phrase_civil_day(const struct gate *gate, enum person_language language, int64_t day, struct arena *mem);
/* "each day", "each Tuesday"; "cada día", "cada martes". */
const char *phrase_digest_days(enum person_language language, enum member_rhythm rhythm, int64_t weekday,
                               struct arena *mem);
/* The office's hours: "Monday to Friday, 8:00 AM to 5:00 PM"; "" where none are set. */
const char *phrase_hours(const struct gate *gate, enum person_language language, struct arena *mem);
/* "one letter a day" */
const char *phrase_rhythm(enum person_language language, enum member_rhythm rhythm);
/* "on paper", "by phone" */
const char *phrase_consent_way(enum person_language language, enum consent_way way);
/* "is waiting for a nurse", … of a post of one's own. */
const char *phrase_waiting(enum person_language language);

/* "the day of the next note": when no hour can be said. */
const char *phrase_some_day(enum person_language language);
/* What UNDO took back, by the name of the command: "your STOP". */
const char *phrase_undone(enum person_language language, const char *command);
/* What a review mail says about where a note goes, why, and when. */
enum phrase_word {
    PHRASE_AS_NEWS,
    PHRASE_NO_TALK_YET,
    PHRASE_NEW_TALK,
    PHRASE_IN_TALK,
    PHRASE_BY_NEW_MAIL,
    PHRASE_BY_ADDRESS,
    PHRASE_BY_QUOTE,
    PHRASE_BY_NUMBER,
    PHRASE_BY_ONLY_ONE,
    PHRASE_BY_NOBODY,
    PHRASE_BY_STAFF,
    PHRASE_BY_AUTHOR,
    PHRASE_NEXT_LETTER,
    PHRASE_IF_OK_BEFORE,
    PHRASE_AS_A_MEMBER,
    PHRASE_FIRST_NOTE,
    PHRASE_NOTES_WAIT,
    PHRASE_EMAIL,
    PHRASE_TEXT,
    PHRASE_WORD_COUNT
};
const char *phrase_word(enum person_language language, enum phrase_word word);
/* Four digits by which people tell reviews and alarms apart; no key. */
int64_t phrase_number(int64_t id);

/* "Contact data": why a note is marked. "" of a flag that no reader needs to see. */
const char *phrase_flag(enum person_language language, enum post_flag flag);
/* The same by the name that the word lists give (gateway/triage/triage). */
const char *phrase_flag_named(enum person_language language, const char *name);
/* The house rules as a list of { rule }, one for each line. */
struct json *phrase_rules(const struct care_group *group);

/* When the next regular letter of a member is due (after the end of a pause); NULL for `each` and `announcements`, or when nothing can be said. */
const char *phrase_next_letter(const struct gate *gate, const struct care_group *group, const struct membership *m,
                               const struct person *person, struct arena *mem);

#endif
