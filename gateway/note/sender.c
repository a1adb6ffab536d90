#include "gateway/note/sender.h"

#include "base/text.h"
#include "gateway/note/letter_code.h"

/* RC_NOT_FOUND is an answer here, not a failure. */
static enum rc maybe(enum rc rc)
{
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum letter_proof proof_of(const struct letter *letter)
{
    const char *at = strrchr(letter->from, '@');
    const bool is_of_from = at && text_equals(at + 1, letter->auth_domain);

    switch (letter->auth) {
    case LETTER_AUTH_PASS:
    case LETTER_AUTH_INSIDE: /* the provider of both mailboxes saw its writer sign in: no less than DMARC says */
        return is_of_from ? PROOF_DMARC : PROOF_NONE;
    case LETTER_AUTH_ALIGNED:
        return is_of_from ? PROOF_ALIGNED : PROOF_NONE;
    case LETTER_AUTH_FAIL:
        return PROOF_FAILED;
    default:
        return PROOF_NONE;
    }
}

static bool is_report(const struct letter *letter)
{
    return letter->kind == LETTER_REPORT || letter->kind == LETTER_COMPLAINT;
}

/* The other tokens stand in the letter for all to read who get to see it; a report comes to the envelope's. */
static bool tells(const struct letter *letter, enum token_purpose purpose)
{
    return !is_report(letter) || purpose == TOKEN_BOUNCE;
}

static enum rc take_address(struct gate *gate, const struct letter *letter, const char *address, struct arena *mem,
                            struct sender *s, struct err *err)
{
    const struct ours o = ours_read(gate, address, mem);

    if (o.kind == OURS_NOT)
        return RC_OK;
    if (o.has_token && !s->token.purpose && tells(letter, o.token.purpose)) {
        s->token = o.token;
        s->ref = REF_TOKEN;
    }
    s->has_bad_token |= o.has_bad_token;
    s->is_to_desk |= o.kind == OURS_DESK_ADDRESS;
    s->is_to_mailbox |= o.kind == OURS_MAILBOX;
    if (o.kind != OURS_GROUP || s->group.id.v)
        return RC_OK;
    s->is_to_nobody = true;
    return maybe(group_by_slug(&gate->store, o.slug, mem, &s->group, err));
}

/* The envelope first: it is what the border really delivered to. */
static enum rc read_recipients(struct gate *gate, const struct letter *letter, const char *envelope_to,
                               struct arena *mem, struct sender *s, struct err *err)
{
    enum rc rc = RC_OK;

    if (is_report(letter) &&
        gate->facts.has_plain_envelope) /* what it was sent to, the relay chose: what it quotes counts */
        return RC_OK;
    if (envelope_to)
        rc = take_address(gate, letter, envelope_to, mem, s, err);
    for (size_t i = 0; !rc && i < letter->recipient_count; i++)
        rc = take_address(gate, letter, letter->recipients[i].address, mem, s, err);
    if (s->group.id.v)
        s->is_to_nobody = false;
    if (s->is_to_mailbox && !s->group.id.v && !s->is_to_nobody && !s->token.purpose)
        s->is_to_desk = true; /* a server took the rest of the address, or there was none */
    return rc;
}

static enum rc find_message(struct gate *gate, const char *id, struct arena *mem, struct sender *s, struct err *err)
{
    unsigned char key[MESSAGE_KEY_BYTES];

    if (s->delivery.id.v || !message_id_read(id, strlen(id), gate->facts.domain, key))
        return RC_OK;
    s->is_old = true; /* until it is found */
    return maybe(delivery_find_message(&gate->store, key, mem, &s->delivery, err));
}

static bool is_delivery_token(enum token_purpose purpose)
{
    return purpose == TOKEN_REPLY || purpose == TOKEN_ITEM || purpose == TOKEN_BOUNCE || purpose == TOKEN_REVIEW ||
           purpose == TOKEN_DESK || purpose == TOKEN_RSVP || purpose == TOKEN_PRIVATE || purpose == TOKEN_CHECK_IN;
}

/* By our Message-IDs: In-Reply-To, then References from the newest. */
static enum rc find_by_message_id(struct gate *gate, const struct letter *letter, struct arena *mem, struct sender *s,
                                  struct err *err)
{
    enum rc rc = find_message(gate, letter->in_reply_to, mem, s, err);

    for (size_t i = letter->reference_count; !rc && i-- > 0;)
        rc = find_message(gate, letter->references[i], mem, s, err);
    return rc;
}

/* What the letter answers: token, then Message-IDs. The token of an invitation names no copy: our words in it are known by its Message-ID. */
static enum rc find_context(struct gate *gate, const struct letter *letter, struct arena *mem, struct sender *s,
                            struct err *err)
{
    enum rc rc = RC_OK;

    if (is_delivery_token(s->token.purpose)) {
        s->is_old = true;
        rc = maybe(delivery_get(&gate->store, (struct delivery_id){ s->token.row_id }, mem, &s->delivery, err));
    } else if (s->token.purpose == TOKEN_CONFIRM)
        rc = maybe(invitation_get(&gate->store, (struct invitation_id){ s->token.row_id }, mem, &s->invitation, err));
    else if (s->token.purpose == TOKEN_UNSUBSCRIBE)
        rc = maybe(membership_get(&gate->store, (struct membership_id){ s->token.row_id }, mem, &s->membership, err));
    if (!rc && (!s->token.purpose || s->invitation.id.v))
        rc = find_by_message_id(gate, letter, mem, s, err);
    if (s->invitation.id.v) { /* whoever holds it; a Message-ID makes them nobody else */
        s->is_old = false;
        if (s->delivery.person.v != s->invitation.person.v)
            s->delivery = (struct delivery){ .id = { 0 } };
    } else if (!s->token.purpose && s->delivery.id.v)
        s->ref = REF_MESSAGE_ID;
    s->is_old &= !s->delivery.id.v;
    return rc;
}

/* Reply-To ignored and References stripped: only the quote is left. */
static enum rc find_code(struct gate *gate, const struct letter *letter, struct arena *mem, struct sender *s,
                         struct err *err)
{
    enum rc rc;

    if (s->token.purpose || s->delivery.id.v || !s->people_count || is_report(letter))
        return RC_OK;
    rc = letter_code_find(gate, letter->body, s->people, s->people_count, mem, &s->delivery, err);
    if (rc)
        return maybe(rc);
    s->ref = REF_CODE;
    s->is_old = false;
    return RC_OK;
}

static enum rc find_mailing(struct gate *gate, struct arena *mem, struct sender *s, struct err *err)
{
    return s->delivery.mailing.v ? maybe(mailing_get(&gate->store, s->delivery.mailing, mem, &s->mailing, err)) : RC_OK;
}

/* Everybody who uses the From address. */
static enum rc find_people(struct gate *gate, const struct letter *letter, struct arena *mem, struct sender *s,
                           struct err *err)
{
    struct person *people = NULL;
    enum rc rc = maybe(address_find(&gate->store, ADDRESS_EMAIL, letter->from, mem, &s->address, err));

    if (!rc && s->address.id.v)
        rc = person_by_address(&gate->store, s->address.id, mem, &people, &s->people_count, err);
    s->people = people;
    return rc;
}

/* Written to one group's own address under a letter of another: who typed the address meant that group. A token is an address itself. */
static void forget_context(struct sender *s)
{
    s->delivery = (struct delivery){ .id = { 0 } };
    s->mailing = (struct mailing){ .id = { 0 } };
    s->ref = REF_NONE;
    s->is_other_group = true;
}

/* The group that the context speaks of, when the address named none. */
static enum rc find_group(struct gate *gate, struct arena *mem, struct sender *s, struct err *err)
{
    struct membership m = s->membership;
    struct group_id id = s->mailing.group;
    enum rc rc = RC_OK;

    if (!id.v && s->invitation.membership.v)
        rc = maybe(membership_get(&gate->store, s->invitation.membership, mem, &m, err));
    if (!id.v && !rc && !m.id.v && s->delivery.membership.v)
        rc = maybe(membership_get(&gate->store, s->delivery.membership, mem, &m, err));
    if (!id.v)
        id = m.group;
    if (rc || !id.v || s->group.id.v == id.v)
        return rc;
    if (s->group.id.v && (s->ref == REF_MESSAGE_ID || s->ref == REF_CODE)) {
        forget_context(s);
        return RC_OK;
    }
    return maybe(group_get(&gate->store, id, mem, &s->group, err));
}

static struct person_id context_person(const struct sender *s)
{
    if (s->delivery.person.v && s->ref != REF_CODE)
        return s->delivery.person;
    if (s->invitation.person.v)
        return s->invitation.person;
    return s->membership.person;
}

static enum rc find_person(struct gate *gate, struct arena *mem, struct sender *s, struct err *err)
{
    const struct person_id wanted = context_person(s);

    for (size_t i = 0; i < s->people_count; i++)
        if (s->people[i].id.v == wanted.v || (!wanted.v && s->people_count == 1))
            s->person = s->people[i];
    if (s->person.id.v)
        return RC_OK;
    if (!wanted.v) {
        s->is_ambiguous = s->people_count > 1;
        return RC_OK;
    }
    s->is_other_address = true;
    return maybe(person_get(&gate->store, wanted, mem, &s->person, err));
}

static enum rc find_membership(struct gate *gate, struct arena *mem, struct sender *s, struct err *err)
{
    s->membership = (struct membership){ 0 };
    if (!s->person.id.v || !s->group.id.v)
        return RC_OK;
    return maybe(membership_find(&gate->store, s->group.id, s->person.id, mem, &s->membership, err));
}

/* Of several people at one address, those in the group count: a couple of which one is a member is no question. */
static enum rc narrow_to_group(struct gate *gate, struct arena *mem, struct sender *s, struct err *err)
{
    struct person only = { 0 };
    size_t members = 0;

    if (!s->is_ambiguous || !s->group.id.v)
        return RC_OK;
    for (size_t i = 0; i < s->people_count; i++) {
        struct membership m;
        const enum rc rc = membership_find(&gate->store, s->group.id, s->people[i].id, mem, &m, err);

        if (rc && rc != RC_NOT_FOUND)
            return rc;
        if (rc == RC_OK && m.state != MEMBER_LEFT && m.state != MEMBER_REMOVED) {
            only = s->people[i];
            members++;
        }
    }
    if (members == 1) {
        s->person = only;
        s->is_ambiguous = false;
    }
    return RC_OK;
}

enum rc sender_resolve(struct gate *gate, const struct letter *letter, const char *envelope_to, struct arena *mem,
                       struct sender *ret_sender, struct err *err)
{
    struct sender s = { .proof = proof_of(letter) };
    enum rc rc = read_recipients(gate, letter, envelope_to, mem, &s, err);

    if (!rc)
        rc = find_context(gate, letter, mem, &s, err);
    if (!rc)
        rc = find_people(gate, letter, mem, &s, err);
    if (!rc)
        rc = find_code(gate, letter, mem, &s, err);
    if (!rc)
        rc = find_mailing(gate, mem, &s, err);
    if (!rc)
        rc = find_group(gate, mem, &s, err);
    if (!rc)
        rc = find_person(gate, mem, &s, err);
    if (!rc)
        rc = narrow_to_group(gate, mem, &s, err);
    if (!rc)
        rc = find_membership(gate, mem, &s, err);
    if (rc)
        return err_wrap(err, "sender");
    *ret_sender = s;
    return RC_OK;
}

enum rc sender_pick(struct gate *gate, struct sender *sender, struct person_id person, struct arena *mem,
                    struct err *err)
{
    for (size_t i = 0; i < sender->people_count; i++)
        if (sender->people[i].id.v == person.v) {
            sender->person = sender->people[i];
            sender->is_ambiguous = false;
            return find_membership(gate, mem, sender, err);
        }
    return err_set(err, RC_NOT_FOUND, "person %" PRId64 " does not use that address", person.v);
}

bool sender_answers_group(const struct sender *s)
{
    const enum mailing_kind about = s->mailing.kind;

    return s->delivery.issue.v || about == MAILING_POST || about == MAILING_COMMENT || about == MAILING_ANNOUNCEMENT ||
           about == MAILING_CORRECTION;
}

bool sender_answers_private(const struct sender *s)
{
    return mailing_is_private(s->mailing.kind) || s->token.purpose == TOKEN_PRIVATE ||
           s->token.purpose == TOKEN_CHECK_IN;
}

bool sender_is_proved(const struct sender *s)
{
    return s->proof == PROOF_DMARC || s->proof == PROOF_ALIGNED;
}

bool sender_may(const struct sender *s, enum sender_act act)
{
    const bool is_own = s->person.id.v && !s->is_other_address && !s->is_ambiguous;

    switch (act) {
    case SENDER_POST:
        return is_own && sender_is_proved(s);
    case SENDER_DECIDE:
        return is_own && s->person.kind == PERSON_STAFF && s->person.state == PERSON_ACTIVE &&
               s->proof == PROOF_DMARC && s->ref == REF_TOKEN;
    case SENDER_ANSWER:
        return s->ref == REF_TOKEN && s->person.id.v;
    case SENDER_LEAVE:
        return (s->ref == REF_TOKEN && s->person.id.v) || (is_own && sender_is_proved(s));
    }
    return false;
}
