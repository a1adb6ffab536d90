/* Whatever an IMAP server says: a whole visit to a mailbox ends, and what it gives is within its bounds. base/mail_stream is replaced by the input. */
#include "base/literal.h"
#include "base/mail_stream.h"
#include "inbound/imap.h"

#include <assert.h>
#include <libetpan/libetpan.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
const char *__lsan_default_suppressions(void);

/* A greeting of BYE is never freed by libetpan: some 40 bytes for each connection. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libetpan";
}

struct mail_stream {
    const uint8_t *p;
    size_t n;
    struct _mailstream *wire;
    struct literal literal;
    int64_t literal_max;
};

static const uint8_t *says;
static size_t says_n;

static ssize_t read_some(mailstream_low *low, void *to, size_t n)
{
    struct mail_stream *const s = low->data;
    const size_t k = n < s->n ? n : s->n;

    if (!k && n)
        return -1; /* as base/mail_stream does at the end */
    if (!literal_feed(&s->literal, (const char *)s->p, k, s->literal_max))
        return -1;
    memcpy(to, s->p, k);
    s->p += k;
    s->n -= k;
    return (ssize_t)k;
}

static ssize_t write_all(mailstream_low *low, const void *bytes, size_t n)
{
    (void)low;
    (void)bytes;
    return (ssize_t)n;
}

static int do_nothing(mailstream_low *low)
{
    (void)low;
    return 0;
}

static int no_fd(mailstream_low *low)
{
    (void)low;
    return -1;
}

static void free_low(mailstream_low *low)
{
    ((struct mail_stream *)low->data)->wire = NULL;
    free(low);
}

static void cancel(mailstream_low *low)
{
    (void)low;
}

static struct mailstream_cancel *get_cancel(mailstream_low *low)
{
    (void)low;
    return NULL;
}

static carray *get_chain(mailstream_low *low)
{
    (void)low;
    return NULL;
}

static mailstream_low_driver driver = { .mailstream_read = read_some,
                                        .mailstream_write = write_all,
                                        .mailstream_close = do_nothing,
                                        .mailstream_get_fd = no_fd,
                                        .mailstream_free = free_low,
                                        .mailstream_cancel = cancel,
                                        .mailstream_get_cancel = get_cancel,
                                        .mailstream_get_certificate_chain = get_chain,
                                        .mailstream_setup_idle = no_fd,
                                        .mailstream_unsetup_idle = no_fd,
                                        .mailstream_interrupt_idle = no_fd };

enum rc mail_stream_open(const struct mail_stream_settings *settings, struct mail_stream **ret_stream, struct err *err)
{
    struct mail_stream *const s = calloc(1, sizeof *s);
    mailstream_low *low;

    (void)err;
    if (!s)
        abort();
    *s = (struct mail_stream){ .p = says, .n = says_n, .literal_max = settings->literal_max };
    low = mailstream_low_new(s, &driver);
    s->wire = mailstream_new(low, 16384);
    *ret_stream = s;
    return RC_OK;
}

void mail_stream_free(struct mail_stream **stream)
{
    struct mail_stream *const s = *stream;

    if (s && s->wire)
        mailstream_close(s->wire);
    free(s);
    *stream = NULL;
}

struct _mailstream *mail_stream_wire(struct mail_stream *stream)
{
    return stream->wire;
}

enum rc mail_stream_start_tls(struct mail_stream *stream, struct err *err)
{
    (void)stream;
    (void)err;
    return RC_OK;
}

void mail_stream_allow(struct mail_stream *stream, int64_t bytes, int64_t ms)
{
    (void)stream;
    (void)bytes;
    (void)ms;
}

enum mail_stream_why mail_stream_why(const struct mail_stream *stream)
{
    (void)stream;
    return MAIL_STREAM_GONE;
}

int mail_stream_fd(const struct mail_stream *stream)
{
    (void)stream;
    return -1;
}

bool mail_stream_has_bytes(const struct mail_stream *stream)
{
    return stream->n > 0;
}

static void read_letters(struct imap *imap, struct arena *mem)
{
    struct imap_piece piece;
    int64_t *uids, uid;
    struct err err;
    size_t n;

    rc_ignore(imap_first_since(imap, INT64_C(1700000000000), &uid, &err), "the server may say anything");
    if (imap_list(imap, 1, IMAP_UID_MAX, mem, &uids, &n, &err))
        return;
    for (size_t i = 0; i < n; i++)
        assert(uids[i] >= 1 && uids[i] <= IMAP_UID_MAX && (!i || uids[i] > uids[i - 1]));
    if (imap_fetch(imap, n ? uids[0] : 1, 0, 1000, &piece, &err) == RC_OK) {
        volatile char last = piece.n ? piece.bytes[piece.n - 1] : 0;

        (void)last;
        assert(piece.n >= 0 && piece.n <= 1000 && piece.size >= 0);
    }
}

static void file_letters(struct imap *imap)
{
    struct err err;

    if (imap_can_move(imap)) {
        rc_ignore(imap_move(imap, 1, "Done", &err), "the server may say anything");
        return;
    }
    if (imap_copy(imap, 1, "Done", &err) == RC_OK)
        rc_ignore(imap_delete(imap, 1, &err), "the server may say anything");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const struct imap_settings settings = { .host = "mail.example.org",
                                            .port = 993,
                                            .tls = n & 1 ? IMAP_TLS_IMPLICIT : IMAP_TLS_STARTTLS,
                                            .user = "circles",
                                            .password = n & 2 ? "secret" : NULL,
                                            .token = n & 2 ? NULL : "token",
                                            .timeout_ms = 1000 };
    CLEANUP(imap_free) struct imap *imap = NULL;
    struct imap_folder folder;
    const char *junk;
    struct err err;

    says = data;
    says_n = n;
    if (imap_open(&settings, &imap, &err)) {
        assert(*err.msg && !strpbrk(err.msg, "\r\n"));
        return 0;
    }
    rc_ignore(imap_find_junk(imap, mem, &junk, &err), "the server may have none");
    rc_ignore(imap_make_folder(imap, "Done", &err), "it may be there");
    if (imap_select(imap, "INBOX", &folder, &err) == RC_OK) {
        assert(folder.count >= 0);
        read_letters(imap, mem);
        file_letters(imap);
    }
    return 0;
}
