#include "mailer/sms_http.h"

#include "base/clock.h"
#include "base/strbuf.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

struct sms_http {
    CURLM *multi;
    struct sms_http_options options;
    CURL **idle; /* handles of earlier requests, at most options.connections */
    size_t idle_count;
};

/* One request: it waits, is on its way (it has a handle), or has its end. */
struct errand {
    const struct provider_request *request;
    size_t host; /* the first of the run to the same host; */
    long open;   /* that one counts how many are on their way there */
    bool is_waiting;
    CURL *handle;
    struct curl_slist *headers;
    struct strbuf body;
    int sent; /* how often it was about to go onto a wire */
    struct sms_http_result *result;
};

struct run {
    struct sms_http *http;
    struct errand *errands;
    size_t count, first_waiting, open;
    int64_t until_ms; /* steady */
    struct arena *mem;
};

enum rc sms_http_new(const struct sms_http_options *options, struct sms_http **ret_http, struct err *err)
{
    static bool is_ready; /* the library's own state, once in the process */
    struct sms_http *http;

    if (!is_ready && curl_global_init(CURL_GLOBAL_DEFAULT))
        return err_set(err, RC_TEMP, "libcurl does not start");
    is_ready = true;
    http = calloc(1, sizeof *http);
    if (!http)
        abort();
    http->options = *options;
    http->idle = calloc((size_t)options->connections, sizeof(CURL *));
    http->multi = curl_multi_init();
    if (!http->idle || !http->multi)
        abort();
    curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, options->connections);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, 2 * options->connections);
    *ret_http = http;
    return RC_OK;
}

void sms_http_free(struct sms_http **http)
{
    if (!*http)
        return;
    while ((*http)->idle_count)
        curl_easy_cleanup((*http)->idle[--(*http)->idle_count]);
    curl_multi_cleanup((*http)->multi);
    free((*http)->idle);
    free(*http);
    *http = NULL;
}

/* ---- one request ---- */

static size_t on_bytes(char *bytes, size_t size, size_t count, void *ctx)
{
    struct errand *const e = ctx;

    strbuf_add(&e->body, bytes, size * count);
    return e->body.over ? 0 : size * count;
}

/* Called before a request goes onto a connection, also when libcurl tries again by itself. */
static int on_wire(void *ctx, char *remote, char *local, int remote_port, int local_port)
{
    struct errand *const e = ctx;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    return e->sent++ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* A handle with what is the same for every request. */
static CURL *open_handle(struct sms_http *http)
{
    CURL *h;

    if (http->idle_count)
        return http->idle[--http->idle_count];
    h = curl_easy_init();
    if (!h)
        abort();
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_PROXY, "");
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)http->options.connect_ms);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, on_wire);
    if (*http->options.ca_file)
        curl_easy_setopt(h, CURLOPT_CAINFO, http->options.ca_file);
    return h;
}

static void close_handle(struct sms_http *http, CURL *h)
{
    if (http->idle_count < (size_t)http->options.connections)
        http->idle[http->idle_count++] = h;
    else
        curl_easy_cleanup(h);
}

static void set_body(CURL *h, const struct provider_request *r)
{
    const bool is_post = r->body || !strcmp(r->method, "POST");

    if (!is_post) {
        curl_easy_setopt(h, CURLOPT_HTTPGET, 1L);
        return;
    }
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(r->body ? r->body_len : 0));
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, r->body ? r->body : "");
}

static void start(struct run *run, struct errand *e, int64_t left_ms)
{
    const struct provider_request *const r = e->request;
    CURL *const h = open_handle(run->http);

    for (size_t i = 0; i < r->header_count; i++)
        e->headers = curl_slist_append(e->headers, r->headers[i]);
    e->headers = curl_slist_append(e->headers, "Expect:"); /* no 100-continue: it costs a round trip */
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, e->headers);
    curl_easy_setopt(h, CURLOPT_URL, r->url);
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, e);
    curl_easy_setopt(h, CURLOPT_PREREQDATA, e);
    curl_easy_setopt(h, CURLOPT_PRIVATE, e);
    set_body(h, r);
    if (curl_multi_add_handle(run->http->multi, h))
        abort();
    e->handle = h;
    e->is_waiting = false;
    run->errands[e->host].open++;
    run->open++;
}

static void finish(struct run *run, struct errand *e, CURLcode code)
{
    struct sms_http_result *const r = e->result;
    curl_off_t retry_after = 0;

    curl_easy_getinfo(e->handle, CURLINFO_RESPONSE_CODE, &r->status);
    curl_easy_getinfo(e->handle, CURLINFO_RETRY_AFTER, &retry_after);
    r->retry_after_ms = (int64_t)retry_after * 1000;
    r->end = code == CURLE_OK ? SMS_ANSWERED : e->sent ? SMS_LOST : SMS_NOT_SENT;
    r->curl_code = (int)code;
    r->body_len = e->body.over ? 0 : e->body.len;
    r->body = arena_strndup(run->mem, r->body_len ? strbuf_peek(&e->body) : "", r->body_len);
    curl_multi_remove_handle(run->http->multi, e->handle);
    close_handle(run->http, e->handle);
    curl_slist_free_all(e->headers);
    strbuf_done(&e->body);
    e->handle = NULL;
    run->errands[e->host].open--;
    run->open--;
}

/* ---- all of them ---- */

static bool is_same_host(const char *a, const char *b)
{
    const size_t scheme = strcspn(a, ":") + 3, n = scheme + strcspn(a + scheme, "/?");

    return !strncmp(a, b, n) && (!b[n] || strchr("/?", b[n]));
}

static size_t host_of(const struct run *run, size_t at)
{
    size_t i = 0;

    while (i < at &&
           !(run->errands[i].request && is_same_host(run->errands[i].request->url, run->errands[at].request->url)))
        i++;
    return i;
}

/* Those that a connection is free for. What comes to no turn while there is time for its answer has not left. */
static void start_waiting(struct run *run)
{
    const int64_t left_ms = run->until_ms - clock_steady_ms();

    for (size_t i = run->first_waiting; i < run->count; i++) {
        struct errand *const e = &run->errands[i];

        if (e->is_waiting && (left_ms <= 0 || left_ms < run->http->options.least_ms))
            e->is_waiting = false;
        else if (e->is_waiting && run->errands[e->host].open < run->http->options.connections)
            start(run, e, left_ms);
        if (i == run->first_waiting && !e->is_waiting)
            run->first_waiting++;
    }
}

static size_t take_ends(struct run *run)
{
    const CURLMsg *m;
    int left;
    size_t n = 0;

    while ((m = curl_multi_info_read(run->http->multi, &left))) {
        struct errand *e = NULL;
        const CURLcode code = m->data.result;

        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &e);
        finish(run, e, code);
        n++;
    }
    return n;
}

void sms_http_run(struct sms_http *http, const struct provider_request *const *requests, size_t n, struct arena *mem,
                  struct sms_http_result *results)
{
    struct run run = { .http = http, .count = n, .until_ms = clock_steady_ms() + http->options.timeout_ms, .mem = mem };
    int running = 0;

    run.errands = ARENA_ARRAY(mem, n, struct errand);
    for (size_t i = 0; i < n; i++) {
        if (!requests[i])
            continue;
        results[i] = (struct sms_http_result){ .end = SMS_NO_TURN, .body = "" };
        run.errands[i] = (struct errand){
            .request = requests[i], .is_waiting = true, .body = STRBUF(SMS_HTTP_ANSWER_MAX), .result = &results[i]
        };
        run.errands[i].host = host_of(&run, i);
    }
    start_waiting(&run);
    while (run.open && !curl_multi_perform(http->multi, &running)) {
        if (take_ends(&run))
            start_waiting(&run);
        else if (curl_multi_poll(http->multi, NULL, 0, 1000, NULL))
            break;
    }
    for (size_t i = 0; i < n; i++) /* the library itself failed: what had left is lost */
        if (run.errands[i].handle)
            finish(&run, &run.errands[i], CURLE_FAILED_INIT);
}
