/* Visits by mail: invitations as calendars want them, answers in every form, a move, a cancel, places, I AGREE, reminders; nothing of one person in
 * another's copy, and nothing of what the group is about in any calendar. */
#define CIRCLE_MAILS_MAX 2000
#include "visit_help.h"

#include "gateway/office/erase.h"
#include "gateway/visit/answering.h"
#include "gateway/visit/reminding.h"
#include "store/audit.h"
#include "store/visit_record.h"

/* ---- calendar parts ---- */

/* The calendar object of a mail, decoded; NULL: it has none. method: of its Content-Type. */
static char *calendar_of(struct circle *c, const struct mail *m, const char **ret_method)
{
    struct calendar_mail cm;

    assert_null(cm_read(m->raw, c->mem, &cm));
    *ret_method = cm.method;
    return cm.text;
}

/* That each keeps the rules is seen as it leaves (circle_help.h); here: that nobody else and no words of the visit are in it. Counts them. */
static size_t every_copy_is_right(struct circle *c)
{
    static const char *const names[] = { "Maria", "Rose", "Sam", "maria@", "rose@", "sam@", "Eating out" };
    size_t n = 0;

    for (size_t i = 0; i < c->mail_count; i++) {
        const struct mail *m = &c->mails[i];
        const char *method = NULL, *text = calendar_of(c, m, &method);

        if (!text)
            continue;
        n++;
        for (size_t k = 0; k < COUNT_OF(names); k++)
            if (strstr(text, names[k]) &&
                !strcasestr(m->to, names[k])) /* case counts: ids are random lower-case letters */
                fail_msg("the copy of %s holds %s", m->to, names[k]);
    }
    return n;
}

static struct cc_body copy_of(struct circle *c, const char *who)
{
    const char *method;
    struct cc_body b = { 0 };

    for (size_t i = c->mail_count; i-- > 0;) {
        char *text = strcmp(c->mails[i].to, who) ? NULL : calendar_of(c, &c->mails[i], &method);

        if (!text)
            continue;
        assert_null(cc_check(text, strlen(text), method, c->mem, &b));
        return b;
    }
    fail_msg("%s has no copy", who);
    return b;
}

static const char *field(const struct cc_body *b, const char *name)
{
    const struct cc_line *l = cc_find(b, "VEVENT", name);

    return l ? l->value : "";
}

/* ---- a visit that people were asked to ---- */

static void moved(struct circle *c, struct visit *v, int64_t by_ms)
{
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    *v = visit_now(c, v);
    CIRCLE_TX(c, HELP_OK(planner_move(&p, v, v->start_ms + by_ms, &err)));
    circle_work(c);
}

static void cancelled(struct circle *c, struct visit *v)
{
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    *v = visit_now(c, v);
    CIRCLE_TX(c, HELP_OK(planner_cancel(&p, v, &err)));
    circle_work(c);
}

static void everybody_gets_a_copy_of_their_own(void **state)
{
    struct circle *c = *state;
    struct cc_body maria, rose, ana;

    visit_asked(c, 12, 0);
    circle_has(circle_mail(c, MARIA, "can you come"), "Thursday, March 12, 2:00 PM (New York time)");
    circle_has(circle_mail(c, MARIA, "can you come"), "YES, I AGREE");
    circle_lacks(circle_mail(c, MARIA, "can you come"), "video.example.org"); /* not before they agree */
    assert_non_null(strstr(circle_mail(c, MARIA, "can you come")->reply_to, "tuesday+"));
    assert_null(circle_mail(c, IDA, NULL)); /* staff in the group are not asked */
    circle_has(circle_mail(c, ANA, "a visit on"), "You are down as host");
    assert_int_equal(every_copy_is_right(c), 4);
    maria = copy_of(c, MARIA);
    rose = copy_of(c, ROSE);
    ana = copy_of(c, ANA);
    assert_string_not_equal(field(&maria, "UID"), field(&rose, "UID"));
    assert_string_equal(field(&maria, "SEQUENCE"), "0");
    assert_string_equal(field(&ana, "LOCATION"), VISIT_LINK);
    assert_string_equal(field(&maria, "LOCATION"), "");
}

static struct visit changed(struct circle *c, const struct visit *v, const struct visit_plan *plan)
{
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct visit now = visit_now(c, v);
    struct err err;

    now.plan = *plan;
    CIRCLE_TX(c, HELP_OK(planner_change(&p, &now, &err)));
    circle_work(c);
    return visit_now(c, v);
}

static struct audit_entry last_change(struct circle *c, const struct visit *v, size_t count)
{
    struct audit_entry *list, last = { .seq = 0 };
    size_t n, found = 0;
    struct err err;

    HELP_OK(audit_list(&c->g.gate.store, AUDIT_ITEM_VISIT, v->id.v, 0, 100, c->mem, &list, &n, &err));
    for (size_t i = 0; i < n; i++)
        if (list[i].verb == AUDIT_VISIT_CHANGED) {
            last = list[i];
            found++;
        }
    assert_int_equal(found, count);
    return last;
}

/* Members hear of what they see and of nothing else; who joins the staff of it gets a copy, who leaves is told. */
static void what_members_do_not_see_is_changed_quietly(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    struct visit_plan plan = v.plan;
    struct audit_entry e;

    circle_listen(c);
    assert_int_equal(changed(c, &v, &plan).version, 1); /* nothing at all */
    plan.capacity = 12;
    plan.kind = VISIT_CLASS;
    plan.cohost = c->lee;
    plan.words.questions = "How are you?";
    assert_int_equal(changed(c, &v, &plan).version, 1);
    assert_int_equal(visit_now(c, &v).plan.capacity, 12);
    assert_int_equal(circle_new(c, MARIA) + circle_new(c, ROSE) + circle_new(c, ANA), 0);
    circle_has(circle_since(c, LEE, "a visit on"), "You are down as co-host");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).sequence, 0);
    e = last_change(c, &v, 1);
    assert_string_equal(e.old_value, "capacity: 0; kind: group visit; questions: ; co-host: ");
    circle_lacks(circle_since(c, LEE, "a visit on"), "Maria");
    assert_string_equal(
        e.new_value,
        arena_printf(c->mem, "capacity: 12; kind: class; questions: How are you?; co-host: Lee Ames (%" PRId64 ")",
                     c->lee.v));
    plan.minutes = 90;
    assert_int_equal(changed(c, &v, &plan).version, 2);
    circle_has(circle_since(c, MARIA, NULL), "CHANGED: please read what is new. The time is the same");
    circle_has(circle_since(c, MARIA, NULL), "90 minutes");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).sequence, 1);
    assert_string_equal(last_change(c, &v, 2).new_value, "minutes: 90");
    plan.cohost.v = 0;
    assert_int_equal(changed(c, &v, &plan).version, 2);
    assert_int_equal(visit_seat_of(c, &v, c->lee).state, VISIT_SEAT_BACK);
}

/* The host who is co-host now keeps the date, and is told the part; whom the host's letters go to is the new one. */
static void a_part_changes_hands(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    struct visit_plan plan = v.plan;
    const struct cc_body was = copy_of(c, ANA);
    struct cc_body is;

    circle_listen(c);
    plan.host = c->lee;
    plan.cohost = c->ana;
    plan.speaker = c->lee; /* down twice: as host */
    changed(c, &v, &plan);
    circle_has(circle_since(c, ANA, "a visit on"), "You are down as co-host");
    circle_has(circle_since(c, LEE, "a visit on"), "You are down as host");
    assert_int_equal(circle_new(c, ANA) + circle_new(c, LEE), 2);
    is = copy_of(c, ANA);
    assert_true(cc_is(&is, "VCALENDAR", "METHOD", "REQUEST") && cc_is_newer(&was, &is));
    assert_int_equal(visit_seat_of(c, &v, c->ana).part, VISIT_COHOST);
    assert_int_equal(visit_seat_of(c, &v, c->lee).part, VISIT_HOST);

    circle_listen(c);
    circle_pass(c, MS_DAY); /* looked at again: nothing new */
    assert_int_equal(circle_new(c, ANA) + circle_new(c, LEE), 0);
    plan.cohost.v = 0;
    plan.speaker = c->ana;
    changed(c, &v, &plan);
    circle_has(circle_since(c, ANA, "a visit on"), "You are down as speaker");
    plan.speaker.v = 0;
    changed(c, &v, &plan);
    circle_has(circle_since(c, ANA, "a visit on"), "CANCELLED");
    plan.cohost = c->ana; /* and back, as something else */
    changed(c, &v, &plan);
    circle_has(circle_since(c, ANA, "a visit on"), "You are down as co-host");
    assert_int_equal(visit_seat_of(c, &v, c->ana).state, VISIT_SEAT_INVITED);
}

/* A calendar speaks its reader's language too. */
static void a_calendar_in_spanish(void **state)
{
    struct circle *c = *state;
    struct person rose;
    struct cc_body copy;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, c->rose.person, c->mem, &rose, &err));
    rose.language = LANGUAGE_SPANISH;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &rose, &err)));
    visit_asked(c, 12, 0);
    copy = copy_of(c, ROSE);
    assert_string_equal(field(&copy, "SUMMARY"), "Visita en grupo - Lakeside Clinic");
    assert_non_null(strstr(field(&copy, "DESCRIPTION"), "TAL VEZ"));
    circle_has(circle_mail(c, ROSE, NULL),
               "Con: Ana Ruiz, profesional de enfermería"); /* nor has the letter English words */
    copy = copy_of(c, MARIA);
    assert_string_equal(field(&copy, "SUMMARY"), "Group visit - Lakeside Clinic");
}

/* The host is asked about who may have been there, by the numbers of the roster. */
static void the_host_is_not_asked_of_who_left(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 5, 0);
    const struct mail *m;
    struct visit_seat seat = visit_seat_of(c, &v, c->maria.person);
    struct err err;

    seat.state = VISIT_SEAT_BACK;
    CIRCLE_TX(c, HELP_OK(visit_seat_change(&c->g.gate.store, &seat, &err)));
    home_set_time(c->home, v.start_ms + MS_HOUR - 1); /* no copy brings it back */
    circle_pass(c, MS_MINUTE);
    m = circle_mail(c, ANA, "who came");
    circle_has(m, "2 Rose");
    circle_lacks(m, "Maria");
}

static void i_agree_comes_with_yes(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    struct cc_body copy;

    visit_says(c, MARIA, "Yes");
    circle_has(circle_mail(c, MARIA, "your answer"), "You want to come. Thank you, Maria.");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).place, VISIT_HAS_PLACE);
    visit_says(c, MARIA, "I agree");
    circle_has(circle_mail(c, MARIA, "how to join"), "Here is the way to join.");
    circle_has(circle_mail(c, MARIA, "how to join"), VISIT_LINK);
    copy = copy_of(c, MARIA);
    assert_string_equal(field(&copy, "SEQUENCE"), "1");
    assert_string_equal(field(&copy, "LOCATION"), VISIT_LINK);

    visit_says(c, ROSE, "YES, I AGREE");
    circle_has(circle_mail(c, ROSE, "your answer"), "You come. Thank you, Rose.");
    circle_has(circle_mail(c, ROSE, "your answer"), VISIT_LINK);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM agreement WHERE text_version = '2026-11-22'"), 2);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit_rsvp"), 3);
    every_copy_is_right(c);
    assert_int_equal(circle_said(c, SAM, VISIT_LINK), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0); /* no answer ever is a note */
}

static void words_beside_an_answer_go_to_staff_alone(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);

    visit_says(c, MARIA, "Yes, I agree. But I will be ten minutes late because of the pharmacy.");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_YES);
    circle_has(circle_mail(c, MARIA, "your answer"), "We gave your words to the care team too.");
    circle_has(circle_mail(c, ANA, "private words"), "ten minutes late because of the pharmacy");
    assert_int_equal(circle_said(c, ROSE, "pharmacy"), 0);
    visit_says(c, ROSE, "Is there parking?");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).answer, VISIT_NO_ANSWER);
    circle_has(circle_mail(c, ROSE, "your answer"), "Can you come?");
}

static void the_newest_answer_counts(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);

    visit_says(c, MARIA, "maybe");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_MAYBE);
    visit_says(c, MARIA, "no");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_NO);
    visit_says(c, MARIA, "yes, I agree");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_YES);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit_rsvp"), 3);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 187"), 3);
}

/* ---- what changes ---- */

static void a_move_is_told_in_the_first_line(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    const struct mail *old_mail;
    struct cc_body was, is;

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, SAM, "no");
    old_mail = circle_mail(c, ROSE, "can you come");
    was = copy_of(c, ROSE);
    circle_listen(c);
    moved(c, &v, MS_HOUR);
    circle_has(circle_since(c, MARIA, "it is now"),
               "CHANGED: Thursday, March 12, 3:00 PM (was Thursday, March 12, 2:00 PM).");
    circle_has(circle_since(c, SAM, "it is now"), "Can you come at the new time?"); /* once */
    circle_has(circle_since(c, ANA, "a visit on"), "CHANGED");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_YES);
    assert_int_not_equal(visit_seat_of(c, &v, c->maria.person).answer_start_ms, v.start_ms); /* to the old time */
    is = copy_of(c, ROSE);
    assert_true(cc_is_newer(&was, &is));

    /* an answer to the old letter is asked again, never swallowed */
    circle_reply(c, old_mail, ROSE, "Yes", PASS);
    circle_has(circle_mail(c, ROSE, "your answer"), "It moved to Thursday, March 12, 3:00 PM");
    assert_int_not_equal(visit_seat_of(c, &v, c->rose.person).answer_start_ms, v.start_ms);
    visit_says(c, ROSE, "yes");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).answer_start_ms, v.start_ms);

    circle_listen(c);
    moved(c, &v, MS_HOUR);
    assert_int_equal(circle_new(c, SAM), 0); /* who said no is asked once */
    assert_int_equal(circle_new(c, MARIA), 1);
    every_copy_is_right(c);
}

static void a_cancel_is_a_cancel(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    const char *method = NULL;

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, SAM, "no");
    circle_listen(c);
    cancelled(c, &v);
    circle_has(circle_since(c, MARIA, "not on"), "CANCELLED: Thursday, March 12, 2:00 PM");
    assert_int_equal(circle_new(c, SAM), 0); /* their calendar has declined it */
    assert_non_null(calendar_of(c, circle_since(c, MARIA, "not on"), &method));
    assert_string_equal(method, "CANCEL");
    every_copy_is_right(c);
    visit_says(c, ROSE, "yes");
    circle_has(circle_mail(c, ROSE, "your answer"), "This visit does not take place");
    circle_listen(c);
    circle_pass(c, 9 * MS_DAY);
    assert_int_equal(circle_said(c, MARIA, "It begins in"), 0);
}

static void who_leaves_is_taken_out_and_their_place_is_free(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 1);
    const char *method = NULL;

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, ROSE, "yes, i agree");
    circle_has(circle_mail(c, ROSE, "your answer"), "All places are taken.");
    circle_write(c, MARIA, GROUP, "LEAVE", "LEAVE", PASS);
    circle_work(c);
    assert_non_null(calendar_of(c, circle_mail(c, MARIA, "not on"), &method));
    assert_string_equal(method, "CANCEL");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).state, VISIT_SEAT_BACK);
    circle_has(circle_mail(c, ROSE, "a place for you"), "A place is free for you, Rose.");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).place, VISIT_OFFERED);
    circle_pass(c, 25 * MS_HOUR); /* nobody answered: it goes to the next one */
    circle_has(circle_mail(c, ROSE, "a place for you"), "The place went to the next one on the list.");
    visit_says(c, ROSE, "yes");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).place, VISIT_HAS_PLACE);
}

static void who_waits_is_asked_in_their_order(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 1);

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, SAM, "yes, i agree");
    circle_pass(c, MS_MINUTE);
    visit_says(c, ROSE, "yes, i agree");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).place, VISIT_WAITS);
    visit_says(c, MARIA, "Sorry, I can't make it");
    assert_int_equal(visit_seat_of(c, &v, c->sam.person).place, VISIT_OFFERED);
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).place, VISIT_WAITS);
    visit_says(c, SAM, "yes");
    assert_int_equal(visit_seat_of(c, &v, c->sam.person).place, VISIT_HAS_PLACE);
    circle_has(circle_mail(c, SAM, "your answer"), "You come.");
}

static void words_alone_for_who_wants_no_calendar(void **state)
{
    struct circle *c = *state;
    const char *method;
    struct err err;

    CIRCLE_TX(c, HELP_OK(membership_add_tag(&c->g.gate.store, c->rose.id, "no-calendar", &err)));
    visit_asked(c, 12, 0);
    assert_null(calendar_of(c, circle_mail(c, ROSE, "can you come"), &method));
    assert_non_null(calendar_of(c, circle_mail(c, MARIA, "can you come"), &method));
}

static void staff_call_when_it_is_soon(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, ROSE, "no");
    cancelled(c, &v);
    assert_null(circle_mail(c, ANA, "please call")); /* nine days ahead */
    v = visit_asked(c, 12, 0);
    visit_says(c, MARIA, "yes");
    home_set_time(c->home, v.start_ms - 5 * MS_HOUR);
    cancelled(c, &v);
    circle_has(circle_mail(c, ANA, "please call"), "Maria");
    circle_lacks(circle_mail(c, ANA, "please call"), "Rose");
}

/* ---- calendars answer ---- */

static void calendar_says(struct circle *c, const char *from, const char *method, const char *uid, const char *partstat,
                          long sequence, const char *comment)
{
    visit_calendar_says(
        c, from, method,
        arena_printf(
            c->mem,
            "BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20260303T150000Z\r\nDTSTART:20260312T180000Z\r\nSEQUENCE:%ld\r\n"
            "ATTENDEE;PARTSTAT=%s:mailto:%s\r\n%s%s%sEND:VEVENT\r\n",
            uid, sequence, partstat, from, comment ? "COMMENT:" : "", comment ? comment : "", comment ? "\r\n" : ""));
}

static void a_calendars_button_counts(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    const struct cc_body maria = copy_of(c, MARIA), rose = copy_of(c, ROSE);

    calendar_says(c, MARIA, "REPLY", field(&maria, "UID"), "ACCEPTED", 0, NULL);
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_YES);
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer_way, VISIT_BY_CALENDAR);
    circle_has(circle_mail(c, MARIA, "your answer"), "You want to come.");
    calendar_says(c, "someone.else@example.net", "REPLY", field(&rose, "UID"), "DECLINED", 0, "My knee hurts");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).answer, VISIT_NO); /* an alias: the UID names her */
    circle_has(circle_mail(c, ANA, "private words"), "My knee hurts");
    circle_has(circle_mail(c, ANA, "private words"), "From another address.");
    assert_null(circle_mail(c, "someone.else@example.net", NULL));

    moved(c, &v, MS_HOUR);
    calendar_says(c, MARIA, "REPLY", field(&maria, "UID"), "ACCEPTED", 0, NULL); /* of the copy before */
    circle_has(circle_mail(c, MARIA, "your answer"), "It moved to");
    assert_int_not_equal(visit_seat_of(c, &v, c->maria.person).answer_start_ms, v.start_ms);
    calendar_says(c, MARIA, "REPLY", field(&maria, "UID"), "TENTATIVE", 1, NULL);
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_MAYBE);
    calendar_says(c, MARIA, "COUNTER", field(&maria, "UID"), "NEEDS-ACTION", 1, "Could it be Friday?");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_MAYBE);
    assert_int_equal(visit_now(c, &v).start_ms, v.start_ms);
    circle_has(circle_mail(c, ANA, "private words"), "Could it be Friday?");
    calendar_says(c, MARIA, "REPLY", "0123456789abcdefghij@elsewhere.example.org", "DECLINED", 0, NULL);
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_MAYBE); /* somebody else's visit */
}

/* A NO in words leaves the date in a calendar, which would ring: our answer takes it out, and a YES puts it back. */
static void a_no_in_words_leaves_no_date_behind(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    struct cc_body copy;
    const char *method = "";

    visit_says(c, MARIA, "No");
    circle_has(circle_mail(c, MARIA, "your answer"), "We took the date out of your calendar.");
    copy = copy_of(c, MARIA);
    assert_true(cc_is(&copy, "VCALENDAR", "METHOD", "CANCEL") && !strcmp(field(&copy, "SEQUENCE"), "1"));
    visit_says(c, MARIA, "no, sorry"); /* once */
    assert_null(calendar_of(c, circle_mail(c, MARIA, "your answer"), &method));
    circle_lacks(circle_mail(c, MARIA, "your answer"), "out of your calendar");

    visit_says(c, MARIA, "Yes");
    circle_has(circle_mail(c, MARIA, "your answer"), "The date is in your calendar again.");
    copy = copy_of(c, MARIA);
    assert_true(cc_is(&copy, "VCALENDAR", "METHOD", "REQUEST") && !strcmp(field(&copy, "SEQUENCE"), "2"));
    assert_string_equal(field(&copy, "LOCATION"), ""); /* not before they agree */
    visit_says(c, MARIA, "Yes, I agree");
    assert_string_equal(field((copy = copy_of(c, MARIA), &copy), "LOCATION"), VISIT_LINK);

    copy = copy_of(c, ROSE); /* their own click did it */
    calendar_says(c, ROSE, "REPLY", field(&copy, "UID"), "DECLINED", 0, NULL);
    assert_null(calendar_of(c, circle_mail(c, ROSE, "your answer"), &method));
    visit_says(c, ROSE, "maybe"); /* and words undo it: the calendar is asked anew */
    assert_non_null(calendar_of(c, circle_mail(c, ROSE, "your answer"), &method));
    assert_string_equal(method, "REQUEST");

    visit_says(c, MARIA, "no");
    circle_lacks(circle_mail(c, MARIA, "your answer"), VISIT_LINK); /* who does not come needs no way to join */
    moved(c, &v, MS_HOUR);                                          /* back in the calendar, to be asked once more */
    assert_true(cc_is((copy = copy_of(c, MARIA), &copy), "VCALENDAR", "METHOD", "REQUEST"));
    visit_says(c, MARIA, "no");
    circle_listen(c);
    cancelled(c, &v);
    assert_int_equal(circle_new(c, MARIA), 0); /* it is in no calendar of hers */
    assert_int_equal(circle_new(c, ROSE), 1);
}

static void a_no_in_words_of_who_has_no_calendar(void **state)
{
    struct circle *c = *state;
    const char *method = "";
    struct err err;

    CIRCLE_TX(c, HELP_OK(membership_add_tag(&c->g.gate.store, c->rose.id, "no-calendar", &err)));
    visit_asked(c, 12, 0);
    visit_says(c, ROSE, "no");
    circle_lacks(circle_mail(c, ROSE, "your answer"), "calendar");
    visit_says(c, ROSE, "yes");
    circle_lacks(circle_mail(c, ROSE, "your answer"), "calendar");
    assert_null(calendar_of(c, circle_mail(c, ROSE, "your answer"), &method));
}

static void after_the_visit_an_answer_is_thanked_and_changes_nothing(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);

    home_set_time(c->home, v.start_ms + 2 * MS_HOUR);
    circle_reply(c, circle_mail(c, MARIA, "can you come"), MARIA, "yes", PASS);
    circle_has(circle_mail(c, MARIA, "your answer"), "This visit has been.");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_NO_ANSWER);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit_rsvp"), 1);
}

static void a_stranger_with_no_token_answers_nothing(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct mail *m = circle_mail(c, MARIA, "can you come");

    circle_wrote(c, &(struct wrote){ MARIA, GROUP, "Re: visit", "Yes", FORGED, m->message_id, NULL, NULL });
    circle_run(c);
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_NO_ANSWER);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

/* ---- reminders ---- */

static size_t reminded(struct circle *c, const char *who)
{
    return circle_said(c, who, "It begins in");
}

static void reminders_go_once_and_never_to_who_said_no(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, SAM, "no");
    circle_pass(c, v.start_ms - 3 * MS_DAY - gate_now_ms(&c->g.gate) + MS_MINUTE);
    assert_int_equal(reminded(c, MARIA), 1);
    assert_int_equal(reminded(c, ROSE), 1);
    assert_int_equal(reminded(c, SAM), 0);
    circle_has(circle_mail(c, MARIA, NULL), "It begins in 2 days"); /* and 23 hours */
    circle_has(circle_mail(c, ROSE, NULL), "Can you come?");
    circle_lacks(circle_mail(c, ROSE, NULL), VISIT_LINK);
    circle_pass(c, 2 * MS_DAY);
    circle_has(circle_mail(c, MARIA, NULL), "Where will you be during the visit?");
    circle_pass(c, 22 * MS_HOUR);
    assert_int_equal(reminded(c, MARIA), 3);
    circle_has(circle_mail(c, MARIA, NULL), VISIT_LINK);
    circle_pass(c, 4 * MS_HOUR);
    assert_int_equal(reminded(c, MARIA), 3);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit_reminder"), 6);
}

static void where_they_will_be_is_for_staff(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);

    visit_says(c, MARIA, "yes, i agree");
    circle_pass(c, v.start_ms - MS_DAY - gate_now_ms(&c->g.gate) + MS_MINUTE);
    visit_says(c, MARIA, "At my sister's, 12 Elm Street");
    assert_string_equal(visit_seat_of(c, &v, c->maria.person).whereabouts, "At my sister's, 12 Elm Street");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_YES);
    assert_int_equal(circle_said(c, ROSE, "Elm Street"), 0);
    visit_says(c, MARIA, "no"); /* to the confirmation: a no is a no */
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_NO);
}

/* The machine was off until five hours before the visit. The answer to the next one is no place. */
static void a_late_question_where_is_answered(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct mail *asks;

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, ROSE, "yes, i agree");
    home_set_time(c->home, v.start_ms - 5 * MS_HOUR);
    circle_work(c);
    asks = circle_mail(c, MARIA, NULL);
    circle_has(asks, "Where will you be during the visit?");
    visit_says(c, MARIA, "At my sister's, 12 Elm Street");
    assert_string_equal(visit_seat_of(c, &v, c->maria.person).whereabouts, "At my sister's, 12 Elm Street");
    assert_int_equal(circle_said(c, ANA, "Elm Street"), 0);
    circle_pass(c, 3 * MS_HOUR + MS_MINUTE);
    circle_has(circle_mail(c, ROSE, NULL), "It begins in 1 hour");
    visit_says(c, ROSE, "My camera is broken");
    assert_null(visit_seat_of(c, &v, c->rose.person).whereabouts);
    assert_int_equal(circle_said(c, ANA, "My camera is broken"), 1);
    circle_reply(c, asks, MARIA, "At home after all", PASS); /* late, to that very letter */
    circle_work(c);
    assert_string_equal(visit_seat_of(c, &v, c->maria.person).whereabouts, "At home after all");
}

/* The machine was off: what makes no sense any more is not sent. */
static void a_late_reminder_is_the_last_one_only(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);

    home_set_time(c->home, v.start_ms - 90 * MS_MINUTE);
    circle_work(c);
    assert_int_equal(reminded(c, MARIA), 1);
    home_set_time(c->home, v.start_ms + MS_MINUTE);
    circle_work(c);
    assert_int_equal(reminded(c, MARIA), 1);
}

/* Planned three days and four hours ahead: what they read four hours ago is not said again; what asks, and the last one, come. */
static void no_reminder_on_the_heels_of_an_invitation(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 6, 0);

    circle_pass(c, v.start_ms - 3 * MS_DAY - gate_now_ms(&c->g.gate) + MS_MINUTE);
    assert_int_equal(reminded(c, MARIA), 0);
    circle_pass(c, 2 * MS_DAY);
    assert_int_equal(reminded(c, MARIA), 1);
    circle_pass(c, 22 * MS_HOUR);
    assert_int_equal(reminded(c, MARIA), 2);
}

static void who_is_asked_the_day_before_is_asked_where(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 4, 13);

    visit_planned(c, &plan);
    circle_work(c);
    circle_pass(c, 3 * MS_HOUR + MS_MINUTE); /* 13:01 */
    circle_has(circle_mail(c, MARIA, NULL), "Where will you be during the visit?");
    circle_pass(c, 22 * MS_HOUR);
    assert_int_equal(reminded(c, MARIA), 2);
}

/* A place that gets free at night is kept for a day of being awake. */
static void an_offer_at_night_counts_from_the_morning(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 1);
    const int64_t evening_ms = gate_now_ms(&c->g.gate) + 13 * MS_HOUR; /* 23:00 */

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, ROSE, "yes, i agree");
    home_set_time(c->home, evening_ms);
    visit_says(c, MARIA, "no");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).offer_until_ms, evening_ms + 33 * MS_HOUR);
    circle_has(circle_mail(c, ROSE, "a place for you"), "Thursday, March 5, 8:00 AM");
    circle_pass(c, 32 * MS_HOUR);
    visit_says(c, ROSE, "yes");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).place, VISIT_HAS_PLACE);
}

static void nothing_rings_at_night(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 7);
    struct visit v;

    plan.minute += 30;
    v = visit_planned(c, &plan); /* 7:30: its day-before reminder is due at 7:30 too */
    circle_work(c);
    circle_pass(c, v.start_ms - MS_DAY - gate_now_ms(&c->g.gate));
    assert_int_equal(circle_said(c, MARIA, "Where will you be"), 0);
    circle_pass(c, 31 * MS_MINUTE); /* 8:01 */
    assert_int_equal(circle_said(c, MARIA, "Where will you be"), 1);
}

static void offsets_are_read(void **state)
{
    static const struct {
        const char *text;
        size_t count; /* 9: refused */
        int64_t first;
    } rows[] = { { "3d 1d 2h", 3, 4320 }, { "2h, 1d", 2, 1440 }, { "30m", 1, 30 },
                 { "off", 0, 0 },         { "", 9, 0 },          { "3", 9, 0 },
                 { "0d", 9, 0 },          { "31d", 9, 0 },       { "1d 2d 3d 4d 5d 6d", 9, 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reminding_offsets o = { .count = 0 };
        struct err err;
        const enum rc rc = reminding_parse(rows[i].text, &o, &err);

        if (rows[i].count == 9 ? rc != RC_INPUT : rc || o.count != rows[i].count || o.minutes[0] != rows[i].first)
            fail_msg("%s", rows[i].text);
    }
}

static void questions_are_asked_before_and_read_by_staff_alone(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    struct visit_reply *list;
    struct visit v;
    struct err err;
    size_t n;

    plan.words.questions = "How do you feel?\nWhat do you like to eat out?";
    v = visit_planned(c, &plan);
    circle_work(c);
    visit_says(c, SAM, "no");
    circle_pass(c, v.start_ms - 5 * MS_DAY - gate_now_ms(&c->g.gate) - MS_HOUR);
    assert_null(circle_mail(c, MARIA, "before"));
    circle_pass(c, 2 * MS_HOUR);
    circle_has(circle_mail(c, MARIA, "before"), "2 What do you like to eat out?");
    assert_null(circle_mail(c, SAM, "before"));
    circle_reply(c, circle_mail(c, MARIA, "before"), MARIA, "1 Quite well, thank you\n2 Dumplings", PASS);
    circle_has(circle_mail(c, MARIA, "your answer"), "We gave your words to the care team.");
    HELP_OK(visit_replies(&c->g.gate.store, v.id, c->mem, &list, &n, &err));
    assert_true(n == 2 && list[1].number == 2);
    assert_string_equal(list[1].words, "Dumplings");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_NO_ANSWER);
    assert_int_equal(circle_said(c, ROSE, "Dumplings"), 0);
    moved(c, &v, MS_DAY); /* asked once, whenever it is */
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, MARIA, "How do you feel?"), 1);
}

static void questions_for_a_visit_are_collected(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    struct visit v;

    plan.kind = VISIT_QUESTIONS;
    v = visit_planned(c, &plan);
    circle_work(c);
    visit_says(c, MARIA, "May I eat grapefruit?");
    visit_says(c, MARIA, "yes, i agree");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit_reply WHERE number = 0"), 1);
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_YES);
}

static void who_is_erased_leaves_no_words(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct erase_result result;
    struct person person;
    struct err err;

    visit_says(c, MARIA, "Yes, I agree, but my sister drives me");
    circle_pass(c, v.start_ms - MS_DAY - gate_now_ms(&c->g.gate) + MS_MINUTE);
    visit_says(c, MARIA, "At the turquoise house");
    HELP_OK(person_get(&c->g.gate.store, c->maria.person, c->mem, &person, &err));
    HELP_OK(erase_run(&c->g.gate, &who, &person, false, NULL, &result, &err));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit_seat"), 3); /* Rose, Sam, the host */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit_rsvp"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM agreement"), 1); /* the practice's record, without words */
}

/* ---- what people write ---- */

static void answers_in_words(void **state)
{
    static const struct {
        const char *text;
        enum rsvp_answer answer;
        bool agrees, has_words;
    } rows[] = {
        { "Yes", RSVP_YES, false, false },
        { "SÍ", RSVP_YES, false, false },
        { "yes i agree", RSVP_YES, true, false },
        { "Yes, I AGREE.", RSVP_YES, true, false },
        { "I agree", RSVP_NOTHING, true, false },
        { "Sí, de acuerdo", RSVP_YES, true, false },
        { "No", RSVP_NO, false, false },
        { "maybe", RSVP_MAYBE, false, false },
        { "tal vez", RSVP_MAYBE, false, false },
        { "1", RSVP_YES, false, false },
        { "2", RSVP_NO, false, false },
        { "Yes but I will be late", RSVP_YES, false, true },
        { "No problem, I'll be there!", RSVP_YES, false, false },
        { "I would love to but I can't make it", RSVP_NO, false, false },
        { "I can't come, I have a doctor's appointment", RSVP_NO, false, true },
        { "Sorry, I have to cancel", RSVP_NO, false, false },
        { "No puedo ir", RSVP_NO, false, false },
        { "Yes. No.", RSVP_UNCLEAR, false, true },
        { "Is there parking?", RSVP_NOTHING, false, true },
        { "At home", RSVP_NOTHING, false, true },
        { "My sister will bring me", RSVP_NOTHING, false, true },
    };
    struct circle *c = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct rsvp said = rsvp_read(rows[i].text, NULL, c->mem);

        if (said.answer != rows[i].answer || said.agrees != rows[i].agrees || said.has_words != rows[i].has_words)
            fail_msg("%s: %s%s%s", rows[i].text, rsvp_name(said.answer), said.agrees ? ", agrees" : "",
                     said.has_words ? ", words" : "");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everybody_gets_a_copy_of_their_own),
        TEST(what_members_do_not_see_is_changed_quietly),
        TEST(a_part_changes_hands),
        TEST(a_calendar_in_spanish),
        TEST(the_host_is_not_asked_of_who_left),
        TEST(i_agree_comes_with_yes),
        TEST(words_beside_an_answer_go_to_staff_alone),
        TEST(the_newest_answer_counts),
        TEST(a_move_is_told_in_the_first_line),
        TEST(a_cancel_is_a_cancel),
        TEST(who_leaves_is_taken_out_and_their_place_is_free),
        TEST(who_waits_is_asked_in_their_order),
        TEST(words_alone_for_who_wants_no_calendar),
        TEST(staff_call_when_it_is_soon),
        TEST(a_calendars_button_counts),
        TEST(a_no_in_words_leaves_no_date_behind),
        TEST(a_no_in_words_of_who_has_no_calendar),
        TEST(after_the_visit_an_answer_is_thanked_and_changes_nothing),
        TEST(a_stranger_with_no_token_answers_nothing),
        TEST(reminders_go_once_and_never_to_who_said_no),
        TEST(where_they_will_be_is_for_staff),
        TEST(a_late_question_where_is_answered),
        TEST(a_late_reminder_is_the_last_one_only),
        TEST(no_reminder_on_the_heels_of_an_invitation),
        TEST(who_is_asked_the_day_before_is_asked_where),
        TEST(an_offer_at_night_counts_from_the_morning),
        TEST(nothing_rings_at_night),
        TEST(questions_are_asked_before_and_read_by_staff_alone),
        TEST(questions_for_a_visit_are_collected),
        TEST(who_is_erased_leaves_no_words),
        TEST(offsets_are_read),
        TEST(answers_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
