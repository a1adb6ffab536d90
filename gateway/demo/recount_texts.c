/* The phones: DIR/phones/NUMBER holds what one phone shows, a line of JSON for each text. */
#include "gateway/demo/recount_reading.h"

#include "base/io.h"
#include "base/text.h"

#define PHONE_MAX_BYTES ((size_t)8 << 20)
#define ASKED_TWICE 2 /* the invitation, and its one repeat */

/* Whether their phone may be written to, as anybody sees it who reads the thread. */
struct consent {
    bool is_given;
    int answers; /* texts that may come without it */
};

static bool is_one_of(const char *text, const char *const *words)
{
    const size_t n = strcspn(text, " ,.!\n");

    for (; *words; words++)
        if (strlen(*words) == n && !strncasecmp(text, *words, n))
            return true;
    return false;
}

/* Before a yes nothing but the invitation comes, and after STOP nothing; what they write is answered once. */
static void hear(struct consent *consent, const char *text)
{
    static const char *const yes[] = { "YES", "SI", "S\xC3\xAD", "S\xC3\x8D", "START", "UNSTOP", NULL };
    static const char *const stop[] = { "STOP", "ALTO", "PARAR", "END", "QUIT", "CANCEL", "UNSUBSCRIBE", NULL };

    if (is_one_of(text, yes)) {
        consent->is_given = true;
    } else if (is_one_of(text, stop)) {
        *consent = (struct consent){ .answers = 1 };
    } else if (!consent->is_given) {
        consent->answers++;
    }
}

static bool is_asked_for(struct consent *consent)
{
    return consent->is_given || consent->answers-- > 0;
}

static bool holds(const void *text, const char *secret)
{
    return strcasestr(text, secret) != NULL;
}

/* Who has this number; its place from 1, 0: nobody, or several. */
static size_t owner_of(const struct recount_reading *r, const char *number)
{
    const struct json *const people = json_get(r->known, "people");
    size_t owner = 0, owners = 0;

    for (size_t i = 0; i < json_count(people); i++)
        if (!strcmp(json_get_str(json_at(people, i), "number", ""), number)) {
            owner = i + 1;
            owners++;
        }
    return owners == 1 ? owner : 0;
}

static void check_text(struct recount_reading *r, size_t owner, const struct json *line, const char *path,
                       struct consent *consent)
{
    const struct json *const person = owner ? json_at(json_get(r->known, "people"), owner - 1) : NULL;
    const char *const text = json_get_str(line, "text", "");
    struct recount *const out = r->out;

    if (json_get_bool(line, "theirs", false)) {
        hear(consent, text);
        return;
    }
    out->texts++;
    if (!owner || strcmp(json_get_str(line, "other", ""), json_get_str(r->known, "number", "")))
        recount_find(r, &out->two_recipients, path, "not one person's");
    if (!is_asked_for(consent))
        recount_find(r, &out->unasked, path, "before a yes or after STOP");
    if (person && json_get_bool(person, "is_staff", false))
        return;
    if (recount_tells_another(r, person, holds, text))
        recount_find(r, &out->other_data, path, "another's address");
    if (heard_longest_new(r->heard, (int)owner, text) > RECOUNT_RUN_MAX)
        recount_find(r, &out->unreviewed, path, "unreviewed words");
}

static enum rc check_phone(struct recount_reading *r, const char *path, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("phone");
    const size_t owner = owner_of(r, strrchr(path, '/') + 1);
    struct consent consent = { .answers = ASKED_TWICE };
    const char *text, *line;
    size_t size, n, number = 0;
    char *bytes;

    if (io_read_file(arena_printf(mem, "%s/%s", r->dir, path), PHONE_MAX_BYTES, mem, &bytes, &size, err))
        return err_wrap(err, "%s", path);
    r->out->phones++;
    text = bytes;
    while (text_next_line(&text, &line, &n)) {
        CLEANUP(json_free) struct json *root = NULL;

        number++;
        if (json_parse(line, n, &root, err))
            return err_wrap(err, "%s:%zu", path, number);
        check_text(r, owner, root, arena_printf(mem, "%s:%zu", path, number), &consent);
    }
    return RC_OK;
}

enum rc recount_texts(struct recount_reading *r, struct err *err)
{
    const char **paths;
    size_t n;

    if (recount_files(r, "phones", &paths, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (check_phone(r, paths[i], err))
            return err->rc;
    return RC_OK;
}
