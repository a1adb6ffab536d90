/* What a decision by text does once it is proved: through the same functions as one by mail. */
#include "gateway/text/talk_staff.h"

#include "gateway/duty/claim.h"
#include "gateway/note/review.h"
#include "gateway/say/phrase.h"
#include "store/question.h"

#define PLACES_MAX 50

/* ---- alarms ---- */

/* Who has it, that it is closed, what to do: gateway/duty tells it by text and mail. */
static enum rc act_on_page(struct talk *t, const struct text_item *item, const struct decision *decision,
                           struct err *err)
{
    const struct claim claim = { .page = { item->target }, .staff = &t->writer, .way = AUDIT_WAY_TEXT };
    bool is_closed;
    enum rc rc;

    switch (decision->kind) {
    case DECISION_CLAIM:
        rc = claim_take(t->gate, &claim, err);
        break;
    case DECISION_PASS:
        rc = claim_pass(t->gate, &claim, err);
        if (!rc)
            return talk_staff_say(t, "is_referred", item->n, NULL, err);
        break;
    case DECISION_DONE:
        rc = claim_done(t->gate, &claim, decision->text, &is_closed, err);
        break;
    default:
        return talk_staff_say(t, "is_by_mail", item->n, NULL, err);
    }
    switch (rc) {
    case RC_CONFLICT: /* told already who has it */
        return RC_OK;
    case RC_DENIED:
        return talk_staff_say(t, "is_not_yours", item->n, NULL, err);
    case RC_INPUT:
        return talk_staff_say(t, "is_no_text", item->n, NULL, err);
    case RC_LIMIT:
        return talk_staff_say(t, "is_second_person", item->n, NULL, err);
    default:
        return rc;
    }
}

/* ---- notes ---- */

/* What the mail showed that went with the number. */
struct shown {
    struct post_id post;
    int64_t version, photos;
    struct conversation_id places[PLACES_MAX];
    size_t place_count;
};

static enum rc read_shown(struct talk *t, int64_t question_id, struct shown *ret, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const struct json *item, *places;
    struct question q;

    if (question_get(&t->gate->store, (struct question_id){ question_id }, t->mem, &q, err) ||
        json_parse(q.data, strlen(q.data), &data, err))
        return err_wrap(err, "what a review mail showed");
    item = json_at(json_get(data, "items"), 0);
    *ret = (struct shown){ .post = { json_get_int(item, "post", 0) },
                           .version = json_get_int(item, "version", 0),
                           .photos = json_get_int(item, "photos", 0) };
    places = json_get(data, "places");
    for (size_t i = 0; i < json_count(places) && ret->place_count < PLACES_MAX; i++)
        ret->places[ret->place_count++].v = json_get_int(json_at(places, i), "id", 0);
    return RC_OK;
}

static const char *flag_of_effect(enum review_effect effect)
{
    switch (effect) {
    case REVIEW_RELEASED:
        return "is_released";
    case REVIEW_HALF_RELEASED:
        return "is_half_released";
    case REVIEW_RETURNED:
        return "is_returned";
    case REVIEW_KEPT_BACK:
        return "is_kept_back";
    case REVIEW_ASKED_AUTHOR:
        return "is_asked_author";
    case REVIEW_ANSWERED_PRIVATELY:
        return "is_answered_privately";
    case REVIEW_MOVED:
        return "is_moved";
    case REVIEW_REFERRED:
        return "is_referred";
    case REVIEW_ALARMED:
        return "is_alarmed";
    default:
        return "is_done";
    }
}

static const char *flag_of_problem(enum review_problem problem)
{
    switch (problem) {
    case REVIEW_SECOND_PERSON:
        return "is_second_person";
    case REVIEW_PHOTO_UNSEEN:
        return "is_photo_unseen";
    case REVIEW_NO_RULE:
        return "is_no_rule";
    case REVIEW_NO_REASON:
        return "is_no_reason";
    case REVIEW_NO_TEXT:
        return "is_no_text";
    case REVIEW_NOT_YOURS:
        return "is_not_yours";
    default:
        return "is_by_mail";
    }
}

/* Friendly: who decided, and when; or that other words wait now. */
static enum rc say_already(struct talk *t, int64_t number, const struct review_result *r, struct err *err)
{
    const bool is_changed =
        !r->newest.post.v || (post_state_is_waiting(r->post.state) && r->post.version > r->newest.post_version + 1);
    struct person who = { .name = "" };
    struct json *values;

    if (is_changed)
        return talk_staff_say(t, "is_changed", number, NULL, err);
    if (person_get(&t->gate->store, r->newest.staff, t->mem, &who, err))
        return err->rc;
    values = json_object_new();
    json_set_str(values, "who", who.name);
    json_set_str(values, "when", phrase_time(t->gate, t->writer.language, r->newest.at_ms, t->mem));
    return talk_staff_say(t, "is_already", number, values, err);
}

static enum rc act_on_note(struct talk *t, const struct text_item *item, const struct decision *decision,
                           struct err *err)
{
    struct shown shown;
    struct review_act act = { .decision = decision, .staff = &t->writer, .way = REVIEW_TEXT };
    struct review_result result = { .problem = REVIEW_NO_PROBLEM };
    enum rc rc;

    if (decision->kind == DECISION_ANNOUNCE || decision->kind == DECISION_TOPIC || decision->kind == DECISION_SEND)
        return talk_staff_say(t, "is_by_mail", item->n, NULL, err);
    if (read_shown(t, item->target, &shown, err))
        return err->rc;
    act.post = shown.post;
    act.version = shown.version;
    act.photos_shown = shown.photos;
    act.places = shown.places;
    act.place_count = shown.place_count;
    rc = review_decide(t->gate, &act, t->mem, &result, err);
    switch (rc) {
    case RC_OK:
        return talk_staff_say(t, flag_of_effect(result.effect), item->n, NULL, err);
    case RC_CONFLICT:
        return say_already(t, item->n, &result, err);
    case RC_INPUT:
    case RC_DENIED:
        return talk_staff_say(t, flag_of_problem(result.problem), item->n, NULL, err);
    default:
        return rc;
    }
}

enum rc talk_staff_act(struct talk *t, const struct text_item *item, const struct decision *decision, struct err *err)
{
    return item->kind == TEXT_ITEM_PAGE ? act_on_page(t, item, decision, err) : act_on_note(t, item, decision, err);
}
