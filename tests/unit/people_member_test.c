/* Invitations, consent, plain commands and UNDO, on a real home. */
#include "tests/unit/people_help.h"

#include "gateway/office/ending.h"
#include "store/conversation.h"
#include "store/issue.h"
#include "store/review.h"

static int start(void **state)
{
    static struct world w;

    world_start(&w);
    *state = &w;
    return 0;
}

static int stop(void **state)
{
    world_stop(*state);
    return 0;
}

static void invitation_asks_and_yes_joins(void **state)
{
    struct world *w = *state;
    struct membership m = world_invite(w, "Maria Santos", "maria@example.net");
    enum invite_effect effect;
    struct address address;
    bool given;
    struct err err;

    assert_int_equal(world_mails(w, m.person, MAILING_INVITATION), 1);
    assert_int_equal(world_roster(w), 0);
    assert_int_equal(world_answer(w, &m, "S\xC3\xAD, gracias", "maria@example.net", &effect), RC_OK);
    assert_int_equal(effect, INVITE_JOINED);
    m = world_get(w, &m);
    assert_int_equal(m.state, MEMBER_ACTIVE);
    assert_int_equal(world_roster(w), 1);
    for (enum consent_kind kind = CONSENT_RECEIVE; kind <= CONSENT_SHARE; kind++) {
        OK(consent_is_given(&w->gate.store, m.person, m.id, CHANNEL_EMAIL, kind, &given, &err));
        assert_true(given);
    }
    OK(address_get(&w->gate.store, m.address, w->mem, &address, &err));
    assert_int_equal(address.state, ADDRESS_PROVED);
    assert_int_equal(world_mails(w, m.person, MAILING_WELCOME), 1);
    assert_int_equal(world_answer(w, &m, "yes", NULL, &effect), RC_CONFLICT);
}

/* A post of Ana's that stands in the group. */
static void world_publish(struct world *w, const char *text)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct conversation c = { .group = w->group.id, .title = text };
    struct post p = { .group = w->group.id,
                      .kind = POST_POST,
                      .state = POST_HELD,
                      .author = w->ana.id,
                      .tier = 4,
                      .text = text,
                      .context = "{}",
                      .created_ms = NOW0 };
    struct review review = { .staff = w->ana.id, .decision = 1, .way = REVIEW_CLI, .at_ms = NOW0 };
    struct err err;

    OK(db_begin(w->home->db, &tx, &err));
    OK(post_add(&w->gate.store, &p, &err));
    c.first_post = p.id;
    OK(conversation_add(&w->gate.store, &c, &err));
    p.conversation = c.id;
    OK(post_change(&w->gate.store, &p, &err));
    review.post = p.id;
    review.post_version = p.version;
    OK(review_add(&w->gate.store, &review, &err));
    OK(post_publish(&w->gate.store, &p, &err));
    OK(db_commit(&tx, &err));
}

/* Who reads everything singly gets the last three conversations as a letter too; who reads digests has them in the next. */
static void a_first_letter_holds_three_conversations(void **state)
{
    struct world *w = *state;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct membership m = world_invite(w, "Rose Miller", "rose@example.net"), daily;
    struct delivery *rows;
    enum invite_effect effect;
    struct issue_item *items;
    struct err err;
    size_t n;

    for (int i = 0; i < 5; i++)
        world_publish(w, (const char *[]){ "One.", "Two.", "Three.", "Four.", "Five." }[i]);
    OK(db_begin(w->home->db, &tx, &err));
    m.rhythm = RHYTHM_EACH;
    OK(membership_change(&w->gate.store, &m, MEMBER_INVITED, &err));
    OK(db_commit(&tx, &err));
    assert_int_equal(world_answer(w, &m, "Yes", "rose@example.net", &effect), RC_OK);
    OK(delivery_of_person(&w->gate.store, m.person, (struct delivery_id){ 0 }, 9, w->mem, &rows, &n, &err));
    while (n && !rows[n - 1].issue.v)
        n--;
    assert_int_not_equal(n, 0);
    assert_int_equal(rows[n - 1].from_seq, 2);
    assert_int_equal(rows[n - 1].to_seq, 5);
    OK(issue_items(&w->gate.store, rows[n - 1].issue, w->mem, &items, &n, &err));
    assert_int_equal(n, 3);
    daily = world_join(w, "Tom Baker", "tom@example.net");
    assert_int_equal(daily.cursor_seq, 2);
    OK(delivery_of_person(&w->gate.store, daily.person, (struct delivery_id){ 0 }, 9, w->mem, &rows, &n, &err));
    for (size_t i = 0; i < n; i++)
        assert_int_equal(rows[i].issue.v, 0);
}

static void anything_else_goes_to_staff(void **state)
{
    struct world *w = *state;
    struct membership m = world_invite(w, "Rose Marsh", "rose@example.net");
    enum invite_effect effect;

    assert_int_equal(world_answer(w, &m, "Yes but who sees my name?", "rose@example.net", &effect), RC_OK);
    assert_int_equal(effect, INVITE_TO_STAFF);
    assert_int_equal(world_get(w, &m).state, MEMBER_INVITED);
    assert_int_equal(world_mails(w, w->ana.id, MAILING_STAFF_NOTICE), 1);
    assert_int_equal(world_mails(w, m.person, MAILING_NOT_YES), 1);
    assert_int_equal(world_answer(w, &m, "ok", "other@example.net", &effect), RC_OK);
    assert_int_equal(effect, INVITE_JOINED);
    assert_int_equal(world_mails(w, w->ana.id, MAILING_STAFF_NOTICE), 2); /* the other address */
}

static void no_declines_and_again_needs_a_reason(void **state)
{
    struct world *w = *state;
    struct membership m = world_invite(w, "Tom Baker", "tom@example.net");
    struct invite again = { .membership = m.id, .person = m.person, .invited_by = w->ana.id };
    enum invite_effect effect;
    struct db_tx tx = { 0 };
    struct err err;

    assert_int_equal(world_answer(w, &m, "No thanks", NULL, &effect), RC_OK);
    assert_int_equal(effect, INVITE_DECLINED);
    assert_int_equal(world_get(w, &m).state, MEMBER_LEFT);
    OK(db_begin(w->home->db, &tx, &err));
    assert_int_equal(invite_send(&w->gate, &w->who, &again, &err), RC_INPUT);
    db_tx_done(&tx);
    again.reason = "he called";
    OK(db_begin(w->home->db, &tx, &err));
    OK(invite_send(&w->gate, &w->who, &again, &err));
    OK(db_commit(&tx, &err));
    assert_int_equal(world_get(w, &m).state, MEMBER_INVITED);
}

static void one_repeat_then_the_list(void **state)
{
    struct world *w = *state;
    struct membership m = world_invite(w, "Sue Carver", "sue@example.net");
    struct invitation *listed;
    struct err err;
    size_t did, n;

    OK(invite_tick(&w->gate, &did, &err));
    assert_int_equal(did, 0);
    for (int days = 3; days <= 12; days += 3) {
        home_set_time(w->home, NOW0 + days * MS_DAY + MS_HOUR);
        OK(invite_tick(&w->gate, &did, &err));
    }
    assert_int_equal(world_mails(w, m.person, MAILING_INVITATION), 1);
    assert_int_equal(world_mails(w, m.person, MAILING_INVITATION_AGAIN), 1);
    OK(invitation_listed(&w->gate.store, (struct invitation_id){ 0 }, 10, w->mem, &listed, &n, &err));
    assert_int_equal(n, 1);
    for (int is_off = 0; is_off <= 1; is_off++) { /* while the daily mail is on, the list stands in that */
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };

        OK(db_begin(w->home->db, &tx, &err));
        OK(invite_send_list(&w->gate, &err));
        world_set(w, SETTING_DAILY_MAIL, "off");
        OK(db_commit(&tx, &err));
        assert_int_equal(world_mails(w, w->ana.id, MAILING_NOT_ANSWERED), is_off);
    }
}

static void paper_consent_waits_for_one_reply(void **state)
{
    struct world *w = *state;
    struct enroll e = { .name = "Ann Dover", .email = "ann@example.net" };
    const struct enroll_seat seat = { .hour_minute = -1 };
    struct invite invite = { .invited_by = w->ana.id, .paper_way = CONSENT_BY_PAPER, .evidence = "form of 3 May" };
    enum invite_effect effect;
    struct db_tx tx = { 0 };
    struct membership m;
    struct consent *list;
    struct err err;
    size_t n;

    OK(db_begin(w->home->db, &tx, &err));
    OK(enroll_member(&w->gate, &w->who, &w->group, &e, &seat, w->mem, &m, &err));
    invite.person = m.person;
    invite.membership = m.id;
    OK(invite_send(&w->gate, &w->who, &invite, &err));
    OK(db_commit(&tx, &err));
    assert_int_equal(world_mails(w, m.person, MAILING_CONSENT_CHECK), 1);
    assert_int_equal(world_roster(w), 0);
    OK(consent_of_person(&w->gate.store, m.person, w->mem, &list, &n, &err));
    assert_int_equal(n, 2);
    assert_int_equal(list[0].way, CONSENT_BY_PAPER);
    assert_string_equal(list[0].evidence, "form of 3 May");
    assert_int_equal(world_answer(w, &m, "YES", "ann@example.net", &effect), RC_OK);
    assert_int_equal(world_roster(w), 1);
}

static void staff_opt_in(void **state)
{
    struct world *w = *state;
    struct invite invite = { .invited_by = w->ana.id };
    struct membership none = { .id = { 0 } };
    enum invite_effect effect;
    struct db_tx tx = { 0 };
    struct person sam;
    struct err err;
    bool given;

    OK(db_begin(w->home->db, &tx, &err));
    world_new_staff(w, "Sam Cole", "sam@example.org", 3, &sam);
    none.person = invite.person = sam.id;
    OK(invite_send(&w->gate, &w->who, &invite, &err));
    OK(db_commit(&tx, &err));
    assert_int_equal(world_mails(w, sam.id, MAILING_STAFF_INVITATION), 1);
    assert_int_equal(world_answer(w, &none, "sure", NULL, &effect), RC_OK);
    OK(consent_is_given(&w->gate.store, sam.id, none.id, CHANNEL_EMAIL, CONSENT_RECEIVE, &given, &err));
    assert_true(given);
    assert_int_equal(world_mails(w, sam.id, MAILING_STAFF_WELCOME), 1);
}

static void names_do_not_collide(void **state)
{
    struct world *w = *state;

    assert_string_equal(world_invite(w, "Maria Santos", "m1@example.net").name, "Maria");
    assert_string_equal(world_invite(w, "MARIA Sole", "m2@example.net").name, "MARIA S.");
    assert_string_equal(world_invite(w, "Maria Stone", "m3@example.net").name, "Maria 2");
    assert_string_equal(world_invite(w, "maria stern", "m4@example.net").name, "maria 3");
}

static struct post hold_post(struct world *w, const struct membership *m)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct post post = { .group = m->group,
                         .kind = POST_POST,
                         .state = POST_HELD,
                         .author = m->person,
                         .tier = 4,
                         .text = "Hello all",
                         .context = "{}",
                         .remind_ms = NOW0 + MS_HOUR };
    struct err err;

    OK(db_begin(w->home->db, &tx, &err));
    OK(post_add(&w->gate.store, &post, &err));
    OK(db_commit(&tx, &err));
    return post;
}

static enum post_state post_state_of(struct world *w, struct post_id id)
{
    struct post post;
    struct err err;

    OK(post_get(&w->gate.store, id, w->mem, &post, &err));
    return post.state;
}

static void stop_silences_and_undo_gives_back(void **state)
{
    struct world *w = *state;
    struct membership m = world_join(w, "Maria Santos", "maria@example.net");
    const struct post post = hold_post(w, &m);
    enum suppression_reason why;
    struct err err;

    OK(world_say(w, &m, (struct command){ .kind = COMMAND_WEEKLY }));
    OK(world_say(w, &m, (struct command){ .kind = COMMAND_STOP }));
    assert_int_equal(world_get(w, &m).state, MEMBER_LEFT);
    assert_int_equal(world_roster(w), 0);
    assert_int_equal(post_state_of(w, post.id), POST_WITHDRAWN);
    OK(suppression_get(&w->gate.store, m.address, &why, &err));
    assert_int_equal(why, SUPPRESSED_STOP);
    assert_int_equal(world_mails(w, m.person, MAILING_WELCOME), 0); /* unsent mail is cancelled … */
    assert_int_equal(world_mails(w, m.person, MAILING_STOPPED), 1); /* … the confirmation is not */
    assert_int_equal(world_mails(w, w->ana.id, MAILING_STAFF_NOTICE), 1);
    OK(world_say(w, &m, (struct command){ .kind = COMMAND_STOP }));
    assert_int_equal(world_mails(w, m.person, MAILING_STOPPED), 1); /* the first one was unsent still */

    OK(world_say(w, &m, (struct command){ .kind = COMMAND_UNDO }));
    assert_int_equal(world_get(w, &m).state, MEMBER_ACTIVE);
    assert_int_equal(world_get(w, &m).rhythm, RHYTHM_WEEKLY);
    assert_int_equal(world_roster(w), 1);
    assert_int_equal(post_state_of(w, post.id), POST_HELD);
    assert_int_equal(suppression_get(&w->gate.store, m.address, &why, &err), RC_NOT_FOUND);
    OK(world_say(w, &m, (struct command){ .kind = COMMAND_UNDO }));
    assert_int_equal(world_get(w, &m).rhythm, RHYTHM_DAILY);
    OK(world_say(w, &m, (struct command){ .kind = COMMAND_UNDO }));
    assert_int_equal(world_mails(w, m.person, MAILING_UNDO_NOTHING), 1);
}

static void undo_ends_after_thirty_days(void **state)
{
    struct world *w = *state;
    struct membership m = world_join(w, "Maria Santos", "maria@example.net");
    struct err err;

    OK(world_say(w, &m, (struct command){ .kind = COMMAND_LEAVE }));
    home_set_time(w->home, NOW0 + 30 * MS_DAY + 1);
    OK(world_say(w, &m, (struct command){ .kind = COMMAND_UNDO }));
    assert_int_equal(world_get(w, &m).state, MEMBER_LEFT);
}

static void a_shared_address_is_not_silenced_for_both(void **state)
{
    struct world *w = *state;
    struct membership rose = world_join(w, "Rose Marsh", "marsh@example.net");
    struct membership harold = world_join(w, "Harold Marsh", "marsh@example.net");
    struct err err;

    assert_int_equal(rose.address.v, harold.address.v);
    assert_int_not_equal(rose.person.v, harold.person.v);
    OK(world_say(w, &rose, (struct command){ .kind = COMMAND_STOP }));
    assert_int_equal(world_get(w, &rose).state, MEMBER_LEFT);
    assert_int_equal(world_roster(w), 1);
}

static void every_command_acts_and_answers(void **state)
{
    struct world *w = *state;
    struct membership m = world_join(w, "Maria Santos", "maria@example.net");
    static const struct {
        enum command_kind command;
        const char *text;
        enum mailing_kind mail;
    } cases[] = { { COMMAND_HELP, "", MAILING_HELP },
                  { COMMAND_RULES, "", MAILING_RULES },
                  { COMMAND_INFO, "", MAILING_INFO },
                  { COMMAND_STATUS, "", MAILING_STATUS },
                  { COMMAND_DAILY, "", MAILING_RHYTHM },
                  { COMMAND_NAME, "Mia", MAILING_NAME_CHANGED },
                  { COMMAND_NAME, "a@b.org", MAILING_NOT_UNDERSTOOD },
                  { COMMAND_REPORT, "rude", MAILING_REPORT_THANKS },
                  { COMMAND_BIG, "", MAILING_BIG_ON },
                  { COMMAND_RESUME, "", MAILING_RESUMED },
                  { COMMAND_SPANISH, "", MAILING_LANGUAGE_CHANGED },
                  { COMMAND_EACH, "", MAILING_RHYTHM },
                  { COMMAND_STATUS, "", MAILING_STATUS },
                  { COMMAND_INFO, "", MAILING_INFO },
                  { COMMAND_NEWS, "", MAILING_RHYTHM },
                  { COMMAND_RESUME, "", MAILING_RESUMED },
                  { COMMAND_ENGLISH, "", MAILING_LANGUAGE_CHANGED },
                  { COMMAND_PAUSE, "", MAILING_PAUSED },
                  { COMMAND_LEAVE, "", MAILING_LEFT } };
    struct person p;
    struct err err;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const size_t before = world_mails(w, m.person, cases[i].mail);
        const bool is_info_again = i > 10 && cases[i].command == COMMAND_INFO;

        OK(world_say(w, &m,
                     (struct command){ .kind = cases[i].command, .text = cases[i].text, .number = 2, .days = 7 }));
        if (world_mails(w, m.person, cases[i].mail) != before + !is_info_again)
            print_error("case %zu: %s\n", i, command_name(cases[i].command));
        if (cases[i].command != COMMAND_PAUSE) /* which cancels what was unsent */
            assert_int_equal(world_mails(w, m.person, cases[i].mail), before + !is_info_again);
    }
    assert_string_equal(world_get(w, &m).name, "Mia");
    OK(person_get(&w->gate.store, m.person, w->mem, &p, &err));
    assert_int_equal(p.format, FORMAT_BIG);
    assert_int_equal(p.language, LANGUAGE_ENGLISH);
    assert_int_equal(world_mails(w, w->ana.id, MAILING_STAFF_NOTICE), 2); /* reported, left */
}

static void a_name_in_use_is_refused_kindly(void **state)
{
    struct world *w = *state;
    struct membership maria = world_join(w, "Maria Santos", "maria@example.net");
    struct membership rose = world_join(w, "Rose Marsh", "rose@example.net");
    struct err err;

    (void)maria;
    OK(world_say(w, &rose, (struct command){ .kind = COMMAND_NAME, .text = "MARIA" }));
    assert_string_equal(world_get(w, &rose).name, "Rose");
    assert_int_equal(world_mails(w, rose.person, MAILING_NAME_TAKEN), 1);
}

/* What the program chooses itself obeys the rule that NAME obeys. */
static void a_chosen_name_is_like_nobodys(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *full, *want;
    } cases[] = { { "Maria Santos", "Maria" },
                  { "Mar\xC3\xAD"
                    "a Keller",
                    "Mar\xC3\xAD"
                    "a K." },
                  { "MARIA KLEIN", "MARIA 2" },
                  { "\xD0\x9C"
                    "aria Berg",
                    "\xD0\x9C"
                    "aria B." }, /* Cyrillic M */
                  { "Ana Gomez", "Ana G." },
                  { "\xC3\x81na Gil", "\xC3\x81na 2" },
                  { "Lee", "Lee 2" },
                  { "You Chan", "You C." },
                  { "Jos\xC3\xA9 Marsh", "Jos\xC3\xA9" },
                  { "Jose Mill", "Jose M." } };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct enroll nurse = { .name = "Nurse Betty", .email = "betty@example.net" };
    struct enroll ana = { .name = "Ana Ruiz", .email = "ana@example.org" };
    struct enroll desk = { .name = "Lakeside Clinic",
                           .email = "desk@example.net" }; /* "Lakeside" is nobody's first name */
    struct enroll_seat typed = { .hour_minute = -1, .shown_name = "Ana Ruiz" }, own = { .hour_minute = -1 };
    struct membership m;
    struct person person;
    struct err err;

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(world_invite(w, cases[i].full, arena_printf(w->mem, "name%zu@example.net", i)).name,
                            cases[i].want);
    OK(db_begin(w->home->db, &tx, &err));
    assert_int_equal(enroll_member(&w->gate, &w->who, &w->group, &nurse, &own, w->mem, &m, &err), RC_CONFLICT);
    assert_int_equal(enroll_member(&w->gate, &w->who, &w->group, &nurse, &typed, w->mem, &m, &err), RC_CONFLICT);
    assert_int_equal(enroll_member(&w->gate, &w->who, &w->group, &desk, &own, w->mem, &m, &err), RC_CONFLICT);
    desk.staff_role = STAFF_MODERATOR; /* nor is a person of the staff called so */
    assert_int_equal(enroll_staff(&w->gate, &w->who, &desk, w->mem, &person, &err), RC_INPUT);
    own.shown_name = "Betty";
    OK(enroll_member(&w->gate, &w->who, &w->group, &nurse, &own, w->mem, &m, &err));
    typed.role = MEMBER_PROVIDER; /* she may be called what she is called */
    OK(enroll_member(&w->gate, &w->who, &w->group, &ana, &typed, w->mem, &m, &err));
}

static void a_pause_ends_by_itself(void **state)
{
    struct world *w = *state;
    struct membership m = world_join(w, "Maria Santos", "maria@example.net");
    struct err err;
    size_t did;

    OK(world_say(w, &m, (struct command){ .kind = COMMAND_PAUSE, .days = 7 }));
    assert_int_equal(world_get(w, &m).state, MEMBER_PAUSED);
    assert_int_equal(world_roster(w), 0);
    home_set_time(w->home, NOW0 + 6 * MS_DAY);
    OK(member_tick(&w->gate, &did, &err));
    assert_int_equal(did, 0);
    home_set_time(w->home, NOW0 + 7 * MS_DAY);
    OK(member_tick(&w->gate, &did, &err));
    assert_int_equal(did, 1);
    assert_int_equal(world_get(w, &m).state, MEMBER_ACTIVE);
    assert_int_equal(world_mails(w, m.person, MAILING_RESUMED), 1);
}

static void died_silences_everything(void **state)
{
    struct world *w = *state;
    struct membership m = world_join(w, "Maria Santos", "maria@example.net");
    const struct post post = hold_post(w, &m);
    struct delivery_counts counts;
    enum invite_effect effect;
    struct db_tx tx = { 0 };
    struct delivery *rows;
    struct err err;
    size_t n;

    (void)counts;
    OK(db_begin(w->home->db, &tx, &err));
    OK(member_remove(&w->gate, &w->who, m.id, MEMBER_REASON_DIED, &err));
    OK(db_commit(&tx, &err));
    assert_int_equal(post_state_of(w, post.id), POST_WITHDRAWN);
    assert_int_equal(world_roster(w), 0);
    OK(delivery_of_person(&w->gate.store, m.person, (struct delivery_id){ 0 }, 100, w->mem, &rows, &n, &err));
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(rows[i].state, DELIVERY_CANCELLED);
    assert_int_equal(world_mails(w, w->ana.id, MAILING_STAFF_NOTICE), 1);
    assert_int_equal(world_answer(w, &m, "yes", NULL, &effect), RC_CONFLICT);
}

static void a_withdrawn_consent_stops_the_roster(void **state)
{
    struct world *w = *state;
    struct membership m = world_join(w, "Maria Santos", "maria@example.net");
    struct consent no = { .person = m.person,
                          .membership = m.id,
                          .address = m.address,
                          .channel = CHANNEL_EMAIL,
                          .kind = CONSENT_RECEIVE,
                          .is_given = false,
                          .way = CONSENT_BY_PHONE,
                          .text_version = "x" };
    struct db_tx tx = { 0 };
    struct err err;

    assert_int_equal(world_roster(w), 1);
    OK(db_begin(w->home->db, &tx, &err));
    OK(consent_add(&w->gate.store, &no, &err));
    OK(db_commit(&tx, &err));
    assert_int_equal(world_get(w, &m).state, MEMBER_ACTIVE);
    assert_int_equal(world_roster(w), 0);
}

static void ending_says_goodbye_and_gives_back(void **state)
{
    struct world *w = *state;
    struct membership m = world_join(w, "Maria Santos", "maria@example.net");
    const struct post post = hold_post(w, &m);
    struct db_tx tx = { 0 };
    int64_t letters;
    struct err err;

    OK(db_begin(w->home->db, &tx, &err));
    OK(ending_close(&w->gate, &w->who, w->group.id, "Thank you all.", &letters, &err));
    for (int batch = 0; batch < 3; batch++)
        OK(ending_letters(&w->gate, w->group.id, &err));
    OK(db_commit(&tx, &err));
    assert_int_equal(letters, 1);
    assert_int_equal(world_mails(w, m.person, MAILING_GROUP_CLOSING), 1);
    assert_int_equal(world_mails(w, m.person, MAILING_NOT_SENT), 1);
    assert_int_equal(post_state_of(w, post.id), POST_RETURNED);
    OK(db_begin(w->home->db, &tx, &err));
    assert_int_equal(ending_close(&w->gate, &w->who, w->group.id, NULL, &letters, &err), RC_CONFLICT);
    db_tx_done(&tx);
}

static void audit_has_every_act(void **state)
{
    struct world *w = *state;
    struct membership m = world_join(w, "Maria Santos", "maria@example.net");
    struct audit_report report;
    struct audit_entry *entries;
    struct err err;
    size_t n;

    OK(world_say(w, &m, (struct command){ .kind = COMMAND_WEEKLY }));
    OK(audit_list(&w->gate.store, AUDIT_ITEM_MEMBERSHIP, m.id.v, 0, 10, w->mem, &entries, &n, &err));
    assert_int_equal(n, 2);
    assert_int_equal(entries[0].verb, AUDIT_MEMBER_JOINED);
    assert_int_equal(entries[1].verb, AUDIT_MEMBER_CHANGED);
    assert_string_equal(entries[1].old_value, "daily");
    assert_string_equal(entries[1].new_value, "weekly");
    OK(audit_verify(&w->gate.store, NULL, &report, &err));
    assert_true(report.rows > 10);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        CASE(invitation_asks_and_yes_joins),
        CASE(a_first_letter_holds_three_conversations),
        CASE(anything_else_goes_to_staff),
        CASE(no_declines_and_again_needs_a_reason),
        CASE(one_repeat_then_the_list),
        CASE(paper_consent_waits_for_one_reply),
        CASE(staff_opt_in),
        CASE(names_do_not_collide),
        CASE(stop_silences_and_undo_gives_back),
        CASE(undo_ends_after_thirty_days),
        CASE(a_shared_address_is_not_silenced_for_both),
        CASE(every_command_acts_and_answers),
        CASE(a_name_in_use_is_refused_kindly),
        CASE(a_chosen_name_is_like_nobodys),
        CASE(a_pause_ends_by_itself),
        CASE(died_silences_everything),
        CASE(a_withdrawn_consent_stops_the_roster),
        CASE(ending_says_goodbye_and_gives_back),
        CASE(audit_has_every_act),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
