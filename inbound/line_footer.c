#include "inbound/line.h"

#include "base/text.h"

#include <ctype.h>

#define MOBILE_MAX_BYTES 90
#define PLACEHOLDER_MAX_BYTES 300

static const char *const disclaimer_titles[] = {
    "confidentiality notice",       "confidentiality note",    "aviso legal",
    "aviso de confidencialidad",    "legal disclaimer",        "privacy notice",
    "avis de confidentialite",      "vertraulichkeitshinweis", "nota de confidencialidad",
    "clausula de confidencialidad",
};

static const char *const disclaimer_words[] = {
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
    "rechtlich geschutzt",
    "adressat",
    "absender",
    "unbefugt",
    "vernichten",
    "nicht gestattet",
    "confidentiel",
    "par erreur",
    "destinataire",
    "detruire",
    "riservat",
    "per errore",
    "vertrouwelijk",
    "geadresseerde",
    "bestemd voor",
    "confidenciais",
    "fortrolig",
    "konfidenti",
    "poufn",
};

static const char *const disclaimer_starts[] = {
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
    "die in dieser",
    "der inhalt dieser",
    "ce message",
    "ce courriel",
    "cet e-mail",
    "les informations",
    "questo messaggio",
    "questa e-mail",
    "questa email",
    "le informazioni",
    "esta mensagem",
    "este e-mail",
    "esta mensaje",
    "dit bericht",
    "deze e-mail",
    "de informatie",
    "detta meddelande",
    "denne e-mail",
    "denne e-post",
    "la informacion contenida",
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

static const char *const print_less[] = {
    "please consider the environment",
    "antes de imprimir",
    "think before you print",
    "por favor, considere el medio ambiente",
    "think green",
    "save a tree",
    "piense en el medio ambiente",
    "bitte prufen sie der umwelt",
    "denken sie an die umwelt",
    "pensez a l'environnement",
    "avant d'imprimer",
    "prima di stampare",
    "bitte denken sie an die umwelt",
    "please do not print this",
};

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
    "wysłane z ",
    "wysłano z ",
    "elkuldve az ",
    "iphone'umdan gonderildi",
    "ipad'imden gonderildi",
    "надіслано з ",
    "надіслано із ",
    "trimis de pe ",
    "σταλθηκε απο",
    "enviat des del meu ",
    "iphoneから送信",
    "ipadから送信",
    "从我的",
    "發自我的",
    "來自我的",
    "发自我",
    "나의 ipad에서 보냄",
    "iphone에서 보냄",
    "내 iphone에서 보냄",
    "yahoo mail:",
    "yahoo mail for",
    "sent from the all new aol",
    "inviato con ",
    "inviata da ",
    "enviada do ",
    "enviado por ",
    "skickat med ",
    "sendt med ",
    "gesendet mit der ",
    "gesendet aus ",
    "mit meinem ",
    "diese nachricht wurde mit ",
    "hol dir outlook",
    "telecharger outlook",
    "ottenere outlook",
    "hamta outlook",
    "fa outlook",
    "pobierz outlook",
    "skaffa outlook",
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
    const char *s = line_skip_blanks(line), *stop;

    while (*s && strchr("-_*~<[(", *s))
        s++;
    s = line_skip_blanks(s);
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

static bool starts_with_one(const char *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strncmp(s, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

bool line_is_disclaimer(const char *p)
{
    p = line_skip_dashes(p);
    while (*p && !isalnum((unsigned char)*p) && (unsigned char)*p < 0x80)
        p++;
    return starts_with_one(p, disclaimer_titles, COUNT_OF(disclaimer_titles)) ||
           starts_with_one(p, print_less, COUNT_OF(print_less)) ||
           (starts_with_one(p, disclaimer_starts, COUNT_OF(disclaimer_starts)) &&
            count_words(p, disclaimer_words, COUNT_OF(disclaimer_words)) >= 3);
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
        "virus signature database",
        "eset nod32",
        "virus gepruft",
        "viren gepruft",
        "auf viren",
        "virenfrei",
        "sin virus",
        "analizado en busca de virus",
        "sans virus",
        "garanti sans virus",
        "privo di virus",
        "norton antivirus",
        "checked by avg",
        "mcafee",
        "protected by avast",
    };

    return count_words(line, words, COUNT_OF(words)) > 0;
}

bool line_is_dash_name(const char *line)
{
    const char *s = line_skip_blanks(line);
    int words = 0;

    if (*s == '-')
        s += 1 + (s[1] == '-');
    else if (strncmp(s, "—", 3) == 0 || strncmp(s, "–", 3) == 0)
        s += 3;
    else
        return false;
    for (s = line_skip_blanks(s); *s; s = line_skip_blanks(s)) {
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

/* "<http://…>" and "<#…>" are what is left of a picture with a link. */
bool line_is_link(const char *line)
{
    const char *s = line_skip_blanks(line);

    s += *s == '<' || *s == '[';
    return (strncmp(s, "http://", 7) == 0 || strncmp(s, "https://", 8) == 0 || strncmp(s, "www.", 4) == 0 ||
            *s == '#') &&
           !strchr(s, ' ');
}

bool line_is_address(const char *line)
{
    const char *s = line_skip_blanks(line), *at = strchr(s, '@');

    return at && at > s && strchr(at, '.') && !strpbrk(s, " \t,;") && !strchr(at + 1, '@');
}

/* The bytes of "[image: IMG_1.jpg]", "[cid:…]", "[inline image]", "<image001.png>" at s; 0 for none. */
static size_t placeholder_at(const char *s)
{
    static const char *const starts[] = { "[image:", "[cid:",          "[inline image", "[imagen:",
                                          "[bild:",  "[bild entfernt", "[image]",       "[imagen]" };
    static const char *const types[] = { ".jpg>", ".jpeg>", ".png>", ".gif>", ".heic>" };
    const size_t max = *s == '[' || *s == '<' ? strnlen(s, PLACEHOLDER_MAX_BYTES) : 0;
    const char *end = max ? memchr(s, *s == '[' ? ']' : '>', max) : NULL;
    const size_t n = end && !memchr(s, '\n', (size_t)(end - s)) ? (size_t)(end - s) : 0;

    if (!n)
        return 0;
    for (size_t i = 0; *s == '[' && i < COUNT_OF(starts); i++)
        if (text_starts(s, starts[i]))
            return n + 1;
    for (size_t i = 0; *s == '<' && i < COUNT_OF(types); i++)
        if (n + 1 > strlen(types[i]) && strncasecmp(s + n + 1 - strlen(types[i]), types[i], strlen(types[i])) == 0 &&
            !memmem(s, n, "://", 3))
            return n + 1;
    return 0;
}

bool line_is_placeholder(const char *line)
{
    const char *s = line_skip_blanks(line);
    size_t n;

    if (!*s)
        return false;
    while ((n = placeholder_at(s)) > 0)
        s = line_skip_blanks(s + n);
    return !*s;
}

const char *line_without_placeholders(const char *text, struct arena *mem)
{
    const char *next = strpbrk(text, "[<");
    char *out, *to;

    if (!next)
        return text;
    to = out = arena_strdup(mem, text);
    for (const char *s = text; *s;) {
        const size_t n = placeholder_at(s);

        if (n) {
            s += n;
            while (to > out && to[-1] == ' ' && (*s == ' ' || *s == '\n' || !*s))
                to--;
        } else {
            *to++ = *s++;
        }
    }
    *to = '\0';
    return out;
}
