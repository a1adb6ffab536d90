#include "gateway/say/print_page.h"

#include "base/io.h"
#include "gateway/home/home.h"
#include "templates/mustache.h"

enum rc print_page_render(const char *name, enum person_language language, const struct json *values,
                          struct strbuf *out, struct err *err)
{
    const struct mustache_target html = { .put = mustache_put_html, .is_strict = true };
    CLEANUP(arena_free) struct arena *mem = arena_new("print_page");
    const struct mustache *page;
    const char *path;
    char *source;
    size_t n;

    if (home_data_path(arena_printf(mem, "templates/%s/%s", language == LANGUAGE_SPANISH ? "es" : "en", name), mem,
                       &path, err) ||
        io_read_file(path, MUSTACHE_MAX_SOURCE, mem, &source, &n, err) ||
        mustache_compile(source, n, mem, &page, err) || mustache_render(page, values, &html, out, err))
        return err->rc;
    return strbuf_check(out, err);
}
