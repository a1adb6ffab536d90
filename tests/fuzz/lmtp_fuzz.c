/* What a client sends, whole and byte by byte: the same answers, the same letters, and nothing of theirs is said back. */
#include "base/strbuf.h"
#include "inbound/lmtp.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct told {
    struct strbuf out, kept;
    size_t begun; /* of kept, where the last letter began */
};

static enum lmtp_verdict judge(const char *path)
{
    return (enum lmtp_verdict)(strlen(path) % (LMTP_NOT_NOW + 1));
}

static void deal_with(struct lmtp *s, const struct lmtp_event *ev, struct told *t)
{
    if (ev->did == LMTP_BEGIN)
        t->begun = t->kept.len;
    if (ev->did == LMTP_FORGET && t->begun) /* how much of it was told before depends on the pieces */
        strbuf_cut(&t->kept, t->begun);
    if (ev->did == LMTP_FORGET || ev->did == LMTP_END)
        t->begun = 0;
    if (ev->did != LMTP_BYTES && ev->did != LMTP_MORE)
        strbuf_char(&t->kept, (char)('0' + ev->did));
    if (ev->did == LMTP_RECIPIENT)
        lmtp_answer_recipient(s, judge(lmtp_path(s)));
    else if (ev->did == LMTP_BYTES)
        strbuf_add(&t->kept, ev->bytes, ev->n);
    else if (ev->did == LMTP_BEGIN && strlen(lmtp_sender(s)) % 7 == 6)
        lmtp_fail(s);
    else if (ev->did == LMTP_END)
        lmtp_answer_letter(s, strlen(lmtp_sender(s)) % 5 ? LMTP_ACCEPTED : LMTP_NOT_NOW);
}

static void run(const char *p, size_t n, size_t piece, struct told *t)
{
    const struct lmtp_limits limits = { .host = "mail.example.org", .max_bytes = 200, .max_recipients = 5 };
    struct lmtp *s = lmtp_new(&limits);
    struct lmtp_event ev = { .did = LMTP_MORE };

    for (size_t at = 0; at < n && ev.did != LMTP_CLOSE;) {
        const size_t took = lmtp_feed(s, p + at, n - at < piece ? n - at : piece, &ev);
        const char *out;
        size_t out_n;

        at += took;
        deal_with(s, &ev, t);
        out = lmtp_output(s, &out_n);
        strbuf_add(&t->out, out, out_n);
        lmtp_sent(s, out_n);
    }
    lmtp_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct told whole = { STRBUF(16 << 20), STRBUF(16 << 20), 0 }, bytes = whole;

    run((const char *)data, n, n, &whole);
    run((const char *)data, n, 1, &bytes);
    assert(whole.out.len == bytes.out.len && !memcmp(strbuf_peek(&whole.out), strbuf_peek(&bytes.out), whole.out.len));
    assert(whole.kept.len == bytes.kept.len &&
           !memcmp(strbuf_peek(&whole.kept), strbuf_peek(&bytes.kept), whole.kept.len));
    assert(!memmem(strbuf_peek(&whole.out), whole.out.len, "\0", 1));
    strbuf_done(&whole.out);
    strbuf_done(&whole.kept);
    strbuf_done(&bytes.out);
    strbuf_done(&bytes.kept);
    return 0;
}
