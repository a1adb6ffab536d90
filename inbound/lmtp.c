#include "inbound/lmtp.h"

#include "base/crypt.h"
#include "base/strbuf.h"
#include "inbound/lmtp_line.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUT_MAX ((size_t)4 << 20) /* never reached: who feeds stops at LMTP_OUTPUT_MAX */

enum state { STATE_NEW, STATE_READY, STATE_SENDER, STATE_ASKED, STATE_LETTER, STATE_ANSWERING, STATE_CLOSED };

/* Where we are in a line of the letter. Dots count only behind CRLF. */
enum place { PLACE_START, PLACE_TEXT, PLACE_CR, PLACE_DOT, PLACE_DOT_CR };

struct lmtp {
    struct lmtp_limits limits;
    enum state state;
    int64_t recipients; /* accepted */
    int64_t bytes;
    int idle;
    bool is_over, has_failed; /* of the letter: swallowed */
    enum place place;
    char sender[LMTP_PATH_MAX + 1];
    struct lmtp_line line; /* the last one */
    size_t fill, sent;
    bool is_long;
    char buf[LMTP_LINE_MAX];
    struct strbuf out;
};

struct lmtp *lmtp_new(const struct lmtp_limits *limits)
{
    struct lmtp *const s = calloc(1, sizeof *s);

    if (!s)
        abort();
    s->limits = *limits;
    s->out = STRBUF(OUTPUT_MAX);
    strbuf_printf(&s->out, "220 %s LMTP Postcircle\r\n", limits->host);
    return s;
}

void lmtp_free(struct lmtp **s)
{
    if (!*s)
        return;
    strbuf_done(&(*s)->out);
    crypt_wipe(*s, sizeof **s); /* it held a sender */
    free(*s);
    *s = NULL;
}

static void say(struct lmtp *s, const char *reply)
{
    strbuf_str(&s->out, reply);
    strbuf_str(&s->out, "\r\n");
}

static enum lmtp_did close_with(struct lmtp *s, const char *reply)
{
    say(s, reply);
    s->state = STATE_CLOSED;
    return LMTP_CLOSE;
}

/* Back to the state behind LHLO. Told only when somebody may have kept something. */
static enum lmtp_did forget(struct lmtp *s)
{
    const bool had = s->state != STATE_NEW && s->state != STATE_READY;

    if (had)
        s->state = STATE_READY;
    s->recipients = 0;
    *s->sender = '\0';
    return had ? LMTP_FORGET : LMTP_MORE;
}

/* ---- commands ---- */

static enum lmtp_did on_lhlo(struct lmtp *s)
{
    const enum lmtp_did did = forget(s);

    s->state = STATE_READY;
    strbuf_printf(&s->out,
                  "250-%s\r\n250-PIPELINING\r\n250-SIZE %" PRId64
                  "\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n",
                  s->limits.host, s->limits.max_bytes);
    return did;
}

/* An address beyond ASCII is taken without SMTPUTF8 as well: servers that know no such word pass it on as it came. */
static enum lmtp_did on_mail(struct lmtp *s)
{
    if (s->state == STATE_NEW)
        say(s, "503 5.5.1 say LHLO first");
    else if (s->state != STATE_READY)
        say(s, "503 5.5.1 one MAIL at a time");
    else if (s->line.size > s->limits.max_bytes)
        say(s, "552 5.3.4 the letter is too large");
    else {
        memcpy(s->sender, s->line.path, sizeof s->sender);
        s->state = STATE_SENDER;
        say(s, "250 2.1.0 ok");
    }
    return LMTP_MORE;
}

static enum lmtp_did on_rcpt(struct lmtp *s)
{
    if (s->state != STATE_SENDER) {
        say(s, "503 5.5.1 say MAIL first");
        return LMTP_MORE;
    }
    if (s->recipients >= s->limits.max_recipients) {
        say(s, "452 4.5.3 too many recipients at a time");
        return LMTP_MORE;
    }
    s->state = STATE_ASKED;
    return LMTP_RECIPIENT;
}

static enum lmtp_did on_data(struct lmtp *s)
{
    if (s->state != STATE_SENDER || !s->recipients) {
        say(s, s->state == STATE_SENDER ? "503 5.5.1 no recipient was accepted" : "503 5.5.1 say MAIL first");
        return LMTP_MORE;
    }
    say(s, "354 the letter, then a line of one dot");
    s->state = STATE_LETTER;
    s->place = PLACE_START;
    s->bytes = 0;
    s->is_over = s->has_failed = false;
    return LMTP_BEGIN;
}

static enum lmtp_did on_rset(struct lmtp *s)
{
    say(s, "250 2.0.0 ok");
    return forget(s);
}

static enum lmtp_did refuse(struct lmtp *s)
{
    static const char *const replies[] = {
        [LMTP_LINE_BYTES] = "500 5.5.2 no such command",
        [LMTP_LINE_ARGUMENTS] = "501 5.5.4 not like that",
        [LMTP_LINE_PATH] = "501 5.1.3 no address in angle brackets",
        [LMTP_LINE_PARAMETER] = "555 5.5.4 that parameter was not offered",
    };
    const bool is_sender = s->line.fault == LMTP_LINE_PATH && s->line.verb == LMTP_VERB_MAIL;

    say(s, is_sender ? "501 5.1.7 no address in angle brackets" : replies[s->line.fault]);
    return LMTP_MORE;
}

static enum lmtp_did obey(struct lmtp *s)
{
    if (s->line.fault)
        return refuse(s);
    switch (s->line.verb) {
    case LMTP_VERB_LHLO:
        return on_lhlo(s);
    case LMTP_VERB_MAIL:
        return on_mail(s);
    case LMTP_VERB_RCPT:
        return on_rcpt(s);
    case LMTP_VERB_DATA:
        return on_data(s);
    case LMTP_VERB_RSET:
        return on_rset(s);
    case LMTP_VERB_QUIT:
        return close_with(s, "221 2.0.0 bye");
    case LMTP_VERB_NOOP:
        say(s, "250 2.0.0 ok");
        break;
    case LMTP_VERB_VRFY:
        say(s, "252 2.5.0 write and see");
        break;
    case LMTP_VERB_HELP:
        say(s, "214 2.0.0 LHLO MAIL RCPT DATA RSET NOOP QUIT");
        break;
    case LMTP_VERB_SMTP: /* RFC 2033 4.1 */
        say(s, "500 5.5.1 this is LMTP: say LHLO");
        break;
    case LMTP_VERB_NOT_HERE:
        say(s, "502 5.5.1 not offered");
        break;
    case LMTP_VERB_UNKNOWN:
        say(s, "500 5.5.2 no such command");
        break;
    }
    return LMTP_MORE;
}

/* A line has ended: behind CRLF, or wrongly behind a bare LF. */
static enum lmtp_did take_line(struct lmtp *s, bool is_right)
{
    const bool is_long = s->is_long;
    const size_t n = s->fill;

    s->fill = 0;
    s->is_long = false;
    if (++s->idle > LMTP_IDLE_COMMANDS)
        return close_with(s, "421 4.7.0 too many commands without a letter");
    if (is_long || !is_right) {
        say(s, is_long ? "500 5.5.2 the line is too long" : "500 5.5.2 lines end in CRLF");
        return LMTP_MORE;
    }
    lmtp_line_read(s->buf, n - 1, &s->line);
    return obey(s);
}

static size_t feed_command(struct lmtp *s, const char *bytes, size_t n, struct lmtp_event *ev)
{
    const char *const lf = memchr(bytes, '\n', n);
    const size_t take = lf ? (size_t)(lf - bytes) : n, room = sizeof s->buf - s->fill;
    const size_t keep = take < room ? take : room;
    bool is_right;

    memcpy(s->buf + s->fill, bytes, keep);
    s->fill += keep;
    s->is_long |= keep < take;
    if (!lf)
        return n;
    is_right = s->fill && s->buf[s->fill - 1] == '\r';
    ev->did = take_line(s, is_right);
    return take + 1;
}

/* ---- the letter ---- */

static void answer_all(struct lmtp *s, const char *reply)
{
    for (int64_t i = 0; i < s->recipients; i++)
        say(s, reply);
    s->recipients = 0;
    s->state = STATE_READY;
    *s->sender = '\0';
}

static enum lmtp_did end_letter(struct lmtp *s)
{
    s->state = STATE_ANSWERING;
    if (!s->is_over && !s->has_failed)
        return LMTP_END;
    answer_all(s, s->is_over ? "552 5.3.4 the letter is too large" : "451 4.3.0 try again later");
    return LMTP_MORE;
}

/* Steps to the next byte that means something; the bytes before it are text. */
static const char *pass_text(struct lmtp *s, const char *p, const char *end)
{
    while (p < end) {
        if (s->place == PLACE_START && *p == '.')
            break;
        if (s->place == PLACE_TEXT) {
            const char *const cr = memchr(p, '\r', (size_t)(end - p));

            p = cr ? cr : end;
            if (!cr)
                break;
        }
        s->place = *p == '\r' ? PLACE_CR : *p == '\n' && s->place == PLACE_CR ? PLACE_START : PLACE_TEXT;
        p++;
    }
    return p;
}

static enum lmtp_did hand_on(struct lmtp *s, const char *bytes, size_t n, struct lmtp_event *ev)
{
    if (s->is_over || s->has_failed || !n)
        return LMTP_MORE;
    s->bytes += (int64_t)n;
    s->is_over = s->bytes > s->limits.max_bytes;
    ev->bytes = bytes;
    ev->n = n;
    return s->is_over ? LMTP_FORGET : LMTP_BYTES;
}

static size_t feed_letter(struct lmtp *s, const char *bytes, size_t n, struct lmtp_event *ev)
{
    const char *const p = pass_text(s, bytes, bytes + n);

    if (p > bytes) {
        ev->did = hand_on(s, bytes, (size_t)(p - bytes), ev);
        return (size_t)(p - bytes);
    }
    s->place = PLACE_DOT; /* pass_text stopped at a dot behind CRLF */
    return 1;
}

/* Behind a dot that began a line: the end, or a stuffed dot, which goes. */
static size_t feed_dot(struct lmtp *s, const char *bytes, struct lmtp_event *ev)
{
    if (s->place == PLACE_DOT) {
        s->place = *bytes == '\r' ? PLACE_DOT_CR : PLACE_TEXT;
        return *bytes == '\r';
    }
    if (*bytes == '\n') {
        ev->did = end_letter(s);
        return 1;
    }
    s->place = PLACE_CR;
    ev->did = hand_on(s, "\r", 1, ev); /* it was text after all */
    return 0;
}

/* ---- both ---- */

size_t lmtp_feed(struct lmtp *s, const char *bytes, size_t n, struct lmtp_event *ret_event)
{
    size_t at = 0;

    assert(s->state != STATE_ASKED && s->state != STATE_ANSWERING);
    *ret_event = (struct lmtp_event){ .did = s->state == STATE_CLOSED ? LMTP_CLOSE : LMTP_MORE };
    while (at < n && ret_event->did == LMTP_MORE && s->out.len < LMTP_OUTPUT_MAX) {
        if (s->state != STATE_LETTER)
            at += feed_command(s, bytes + at, n - at, ret_event);
        else if (s->place == PLACE_DOT || s->place == PLACE_DOT_CR)
            at += feed_dot(s, bytes + at, ret_event);
        else
            at += feed_letter(s, bytes + at, n - at, ret_event);
    }
    return at;
}

const char *lmtp_path(const struct lmtp *s)
{
    return s->line.path;
}

const char *lmtp_sender(const struct lmtp *s)
{
    return s->sender;
}

void lmtp_answer_recipient(struct lmtp *s, enum lmtp_verdict verdict)
{
    static const char *const replies[] = {
        [LMTP_ACCEPTED] = "250 2.1.5 ok",
        [LMTP_NOBODY] = "550 5.1.1 nobody has this address",
        [LMTP_ELSEWHERE] = "550 5.1.2 this domain is not ours",
        [LMTP_FULL] = "452 4.5.3 too many recipients at a time",
        [LMTP_NOT_NOW] = "451 4.3.0 try again later",
    };

    assert(s->state == STATE_ASKED);
    s->state = STATE_SENDER;
    if (verdict == LMTP_ACCEPTED) {
        s->recipients++;
        s->idle--;
    }
    say(s, replies[verdict]);
}

void lmtp_answer_letter(struct lmtp *s, enum lmtp_verdict verdict)
{
    assert(s->state == STATE_ANSWERING);
    if (verdict == LMTP_ACCEPTED)
        s->idle = 0;
    answer_all(s, verdict == LMTP_ACCEPTED ? "250 2.0.0 kept" : "451 4.3.0 try again later");
}

void lmtp_fail(struct lmtp *s)
{
    assert(s->state == STATE_LETTER);
    s->has_failed = true;
}

void lmtp_end(struct lmtp *s, enum lmtp_reason reason)
{
    (void)close_with(s, reason == LMTP_TIMEOUT ? "421 4.4.2 nothing came for too long"
                                               : "421 4.3.2 stopping: try again later");
}

bool lmtp_is_in_letter(const struct lmtp *s)
{
    return s->state == STATE_LETTER || s->state == STATE_ANSWERING;
}

const char *lmtp_output(const struct lmtp *s, size_t *ret_n)
{
    *ret_n = s->out.len - s->sent;
    return strbuf_peek(&s->out) + s->sent;
}

void lmtp_sent(struct lmtp *s, size_t n)
{
    s->sent += n;
    assert(s->sent <= s->out.len);
    if (s->sent < s->out.len)
        return;
    strbuf_clear(&s->out);
    s->sent = 0;
}
