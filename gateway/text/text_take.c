#include "gateway/text/text_take.h"

#include "base/text.h"
#include "gateway/practice/record.h"
#include "gateway/say/tell.h"
#include "gateway/sms/text_budget.h"
#include "gateway/sms/text_person.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "gateway/text/text_confirmed.h"
#include "gateway/text/text_part.h"
#include "inbound/text_word.h"
#include "store/text_consent.h"

#include <assert.h>

#define HELP_A_DAY 5
#define STOPPED_A_DAY 5               /* confirmations, for who says START between */
#define STOPPED_LONG_MS (45 * MS_DAY) /* from then on providers give a number that was given up to others */
#define TEXT_BYTES_MAX 6400           /* 1600 characters of up to four bytes: what providers join */

/* ---- the three words ---- */

/* One of taking: what everything below needs. */
struct taking {
    struct gate *gate;
    const struct text_provider *provider;
    struct text_in *in;
    bool is_answered;     /* the provider did */
    struct person person; /* id 0: nobody, or several */
    struct arena *mem;
};

static enum rc answer(const struct taking *t, enum mailing_kind kind, int64_t not_after_ms, struct err *err)
{
    struct json *values = json_object_new();
    struct text_id id;
    struct text_say say = { .kind = kind,
                            .lane = LANE_URGENT,
                            .needs = TEXT_NEEDS_NOTHING,
                            .is_exempt = true,
                            .person = t->person.id,
                            .address = t->in->address,
                            .sender = t->in->sender,
                            .not_after_ms = gate_now_ms(t->gate) + not_after_ms };
    enum rc rc;

    json_set_bool(values, "is_wrong_number", t->in->word == TEXT_WORD_WRONG_NUMBER);
    rc = text_words(t->gate, kind, t->person.language, &values, t->mem, &say.words, err);
    if (!rc)
        rc = text_queue(t->gate, &say, &id, err);
    if (!rc && kind == MAILING_TEXT_STOPPED)
        rc = text_confirmed_watch(t->gate, id, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc; /* no number of ours to write from */
}

static enum rc tell(const struct taking *t, const char *what, const char *words, struct err *err)
{
    const struct tell news = {
        .what = what, .of = t->person.id.v ? &t->person : NULL, .subject_id = t->in->id.v, .text = words
    };

    return tell_staff(t->gate, &news, err);
}

static enum rc do_stop(const struct taking *t, struct err *err)
{
    struct text_consent before;
    int64_t confirmed;
    bool is_first;

    if (text_consent_get(&t->gate->store, t->in->address, &before, err) ||
        text_stop(t->gate, t->in->address, t->in->word, TEXT_BY_TEXT, t->in->id.v, t->in->words, err) ||
        text_consent_take_stop(&t->gate->store, t->in->address, &is_first, err) ||
        text_out_count(&t->gate->store, t->in->address, MAILING_TEXT_STOPPED, gate_now_ms(t->gate) - MS_DAY, &confirmed,
                       err))
        return err->rc;
    if (before.state < TEXT_STOPPED && tell(t, TELL_TEXT_STOP, NULL, err))
        return err->rc;
    if (!is_first || confirmed >= STOPPED_A_DAY || t->is_answered)
        return RC_OK;
    return answer(t, MAILING_TEXT_STOPPED, TEXT_CONFIRM_MS, err);
}

/* Had the number ever said yes? */
static enum rc had_said_yes(const struct taking *t, bool *ret_had, struct err *err)
{
    struct text_consent_entry *log;
    size_t n;

    if (text_consent_log(&t->gate->store, t->in->address, t->mem, &log, &n, err))
        return err->rc;
    *ret_had = false;
    for (size_t i = 0; i < n; i++)
        *ret_had |= log[i].after == TEXT_YES;
    return RC_OK;
}

enum rc text_start_counts(struct gate *gate, const struct text_in *text, bool *ret_does, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_start");
    const char *const said = text->words ? text->words : ""; /* NULL: erased */
    const char *const words = text_clean_line(mem, said, strlen(said));
    struct text_sender sender;
    enum rc rc;

    *ret_does = !text->sender.v || text_equals(words, "START") || text_equals(words, "UNSTOP");
    if (*ret_does)
        return RC_OK;
    rc = text_sender_get(&gate->store, text->sender, mem, &sender, err);
    *ret_does = !rc && sender.kind != TEXT_TOLL_FREE;
    return rc;
}

static enum rc do_start(const struct taking *t, struct err *err)
{
    struct text_consent_change change = { .address = t->in->address,
                                          .person = t->person.id,
                                          .state = TEXT_YES,
                                          .level = -1,
                                          .way = TEXT_BY_TEXT,
                                          .evidence_id = t->in->id.v,
                                          .words = t->in->words };
    const struct audit_who who = { AUDIT_PATIENT, t->person.id.v, AUDIT_WAY_TEXT };
    struct text_consent before;
    bool had = false, is_late, counts;

    if (text_consent_get(&t->gate->store, t->in->address, &before, err) || had_said_yes(t, &had, err) ||
        text_start_counts(t->gate, t->in, &counts, err))
        return err->rc;
    if (!had || !counts || before.state < TEXT_STOPPED || before.state == TEXT_WRONG_NUMBER)
        return RC_OK; /* a first yes is the conversation's to take; a number that was somebody else's starts anew */
    is_late = before.state == TEXT_UNDELIVERABLE || gate_now_ms(t->gate) - before.since_ms > STOPPED_LONG_MS;
    change.level = is_late ? 0 : -1;
    if (text_consent_set(&t->gate->store, &change, err) || (is_late && tell(t, TELL_TEXT_BACK, NULL, err)) ||
        record_act(t->gate, &who, AUDIT_TEXT_STARTED, AUDIT_ITEM_ADDRESS, t->in->address.v,
                   text_consent_state_name(before.state), text_consent_state_name(TEXT_YES), err))
        return err->rc;
    return t->is_answered ? RC_OK : answer(t, MAILING_TEXT_STARTED, TEXT_LIVE_MS, err);
}

static enum rc do_help(const struct taking *t, struct err *err)
{
    int64_t answered;

    if (text_out_count(&t->gate->store, t->in->address, MAILING_TEXT_HELP, gate_now_ms(t->gate) - MS_DAY, &answered,
                       err))
        return err->rc;
    if (answered < HELP_A_DAY && !t->is_answered && answer(t, MAILING_TEXT_HELP, TEXT_LIVE_MS, err))
        return err->rc;
    return tell(t, TELL_TEXT_HELP, NULL, err);
}

/* ---- storing ---- */

static enum rc find_ends(const struct taking *t, const struct sms_event *event, struct err *err)
{
    char number[24];
    struct text_sender sender;
    struct address address;
    enum rc rc = text_sender_by_number(&t->gate->store, text_number_read(event->to, number) ? number : event->to,
                                       t->mem, &sender, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (!rc)
        t->in->sender = sender.id;
    if (!text_number_read(event->from, number))
        return RC_OK;
    if (address_ensure(&t->gate->store, ADDRESS_PHONE, number, t->mem, &address, err))
        return err->rc;
    t->in->address = address.id;
    return RC_OK;
}

static enum rc act(struct taking *t, struct err *err)
{
    size_t n;

    if (!t->in->address.v)
        return RC_OK;
    if (text_consent_heard(&t->gate->store, t->in->address, err) ||
        text_person_of(t->gate, t->in->address, t->mem, &t->person, &n, err))
        return err->rc;
    switch (t->in->word) {
    case TEXT_WORD_STOP:
    case TEXT_WORD_WRONG_NUMBER:
        return do_stop(t, err);
    case TEXT_WORD_START:
        return do_start(t, err);
    case TEXT_WORD_HELP:
        return do_help(t, err);
    default:
        return RC_OK;
    }
}

/* A word of its own list stops texts there, whatever it means to us: R3. */
static enum text_word word_at_provider(const struct sms_event *event, enum text_word word)
{
    const char *const keyword = event->keyword ? event->keyword : "";

    if (text_equals(keyword, "STOP"))
        return word == TEXT_WORD_WRONG_NUMBER ? word : TEXT_WORD_STOP;
    if (word)
        return word;
    return text_equals(keyword, "START") ? TEXT_WORD_START : text_equals(keyword, "HELP") ? TEXT_WORD_HELP : word;
}

static enum rc charge(const struct taking *t, struct err *err)
{
    struct text_cost cost = {
        .id = t->in->id.v, .sender = t->in->sender, .person = t->person.id, .parts = 1, .actual_micro = -1
    };
    struct text_measure m;
    struct err ignored;

    if (*t->in->words && !text_measure(t->in->words, t->mem, &m, &ignored)) {
        cost.parts = m.parts;
        cost.is_ucs2 = m.is_ucs2;
    }
    return text_budget_charge(t->gate, &cost, err);
}

static enum rc take(struct gate *gate, const struct text_provider *provider, const struct sms_event *event,
                    struct text_in *in, bool is_charged, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_take");
    const size_t n = strlen(event->text);
    struct taking t = {
        .gate = gate, .provider = provider, .in = in, .mem = mem, .person = { .language = gate->facts.language }
    };

    assert(db_in_tx(gate->store.db));
    in->account = provider->account.id;
    in->media = event->media;
    in->provider_id = event->id;
    in->words = text_clean(mem, event->text, n < TEXT_BYTES_MAX ? n : TEXT_BYTES_MAX);
    if (in->word != TEXT_WORD_PART)
        in->word = word_at_provider(event, text_word_read(in->words, mem));
    t.is_answered = (event->keyword && *event->keyword) || text_provider_answers(provider, in->words, mem);
    if (find_ends(&t, event, err) || text_in_add(&gate->store, in, err))
        return err->rc;
    if (act(&t, err) || (!is_charged && charge(&t, err)))
        return err_wrap(err, "text that came");
    in->words = NULL; /* they lived here */
    return RC_OK;
}

enum rc text_take(struct gate *gate, const struct text_provider *provider, const struct sms_event *event,
                  const void *raw, size_t raw_len, struct text_in_id *ret_id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_take");
    const char *const of = text_part_of(event, mem);
    struct text_in in = { .raw = raw, .raw_len = raw_len };

    if (of)
        in = (struct text_in){ .word = TEXT_WORD_PART, .raw = of, .raw_len = strlen(of) };
    if (take(gate, provider, event, &in, false, err) || (of && text_part_came(gate, in.id, err)))
        return err->rc;
    *ret_id = in.id;
    return RC_OK;
}

enum rc text_take_joined(struct gate *gate, const struct text_provider *provider, const struct sms_event *event,
                         struct err *err)
{
    struct text_in in = { .raw = NULL };

    return take(gate, provider, event, &in, true, err);
}

enum rc text_take_word(struct gate *gate, const struct text_in *text, enum text_word word, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_word");
    struct text_in in = *text;
    struct text_provider provider;
    struct taking t = {
        .gate = gate, .provider = &provider, .in = &in, .mem = mem, .person = { .language = gate->facts.language }
    };

    in.word = word;
    if (text_provider_open(gate, text->account, mem, &provider, err))
        return err_wrap(err, "word of a text");
    t.is_answered = text_provider_answers(&provider, text->words ? text->words : "", mem);
    if (act(&t, err) || text_in_set_word(&gate->store, text->id, word, err))
        return err_wrap(err, "word of a text");
    return RC_OK;
}

enum rc text_take_unread(struct gate *gate, const struct text_provider *provider, const void *raw, size_t raw_len,
                         struct err *err)
{
    struct text_in in = { .account = provider->account.id, .words = "", .raw = raw, .raw_len = raw_len };
    struct taking t = { .gate = gate, .in = &in };

    return text_in_add(&gate->store, &in, err) ? err->rc : tell(&t, TELL_PARKED, NULL, err);
}

/* A price for a text that nobody knows yet is left out: the estimate stands. */
static enum rc take_price(struct gate *gate, const struct sms_event *event, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_price");
    unsigned char ref[TEXT_REF_BYTES];
    struct text_out text;
    size_t request;
    const enum rc rc = text_ref_read(event->ref, ref, &request)
                           ? text_out_by_ref(&gate->store, ref, mem, &text, err)
                           : text_out_by_provider_id(&gate->store, event->id, mem, &text, err);

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    return text_cost_actual(&gate->store, text.id.v, event->cost_micro, err);
}

enum rc text_take_receipt(struct gate *gate, const struct text_provider *provider, const struct sms_event *event,
                          struct err *err)
{
    struct text_receipt receipt = { .account = provider->account.id,
                                    .ref = *event->ref ? event->ref : NULL,
                                    .provider_id = *event->id ? event->id : NULL,
                                    .word = event->state,
                                    .code = event->err };

    if (event->cost_micro >= 0 && take_price(gate, event, err))
        return err->rc;
    return text_receipt_add(&gate->store, &receipt, err);
}
