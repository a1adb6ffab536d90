#include "inbound/line.h"

#include <string.h>

#define FIELD_NAME_MAX_BYTES 40
#define FIELDS_MIN 3
#define FIELDS_MAX 8

static bool is_in(const char *needle_set[], size_t n, const char *s, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (*needle_set[i] == *s && strlen(needle_set[i]) == len && memcmp(needle_set[i], s, len) == 0)
            return true;
    return false;
}

/* The keys of a header block, in the languages of the mail programs that write it into the text. */
enum key { KEY_NONE, KEY_FROM, KEY_DATE, KEY_TO, KEY_CC, KEY_SUBJECT, KEY_OTHER };

static const char *froms[] = { "from",      "de",       "von",       "van",       "da",        "fra",    "fran",
                               "od",        "nadawca",  "kimden",    "gonderen",  "от",        "від",    "发件人",
                               "寄件者",    "差出人",   "보낸 사람", "보낸사람",  "lahettaja", "felado", "expediteur",
                               "remitente", "mittente", "απο",       "מאת",       "من",        "送信者", "送信元",
                               "寄件人",    "od kogo",  "발신",      "발신자",    "lahettaja", "de la",  "remetente",
                               "afzender",  "absender", "avsender",  "avsandare", "afsender",  "nuo" };
static const char *dates[] = { "sent",           "date",          "enviado",       "enviado el",    "fecha",
                               "gesendet",       "datum",         "envoye",        "envoye le",     "verzonden",
                               "inviato",        "data",          "enviada",       "enviada em",    "enviado em",
                               "skickat",        "sendt",         "dato",          "wyslano",       "odeslano",
                               "отправлено",     "дата",          "发送时间",      "日期",          "送信日時",
                               "日時",           "tarih",         "gonderildi",    "lahetetty",     "pvm",
                               "elkuldve",       "보낸 날짜",     "날짜",          "寄件日期",      "sent at",
                               "date sent",      "enviado a las", "надіслано",     "data wyslania", "gesendet am",
                               "wysłano",        "wysłane",       "data wysłania", "envoye a",      "送信時刻",
                               "寄件時間",       "傳送日期",      "发件时间",      "发送日期",      "kuldve",
                               "datum odeslani", "trimis",        "sendt dato",    "enviat",        "ημερομηνια",
                               "sent on",        "σταλθηκε",      "απεσταλη" };
static const char *tos[] = {
    "to",      "para",         "an",           "a",         "aan",       "till",           "til",    "do",
    "komu",    "кому",         "收件人",       "宛先",      "받는 사람", "받는사람",       "kime",   "vastaanottaja",
    "cimzett", "destinatario", "destinataire", "pour",      "adresat",   "收件者",         "宛先人", "受信者",
    "catre",   "προσ",         "empfanger",    "mottagare", "modtager",  "vastaanottajat", "кому:"
};
static const char *ccs[] = { "cc",    "kopie", "cci",  "copia", "kopi", "bcc",
                             "копия", "抄送",  "副本", "dw",    "cc:",  "temat dw" };
static const char *subjects[] = { "subject", "asunto", "betreff", "objet",   "oggetto",  "assunto", "onderwerp",
                                  "amne",    "emne",   "temat",   "predmet", "тема",     "主题",    "主旨",
                                  "件名",    "제목",   "konu",    "aihe",    "targy",    "sujet",   "θεμα",
                                  "主題",    "标题",   "subiect", "vec",     "predmeta", "assumpte" };
static const char *others[] = { "reply-to",    "responder a", "importance",   "importancia",
                                "attachments", "prioritat",   "organization", "priority",
                                "wichtigkeit", "reply to",    "mailing list", "resent-date",
                                "resent-from", "message-id",  "adjuntos",     "anlagen" };

static enum key key_of(const char *line)
{
    const char *colon;
    size_t n;

    while (*line == ' ' || *line == '*' || *line == '|' || *line == '\t' || *line == '>')
        line++;
    colon = strchr(line, ':');
    if (!colon)
        return KEY_NONE;
    n = (size_t)(colon - line);
    while (n && (line[n - 1] == ' ' || line[n - 1] == '*' || line[n - 1] == '\t'))
        n--;
    if (is_in(froms, COUNT_OF(froms), line, n))
        return KEY_FROM;
    if (is_in(dates, COUNT_OF(dates), line, n))
        return KEY_DATE;
    if (is_in(tos, COUNT_OF(tos), line, n))
        return KEY_TO;
    if (is_in(ccs, COUNT_OF(ccs), line, n))
        return KEY_CC;
    if (is_in(subjects, COUNT_OF(subjects), line, n))
        return KEY_SUBJECT;
    return is_in(others, COUNT_OF(others), line, n) ? KEY_OTHER : KEY_NONE;
}

bool line_is_field(const char *line)
{
    return key_of(line) != KEY_NONE;
}

/* "Key: value", the key of a few words without figures. */
static bool looks_like_field(const char *line)
{
    const char *s = line + strspn(line, " *|\t>"), *colon = strchr(s, ':');

    return colon && colon > s && colon - s <= FIELD_NAME_MAX_BYTES && !memchr(s, '@', (size_t)(colon - s)) &&
           !memchr(s, '/', (size_t)(colon - s)) && strcspn(s, "0123456789") > (size_t)(colon - s);
}

size_t line_titled_block(const char *const *lines, size_t count)
{
    bool has_address = false, has_figure = false;
    size_t n = 0;

    while (n < count && n < FIELDS_MAX && looks_like_field(lines[n])) {
        has_address |= strchr(lines[n], '@') != NULL;
        has_figure |= !strchr(lines[n], '@') && (line_has_time(lines[n]) || line_has_year(lines[n]));
        n++;
    }
    return n >= FIELDS_MIN && has_address && has_figure ? n : 0;
}

/* "To: … Subject: …", to be closed by "02.03.2026, Rose <…>:" */
static bool is_yandex(unsigned seen)
{
    return seen & 1u << KEY_TO && seen & 1u << KEY_SUBJECT && !(seen & 1u << KEY_FROM);
}

size_t line_header_block(const char *const *lines, size_t count)
{
    bool has_proof =
        false; /* an address, a year, an hour: people write "From: the house, To: the shop", "From: 8 to 9" */
    unsigned seen = 0;
    size_t last = 0;
    int misses = 0;

    for (size_t i = 0; i < count && i < LINE_HEADER_LINES_MAX; i++) {
        const enum key key = key_of(lines[i]);
        size_t used;

        if (is_yandex(seen) && !misses && line_attribution(lines + i, 1, &used) == LINE_STRONG) {
            seen |= 1u << KEY_FROM | 1u << KEY_DATE;
            has_proof = true;
            last = i + 1;
            break;
        }
        if (i == 0 && (key == KEY_NONE || key == KEY_OTHER || key == KEY_CC))
            return 0;
        if (key == KEY_FROM && seen && misses) /* the true block, below words of the writer that look like a field */
            break;
        if (key != KEY_NONE) {
            if (key != KEY_OTHER && key != KEY_CC && seen & 1u << key)
                break;
            seen |= 1u << key;
            has_proof |= strchr(lines[i], '@') || line_has_time(lines[i]) || line_has_year(lines[i]);
            last = i + 1;
            misses = 0;
        } else if (++misses > 3 || (line_is_blank(lines[i]) && seen & 1u << KEY_SUBJECT)) {
            break;
        }
    }
    if (!(seen & 1u << KEY_FROM) || !has_proof)
        return 0;
    seen &= 1u << KEY_DATE | 1u << KEY_TO | 1u << KEY_SUBJECT;
    return __builtin_popcount(seen) >= 2 ? last : 0;
}
