/*
 * circle_help: a whole circle in a home of its own, to which tests write raw mails and from which they read what went out. Mails take the real
 * way: arrival, the sandboxed reader, sort_run, the outbox and its worker. Included by tests only. People are invented.
 *
 * Shape    staff    Ana Ruiz (moderator, first on duty), Lee Ames (moderator, second), Dr Ida Cole (provider, in the group)
 *          members  Maria and Rose daily, Sam each; Harold shares an address with Rose only where a test says so
 * Mails    Every one that leaves is looked at: a calendar object in it keeps each rule (calendar_mail.h), names nothing that the group is about, and
 *          follows on what its reader had.
 * Time     Tuesday, 3 March 2026, 10:00 in New York; circle_pass moves it and lets the clock's work be done.
 */
#ifndef TESTS_UNIT_CIRCLE_HELP_H
#define TESTS_UNIT_CIRCLE_HELP_H

#include "calendar_mail.h"
#include "gate_help.h"

#include "gateway/duty/urgent_work.h"
#include "gateway/send/mail_role.h"
#include "gateway/serve/clock_work.h"
#include "gateway/sort/sort.h"
#include "inbound/parse.h"
#include "mailer/serial.h"
#include "mailer/transport.h"
#include "store/arrival.h"
#include "store/delivery.h"
#include "store/letter.h"
#include "store/page.h"

#ifndef CIRCLE_MAILS_MAX
#define CIRCLE_MAILS_MAX 400
#endif
#define CIRCLE_START_MS INT64_C(1772550000000)

#define ANA "ana.ruiz@clinic.example.com"
#define LEE "lee.ames@clinic.example.com"
#define IDA "ida.cole@clinic.example.com"
#define MARIA "maria@example.net"
#define ROSE "rose@example.net"
#define SAM "sam@example.net"
#define GROUP "tuesday@" GATE_DOMAIN

/* One message that left, as its reader sees it. */
struct mail {
    const char *to, *sender; /* envelope */
    const char *raw, *subject, *message_id, *reply_to, *text;
};

struct circle {
    struct gate_help g;
    struct home *home;
    struct sandbox *sandbox;
    struct triage_lexicon *lexicon;
    struct program_set *programs;
    struct arena *mem;
    struct mail mails[CIRCLE_MAILS_MAX];
    size_t mail_count, told; /* told: what came before is old news for circle_new */
    struct person_id ana, lee, ida;
    struct membership maria, rose, sam, dr;
    struct arrival_id last; /* the last arrival */
    int letters;
    int64_t max_bytes;         /* of an arrival; 0: as usual */
    const char *envelope_from; /* of what arrives; NULL: the transport tells none */
};

enum proved { PASS, NOTHING, FORGED };

/* --- what leaves ------------------------------------------------------------------------------------------------------------------- */

static inline const char *circle_field(struct circle *c, const char *raw, const char *name)
{
    const char *at = strstr(raw, name), *end;

    if (!at)
        return "";
    at += strlen(name);
    at += strspn(at, " \r\n\t");
    for (end = strstr(at, "\r\n"); end && (end[2] == ' ' || end[2] == '\t'); end = strstr(end + 2, "\r\n"))
        ;
    return arena_strndup(c->mem, at, end ? (size_t)(end - at) : strlen(at));
}

/* "Name" <address> → address */
static inline const char *circle_bare(struct circle *c, const char *field)
{
    const char *open = strrchr(field, '<'), *close = open ? strchr(open, '>') : NULL;

    return close ? arena_strndup(c->mem, open + 1, (size_t)(close - open - 1)) : field;
}

static inline enum rc circle_open(void *ctx, struct err *err)
{
    (void)ctx;
    (void)err;
    return RC_OK;
}

static inline void circle_nothing(void *ctx)
{
    (void)ctx;
}

/* What the reader of the mail had before it, of the same visit. */
static inline const struct mail *circle_copy_before(struct circle *c, const struct mail *m, const char *uid,
                                                    struct calendar_mail *ret)
{
    for (size_t i = (size_t)(m - c->mails); i-- > 0;)
        if (!strcmp(c->mails[i].to, m->to) && strstr(c->mails[i].raw, "text/calendar") &&
            !cm_check(c->mails[i].raw, c->mails[i].to, c->mem, ret) && ret->has_object &&
            !strcmp(cc_find(&ret->body, "VEVENT", "UID")->value, uid))
            return &c->mails[i];
    return NULL;
}

static inline void circle_check_calendar(struct circle *c, const struct mail *m)
{
    struct calendar_mail is, was;
    const char *why = cm_check(m->raw, m->to, c->mem, &is);
    const struct mail *before = NULL;

    if (!why && !is.has_object)
        return;
    if (!why && strcasestr(is.text, GATE_CANARY))
        why = "nothing of what the group is about";
    if (!why)
        before = circle_copy_before(c, m, cc_find(&is.body, "VEVENT", "UID")->value, &was);
    if (before && strcmp(before->message_id, m->message_id) != 0) /* the same letter may be sent once more */
        why = cc_follows(&was.body, &is.body);
    if (why)
        fail_msg("to %s, %s: %s\n%s", m->to, m->subject, why, is.text ? is.text : m->raw);
}

static inline void circle_keep(struct circle *c, const struct wire *wire)
{
    const struct authres_trust nobody = { .profile = AUTHRES_NOTHING, .authserv_id = "" };
    struct mail *m = &c->mails[c->mail_count++];
    struct letter letter;
    struct err err;
    size_t n = 0;
    const char *bytes = wire_bytes(wire, &n);

    assert_true(c->mail_count < CIRCLE_MAILS_MAX);
    HELP_OK(parse_letter(bytes, n, &nobody, c->mem, &letter, &err));
    m->to = arena_strdup(c->mem, wire_recipient(wire));
    m->sender = arena_strdup(c->mem, wire_sender(wire));
    m->raw = arena_strndup(c->mem, bytes, n);
    m->subject = letter.subject;
    m->message_id = letter.message_id;
    m->text = letter.body;
    m->reply_to = circle_bare(c, circle_field(c, m->raw, "\r\nReply-To:"));
    circle_check_calendar(c, m);
}

static inline enum rc circle_take(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                                  void *done_ctx, struct err *err)
{
    const struct transport_result accepted = { .outcome = TRANSPORT_ACCEPTED, .code = 250 };

    (void)err;
    for (size_t i = 0; i < count; i++) {
        circle_keep(ctx, wires[i]);
        done(done_ctx, i, &accepted);
    }
    return RC_OK;
}

static inline void circle_post_office(struct circle *c)
{
    const struct transport relay = { circle_open, circle_take, circle_nothing, circle_nothing, c, NULL };
    struct err err;
    size_t did = 0;

    HELP_OK(mail_run_once(&c->g.gate, &relay, &MAIL_ALL, &did, &err));
}

/* --- time and work ------------------------------------------------------------------------------------------------------------------ */

/* Sorts what came, then lets out what is due. */
static inline void circle_run(struct circle *c)
{
    struct sorter sorter = { .gate = &c->g.gate, .sandbox = c->sandbox, .lexicon = c->lexicon };
    struct err err;
    size_t did = 0;

    do
        HELP_OK(sort_run(&sorter, 16, &did, &err));
    while (did);
    circle_post_office(c);
}

static inline void circle_work(struct circle *c)
{
    struct err err;
    size_t did = 0;

    do {
        size_t calls = 0;

        HELP_OK(clock_work(&c->g.gate, &did, &err));
        HELP_OK(urgent_work(&c->g.gate, c->programs, &calls, &err));
        did += calls;
    } while (did || program_is_running(c->programs));
    circle_post_office(c);
}

static inline void circle_pass(struct circle *c, int64_t ms)
{
    home_set_time(c->home, gate_now_ms(&c->g.gate) + ms);
    circle_work(c);
}

/* --- people ------------------------------------------------------------------------------------------------------------------------------- */

static inline struct person_id circle_staff(struct circle *c, const char *name, const char *email, enum staff_role role,
                                            int64_t rank)
{
    struct err err;
    struct person p = { .kind = PERSON_STAFF,
                        .state = PERSON_ACTIVE,
                        .role = role,
                        .duty_rank = rank,
                        .language = LANGUAGE_ENGLISH,
                        .format = FORMAT_NORMAL,
                        .name = name,
                        .title = "nurse" };
    struct address a = { .kind = ADDRESS_EMAIL, .state = ADDRESS_PROVED, .value = email };

    HELP_OK(person_add(&c->g.gate.store, &p, &err));
    HELP_OK(address_add(&c->g.gate.store, &a, &err));
    HELP_OK(person_link_address(&c->g.gate.store, p.id, a.id, 1, &err));
    HELP_OK(staff_yes_record(&c->g.gate.store, p.id, a.id, &err));
    return p.id;
}

/* Staff who get the group's mail. */
static inline struct membership circle_seat(struct circle *c, struct person_id person, const char *email,
                                            const char *name)
{
    struct err err;
    struct store *st = &c->g.gate.store;
    struct address a;
    struct membership m = { .group = c->g.group.id,
                            .person = person,
                            .role = MEMBER_PROVIDER,
                            .state = MEMBER_ACTIVE,
                            .rhythm = RHYTHM_DAILY,
                            .channel = CHANNEL_EMAIL,
                            .hour_minute = -1,
                            .name = name };
    struct consent yes = { .channel = CHANNEL_EMAIL,
                           .kind = CONSENT_RECEIVE,
                           .is_given = true,
                           .way = CONSENT_BY_REPLY,
                           .text_version = "1" };

    HELP_OK(address_find(st, ADDRESS_EMAIL, email, c->mem, &a, &err));
    m.address = a.id;
    HELP_OK(membership_add(st, &m, &err));
    yes.person = person;
    yes.membership = m.id;
    yes.address = a.id;
    HELP_OK(consent_add(st, &yes, &err));
    return m;
}

/* Another person who uses an address that is known. */
static inline struct membership circle_shares(struct circle *c, const char *email, const char *name)
{
    struct err err;
    struct store *st = &c->g.gate.store;
    struct person p = { .kind = PERSON_PATIENT,
                        .state = PERSON_ACTIVE,
                        .language = LANGUAGE_ENGLISH,
                        .format = FORMAT_NORMAL,
                        .name = name };
    struct address a;
    struct membership m;

    HELP_OK(person_add(st, &p, &err));
    HELP_OK(address_find(st, ADDRESS_EMAIL, email, c->mem, &a, &err));
    HELP_OK(person_link_address(st, p.id, a.id, 1, &err));
    m = circle_seat(c, p.id, email, name);
    m.role = MEMBER_PATIENT;
    HELP_OK(membership_change(st, &m, MEMBER_ACTIVE, &err));
    return m;
}

#define CIRCLE_TX(c, call)                                                                                             \
    do {                                                                                                               \
        struct db_tx tx_ = { 0 };                                                                                      \
        HELP_OK(db_begin((c)->g.h.db, &tx_, &err));                                                                    \
        call;                                                                                                          \
        HELP_OK(db_commit(&tx_, &err));                                                                                \
    } while (0)

static inline void circle_people(struct circle *c)
{
    struct err err;
    struct db_tx tx = { 0 };

    HELP_OK(db_begin(c->g.h.db, &tx, &err));
    HELP_OK(group_add(&c->g.gate.store, &c->g.group, &err));
    c->ana = circle_staff(c, "Ana Ruiz", ANA, STAFF_MODERATOR, 1);
    c->lee = circle_staff(c, "Lee Ames", LEE, STAFF_MODERATOR, 2);
    c->ida = circle_staff(c, "Ida Cole", IDA, STAFF_PROVIDER, 0);
    c->g.staff = c->ana;
    c->maria = gate_help_member(&c->g, "Maria", MARIA, RHYTHM_DAILY);
    c->rose = gate_help_member(&c->g, "Rose", ROSE, RHYTHM_DAILY);
    c->sam = gate_help_member(&c->g, "Sam", SAM, RHYTHM_EACH);
    c->dr = circle_seat(c, c->ida, IDA, "Dr Cole");
    HELP_OK(membership_set_posted(&c->g.gate.store, c->maria.id, &err));
    HELP_OK(membership_set_posted(&c->g.gate.store, c->rose.id, &err));
    HELP_OK(membership_set_posted(&c->g.gate.store, c->sam.id, &err));
    HELP_OK(db_commit(&tx, &err));
}

/* --- start and stop ------------------------------------------------------------------------------------------------------------------------- */

/* Without anybody in it. */
static inline void circle_start_empty(struct circle *c)
{
    static bool is_set_up;
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    struct err err;
    struct practice_id practice;
    struct home_plan plan = { .made_for = HOME_FOR_TEST };
    struct help *h = &c->g.h;

    *c = (struct circle){ .mem = arena_new("circle"), .programs = program_set_new() };
    if (!is_set_up)
        parse_setup();
    is_set_up = true;
    help_place(h, "home/postcircle.db");
    plan.path = arena_printf(c->mem, "%s/home", h->dir);
    plan.database_url = help_is_pg() ? h->url : NULL;
    plan.key_file = arena_printf(c->mem, "%s/key", h->dir);
    HELP_OK(home_make(&plan, &practice, &err));
    HELP_OK(home_open(plan.path, HOME_WITH_KEYS, &c->home, &err));
    home_set_time(c->home, CIRCLE_START_MS);
    HELP_OK(gate_open(c->home, practice, &c->g.gate, &err));
    h->db = c->home->db;
    assert_int_equal(db_is_postgres(h->db), help_is_pg());
    c->g.gate.facts = (struct practice_facts){ .name = "Lakeside Clinic",
                                               .office_phone = "(555) 555-0100",
                                               .office_hours = "Mon-Fri 08:00-17:00",
                                               .holidays = "",
                                               .emergency_line = "911",
                                               .domain = GATE_DOMAIN,
                                               .relay = "",
                                               .zone = "America/New_York",
                                               .authserv_id = "mx.example.org",
                                               .page_command = "",
                                               .public_url = "",
                                               .require_tls_domains = "",
                                               .relay_enforces_tls = "",
                                               .has_tls_notice = true,
                                               .trust = AUTHRES_BY_ID };
    c->g.group = (struct care_group){ .zone = "America/New_York",
                                      .digest_minute = 18 * 60,
                                      .digest_weekday = 5,
                                      .review = GROUP_REVIEW_HOLD,
                                      .slug = "tuesday",
                                      .name = "Type 2 " GATE_CANARY " support",
                                      .alias = "Tuesday Circle",
                                      .short_text = "",
                                      .long_text = "",
                                      .rules = "Tell your own story.\nBe kind.\nNo selling.\nNo medicine advice.",
                                      .forbidden = GATE_CANARY };
    c->sandbox = sandbox_new(SANDBOX_READER, arena_printf(c->mem, "%s/postcircle-parse", getenv("POSTCIRCLE_BUILD")),
                             SANDBOX_DEADLINE_MS);
    HELP_OK(triage_open_lexicon(lists, &c->lexicon, &err));
}

static inline void circle_start(struct circle *c)
{
    circle_start_empty(c);
    circle_people(c);
}

static inline void circle_stop(struct circle *c)
{
    sandbox_free(&c->sandbox);
    program_set_free(&c->programs);
    triage_close_lexicon(&c->lexicon);
    gate_close(&c->g.gate);
    home_close(&c->home);
    c->g.h.db = NULL; /* was the home's */
    help_stop(&c->g.h);
    arena_free(&c->mem);
}

/* For cmocka: a circle of its own for each test. */
static inline int circle_setup(void **state)
{
    static struct circle c;

    circle_start(&c);
    *state = &c;
    return 0;
}

static inline int circle_teardown(void **state)
{
    circle_stop(*state);
    return 0;
}

/* --- what comes in -------------------------------------------------------------------------------------------------------------------------- */

/* One raw message through the door, not sorted yet. to NULL: the transport told none. */
static inline void circle_arrive(struct circle *c, const char *to, const char *raw, size_t n)
{
    CLEANUP(arrival_writer_free) struct arrival_writer *w = NULL;
    const struct arrival_meta meta = { .practice = c->g.gate.store.practice,
                                       .source = ARRIVAL_PIPE,
                                       .from = c->envelope_from,
                                       .to = to,
                                       .max_bytes = c->max_bytes,
                                       .received_ms = gate_now_ms(&c->g.gate) };
    struct crypt_key public_key;
    struct err err;
    bool is_duplicate;

    HELP_OK(keys_arrival_public(c->g.h.db, &public_key, &err));
    HELP_OK(arrival_begin(c->g.h.db, &public_key, c->g.gate.store.ids, &meta, &w, &err));
    HELP_OK(arrival_add(w, raw, n, &err));
    HELP_OK(arrival_finish(w, &c->last, &is_duplicate, &err));
}

struct wrote {
    const char *from, *to, *subject, *text;
    enum proved proof;
    const char *answers; /* Message-ID; NULL none */
    const char *id;      /* its own Message-ID; NULL: a new one */
    const char *fields;  /* more header lines, each with its line end; NULL none */
};

/* A mail as a client writes it and our border stamps it. */
static inline const char *circle_raw(struct circle *c, const struct wrote *w)
{
    const char *domain = strrchr(w->from, '@') + 1;
    const char *id = w->id ? w->id : arena_printf(c->mem, "letter-%d@%s", ++c->letters, domain);
    const char *verdict = w->proof == PASS     ? arena_printf(c->mem, "dmarc=pass header.from=%s", domain)
                          : w->proof == FORGED ? arena_printf(c->mem, "dmarc=fail header.from=%s", domain)
                                               : "none";
    const char *answers = w->answers ? arena_printf(c->mem, "In-Reply-To: <%s>\r\n", w->answers) : "";

    return arena_printf(c->mem,
                        "Authentication-Results: mx.example.org; %s\r\n"
                        "Received: from out.%s by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
                        "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <%s>\r\n"
                        "Date: Tue, 3 Mar 2026 10:00:00 -0500\r\nMIME-Version: 1.0\r\n%s%s"
                        "Content-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
                        verdict, domain, w->from, w->to, w->subject, id, answers, w->fields ? w->fields : "", w->text);
}

static inline void circle_wrote(struct circle *c, const struct wrote *w)
{
    const char *raw = circle_raw(c, w);

    circle_arrive(c, w->to, raw, strlen(raw));
}

static inline void circle_write(struct circle *c, const char *from, const char *to, const char *subject,
                                const char *text, enum proved proof)
{
    circle_wrote(c, &(struct wrote){ from, to, subject, text, proof, NULL, NULL, NULL });
    circle_run(c);
}

/* The lines of a mail as a reply quotes them. */
static inline const char *circle_quoted(struct circle *c, const char *text)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 20);
    const char *line;
    size_t n;

    while (text_next_line(&text, &line, &n)) {
        strbuf_str(&out, "> ");
        strbuf_add(&out, line, n);
        strbuf_str(&out, "\r\n");
    }
    return arena_strdup(c->mem, strbuf_peek(&out));
}

static inline const char *circle_under(struct circle *c, const struct mail *m, const char *text)
{
    return arena_printf(c->mem, "%s\r\n\r\nOn Tue, Mar 3, 2026 at 9:00 AM Tuesday Circle <" GROUP "> wrote:\r\n\r\n%s",
                        text, circle_quoted(c, m->text));
}

static inline const char *circle_re(struct circle *c, const struct mail *m)
{
    return text_starts(m->subject, "re:") ? m->subject : arena_printf(c->mem, "Re: %s", m->subject);
}

/* A reply as Gmail writes it: the words on top, the whole mail quoted below. */
static inline void circle_reply(struct circle *c, const struct mail *m, const char *from, const char *text,
                                enum proved proof)
{
    assert_non_null(m);
    circle_wrote(c, &(struct wrote){ from, m->reply_to, circle_re(c, m), circle_under(c, m, text), proof, m->message_id,
                                     NULL, NULL });
    circle_run(c);
}

/* --- what a test asks --------------------------------------------------------------------------------------------------------------------- */

/* The newest mail to an address; NULL when there is none. what: a part of the subject, or NULL. */
static inline const struct mail *circle_mail(const struct circle *c, const char *to, const char *what)
{
    for (size_t i = c->mail_count; i-- > 0;)
        if (!strcmp(c->mails[i].to, to) && (!what || strstr(c->mails[i].subject, what)))
            return &c->mails[i];
    return NULL;
}

/* From here on circle_new sees only what goes out later. */
static inline void circle_listen(struct circle *c)
{
    c->told = c->mail_count;
}

/* The newest of what came since circle_listen. */
static inline const struct mail *circle_since(const struct circle *c, const char *to, const char *what)
{
    const struct mail *m = circle_mail(c, to, what);

    return m && m >= c->mails + c->told ? m : NULL;
}

static inline size_t circle_new(const struct circle *c, const char *to)
{
    size_t n = 0;

    for (size_t i = c->told; i < c->mail_count; i++)
        n += !to || !strcmp(c->mails[i].to, to);
    return n;
}

/* Without the line breaks and borders that the text form of a mail brings. */
static inline bool circle_holds(const char *text, const char *words)
{
    CLEANUP(strbuf_done) struct strbuf flat = STRBUF((size_t)1 << 20);

    while (*text) {
        const size_t blanks = strspn(text, " \r\n");
        const bool is_wrapped = memchr(text, '\n', blanks) != NULL;

        if (blanks)
            strbuf_str(&flat, " ");
        text += blanks;
        if (is_wrapped && !strncmp(text, "| ", 2))
            text += 2;
        if (*text)
            strbuf_add(&flat, text++, 1);
    }
    return strstr(strbuf_peek(&flat), words) != NULL;
}

/* How many mails ever went to somebody with these words in them. */
static inline size_t circle_said(const struct circle *c, const char *to, const char *words)
{
    size_t n = 0;

    for (size_t i = 0; i < c->mail_count; i++)
        n += (!to || !strcmp(c->mails[i].to, to)) &&
             (circle_holds(c->mails[i].text, words) || strstr(c->mails[i].raw, words));
    return n;
}

static inline void circle_has(const struct mail *m, const char *words)
{
    if (!m || !circle_holds(m->text, words))
        print_error("missing: %s\nin: %s\n%s\n", words, m ? m->subject : "(no mail)", m ? m->text : "");
    assert_non_null(m);
    assert_true(circle_holds(m->text, words));
}

static inline void circle_lacks(const struct mail *m, const char *words)
{
    assert_non_null(m);
    if (circle_holds(m->text, words))
        print_error("should not say: %s\nin: %s\n%s\n", words, m->subject, m->text);
    assert_false(circle_holds(m->text, words));
}

static inline enum letter_outcome circle_outcome(struct circle *c)
{
    struct letter_row row;
    struct err err;

    HELP_OK(letter_get(&c->g.gate.store, c->last, c->mem, &row, &err));
    return row.outcome;
}

/* The waiting post with these words; id 0 when there is none. */
static inline struct post circle_waiting(struct circle *c, const char *words)
{
    struct post *posts;
    size_t n;
    struct err err;

    HELP_OK(post_waiting(&c->g.gate.store, 100, c->mem, &posts, &n, &err));
    for (size_t i = 0; i < n; i++)
        if (strstr(posts[i].text, words))
            return posts[i];
    return (struct post){ .text = "" };
}

static inline struct post circle_post(struct circle *c, struct post_id id)
{
    struct post p;
    struct err err;

    HELP_OK(post_get(&c->g.gate.store, id, c->mem, &p, &err));
    return p;
}

static inline int64_t circle_count(struct circle *c, const char *sql)
{
    return help_int(&c->g.h, sql);
}

/* Conversations that everybody has: published posts, one of each text, by these authors. */
static inline struct post circle_published(struct circle *c, struct membership author, const char *text)
{
    struct err err;
    struct post p;

    CIRCLE_TX(c, p = gate_help_post(&c->g, author.person, POST_POST, (struct conversation_id){ 0 }, NULL, text));
    return p;
}

/* Closes the day's issue and sends it: the digest that Maria gets. */
static inline void circle_digest(struct circle *c)
{
    circle_pass(c, 9 * MS_HOUR);
}

#endif
