/* What a token endpoint answers, and what is pasted for a sign-in: a token of one clean line, or an error that shows none of it. The input is the pasted
 * line, an empty line, the answer; base/http is replaced by it. */
#include "base/http.h"
#include "base/oauth.h"
#include "base/oauth_visit.h"
#include "base/text.h"

#include <assert.h>
#include <fcntl.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *answer;
static size_t answer_n;
static long status;

enum rc http_post(const struct http_post *post, struct arena *mem, struct http_answer *ret_answer, struct err *err)
{
    (void)post;
    (void)err;
    *ret_answer = (struct http_answer){
        .status = status, .body = arena_strndup(mem, answer, answer_n), .n = answer_n, .retry_after = ""
    };
    return RC_OK;
}

void http_form_add(struct strbuf *form, const char *name, const char *value)
{
    strbuf_printf(form, "%s%s=%s", form->len ? "&" : "", name, value);
}

static const char *folder(void)
{
    static char path[] = "/tmp/postcircle-fuzz.XXXXXX";
    static bool is_made;

    if (!is_made && !mkdtemp(path))
        abort();
    is_made = true;
    return path;
}

static const char *secret_file(struct arena *mem, const char *name)
{
    const char *path = arena_printf(mem, "%s/%s", folder(), name);
    const int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, "secret\n", 7) != 7)
        abort();
    close(fd);
    return path;
}

static void visit(const struct oauth *oauth, const char *pasted, size_t n)
{
    const struct oauth_visit v = { .redirect = "http://127.0.0.1:1/", .state = "s", .verifier = "v", .port_fd = -1 };
    struct err err;
    int ends[2];

    if (pipe(ends))
        abort();
    if (n < 4096 && write(ends[1], pasted, n) != (ssize_t)n)
        abort();
    close(ends[1]);
    if (oauth_visit_finish(oauth, &v, ends[0], 2, &err))
        assert(*err.msg);
    close(ends[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *const split = memmem(data, n, "\n\n", 2);
    const size_t first = split ? (size_t)(split - (const char *)data) : n;
    const struct oauth oauth = { .token_url = "https://login.example.org/token",
                                 .client_id = "client-1",
                                 .client_secret_file = n & 1 ? secret_file(mem, "client") : "",
                                 .refresh_token_file = secret_file(mem, "refresh"),
                                 .key_file = "",
                                 .scope = "mail",
                                 .user = "circles@example.org",
                                 .ca_file = "" };
    struct oauth_device device;
    struct oauth_token token;
    struct err err;

    answer = split ? split + 2 : "";
    answer_n = split ? n - first - 2 : 0;
    status = n % 3 ? 200 : 400;
    if (oauth_get_token(&oauth, mem, &token, &err) == RC_OK) {
        assert(*token.token && token.expires_s >= 0);
        for (const char *c = token.token; *c; c++)
            assert((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f);
    } else {
        assert(*err.msg && !strpbrk(err.msg, "\r\n"));
    }
    if (oauth_device_begin(&oauth, "https://login.example.org/device", mem, &device, &err) == RC_OK)
        assert(*device.code && !strpbrk(device.code, "\r\n") && device.interval_s <= 60);
    visit(&oauth, (const char *)data, first);
    return 0;
}
