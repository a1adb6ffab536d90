#include "gateway/say/receipt.h"

#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "schedules/rhythm.h"

#define WORKING_DAY_MS (8 * MS_HOUR)

/* Over a weekend or holiday the next working day is further than a day and a half away. */
static bool will_wait(const struct gate *gate)
{
    return office_after(gate, WORKING_DAY_MS) - gate_now_ms(gate) > 36 * MS_HOUR;
}

/* The day of the letter to look for; "" when it is tomorrow's. */
static enum rc expected_when(struct gate *gate, const struct membership *author, struct arena *mem,
                             const char **ret_day, struct err *err)
{
    const int64_t after_ms = will_wait(gate) ? office_after(gate, WORKING_DAY_MS) : gate_now_ms(gate);
    struct care_group group;
    struct person person;
    struct rhythm rhythm;
    int64_t close_ms;
    enum rc rc;

    *ret_day = "";
    if (!will_wait(gate) && author->rhythm != RHYTHM_WEEKLY)
        return RC_OK;
    rc = group_get(&gate->store, author->group, mem, &group, err);
    if (!rc)
        rc = person_get(&gate->store, author->person, mem, &person, err);
    if (rc)
        return rc;
    rhythm =
        (struct rhythm){ .zone = group.zone,
                         .minute = (int)group.digest_minute,
                         .weekday = author->rhythm == RHYTHM_WEEKLY ? (int)group.digest_weekday : RHYTHM_EVERY_DAY };
    if (rhythm_next_close(&rhythm, after_ms, &close_ms, err) == RC_OK)
        *ret_day = phrase_day(gate, person.language, group.zone, close_ms, mem);
    return RC_OK;
}

enum rc receipt_send(struct gate *gate, const struct post *post, const struct membership *author,
                     const char *in_reply_to, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("receipt");
    struct notice notice = { .kind = MAILING_RECEIPT,
                             .person = author->person,
                             .membership = author->id,
                             .group = post->group,
                             .subject_id = post->id.v,
                             .lane = -1,
                             .is_answer = true,
                             .is_once_a_day = true,
                             .in_reply_to = in_reply_to };
    const char *day;
    enum rc rc;

    if (post->tier <= 2) /* answered with the words for such a moment, which name no group and no letter of tomorrow */
        return RC_OK;
    if (!(post->flags & POST_FLAG_FIRST) && !will_wait(gate))
        return RC_OK;
    rc = expected_when(gate, author, mem, &day, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    notice.values = json_object_new();
    json_set_str(notice.values, "expected_when", day);
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_CONFLICT || rc == RC_NOT_FOUND ? RC_OK : rc;
}
