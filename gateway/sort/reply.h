/*
 * reply: the sorter's own answers: what we ask back, refuse kindly, or take as an answer to what we asked.
 *
 * Rule     Only to people we know, only to the address on file or of the letter, the same once a day, never to robots (the sorter sees to it).
 * State    Needs an open transaction. Sets s->outcome where it says so.
 */
#ifndef GATEWAY_SORT_REPLY_H
#define GATEWAY_SORT_REPLY_H

#include "gateway/note/sorting.h"

/* "Who is writing? 1 Rose, 2 Harold" to the shared address; the letter waits. */
MUST_CHECK enum rc reply_ask_who(struct sorting *s, struct err *err);
/* "Do you want to leave?" to the registered address; staff are told. */
MUST_CHECK enum rc reply_check_leave(struct sorting *s, struct err *err);
MUST_CHECK enum rc reply_group_over(struct sorting *s, struct err *err);
MUST_CHECK enum rc reply_not_understood(struct sorting *s, const char *guess, struct err *err);
/* Asked to write again without encryption. */
MUST_CHECK enum rc reply_encrypted(struct sorting *s, struct err *err);
/* A file came along that nobody will see; the words wait. Once a day. */
MUST_CHECK enum rc reply_files_left(struct sorting *s, struct err *err);
MUST_CHECK enum rc reply_empty(struct sorting *s, struct err *err);
/* "Please send it without the files", to a member whose address is proved; s->letter is the head of the mail alone. *ret_person (in s->mem) is
 * who wrote it then, else NULL. */
MUST_CHECK enum rc reply_too_big(struct sorting *s, const struct person **ret_person, struct err *err);
/* How to write with no name. */
MUST_CHECK enum rc reply_anon_help(struct sorting *s, struct err *err);
/* Takes the letter as the answer to the question of the mail it answers; leaves s->outcome 0 when it answers none. "Who is writing?" sets
 * s->told and s->teller: the caller sorts that letter again. */
/* The words of a proved patient, which answer private words or a check-in, to staff alone. */
MUST_CHECK enum rc reply_in_private(struct sorting *s, struct err *err);
MUST_CHECK enum rc reply_to_question(struct sorting *s, struct err *err);
/* Whether it answers a question that changes words or says who somebody is: the code at a letter's foot is not enough for that. */
bool reply_needs_more_than_code(const struct sorting *s);
/* Whether it answers a mail that asked its reader something. */
bool reply_is_to_question(const struct sorting *s);

#endif
