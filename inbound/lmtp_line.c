#include "inbound/lmtp_line.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

#define SIZE_DIGITS_MAX 18

struct span {
    const char *p, *end;
};

static const struct {
    const char *word;
    enum lmtp_verb verb;
    bool has_arguments;
} verbs[] = {
    { "LHLO", LMTP_VERB_LHLO, true },         { "MAIL", LMTP_VERB_MAIL, true },
    { "RCPT", LMTP_VERB_RCPT, true },         { "DATA", LMTP_VERB_DATA, false },
    { "RSET", LMTP_VERB_RSET, false },        { "NOOP", LMTP_VERB_NOOP, true },
    { "QUIT", LMTP_VERB_QUIT, false },        { "VRFY", LMTP_VERB_VRFY, true },
    { "HELP", LMTP_VERB_HELP, true },         { "HELO", LMTP_VERB_SMTP, true },
    { "EHLO", LMTP_VERB_SMTP, true },         { "EXPN", LMTP_VERB_NOT_HERE, true },
    { "STARTTLS", LMTP_VERB_NOT_HERE, true }, { "AUTH", LMTP_VERB_NOT_HERE, true },
    { "BDAT", LMTP_VERB_NOT_HERE, true },     { "TURN", LMTP_VERB_NOT_HERE, true },
    { "ETRN", LMTP_VERB_NOT_HERE, true },
};

static void skip_blanks(struct span *s)
{
    while (s->p < s->end && *s->p == ' ')
        s->p++;
}

static struct span take_word(struct span *s)
{
    struct span word = { s->p, s->p };

    while (s->p < s->end && *s->p != ' ')
        s->p++;
    word.end = s->p;
    skip_blanks(s);
    return word;
}

static bool is_word(const struct span *s, const char *word)
{
    const size_t n = strlen(word);

    return (size_t)(s->end - s->p) == n && !strncasecmp(s->p, word, n);
}

/* Takes the word if it stands here. */
static bool take_prefix(struct span *s, const char *word)
{
    const size_t n = strlen(word);

    if ((size_t)(s->end - s->p) < n || strncasecmp(s->p, word, n) != 0)
        return false;
    s->p += n;
    return true;
}

/* From the opening bracket to the closing one, which may stand inside quotes as an ordinary character. */
static bool take_path(struct span *s, struct lmtp_line *line)
{
    const char *start, *p;
    bool is_quoted = false;
    size_t n;

    if (s->p == s->end || *s->p != '<')
        return false;
    start = ++s->p;
    for (p = start; p < s->end && (is_quoted || *p != '>'); p++) {
        if (*p == '"')
            is_quoted = !is_quoted;
        else if (*p == '\\' && is_quoted && p + 1 < s->end)
            p++;
        else if (*p == ' ' && !is_quoted)
            return false;
        else if (*p == ':' && *start == '@') /* <@a.example,@b.example:user@c.example>, of old */
            start = p + 1;
    }
    n = (size_t)(p - start);
    if (p == s->end || n > LMTP_PATH_MAX)
        return false;
    memcpy(line->path, start, n);
    line->path[n] = '\0';
    s->p = p + 1;
    return s->p == s->end || *s->p == ' ';
}

static bool read_size(const struct span *word, struct lmtp_line *line)
{
    struct span digits = *word;
    int64_t size = 0;

    if (!take_prefix(&digits, "SIZE=") || digits.p == digits.end || digits.end - digits.p > SIZE_DIGITS_MAX)
        return false;
    for (; digits.p < digits.end; digits.p++) {
        if (*digits.p < '0' || *digits.p > '9')
            return false;
        size = size * 10 + (*digits.p - '0');
    }
    line->size = size;
    return true;
}

static enum lmtp_line_fault read_envelope(struct span *s, struct lmtp_line *line)
{
    const bool is_mail = line->verb == LMTP_VERB_MAIL;

    if (!take_prefix(s, is_mail ? "FROM:" : "TO:"))
        return LMTP_LINE_ARGUMENTS;
    skip_blanks(s);
    if (!take_path(s, line))
        return LMTP_LINE_PATH;
    for (skip_blanks(s); s->p < s->end;) {
        const struct span word = take_word(s);

        if (!is_mail || (!read_size(&word, line) && !is_word(&word, "SMTPUTF8") && !is_word(&word, "BODY=7BIT") &&
                         !is_word(&word, "BODY=8BITMIME")))
            return LMTP_LINE_PARAMETER;
    }
    return LMTP_LINE_FINE;
}

static bool is_plain(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
            return false;
    return text_is_utf8(p, n);
}

void lmtp_line_read(const char *bytes, size_t n, struct lmtp_line *ret_line)
{
    struct span s = { bytes, bytes + n };
    struct span word;
    bool has_arguments = true;

    *ret_line = (struct lmtp_line){ .verb = LMTP_VERB_UNKNOWN, .size = -1 };
    if (!is_plain(bytes, n)) {
        ret_line->fault = LMTP_LINE_BYTES;
        return;
    }
    while (s.end > s.p && s.end[-1] == ' ')
        s.end--;
    word = take_word(&s);
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (is_word(&word, verbs[i].word)) {
            ret_line->verb = verbs[i].verb;
            has_arguments = verbs[i].has_arguments;
        }
    if ((!has_arguments && s.p < s.end) || (ret_line->verb == LMTP_VERB_LHLO && s.p == s.end))
        ret_line->fault = LMTP_LINE_ARGUMENTS;
    if (ret_line->verb == LMTP_VERB_MAIL || ret_line->verb == LMTP_VERB_RCPT)
        ret_line->fault = read_envelope(&s, ret_line);
}
