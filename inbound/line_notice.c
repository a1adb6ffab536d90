#include "inbound/line.h"

#include <ctype.h>

int line_count_words(const char *s, const char *const *words, size_t n)
{
    int hits = 0;

    for (size_t i = 0; i < n; i++)
        hits += strstr(s, words[i]) != NULL;
    return hits;
}

bool line_starts_with_one(const char *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (line_starts_with(s, words[i]))
            return true;
    return false;
}

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
    "destinatari",
    "confidencial",
    "no autorizad",
    "hipaa",
    "protected health information",
    "vertraulich",
    "irrtumlich",
    "rechtlich geschutzt",
    "adressat",
    "unbefugt",
    "nicht gestattet",
    "confidentiel",
    "destinataire",
    "riservat",
    "vertrouwelijk",
    "geadresseerde",
    "bestemd voor",
    "confidenciais",
    "fortrolig",
    "konfidenti",
    "poufn",
    "privilegiad",
    "privilegiat",
    "riservata al",
    "uso esclusivo",
    "duvern",
    "gizli",
    "luottamuksell",
    "bizalmas",
    "confidentiale",
    "конфиденциальн",
    "конфіденційн",
    "предназначен",
    "получател",
    "адресат",
    "보안",
    "기밀",
    "수신인",
    "机密",
    "保密",
    "收件人",
    "機密",
    "受信者",
    "宛先",
};

/* People write these too, of what they sent by mistake. */
static const char *const disclaimer_asides[] = {
    "in error",   "delete",     "attachments", "por error",  "prohibid", "copia",     "par erreur",
    "per errore", "detruire",   "vernichten",  "absender",   "reliance", "divulga",   "by mistake",
    "avisar",     "por engano", "remetente",   "apag",       "afzender", "vernietig", "bijlage",
    "eliminarlo", "eliminar",   "mittente",    "expediteur", "piec",     "afsender",  "avsandar",
    "avsender",   "nadawc",     "usun",        "omylem",     "odesilat", "silin",     "gonderen",
    "ошибочно",   "удалит",     "отправител",  "误",         "删除",     "刪除",      "誤",
    "削除",       "破棄",       "삭제",        "발신인",     "pielikum", "tevedes",   "poista",
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
    "ai sensi d",
    "il contenuto",
    "il presente messaggio",
    "la presente e-mail",
    "la presente comunicazione",
    "as informacoes",
    "o conteudo",
    "a informacao",
    "em conformidade",
    "de conformidad",
    "en cumplimiento",
    "conforme a",
    "conforme o",
    "in accordance with",
    "pursuant to",
    "dieses e-mail",
    "diese mail",
    "cette communication",
    "le contenu de",
    "den har",
    "dette meddelelse",
    "denne melding",
    "wiadomosc ta",
    "ta wiadomosc",
    "niniejsza wiadomosc",
    "tresc tej",
    "tato zprava",
    "tento e-mail",
    "obsah teto",
    "bu e-posta",
    "bu mesaj",
    "tama viesti",
    "tama sahkoposti",
    "ez az uzenet",
    "az uzenet",
    "acest mesaj",
    "настоящее сообщение",
    "настоящее электронное",
    "данное сообщение",
    "это сообщение",
    "это электронное",
    "це повідомлення",
    "本邮件",
    "此邮件",
    "本郵件",
    "本メール",
    "このメール",
    "本 메일",
    "본 메일",
    "이 메일",
    "if you are not the intended",
    "si usted no es",
};

static const char *const print_less[] = {
    "please consider the environment",
    "antes de imprimir",
    "think before you print.",
    "think before you print!",
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
    "please do not print this e",
};

/* The title alone, or with words of law behind it. */
static bool is_title(const char *p)
{
    for (size_t i = 0; i < COUNT_OF(disclaimer_titles); i++) {
        const size_t n = strlen(disclaimer_titles[i]);

        if (line_starts_with(p, disclaimer_titles[i]))
            return !p[n + strspn(p + n, " :.-*_")] || p[n] == ':' || p[n] == '*' ||
                   line_count_words(p + n, disclaimer_words, COUNT_OF(disclaimer_words));
    }
    return false;
}

static bool reads_like_law(const char *p, bool is_below_rule)
{
    const int sure = line_count_words(p, disclaimer_words, COUNT_OF(disclaimer_words));
    const int asides = line_count_words(p, disclaimer_asides, COUNT_OF(disclaimer_asides));

    return (sure >= 2 && sure + asides >= 3) || (sure && sure + asides >= (is_below_rule ? 3 : 4));
}

bool line_is_disclaimer(const char *p, bool is_below_rule)
{
    p = line_skip_dashes(p);
    while (*p && !isalnum((unsigned char)*p) && (unsigned char)*p < 0x80)
        p++;
    if (strstr(p, "notified by") && (strstr(p, "mailtrack") || strstr(p, "mailsuite"))) /* trackers of openings */
        return true;
    return is_title(p) || line_starts_with_one(p, print_less, COUNT_OF(print_less)) ||
           (line_starts_with_one(p, disclaimer_starts, COUNT_OF(disclaimer_starts)) &&
            reads_like_law(p, is_below_rule));
}

/* Scanners say what they looked at; who writes of a scan or of a program that blocked the digest does not begin so. */
static bool is_of_a_scanner(const char *line)
{
    static const char *const starts[] = {
        "this e",          "this m",       "this incoming", "this outgoing", "scanned ",      "checked ",
        "outgoing ",       "incoming ",    "no virus",      "el mensaje",    "este mensaje",  "este correo",
        "este e",          "diese ",       "ce m",          "ce courriel",   "cet e",         "questa e",
        "questo mess",     "dit bericht",  "deze e",        "esta mensagem", "virus scanned", "the message",
        "message scanned", "mail scanned", "la mensaje",    "email scanned", "e-mail scanned"
    };
    static const char *const words[] = {
        "has been scanned", "checked for viruses", "scanned for viruses", "antivirus",
        "anti-virus",       "scanned by",          "virus gepruft",       "viren gepruft",
        "auf viren",        "virenfrei",           "sin virus",           "analizado en busca de virus",
        "sans virus",       "privo di virus",      "virus scan",          "mcafee",
        "checked by av",    "checked by eset",     "checked by kasp",     "norton"
    };

    line = line_skip_dashes(line);
    return line_starts_with_one(line, starts, COUNT_OF(starts)) && line_count_words(line, words, COUNT_OF(words));
}

/* What tells a footer of a list from somebody who wants to leave one: it says how. */
static bool is_of_a_list(const char *line)
{
    static const char *const starts[] = { "to unsubscribe",
                                          "you received this message because",
                                          "you are receiving this",
                                          "para cancelar la suscripcion",
                                          "recibiste este mensaje porque",
                                          "unsubscribe from this group" };
    static const char *const hows[] = { "http",   "@",     "send ", "click", "visit", "email",
                                        "e-mail", "group", "grupo", "list",  "envia", "visita" };

    line = line_skip_dashes(line);
    return line_starts_with_one(line, starts, COUNT_OF(starts)) && line_count_words(line, hows, COUNT_OF(hows));
}

bool line_is_list_footer(const char *line)
{
    static const char *const words[] = {
        "virus-free. ",
        "virus-free.www",
        "libre de virus",
        "avast.com",
        "www.avg.com",
        "mailman/listinfo",
        "virus signature database",
        "eset nod32",
        "garanti sans virus",
        "protected by avast",
        "unsubscribe from this group and stop",
    };

    return line_count_words(line, words, COUNT_OF(words)) > 0 || is_of_a_scanner(line) || is_of_a_list(line);
}

bool line_names_list(const char *line)
{
    static const char end[] = "mailing list";
    size_t n = strlen(line);

    while (n && line[n - 1] == ' ')
        n--;
    return n >= sizeof end - 1 && memcmp(line + n - (sizeof end - 1), end, sizeof end - 1) == 0;
}

bool line_is_banner(const char *line)
{
    static const char *const words[] = {
        "originated from outside", "originated outside",  "sent from outside",     "from outside of",
        "external sender",         "external email",      "external e-mail",       "outside of your organi",
        "outside the organi",      "outside your organi", "don't often get email", "don’t often get email",
        "se origino fuera",        "proviene de fuera",   "remitente externo",     "correo externo",
        "exterieur de l'organi",   "exterieur de votre",  "expediteur externe",    "ausserhalb der organi",
        "ausserhalb ihrer organi", "ausserhalb unserer",  "externen absender",     "externer absender",
        "mittente esterno",        "remetente externo",   "externe afzender",
    };
    static const char *const starts[] = {
        "caution",    "external", "[external]", "warning",  "this e",     "this m",   "you don",     "some people",
        "precaucion", "aviso",    "atencion",   "achtung",  "attention",  "vorsicht", "este ",       "diese ",
        "ce m",       "cet e",    "attenzione", "let op",   "be careful", "alert",    "advertencia", "cuidado",
        "notice",     "*caution", "⚠",          "security", "hinweis",
    };

    line = line_skip_dashes(line);
    line += strspn(line, "[!(");
    return line_starts_with_one(line, starts, COUNT_OF(starts)) && line_count_words(line, words, COUNT_OF(words));
}

bool line_goes_on_banner(const char *line)
{
    static const char *const words[] = {
        "click",   "links", "attachments",   "recogni", "phish", "learnaboutsender", "enlaces", "archivos adjuntos",
        "anhange", "liens", "pieces jointes"
    };

    return line_count_words(line, words, COUNT_OF(words)) > 0;
}
