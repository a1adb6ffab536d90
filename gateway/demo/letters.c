#include "gateway/demo/letters.h"

#include "base/io.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>

#define PATH_SIZE 4096
#define NEW_MAX 4096

/* ---- words ---- */

/* The rest of text behind the words, or NULL when it does not begin with them. */
static const char *match_words(const char *text, const char *words)
{
    while (*words) {
        if (isspace((unsigned char)*words)) {
            if (!isspace((unsigned char)*text))
                return NULL;
            while (isspace((unsigned char)*words))
                words++;
            while (isspace((unsigned char)*text))
                text++;
        } else if (*text++ != *words++) {
            return NULL;
        }
    }
    return text;
}

const char *letters_find_words(const char *text, const char *words)
{
    for (; *text; text++)
        if (*text == *words && match_words(text, words))
            return text;
    return NULL;
}

/* "3. Title", "- 3 for: …" at the start of a line; else 0. */
static int leading_number(const char *line)
{
    char *end;
    long n;

    if (!strncmp(line, "- ", 2))
        line += 2;
    if (!isdigit((unsigned char)*line))
        return 0;
    n = strtol(line, &end, 10);
    return n > 0 && n < 1000 && (*end == '.' || *end == ' ') && end[0] && !isdigit((unsigned char)end[1]) ? (int)n : 0;
}

int letters_number_of(const char *text, const char *words)
{
    const char *line = letters_find_words(text, words);

    while (line && line > text) {
        while (line > text && line[-1] != '\n')
            line--;
        if (leading_number(line))
            return leading_number(line);
        line -= line > text;
    }
    return line ? leading_number(line) : 0;
}

static bool holds_all(const struct demo_letter *letter, const char *words, struct arena *mem)
{
    while (*words) {
        const size_t n = strcspn(words, "|");
        const char *const part = arena_strndup(mem, words, n);

        if (!letters_find_words(letter->mail.text, part) &&
            !letters_find_words(eml_get(&letter->mail, "Subject"), part))
            return false;
        words += n + (words[n] == '|');
    }
    return true;
}

const struct demo_letter *letters_find(const struct demo_letters *l, enum story_who who, const char *words, size_t from)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("words");
    const char *const folder = story_people[who].folder;

    for (size_t i = l->count; i-- > from;)
        if (!strcmp(story_people[l->v[i].who].folder, folder) && holds_all(&l->v[i], words, mem))
            return &l->v[i];
    return NULL;
}

const struct demo_letter *letters_find_first(const struct demo_letters *l, enum story_who who, const char *words,
                                             size_t from)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("words");

    for (size_t i = from; i < l->count; i++)
        if (!strcmp(story_people[l->v[i].who].folder, story_people[who].folder) && holds_all(&l->v[i], words, mem))
            return &l->v[i];
    return NULL;
}

/* ---- collecting ---- */

static bool is_seen(const struct demo_letters *l, const char *name)
{
    for (size_t i = l->count; i-- > 0;)
        if (!strcmp(l->v[i].name, name))
            return true;
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum rc list_new(struct demo_letters *l, const char *folder, const char ***ret_names, size_t *ret_n,
                        struct err *err)
{
    DIR *const dir = opendir(folder);
    const char **const names = ARENA_ARRAY(l->mem, NEW_MAX, const char *);
    size_t n = 0;

    *ret_n = 0;
    *ret_names = names;
    if (!dir)
        return errno == ENOENT ? RC_OK : err_errno(err, RC_TEMP, "a Maildir of the outbox");
    for (const struct dirent *e; (e = readdir(dir)) && n < NEW_MAX;)
        if (e->d_name[0] != '.' && !is_seen(l, e->d_name))
            names[n++] = arena_strdup(l->mem, e->d_name);
    closedir(dir);
    qsort(names, n, sizeof *names, by_name);
    *ret_n = n;
    return RC_OK;
}

static void add_letter(struct demo_letters *l, const struct demo_letter *letter)
{
    if (l->count == l->cap) {
        struct demo_letter *const grown = ARENA_ARRAY(l->mem, l->cap ? l->cap * 2 : 256, struct demo_letter);

        if (l->count)
            memcpy(grown, l->v, l->count * sizeof *grown);
        l->v = grown;
        l->cap = l->cap ? l->cap * 2 : 256;
    }
    l->v[l->count++] = *letter;
}

static enum rc take(struct demo_letters *l, enum story_who who, const char *folder, const char *name, int64_t now_ms,
                    struct err *err)
{
    struct demo_letter letter = { .who = who, .at_ms = now_ms, .name = name, .no = ++l->numbers[who] };
    char *bytes;
    size_t n;

    letter.path = arena_printf(l->mem, "mail/%s/%03d.eml", story_people[who].folder, letter.no);
    if (io_read_file(arena_printf(l->mem, "%s/%s", folder, name), EML_MAX_BYTES, l->mem, &bytes, &n, err) ||
        io_make_dir(arena_printf(l->mem, "%s/mail/%s", l->out, story_people[who].folder), 0755, err) ||
        io_write_file(arena_printf(l->mem, "%s/%s", l->out, letter.path), bytes, n, 0644, err))
        return err->rc;
    if (eml_read(bytes, n, l->mem, &letter.mail, err))
        return err_wrap(err, "%s", letter.path);
    add_letter(l, &letter);
    return RC_OK;
}

static enum story_who who_has(const char *address)
{
    for (int who = ANA; who < STORY_PEOPLE; who++)
        if (story_people[who].address && !strcmp(story_people[who].address, address))
            return (enum story_who)who;
    return NOBODY;
}

static enum rc collect_from(struct demo_letters *l, const char *address, int64_t now_ms, struct err *err)
{
    const enum story_who who = who_has(address);
    const char *const folder = arena_printf(l->mem, "%s/%s/Maildir/new", l->outbox, address);
    const char **names;
    size_t n;

    if (who == NOBODY || story_people[who].is_stranger)
        return err_set(err, RC_INPUT, "the outbox holds a letter to somebody who is not of the story");
    if (list_new(l, folder, &names, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (take(l, who, folder, names[i], now_ms, err))
            return err->rc;
    return RC_OK;
}

enum rc letters_collect(struct demo_letters *l, int64_t now_ms, size_t *ret_new, struct err *err)
{
    const size_t before = l->count;
    DIR *const dir = opendir(l->outbox);
    enum rc rc = RC_OK;

    if (!dir)
        return errno == ENOENT ? RC_OK : err_errno(err, RC_TEMP, "the outbox");
    for (const struct dirent *e; !rc && (e = readdir(dir));)
        if (strchr(e->d_name, '@'))
            rc = collect_from(l, e->d_name, now_ms, err);
    closedir(dir);
    *ret_new = l->count - before;
    return rc;
}
