#include "gateway/sort/untemplate.h"

#include "gateway/send/outbox.h"
#include "inbound/reply.h"
#include "store/letter.h"

enum rc untemplate_copy(struct gate *gate, struct sandbox *sandbox, const struct delivery *d, struct arena *mem,
                        const char **ret_text, struct err *err)
{
    static const struct authres_trust nobody = { .profile = AUTHRES_NOTHING, .authserv_id = "" };
    CLEANUP(outbox_free) struct outbox *outbox = outbox_new(gate);
    CLEANUP(wire_free) struct wire *wire = wire_new();
    struct sandbox_bytes bytes;
    struct sandbox_source source;
    struct letter copy;
    enum rc rc = outbox_fill(outbox, d, wire, err);

    *ret_text = "";
    if (rc) /* suppressed since, too old, or a text that has changed: only the store's own trouble is ours */
        return rc == RC_TEMP ? rc : RC_OK;
    bytes.p = wire_bytes(wire, &bytes.n);
    source = sandbox_from_bytes(&bytes);
    rc = sandbox_parse(sandbox, &source, &nobody, mem, &copy, err);
    if (!rc)
        *ret_text = copy.body;
    return rc;
}

/* Whole texts of what this person wrote last: a signature is what several end with. */
static enum rc earlier_texts(struct gate *gate, struct person_id person, struct arena *mem, struct sandbox_known *known,
                             struct err *err)
{
    const char **texts = ARENA_ARRAY(mem, REPLY_EARLIER_MAX, const char *), *const * json;
    struct letter letter;
    struct err why;
    size_t n;

    if (letter_last_of(&gate->store, person, REPLY_EARLIER_MAX, mem, &json, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (letter_from_json(json[i], strlen(json[i]), mem, &letter, &why) == RC_OK)
            texts[known->earlier_count++] = letter.body;
    known->earlier = texts;
    return RC_OK;
}

enum rc untemplate_letter(struct gate *gate, struct sandbox *sandbox, const struct sender *sender, struct arena *mem,
                          struct letter *letter, const char **ret_ours, struct err *err)
{
    struct sandbox_known known = { .ours = "" };
    enum rc rc = RC_OK;

    *ret_ours = "";
    if (sender->delivery.id.v)
        rc = untemplate_copy(gate, sandbox, &sender->delivery, mem, ret_ours, err);
    if (rc || (sender->delivery.id.v && !sender_answers_group(sender)))
        return rc ? err_wrap(err, "our own words") : RC_OK;
    known.ours = *ret_ours;
    if (sender->person.id.v && strchr(letter->text, '\n'))
        rc = earlier_texts(gate, sender->person.id, mem, &known, err);
    if (!rc && (*known.ours || known.earlier_count))
        rc = sandbox_trim(sandbox, letter, &known, mem, letter, err);
    return rc ? err_wrap(err, "our own words") : RC_OK;
}
