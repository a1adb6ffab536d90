/*
 * smtp_send: drives mailer/ for the tests in tests/e2e and bench: opens a relay, sends filled messages, prints one JSON line each.
 *
 *   smtp_send URL COUNT [--to A,B,…] [--from ADDRESS] [--name NAME] [--subject S] [--text T] [--bytes N] [--batch N] [--pause MS]
 *             [--password-file F] [--token-url URL --client-id ID --refresh-token-file F [--user U]] [--ca-file F] [--timeout MS] [--reopen] [--tls kept|required] [--quiet]
 *
 * --reopen ends the session after each batch. Recipients are taken from --to in turn. The last line is {"rc": …, "error": …} of the last batch that failed, or of the whole.
 */
#include "base/crypt.h"
#include "base/json.h"
#include "base/text.h"
#include "mailer/relay.h"
#include "mailer/serial.h"

#include <getopt.h>
#include <unistd.h>

struct options {
    struct relay_settings relay;
    struct oauth oauth;
    const char *to, *from, *name, *subject, *text;
    int64_t count, bytes, batch, pause_ms;
    enum serial_tls tls;
    bool is_quiet, has_reopen;
};

struct batch {
    struct wire *wires[TRANSPORT_BATCH_MAX];
    int64_t first;
    int64_t accepted;
    bool is_quiet;
};

static void print_line(struct json *line)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(1 << 16);

    json_print(line, false, &out);
    puts(strbuf_peek(&out));
}

static void report(void *ctx, size_t index, const struct transport_result *result)
{
    CLEANUP(json_free) struct json *line = json_object_new();
    struct batch *batch = ctx;
    char enhanced[40];

    batch->accepted += result->outcome == TRANSPORT_ACCEPTED;
    if (batch->is_quiet)
        return;
    snprintf(enhanced, sizeof enhanced, "%d.%d.%d", result->enhanced[0], result->enhanced[1], result->enhanced[2]);
    json_set_int(line, "index", batch->first + (int64_t)index);
    json_set_str(line, "outcome", transport_outcome_name(result->outcome));
    json_set_int(line, "code", result->code);
    json_set_str(line, "enhanced", enhanced);
    json_set_str(line, "remote", result->remote);
    print_line(line);
}

/* The n-th of a list with commas, round and round. */
static char *pick(const char *list, int64_t n, struct arena *mem)
{
    int64_t count = 1;

    for (const char *p = list; *p; p++)
        count += *p == ',';
    for (n %= count; n; n--)
        list = strchr(list, ',') + 1;
    return arena_strndup(mem, list, strcspn(list, ","));
}

static const char *make_text(const struct options *o, struct arena *mem)
{
    char *text = arena_alloc(mem, (size_t)o->bytes + 1);

    for (int64_t i = 0; i < o->bytes; i++)
        text[i] = i % 70 == 69 ? '\n' : 'x';
    return o->bytes ? text : o->text;
}

static enum rc fill(const struct options *o, const struct serial_built *built, int64_t n, struct wire *wire,
                    struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fill");
    const struct serial_person p = { .to_name = o->name,
                                     .to_address = pick(o->to, n, mem),
                                     .envelope_sender = o->from,
                                     .reply_to = "tuesday+token@example.org",
                                     .message_id = arena_printf(mem, "%d.%" PRId64 "@example.org", (int)getpid(), n),
                                     .tls = n % 2 ? SERIAL_TLS_ANY : o->tls, /* every other one */
                                     .date_ms = INT64_C(1795313400000) };

    return serial_fill(built, &p, wire, err);
}

static enum rc send_all(const struct options *o, const struct serial_built *built, const struct transport *relay,
                        struct batch *batch, struct err *err)
{
    enum rc rc = RC_OK;

    while (batch->first < o->count && !rc) {
        const int64_t left = o->count - batch->first, n = left < o->batch ? left : o->batch;

        for (int64_t i = 0; i < n && !rc; i++)
            rc = fill(o, built, batch->first + i, batch->wires[i], err);
        if (!rc)
            rc = transport_send(relay, (const struct wire *const *)batch->wires, (size_t)n, report, batch, err);
        batch->first += n;
        if (o->has_reopen)
            transport_close(relay);
        if (o->pause_ms)
            usleep((useconds_t)o->pause_ms * 1000);
    }
    return rc;
}

static enum rc run(const struct options *o, struct batch *batch, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("smtp_send");
    CLEANUP(transport_free) struct transport relay = { 0 };
    const struct serial_message m = { .from_name = "Tuesday Circle",
                                      .from_address = "tuesday@example.org",
                                      .subject = o->subject,
                                      .text = make_text(o, mem) };
    const struct serial_built *built;
    enum rc rc = serial_build(&m, mem, &built, err);

    if (!rc)
        rc = relay_transport(&o->relay, &relay, err);
    if (!rc)
        rc = transport_open(&relay, err);
    return rc ? rc : send_all(o, built, &relay, batch, err);
}

static bool read_options(int argc, char **argv, struct options *o)
{
    static const struct option longs[] = {
        { "to", 1, NULL, 't' },        { "from", 1, NULL, 'f' },      { "name", 1, NULL, 'n' },
        { "subject", 1, NULL, 's' },   { "text", 1, NULL, 'x' },      { "bytes", 1, NULL, 'b' },
        { "batch", 1, NULL, 'k' },     { "pause", 1, NULL, 'z' },     { "ca-file", 1, NULL, 'c' },
        { "quiet", 0, NULL, 'q' },     { "timeout", 1, NULL, 'w' },   { "password-file", 1, NULL, 'p' },
        { "token-url", 1, NULL, 'u' }, { "client-id", 1, NULL, 'i' }, { "refresh-token-file", 1, NULL, 'r' },
        { "user", 1, NULL, 'U' },      { "reopen", 0, NULL, 'o' },    { "tls", 1, NULL, 'T' },
        { NULL, 0, NULL, 0 },
    };
    enum rc rc = RC_OK;

    for (int c; !rc && (c = getopt_long(argc, argv, "", longs, NULL)) != -1;)
        switch (c) {
        case 't':
            o->to = optarg;
            break;
        case 'f':
            o->from = optarg;
            break;
        case 'n':
            o->name = optarg;
            break;
        case 's':
            o->subject = optarg;
            break;
        case 'x':
            o->text = optarg;
            break;
        case 'b':
            rc = text_to_int(optarg, 0, 400000, &o->bytes, NULL);
            break;
        case 'k':
            rc = text_to_int(optarg, 1, TRANSPORT_BATCH_MAX, &o->batch, NULL);
            break;
        case 'z':
            rc = text_to_int(optarg, 0, 60000, &o->pause_ms, NULL);
            break;
        case 'c':
            o->relay.ca_file = optarg;
            break;
        case 'q':
            o->is_quiet = true;
            break;
        case 'w':
            rc = text_to_int(optarg, 1, 600000, &o->relay.timeout_ms, NULL);
            break;
        case 'p':
            o->relay.password_file = optarg;
            break;
        case 'u':
            o->oauth.token_url = optarg;
            o->relay.oauth = &o->oauth;
            break;
        case 'i':
            o->oauth.client_id = optarg;
            break;
        case 'r':
            o->oauth.refresh_token_file = optarg;
            break;
        case 'U':
            o->oauth.user = optarg;
            break;
        case 'T':
            o->tls = !strcmp(optarg, "required") ? SERIAL_TLS_REQUIRED : SERIAL_TLS_KEPT_BY_RELAY;
            break;
        case 'o':
            o->has_reopen = true;
            break;
        default:
            rc = RC_INPUT;
        }
    if (rc || argc - optind != 2)
        return false;
    o->relay.url = argv[optind];
    if (o->relay.ca_file)
        o->oauth.ca_file = o->relay.ca_file;
    return !text_to_int(argv[optind + 1], 1, 10000000, &o->count, NULL);
}

int main(int argc, char **argv)
{
    struct options o = { .oauth = { .client_id = "",
                                    .client_secret_file = "",
                                    .refresh_token_file = "",
                                    .key_file = "",
                                    .scope = "",
                                    .user = "",
                                    .ca_file = "" },
                         .to = "rose@example.net",
                         .from = "bounce+token@example.org",
                         .subject = "Digest 1",
                         .text = "Hello\n.\nFrom me\n",
                         .batch = TRANSPORT_BATCH_MAX };
    CLEANUP(json_free) struct json *line = json_object_new();
    struct batch batch = { 0 };
    struct err err = { 0 };
    enum rc rc;

    if (!read_options(argc, argv, &o)) {
        fputs("usage: smtp_send URL COUNT [options]; see the top of tests/tools/smtp_send.c\n", stderr);
        return 64;
    }
    batch.is_quiet = o.is_quiet;
    for (size_t i = 0; i < COUNT_OF(batch.wires); i++)
        batch.wires[i] = wire_new();
    rc = run(&o, &batch, &err);
    for (size_t i = 0; i < COUNT_OF(batch.wires); i++)
        wire_free(&batch.wires[i]);
    json_set_str(line, "rc", rc_name(rc));
    json_set_str(line, "error", rc ? err.msg : "");
    json_set_int(line, "accepted", batch.accepted);
    print_line(line);
    return 0;
}
