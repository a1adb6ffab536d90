#include "inbound/line.h"

#include "base/text.h"

#include <ctype.h>

#define MOBILE_MAX_BYTES 90
#define DEVICE_MAX_BYTES 60
#define PLACEHOLDER_MAX_BYTES 300

static const char *const mobile_starts[] = {
    "sent from mail for",
    "sent from yahoo",
    "sent from outlook",
    "sent from samsung",
    "sent from gmail",
    "get outlook for",
    "download outlook for",
    "download outlook voor",
    "sent from aol",
    "sent from proton",
    "sent from xfinity",
    "obtener outlook para",
    "obten outlook para",
    "consiga outlook para",
    "obter o outlook para",
    "envoye de yahoo",
    "telechargez outlook",
    "obtenir outlook",
    "holen sie sich outlook",
    "diese nachricht wurde von meinem ",
    "scarica outlook",
    "ottieni outlook",
    "elkuldve az ",
    "iphone'umdan gonderildi",
    "ipad'imden gonderildi",
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
    "diese nachricht wurde mit ",
    "hol dir outlook",
    "telecharger outlook",
    "ottenere outlook",
    "hamta outlook",
    "pobierz outlook",
    "skaffa outlook",
    "iphone'dan gonderildi",
    "iphone から送信",
    "從我的 iphone 傳送",
    "发自我的",
    "나의 iphone에서 보냄",
    "get bluemail for",
    "get typeapp for",
    "iphone’dan gonderildi",
    "hent outlook",
    "uzyskaj aplikacje outlook",
    "pobierz aplikacje outlook",
    "lataa outlook",
    "stahnout outlook",
    "ziskat outlook",
    "ziskejte outlook",
    "android icin outlook",
    "ios icin outlook",
    "descargar outlook",
    "descarga outlook",
    "descarregar o outlook",
    "baixe o outlook",
    "transferir o outlook",
    "скачать outlook",
    "κατεβαστε το outlook",
    "获取适用于",
    "下载适用于",
    "iphone’umdan gonderildi",
    "ipad’imden gonderildi",
    "ipad’den gonderildi",
};

/* People begin a sentence so too ("Sent from the hospital again"): footers name a device, or a program. */
static const char *const mobile_loose[] = {
    "sent from a ",        "sent via ",         "sent with ",       "sent using ",       "sent from the ",
    "sent on the go",      "sent by my ",       "sent from an ",    "enviado desde ",    "enviado con ",
    "enviado a traves de", "enviado mediante ", "enviado do ",      "enviado via ",      "envoye depuis ",
    "envoye a partir de ", "envoye avec ",      "von meinem",       "von meiner ",       "gesendet von ",
    "gesendet mit ",       "outlook fur ",      "inviato da ",      "inviato dal ",      "verstuurd vanaf ",
    "verzonden vanaf ",    "verzonden met ",    "outlook voor ",    "skickat fran ",     "sendt fra ",
    "wyslane z ",          "wysłane z ",        "wysłano z ",       "надіслано з ",      "надіслано із ",
    "trimis de pe ",       "inviato con ",      "inviata da ",      "enviada do ",       "enviado por ",
    "skickat med ",        "sendt med ",        "gesendet aus ",    "mit meinem ",       "fa outlook",
    "odeslano z ",         "отправлено с ",     "отправлено из ",   "lahetetty ",        "sent from ",
    "wyslano z ",          "σταλθηκε απο ",     "enviat des de ",   "verzonden vanuit ", "verstuurd vanuit ",
    "envoye a partir d",   "dictated on ",      "dictated to ",     "dictado en ",       "diktiert auf ",
    "gesendet via ",       "gesendet uber ",    "inviato tramite ", "inviato mediante ", "wyslano za pomoca ",
    "wysłano za pomoca ",  "sendt via ",        "skickat via ",     "sendt med ",        "envoye par ",
    "odoslane z ",
};

static const char *const mobile_names[] = {
    "iphon",       "ipad",    "ipod",      "android",     "samsung",    "galaxy",   "outlook",      "mail",
    "yahoo",       "aol",     "proton",    "phone",       "telefo",     "telefon",  "telemovel",    "mobil",
    "movil",       "celular", "handy",     "tablet",      "blackberry", "windows",  "huawei",       "xiaomi",
    "redmi",       "pixel",   "moto",      "nokia",       "htc",        "sony",     "xperia",       "oppo",
    "oneplus",     "nexus",   "lenovo",    "verizon",     "at&t",       "t-mobile", "sprint",       "comcast",
    "xfinity",     "spark",   "k-9",       "thunderbird", "superhuman", "edison",   "missive",      "device",
    "dispositivo", "gerat",   "appareil",  "apparaat",    "urzadzeni",  "computer", "computador",   "ordenador",
    "ordinateur",  "laptop",  "kindle",    "http",        " mac",       "palm",     "web.de",       "gmx",
    "телефон",     "почт",    "устроиств", "пристро",     "κινητ",      "puhelim",  "matkapuhelin",
};

/* "Az iPhone-omról küldve", "Đã gửi từ iPhone của tôi": a short line that names a device and says "sent" in a language of which no opening is known. */
static bool is_sent_from_device(const char *s)
{
    static const char *const devices[] = { "iphone", "ipad", "galaxy", "android", "samsung", "huawei", "xiaomi" };
    static const char *const sents[] = { "kuldve",     "kuldott",  "gui tu",   "dikirim dari", "ส่งจาก",    "สงจาก",
                                         "נשלח מ",     "أرسلت من", "ارسلت من", "أرسل من",      "poslano",  "poslane",
                                         "odoslan",    "nosutit",  "saadetud", "issiust",      "изпратен", "послато",
                                         "пошле",      "보냄",     "から送信", "傳送",         "发送",     "發送",
                                         "gonderildi", "trimis",   "senditaf", "sent fra",     "bidalia",  "bidali" };

    return strlen(s) <= DEVICE_MAX_BYTES && !strpbrk(s, ",;?!") && line_count_words(s, devices, COUNT_OF(devices)) &&
           line_count_words(s, sents, COUNT_OF(sents));
}

/* What people send from: "Sent from my Fold5" names a device that no list holds, "Sent from my heart to yours." none. */
static bool is_from_my(const char *s)
{
    static const char *const starts[] = { "sent from my ", "enviado desde mi ", "enviado de mi ", "enviado do meu ",
                                          "envoye de mon " };

    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (line_starts_with(s, starts[i]))
            return line_count_words(s, mobile_names, COUNT_OF(mobile_names)) || strpbrk(s, "0123456789") ||
                   !strchr(s + strlen(starts[i]), ' ');
    return false;
}

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
    if (strncmp(s, "yahoo mail: ", strlen("yahoo mail: ")) == 0) /* "Search, Organize, Conquer" */
        return true;
    if ((strchr(s, ',') || strstr(s, " is ") || strstr(s, " and i ")) && !strstr(s, "excuse") && !strstr(s, "typo") &&
        !strstr(s, "brev") && !strstr(s, "powered") && !strstr(s, "smartphone") && !strstr(s, "http"))
        return false;
    if (strstr(s, "<https://aka.ms/") && strstr(s, "outlook")) /* "Get Outlook for …", in any language */
        return true;
    return line_starts_with_one(s, mobile_starts, COUNT_OF(mobile_starts)) || is_from_my(s) || is_sent_from_device(s) ||
           (line_starts_with_one(s, mobile_loose, COUNT_OF(mobile_loose)) &&
            line_count_words(s, mobile_names, COUNT_OF(mobile_names)));
}

bool line_is_advert(const char *line)
{
    static const char *const starts[] = { "get ",      "download ",  "try ",     "install ",        "hol ",
                                          "laden sie", "descarga",   "obten ",   "instala ",        "telecharge",
                                          "scarica ",  "baixe ",     "download", "learn more",      "more info",
                                          "obtenez ",  "decouvrez ", "visit ",   "more information" };
    static const char *const wheres[] = { "http", "www.", ".com", ".org", ".net", " app", "-app" };
    const char *s = line_skip_dashes(line);

    return line_is_link(line) || (strlen(s) <= MOBILE_MAX_BYTES && line_starts_with_one(s, starts, COUNT_OF(starts)) &&
                                  line_count_words(s, wheres, COUNT_OF(wheres)));
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
