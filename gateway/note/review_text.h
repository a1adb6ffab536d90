/*
 * review_text: that a note waits, by text, beside the review mail: to who is on duty and chose that (`staff set --text-notes yes`).
 *
 * Shape    Carries a number on that person's line; it means the question of the mail (post, version, talks), so that `41 OK` decides what the mail showed.
 *          Between 8 and 21 o'clock of the reader's zone; at night in the morning. A list mail has none.
 * Rule     No words of the note, unless the reader chose that (gateway/say/staff_phone).
 * Errors   Of the store. Who cannot be written to is passed over: the mail goes.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_REVIEW_TEXT_H
#define GATEWAY_NOTE_REVIEW_TEXT_H

#include "gateway/practice/gate.h"
#include "store/group.h"
#include "store/post.h"

MUST_CHECK enum rc review_text_send(struct gate *gate, const struct post *post, const struct care_group *group,
                                    const struct person *reader, int64_t question_id, struct err *err);

#endif
