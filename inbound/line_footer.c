#include "inbound/line.h"

#include "base/text.h"

#include <ctype.h>

#define MOBILE_MAX_BYTES 90

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

    p = line_skip_dashes(p);
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
