/* decision: what a moderator's mail does, and above all what it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "inbound/decision.h"

static const char *const names[] = { "Ana Ruiz", "Dr. Lee", NULL };

struct decision_case {
    const char *text, *want;
};

/* "kind", "kind rule=4", "kind to=2", "kind <text>"; "-" acts not. */
static const struct decision_case singles[] = {
    { "OK", "ok" },
    { "ok", "ok" },
    { "Ok.", "ok" },
    { "OK!", "ok" },
    { "Okay", "ok" },
    { "OK thanks", "ok" },
    { "OK, thank you so much\n\nAna", "ok" },
    { "Hi,\n\nOK\n\nBest,\nAna Ruiz, RN\nOak Clinic\n555-010-0199", "ok" },
    { "OK\n\nSent from my iPhone", "ok" },
    { "OK\n\nGet Outlook for iOS", "ok" },
    { "OK \U0001F44D", "ok" },
    { "Approved", "ok" },
    { "Good morning, approve please", "ok" },
    { "Vale, gracias", "ok" },
    { "aprobado", "ok" },
    { "Hola, OK. Saludos, Ana", "ok" },
    { "OK CUT", "ok_cut" },
    { "ok, cut", "ok_cut" },
    { "OK cortar, gracias", "ok_cut" },
    { "NO", "no" },
    { "No.", "no" },
    { "No thanks", "no" },
    { "NO 4", "no rule=4" },
    { "no rule 4", "no rule=4" },
    { "NO, rule 4. Thanks, Ana", "no rule=4" },
    { "NO #4", "no rule=4" },
    { "NO: rule 4", "no rule=4" },
    { "NO regla 4", "no rule=4" },
    { "OK\n\nAna Ruiz, RN, MSN\nNurse Manager | Lakeside Clinic\nT 555-010-0123 | ana@clinic.example.org", "ok" },
    { "OK CUT\n\nKind regards,\nDr. Lee\nMedical Director\nLakeside Clinic \u2022 12 Lake Road, Suite 3", "ok_cut" },
    { "NO 4: it holds a phone number", "no rule=4 <it holds a phone number>" },
    { "NO 4\nIt holds a phone number", "no rule=4 <It holds a phone number>" },
    { "NO: it names another member", "no <it names another member>" },
    { "NO: 4 reasons", "no <4 reasons>" },
    { "NO\nIt names another member.\nAna", "no <It names another member.\nAna>" },
    { "NO\n\nAna", "no" },
    { "ASK: which doctor?", "ask <which doctor?>" },
    { "ASK\nWhich doctor?\nThanks, Ana", "ask <Which doctor?\nThanks, Ana>" },
    { "ASK Which doctor was it?", "ask <Which doctor was it?>" },
    { "Pregunta: \u00bfqu\u00e9 doctor?", "ask <\u00bfqu\u00e9 doctor?>" },
    { "EDIT\nI feel better today.", "edit <I feel better today.>" },
    { "Edit: I feel better today.\n\nSent from my iPhone", "edit <I feel better today.>" },
    { "FIX: Take it with food only.", "fix <Take it with food only.>" },
    { "FIX Take it with food only.", "fix <Take it with food only.>" },
    { "PRIVATE", "private" },
    { "Private\nPlease call us today.", "private <Please call us today.>" },
    { "Privado: ll\u00e1menos hoy", "private <ll\u00e1menos hoy>" },
    { "DONE", "done" },
    { "DONE called her, she is safe", "done <called her, she is safe>" },
    { "Done: called her", "done <called her>" },
    { "DONE\n\nAna", "done" },
    { "Hecho: la llam\u00e9", "done <la llam\u00e9>" },
    { "MOVE 2", "move to=2" },
    { "move to #2", "move to=2" },
    { "MOVE NEW", "move to=0" },
    { "Mover a 3", "move to=3" },
    { "MOVER NUEVO", "move to=0" },
    { "CRISIS", "crisis" },
    { "CLAIM", "claim" },
    { "claim, thanks. Ana", "claim" },
    { "PASS", "pass" },
    { "SEND", "send" },
    { "Enviar, gracias", "send" },
    { "ANNOUNCE\nThe office is closed on Friday.", "announce <The office is closed on Friday.>" },
    { "Announce: closed on Friday", "announce <closed on Friday>" },
    { "ANUNCIO\nCerramos el viernes.", "announce <Cerramos el viernes.>" },
    { "TOPIC\nHow do you sleep?", "topic <How do you sleep?>" },
    { "\"OK\"", "ok" },
    { "Lo tomo, gracias", "claim" },
    { "OK\n\nThanks,\nGertrude", "ok" },
    { "OK\n--\nAna Ruiz, RN\nOak Clinic\n555-010-0199\nwww.example.org", "ok" },
    { "OK - Ana", "ok" },
    { "ALT A cat on a red chair", "alt <A cat on a red chair>" },
    { "Alt: a cat on a red chair\n\nThanks, Ana", "alt <a cat on a red chair>" },
    { "ALT 2: A dog", "alt photo=2 <A dog>" },
    { "ALT photo 2: A dog", "alt photo=2 <A dog>" },
    { "ALT: foto 2: Un perro", "alt photo=2 <Un perro>" },
    { "ALT 2 cats asleep", "alt <2 cats asleep>" },
    { "Descripci\u00f3n: una gata", "alt <una gata>" },
    { "ALT Maria and Ana Ruiz", "alt <Maria and Ana Ruiz>" },
    { "ALT 1: A cat\nALT 2: A dog\nOK", "alt photo=1 <A cat> | alt photo=2 <A dog> | ok" },
    { "ALT A red cat\n\nOK CUT\n\nThanks, Ana", "alt <A red cat> | ok_cut" },
    { "OK\nALT A red cat\nAna", "alt <A red cat> | ok" },
    { "ALT A red cat\nASK\nIs it yours?", "alt <A red cat> | ask <Is it yours?>" },
    /* acts not */
    { "ALT", "-" },
    { "Alt a cat", "-" },
    { "ALT A cat\nplease send it", "-" },
    { "ALT A cat\nOK but take out her number", "-" },
    { "OK but not yet\nALT A cat", "-" },
    { "OK\nALT A cat\nand the rest", "-" },
    { "OK, thanks. Redact", "-" },
    { "OK. Thanks. Strike That", "-" },
    { "OK\n--\nAna Ruiz\nexcept the last line", "-" },
    { "NO. 4", "-" },
    { "OK (see note)", "-" },
    { "OK/NO", "-" },
    { "OK :(", "-" },
    { "NO 4.5", "-" },
    { "OK but take out her number", "-" },
    { "No problem, send it", "-" },
    { "NO problem, send it", "-" },
    { "No\nproblem, send it", "-" },
    { "No,\nthat's fine", "-" },
    { "No\n\nthat\u2019s fine, send it", "-" },
    { "No, that's fine", "-" },
    { "No - that's fine", "-" },
    { "No \u2013 that\u2019s fine", "-" },
    { "No worries", "-" },
    { "No objection", "-" },
    { "No need to hold this", "-" },
    { "NO NEED TO HOLD THIS", "-" },
    { "No hay problema", "-" },
    { "No, est\u00e1 bien", "-" },
    { "OK?", "-" },
    { "ok...", "-" },
    { "OK\u2026", "-" },
    { "Is this ok", "-" },
    { "Not ok", "-" },
    { "Sure, once you removed the phone", "-" },
    { "Sure", "-" },
    { "Yes", "-" },
    { "Fine", "-" },
    { "\U0001F44D", "-" },
    { "ok \U0001F914", "-" },
    { "ok i will look later", "-" },
    { "OK I think. Ask Dr. Lee", "-" },
    { "OK if Dr Lee agrees", "-" },
    { "OK\nbut not the last line", "-" },
    { "OK\n\nAna\nP.S. take out her number", "-" },
    { "OK\n--\nBut remove the phone number", "-" },
    { "OK\n\nAna Ruiz\nAsk Lee First\n555-010-0123", "-" },
    { "OK\n\nAna Ruiz\nNurse Manager\nWithout Her Number", "-" },
    { "OK\n\nAna Ruiz\nNurse Manager\n555-010-0123\nbut only today", "-" },
    { "OK thanks, but wait for Dr Lee", "-" },
    { "OK for me, ask Dr. Lee too", "-" },
    { "Hi wait, OK", "-" },
    { "OK Thanks Later", "-" },
    { "OK OK", "-" },
    { "OK\nNO", "-" },
    { "OK cut the phone number", "-" },
    { "OK\n> Hello all, I feel better today.", "-" },
    { "OK to send", "-" },
    { "OK, send it", "-" },
    { "OK 2", "-" },
    { "NO 4 me", "-" },
    { "No more posts from him please", "-" },
    { "No idea what this is", "-" },
    { "No 4 or 5, not sure", "-" },
    { "Ask her about the dose", "-" },
    { "Ask", "-" },
    { "ask: ", "-" },
    { "Edit the number out", "-" },
    { "EDIT the number out", "-" },
    { "FIX it", "-" },
    { "Fix the typo and send", "-" },
    { "Done reading, will decide tonight", "-" },
    { "Private matter, I will call her", "-" },
    { "Move this to the other one", "-" },
    { "MOVE", "-" },
    { "Move 2 of them", "-" },
    { "Crisis? I don't think so", "-" },
    { "Pass it to Dr Lee", "-" },
    { "Send it", "-" },
    { "Send it after you fix the typo", "-" },
    { "Vale, pero quite el tel\u00e9fono", "-" },
    { "Vale\u2026", "-" },
    { "\u00bfOK?", "-" },
    { "OK cuando quite el n\u00famero", "-" },
    { "Aprobado si la doctora est\u00e1 de acuerdo", "-" },
    { "Announce", "-" },
    { "I said NO", "-" },
    { "Thanks", "-" },
    { "", "-" },
    { "ASK WHICH DAY", "-" },
};

static const struct decision_case lists[] = {
    { "OK 1 2 5-9", "ok [1 2 5 6 7 8 9]" },
    { "ok 1,2, 3 and 5", "ok [1 2 3 5]" },
    { "Hi,\nOK 1 2\nNO 3 rule 4\nThanks, Ana", "ok [1 2] | no [3] rule=4" },
    { "OK ALL", "ok all [1 2 3 4 5 6 7 8 9]" },
    { "ok all, thanks", "ok all [1 2 3 4 5 6 7 8 9]" },
    { "OK TODOS, gracias", "ok all [1 2 3 4 5 6 7 8 9]" },
    { "Vale 1 y 2", "ok [1 2]" },
    { "OK #1 #2", "ok [1 2]" },
    { "OK CUT 3", "ok_cut [3]" },
    { "NO 3", "no [3]" },
    { "NO 3, rule 4", "no [3] rule=4" },
    { "NO 3: it names a member", "no [3] <it names a member>" },
    { "ASK 2: which day?\n\nOK 1", "ask [2] <which day?> | ok [1]" },
    { "MOVE 3 to 1\nMOVE 4 NEW", "move [3] to=1 | move [4] to=0" },
    { "PASS 4 5", "pass [4 5]" },
    { "CLAIM 1\nSent from my iPhone", "claim [1]" },
    { "DONE 2: called her", "done [2] <called her>" },
    { "ALT 2 A cat on a red chair\nOK 2 3", "alt [2] <A cat on a red chair> | ok [2 3]" },
    { "OK 2\nALT 2: A cat", "alt [2] <A cat> | ok [2]" },
    { "ALT 2 3: A dog\nALT 2 1: A cat\nNO 1 rule 4",
      "alt [2] photo=3 <A dog> | alt [2] photo=1 <A cat> | no [1] rule=4" },
    { "ALT A cat", "-" },
    { "ALT 2", "-" },
    { "ALT 10 A cat", "-" },
    { "OK 1\nalt 2 a cat", "-" },
    { "OK", "-" },
    { "NO", "-" },
    { "OK 1 2 but not 3", "-" },
    { "OK 1\nand 2 when the number is out", "-" },
    { "OK 1 1", "-" },
    { "OK 1 2\nNO 2", "-" },
    { "OK ALL\nNO 3 rule 4", "ok all [1 2 4 5 6 7 8 9] | no [3] rule=4" },
    { "NO 3 rule 4\nOK ALL\nASK 5: Which day?", "no [3] rule=4 | ok all [1 2 4 6 7 8 9] | ask [5] <Which day?>" },
    { "OK ALL\nOK ALL", "-" },
    { "OK ALL\nbut not 3", "-" },
    { "OK 10", "-" },
    { "OK 0", "-" },
    { "OK 9-5", "-" },
    { "OK 1?", "-" },
    { "OK all of them but 3", "-" },
    { "OK 1 2 rule 4", "-" },
    { "No problem with 1", "-" },
    { "OK 99999999999", "-" },
    { "1 OK", "-" },
    { "ASK 2", "-" },
    { "SEND", "-" },
    { "OK 1-", "ok [1]" },
    { "MOVE 3 NEW\nNO", "-" },
    { "OK 1\nOK", "-" },
    { "", "-" },
};

static void show_one(const struct decision *d, struct strbuf *b)
{
    strbuf_printf(b, "%s", decision_name(d->kind));
    if (d->is_all)
        strbuf_str(b, " all");
    for (size_t i = 0; i < d->item_count; i++)
        strbuf_printf(b, "%s%d%s", i ? " " : " [", d->items[i], i + 1 == d->item_count ? "]" : "");
    if (d->rule)
        strbuf_printf(b, " rule=%d", d->rule);
    if (d->photo)
        strbuf_printf(b, " photo=%d", d->photo);
    if (d->kind == DECISION_MOVE)
        strbuf_printf(b, " to=%d", d->move_to);
    if (*d->text)
        strbuf_printf(b, " <%s>", d->text);
}

static char *show(const char *text, int list_max, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(4096);
    const struct decision_set set = decision_read(&(struct decision_input){ text, names, list_max }, mem);

    for (size_t i = 0; i < set.count; i++) {
        if (i)
            strbuf_str(&b, " | ");
        show_one(&set.v[i], &b);
    }
    return arena_strdup(mem, set.count ? strbuf_peek(&b) : "-");
}

static void check(const struct decision_case *cases, size_t count, int list_max)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    int bad = 0;

    for (size_t i = 0; i < count; i++) {
        const char *got = show(cases[i].text, list_max, mem);

        if (strcmp(got, cases[i].want) != 0) {
            print_error("\"%s\" decides \"%s\", not \"%s\"\n", cases[i].text, got, cases[i].want);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

static void single_items(void **state)
{
    (void)state;
    check(singles, COUNT_OF(singles), 0);
}

static void list_mails(void **state)
{
    (void)state;
    check(lists, COUNT_OF(lists), 9);
}

/* Whatever stands behind a word that releases or rejects, it does neither. */
static void nothing_more_may_follow(void **state)
{
    static const char *const words[] = { "OK", "NO", "ok cut", "Vale", "SEND", "CLAIM" };
    static const char *const tails[] = { " but",
                                         " if",
                                         " wait",
                                         " when she agrees",
                                         "? ",
                                         "\nwait",
                                         ", I guess",
                                         " - not yet",
                                         "\n\nunless Jo minds",
                                         " pero no",
                                         " (not the last line)",
                                         " @ 5",
                                         " / no",
                                         "; wait",
                                         " \U0001F615" };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        for (size_t k = 0; k < COUNT_OF(tails); k++) {
            const char *text = arena_printf(mem, "%s%s", words[i], tails[k]);
            const struct decision_set set = decision_read(&(struct decision_input){ text, names, 0 }, mem);

            /* NO on a line of its own takes a reason below */
            if (set.count && !(set.v[0].kind == DECISION_NO && *set.v[0].text)) {
                print_error("\"%s\" decides %s\n", text, decision_name(set.v[0].kind));
                bad++;
            }
        }
    assert_int_equal(bad, 0);
}

static void unclear_names_the_nearest(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    (void)state;
    assert_int_equal(decision_read(&(struct decision_input){ "Ask her why", names, 0 }, mem).near, DECISION_ASK);
    assert_int_equal(decision_read(&(struct decision_input){ "Hello?", names, 0 }, mem).near, DECISION_UNCLEAR);
}

static void words_are_as_moderators_write_them(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    (void)state;
    assert_string_equal(decision_word(DECISION_OK_CUT, mem), "OK CUT");
    assert_string_equal(decision_word(DECISION_CRISIS, mem), "CRISIS");
    assert_string_equal(decision_name((enum decision_kind)100), "unclear");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_items),
        cmocka_unit_test(list_mails),
        cmocka_unit_test(nothing_more_may_follow),
        cmocka_unit_test(unclear_names_the_nearest),
        cmocka_unit_test(words_are_as_moderators_write_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
