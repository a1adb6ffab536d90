#include "inbound/report.h"

#include "base/text.h"

#include <ctype.h>

static bool has_any(const char *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(s, words[i]))
            return true;
    return false;
}

bool report_text_says_undelivered(const char *s)
{
    static const char *const words[] = {
        "undeliver",
        "delivery status notification",
        "delivery failure",
        "returned mail",
        "failure notice",
        "delivery failed",
        "mail delivery fail",
        "could not be delivered",
        "couldn't be delivered",
        "was not delivered",
        "wasn't delivered",
        "not be able to deliver",
        "unable to deliver",
        "delivery has failed",
        "did not reach",
        "non-delivery",
        "nondeliverable",
        "delivery error",
        "permanent error",
        "permanent fatal error",
        "delivery to the following recipient",
        "message not delivered",
        "mail system error",
        "returned to sender",
        "delivery report",
        "rejected your message",
        "no se pudo entregar",
        "no se ha podido entregar",
        "no se puede entregar",
        "no entregado",
        "non remis",
        "unzustellbar",
        "konnte nicht zugestellt",
        "mancato recapito",
        "could not deliver",
        "can not be delivered",
        "cannot be delivered",
        "message could not be",
        "user unknown",
        "bounced",
        "failed permanently",
        "message blocked",
        "error de entrega",
        "devolucion de correo",
        "nao entregue",
        "delivery problem",
        "address not found",
        "mail failure",
        "transaction failed",
        "non e stato consegnato",
        "mancata consegna",
        "impossibile recapitare",
        "impossibile consegnare",
        "n'a pas pu etre remis",
        "n'a pas pu etre distribue",
        "n'a pas pu etre livre",
        "n'est pas parvenu",
        "echec de la remise",
        "non distribue",
        "nicht zugestellt werden",
        "nicht zustellbar",
        "hat einige oder alle empfanger nicht erreicht",
        "zustellung fehlgeschlagen",
        "no ha podido ser entregado",
        "no pudo ser entregado",
        "no fue entregado",
        "fallo en la entrega",
        "fallo en entrega",
        "fallo de entrega",
        "nao pode ser entregue",
        "nao foi entregue",
        "nao foi possivel entregar",
        "falha na entrega",
        "niet worden afgeleverd",
        "niet bezorgd",
        "onbestelbaar",
        "nie zostala dostarczona",
        "nie mozna dostarczyc",
        "niedostarczon",
        "kunde inte levereras",
        "kunne ikke leveres",
        "nedorucitel",
        "nebylo mozne dorucit",
        "kezbesithetetlen",
        "nu a putut fi livrat",
        "teslim edilemedi",
        "iletilemedi",
        "не доставлено",
        "не может быть доставлено",
        "не удалось доставить",
        "не вдалося доставити",
        "配信不能",
        "配信てきません",
        "送信てきませんてした",
        "届けることかてきません",
        "投递失败",
        "无法投递",
        "退信",
        "未送达",
        "未送達",
        "邮件失败",
        "传递失败",
        "發送失敗",
        "teslim edilemiyor",
        "olevererbar",
        "kan inte levereras",
        "kan ikke leveres",
        "ei voitu toimittaa",
        "ei onnistunut",
        "δεν ειναι δυνατη η παραδοση",
        "недоставлен",
        "сбой доставки",
        "не доставлен",
        "無法傳遞",
        "无法送达",
        "배달되지",
        "전송 실패",
        "전송하지 못",
    };

    return has_any(s, words, COUNT_OF(words));
}

bool report_text_warns(const char *s)
{
    static const char *const words[] = {
        "temporary failure report",  "is delayed for more than",        "has not yet been delivered",
        "this is a warning only",    "do not need to resend",           "do not need to re-send",
        "will continue to be tried", "delivery attempts will continue", "wird weiterhin versucht",
        "noch nicht zugestellt",     "aun no se ha entregado",          "todavia no se ha entregado",
        "n'a pas encore ete remis",  "non e stato ancora consegnato",   "ainda nao foi entregue",
        "nog niet bezorgd",
    };

    return has_any(s, words, COUNT_OF(words));
}

bool report_text_says_delayed(const char *s)
{
    static const char *const words[] = {
        "delayed",
        "(delay)",
        "warning: message",
        "delivery delay",
        "still being retried",
        "warning: could not send",
        "retraso",
        "retrasad",
        "verzogert",
        "will be retried",
        "retarde",
        "ritardat",
        "atrasad",
        "vertraagd",
    };

    return has_any(s, words, COUNT_OF(words));
}

static size_t digits(const char *s)
{
    size_t n = 0;

    while (isdigit((unsigned char)s[n]))
        n++;
    return n;
}

/* The length of "5.1.1" at s, 0 for none. */
static size_t status_length(const char *s)
{
    size_t a, b;

    if ((*s != '2' && *s != '4' && *s != '5') || s[1] != '.')
        return 0;
    a = digits(s + 2);
    if (!a || a > 3 || s[2 + a] != '.')
        return 0;
    b = digits(s + 3 + a);
    if (!b || b > 3 || s[3 + a + b] == '.')
        return 0;
    return 3 + a + b;
}

const char *report_status_in(const char *text, struct arena *mem)
{
    for (const char *p = text; *p; p++) {
        const bool is_start = p == text || (!isalnum((unsigned char)p[-1]) && p[-1] != '.');
        const size_t n = is_start ? status_length(p) : 0;

        if (n && !isdigit((unsigned char)p[n]))
            return arena_strndup(mem, p, n);
    }
    for (const char *p = text; *p; p++) {
        const bool is_start = p == text || strchr(" \t\n:;(<[#", p[-1]);

        if (is_start && (*p == '4' || *p == '5') && digits(p) == 3 && strchr(" -:)>\n", p[3]) && p[1] <= '7')
            return arena_printf(mem, "%c.0.0", *p);
    }
    return "";
}

/* ---- recipients in text for people ---- */

/* What introduces the copy of our own letter, in which nothing is news. */
static bool is_end_of_report(const char *folded)
{
    static const char *const words[] = {
        "below this line is a copy",
        "copy of the message",
        "copy of your message",
        "original message follows",
        "----- original message",
        "message headers follow",
        "--- the header of the original",
        "------ original message",
        "returned message",
        "your original message",
        "original message headers",
        "original message header",
        "unsent message",
        "message header",
        "the original message",
        "included below",
        "mensaje original",
        "encabezados del mensaje",
        "nachrichtenkopf",
        "ursprungliche nachricht",
        "en-tetes de message",
        "message original",
        "intestazioni",
        "----- returned",
    };

    while (*folded == ' ' || *folded == '>')
        folded++;
    return text_starts(folded, "return-path:") || text_starts(folded, "received: from") ||
           has_any(folded, words, COUNT_OF(words));
}

static bool is_address_char(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-/=?^_`{|}~.@", c));
}

/* Lines that name the reporting system or the sender, not the one who did not get it. */
static bool is_other_address(const char *line, const char *address)
{
    static const char *const names[] = { "mailer-daemon@", "postmaster@", "abuse@", "support@" };
    static const char *const starts[] = { "from:",   "reply-to:",    "return-path:", "message-id:",
                                          "sender:", "cc:",          "received:",    "reporting-mta",
                                          "x-",      "in-reply-to:", "references:" };

    while (*line == ' ' || *line == '\t')
        line++;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_starts(address, names[i]))
            return true;
    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (text_starts(line, starts[i]))
            return true;
    return false;
}

/* The address that stands between line and end, at *ret_at; NULL when there is none or it is somebody else's. */
static const char *address_at(const char *line, const char *at, struct arena *mem, const char **ret_at,
                              const char **ret_end)
{
    const char *from = at, *end = at + 1;
    struct err err;
    char *address;

    while (from > line && is_address_char(from[-1]))
        from--;
    while (is_address_char(*end) && *end != '@')
        end++;
    *ret_end = end;
    while (end > at && strchr(".'-=", end[-1]))
        end--;
    while (from < at && strchr("'=", *from))
        from++;
    *ret_at = from;
    if (from == at || !memchr(at, '.', (size_t)(end - at)) ||
        text_address_in(arena_strndup(mem, from, (size_t)(end - from)), mem, &address, &err) ||
        is_other_address(line, address))
        return NULL;
    return address;
}

/* The first address of a line; ret_is_first tells that nothing stands before it but marks, bullets and "To:". */
static const char *address_in(const char *line, struct arena *mem, bool *ret_is_first)
{
    const char *start = line + strspn(line, " \t<[(*-\"'>"), *from, *end;

    if (text_starts(start, "to:") || text_starts(start, "rcpt to:"))
        start += strcspn(start, ":") + 1 + strspn(start + strcspn(start, ":") + 1, " \t<");
    for (const char *at = strchr(line, '@'); at; at = strchr(end, '@')) {
        const char *address = address_at(line, at, mem, &from, &end);

        *ret_is_first = from <= start;
        if (address)
            return address;
    }
    return NULL;
}

/* The report's own address is where our letter came from. */
static bool is_ours(const struct letter *letter, const char *address)
{
    for (size_t i = 0; i < letter->recipient_count; i++)
        if (strcmp(letter->recipients[i].address, address) == 0)
            return true;
    return strcmp(letter->from, address) == 0;
}

/* An address that begins a part of the report, and where that ends. */
struct found {
    const char *address, *at, *end;
};

static size_t find_addresses(const char *text, const struct letter *letter, struct arena *mem, struct found *found,
                             size_t max)
{
    const char *line;
    size_t n, count = 0;

    while (text_next_line(&text, &line, &n)) {
        const char *copy = arena_strndup(mem, line, n);
        bool is_first = false, is_again = false;
        const char *address = address_in(copy, mem, &is_first);

        if (!address || is_ours(letter, address) || (count && !is_first))
            continue;
        for (size_t i = 0; i < count; i++)
            is_again |= strcmp(found[i].address, address) == 0;
        if (is_again || count == max)
            continue;
        if (count)
            found[count - 1].end = line;
        found[count++] = (struct found){ .address = address, .at = line, .end = text };
    }
    if (count)
        found[count - 1].end = text;
    return count;
}

bool report_text_gave_up(const char *words)
{
    static const char *const final[] = { "permanent error",    "given up",        "giving up",   "not going to try",
                                         "permanently",        "permanent fatal", "fatal error", "will not be retried",
                                         "no further attempts" };

    return has_any(words, final, COUNT_OF(final));
}

char *report_text_part(const char *body, struct arena *mem)
{
    const char *rest = arena_strndup(mem, body, strnlen(body, REPORT_TEXT_MAX_BYTES)), *whole = rest, *line;
    size_t n;
    bool has_words = false;

    while (text_next_line(&rest, &line, &n)) {
        if (has_words && is_end_of_report(text_fold_plain(mem, arena_strndup(mem, line, n))))
            return arena_strndup(mem, whole, (size_t)(line - whole));
        has_words |= memchr(line, '@', n) != NULL;
    }
    return arena_strdup(mem, whole);
}

size_t report_read_text(const char *body, const struct letter *letter, struct arena *mem, struct letter_report *reports,
                        size_t max)
{
    const char *whole = report_text_part(body, mem), *whole_words = report_words(whole, mem);
    struct found *found = ARENA_ARRAY(mem, max + 1, struct found);
    const size_t count = find_addresses(whole, letter, mem, found, max);
    const bool is_final = report_text_gave_up(whole_words);

    for (size_t i = 0; i < count; i++) {
        const char *near = arena_strndup(mem, found[i].at, (size_t)(found[i].end - found[i].at));
        const char *status = report_status_in(near, mem);
        struct letter_report *r = &reports[i];

        if (!*status)
            status = report_status_in(whole, mem);
        *r = (struct letter_report){ .recipient = found[i].address,
                                     .action = *status == '4' && !is_final ? LETTER_DELAYED : LETTER_FAILED,
                                     .status = status };
        r->why = report_class(LETTER_FAILED, status, report_words(near, mem));
        if (r->why == LETTER_CLASS_UNKNOWN)
            r->why = report_class(LETTER_FAILED, status, whole_words);
    }
    return count;
}
