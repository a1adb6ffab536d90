#include "gateway/note/review_text.h"

#include "base/text.h"
#include "gateway/say/staff_phone.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "schedules/zone.h"
#include "store/text_line.h"
#include "store/text_staff.h"

#define FROM_MINUTE (8 * 60)
#define UNTIL_MINUTE (21 * 60)
#define WORDS_SOME 60 /* characters of level 1 */
#define WORDS_MORE 280

/* Now, or the next morning of the reader's zone. */
static int64_t due_ms(const struct gate *gate, const struct person *reader)
{
    const char *const zone = reader->zone ? reader->zone : gate->facts.zone;
    const int64_t now_ms = gate_now_ms(gate);
    int64_t day, from_ms, until_ms;
    struct err ignored;

    if (zone_day_from_utc(zone, now_ms, &day, &ignored) ||
        zone_utc_from_minute(zone, day, FROM_MINUTE, &from_ms, &ignored) ||
        zone_utc_from_minute(zone, day, UNTIL_MINUTE, &until_ms, &ignored))
        return now_ms;
    if (now_ms < from_ms)
        return from_ms;
    return now_ms < until_ms || zone_utc_from_minute(zone, day + 1, FROM_MINUTE, &from_ms, &ignored) ? now_ms : from_ms;
}

static const char *add_words(const struct staff_phone *phone, const char *said, const char *words, struct arena *mem)
{
    if (!phone->level)
        return said;
    words = text_excerpt(mem, text_clean_line(mem, words, strlen(words)), phone->level > 1 ? WORDS_MORE : WORDS_SOME);
    return arena_printf(mem, "%s \"%s\"", said, words);
}

enum rc review_text_send(struct gate *gate, const struct post *post, const struct care_group *group,
                         const struct person *reader, int64_t question_id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("review_text");
    struct text_item item = {
        .person = reader->id, .kind = TEXT_ITEM_REVIEW, .target = question_id, .group = group->id
    };
    struct text_say say = { .kind = MAILING_TEXT_REVIEW,
                            .lane = -1,
                            .needs = TEXT_NEEDS_CONSENT,
                            .person = reader->id,
                            .group = group->id,
                            .subject_id = post->id.v,
                            .due_ms = due_ms(gate, reader) };
    struct staff_phone phone;
    struct text_staff staff;
    struct json *values;
    enum rc rc;

    if (staff_phone_read(gate, reader->id, &phone, err) || text_staff_get(&gate->store, reader->id, mem, &staff, err))
        return err->rc;
    if (phone.state != STAFF_PHONE_YES || !staff.has_reviews)
        return RC_OK;
    say.address = phone.address;
    say.sender = phone.sender;
    if (text_item_give(&gate->store, &(struct text_line){ phone.address, phone.sender }, &item, err))
        return err->rc;
    values = json_object_new();
    json_set_int(values, "number", item.n);
    json_set_str(values, "group_name", group->alias);
    json_set_bool(values, "has_pin", staff.pin != NULL);
    if (text_words(gate, say.kind, reader->language, &values, mem, &say.words, err))
        return err_wrap(err, "waiting note by text");
    say.words = add_words(&phone, say.words, post->text, mem);
    rc = text_queue(gate, &say, NULL, err);
    return rc == RC_NOT_FOUND || rc == RC_DENIED || rc == RC_LIMIT ? RC_OK : rc;
}
