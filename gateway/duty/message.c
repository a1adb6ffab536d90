#include "gateway/duty/message.h"

#include "base/text.h"
#include "gateway/say/phrase.h"
#include "inbound/letter.h"
#include "store/arrival.h"
#include "store/letter.h"
#include "store/text_in.h"

#define WORDS_MAX_CHARS 1200

/* A text message, which has the same kind of id as a mail. */
static enum rc get_text(struct gate *gate, struct arrival_id id, struct arena *mem, struct message *m, struct err *err)
{
    struct text_in text;
    struct address from;
    enum rc rc = text_in_get(&gate->store, (struct text_in_id){ id.v }, mem, &text, err);

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    m->words = text.words ? text.words : "";
    m->at_ms = text.received_ms;
    m->address = text.address;
    if (!text.address.v)
        return RC_OK;
    rc = address_get(&gate->store, text.address, mem, &from, err);
    if (!rc)
        m->from = from.value;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc get_letter(struct gate *gate, struct arrival_id id, struct arena *mem, struct message *m,
                          struct err *err)
{
    struct letter_row row;
    struct letter letter;
    enum rc rc = letter_get(&gate->store, id, mem, &row, err);

    if (!rc)
        rc = letter_from_json(row.json, strlen(row.json), mem, &letter, err);
    if (!rc)
        *m = (struct message){ *letter.text ? letter.text : letter.subject,
                               letter.subject,
                               letter.from,
                               letter.from_name,
                               arena_printf(mem, "%s\n\n%s", letter.trimmed, letter.file_names),
                               row.received_ms,
                               row.address };
    return rc;
}

enum rc message_get(struct gate *gate, struct arrival_id id, struct arena *mem, struct message *ret, struct err *err)
{
    struct message m = { "", "", "", "", "", 0, { 0 } };
    struct arrival arrival;
    enum rc rc = get_letter(gate, id, mem, &m, err);

    if (rc == RC_NOT_FOUND) {
        rc = arrival_get(gate->store.db, gate->store.practice, id, &arrival, err);
        if (!rc)
            m.at_ms = arrival.received_ms;
        else if (rc == RC_NOT_FOUND)
            rc = get_text(gate, id, mem, &m, err);
    }
    if (!rc)
        *ret = m;
    return rc;
}

struct json *message_line(const struct gate *gate, struct arrival_id id, const struct message *m,
                          enum person_language language, struct arena *mem)
{
    struct json *line = json_object_new();

    json_set_int(line, "number", id.v);
    json_set_str(line, "sender_shown", m->from);
    json_set_str(line, "name", m->from_name);
    json_set_str(line, "when", m->at_ms ? phrase_moment(gate, language, NULL, m->at_ms, mem) : "");
    json_set_str(line, "text", text_excerpt(mem, m->words, WORDS_MAX_CHARS));
    json_set_bool(line, "is_cut", text_length(m->words) > WORDS_MAX_CHARS);
    return line;
}

enum rc message_push(struct gate *gate, struct arrival_id id, enum person_language language, struct arena *mem,
                     struct json *list, struct err *err)
{
    struct json *line;
    struct message m;

    if (message_get(gate, id, mem, &m, err))
        return err->rc;
    line = message_line(gate, id, &m, language, mem);
    json_push(list, &line);
    return RC_OK;
}
