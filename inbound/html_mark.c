#include "inbound/html_mark.h"

#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Those that tell what an element is. */
enum attribute { CLASS, ID, NAME, TYPE, DATA_MARKER, ATTRIBUTE_COUNT, NO_ATTRIBUTE };
static const char *const attribute_names[ATTRIBUTE_COUNT] = { "class", "id", "name", "type", "data-marker" };

/* What mail programs say by class or id. The needle is a whole word of the value; a star allows any start. */
static const struct {
    const char *tag;
    enum attribute attribute;
    const char *needle;
    enum html_mark mark;
} marks[] = {
    { "blockquote", TYPE, "cite", HTML_QUOTE },
    { "blockquote", CLASS, "gmail_quote", HTML_QUOTE },
    { NULL, CLASS, "gmail_attr", HTML_ATTRIBUTION },
    { NULL, CLASS, "gmail_signature", HTML_SIGNATURE },
    { NULL, CLASS, "gmail_signature_prefix", HTML_SIGNATURE },
    { NULL, CLASS, "moz-cite-prefix", HTML_ATTRIBUTION },
    { NULL, CLASS, "moz-email-headers-table", HTML_OLDER },
    { NULL, CLASS, "moz-forward-container", HTML_NONE },
    { NULL, CLASS, "moz-signature", HTML_SIGNATURE },
    { NULL, CLASS, "bloop_sign", HTML_SIGNATURE }, /* Airmail */
    { NULL, CLASS, "front-signature", HTML_SIGNATURE },
    { NULL, CLASS, "*yahoo_quoted", HTML_QUOTE },
    { NULL, ID, "*yahoo_quoted", HTML_QUOTE },
    { NULL, CLASS, "protonmail_quote", HTML_QUOTE },
    { NULL, CLASS, "protonmail_signature_block", HTML_SIGNATURE },
    { NULL, CLASS, "zmail_extra", HTML_QUOTE },
    { NULL, CLASS, "tutanota_quote", HTML_QUOTE },
    { NULL, ID, "ms-outlook-mobile-signature", HTML_SIGNATURE },
    { NULL, ID, "Signature", HTML_SIGNATURE },
    { NULL, ID, "AppleMailSignature", HTML_SIGNATURE },
    { NULL, ID, "ymail_android_signature", HTML_SIGNATURE },
    { NULL, ID, "divRplyFwdMsg", HTML_OLDER },
    { NULL, ID, "appendonsend", HTML_OLDER },
    { NULL, ID, "OLK_SRC_BODY_SECTION", HTML_OLDER },
    { NULL, ID, "mail-editor-reference-message-container", HTML_OLDER },
    { NULL, CLASS, "OutlookMessageHeader", HTML_OLDER },
    { NULL, NAME, "quote", HTML_QUOTE },               /* GMX and web.de */
    { NULL, NAME, "messageReplySection", HTML_QUOTE }, /* Spark */
    { NULL, NAME, "messageSignatureSection", HTML_SIGNATURE },
    { NULL, DATA_MARKER, "__DIVIDER__", HTML_OLDER }, /* Zimbra */
    { NULL, DATA_MARKER, "__QUOTED_TEXT__", HTML_QUOTE },
    { NULL, DATA_MARKER, "__SIG_POST__", HTML_SIGNATURE },
    { NULL, DATA_MARKER, "__SIG_PRE__", HTML_SIGNATURE },
    { NULL, ID, "reply-intro", HTML_ATTRIBUTION }, /* Roundcube */
    { NULL, ID, "_rc_sig", HTML_SIGNATURE },
    { NULL, ID, "stopSpelling", HTML_OLDER },   /* Hotmail */
    { NULL, ID, "isReplyContent", HTML_QUOTE }, /* NetEase */
    { NULL, ID, "isForwardContent", HTML_OLDER },
    { "includetail", NO_ATTRIBUTE, "", HTML_OLDER },   /* QQ Mail */
    { NULL, CLASS, "quoted_output_body", HTML_QUOTE }, /* Nine */
    { NULL, CLASS, "airmail_on", HTML_ATTRIBUTION },
    { NULL, CLASS, "sh-quoted-content", HTML_QUOTE }, /* Superhuman */
    { NULL, CLASS, "front-blockquote", HTML_QUOTE },
    { NULL, CLASS, "missive_quote", HTML_QUOTE },
    { NULL, ID, "composer_signature", HTML_SIGNATURE }, /* Samsung */
    { NULL, ID, "*bloop_sign", HTML_SIGNATURE },
};

/* No words of a person. */
static const char *const dropped[] = { "script", "style", "head", "title" };
static const char *const hidden_tags[] = { "object", "iframe", "template", "noscript", "svg", "select", "textarea" };
bool html_is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_equals(name, names[i]))
            return true;
    return false;
}

static bool has_word(const char *value, const char *word)
{
    const bool is_loose = *word == '*';
    const size_t n = strlen(word += is_loose);

    for (const char *p = value; (p = strcasestr(p, word)); p += n) {
        const bool starts = p == value || isspace((unsigned char)p[-1]) || strncmp(value, "x_", 2) == 0;

        if (is_loose || (starts && (!p[n] || isspace((unsigned char)p[n]))))
            return true;
    }
    return false;
}

/* A style without blanks, lower case. */
struct flat_style {
    char text[1024];
};

static void flatten(const char *style, struct flat_style *flat)
{
    size_t n = 0;

    for (; *style && n < sizeof flat->text - 1; style++)
        if (!isspace((unsigned char)*style))
            flat->text[n++] = text_lower(*style);
    flat->text[n] = '\0';
}

static bool has_style(const struct flat_style *flat, const char *wanted)
{
    return strstr(flat->text, wanted) != NULL;
}

/* A number behind a property's colon, as 0 and 0.0px; -1 when the style does not hold it. */
double html_style_number(const char *style, const char *property)
{
    const size_t n = strlen(property);

    for (const char *p = style; (p = strcasestr(p, property)); p += n) {
        const char *value = p + n + strspn(p + n, " \t");
        char *end;
        double number;

        if ((p > style && !strchr("; \t", p[-1])) || *value++ != ':')
            continue;
        number = strtod(value, &end);
        return end == value ? -1 : number;
    }
    return -1;
}

static bool is_hidden_style(const char *style, const struct flat_style *flat)
{
    return has_style(flat, "display:none") || has_style(flat, "visibility:hidden") || has_style(flat, "mso-hide:all") ||
           html_style_number(style, "opacity") == 0 ||
           (html_style_number(style, "max-height") == 0 && has_style(flat, "overflow:hidden"));
}

/* Outlook's line above "From: …": a top border in one of its greys. */
static bool is_outlook_rule(const char *tag, const struct flat_style *flat)
{
    return text_equals(tag, "div") && has_style(flat, "border-top:solid") &&
           (has_style(flat, "#e1e1e1") || has_style(flat, "#b5c4df"));
}

bool html_is_dropped(const char *name)
{
    return html_is_one_of(name, dropped, COUNT_OF(dropped));
}

/* Whether the table knows it. */
static bool is_known(const struct html_tag *tag, enum html_mark *ret_mark)
{
    const char *values[ATTRIBUTE_COUNT];

    for (int i = 0; i < ATTRIBUTE_COUNT; i++)
        values[i] = tag->attribute(tag->node, attribute_names[i]);
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        const bool is_any = marks[i].attribute == NO_ATTRIBUTE;
        const char *value = is_any ? NULL : values[marks[i].attribute];

        if ((is_any || value) && (!marks[i].tag || text_equals(marks[i].tag, tag->name)) &&
            (is_any || has_word(value, marks[i].needle))) {
            *ret_mark = marks[i].mark;
            return true;
        }
    }
    return false;
}

enum html_mark html_mark_of(const struct html_tag *tag)
{
    const char *style = tag->attribute(tag->node, "style");
    struct flat_style flat;
    enum html_mark mark;

    if (html_is_dropped(tag->name))
        return HTML_SKIP;
    if (style)
        flatten(style, &flat);
    if (html_is_one_of(tag->name, hidden_tags, COUNT_OF(hidden_tags)) || tag->attribute(tag->node, "hidden") ||
        (style && is_hidden_style(style, &flat)))
        return HTML_HIDDEN;
    if (is_known(tag, &mark))
        return mark;
    if (style && is_outlook_rule(tag->name, &flat))
        return HTML_OLDER;
    return text_equals(tag->name, "blockquote") ? HTML_SOFT : HTML_NONE;
}
