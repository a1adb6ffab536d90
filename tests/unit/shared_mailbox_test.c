/* Couples, caregivers and borrowed tablets, end to end: a note is posted as the one who wrote it, and nobody gets into the group by a borrowed letter. */
#include "tests/unit/circle_help.h"

#include "gateway/people/member.h"
#include "store/audit.h"

#define HOME_IPAD "the.millers@example.net"

static const struct mail *review_of(struct circle *c, const char *words)
{
    for (size_t i = c->mail_count; i-- > 0;)
        if (!strcmp(c->mails[i].to, ANA) && strstr(c->mails[i].text, words))
            return &c->mails[i];
    return NULL;
}

/* "Who is writing? 1 Rose, 2 Harold": the note waits for the answer, and is posted as the one named. */
static void a_couple_is_asked_who_writes(void **state)
{
    struct circle c;
    struct membership harold;
    struct err err;
    const struct mail *asked;

    (void)state;
    circle_start(&c);
    CIRCLE_TX(&c, harold = circle_shares(&c, ROSE, "Harold"));
    circle_write(&c, ROSE, GROUP, "Garlic", "We put garlic into everything.", PASS);
    asked = circle_mail(&c, ROSE, NULL);
    circle_has(asked, "Harold");
    assert_int_equal(circle_waiting(&c, "garlic").id.v, 0); /* nothing waits for a moderator yet */
    circle_has(asked, "for Harold");
    circle_reply(&c, asked, ROSE, circle_holds(asked->text, "2 for Harold") ? "2" : "1", PASS);
    assert_int_equal(circle_waiting(&c, "garlic").author.v, harold.person.v);
    circle_reply(&c, review_of(&c, "garlic into everything"), ANA, "OK", PASS);
    assert_int_equal(circle_said(&c, SAM, "garlic into everything"), 1);
    assert_int_equal(circle_said(&c, SAM, "Harold"), 1);
    assert_int_equal(circle_said(&c, SAM, "Rose"), 0);
    circle_stop(&c);
}

/* A note from an address that we do not have, in answer to Rose's letter. */
static const struct mail *from_elsewhere(struct circle *c)
{
    const struct mail *digest;

    circle_published(c, c->sam, "What do you cook?");
    circle_digest(c);
    digest = circle_mail(c, ROSE, NULL);
    assert_non_null(digest);
    circle_listen(c);
    circle_reply(c, digest, HOME_IPAD, "I cook beans with rice.", PASS);
    assert_int_equal(circle_new(c, SAM), 0);
    return circle_since(c, ANA, NULL);
}

/* "Is this also Rose?": OK adds the address; from then on it is hers. */
static void ok_makes_the_address_hers(void **state)
{
    struct circle c;
    const struct mail *asked;

    (void)state;
    circle_start(&c);
    asked = from_elsewhere(&c);
    circle_has(asked, HOME_IPAD);
    circle_has(asked, "Rose");
    circle_reply(&c, asked, ANA, "OK", PASS);
    assert_int_equal(circle_waiting(&c, "beans with rice").author.v, c.rose.person.v);
    circle_write(&c, HOME_IPAD, GROUP, "Tea", "And tea after that.", PASS);
    assert_int_equal(circle_waiting(&c, "tea after that").author.v, c.rose.person.v);
    assert_false(circle_waiting(&c, "tea after that").flags & POST_FLAG_UNVERIFIED);
    circle_stop(&c);
}

/* The wrong-sender iPad, and a friend to whom the digest was forwarded: NO keeps both out, and they are not answered. */
static void no_keeps_a_borrowed_letter_out(void **state)
{
    struct circle c;
    const struct mail *asked;

    (void)state;
    circle_start(&c);
    asked = from_elsewhere(&c);
    circle_reply(&c, asked, ANA, "NO", PASS);
    circle_write(&c, HOME_IPAD, GROUP, "Tea", "And tea after that.", PASS);
    assert_int_equal(circle_waiting(&c, "tea after that").id.v, 0);
    circle_pass(&c, 2 * MS_DAY);
    assert_int_equal(circle_said(&c, SAM, "beans with rice"), 0);
    assert_int_equal(circle_said(&c, MARIA, "beans with rice"), 0);
    assert_int_equal(circle_said(&c, HOME_IPAD, ""), 0); /* a stranger gets nothing, also no words of the group */
    circle_stop(&c);
}

/* A friend who got the digest forwarded writes words that end things: they act for the owner of the letter alone, and are confirmed to her. */
static void a_friend_cannot_take_over(void **state)
{
    struct circle c;
    const struct mail *digest;

    (void)state;
    circle_start(&c);
    circle_published(&c, c.sam, "What do you cook?");
    circle_digest(&c);
    digest = circle_mail(&c, ROSE, NULL);
    circle_reply(&c, digest, HOME_IPAD, "NAME Ludwig", PASS);
    assert_int_equal(circle_said(&c, NULL, "Ludwig"), circle_said(&c, ANA, "Ludwig") + circle_said(&c, LEE, "Ludwig"));
    circle_listen(&c);
    circle_reply(&c, digest, HOME_IPAD, "PAUSE", PASS);
    assert_non_null(circle_since(&c, ROSE, NULL));
    assert_int_equal(circle_said(&c, HOME_IPAD, ""), 0);
    circle_stop(&c);
}

/* Two members in one account: a reply to his letter is his, a reply to hers is hers, without asking. */
static void a_letter_tells_which_of_two_answers(void **state)
{
    struct circle c;
    struct membership harold;
    struct err err;
    const struct mail *hers = NULL, *his = NULL;

    (void)state;
    circle_start(&c);
    CIRCLE_TX(&c, harold = circle_shares(&c, ROSE, "Harold"));
    circle_published(&c, c.sam, "What do you cook?");
    circle_digest(&c);
    for (size_t i = 0; i < c.mail_count; i++)
        if (!strcmp(c.mails[i].to, ROSE)) {
            if (circle_holds(c.mails[i].text, "Harold"))
                his = &c.mails[i];
            else if (circle_holds(c.mails[i].text, "Rose"))
                hers = &c.mails[i];
        }
    assert_non_null(his);
    assert_non_null(hers);
    assert_string_not_equal(his->reply_to, hers->reply_to);
    assert_string_not_equal(his->message_id, hers->message_id); /* two threads in one inbox */
    circle_reply(&c, his, ROSE, "I grill fish.", PASS);
    circle_reply(&c, hers, ROSE, "I bake bread.", PASS);
    assert_int_equal(circle_waiting(&c, "grill fish").author.v, harold.person.v);
    assert_int_equal(circle_waiting(&c, "bake bread").author.v, c.rose.person.v);
    circle_stop(&c);
}

/* A mail that names its writer in From, as mail programs do. */
static void writes_as(struct circle *c, const char *name, const char *from, const char *text)
{
    const struct wrote w = { .from = from, .to = GROUP, .subject = "Tonight", .text = text, .proof = PASS };
    const char *raw = circle_raw(c, &w), *at = strstr(raw, "From: <");

    raw = arena_printf(c->mem, "%.*sFrom: %s %s", (int)(at - raw), raw, name, at + strlen("From: "));
    circle_arrive(c, GROUP, raw, strlen(raw));
    circle_run(c);
}

static void file_on(struct circle *c, struct person_id id, const char *phone, const char *emergency, const char *chart)
{
    struct person p;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, id, c->mem, &p, &err));
    p.phone = phone;
    p.emergency = emergency;
    p.chart = chart;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &p, &err)));
}

static const struct mail *claimed_by_ana(struct circle *c)
{
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    return circle_mail(c, ANA, "details for you");
}

/* Rose was taken out of the group, so the letter is taken for Harold's: the nurse is told of both, and what the letter says itself. */
static void a_removed_partner_is_named_at_claim(void **state)
{
    const struct audit_who who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE };
    struct circle c;
    struct membership harold;
    const struct mail *details;
    struct err err;

    (void)state;
    circle_start(&c);
    CIRCLE_TX(&c, harold = circle_shares(&c, ROSE, "Harold"));
    CIRCLE_TX(&c, HELP_OK(member_remove(&c.g.gate, &who, c.rose.id, MEMBER_REASON_STAFF, &err)));
    file_on(&c, c.rose.person, "555-555-0171", "Jo, 555-555-0172", "C-17");
    file_on(&c, harold.person, "555-555-0181", "Al, 555-555-0182", "C-18");
    writes_as(&c, "Rosie Miller", ROSE, "I want to kill myself tonight.");
    assert_int_equal(circle_count(&c, "SELECT person_id FROM page"), harold.person.v);
    details = claimed_by_ana(&c);
    circle_has(details, "Please call Harold now");
    circle_has(details, "It may not be Harold who wrote");
    circle_has(details, "It says it is from: Rosie Miller, " ROSE);
    circle_has(details,
               "Rose (not in a group now), phone 555-555-0171, chart: C-17, emergency contact: Jo, 555-555-0172");
    circle_has(details, "Harold, phone 555-555-0181, chart: C-18, emergency contact: Al, 555-555-0182");
    /* Harold's file by the alarm, and both as people of the mailbox */
    assert_int_equal(circle_count(&c, "SELECT count(*) FROM audit WHERE verb = 10"), 3);
    circle_stop(&c);
}

/* Both are in the group, and nothing tells who wrote: both are named. */
static void a_couple_is_named_at_claim(void **state)
{
    struct circle c;
    struct membership harold;
    const struct mail *details;
    struct err err;

    (void)state;
    circle_start(&c);
    CIRCLE_TX(&c, harold = circle_shares(&c, ROSE, "Harold"));
    file_on(&c, c.rose.person, "555-555-0171", NULL, NULL);
    file_on(&c, harold.person, NULL, NULL, NULL);
    writes_as(&c, "Rose and Harold", ROSE, "I want to kill myself tonight.");
    assert_int_equal(circle_count(&c, "SELECT count(*) FROM page WHERE person_id IS NULL"), 1);
    details = claimed_by_ana(&c);
    circle_has(details, "Rose, phone 555-555-0171");
    circle_has(details, "Harold, no phone number on file");
    circle_stop(&c);
}

/* A mailbox of one says nothing of others. */
static void one_of_her_own_names_nobody_else(void **state)
{
    struct circle c;
    const struct mail *details;

    (void)state;
    circle_start(&c);
    writes_as(&c, "Maria", MARIA, "I want to kill myself tonight.");
    details = claimed_by_ana(&c);
    circle_has(details, "It says it is from: Maria, " MARIA);
    circle_lacks(details, "Who may have written");
    circle_lacks(details, "It may not be");
    circle_stop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_couple_is_asked_who_writes),        cmocka_unit_test(ok_makes_the_address_hers),
        cmocka_unit_test(no_keeps_a_borrowed_letter_out),      cmocka_unit_test(a_friend_cannot_take_over),
        cmocka_unit_test(a_letter_tells_which_of_two_answers), cmocka_unit_test(a_removed_partner_is_named_at_claim),
        cmocka_unit_test(a_couple_is_named_at_claim),          cmocka_unit_test(one_of_her_own_names_nobody_else),
    };

    return cmocka_run_group_tests_name("shared_mailbox", tests, NULL, NULL);
}
