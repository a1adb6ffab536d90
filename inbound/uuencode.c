#include "inbound/uuencode.h"

#include "base/err.h"

struct span {
    const char *p;
    size_t n;
};

/* The next line without its end; steps past it. */
static bool next_line(struct span *rest, struct span *ret_line)
{
    const char *lf = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
    const size_t used = lf ? (size_t)(lf - rest->p) + 1 : rest->n;

    if (!rest->n)
        return false;
    *ret_line = (struct span){ rest->p, lf ? used - 1 : used };
    while (ret_line->n && ret_line->p[ret_line->n - 1] == '\r')
        ret_line->n--;
    rest->p += used;
    rest->n -= used;
    return true;
}

static bool is_begin(struct span line)
{
    size_t i = strlen("begin ");

    if (line.n < i + 5 || memcmp(line.p, "begin ", i) != 0)
        return false;
    while (i < line.n && line.p[i] >= '0' && line.p[i] <= '7')
        i++;
    return (i == 9 || i == 10) && i + 1 < line.n && line.p[i] == ' ';
}

/* A data line: the bytes it says it holds fit its length, whose blanks at the end may be lost. -1 when it is none. */
static int data_bytes(struct span line)
{
    const int count = line.n && line.p[0] >= ' ' && line.p[0] <= '`' ? (line.p[0] - ' ') & 63 : -1;
    const int want = (count + 2) / 3 * 4;

    if (count < 0 || (int)line.n - 1 > want + 2 || (count > 3 && (int)line.n - 1 < want / 2))
        return -1;
    for (size_t i = 1; i < line.n; i++)
        if (line.p[i] < ' ' || line.p[i] > '`')
            return -1;
    return count;
}

static const char *type_of(struct span begin)
{
    static const struct {
        const char *ending, *type;
    } types[] = { { ".jpg", "image/jpeg" }, { ".jpeg", "image/jpeg" },        { ".png", "image/png" },
                  { ".gif", "image/gif" },  { ".pdf", "application/pdf" },    { ".doc", "application/msword" },
                  { ".txt", "text/plain" }, { ".dat", "application/ms-tnef" } };

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        const size_t k = strlen(types[i].ending);

        if (begin.n > k && strncasecmp(begin.p + begin.n - k, types[i].ending, k) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

/* Steps over the block below a begin line; false when it is prose. */
static bool read_block(struct span *rest, size_t *ret_bytes)
{
    struct span at = *rest, line;
    size_t bytes = 0;
    int k = 0, lines = 0;

    while (next_line(&at, &line)) {
        if (line.n == 3 && memcmp(line.p, "end", 3) == 0) {
            *rest = at;
            break;
        }
        k = line.n ? data_bytes(line) : 0;
        if (k < 0)
            break;
        bytes += (size_t)k;
        lines += k > 0;
        *rest = at;
    }
    *ret_bytes = bytes;
    return lines > 0;
}

struct uuencode_files uuencode_take_out(const char *text, size_t n, struct arena *mem)
{
    struct uuencode_files out = { .rest = text, .rest_n = n };
    struct span rest = { text, n }, line;
    struct uuencode_file *files = NULL;
    char *kept = NULL;
    size_t kept_n = 0;

    if (!memmem(text, n, "begin ", 6))
        return out;
    kept = arena_alloc(mem, n + 1);
    files = ARENA_ARRAY(mem, UUENCODE_MAX_FILES, struct uuencode_file);
    while (out.count < UUENCODE_MAX_FILES && next_line(&rest, &line)) {
        struct span below = rest;
        size_t bytes;

        if (is_begin(line) && read_block(&below, &bytes)) {
            files[out.count++] = (struct uuencode_file){ type_of(line), bytes };
            rest = below;
        } else {
            const size_t whole = (size_t)(rest.p - line.p);

            memcpy(kept + kept_n, line.p, whole);
            kept_n += whole;
        }
    }
    memcpy(kept + kept_n, rest.p, rest.n);
    kept_n += rest.n;
    if (out.count) {
        out.rest = kept;
        out.rest_n = kept_n;
    }
    out.v = files;
    return out;
}
