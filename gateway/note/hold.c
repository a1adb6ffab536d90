#include "gateway/note/hold.h"

#include "base/text.h"
#include "gateway/digest/digest.h"
#include "gateway/note/anon.h"
#include "gateway/note/mark.h"
#include "gateway/note/own_name.h"
#include "gateway/note/photo_words.h"
#include "gateway/note/resend.h"
#include "gateway/note/review.h"
#include "gateway/practice/record.h"
#include "gateway/practice/title.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "inbound/command.h"
#include "inbound/place.h"
#include "inbound/words.h"
#include "store/conversation.h"
#include "store/question.h"

#define WHICH_ONE_MS (24 * MS_HOUR)

/* A letter taken apart: the text to post and the pieces it falls into. */
struct work {
    struct gate *gate;
    const struct hold *in;
    struct arena *mem;
    const char *text; /* new words, less a first line ANON */
    bool is_anonymous;
    enum anon_wish subject_wish;
    bool is_wish; /* perhaps it asks for no name: marked, where the name goes out */
    struct place_pieces pieces;
    bool is_new; /* a new conversation */
    struct held *out;
};

/* A first line "ANON" is no part of the post. */
static void read_anon(struct work *w)
{
    const struct command_input in = { .subject = "", .text = w->in->letter->text, .names = w->in->names };
    const struct command c = command_read(&in, w->mem);

    w->is_anonymous = c.kind == COMMAND_ANON && *c.text;
    w->text = w->is_anonymous ? c.text : w->in->letter->text;
}

/* A subject ANON counts for the whole letter. One of ours that came back says nothing, unless it is the word itself. */
static void read_anon_subject(struct work *w)
{
    const char *subject = words_subject(w->in->letter->subject);
    const struct anon anon = anon_read(subject, NULL, w->mem);
    const bool is_alone = anon.wish == ANON_CLEAR && anon.text == subject;

    w->subject_wish = is_alone ? ANON_CLEAR : anon.wish && !w->in->sender->delivery.id.v ? ANON_MAYBE : ANON_NONE;
    w->is_anonymous |= w->subject_wish == ANON_CLEAR;
}

/* Nor is a first line "ALT A red cat" of a note with photos. */
static void read_photo_words(struct work *w)
{
    const char *const words = photo_words_of_note(w->in, w->text, w->mem, &w->text);

    for (size_t i = 0; words && i < w->in->photo_count; i++)
        w->in->photos[i].alt = words;
}

/* Mails about one post: an answer belongs where that post belongs, also the new words for one that was returned. */
static bool is_about_post(enum mailing_kind kind)
{
    return kind == MAILING_POST || kind == MAILING_COMMENT || kind == MAILING_ANNOUNCEMENT ||
           kind == MAILING_CORRECTION || kind == MAILING_RETURNED || kind == MAILING_NOT_SENT ||
           kind == MAILING_RECEIPT || kind == MAILING_PHOTO_WORDS;
}

static struct place_pieces one_piece(struct work *w, int64_t conversation, enum place_why why)
{
    int64_t *ids = ARENA_ARRAY(w->mem, 1, int64_t);
    struct place_piece *piece = ARENA_NEW(w->mem, struct place_piece);

    ids[0] = conversation;
    *piece = (struct place_piece){
        .conversations = conversation ? ids : NULL, .count = conversation ? 1 : 0, .text = w->text, .why = why
    };
    return (struct place_pieces){ piece, 1 };
}

/* Quoted lines stand above or below the words of their segment: place wants one list in the letter's order. */
static const struct place_segment *segments_of(struct work *w, size_t *ret_n)
{
    const struct letter *l = w->in->letter;
    struct place_segment *segments = ARENA_ARRAY(w->mem, l->segment_count * 2 + 1, struct place_segment);
    size_t n = 0;

    for (size_t i = 0; i < l->segment_count; i++) {
        if (*l->segments[i].quoted)
            segments[n++] = (struct place_segment){ l->segments[i].quoted, true };
        if (*l->segments[i].text)
            segments[n++] = (struct place_segment){ l->segments[i].text, false };
    }
    *ret_n = n;
    return segments;
}

static enum rc place_in_issue(struct work *w, struct err *err)
{
    const struct sender *s = w->in->sender;
    struct place_input in = { .text = w->text,
                              .ordinal = s->token.purpose == TOKEN_ITEM ? s->token.ordinal : 0,
                              .names = w->in->names };
    struct place_item *items = NULL;
    enum rc rc = digest_items(w->gate, &s->delivery, w->mem, &items, &in.item_count, err);

    if (rc)
        return rc;
    in.items = items;
    in.segments = w->is_anonymous ? NULL : segments_of(w, &in.segment_count);
    w->pieces = place_resolve(&in, w->mem);
    return RC_OK;
}

/* An old letter's address with a new subject and nothing quoted: people write a new note so. */
static bool looks_new(const struct letter *l)
{
    return !*l->trimmed && *l->subject && !text_starts(l->subject, "re:") &&
           text_equals(l->subject, words_subject(l->subject));
}

static enum rc place_letter(struct work *w, struct err *err)
{
    const struct sender *s = w->in->sender;
    struct post about;
    enum rc rc;

    if (w->in->places) {
        w->pieces = *w->in->places;
        w->is_new = w->in->is_new;
        return RC_OK;
    }
    if (s->delivery.issue.v)
        return place_in_issue(w, err);
    if (s->is_old) {
        w->pieces = one_piece(w, 0, PLACE_UNKNOWN);
        return RC_OK;
    }
    if (s->mailing.id.v && is_about_post(s->mailing.kind)) {
        rc = post_get(&w->gate->store, (struct post_id){ s->mailing.subject_id }, w->mem, &about, err);
        if (rc)
            return rc;
        w->is_new = !about.conversation.v || (about.kind == POST_POST && !about.published_seq);
        w->pieces = one_piece(w, w->is_new ? 0 : about.conversation.v, PLACE_TOKEN);
        return RC_OK;
    }
    w->is_new = true;
    w->pieces = one_piece(w, 0, PLACE_TOKEN);
    return RC_OK;
}

static int64_t flags_of(const struct work *w)
{
    const struct hold *in = w->in;
    int64_t bits = in->flags | mark_flags(in->triage);

    if (in->sender->membership.id.v && !in->sender->membership.has_posted)
        bits |= POST_FLAG_FIRST;
    if (in->letter->is_forwarded)
        bits |= POST_FLAG_FORWARDED;
    if (in->sender->is_old)
        bits |= POST_FLAG_OLD_LETTER;
    if (letter_has_warning(in->letter, "kept_whole") || letter_has_warning(in->letter, "answers_below"))
        bits |= POST_FLAG_NOT_TRIMMED;
    if (in->has_dropped)
        bits |= POST_FLAG_PHOTO;
    if (in->photo_count && !w->out->count)
        bits |= POST_FLAG_WITH_PHOTO;
    if (w->is_wish && !w->is_anonymous)
        bits |= POST_FLAG_ANON_WISH;
    if (in->sender->is_other_group)
        bits |= POST_FLAG_MAYBE_NEW;
    if (in->sender->delivery.id.v && looks_new(in->letter) && in->sender->token.purpose != TOKEN_ITEM)
        bits |= POST_FLAG_MAYBE_NEW;
    return bits;
}

/* NULL where the writer may be named. */
static const char *const *own_names(const struct work *w)
{
    return w->is_anonymous ? own_name_list(w->in->sender, w->in->letter, w->mem) : NULL;
}

static bool has_own_name(const struct work *w, const char *text)
{
    return w->is_anonymous && text && own_name_is_in(text, own_names(w), w->mem);
}

static struct post make_post(const struct work *w, const char *text, int64_t conversation,
                             const struct place_piece *piece)
{
    const struct sender *s = w->in->sender;
    struct post p = { .group = s->group.id,
                      .conversation = { conversation },
                      .kind = w->is_new ? POST_POST : POST_COMMENT,
                      .state = POST_HELD,
                      .author = s->person.id,
                      .letter = w->in->arrival,
                      .tier = w->in->triage->tier,
                      .flags = flags_of(w) | (conversation || w->is_new ? 0 : POST_FLAG_UNPLACED),
                      .placed_why = (int64_t)piece->why,
                      .is_anonymous = w->is_anonymous,
                      .text = text,
                      .created_ms = gate_now_ms(w->gate) };

    p.context =
        mark_context(&(struct mark){ w->in->letter, w->in->triage, own_names(w), s->is_other_address }, text, w->mem);
    for (size_t i = 0; i < w->in->photo_count; i++)
        p.flags |= has_own_name(w, w->in->photos[i].alt) ? POST_FLAG_OWN_NAME : 0;
    p.flags |= has_own_name(w, text) ? POST_FLAG_OWN_NAME : 0;
    if (p.tier == 4 && p.flags)
        p.tier = 3;
    p.remind_ms = office_reminder(w->gate, p.tier, 0);
    return p;
}

static enum rc title_of(struct work *w, const struct post *p, const char **ret_title, struct err *err)
{
    const bool has_subject = w->in->is_subject_plain && !w->subject_wish && !w->in->sender->delivery.id.v &&
                             !has_own_name(w, w->in->letter->subject);

    *ret_title = NULL;
    return w->is_new
               ? title_choose(has_subject ? w->in->letter->subject : NULL, p->text, p->context, w->mem, ret_title, err)
               : RC_OK;
}

static enum rc keep_post(struct work *w, struct post *p, const char *title, struct err *err)
{
    const struct audit_who author = { AUDIT_PATIENT, p->author.v, w->in->places ? AUDIT_WAY_TEXT : AUDIT_WAY_EMAIL };
    struct conversation c = { .group = p->group, .title = title, .created_ms = p->created_ms };
    enum rc rc = RC_OK;

    if (w->is_new) {
        rc = conversation_add(&w->gate->store, &c, err);
        p->conversation = c.id;
    }
    if (!rc)
        rc = post_add(&w->gate->store, p, err);
    return rc ? rc : record_act(w->gate, &author, AUDIT_POST_HELD, AUDIT_ITEM_POST, p->id.v, NULL, NULL, err);
}

static enum rc add_post(struct work *w, const char *text, int64_t conversation, const struct place_piece *piece,
                        struct err *err)
{
    struct held *out = w->out;
    struct post *p = &out->posts[out->count], earlier;
    const bool is_letter_anonymous = w->is_anonymous;
    enum resend_kind resent;
    const char *title;
    enum rc rc;

    if (out->count == HOLD_MAX_POSTS)
        return err_set(err, RC_LIMIT, "letter %" PRId64 " answers over %d items", w->in->arrival.v, HOLD_MAX_POSTS);
    *p = make_post(w, text, conversation, piece);
    resent = RESEND_NONE; /* the words beside a photo may be the same: its reader judges the photo */
    rc = w->in->photo_count ? RC_OK : resend_find(w->gate, p, out->posts, out->count, w->mem, &resent, &earlier, err);
    out->is_repeat |= resent == RESEND_REPEAT;
    if (rc || resent == RESEND_REPEAT)
        return rc;
    if (resent == RESEND_NEWER && earlier.is_anonymous && !w->is_anonymous) { /* the second letter forgot the word */
        w->is_anonymous = true;
        *p = make_post(w, text, conversation, piece);
    }
    rc = title_of(w, p, &title, err);
    if (resent == RESEND_SENT) {
        p->flags |= POST_FLAG_SENT_BEFORE;
        p->tier = p->tier == 4 ? 3 : p->tier;
    }
    out->joined[out->count] = resent == RESEND_NEWER;
    if (!rc)
        rc = resent == RESEND_NEWER ? resend_join(w->gate, &earlier, title, w->mem, p, err)
                                    : keep_post(w, p, title, err);
    w->is_anonymous = is_letter_anonymous; /* the letter's other posts are named or not as it says */
    if (!rc && !out->count && (w->in->photo_count || out->joined[0]))
        rc = photo_put(&w->gate->store, p->id, w->in->photos, w->in->photo_count, err);
    if (!rc)
        out->count++;
    return rc;
}

/* Pieces keep the blank lines between them: no post begins or ends with one. */
static const char *piece_text(const struct work *w, const struct place_piece *piece)
{
    static const char blanks[] = " \t\r\n";
    const char *from = piece->text + piece->words_at;
    size_t n;

    from += strspn(from, "\r\n");
    n = strlen(from);
    while (n && strchr(blanks, from[n - 1]))
        n--;
    return text_clean(w->mem, from, n);
}

static enum rc add_piece(struct work *w, const struct place_piece *piece, struct err *err)
{
    const struct anon anon = anon_read(piece_text(w, piece), w->in->names, w->mem);
    const bool is_letter_anonymous = w->is_anonymous;
    enum rc rc = RC_OK;

    w->is_anonymous |= anon.wish == ANON_CLEAR;
    w->is_wish = anon.wish || w->subject_wish;
    if (piece->count == 0)
        rc = add_post(w, anon.text, 0, piece, err);
    for (size_t i = 0; !rc && i < piece->count; i++)
        rc = add_post(w, anon.text, piece->conversations[i], piece, err);
    w->is_anonymous = is_letter_anonymous; /* of one piece, not of the next */
    return rc;
}

/* The items of the issue that the author may choose from, as numbers and titles; of a letter that is forgotten only NEW. */
static enum rc ask_which(struct work *w, const struct post *p, struct err *err)
{
    const struct sender *s = w->in->sender;
    CLEANUP(json_free) struct json *values = json_object_new();
    CLEANUP(json_free) struct json *choices = json_array_new();
    struct question question = { .kind = QUESTION_WHICH_ONE, .person = s->person.id, .subject_id = p->id.v };
    CLEANUP(strbuf_done) struct strbuf data = STRBUF((size_t)1 << 20);
    struct notice notice = { .kind = s->is_old ? MAILING_OLD_LETTER : MAILING_WHICH_ONE,
                             .person = s->person.id,
                             .membership = s->membership.id,
                             .group = s->group.id,
                             .subject_id = p->id.v,
                             .lane = -1,
                             .is_answer = true };
    struct place_item *items = NULL;
    size_t n = 0;
    enum rc rc = s->is_old ? RC_OK : digest_items(w->gate, &s->delivery, w->mem, &items, &n, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++) {
        struct json *choice = json_object_new();

        json_set_int(choice, "number", items[i].number);
        json_set_str(choice, "title", items[i].title);
        json_set_int(choice, "conversation", items[i].conversation);
        json_push(choices, &choice);
    }
    json_set(values, "items", &choices);
    json_set_str(values, "text", p->text);
    json_set_str(values, "letter_date", NULL);
    json_print(values, false, &data);
    question.data = strbuf_peek(&data);
    question.due_ms = gate_now_ms(w->gate) + WHICH_ONE_MS;
    rc = question_add(&w->gate->store, &question, err);
    notice.values = MOVE(values);
    if (!rc)
        rc = notice_queue(w->gate, &notice, NULL, err);
    else
        json_free(&notice.values);
    return rc;
}

/* Every held post goes before staff; an unplaced one asks its author first, and staff see both. Of an unverified one staff are asked who wrote
 * it (gateway/people/identity) before anybody decides about its words. */
static enum rc tell(struct work *w, struct err *err)
{
    enum rc rc = RC_OK;
    bool has_asked = false;

    for (size_t i = 0; !rc && i < w->out->count; i++) {
        const struct post *p = &w->out->posts[i];

        if (!w->in->places && !p->conversation.v && p->kind == POST_COMMENT && !has_asked && !w->out->joined[i] &&
            !(p->flags & POST_FLAG_UNVERIFIED)) {
            rc = ask_which(w, p, err);
            has_asked = true;
        }
        if (!rc && !(p->flags & POST_FLAG_UNVERIFIED))
            rc = review_offer(w->gate, p, err);
    }
    return rc;
}

enum rc hold_letter(struct gate *gate, const struct hold *hold, struct arena *mem, struct held *ret_held,
                    struct err *err)
{
    struct work w = { .gate = gate, .in = hold, .mem = mem, .out = ret_held };
    enum rc rc;

    *ret_held = (struct held){ .count = 0 };
    read_anon(&w);
    read_anon_subject(&w);
    read_photo_words(&w);
    if (!*w.text)
        return err_set(err, RC_INPUT, "letter %" PRId64 " has no new words", hold->arrival.v);
    rc = place_letter(&w, err);
    for (size_t i = 0; !rc && i < w.pieces.count; i++)
        rc = add_piece(&w, &w.pieces.v[i], err);
    ret_held->is_repeat &= !ret_held->count;
    return rc ? err_wrap(err, "hold") : tell(&w, err);
}

static enum rc choice_of(const struct json *data, const char *answer, const char *const *names, struct arena *mem,
                         enum place_which *ret_which, int64_t *ret_conversation, struct err *err)
{
    const struct json *choices = json_get(data, "items");
    const size_t n = json_count(choices);
    int *numbers = ARENA_ARRAY(mem, n + 1, int);
    int number = 0;

    for (size_t i = 0; i < n; i++)
        numbers[i] = (int)json_get_int(json_at(choices, i), "number", 0);
    *ret_conversation = 0;
    *ret_which = place_read_which(answer, (struct number_set){ numbers, n }, names, mem, &number);
    if (*ret_which == PLACE_WHICH_UNCLEAR)
        return err_set(err, RC_INPUT, "the answer names none of the items");
    for (size_t i = 0; i < n && *ret_which == PLACE_WHICH_NUMBER; i++)
        if (numbers[i] == number)
            *ret_conversation = json_get_int(json_at(choices, i), "conversation", 0);
    return RC_OK;
}

static enum rc make_conversation(struct gate *gate, struct post *p, struct arena *mem, struct err *err)
{
    struct conversation c = { .group = p->group, .created_ms = gate_now_ms(gate) };
    enum rc rc;

    c.title = title_of_text(p->text, mem);
    rc = conversation_add(&gate->store, &c, err);
    p->conversation = c.id;
    p->kind = POST_POST;
    return rc;
}

enum rc hold_answer_which(struct gate *gate, struct post_id id, const char *answer, const char *const *names,
                          struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("which_one");
    CLEANUP(json_free) struct json *data = NULL;
    struct question question;
    struct post p;
    enum place_which which = PLACE_WHICH_UNCLEAR;
    enum rc rc = question_find(&gate->store, QUESTION_WHICH_ONE, id.v, mem, &question, err);

    if (!rc)
        rc = json_parse(question.data, strlen(question.data), &data, err);
    if (!rc)
        rc = post_get(&gate->store, id, mem, &p, err);
    if (!rc)
        rc = choice_of(data, answer, names, mem, &which, &p.conversation.v, err);
    if (!rc && which == PLACE_WHICH_NEW)
        rc = make_conversation(gate, &p, mem, err);
    if (rc)
        return rc;
    p.flags &= ~(int64_t)POST_FLAG_UNPLACED;
    p.placed_why = HOLD_PLACED_BY_AUTHOR;
    rc = post_change(&gate->store, &p, err);
    if (!rc)
        rc = question_close(&gate->store, question.id, QUESTION_ANSWERED, err);
    if (!rc)
        rc = review_offer(gate, &p, err);
    return rc;
}

enum rc hold_withdraw(struct gate *gate, struct person_id author, struct group_id group, int64_t *ret_n,
                      struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("withdraw");
    struct post *posts;
    size_t n;
    int64_t done = 0;
    enum rc rc = post_waiting_by(&gate->store, author, mem, &posts, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        if (group.v && posts[i].group.v != group.v)
            continue;
        posts[i].state = POST_WITHDRAWN;
        posts[i].remind_ms = 0;
        rc = post_change(&gate->store, &posts[i], err);
        if (!rc)
            rc = question_withdraw_about(&gate->store, posts[i].id.v, err);
        done++;
    }
    if (ret_n)
        *ret_n = done;
    return rc;
}
