/*
 * Why a letter came back, from the server's own words. The dialects are data: rows are asked from the top, and the first that has one of
 * its phrases in the text speaks. Phrases are folded (text_fold_plain: "が" is "か", "й" is "и"), `~` stands for up to GAP_MAX bytes. A firm row wins over a precise status
 * code, a precise code over a loose row, a loose row over a general code: servers put 5.7.1, 5.1.0 and 5.0.0 on anything.
 */
#include "inbound/report.h"

#include "base/strbuf.h"
#include "base/text.h"

#include <assert.h>
#include <ctype.h>

#define PHRASE_MAX_BYTES 80 /* of all below */
#define GAP_MAX 60
#define WORDS_MAX_BYTES ((size_t)64 << 10)

struct row {
    enum letter_class why;
    const char *phrases;
};

/* Source: the texts of Postfix, Exim, qmail, Sendmail, Courier, Exchange and Microsoft 365, Gmail, Yahoo, iCloud, Comcast, GMX, mail.ru, Domino,
 * GroupWise, Barracuda, Mimecast, Proofpoint, IronPort, Amazon SES, and carriers of Japan. */
static const struct row firm[] = {
    { LETTER_CLASS_NETWORK, "too many hops|hop count|mail loop|loops back|loop detected|routing loop" },
    { LETTER_CLASS_FULL,
      "over quota|overquota|over its quota|over their quota|over the allowed quota|over the quota|quota "
      "exceeded|quotaexceeded|exceeded quota|"
      "exceeds quota|exceeded its quota|exceeded their quota|exceeded his quota|exceeded the quota|exceeded your "
      "quota|quota full|disk quota|"
      "mail quota|mailbox quota|user quota|storage quota|mailbox full|mailbox is full|mailbox for~is full|mailbox has "
      "exceeded|mailfolder is full|"
      "inbox is full|inbox~is full|account is full|full mailbox|mailbox is over|out of storage|storage limit|exceeded "
      "storage|storage space|"
      "insufficient disk|insufficient storage|no space left|not enough space|storage is full|storage full|mailbox size "
      "limit|mailbox exceeds|"
      "exceeds mailbox|overlimit|over the limit for|"
      "buzon lleno|buzon esta lleno|buzon~lleno|cuota|postfach voll|postfach ist voll|postfach~voll|kontingent|boite "
      "pleine|"
      "boite~pleine|casella piena|casella~piena|quota superata|caixa~cheia|postbus~vol|skrzynka~pelna|переполнен|"
      "メールホックスか一杯|容量|いっはい|一杯|邮箱已满|空间不足" },
    { LETTER_CLASS_MOVED, "user not local; please try|user not local, please try|has moved|have moved|recipient "
                          "moved|address has changed|address changed|"
                          "new address is|moved to|mailbox owner has changed|ha cambiado de direccion|neue adresse" },
    { LETTER_CLASS_RATE, "greylist|graylist|grey list|gray list|grey-list|too many|rate "
                         "limit|ratelimit|rate-limit|throttl|receiving mail at a rate|"
                         "receiving mail too|unusual rate|at a rate that|exceeded the max|emails per hour|messages per "
                         "hour|per hour|per minute|"
                         "daily limit|hourly limit|sending limit|sending quota|daily sending|daily user "
                         "sending|concurrent connections|too fast|too quickly|"
                         "mail flood|connection limit|user complaints|slow down|demasiados mensajes|zu viele" },
    { LETTER_CLASS_AUTH, " spf|(spf|dkim|dmarc|is unauthenticated|unauthenticated email|unauthenticated mail|sender is "
                         "not authenticated|sender id|senderid|"
                         "fails to pass authentication|authentication checks|failed authentication|email "
                         "authentication|authentication failure for sender" },
    { LETTER_CLASS_POLICY, /* about us, not about the recipient */
      "sender address rejected|sender address~rejected|sender verify|sender rejected|sender domain|sender denied|helo "
      "command rejected|"
      "client host rejected|client host~blocked|your domain|your hostname|your host|reverse dns|ptr record|no "
      "ptr|invalid sender|bad sender|"
      "blocked using|relay not permitted|relaying denied|relaying not allowed|relaying prohibited|unable to "
      "relay|relay access denied|"
      "relay denied|not permitted to relay|relaying is|authentication required|requires authentication|must be "
      "authenticated|must authenticate|"
      "sending ip|sender ip|your ip|ip address is|ip blocked|unsupported protocol" },
    { LETTER_CLASS_NO_HOST, "host unknown|unknown host|host not found|host or domain name not found|domain not "
                            "found|domainnotfound|unknown domain|no mx|"
                            "no mail exchanger|mx records point to non|null mx|nullmx|unrouteable mail "
                            "domain|unroutable mail domain|unrouteable domain|"
                            "unroutable domain|name service error|name or service not known|does not accept mail|does "
                            "not accept email|domain~does not exist|"
                            "domain~doesn't exist|domain name not found|dns domain|domain "
                            "nonexistent|domainnonexistent|domain non|nxdomain|non-existent host|"
                            "nonexistent host|non-existent domain|nonexistent domain|bad destination system|couldn't "
                            "find any host|cannot find any host|no such host|"
                            "no such domain|unable to look up|domain couldn't be found|domain could not be "
                            "found|domain wasn't found|domain was not found|"
                            "domain isn't|domain has no|el dominio~no existe|dominio~no existe|domain existiert "
                            "nicht|domaine~n'existe pas|dominio~non esiste|"
                            "dominio~nao existe|domein~bestaat niet|illegal host|host does not exist" },
    { LETTER_CLASS_NETWORK, /* of the delivery or of the connection, not of the mailbox */
      "delivery temporarily suspended|delivery is temporarily suspended|connection~terminated|session~terminated" },
    { LETTER_CLASS_SUSPENDED,
      "disabled| inactive|suspended|deactivated|account closed|account is closed|account has been closed|mailbox "
      "closed|mailbox is closed|"
      "no longer active|not active|discontinued| locked|is no longer "
      "available|no longer in use|"
      "terminated|account expired|account has expired|mailbox expired|expired account|frozen|dormant|account "
      "blocked|account is blocked|"
      "mailbox blocked|mailbox is blocked|user is blocked|not accepting messages|cuenta desactivada|desactivad|cuenta "
      "suspendida|suspendid|deshabilitad|"
      "inactiv|deaktiviert|gesperrt|desactive|disattivat|desativad|geblokkeerd|停止|заблокирован|отключен|停用" },
    { LETTER_CLASS_SIZE, "message size|too large|too big|size limit|exceeds size|size exceeds|maximum size|"
                         "message exceeds|larger than|exceeds the maximum|exceeded max|fixed maximum|size of the "
                         "message|demasiado grande|supera el tamano|zu gross|"
                         "trop volumineux|trop grand|troppo grande|muito grande|te groot|サイス" },
    { LETTER_CLASS_NO_USER,
      "user unknown|unknown user|no such user|no such recipient|no such mailbox|no such address|no such person|no such "
      "local|no such account|"
      "no user here|no user by that|recipient does not|recipient doesn't|does not exist|doesn't exist|not "
      "exist|invalid recipient|"
      "recipient unknown|recipients unknown|unknown recipient|unknown or illegal|no mailbox|mailbox "
      "unavailable|mailbox not available|mailbox not found|"
      "mailbox unknown|not a valid mailbox|not a valid user|not a valid recipient|not a valid address|invalid "
      "mailbox|invalid address|invalid user|"
      "is invalid|bad address|bad destination mailbox|recipient not "
      "found|recipientnotfound|recipnotfound|recipientnotknown|not found by smtp|"
      "user not found|account not found|address not found|addresses not found|couldn't be found|could not be "
      "found|wasn't found|was not found|"
      "not listed in|not listed|not our customer|not a customer|no customer|unknown address|address unknown|unknown "
      "local|unknown mailbox|"
      "unknown account|unknown to|unrouteable address|unroutable address|user doesn't have|user does not have|isn't a "
      "valid|is not a known user|"
      "not known here|not known at|no account|name is not recognized|name not recognized|not recognized|no longer "
      "valid|no longer with|no longer works|"
      "no longer employed|no longer accepts mail|no longer accepting mail|addressee unknown|recipient rejected|bad "
      "recipient|recipient address rejected: access "
      "denied|user is unknown|"
      "recipient is not|mail to this recipient|not a local|no local mailbox|user unavailable|mailbox does not|deleted "
      "user|"
      "no existe|desconocid|no encontrad|no se encontro|no se ha encontrado|destinatario "
      "inexistente|unbekannt|existiert nicht|nicht gefunden|"
      "kein solcher|inconnu|n'existe pas|introuvable|inesistente|sconosciuto|non esiste|non trovat|nao "
      "existe|inexistente|desconhecido|"
      "no figura en|no consta en|nicht vorhanden|nicht eingetragen|nicht aufgefuhrt|non presente n|nao consta|ne "
      "figure pas|"
      "bestaat niet|onbekend|nie istnieje|okand|finns inte|findes ikke|finnes ikke|neexistuje| yok "
      "|不存在|存在しません|存在せす|見つかりません|"
      "見つかりませんてした|宛先不明|あて先か|宛先か|не наиден|не существует|нет такого|неизвестн" },
    { LETTER_CLASS_CONTENT, "virus|malware|attachment|infected|file type|executable|trojan|illegal header|bad "
                            "header|invalid header|archivo adjunto|anhang" },
    { LETTER_CLASS_SPAM,
      "spam|unsolicited|junk mail|junk email|bulk mail|bulk email|phishing|correo no deseado|unerwunscht" },
    { LETTER_CLASS_CONTENT, "content rejected|message content|content filter|content policy|prohibited "
                            "content|forbidden content|content is not|content not|"
                            "due to content|invalid content|media not supported|conversion" },
};

static const struct row loose[] = {
    { LETTER_CLASS_POLICY,
      "policy|blocked|block list|blocklist|black list|blacklist|denied|relay|reputation|not permitted|not "
      "allowed|prohibit|rbl|dnsbl|forbidden|"
      "poor|administrative|permission|restricted|unauthorized|not "
      "authorized|authentication|banned|banlist|starttls|rejected by|refused by|"
      "rejected due|not accepted|rechazad|abgelehnt|richtlinie|refuse par|rifiutat|recusad|受信拒否|拒否" },
    { LETTER_CLASS_NETWORK, "timed out|timeout|time out|connection refused|try again|temporar|connection reset|no "
                            "route|unreachable|deferred|lost connection|retry|"
                            "expired|could not connect|unable to connect|cannot connect|conversation with|connection "
                            "dropped|network|host is down|not responding|"
                            "no response|no answer|too old|too long|dns|tls|service unavailable|service not "
                            "available|service closed|server busy|overload|"
                            "tiempo de espera|zeitub|verbindung" },
    { LETTER_CLASS_NO_USER, "recipient address rejected|address rejected|recipient~rejected" },
};

/* Codes that say it themselves: the part behind the first digit. */
static const struct {
    const char *status;
    enum letter_class why;
} precise[] = {
    { ".1.1", LETTER_CLASS_NO_USER },   { ".1.2", LETTER_CLASS_NO_HOST },  { ".1.3", LETTER_CLASS_NO_USER },
    { ".1.6", LETTER_CLASS_MOVED },     { ".1.10", LETTER_CLASS_NO_HOST }, { ".2.1", LETTER_CLASS_SUSPENDED },
    { ".2.2", LETTER_CLASS_FULL },      { ".2.3", LETTER_CLASS_SIZE },     { ".3.4", LETTER_CLASS_SIZE },
    { ".4.4", LETTER_CLASS_NO_HOST },   { ".4.6", LETTER_CLASS_NETWORK },  { ".4.7", LETTER_CLASS_NETWORK },
    { ".4.310", LETTER_CLASS_NO_HOST }, { ".5.3", LETTER_CLASS_RATE },     { ".7.17", LETTER_CLASS_MOVED },
    { ".7.20", LETTER_CLASS_AUTH },     { ".7.21", LETTER_CLASS_AUTH },    { ".7.22", LETTER_CLASS_AUTH },
    { ".7.23", LETTER_CLASS_AUTH },     { ".7.24", LETTER_CLASS_AUTH },    { ".7.26", LETTER_CLASS_AUTH },
    { ".7.28", LETTER_CLASS_RATE },     { ".7.509", LETTER_CLASS_AUTH },   { ".7.515", LETTER_CLASS_AUTH },
};
/* What a whole subject of codes is about. */
static const struct {
    const char *start;
    enum letter_class why;
} general[] = {
    { ".3.", LETTER_CLASS_NETWORK },
    { ".4.", LETTER_CLASS_NETWORK },
    { ".6.", LETTER_CLASS_CONTENT },
    { ".7.", LETTER_CLASS_POLICY },
};

/* A phrase whose pieces between `~` stand in the text one after another, near. */
static bool has_phrase(const char *text, const char *phrase, size_t n)
{
    const char *gap = memchr(phrase, '~', n);
    const size_t head = gap ? (size_t)(gap - phrase) : n, tail = gap ? n - head - 1 : 0;
    char start[PHRASE_MAX_BYTES + 1];

    assert(head <= PHRASE_MAX_BYTES);
    memcpy(start, phrase, head);
    start[head] = '\0';
    for (const char *p = text; (p = strstr(p, start)); p++) {
        if (!gap)
            return true;
        p += head;
        if (memmem(p, strnlen(p, GAP_MAX + tail), gap + 1, tail))
            return true;
    }
    return false;
}

static bool has_one_of(const char *text, const char *phrases)
{
    for (size_t n; *phrases; phrases += n + (phrases[n] == '|')) {
        n = strcspn(phrases, "|");
        if (has_phrase(text, phrases, n))
            return true;
    }
    return false;
}

static enum letter_class ask(const struct row *rows, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (has_one_of(text, rows[i].phrases))
            return rows[i].why;
    return LETTER_CLASS_UNKNOWN;
}

static enum letter_class class_of_precise(const char *status)
{
    for (size_t i = 0; *status && i < COUNT_OF(precise); i++)
        if (strcmp(status + 1, precise[i].status) == 0)
            return precise[i].why;
    return LETTER_CLASS_UNKNOWN;
}

static enum letter_class class_of_general(const char *status)
{
    for (size_t i = 0; *status && i < COUNT_OF(general); i++)
        if (strncmp(status + 1, general[i].start, strlen(general[i].start)) == 0)
            return general[i].why;
    return LETTER_CLASS_UNKNOWN;
}

/* Addresses, links and names of hosts hold words that nobody said: "spam-filter.example.org[203.0.113.8]". */
static bool is_name(const char *word, size_t n)
{
    const char *bracket = memchr(word, '[', n);

    return memchr(word, '@', n) || memmem(word, n, "://", 3) || memmem(word, n, "www.", 4) ||
           (bracket && isdigit((unsigned char)bracket[1]));
}

char *report_words(const char *text, struct arena *mem)
{
    const char *p = text_fold_plain(mem, arena_strndup(mem, text, strnlen(text, WORDS_MAX_BYTES)));
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(4 * WORDS_MAX_BYTES);

    strbuf_char(&out, ' ');
    while (*(p += strspn(p, " \t\n"))) {
        const size_t n = strcspn(p, " \t\n");

        if (!is_name(p, n)) {
            strbuf_add(&out, p, n);
            strbuf_char(&out, ' ');
        }
        p += n;
    }
    return arena_strndup(mem, strbuf_peek(&out), out.len);
}

enum letter_class report_class(enum letter_action action, const char *status, const char *words)
{
    enum letter_class why;

    if (action == LETTER_DELIVERED || action == LETTER_RELAYED || action == LETTER_EXPANDED)
        return LETTER_CLASS_OK;
    why = ask(firm, COUNT_OF(firm), words);
    /* "Name service error: Host not found, try again": nobody answered, which says nothing about the domain */
    if (why == LETTER_CLASS_NO_HOST && *status == '4' && has_one_of(words, "try again|temporar|timed out|timeout"))
        return LETTER_CLASS_NETWORK;
    if (why == LETTER_CLASS_UNKNOWN)
        why = class_of_precise(status);
    if (why == LETTER_CLASS_UNKNOWN)
        why = ask(loose, COUNT_OF(loose), words);
    return why == LETTER_CLASS_UNKNOWN ? class_of_general(status) : why;
}

bool report_class_is_about_address(enum letter_class why)
{
    return why == LETTER_CLASS_NO_USER || why == LETTER_CLASS_NO_HOST || why == LETTER_CLASS_SUSPENDED ||
           why == LETTER_CLASS_MOVED;
}
