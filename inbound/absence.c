#include "inbound/absence.h"

#include "base/text.h"
#include "inbound/words.h"

#define OTHER_WORDS 2 /* that many small words without a stem are about something else */

/* How the words of such notices begin, folded, by language. */
static const char *const stems[] = {
    "away absen office ooo offline vacation holiday travel conference unavailab availab respon repl answer contact "
    "reach immediat assist comunique",
    "access automat autorepl auto-repl messag mail email e-mail inbox voicemail receiv forward regards sincerely thank "
    "dear hello greetings",
    "fuera ausen vacacion regres vuelv volver contest mensaje correo oficina atend recib gracias saludos acceso "
    "licencia ferias retorn mensag",
    "contat escritorio obrigad atenciosamente cong vacances bureau retour repond repons courriel merci cordialement "
    "joindre injoignable",
    "reviens abwesen urlaub zugriff buro antwort dringend notf kontakt nachricht weitergeleitet dank gruss vertret "
    "erreichbar zuruck",
    "assent assenz ferie ufficio rient rispo grazie saluti afwezig vakantie kantoor terug spoed bericht doorgestuurd "
    "bedankt groet",
    "semester franvar fravaer fravær kontor tillbaka tilbage tilbake svar meddel besked melding mejl hilsen",
    "nieobecn urlop biur wroc wróc powrot odpow piln wiadomosc dzieku pozdraw nepritom dovolen kancelar odpov nalehav "
    "zprav dekuj",
    "loma poissa toimisto palaa vasta kiire yhteytta viesti terveis",
};
/* Said of one's work as of one's body ("my back", "the emergency room", "urgent care"): only so. */
static const char *const phrases[] = {
    "be|am|get|come back",
    "back on|in|at|to|by|from",
    "will|not|i return",
    "upon|on|my return",
    "on annual|sick|parental|maternity|paternity|medical|family? leave",
    "an|of|case|for|any emergency|emergencies",
    "is|be|for|in|of|any|more urgent",
    "urgently",
    "cannot|can't wait",
    "out sick",
    "please|kindly direct",
    "asuntos|assuntos|es|caso de? urgente|urgentes|urgencia|emergencia",
    "cas d'urgence|urgent|urgents",
    "please call|phone|ring|text|speak|talk|see|send|write|ask",
    "appelez|telephonez le|au",
    "llame|llamar|ligue|ligar|chiami|chiamare al|a|para|il",
    "rufen|wenden|schreiben sie",
    "best wishes",
};
/* Days and months, and what joins them: part of a notice, or of anything. */
static const char times[] = "jan feb mar apr may mai maj jun jul aug sep oct okt nov dec dez des mon tue wed thu fri "
                            "sat sun lun mie jue vie sab dom "
                            "tomorrow today week month from next bis vom zum";
static const char joins[] =
    "and but so or y pero und aber oder et mais ou e ma mas en maar och men og i ale a ja mutta because porque weil";
static const char marks[] = ". ? ! ; , : … ¡ ( )";

static bool begins_with_one_of(const char *plain, const char *list)
{
    for (size_t n; *list; list += n + (list[n] == ' ')) {
        n = strcspn(list, " ");
        if (strncmp(plain, list, n) == 0)
            return true;
    }
    return false;
}

static bool is_of_notice(const struct words_list *l, size_t i)
{
    for (size_t k = 0; k < COUNT_OF(stems); k++)
        if (begins_with_one_of(l->v[i].plain, stems[k]))
            return true;
    return words_longest(phrases, COUNT_OF(phrases), l->v + i, l->count - i) > 0;
}

/* "bis zum 27. April": the stop of a number ends nothing before a small word or a month. */
static bool is_stop_of_number(const struct words_list *l, size_t i)
{
    const struct words_token *t = &l->v[i];

    if (!words_is(t, ".") || i == 0 || !t->is_glued || !text_count_digits(l->v[i - 1].plain) || i + 1 >= l->count ||
        t[1].kind != WORDS_WORD)
        return false;
    return !t[1].is_capital || begins_with_one_of(t[1].plain, times);
}

static bool is_small_word(const struct words_token *t)
{
    return !t->is_capital && text_has_letter(t->plain) && !begins_with_one_of(t->plain, times);
}

static bool is_line_of_letter(const struct words_list *l, size_t i)
{
    return words_ends_paragraph(l, i) || i + 1 >= l->count || l->v[i + 1].is_capital;
}

static bool ends_clause(const struct words_list *l, size_t i)
{
    const struct words_token *t = &l->v[i];

    if (t->kind == WORDS_BREAK)
        return is_line_of_letter(l, i);
    return t->kind == WORDS_WORD ? words_among(t->plain, joins) : words_is_mark(t, marks) && !is_stop_of_number(l, i);
}

struct absence absence_read(const char *text, struct arena *mem)
{
    const struct words_list l = words_split(text, 0, mem);
    struct absence a = { 0 };
    bool is_notice = false;
    size_t words = 0;

    for (size_t i = 0; i <= l.count; i++) {
        if (i == l.count || ends_clause(&l, i)) {
            a.notices += is_notice;
            a.others += !is_notice && words >= OTHER_WORDS;
            a.has_question |= i < l.count && words_is(&l.v[i], "?");
            is_notice = false;
            words = 0;
        } else if (l.v[i].kind == WORDS_WORD) {
            is_notice = is_notice || is_of_notice(&l, i);
            words += is_small_word(&l.v[i]);
        }
    }
    return a;
}
