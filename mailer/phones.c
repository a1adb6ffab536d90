#include "mailer/phones.h"

#include "base/clock.h"
#include "base/crypt.h"
#include "base/io.h"
#include "base/json.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREAD_MAX ((size_t)8 << 20)
#define ITEM_MAX ((size_t)64 << 10)
#define LIST_MAX 1000

static bool is_number(const char *s)
{
    const size_t n = *s == '+' ? strspn(s + 1, "0123456789") : 0;

    return n >= 7 && n <= 15 && !s[1 + n];
}

static enum rc check(const char *number, const char *words, struct err *err)
{
    if (!is_number(number))
        return err_set(err, RC_INPUT, "the number of a phone is + and 7 to 15 digits");
    if (!*words || !text_is_utf8(words, strlen(words)))
        return err_set(err, RC_INPUT, "a text needs words, in UTF-8");
    return strlen(words) > PHONES_WORDS_MAX ? err_set(err, RC_LIMIT, "a text has at most %zu bytes", PHONES_WORDS_MAX)
                                            : RC_OK;
}

/* ---- writing ---- */

static enum rc make_folders(const char *dir, struct arena *mem, struct err *err)
{
    const char *const slash = strrchr(dir, '/');

    if (slash && slash != dir && io_make_dir(arena_strndup(mem, dir, (size_t)(slash - dir)), 0700, err))
        return err_wrap(err, "folder of phones");
    return io_make_dir(dir, 0700, err) || io_make_dir(arena_printf(mem, "%s/new", dir), 0700, err)
               ? err_wrap(err, "folder of phones")
               : RC_OK;
}

/* Time first, so that names sort; then what nobody else has. */
static const char *make_id(struct arena *mem)
{
    uint64_t chance;

    crypt_random(&chance, sizeof chance);
    return arena_printf(mem, "%014" PRId64 "-%016" PRIx64, clock_now_ms(clock_real()), chance);
}

/* A whole line or none: what was written of it is taken back. */
static enum rc append(const char *path, const struct strbuf *line, struct err *err)
{
    CLEANUP(io_close) int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct stat before;

    if (fd < 0 || flock(fd, LOCK_EX) || fstat(fd, &before))
        return err_errno(err, RC_TEMP, "the file of a phone");
    if (io_write_all(fd, line->p, line->len, err)) {
        if (ftruncate(fd, before.st_size))
            return err_errno(err, RC_TEMP, "the file of a phone");
        return err_wrap(err, "the file of a phone");
    }
    return RC_OK;
}

static enum rc add_line(const char *dir, const char *number, const char *other, bool is_theirs, const char *words,
                        int64_t now_ms, struct arena *mem, struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(ITEM_MAX);

    json_set_int(root, "at", now_ms);
    json_set_bool(root, "theirs", is_theirs);
    json_set_str(root, "other", other);
    json_set_str(root, "text", words);
    json_print(root, false, &out);
    strbuf_char(&out, '\n');
    return strbuf_check(&out, err) ? err->rc : append(arena_printf(mem, "%s/%s", dir, number), &out, err);
}

static enum rc add_item(const char *dir, const char *id, const char *const pairs[][2], size_t n, struct arena *mem,
                        struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(ITEM_MAX);

    for (size_t i = 0; i < n; i++)
        json_set_str(root, pairs[i][0], pairs[i][1]);
    json_print(root, false, &out);
    if (strbuf_check(&out, err))
        return err->rc;
    return io_write_file(arena_printf(mem, "%s/new/%s", dir, id), out.p, out.len, 0600, err);
}

static enum rc arrive(const char *dir, const struct json *text, const char *id, int64_t now_ms, struct arena *mem,
                      struct err *err)
{
    const char *const to = json_get_str(text, "to", ""), *const words = json_get_str(text, "text", "");
    const char *const receipt[][2] = { { "receipt", id }, { "ref", json_get_str(text, "ref", "") } };

    if (check(to, words, err) || make_folders(dir, mem, err) ||
        add_line(dir, to, json_get_str(text, "from", ""), false, words, now_ms, mem, err))
        return err->rc;
    return add_item(dir, make_id(mem), receipt, COUNT_OF(receipt), mem, err);
}

void phones_put(const char *dir, const struct provider_request *request, int64_t now_ms, struct arena *mem,
                struct sms_http_result *ret)
{
    CLEANUP(json_free) struct json *text = NULL;
    const char *const id = make_id(mem);
    struct err err;

    *ret = (struct sms_http_result){ .end = SMS_NOT_SENT, .body = "" };
    if (json_parse(request->body, request->body_len, &text, &err) || arrive(dir, text, id, now_ms, mem, &err))
        return;
    ret->end = SMS_ANSWERED;
    ret->status = 200;
    ret->body = arena_printf(mem, "{\"id\": \"%s\"}", id);
    ret->body_len = strlen(ret->body);
}

enum rc phones_say(const char *dir, const char *from, const char *to, const char *words, int64_t now_ms,
                   struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("phones_say");
    const char *const clean = text_clean(mem, words, strlen(words));
    const char *const said[][2] = { { "from", from }, { "to", to }, { "text", clean } };

    if (check(from, clean, err) || make_folders(dir, mem, err) ||
        add_line(dir, from, to, true, clean, now_ms, mem, err))
        return err->rc;
    return add_item(dir, make_id(mem), said, COUNT_OF(said), mem, err);
}

/* ---- what waits ---- */

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of a folder that `is` lets through, sorted. */
static enum rc read_names(const char *path, bool (*is)(const char *name), struct arena *mem, const char ***ret,
                          size_t *ret_n, struct err *err)
{
    CLEANUP(close_dir) DIR *dir = opendir(path);
    const char **const names = ARENA_ARRAY(mem, LIST_MAX, const char *);
    const struct dirent *e;
    size_t n = 0;

    if (!dir && errno != ENOENT)
        return err_errno(err, RC_TEMP, "folder of phones");
    while (dir && n < LIST_MAX && (e = readdir(dir)))
        if (is(e->d_name))
            names[n++] = arena_strdup(mem, e->d_name);
    qsort(names, n, sizeof *names, by_name);
    *ret = names;
    *ret_n = n;
    return RC_OK;
}

static bool is_id(const char *name)
{
    return strspn(name, "0123456789abcdef-") == strlen(name);
}

static const char *get(const struct json *root, const char *key, struct arena *mem)
{
    return arena_strdup(mem, json_get_str(root, key, ""));
}

static void read_item(const char *bytes, size_t n, struct arena *mem, struct phones_item *item)
{
    CLEANUP(json_free) struct json *root = NULL;
    struct sms_event *const e = &item->event;
    struct err ignored;

    *e = (struct sms_event){ .kind = PROVIDER_EVENT_MO,
                             .id = item->id,
                             .from = "",
                             .to = "",
                             .text = "",
                             .ref = "",
                             .state = "",
                             .err = "",
                             .cost_micro = -1 };
    if (json_parse(bytes, n, &root, &ignored) || !json_holds_object(root)) {
        item->raw = bytes;
        item->raw_len = n;
        return;
    }
    if (*get(root, "receipt", mem)) {
        e->kind = PROVIDER_EVENT_DLR;
        e->id = get(root, "receipt", mem);
        e->ref = get(root, "ref", mem);
        e->state = "delivered";
        return;
    }
    e->from = get(root, "from", mem);
    e->to = get(root, "to", mem);
    e->text = get(root, "text", mem);
}

enum rc phones_waiting(const char *dir, struct arena *mem, struct phones_item **ret, size_t *ret_n, struct err *err)
{
    const char *const folder = arena_printf(mem, "%s/new", dir);
    struct phones_item *items;
    const char **names;
    size_t n;

    if (read_names(folder, is_id, mem, &names, &n, err))
        return err->rc;
    n = n < PHONES_TAKE_MAX ? n : PHONES_TAKE_MAX;
    items = ARENA_ARRAY(mem, n + 1, struct phones_item);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        char *bytes;
        size_t len;
        const enum rc rc = io_read_file(arena_printf(mem, "%s/%s", folder, names[i]), ITEM_MAX, mem, &bytes, &len, err);

        if (rc == RC_NOT_FOUND)
            continue;
        if (rc)
            return rc;
        items[*ret_n].id = names[i];
        read_item(bytes, len, mem, &items[(*ret_n)++]);
    }
    *ret = items;
    return RC_OK;
}

enum rc phones_taken(const char *dir, const char *id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("phones");

    return unlink(arena_printf(mem, "%s/new/%s", dir, id)) && errno != ENOENT
               ? err_errno(err, RC_TEMP, "what a phone said")
               : RC_OK;
}

/* ---- what a phone shows ---- */

struct shown {
    const char *number;
    int64_t changed_ms;
};

static int by_newest(const void *a, const void *b)
{
    const struct shown *const x = a, *const y = b;

    return x->changed_ms == y->changed_ms ? strcmp(x->number, y->number) : x->changed_ms < y->changed_ms ? 1 : -1;
}

enum rc phones_list(const char *dir, struct arena *mem, const char ***ret, size_t *ret_n, struct err *err)
{
    struct shown *phones;
    const char **names;
    size_t n;

    if (read_names(dir, is_number, mem, &names, &n, err))
        return err->rc;
    phones = ARENA_ARRAY(mem, n + 1, struct shown);
    for (size_t i = 0; i < n; i++) {
        struct stat st = { .st_mtim = { 0, 0 } };

        phones[i].number = names[i];
        if (!stat(arena_printf(mem, "%s/%s", dir, names[i]), &st))
            phones[i].changed_ms = st.st_mtim.tv_sec * INT64_C(1000) + st.st_mtim.tv_nsec / 1000000;
    }
    qsort(phones, n, sizeof *phones, by_newest);
    for (size_t i = 0; i < n; i++)
        names[i] = phones[i].number;
    *ret = names;
    *ret_n = n;
    return RC_OK;
}

enum rc phones_thread(const char *dir, const char *number, struct arena *mem, struct phones_line **ret, size_t *ret_n,
                      struct err *err)
{
    struct phones_line *lines;
    const char *text, *line;
    size_t size, len, n = 1;
    char *bytes;

    if (!is_number(number))
        return err_set(err, RC_INPUT, "the number of a phone is + and 7 to 15 digits");
    if (io_read_file(arena_printf(mem, "%s/%s", dir, number), THREAD_MAX, mem, &bytes, &size, err))
        return err_wrap(err, "the file of a phone");
    for (const char *p = bytes; (p = memchr(p, '\n', size - (size_t)(p - bytes))); p++)
        n++;
    lines = ARENA_ARRAY(mem, n, struct phones_line);
    text = bytes;
    *ret_n = 0;
    while (text_next_line(&text, &line, &len)) {
        CLEANUP(json_free) struct json *root = NULL;
        struct err ignored;

        if (!json_parse(line, len, &root, &ignored))
            lines[(*ret_n)++] = (struct phones_line){ .at_ms = json_get_int(root, "at", 0),
                                                      .is_theirs = json_get_bool(root, "theirs", false),
                                                      .other = get(root, "other", mem),
                                                      .words = get(root, "text", mem) };
    }
    *ret = lines;
    return RC_OK;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

enum rc phones_forget(const char *dir, struct err *err)
{
    return access(dir, F_OK) == 0 && nftw(dir, remove_one, 4, FTW_DEPTH | FTW_PHYS)
               ? err_errno(err, RC_TEMP, "folder of phones")
               : RC_OK;
}
