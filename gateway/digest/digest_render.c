/* What a digest says to one kind of reader: the part of digest.h that renders. */
#include "gateway/digest/digest.h"

#include "base/text.h"
#include "gateway/digest/digest_range.h"
#include "gateway/say/entry.h"
#include "gateway/say/poll_open.h"
#include "gateway/say/render.h"
#include "gateway/visit/issue_visits.h"
#include "schedules/said.h"
#include "store/conversation.h"

#define TAGS_MAX 62 /* bits of mailing.audience */
#define POST_OVERHEAD 900
#define ITEM_OVERHEAD 1500

struct page {
    struct gate *gate;
    const struct issue *issue;
    const struct mailing_rendering *which;
    struct care_group group;
    struct entry_reader reader;
    struct arena *mem;
    size_t part, used;  /* while walking: which part, and what it holds so far */
    int64_t photos;     /* of them, in that part */
    size_t shown, left; /* posts of my part and of later ones */
};

/* --- parts ------------------------------------------------------------------------------------------------------------------------ */

/* Text and HTML twin, quoted-printable: what a post adds to the mail, estimated from above. */
static size_t cost_of(const struct post *p, size_t overhead)
{
    return strlen(p->text) * 5 / 2 + (p->note ? strlen(p->note) * 2 + 400 : 0) + overhead;
}

static enum rc count_photos(struct page *page, const struct post *p, int64_t *ret_n, struct err *err)
{
    *ret_n = 0;
    return p->flags & POST_FLAG_WITH_PHOTO ? photo_count(&page->gate->store, p->id, ret_n, err) : RC_OK;
}

/* Walks on by one post: is it in the part that we write? */
static bool takes(struct page *page, const struct post *p, size_t overhead, int64_t photos)
{
    const size_t cost = cost_of(p, overhead);

    if (page->used > 0 &&
        (page->used + cost > DIGEST_PART_BYTES || page->photos + photos > (int64_t)SERIAL_IMAGES_MAX)) {
        page->part++;
        page->used = 0;
        page->photos = 0;
    }
    page->used += cost;
    page->photos += photos;
    page->left += page->part > (size_t)page->which->part;
    page->shown += page->part == (size_t)page->which->part;
    return page->part == (size_t)page->which->part;
}

/* --- values ----------------------------------------------------------------------------------------------------------------------- */

static enum rc add_announcements(struct page *page, const struct digest_range *range, struct json *values,
                                 struct err *err)
{
    struct json *list = json_array_new();
    enum rc rc = RC_OK;
    int tagged = 0;

    for (size_t i = 0; !rc && i < range->announcement_count; i++) {
        const struct post *p = range->announcements[i];
        struct json *entry = NULL;

        if (p->audience_tag && (tagged >= TAGS_MAX || !(page->which->audience >> tagged++ & 1)))
            continue;
        if (!takes(page, p, POST_OVERHEAD, 0))
            continue;
        rc = entry_values(page->gate, &page->reader, p, page->mem, &entry, err);
        if (!rc)
            json_push(list, &entry);
    }
    json_set(values, "announcements", &list);
    return rc;
}

/* Two lines of the post that the new comments answer, unless it is new itself. */
static enum rc add_excerpt(struct page *page, const struct conversation *c, const struct post *first_shown,
                           struct json *item, struct err *err)
{
    struct post opener;
    enum rc rc;

    json_set_str(item, "excerpt", NULL);
    if (first_shown->id.v == c->first_post.v)
        return RC_OK;
    rc = post_get(&page->gate->store, c->first_post, page->mem, &opener, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc || !post_state_is_published(opener.state))
        return rc;
    return entry_set_excerpt(page->gate, &page->reader, &opener, item, page->mem, err);
}

static enum rc add_entries(struct page *page, const struct digest_talk *talk, struct json *entries,
                           const struct post **ret_first, struct err *err)
{
    enum rc rc = RC_OK;
    int64_t photos;

    *ret_first = NULL;
    for (size_t i = 0; !rc && i < talk->count; i++) {
        struct json *entry = NULL;

        rc = count_photos(page, talk->posts[i], &photos, err);
        if (rc || !takes(page, talk->posts[i], i == 0 ? ITEM_OVERHEAD : POST_OVERHEAD, photos))
            continue;
        if (!*ret_first)
            *ret_first = talk->posts[i];
        rc = entry_values(page->gate, &page->reader, talk->posts[i], page->mem, &entry, err);
        if (!rc)
            rc = entry_add_photos(page->gate, &page->reader, talk->posts[i], page->mem, entry, err);
        if (!rc)
            json_push(entries, &entry);
        else
            json_free(&entry);
    }
    return rc;
}

static enum rc add_item(struct page *page, const struct digest_talk *talk, struct json *items, struct err *err)
{
    CLEANUP(json_free) struct json *item = json_object_new();
    struct json *entries = json_array_new();
    const struct post *first = NULL;
    const char *until = NULL;
    struct conversation c;
    enum rc rc = add_entries(page, talk, entries, &first, err);

    json_set(item, "entries", &entries);
    if (rc || !first)
        return rc;
    rc = conversation_get(&page->gate->store, talk->conversation, page->mem, &c, err);
    if (!rc)
        rc = add_excerpt(page, &c, first, item, err);
    if (!rc)
        rc = poll_open_until(page->gate, c.first_post, page->reader.language, page->mem, &until, err);
    if (rc)
        return rc;
    json_set_int(item, "number", talk->number);
    json_set_str(item, "title", c.title);
    json_set_str(item, "poll_until", until);
    json_set_str(item, "item_address",
                 slots_mark(page->reader.slots, (struct slot_meaning){ .kind = SLOT_ITEM, .id = talk->number }));
    json_push(items, &item);
    return RC_OK;
}

static enum rc add_items(struct page *page, const struct digest_range *range, struct json *values, struct err *err)
{
    struct json *items = json_array_new();
    enum rc rc = RC_OK;

    for (size_t i = 0; !rc && i < range->talk_count; i++)
        if (range->talks[i]
                .number) /* over ISSUE_ITEMS_MAX conversations: the oldest ones have no number and stay away */
            rc = add_item(page, &range->talks[i], items, err);
    json_set(values, "items", &items);
    return rc;
}

static enum rc make_values(struct page *page, const struct issue_item *items, size_t item_count,
                           struct json **ret_values, struct err *err)
{
    CLEANUP(json_free) struct json *values = json_object_new();
    const struct said_in in = { .language = page->reader.language,
                                .zone = page->group.zone,
                                .now_ms = page->reader.now_ms };
    struct digest_range range;
    char *date = NULL;
    enum rc rc = digest_range_read(page->gate, page->group.id, page->which->from_seq, page->issue->to_seq, page->mem,
                                   &range, err);

    if (rc)
        return rc;
    digest_range_number(&range, items, item_count);
    rc = issue_visits_put(page->gate, items, page->which->part ? 0 : item_count, page->reader.language,
                          page->reader.slots, page->mem, values, err);
    if (!rc)
        rc = add_announcements(page, &range, values, err);
    if (!rc)
        rc = add_items(page, &range, values, err);
    if (!rc && page->shown == 0)
        rc = err_set(err, RC_NOT_FOUND, "issue %" PRId64 " has nothing to read here", page->issue->id.v);
    if (!rc)
        rc = said_day(&in, page->issue->closed_ms, page->mem, &date, err);
    if (rc)
        return rc;
    json_set_str(values, "date", date);
    json_set_int(values, "issue_number", page->issue->number);
    json_set_int(values, "part", page->which->part + 1);
    if (page->left)
        json_set_int(values, "more_count", (int64_t)page->left);
    else
        json_set_str(values, "more_count", NULL);
    *ret_values = MOVE(values);
    return RC_OK;
}

static enum rc start_page(struct page *page, struct slots *slots, struct err *err)
{
    enum rc rc = group_get(&page->gate->store, page->issue->group, page->mem, &page->group, err);

    page->reader = (struct entry_reader){ .group = &page->group,
                                          .language = (enum person_language)page->which->language,
                                          .slots = slots,
                                          .now_ms = page->issue->closed_ms };
    return rc;
}

static enum rc render_page(struct gate *gate, const struct issue *issue, const struct mailing_rendering *which,
                           const struct issue_item *items, size_t item_count, struct arena *mem,
                           struct mailing *ret_mailing, struct err *err)
{
    struct page page = { .gate = gate, .issue = issue, .which = which, .mem = mem };
    struct slots *slots = slots_new(mem);
    struct render render = { .kind = which->part ? MAILING_MORE : MAILING_DIGEST,
                             .language = (enum person_language)which->language,
                             .format = (enum person_format)which->format,
                             .group = &page.group,
                             .slots = slots };
    enum rc rc = start_page(&page, slots, err);

    if (rc)
        return rc;
    slots_head(slots)->reply = TOKEN_REPLY;
    rc = make_values(&page, items, item_count, &render.values, err);
    if (!rc)
        rc = render_mailing(gate, &render, mem, ret_mailing, err);
    if (rc)
        return err_wrap(err, "issue %" PRId64, issue->id.v);
    ret_mailing->issue = issue->id;
    ret_mailing->issue_version = which->version;
    ret_mailing->from_seq = which->from_seq;
    ret_mailing->audience = which->audience;
    ret_mailing->part = which->part;
    return RC_OK;
}

/* --- renderings ------------------------------------------------------------------------------------------------------------------- */

enum rc digest_tags(struct gate *gate, const struct issue *issue, int64_t from_seq, struct arena *mem,
                    const char ***ret_tags, size_t *ret_n, struct err *err)
{
    struct digest_range range;
    const char **tags;
    size_t n = 0;
    enum rc rc = digest_range_read(gate, issue->group, from_seq, issue->to_seq, mem, &range, err);

    if (rc)
        return rc;
    tags = ARENA_ARRAY(mem, range.announcement_count, const char *);
    for (size_t i = 0; i < range.announcement_count && n < TAGS_MAX; i++)
        if (range.announcements[i]->audience_tag)
            tags[n++] = range.announcements[i]->audience_tag;
    *ret_tags = tags;
    *ret_n = n;
    return RC_OK;
}

enum rc digest_audience(struct gate *gate, struct membership_id reader, const char *const *tags, size_t n,
                        struct arena *mem, int64_t *ret_audience, struct err *err)
{
    const char **own = NULL;
    size_t own_count = 0;
    int64_t bits = 0;
    enum rc rc = RC_OK;

    if (n && reader.v)
        rc = membership_tags(&gate->store, reader, mem, &own, &own_count, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < own_count; t++)
            if (strcmp(own[t], tags[i]) == 0)
                bits |= INT64_C(1) << i;
    *ret_audience = bits;
    return RC_OK;
}

static enum rc store_rendering(struct gate *gate, struct mailing *mailing, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    enum rc rc = db_begin(gate->store.db, &tx, err);

    if (!rc)
        rc = mailing_add(&gate->store, mailing, err);
    return rc ? rc : db_commit(&tx, err);
}

enum rc digest_rendering(struct gate *gate, const struct issue *issue, const struct mailing_rendering *which,
                         struct arena *mem, struct mailing *ret_mailing, struct err *err)
{
    struct issue_item *items = NULL;
    struct mailing mailing;
    size_t n = 0;
    enum rc rc = mailing_find_rendering(&gate->store, which, mem, ret_mailing, err);

    if (rc != RC_NOT_FOUND)
        return rc;
    rc = issue_items(&gate->store, issue->id, mem, &items, &n, err);
    if (!rc)
        rc = render_page(gate, issue, which, items, n, mem, &mailing, err);
    if (rc)
        return rc;
    rc = store_rendering(gate, &mailing, err);
    if (rc == RC_CONFLICT) /* another worker made the same one */
        return mailing_find_rendering(&gate->store, which, mem, ret_mailing, err);
    if (!rc)
        *ret_mailing = mailing;
    return rc;
}

enum rc digest_has_part(struct gate *gate, const struct issue *issue, const struct mailing_rendering *which,
                        struct arena *mem, struct err *err)
{
    CLEANUP(json_free) struct json *values = NULL;
    struct page page = { .gate = gate, .issue = issue, .which = which, .mem = mem };
    struct issue_item *items = NULL;
    size_t n = 0;
    enum rc rc = start_page(&page, slots_new(mem), err);

    if (!rc)
        rc = issue_items(&gate->store, issue->id, mem, &items, &n, err);
    return rc ? rc : make_values(&page, items, n, &values, err);
}

/* --- previews --------------------------------------------------------------------------------------------------------------------- */

/* The text with each mark replaced by what a reader in general would see. */
static char *without_marks(const struct slots *slots, const char *text, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(TEMPLATE_MAX_OUT);
    const char *end = text + strlen(text);

    while (text < end) {
        const int n = slot_at(text, (size_t)(end - text));
        const struct slot_meaning *m = n < 0 ? NULL : slots_at(slots, (size_t)n);

        if (!m) {
            strbuf_char(&out, *text++);
            continue;
        }
        strbuf_str(&out, m->kind == SLOT_WHO ? m->name : "…");
        text += SLOT_UTF8_SIZE - 1;
    }
    return arena_strdup(mem, strbuf_peek(&out));
}

enum rc digest_show(struct gate *gate, const struct issue *issue, const struct issue_item *items, size_t item_count,
                    enum person_language language, struct arena *mem, char **ret_text, struct err *err)
{
    CLEANUP(json_free) struct json *values = NULL;
    struct mailing_rendering which = { .language = language, .audience = INT64_MAX, .from_seq = issue->from_seq };
    struct page page = { .gate = gate, .issue = issue, .which = &which, .mem = mem };
    struct slots *slots = slots_new(mem);
    struct render render = {
        .kind = MAILING_DIGEST, .language = language, .format = FORMAT_NORMAL, .group = &page.group, .slots = slots
    };
    struct template_out out;
    enum rc rc = start_page(&page, slots, err);

    if (rc)
        return rc;
    rc = make_values(&page, items, item_count, &values, err);
    render.values = MOVE(values);
    if (!rc)
        rc = render_text(gate, &render, mem, &out, err);
    if (!rc)
        *ret_text = arena_printf(mem, "Subject: %s\n\n%s", out.subject, without_marks(slots, out.text, mem));
    json_free(&render.values);
    return rc;
}
