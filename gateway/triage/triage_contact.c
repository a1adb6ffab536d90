#include "gateway/triage/triage_contact.h"

#include "base/text.h"
#include "gateway/triage/triage_pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OWN_DIGITS 7 /* an office's number is written with and without area code */

#define STREET                                                                                                         \
    "(?i:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|circle|terrace|place|parkway|pkwy|"     \
    "trail|"                                                                                                           \
    "highway|hwy)\\b"
#define CALLE "(?i:calle|avenida|av\\.|carrera|callej[oó]n|calzada|colonia|privada|boulevard)"
#define NETWORK                                                                                                        \
    "(?i:facebook|face|fb|instagram|insta|twitter|tiktok|whatsapp|whats "                                              \
    "?app|wasap|guasap|telegram|messenger|snapchat|"                                                                   \
    "skype|signal|zoom|venmo|cash ?app|zelle|nextdoor|linkedin)"

/* Each alternative ends in its mark. */
static const char contact_pattern[] =
    "(?:(?<![\\w.])(?:\\+?\\d{1,3}[ .-]{0,2})?(?:\\(\\d{3}\\)|\\d{3})[ .-]{0,2}\\d{3}[ .-]{0,2}\\d{4}(?!\\w)"
    "|(?<![\\w.])\\+\\d[\\d ().-]{7,18}\\d(?!\\w)"
    "|(?<![\\w./-])\\d{3}[-. ]\\d{4}(?![\\w/-]))(*MARK:phone)"
    "|[\\w.+%-]{1,64}(?:@|\\s?[(\\[](?:at|arroba)[)\\]]\\s?)[\\w-]{1,63}(?:\\.[\\w-]{2,63})+(*MARK:email)"
    "|\\b(?i)[\\w.]{2,64} (?:at|arroba) (?:gmail|yahoo|hotmail|outlook|aol|icloud)\\b(?:(?: dot | punto "
    "|\\.)com)?(?-i)(*MARK:email)"
    "|\\b(?i:https?://|www\\.)[^\\s<>\"]{3,}(*MARK:link)"
    "|\\b(?i)[a-z0-9-]{2,40}\\.(?:com|org|net|me|us|info|io|gov|edu)(?:/[^\\s<>\"]*)?\\b(?-i)(*MARK:link)"
    "|(?<![\\w.@])@[A-Za-z][\\w.]{2,30}\\b(*MARK:nick)"
    "|\\b" NETWORK " me\\b(*MARK:nick)"
    "|\\b(?i:on|in|en|al|por|my|mi|el|via|username|usuario) (?i:el |la |mi |my |the )?" NETWORK "\\b(*MARK:nick)"
    "|\\b(?i:look|find|friend|add|message|dm|text|buscame|b[uú]squen\\w*|agr[eé]g\\w+) (?i:me|us) (?i:up "
    ")?(?i:on|in|at|en)"
    " \\w+(*MARK:nick)"
    "|\\b\\d{1,6}[A-Z]? (?:[NSEW]\\.? )?(?:[A-Z0-9][\\w.']{0,30} ){1,3}" STREET "(*MARK:address)"
    "|\\b(?i)(?:at|on|live|is|address) \\d{1,6} (?:[a-z0-9]{2,20} ){1,2}(?-i)" STREET "(*MARK:address)"
    "|\\b(?i:P\\.? ?O\\.? ?Box|apartado(?: postal)?) #?\\d+(*MARK:address)"
    "|\\b" CALLE " (?:[\\p{L}0-9][\\w.]{0,30}[ ,]{1,2}){1,5}(?:#|No\\.?|n\\.º|n[uú]mero)? ?\\d{1,5}\\b(*MARK:address)";

struct triage_contacts {
    struct triage_pattern *pattern;
};

enum rc triage_contacts_new(struct triage_contacts **ret, struct err *err)
{
    CLEANUP(triage_contacts_free) struct triage_contacts *c = calloc(1, sizeof *c);

    if (!c)
        abort();
    if (triage_pattern_bytes(contact_pattern, &c->pattern, err))
        return err_wrap(err, "contact data");
    *ret = MOVE(c);
    return RC_OK;
}

void triage_contacts_free(struct triage_contacts **contacts)
{
    if (!*contacts)
        return;
    triage_pattern_free(&(*contacts)->pattern);
    free(*contacts);
    *contacts = NULL;
}

struct search {
    const char *text;
    const char *const *own;
    triage_contact_found *found;
    void *ctx;
};

/* The last digits of s, in their order from the end; how many there are, at most OWN_DIGITS. */
static size_t last_digits(const char *s, size_t n, char *digits)
{
    size_t count = 0;

    while (n && count < OWN_DIGITS)
        if (isdigit((unsigned char)s[--n]))
            digits[count++] = s[n];
    return count;
}

static bool is_own(const char *const *own, const char *s, size_t n)
{
    char a[OWN_DIGITS], b[OWN_DIGITS];

    for (; own && *own; own++) {
        if (strlen(*own) == n && !strncasecmp(*own, s, n))
            return true;
        if (last_digits(s, n, a) == OWN_DIGITS && last_digits(*own, strlen(*own), b) == OWN_DIGITS &&
            !memcmp(a, b, OWN_DIGITS))
            return true;
    }
    return false;
}

static const char *name_of(uint32_t mark)
{
    return mark == 'p' ? "phone" : mark == 'e' ? "email" : mark == 'a' ? "address" : mark == 'l' ? "link" : "account";
}

static bool on_match(void *ctx, uint32_t mark, size_t from, size_t to)
{
    const struct search *s = ctx;

    if (!is_own(s->own, s->text + from, to - from))
        s->found(s->ctx, name_of(mark), from, to - from);
    return true;
}

bool triage_contacts_find(const struct triage_contacts *contacts, const char *text, const char *const *own,
                          triage_contact_found *found, void *ctx)
{
    struct search s = { text, own, found, ctx };

    return triage_pattern_find_bytes(contacts->pattern, text, on_match, &s);
}
