#include "inbound/report.h"

#include "base/text.h"

#include <ctype.h>

#define NEAR_LINES 6

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
    };

    return has_any(s, words, COUNT_OF(words));
}

bool report_text_says_delayed(const char *s)
{
    static const char *const words[] = {
        "delayed", "(delay)",  "warning: message", "delivery delay",  "still being retried", "warning: could not send",
        "retraso", "retrasad", "verzogert",        "will be retried",
    };

    return has_any(s, words, COUNT_OF(words));
}

/* Words are asked in this order: the first group that speaks names the class. */
static const struct {
    enum letter_class why;
    const char *words[24];
} classes[] = {
    { LETTER_CLASS_FULL,
      { "over quota", "mailbox full", "mailbox is full", "overquota", "quota exceeded", "exceeded storage",
        "storage limit", "out of storage", "insufficient disk", "full mailbox", "over its quota", "over the quota",
        "quota", "buzon lleno", "inbox is full", "mailfolder is full" } },
    { LETTER_CLASS_SIZE,
      { "too large", "message size", "size limit", "exceeds size", "too big", "maximum size", "exceeded max" } },
    { LETTER_CLASS_SUSPENDED,
      { "disabled", "inactive", "suspended", "deactivated", "account closed", "no longer active", "not active",
        "discontinued", "locked", "expired" } },
    { LETTER_CLASS_NO_USER,
      { "user unknown",        "unknown user",      "no such user",        "no such recipient",
        "does not exist",      "doesn't exist",     "invalid recipient",   "recipient unknown",
        "unknown recipient",   "no mailbox",        "mailbox unavailable", "mailbox not found",
        "not a valid mailbox", "address rejected",  "invalid mailbox",     "no such mailbox",
        "not found",           "unknown address",   "unknown local",       "account has been disabled",
        "recipient not found", "user doesn't have", "unrouteable address", "bad destination mailbox" } },
    { LETTER_CLASS_NO_HOST,
      { "host unknown", "host not found", "name service error", "domain not found", "unknown domain", "no mx",
        "null mx", "unrouteable mail domain", "name or service not known", "does not accept mail", "dns error",
        "nxdomain", "bad destination system" } },
    { LETTER_CLASS_SPAM, { "spam", "virus", "content rejected", "junk", "bulk mail", "malware", "message content" } },
    { LETTER_CLASS_POLICY,
      { "policy",        "dmarc",           "spf",         "dkim",           "blocked",       "blacklist",
        "blocklist",     "blacklisted",     "reputation",  "authentication", "relay",         "access denied",
        "not permitted", "unauthenticated", "not allowed", "denied",         "sender verify", "sender rejected",
        "rbl",           "forbidden",       "poor" } },
    { LETTER_CLASS_NETWORK,
      { "timed out", "timeout", "connection refused", "greylist", "try again", "rate limit", "too many", "temporarily",
        "connection reset", "no route", "unreachable", "deferred", "lost connection", "throttl", "retry" } },
};

static enum letter_class class_of_status(const char *s)
{
    static const struct {
        const char *status;
        enum letter_class why;
    } table[] = {
        { ".1.1", LETTER_CLASS_NO_USER }, { ".1.2", LETTER_CLASS_NO_HOST },  { ".1.3", LETTER_CLASS_NO_USER },
        { ".1.6", LETTER_CLASS_NO_USER }, { ".1.10", LETTER_CLASS_NO_HOST }, { ".2.1", LETTER_CLASS_SUSPENDED },
        { ".2.2", LETTER_CLASS_FULL },    { ".2.3", LETTER_CLASS_SIZE },     { ".3.4", LETTER_CLASS_SIZE },
        { ".4.4", LETTER_CLASS_NO_HOST }, { ".5.1", LETTER_CLASS_UNKNOWN },  { ".1.0", LETTER_CLASS_UNKNOWN },
    };

    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (strcmp(s + 1, table[i].status) == 0)
            return table[i].why;
    if (strncmp(s + 1, ".4.", 3) == 0)
        return LETTER_CLASS_NETWORK;
    return strncmp(s + 1, ".7.", 3) == 0 ? LETTER_CLASS_POLICY : LETTER_CLASS_UNKNOWN;
}

enum letter_class report_class(enum letter_action action, const char *status, const char *folded)
{
    enum letter_class why = *status ? class_of_status(status) : LETTER_CLASS_UNKNOWN;

    if (action == LETTER_DELIVERED || action == LETTER_RELAYED || action == LETTER_EXPANDED)
        return LETTER_CLASS_OK;
    /* A precise status wins; policy is where systems put spam and blocks, so the words may say more. */
    if (why != LETTER_CLASS_UNKNOWN && why != LETTER_CLASS_POLICY)
        return why;
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        for (size_t k = 0; k < COUNT_OF(classes[i].words) && classes[i].words[k]; k++)
            if (strstr(folded, classes[i].words[k]))
                return classes[i].why;
    return why;
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

static bool is_end_of_report(const char *folded)
{
    static const char *const words[] = {
        "below this line is a copy",
        "this is a copy of the message",
        "copy of the message",
        "original message follows",
        "----- original message",
        "message headers follow",
        "--- the header of the original",
        "------ original message",
        "returned message",
        "your original message",
        "original message headers",
        "unsent message",
        "message header",
        "the original message",
        "included below",
        "mensaje original",
        "----- message header",
        "----- returned",
    };

    return has_any(folded, words, COUNT_OF(words));
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

static const char *address_in(const char *line, struct arena *mem)
{
    for (const char *at = strchr(line, '@'); at; at = strchr(at + 1, '@')) {
        const char *from = at, *end = at + 1;
        struct err err;
        char *address;

        while (from > line && is_address_char(from[-1]))
            from--;
        while (is_address_char(*end) && *end != '@')
            end++;
        while (end > at && strchr(".'-=", end[-1]))
            end--;
        while (from < at && strchr("'=", *from))
            from++;
        if (from < at && memchr(at, '.', (size_t)(end - at)) &&
            !text_address_in(arena_strndup(mem, from, (size_t)(end - from)), mem, &address, &err) &&
            !is_other_address(line, address))
            return address;
    }
    return NULL;
}

static bool is_known(const struct letter_report *reports, size_t n, const char *address)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(reports[i].recipient, address) == 0)
            return true;
    return false;
}

/* The lines round an address, where its reason stands. */
static char *lines_after(const char *at, struct arena *mem)
{
    const char *end = at, *line;
    size_t n;

    for (int i = 0; i < NEAR_LINES && text_next_line(&end, &line, &n); i++)
        ;
    return arena_strndup(mem, at, (size_t)(end - at));
}

size_t report_read_text(const char *body, struct arena *mem, struct letter_report *reports, size_t max)
{
    const char *rest = arena_strndup(mem, body, strnlen(body, 65536)), *whole = rest, *line;
    size_t n, count = 0;

    while (count < max && text_next_line(&rest, &line, &n)) {
        const char *text = arena_strndup(mem, line, n), *address = address_in(text, mem), *near, *status;

        if (is_end_of_report(text_fold_plain(mem, text)) && count)
            break;
        if (!address || is_known(reports, count, address))
            continue;
        near = lines_after(line, mem);
        status = report_status_in(near, mem);
        if (!*status)
            status = report_status_in(whole, mem);
        reports[count++] =
            (struct letter_report){ .recipient = address,
                                    .action = *status == '4' ? LETTER_DELAYED : LETTER_FAILED,
                                    .status = status,
                                    .why = report_class(LETTER_FAILED, status, text_fold_plain(mem, near)) };
    }
    return count;
}
