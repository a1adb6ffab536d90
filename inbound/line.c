#include "inbound/line.h"

#include "base/text.h"

#include <ctype.h>

#define JOIN_MAX 1000
#define MOBILE_MAX_BYTES 90

bool line_is_blank(const char *line)
{
    while (*line == ' ' || *line == '\t')
        line++;
    return !*line;
}

/* ---- attributions ---- */

/* What stands at the end ("wrote:") or, after a start word, in the middle ("schrieb Rosa:"). */
static const char *const verbs[] = {
    "wrote",
    "writes",
    "said",
    "escribio",
    "a ecrit",
    "schrieb",
    "ha scritto",
    "escreveu",
    "schreef",
    "skrev",
    "napisal",
    "napisala",
    "napisal(a)",
    "pisze",
    "napsal",
    "napsala",
    "napsal(a)",
    "kirjoitti",
    "yazdi",
    "sunlari yazdi",
    "irta",
    "a scris",
    "da viet",
    "menulis",
    "va escriure",
    "idatzi du",
    "пишет",
    "написал",
    "написала",
    "написал(а)",
    "пише",
    "написав",
    "εγραψε",
    "写道",
    "寫道",
    "님이 작성",
    "작성",
    "のメッセージ",
    "書きました",
    "wrote the following",
    "ha escrito",
    "escreveu o seguinte",
    "schreef het volgende",
    "pise",
    "je napisao/la",
    "napisao je",
    "geschreven",
    "skreiv",
};
/* What an attribution may start with. */
static const char *const starts[] = {
    "on ",        "am ",  "le ",   "el ",      "il ",      "em ",        "op ",         "den ",        "pa ",  "dnia ",
    "w dniu ",    "dne ", "at ",   "quoting ", "citando ", "zitat von ", "in article ", "in message ", "vao ", "pada ",
    "la ",        "a ",   "в ",    "в пн",     "пн",       "вт",         "ср",          "чт",          "пт",   "сб",
    "вс",         "mon",  "tue",   "wed",      "thu",      "fri",        "sat",         "sun",         "lun",  "mar",
    "mie",        "jue",  "vie",   "sab",      "dom",      "jeu",        "ven",         "\"",          "'",    "<",
    "在 ",        "於 ",  "στις ", "dana ",    "man",      "tir",        "ons",         "tor",         "fre",  "al ",
    "il giorno ", "u ",   "kl. ",  "ma ",      "ti ",      "ke ",        "to ",         "pe ",         "la ",  "su ",
};

static bool has_time(const char *s)
{
    for (; *s; s++)
        if (isdigit((unsigned char)s[0]) && (s[1] == ':' || s[1] == '.' || s[1] == 'h') &&
            isdigit((unsigned char)s[2]) && isdigit((unsigned char)s[3]))
            return true;
    return false;
}

static bool has_year(const char *s)
{
    for (const char *p = s; *p; p++) {
        const bool is_start = p == s || !isdigit((unsigned char)p[-1]);

        if (is_start && (memcmp(p, "19", 2) == 0 || memcmp(p, "20", 2) == 0) && isdigit((unsigned char)p[2]) &&
            isdigit((unsigned char)p[3]) && !isdigit((unsigned char)p[4]))
            return true;
        if (is_start && isdigit((unsigned char)*p)) { /* 3/4/20, 03.04.2020 */
            const char *q = p;
            int groups = 1;

            while (isdigit((unsigned char)*q))
                q++;
            while ((*q == '/' || *q == '.' || *q == '-') && isdigit((unsigned char)q[1]) && groups < 3) {
                groups++;
                for (q++; isdigit((unsigned char)*q); q++)
                    ;
            }
            if (groups == 3)
                return true;
        }
    }
    return false;
}

static bool has_address(const char *s)
{
    const char *at = strchr(s, '@');

    return (at && at > s && isalnum((unsigned char)at[1])) || strstr(s, "mailto:");
}

static bool starts_like_attribution(const char *s)
{
    if (isdigit((unsigned char)*s))
        return true;
    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (strncmp(s, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

/* Letters of ASCII words only: other scripts join verbs to names. */
static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) != 0;
}

/* The last verb of the line; NULL for none. ret_end is what follows it. */
static const char *find_verb(const char *s, const char **ret_end)
{
    const char *best = NULL;

    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        const size_t n = strlen(verbs[i]);

        for (const char *p = s; (p = strstr(p, verbs[i])); p += n) {
            const bool is_ascii = isalpha((unsigned char)*p);

            if (is_ascii && ((p > s && is_word_char(p[-1])) || is_word_char(p[n])))
                continue;
            if (!best || p > best || (p == best && p + n > *ret_end)) {
                best = p;
                *ret_end = p + n;
            }
        }
    }
    return best;
}

static bool is_only(const char *s, const char *allowed)
{
    return strspn(s, allowed) == strlen(s);
}

/* "2012/10/23 Rosa <rosa@example.org>", "28.04.2014, 17:18, "Rosa" <rosa@example.org>:" */
static bool is_date_and_address(const char *s, size_t n)
{
    while (n && (s[n - 1] == ':' || s[n - 1] == ' '))
        n--;
    return isdigit((unsigned char)*s) && n && (s[n - 1] == '>' || s[n - 1] == ')') && has_address(s) &&
           (has_year(s) || strstr(s, "年"));
}

/* "---- On Fri, 12 Jan 2018 10:00:00 +0100 Rosa <rosa@example.org> wrote ----" */
static const char *without_dashes(const char *s)
{
    while (*s == '-' || *s == ' ' || *s == '*' || *s == '_')
        s++;
    return s;
}

static enum line_proof judge(const char *whole)
{
    const char *s = without_dashes(whole), *after = "", *verb;
    const size_t n = strlen(s);
    const bool is_started = starts_like_attribution(s), is_addressed = has_address(s);
    bool ends;

    if (n < 4 || n > JOIN_MAX)
        return LINE_NO;
    if (is_date_and_address(s, n))
        return LINE_STRONG;
    ends = s[n - 1] == ':' || (n > 2 && s[n - 1] == '*' && strchr(s + n - 3, ':')) ||
           (s != whole && n > 4 && strcmp(s + n - 4, "----") == 0);
    verb = find_verb(s, &after);
    if (!verb) {
        const bool is_quoting = strncmp(s, "quoting ", 8) == 0 || strncmp(s, "citando ", 8) == 0 ||
                                strncmp(s, "zitat von ", 10) == 0 || strncmp(s, "en reponse a ", 13) == 0;

        if (ends && is_quoting && is_addressed)
            return LINE_STRONG;
        return ends && is_addressed && has_time(s) && has_year(s) && n > 2 && s[n - 2] == '>' ? LINE_STRONG : LINE_NO;
    }
    if (!ends)
        return LINE_NO;
    if (is_only(after, ": -*_.\t")) {
        if (is_addressed && (has_year(s) || has_time(s) || s[0] == '<' || s[0] == '"' || strchr(s, '<')))
            return LINE_STRONG;
        if (is_started && has_year(s) && (has_time(s) || strncmp(s, "on ", 3) == 0))
            return LINE_STRONG;
        return LINE_WEAK;
    }
    if (!is_started || !(has_year(s) || has_time(s)))
        return LINE_NO;
    return is_addressed || (has_year(s) && has_time(s)) ? LINE_STRONG : LINE_WEAK;
}

static bool join_line(char *joined, size_t *n, const char *line)
{
    const size_t k = strlen(line);

    if (*n + k + 2 > JOIN_MAX)
        return false;
    if (*n)
        joined[(*n)++] = ' ';
    memcpy(joined + *n, line, k + 1);
    *n += k;
    return true;
}

static const char *skip_blanks(const char *s)
{
    while (*s == ' ' || *s == '\t')
        s++;
    return s;
}

enum line_proof line_attribution(const char *const *lines, size_t count, size_t *ret_used)
{
    char joined[JOIN_MAX + 1] = "";
    size_t n = 0;

    for (size_t i = 0; i < count && i < LINE_ATTRIBUTION_LINES_MAX && !line_is_blank(lines[i]); i++) {
        const char *line = skip_blanks(lines[i]);
        enum line_proof proof;

        /* Only what starts like one may go on over several lines; what goes on must not itself be the start. */
        if (i == 1 && !starts_like_attribution(without_dashes(skip_blanks(lines[0]))) && *line != '<')
            return LINE_NO;
        if (i > 0 && strncmp(line, "on ", 3) == 0 && judge(line))
            return LINE_NO;
        if (!join_line(joined, &n, line))
            return LINE_NO;
        proof = judge(joined);
        if (i > 0 && proof == LINE_WEAK && !has_year(joined) && !has_time(joined) && !has_address(joined))
            return LINE_NO;
        if (proof) {
            *ret_used = i + 1;
            return proof;
        }
    }
    return LINE_NO;
}

/* ---- marks ---- */

static size_t strip_rule(const char **s, size_t n)
{
    while (n && strchr("-_=*> \t", **s)) {
        (*s)++;
        n--;
    }
    while (n && strchr("-_=*< \t:", (*s)[n - 1]))
        n--;
    return n;
}

static bool is_mark(const char *line, const char *const *words, size_t count)
{
    const char *s = line;
    const size_t n = strip_rule(&s, strlen(line));
    const bool has_dashes = strncmp(skip_blanks(line), "--", 2) == 0 || strncmp(skip_blanks(line), "__", 2) == 0 ||
                            strncmp(skip_blanks(line), "==", 2) == 0;

    for (size_t i = 0; has_dashes && i < count; i++)
        if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0)
            return true;
    return false;
}

bool line_is_original_mark(const char *line)
{
    static const char *const words[] = {
        "original message",
        "original mail",
        "original",
        "mensaje original",
        "message d'origine",
        "message original",
        "message initial",
        "ursprungliche nachricht",
        "original-nachricht",
        "originalnachricht",
        "ursprungliche mail",
        "messaggio originale",
        "mensagem original",
        "oorspronkelijk bericht",
        "originalmeddelande",
        "ursprungligt meddelande",
        "oprindelig meddelelse",
        "opprinnelig melding",
        "original besked",
        "wiadomosc oryginalna",
        "oryginalna wiadomosc",
        "puvodni zprava",
        "исходное сообщение",
        "пересылаемое сообщение",
        "alkuperainen viesti",
        "original mesaj",
        "ozgun ileti",
        "eredeti uzenet",
        "原始邮件",
        "原始郵件",
        "元のメッセージ",
        "원본 메시지",
        "originele bericht",
        "original e-mail",
        "reply message",
        "correo original",
        "original email",
        "replied message",
        "urspr. nachricht",
    };

    return is_mark(line, words, COUNT_OF(words));
}

bool line_is_forward_mark(const char *line)
{
    static const char *const words[] = {
        "forwarded message",      "forwarded by",
        "mensaje reenviado",      "message transfere",
        "message transmis",       "weitergeleitete nachricht",
        "weitergeleitete mail",   "messaggio inoltrato",
        "mensagem encaminhada",   "mensagem reencaminhada",
        "doorgestuurd bericht",   "vidarebefordrat meddelande",
        "videresendt meddelelse", "videresendt melding",
        "przekazana wiadomosc",   "forwarded mail",
        "mensaje remitido",       "missatge reenviat",
        "forwarded messages",     "forwarded email",
        "forwarded e-mail",       "fwd",
        "preposlana zprava",      "转发邮件",
        "転送メッセージ",         "пересылаемое сообщение",
        "forwarded letter",       "mensaje original reenviado",
    };
    static const char *const begin[] = {
        "begin forwarded message:",     "inicio del mensaje reenviado:",
        "debut du message reexpedie :", "anfang der weitergeleiteten nachricht:",
        "inizio messaggio inoltrato:",  "inicio da mensagem reencaminhada:",
        "begin doorgestuurd bericht:",  "vidarebefordrat brev:",
        "debut du message transfere :", "comienzo del mensaje reenviado:",
        "start pa videresendt besked:", "przekazany list:",
    };

    for (size_t i = 0; i < COUNT_OF(begin); i++)
        if (text_equals(skip_blanks(line), begin[i]))
            return true;
    return is_mark(line, words, COUNT_OF(words));
}

bool line_is_signature_mark(const char *line)
{
    return strcmp(line, "--") == 0 || strcmp(line, "-- ") == 0;
}

bool line_is_rule(const char *line)
{
    const char *s = skip_blanks(line);
    const size_t n = strlen(s);

    if (n < 5 || !strchr("-_=*", *s))
        return false;
    for (size_t i = 0; i < n; i++)
        if (s[i] != *s && s[i] != ' ')
            return false;
    return true;
}

static const char *const mobile_starts[] = {
    "sent from my ",
    "sent from mail for",
    "sent from yahoo",
    "sent from outlook",
    "sent from samsung",
    "sent from a ",
    "sent via ",
    "sent from gmail",
    "sent with ",
    "sent using ",
    "get outlook for",
    "sent from aol",
    "sent from proton",
    "sent from the ",
    "sent on the go",
    "sent by my ",
    "sent from an ",
    "sent from xfinity",
    "enviado desde mi ",
    "enviado desde ",
    "enviado de mi ",
    "enviado con ",
    "enviado a traves de",
    "enviado mediante ",
    "obtener outlook para",
    "obten outlook para",
    "consiga outlook para",
    "enviado do meu ",
    "enviado do ",
    "enviado via ",
    "obter o outlook para",
    "envoye de mon ",
    "envoye depuis ",
    "envoye a partir de ",
    "telechargez outlook",
    "obtenir outlook",
    "envoye avec ",
    "von meinem ",
    "gesendet von ",
    "gesendet mit ",
    "holen sie sich outlook",
    "outlook fur ",
    "diese nachricht wurde von meinem ",
    "inviato da ",
    "inviato dal ",
    "scarica outlook",
    "ottieni outlook",
    "verstuurd vanaf ",
    "verzonden vanaf ",
    "verzonden met ",
    "download outlook",
    "outlook voor ",
    "skickat fran ",
    "sendt fra ",
    "wyslane z ",
    "odeslano z ",
    "отправлено с ",
    "отправлено из ",
    "lahetetty ",
    "sent from ",
    "iphone'dan gonderildi",
    "iphone から送信",
    "從我的 iphone 傳送",
    "发自我的",
    "나의 iphone에서 보냄",
};

/* A footer is the whole line: a full stop with more words after it is a person's sentence. */
bool line_is_mobile_footer(const char *line)
{
    const char *s = skip_blanks(line), *stop;

    while (*s && strchr("-_*~<[(", *s))
        s++;
    s = skip_blanks(s);
    if (strlen(s) > MOBILE_MAX_BYTES && !strstr(s, "http"))
        return false;
    stop = strstr(s, ". ");
    if (stop && isalpha((unsigned char)stop[2]) && !strstr(stop, "http") && !strstr(stop, "typo") &&
        !strstr(stop, "brev") && !strstr(stop, "excuse") && !strstr(stop, "disculp"))
        return false;
    if ((strchr(s, ',') || strstr(s, " is ") || strstr(s, " and i ")) && !strstr(s, "typo") && !strstr(s, "brev") &&
        !strstr(s, "powered") && !strstr(s, "smartphone"))
        return false;
    for (size_t i = 0; i < COUNT_OF(mobile_starts); i++)
        if (strncmp(s, mobile_starts[i], strlen(mobile_starts[i])) == 0)
            return true;
    return false;
}

static int count_words(const char *s, const char *const *words, size_t n)
{
    int hits = 0;

    for (size_t i = 0; i < n; i++)
        hits += strstr(s, words[i]) != NULL;
    return hits;
}

bool line_is_disclaimer(const char *p)
{
    static const char *const sure[] = {
        "confidentiality notice",       "confidentiality note",    "aviso legal",
        "aviso de confidencialidad",    "legal disclaimer",        "privacy notice",
        "avis de confidentialite",      "vertraulichkeitshinweis", "nota de confidencialidad",
        "clausula de confidencialidad",
    };
    static const char *const hints[] = {
        "confidential",
        "intended recipient",
        "intended only",
        "intended solely",
        "solely for the use",
        "for the sole use",
        "privileged",
        "unauthorized",
        "unauthorised",
        "disclos",
        "disseminat",
        "notify the sender",
        "in error",
        "delete",
        "attachments",
        "destinatari",
        "confidencial",
        "no autorizad",
        "por error",
        "prohibid",
        "divulga",
        "copia",
        "hipaa",
        "protected health information",
        "reliance",
        "vertraulich",
        "irrtumlich",
        "confidentiel",
        "par erreur",
    };
    static const char *const openings[] = {
        "this e-mail",
        "this email",
        "this message",
        "this communication",
        "this transmission",
        "the information",
        "the contents",
        "the content of",
        "este mensaje",
        "este correo",
        "la informacion",
        "esta comunicacion",
        "este e-mail",
        "el contenido",
        "diese e-mail",
        "diese nachricht",
        "ce message",
        "ce courriel",
        "information contained",
        "notice:",
        "important:",
        "disclaimer",
        "confidential",
        "e-mails ",
        "privileged",
        "la presente comunicacion",
        "if you are not the intended",
        "si usted no es",
    };

    p = without_dashes(p);
    while (*p && !isalnum((unsigned char)*p) && (unsigned char)*p < 0x80)
        p++;
    for (size_t i = 0; i < COUNT_OF(sure); i++)
        if (strncmp(p, sure[i], strlen(sure[i])) == 0)
            return true;
    for (size_t i = 0; i < COUNT_OF(openings); i++)
        if (strncmp(p, openings[i], strlen(openings[i])) == 0)
            return count_words(p, hints, COUNT_OF(hints)) >= 3;
    return strncmp(p, "please consider the environment", 31) == 0 || strncmp(p, "antes de imprimir", 17) == 0 ||
           strncmp(p, "think before you print", 22) == 0 ||
           strncmp(p, "por favor, considere el medio ambiente", 38) == 0;
}

bool line_is_list_footer(const char *line)
{
    static const char *const words[] = {
        "mailing list",
        "virus-free",
        "libre de virus",
        "avast.com",
        "www.avg.com",
        "to unsubscribe",
        "you received this message because",
        "unsubscribe from this group",
        "has been scanned",
        "checked for viruses",
        "scanned for viruses",
        "antivirus",
        "scanned by",
        "para cancelar la suscripcion",
        "recibiste este mensaje porque",
        "mailman/listinfo",
    };

    return count_words(line, words, COUNT_OF(words)) > 0;
}

bool line_is_dash_name(const char *line)
{
    const char *s = skip_blanks(line);
    int words = 0;

    if (*s == '-')
        s += 1 + (s[1] == '-');
    else if (strncmp(s, "—", 3) == 0 || strncmp(s, "–", 3) == 0)
        s += 3;
    else
        return false;
    for (s = skip_blanks(s); *s; s = skip_blanks(s)) {
        const bool is_capital = isupper((unsigned char)*s) || (unsigned char)*s >= 0xC3;

        if (!is_capital || ++words > 3)
            return false;
        while (*s && *s != ' ') {
            if (!isalpha((unsigned char)*s) && (unsigned char)*s < 0x80 && *s != '.' && *s != '\'' && *s != '-')
                return false;
            s++;
        }
    }
    return words > 0;
}
