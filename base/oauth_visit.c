#include "base/oauth_visit.h"

#include "base/clock.h"
#include "base/crypt.h"
#include "base/io.h"
#include "base/oauth_parts.h"
#include "base/secret.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAGE_MAX ((size_t)8 << 10)
#define LINE_MAX_BYTES ((size_t)8 << 10)
#define VERIFIER_BYTES 48 /* 64 characters: RFC 7636 4.1 */
#define STATE_BYTES 24
#define PEER_MS 5000 /* of silence */
#define BACKLOG 8

static const char done[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 37\r\n\r\n"
    "Done. You can close this window now.\n";
static const char elsewhere[] = "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/* ---- beginning ---- */

void oauth_visit_close(struct oauth_visit *visit)
{
    io_close(&visit->port_fd);
}

static const char *random_word(size_t bytes, struct arena *mem)
{
    void *const raw = arena_alloc(mem, bytes);

    crypt_random(raw, bytes);
    return crypt_base64url(raw, bytes, mem);
}

static enum rc open_port(int *ret_fd, unsigned *ret_port, struct err *err)
{
    CLEANUP(io_close) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in where = { .sin_family = AF_INET, .sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof where;

    if (fd < 0 || bind(fd, (struct sockaddr *)&where, n) || listen(fd, BACKLOG) ||
        getsockname(fd, (struct sockaddr *)&where, &n))
        return err_set(err, RC_TEMP, "no port on 127.0.0.1: %s", strerror(errno));
    *ret_port = ntohs(where.sin_port);
    *ret_fd = fd;
    fd = -1;
    return RC_OK;
}

static const char *challenge_of(const char *verifier, struct arena *mem)
{
    unsigned char hash[CRYPT_HASH_BYTES];

    crypt_hash(verifier, strlen(verifier), hash);
    return crypt_base64url(hash, sizeof hash, mem);
}

enum rc oauth_visit_begin(const struct oauth *oauth, const char *auth_url, struct arena *mem,
                          struct oauth_visit *ret_visit, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf query = STRBUF(PAGE_MAX);
    CLEANUP(oauth_visit_close) struct oauth_visit visit = { .port_fd = -1 };
    unsigned port;

    if (open_port(&visit.port_fd, &port, err))
        return err->rc;
    visit.redirect = arena_printf(mem, "http://127.0.0.1:%u", port);
    visit.state = random_word(STATE_BYTES, mem);
    visit.verifier = random_word(VERIFIER_BYTES, mem);
    http_form_add(&query, "client_id", oauth->client_id);
    http_form_add(&query, "redirect_uri", visit.redirect);
    http_form_add(&query, "response_type", "code");
    http_form_add(&query, "scope", oauth->scope);
    http_form_add(&query, "state", visit.state);
    http_form_add(&query, "code_challenge", challenge_of(visit.verifier, mem));
    http_form_add(&query, "code_challenge_method", "S256");
    http_form_add(&query, "access_type", "offline"); /* else no refresh token (Google) */
    http_form_add(&query, "prompt", "consent");
    http_form_add(&query, "login_hint", oauth->user);
    if (strbuf_check(&query, err))
        return err->rc;
    visit.page = arena_printf(mem, "%s?%s", auth_url, strbuf_peek(&query));
    *ret_visit = visit;
    visit.port_fd = -1;
    return RC_OK;
}

/* ---- the address that the browser ends at ---- */

static int hex_of(char c)
{
    const char *const digits = "0123456789abcdef", *const at = c ? strchr(digits, c | 0x20) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* The value of a name in the query of an address, decoded; NULL: none. The address ends at a blank or its end. */
static const char *query_value(const char *address, const char *name, struct arena *mem)
{
    const size_t k = strlen(name), all = strcspn(address, " \t\r\n#");
    const char *const end = address + all, *at = memchr(address, '?', all);
    char *text = NULL;

    while (at && (size_t)(end - at) > k + 1 && (strncmp(at + 1, name, k) != 0 || at[k + 1] != '='))
        at = memchr(at + 1, '&', (size_t)(end - at - 1));
    if (!at || (size_t)(end - at) <= k + 1)
        return NULL;
    text = arena_strndup(mem, at + k + 2, (size_t)(end - at) - k - 2);
    text[strcspn(text, "&")] = '\0';
    for (char *in = text, *out = text;; in++, out++) {
        const bool is_coded = *in == '%' && hex_of(in[1]) >= 0 && hex_of(in[2]) >= 0;

        *out = is_coded ? (char)(hex_of(in[1]) * 16 + hex_of(in[2])) : *in == '+' ? ' ' : *in;
        if (!*out)
            return text;
        in += is_coded ? 2 : 0;
    }
}

/* RC_OK with the code; RC_NOT_FOUND: it is about something else. */
static enum rc read_address(const struct oauth_visit *visit, const char *address, struct arena *mem,
                            const char **ret_code, struct err *err)
{
    const char *const state = query_value(address, "state", mem), *const code = query_value(address, "code", mem);

    if (!state || strcmp(state, visit->state) != 0)
        return err_set(err, RC_NOT_FOUND, "that is not the address of this sign-in");
    if (!code || !*code)
        return err_set(err, RC_DENIED, "the sign-in was refused");
    *ret_code = code;
    return RC_OK;
}

/* ---- waiting for it ---- */

/* What one line of a peer says; a browser's first one is "GET /?state=…&code=… HTTP/1.1". */
static enum rc serve_peer(const struct oauth_visit *visit, struct arena *mem, const char **ret_code, struct err *err)
{
    CLEANUP(io_close) int fd = accept4(visit->port_fd, NULL, NULL, SOCK_CLOEXEC);
    const int64_t until_ms = clock_steady_ms() + PEER_MS;
    char text[LINE_MAX_BYTES];
    size_t n = 0;
    struct err ignored;
    enum rc rc;

    while (fd >= 0 && n < sizeof text - 1 && !memchr(text, '\n', n)) {
        struct pollfd one = { .fd = fd, .events = POLLIN };
        const int64_t left_ms = until_ms - clock_steady_ms();
        const ssize_t got =
            left_ms > 0 && poll(&one, 1, (int)left_ms) > 0 ? recv(fd, text + n, sizeof text - 1 - n, 0) : 0;

        if (got <= 0)
            break;
        n += (size_t)got;
    }
    text[n] = '\0';
    rc = text_starts(text, "GET ") ? read_address(visit, text + 4, mem, ret_code, err)
                                   : err_set(err, RC_NOT_FOUND, "no request");
    if (fd >= 0 && n) {
        const char *const answer = rc == RC_NOT_FOUND ? elsewhere : done;

        rc_ignore(io_write_all(fd, answer, strlen(answer), &ignored), "the browser may have gone");
    }
    return rc;
}

/* What was typed so far; a line is kept until it is whole. */
struct pasted {
    int fd;
    char text[LINE_MAX_BYTES];
    size_t n;
};

/* Line by line, whatever a read brought; at the end of it what is there is a line too. */
static enum rc read_pasted(const struct oauth_visit *visit, struct pasted *p, struct arena *mem, const char **ret_code,
                           struct err *err)
{
    const ssize_t got = read(p->fd, p->text + p->n, sizeof p->text - 1 - p->n);
    enum rc rc = err_set(err, RC_NOT_FOUND, "no line yet");
    char *end;

    p->n += got > 0 ? (size_t)got : 0;
    if (got <= 0) {
        p->text[p->n++] = '\n';
        p->fd = -1;
    }
    while (rc == RC_NOT_FOUND && (end = memchr(p->text, '\n', p->n))) {
        *end = '\0';
        rc = read_address(visit, p->text + strspn(p->text, " \t"), mem, ret_code, err);
        p->n -= (size_t)(end + 1 - p->text);
        memmove(p->text, end + 1, p->n);
    }
    if (p->n == sizeof p->text - 1) /* no address is so long */
        p->n = 0;
    return rc;
}

static enum rc wait_for_code(const struct oauth_visit *visit, int in_fd, int64_t wait_ms, struct arena *mem,
                             const char **ret_code, struct err *err)
{
    const int64_t until_ms = clock_steady_ms() + wait_ms;
    struct pasted pasted = { .fd = in_fd };

    for (;;) {
        struct pollfd fds[] = { { .fd = visit->port_fd, .events = POLLIN }, { .fd = pasted.fd, .events = POLLIN } };
        const int64_t left_ms = until_ms - clock_steady_ms();
        enum rc rc = RC_NOT_FOUND;

        if (left_ms <= 0)
            return err_set(err, RC_DENIED, "nobody signed in in time");
        if (poll(fds, COUNT_OF(fds), (int)left_ms) < 0 && errno != EINTR)
            return err_set(err, RC_TEMP, "waiting for the sign-in: %s", strerror(errno));
        if (fds[0].revents)
            rc = serve_peer(visit, mem, ret_code, err);
        if (rc == RC_NOT_FOUND && fds[1].revents)
            rc = read_pasted(visit, &pasted, mem, ret_code, err);
        if (rc != RC_NOT_FOUND)
            return rc;
    }
}

/* ---- code to token ---- */

static enum rc redeem(const struct oauth *oauth, const struct oauth_visit *visit, const char *code, struct arena *mem,
                      struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf form = STRBUF(PAGE_MAX);
    CLEANUP(json_free) struct json *json = NULL;
    struct http_answer answer;
    char *secret;

    http_form_add(&form, "grant_type", "authorization_code");
    http_form_add(&form, "client_id", oauth->client_id);
    if (*oauth->client_secret_file) {
        if (secret_read(oauth->client_secret_file, "the mailbox's client secret file", mem, &secret, err))
            return err->rc;
        http_form_add(&form, "client_secret", secret);
    }
    http_form_add(&form, "redirect_uri", visit->redirect);
    http_form_add(&form, "code_verifier", visit->verifier);
    http_form_add(&form, "code", code);
    if (oauth_post_form(oauth, oauth->token_url, &form, mem, &answer, err))
        return err->rc;
    if (json_parse(answer.body, answer.n, &json, err))
        return err_set(err, RC_TEMP, "the token endpoint's answer is no JSON");
    if (answer.status != 200)
        return oauth_refused("token endpoint", json, answer.status, err);
    if (!*json_get_str(json, "refresh_token", ""))
        return err_set(err, RC_DENIED, "the sign-in gave no refresh token: is the client of type \"Desktop app\"?");
    return oauth_keep_refresh(oauth, json, err);
}

enum rc oauth_visit_finish(const struct oauth *oauth, const struct oauth_visit *visit, int in_fd, int64_t wait_ms,
                           struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit");
    const char *code = "";

    if (wait_for_code(visit, in_fd, wait_ms, mem, &code, err))
        return err->rc;
    return redeem(oauth, visit, code, mem, err);
}
