#include "gateway/duty/page_text.h"

#include "base/text.h"
#include "gateway/duty/message.h"
#include "gateway/say/phrase.h"
#include "gateway/say/staff_phone.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "store/post.h"
#include "store/text_line.h"
#include "store/text_staff.h"

#define WORDS_SOME 60 /* characters of level 1 */
#define WORDS_MORE 280

/* One text about an alarm. */
struct page_text {
    struct gate *gate;
    const struct page *page;
    const struct person *reader;
    struct staff_phone phone;
    struct arena *mem;
    int64_t number; /* on the reader's line */
};

/* False with RC_OK in *ret_rc: they get none. */
static bool start(struct page_text *t, enum rc *ret_rc, struct err *err)
{
    struct text_item item = { .person = t->reader->id, .kind = TEXT_ITEM_PAGE, .target = t->page->id.v };
    struct text_line line;

    *ret_rc = staff_phone_read(t->gate, t->reader->id, &t->phone, err);
    if (*ret_rc || t->phone.state != STAFF_PHONE_YES)
        return false;
    line = (struct text_line){ t->phone.address, t->phone.sender };
    *ret_rc = text_item_give(&t->gate->store, &line, &item, err);
    t->number = item.n;
    return !*ret_rc;
}

static enum rc send(struct page_text *t, enum mailing_kind kind, const char *words, struct err *err)
{
    const int64_t now_ms = gate_now_ms(t->gate);
    const struct text_say say = { .kind = kind,
                                  .lane = LANE_URGENT,
                                  .needs = TEXT_NEEDS_CONSENT,
                                  .is_exempt = true,
                                  .person = t->reader->id,
                                  .address = t->phone.address,
                                  .sender = t->phone.sender,
                                  .subject_id = t->page->id.v,
                                  .words = words,
                                  .due_ms = now_ms - MS_DAY, /* as the mail: whatever happens to the clock */
                                  .not_after_ms = now_ms + TEXT_LIVE_MS };
    const enum rc rc = text_queue(t->gate, &say, NULL, err);

    return rc == RC_NOT_FOUND || rc == RC_LIMIT || rc == RC_INPUT ? RC_OK : rc;
}

/* Of the held note, else of what was sent. */
static enum rc words_of(const struct page_text *t, const char **ret_words, struct err *err)
{
    struct message message = { .words = "" };
    struct post post = { .text = "" };
    enum rc rc = RC_OK;

    if (t->page->post.v)
        rc = post_get(&t->gate->store, t->page->post, t->mem, &post, err);
    else if (t->page->kind == PAGE_ALARM)
        rc = message_get(t->gate, t->page->letter, t->mem, &message, err);
    *ret_words = t->page->post.v ? post.text : message.words;
    return rc;
}

/* What the template says, and behind it as many words as the reader chose to see. Words that do not open keep back no alarm. */
static const char *add_words(const struct page_text *t, const char *said)
{
    const char *words = "";
    struct err ignored;

    if (!t->phone.level || words_of(t, &words, &ignored) || !*words)
        return said;
    words = text_excerpt(t->mem, text_clean_line(t->mem, words, strlen(words)),
                         t->phone.level > 1 ? WORDS_MORE : WORDS_SOME);
    return arena_printf(t->mem, "%s \"%s\"", said, words);
}

enum rc page_text_call(struct gate *gate, const struct page *page, const struct person *reader, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_text");
    struct page_text t = { .gate = gate, .page = page, .reader = reader, .mem = mem };
    struct json *values;
    struct text_staff staff;
    const char *said;
    enum rc rc;

    if (!start(&t, &rc, err))
        return rc;
    if (text_staff_get(&gate->store, reader->id, mem, &staff, err))
        return err->rc;
    values = json_object_new();
    json_set_int(values, "number", t.number);
    json_set_int(values, "repeat", page->step + 1);
    json_set_bool(values, "is_test", page->kind == PAGE_TEST);
    json_set_bool(values, "has_pin", staff.pin != NULL);
    if (text_words(gate, MAILING_TEXT_PAGE, reader->language, &values, mem, &said, err))
        return err_wrap(err, "alarm by text");
    return send(&t, MAILING_TEXT_PAGE, add_words(&t, said), err);
}

/* Which sentence; NULL: none. */
static const char *flag_of(const struct page_text *t, const struct page_text_news *news)
{
    const bool is_theirs = t->reader->id.v == news->by->id.v;

    switch (news->kind) {
    case MAILING_PAGE_CLAIMED:
        return t->page->kind == PAGE_TEST ? "is_tested" : is_theirs ? NULL : "is_claimed";
    case MAILING_PAGE_DETAILS:
        return "is_yours";
    case MAILING_PAGE_TAKEN:
        return t->page->state == PAGE_DONE ? "is_done" : "is_claimed";
    case MAILING_PAGE_REMINDER:
        return is_theirs ? "is_asked" : "is_silent";
    case MAILING_PAGE_SECOND:
        return !is_theirs ? "is_second" : news->is_fresh ? "is_half" : "is_again";
    case MAILING_PAGE_DONE:
        return "is_done";
    default:
        return NULL;
    }
}

enum rc page_text_tell(struct gate *gate, const struct page *page, const struct person *reader,
                       const struct page_text_news *news, struct err *err)
{
    static const char *const flags[] = { "is_tested", "is_claimed", "is_yours", "is_asked", "is_silent",
                                         "is_second", "is_half",    "is_again", "is_done" };
    CLEANUP(arena_free) struct arena *mem = arena_new("page_text");
    struct page_text t = { .gate = gate, .page = page, .reader = reader, .mem = mem };
    const char *const flag = flag_of(&t, news);
    struct json *values;
    const char *said;
    enum rc rc;

    if (!flag)
        return RC_OK;
    if (!start(&t, &rc, err))
        return rc;
    values = json_object_new();
    json_set_int(values, "number", t.number);
    json_set_str(values, "who", news->by->name);
    json_set_str(values, "when", phrase_time(gate, reader->language, news->when_ms, mem));
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        json_set_bool(values, flags[i], !strcmp(flags[i], flag));
    if (text_words(gate, MAILING_TEXT_PAGE_NEWS, reader->language, &values, mem, &said, err))
        return err_wrap(err, "news of an alarm by text");
    return send(&t, MAILING_TEXT_PAGE_NEWS, said, err);
}
