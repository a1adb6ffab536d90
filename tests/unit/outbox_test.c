/* What goes out: digests, single mails, announcements, corrections, notices, and the worker's bookkeeping. */
#include "gate_help.h"

#include "gateway/digest/digest.h"
#include "gateway/note/publish.h"
#include "gateway/office/ending.h"
#include "gateway/people/member.h"
#include "gateway/practice/ours.h"
#include "gateway/say/notice.h"
#include "gateway/send/mail_role.h"
#include "mailer/serial.h"
#include "mailer/transport.h"
#include "store/answered.h"
#include "store/delivery.h"
#include "store/due.h"

#define KEPT 64

/* A relay that remembers, and answers as told. */
struct box {
    struct transport_result answer;
    const char *refused; /* an address that gets 550 whatever the answer; NULL: none */
    size_t n;
    char *to[KEPT], *from[KEPT], *bytes[KEPT];
    struct arena *mem;
    bool is_away;
};

static enum rc box_open(void *ctx, struct err *err)
{
    const struct box *b = ctx;

    return b->is_away ? err_set(err, RC_TEMP, "no connection") : RC_OK;
}

/* Soft line breaks and the encoding of "=" taken away: enough to look for words. */
static char *readable(struct arena *mem, const char *bytes, size_t n)
{
    char *text = arena_strndup(mem, bytes, n);
    size_t out = 0;

    for (size_t i = 0; i < n; i++) {
        if (text[i] == '=' && i + 2 < n && text[i + 1] == '\r' && text[i + 2] == '\n')
            i += 2;
        else
            text[out++] = text[i];
    }
    text[out] = '\0';
    return text;
}

static enum rc box_send(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                        void *done_ctx, struct err *err)
{
    struct box *b = ctx;

    (void)err;
    for (size_t i = 0; i < count; i++) {
        size_t n = 0;
        const char *bytes = wire_bytes(wires[i], &n);

        if (b->refused && !strcmp(wire_recipient(wires[i]), b->refused)) {
            done(done_ctx, i,
                 &(struct transport_result){ .outcome = TRANSPORT_FAILED, .code = 550, .enhanced = { 5, 1, 1 } });
            continue;
        }
        if (b->answer.outcome == TRANSPORT_ACCEPTED && b->n < KEPT) {
            b->to[b->n] = arena_strdup(b->mem, wire_recipient(wires[i]));
            b->from[b->n] = arena_strdup(b->mem, wire_sender(wires[i]));
            b->bytes[b->n++] = readable(b->mem, bytes, n);
        }
        done(done_ctx, i, &b->answer);
    }
    return RC_OK;
}

static void box_nothing(void *ctx)
{
    (void)ctx;
}

struct world {
    struct gate_help g;
    struct box box;
    struct membership maria, rose, sam, news;
};

static size_t work(struct world *w)
{
    struct err err;
    const struct transport relay = { box_open, box_send, box_nothing, box_nothing, &w->box, NULL };
    size_t did = 0;

    w->box.n = 0;
    HELP_OK(mail_run_once(&w->g.gate, &relay, &MAIL_ALL, &did, &err));
    return did;
}

static void world_start(struct world *w)
{
    struct err err;
    struct db_tx tx = { 0 };

    *w = (struct world){ .box = { .answer = { .outcome = TRANSPORT_ACCEPTED, .code = 250 } } };
    w->box.mem = arena_new("box");
    gate_help_start(&w->g);
    HELP_OK(db_begin(w->g.h.db, &tx, &err));
    w->maria = gate_help_member(&w->g, "Maria", "maria@example.net", RHYTHM_DAILY);
    w->rose = gate_help_member(&w->g, "Rose", "rose@example.net", RHYTHM_DAILY);
    w->sam = gate_help_member(&w->g, "Sam", "sam@example.net", RHYTHM_EACH);
    w->news = gate_help_member(&w->g, "Ned", "ned@example.net", RHYTHM_NEWS);
    HELP_OK(db_commit(&tx, &err));
}

static void world_stop(struct world *w)
{
    gate_help_stop(&w->g);
    arena_free(&w->box.mem);
}

static const char *mail_to(const struct world *w, const char *to)
{
    for (size_t i = 0; i < w->box.n; i++)
        if (strcmp(w->box.to[i], to) == 0)
            return w->box.bytes[i];
    return NULL;
}

static void assert_says(const char *mail, const char *what)
{
    if (!mail || !strstr(mail, what))
        print_error("missing: %s\n%s\n", what, mail ? mail : "(no mail)");
    assert_non_null(mail);
    assert_non_null(strstr(mail, what));
}

static void assert_silent(const char *mail, const char *what)
{
    assert_non_null(mail);
    if (strstr(mail, what))
        print_error("should not say: %s\n%s\n", what, mail);
    assert_null(strstr(mail, what));
}

static struct post publish(struct world *w, struct membership author, enum post_kind kind,
                           struct conversation_id conversation, const char *tag, const char *text)
{
    struct err err;
    struct db_tx tx = { 0 };
    struct post p;

    HELP_OK(db_begin(w->g.h.db, &tx, &err));
    p = gate_help_post(&w->g, author.person, kind, conversation, tag, text);
    HELP_OK(publish_post(&w->g.gate, &p, &err));
    HELP_OK(db_commit(&tx, &err));
    return p;
}

static const struct conversation_id none = { 0 };

/* The newest delivery of a person. */
static struct delivery newest_of(struct world *w, struct person_id person)
{
    struct err err;
    struct delivery *rows = NULL;
    size_t n = 0;

    HELP_OK(delivery_of_person(&w->g.gate.store, person, (struct delivery_id){ 0 }, 1, w->g.gate.mem, &rows, &n, &err));
    assert_int_equal(n, 1);
    return rows[0];
}

static size_t tick(struct world *w)
{
    struct err err;
    size_t did = 0;

    HELP_OK(digest_tick(&w->g.gate, &did, &err));
    return did;
}

/* --- digests ------------------------------------------------------------------------------------------------------------------------ */

static void test_digest_closes_at_its_hour_and_is_read_once(void **state)
{
    struct world w;
    struct err err;
    struct issue issue;
    struct post p;
    const char *mail;

    (void)state;
    world_start(&w);
    p = publish(&w, w.maria, POST_POST, none, NULL, "I walk at ten each day. It helps me sleep.");
    publish(&w, w.rose, POST_COMMENT, p.conversation, NULL, "I will try that, Maria.");
    w.g.gate.facts.public_url = "https://gw.example.org"; /* of texts: nothing there takes an unsubscription */
    assert_int_equal(tick(&w), 0);                        /* 10:00: not yet */
    w.g.now_ms += 9 * MS_HOUR;                            /* 19:00 */
    work(&w);
    assert_null(mail_to(&w, "rose@example.net")); /* published after yesterday's hour, today's has come: */
    assert_int_equal(tick(&w), 3);                /* one issue, two copies */
    assert_int_equal(tick(&w), 0);
    assert_int_equal(work(&w), 2);
    mail = mail_to(&w, "rose@example.net");
    assert_says(mail, "Maria wrote");
    assert_says(mail, "You wrote");
    assert_silent(mail, "Rose wrote");
    assert_says(mail, "From: Tuesday Circle <tuesday@" GATE_DOMAIN ">");
    assert_says(mail, "List-Unsubscribe: <mailto:tuesday+");
    assert_silent(mail, "List-Unsubscribe-Post");
    assert_silent(mail, "https:");
    assert_says(mail, "List-Id: ");
    assert_says(mail, "Auto-Submitted: auto-generated");
    assert_silent(mail, "maria@example.net");
    assert_silent(mail, "In-Reply-To");
    assert_says(mail_to(&w, "maria@example.net"), "Rose wrote");
    assert_non_null(strstr(w.box.from[0], "tuesday+"));
    w.g.now_ms += MS_DAY;
    assert_int_equal(tick(&w), 0); /* nothing new: no empty letter */
    HELP_OK(issue_last(&w.g.gate.store, w.g.group.id, RHYTHM_DAILY, &issue, &err));
    assert_int_equal(issue.state, ISSUE_DONE);
    publish(&w, w.sam, POST_COMMENT, p.conversation, NULL, "Me too.");
    w.g.now_ms += MS_DAY;
    work(&w);
    assert_int_equal(tick(&w), 3);
    work(&w);
    mail = mail_to(&w, "rose@example.net");
    assert_says(mail, "Me too.");
    assert_silent(mail, "I will try that");
    assert_says(mail, "Maria wrote on"); /* two lines of what it answers */
    world_stop(&w);
}

static void test_cursor_moves_when_sent(void **state)
{
    struct world w;
    struct err err;
    struct issue issue;
    struct membership m;

    (void)state;
    world_start(&w);
    publish(&w, w.maria, POST_POST, none, NULL, "First words.");
    HELP_OK(digest_close(&w.g.gate, w.g.group.id, RHYTHM_DAILY, &issue, &err));
    HELP_OK(membership_get(&w.g.gate.store, w.rose.id, w.g.gate.mem, &m, &err));
    assert_int_equal(m.cursor_seq, 0);
    /* queued and unsent: the next issue does not repeat it */
    assert_int_equal(digest_close(&w.g.gate, w.g.group.id, RHYTHM_DAILY, &issue, &err), RC_NOT_FOUND);
    publish(&w, w.maria, POST_POST, none, NULL, "Second words.");
    IN_TX(&w.g, delivery_cancel_membership(&w.g.gate.store, w.rose.id, NULL, &err));
    HELP_OK(digest_close(&w.g.gate, w.g.group.id, RHYTHM_DAILY, &issue, &err));
    work(&w);
    HELP_OK(membership_get(&w.g.gate.store, w.rose.id, w.g.gate.mem, &m, &err));
    assert_int_equal(m.cursor_seq, 2);
    assert_says(mail_to(&w, "rose@example.net"), "First words."); /* what was cancelled comes with the next one */
    assert_says(mail_to(&w, "rose@example.net"), "Second words.");
    world_stop(&w);
}

static void test_unsent_letters_take_the_newest_rendering(void **state)
{
    struct world w;
    struct err err;
    struct issue issue;
    struct post p, gone;

    (void)state;
    world_start(&w);
    p = publish(&w, w.maria, POST_POST, none, NULL, "I stopped one of my pills.");
    gone = publish(&w, w.maria, POST_POST, none, NULL, "Call me at home.");
    w.rose.hour_minute = 12 * 60; /* Maria's letter leaves now, Rose's at noon */
    IN_TX(&w.g, membership_change(&w.g.gate.store, &w.rose, MEMBER_ACTIVE, &err));
    HELP_OK(digest_close(&w.g.gate, w.g.group.id, RHYTHM_DAILY, &issue, &err));
    work(&w);
    assert_says(mail_to(&w, "maria@example.net"), "Call me at home.");
    assert_null(mail_to(&w, "rose@example.net"));
    p.note = "{\"text\":\"Please ask us before you stop a pill.\",\"name\":\"Ana Ruiz\",\"role\":\"nurse\"}";
    p.state = POST_CORRECTED;
    gone.state = POST_WITHDRAWN;
    IN_TX(&w.g, post_change(&w.g.gate.store, &p, &err));
    IN_TX(&w.g, publish_correction(&w.g.gate, &p, &err));
    IN_TX(&w.g, post_change(&w.g.gate.store, &gone, &err));
    IN_TX(&w.g, publish_withdrawal(&w.g.gate, &gone, &err));
    w.g.now_ms += 3 * MS_HOUR;
    work(&w);
    assert_says(mail_to(&w, "maria@example.net"),
                "Please ask us before you stop a pill."); /* the letter of correction */
    assert_says(mail_to(&w, "rose@example.net"), "Please ask us before you stop a pill.");
    assert_silent(mail_to(&w, "rose@example.net"), "Call me at home.");
    world_stop(&w);
}

#define READERS 620 /* more than go out with the release itself */

static void add_readers(struct world *w)
{
    struct err err;
    struct db_tx tx = { 0 };
    char name[32], email[64];

    HELP_OK(db_begin(w->g.h.db, &tx, &err));
    for (int i = 0; i < READERS; i++) {
        snprintf(name, sizeof(name), "Reader %d", i);
        snprintf(email, sizeof(email), "r%d@example.net", i);
        gate_help_member(&w->g, name, email, RHYTHM_EACH);
    }
    HELP_OK(db_commit(&tx, &err));
}

struct tally {
    struct arena *mem;
    int items, notes, both;
};

static enum rc tally_open(void *ctx, struct err *err)
{
    (void)ctx;
    (void)err;
    return RC_OK;
}

static enum rc tally_send(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                          void *done_ctx, struct err *err)
{
    struct tally *t = ctx;
    const struct transport_result accepted = { .outcome = TRANSPORT_ACCEPTED, .code = 250 };

    (void)err;
    for (size_t i = 0; i < count; i++) {
        size_t n = 0;
        const char *const bytes = wire_bytes(wires[i], &n), *const text = readable(t->mem, bytes, n);
        const bool is_item = strstr(text, "Maria via") != NULL;
        const bool has_note = strstr(text, "Please ask us before you stop a pill.") != NULL;

        t->both += is_item && has_note;
        t->items += is_item && !has_note;
        t->notes += !is_item && has_note;
        done(done_ctx, i, &accepted);
    }
    return RC_OK;
}

static struct tally send_all(struct world *w)
{
    struct err err;
    struct tally t = { .mem = w->box.mem };
    const struct transport relay = { tally_open, tally_send, box_nothing, box_nothing, &t, NULL };
    size_t did = 0;

    HELP_OK(publish_tick(&w->g.gate, &did, &err));
    HELP_OK(mail_run_once(&w->g.gate, &relay, &MAIL_ALL, &did, &err));
    return t;
}

static void fix(struct world *w, struct post *p)
{
    struct err err;

    p->note = "{\"text\":\"Please ask us before you stop a pill.\",\"name\":\"Ana Ruiz\",\"role\":\"nurse\"}";
    p->state = POST_CORRECTED;
    IN_TX(&w->g, post_change(&w->g.gate.store, p, &err));
    IN_TX(&w->g, publish_correction(&w->g.gate, p, &err));
}

/* The first 500 rows of the roster hold Sam and 499 readers: they have the post when the note comes. */
static void test_a_note_in_the_middle_of_a_large_fan_out(void **state)
{
    struct world w;
    struct post p;
    struct tally t;

    (void)state;
    world_start(&w);
    add_readers(&w);
    p = publish(&w, w.maria, POST_POST, none, NULL, "I stopped one of my pills.");
    fix(&w, &p);
    t = send_all(&w);
    assert_int_equal(t.items, 500);
    assert_int_equal(t.notes, 500);
    assert_int_equal(t.both, READERS + 1 - 500);
    /* a note after the end goes to everybody, once */
    p = publish(&w, w.maria, POST_POST, none, NULL, "I stopped another of my pills.");
    t = send_all(&w);
    assert_int_equal(t.items, READERS + 1);
    fix(&w, &p);
    t = send_all(&w);
    assert_int_equal(t.notes, READERS + 1);
    assert_int_equal(t.items + t.both, 0);
    world_stop(&w);
}

static void test_a_withdrawal_ends_a_large_fan_out(void **state)
{
    struct world w;
    struct err err;
    struct post p;
    struct tally t;

    (void)state;
    world_start(&w);
    add_readers(&w);
    p = publish(&w, w.maria, POST_POST, none, NULL, "Call me at home.");
    p.state = POST_WITHDRAWN;
    IN_TX(&w.g, post_change(&w.g.gate.store, &p, &err));
    IN_TX(&w.g, publish_withdrawal(&w.g.gate, &p, &err));
    t = send_all(&w);
    assert_int_equal(t.items, 0);
    /* and without its help: the pages look at the post themselves, and the job ends */
    p = publish(&w, w.maria, POST_POST, none, NULL, "Call me at work.");
    p.state = POST_WITHDRAWN;
    IN_TX(&w.g, post_change(&w.g.gate.store, &p, &err));
    t = send_all(&w);
    assert_int_equal(t.items, 500);
    assert_int_equal(due_earliest(&w.g.gate.store, &w.g.now_ms, &err), RC_NOT_FOUND);
    world_stop(&w);
}

static void test_more_is_one_word_away(void **state)
{
    struct world w;
    struct err err;
    struct issue issue;
    struct delivery d;
    char text[9000];
    size_t parts = 1;

    (void)state;
    world_start(&w);
    for (int i = 0; i < 12; i++) {
        memset(text, 'a', sizeof(text));
        for (size_t at = 9; at < sizeof(text); at += 10)
            text[at] = ' ';
        snprintf(text, 32, "Note %02d of twelve", i);
        text[strlen(text)] = ' ';
        text[sizeof(text) - 1] = '\0';
        publish(&w, w.maria, POST_POST, none, NULL, text);
    }
    work(&w);
    HELP_OK(digest_close(&w.g.gate, w.g.group.id, RHYTHM_DAILY, &issue, &err));
    work(&w);
    assert_says(mail_to(&w, "rose@example.net"), "MORE");
    assert_true(strlen(mail_to(&w, "rose@example.net")) < 90 * 1024);
    for (;; parts++) {
        struct db_tx tx = { 0 };
        enum rc rc;

        d = newest_of(&w, w.rose.person);
        HELP_OK(db_begin(w.g.h.db, &tx, &err));
        rc = digest_send_more(&w.g.gate, &d, &err);
        if (rc == RC_OK)
            HELP_OK(db_commit(&tx, &err));
        db_tx_done(&tx);
        if (rc)
            break;
        work(&w);
        assert_true(strlen(mail_to(&w, "rose@example.net")) < 90 * 1024);
    }
    assert_in_range(parts, 3, 8);
    assert_says(mail_to(&w, "rose@example.net"), "Note 11 of twelve");
    world_stop(&w);
}

static void test_items_are_found_again(void **state)
{
    struct world w;
    struct err err;
    struct issue issue;
    struct place_item *items = NULL;
    struct conversation_id c = { 0 };
    struct post a, b;
    struct delivery d;
    size_t n = 0;

    (void)state;
    world_start(&w);
    a = publish(&w, w.maria, POST_POST, none, NULL, "About walking.");
    b = publish(&w, w.maria, POST_POST, none, NULL, "About cooking.\n\nWith less salt.");
    HELP_OK(digest_close(&w.g.gate, w.g.group.id, RHYTHM_DAILY, &issue, &err));
    work(&w);
    d = newest_of(&w, w.rose.person);
    HELP_OK(digest_items(&w.g.gate, &d, w.g.gate.mem, &items, &n, &err));
    assert_int_equal(n, 2);
    assert_int_equal(items[0].conversation, a.conversation.v);
    assert_int_equal(items[1].number, 2);
    assert_string_equal(items[1].lines[2], "With less salt.");
    HELP_OK(digest_item_conversation(&w.g.gate, &d, 2, &c, &err));
    assert_int_equal(c.v, b.conversation.v);
    assert_int_equal(digest_item_conversation(&w.g.gate, &d, 3, &c, &err), RC_NOT_FOUND);
    world_stop(&w);
}

/* --- single mails ------------------------------------------------------------------------------------------------------------------- */

static const char *header(const struct world *w, const char *mail, const char *name)
{
    const char *at = strstr(mail, name);

    assert_non_null(at);
    return arena_strndup(w->g.gate.mem, at + strlen(name), strcspn(at + strlen(name), "\r"));
}

static void test_singles_thread_in_the_readers_own_ids(void **state)
{
    struct world w;
    struct post p;
    const char *opener, *id;

    (void)state;
    world_start(&w);
    p = publish(&w, w.maria, POST_POST, none, NULL, "I walk at ten.");
    assert_int_equal(work(&w), 1); /* Sam alone */
    opener = mail_to(&w, "sam@example.net");
    assert_says(opener, "From: Maria via Tuesday Circle <tuesday@" GATE_DOMAIN ">");
    assert_silent(opener, "Auto-Submitted");
    id = header(&w, opener, "Message-ID: ");
    publish(&w, w.rose, POST_COMMENT, p.conversation, NULL, "So do I.");
    work(&w);
    assert_string_equal(header(&w, mail_to(&w, "sam@example.net"), "In-Reply-To: "), id);
    assert_string_equal(header(&w, mail_to(&w, "sam@example.net"), "References: "), id);
    publish(&w, w.sam, POST_COMMENT, p.conversation, NULL, "My own words.");
    assert_int_equal(work(&w), 0); /* no copy of one's own */
    world_stop(&w);
}

static void say(struct world *w, const struct membership *m, enum command_kind kind)
{
    const struct command command = { .kind = kind, .text = "" };
    const struct member_act act = {
        .command = &command, .person = m->person, .membership = m->id, .address = m->address, .letter = { 88 }
    };
    struct err err;
    bool is_done = false;

    IN_TX(&w->g, member_command(&w->g.gate, &act, &is_done, &err));
    assert_true(is_done);
}

/* The letter to somebody that holds these words; NULL: none does. */
static const char *mail_with(const struct world *w, const char *to, const char *words)
{
    for (size_t i = 0; i < w->box.n; i++)
        if (strcmp(w->box.to[i], to) == 0 && strstr(w->box.bytes[i], words))
            return w->box.bytes[i];
    return NULL;
}

static void test_who_changes_to_single_mails_misses_nothing(void **state)
{
    struct world w;
    struct post p;
    const char *mail;

    (void)state;
    world_start(&w);
    p = publish(&w, w.maria, POST_POST, none, NULL, "I walk at ten.");
    publish(&w, w.sam, POST_POST, none, NULL, "A recipe for soup.");
    work(&w);
    say(&w, &w.rose, COMMAND_EACH);
    say(&w, &w.rose, COMMAND_EACH); /* once is enough */
    publish(&w, w.maria, POST_COMMENT, p.conversation, NULL, "At eleven on Sundays.");
    work(&w);
    mail = mail_with(&w, "rose@example.net", "I walk at ten.");
    assert_says(mail, "A recipe for soup.");
    assert_silent(mail, "At eleven on Sundays.");
    assert_says(mail_with(&w, "rose@example.net", "At eleven on Sundays."), "Maria via Tuesday Circle");
    say(&w, &w.rose, COMMAND_DAILY);
    w.g.now_ms += MS_DAY;
    tick(&w);
    work(&w);
    assert_null(mail_with(&w, "rose@example.net", "I walk at ten.")); /* nor reads it twice */
    world_stop(&w);
}

static void test_a_pause_of_single_mails_misses_nothing(void **state)
{
    struct world w;

    (void)state;
    world_start(&w);
    say(&w, &w.sam, COMMAND_PAUSE);
    publish(&w, w.maria, POST_POST, none, NULL, "I walk at ten.");
    publish(&w, w.sam, POST_POST, none, NULL, "My own words.");
    work(&w);
    assert_null(mail_with(&w, "sam@example.net", "I walk at ten."));
    say(&w, &w.sam, COMMAND_RESUME);
    work(&w);
    assert_says(mail_with(&w, "sam@example.net", "I walk at ten."), "You wrote");
    say(&w, &w.sam, COMMAND_PAUSE);
    publish(&w, w.sam, POST_POST, none, NULL, "More of my own.");
    say(&w, &w.sam, COMMAND_RESUME);
    work(&w);
    assert_null(mail_with(&w, "sam@example.net", "More of my own.")); /* one's own words alone are no letter */
    world_stop(&w);
}

static void test_announcements_go_at_once_to_their_audience(void **state)
{
    struct world w;
    struct err err;
    struct issue issue;

    (void)state;
    world_start(&w);
    IN_TX(&w.g, membership_add_tag(&w.g.gate.store, w.rose.id, "walkers", &err));
    publish(&w, (struct membership){ .person = w.g.staff }, POST_ANNOUNCEMENT, none, NULL, "We are closed on Monday.");
    assert_int_equal(work(&w), 4);
    assert_says(mail_to(&w, "ned@example.net"), "We are closed on Monday.");
    publish(&w, (struct membership){ .person = w.g.staff }, POST_ANNOUNCEMENT, none, "walkers", "We meet at the lake.");
    assert_int_equal(work(&w), 1);
    HELP_OK(digest_close(&w.g.gate, w.g.group.id, RHYTHM_DAILY, &issue, &err));
    work(&w);
    assert_says(mail_to(&w, "rose@example.net"), "We meet at the lake.");
    assert_says(mail_to(&w, "maria@example.net"), "We are closed on Monday.");
    assert_silent(mail_to(&w, "maria@example.net"), "We meet at the lake.");
    world_stop(&w);
}

/* --- notices ------------------------------------------------------------------------------------------------------------------------ */

static struct notice help_for(const struct world *w)
{
    return (struct notice){ .kind = MAILING_EMPTY_NOTE,
                            .person = w->rose.person,
                            .membership = w->rose.id,
                            .group = w->g.group.id,
                            .is_answer = true,
                            .is_once_a_day = true,
                            .in_reply_to = "<abc.1@mail.example.net>" };
}

static void test_answers_have_an_empty_sender_and_go_once_a_day(void **state)
{
    struct world w;
    struct err err;
    struct notice n;
    struct db_tx tx = { 0 };

    (void)state;
    world_start(&w);
    n = help_for(&w);
    IN_TX(&w.g, notice_queue(&w.g.gate, &n, NULL, &err));
    work(&w);
    assert_int_equal(w.box.n, 1);
    assert_string_equal(w.box.from[0], "");
    assert_says(w.box.bytes[0], "Auto-Submitted: auto-replied");
    assert_says(w.box.bytes[0], "In-Reply-To: <abc.1@mail.example.net>");
    assert_says(w.box.bytes[0], "X-Auto-Response-Suppress: All");
    n = help_for(&w);
    HELP_OK(db_begin(w.g.h.db, &tx, &err));
    assert_int_equal(notice_queue(&w.g.gate, &n, NULL, &err), RC_CONFLICT);
    db_tx_done(&tx);
    w.g.now_ms += MS_DAY + 1;
    n = help_for(&w);
    IN_TX(&w.g, notice_queue(&w.g.gate, &n, NULL, &err));
    world_stop(&w);
}

static void test_nothing_goes_to_a_suppressed_address(void **state)
{
    struct world w;
    struct err err;
    struct notice n;
    struct db_tx tx = { 0 };

    (void)state;
    world_start(&w);
    n = help_for(&w);
    IN_TX(&w.g, notice_queue(&w.g.gate, &n, NULL, &err));
    IN_TX(&w.g, suppression_add(&w.g.gate.store, w.rose.address, SUPPRESSED_STOP, &err));
    work(&w);
    assert_int_equal(w.box.n, 0);
    assert_int_equal(newest_of(&w, w.rose.person).state, DELIVERY_CANCELLED);
    n = help_for(&w);
    HELP_OK(db_begin(w.g.h.db, &tx, &err));
    assert_int_equal(notice_queue(&w.g.gate, &n, NULL, &err), RC_NOT_FOUND);
    db_tx_done(&tx);
    world_stop(&w);
}

/* --- outcomes ----------------------------------------------------------------------------------------------------------------------- */

static void queue_one(struct world *w)
{
    struct err err;
    struct notice n = help_for(w);

    n.is_once_a_day = false;
    IN_TX(&w->g, notice_queue(&w->g.gate, &n, NULL, &err));
}

static void test_outcomes(void **state)
{
    struct world w;
    struct delivery d;

    (void)state;
    world_start(&w);
    queue_one(&w);
    w.box.answer = (struct transport_result){ .outcome = TRANSPORT_DEFERRED, .code = 451, .enhanced = { 4, 7, 1 } };
    work(&w);
    d = newest_of(&w, w.rose.person);
    assert_int_equal(d.state, DELIVERY_READY);
    assert_int_equal(d.attempt, 1);
    assert_true(d.due_ms > w.g.now_ms);
    assert_string_equal(d.status_code, "4.7.1");
    assert_int_equal(work(&w), 0); /* not before its time */
    w.g.now_ms += MS_HOUR;
    w.box.is_away = true; /* the relay's failure is nobody's */
    assert_int_equal(work(&w), 0);
    assert_int_equal(newest_of(&w, w.rose.person).attempt, 1);
    w.box.is_away = false;
    w.box.answer = (struct transport_result){ .outcome = TRANSPORT_FAILED, .code = 550, .enhanced = { 5, 1, 1 } };
    assert_true(work(&w) >= 1);
    assert_int_equal(newest_of(&w, w.rose.person).state, DELIVERY_FAILED);
    w.box.answer = (struct transport_result){ .outcome = TRANSPORT_ACCEPTED, .code = 250 };
    w.g.now_ms += MS_HOUR;
    work(&w);
    world_stop(&w);
}

static void test_staff_hear_of_a_refusal(void **state)
{
    struct world w;

    (void)state;
    world_start(&w);
    queue_one(&w);
    w.box.answer = (struct transport_result){ .outcome = TRANSPORT_FAILED, .code = 550, .enhanced = { 5, 1, 1 } };
    work(&w); /* Rose's, then the staff's own */
    assert_int_equal(newest_of(&w, w.rose.person).state, DELIVERY_FAILED);
    assert_int_equal(newest_of(&w, w.g.staff).state, DELIVERY_FAILED);
    world_stop(&w);
}

/* What the staff read is so: nothing is stopped, and several refusals of one day are one mail. */
static void test_staff_are_told_the_truth_once_a_day(void **state)
{
    struct world w;
    const char *mail;

    (void)state;
    world_start(&w);
    w.box.refused = "sam@example.net";
    for (int day = 0; day < 2; day++) {
        publish(&w, w.maria, POST_POST, none, NULL, "I walk at ten.");
        publish(&w, w.maria, POST_POST, none, NULL, "I swim at two.");
        work(&w);
        mail = mail_to(&w, "ana.ruiz@clinic.example.com");
        assert_says(mail, "Mail to Sam does not get through");
        assert_says(mail, "5.1.1");
        assert_silent(mail, "topped");
        assert_int_equal(w.box.n, 1);
        w.g.now_ms += MS_DAY;
    }
    w.box.refused = NULL;
    publish(&w, w.maria, POST_POST, none, NULL, "I run at four."); /* as the mail said */
    work(&w);
    assert_non_null(mail_to(&w, "sam@example.net"));
    world_stop(&w);
}

static void test_staff_hear_of_a_letter_that_could_not_be_made(void **state)
{
    struct world w;
    const char *mail;

    (void)state;
    world_start(&w);
    publish(&w, w.maria, POST_POST, none, NULL, "I walk at ten.");
    help_raw(&w.g.h, "UPDATE mailing SET built_sealed = slots_sealed");
    work(&w);
    mail = mail_to(&w, "ana.ruiz@clinic.example.com");
    assert_says(mail, "We could not make a letter for Sam");
    assert_silent(mail, "right email");
    world_stop(&w);
}

/* An approved note is not lost because its group ends before the hour of the digest. */
static void test_an_ended_group_still_sends_what_was_approved(void **state)
{
    const struct audit_who who = { AUDIT_OPERATOR, 1, AUDIT_WAY_CLI };
    struct world w;
    struct err err;
    int64_t letters = 0;

    (void)state;
    world_start(&w);
    publish(&w, w.maria, POST_POST, none, NULL, "Thank you all.");
    IN_TX(&w.g, ending_close(&w.g.gate, &who, w.g.group.id, NULL, &letters, &err));
    work(&w);
    assert_null(mail_with(&w, "rose@example.net", "Thank you all."));
    w.g.now_ms += 9 * MS_HOUR;
    tick(&w);
    work(&w);
    assert_says(mail_with(&w, "rose@example.net", "Thank you all."), "Maria wrote");
    w.g.now_ms += MS_DAY;
    assert_int_equal(tick(&w), 0);
    world_stop(&w);
}

static void test_cancelled_is_not_sent(void **state)
{
    struct world w;
    struct err err;
    int64_t n = 0;

    (void)state;
    world_start(&w);
    queue_one(&w);
    IN_TX(&w.g, delivery_cancel_person(&w.g.gate.store, w.rose.person, &n, &err));
    assert_int_equal(n, 1);
    assert_int_equal(work(&w), 0);
    queue_one(&w);
    IN_TX(&w.g, delivery_hold_restored(&w.g.gate.store, &n, &err));
    assert_int_equal(work(&w), 0);
    IN_TX(&w.g, delivery_release_restored(&w.g.gate.store, &n, &err));
    assert_int_equal(work(&w), 1);
    world_stop(&w);
}

static void test_the_same_thing_is_queued_once(void **state)
{
    struct world w;
    struct err err;
    struct db_tx tx = { 0 };
    struct delivery d;

    (void)state;
    world_start(&w);
    queue_one(&w);
    d = newest_of(&w, w.rose.person);
    HELP_OK(db_begin(w.g.h.db, &tx, &err));
    assert_int_equal(delivery_add(&w.g.gate.store, &d, &err), RC_CONFLICT);
    db_tx_done(&tx);
    HELP_OK(delivery_find_message(&w.g.gate.store, d.message_key, w.g.gate.mem, &d, &err));
    assert_int_equal(d.person.v, w.rose.person.v);
    world_stop(&w);
}

/* What ended its worker time after time is given up, and staff hear of it: it does not end in silence. */
static void test_staff_hear_of_what_is_given_up(void **state)
{
    struct world w;
    struct err err;
    struct delivery d;
    int64_t n = 0;

    (void)state;
    world_start(&w);
    queue_one(&w);
    help_raw(&w.g.h, "UPDATE delivery SET state = 3, attempt = 24, lease = 7, lease_until_ms = 1");
    IN_TX(&w.g, delivery_sweep(&w.g.gate.store, &n, &err));
    assert_int_equal(n, 1);
    d = newest_of(&w, w.rose.person);
    assert_int_equal(d.state, DELIVERY_READY);
    work(&w);
    HELP_OK(delivery_get(&w.g.gate.store, d.id, w.g.gate.mem, &d, &err));
    assert_int_equal(d.state, DELIVERY_FAILED);
    assert_true(d.sent_ms > 0); /* delivery_failed_since finds it */
    assert_says(mail_to(&w, "ana.ruiz@clinic.example.com"), "Rose");
    world_stop(&w);
}

static void test_message_ids(void **state)
{
    struct keyring *ring;
    CLEANUP(arena_free) struct arena *mem = arena_new("ids");
    unsigned char a[MESSAGE_KEY_BYTES], b[MESSAGE_KEY_BYTES];
    struct message_subject s = { .person = { 7 }, .about = MESSAGE_POST, .id = 9 };
    struct err err;
    char *text;

    (void)state;
    HELP_OK(crypt_init(&err));
    ring = help_ring(1);
    assert_true(message_id_key(ring, 0, &s, a));
    assert_false(message_id_key(ring, 1, &s, b));
    text = message_id_text(a, GATE_DOMAIN, mem);
    assert_int_equal(strlen(text), MESSAGE_LEFT_CHARS + 1 + strlen(GATE_DOMAIN));
    text = arena_printf(mem, " <%s>\r\n", text);
    assert_true(message_id_read(text, strlen(text), GATE_DOMAIN, b));
    assert_memory_equal(a, b, sizeof(a));
    assert_false(message_id_read(text, strlen(text), "example.org", b));
    s.person.v = 8;
    assert_true(message_id_key(ring, 0, &s, b));
    assert_memory_not_equal(a, b, sizeof(a));
    keyring_free(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digest_closes_at_its_hour_and_is_read_once),
        cmocka_unit_test(test_cursor_moves_when_sent),
        cmocka_unit_test(test_unsent_letters_take_the_newest_rendering),
        cmocka_unit_test(test_a_note_in_the_middle_of_a_large_fan_out),
        cmocka_unit_test(test_a_withdrawal_ends_a_large_fan_out),
        cmocka_unit_test(test_more_is_one_word_away),
        cmocka_unit_test(test_items_are_found_again),
        cmocka_unit_test(test_singles_thread_in_the_readers_own_ids),
        cmocka_unit_test(test_who_changes_to_single_mails_misses_nothing),
        cmocka_unit_test(test_a_pause_of_single_mails_misses_nothing),
        cmocka_unit_test(test_announcements_go_at_once_to_their_audience),
        cmocka_unit_test(test_answers_have_an_empty_sender_and_go_once_a_day),
        cmocka_unit_test(test_nothing_goes_to_a_suppressed_address),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_staff_hear_of_a_refusal),
        cmocka_unit_test(test_staff_are_told_the_truth_once_a_day),
        cmocka_unit_test(test_staff_hear_of_a_letter_that_could_not_be_made),
        cmocka_unit_test(test_an_ended_group_still_sends_what_was_approved),
        cmocka_unit_test(test_cancelled_is_not_sent),
        cmocka_unit_test(test_the_same_thing_is_queued_once),
        cmocka_unit_test(test_staff_hear_of_what_is_given_up),
        cmocka_unit_test(test_message_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
