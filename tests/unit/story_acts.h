/*
 * story_acts: letters that people write in a random story. Each act plays against what is there: an answer to a random mail that somebody got, a decision
 * about whatever waits. Which act is whose turn, story_desk.h draws.
 *
 * Shape    An act notes in the model what it entitles to: whose OK a text has (said.ok_by), who need not get everything any more, who said STOP.
 *          The checker (story_check.h) holds the mails and rows against that.
 */
#ifndef TESTS_UNIT_STORY_ACTS_H
#define TESTS_UNIT_STORY_ACTS_H

#include "story_check.h"

#include "gateway/intake/intake.h"

/* --- who, and which mail --------------------------------------------------------------------------------------------------------------- */

static inline size_t a_patient(struct story *s)
{
    return STORY_STAFF + draw(s, s->who_count - STORY_STAFF);
}

/* The index of a mail to this address among these kinds (a list that ends with 0): mostly the newest, else any. -1: none. */
static inline int a_mail(struct story *s, const char *to, const int64_t *kinds)
{
    const bool is_newest = chance(s, 70);
    size_t found[64], n = 0;

    for (size_t i = s->c.mail_count; i-- > 0 && n < COUNT_OF(found);) {
        bool is_wanted = false;

        for (const int64_t *k = kinds; *k; k++)
            is_wanted |= s->seen[i].kind == *k;
        if (is_wanted && (!to || !strcmp(s->c.mails[i].to, to)))
            found[n++] = i;
    }
    return n ? (int)found[is_newest ? 0 : draw(s, n)] : -1;
}

static const int64_t from_group[] = {
    MAILING_DIGEST, MAILING_POST, MAILING_COMMENT, MAILING_ANNOUNCEMENT, MAILING_CORRECTION, MAILING_MORE, 0
};
static const int64_t reviews[] = { MAILING_REVIEW, MAILING_REVIEW_LIST, MAILING_REVIEW_REMINDER, 0 };

/* --- writing ------------------------------------------------------------------------------------------------------------------------------- */

static const char *const crises[] = { "I want to kill myself", "I am going to end my life tonight",
                                      "Quiero suicidarme esta noche" };

/* A new text with its words of its own; by -1 is a stranger. */
static inline struct said *say(struct story *s, int by, bool is_crisis)
{
    struct said *said = &s->said[s->said_count];
    const size_t n = s->said_count++;

    assert_true(s->said_count <= STORY_SAID_MAX);
    *said = (struct said){ .by = by, .is_crisis = is_crisis, .is_long = chance(s, 60) };
    said->body = arena_printf(s->c.mem, "Today %s we saw the %s. %s%s%s.", canary(s, n, 'h'),
                              story_words(s, said->is_long ? 50 : 9), is_crisis ? ONE_OF(s, crises) : "It was good",
                              said->is_long ? " and then " : "", said->is_long ? canary(s, n, 't') : "");
    said->subject =
        arena_printf(s->c.mem, "%s %s%s", ONE_OF(s, ((const char *const[]){ "The", "About my", "Our" })),
                     canary(s, n, 's'), chance(s, 20) ? arena_printf(s->c.mem, " and %s", s->place->forbidden) : "");
    said->is_anothers = by >= 0 && s->who[by].is_erased;
    said->from = by < 0 ? "stranger.kanar@elsewhere.example.net" : s->who[by].email;
    return said;
}

static inline struct wrote remembered(struct story *s, struct said *said, const struct wrote *w)
{
    struct wrote with_id = *w;

    said->id = w->id ? w->id : arena_printf(s->c.mem, "said-%zu@example.net", (size_t)(said - s->said));
    said->to = w->to;
    with_id.id = said->id;
    return with_id;
}

/* Hands it in, and remembers it. */
static inline void hand_in(struct story *s, struct said *said, const struct wrote *w)
{
    const struct wrote with_id = remembered(s, said, w);

    circle_wrote(&s->c, &with_id);
    said->arrival = s->c.last;
}

struct receiving {
    const char *to, *raw;
};

static inline enum rc receive(struct story *s, void *ctx, struct err *err)
{
    const struct receiving *r = ctx;
    const struct intake intake = { .source = ARRIVAL_PIPE, .to = r->to };
    struct intake_result result;
    FILE *in = tmpfile();

    assert_true(in && fputs(r->raw, in) >= 0 && fflush(in) == 0 && lseek(fileno(in), 0, SEEK_SET) == 0);
    return intake_take(s->c.home, &intake, fileno(in), &result, err);
}

/* So many lines that the letter is stored in several pieces. */
static inline const char *long_end(struct story *s, const char *text)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 18);

    strbuf_str(&out, text);
    for (int i = 0; i < 35000; i++)
        strbuf_str(&out, "\r\n");
    return arena_strdup(s->c.mem, strbuf_peek(&out));
}

/* The same through `receive`, a program of its own. Killed on its way it told nobody that it has the letter: that is sent again. */
static inline void receive_it(struct story *s, struct said *said, const struct wrote *w)
{
    struct wrote with_id = remembered(s, said, w);
    const int64_t newest = story_ask(s, "SELECT COALESCE(MAX(id), 0) FROM arrival WHERE practice_id = $1", 0, 0);

    if (chance(s, 25))
        with_id.text = long_end(s, w->text);
    struct receiving r = { w->to, circle_raw(&s->c, &with_id) };
    struct story_program p = { DIED_RECEIVING, HOME_WITHOUT_KEYS, receive, &r,
                               chance(s, 70) ? story_draw_calls(s, 4) : 0 };
    enum story_program_end end = story_program(s, &p);

    if (end == PROGRAM_KILLED) {
        if (chance(s, 40))
            story_work(s, ROLE_SORT);
        p.die_after = 0;
        end = story_program(s, &p);
    }
    PROMISE(s, 4, end == PROGRAM_DONE, "receive refused a letter");
    said->arrival.v = story_ask(
        s, "SELECT COALESCE(MIN(id), 0) FROM arrival WHERE practice_id = $1 AND id > $2 AND state >= 2", newest, 0);
    PROMISE(s, 4, said->arrival.v, "receive took a letter that is not there");
}

static inline void send_in(struct story *s, struct said *said, const struct wrote *w)
{
    if (chance(s, 12))
        receive_it(s, said, w);
    else
        hand_in(s, said, w);
}

/* Under the words: a signature, a card, a quote of somebody's mail with their address above it. */
static inline const char *with_trimmings(struct story *s, int by, const char *text)
{
    const struct one *one = by >= 0 ? &s->who[by] : NULL;
    const struct one *other = &s->who[a_patient(s)];

    if (!one || one->is_staff || chance(s, 60))
        return text;
    if (chance(s, 50))
        return arena_printf(s->c.mem, "%s\r\n\r\n-- \r\n%s\r\n%s\r\n%s\r\n", text, one->name, one->phone, one->email);
    return arena_printf(s->c.mem, "%s\r\n\r\nOn Tue, Mar 3, 2026 at 9:00 AM %s <%s> wrote:\r\n\r\n> hello there\r\n",
                        text, other->given, other->email);
}

static inline const char *under(struct story *s, const struct mail *m, const char *text)
{
    return arena_printf(s->c.mem, "%s\r\n\r\nOn Tue, Mar 3, 2026 at 9:00 AM %s <%s> wrote:\r\n\r\n%s", text,
                        s->place->alias, s->place->group, circle_quoted(&s->c, m->text));
}

/* As the clients of this world answer: everything quoted, nothing quoted, no threading fields, a number, words between. */
static inline void answer(struct story *s, struct said *said, int mail, enum proved proof, const char *text)
{
    struct circle *c = &s->c;
    const struct mail *m = &c->mails[mail];
    const size_t manner = draw(s, 6);
    struct wrote w = { .from = said->from,
                       .to = m->reply_to,
                       .subject = circle_re(c, m),
                       .text = under(s, m, text),
                       .proof = proof,
                       .answers = m->message_id };

    if (manner == 1)
        w.text = text;
    if (manner == 2)
        w.answers = NULL;
    if (manner == 3)
        w.to = s->place->group; /* the address book's, and the thread alone says which */
    if (manner == 4)
        w.text = under(s, m, arena_printf(c->mem, "%zu %s", 1 + draw(s, 3), text));
    if (manner == 5)
        w.text = arena_printf(c->mem, "On Tue, Mar 3, 2026 at 9:00 AM %s <%s> wrote:\r\n\r\n%s\r\n%s\r\n",
                              s->place->alias, s->place->group, circle_quoted(c, m->text), text);
    send_in(s, said, &w);
}

/* --- members --------------------------------------------------------------------------------------------------------------------------------- */

static inline enum proved proof_of_member(struct story *s)
{
    return chance(s, 92) ? PASS : chance(s, 50) ? FORGED : NOTHING;
}

static inline void act_post(struct story *s)
{
    const int by = (int)a_patient(s);
    const size_t group = draw(s, s->group_count);
    struct said *said = say(s, by, chance(s, 6));
    const char *text = chance(s, 8) ? arena_printf(s->c.mem, "ANON\r\n%s", said->body) : said->body;

    send_in(s, said,
            &(struct wrote){ .from = said->from,
                             .to = group ? s->place->second : s->place->group,
                             .subject = said->subject,
                             .text = with_trimmings(s, by, text),
                             .proof = proof_of_member(s) });
}

static inline void act_comment(struct story *s)
{
    const int by = (int)(chance(s, 90) ? a_patient(s) : 2);
    const int mail = a_mail(s, s->who[by].email, from_group);

    if (mail < 0)
        return;
    struct said *said = say(s, by, chance(s, 4));
    answer(s, said, mail, proof_of_member(s), with_trimmings(s, by, said->body));
}

static inline void act_command(struct story *s)
{
    static const char *const words[] = { "HELP",     "STOP",         "LEAVE",
                                         "PAUSE",    "PAUSE 3 days", "RESUME",
                                         "DAILY",    "WEEKLY",       "EACH",
                                         "NEWS",     "RULES",        "INFO",
                                         "NAME Zoe", "ANON",         "REPORT 1",
                                         "MORE",     "BIG",          "ENGLISH",
                                         "STATUS",   "UNDO",         "UNDO",
                                         "AYUDA",    "BAJA",         "ESTADO",
                                         "STATUS",   "HELP",         "Please stop sending me these" };
    const size_t by = a_patient(s);
    const int mail = a_mail(s, s->who[by].email, from_group);
    const char *word = ONE_OF(s, words);
    const enum proved proof = proof_of_member(s);
    struct said *said = say(s, (int)by, false);

    said->is_private = true;
    said->body = word;
    s->who[by].is_disturbed = true; /* which of them leave one out is the rules' business */
    story_disturb(s, s->who[by].email);
    if (!strcmp(word, "STOP") || !strcmp(word, "BAJA"))
        s->stopping = said;
    else if (!strcmp(word, "UNDO"))
        s->who[by].is_stopped = false;
    if (mail >= 0 && chance(s, 70))
        send_in(s, said,
                &(struct wrote){ .from = said->from,
                                 .to = s->c.mails[mail].reply_to,
                                 .subject = circle_re(&s->c, &s->c.mails[mail]),
                                 .text = word,
                                 .proof = proof,
                                 .answers = s->c.mails[mail].message_id });
    else
        send_in(s, said,
                &(struct wrote){
                    .from = said->from, .to = s->place->group, .subject = "hello", .text = word, .proof = proof });
}

/* Letters about check-ins, and what people answer: a number, more than a number, whether they want to. */
static inline void act_check_in(struct story *s)
{
    static const int64_t letters[] = { MAILING_CHECK_IN_ASK, MAILING_CHECK_IN, MAILING_CHECK_IN_ANSWER, 0 };
    static const char *const words[] = { "YES", "SKIP", "STOP CHECKIN", "CHECKIN", "No", "180 or 181", "82 kg" };
    const int by = (int)a_patient(s);
    const int mail = a_mail(s, s->who[by].email, letters);
    const char *value;
    struct said *said;

    if (mail < 0)
        return;
    said = say(s, by, chance(s, 3));
    said->is_private = said->is_check_in = true;
    value = story_value(s, (size_t)(said - s->said));
    if (said->is_crisis || chance(s, 30))
        said->body = arena_printf(s->c.mem, "%s and %s", value, said->body);
    else
        said->body = chance(s, 30) ? ONE_OF(s, words) : value;
    answer(s, said, mail, proof_of_member(s), with_trimmings(s, by, said->body));
}

static inline void act_rsvp_words(struct story *s)
{
    static const char *const words[] = {
        "YES", "Yes, I will be there", "no", "Maybe", "OK", "Si", "Thanks Maria!", ""
    };
    const int by = (int)a_patient(s);
    const int mail = a_mail(s, s->who[by].email, from_group);

    if (mail < 0)
        return;
    struct said *said = say(s, by, false);
    said->body = ONE_OF(s, words);
    answer(s, said, mail, proof_of_member(s), said->body);
}

static inline void act_robot(struct story *s)
{
    const int by = (int)a_patient(s);
    const int mail = a_mail(s, s->who[by].email, from_group);
    struct said *said = say(s, by, chance(s, 20));

    s->mood = RELAY_WELL;
    s->die_after = s->fail_after = 0;
    story_work(s, ROLE_SORT);
    said->is_private = true;
    hand_in(s, said,
            &(struct wrote){ .from = said->from,
                             .to = mail >= 0 ? s->c.mails[mail].reply_to : s->place->group,
                             .subject = "Out of office",
                             .text = said->body,
                             .proof = PASS,
                             .fields = "Auto-Submitted: auto-replied\r\n" });
    story_quiet(s, said, "robot");
}

static inline void act_stranger(struct story *s)
{
    struct said *said = say(s, -1, chance(s, 30));

    said->is_private = true;
    hand_in(
        s, said,
        &(struct wrote){ .from = said->from,
                         .to = chance(s, 50) ? s->place->group : arena_printf(s->c.mem, "desk@%s", s->place->domain),
                         .subject = said->subject,
                         .text = said->body,
                         .proof = PASS });
}

static inline void act_bounce(struct story *s)
{
    const int by = (int)a_patient(s);
    const int mail = a_mail(s, s->who[by].email, from_group);
    struct circle *c = &s->c;

    if (mail < 0 || !*c->mails[mail].sender)
        return;
    const char *raw =
        arena_printf(c->mem,
                     "Received: from a by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
                     "Return-Path: <>\r\nFrom: MAILER-DAEMON@example.net\r\nTo: %s\r\nSubject: Undelivered\r\n"
                     "Message-ID: <bounce%d@example.net>\r\nMIME-Version: 1.0\r\n"
                     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
                     "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
                     "Reporting-MTA: dns; mx.example.net\r\n\r\n"
                     "Final-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n",
                     c->mails[mail].sender, ++c->letters, s->who[by].email);
    story_disturb(s, s->who[by].email);
    circle_arrive(c, c->mails[mail].sender, raw, strlen(raw));
}

/* The very same once more, or nearly. */
static inline void act_again(struct story *s)
{
    if (!s->said_count)
        return;
    const size_t old = chance(s, 50) ? s->said_count - 1 : draw(s, s->said_count);
    const struct said first = s->said[old];

    if (!first.to || first.by < 0 || s->who[first.by].is_staff || first.is_private)
        return;
    s->said[old].repeats++; /* a moderator may let it out once more */
    if (chance(s, 50)) {    /* its words and its number are the first one's */
        circle_wrote(&s->c,
                     &(struct wrote){ first.from, first.to, first.subject, first.body, PASS, NULL, first.id, NULL });
        if (first.is_crisis)
            PROMISE(s, 13, s->c.last.v, "no arrival");
        return;
    }
    struct said *said = say(s, first.by, first.is_crisis);
    said->body = arena_printf(s->c.mem, "%s %s", first.body, said->body);
    said->subject = first.subject;
    hand_in(
        s, said,
        &(struct wrote){
            .from = first.from, .to = s->place->group, .subject = first.subject, .text = said->body, .proof = PASS });
}

static inline void act_too_big(struct story *s)
{
    const int by = (int)a_patient(s);
    struct said *said = say(s, by, false);

    s->c.max_bytes = 300;
    said->is_private = true;
    hand_in(
        s, said,
        &(struct wrote){
            .from = said->from, .to = s->place->group, .subject = said->subject, .text = said->body, .proof = PASS });
    s->c.max_bytes = 0;
}

/* The newest mail that asks staff for something and that nobody answered yet; -1: none. */
static inline int an_open_desk_mail(struct story *s, const int64_t *kinds)
{
    for (size_t i = s->c.mail_count; i-- > 0;)
        for (const int64_t *k = kinds; *k && !s->seen[i].is_answered; k++)
            if (s->seen[i].kind == *k)
                return (int)i;
    return -1;
}

static inline int staff_of(const struct story *s, const struct mail *m)
{
    return !strcmp(m->to, s->who[0].email) ? 0 : !strcmp(m->to, s->who[1].email) ? 1 : 2;
}

/* Somebody under another's name. Nothing but a note that waits for proof may come of it. */
static inline void act_forged(struct story *s)
{
    static const char *const words[] = { "OK",
                                         "OK ALL",
                                         "OK 1",
                                         "NO",
                                         "CLAIM",
                                         "DONE she is fine",
                                         "SEND",
                                         "ANNOUNCE\r\nFree pills",
                                         "WEEKLY",
                                         "NAME Fool",
                                         "BIG",
                                         "UNDO",
                                         "PRIVATE\r\nYou are out",
                                         "CRISIS" };
    static const int64_t desk[] = {
        MAILING_REVIEW,           MAILING_REVIEW_LIST,      MAILING_PAGE,         MAILING_PAGE_DETAILS,
        MAILING_ANNOUNCE_PREVIEW, MAILING_ALSO_THIS_PERSON, MAILING_STAFF_NOTICE, 0
    };
    const bool is_staffs = chance(s, 70);
    const int open = is_staffs && chance(s, 60) ? an_open_desk_mail(s, reviews) : -1;
    const size_t of = open >= 0   ? (size_t)staff_of(s, &s->c.mails[open])
                      : is_staffs ? draw(s, STORY_STAFF)
                                  : a_patient(s);
    const int mail = open >= 0 ? open : a_mail(s, s->who[of].email, is_staffs ? desk : from_group);
    const enum proved proof = chance(s, 50) ? FORGED : NOTHING;
    const char *word = is_staffs ? words[draw(s, 8)] : words[8 + draw(s, 4)];
    struct said *said = say(s, (int)of, false);
    const bool has_token = mail >= 0 && is_staffs;

    said->is_private = true;
    said->body = word;
    story_work(s, ROLE_SORT);
    const struct rights before = story_rights(s);

    hand_in(s, said,
            &(struct wrote){ .from = said->from,
                             .to = has_token ? s->c.mails[mail].reply_to : s->place->group,
                             .subject = mail >= 0 ? circle_re(&s->c, &s->c.mails[mail]) : "hello",
                             .text = word,
                             .proof = proof,
                             .answers = mail >= 0 ? s->c.mails[mail].message_id : NULL });
    story_role(s, ROLE_SORT, false);
    story_nothing_done(s, &before, word);
}

/* A staff member's letter with its proof, but from a patient's address: the token alone. */
static inline void act_wrong_person(struct story *s)
{
    static const char *const words[] = { "OK", "NO", "CLAIM", "SEND", "OK ALL" };
    static const int64_t desk[] = { MAILING_REVIEW, MAILING_REVIEW_LIST, MAILING_PAGE, MAILING_ANNOUNCE_PREVIEW, 0 };
    const int open = chance(s, 60) ? an_open_desk_mail(s, desk) : -1;
    const int mail = open >= 0 ? open : a_mail(s, s->who[draw(s, 2)].email, desk);

    if (mail < 0)
        return;
    story_work(s, ROLE_SORT);
    const struct rights before = story_rights(s);
    const char *word = ONE_OF(s, words);

    circle_wrote(&s->c, &(struct wrote){ .from = s->who[a_patient(s)].email,
                                         .to = s->c.mails[mail].reply_to,
                                         .subject = circle_re(&s->c, &s->c.mails[mail]),
                                         .text = word,
                                         .proof = PASS,
                                         .answers = s->c.mails[mail].message_id });
    story_role(s, ROLE_SORT, false);
    story_nothing_done(s, &before, word);
}

/* In a home with two practices: somebody of both answers the other's mail, at this one's domain. Its token is nothing here. */
static inline void act_crossed(struct story *s)
{
    static const char *const words[] = { "OK", "NO", "CLAIM", "SEND", "OK ALL" };
    struct story *o = s->other;
    const struct mail *m = NULL;

    for (size_t n = 0, start = o ? draw(s, o->c.mail_count) : 0; o && n < o->c.mail_count && !m; n++)
        if (readers_of(s, o->c.mails[(start + n) % o->c.mail_count].to))
            m = &o->c.mails[(start + n) % o->c.mail_count];
    if (!m)
        return;
    const int by = __builtin_ctz(readers_of(s, m->to));
    const char *to = arena_printf(s->c.mem, "%.*s%s", (int)(strchr(m->reply_to, '@') + 1 - m->reply_to), m->reply_to,
                                  s->place->domain);
    struct wrote w = { .from = m->to, .to = to, .subject = "hello", .proof = PASS, .answers = m->message_id };

    if (by >= STORY_STAFF) {
        struct said *said = say(s, by, false);

        w.text = said->body;
        send_in(s, said, &w);
        return;
    }
    story_work(s, ROLE_SORT);
    const struct rights before = story_rights(s);
    w.text = ONE_OF(s, words);
    circle_wrote(&s->c, &w);
    story_role(s, ROLE_SORT, false);
    story_nothing_done(s, &before, w.text);
}

/* --- staff ------------------------------------------------------------------------------------------------------------------------------------- */

/* Which texts a review mail puts up for decision: what stands before what it says about them. */
static inline void note_ok(struct story *s, const struct mail *m, int staff)
{
    const char *end = strstr(m->text, "Words you can reply with");

    for (const char *p = m->text; (p = strstr(p, CANARY_WORD)); p++) {
        char part;
        const int n = canary_read(s, p, &part);

        if (n >= 0 && (!end || p < end))
            s->said[n].ok_by |= 1u << staff;
    }
}

static inline void note_correction(struct story *s, const struct mail *m)
{
    for (size_t i = 0; i < s->said_count; i++)
        s->said[i].repeats += strstr(m->text, canary(s, i, 'h')) != NULL;
}

static inline void staff_replies(struct story *s, int staff, int mail, const char *text)
{
    struct circle *c = &s->c;
    const struct mail *m = &c->mails[mail];

    circle_wrote(c, &(struct wrote){ .from = s->who[staff].email,
                                     .to = m->reply_to,
                                     .subject = circle_re(c, m),
                                     .text = under(s, m, text),
                                     .proof = PASS,
                                     .answers = m->message_id });
}

/* Mostly the newest that nobody answered yet. */
static inline int a_review(struct story *s)
{
    if (chance(s, 25))
        return a_mail(s, s->who[chance(s, 70) ? 0 : 1].email, reviews);
    for (size_t i = s->c.mail_count; i-- > 0;)
        if ((s->seen[i].kind == MAILING_REVIEW || s->seen[i].kind == MAILING_REVIEW_LIST) && !s->seen[i].is_answered) {
            s->seen[i].is_answered = true;
            return (int)i;
        }
    return -1;
}

static inline void act_decide(struct story *s)
{
    static const char *const none[] = { "OK but take out her number",
                                        "No problem, send it",
                                        "ok, thanks! see you",
                                        "OK if she agrees",
                                        "PASS",
                                        "CRISIS",
                                        "NO",
                                        "NO rule 2",
                                        "MOVE NEW",
                                        "OK CUT" };
    const int mail = a_review(s);
    const size_t what = draw(s, 100);

    if (mail < 0)
        return;
    const struct mail *m = &s->c.mails[mail];
    const int staff = staff_of(s, m);
    const bool is_list = s->seen[mail].kind == MAILING_REVIEW_LIST;

    if (what < 55) {
        note_ok(s, m, staff);
        staff_replies(s, staff, mail, !is_list ? "OK" : chance(s, 60) ? "OK ALL" : "OK 1 2\r\nNO 3 rule 1");
    } else if (what < 80) {
        const char *word = ONE_OF(s, none);

        if (!strcmp(word, "OK CUT"))
            note_ok(s, m, staff);
        staff_replies(s, staff, mail, word);
    } else {
        static const char *const words[] = { "ASK", "PRIVATE", "FIX", "NO: " };
        const size_t w = draw(s, COUNT_OF(words));
        struct said *said = say(s, staff, false);

        said->is_to_author = w != 2;
        if (w == 2) {
            note_ok(s, m, staff);
            note_correction(s, m);
            said->ok_by = 7;
            said->is_note = true;
        }
        said->body = arena_printf(s->c.mem, "%s%s%s", words[w], w == 3 ? "" : "\r\n", said->body);
        staff_replies(s, staff, mail, said->body);
        said->arrival = s->c.last;
    }
}

/* After the release: a note of the care team, or back with it. */
static inline void act_after(struct story *s)
{
    static const int64_t done[] = { MAILING_REVIEW_DONE, 0 };
    const int staff = (int)draw(s, 2);
    const int undone = a_mail(s, s->who[staff].email, done);

    if (undone >= 0)
        staff_replies(s, staff, undone, "UNDO");
}

static inline void act_announce(struct story *s)
{
    static const int64_t previews[] = { MAILING_ANNOUNCE_PREVIEW, MAILING_ANNOUNCE_CHANGED, MAILING_TO_ALL_OR_PRIVATE,
                                        0 };
    const int staff = (int)draw(s, STORY_STAFF);
    const int preview = a_mail(s, s->who[staff].email, previews);

    if (preview >= 0 && chance(s, 60)) {
        const bool is_send = chance(s, 75);

        if (is_send)
            for (unsigned other = 0; other < STORY_STAFF; other++)
                note_ok(s, &s->c.mails[preview], (int)other);
        staff_replies(s, staff, preview, is_send ? "SEND" : "PRIVATE");
        return;
    }
    struct said *said = say(s, staff, false);
    hand_in(s, said,
            &(struct wrote){ .from = said->from,
                             .to = s->place->group,
                             .subject = "News",
                             .text = arena_printf(s->c.mem, "ANNOUNCE\r\n%s", said->body),
                             .proof = PASS });
}

/* The author answers what staff asked or wrote to them alone. */
static inline void act_answer_staff(struct story *s)
{
    static const int64_t asked[] = { MAILING_ASK,       MAILING_PRIVATE_ANSWER, MAILING_RETURNED,       MAILING_EDIT_OK,
                                     MAILING_WHICH_ONE, MAILING_WHO_IS_WRITING, MAILING_NOT_UNDERSTOOD, 0 };
    const int by = (int)a_patient(s);
    const int mail = a_mail(s, s->who[by].email, asked);

    if (mail < 0)
        return;
    const int64_t kind = s->seen[mail].kind;
    struct said *said = say(s, by, chance(s, 5));

    said->is_private = kind == MAILING_ASK || kind == MAILING_PRIVATE_ANSWER;
    if (kind == MAILING_WHICH_ONE || kind == MAILING_WHO_IS_WRITING || kind == MAILING_EDIT_OK ||
        kind == MAILING_NOT_UNDERSTOOD) {
        said->is_crisis = false;
        said->body = ONE_OF(s, ((const char *const[]){ "1", "2", "NEW", "YES", "no" }));
    }
    if (kind == MAILING_NOT_UNDERSTOOD || kind == MAILING_WHO_IS_WRITING)
        story_disturb(s, said->from);
    hand_in(s, said,
            &(struct wrote){ .from = said->from,
                             .to = s->c.mails[mail].reply_to,
                             .subject = circle_re(&s->c, &s->c.mails[mail]),
                             .text = said->body,
                             .proof = proof_of_member(s),
                             .answers = s->c.mails[mail].message_id });
}

static inline void act_page(struct story *s)
{
    static const int64_t pages[] = { MAILING_PAGE, MAILING_PAGE_DETAILS, MAILING_PAGE_REMINDER, MAILING_PAGE_SECOND,
                                     0 };
    const int staff = (int)draw(s, 2);
    const int mail = a_mail(s, s->who[staff].email, pages);

    if (mail >= 0)
        staff_replies(
            s, staff, mail,
            ONE_OF(s, ((const char *const[]){ "CLAIM", "CLAIM", "DONE: she is safe", "DONE: called", "PASS" })));
}

/* "Is this also Rose?", and the other things that staff are asked. */
static inline void act_staff_answers(struct story *s)
{
    static const int64_t asked[] = { MAILING_ALSO_THIS_PERSON, MAILING_UNVERIFIED_NOTE, MAILING_STAFF_NOTICE, 0 };
    const int staff = (int)draw(s, 2);
    const int mail = a_mail(s, s->who[staff].email, asked);

    if (mail < 0)
        return;
    if (s->seen[mail].kind == MAILING_UNVERIFIED_NOTE)
        note_ok(s, &s->c.mails[mail], staff);
    staff_replies(s, staff, mail, ONE_OF(s, ((const char *const[]){ "OK", "NO", "YES" })));
}

#endif
