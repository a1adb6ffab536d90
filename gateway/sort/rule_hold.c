#include "gateway/sort/rule.h"

#include "gateway/note/photo_words.h"
#include "gateway/note/reply_all.h"
#include "gateway/office/provider.h"
#include "gateway/people/identity.h"
#include "gateway/say/receipt.h"
#include "gateway/say/tell.h"
#include "gateway/sort/reply.h"

static bool is_provider_reply(const struct sorting *s, const struct post *p)
{
    return s->sender.person.kind == PERSON_STAFF && p->kind == POST_COMMENT && p->conversation.v;
}

/* A subject that names a number or tells of danger is no title; one about medicine or results is read by the moderator like the text. */
static bool is_subject_plain(const struct sorting *s)
{
    struct triage_result subject;

    sorting_score(s, s->letter.subject, NULL, &subject);
    return subject.tier > 2 && !(subject.flags & (TRIAGE_CONTACT | TRIAGE_UNREAD));
}

static enum rc hold(struct sorting *s, struct err *err)
{
    const bool is_proved = sender_may(&s->sender, SENDER_POST);
    const struct hold in = { .arrival = s->arrival.id,
                             .letter = &s->letter,
                             .sender = &s->sender,
                             .triage = &s->triage,
                             .flags = s->flags | (is_proved ? 0 : POST_FLAG_UNVERIFIED),
                             .is_subject_plain = is_subject_plain(s),
                             .names = s->names,
                             .photos = s->photos.photos,
                             .photo_count = s->photos.count,
                             .has_dropped = s->photos.has_dropped };
    enum rc rc = hold_letter(s->gate, &in, s->mem, &s->held, err);

    s->outcome = s->held.is_repeat ? OUTCOME_DUPLICATE : is_proved ? OUTCOME_HELD : OUTCOME_UNVERIFIED;
    if (!rc && is_proved && s->photos.has_dropped && s->sender.person.kind == PERSON_PATIENT)
        rc = reply_files_left(s, err);
    if (!rc && is_proved)
        rc = reply_all_tell(s->gate, &s->letter, &s->sender, s->mem, err);
    if (rc || !s->held.count)
        return rc;
    if (!is_proved)
        return identity_ask(s->gate, s->arrival.id, &s->letter, &s->sender, &s->held, err);
    if (is_provider_reply(s, &s->held.posts[0]))
        return provider_ask(s->gate, &s->held.posts[0], &s->sender.person, err);
    if (photo_words_ask(s, err))
        return err->rc;
    if (s->sender.mailing.kind == MAILING_RECEIPT)
        return RC_OK; /* a machine that answers receipts would get one for each answer */
    return receipt_send(s->gate, &s->held.posts[0], &s->sender.membership, s->letter.message_id, err);
}

/* A private conversation can never be published: what answers one and no other rule took is for staff alone. */
static enum rc keep_private(struct sorting *s, struct err *err)
{
    const bool is_theirs = !s->sender.delivery.id.v || s->sender.delivery.person.v == s->sender.person.id.v;
    const bool is_proved = is_theirs && sender_may(&s->sender, SENDER_POST);

    if (is_proved && s->sender.person.kind == PERSON_PATIENT)
        return reply_in_private(s, err);
    s->outcome = is_proved ? OUTCOME_STAFF : OUTCOME_UNVERIFIED;
    return sorting_tell(s, is_proved ? TELL_FREE_TEXT : TELL_UNVERIFIED, err);
}

enum rc rule_hold(struct sorting *s, struct err *err)
{
    if (sender_answers_private(&s->sender))
        return keep_private(s, err);
    return hold(s, err);
}
