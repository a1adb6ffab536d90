/* plan: what becomes of each line; shapes that would cost the square of their length; what HTML tells of its plain twin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <time.h>

#include "base/strbuf.h"
#include "inbound/line.h"
#include "inbound/reply.h"
#include "inbound/twin.h"

#define HOSTILE_BYTES 65536
#define HOSTILE_SECONDS 5 /* of CPU, also under a sanitizer; a square took 7 without one */

static struct reply read_text(const char *text, struct arena *mem)
{
    struct body body = { .mem = mem };
    struct reply reply;

    body_from_text(&body, text, false, false);
    reply_read(&body, &reply);
    return reply;
}

static struct reply read_answer(const char *text, struct arena *mem)
{
    struct body body = { .mem = mem, .is_answer = true };
    struct reply reply;

    body_from_text(&body, text, false, false);
    reply_read(&body, &reply);
    return reply;
}

/* ---- contacts ---- */

static void lines_of_signatures(void **state)
{
    static const struct {
        const char *line;
        enum line_contact want;
    } cases[] = {
        { "Marvin Oyelaran", LINE_CONTACT_NAME },
        { "Rose", LINE_CONTACT_NAME },
        { "Payroll, Canal Street Depot", LINE_CONTACT_NAME },
        { "44 Canal Street, Springfield", LINE_CONTACT_REACH },
        { "Phone: 555-0118 | Fax: 555-0119", LINE_CONTACT_REACH },
        { "(555) 555-0142", LINE_CONTACT_REACH },
        { "rose@example.org", LINE_CONTACT_REACH },
        { "www.example.org", LINE_CONTACT_REACH },
        { "Rose Miller | 555-0142", LINE_CONTACT_CARD },
        { "120/80 130/85 125/80", LINE_CONTACT_NO },
        { "2026-03-04", LINE_CONTACT_NO },
        { "4.2", LINE_CONTACT_NO },
        { "Potassium 4.2", LINE_CONTACT_NO },
        { "Thank You", LINE_CONTACT_NO },
        { "I walked to the shop.", LINE_CONTACT_NO },
        { "Love,", LINE_CONTACT_NO },
        { "O: (937) 555-0161   C: (937) 555-0162   F: (937) 555-0163", LINE_CONTACT_REACH },
        { "Tel.: 555-0134 | Móvil: 555-0135", LINE_CONTACT_REACH },
        { "Ext. 0142 | Bleep 0199", LINE_CONTACT_REACH },
        { "Lindenweg 4", LINE_CONTACT_REACH },
        { "C/ Mayor 12, 2.º A, Springfield", LINE_CONTACT_REACH },
        { "12 rue des Lilas", LINE_CONTACT_REACH },
        { "12345 Musterstadt", LINE_CONTACT_LOOSE },
        { "Amtsgericht Musterstadt, HRB 12345", LINE_CONTACT_LOOSE },
        { "2000 Steps", LINE_CONTACT_LOOSE }, /* no proof by itself */
        { "Room 12", LINE_CONTACT_NO },
        { "Facebook: https://example.org/rosa", LINE_CONTACT_REACH },
        { "Instagram: @rosavega", LINE_CONTACT_REACH },
        { "Tfno. 555 01 42", LINE_CONTACT_REACH },
        { "Office hours: Tue 2-4", LINE_CONTACT_LOOSE },
        { "Pronouns: she/her", LINE_CONTACT_LOOSE },
        { "Facharzt für Innere Medizin", LINE_CONTACT_NAME },
        { "I walked 2000 steps", LINE_CONTACT_NO },
    };
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (line_contact(cases[i].line) != cases[i].want) {
            print_error("\"%s\" is %d\n", cases[i].line, (int)line_contact(cases[i].line));
            bad++;
        }
    assert_int_equal(bad, 0);
}

static void a_block_of_name_and_phone_leaves(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "I would like the call.\n\nHarold Meyer\n118 Birch Lane\n555-0142\n", "I would like the call." },
        { "My readings:\n\nMonday\n120/80 130/85 125/80\n", "My readings:\n\nMonday\n120/80 130/85 125/80" },
        { "Here is my new address:\n\nHarold Meyer\n118 Birch Lane\n",
          "Here is my new address:\n\nHarold Meyer\n118 Birch Lane" },
        { "Harold Meyer\n118 Birch Lane\n555-0142\n", "Harold Meyer\n118 Birch Lane\n555-0142" },
        { "What I walked.\n\nMonday\n2000 Steps\n", "What I walked.\n\nMonday\n2000 Steps" },
        { "Count me in.\n\nCarmen Ruiz\nContabilidad\n[cid:image001.png@01DC]\nTel.: 555-0134\nC/ Mayor 12\n",
          "Count me in." },
        { "Ich komme.\n\nBehrendt GmbH\nLindenweg 4\n12345 Musterstadt\nTelefax: 030 555-0122\n", "Ich komme." },
        { "Soup helps.\n\n[image: soup.jpg]\nIt is warm [cid:12] too.\n", "Soup helps.\n\nIt is warm too." },
        { "A riddle.\n\n> is bigger than <\n\nAnswers to me.\n", "A riddle.\n\n> is bigger than <\n\nAnswers to me." },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(read_text(cases[i].text, mem).text, cases[i].want);
}

/* ---- notices, footers, headers in any language ---- */

static void what_others_wrote_below_leaves(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "I sat on it.\n\n_______________\nThis message is confidential. If you received it in error, delete it.\n",
          "I sat on it." },
        { "I sat on it.\n\nThis message is private. I sent it in error, please delete it.\n",
          "I sat on it.\n\nThis message is private. I sent it in error, please delete it." },
        { "Vengo.\n\nAi sensi del Regolamento UE 2016/679 le informazioni di questo messaggio sono riservate al "
          "destinatario. Se ricevuto per "
          "errore, eliminarlo.\n",
          "Vengo." },
        { "Я приду.\n\nНастоящее сообщение конфиденциально и предназначено только получателю. Полученное ошибочно "
          "просим удалить.\n",
          "Я приду." },
        { "Jövök.\n\nAz iPhone-omról küldve\n", "Jövök." },
        { "Ok.\n\nDictated on my iPhone, please excuse errors\n", "Ok." },
        { "Ok.\n\n[image: Mailtrack]\n<https://mailtrack.example.org/x> Sender\nnotified by\nMailtrack\n", "Ok." },
        { "Ok.\n\n—\nZoe Lind\n", "Ok." },
        { "One.\n\n—\nTwo is more to say.\n", "One.\n\n—\nTwo is more to say." },
        { "Ok.\n\nKim Rowe, LMT\nMassage therapist\n555-0170\nwww.example.org\n", "Ok." },
        { "Ok.\n\nKim Rowe\nA good friend\n555-0170\n", "Ok.\n\nKim Rowe\nA good friend\n555-0170" },
        { "My day:\n\nFrom: 8 to 9 walk\nTo: the station\nDate: every Friday\n\nThat is all.\n",
          "My day:\n\nFrom: 8 to 9 walk\nTo: the station\nDate: every Friday\n\nThat is all." },
        { "On 16 Apr 2026 at 7:54, Rosa Vega <rosa@example.org> wrote:\n\n| I walk.\n| I swim.\n\nI sit.\n", "I sit." },
        { "Hello,\n\nThursday, April 16, 2026, 7:54:12 AM, you wrote:\n\nRV> I walk.\n\nI sit.\n", "Hello,\n\nI sit." },
        { "I sent it from my iPhone.\n", "I sent it from my iPhone." },
        { "Ok.\n\n-------- Tukaj kar koli --------\nOdnekod: Rosa <rosa@example.org>\nKdaj: 16. 4. 2026 7:54\nZadeva: "
          "Kruh\n\nKruh.\n",
          "Ok." },
        { "Soup.\n\n-------- Recipe --------\nServes: 4\nFrom: grandma@example.org\nTime: 30 min\n\nBoil.\n",
          "Soup.\n\n-------- Recipe --------\nServes: 4\nFrom: grandma@example.org\nTime: 30 min\n\nBoil." },
        { "My notes:\n\n-------- Monday --------\nMorning: 120\nNoon: 130\nNight: 125\n",
          "My notes:\n\n-------- Monday --------\nMorning: 120\nNoon: 130\nNight: 125" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(read_text(cases[i].text, mem).text, cases[i].want);
}

/* An old program wraps what it quotes and marks the first line alone: the rest is of the quotation. What an answer says is not. */
static void ends_of_wrapped_quotes_are_quoted(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "> The stairs at the station are out of order, so I walk all around the\nblock. It is longer but it is flat "
          "all the way, with two "
          "benches on the\nway.\n\nWe know.\n",
          "We know." },
        { "> I walk ten minutes after supper now, and so does the dog I told you of.\nme too, every night\n\nRosa\n",
          "me too, every night\n\nRosa" },
        { "> I walk ten minutes after supper now, and so does the dog I told you of and\n80 units I take\n\nRosa\n",
          "80 units I take\n\nRosa" },
        { "> I walk ten minutes\nme too, every night\n> and then I sleep\nso do I\n",
          "me too, every night\n\nso do I" },
        { "> I walk ten minutes after supper now, and so does the dog I told you of and\nMe too!\n\nRosa\n",
          "Me too!\n\nRosa" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(read_answer(cases[i].text, mem).text, cases[i].want);
}

/* ---- marks without an attribution ---- */

/* What others wrote is nobody's new words, whether or not a line introduces it: of an answer, however few lines are quoted. */
static void an_answer_quotes_without_saying_so(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        const char *texts[3], *quoted[3];
    } cases[] = {
        { "> I was scared last night.\n> My sugar was at 300.\n\nI know that feeling.\n",
          1,
          { "I know that feeling." },
          { "I was scared last night.\nMy sugar was at 300." } },
        { "Hi all,\n\n> I was scared last night.\n> My sugar was at 300.\n\nI know that feeling.\n",
          2,
          { "Hi all,", "I know that feeling." },
          { "", "I was scared last night.\nMy sugar was at 300." } },
        { "Hi,\n> How did you sleep?\nBadly.\n> And the cough?\nGone.\n",
          3,
          { "Hi,", "Badly.", "Gone." },
          { "", "How did you sleep?", "And the cough?" } },
        { "Hi,\n\n> How did you sleep?\n\nBadly.\n", 2, { "Hi,", "Badly." }, { "", "How did you sleep?" } },
        { "Thank you both.\n\n> I was scared last night.\n> My sugar was at 300.\n", 1, { "Thank you both." }, { "" } },
        { "Hola:\n>> Tengo miedo.\n>> Mucho.\nYo también.\n",
          2,
          { "Hola:", "Yo también." },
          { "", "Tengo miedo.\nMucho." } },
    };
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");
        const struct reply r = read_answer(cases[i].text, mem);
        bool is_good = r.segment_count == cases[i].count && !r.is_kept_whole;

        for (size_t k = 0; is_good && k < r.segment_count; k++)
            is_good =
                !strcmp(r.segments[k].text, cases[i].texts[k]) && !strcmp(r.segments[k].quoted, cases[i].quoted[k]);
        if (!is_good)
            print_error("%zu segments of:\n%s\n%s\n", r.segment_count, cases[i].text, r.text);
        bad += !is_good;
        bad += strstr(r.text, "scared") != NULL || strstr(r.text, "miedo") != NULL;
    }
    assert_int_equal(bad, 0);
}

/* What a person marked by hand stays theirs. */
static void marks_by_hand_stay(void **state)
{
    static const struct {
        const char *text;
        bool is_answer;
    } cases[] = {
        { "My sugar was\n>300 on Monday and\n>280 on Tuesday.", true },
        { "A riddle.\n\n> is bigger than <, but who is older?\n\nAnswers to me.", true },
        { "hello world\n\nHey: This is very important\n\n> No quoted message (just one line).", true },
        { "What I do now:\n\n> Walk after lunch.\n> Drink water.\n\nIt helps.", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");

        assert_string_equal((cases[i].is_answer ? read_answer : read_text)(cases[i].text, mem).text, cases[i].text);
    }
}

/* ---- what a person writes in the shapes of mail programs ---- */

static bool is_read_as(const char *text, const char *want, struct arena *mem)
{
    const char *got = read_answer(text, mem).text;

    if (strcmp(got, want))
        print_error("%s\n  is read as\n%s\n\n", text, got);
    return !strcmp(got, want);
}

/* Words that look like an attribution, a signature mark or a quote mark, in an answer; each comes back whole. */
static void shapes_of_programs_in_own_words_stay(void **state)
{
    static const char *const texts[] = {
        "My diary.\n\nOn March 3, 1961, she wrote:\n\n\"Snow. Father coughs.\"\n\nThat is the page.",
        "On 4 May 2019 my doctor wrote:\n\nNo salt. No stairs.\n\nI keep it on the fridge.",
        "Am 3. Mai 2019 schrieb meine Mutter:\n\nEs wird wieder.\n\nDas hat geholfen.",
        "Le 3 mai 2019, ma mère a écrit :\n\nÇa ira.\n\nJ'y pense encore.",
        "El 3 de mayo de 2019 mi madre escribió:\n\nTodo pasa.\n\nY así fue.",
        "They wanted four forms.\n\n--\nno, five. I had to sit down.",
        "Two thoughts.\n\n--\nand the second: I slept.\n\nRosa",
        "The fridge says:\n\n< 70: juice\n> 180: walk\n> 250: call her\n\nIt saved me.",
        "Mine:\n> 120 in the morning\n> 140 at noon\n> 150 at night\nToo high?",
        "Rules:\n> 38.5 C: call\n> 40 C: go",
        "I told her my original message\nFrom: the heart\nTo: all of you\n\nand she laughed.",
        "Get the new app, he said.\n\nSo I did. It was www.example.org and no good.",
    };
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");

        bad += !is_read_as(texts[i], texts[i], mem);
    }
    assert_int_equal(bad, 0);
}

/* The same shapes where a program made them. */
static void what_programs_wrote_leaves(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "Late.\n\nSent from my BlackBerry 10 smartphone.\n  Original Message  \nFrom: Circle\nSent: Monday, November "
          "16, "
          "2026 9:12 AM\nTo: Rosa\nSubject: Hi\n\nAt ten.\n",
          "Late." },
        { "Tarde.\n\nMensaje original\nDe: Circle\nEnviado: lunes, 16 de noviembre de 2026 9:12\nPara: Rosa\nAsunto: "
          "Hola\n\nA las diez.\n",
          "Tarde." },
        { "In.\n\n—\nRosa Vega\nPiano tuning and repair\n555-0162 | rosa@example.org\n", "In." },
        { "In.\n\nRosa Vega\nHall Secretary\nT: 555-0107 | M: 555-0108\nE: rosa@example.org | W: www.example.org\n",
          "In." },
        { "In.\n\n*Rosa Vega*\n_Yoga teacher_\n555-0142\nwww.example.org\n", "In." },
        { "In.\n\nRosa Vega\nSales Rep\n12 Main St., Springfield\nFollow us on Facebook\n", "In." },
        { "In.\n\nSent from AOL on Android\nGet the new AOL app: mail.mobile.example.org\n", "In." },
        { "In.\n\nSent from my Galaxy\nhttps://example.org/app\n", "In." },
        { "Ja.\n\nVon meinem/meiner Galaxy gesendet\n", "Ja." },
        { "Ja.\n\nVon meiner Galaxy gesendet\n", "Ja." },
        { "Oui.\n\nEnvoyé de Yahoo Mail pour iPhone\n", "Oui." },
        { "Flat ones.\n\nRosa\n-- \nRosa Vega | Surveyor (retired)\nOld Mill\nTel 555-0155\n\nThe heart has its "
          "reasons,\nof which reason\nknows nothing.\n\n  - Pascal\n",
          "Flat ones.\n\nRosa" },
        { "Yes.\n-- \nno smoke without fire.\n", "Yes." },
        { "Hi,\n\n> 1. How did you sleep?\n\nBadly.\n", "Hi,\n\nBadly." },
        { "Yes.\n\nOn Mon, 16 Nov 2026, Rosa Vega wrote:\n\n> I walk.\n", "Yes." },
    };
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");

        bad += !is_read_as(cases[i].text, cases[i].want, mem);
    }
    assert_int_equal(bad, 0);
}

/* ---- the twin ---- */

/* What the reader makes of a letter that is written both ways. */
static struct reply read_both(const char *plain, const char *html, struct arena *mem)
{
    struct body a = { .mem = mem }, b = { .mem = mem };
    struct reply reply;
    struct err err;

    html_setup();
    body_from_text(&a, plain, false, false);
    assert_int_equal(html_to_body(html, strlen(html), &b, &err), RC_OK);
    twin_mark(&a, &b);
    reply_read(&a, &reply);
    return reply;
}

static void html_tells_what_is_quoted(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const struct reply reply =
        read_both("Yes, count me in.\n\nTuesday Circle\nRose asked how people sleep in summer.\n\n> 90 on the rest\n",
                  "<div>Yes, count me in.</div><div class=\"yahoo_quoted\"><p>Tuesday Circle<br>Rose asked how "
                  "people sleep in summer.</p></div><div>&gt; 90 on the rest</div>",
                  mem);

    (void)state;
    assert_string_equal(reply.segments[0].text, "Yes, count me in.");
    assert_non_null(strstr(reply.trimmed, "people sleep in summer"));
}

/* Plain text writes out what HTML only links to, and underlines: within what is quoted that is nobody's new words. */
static void a_link_of_the_quoted_letter_is_quoted(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const struct reply reply = read_both(
        "Yes, thank you.\n\nOn Mon, 2 Nov 2026 at 9:05, Tuesday Circle wrote:\n\nWould you like to "
        "join?\n=======================\n\n"
        "Yes, I will join <tuesday-circle+dtctptfe3m4pqucjma2imsfm2e4xltya@groups.example.org>\n\nWhat is it? A quiet "
        "place.\n",
        "<div>Yes, thank you.</div><div class=\"gmail_quote\"><div>On Mon, 2 Nov 2026 at 9:05, Tuesday Circle "
        "wrote:</div>"
        "<blockquote><h1>Would you like to join?</h1><p><a href=\"mailto:x@example.org\">Yes, I will join</a></p>"
        "<p>What is it? A quiet place.</p></blockquote></div>",
        mem);

    (void)state;
    assert_int_equal(reply.segment_count, 1);
    assert_string_equal(reply.segments[0].text, "Yes, thank you.");
}

/* ---- shapes ---- */

static double seconds_for(const char *unit)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(HOSTILE_BYTES + 1000);
    const clock_t start = clock();

    while (text.len < HOSTILE_BYTES)
        strbuf_str(&text, unit);
    read_text(strbuf_peek(&text), mem);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static void time_is_bounded(void **state)
{
    static const char *const units[] = { ">\n",
                                         "> a\n",
                                         "> a\nb\n",
                                         ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>> a\n",
                                         "--\n",
                                         "On Tue, 3 Mar 2026 at 7:00 x\n",
                                         "a wrote:\n",
                                         "From: a\nSent: b\n",
                                         "[image: x]\n",
                                         "[image: ",
                                         "<",
                                         "this e-mail x\n\n",
                                         "Rose Miller\n555-0142\n",
                                         "_____\n",
                                         ">1\n",
                                         "x\n>1\n",
                                         "> 1\n<1\n",
                                         "--\n\nab c.\n",
                                         "original message\n\n",
                                         "From: a\n\n",
                                         "sent from my phone\nget http\n",
                                         "on 3 may 2026 at 9:12 my x wrote:\n" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const double seconds = seconds_for(units[i]);

        if (seconds > HOSTILE_SECONDS)
            print_error("\"%s\": %.1f s\n", units[i], seconds);
        assert_true(seconds <= HOSTILE_SECONDS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_quotes_without_saying_so),
        cmocka_unit_test(marks_by_hand_stay),
        cmocka_unit_test(shapes_of_programs_in_own_words_stay),
        cmocka_unit_test(what_programs_wrote_leaves),
        cmocka_unit_test(lines_of_signatures),
        cmocka_unit_test(a_block_of_name_and_phone_leaves),
        cmocka_unit_test(what_others_wrote_below_leaves),
        cmocka_unit_test(ends_of_wrapped_quotes_are_quoted),
        cmocka_unit_test(html_tells_what_is_quoted),
        cmocka_unit_test(a_link_of_the_quoted_letter_is_quoted),
        cmocka_unit_test(time_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
