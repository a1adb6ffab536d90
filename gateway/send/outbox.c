#include "gateway/send/outbox.h"

#include "gateway/digest/digest.h"
#include "gateway/note/letter_code.h"
#include "gateway/practice/ours.h"
#include "gateway/say/notice.h"
#include "gateway/say/render.h"
#include "gateway/say/slots.h"
#include "gateway/send/tls.h"
#include "store/membership.h"

/* A rendering, loaded: of a mailing, or of an issue's range. */
struct kept {
    struct mailing_rendering which; /* issue 0: by mailing */
    struct mailing_id mailing;
    enum mailing_kind kind;
    const struct serial_built *built;
    struct slots *slots;
    struct arena *mem; /* NULL: free place */
    int64_t used;
};

/* The tags of tagged announcements in an issue's range. */
struct kept_tags {
    struct issue_id issue;
    int64_t version, from_seq;
    const char **tags;
    size_t n;
    struct arena *mem;
};

struct outbox {
    struct gate *gate;
    struct kept kept[OUTBOX_KEPT];
    struct kept_tags tags;
    int64_t uses;
};

/* Who reads it. */
struct reader {
    struct person person;
    struct membership membership; /* id 0: none */
    struct address address;
};

struct outbox *outbox_new(struct gate *gate)
{
    struct outbox *o = calloc(1, sizeof(*o));

    if (!o)
        abort();
    o->gate = gate;
    return o;
}

void outbox_free(struct outbox **outbox)
{
    struct outbox *o = *outbox;

    if (!o)
        return;
    for (size_t i = 0; i < OUTBOX_KEPT; i++)
        arena_free(&o->kept[i].mem);
    arena_free(&o->tags.mem);
    free(o);
    *outbox = NULL;
}

/* --- renderings ------------------------------------------------------------------------------------------------------------------- */

static bool is_same_rendering(const struct mailing_rendering *a, const struct mailing_rendering *b)
{
    return a->issue.v == b->issue.v && a->version == b->version && a->language == b->language &&
           a->format == b->format && a->from_seq == b->from_seq && a->audience == b->audience && a->part == b->part;
}

static struct kept *find_kept(struct outbox *o, const struct mailing_rendering *which, struct mailing_id mailing)
{
    for (size_t i = 0; i < OUTBOX_KEPT; i++) {
        struct kept *k = &o->kept[i];

        if (k->mem &&
            (which->issue.v ? is_same_rendering(&k->which, which) : !k->which.issue.v && k->mailing.v == mailing.v)) {
            k->used = ++o->uses;
            return k;
        }
    }
    return NULL;
}

static struct kept *oldest(struct outbox *o)
{
    struct kept *k = &o->kept[0];

    for (size_t i = 1; i < OUTBOX_KEPT; i++)
        if (o->kept[i].used < k->used)
            k = &o->kept[i];
    return k;
}

static enum rc load(struct outbox *o, const struct mailing_rendering *which, const struct mailing *m,
                    struct kept **ret_kept, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("outbox_kept");
    struct kept fresh = { .which = *which, .mailing = m->id, .kind = m->kind, .used = ++o->uses };
    struct kept *k = oldest(o);
    enum rc rc = serial_load(m->built, m->built_len, mem, &fresh.built, err);

    if (!rc)
        rc = slots_read(m->slots, mem, &fresh.slots, err);
    if (rc)
        return err_wrap(err, "mailing %" PRId64, m->id.v);
    arena_free(&k->mem);
    fresh.mem = MOVE(mem);
    *k = fresh;
    *ret_kept = k;
    return RC_OK;
}

static enum rc tags_of(struct outbox *o, const struct issue *issue, int64_t from_seq, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = NULL;
    struct kept_tags fresh = { .issue = issue->id, .version = issue->version, .from_seq = from_seq };
    enum rc rc;

    if (o->tags.mem && o->tags.issue.v == issue->id.v && o->tags.version == issue->version &&
        o->tags.from_seq == from_seq)
        return RC_OK;
    mem = arena_new("outbox_tags");
    rc = digest_tags(o->gate, issue, from_seq, mem, &fresh.tags, &fresh.n, err);
    if (rc)
        return rc;
    arena_free(&o->tags.mem);
    fresh.mem = MOVE(mem);
    o->tags = fresh;
    return RC_OK;
}

static enum rc rendering_of_issue(struct outbox *o, const struct delivery *d, const struct reader *r, struct arena *mem,
                                  struct kept **ret_kept, struct err *err)
{
    struct mailing_rendering which = { .issue = d->issue,
                                       .language = r->person.language,
                                       .format = r->person.format,
                                       .from_seq = d->from_seq,
                                       .part = d->part };
    struct mailing m;
    struct issue issue;
    enum rc rc = issue_get(&o->gate->store, d->issue, &issue, err);

    if (!rc)
        rc = tags_of(o, &issue, d->from_seq, err);
    if (!rc)
        rc = digest_audience(o->gate, d->membership, o->tags.tags, o->tags.n, mem, &which.audience, err);
    if (rc)
        return rc;
    which.version = issue.version;
    *ret_kept = find_kept(o, &which, (struct mailing_id){ 0 });
    if (*ret_kept)
        return RC_OK;
    rc = digest_rendering(o->gate, &issue, &which, mem, &m, err);
    return rc ? rc : load(o, &which, &m, ret_kept, err);
}

static enum rc rendering_of(struct outbox *o, const struct delivery *d, const struct reader *r, struct arena *mem,
                            struct kept **ret_kept, struct err *err)
{
    const struct mailing_rendering none = { .issue = { 0 } };
    struct mailing m;
    enum rc rc;

    if (d->issue.v)
        return rendering_of_issue(o, d, r, mem, ret_kept, err);
    *ret_kept = find_kept(o, &none, d->mailing);
    if (*ret_kept)
        return RC_OK;
    rc = mailing_get(&o->gate->store, d->mailing, mem, &m, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, RC_CORRUPT, "delivery %" PRId64 " has no mailing", d->id.v);
    return rc ? rc : load(o, &none, &m, ret_kept, err);
}

/* --- one reader ------------------------------------------------------------------------------------------------------------------- */

static enum rc read_reader(struct gate *gate, const struct delivery *d, struct arena *mem, struct reader *r,
                           struct err *err)
{
    enum rc rc = person_get(&gate->store, d->person, mem, &r->person, err);

    if (!rc)
        rc = address_get(&gate->store, d->address, mem, &r->address, err);
    if (!rc && d->membership.v)
        rc = membership_get(&gate->store, d->membership, mem, &r->membership, err);
    return rc;
}

struct copy {
    struct gate *gate;
    const struct delivery *d;
    const struct reader *r;
    const struct slots_head *head;
    int64_t date_ms;
    enum serial_tls tls;
    bool is_archive; /* nobody's copy: no tokens, no name */
    struct arena *mem;
};

static const char *address_with(const struct copy *c, enum token_purpose purpose, int64_t row, int ordinal)
{
    const struct token token = { .purpose = purpose, .row_id = row, .ordinal = ordinal };

    return ours_write(c->gate, *c->head->slug ? c->head->slug : NULL, c->is_archive ? NULL : &token, c->mem);
}

/* Bounces come back to it. */
static const char *envelope_sender(const struct copy *c)
{
    if (c->head->is_answer)
        return "";
    if (c->gate->facts.has_plain_envelope)
        return ours_write(c->gate, *c->head->slug ? c->head->slug : NULL, NULL, c->mem);
    return address_with(c, TOKEN_BOUNCE, c->d->id.v, 0);
}

static const char *reply_address(const struct copy *c)
{
    return address_with(c, c->head->reply, c->head->reply_row ? c->head->reply_row : c->d->id.v, 0);
}

static const char *unsubscribe_address(const struct copy *c)
{
    return address_with(c, TOKEN_UNSUBSCRIBE, c->d->membership.v, 0);
}

static const char *value_of(const struct copy *c, const struct slot_meaning *m)
{
    switch (m->kind) {
    case SLOT_FIRST_NAME:
        if (c->is_archive)
            return "…";
        return c->r->membership.id.v ? c->r->membership.name : render_first_name(c->r->person.name, c->mem);
    case SLOT_REPLY:
        return reply_address(c);
    case SLOT_UNSUBSCRIBE:
        return unsubscribe_address(c);
    case SLOT_ITEM:
        return address_with(c, TOKEN_ITEM, c->d->id.v, (int)m->id);
    case SLOT_CODE:
        return letter_code_text(c->d->message_key, c->mem);
    case SLOT_WHO:
        return m->id == c->d->person.v && !c->is_archive ? m->own : m->name;
    }
    return NULL;
}

/* This person's own copy of the opener, under whichever key it was named; NULL when they never got one. */
static enum rc thread_of(const struct copy *c, const char **ret_id, struct err *err)
{
    const struct message_subject subject = { .person = c->d->person, .about = MESSAGE_POST, .id = c->head->thread.v };
    unsigned char key[MESSAGE_KEY_BYTES];
    struct delivery opener;

    *ret_id = NULL;
    for (size_t nth = 0; c->head->thread.v && message_id_key(c->gate->store.ring, nth, &subject, key); nth++) {
        enum rc rc = delivery_find_message(&c->gate->store, key, c->mem, &opener, err);
        if (rc == RC_OK)
            *ret_id = message_id_text(key, c->gate->facts.domain, c->mem);
        if (rc != RC_NOT_FOUND)
            return rc;
    }
    return RC_OK;
}

static enum rc fill(const struct copy *c, const struct kept *k, struct wire *wire, struct err *err)
{
    const char **values = ARENA_ARRAY(c->mem, slots_count(k->slots) + 1, const char *);
    const bool has_unsubscribe = c->d->membership.v && c->r->person.kind == PERSON_PATIENT;
    const char *thread = NULL;
    struct serial_person p = {
        .to_address = c->r->address.value,
        .envelope_sender = envelope_sender(c),
        .reply_to = reply_address(c),
        .message_id = message_id_text(c->d->message_key, c->gate->facts.domain, c->mem),
        .tls = c->tls,
        .date_ms = c->date_ms,
        .values = values,
        .value_count = slots_count(k->slots),
    };
    enum rc rc = thread_of(c, &thread, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < slots_count(k->slots); i++)
        values[i] = value_of(c, slots_at(k->slots, i));
    p.in_reply_to = thread ? thread : c->head->in_reply_to;
    p.references = &p.in_reply_to;
    p.reference_count = p.in_reply_to ? 1 : 0;
    if (has_unsubscribe)
        p.unsubscribe_mailto = arena_printf(c->mem, "mailto:%s?subject=LEAVE", unsubscribe_address(c));
    return serial_fill(k->built, &p, wire, err);
}

static enum rc fill_newest(struct outbox *outbox, const struct delivery *d, int64_t date_ms, struct wire *wire,
                           struct mailing_id *ret_mailing, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("outbox_fill");
    struct reader r = { .membership = { .id = { 0 } } };
    struct copy copy = { .gate = outbox->gate, .d = d, .r = &r, .date_ms = date_ms, .mem = mem };
    struct kept *k = NULL;
    enum rc rc = read_reader(outbox->gate, d, mem, &r, err);

    if (!rc && r.person.state == PERSON_DIED)
        rc = err_set(err, RC_NOT_FOUND, "person %" PRId64 " gets no mail", d->person.v);
    if (!rc)
        rc = rendering_of(outbox, d, &r, mem, &k, err);
    if (!rc && !notice_may_write(outbox->gate, d->address, k->kind, &rc, err) && !rc)
        rc = err_set(err, RC_NOT_FOUND, "address %" PRId64 " is suppressed", d->address.v);
    if (rc)
        return err_wrap(err, "delivery %" PRId64, d->id.v);
    *ret_mailing = k->mailing;
    copy.head = slots_head(k->slots);
    if (k->kind != MAILING_PLEASE_CALL) /* which says nothing that needs it */
        copy.tls = tls_of_copy(outbox->gate, &r.person, &r.address);
    rc = fill(&copy, k, wire, err);
    return rc ? err_wrap(err, "delivery %" PRId64, d->id.v) : RC_OK;
}

enum rc outbox_fill(struct outbox *outbox, const struct delivery *d, struct wire *wire, struct err *err)
{
    struct mailing_id mailing;

    return fill_newest(outbox, d, gate_now_ms(outbox->gate), wire, &mailing, err);
}

static void hash_of(const struct wire *wire, unsigned char hash[CRYPT_HASH_BYTES])
{
    size_t n;
    const char *bytes = wire_bytes(wire, &n);

    crypt_hash(bytes, n, hash);
}

enum rc outbox_fill_noting(struct outbox *outbox, struct delivery *d, struct wire *wire, struct err *err)
{
    const int64_t now_ms = gate_now_ms(outbox->gate);
    struct mailing_id mailing;
    enum rc rc = fill_newest(outbox, d, now_ms, wire, &mailing, err);

    if (rc)
        return rc;
    d->mailing = mailing;
    d->copy_ms = now_ms;
    hash_of(wire, d->copy_hash);
    return RC_OK;
}

/* The rendering that left, and who read it. */
static enum rc load_sent(struct outbox *outbox, const struct delivery *d, struct arena *mem, struct reader *r,
                         struct kept **ret_kept, struct err *err)
{
    const struct mailing_rendering none = { .issue = { 0 } };
    struct mailing m;
    struct kept *k;
    enum rc rc = RC_OK;

    if (!d->copy_ms || !d->mailing.v)
        return err_set(err, RC_NOT_FOUND, "delivery %" PRId64 ": no copy has left", d->id.v);
    k = find_kept(outbox, &none, d->mailing);
    if (!k && !(rc = mailing_get(&outbox->gate->store, d->mailing, mem, &m, err)))
        rc = m.built_len ? load(outbox, &none, &m, &k, err)
                         : err_set(err, RC_NOT_FOUND, "delivery %" PRId64 ": its words are erased", d->id.v);
    if (!rc)
        rc = read_reader(outbox->gate, d, mem, r, err);
    *ret_kept = k;
    return rc;
}

enum rc outbox_refill(struct outbox *outbox, const struct delivery *d, struct wire *wire, bool *ret_is_same,
                      struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("outbox_refill");
    struct reader r = { .membership = { .id = { 0 } } };
    struct copy copy = { .gate = outbox->gate, .d = d, .r = &r, .date_ms = d->copy_ms, .mem = mem };
    unsigned char hash[CRYPT_HASH_BYTES];
    struct kept *k = NULL;
    enum rc rc = load_sent(outbox, d, mem, &r, &k, err);

    if (rc)
        return rc;
    copy.head = slots_head(k->slots);
    rc = fill(&copy, k, wire, err);
    if (rc)
        return err_wrap(err, "delivery %" PRId64, d->id.v);
    hash_of(wire, hash);
    *ret_is_same = !memcmp(hash, d->copy_hash, sizeof hash);
    return RC_OK;
}

enum rc outbox_show(struct outbox *outbox, const struct delivery *d, struct wire *wire, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("outbox_show");
    struct reader r = { .membership = { .id = { 0 } } };
    struct copy c = { .gate = outbox->gate, .d = d, .r = &r, .date_ms = d->copy_ms, .is_archive = true, .mem = mem };
    struct kept *k = NULL;
    enum rc rc = load_sent(outbox, d, mem, &r, &k, err);
    const char **values;
    struct serial_person p;

    if (rc)
        return rc;
    c.head = slots_head(k->slots);
    values = ARENA_ARRAY(mem, slots_count(k->slots) + 1, const char *);
    for (size_t i = 0; i < slots_count(k->slots); i++)
        values[i] = value_of(&c, slots_at(k->slots, i));
    p = (struct serial_person){ .to_address = address_with(&c, TOKEN_REPLY, 0, 0),
                                .envelope_sender = "",
                                .message_id = arena_printf(mem, "mailing-%" PRId64 "@%s", d->mailing.v,
                                                           outbox->gate->facts.domain),
                                .date_ms = d->copy_ms,
                                .values = values,
                                .value_count = slots_count(k->slots) };
    return serial_fill(k->built, &p, wire, err);
}
