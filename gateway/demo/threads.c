#include "gateway/demo/threads.h"

#include "base/io.h"
#include "gateway/demo/letters.h"
#include "mailer/phones.h"

#define THREAD_MAX_BYTES ((size_t)4 << 20)

static bool holds_all(const char *text, const char *words, struct arena *mem)
{
    while (*words) {
        const size_t n = strcspn(words, "|");

        if (!letters_find_words(text, arena_strndup(mem, words, n)))
            return false;
        words += n + (words[n] == '|');
    }
    return true;
}

const struct demo_text *threads_find(const struct demo_threads *t, enum story_who who, const char *words, size_t from)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("words");

    for (size_t i = t->count; i-- > from;)
        if (t->v[i].who == who && !t->v[i].is_theirs && holds_all(t->v[i].words, words, mem))
            return &t->v[i];
    return NULL;
}

static enum story_who who_has(const char *number)
{
    for (int who = ANA; who < STORY_PEOPLE; who++)
        if (story_people[who].number && !strcmp(story_people[who].number, number))
            return (enum story_who)who;
    return NOBODY;
}

static void add_text(struct demo_threads *t, enum story_who who, const struct phones_line *line)
{
    if (t->count == t->cap) {
        struct demo_text *const grown = ARENA_ARRAY(t->mem, t->cap = 2 * t->cap + 64, struct demo_text);

        if (t->count)
            memcpy(grown, t->v, t->count * sizeof *grown);
        t->v = grown;
    }
    t->v[t->count++] = (struct demo_text){
        .who = who, .at_ms = line->at_ms, .is_theirs = line->is_theirs, .words = arena_strdup(t->mem, line->words)
    };
}

static enum rc keep_copy(const struct demo_threads *t, const char *number, struct arena *mem, struct err *err)
{
    char *bytes;
    size_t n;

    if (io_read_file(arena_printf(mem, "%s/%s", t->dir, number), THREAD_MAX_BYTES, mem, &bytes, &n, err))
        return err->rc;
    return io_write_file(arena_printf(mem, "%s/phones/%s", t->out, number), bytes, n, 0644, err);
}

static enum rc collect_from(struct demo_threads *t, const char *number, struct arena *mem, struct err *err)
{
    const enum story_who who = who_has(number);
    struct phones_line *lines;
    size_t n;

    if (who == NOBODY)
        return err_set(err, RC_INPUT, "the phones hold a text to somebody who is not of the story");
    if (phones_thread(t->dir, number, mem, &lines, &n, err))
        return err->rc;
    if (n == t->seen[who])
        return RC_OK;
    for (size_t i = t->seen[who]; i < n; i++)
        add_text(t, who, &lines[i]);
    t->seen[who] = n;
    return keep_copy(t, number, mem, err);
}

enum rc threads_collect(struct demo_threads *t, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("threads");
    const char **numbers;
    size_t n;

    if (!t->dir)
        return RC_OK;
    if (phones_list(t->dir, mem, &numbers, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (collect_from(t, numbers[i], mem, err))
            return err->rc;
    return RC_OK;
}
