#include "gateway/note/announce.h"

#include "gateway/digest/text_preview.h"
#include "gateway/home/context.h"
#include "gateway/note/mark.h"
#include "gateway/note/publish.h"
#include "gateway/note/topic.h"
#include "gateway/note/two_oks.h"
#include "gateway/say/entry.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "store/audit.h"
#include "store/group.h"
#include "store/membership.h"

/* An announcement with everything that its letters to staff show. */
struct drafting {
    struct gate *gate;
    struct arena *mem;
    struct post post;
    struct care_group group;
    struct roster_count count;
    const char *who; /* as readers see it */
};

static enum rc load(struct drafting *d, struct err *err)
{
    const struct roster_filter filter = { .group = d->post.group, .tag = d->post.audience_tag };
    enum rc rc = group_get(&d->gate->store, d->post.group, d->mem, &d->group, err);

    if (!rc)
        rc = entry_author(d->gate, &d->post, LANGUAGE_ENGLISH, d->mem, &d->who, err);
    return rc ? rc : membership_count(&d->gate->store, &filter, &d->count, err);
}

static enum rc audit_post(struct drafting *d, const struct person *staff, enum review_way way, enum audit_verb verb,
                          struct err *err)
{
    const enum audit_way by = way == REVIEW_CLI ? AUDIT_WAY_CLI : AUDIT_WAY_EMAIL;
    const struct audit_entry entry = {
        .who = { AUDIT_STAFF, staff->id.v, by }, .verb = verb, .item_kind = AUDIT_ITEM_POST, .item_id = d->post.id.v
    };

    return audit_append(&d->gate->store, &entry, err);
}

static struct json *copy_values(struct drafting *d, enum person_language language, enum rc *ret_rc, struct err *err)
{
    struct json *values = json_object_new();
    struct json *flags = json_array_new();
    struct json *tags = json_array_new();
    struct context c;

    *ret_rc = context_read(d->post.context, d->mem, &c, err);
    for (size_t i = 0; !*ret_rc && i < c.hit_count; i++) {
        struct json *flag = json_object_new();

        json_set_str(flag, "flag", phrase_flag_named(language, c.hits[i].flag));
        json_set_str(flag, "phrase", c.hits[i].phrase);
        json_push(flags, &flag);
    }
    if (d->post.audience_tag) {
        struct json *tag = json_object_new();

        json_set_str(tag, "tag", d->post.audience_tag);
        json_set_int(tag, "tag_count", d->count.all);
        json_push(tags, &tag);
    }
    json_set(values, "flags", &flags);
    json_set(values, "tags", &tags);
    json_set_str(values, "text", d->post.text);
    json_set_int(values, "total_count", d->count.all);
    json_set_int(values, "email_count", d->count.by_email);
    json_set_int(values, "sms_count", d->count.by_text);
    if (!*ret_rc)
        *ret_rc = text_preview_put(d->gate, &d->group, d->post.audience_tag, d->who, d->post.text, values, err);
    return values;
}

static enum rc tell(struct drafting *d, enum mailing_kind kind, struct person_id to, int64_t subject,
                    struct json *values, struct err *err)
{
    struct notice notice = { .kind = kind,
                             .person = to,
                             .group = d->post.group,
                             .reply = TOKEN_DESK,
                             .subject_id = subject,
                             .lane = -1,
                             .values = values };

    return notice_queue(d->gate, &notice, NULL, err);
}

/* Two people must send it: who did already, to the other one. */
static enum rc add_first(struct drafting *d, const struct person *reader, struct json *values, struct err *err)
{
    struct two_oks_first first = { .by = { .name = NULL } };
    const enum rc rc = two_oks_first(d->gate, &d->post, d->mem, &first, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    json_set_bool(values, "needs_second", rc && two_oks_needed(&d->post, &d->group));
    json_set_str(values, "first_who", rc ? NULL : first.by.name);
    json_set_str(values, "first_when", rc ? NULL : phrase_time(d->gate, reader->language, first.at_ms, d->mem));
    return RC_OK;
}

/* Asks one person for SEND, remembering who would have got it when they looked. */
static enum rc preview(struct drafting *d, enum mailing_kind kind, struct person_id to, int64_t old_count,
                       bool is_roster_changed, struct err *err)
{
    CLEANUP(json_free) struct json *data = json_object_new();
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(4096);
    struct question question = { .kind = QUESTION_ANNOUNCE, .person = to, .subject_id = d->post.id.v };
    struct person reader;
    struct json *values;
    enum rc rc = person_get(&d->gate->store, to, d->mem, &reader, err);

    if (rc)
        return rc;

    json_set_int(data, "roster", d->count.version);
    json_set_int(data, "count", d->count.all);
    json_set_int(data, "version", d->post.version);
    json_print(data, false, &text);
    question.data = strbuf_peek(&text);
    rc = question_add(&d->gate->store, &question, err);
    if (rc)
        return rc;
    values = copy_values(d, reader.language, &rc, err);
    json_set_bool(values, "is_roster_changed", is_roster_changed);
    json_set_bool(values, "is_text_changed", false);
    json_set_int(values, "old_count", old_count);
    if (!rc)
        rc = add_first(d, &reader, values, err);
    if (!rc)
        return tell(d, kind, to, question.id.v, values, err);
    json_free(&values);
    return rc;
}

static enum rc check_open(const struct drafting *d, struct err *err)
{
    return d->group.state == GROUP_OPEN ? RC_OK : err_set(err, RC_PERM, "this group has ended");
}

static const char *hits_json(const struct announcement *a, struct arena *mem)
{
    struct context c = { .original = a->text, .trimmed = "", .subject = "", .cut = "", .from_name = "" };

    for (size_t i = 0; a->triage && i < a->triage->hit_count && c.hit_count < CONTEXT_HITS_MAX; i++)
        c.hits[c.hit_count++] = (struct context_hit){ .flag = triage_flag_name(a->triage->hits[i].flag),
                                                      .phrase = a->triage->hits[i].phrase };
    return context_write(&c, mem);
}

/* What could not be scored whole is no cleaner than what was found in it. */
static int64_t flags_of(const struct triage_result *triage)
{
    return mark_flags(triage) | (triage->flags & TRIAGE_UNREAD ? POST_FLAG_MEDICAL : 0);
}

enum rc announce_draft(struct gate *gate, const struct announcement *a, struct post *ret_post, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("announce");
    struct drafting d = { .gate = gate, .mem = mem };
    enum rc rc;

    if (!*a->text)
        return err_set(err, RC_INPUT, "the announcement has no text: ANNOUNCE, then the words below");
    d.post = (struct post){ .group = a->group,
                            .kind = POST_ANNOUNCEMENT,
                            .state = POST_ASKED,
                            .author = a->author->id,
                            .letter = a->letter,
                            .tier = 4,
                            .flags = a->triage ? flags_of(a->triage) : 0,
                            .audience_tag = a->tag,
                            .text = a->text,
                            .context = hits_json(a, mem),
                            .created_ms = gate_now_ms(gate) };
    rc = load(&d, err);
    if (!rc)
        rc = check_open(&d, err);
    if (!rc)
        rc = topic_check_audience(gate, d.post.group, d.post.audience_tag, err);
    if (!rc)
        rc = post_add(&gate->store, &d.post, err);
    if (!rc)
        rc = audit_post(&d, a->author, a->letter.v ? REVIEW_EMAIL : REVIEW_CLI, AUDIT_ANNOUNCEMENT_PREVIEWED, err);
    if (!rc)
        rc = preview(&d, MAILING_ANNOUNCE_PREVIEW, a->author->id, 0, false, err);
    if (!rc)
        *ret_post = d.post;
    return rc ? err_wrap(err, "announcement") : RC_OK;
}

static enum rc record_send(struct drafting *d, const struct person *staff, enum review_way way, struct err *err)
{
    const struct review review = { .post = d->post.id,
                                   .post_version = d->post.version,
                                   .staff = staff->id,
                                   .decision = REVIEW_BY_SEND,
                                   .way = way,
                                   .at_ms = gate_now_ms(d->gate) };

    return review_add(&d->gate->store, &review, err);
}

/* What their SEND did. second: who is asked for the other one; NULL: it is out. */
static enum rc tell_sender(struct drafting *d, const struct person *staff, const char *second, struct err *err)
{
    enum rc rc;
    struct json *values = copy_values(d, staff->language, &rc, err);

    json_set_str(values, "when", phrase_moment(d->gate, staff->language, NULL, gate_now_ms(d->gate), d->mem));
    json_set_bool(values, "is_half", second != NULL);
    json_set_str(values, "next_who", second);
    json_set_bool(values, "needs_second", false);
    json_set_str(values, "first_who", NULL);
    if (!rc)
        return tell(d, MAILING_ANNOUNCE_SENT, staff->id, d->post.id.v, values, err);
    json_free(&values);
    return rc;
}

/* The checks of posts found something: the first SEND only asks the next person on duty. */
static enum rc ask_second(struct drafting *d, const struct person *first, enum review_way way, struct err *err)
{
    struct person *staff;
    size_t n, at = 0;
    enum rc rc = office_duty(d->gate, d->mem, &staff, &n, err);

    if (rc)
        return rc;
    while (at < n && staff[at].id.v == first->id.v)
        at++;
    if (at == n)
        return err_set(err, RC_DENIED, "a second person must send this announcement, and there is nobody else on duty");
    rc = record_send(d, first, way, err);
    d->post.first_review_by = first->id;
    d->post.state = POST_HALF_RELEASED;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = audit_post(d, first, way, AUDIT_POST_HALF_RELEASED, err);
    if (!rc)
        rc = preview(d, MAILING_ANNOUNCE_PREVIEW, staff[at].id, 0, false, err);
    return rc ? rc : tell_sender(d, first, staff[at].name, err);
}

static enum rc send(struct drafting *d, const struct person *staff, enum review_way way, struct err *err)
{
    enum rc rc = record_send(d, staff, way, err);

    if (!rc)
        rc = post_publish(&d->gate->store, &d->post, err);
    if (!rc)
        rc = audit_post(d, staff, way, AUDIT_ANNOUNCEMENT_SENT, err);
    if (!rc)
        rc = publish_post(d->gate, &d->post, err);
    return rc ? rc : tell_sender(d, staff, NULL, err);
}

enum rc announce_send(struct gate *gate, const struct question *question, const struct person *staff,
                      enum review_way way, struct post *ret_post, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("announce_send");
    CLEANUP(json_free) struct json *data = NULL;
    struct drafting d = { .gate = gate, .mem = mem };
    enum rc rc = question_close(&gate->store, question->id, QUESTION_ANSWERED, err);

    if (!rc)
        rc = json_parse(question->data, strlen(question->data), &data, err);
    if (!rc)
        rc = post_get(&gate->store, (struct post_id){ question->subject_id }, mem, &d.post, err);
    if (!rc)
        rc = load(&d, err);
    if (!rc)
        rc = check_open(&d, err);
    if (rc)
        return rc;
    *ret_post = d.post;
    if (d.post.first_review_by.v == staff->id.v)
        return err_set(err, RC_DENIED, "a second person must send this announcement");
    if (json_get_int(data, "roster", -1) != d.count.version)
        return preview(&d, MAILING_ANNOUNCE_CHANGED, staff->id, json_get_int(data, "count", 0), true, err);
    rc = d.post.flags && !d.post.first_review_by.v ? ask_second(&d, staff, way, err) : send(&d, staff, way, err);
    *ret_post = d.post;
    return rc;
}
