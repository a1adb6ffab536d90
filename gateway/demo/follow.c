#include "gateway/demo/follow.h"

#include "gateway/demo/letters.h"
#include "store/audit.h"
#include "store/person.h"
#include "store/post.h"

#define PAGE_ROWS 500
#define ROWS_MAX 100

struct trail {
    struct gate *gate;
    struct arena *mem;
    struct audit_entry *entries;
    size_t count;
};

static enum rc read_all(struct trail *t, struct err *err)
{
    struct audit_entry *page;
    size_t n, cap = 0;
    int64_t after = 0;

    do {
        if (audit_list(&t->gate->store, 0, 0, after, PAGE_ROWS, t->mem, &page, &n, err))
            return err->rc;
        if (t->count + n > cap) {
            struct audit_entry *const grown = ARENA_ARRAY(t->mem, cap = 2 * (t->count + n), struct audit_entry);

            if (t->count)
                memcpy(grown, t->entries, t->count * sizeof *grown);
            t->entries = grown;
        }
        for (size_t i = 0; i < n; i++)
            t->entries[t->count++] = page[i];
        after = n ? page[n - 1].seq : after;
    } while (n);
    return RC_OK;
}

static enum rc find_post(struct trail *t, const char *words, struct post *ret_post, struct err *err)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct audit_entry *const e = &t->entries[i];

        if (e->item_kind != AUDIT_ITEM_POST || e->verb != AUDIT_POST_HELD)
            continue;
        if (post_get(&t->gate->store, (struct post_id){ e->item_id }, t->mem, ret_post, err))
            return err->rc;
        if (letters_find_words(ret_post->text, words) || (ret_post->context && strstr(ret_post->context, words)))
            return RC_OK;
    }
    return err_set(err, RC_NOT_FOUND, "no post with these words was ever held");
}

static const char *name_of(const struct trail *t, const struct audit_who *who)
{
    struct person p;
    struct err err;

    if ((who->actor == AUDIT_STAFF || who->actor == AUDIT_PATIENT) &&
        !person_get(&t->gate->store, (struct person_id){ who->id }, t->mem, &p, &err))
        return p.name;
    return who->actor == AUDIT_SYSTEM ? "Postcircle" : audit_actor_name(who->actor);
}

/* Pages stand by themselves in the log: those after the text came and before the next two days are its own. */
static bool is_about(const struct audit_entry *e, const struct post *post)
{
    if (e->item_kind == AUDIT_ITEM_POST)
        return e->item_id == post->id.v;
    if (e->item_kind == AUDIT_ITEM_LETTER)
        return post->letter.v && e->item_id == post->letter.v;
    return e->item_kind == AUDIT_ITEM_PAGE && post->tier <= 1 && e->at_ms >= post->created_ms &&
           e->at_ms < post->created_ms + 2 * MS_DAY;
}

enum rc follow_words(struct gate *gate, const char *words, struct arena *mem, struct follow_row **ret_rows,
                     size_t *ret_n, struct err *err)
{
    struct trail t = { .gate = gate, .mem = mem };
    struct follow_row *const rows = ARENA_ARRAY(mem, ROWS_MAX, struct follow_row);
    struct post post;
    size_t n = 0;

    if (read_all(&t, err) || find_post(&t, words, &post, err))
        return err->rc;
    for (size_t i = 0; i < t.count && n < ROWS_MAX; i++) {
        const struct audit_entry *const e = &t.entries[i];

        if (is_about(e, &post))
            rows[n++] = (struct follow_row){
                e->seq,       e->at_ms,    name_of(&t, &e->who), audit_way_name(e->who.way), audit_verb_name(e->verb),
                e->old_value, e->new_value
            };
    }
    *ret_rows = rows;
    *ret_n = n;
    return RC_OK;
}
