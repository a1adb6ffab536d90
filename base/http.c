#include "base/http.h"

#include <curl/curl.h>
#include <string.h>

static void handle_done(CURL **handle)
{
    if (*handle)
        curl_easy_cleanup(*handle);
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *ctx)
{
    struct strbuf *const body = ctx;

    strbuf_add(body, bytes, size * count);
    return body->over ? 0 : size * count;
}

enum rc http_fault(int curl_code, struct err *err)
{
    switch (curl_code) {
    case CURLE_PEER_FAILED_VERIFICATION:
        return err_set(
            err, RC_DENIED,
            "the server's certificate proves nothing: not signed by whom this machine trusts, or of another name");
    case CURLE_SSL_CACERT_BADFILE:
        return err_set(err, RC_INPUT, "no trusted certificate can be read from the CA file");
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
        return err_set(err, RC_INPUT, "it is no https address");
    case CURLE_COULDNT_RESOLVE_HOST:
        return err_set(err, RC_TEMP, "no answer from the server: this machine finds no such name (is it online? DNS?)");
    case CURLE_COULDNT_CONNECT:
        return err_set(err, RC_TEMP, "no answer from the server: no connection (does a firewall hold it up?)");
    case CURLE_OPERATION_TIMEDOUT:
        return err_set(err, RC_TEMP, "no answer from the server in time");
    default:
        return err_set(err, RC_TEMP, "no answer from the server (libcurl %d)", curl_code);
    }
}

static enum rc judge(CURLcode code, const struct strbuf *body, struct err *err)
{
    if (body->over)
        return err_set(err, RC_LIMIT, "the server's answer is too long");
    return code == CURLE_OK ? RC_OK : http_fault(code, err);
}

static void list_done(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

static void set_up(CURL *handle, const struct http_call *call, struct strbuf *body)
{
    curl_easy_setopt(handle, CURLOPT_URL, call->url);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
    if (call->body)
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, call->body);
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call->method);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, body);
    if (call->user) {
        curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(handle, CURLOPT_USERNAME, call->user);
        curl_easy_setopt(handle, CURLOPT_PASSWORD, call->password);
    } else if (call->bearer) {
        curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(handle, CURLOPT_XOAUTH2_BEARER, call->bearer);
    }
    if (call->ca_file && *call->ca_file)
        curl_easy_setopt(handle, CURLOPT_CAINFO, call->ca_file);
}

static const char *header_of(CURL *handle, const char *name, struct arena *mem)
{
    struct curl_header *header;

    return curl_easy_header(handle, name, 0, CURLH_HEADER, -1, &header) ? "" : arena_strdup(mem, header->value);
}

enum rc http_call(const struct http_call *call, struct arena *mem, struct http_answer *ret_answer, struct err *err)
{
    static bool is_ready; /* the library's own state, once in the process */
    CLEANUP(handle_done) CURL *handle = NULL;
    CLEANUP(list_done) struct curl_slist *headers = NULL;
    CLEANUP(strbuf_done) struct strbuf body = STRBUF(HTTP_ANSWER_MAX);
    struct http_answer answer = { .status = 0 };

    if (!is_ready && curl_global_init(CURL_GLOBAL_DEFAULT))
        return err_set(err, RC_TEMP, "libcurl does not start");
    is_ready = true;
    handle = curl_easy_init();
    if (!handle)
        abort();
    set_up(handle, call, &body);
    if (call->type) {
        headers = curl_slist_append(NULL, arena_printf(mem, "Content-Type: %s", call->type));
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    }
    if (judge(curl_easy_perform(handle), &body, err))
        return err->rc;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
    answer.retry_after = header_of(handle, "Retry-After", mem);
    answer.n = body.len;
    if (strbuf_take(&body, mem, &answer.body, err))
        return err->rc;
    *ret_answer = answer;
    return RC_OK;
}

enum rc http_post(const struct http_post *post, struct arena *mem, struct http_answer *ret_answer, struct err *err)
{
    const struct http_call call = {
        .method = "POST", .url = post->url, .body = post->form, .ca_file = post->ca_file, .timeout_ms = post->timeout_ms
    };

    return http_call(&call, mem, ret_answer, err);
}

/* RFC 3986: unreserved characters stand for themselves. */
void http_form_add(struct strbuf *form, const char *name, const char *value)
{
    strbuf_printf(form, "%s%s=", form->len ? "&" : "", name);
    for (; *value; value++) {
        const unsigned char c = (unsigned char)*value;

        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-._~", c))
            strbuf_char(form, (char)c);
        else
            strbuf_printf(form, "%%%02X", c);
    }
}
