#include "gateway/text/text_alarm.h"

#include "gateway/duty/alarm.h"
#include "gateway/sms/text_person.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "inbound/text_noise.h"
#include "inbound/text_read.h"

#define ANSWERED_MAX 200 /* texts to one number within a day */
#define QUOTED_MS (14 * MS_DAY)
#define QUOTED_MAX 100 /* texts to one number that a reaction is looked for in */

/* A tap on a text of ours: its words are ours, or were read before they went out. */
static enum rc is_of_ours(struct gate *gate, const struct text_in *text, const char *quote, struct arena *mem,
                          bool *ret_is, struct err *err)
{
    struct text_out *sent;
    size_t n;

    *ret_is = !*quote;
    if (*ret_is || !text->address.v)
        return RC_OK;
    if (text_out_to_address(&gate->store, text->address, gate_now_ms(gate) - QUOTED_MS, QUOTED_MAX, mem, &sent, &n,
                            err))
        return err->rc;
    for (size_t i = 0; i < n && !*ret_is; i++)
        *ret_is = sent[i].words && text_noise_is_of(quote, sent[i].words, mem);
    return RC_OK;
}

static enum rc is_left_out(struct gate *gate, const struct text_in *text, struct arena *mem, bool *ret_is,
                           struct err *err)
{
    const struct text_noise noise = text_noise_read(text->words, mem);

    *ret_is = noise.kind == TEXT_NOISE_AUTOMATIC;
    if (*ret_is || !noise.kind)
        return RC_OK;
    return is_of_ours(gate, text, noise.quote, mem, ret_is, err);
}

/* One line that is the opt-out and nothing else: "STOP to end" are words of ours, and no danger. */
static bool is_only_stop(const struct text_meaning *meaning, const char *words)
{
    return meaning->kind == TEXT_MEANS_STOP && meaning->is_sure && !strchr(words, '\n');
}

/* Did a list find nothing, and the model alone took it for despair? */
static bool is_of_model_alone(const struct triage_result *triage)
{
    for (size_t i = 0; i < triage->hit_count; i++)
        if (*triage->hits[i].rule)
            return false;
    return (triage->flags & TRIAGE_READS) && !(triage->flags & TRIAGE_UNREAD);
}

/* Was one of these answers made for the number within a day? What the model alone asked for (subject 0) does not stand for one that a list asks for. */
static enum rc has_had(struct gate *gate, struct address_id address, int tier, bool is_sure, struct arena *mem,
                       bool *ret_had, struct err *err)
{
    const int64_t since = gate_now_ms(gate) - MS_DAY;
    struct text_out *list;
    size_t n;

    *ret_had = false;
    if (text_out_of_address(&gate->store, address, ANSWERED_MAX, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && !*ret_had; i++)
        *ret_had = list[i].created_ms >= since && list[i].state != TEXT_CANCELLED &&
                   ((list[i].kind == MAILING_TEXT_CRISIS && (list[i].subject_id || !is_sure)) ||
                    (list[i].kind == MAILING_TEXT_MEDICAL && tier > 1));
    return RC_OK;
}

static enum rc answer(struct gate *gate, const struct text_in *text, const struct text_writer *writer, int tier,
                      bool is_sure, struct arena *mem, struct err *err)
{
    struct text_say say = { .kind = tier <= 1 ? MAILING_TEXT_CRISIS : MAILING_TEXT_MEDICAL,
                            .lane = LANE_URGENT,
                            .needs = TEXT_NEEDS_NOTHING,
                            .is_exempt = true,
                            .person = writer->person.id,
                            .address = text->address,
                            .sender = text->sender,
                            .subject_id = is_sure ? text->id.v : 0 };
    bool had;
    enum rc rc = RC_OK;

    if (!writer->users || !text->address.v)
        return RC_OK;
    if (has_had(gate, text->address, tier, is_sure, mem, &had, err))
        return err->rc;
    if (had)
        return RC_OK;
    rc = text_words(gate, say.kind, writer->person.language, NULL, mem, &say.words, err);
    if (!rc)
        rc = text_queue(gate, &say, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc; /* no number of ours to write from */
}

/* "This is not Rose", where Rose has the number. */
static enum rc is_wrong_number(struct gate *gate, const struct text_in *text, struct arena *mem, bool *ret_is,
                               struct err *err)
{
    struct person *people;
    const char **names;
    size_t n;

    *ret_is = false;
    if (!text->address.v)
        return RC_OK;
    if (text_holders_of(gate, text->address, mem, &people, &n, err))
        return err->rc;
    names = ARENA_ARRAY(mem, n + 1, const char *);
    for (size_t i = 0; i < n; i++)
        names[i] = people[i].name;
    *ret_is =
        text_read(&(struct text_reading){ .text = text->words, .names = names }, mem).kind == TEXT_MEANS_WRONG_NUMBER;
    return RC_OK;
}

/* About our texts, not about themselves: it stops them, complains of their hour, or is from somebody else. A model that knows no such talk takes it for
 * despair. */
static enum rc is_about_texts(struct gate *gate, const struct text_in *text, enum text_means kind, struct arena *mem,
                              bool *ret_is, struct err *err)
{
    *ret_is = text->word == TEXT_WORD_STOP || text->word == TEXT_WORD_WRONG_NUMBER || kind == TEXT_MEANS_STOP ||
              kind == TEXT_MEANS_WRONG_NUMBER || kind == TEXT_MEANS_LATE;
    return *ret_is ? RC_OK : is_wrong_number(gate, text, mem, ret_is, err);
}

enum rc text_alarm(struct gate *gate, const struct triage_lexicon *lexicon, const struct text_in *text,
                   const struct text_writer *writer, struct arena *mem, struct triage_result *ret_triage,
                   struct err *err)
{
    const struct triage_setting setting = { .wording = gate_wording(gate), .page_from = gate->facts.triage_page };
    struct alarm alarm = { .letter = { text->id.v },
                           .bundle = writer->users ? PAGE_ALONE : PAGE_OF_STRANGERS,
                           .person = writer->person.id };
    struct text_meaning meaning;
    bool is_out, is_sure;

    *ret_triage = (struct triage_result){ .tier = 4 };
    if (!text->words || !*text->words)
        return RC_OK;
    if (is_left_out(gate, text, mem, &is_out, err))
        return err->rc;
    if (is_out)
        return RC_OK;
    meaning = text_read(&(struct text_reading){ .text = text->words }, mem);
    if (is_only_stop(&meaning, text->words))
        return RC_OK;
    triage_score_in(lexicon, &setting, text->words, NULL, mem, ret_triage);
    is_sure = meaning.is_plea || !is_of_model_alone(ret_triage);
    if (!is_sure && is_about_texts(gate, text, meaning.kind, mem, &is_out, err))
        return err->rc;
    if (is_out)
        *ret_triage = (struct triage_result){ .tier = 4 };
    if (ret_triage->tier > 1 && meaning.is_emergency) /* they may think that this is the emergency line */
        *ret_triage = (struct triage_result){ .tier = 1, .flags = ret_triage->flags | TRIAGE_MEDICAL };
    if (ret_triage->tier > 2 && meaning.is_plea)
        *ret_triage = (struct triage_result){ .tier = 2, .flags = ret_triage->flags | TRIAGE_MEDICAL };
    if (ret_triage->tier > 2)
        return RC_OK;
    alarm.tier = ret_triage->tier;
    if (alarm_raise(gate, &alarm, err) || answer(gate, text, writer, alarm.tier, is_sure, mem, err))
        return err_wrap(err, "danger in a text");
    return RC_OK;
}
