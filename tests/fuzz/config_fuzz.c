/* postcircle.ini: settings within their ranges, or one line that says what is wrong and shows no secret. */
#include "base/text.h"
#include "gateway/home/home.h"

#include <assert.h>
#include <fcntl.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *folder(void)
{
    static char path[] = "/tmp/postcircle-fuzz.XXXXXX";
    static bool is_made;

    if (!is_made && !mkdtemp(path))
        abort();
    is_made = true;
    return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *path = arena_printf(mem, "%s/postcircle.ini", folder());
    const int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    struct home_settings settings;
    struct err err;

    if (fd < 0 || write(fd, data, n) != (ssize_t)n)
        abort();
    close(fd);
    if (home_read_settings(folder(), mem, &settings, &err)) {
        assert(*err.msg && !strpbrk(err.msg, "\r\n"));
        return 0;
    }
    assert(*settings.key_file && settings.max_letter_bytes >= 1 << 20 && settings.parser_seconds > 0);
    return 0;
}
