/* gateway/text/talk: members who take part by text: joining, commands, words for review, questions, loops. */
#include "tests/unit/text_talk_help.h"

#define MARIA "+15555550101"
#define TOM "+15555550102"

static struct care_group second_group(struct phones *p)
{
    struct care_group g = p->w.group;

    g.id.v = 0;
    g.slug = "walkers";
    g.name = "Walkers";
    g.alias = "Walkers";
    TX(p, OK(group_add(&p->w.gate.store, &g, &err)));
    return g;
}

/* ---- yes and no ---- */

static void joins_by_yes_alone(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_invite(p, &p->w.group, "Maria Santos", MARIA);
    struct post *posts;

    assert_int_equal(m.channel, CHANNEL_TEXT);
    says(p, &m, "Reply YES to get Tuesday texts");
    assert_null(strstr(phones_last(p, m.person), "Maria")); /* R18 */
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_ASKED);
    phones_text(p, MARIA, "Who gets to read this?"); /* no yes: nothing is held, nothing answered, staff read it */
    assert_int_equal(phones_sent(p, MARIA), 1);
    assert_int_equal(phones_waiting(p, m.person, &posts), 0);
    assert_int_equal(staff_mails(p), 2);
    assert_int_equal(world_get(&p->w, &m).state, MEMBER_INVITED);
    phones_text(p, MARIA, "Yes, thank you!");
    m = world_get(&p->w, &m);
    assert_int_equal(m.state, MEMBER_ACTIVE);
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    says(p, &m, "you are in");
    assert_int_equal(world_roster(&p->w), 1);
    phones_text(p, MARIA, "YES"); /* once more changes nothing */
    assert_int_equal(world_get(&p->w, &m).state, MEMBER_ACTIVE);
}

static void no_is_no(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_invite(p, &p->w.group, "Maria Santos", MARIA);

    phones_text(p, MARIA, "No thanks");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_STOPPED);
    assert_int_equal(world_get(&p->w, &m).state, MEMBER_LEFT);
    assert_int_equal(phones_sent(p, MARIA), 1); /* the invitation; no is not answered */
}

static void start_is_a_yes_too(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_invite(p, &p->w.group, "Maria Santos", MARIA);

    phones_text(p, MARIA, "START");
    assert_int_equal(world_get(&p->w, &m).state, MEMBER_ACTIVE);
}

static void stop_holds_until_start(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct text_ask ask = { .person = m.person, .phone = m.address };
    struct post *posts;
    int64_t sent;

    phones_text(p, MARIA, "STOP");
    sent = phones_sent(p, MARIA);
    phones_text(p, MARIA, "Actually tell Rose I am well"); /* read by staff, never answered */
    phones_text(p, MARIA, "LIST");
    phones_text(p, MARIA, "ok");
    assert_int_equal(phones_sent(p, MARIA), sent);
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_STOPPED);
    assert_int_equal(phones_waiting(p, m.person, &posts), 0);
    TX(p, assert_int_equal(text_ask_mark(&p->w.gate, &ask, &err), RC_CONFLICT)); /* R6: staff cannot */
    phones_text(p, MARIA, "start");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    phones_text(p, MARIA, "GROUPS");
    says(p, &m, "Tuesday");
}

static void yes_after_stop_is_start(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);

    phones_text(p, MARIA, "STOP");
    phones_text(p, MARIA, "Yes.");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    phones_text(p, MARIA, "GROUPS");
    says(p, &m, "Tuesday");
    phones_text(p, TOM, "STOP"); /* never said yes: there is nothing to come back to */
    phones_text(p, TOM, "YES");
    assert_int_equal(phones_consent(p, TOM).state, TEXT_STOPPED);
}

/* Each STOP after a new yes is confirmed, five a day at most. This provider says nothing itself. */
static void every_new_stop_is_confirmed(void **state)
{
    struct phones *p = *state;
    int64_t n;

    OK(provider_load("mailer/providers/kannel.conf", p->w.mem, &p->provider.p, &err));
    phones_join(p, &p->w.group, "Maria Santos", MARIA);
    for (int i = 1; i <= 7; i++) {
        phones_text(p, MARIA, "STOP");
        phones_text(p, MARIA, "STOP"); /* once more: nothing */
        OK(text_out_count(&p->w.gate.store, phones_address(p, MARIA), MAILING_TEXT_STOPPED, 0, &n, &err));
        assert_int_equal(n, i < 5 ? i : 5);
        phones_text(p, MARIA, "START");
        assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    }
}

static void a_phone_of_a_member_by_mail(void **state)
{
    struct phones *p = *state;
    struct membership m = world_join(&p->w, "Maria Santos", "maria@example.org");
    struct text_ask ask = { .person = m.person };
    struct address phone;

    TX(p, OK(enroll_phone(&p->w.gate, &p->w.who, m.person, "(555) 555-0101", p->w.mem, &phone, &err));
       ask.phone = phone.id; OK(text_ask_member(&p->w.gate, &m, &ask, &err)));
    says(p, &m, "Reply YES");
    assert_int_equal(world_get(&p->w, &m).channel, CHANNEL_EMAIL);
    phones_text(p, MARIA, "Yes");
    m = world_get(&p->w, &m);
    assert_int_equal(m.channel, CHANNEL_BOTH);
    says(p, &m, "texts from us too");
    phones_text(p, MARIA, "PAUSE 3"); /* answered where it came from */
    assert_int_equal(world_get(&p->w, &m).state, MEMBER_PAUSED);
    says(p, &m, "paused until");
    assert_int_equal(world_mails(&p->w, m.person, MAILING_PAUSED), 0);
}

/* ---- commands ---- */

static void commands_do_what_they_do_by_mail(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct person person;

    phones_text(p, MARIA, "PAUSE 5");
    assert_int_equal(world_get(&p->w, &m).state, MEMBER_PAUSED);
    says(p, &m, "paused until");
    phones_text(p, MARIA, "resume");
    assert_int_equal(world_get(&p->w, &m).state, MEMBER_ACTIVE);
    phones_text(p, MARIA, "NAME Mary Lou");
    assert_string_equal(world_get(&p->w, &m).name, "Mary Lou");
    says(p, &m, "Mary Lou");
    phones_text(p, MARIA, "ZONE denver");
    says(p, &m, "By our clock it is");
    OK(person_get(&p->w.gate.store, m.person, p->w.mem, &person, &err));
    assert_string_equal(person.zone, "America/Denver");
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
    phones_text(p, MARIA, "UNDO");
    assert_string_equal(world_get(&p->w, &m).name, "Maria");
    phones_text(p, MARIA, "LEAVE");
    assert_int_equal(world_get(&p->w, &m).state, MEMBER_LEFT);
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES); /* of the group alone */
    says(p, &m, "You left Tuesday");
}

static void several_groups(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA), other;
    const struct care_group walkers = second_group(p);
    struct post *posts;

    other = phones_invite(p, &walkers, "Maria Santos", MARIA);
    assert_int_equal(other.person.v, m.person.v);
    phones_text(p, MARIA, "yes");
    assert_int_equal(world_get(&p->w, &other).state, MEMBER_ACTIVE);
    phones_text(p, MARIA, "Does anybody walk on Sundays?");
    says(p, &m, "2 = Walkers");
    assert_int_equal(phones_waiting(p, m.person, &posts), 0);
    phones_text(p, MARIA, "2");
    assert_int_equal(phones_waiting(p, m.person, &posts), 1);
    assert_int_equal(posts[0].group.v, walkers.id.v);
    assert_string_equal(posts[0].text, "Does anybody walk on Sundays?");
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
    phones_text(p, MARIA, "LEAVE");
    says(p, &m, "name of the group");
    phones_text(p, MARIA, "LEAVE Walkers");
    assert_int_equal(world_get(&p->w, &other).state, MEMBER_LEFT);
    assert_int_equal(world_get(&p->w, &m).state, MEMBER_ACTIVE);
}

/* ---- words ---- */

static void a_number_places_the_words(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    const struct conversation_id sleep = phones_note(p, &p->w.group, p->w.ana.id, "Sleep"),
                                 soup = phones_note(p, &p->w.group, p->w.ana.id, "Soup");
    const int64_t a = phones_give(p, &m, sleep), b = phones_give(p, &m, soup);
    struct post *posts;

    phones_text(p, MARIA, arena_printf(p->w.mem, "%" PRId64 " Thanks Rose, that helped", a));
    assert_int_equal(phones_waiting(p, m.person, &posts), 1);
    assert_int_equal(posts[0].conversation.v, sleep.v);
    assert_int_equal(posts[0].state, POST_HELD);
    assert_string_equal(posts[0].text, "Thanks Rose, that helped");
    says(p, &m, "A moderator will look");
    phones_text(p, MARIA, arena_printf(p->w.mem, "%" PRId64 " and %" PRId64 ": so true, both of you", a, b));
    assert_int_equal(phones_waiting(p, m.person, &posts), 3);
    assert_int_equal(posts[2].conversation.v + posts[1].conversation.v, sleep.v + soup.v);
    phones_text(p, MARIA, "I slept eight hours"); /* two were given today: which one? */
    assert_int_equal(phones_waiting(p, m.person, &posts), 4);
    assert_int_equal(posts[3].conversation.v, 0);
    says(p, &m, "Which one");
    phones_text(p, MARIA, "2");
    assert_int_equal(phones_waiting(p, m.person, &posts), 4);
    assert_int_equal(posts[3].conversation.v, soup.v);
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM post WHERE published_seq > 0"), 0);
}

static void the_only_item_and_a_new_note(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct conversation_id sleep;
    struct post *posts;

    phones_text(p, MARIA, "Hello, I am new here");
    assert_int_equal(phones_waiting(p, m.person, &posts), 1);
    assert_int_equal(posts[0].kind, POST_POST);
    phones_text(p, MARIA, "UNDO");
    assert_int_equal(phones_waiting(p, m.person, &posts), 0);
    says(p, &m, "will not go to the group");
    sleep = phones_note(p, &p->w.group, p->w.ana.id, "Sleep");
    phones_give(p, &m, sleep);
    phones_text(p, MARIA, "Same for me every night");
    assert_int_equal(phones_waiting(p, m.person, &posts), 1);
    assert_int_equal(posts[0].conversation.v, sleep.v);
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 8 * MS_DAY);
    phones_text(p, MARIA, "10 Thanks, better now");
    says(p, &m, "That one is over");
}

static void what_nobody_wrote_is_not_answered(void **state)
{
    static const char *const texts[] = { "Liked \"Tuesday: 2 new\"",
                                         "I'm driving right now. I'll get back to you later.", "Thanks!",
                                         "\xe2\x9d\xa4" };
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    const int64_t sent = phones_sent(p, MARIA);
    struct post *posts;

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        phones_text(p, MARIA, texts[i]);
    assert_int_equal(phones_sent(p, MARIA), sent);
    assert_int_equal(phones_waiting(p, m.person, &posts), 0);
}

static void machines_come_to_an_end(void **state)
{
    struct phones *p = *state;
    int64_t sent;

    phones_join(p, &p->w.group, "Maria Santos", MARIA);
    sent = phones_sent(p, MARIA);
    for (int i = 0; i < 3; i++)
        phones_text(p, MARIA, "LIST");
    assert_int_equal(phones_sent(p, MARIA), sent + 1); /* the same again within an hour */
    for (int i = 0; i < 12; i++)
        phones_text(p, MARIA, i % 2 ? "LIST" : "GROUPS");
    assert_in_range(phones_sent(p, MARIA), sent + 2, 5); /* an hour's */
}

static void stop_in_prose_and_a_plea(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct post *posts;
    int64_t told;

    told = staff_mails(p);
    phones_text(p, MARIA, "I can't stop crying since Sunday and nobody knows why");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    assert_int_equal(phones_waiting(p, m.person, &posts), 1);
    assert_true(staff_mails(p) > told);
    phones_text(p, MARIA, "please help me"); /* somebody in need, not the word HELP */
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM page"),
                     help_int(&p->w.h, "SELECT COUNT(*) FROM page WHERE tier <= 2"));
    assert_true(help_int(&p->w.h, "SELECT COUNT(*) FROM page") >= 1);
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM text_out WHERE kind = 182"), 0);
    assert_true(help_int(&p->w.h, "SELECT COUNT(*) FROM text_out WHERE kind IN (183, 184)") >= 1);
}

/* The words of our own footer are no danger; danger beside STOP pages; what else a STOP says is read. */
static void stop_and_what_it_says_besides(void **state)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    const struct triage_sources sources = { .lists = lists, .own_from = 2, .model = "gateway/lexicon/model.txt" };
    struct phones *p = *state;
    int64_t told, each;

    triage_close_lexicon(&p->lexicon);
    OK(triage_open(&sources, &p->lexicon, &err)); /* the model takes "to end" for danger */
    phones_join(p, &p->w.group, "Maria Santos", MARIA);
    told = staff_mails(p);
    phones_text(p, MARIA, "STOP to end");
    each = staff_mails(p) - told; /* of one notice */
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_STOPPED);
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM page"), 0);
    phones_text(p, MARIA, "START");
    told = staff_mails(p);
    phones_text(p, MARIA, "stop texting me");
    assert_int_equal(staff_mails(p), told + each); /* that it stopped */
    phones_text(p, MARIA, "START");
    phones_text(p, MARIA, "my mother passed away please stop texting");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_STOPPED);
    assert_int_equal(staff_mails(p), told + 3 * each); /* that it stopped, and its words */
    phones_text(p, MARIA, "START");
    phones_text(p, MARIA, "I want to kill myself tonight. Please stop texting me");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_STOPPED);
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM page WHERE tier <= 1"), 1);
}

/* ---- whose phone ---- */

static void strangers_get_one_line(void **state)
{
    struct phones *p = *state;
    struct text_in in = phones_text(p, TOM, "Is this the clinic?");

    assert_int_equal(in.state, TEXT_IN_PARKED);
    assert_int_equal(phones_sent(p, TOM), 1);
    phones_text(p, TOM, "Hello??");
    assert_int_equal(phones_sent(p, TOM), 1);
    phones_text(p, TOM, "STOP"); /* what waited is cancelled */
    assert_int_equal(phones_consent(p, TOM).state, TEXT_STOPPED);
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 40 * MS_DAY);
    phones_text(p, TOM, "Hello again");
    assert_int_equal(phones_sent(p, TOM), 0); /* this provider confirms a STOP itself */
}

static void a_shared_phone(void **state)
{
    struct phones *p = *state;
    struct membership rose = phones_join(p, &p->w.group, "Rose Marsh", MARIA), harold;
    struct post *posts;

    harold = phones_invite(p, &p->w.group, "Harold Marsh", MARIA);
    phones_text(p, MARIA, "Yes");
    assert_int_equal(world_get(&p->w, &harold).state, MEMBER_ACTIVE);
    phones_text(p, MARIA, "I made the soup again");
    assert_int_equal(phones_waiting(p, rose.person, &posts) + phones_waiting(p, harold.person, &posts), 0);
    phones_text(p, MARIA, "Harold");
    assert_int_equal(phones_waiting(p, harold.person, &posts), 1);
    assert_string_equal(posts[0].text, "I made the soup again");
}

/* Whoever sends us 911 is paged about, and told whom to call; it is no number of ours. */
static void emergency_numbers(void **state)
{
    static const char *const texts[] = { "911", "Call 911!", "988", "llamen al 911" };
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const int64_t pages = help_int(&p->w.h, "SELECT COUNT(*) FROM page");

        phones_text(p, MARIA, texts[i]);
        says(p, &m, "call 911");
        assert_true(help_int(&p->w.h, "SELECT COUNT(*) FROM page") > pages ||
                    help_int(&p->w.h, "SELECT COUNT(*) FROM page_joined") > 0);
        home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 25 * MS_HOUR);
    }
}

/* Whatever is asked at the time, it is no answer, and they hear of the crisis lines and of nothing else. */
static void emergency_numbers_while_we_ask(void **state)
{
    static const enum text_question_kind kinds[] = { TEXT_ASK_RSVP, TEXT_ASK_LANGUAGE, TEXT_ASK_WHICH_GROUP,
                                                     TEXT_ASK_PRIVATE };
    static const char *const texts[] = { "call 911", "911", "llamen al 911" };
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    const struct text_line line = { m.address, p->sender.id };

    for (size_t i = 0; i < COUNT_OF(kinds) * COUNT_OF(texts); i++) {
        struct text_question q = { .person = m.person,
                                   .kind = kinds[i / COUNT_OF(texts)],
                                   .subject_id = 1,
                                   .data = "{\"choices\":[{\"name\":\"Walkers\",\"id\":1}]}" };
        const int64_t sent = phones_sent(p, MARIA), marked = help_int(&p->w.h, "SELECT COUNT(*) FROM page") +
                                                             help_int(&p->w.h, "SELECT COUNT(*) FROM page_joined");

        TX(p, OK(text_question_ask(&p->w.gate.store, &line, &q, &err)));
        phones_text(p, MARIA, texts[i % COUNT_OF(texts)]);
        says(p, &m, "call 911");
        assert_int_equal(phones_sent(p, MARIA), sent + 1);
        assert_true(help_int(&p->w.h, "SELECT COUNT(*) FROM page") +
                        help_int(&p->w.h, "SELECT COUNT(*) FROM page_joined") >
                    marked);
        home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 25 * MS_HOUR);
    }
}

/* Two texts in the other language: asked once, in that language, and only the yes changes it. */
static void another_language(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct person person;
    int64_t sent, asked;

    phones_text(p, MARIA, "Hoy me siento mejor, gracias");
    says(p, &m, "Got it");
    phones_text(p, MARIA, "I also walked with my dog");
    phones_text(p, MARIA, "LISTA");
    says(p, &m, "nothing to answer");
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
    phones_text(p, MARIA, "Ayer no pude dormir por el dolor");
    says(p, &m, "¿Prefiere nuestros mensajes en español? Responda SI o NO.");
    OK(person_get(&p->w.gate.store, m.person, p->w.mem, &person, &err));
    assert_int_equal(person.language, LANGUAGE_ENGLISH);
    phones_text(p, MARIA, "Si");
    OK(person_get(&p->w.gate.store, m.person, p->w.mem, &person, &err));
    assert_int_equal(person.language, LANGUAGE_SPANISH);
    says(p, &m, "español");
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
    phones_text(p, MARIA, "I want to see the list of the talks");
    phones_text(p, MARIA, "Where is the next visit?");
    says(p, &m, "Do you want our texts in English?");
    phones_text(p, MARIA, "no");
    says(p, &m, "Seguimos en español");
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
    sent = phones_sent(p, MARIA);
    phones_text(p, MARIA, "LIST");
    phones_text(p, MARIA, "LEAVE a note to the team, that is what I want"); /* in English again: they were asked */
    assert_in_range(phones_sent(p, MARIA) - sent, 1, 2);
    phones_text(p, MARIA, "I think that I will walk to the lake with my dog");
    OK(text_out_count(&p->w.gate.store, m.address, MAILING_TEXT_LANGUAGE, 0, &asked, &err));
    assert_int_equal(asked, 2); /* each language once */
    OK(person_get(&p->w.gate.store, m.person, p->w.mem, &person, &err));
    assert_int_equal(person.language, LANGUAGE_SPANISH);
}

/* Who leaves in the other language has left: asked nothing more. */
static void another_language_of_who_leaves(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    int64_t asked;

    phones_text(p, MARIA, "Ayer no pude dormir por el dolor");
    phones_text(p, MARIA, "Salir de este grupo");
    assert_int_equal(world_get(&p->w, &m).state, MEMBER_LEFT);
    OK(text_out_count(&p->w.gate.store, m.address, MAILING_TEXT_LANGUAGE, 0, &asked, &err));
    assert_int_equal(asked, 0);
}

static void no_answer_goes_to_staff(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    const struct care_group walkers = second_group(p);
    int64_t told;
    size_t did;

    phones_invite(p, &walkers, "Maria Santos", MARIA);
    phones_text(p, MARIA, "yes");
    phones_text(p, MARIA, "Does anybody walk on Sundays?");
    says(p, &m, "Which group");
    told = staff_mails(p);
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 25 * MS_HOUR);
    OK(text_work(&p->w.gate, p->lexicon, &did, &err));
    assert_int_equal(staff_mails(p), told + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, phones_setup, phones_teardown)
        T(joins_by_yes_alone),
        T(no_is_no),
        T(start_is_a_yes_too),
        T(stop_holds_until_start),
        T(yes_after_stop_is_start),
        T(every_new_stop_is_confirmed),
        T(a_phone_of_a_member_by_mail),
        T(commands_do_what_they_do_by_mail),
        T(several_groups),
        T(a_number_places_the_words),
        T(the_only_item_and_a_new_note),
        T(what_nobody_wrote_is_not_answered),
        T(machines_come_to_an_end),
        T(stop_in_prose_and_a_plea),
        T(stop_and_what_it_says_besides),
        T(strangers_get_one_line),
        T(a_shared_phone),
        T(another_language_of_who_leaves),
        T(emergency_numbers),
        T(emergency_numbers_while_we_ask),
        T(another_language),
        T(no_answer_goes_to_staff),
#undef T
    };

    return cmocka_run_group_tests_name("text_talk", tests, NULL, NULL);
}
