/*
 * check_in: questions that staff put to members one by one, day by day; who takes part; what each answered.
 *
 * Shape    A check-in asks a whole group, or those with an audience tag. Each asking is a round; the newest is open until the next one begins, and one
 *          answer of a person counts in it, the last. Question, unit, tag and limits are sealed, and so is every answer: "182500" (thousandths), "1" or
 *          "0" for yes and no, the words themselves for a check-in in words.
 * Rule     No statement of posts, issues or letters to a group reads these tables.
 * Units    Numbers are thousandths; CHECK_IN_NO_LIMIT: none. days: bit n is weekday n, 0 Sunday. minute: of the day in the group's zone.
 * Owns     What a getter returns lives in its arena.
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   check_in_end: it has ended already
 * State    Writes need an open transaction.
 */
#ifndef STORE_CHECK_IN_H
#define STORE_CHECK_IN_H

#include "store/store.h"

#define CHECK_IN_NO_LIMIT INT64_MIN

/* All stored: append only. */
enum check_in_kind { CHECK_IN_NUMBER = 1, CHECK_IN_SCALE, CHECK_IN_YES_NO, CHECK_IN_WORDS, CHECK_IN_KIND_END };
enum check_in_state { CHECK_IN_OPEN = 1, CHECK_IN_ENDED };
enum check_in_part { CHECK_IN_ASKED = 1, CHECK_IN_TAKES_PART, CHECK_IN_OUT };

struct check_in_limits {
    int64_t low, high;             /* beyond: asked back, for it is likely a slip */
    int64_t alert_low, alert_high; /* beyond: staff are asked to look */
};

struct check_in {
    struct check_in_id id;
    struct group_id group;
    struct person_id staff;
    enum check_in_kind kind;
    enum check_in_state state;
    int64_t days, minute;
    bool has_totals;
    const char *question, *question_es; /* question_es "": the same for all */
    const char *unit, *tag;             /* "": none; everybody */
    struct check_in_limits limits;
    int64_t created_ms, ended_ms;
};

struct check_in_round {
    struct check_round_id id;
    struct check_in_id check_in;
    struct membership_id after;
    bool is_asked;
    int64_t opened_ms, closed_ms;
};

struct check_in_member {
    struct check_in_id check_in;
    struct membership_id membership;
    struct person_id person;
    enum check_in_part part;
    int64_t asks, changed_ms;
};

struct check_in_value {
    int64_t id;
    struct check_in_id check_in;
    struct check_round_id round;
    struct person_id person;
    const char *value;
    int64_t at_ms;
};

extern const struct db_domain check_in_domain, check_in_answer_domain;

/* Fills id, state and created_ms. */
MUST_CHECK enum rc check_in_add(struct store *st, struct check_in *c, struct err *err);
MUST_CHECK enum rc check_in_get(struct store *st, struct check_in_id id, struct arena *mem, struct check_in *ret,
                                struct err *err);
/* Of a group, or of all when it is 0; open ones first, then by id. */
MUST_CHECK enum rc check_in_list(struct store *st, struct group_id group, struct arena *mem, struct check_in **ret,
                                 size_t *ret_n, struct err *err);
MUST_CHECK enum rc check_in_end(struct store *st, struct check_in_id id, struct err *err);

/* Fills id and opened_ms. */
MUST_CHECK enum rc check_in_round_add(struct store *st, struct check_in_id id, struct check_in_round *ret,
                                      struct err *err);
/* The newest, open or closed. */
MUST_CHECK enum rc check_in_round_newest(struct store *st, struct check_in_id id, struct check_in_round *ret,
                                         struct err *err);
MUST_CHECK enum rc check_in_round_get(struct store *st, struct check_round_id id, struct check_in_round *ret,
                                      struct err *err);
MUST_CHECK enum rc check_in_round_asked(struct store *st, struct check_round_id id, struct membership_id after,
                                        bool is_asked, struct err *err);
MUST_CHECK enum rc check_in_round_close(struct store *st, struct check_round_id id, struct err *err);

MUST_CHECK enum rc check_in_member_find(struct store *st, struct check_in_id id, struct membership_id membership,
                                        struct check_in_member *ret, struct err *err);
/* Adds or changes part and asks. */
MUST_CHECK enum rc check_in_member_set(struct store *st, const struct check_in_member *m, struct err *err);
/* By person. */
MUST_CHECK enum rc check_in_members(struct store *st, struct check_in_id id, struct arena *mem,
                                    struct check_in_member **ret, size_t *ret_n, struct err *err);
/* Who leaves takes part in nothing, and is asked anew after coming back. */
MUST_CHECK enum rc check_in_member_forget(struct store *st, struct membership_id membership, struct err *err);

/* The person's answer in this round, whatever it was before. */
MUST_CHECK enum rc check_in_answer(struct store *st, const struct check_in_round *round, struct person_id person,
                                   const char *value, struct err *err);
/* Every check-in's answers of a person when id is 0; the newest `most`, oldest first. */
MUST_CHECK enum rc check_in_answers_of(struct store *st, struct check_in_id id, struct person_id person, size_t most,
                                       struct arena *mem, struct check_in_value **ret, size_t *ret_n, struct err *err);
/* Everybody's answers to a check-in after `after`, by id; at most max. For exports. */
MUST_CHECK enum rc check_in_answers_page(struct store *st, struct check_in_id id, int64_t after, size_t max,
                                         struct arena *mem, struct check_in_value **ret, size_t *ret_n,
                                         struct err *err);
MUST_CHECK enum rc check_in_answers_in(struct store *st, struct check_round_id round, struct arena *mem,
                                       struct check_in_value **ret, size_t *ret_n, struct err *err);
MUST_CHECK enum rc check_in_answers_count(struct store *st, struct check_in_id id, struct person_id person,
                                          int64_t *ret_n, struct err *err);

/* "number", "scale", "yes/no", "words" */
const char *check_in_kind_name(enum check_in_kind kind);
const char *check_in_part_name(enum check_in_part part);

#endif
