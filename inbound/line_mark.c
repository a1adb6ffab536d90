#include "inbound/line.h"

#include "base/text.h"

#define INITIALS_MAX 4
#define TITLED_DASHES 4
#define TITLED_MAX_BYTES 80
#define NBSP "&nbsp;" /* QQ Mail writes it into plain text */

static size_t strip_rule(const char **s, size_t n)
{
    const size_t k = strlen(NBSP);

    for (size_t step; n; *s += step, n -= step) {
        step = strchr("-_=*> \t", **s) ? 1 : n >= k && strncmp(*s, NBSP, k) == 0 ? k : 0;
        if (!step)
            break;
    }
    for (size_t step; n; n -= step) {
        step = strchr("-_=*< \t:", (*s)[n - 1]) ? 1 : n >= k && strncmp(*s + n - k, NBSP, k) == 0 ? k : 0;
        if (!step)
            break;
    }
    return n;
}

/* Samsung's plain text goes on behind the mark: "-------- Original message --------From: Rosa Date: …" */
static size_t mark_length(const char *line)
{
    const char *s = line_skip_blanks(line), *end = s + strspn(s, "-");
    const char *second = end > s + 3 ? strstr(end, "----") : NULL, *more = second ? second + strspn(second, "-") : NULL;

    return more && strchr(more, ':') ? (size_t)(more - line) : strlen(line);
}

static bool has_dashes(const char *line)
{
    const char *s = line_skip_blanks(line);

    return strncmp(s, "--", 2) == 0 || strncmp(s, "__", 2) == 0 || strncmp(s, "==", 2) == 0;
}

static bool is_mark(const char *line, const char *const *words, size_t count)
{
    const char *s = line;
    const size_t n = strip_rule(&s, mark_length(line));

    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0)
            return true;
    return false;
}

bool line_is_original_words(const char *line)
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
        "元のメッセーシ",
        "원본 메시지",
        "originele bericht",
        "original e-mail",
        "reply message",
        "correo original",
        "original email",
        "replied message",
        "urspr. nachricht",
        "ursprunglig meddelelse",
        "mensaje recibido",
        "mensagem recebida",
        "opprinnelig e-post",
        "izvorna poruka",
        "izvirno sporocilo",
        "pranesimas",
        "mesaj original",
        "mesajul original",
        "αρχικο μηνυμα",
        "puvodni e-mail",
        "оригинальное сообщение",
        "вихідне повідомлення",
        "原始消息",
        "原文",
        "original nachricht",
        "missatge original",
        "mail original",
        "원본 메일",
    };

    return is_mark(line, words, COUNT_OF(words));
}

bool line_is_original_mark(const char *line)
{
    return has_dashes(line) && line_is_original_words(line);
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
        "転送メッセーシ",         "пересылаемое сообщение",
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
        if (text_equals(line_skip_blanks(line), begin[i]))
            return true;
    return has_dashes(line) && is_mark(line, words, COUNT_OF(words));
}

bool line_is_signature_mark(const char *line)
{
    return strcmp(line, "--") == 0 || strcmp(line, "-- ") == 0;
}

bool line_is_long_dash(const char *line)
{
    static const char *const dashes[] = { "—", "–", "——", "―" };
    const char *s = line_skip_blanks(line);
    size_t n = strlen(s);

    while (n && s[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < COUNT_OF(dashes); i++)
        if (strlen(dashes[i]) == n && memcmp(dashes[i], s, n) == 0)
            return true;
    return false;
}

size_t line_odd_mark(const char *line)
{
    const char *s = line_skip_blanks(line);
    size_t n = 0;

    if (*s == '|')
        return (size_t)(s - line) + 1;
    while (n < INITIALS_MAX && s[n] >= 'A' && s[n] <= 'Z')
        n++;
    return n && s[n] == '>' ? (size_t)(s - line) + n + strspn(s + n, "> ") : 0;
}

bool line_is_rule(const char *line)
{
    const char *s = line_skip_blanks(line);
    const size_t n = strlen(s);

    if (n < 5 || !strchr("-_=*", *s))
        return false;
    for (size_t i = 0; i < n; i++)
        if (s[i] != *s && s[i] != ' ')
            return false;
    return true;
}

bool line_is_titled_rule(const char *line)
{
    const char *s = line_skip_blanks(line);
    size_t n = strlen(s);

    while (n && s[n - 1] == ' ')
        n--;
    return n > 2 * TITLED_DASHES && n <= TITLED_MAX_BYTES && strspn(s, "-") >= TITLED_DASHES && s[n - 1] == '-' &&
           strspn(s + n - TITLED_DASHES, "-") >= TITLED_DASHES;
}

static bool is_rule_run(const char *s)
{
    const size_t n = strspn(s, "_");
    const size_t m = n ? n : strspn(s, "-");

    return m >= 5;
}

bool line_has_rule(const char *line)
{
    const char *s = line_skip_blanks(line);
    const size_t n = strlen(s);

    return is_rule_run(s) || (n > 5 && is_rule_run(s + n - 5));
}
