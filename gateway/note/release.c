#include "gateway/note/release.h"

#include "base/text.h"
#include "gateway/home/context.h"
#include "gateway/note/mark.h"
#include "gateway/note/publish.h"
#include "gateway/note/topic.h"
#include "gateway/note/two_oks.h"
#include "gateway/note/unanswered.h"
#include "gateway/note/unsend.h"
#include "gateway/practice/title.h"
#include "store/due.h"
#include "store/membership.h"
#include "store/page.h"
#include "store/photo.h"

#define SOLO_WAIT_MS (30 * MS_MINUTE)

/* A practice with one person may release alone: after a while, and with the outcome of the page written down. */
static enum rc solo_release(struct deciding *d, bool *ret_may, struct err *err)
{
    struct page page;
    enum rc rc = RC_OK;

    *ret_may = false;
    if (!d->gate->facts.has_solo_release || gate_now_ms(d->gate) - d->post.created_ms < SOLO_WAIT_MS)
        return RC_OK;
    rc = page_find_post(&d->gate->store, d->post.id, d->mem, &page, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    *ret_may = !rc && page.state == PAGE_DONE && page.outcome && *page.outcome;
    return rc;
}

static enum rc half_release(struct deciding *d, struct err *err)
{
    enum rc rc = deciding_record(d, err);

    if (rc)
        return rc;
    d->post.first_review_by = d->act->staff->id;
    d->post.state = POST_HALF_RELEASED;
    rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = deciding_audit(d, AUDIT_POST_HALF_RELEASED, NULL, NULL, err);
    if (!rc)
        rc = review_offer(d->gate, &d->post, err);
    d->out->effect = REVIEW_HALF_RELEASED;
    return rc;
}

static enum rc mark_posted(struct deciding *d, struct err *err)
{
    struct membership m;
    const enum rc rc = membership_find(&d->gate->store, d->post.group, d->post.author, d->mem, &m, err);

    if (rc == RC_NOT_FOUND)
        return RC_OK;
    return rc ? rc : membership_set_posted(&d->gate->store, m.id, err);
}

/* Asked before anything is written. */
static enum rc may_release(struct deciding *d, struct err *err)
{
    const bool is_again = d->post.first_review_by.v && d->post.first_review_by.v == d->act->staff->id.v;
    bool is_solo = false;
    int64_t photos = 0;
    enum rc rc;

    if (d->group.state == GROUP_ENDED)
        return deciding_refuse(d, REVIEW_GROUP_OVER, "this group has ended: the note goes back to its writer", err);
    if (d->post.flags & POST_FLAG_UNVERIFIED)
        return deciding_refuse(d, REVIEW_UNVERIFIED,
                               "nobody has said yet that its author wrote it: answer the letter about that", err);
    if (!d->post.conversation.v && d->post.kind != POST_ANNOUNCEMENT)
        return deciding_refuse(d, REVIEW_NO_PLACE,
                               "nobody knows yet where this note belongs: first MOVE 2, or MOVE NEW", err);
    if (photo_count(&d->gate->store, d->post.id, &photos, err))
        return err->rc;
    if (photos > d->act->photos_shown)
        return deciding_refuse(d, REVIEW_PHOTO_UNSEEN,
                               "a photo goes out with it that this letter did not show: the note comes alone", err);
    if (!two_oks_needed(&d->post, &d->group) || !is_again)
        return RC_OK;
    rc = solo_release(d, &is_solo, err);
    return rc || is_solo ? rc : deciding_refuse(d, REVIEW_SECOND_PERSON, "a second person must release this note", err);
}

/* With its OK, before its date: the clock sends it then (gateway/note/topic), by this row in `review`. */
static enum rc release_for_date(struct deciding *d, int64_t due_ms, struct err *err)
{
    enum rc rc = topic_release(d->gate, &d->post, due_ms, err);

    if (!rc)
        rc = deciding_audit(d, AUDIT_TOPIC_RELEASED, NULL, NULL, err);
    d->out->effect = REVIEW_PLANNED;
    return rc;
}

/* The one road to the group. The text in d->post is what members will read; has_changed tells that it is not what is stored yet. */
static enum rc release(struct deciding *d, bool has_changed, struct err *err)
{
    bool is_solo = false;
    int64_t due_ms = 0;
    enum rc rc = two_oks_needed(&d->post, &d->group) ? solo_release(d, &is_solo, err) : RC_OK;

    if (!rc)
        rc = topic_due(d->gate, &d->post, &due_ms, err);
    if (!rc && has_changed)
        rc = post_change(&d->gate->store, &d->post, err);
    if (rc)
        return rc;
    if (two_oks_needed(&d->post, &d->group) && !d->post.first_review_by.v && !is_solo)
        return half_release(d, err);
    rc = deciding_record(d, err);
    if (!rc && due_ms)
        return release_for_date(d, due_ms, err);
    if (!rc)
        rc = post_publish(&d->gate->store, &d->post, err);
    if (!rc)
        rc = deciding_audit(d, AUDIT_POST_RELEASED, NULL, is_solo ? "solo_release" : NULL, err);
    if (!rc)
        rc = question_withdraw_about(&d->gate->store, d->post.id.v, err);
    if (!rc)
        rc = mark_posted(d, err);
    if (!rc)
        rc = publish_post(d->gate, &d->post, err);
    if (!rc)
        rc = unanswered_watch(d->gate, &d->post, err);
    d->out->effect = REVIEW_RELEASED;
    return rc;
}

enum rc release_ok(struct deciding *d, struct err *err)
{
    const enum rc rc = may_release(d, err);

    return rc ? rc : release(d, false, err);
}

static enum rc change_text(struct deciding *d, const char *text, struct err *err)
{
    const char *old = d->post.text;
    enum rc rc = mark_context_changed(d->post.context, d->mem, &d->post.context, err);

    d->post.text = text;
    if (!rc)
        rc = title_follow(d->gate, &d->post, old, err);
    return rc ? rc : deciding_audit(d, AUDIT_POST_CUT, old, text, err);
}

enum rc release_ok_cut(struct deciding *d, struct err *err)
{
    struct context c;
    enum rc rc = may_release(d, err);

    if (!rc)
        rc = context_read(d->post.context, d->mem, &c, err);
    if (rc)
        return rc;
    if (!*c.cut)
        return deciding_refuse(d, REVIEW_NOTHING_TO_CUT,
                               "there is nothing to cut in this note: say OK, or EDIT and the text", err);
    rc = change_text(d, c.cut, err);
    return rc ? rc : release(d, true, err);
}

/* Every word of `edited` stands in `old`, in the same order: words were only taken out. */
static bool is_only_cut(const char *old, const char *edited)
{
    static const char blanks[] = " \t\n";

    for (;;) {
        const size_t n = strcspn(edited += strspn(edited, blanks), blanks);
        size_t k;

        if (!n)
            return true;
        do {
            old += strspn(old, blanks);
            k = strcspn(old, blanks);
            if (!k)
                return false;
            old += k;
        } while (k != n || memcmp(old - k, edited, n) != 0);
        edited += n;
    }
}

enum rc release_edit(struct deciding *d, struct err *err)
{
    enum rc rc;

    if (!is_only_cut(d->post.text, d->decision->text))
        return deciding_ask_author(d, QUESTION_EDIT_OK, "new_text", MAILING_EDIT_OK, err);
    rc = may_release(d, err);
    if (!rc)
        rc = change_text(d, d->decision->text, err);
    return rc ? rc : release(d, true, err);
}

/* "Source: …" on the last line of a note names where it comes from. */
static const char *note_json(struct deciding *d)
{
    CLEANUP(json_free) struct json *note = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 20);
    const char *text = d->decision->text, *last = strrchr(text, '\n');
    const char *line = last ? last + 1 : text;
    const bool has_source = last && (text_starts(line, "source:") || text_starts(line, "fuente:"));

    json_set_strn(note, "text", text, has_source ? (size_t)(last - text) : strlen(text));
    json_set_str(note, "name", d->act->staff->name);
    json_set_str(note, "role", d->act->staff->title ? d->act->staff->title : "");
    json_set_str(note, "source", has_source ? strchr(line, ':') + 1 + strspn(strchr(line, ':') + 1, " ") : "");
    json_print(note, false, &out);
    return arena_strdup(d->mem, strbuf_peek(&out));
}

enum rc release_fix(struct deciding *d, struct err *err)
{
    enum rc rc;

    if (!*d->decision->text)
        return deciding_refuse(d, REVIEW_NO_TEXT, "FIX needs the note of the care team: FIX, then the note", err);
    rc = post_state_is_waiting(d->post.state) ? may_release(d, err) : RC_OK;
    if (rc)
        return rc;
    d->post.note = note_json(d);
    rc = deciding_audit(d, AUDIT_POST_NOTE_ADDED, NULL, d->decision->text, err);
    if (rc)
        return rc;
    if (post_state_is_waiting(d->post.state))
        return release(d, true, err);
    rc = deciding_record(d, err);
    d->post.state = POST_CORRECTED;
    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = publish_correction(d->gate, &d->post, err);
    d->out->effect = REVIEW_NOTE_ADDED;
    return rc;
}

/* It had its OK for a date to come. */
static enum rc undo_date(struct deciding *d, struct err *err)
{
    enum rc rc = topic_take_back(d->gate, &d->post, err);

    if (!rc)
        rc = deciding_record(d, err);
    if (!rc) /* away from the version of this row: it releases nothing */
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = deciding_audit(d, AUDIT_RELEASE_UNDONE, NULL, NULL, err);
    d->out->effect = REVIEW_UNDONE;
    return rc ? rc : review_offer(d->gate, &d->post, err);
}

/* Their own OK, the first of two (gateway/note/review): it waits for two again. */
static enum rc undo_half(struct deciding *d, struct err *err)
{
    enum rc rc = deciding_record(d, err);

    if (!rc)
        rc = post_change(&d->gate->store, &d->post, err);
    if (!rc)
        rc = deciding_audit(d, AUDIT_RELEASE_UNDONE, NULL, NULL, err);
    d->out->effect = REVIEW_UNDONE;
    return rc ? rc : review_offer(d->gate, &d->post, err);
}

enum rc release_undo(struct deciding *d, struct err *err)
{
    const bool is_over = d->group.state == GROUP_ENDED;
    struct post back = d->post;
    enum rc rc = RC_CONFLICT;

    if (d->post.send_ms)
        return undo_date(d, err);
    if (post_state_is_waiting(d->post.state))
        return undo_half(d, err);
    if (d->post.kind != POST_ANNOUNCEMENT)
        rc = unsend_post(d->gate, &back, POST_HELD, err);
    if (rc == RC_CONFLICT)
        return deciding_refuse(d, REVIEW_TOO_LATE, "somebody has got it already: FIX puts a note under it", err);
    if (!rc)
        rc = deciding_record(d, err);
    if (!rc)
        rc = deciding_audit(d, AUDIT_RELEASE_UNDONE, NULL, NULL, err);
    if (!rc)
        rc = d->group.state ==
                     GROUP_ENDED /* nobody can let it out again: it goes back to its writer (gateway/office/ending) */
                 ? due_set(&d->gate->store, JOB_GOODBYE, d->group.id.v, gate_now_ms(d->gate), err)
                 : review_offer(d->gate, &back, err);
    d->post = back;
    d->out->effect = is_over ? REVIEW_RETURNED : REVIEW_UNDONE;
    return rc;
}
