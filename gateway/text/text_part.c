#include "gateway/text/text_part.h"

#include "base/json.h"
#include "gateway/sms/text_person.h"
#include "gateway/sms/text_provider.h"
#include "gateway/text/text_take.h"
#include "store/due.h"

#define LOOKED_AT (3 * SMS_PARTS_MAX) /* the newest texts of a number: among them are all its parts that wait */

/* What a row's raw says. */
struct header {
    char concat[SMS_CONCAT_MAX + 1];
    int64_t part, parts;
};

/* The parts of one text that are there. */
struct parts {
    struct text_in of[SMS_PARTS_MAX]; /* id 0: missing */
    struct header header;
    size_t count;
};

const char *text_part_of(const struct sms_event *event, struct arena *mem)
{
    CLEANUP(json_free) struct json *header = NULL;
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(JSON_MAX_BYTES);
    char number[24];

    if (!event->concat || !text_number_read(event->from, number))
        return NULL;
    header = json_object_new();
    json_set_str(header, "concat", event->concat);
    json_set_int(header, "part", event->part);
    json_set_int(header, "parts", event->parts);
    json_print(header, false, &out);
    return arena_strdup(mem, strbuf_peek(&out));
}

static enum rc read_header(const struct text_in *in, struct header *ret, struct err *err)
{
    CLEANUP(json_free) struct json *header = NULL;

    if (json_parse(in->raw, in->raw_len, &header, err))
        return err_wrap(err, "part of a text");
    snprintf(ret->concat, sizeof ret->concat, "%s", json_get_str(header, "concat", ""));
    ret->part = json_get_int(header, "part", 1);
    ret->parts = json_get_int(header, "parts", 2);
    return ret->part >= 1 && ret->part <= ret->parts && ret->parts <= SMS_PARTS_MAX
               ? RC_OK
               : err_set(err, RC_CORRUPT, "part of a text: there is no such one");
}

static bool does_wait(const struct text_in *in)
{
    return in->state == TEXT_IN_PARKED && in->word == TEXT_WORD_PART && in->raw && in->words;
}

/* The oldest of each that waits beside this one. A number that comes twice is of another text with the same reference: it waits for its own time. */
static enum rc find_parts(struct gate *gate, const struct text_in *one, struct arena *mem, struct parts *ret,
                          struct err *err)
{
    struct text_in *list;
    size_t n;

    if (read_header(one, &ret->header, err) ||
        text_in_of_address(&gate->store, one->address, 0, LOOKED_AT, mem, &list, &n, err))
        return err->rc;
    for (size_t i = n; i-- > 0;) {
        struct header h;

        if (!does_wait(&list[i]) || list[i].account.v != one->account.v || list[i].sender.v != one->sender.v)
            continue;
        if (read_header(&list[i], &h, err))
            return err->rc;
        if (strcmp(h.concat, ret->header.concat) || h.parts != ret->header.parts || ret->of[h.part - 1].id.v)
            continue;
        ret->of[h.part - 1] = list[i];
        ret->count++;
    }
    return RC_OK;
}

/* As if it had come whole. */
static enum rc join(struct gate *gate, const struct parts *parts, struct arena *mem, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf words = STRBUF((size_t)1 << 18);
    struct sms_event event = {
        .kind = PROVIDER_EVENT_MO, .id = "", .ref = "", .state = "", .err = "", .cost_micro = -1
    };
    const struct text_in *any = NULL;
    struct text_provider provider;
    struct text_sender sender;
    struct address from;

    for (int64_t i = 0; i < parts->header.parts; i++) {
        const struct text_in *const part = &parts->of[i];

        if (!part->id.v) {
            if (!i || parts->of[i - 1].id.v)
                strbuf_str(&words, i ? " " TEXT_PART_GAP : TEXT_PART_GAP);
            continue;
        }
        strbuf_printf(&words, "%s%s", i && !parts->of[i - 1].id.v ? " " : "", part->words);
        event.media += part->media;
        any = part;
        if (text_in_joined(&gate->store, part->id, err))
            return err->rc;
    }
    if (address_get(&gate->store, any->address, mem, &from, err) ||
        text_provider_open(gate, any->account, mem, &provider, err))
        return err->rc;
    event.from = from.value;
    event.to = "";
    if (any->sender.v) {
        if (text_sender_get(&gate->store, any->sender, mem, &sender, err))
            return err->rc;
        event.to = sender.number;
    }
    event.text = strbuf_peek(&words);
    return text_take_joined(gate, &provider, &event, err);
}

enum rc text_part_came(struct gate *gate, struct text_in_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_part");
    struct parts parts = { .count = 0 };
    struct text_in one;

    if (text_in_wait(&gate->store, id, err) || text_in_get(&gate->store, id, mem, &one, err) ||
        find_parts(gate, &one, mem, &parts, err))
        return err->rc;
    if ((int64_t)parts.count == parts.header.parts)
        return join(gate, &parts, mem, err);
    return due_set(&gate->store, JOB_TEXT_PARTS, id.v, gate_now_ms(gate) + TEXT_PARTS_MS, err);
}

enum rc text_part_over(struct gate *gate, struct text_in_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_part");
    struct parts parts = { .count = 0 };
    struct text_in one;
    struct header header;

    if (text_in_get(&gate->store, id, mem, &one, err))
        return err->rc;
    if (!does_wait(&one))
        return RC_OK;
    if (find_parts(gate, &one, mem, &parts, err) || read_header(&one, &header, err))
        return err->rc;
    if (parts.of[header.part - 1].id.v != id.v) { /* of a later text with the same reference */
        parts = (struct parts){ .header = header, .count = 1 };
        parts.of[header.part - 1] = one;
    }
    return join(gate, &parts, mem, err);
}
