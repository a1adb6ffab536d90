#include "gateway/send/self_mail.h"

#include "gateway/practice/mail_relay.h"
#include "gateway/practice/ours.h"
#include "mailer/serial.h"

#define SENT_TEXT "Postcircle sends this mail to itself, to see how it arrives. It can be deleted.\n"

static void note_result(void *ctx, size_t index, const struct transport_result *result)
{
    (void)index;
    *(struct transport_result *)ctx = *result;
}

static enum rc send_wire(struct gate *gate, const struct wire *wire, struct err *err)
{
    CLEANUP(transport_free) struct transport relay = { 0 };
    struct transport_result result = { .outcome = TRANSPORT_NOT_SENT };

    if (mail_relay(gate, &relay, err) || transport_open(&relay, err) ||
        transport_send(&relay, &wire, 1, note_result, &result, err))
        return err_wrap(err, "the relay");
    if (result.outcome != TRANSPORT_ACCEPTED)
        return err_set(err, RC_DENIED, "the relay does not take a mail from us to ourselves: it answers %d",
                       result.code);
    return RC_OK;
}

enum rc self_mail_send(struct gate *gate, const struct self_mail *mail, struct arena *mem, const char **ret_message_id,
                       struct err *err)
{
    CLEANUP(wire_free) struct wire *wire = wire_new();
    const char *const id = arena_printf(mem, "self.%" PRId64 "@%s", id_next(gate->store.ids), gate->facts.domain);
    const struct serial_message message = { .from_name = "Postcircle",
                                            .from_address = ours_write(gate, NULL, NULL, mem),
                                            .subject = "Postcircle looks how mail arrives",
                                            .text = SENT_TEXT,
                                            .automatic = SERIAL_AUTO_GENERATED };
    const struct serial_person person = { .to_address = mail->to,
                                          .envelope_sender = mail->envelope_sender,
                                          .message_id = id,
                                          .date_ms = clock_now_ms(clock_real()) };
    const struct serial_built *built;

    if (serial_build(&message, mem, &built, err) || serial_fill(built, &person, wire, err) ||
        send_wire(gate, wire, err))
        return err->rc;
    *ret_message_id = id;
    return RC_OK;
}
