#include "gateway/untemplate.h"

#include "gateway/outbox.h"

/* The text of the copy as its reader sees it; "" when it cannot be made any more. */
static enum rc copy_text(struct gate *gate, struct sandbox *sandbox, const struct delivery *d, struct arena *mem,
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

enum rc untemplate_letter(struct gate *gate, struct sandbox *sandbox, const struct sender *sender, struct arena *mem,
                          struct letter *letter, const char **ret_ours, struct err *err)
{
    enum rc rc;

    *ret_ours = "";
    if (!sender->delivery.id.v)
        return RC_OK;
    rc = copy_text(gate, sandbox, &sender->delivery, mem, ret_ours, err);
    if (!rc && **ret_ours && sender_answers_group(sender))
        rc = sandbox_trim(sandbox, letter, *ret_ours, mem, letter, err);
    return rc ? err_wrap(err, "our own words") : RC_OK;
}
