/*
 * Texts: handed to a provider on this machine with every text committed before and after, against a bare libcurl multi loop with the same requests; and
 * calls of our hook, each signed, proved and committed, against a libmicrohttpd that only answers 200. BENCH_TEXTS changes the number;
 * TMPDIR says where (in memory: what is left when a sync costs nothing).
 */
#include "base/crypt.h"
#include "base/log.h"
#include "gateway/home/home.h"
#include "gateway/home/process.h"
#include "gateway/sms/text_provider.h"
#include "gateway/sms/text_queue.h"
#include "gateway/text/text_send.h"
#include "gateway/web/web_role.h"
#include "mailer/sms_http.h"
#include "store/text_consent.h"

#include "tests/unit/text_help.h"

#include <curl/curl.h>
#include <gnutls/crypto.h>
#include <microhttpd.h>

#define MUST(call)                                                                                                     \
    do {                                                                                                               \
        if (call) {                                                                                                    \
            fprintf(stderr, "%s: %s\n", #call, err.msg);                                                               \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)
#define CLIENT_BATCH 64
#define BARE_WINDOW 8 /* requests at a time of the bare loop: of 4 to 64 its quickest */
#define TEXTS_EACH 10
#define FROM_MANY 50
#define ROUNDS 5

static struct err err;

static double rate(size_t n, int64_t from_ms)
{
    const int64_t ms = clock_steady_ms() - from_ms;

    return (double)n * 1000 / (double)(ms > 0 ? ms : 1);
}

static long pss_kib(pid_t pid)
{
    char path[64], line[256];
    long kib = 0;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "Pss:", 4) == 0)
            kib = strtol(line + 4, NULL, 10);
    if (f)
        fclose(f);
    return kib;
}

/* ---- out ---- */

struct house {
    struct home *home;
    struct gate gate;
    struct text_account account;
    struct text_provider provider;
    size_t members; /* numbers that said yes */
};

static void make_house(struct house *h, const char *dir, int port, int web_port)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct home_plan plan = { .path = arena_printf(mem, "%s/home", dir),
                                    .key_file = arena_printf(mem, "%s/key", dir),
                                    .made_for = HOME_FOR_TEST };
    struct text_sender sender = { .kind = TEXT_MODEM, .number = "+15555550199" };
    struct practice_id practice;

    MUST(home_make(&plan, &practice, &err));
    MUST(home_open(plan.path, HOME_WITH_KEYS, &h->home, &err));
    MUST(gate_open(h->home, practice, &h->gate, &err));
    h->account = (struct text_account){ .provider = "twilio" };
    h->account.values = arena_printf(
        mem,
        "{\"setting.api\":\"http://127.0.0.1:%d\",\"setting.account\":\"AC1\",\"secret.auth_token\":\"t0ken\","
        "\"secret.signing_key\":\"t0ken\",\"setting.hook\":\"http://127.0.0.1:%d\"}",
        port, web_port);
    MUST(db_begin(h->home->db, &tx, &err));
    MUST(text_account_add(&h->gate.store, &h->account, &err));
    sender.account = h->account.id;
    MUST(text_sender_add(&h->gate.store, &sender, &err));
    MUST(db_commit(&tx, &err));
    MUST(text_provider_open(&h->gate, h->account.id, h->gate.mem, &h->provider, &err));
}

/* Members' numbers, ten texts each: more than twenty parts a day go to nobody. */
static const char *number_of(size_t i, struct arena *mem)
{
    return arena_printf(mem, "+1%03zu55501%02zu", 201 + i / 100 % 700, i % 100);
}

static struct address_id say_yes(struct house *h, size_t i, struct arena *mem)
{
    struct text_consent_change yes = { .state = TEXT_YES, .level = 0, .way = TEXT_BY_TEXT };
    struct address a;

    MUST(address_ensure(&h->gate.store, ADDRESS_PHONE, number_of(i, mem), mem, &a, &err));
    yes.address = a.id;
    MUST(text_consent_set(&h->gate.store, &yes, &err));
    return a.id;
}

static void queue_texts(struct house *h, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct text_say say = {
        .kind = MAILING_DIGEST, .lane = LANE_DIGEST, .needs = TEXT_NEEDS_CONSENT, .words = "Tuesday Circle: 2 new notes"
    };

    MUST(db_begin(h->home->db, &tx, &err));
    for (size_t i = 0; i < n; i++) {
        if (i % TEXTS_EACH == 0)
            say.address = say_yes(h, h->members++, mem);
        MUST(text_queue(&h->gate, &say, NULL, &err));
    }
    MUST(db_commit(&tx, &err));
}

static double ours_out(struct house *h, size_t n)
{
    struct text_worker *w = text_worker_new(&h->gate, TEXT_ALL);
    int64_t from_ms;
    size_t did = 1, all = 0;

    for (from_ms = clock_steady_ms(); did; all += did)
        MUST(text_worker_step(w, &did, &err));
    text_worker_free(&w);
    if (all != n)
        fprintf(stderr, "%zu of %zu\n", all, n);
    return rate(all, from_ms);
}

static size_t drop(char *bytes, size_t size, size_t count, void *ctx)
{
    (void)bytes;
    (void)ctx;
    return size * count;
}

/* As many connections as we have, and nothing else. */
static double bare_out(int port, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    const char *const url = arena_printf(mem, "http://127.0.0.1:%d/Accounts/AC1/Messages.json", port);
    const struct sms_http_options usual = SMS_HTTP_USUAL;
    CURLM *const multi = curl_multi_init();
    const int64_t from_ms = clock_steady_ms();
    size_t started = 0, ended = 0, before;
    int running, left;
    CURLMsg *m;

    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, usual.connections);
    while (ended < n) {
        for (; started < n && started - ended < BARE_WINDOW; started++) {
            CURL *const e = curl_easy_init();

            curl_easy_setopt(e, CURLOPT_URL, url);
            curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
            curl_easy_setopt(e, CURLOPT_USERPWD, "AC1:t0ken");
            curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, drop);
            curl_easy_setopt(
                e, CURLOPT_POSTFIELDS,
                "To=%2B15555550101&From=%2B15555550199&Body=Tuesday%20Circle%3A%202%20new%20notes&ValidityPeriod=14400"
                "&SmartEncoded=false");
            curl_multi_add_handle(multi, e);
        }
        curl_multi_perform(multi, &running);
        before = ended;
        while ((m = curl_multi_info_read(multi, &left))) {
            CURL *const e = m->easy_handle;

            curl_multi_remove_handle(multi, e);
            curl_easy_cleanup(e);
            ended++;
        }
        if (running && ended == before) /* who waits for a connection goes on at once */
            curl_multi_poll(multi, NULL, 0, 100, NULL);
    }
    curl_multi_cleanup(multi);
    return rate(ended, from_ms);
}

/* ---- in ---- */

static enum MHD_Result say_200(void *ctx, struct MHD_Connection *c, const char *url, const char *method,
                               const char *version, const char *bytes, size_t *n, void **state)
{
    static int seen;
    struct MHD_Response *r;
    enum MHD_Result ok;

    (void)ctx, (void)url, (void)method, (void)version, (void)bytes;
    if (!*state) {
        *state = &seen;
        return MHD_YES;
    }
    if (*n) {
        *n = 0;
        return MHD_YES;
    }
    r = MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    ok = MHD_queue_response(c, 200, r);
    MHD_destroy_response(r);
    return ok;
}

static int free_port(void)
{
    int port;
    const int fd = stub_listen(&port);

    close(fd);
    return port;
}

static pid_t start_bare(int port)
{
    const pid_t pid = fork();

    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)port, NULL, NULL, say_200, NULL, MHD_OPTION_END))
        for (;;)
            pause();
    _exit(1);
}

static pid_t start_ours(const char *dir, int port)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    const pid_t pid = fork();
    struct home *home = NULL;

    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    MUST(process_catch(&err));
    MUST(home_open(arena_printf(mem, "%s/home", dir), HOME_WITH_KEYS, &home, &err));
    home->settings.web_listen = arena_printf(mem, "127.0.0.1:%d", port);
    MUST(web_role_run(home, &err));
    _exit(0);
}

/* A call as Twilio signs it. */
static const struct provider_request *signed_call(const char *url, const char *from_url, size_t i, struct arena *mem)
{
    struct provider_request *const r = arena_alloc(mem, sizeof *r);
    const char **const headers = arena_array(mem, 2, sizeof *headers);
    const char *const from = number_of(i % FROM_MANY, mem);
    const char *const covered =
        arena_printf(mem, "%sBodyhelloFrom%sMessageSidSM%zuNumMedia0To+15555550199", url, from, i);
    unsigned char mac[20];

    gnutls_hmac_fast(GNUTLS_MAC_SHA1, "t0ken", 5, covered, strlen(covered), mac);
    headers[0] = arena_printf(mem, "X-Twilio-Signature: %s", sms_sign_base64(mac, sizeof mac, mem));
    headers[1] = "Content-Type: application/x-www-form-urlencoded";
    *r = (struct provider_request){ .method = "POST", .url = from_url, .headers = headers, .header_count = 2 };
    r->body = arena_printf(mem, "MessageSid=SM%zu&From=%%2B%s&To=%%2B15555550199&Body=hello&NumMedia=0", i, from + 1);
    r->body_len = strlen(r->body);
    return r;
}

static double calls(const char *hook, const char *to, size_t n, size_t first, size_t callers)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    const struct sms_http_options options = { "", 5000, 10000, (long)callers, 0 };
    const struct provider_request **const all = arena_array(mem, n, sizeof *all);
    struct sms_http_result *const results = arena_array(mem, n, sizeof *results);
    CLEANUP(sms_http_free) struct sms_http *http = NULL;
    size_t good = 0;
    int64_t from_ms;

    MUST(sms_http_new(&options, &http, &err));
    for (size_t i = 0; i < n; i++)
        all[i] = signed_call(hook, to, first + i, mem);
    from_ms = clock_steady_ms();
    for (size_t i = 0; i < n; i += CLIENT_BATCH)
        sms_http_run(http, all + i, n - i < CLIENT_BATCH ? n - i : CLIENT_BATCH, mem, results + i);
    for (size_t i = 0; i < n; i++)
        good += results[i].end == SMS_ANSWERED && results[i].status == 200;
    if (good != n)
        fprintf(stderr, "%zu of %zu were answered 200\n", good, n);
    return rate(good, from_ms);
}

/* Rates of rounds in turns, and processor time, which a busy machine does not change. */
struct rates {
    double ours[ROUNDS], bare[ROUNDS], ratio[ROUNDS], ours_us[ROUNDS], bare_us[ROUNDS];
};

/* What a process has used so far. */
static double cpu_us(pid_t pid)
{
    struct timespec used = { 0 };
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &used))
        return 0;
    return (double)used.tv_sec * 1e6 + (double)used.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double of[ROUNDS])
{
    qsort(of, ROUNDS, sizeof *of, compare);
    return of[ROUNDS / 2];
}

static void tell(const char *way, struct rates *r, const char *peer, const char *aim, size_t n)
{
    for (size_t i = 0; i < ROUNDS; i++)
        r->ratio[i] = r->ours[i] / r->bare[i];
    printf("%s: %.0f/s; %s %.0f/s; ratio %.2f (aim %s); processor time each %.0f and %.0f us; medians of %d rounds in "
           "turns\n",
           way, median(r->ours), peer, median(r->bare), median(r->ratio), aim, median(r->ours_us) / (double)n,
           median(r->bare_us) / (double)n, ROUNDS);
}

static void bench_out(struct house *h, int port, size_t n)
{
    struct rates r;

    for (size_t i = 0; i < ROUNDS; i++) {
        double from_us = cpu_us(getpid());

        r.bare[i] = bare_out(port, n);
        r.bare_us[i] = cpu_us(getpid()) - from_us;
        queue_texts(h, n);
        from_us = cpu_us(getpid());
        r.ours[i] = ours_out(h, n);
        r.ours_us[i] = cpu_us(getpid()) - from_us;
    }
    tell("texts out", &r, "a bare libcurl multi loop", "0.5", n);
}

static void calls_in_turns(struct house *h, pid_t role, pid_t plain, const char *to, size_t n, size_t callers)
{
    static size_t sent;
    char way[64];
    struct rates r;

    snprintf(way, sizeof way, "calls in, %zu at a time, proved and committed", callers);
    for (size_t i = 0; i < ROUNDS; i++, sent += n) {
        const double bare_us = cpu_us(plain), ours_us = cpu_us(role);

        r.bare[i] = calls(h->provider.hook, to, n, 0, callers);
        r.ours[i] = calls(h->provider.hook, h->provider.hook, n, sent, callers);
        r.bare_us[i] = cpu_us(plain) - bare_us;
        r.ours_us[i] = cpu_us(role) - ours_us;
    }
    tell(way, &r, "a libmicrohttpd that says 200", "0.3", n);
    printf("the role holds %ld KiB after %zu calls\n", pss_kib(role), sent);
}

static void bench_in(struct house *h, const char *dir, int web, size_t n)
{
    const int bare_port = free_port();
    const pid_t plain = start_bare(bare_port), role = start_ours(dir, web);
    char to[64];

    sleep(1);
    snprintf(to, sizeof to, "http://127.0.0.1:%d/", bare_port);
    calls_in_turns(h, role, plain, to, n, CLIENT_BATCH / 4);
    calls_in_turns(h, role, plain, to, n, CLIENT_BATCH);
    kill(role, SIGTERM);
    waitpid(role, NULL, 0);
    kill(plain, SIGKILL);
}

int main(void)
{
    const char *const tmp = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    char dir[100];
    const char *const said = getenv("BENCH_TEXTS");
    const size_t n = said ? strtoul(said, NULL, 10) : 1000;
    const int web = free_port();
    struct text_stub stub;
    struct house h = { 0 };

    log_setup(LOG_ERROR, "bench");
    MUST(crypt_init(&err));
    if (snprintf(dir, sizeof dir, "%s/postcircle-bench.XXXXXX", tmp) >= (int)sizeof dir || !mkdtemp(dir))
        return 1;
    text_stub_start(&stub, dir);
    make_house(&h, dir, stub.port, web);
    bench_out(&h, stub.port, n);
    text_stub_stop(&stub);
    bench_in(&h, dir, web, n);
    gate_close(&h.gate);
    home_close(&h.home);
    return 0;
}
