/*
 * text_preview: what words would be as texts, for who is about to release them: parts, phones, and what that costs.
 *
 * Shape    Sets text_phones (how many members read by text; null where none does or the practice has no number), text_parts, text_all, text_cost ("1.80"). Counted
 *          is the whole of it, in a text of its own; in a digest it shares TEXT_DIGEST_PARTS with the rest.
 * Errors   Of the store
 * State    Reads only.
 */
#ifndef GATEWAY_DIGEST_TEXT_PREVIEW_H
#define GATEWAY_DIGEST_TEXT_PREVIEW_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/group.h"

MUST_CHECK enum rc text_preview_put(struct gate *gate, const struct care_group *group, const char *tag, const char *who,
                                    const char *words, struct json *values, struct err *err);

#endif
