#include "gateway/note/photo_words.h"

#include "base/text.h"
#include "gateway/home/context.h"
#include "gateway/note/mark.h"
#include "gateway/note/own_name.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "inbound/words.h"
#include "store/setting.h"

/* One line of what a photo shows; NULL when it is over PHOTO_ALT_MAX. */
static const char *alt_line(const char *words, struct arena *mem)
{
    const char *line = text_clean_line(mem, words, strlen(words));
    size_t chars = 0;

    for (const char *p = line; *p; p++)
        chars += (*p & 0xC0) != 0x80;
    return chars > PHOTO_ALT_MAX ? NULL : line;
}

/* What is known of one photo, or of the first when place is 0; NULL: there is no such photo. */
static enum rc old_alt(struct gate *gate, struct post_id post, int64_t place, struct arena *mem, const char **ret_alt,
                       struct err *err)
{
    struct photo_row *photos = NULL;
    size_t n = 0;

    *ret_alt = NULL;
    if (photo_list(&gate->store, post, mem, &photos, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && !*ret_alt; i++)
        if (!place || photos[i].place == place)
            *ret_alt = photos[i].alt;
    return RC_OK;
}

enum rc photo_words_decide(struct deciding *d, struct err *err)
{
    const char *const words = alt_line(d->decision->text, d->mem), *old;
    enum rc rc;

    if (!words)
        return deciding_refuse(d, REVIEW_LONG_ALT, "what a photo shows is said in at most 200 characters", err);
    rc = old_alt(d->gate, d->post.id, d->decision->photo, d->mem, &old, err);
    if (!rc && !old)
        return deciding_refuse(d, REVIEW_NO_PHOTO, "the note has no such photo", err);
    if (!rc)
        rc = photo_set_alt(&d->gate->store, d->post.id, d->decision->photo, words, err);
    if (!rc)
        rc = deciding_audit(d, AUDIT_PHOTO_DESCRIBED, old, words, err);
    d->out->effect = REVIEW_DESCRIBED;
    return rc;
}

/* --- the author -------------------------------------------------------------------------------------------------------------------------- */

/* Something of the words is contact data, or nobody can say that it is not. */
static bool has_contact(const struct triage_result *triage, const char *letter, const char *words, struct arena *mem)
{
    for (size_t i = 0; i < triage->hit_count; i++) {
        const struct triage_hit *hit = &triage->hits[i];

        if (hit->flag != TRIAGE_CONTACT)
            continue;
        if (hit->is_in_whole || hit->at + hit->len > strlen(letter) ||
            strstr(words, arena_strndup(mem, letter + hit->at, hit->len)))
            return true;
    }
    return false;
}

const char *photo_words_of_note(const struct hold *in, const char *text, struct arena *mem, const char **ret_rest)
{
    static const char *const starts[] = { "ALT ", "ALT:", "Alt:", "alt:" };
    const char *p = text, *line, *words = NULL;
    size_t n;

    if (!in->photo_count || !text_next_line(&p, &line, &n))
        return NULL;
    for (size_t i = 0; i < COUNT_OF(starts) && !words; i++)
        if (n > strlen(starts[i]) && !strncmp(line, starts[i], strlen(starts[i])))
            words = arena_strndup(mem, line + strlen(starts[i]), n - strlen(starts[i]));
    words = words ? alt_line(words + strspn(words, ": "), mem) : NULL;
    if (!words || !*words || has_contact(in->triage, in->letter->text, words, mem))
        return NULL;
    p += strspn(p, "\r\n\t ");
    *ret_rest = *p ? p : words;
    return words;
}

static bool has_words(const struct sorting *s)
{
    for (size_t i = 0; i < s->photos.count; i++)
        if (s->photos.photos[i].alt && *s->photos.photos[i].alt)
            return true;
    return false;
}

enum rc photo_words_ask(struct sorting *s, struct err *err)
{
    struct question question = { .kind = QUESTION_PHOTO_WORDS, .person = s->sender.person.id };
    struct notice notice = { .kind = MAILING_PHOTO_WORDS,
                             .person = s->sender.person.id,
                             .membership = s->sender.membership.id,
                             .group = s->sender.group.id,
                             .lane = -1,
                             .is_answer = true,
                             .in_reply_to = s->letter.message_id };
    bool is_wanted = false;
    enum rc rc;

    if (!s->photos.count || !s->held.count || has_words(s) || s->sender.person.kind != PERSON_PATIENT)
        return RC_OK;
    if (s->triage.tier <= 2) /* not the moment */
        return RC_OK;
    if (setting_get_yes(&s->gate->store, SETTING_ASK_PHOTO_WORDS, false, &is_wanted, err))
        return err->rc;
    if (!is_wanted)
        return RC_OK;
    question.subject_id = notice.subject_id = s->held.posts[0].id.v;
    if (question_add(&s->gate->store, &question, err))
        return err->rc;
    notice.values = json_object_new();
    json_set_str(notice.values, "text", s->held.posts[0].text);
    rc = notice_queue(s->gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND || rc == RC_CONFLICT ? RC_OK : rc;
}

/* What the words are marked for is shown beside the note. */
static enum rc add_marks(struct sorting *s, struct post *p, struct err *err)
{
    struct context c;

    if (context_read(p->context, s->mem, &c, err))
        return err->rc;
    for (size_t i = 0; i < s->triage.hit_count && c.hit_count < CONTEXT_HITS_MAX; i++)
        c.hits[c.hit_count++] = (struct context_hit){ .flag = triage_flag_name(s->triage.hits[i].flag),
                                                      .phrase = s->triage.hits[i].phrase };
    p->context = context_write(&c, s->mem);
    p->flags |= mark_flags(&s->triage);
    p->tier = s->triage.tier < p->tier ? s->triage.tier : p->tier;
    if (p->tier == 4 && p->flags)
        p->tier = 3;
    return RC_OK;
}

static enum rc take(struct sorting *s, struct post *p, const struct question *question, const char *words,
                    struct err *err)
{
    const struct audit_who author = record_patient(p->author);

    if (p->is_anonymous && own_name_is_in(words, own_name_list(&s->sender, &s->letter, s->mem), s->mem))
        p->flags |= POST_FLAG_OWN_NAME; /* whom the group must not know */
    if (add_marks(s, p, err))
        return err->rc;
    p->first_review_by.v = 0; /* whoever said OK has not seen these words */
    p->state = p->state == POST_HALF_RELEASED ? POST_HELD : p->state;
    s->outcome = OUTCOME_ANSWER;
    if (photo_set_alt(&s->gate->store, p->id, 0, words, err) || post_change(&s->gate->store, p, err) ||
        question_close(&s->gate->store, question->id, QUESTION_ANSWERED, err) ||
        record_act(s->gate, &author, AUDIT_PHOTO_DESCRIBED, AUDIT_ITEM_POST, p->id.v, NULL, words, err))
        return err->rc;
    return review_offer(s->gate, p, err);
}

/* Their answer, less greeting, thanks and name. */
static const char *answer_words(struct sorting *s)
{
    const struct words_core core = words_core(s->letter.text, s->names, s->mem);

    return alt_line(words_span(&core, core.from, core.to, s->mem), s->mem);
}

enum rc photo_words_answer(struct sorting *s, struct err *err)
{
    const char *const words = answer_words(s);
    struct question question;
    struct post p;
    int64_t photos = 0;
    enum rc rc;

    if (!words || !*words || s->photos.count || has_contact(&s->triage, s->letter.text, s->letter.text, s->mem))
        return RC_OK;
    rc = question_find(&s->gate->store, QUESTION_PHOTO_WORDS, s->sender.mailing.subject_id, s->mem, &question, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    rc = post_get(&s->gate->store, (struct post_id){ question.subject_id }, s->mem, &p, err);
    if (!rc)
        rc = photo_count(&s->gate->store, p.id, &photos, err);
    if (rc || !photos || !post_state_is_waiting(p.state))
        return rc;
    return take(s, &p, &question, words, err);
}
