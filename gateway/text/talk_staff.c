#include "gateway/text/talk_staff.h"

#include "base/text.h"
#include "gateway/people/staff_number.h"
#include "gateway/practice/record.h"
#include "gateway/say/tell.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "inbound/text_decision.h"
#include "store/consent.h"
#include "store/text_out.h"
#include "store/text_staff.h"

#include <ctype.h>

#define ANSWERS_AN_HOUR 20
#define PIN_ASKED_MS (15 * MS_MINUTE)
#define DECISION_SHOWN 40 /* characters of it in the question for the PIN */

/* ---- answers ---- */

/* What may be said; exactly one of them is. */
static const char *const flags[] = {
    "is_released",     "is_half_released", "is_returned",   "is_asked_author", "is_answered_privately",
    "is_moved",        "is_referred",      "is_alarmed",    "is_done",         "is_second_person",
    "is_photo_unseen", "is_no_rule",       "is_no_reason",  "is_no_text",      "is_not_yours",
    "is_by_mail",      "is_already",       "is_changed",    "is_unclear",      "is_no_pin",
    "is_pin_asked",    "is_pin_wrong",     "is_pin_locked", "is_yes_first",    "is_kept_back",
    "is_no_number",
};

enum rc talk_staff_say(struct talk *t, const char *flag, int64_t number, struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *all = values ? values : json_object_new();
    struct text_say say = { .kind = MAILING_TEXT_DECIDED,
                            .lane = -1,
                            .needs = TEXT_NEEDS_CONSENT,
                            .is_exempt = true, /* "your PIN?" stands between an alarm and its CLAIM */
                            .person = t->writer.id,
                            .address = t->line.address,
                            .sender = t->line.sender,
                            .subject_id = t->in->id.v };
    int64_t said;
    enum rc rc = text_out_count(&t->gate->store, t->line.address, say.kind, gate_now_ms(t->gate) - MS_HOUR, &said, err);

    if (rc || said >= ANSWERS_AN_HOUR)
        return rc;
    json_set_int(all, "number", number);
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        json_set_bool(all, flags[i], !strcmp(flags[i], flag));
    rc = text_words(t->gate, say.kind, t->writer.language, &all, t->mem, &say.words, err);
    if (!rc)
        rc = text_queue(t->gate, &say, NULL, err);
    return rc == RC_NOT_FOUND || rc == RC_DENIED || rc == RC_LIMIT ? RC_OK : rc;
}

/* ---- the PIN ---- */

/* Figures that may be one, wherever they stand: what is kept of the text has none. */
static char *without_pin(const char *words, struct arena *mem)
{
    char *const out = arena_strdup(mem, words);
    size_t i = 0;

    while (out[i]) {
        const size_t n = strspn(out + i, "0123456789");

        if (n >= 3)
            memset(out + i, '*', n);
        i += n ? n : 1;
    }
    return out;
}

static enum rc hide_pin(struct talk *t, struct err *err)
{
    struct text_in *const in = ARENA_ARRAY(t->mem, 1, struct text_in);

    *in = *t->in;
    in->words = without_pin(in->words, t->mem);
    in->raw = NULL;
    in->raw_len = 0;
    t->in = in;
    return text_in_hide(&t->gate->store, in->id, in->words, err);
}

static enum rc note_wrong(struct talk *t, struct text_staff *staff, struct err *err)
{
    const struct audit_who nobody = { AUDIT_SYSTEM, 0, AUDIT_WAY_TEXT };
    const struct tell tell = { .what = TELL_PIN_LOCKED,
                               .of = &t->writer,
                               .subject_id = t->writer.id.v,
                               .is_once_a_day = true,
                               .asks_them = true };

    if (text_staff_wrong(&t->gate->store, staff, err) ||
        record_act(t->gate, &nobody, AUDIT_TEXT_PIN_WRONG, AUDIT_ITEM_PERSON, t->writer.id.v, NULL,
                   staff->is_locked ? "locked" : NULL, err))
        return err->rc;
    return staff->is_locked ? tell_staff(t->gate, &tell, err) : RC_OK;
}

/* What it would do, for the reply that is the PIN. Another open question gives way. */
static enum rc ask_pin(struct talk *t, struct err *err)
{
    CLEANUP(json_free) struct json *data = json_object_new();
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(JSON_MAX_BYTES);
    struct text_question question = { .person = t->writer.id,
                                      .kind = TEXT_ASK_PIN,
                                      .due_ms = gate_now_ms(t->gate) + PIN_ASKED_MS };
    struct json *values = json_object_new();

    json_set_str(data, "text", t->in->words);
    json_print(data, false, &text);
    question.data = strbuf_peek(&text);
    json_set_str(values, "decision", text_excerpt(t->mem, t->in->words, DECISION_SHOWN));
    if (text_question_ask(&t->gate->store, &t->line, &question, err)) {
        json_free(&values);
        return err->rc;
    }
    return talk_staff_say(t, "is_pin_asked", 0, values, err);
}

/* NULL in *ret_flag: proved. "": their PIN was asked for. Else what to answer. */
static enum rc check_pin(struct talk *t, const char *pin, bool is_claim, const char **ret_flag, struct err *err)
{
    struct text_staff staff;

    *ret_flag = NULL;
    if (text_staff_hold(&t->gate->store, t->writer.id, t->mem, &staff, err))
        return err->rc;
    if (!staff.pin) {
        *ret_flag = is_claim ? NULL : "is_no_pin";
        return RC_OK;
    }
    if (staff.is_locked) {
        *ret_flag = "is_pin_locked";
        return RC_OK;
    }
    if (!pin) {
        *ret_flag = "";
        return ask_pin(t, err);
    }
    if (crypt_password_is(staff.pin, pin))
        return RC_OK;
    if (note_wrong(t, &staff, err))
        return err->rc;
    *ret_flag = staff.is_locked ? "is_pin_locked" : "is_pin_wrong";
    return RC_OK;
}

/* ---- a decision ---- */

/* A live number that was given to this person; NULL: none. */
static const struct text_item *find_item(const struct talk *t, int number)
{
    for (size_t i = 0; i < t->item_count; i++)
        if (t->items[i].n == number && t->items[i].person.v == t->writer.id.v &&
            (t->items[i].kind == TEXT_ITEM_REVIEW || t->items[i].kind == TEXT_ITEM_PAGE))
            return &t->items[i];
    return NULL;
}

static enum rc decide(struct talk *t, int number, const struct decision *decision, const char *pin, struct err *err)
{
    const struct text_item *const item = find_item(t, number);
    const bool is_claim = item && item->kind == TEXT_ITEM_PAGE && decision->kind == DECISION_CLAIM;
    const char *flag;
    bool has_said_yes;

    if (check_pin(t, pin, is_claim, &flag, err) || consent_of_staff(&t->gate->store, t->writer.id, &has_said_yes, err))
        return err->rc;
    if (!flag && !has_said_yes && !is_claim) /* an alarm is theirs for the asking, as by mail */
        flag = "is_yes_first";
    if (flag)
        return *flag ? talk_staff_say(t, flag, number, NULL, err) : RC_OK;
    if (t->question.id && t->question.kind == TEXT_ASK_PIN && text_question_close(&t->gate->store, &t->line, err))
        return err->rc;
    return item ? talk_staff_act(t, item, decision, err) : talk_staff_say(t, "is_unclear", 0, NULL, err);
}

static struct number_set numbers_of(const struct talk *t)
{
    int *v = ARENA_ARRAY(t->mem, t->item_count + 1, int);
    size_t n = 0;

    for (size_t i = 0; i < t->item_count; i++)
        if (find_item(t, (int)t->items[i].n))
            v[n++] = (int)t->items[i].n;
    return (struct number_set){ v, n };
}

/* The PIN that was asked for: the decision that was kept, read again. */
static enum rc take_pin(struct talk *t, const char *pin, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    struct text_decision kept;

    if (!t->question.id || t->question.kind != TEXT_ASK_PIN || t->question.person.v != t->writer.id.v)
        return talk_staff_say(t, "is_unclear", 0, NULL, err);
    if (json_parse(t->question.data, strlen(t->question.data), &data, err))
        return err_wrap(err, "decision that waits for a PIN");
    kept = text_decision_read(json_get_str(data, "text", ""), numbers_of(t), t->names, t->mem);
    if (!kept.set.count)
        return talk_staff_say(t, "is_unclear", 0, NULL, err);
    return decide(t, kept.number, &kept.set.v[0], pin, err);
}

/* YES to the request that went to this very person; once, while it has not been answered. */
static bool is_yes(const struct talk *t)
{
    const struct text_meaning *const m = &t->meaning;

    if (t->consent.state != TEXT_ASKED)
        return false;
    if (t->question.id && (t->question.kind != TEXT_ASK_CONSENT || t->question.person.v != t->writer.id.v))
        return false;
    return m->kind == TEXT_MEANS_START ||
           ((m->kind == TEXT_MEANS_ANSWER || m->kind == TEXT_MEANS_BARE) && m->answer == ANSWER_YES && m->is_very_word);
}

static enum rc take_yes(struct talk *t, struct err *err)
{
    if (t->question.id && text_question_close(&t->gate->store, &t->line, err))
        return err->rc;
    return staff_number_yes(t->gate, &t->writer, t->in, err);
}

/* A decision, or nearly one. */
static bool is_decision(enum text_means kind)
{
    return kind == TEXT_MEANS_DECISION || kind == TEXT_MEANS_UNCLEAR || kind == TEXT_MEANS_PIN ||
           kind == TEXT_MEANS_UNKNOWN;
}

/* Figures that may be a phone number stay; the PIN itself does not, whatever stands around it. */
static enum rc is_secret(struct talk *t, const struct text_meaning *m, bool *ret_is, struct err *err)
{
    struct text_staff staff;

    *ret_is = m->pin && is_decision(m->kind);
    if (!m->pin || *ret_is)
        return RC_OK;
    if (text_staff_get(&t->gate->store, t->writer.id, t->mem, &staff, err))
        return err->rc;
    *ret_is = staff.pin && crypt_password_is(staff.pin, m->pin);
    return RC_OK;
}

static enum rc answer(struct talk *t, const struct text_meaning *m, struct err *err)
{
    if (m->kind == TEXT_MEANS_PIN)
        return take_pin(t, m->pin, err);
    if (m->kind == TEXT_MEANS_DECISION)
        return decide(t, m->number, &m->decision.v[0], m->pin, err);
    return talk_staff_say(t, m->kind == TEXT_MEANS_UNKNOWN ? "is_no_number" : "is_unclear", m->number, NULL, err);
}

enum rc talk_staff(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct text_meaning m = t->meaning;
    bool is_with_pin;

    *ret_is_done = is_yes(t);
    if (*ret_is_done)
        return take_yes(t, err);
    if (is_secret(t, &m, &is_with_pin, err) || (is_with_pin && hide_pin(t, err)))
        return err->rc;
    if (!is_decision(m.kind) ||
        t->consent.state != TEXT_YES) /* without a yes nothing is answered or done: staff see it */
        return RC_OK;
    *ret_is_done = true;
    return answer(t, &m, err);
}
