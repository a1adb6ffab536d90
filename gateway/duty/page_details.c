#include "gateway/duty/page_details.h"

#include "gateway/duty/marks.h"
#include "gateway/duty/page_mail.h"
#include "gateway/duty/page_people.h"
#include "gateway/duty/page_text.h"
#include "gateway/home/context.h"
#include "gateway/practice/record.h"
#include "gateway/say/phrase.h"
#include "store/delivery.h"
#include "store/page_joined.h"
#include "store/text_out.h"

#define RECENT_MAX 50 /* deliveries of a person that are looked at */

/* One of several messages, and why it is marked. */
static enum rc add_message(struct gate *gate, struct arrival_id id, const struct marks *marks,
                           enum person_language language, struct json *list, struct arena *mem, struct err *err)
{
    struct json *line, *flags;
    struct message m;

    if (message_get(gate, id, mem, &m, err))
        return err->rc;
    line = message_line(gate, id, &m, language, mem);
    flags = marks_read(marks, &m, language, mem);
    json_set(line, "flags", &flags);
    json_push(list, &line);
    return RC_OK;
}

/* Of people whom we do not know: every message that stands on this page. */
static enum rc add_messages(struct gate *gate, const struct page *page, const struct marks *marks,
                            enum person_language language, struct json *values, struct arena *mem, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct arrival_id *more;
    int64_t count;
    size_t n;

    if (page_joined_count(&gate->store, page->id, &count, err) ||
        page_joined_list(&gate->store, page->id, MESSAGES_MAX - 1, mem, &more, &n, err) ||
        add_message(gate, page->letter, marks, language, list, mem, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (add_message(gate, more[i], marks, language, list, mem, err))
            return err->rc;
    json_set_int(values, "message_count", count + 1);
    if (count > (int64_t)n)
        json_set_int(values, "more_count", count - (int64_t)n);
    json_set(values, "messages", &list);
    return RC_OK;
}

/* The held note, with the marks that it got when it came. */
static enum rc add_post(struct gate *gate, const struct page *page, enum person_language language, struct json *values,
                        struct arena *mem, struct err *err)
{
    CLEANUP(json_free) struct json *flags = json_array_new();
    struct context context;
    struct post post;

    if (post_get(&gate->store, page->post, mem, &post, err) || context_read(post.context, mem, &context, err))
        return err->rc;
    for (size_t i = 0; i < context.hit_count; i++) {
        struct json *flag;

        if (context_hit_is_part(&context, i))
            continue;
        flag = json_object_new();
        json_set_str(flag, "flag", phrase_flag_named(language, context.hits[i].flag));
        json_set_str(flag, "phrase", context.hits[i].phrase);
        json_push(flags, &flag);
    }
    json_set(values, "flags", &flags);
    json_set_str(values, "text", post.text);
    return RC_OK;
}

/* What a member sent that was no note. A parked letter has no words that we could read. */
static enum rc add_letter(struct gate *gate, const struct page *page, const struct marks *marks,
                          enum person_language language, struct json *values, struct arena *mem, struct err *err)
{
    struct json *flags;
    struct message m;

    if (message_get(gate, page->letter, mem, &m, err))
        return err->rc;
    flags = marks_read(marks, &m, language, mem);
    json_set(values, "flags", &flags);
    json_set_str(values, "text", m.words);
    return RC_OK;
}

/* Their words and why they are marked: of the held note, else of what they sent, or of all that strangers did. */
static enum rc add_words(struct gate *gate, const struct page *page, enum person_language language, struct json *values,
                         struct arena *mem, struct err *err)
{
    CLEANUP(marks_close) struct marks marks = { .lists = { .lexicon = NULL } };
    enum rc rc;

    if (page->post.v)
        return add_post(gate, page, language, values, mem, err);
    marks_open(gate, &marks);
    rc = add_letter(gate, page, &marks, language, values, mem, err);
    if (!rc && !page->person.v)
        rc = add_messages(gate, page, &marks, language, values, mem, err);
    return rc;
}

/* The same by text message. */
static enum rc acknowledged_by_text(struct gate *gate, const struct page *page, enum person_language language,
                                    struct arena *mem, const char **ret_when, struct err *err)
{
    struct text_out *texts;
    size_t n;

    if (text_out_of_person(&gate->store, page->person, (struct text_id){ 0 }, RECENT_MAX, mem, &texts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && !*ret_when; i++)
        if ((texts[i].kind == MAILING_TEXT_CRISIS || texts[i].kind == MAILING_TEXT_MEDICAL) &&
            texts[i].handed_ms > page->created_ms - MS_DAY)
            *ret_when = phrase_moment(gate, language, NULL, texts[i].handed_ms, mem);
    return RC_OK;
}

/* When the writer got the note with the crisis lines; NULL when we did not write back. */
static enum rc acknowledged(struct gate *gate, const struct page *page, enum person_language language,
                            struct arena *mem, const char **ret_when, struct err *err)
{
    struct delivery *rows = NULL;
    struct mailing m;
    size_t n = 0;
    enum rc rc =
        delivery_of_person(&gate->store, page->person, (struct delivery_id){ 0 }, RECENT_MAX, mem, &rows, &n, err);

    *ret_when = NULL;
    for (size_t i = 0; !rc && i < n && !*ret_when; i++) {
        if (!rows[i].mailing.v || rows[i].state != DELIVERY_SENT || rows[i].sent_ms < page->created_ms - MS_DAY)
            continue;
        rc = mailing_get(&gate->store, rows[i].mailing, mem, &m, err);
        if (!rc && (m.kind == MAILING_CRISIS_ACK || m.kind == MAILING_MEDICAL_ACK))
            *ret_when = phrase_moment(gate, language, NULL, rows[i].sent_ms, mem);
    }
    return rc || *ret_when ? rc : acknowledged_by_text(gate, page, language, mem, ret_when, err);
}

enum rc page_details_send(struct gate *gate, const struct page *page, const struct person *staff, enum audit_way way,
                          struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_details");
    CLEANUP(json_free) struct json *values = page_mail_values(gate, page, staff->language, mem);
    const struct audit_who reader = { AUDIT_STAFF, staff->id.v, way };
    struct person who = { .name = "" };
    const char *ack_when = NULL, *phone = "";
    enum rc rc = RC_OK;

    if (page->person.v)
        rc = person_get(&gate->store, page->person, mem, &who, err);
    if (!rc && page->person.v)
        rc = person_phone(&gate->store, &who, mem, &phone, err);
    if (!rc && page->person.v)
        rc = acknowledged(gate, page, staff->language, mem, &ack_when, err);
    if (!rc)
        rc = add_words(gate, page, staff->language, values, mem, err);
    if (!rc)
        rc = page_people_add(gate, page, &reader, mem, values, err);
    if (!rc)
        rc = record_act(gate, &reader, AUDIT_PERSON_READ, AUDIT_ITEM_PAGE, page->id.v, NULL, NULL, err);
    if (rc)
        return rc;
    json_set_str(values, "author_real", who.name);
    json_set_bool(values, "is_stranger", !page->person.v);
    json_set_str(values, "phone", phone);
    json_set_str(values, "emergency_contact", who.emergency);
    json_set_str(values, "chart_reference", who.chart);
    json_set_str(values, "ack_when", ack_when);
    json_set_bool(values, "needs_second", page->tier == 0);
    rc = page_mail_send(gate, MAILING_PAGE_DETAILS, page, staff->id, MOVE(values), err);
    return rc ? rc
              : page_text_tell(gate, page, staff, &(struct page_text_news){ .kind = MAILING_PAGE_DETAILS, .by = staff },
                               err);
}
