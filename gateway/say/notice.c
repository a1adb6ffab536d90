#include "gateway/say/notice.h"

#include "gateway/practice/ours.h"
#include "gateway/say/notice_instead.h"
#include "gateway/say/notice_text.h"
#include "gateway/say/render.h"
#include "mailer/encode.h"
#include "store/answered.h"
#include "store/consent.h"
#include "store/delivery.h"
#include "store/membership.h"

#include <assert.h>

/* Who is told, as found in the store. */
struct target {
    struct person person;
    struct membership membership; /* id 0: none */
    struct care_group group;      /* id 0: none */
    struct address_id address;
    bool is_phone; /* the address is one */
};

#define TIMES_A_DAY 5

/* HELP and STOP are always confirmed, at most five times a day each; also to an address that a STOP has just closed. */
static bool is_confirmation(enum mailing_kind kind)
{
    return kind == MAILING_HELP || kind == MAILING_STOPPED;
}

/* A moderator may need several tries; two machines that answer each other come to an end. */
static int64_t max_per_day(enum mailing_kind kind)
{
    return is_confirmation(kind) || kind == MAILING_REVIEW_UNCLEAR || kind == MAILING_DESK_UNCLEAR ||
                   kind == MAILING_VISIT_ANSWER
               ? TIMES_A_DAY
               : 1;
}

/* What may go to a person who never said yes: the invitation and what answers it, HELP and STOP and LEAVE, what to do in danger. */
static bool needs_no_consent(enum mailing_kind kind)
{
    return is_confirmation(kind) || kind == MAILING_INVITATION || kind == MAILING_INVITATION_AGAIN ||
           kind == MAILING_CONSENT_CHECK || kind == MAILING_NOT_YES || kind == MAILING_LEFT ||
           kind == MAILING_LEAVE_CHECK || kind == MAILING_CRISIS_ACK || kind == MAILING_MEDICAL_ACK;
}

/* What may go to staff before their yes: what asks for it, and alarms. Those tell nothing of anybody (gateway/duty/page_mail); their details go to who
 * claims one, by a reply that proves the mailbox. */
static bool is_for_any_staff(enum mailing_kind kind)
{
    return is_confirmation(kind) || kind == MAILING_STAFF_INVITATION || kind == MAILING_STAFF_YES_FIRST ||
           kind == MAILING_NOT_YES || (kind >= MAILING_PAGE && kind <= MAILING_FAULT);
}

/* The same by text, where consent is the number's. */
static enum text_needs text_needs(enum mailing_kind kind)
{
    if (is_confirmation(kind) || kind == MAILING_CRISIS_ACK || kind == MAILING_MEDICAL_ACK)
        return TEXT_NEEDS_NOTHING;
    return kind == MAILING_INVITATION || kind == MAILING_INVITATION_AGAIN || kind == MAILING_CONSENT_CHECK ||
                   kind == MAILING_NOT_YES
               ? TEXT_NEEDS_NO_STOP
               : TEXT_NEEDS_CONSENT;
}

static enum rc check_consent(struct gate *gate, const struct notice *n, const struct person *person, struct err *err)
{
    const bool is_staff = person->kind == PERSON_STAFF;
    bool is_given = true;
    enum rc rc = RC_OK;

    if (is_staff && !n->membership.v && !is_for_any_staff(n->kind))
        rc = consent_of_staff(&gate->store, person->id, &is_given, err);
    if ((!is_staff || n->membership.v) && !needs_no_consent(n->kind)) /* staff may be members of a group too */
        rc = consent_was_given(&gate->store, person->id, &is_given, err);
    return rc || is_given ? rc : err_set(err, RC_NOT_FOUND, "person %" PRId64 " never said yes", person->id.v);
}

bool notice_may_write(struct gate *gate, struct address_id address, enum mailing_kind kind, enum rc *ret_rc,
                      struct err *err)
{
    enum suppression_reason reason;
    enum rc rc = suppression_get(&gate->store, address, &reason, err);

    *ret_rc = rc == RC_NOT_FOUND ? RC_OK : rc;
    if (rc == RC_OK &&
        reason ==
            SUPPRESSED_BOUNCED) /* reports can be forged, and an alarm to nobody is worse than one more that comes back */
        return kind == MAILING_PAGE;
    return rc == RC_NOT_FOUND || (rc == RC_OK && reason == SUPPRESSED_STOP && is_confirmation(kind));
}

static enum rc first_email(struct gate *gate, struct person_id person, struct arena *mem, struct address_id *ret_id,
                           struct err *err)
{
    struct address *addresses = NULL;
    size_t n = 0;
    enum rc rc = person_addresses(&gate->store, person, mem, &addresses, &n, err);

    for (size_t i = 0; !rc && i < n; i++)
        if (addresses[i].kind == ADDRESS_EMAIL && addresses[i].state != ADDRESS_SUSPENDED) {
            *ret_id = addresses[i].id;
            return RC_OK;
        }
    return rc ? rc : err_set(err, RC_NOT_FOUND, "person %" PRId64 " has no email address", person.v);
}

/* Where it was asked for, else where the membership is written to, else the first email address; who has none is told by text. */
static enum rc find_address(struct gate *gate, const struct notice *n, struct arena *mem, struct target *t,
                            struct err *err)
{
    struct address address;
    enum rc rc;

    t->address = n->address.v ? n->address : t->membership.address;
    t->is_phone = !n->address.v && t->membership.channel == CHANNEL_TEXT;
    if (t->address.v && !n->address.v)
        return RC_OK;
    if (t->address.v) {
        rc = address_get(&gate->store, t->address, mem, &address, err);
        t->is_phone = !rc && address.kind == ADDRESS_PHONE;
        return rc;
    }
    rc = first_email(gate, n->person, mem, &t->address, err);
    if (rc != RC_NOT_FOUND || t->person.kind == PERSON_STAFF)
        return rc;
    t->is_phone = true;
    return notice_first_phone(gate, n->person, mem, &t->address, err);
}

static enum rc find_target(struct gate *gate, const struct notice *n, struct arena *mem, struct target *t,
                           struct err *err)
{
    enum rc rc = person_get(&gate->store, n->person, mem, &t->person, err);

    if (!rc && t->person.state != PERSON_ACTIVE) /* has died, was erased, works here no more */
        return err_set(err, RC_NOT_FOUND, "person %" PRId64 " gets no mail", n->person.v);
    if (!rc)
        rc = check_consent(gate, n, &t->person, err);
    if (!rc && n->membership.v)
        rc = membership_get(&gate->store, n->membership, mem, &t->membership, err);
    if (!rc && n->group.v)
        rc = group_get(&gate->store, n->group, mem, &t->group, err);
    if (rc)
        return rc;
    rc = find_address(gate, n, mem, t, err);
    if (!rc && !t->is_phone && !notice_may_write(gate, t->address, n->kind, &rc, err) && !rc)
        rc = err_set(err, RC_NOT_FOUND, "address %" PRId64 " is suppressed", t->address.v);
    return rc;
}

/* A stranger's Message-ID enters a header only when it is a plain one. */
static const char *plain_message_id(const char *id, struct arena *mem)
{
    size_t n;
    char *bare;

    if (!id)
        return NULL;
    if (*id == '<')
        id++;
    n = strcspn(id, "> \t\r\n");
    bare = arena_strndup(mem, id, n < 250 ? n : 0);
    return encode_is_address(bare) ? bare : NULL;
}

static struct slots *head_of(const struct notice *n, const struct target *t, struct arena *mem)
{
    struct slots *slots = slots_new(mem);
    struct slots_head *head = slots_head(slots);

    head->reply = n->reply ? n->reply : t->person.kind == PERSON_STAFF ? TOKEN_DESK : TOKEN_REPLY;
    head->reply_row = n->reply_row;
    head->is_answer = n->is_answer;
    head->in_reply_to = plain_message_id(n->in_reply_to, mem);
    return slots;
}

static enum rc queue(struct gate *gate, const struct notice *n, const struct target *t, struct mailing *mailing,
                     struct delivery_id *ret_delivery, struct err *err)
{
    struct message_subject subject = { .person = n->person, .about = MESSAGE_MAILING };
    struct delivery d = {
        .person = n->person,
        .membership = n->membership,
        .address = t->address,
        .channel = DELIVERY_EMAIL,
        .lane = n->lane > 0 ? (enum lane)n->lane : mailing_default_lane(n->kind),
        .due_ms = n->due_ms ? n->due_ms : gate_now_ms(gate),
    };
    enum rc rc = mailing_add(&gate->store, mailing, err);

    if (rc)
        return rc;
    d.mailing = mailing->id;
    subject.id = mailing->id.v;
    if (!message_id_key(gate->store.ring, 0, &subject, d.message_key))
        return err_set(err, RC_CORRUPT, "practice %" PRId64 " has no key for Message-IDs", gate->store.practice.v);
    rc = delivery_add(&gate->store, &d, err);
    if (!rc && ret_delivery)
        *ret_delivery = d.id;
    return rc;
}

/* One ATTENDEE, who is the reader; ORGANIZER is who the mail is from. */
static enum rc write_calendar(struct gate *gate, const struct notice *n, const struct target *t, const struct render *r,
                              struct arena *mem, struct serial_calendar *ret, struct err *err)
{
    struct invitation_copy invitation = *n->invitation;
    struct invitation_body body;
    struct address address;

    if (address_get(&gate->store, t->address, mem, &address, err))
        return err->rc;
    invitation.attendee = address.value;
    invitation.organizer = ours_write(gate, r->group ? r->group->slug : NULL, NULL, mem);
    invitation.organizer_name = r->group ? r->group->alias : gate->facts.name;
    if (invitation_write(&invitation, mem, &body, err))
        return err_wrap(err, "calendar object");
    *ret = (struct serial_calendar){ body.text, body.len, body.is_ascii, invitation_method_name(invitation.method) };
    return RC_OK;
}

static enum rc copy_values(const struct json *values, struct json **ret_copy, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(JSON_MAX_BYTES);

    if (!values) {
        *ret_copy = json_object_new();
        return RC_OK;
    }
    json_print(values, false, &text);
    return json_parse(strbuf_peek(&text), text.len, ret_copy, err);
}

/* Where the text cannot go, and it was not asked for on that very phone, the mail that they said yes to: t is that then, and values are whole. */
static enum rc by_text(struct gate *gate, const struct notice *notice, struct target *t, struct json **values,
                       struct err *err)
{
    const struct notice_phone phone = { &t->person, t->address, text_needs(notice->kind) };
    CLEANUP(json_free) struct json *copy = NULL;
    struct err why;
    enum rc rc;

    if (notice->address.v || !t->membership.id.v)
        return notice_by_text(gate, notice, &phone, values, err);
    if (copy_values(*values, &copy, err))
        return err->rc;
    rc = notice_by_text(gate, notice, &phone, values, err);
    if (rc != RC_NOT_FOUND)
        return rc;
    rc = notice_instead(gate, notice->person, t->membership.id, notice->kind, &t->address, &why);
    if (rc)
        return rc == RC_NOT_FOUND ? err->rc : err_set(err, rc, "%s", why.msg);
    t->is_phone = false;
    *values = MOVE(copy);
    return RC_OK;
}

enum rc notice_queue(struct gate *gate, struct notice *notice, struct delivery_id *ret_delivery, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("notice");
    CLEANUP(json_free) struct json *values = notice->values ? MOVE(notice->values) : json_object_new();
    struct target t = { .address = { 0 } };
    struct serial_calendar calendar;
    struct mailing mailing;
    enum rc rc;

    assert(db_in_tx(gate->store.db));
    rc = find_target(gate, notice, mem, &t, err);
    if (!rc && notice->is_once_a_day)
        rc = answered_take(&gate->store, notice->person, notice->kind, notice->subject_id, max_per_day(notice->kind),
                           err);
    if (rc)
        return err_wrap(err, "notice %s", mailing_template_name(notice->kind));

    const char *name = t.membership.id.v ? t.membership.name : render_first_name(t.person.name, mem);

    if (!json_find(values, "first_name"))
        json_set_str(values, "first_name", name);
    if (t.group.id.v && !json_find(values, "group_name"))
        json_set_str(values, "group_name", t.group.alias);
    if (t.is_phone) {
        rc = by_text(gate, notice, &t, &values, err);
        if (rc || t.is_phone)
            return rc;
    }

    const bool is_by_group = t.group.id.v && t.person.kind != PERSON_STAFF;
    struct render render = { .kind = notice->kind,
                             .language = t.person.language,
                             .format = t.person.format,
                             .group = is_by_group ? &t.group : NULL,
                             .slots = head_of(notice, &t, mem) };

    if (notice->pictures)
        *slots_pictures(render.slots) = *notice->pictures;
    if (notice->invitation) {
        if (write_calendar(gate, notice, &t, &render, mem, &calendar, err))
            return err->rc;
        render.calendar = &calendar;
    }
    render.values = MOVE(values);
    rc = render_mailing(gate, &render, mem, &mailing, err);
    if (rc)
        return rc;
    mailing.group = notice->group;
    mailing.subject_id = notice->subject_id;
    return queue(gate, notice, &t, &mailing, ret_delivery, err);
}

enum rc notice_staff(struct gate *gate, enum mailing_kind kind, int64_t subject_id, struct group_id group,
                     struct json *values, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("notice_staff");
    struct person *staff = NULL;
    size_t n = 0, told = 0;
    enum rc rc = person_staff(&gate->store, mem, &staff, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        struct notice notice = { .kind = kind, .person = staff[i].id, .group = group, .subject_id = subject_id };

        if (staff[i].role < STAFF_MODERATOR)
            continue;
        rc = copy_values(values, &notice.values, err);
        if (!rc)
            rc = notice_queue(gate, &notice, NULL, err);
        told += rc == RC_OK;
        if (rc == RC_NOT_FOUND)
            rc = RC_OK;
    }
    if (!rc && told == 0)
        rc = err_set(err, RC_NOT_FOUND, "no staff member could be told");
    return rc;
}
