/* The file of a text provider: refused with its line, or requests whose lines nobody can break out of. */
#include "base/text.h"
#include "mailer/provider.h"

#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct provider *p, struct arena *mem)
{
    const struct provider_text text = { .to = "+15555550142",
                                        .from = "+15555550100",
                                        .text = "Hello \"you\"\r\n& me",
                                        .callback = "https://texts.example.org/r?ref=1",
                                        .ref = "r1",
                                        .now_ms = INT64_C(1700000000000),
                                        .expires_ms = INT64_C(1700014400000) };
    const struct provider_value values[] = { { "secret.token", "a\r\nb" }, { "setting.account", "AC1" } };
    const struct provider_request *request;
    struct err err;

    if (provider_build(p, &text, values, COUNT_OF(values), mem, &request, &err)) {
        assert(*err.msg);
        return;
    }
    assert(text_starts(request->url, "http") && !strpbrk(request->url, "\r\n "));
    for (size_t i = 0; i < request->header_count; i++)
        assert(!strpbrk(request->headers[i], "\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const int fd = memfd_create("provider", MFD_CLOEXEC);
    const struct provider *p;
    struct err err;

    if (fd < 0 || write(fd, data, n) != (ssize_t)n)
        abort();
    if (provider_load(arena_printf(mem, "/proc/self/fd/%d", fd), mem, &p, &err) == RC_OK) {
        check(p, mem);
        (void)provider_state_of(p, "delivered");
        (void)provider_class_of(p, 400, "21610");
        (void)provider_receipt_class_of(p, "30003");
    } else {
        assert(*err.msg);
    }
    close(fd);
    return 0;
}
