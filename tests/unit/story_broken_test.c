/*
 * The checker of the random stories (story_check.h, story_apart.h) must not be silent: each of its promises is broken on purpose, in every way that a
 * story can show, and the checker has to name that promise.
 *
 * One story with two practices is told as far as a note that is out, one that waits, a cry for help and an invitation. Each way to break it has a
 * copy of that home and a process of its own. The same acts without what breaks them must find nothing: that is tried first.
 */
#include "story_desk.h"

#include "base/log.h"

#define SEED 8
#define AUTHOR STORY_STAFF

static struct story lake, hill;
static char dir[64];

/* What the story came to. */
static struct {
    int author, waiting, crying;  /* texts */
    int letter, page, invitation; /* mails: each an index in lake.c.mails */
    int reader;                   /* a person who got the letter */
    int64_t at_ms;
    size_t tables;
} told;

/* --- the story -------------------------------------------------------------------------------------------------------------------------------- */

static int writes(struct story *s, int by, bool is_crisis)
{
    struct said *said;

    do
        said = say(s, by, is_crisis);
    while (!said->is_long);
    hand_in(s, said,
            &(struct wrote){
                .from = said->from, .to = s->place->group, .subject = "hello", .text = said->body, .proof = PASS });
    story_work(s, ROLE_SORT);
    story_check(s);
    return (int)(said - s->said);
}

static int newest_of(struct story *s, const char *to, int64_t kind)
{
    for (size_t i = s->c.mail_count; i-- > 0;)
        if (s->seen[i].kind == kind && (!to || !strcmp(s->c.mails[i].to, to)))
            return (int)i;
    print_error("no mail of kind %" PRId64 " to %s\n", kind, to ? to : "anybody");
    for (size_t i = 0; i < s->c.mail_count; i++)
        print_error("  %s: kind %" PRId64 ", %s\n", s->c.mails[i].to, s->seen[i].kind, s->c.mails[i].subject);
    fail();
    return -1;
}

static void decides(struct story *s, int staff, const char *word)
{
    const int mail = newest_of(s, s->who[staff].email, MAILING_REVIEW);

    note_ok(s, &s->c.mails[mail], staff);
    staff_replies(s, staff, mail, word);
    story_work(s, ROLE_SORT);
    story_check(s);
}

static void time_passes(struct story *s, int64_t ms)
{
    move_clock(s, ms);
    story_work(s, ROLE_SORT);
    story_check(s);
    story_other_works(s);
}

/* Whoever reads is in one practice, and shares no address. */
static int reader_of(struct story *s, int by)
{
    for (int i = STORY_STAFF; i < (int)s->who_count; i++)
        if (i != by && readers_of(s, s->who[i].email) == 1u << i && !readers_of(s->other, s->who[i].email) &&
            strcmp(s->who[i].email, s->who[by].email) != 0)
            for (size_t k = 0; k < s->c.mail_count; k++)
                if (!strcmp(s->c.mails[k].to, s->who[i].email) && s->seen[k].kind == MAILING_DIGEST)
                    return i;
    fail();
    return -1;
}

static void tell(void)
{
    story_start(&lake, &hill, SEED);
    assert_non_null(lake.other);
    help_raw(&lake.c.g.h, arena_printf(lake.c.mem, "UPDATE membership SET rhythm = %d", RHYTHM_DAILY));
    say(&hill, AUTHOR, false);
    told.author = writes(&lake, AUTHOR, false);
    decides(&lake, 0, "OK");
    time_passes(&lake, 2 * MS_DAY);
    told.crying = writes(&lake, AUTHOR, true);
    told.waiting = writes(&lake, AUTHOR, false);
    act_add_member(&lake);
    time_passes(&lake, MS_HOUR);
    told.reader = reader_of(&lake, AUTHOR);
    told.letter = newest_of(&lake, lake.who[told.reader].email, MAILING_DIGEST);
    told.page = newest_of(&lake, NULL, MAILING_PAGE);
    told.invitation = newest_of(&lake, NULL, MAILING_INVITATION);
    assert_non_null(strstr(lake.c.mails[told.letter].raw, canary(&lake, (size_t)told.author, 'h')));
}

/* --- mails that should not be --------------------------------------------------------------------------------------------------------------- */

/* The relay has got this mail once more: for whoever breaks nothing the same bytes, as a lost answer has it. */
static struct mail *once_more(int mail)
{
    const size_t i = lake.c.mail_count++;

    lake.c.mails[i] = lake.c.mails[mail];
    lake.seen[i] = lake.seen[mail];
    lake.doubtful = lake.c.mail_count;
    return &lake.c.mails[i];
}

/* The same as another mail of its own. */
static struct mail *another(int mail, bool breaks)
{
    struct mail *m = once_more(mail);

    if (!breaks)
        return m;
    m->message_id = "another@groups.example.org";
    lake.seen[m - lake.c.mails].delivery++;
    return m;
}

static void with_header(struct mail *m, const char *field)
{
    m->raw = arena_printf(lake.c.mem, "%s\r\n%s", field, m->raw);
}

static void with_text(struct mail *m, const char *text)
{
    m->raw = arena_printf(lake.c.mem, "%s\r\n%s\r\n", m->raw, text);
}

#define MAIL_PLAY(name, of, breaking)                                                                                  \
    static void name(bool breaks)                                                                                      \
    {                                                                                                                  \
        struct mail *const m = once_more(of);                                                                          \
                                                                                                                       \
        assert_non_null(m->raw);                                                                                       \
        if (breaks) {                                                                                                  \
            breaking;                                                                                                  \
        }                                                                                                              \
        story_check(&lake);                                                                                            \
    }

static const char *base64(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(256);
    unsigned bits = 0;
    int have = 0;

    for (; *text; text++) {
        bits = bits << 8 | (unsigned char)*text;
        for (have += 8; have >= 6; have -= 6)
            strbuf_printf(&out, "%c", digits[bits >> (have - 6) & 63]);
    }
    if (have)
        strbuf_printf(&out, "%c", digits[bits << (6 - have) & 63]);
    return arena_strdup(lake.c.mem, strbuf_peek(&out));
}

/* As quoted-printable breaks a long line. */
static const char *broken_line(const char *text)
{
    return arena_printf(lake.c.mem, "%.7s=\r\n%s", text, text + 7);
}

/* What somebody answered to a check-in. */
static const char *checked_in(void)
{
    struct said *said = say(&lake, AUTHOR, false);

    said->is_check_in = said->is_private = true;
    return story_value(&lake, (size_t)(said - lake.said));
}

static struct one *newcomer(void)
{
    return &lake.who[lake.who_count - 1];
}

/* format with value in place of its % */
static const char *with(const char *format, const char *value)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(4096);

    for (; *format; format++)
        if (*format == '%')
            strbuf_str(&out, value);
        else
            strbuf_printf(&out, "%c", *format);
    return arena_strdup(lake.c.mem, strbuf_peek(&out));
}

#define THEIRS (&lake.who[AUTHOR])

MAIL_PLAY(a_copy, told.letter, with_header(m, "Cc: <rose@example.net>"))
MAIL_PLAY(a_blind_copy, told.letter, with_header(m, "Bcc: <rose@example.net>"))
MAIL_PLAY(a_second_to, told.letter, with_header(m, with("To: <%>", m->to)))
MAIL_PLAY(another_envelope, told.letter, m->to = lake.who[told.reader == AUTHOR + 1 ? AUTHOR + 2 : AUTHOR + 1].email)
MAIL_PLAY(address_in_a_field, told.letter, with_header(m, with("X-Author: %", THEIRS->email)))
MAIL_PLAY(address_in_references, told.letter, with_header(m, with("References: <1.%>", THEIRS->email)))
MAIL_PLAY(address_in_the_envelope, told.letter, m->sender = THEIRS->email)
MAIL_PLAY(address_encoded, told.letter, with_header(m, with("X-A: =?utf-8?B?%?=", base64(THEIRS->email))))
MAIL_PLAY(address_quoted, told.letter, with_text(m, with("> On Tuesday, <%> wrote:", THEIRS->email)))
MAIL_PLAY(address_over_two_lines, told.letter, with_text(m, broken_line(THEIRS->email)))
MAIL_PLAY(name_in_the_text, told.letter, with_text(m, THEIRS->name))
MAIL_PLAY(telephone_in_the_text, told.letter, with_text(m, THEIRS->phone))
MAIL_PLAY(chart_in_a_file_name, told.letter,
          with_text(m, with("Content-Disposition: attachment; filename=%.jpg", THEIRS->chart)))
MAIL_PLAY(emergency_in_the_text, told.letter, with_text(m, THEIRS->emergency))
MAIL_PLAY(condition_in_the_subject, told.letter, m->subject = with("Your % letter", GATE_CANARY))
MAIL_PLAY(condition_in_a_field, told.letter, with_header(m, "List-Id: <diabetes.groups.example.org>"))
MAIL_PLAY(condition_in_the_sender_name, told.letter, with_header(m, "From: \"Diabetes\" <tuesday@groups.example.org>"))
MAIL_PLAY(condition_in_the_envelope, told.letter, m->sender = "diabetes@groups.example.org")
MAIL_PLAY(words_in_the_subject, told.letter, m->subject = canary(&lake, (size_t)told.author, 'h'))
MAIL_PLAY(unreviewed_words, told.letter, with_text(m, canary(&lake, (size_t)told.waiting, 'h')))
MAIL_PLAY(half_released_words, told.letter, lake.said[told.crying].ok_by = 1;
          with_text(m, canary(&lake, (size_t)told.crying, 'h')))
MAIL_PLAY(words_for_staff, told.letter, lake.said[told.author].is_private = true)
MAIL_PLAY(a_strangers_words, told.letter, lake.said[told.author].by = -1)
MAIL_PLAY(anothers_answer, told.letter, with_text(m, checked_in()))
MAIL_PLAY(totals_of_three, told.letter, with_text(m, "3 people answered."))
MAIL_PLAY(words_of_somebody_erased, told.letter, THEIRS->is_erased = true)
MAIL_PLAY(mail_to_a_stranger, told.letter, m->to = "who@elsewhere.example.net"; lake.seen[m - lake.c.mails].person = 1)
MAIL_PLAY(mail_after_stop, told.letter, lake.who[told.reader].is_stopped = true)
MAIL_PLAY(mail_to_the_dead, told.letter, lake.who[told.reader].has_died = true)
MAIL_PLAY(mail_before_consent, told.letter, lake.seen[m - lake.c.mails].person = newcomer()->person.v)
MAIL_PLAY(words_on_a_page, told.page, with_text(m, canary(&lake, (size_t)told.crying, 'h')))
MAIL_PLAY(the_other_clinic, told.letter, with_text(m, hill.place->practice))
MAIL_PLAY(the_other_address, told.letter, m->sender = hill.place->group)
MAIL_PLAY(the_others_people, told.letter, with_text(m, hill.who[AUTHOR].chart))
MAIL_PLAY(the_others_words, told.letter, with_text(m, canary(&hill, 0, 'h')))
MAIL_PLAY(the_others_staff, told.page, with_text(m, hill.place->names[0]))

static void the_same_mail_twice(bool breaks)
{
    once_more(told.letter);
    lake.doubtful = breaks ? 0 : lake.doubtful;
    story_check(&lake);
}

static void the_same_text_twice(bool breaks)
{
    another(told.letter, breaks);
    story_check(&lake);
}

static void a_second_invitation(bool breaks)
{
    another(told.invitation, breaks);
    story_check(&lake);
}

/* RULES, and its answer once more. */
static void an_answer_twice_a_day(bool breaks)
{
    const char *who = lake.who[told.reader].email;

    circle_wrote(&lake.c,
                 &(struct wrote){ .from = who, .to = GROUP, .subject = "hello", .text = "RULES", .proof = PASS });
    story_work(&lake, ROLE_SORT);
    story_check(&lake);
    another(newest_of(&lake, who, MAILING_RULES), breaks);
    story_check(&lake);
}

/* --- rows that should not be ---------------------------------------------------------------------------------------------------------------- */

/* The %s of a statement is this practice. */
static void sql(const char *text)
{
    help_raw(&lake.c.g.h, with(text, arena_printf(lake.c.mem, "practice_id = %" PRId64, lake.practice.v)));
}

static int64_t letter_of(int text)
{
    return lake.said[text].arrival.v;
}

static void sql_of(const char *text, int64_t id)
{
    sql(arena_printf(lake.c.mem, "%s %" PRId64, text, id));
}

#define SQL_PLAY(name, look, breaking)                                                                                 \
    static void name(bool breaks)                                                                                      \
    {                                                                                                                  \
        if (breaks) {                                                                                                  \
            breaking;                                                                                                  \
        }                                                                                                              \
        look;                                                                                                          \
    }

/* A rule that lets a note out by itself. */
static void released_by_nobody(void)
{
    struct review by_rule = {
        .staff = lake.who[0].person, .decision = 1, .way = REVIEW_EMAIL, .at_ms = CIRCLE_START_MS
    };
    struct post p = circle_waiting(&lake.c, canary(&lake, (size_t)told.waiting, 'h'));
    struct err err;

    by_rule.post = p.id;
    by_rule.post_version = p.version;
    CIRCLE_TX(&lake.c, {
        HELP_OK(review_add(&lake.c.g.gate.store, &by_rule, &err));
        HELP_OK(post_publish(&lake.c.g.gate.store, &p, &err));
    });
}

/* The group's mails to one reader never were. */
static void dropped_by_the_relay(void)
{
    for (size_t i = 0; i < lake.c.mail_count; i++)
        if (!strcmp(lake.c.mails[i].to, lake.who[told.reader].email) && is_of_group(lake.seen[i].kind))
            lake.c.mails[i].text = "";
}

static const char *const value_sql[] = {
    "SELECT id, name_sealed FROM person WHERE practice_id = $1 AND kind = 1 ORDER BY id LIMIT 1",
    "UPDATE person SET name_sealed = $3 WHERE practice_id = $1 AND id = $2",
};

static void one_bit_flips(void)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    CLEANUP(db_query_done) struct db_query *w = NULL;
    struct db_tx tx = { 0 };
    struct err err;
    size_t n;

    HELP_OK(db_begin(lake.c.g.h.db, &tx, &err));
    HELP_OK(db_query(lake.c.g.h.db, value_sql[0], &q, &err));
    db_bind_int(q, 1, lake.practice.v);
    HELP_OK(db_one(q, &err));
    const int64_t id = db_int(q, 0);
    const void *sealed = db_blob(q, 1, &n);
    char *bytes = arena_strndup(lake.c.mem, sealed, n);
    db_query_done(&q);
    bytes[n - 1] ^= 1;
    HELP_OK(db_query(lake.c.g.h.db, value_sql[1], &w, &err));
    db_bind_int(w, 1, lake.practice.v);
    db_bind_int(w, 2, id);
    db_bind_blob(w, 3, bytes, n);
    HELP_OK(db_run(w, NULL, &err));
    db_query_done(&w);
    HELP_OK(db_commit(&tx, &err));
}

/* clang-format off */
SQL_PLAY(a_note_nobody_released, time_passes(&lake, 2 * MS_DAY), released_by_nobody())
SQL_PLAY(a_letter_is_gone, check_kept(&lake),
         sql_of("DELETE FROM letter WHERE % AND id =", letter_of(told.waiting)); sql_of("DELETE FROM arrival WHERE % AND id =", letter_of(told.waiting)))
SQL_PLAY(a_letter_half_there, check_kept(&lake),
         sql_of("DELETE FROM letter WHERE % AND id =", letter_of(told.waiting)); sql_of("UPDATE arrival SET state = 1 WHERE % AND id =", letter_of(told.waiting)))
SQL_PLAY(a_letter_nobody_looked_at, check_letters(&lake), sql_of("UPDATE arrival SET state = 3, lease = 1, lease_until_ms = 1 WHERE % AND id =", letter_of(told.waiting)))
SQL_PLAY(a_letter_without_an_outcome, check_letters(&lake), sql_of("DELETE FROM letter WHERE % AND id =", letter_of(told.waiting)))
SQL_PLAY(a_letter_parked_for_nothing, check_kept(&lake), sql_of("UPDATE arrival SET state = 5, reason = 1 WHERE % AND id =", letter_of(told.waiting)))
SQL_PLAY(a_copy_never_sent, check_letters(&lake), sql("UPDATE delivery SET state = 1, due_ms = 1, channel = 2 WHERE %"))
SQL_PLAY(a_copy_that_got_lost, check_reached(&lake), dropped_by_the_relay())
SQL_PLAY(a_value_in_clear, check_values(&lake), sql("UPDATE person SET chart_sealed = CAST('KANAR-1001' AS BLOB) WHERE %"))
SQL_PLAY(values_that_changed_places, check_values(&lake),
         sql("UPDATE person SET name_sealed = (SELECT MAX(name_sealed) FROM person) WHERE %"))
SQL_PLAY(a_flipped_bit, check_values(&lake), one_bit_flips())
SQL_PLAY(a_word_in_the_file, check_files(&lake), sql("UPDATE invitation SET text_version = 'maple' WHERE %"))
SQL_PLAY(a_word_in_the_log, check_files(&lake), fprintf(stderr, "mail to %s\n", lake.who[AUTHOR].email))
SQL_PLAY(a_decision_without_its_row, story_check(&lake), sql("DELETE FROM audit WHERE % AND verb BETWEEN 33 AND 61"))
SQL_PLAY(a_claim_without_its_row, story_check(&lake), sql("UPDATE page SET state = 2, claimed_by = 1 WHERE %"))
SQL_PLAY(a_removal_without_its_row, story_check(&lake), sql("UPDATE membership SET state = 5 WHERE %"))
SQL_PLAY(a_key_without_its_row, story_check(&lake), sql("UPDATE practice_key SET use_ = 1, epoch = 9 WHERE % AND use_ = 2"))
SQL_PLAY(a_record_that_was_changed, check_chain(&lake), sql("UPDATE audit SET at_ms = at_ms + 1 WHERE % AND seq = 2"))
SQL_PLAY(a_record_with_a_gap, check_chain(&lake), sql("DELETE FROM audit WHERE % AND seq = 2"))
SQL_PLAY(a_cry_without_a_page, story_check(&lake), sql("DELETE FROM page WHERE %"))
SQL_PLAY(a_page_not_called_again, story_check(&lake), sql("UPDATE page SET next_ms = NULL WHERE %"))
SQL_PLAY(a_page_that_called_nobody, story_check(&lake), sql("UPDATE mailing SET kind = 81 WHERE % AND kind = 80"))
SQL_PLAY(calls_that_end, story_calls_go_on(&lake, 2 * MS_DAY), sql("UPDATE page SET next_ms = NULL WHERE %"))
/* clang-format on */

static void rows_of_the_other(bool breaks)
{
    struct rows before;

    rows_read(&hill, &before);
    if (breaks)
        help_raw(&lake.c.g.h, arena_printf(lake.c.mem, "UPDATE membership SET rhythm = 3 WHERE practice_id = %" PRId64,
                                           hill.practice.v));
    check_rows(&lake, &before);
}

/* --- proof that is none ------------------------------------------------------------------------------------------------------------------------ */

/* With proof it is no forgery, and does what it says. */
static void forged(const struct wrote *w, bool breaks)
{
    struct wrote letter = *w;

    story_work(&lake, ROLE_SORT);
    const struct rights before = story_rights(&lake);

    letter.subject = "hello";
    letter.proof = breaks ? PASS : FORGED;
    circle_wrote(&lake.c, &letter);
    story_role(&lake, ROLE_SORT, false);
    story_nothing_done(&lake, &before, letter.text);
    story_work(&lake, ROLE_SORT);
    story_check(&lake);
}

static void a_forged_decision(bool breaks)
{
    const struct mail *m = &lake.c.mails[newest_of(&lake, ANA, MAILING_REVIEW)];

    forged(&(struct wrote){ .from = ANA, .to = m->reply_to, .text = "OK", .answers = m->message_id }, breaks);
}

static void a_forged_claim(bool breaks)
{
    const struct mail *m = &lake.c.mails[told.page];

    forged(&(struct wrote){ .from = m->to, .to = m->reply_to, .text = "CLAIM", .answers = m->message_id }, breaks);
}

static void a_forged_command(bool breaks)
{
    forged(&(struct wrote){ .from = lake.who[told.reader].email, .to = GROUP, .text = "WEEKLY" }, breaks);
}

static void a_forged_stop(bool breaks)
{
    forged(&(struct wrote){ .from = lake.who[told.reader].email, .to = GROUP, .text = "STOP" }, breaks);
}

/* A robot whose letter does not say so is answered. */
static void an_answered_robot(bool breaks)
{
    struct said *said = say(&lake, told.reader, false);

    said->is_private = true;
    hand_in(&lake, said,
            &(struct wrote){ .from = said->from,
                             .to = GROUP,
                             .subject = "Away",
                             .text = "HELP",
                             .proof = PASS,
                             .fields = breaks ? NULL : "Auto-Submitted: auto-replied\r\n" });
    story_quiet(&lake, said, "robot");
}

/* --- all of them --------------------------------------------------------------------------------------------------------------------------------- */

struct way {
    int promise;
    const char *name;
    void (*play)(bool breaks);
};
#define WAY(promise, play)                                                                                             \
    {                                                                                                                  \
        promise, #play, play                                                                                           \
    }

static const struct way ways[] = {
    WAY(0, the_other_clinic),
    WAY(0, the_other_address),
    WAY(0, the_others_people),
    WAY(0, the_others_words),
    WAY(0, the_others_staff),
    WAY(0, rows_of_the_other),
    WAY(1, unreviewed_words),
    WAY(1, half_released_words),
    WAY(1, words_for_staff),
    WAY(1, a_strangers_words),
    WAY(1, anothers_answer),
    WAY(1, totals_of_three),
    WAY(1, a_note_nobody_released),
    WAY(2, a_copy),
    WAY(2, a_blind_copy),
    WAY(2, a_second_to),
    WAY(2, another_envelope),
    WAY(3, address_in_a_field),
    WAY(3, address_in_references),
    WAY(3, address_in_the_envelope),
    WAY(3, address_encoded),
    WAY(3, address_quoted),
    WAY(3, address_over_two_lines),
    WAY(3, name_in_the_text),
    WAY(3, telephone_in_the_text),
    WAY(3, chart_in_a_file_name),
    WAY(3, emergency_in_the_text),
    WAY(4, a_letter_is_gone),
    WAY(4, a_letter_half_there),
    WAY(4, a_letter_nobody_looked_at),
    WAY(4, a_letter_without_an_outcome),
    WAY(4, a_letter_parked_for_nothing),
    WAY(4, a_copy_never_sent),
    WAY(4, a_copy_that_got_lost),
    WAY(5, the_same_mail_twice),
    WAY(5, the_same_text_twice),
    WAY(6, a_forged_decision),
    WAY(6, a_forged_claim),
    WAY(6, a_forged_command),
    WAY(6, a_forged_stop),
    WAY(7, condition_in_the_subject),
    WAY(7, condition_in_a_field),
    WAY(7, condition_in_the_sender_name),
    WAY(7, condition_in_the_envelope),
    WAY(7, words_in_the_subject),
    WAY(8, mail_before_consent),
    WAY(8, mail_after_stop),
    WAY(8, mail_to_the_dead),
    WAY(8, a_second_invitation),
    WAY(9, words_of_somebody_erased),
    WAY(9, a_value_in_clear),
    WAY(9, values_that_changed_places),
    WAY(9, a_flipped_bit),
    WAY(9, a_word_in_the_file),
    WAY(10, a_word_in_the_log),
    WAY(11, a_decision_without_its_row),
    WAY(11, a_claim_without_its_row),
    WAY(11, a_removal_without_its_row),
    WAY(11, a_key_without_its_row),
    WAY(11, a_record_that_was_changed),
    WAY(11, a_record_with_a_gap),
    WAY(12, mail_to_a_stranger),
    WAY(12, an_answered_robot),
    WAY(12, an_answer_twice_a_day),
    WAY(13, a_cry_without_a_page),
    WAY(13, a_page_not_called_again),
    WAY(13, a_page_that_called_nobody),
    WAY(13, words_on_a_page),
    WAY(13, calls_that_end),
};

/* A copy of the home, opened. */
static void open_copy(void)
{
    struct help *h = &lake.c.g.h;
    const char *copy = arena_printf(lake.c.mem, "%s/copy.%d", dir, (int)getpid());

    assert_int_equal(system(arena_printf(lake.c.mem, "cp -r '%s' '%s'", h->dir, copy)), 0);
    snprintf(h->dir, sizeof h->dir, "%s", copy);
    snprintf(h->url, sizeof h->url, "sqlite:%s/home/postcircle.db", copy);
    hill.c.g.h = *h;
    story_open(&lake, told.at_ms);
}

/* What it said; NULL: it found nothing. way NULL: nothing is broken, by any of them. */
static const char *play(const struct way *way)
{
    const char *said = arena_printf(lake.c.mem, "%s/said", dir);
    char *text = arena_alloc(lake.c.mem, 8192);
    const pid_t pid = fork();
    int status = 0;

    assert_true(pid >= 0);
    if (pid == 0) {
        setenv("POSTCIRCLE_TEST_DIR", dir, 1);
        if (!freopen(said, "w", stdout) || !freopen(arena_printf(lake.c.mem, "%s/" STORY_LOG, dir), "w", stderr))
            _exit(127);
        setvbuf(stderr, NULL, _IONBF, 0);
        open_copy();
        for (size_t i = 0; i < COUNT_OF(ways) && !way; i++) {
            lake.doing = ways[i].name;
            ways[i].play(false);
        }
        if (way)
            way->play(true);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return NULL;

    const int fd = open(said, O_RDONLY | O_CLOEXEC);
    const ssize_t n = read(fd, text, 8191);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

/* What each way came to, and none of them: the plays come before cmocka, whose assertions would jump into it. */
static const char *said_of[COUNT_OF(ways)], *said_of_none;

static void nothing_is_found_where_nothing_is_broken(void **state)
{
    (void)state;
    if (said_of_none)
        print_error("%s\n", said_of_none);
    assert_null(said_of_none);
}

static void each_broken_promise_is_found(void **state)
{
    size_t silent = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        if (said_of[i] && strstr(said_of[i], arena_printf(lake.c.mem, ": promise %d: ", ways[i].promise)))
            continue;
        print_error("promise %d, %s: %s\n", ways[i].promise, ways[i].name, said_of[i] ? said_of[i] : "nobody noticed");
        silent++;
    }
    assert_int_equal(silent, 0);
}

static void every_promise_is_broken_in_some_way(void **state)
{
    unsigned seen = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        seen |= 1u << ways[i].promise;
    assert_int_equal(seen, (1u << 14) - 1);
}

/* What a new table holds is watched too. */
static void every_table_of_a_practice_is_watched(void **state)
{
    (void)state;
    assert_int_equal(COUNT_OF(story_table_sql) + 2 /* domain and text_number, which are the home's */, told.tables);
}

static void start(void)
{
    unsetenv("POSTCIRCLE_TEST_PG"); /* homes are copied; the checker is the same */
    snprintf(dir, sizeof dir, "%s/postcircle-broken.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(dir));
    assert_int_equal(setenv("POSTCIRCLE_TEST_DIR", dir, 1), 0);
    log_setup(LOG_ERROR, "story");
    tell();
    told.tables = (size_t)help_int(
        &lake.c.g.h, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND sql LIKE '%practice_id%'");
    told.at_ms = gate_now_ms(&lake.c.g.gate);
    story_close(&lake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_found_where_nothing_is_broken),
        cmocka_unit_test(each_broken_promise_is_found),
        cmocka_unit_test(every_promise_is_broken_in_some_way),
        cmocka_unit_test(every_table_of_a_practice_is_watched),
    };

    start();
    said_of_none = play(NULL);
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        said_of[i] = play(&ways[i]);
    nftw(dir, help_unlink, 8, FTW_DEPTH | FTW_PHYS);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
