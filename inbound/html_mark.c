#include "inbound/html_mark.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What mail programs say by class or id. The needle is a whole word of the value; a star allows any start. */
static const struct {
    const char *tag, *attribute, *needle;
    enum html_mark mark;
} marks[] = {
    { "blockquote", "type", "cite", HTML_QUOTE },
    { "blockquote", "class", "gmail_quote", HTML_QUOTE },
    { NULL, "class", "gmail_attr", HTML_ATTRIBUTION },
    { NULL, "class", "gmail_signature", HTML_SIGNATURE },
    { NULL, "class", "gmail_signature_prefix", HTML_SIGNATURE },
    { NULL, "class", "moz-cite-prefix", HTML_ATTRIBUTION },
    { NULL, "class", "moz-email-headers-table", HTML_OLDER },
    { NULL, "class", "moz-forward-container", HTML_NONE },
    { NULL, "class", "moz-signature", HTML_SIGNATURE },
    { NULL, "class", "bloop_sign", HTML_SIGNATURE }, /* Airmail */
    { NULL, "class", "front-signature", HTML_SIGNATURE },
    { NULL, "class", "*yahoo_quoted", HTML_QUOTE },
    { NULL, "id", "*yahoo_quoted", HTML_QUOTE },
    { NULL, "class", "protonmail_quote", HTML_QUOTE },
    { NULL, "class", "protonmail_signature_block", HTML_SIGNATURE },
    { NULL, "class", "zmail_extra", HTML_QUOTE },
    { NULL, "class", "tutanota_quote", HTML_QUOTE },
    { NULL, "id", "ms-outlook-mobile-signature", HTML_SIGNATURE },
    { NULL, "id", "Signature", HTML_SIGNATURE },
    { NULL, "id", "AppleMailSignature", HTML_SIGNATURE },
    { NULL, "id", "ymail_android_signature", HTML_SIGNATURE },
    { NULL, "id", "divRplyFwdMsg", HTML_OLDER },
    { NULL, "id", "appendonsend", HTML_OLDER },
    { NULL, "id", "OLK_SRC_BODY_SECTION", HTML_OLDER },
    { NULL, "id", "mail-editor-reference-message-container", HTML_OLDER },
    { NULL, "class", "OutlookMessageHeader", HTML_OLDER },
    { NULL, "name", "quote", HTML_QUOTE },               /* GMX and web.de */
    { NULL, "name", "messageReplySection", HTML_QUOTE }, /* Spark */
    { NULL, "name", "messageSignatureSection", HTML_SIGNATURE },
    { NULL, "data-marker", "__DIVIDER__", HTML_OLDER }, /* Zimbra */
    { NULL, "data-marker", "__QUOTED_TEXT__", HTML_QUOTE },
    { NULL, "data-marker", "__SIG_POST__", HTML_SIGNATURE },
    { NULL, "data-marker", "__SIG_PRE__", HTML_SIGNATURE },
    { NULL, "id", "reply-intro", HTML_ATTRIBUTION }, /* Roundcube */
    { NULL, "id", "_rc_sig", HTML_SIGNATURE },
    { NULL, "id", "stopSpelling", HTML_OLDER },   /* Hotmail */
    { NULL, "id", "isReplyContent", HTML_QUOTE }, /* NetEase */
    { NULL, "id", "isForwardContent", HTML_OLDER },
    { "includetail", "", "", HTML_OLDER },               /* QQ Mail */
    { NULL, "class", "quoted_output_body", HTML_QUOTE }, /* Nine */
    { NULL, "class", "airmail_on", HTML_ATTRIBUTION },
    { NULL, "class", "sh-quoted-content", HTML_QUOTE }, /* Superhuman */
    { NULL, "class", "front-blockquote", HTML_QUOTE },
    { NULL, "class", "missive_quote", HTML_QUOTE },
    { NULL, "id", "composer_signature", HTML_SIGNATURE }, /* Samsung */
    { NULL, "id", "*bloop_sign", HTML_SIGNATURE },
};

/* No words of a person. */
static const char *const dropped[] = { "script", "style", "head", "title" };
static const char *const hidden_tags[] = { "object", "iframe", "template", "noscript", "svg", "select", "textarea" };
bool html_is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(name, names[i]) == 0)
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

/* The value of a CSS property without blanks, lower case; false when the style does not hold it. */
static bool has_style(const char *style, const char *wanted)
{
    char flat[1024];
    size_t n = 0;

    for (; *style && n < sizeof flat - 1; style++)
        if (!isspace((unsigned char)*style))
            flat[n++] = (char)tolower((unsigned char)*style);
    flat[n] = '\0';
    return strstr(flat, wanted) != NULL;
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

static bool is_hidden(const struct html_tag *tag, const char *style)
{
    if (html_is_one_of(tag->name, hidden_tags, COUNT_OF(hidden_tags)) || tag->attribute(tag->node, "hidden"))
        return true;
    return style && (has_style(style, "display:none") || has_style(style, "visibility:hidden") ||
                     has_style(style, "mso-hide:all") || html_style_number(style, "opacity") == 0 ||
                     (html_style_number(style, "max-height") == 0 && has_style(style, "overflow:hidden")));
}

/* Outlook's line above "From: …": a top border in one of its greys. */
static bool is_outlook_rule(const char *tag, const char *style)
{
    return strcasecmp(tag, "div") == 0 && has_style(style, "border-top:solid") &&
           (has_style(style, "#e1e1e1") || has_style(style, "#b5c4df"));
}

bool html_is_dropped(const char *name)
{
    return html_is_one_of(name, dropped, COUNT_OF(dropped));
}

enum html_mark html_mark_of(const struct html_tag *tag)
{
    const char *style = tag->attribute(tag->node, "style");

    if (html_is_dropped(tag->name))
        return HTML_SKIP;
    if (is_hidden(tag, style))
        return HTML_HIDDEN;
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        const char *v;

        if (marks[i].tag && strcasecmp(marks[i].tag, tag->name) != 0)
            continue;
        if (!*marks[i].attribute)
            return marks[i].mark;
        v = tag->attribute(tag->node, marks[i].attribute);
        if (v && has_word(v, marks[i].needle))
            return marks[i].mark;
    }
    if (style && is_outlook_rule(tag->name, style))
        return HTML_OLDER;
    return strcasecmp(tag->name, "blockquote") == 0 ? HTML_SOFT : HTML_NONE;
}
