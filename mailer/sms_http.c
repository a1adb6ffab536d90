#include "mailer/sms_http.h"

#include "base/strbuf.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

struct sms_http {
    CURLM *multi;
    struct sms_http_options options;
};

/* One request on its way. */
struct errand {
    CURL *handle;
    struct curl_slist *headers;
    struct strbuf body;
    int sent; /* how often it was about to go onto a wire */
    struct sms_http_result *result;
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
    http->multi = curl_multi_init();
    if (!http->multi)
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
    curl_multi_cleanup((*http)->multi);
    free(*http);
    *http = NULL;
}

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

static void set_up(const struct sms_http *http, struct errand *e, const struct provider_request *r)
{
    CURL *const h = e->handle;
    const bool is_plain = !strncmp(r->url, "http://", 7);

    curl_easy_setopt(h, CURLOPT_URL, r->url);
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, is_plain ? "http" : "https");
    curl_easy_setopt(h, CURLOPT_PROXY, "");
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)http->options.connect_ms);
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)http->options.timeout_ms);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, e);
    curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, on_wire);
    curl_easy_setopt(h, CURLOPT_PREREQDATA, e);
    curl_easy_setopt(h, CURLOPT_PRIVATE, e);
    if (*http->options.ca_file)
        curl_easy_setopt(h, CURLOPT_CAINFO, http->options.ca_file);
    for (size_t i = 0; i < r->header_count; i++)
        e->headers = curl_slist_append(e->headers, r->headers[i]);
    e->headers = curl_slist_append(e->headers, "Expect:"); /* no 100-continue: it costs a round trip */
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, e->headers);
    if (r->body) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, r->body);
    } else if (!strcmp(r->method, "POST")) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0);
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, "");
    }
}

static void finish(struct sms_http *http, struct errand *e, CURLcode code, struct arena *mem)
{
    struct sms_http_result *const r = e->result;
    curl_off_t retry_after = 0;

    curl_easy_getinfo(e->handle, CURLINFO_RESPONSE_CODE, &r->status);
    curl_easy_getinfo(e->handle, CURLINFO_RETRY_AFTER, &retry_after);
    r->retry_after_ms = (int64_t)retry_after * 1000;
    r->end = code == CURLE_OK ? SMS_ANSWERED : e->sent ? SMS_LOST : SMS_NOT_SENT;
    r->curl_code = (int)code;
    r->body_len = e->body.over ? 0 : e->body.len;
    r->body = arena_strndup(mem, r->body_len ? strbuf_peek(&e->body) : "", r->body_len);
    curl_multi_remove_handle(http->multi, e->handle);
    curl_easy_cleanup(e->handle);
    curl_slist_free_all(e->headers);
    strbuf_done(&e->body);
    *e = (struct errand){ .result = NULL };
}

static size_t take_ends(struct sms_http *http, struct arena *mem)
{
    const CURLMsg *m;
    int left;
    size_t n = 0;

    while ((m = curl_multi_info_read(http->multi, &left))) {
        struct errand *e = NULL;
        const CURLcode code = m->data.result;

        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &e);
        finish(http, e, code, mem);
        n++;
    }
    return n;
}

void sms_http_run(struct sms_http *http, const struct provider_request *const *requests, size_t n, struct arena *mem,
                  struct sms_http_result *results)
{
    struct errand *const errands = arena_array(mem, n ? n : 1, sizeof *errands);
    size_t open = 0;
    int running = 0;

    for (size_t i = 0; i < n; i++) {
        if (!requests[i])
            continue;
        results[i] = (struct sms_http_result){ .end = SMS_NOT_SENT, .body = "" };
        errands[i] =
            (struct errand){ .handle = curl_easy_init(), .body = STRBUF(SMS_HTTP_ANSWER_MAX), .result = &results[i] };
        if (!errands[i].handle)
            abort();
        set_up(http, &errands[i], requests[i]);
        if (curl_multi_add_handle(http->multi, errands[i].handle))
            abort();
        open++;
    }
    while (open && !curl_multi_perform(http->multi, &running)) {
        const size_t ended = take_ends(http, mem);

        open -= ended;
        if (open && !ended && curl_multi_poll(http->multi, NULL, 0, 1000, NULL))
            break;
    }
    for (size_t i = 0; i < n; i++) /* the library itself failed: what had left is lost */
        if (errands[i].handle)
            finish(http, &errands[i], CURLE_FAILED_INIT, mem);
}
