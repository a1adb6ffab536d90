/*
 * text_pause: which accounts are left alone for a while because their provider failed us, and how long. One that hangs holds up no other's texts.
 *
 * Shape    text_pause_note takes how each request of a batch ended, text_pauses_settle decides: an account that had an answer is as good as new; one
 *          that had none, and a request that found nobody or was lost, has failed once. Who had no turn says nothing of its account.
 *          Lengths are those of mailer/pacing.
 * Units    milliseconds; now_ms steady.
 * State    In struct text_pauses alone: one worker. Of more than TEXT_PAUSES_MAX accounts the first is forgotten.
 */
#ifndef GATEWAY_TEXT_TEXT_PAUSE_H
#define GATEWAY_TEXT_TEXT_PAUSE_H

#include "mailer/pacing.h"
#include "mailer/sms_http.h"
#include "store/text_account.h"

#define TEXT_PAUSES_MAX 32

struct text_pause {
    struct text_account_id account;
    struct pacing pacing;
    bool has_answered, has_failed; /* of the batch that is noted */
};

struct text_pauses {
    struct pacing fresh;
    struct text_pause of[TEXT_PAUSES_MAX];
    size_t count; /* of all that ever were */
};

struct text_pauses text_pauses_make(int64_t first_ms, int64_t most_ms);
void text_pause_note(struct text_pauses *pauses, struct text_account_id account, enum sms_end end);
void text_pauses_settle(struct text_pauses *pauses, int64_t now_ms);
/* 0: it may be asked. */
int64_t text_pause_left(const struct text_pauses *pauses, struct text_account_id account, int64_t now_ms);

#endif
