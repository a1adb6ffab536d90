/*
 * Words for the care team alone: what answers a private note, a question about a note, a proposed wording, a check-in or "may we?", by its number, or
 * without one while it is the open question. The same functions take them as by mail (gateway/sort/reply, gateway/people/check_in_reply, courtesies);
 * nothing of it becomes a note.
 */
#include "gateway/text/talk.h"

#include "base/text.h"
#include "gateway/digest/text_compose.h"
#include "gateway/people/check_in_reply.h"
#include "gateway/people/courtesies.h"
#include "gateway/say/notice.h"
#include "gateway/say/tell.h"
#include "gateway/sms/text_level.h"
#include "gateway/sort/reply.h"
#include "inbound/words.h"
#include "store/private.h"
#include "store/question.h"

#define NOTES_LOOKED_AT 12

static bool is_private(const struct text_item *item)
{
    return item->kind == TEXT_ITEM_PRIVATE || item->kind == TEXT_ITEM_ASK || item->kind == TEXT_ITEM_EDIT ||
           item->kind == TEXT_ITEM_CHECK_IN || item->kind == TEXT_ITEM_MAY_WE;
}

/* Whoever of the line's users has it; nothing of who left. */
static const struct text_item *find(const struct talk *t, int64_t n)
{
    for (size_t i = 0; n && !t->is_former && i < t->item_count; i++)
        if (t->items[i].n == n && is_private(&t->items[i]))
            return &t->items[i];
    return NULL;
}

/* Several share the phone: the item tells who it is. */
static enum rc pick_owner(struct talk *t, const struct text_item *item, struct err *err)
{
    for (size_t i = 0; t->writer.id.v != item->person.v && i < t->user_count; i++)
        if (t->users[i].id.v == item->person.v)
            return talk_pick(t, &t->users[i], err);
    return RC_OK;
}

/* ---- its words, to who wants them by text ---- */

/* What the open question about a note of theirs says; RC_NOT_FOUND: it was answered, or decided otherwise. */
static enum rc read_asked(const struct talk *t, const struct text_item *item, struct notice *notice, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const bool is_ask = item->kind == TEXT_ITEM_ASK;
    const char *const key = is_ask ? "question" : "new_text";
    struct question question;
    struct person staff;

    if (question_find(&t->gate->store, is_ask ? QUESTION_ASK : QUESTION_EDIT_OK, item->target, t->mem, &question,
                      err) ||
        json_parse(question.data, strlen(question.data), &data, err) ||
        person_get(&t->gate->store, (struct person_id){ json_get_int(data, "staff", 0) }, t->mem, &staff, err))
        return err->rc;
    notice->kind = is_ask ? MAILING_ASK : MAILING_EDIT_OK;
    notice->subject_id = item->target;
    json_set_str(notice->values, "who", staff.name);
    json_set_str(notice->values, key, json_get_str(data, key, ""));
    return RC_OK;
}

/* The newest words of staff. */
static enum rc read_talk(const struct talk *t, const struct text_item *item, struct notice *notice, struct err *err)
{
    struct private_note *notes;
    struct person staff;
    size_t n;

    if (private_notes(&t->gate->store, (struct talk_id){ item->target }, NOTES_LOOKED_AT, t->mem, &notes, &n, err))
        return err->rc;
    while (n && (!notes[n - 1].author.v || notes[n - 1].author.v == item->person.v))
        n--;
    if (!n)
        return err_set(err, RC_NOT_FOUND, "talk %" PRId64 " holds no words of staff", item->target);
    if (person_get(&t->gate->store, notes[n - 1].author, t->mem, &staff, err))
        return err->rc;
    notice->kind = MAILING_PRIVATE_ANSWER;
    notice->subject_id = item->target;
    json_set_str(notice->values, "who", staff.name);
    json_set_str(notice->values, "answer", notes[n - 1].text);
    return RC_OK;
}

static enum rc show_check_in(const struct talk *t, const struct talk_seat *seat, const struct text_item *item,
                             struct err *err)
{
    struct check_in_member m = { .part = CHECK_IN_ASKED };
    struct check_in_round round;
    struct check_in c;
    enum rc rc;

    if (!seat)
        return err_set(err, RC_NOT_FOUND, "they left the group");
    if (check_in_get(&t->gate->store, (struct check_in_id){ item->target }, t->mem, &c, err) ||
        check_in_round_newest(&t->gate->store, c.id, &round, err))
        return err->rc;
    rc = check_in_member_find(&t->gate->store, c.id, seat->m.id, &m, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;

    const struct check_in_seat who = { t->writer.id, seat->m.id, t->writer.language };

    if (c.state == CHECK_IN_ENDED || m.part == CHECK_IN_OUT)
        return err_set(err, RC_NOT_FOUND, "check-in %" PRId64 " asks them no more", c.id.v);
    return m.part == CHECK_IN_TAKES_PART ? check_in_send(t->gate, &c, &round, &who, false, err)
                                         : check_in_ask(t->gate, &c, &who, m.asks, err);
}

static enum rc show_words(const struct talk *t, const struct talk_seat *seat, const struct text_item *item,
                          struct err *err)
{
    struct notice notice = { .person = item->person,
                             .membership = seat ? seat->m.id : (struct membership_id){ 0 },
                             .group = item->group,
                             .address = t->line.address,
                             .reply = TOKEN_PRIVATE,
                             .lane = -1,
                             .values = json_object_new() };
    const enum rc rc =
        item->kind == TEXT_ITEM_PRIVATE ? read_talk(t, item, &notice, err) : read_asked(t, item, &notice, err);

    if (rc) {
        json_free(&notice.values);
        return rc;
    }
    return notice_queue(t->gate, &notice, NULL, err);
}

enum rc talk_private_show(struct talk *t, int64_t n, bool *ret_is, struct err *err)
{
    const struct text_item *item = find(t, n);
    const struct talk_seat *seat;
    enum rc rc;

    for (size_t i = 0; !item && !t->is_former && i < t->item_count; i++)
        if (t->items[i].n == n && talk_visit_has_questions(t, &t->items[i]))
            item = &t->items[i];

    *ret_is = item != NULL;
    if (!item)
        return RC_OK;
    if (pick_owner(t, item, err))
        return err->rc;
    if (t->consent.level < TEXT_LEVEL_WORDS) /* R19: their own word for it first */
        rc = text_level_ask(t->gate, &t->line, &t->writer, n, err);
    else {
        seat = talk_seat_of(t, item->group);
        rc = item->kind == TEXT_ITEM_VISIT      ? talk_visit_show(t, item, err)
             : item->kind == TEXT_ITEM_CHECK_IN ? show_check_in(t, seat, item, err)
             : item->kind == TEXT_ITEM_MAY_WE   ? courtesies_ask_again(t->gate, item->target, t->line.address, err)
                                                : show_words(t, seat, item, err);
    }
    if (rc == RC_NOT_FOUND)
        return talk_say_flag(t, MAILING_TEXT_SAY, "is_nothing_more", err);
    return rc == RC_DENIED ? RC_OK : rc;
}

/* ---- answers ---- */

/* The text as a letter that answers ours: the phone's own yes is the proof of who writes. */
static struct sorting *as_letter(const struct talk *t, const struct text_item *item, const char *words)
{
    static const enum mailing_kind kinds[] = { [TEXT_ITEM_PRIVATE] = MAILING_PRIVATE_ANSWER,
                                               [TEXT_ITEM_CHECK_IN] = MAILING_CHECK_IN_ASK,
                                               [TEXT_ITEM_ASK] = MAILING_ASK,
                                               [TEXT_ITEM_EDIT] = MAILING_EDIT_OK,
                                               [TEXT_ITEM_MAY_WE] = MAILING_MAY_WE };
    const struct talk_seat *const seat = talk_seat_of(t, item->group);
    struct sorting *const s = ARENA_NEW(t->mem, struct sorting);

    s->gate = t->gate;
    s->lexicon = t->lexicon;
    s->mem = t->mem;
    s->arrival.id.v = t->in->id.v;
    letter_init(&s->letter);
    s->letter.kind = LETTER_POST;
    s->letter.text = s->letter.body = words;
    s->names = t->names;
    s->triage = *t->triage;
    s->sender.person = t->writer;
    s->sender.people = t->users;
    s->sender.people_count = t->user_count;
    s->sender.proof = PROOF_DMARC;
    s->sender.delivery.person = t->writer.id;
    s->sender.mailing.kind = kinds[item->kind];
    s->sender.mailing.subject_id = item->target;
    s->sender.group.id = item->group;
    if (seat) {
        s->sender.membership = seat->m;
        s->sender.group = seat->group;
    }
    return s;
}

/* What we ask about is over: staff read the words, and nobody else. */
static enum rc too_late(struct talk *t, struct err *err)
{
    return talk_tell(t, TELL_TEXT_CAME, err) ? err->rc : talk_say_flag(t, MAILING_TEXT_SAY, "is_old", err);
}

static enum rc close_question(struct talk *t, const struct text_item *item, struct err *err)
{
    if (!t->question.id || t->question.subject_id != item->n || t->question.kind == TEXT_ASK_LEVEL)
        return RC_OK;
    t->question.id = 0;
    return text_question_close(&t->gate->store, &t->line, err);
}

static enum rc answer_check_in(struct talk *t, const struct text_item *item, const char *words, struct err *err)
{
    const struct command none = { .kind = COMMAND_NONE };
    struct sorting *const s = as_letter(t, item, words);

    if (!s->sender.membership.id.v)
        return too_late(t, err);
    if (check_in_reply(s, &none, err)) /* which says what became of it */
        return err->rc;
    return s->outcome ? RC_OK : too_late(t, err);
}

/* A wording that they have not seen is not agreed to. */
static enum rc is_unseen(const struct talk *t, const struct text_item *item, const char *words, bool *ret_is,
                         struct err *err)
{
    *ret_is = item->kind == TEXT_ITEM_EDIT;
    if (t->consent.level >= TEXT_LEVEL_WORDS)
        *ret_is = false;
    else if (item->kind == TEXT_ITEM_MAY_WE && answer_read(words, t->names, t->mem) != ANSWER_NO)
        return courtesies_has_words(t->gate, item->target, ret_is, err);
    return RC_OK;
}

/* Yes and no are answered there. */
static enum rc answer_may_we(struct talk *t, const struct text_item *item, const char *words, struct err *err)
{
    struct sorting *const s = as_letter(t, item, words);

    if (!s->sender.membership.id.v)
        return too_late(t, err);
    if (close_question(t, item, err) || courtesies_reply(s, err))
        return err->rc;
    if (!s->outcome)
        return too_late(t, err);
    return s->outcome == OUTCOME_STAFF && !talk_has_alarm(t) ? talk_say_flag(t, MAILING_TEXT_SAY, "is_to_staff", err)
                                                             : RC_OK;
}

static enum rc answer(struct talk *t, const struct text_item *item, const char *words, struct err *err)
{
    bool is_first_shown;
    struct sorting *s;

    if (pick_owner(t, item, err))
        return err->rc;
    if (item->kind == TEXT_ITEM_CHECK_IN)
        return answer_check_in(t, item, words, err);
    if (is_unseen(t, item, words, &is_first_shown, err))
        return err->rc;
    if (is_first_shown)
        return t->is_silent ? RC_OK : talk_private_show(t, item->n, &is_first_shown, err);
    if (item->kind == TEXT_ITEM_MAY_WE)
        return answer_may_we(t, item, words, err);
    s = as_letter(t, item, words);
    if (close_question(t, item, err) || reply_to_question(s, err))
        return err->rc;
    if (!s->outcome)
        return too_late(t, err);
    if (talk_has_alarm(t)) /* answered with the words for such a moment */
        return RC_OK;
    return talk_say_flag(
        t, MAILING_TEXT_SAY,
        item->kind == TEXT_ITEM_EDIT && answer_read(words, t->names, t->mem) != ANSWER_NO ? "is_placed" : "is_to_staff",
        err);
}

/* The private item among the numbers of a piece: its words are for that one, whatever else the piece names. */
static const struct text_item *private_of(const struct talk *t, const struct number_piece *p)
{
    const struct text_item *item = NULL;

    for (size_t k = 0; k < p->count && !item; k++)
        item = find(t, p->numbers[k]);
    return item;
}

static enum rc answer_pieces(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct number_pieces all = t->meaning.pieces;
    struct number_piece *const rest = ARENA_ARRAY(t->mem, all.count + 1, struct number_piece);
    size_t n = 0;

    for (size_t i = 0; i < all.count; i++) {
        const struct number_piece *const p = &all.v[i];
        const struct text_item *const item = private_of(t, p);

        if (!item)
            rest[n++] = *p;
        else if (answer(t, item, text_clean(t->mem, t->in->words + p->words_at, p->at + p->len - p->words_at), err))
            return err->rc;
    }
    *ret_is_done = n == 0;
    t->meaning.pieces = (struct number_pieces){ rest, n };
    return RC_OK;
}

/* ---- without a number ---- */

static const struct text_item *asked(const struct talk *t)
{
    const enum text_question_kind kind = t->question.kind;

    return t->question.id && (kind == TEXT_ASK_PRIVATE || kind == TEXT_ASK_EDIT_OK || kind == TEXT_ASK_CHECK_IN ||
                              kind == TEXT_ASK_MAY_WE)
               ? find(t, t->question.subject_id)
               : NULL;
}

/* "182", where a check-in waits for a number: its answer, unless an item has that number and nobody can weigh so little. */
static enum rc is_check_in_number(const struct talk *t, const struct text_item *item, bool *ret_is, struct err *err)
{
    const int n = t->meaning.number;
    struct check_in c;

    *ret_is = false;
    if (check_in_get(&t->gate->store, (struct check_in_id){ item->target }, t->mem, &c, err))
        return err->rc;
    if (c.kind == CHECK_IN_NUMBER || c.kind == CHECK_IN_SCALE)
        *ret_is = !talk_item(t, n) || (c.limits.low != CHECK_IN_NO_LIMIT && n * INT64_C(1000) >= c.limits.low &&
                                       (c.limits.high == CHECK_IN_NO_LIMIT || n * INT64_C(1000) <= c.limits.high));
    return RC_OK;
}

static enum rc is_its_answer(const struct talk *t, const struct text_item *item, bool *ret_is, struct err *err)
{
    const struct text_meaning *const m = &t->meaning;
    const bool is_number = (m->kind == TEXT_MEANS_MORE && m->number && m->command.kind != COMMAND_MORE) ||
                           m->kind == TEXT_MEANS_UNKNOWN || m->kind == TEXT_MEANS_OLD;

    *ret_is = m->kind == TEXT_MEANS_ANSWER;
    if (is_number && item->kind == TEXT_ITEM_CHECK_IN && m->number != item->n)
        return is_check_in_number(t, item, ret_is, err);
    if (is_number && item->kind == TEXT_ITEM_ASK)
        *ret_is = m->number != item->n; /* "How many?" "14" */
    else if (is_number && item->kind == TEXT_ITEM_PRIVATE)
        *ret_is = m->kind != TEXT_MEANS_MORE;
    else if (m->kind == TEXT_MEANS_COMMAND && !m->is_sure && t->question.kind == TEXT_ASK_PRIVATE)
        *ret_is = m->command.kind != COMMAND_LEAVE && m->command.kind != COMMAND_PAUSE; /* words, not a wish */
    return RC_OK;
}

/* "10 181", "10 and it itches": a number in front that is a private item's, in words of which number_split is not sure. *ret_words: what follows it, or
 * all of it where that may be what it counts ("10 mg helped"). NULL: none. */
static const struct text_item *leading(const struct talk *t, const char **ret_words)
{
    const char *p = t->in->words + strspn(t->in->words, " #");
    const size_t digits = strspn(p, "0123456789");
    const size_t gap = strspn(p + digits, " :,.)-");
    const struct text_item *const item = digits == 2 || digits == 3 ? find(t, strtol(p, NULL, 10)) : NULL;

    if (!item || !gap || !p[digits + gap] || (p[digits] == '.' && gap == 1))
        return NULL;
    *ret_words =
        t->meaning.kind == TEXT_MEANS_UNSURE && item->kind != TEXT_ITEM_CHECK_IN ? t->in->words : p + digits + gap;
    return item;
}

static bool is_words(enum text_means kind)
{
    return kind == TEXT_MEANS_ANSWER || kind == TEXT_MEANS_UNSURE || kind == TEXT_MEANS_FREE ||
           kind == TEXT_MEANS_BARE || kind == TEXT_MEANS_COURTESY;
}

/* SKIP alone, after something else was asked: of the newest check-in. */
static const struct text_item *skipped(const struct talk *t)
{
    const struct words_core core = words_core(t->in->words, t->names, t->mem);
    const struct text_item *newest = NULL;

    for (size_t i = 0; i < t->item_count; i++)
        if (!t->is_former && t->items[i].kind == TEXT_ITEM_CHECK_IN &&
            (!newest || newest->given_ms < t->items[i].given_ms))
            newest = &t->items[i];
    return words_core_is(&core, "skip|omitir|saltar this|today|hoy?") ? newest : NULL;
}

/* MORE and no number: of a text that told only that there is something. */
static bool is_more(const struct talk *t)
{
    return !t->meaning.number && t->consent.level < TEXT_LEVEL_WORDS;
}

static enum rc show(struct talk *t, const struct text_item *open, bool *ret_is_done, struct err *err)
{
    const int64_t n = open && is_more(t) ? open->n : t->meaning.number;

    *ret_is_done = find(t, n) != NULL;
    return *ret_is_done && !t->is_silent ? talk_private_show(t, n, ret_is_done, err) : RC_OK;
}

enum rc talk_private(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct text_item *const open = asked(t);
    const struct text_item *item = NULL;
    const char *words = t->in->words;

    *ret_is_done = false;
    if (t->meaning.kind == TEXT_MEANS_COMMENT)
        return answer_pieces(t, ret_is_done, err);
    if (is_words(t->meaning.kind)) {
        item = leading(t, &words);
        item = item ? item : skipped(t);
    }
    *ret_is_done = item != NULL;
    if (!item && open && is_its_answer(t, open, ret_is_done, err))
        return err->rc;
    if (*ret_is_done)
        return answer(t, item ? item : open, words, err);
    return t->meaning.kind == TEXT_MEANS_MORE ? show(t, open, ret_is_done, err) : RC_OK;
}
