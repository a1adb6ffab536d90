#include "gateway/people/identity.h"

#include "gateway/note/review.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "store/audit.h"

/* "Tom Baker, Harold Hill"; "" when the address is nobody's. */
static const char *owners_text(const struct sender *sender, struct arena *mem)
{
    const char *text = "";

    for (size_t i = 0; i < sender->people_count; i++)
        text = arena_printf(mem, "%s%s%s", text, *text ? ", " : "", sender->people[i].name);
    return text;
}

static const char *proof_word(enum letter_proof proof)
{
    return proof == PROOF_FAILED ? "is_failed" : "is_missing";
}

static char *data_text(const struct letter *letter, const struct sender *sender, const struct held *held, bool is_other,
                       struct arena *mem)
{
    CLEANUP(json_free) struct json *data = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 16);
    struct json *posts = json_array_new();

    for (size_t i = 0; i < held->count; i++) {
        struct json *post = json_object_new();

        json_set_int(post, "id", held->posts[i].id.v);
        json_push(posts, &post);
    }
    json_set(data, "posts", &posts);
    json_set_str(data, "address", letter->from);
    json_set_int(data, "person", sender->person.id.v);
    json_set_bool(data, "other_address", is_other);
    json_print(data, false, &out);
    return arena_strdup(mem, strbuf_peek(&out));
}

enum rc identity_ask(struct gate *gate, struct arrival_id arrival, const struct letter *letter,
                     const struct sender *sender, const struct held *held, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("identity");
    const bool is_other = sender->is_other_address && sender->ref == REF_TOKEN && sender_is_proved(sender) &&
                          !sender->people_count; /* any other is never added: call, and ask */
    struct question question = { .kind = QUESTION_ALSO_THIS, .subject_id = arrival.v };
    struct notice notice = { .kind = is_other ? MAILING_ALSO_THIS_PERSON : MAILING_UNVERIFIED_NOTE,
                             .reply = TOKEN_DESK,
                             .group = sender->group.id,
                             .lane = -1 };
    struct person *staff;
    size_t n;
    enum rc rc = office_duty(gate, mem, &staff, &n, err);

    if (rc || !n)
        return rc; /* nobody on duty: the note waits, doctor is red */
    question.person = notice.person = staff[0].id;
    question.data = data_text(letter, sender, held, is_other, mem);
    rc = question_add(&gate->store, &question, err);
    if (rc)
        return rc;
    notice.subject_id = question.id.v;
    notice.values = json_object_new();
    json_set_str(notice.values, "person", sender->person.name);
    json_set_str(notice.values, "phone", sender->person.phone ? sender->person.phone : "");
    json_set_str(notice.values, "address", letter->from);
    json_set_str(notice.values, "text", letter->text);
    json_set_str(notice.values, "when", phrase_moment(gate, staff[0].language, NULL, gate_now_ms(gate), mem));
    json_set_bool(notice.values, "is_other_address", sender->is_other_address);
    json_set_str(notice.values, "owners", owners_text(sender, mem));
    if (!sender_is_proved(sender))
        json_set_bool(notice.values, proof_word(sender->proof), true);
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc add_address(struct gate *gate, struct person_id person, const char *value, const struct person *staff,
                           struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("identity_address");
    struct address address, *known;
    size_t n;
    enum rc rc = address_ensure(&gate->store, ADDRESS_EMAIL, value, mem, &address, err);

    if (!rc)
        rc = person_addresses(&gate->store, person, mem, &known, &n, err);
    if (!rc)
        rc = person_link_address(&gate->store, person, address.id, (int64_t)n + 1, err);
    if (!rc)
        rc = audit_append(&gate->store,
                          &(struct audit_entry){ .who = { AUDIT_STAFF, staff->id.v, AUDIT_WAY_EMAIL },
                                                 .verb = AUDIT_ADDRESS_ADDED,
                                                 .item_kind = AUDIT_ITEM_PERSON,
                                                 .item_id = person.v,
                                                 .new_value = value },
                          err);
    return rc;
}

static enum rc settle_post(struct gate *gate, struct post_id id, const struct person *staff, bool is_theirs,
                           struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("identity_post");
    struct post p;
    enum rc rc = post_get(&gate->store, id, mem, &p, err);

    if (rc || p.state != POST_HELD)
        return rc;
    if (is_theirs)
        p.flags &= ~(int64_t)POST_FLAG_UNVERIFIED;
    else
        p.state = POST_REJECTED;
    rc = post_change(&gate->store, &p, err);
    if (!rc)
        rc = audit_append(&gate->store,
                          &(struct audit_entry){ .who = { AUDIT_STAFF, staff->id.v, AUDIT_WAY_EMAIL },
                                                 .verb = is_theirs ? AUDIT_POST_HELD : AUDIT_POST_WITHDRAWN,
                                                 .item_kind = AUDIT_ITEM_POST,
                                                 .item_id = id.v,
                                                 .new_value = is_theirs ? "verified" : "not the author" },
                          err);
    return rc || !is_theirs ? rc : review_offer(gate, &p, err);
}

enum rc identity_settle(struct gate *gate, const struct question *question, const struct person *staff, bool is_theirs,
                        struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const struct json *posts;
    enum rc rc = question_close(&gate->store, question->id, QUESTION_ANSWERED, err);

    if (!rc)
        rc = json_parse(question->data, strlen(question->data), &data, err);
    if (!rc && is_theirs && json_get_bool(data, "other_address", false))
        rc = add_address(gate, (struct person_id){ json_get_int(data, "person", 0) }, json_get_str(data, "address", ""),
                         staff, err);
    posts = rc ? NULL : json_get(data, "posts");
    for (size_t i = 0; !rc && i < json_count(posts); i++)
        rc = settle_post(gate, (struct post_id){ json_get_int(json_at(posts, i), "id", 0) }, staff, is_theirs, err);
    return rc ? err_wrap(err, "who wrote it") : RC_OK;
}
