#include "gateway/demo/recount_reading.h"

#include "base/io.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/demo/eml.h"
#include "gateway/home/home.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>

static void reading_done(struct recount_reading *r)
{
    json_free(&r->known);
    heard_free(&r->heard);
}

void recount_find(struct recount_reading *r, int64_t *counter, const char *path, const char *what)
{
    (*counter)++;
    if (r->out->finding_count < RECOUNT_FINDINGS_MAX)
        r->out->findings[r->out->finding_count++] = (struct recount_finding){ arena_strdup(r->mem, path), what };
}

/* ---- what may be said ---- */

/* The words of one template: fragments between its slots, and each line without them. */
static void hear_template(struct heard *heard, const char *text)
{
    CLEANUP(strbuf_done) struct strbuf fragment = STRBUF(RECOUNT_KNOWN_MAX_BYTES);
    CLEANUP(strbuf_done) struct strbuf whole = STRBUF(RECOUNT_KNOWN_MAX_BYTES);

    for (const char *p = text; *p;) {
        const char *const close = !strncmp(p, "{{", 2) ? strstr(p, "}}") : NULL;

        if (close) {
            heard_add(heard, strbuf_peek(&fragment));
            strbuf_clear(&fragment);
            p = close + 2;
            continue;
        }
        strbuf_char(&fragment, *p);
        strbuf_char(&whole, *p++);
    }
    heard_add(heard, strbuf_peek(&fragment));
    heard_add(heard, strbuf_peek(&whole));
}

static enum rc hear_templates(struct recount_reading *r, const char *language, struct err *err)
{
    const char *folder;
    DIR *dir;
    enum rc rc = RC_OK;

    if (home_data_path(arena_printf(r->mem, "templates/%s", language), r->mem, &folder, err))
        return err->rc;
    dir = opendir(folder);
    if (!dir)
        return err_errno(err, RC_TEMP, "templates/%s", language);
    for (const struct dirent *e; !rc && (e = readdir(dir));) {
        char *text;
        size_t n;

        if (e->d_name[0] == '.')
            continue;
        rc = io_read_file(arena_printf(r->mem, "%s/%s", folder, e->d_name), RECOUNT_KNOWN_MAX_BYTES, r->mem, &text, &n,
                          err);
        if (!rc)
            hear_template(r->heard, text);
    }
    closedir(dir);
    return rc;
}

static void hear_list(struct recount_reading *r, const char *key, void (*add)(struct heard *heard, const char *text))
{
    const struct json *const list = json_get(r->known, key);

    for (size_t i = 0; i < json_count(list); i++) {
        const char *const text = json_text(json_at(list, i));

        if (text)
            add(r->heard, text);
    }
}

static enum rc hear_all(struct recount_reading *r, struct err *err)
{
    const struct json *const people = json_get(r->known, "people");

    r->heard = heard_new();
    hear_list(r, "neutral", heard_add_neutral);
    if (hear_templates(r, "en", err) || hear_templates(r, "es", err))
        return err->rc;
    hear_list(r, "practice", heard_add);
    hear_list(r, "released", heard_add);
    for (size_t i = 0; i < json_count(people); i++) {
        const struct json *const own = json_get(json_at(people, i), "wrote");

        for (size_t k = 0; k < json_count(own); k++)
            heard_add_own(r->heard, (int)i + 1, json_text(json_at(own, k)));
    }
    return RC_OK;
}

/* ---- one mail ---- */

/* Exactly one To with one address, the same as in Delivered-To, and no Cc or Bcc. */
static bool has_one_recipient(const struct eml *mail, struct arena *mem)
{
    const char *const to = eml_get(mail, "To");
    const char *const at = strchr(to, '@');
    const char *const bare = eml_bare(to, mem);

    if (eml_count(mail, "To") != 1 || eml_count(mail, "Cc") || eml_count(mail, "Bcc") || !at || strchr(at + 1, '@'))
        return false;
    return eml_count(mail, "Delivered-To") <= 1 &&
           (!eml_count(mail, "Delivered-To") || !strcmp(eml_bare(eml_get(mail, "Delivered-To"), mem), bare));
}

struct whole {
    const struct eml *mail;
    const char *raw;
};

static bool holds(const void *text, const char *secret)
{
    const struct whole *const whole = text;
    const struct eml *const mail = whole->mail;

    if (strcasestr(whole->raw, secret) || strcasestr(mail->text, secret) || strcasestr(mail->html, secret))
        return true;
    for (size_t i = 0; i < mail->field_count; i++)
        if (strcasestr(mail->fields[i].value, secret))
            return true;
    return false;
}

bool recount_tells_another(const struct recount_reading *r, const struct json *owner,
                           bool (*has)(const void *text, const char *secret), const void *text)
{
    const struct json *const people = json_get(r->known, "people");

    for (size_t i = 0; i < json_count(people); i++) {
        const struct json *const person = json_at(people, i), *const secrets = json_get(person, "secrets");

        if (person == owner || json_get_bool(person, "is_staff", false))
            continue;
        for (size_t k = 0; k < json_count(secrets); k++)
            if (has(text, json_text(json_at(secrets, k))))
                return true;
    }
    return false;
}

static enum rc check_mail(struct recount_reading *r, size_t owner, const char *path, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("mail");
    const struct json *const person = json_at(json_get(r->known, "people"), owner);
    struct recount *const out = r->out;
    struct eml mail;
    char *raw;
    size_t n;

    if (io_read_file(arena_printf(mem, "%s/%s", r->dir, path), EML_MAX_BYTES, mem, &raw, &n, err) ||
        eml_read(raw, n, mem, &mail, err))
        return err_wrap(err, "%s", path);
    out->messages++;
    if (!has_one_recipient(&mail, mem))
        recount_find(r, &out->two_recipients, path, "two recipients");
    if (json_get_bool(person, "is_staff", false))
        return RC_OK;
    if (recount_tells_another(r, person, holds, &(struct whole){ &mail, raw }))
        recount_find(r, &out->other_data, path, "another's address");
    if (heard_longest_new(r->heard, (int)owner + 1, mail.text) > RECOUNT_RUN_MAX ||
        heard_longest_new(r->heard, (int)owner + 1, eml_words(mail.html, mem)) > RECOUNT_RUN_MAX ||
        heard_longest_new(r->heard, (int)owner + 1, eml_get(&mail, "Subject")) > RECOUNT_RUN_MAX)
        recount_find(r, &out->unreviewed, path, "unreviewed words");
    return RC_OK;
}

/* ---- all ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum rc recount_files(const struct recount_reading *r, const char *folder, const char ***ret, size_t *ret_n,
                      struct err *err)
{
    DIR *const dir = opendir(arena_printf(r->mem, "%s/%s", r->dir, folder));
    const char **const names = ARENA_ARRAY(r->mem, RECOUNT_FILES_MAX, const char *);
    size_t n = 0;

    *ret = names;
    *ret_n = 0;
    if (!dir)
        return errno == ENOENT ? RC_OK : err_errno(err, RC_TEMP, "%s", folder);
    for (const struct dirent *e; (e = readdir(dir)) && n < RECOUNT_FILES_MAX;)
        if (e->d_name[0] != '.')
            names[n++] = arena_printf(r->mem, "%s/%s", folder, e->d_name);
    closedir(dir);
    qsort(names, n, sizeof *names, by_name);
    *ret_n = n;
    return RC_OK;
}

static enum rc check_folder(struct recount_reading *r, size_t owner, struct err *err)
{
    const char *const folder = json_get_str(json_at(json_get(r->known, "people"), owner), "folder", "");
    const char **paths;
    size_t n;

    if (recount_files(r, arena_printf(r->mem, "mail/%s", folder), &paths, &n, err))
        return err->rc;
    r->out->people += n > 0;
    for (size_t i = 0; i < n; i++)
        if (check_mail(r, owner, paths[i], err))
            return err->rc;
    return RC_OK;
}

enum rc recount_read(const char *dir, struct arena *mem, struct recount *ret_recount, struct err *err)
{
    CLEANUP(reading_done) struct recount_reading r = { .dir = dir, .mem = mem, .out = ret_recount };
    char *text;
    size_t n;

    *ret_recount = (struct recount){ 0 };
    if (io_read_file(arena_printf(mem, "%s/known.json", dir), RECOUNT_KNOWN_MAX_BYTES, mem, &text, &n, err))
        return err->rc == RC_NOT_FOUND
                   ? err_set(err, RC_NOT_FOUND, "no demo there: make one with postcircle demo --out DIR")
                   : err->rc;
    if (json_parse(text, n, &r.known, err) || hear_all(&r, err))
        return err_wrap(err, "known.json");
    for (size_t i = 0; i < json_count(json_get(r.known, "people")); i++)
        if (check_folder(&r, i, err))
            return err->rc;
    return recount_texts(&r, err);
}
