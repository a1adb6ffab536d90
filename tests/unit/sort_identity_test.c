/* Possession is not identity: one test for each cell of the table of proofs (DESIGN.md section 5). */
#include "circle_help.h"

#include "gateway/note/review.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"

#define ELSEWHERE "rose.new@example.com"
#define STRANGER "somebody@example.com"

/* Everybody has Maria's soup; the digest of today is in the boxes. */
static const struct mail *digest_of(struct circle *c, const char *to)
{
    circle_published(c, c->maria, "I made lentil soup today.");
    circle_digest(c);
    circle_listen(c);
    return circle_mail(c, to, "letter 1");
}

static struct person rose(struct circle *c)
{
    struct person p;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, c->rose.person, c->mem, &p, &err));
    return p;
}

static enum member_state state_of(struct circle *c, struct membership m)
{
    struct membership now;
    struct err err;

    HELP_OK(membership_get(&c->g.gate.store, m.id, c->mem, &now, &err));
    return now.state;
}

/* --- post and comment --------------------------------------------------------------------------------------------------------------- */

static void a_new_mail_with_proof_is_held(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Soup", "I made lentil soup today.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    circle_has(circle_mail(c, ANA, "a note waits"), "lentil soup");
    assert_int_equal(circle_waiting(c, "lentil").kind, POST_POST);
    assert_int_equal(circle_waiting(c, "lentil").flags, 0);
    assert_int_equal(circle_said(c, ROSE, "lentil"), 0);
}

static void a_comment_with_token_and_proof_finds_its_talk(void **state)
{
    struct circle *c = *state;
    const struct post soup = circle_published(c, c->maria, "I made lentil soup today.");

    circle_digest(c);
    circle_reply(c, circle_mail(c, ROSE, NULL), ROSE, "It smells good.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_int_equal(circle_waiting(c, "smells").conversation.v, soup.conversation.v);
    assert_int_equal(circle_waiting(c, "smells").kind, POST_COMMENT);
    assert_int_equal(circle_waiting(c, "smells").author.v, c->rose.person.v);
    assert_int_equal(circle_waiting(c, "smells").flags, 0);
}

/* A client that drops Reply-To answers the group's address; In-Reply-To still says what it answers. */
static void a_comment_with_in_reply_to_alone_finds_its_talk(void **state)
{
    struct circle *c = *state;
    const struct post soup = circle_published(c, c->maria, "I made lentil soup today.");

    circle_digest(c);
    circle_wrote(c, &(struct wrote){ ROSE, GROUP, "Re: whatever", "It smells good.", PASS,
                                     circle_mail(c, ROSE, NULL)->message_id, NULL, NULL });
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_int_equal(circle_waiting(c, "smells").conversation.v, soup.conversation.v);
    assert_int_equal(circle_waiting(c, "smells").flags, 0);
}

/* Holds what nothing proves, asks staff, and lets nobody release it before they have said who wrote it. */
static void check_unverified(struct circle *c, const char *words)
{
    const struct mail *asked = circle_mail(c, ANA, "check who wrote this");
    const struct post p = circle_waiting(c, words);
    const struct decision ok = { .kind = DECISION_OK, .text = "" };
    const struct person ana = { .id = c->ana, .kind = PERSON_STAFF, .state = PERSON_ACTIVE, .name = "Ana Ruiz" };
    const struct review_act act = { .post = p.id, .decision = &ok, .staff = &ana, .way = REVIEW_CLI };
    struct review_result result;
    struct err err;
    enum rc rc = RC_OK;

    circle_has(asked, "We have no phone on file.");
    assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
    assert_true(p.flags & POST_FLAG_UNVERIFIED);
    circle_has(asked, words);
    assert_null(circle_mail(c, ANA, "a note waits"));
    CIRCLE_TX(c, rc = review_decide(&c->g.gate, &act, c->mem, &result, &err));
    assert_int_equal(rc, RC_INPUT);
    assert_int_equal(result.problem, REVIEW_UNVERIFIED);

    circle_reply(c, asked, ANA, "OK", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_DECISION);
    assert_false(circle_waiting(c, words).flags & POST_FLAG_UNVERIFIED);
    circle_has(circle_mail(c, ANA, "a note waits"), words);
}

static void a_note_without_proof_waits_unverified(void **state)
{
    circle_write(*state, MARIA, GROUP, "Soup", "I made lentil soup today.", NOTHING);
    check_unverified(*state, "lentil soup");
}

static void a_forged_note_waits_unverified(void **state)
{
    circle_write(*state, MARIA, GROUP, "Soup", "I made lentil soup today.", FORGED);
    check_unverified(*state, "lentil soup");
}

static void a_token_without_proof_is_no_identity(void **state)
{
    struct circle *c = *state;

    circle_reply(c, digest_of(c, ROSE), ROSE, "It smells good.", NOTHING);
    check_unverified(c, "smells");
    circle_has(circle_mail(c, ANA, "a note waits"), "smells");
}

/* A proof of another person's address is none of the author's, and staff say NO: it is gone, and nobody is told. */
static void not_the_author_ends_the_note(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Soup", "I made lentil soup today.", FORGED);
    circle_listen(c);
    circle_reply(c, circle_mail(c, ANA, "check who wrote this"), ANA, "NO", PASS);
    assert_int_equal(circle_waiting(c, "lentil").id.v, 0);
    assert_int_equal(circle_new(c, MARIA), 0);
}

/* --- what staff do --------------------------------------------------------------------------------------------------------------------- */

/* Each act of staff: with the token from a wrong sender, from the right sender without the token, forged, and right. */
static const struct mail *note_to_review(struct circle *c)
{
    circle_write(c, MARIA, GROUP, "Soup", "I made lentil soup today.", PASS);
    circle_listen(c);
    return circle_mail(c, ANA, "a note waits");
}

static void check_nothing_happened(struct circle *c)
{
    assert_int_equal(circle_waiting(c, "lentil").state, POST_HELD);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM review"), 0);
}

static void a_decision_from_a_wrong_sender_does_nothing(void **state)
{
    struct circle *c = *state;
    const struct mail *asked = note_to_review(c);

    circle_reply(c, asked, STRANGER, "OK", PASS);
    check_nothing_happened(c);
    assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
    circle_reply(c, asked, MARIA, "OK", PASS);
    check_nothing_happened(c);
    circle_reply(c, asked, LEE, "OK", PASS); /* a moderator, but not the one whom this token names */
    check_nothing_happened(c);
    assert_int_equal(circle_new(c, STRANGER), 0);
    assert_int_equal(circle_new(c, MARIA), 0);
}

static void a_forged_decision_does_nothing(void **state)
{
    struct circle *c = *state;
    const struct mail *asked = note_to_review(c);

    circle_reply(c, asked, ANA, "OK", FORGED);
    check_nothing_happened(c);
    circle_reply(c, asked, ANA, "OK", NOTHING);
    check_nothing_happened(c);
    circle_has(circle_mail(c, LEE, "for your notice"), "not sure who wrote this");
}

/* DKIM or SPF alone may prove a member; staff need dmarc=pass. */
static void an_aligned_decision_does_nothing(void **state)
{
    struct circle *c = *state;
    const struct mail *asked = note_to_review(c);
    const char *raw =
        arena_printf(c->mem,
                     "Authentication-Results: mx.example.org; dkim=pass header.d=clinic.example.com\r\n"
                     "Received: from a by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
                     "From: <" ANA ">\r\nTo: <%s>\r\nSubject: Re: x\r\nMessage-ID: <a1@clinic.example.com>\r\n\r\n"
                     "OK\r\n",
                     asked->reply_to);

    circle_arrive(c, asked->reply_to, raw, strlen(raw));
    circle_run(c);
    check_nothing_happened(c);
}

/* From one mailbox of the practice's Microsoft 365 to another. */
static void decide_inside(struct circle *c, const struct mail *asked, const char *border)
{
    const char *raw = arena_printf(
        c->mem,
        "Received: from AM0PR01MB11.eurprd01.prod.outlook.com (2603::1) by AM0PR01MB22.eurprd01.prod.outlook.com with"
        " HTTPS\r\n%sReceived: from AM0PR01MB11.eurprd01.prod.outlook.com (fe80::1) by"
        " AM0PR01MB11.eurprd01.prod.outlook.com (fe80::1) with mapi id 15.20\r\n"
        "From: <" ANA ">\r\nTo: <%s>\r\nSubject: Re: x\r\nMessage-ID: <a%d@clinic.example.com>\r\n"
        "X-MS-Exchange-Organization-AuthAs: Internal\r\nX-MS-Exchange-Organization-AuthMechanism: 04\r\n"
        "X-MS-Exchange-Organization-AuthSource: AM0PR01MB11.eurprd01.prod.outlook.com\r\n\r\nOK\r\n",
        border, asked->reply_to, ++c->letters);

    circle_arrive(c, asked->reply_to, raw, strlen(raw));
    circle_run(c);
}

static void a_decision_from_inside_the_tenant_acts(void **state)
{
    struct circle *c = *state;
    const struct mail *asked = note_to_review(c);

    c->g.gate.facts.trust = AUTHRES_TOP_WITHOUT_ID;
    decide_inside(c, asked, "");
    check_nothing_happened(c); /* nobody said that the domain is of the tenant */
    c->g.gate.facts.tenant_domains = "clinic.example.com";
    decide_inside(c, asked, "Received: from x by y.mail.protection.outlook.com with SMTP\r\n");
    check_nothing_happened(c);
    decide_inside(c, asked, "");
    assert_int_equal(circle_outcome(c), OUTCOME_DECISION);
    assert_int_equal(circle_waiting(c, "lentil").id.v, 0);
}

static void a_decision_without_the_token_does_nothing(void **state)
{
    struct circle *c = *state;
    const struct mail *asked = note_to_review(c);
    static const char *const to[] = { GROUP, "desk@" GATE_DOMAIN };

    for (size_t i = 0; i < COUNT_OF(to); i++) {
        circle_wrote(c, &(struct wrote){ ANA, to[i], circle_re(c, asked), "OK", PASS, asked->message_id, NULL, NULL });
        circle_run(c);
        check_nothing_happened(c);
        circle_write(c, ANA, to[i], "OK", "OK", PASS);
        check_nothing_happened(c);
    }
    assert_int_equal(circle_waiting(c, "OK").id.v, 0); /* and the decision became no note */
}

static void a_decision_with_token_and_proof_acts(void **state)
{
    struct circle *c = *state;

    circle_reply(c, note_to_review(c), ANA, "OK", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_DECISION);
    assert_int_equal(circle_waiting(c, "lentil").id.v, 0);
    circle_has(circle_mail(c, SAM, NULL), "lentil soup");
}

/* FIX, CLAIM, ANNOUNCE and SEND by the same table. */
static void a_fix_needs_token_and_proof(void **state)
{
    struct circle *c = *state;
    const struct mail *asked = note_to_review(c);

    circle_reply(c, asked, ANA, "FIX: Rinse the lentils.", NOTHING);
    check_nothing_happened(c);
    circle_write(c, ANA, GROUP, "FIX", "FIX: Rinse the lentils.", PASS);
    check_nothing_happened(c);
    circle_reply(c, asked, ANA, "FIX: Rinse the lentils.", PASS);
    circle_has(circle_mail(c, SAM, NULL), "Rinse the lentils");
}

static void a_claim_needs_token_and_proof(void **state)
{
    struct circle *c = *state;
    const struct mail *page;

    circle_write(c, MARIA, GROUP, "Tonight", "I want to kill myself tonight.", PASS);
    page = circle_mail(c, ANA, "please claim");
    circle_reply(c, page, ANA, "CLAIM", FORGED);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_OPEN);
    circle_reply(c, page, STRANGER, "CLAIM", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_OPEN);
    circle_write(c, ANA, "desk@" GATE_DOMAIN, "CLAIM", "CLAIM", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_OPEN);
    circle_reply(c, page, ANA, "CLAIM", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
}

static void an_announcement_needs_token_and_proof(void **state)
{
    struct circle *c = *state;
    const struct mail *digest = digest_of(c, IDA);

    circle_reply(c, digest, IDA, "ANNOUNCE\r\nThe clinic is closed on Friday.", NOTHING);
    assert_null(circle_mail(c, IDA, "send it to"));
    circle_write(c, IDA, GROUP, "News", "ANNOUNCE\r\nThe clinic is closed on Friday.", PASS);
    assert_null(circle_mail(c, IDA, "send it to"));
    circle_reply(c, digest, MARIA, "ANNOUNCE\r\nThe clinic is closed on Friday.", PASS);
    assert_null(circle_mail(c, IDA, "send it to"));
    circle_reply(c, digest, IDA, "ANNOUNCE\r\nThe clinic is closed on Friday.", PASS);
    circle_has(circle_mail(c, IDA, "send it to"), "closed on Friday");
    circle_reply(c, circle_mail(c, IDA, "send it to"), IDA, "SEND", FORGED);
    circle_reply(c, circle_mail(c, IDA, "send it to"), MARIA, "SEND", PASS);
    assert_int_equal(circle_said(c, SAM, "closed on Friday"), 0);
    circle_reply(c, circle_mail(c, IDA, "send it to"), IDA, "SEND", PASS);
    assert_int_equal(circle_said(c, SAM, "closed on Friday"), 1);
}

/* --- YES to an invitation ----------------------------------------------------------------------------------------------------------------- */

static const struct mail *invite_nora(struct circle *c, struct membership *ret_m)
{
    struct err err;
    struct store *st = &c->g.gate.store;
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    struct enroll e = { .name = "Nora Bell", .email = "nora@example.net" };
    const struct enroll_seat seat = { .hour_minute = -1 };
    struct care_group group;

    HELP_OK(group_get(st, c->g.group.id, c->mem, &group, &err));
    CIRCLE_TX(c, HELP_OK(enroll_check(&e, c->mem, &err));
              HELP_OK(enroll_member(&c->g.gate, &who, &group, &e, &seat, c->mem, ret_m, &err)); HELP_OK(invite_send(
                  &c->g.gate, &who,
                  &(struct invite){ .membership = ret_m->id, .person = ret_m->person, .invited_by = c->ana }, &err)));
    circle_run(c);
    return circle_mail(c, "nora@example.net", NULL);
}

static void yes_needs_the_token_alone(void **state)
{
    struct circle *c = *state;
    struct membership nora;

    circle_reply(c, invite_nora(c, &nora), "nora@example.net", "Yes, thank you! Nora", NOTHING);
    assert_int_equal(circle_outcome(c), OUTCOME_ANSWER);
    assert_int_equal(state_of(c, nora), MEMBER_ACTIVE);
}

static void yes_from_another_address_is_noted(void **state)
{
    struct circle *c = *state;
    struct membership nora;

    circle_reply(c, invite_nora(c, &nora), "nora.bell@example.com", "YES", NOTHING);
    assert_int_equal(state_of(c, nora), MEMBER_ACTIVE);
    circle_has(circle_mail(c, ANA, "for your notice"), "new email");
}

/* What calls a person is read in the alarm alone: a second mail to all staff would tell it to everybody. */
static void an_alarm_keeps_the_words_out_of_the_notice(void **state)
{
    static const char words[] = "I want to kill myself tonight.";
    struct circle *c = *state;
    struct membership nora;
    const struct mail *const invitation = invite_nora(c, &nora), *notice;

    for (int i = 0; i < 4; i++) {
        circle_listen(c);
        if (i == 0)
            circle_reply(c, invitation, "nora@example.net", words, PASS);
        else if (i == 1)
            circle_write(c, "nora@example.net", GROUP, "Tonight", words, PASS);
        else if (i == 2)
            circle_write(c, MARIA, "desk@" GATE_DOMAIN, "Tonight", words, PASS);
        else
            circle_write(c, MARIA, "desk@" GATE_DOMAIN, "Friday", "May I bring my sister on Friday?", PASS);
        notice = circle_since(c, LEE, "for your notice");
        assert_non_null(notice);
        circle_lacks(notice, "kill");
        assert_int_equal(circle_said(c, LEE, "An alarm is open for this mail"), i < 3 ? i + 1 : 3);
        assert_int_equal(circle_said(c, ANA, "Please claim this now"), i < 3 ? i + 1 : 3);
    }
    circle_has(notice, "May I bring my sister");
}

static void yes_without_the_token_is_no_answer(void **state)
{
    struct circle *c = *state;
    struct membership nora;

    invite_nora(c, &nora);
    circle_write(c, "nora@example.net", GROUP, "Yes", "YES", PASS);
    assert_int_equal(state_of(c, nora), MEMBER_INVITED);
}

/* --- LEAVE, STOP, PAUSE, unsubscribe ---------------------------------------------------------------------------------------------------------- */

static void leaving_needs_the_token_alone(void **state)
{
    static const struct {
        const char *word;
        enum member_state then;
    } acts[] = { { "PAUSE 7", MEMBER_PAUSED }, { "LEAVE", MEMBER_LEFT } };
    struct circle *c = *state;
    const struct mail *digest = digest_of(c, ROSE);

    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        circle_listen(c);
        circle_reply(c, digest, STRANGER, acts[i].word, FORGED);
        assert_int_equal(circle_outcome(c), OUTCOME_COMMAND);
        assert_int_equal(state_of(c, c->rose), acts[i].then);
        assert_int_equal(circle_new(c, ROSE), 1); /* confirmed to the address on file */
        assert_int_equal(circle_new(c, STRANGER), 0);
    }
}

/* A letter that was forwarded takes its owner out, and never back in. */
static void undo_needs_proof(void **state)
{
    struct circle *c = *state;
    const struct mail *left;

    circle_reply(c, digest_of(c, ROSE), ROSE, "LEAVE", PASS);
    left = circle_mail(c, ROSE, "");
    for (int proof = 0; proof < 2; proof++) {
        circle_reply(c, left, STRANGER, "UNDO", proof ? FORGED : PASS);
        assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
        assert_int_equal(state_of(c, c->rose), MEMBER_LEFT);
    }
    circle_reply(c, left, ROSE, "UNDO", NOTHING);
    assert_int_equal(state_of(c, c->rose), MEMBER_LEFT);
    circle_reply(c, left, ROSE, "UNDO", PASS);
    assert_int_equal(state_of(c, c->rose), MEMBER_ACTIVE);
}

static void stop_needs_the_token_alone(void **state)
{
    struct circle *c = *state;

    circle_reply(c, digest_of(c, ROSE), STRANGER, "STOP", NOTHING);
    assert_int_equal(circle_outcome(c), OUTCOME_COMMAND);
    assert_int_equal(circle_new(c, ROSE), 1);
    assert_int_equal(circle_new(c, STRANGER), 0);
    circle_published(c, c->maria, "Another soup.");
    circle_listen(c);
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_new(c, ROSE), 0);
    assert_int_equal(circle_new(c, MARIA), 1);
}

static void leaving_without_token_and_proof_is_asked_back(void **state)
{
    static const char *const words[] = { "STOP", "LEAVE", "PAUSE 7" };
    struct circle *c = *state;

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        circle_write(c, ROSE, GROUP, "hello", words[i], NOTHING);
        assert_int_equal(circle_outcome(c), OUTCOME_ASKED);
        assert_int_equal(state_of(c, c->rose), MEMBER_ACTIVE);
    }
    assert_int_equal(circle_new(c, ROSE), 1); /* the same answer once a day */
    circle_has(circle_mail(c, ROSE, "do you want to leave"), "reply LEAVE");
    circle_has(circle_mail(c, ANA, "for your notice"), "Rose");
    circle_reply(c, circle_mail(c, ROSE, "do you want to leave"), ROSE, "LEAVE", NOTHING);
    assert_int_equal(state_of(c, c->rose), MEMBER_LEFT);
}

static void leaving_with_proof_needs_no_token(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "hello", "LEAVE", PASS);
    assert_int_equal(state_of(c, c->rose), MEMBER_LEFT);
}

static void the_unsubscribe_address_acts_for_anybody(void **state)
{
    struct circle *c = *state;
    const struct mail *digest = digest_of(c, ROSE);
    const char *field = circle_field(c, digest->raw, "\r\nList-Unsubscribe:"), *at = strstr(field, "mailto:");
    const char *address;

    assert_non_null(at);
    at += strlen("mailto:");
    address = arena_strndup(c->mem, at, strcspn(at, "?>"));
    circle_write(c, STRANGER, address, "unsubscribe", "", NOTHING);
    assert_int_equal(circle_outcome(c), OUTCOME_COMMAND);
    assert_int_equal(state_of(c, c->rose), MEMBER_LEFT);
    assert_int_equal(circle_new(c, ROSE), 1);
    assert_int_equal(circle_new(c, STRANGER), 0);
}

/* --- who is it? --------------------------------------------------------------------------------------------------------------------------------- */

static void a_token_from_an_unknown_address_asks_staff(void **state)
{
    struct circle *c = *state;
    const struct mail *digest = digest_of(c, ROSE), *asked;

    circle_reply(c, digest, ELSEWHERE, "It smells good.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
    assert_int_equal(circle_new(c, ELSEWHERE), 0);
    asked = circle_mail(c, ANA, "is this the same person");
    circle_has(asked, "Is this also Rose?");
    circle_has(asked, ELSEWHERE);
    circle_reply(c, asked, ANA, "OK", PASS);
    circle_has(circle_mail(c, ANA, "a note waits"), "smells");
    assert_int_equal(circle_waiting(c, "smells").author.v, rose(c).id.v);

    circle_write(c, ELSEWHERE, GROUP, "More", "And I like bread.", PASS); /* the address is Rose's now */
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_int_equal(circle_waiting(c, "bread").author.v, c->rose.person.v);
}

/* A stolen token: an address that nothing proves, or that is another member's, is named to staff, and OK never adds it. */
static void an_address_without_proof_or_of_another_is_never_added(void **state)
{
    struct circle *c = *state;
    const struct mail *digest = digest_of(c, ROSE), *asked;

    circle_reply(c, digest, ELSEWHERE, "It smells good.", FORGED);
    asked = circle_mail(c, ANA, "check who wrote this");
    circle_has(asked, ELSEWHERE);
    circle_has(asked, "Our checks say that it is not from this email.");
    circle_reply(c, asked, ANA, "OK", PASS);
    circle_write(c, ELSEWHERE, GROUP, "More", "And I like bread.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_UNKNOWN);

    circle_reply(c, digest, MARIA, "I like cake as well.", PASS);
    asked = circle_mail(c, ANA, "check who wrote this");
    circle_has(asked, "That is the email of Maria");
    circle_reply(c, asked, ANA, "OK", PASS);
    circle_write(c, MARIA, GROUP, "More", "And I swim at noon.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_int_equal(circle_waiting(c, "swim").author.v, c->maria.person.v);
}

/* Our Message-ID alone, from an unknown address: the note may be Rose's, but nothing says that the address is. */
static void an_in_reply_to_from_an_unknown_address_adds_no_address(void **state)
{
    struct circle *c = *state;
    const struct mail *digest = digest_of(c, ROSE);

    circle_wrote(c,
                 &(struct wrote){ ELSEWHERE, GROUP, "Re: x", "It smells good.", PASS, digest->message_id, NULL, NULL });
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
    circle_reply(c, circle_mail(c, ANA, "check who wrote this"), ANA, "OK", PASS);
    assert_false(circle_waiting(c, "smells").flags & POST_FLAG_UNVERIFIED);
    circle_write(c, ELSEWHERE, GROUP, "More", "And I like bread.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_UNKNOWN);
}

static void a_shared_address_without_token_is_asked_who(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    struct membership harold;
    struct err err;

    CIRCLE_TX(c, harold = circle_shares(c, ROSE, "Harold Fenn"));
    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ASKED);
    assert_int_equal(circle_waiting(c, "lake").id.v, 0);
    asked = circle_mail(c, ROSE, "who is writing");
    circle_has(asked, "1 for Rose");
    circle_has(asked, "2 for Harold");
    circle_reply(c, asked, ROSE, "2 Harold", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ANSWER);
    assert_int_equal(circle_waiting(c, "lake").author.v, harold.person.v);
    circle_has(circle_mail(c, ANA, "a note waits"), "lake");
}

/* A token picks the person. */
static void a_shared_address_with_token_is_no_question(void **state)
{
    struct circle *c = *state;
    struct membership harold;
    struct err err;

    CIRCLE_TX(c, harold = circle_shares(c, ROSE, "Harold Fenn"));
    circle_published(c, c->maria, "I made lentil soup today.");
    circle_digest(c);
    for (size_t i = 0; i < c->mail_count; i++)
        if (!strcmp(c->mails[i].to, ROSE) && strstr(c->mails[i].text, "Harold")) {
            circle_reply(c, &c->mails[i], ROSE, "It smells good.", PASS);
            break;
        }
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_int_equal(circle_waiting(c, "smells").author.v, harold.person.v);
}

static void an_old_token_with_a_new_subject_may_be_new(void **state)
{
    struct circle *c = *state;
    const struct mail *digest = digest_of(c, ROSE);

    circle_write(c, ROSE, digest->reply_to, "My garden", "The roses are out.", PASS);
    assert_true(circle_waiting(c, "roses are out").flags & POST_FLAG_MAYBE_NEW);
    circle_has(circle_mail(c, ANA, "a note waits"), "may be a new talk");
}

/* A token of another practice's making, or a mistyped one, is no token; the mail is then judged without one. */
static void a_bad_token_is_no_token(void **state)
{
    struct circle *c = *state;

    circle_write(c, STRANGER, "tuesday+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@" GATE_DOMAIN, "x", "LEAVE", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_UNKNOWN);
    circle_write(c, ROSE, "tuesday+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@" GATE_DOMAIN, "x", "The lake froze.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_new_mail_with_proof_is_held),
        TEST(a_comment_with_token_and_proof_finds_its_talk),
        TEST(a_comment_with_in_reply_to_alone_finds_its_talk),
        TEST(a_note_without_proof_waits_unverified),
        TEST(a_forged_note_waits_unverified),
        TEST(a_token_without_proof_is_no_identity),
        TEST(an_address_without_proof_or_of_another_is_never_added),
        TEST(not_the_author_ends_the_note),
        TEST(a_decision_from_a_wrong_sender_does_nothing),
        TEST(a_forged_decision_does_nothing),
        TEST(an_aligned_decision_does_nothing),
        TEST(a_decision_from_inside_the_tenant_acts),
        TEST(a_decision_without_the_token_does_nothing),
        TEST(a_decision_with_token_and_proof_acts),
        TEST(a_fix_needs_token_and_proof),
        TEST(a_claim_needs_token_and_proof),
        TEST(an_announcement_needs_token_and_proof),
        TEST(yes_needs_the_token_alone),
        TEST(yes_from_another_address_is_noted),
        TEST(an_alarm_keeps_the_words_out_of_the_notice),
        TEST(yes_without_the_token_is_no_answer),
        TEST(leaving_needs_the_token_alone),
        TEST(undo_needs_proof),
        TEST(stop_needs_the_token_alone),
        TEST(leaving_without_token_and_proof_is_asked_back),
        TEST(leaving_with_proof_needs_no_token),
        TEST(the_unsubscribe_address_acts_for_anybody),
        TEST(a_token_from_an_unknown_address_asks_staff),
        TEST(an_in_reply_to_from_an_unknown_address_adds_no_address),
        TEST(a_shared_address_without_token_is_asked_who),
        TEST(a_shared_address_with_token_is_no_question),
        TEST(an_old_token_with_a_new_subject_may_be_new),
        TEST(a_bad_token_is_no_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
