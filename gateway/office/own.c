#include "gateway/office/own.h"

#include "base/text.h"
#include "gateway/home/context.h"
#include "store/conversation.h"
#include "store/erase_marks.h"

#define POSTS_PAGE 1000
#define MEMBERS_PAGE 500
#define STAFF_MAX 1000

struct own {
    struct erase_marks *sentences, *names;
};

/* --- what is others' ---------------------------------------------------------------------------------------------------------------- */

static enum rc add_sentences(struct gate *gate, struct own *own, const struct person *person, struct group_id group,
                             struct arena *mem, struct err *err)
{
    int64_t seq = 0;
    size_t n;

    do {
        struct post *posts = NULL;

        if (post_published_between(&gate->store, group, seq, INT64_MAX, POSTS_PAGE, mem, &posts, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++)
            if (posts[i].author.v != person->id.v)
                erase_marks_text(own->sentences, posts[i].text);
        if (n)
            seq = posts[n - 1].published_seq;
    } while (n == POSTS_PAGE);
    return RC_OK;
}

static enum rc add_names(struct gate *gate, struct own *own, const struct person *person, struct group_id group,
                         struct arena *mem, struct err *err)
{
    struct membership_id after = { 0 };
    size_t n;

    do {
        struct membership *list = NULL;

        if (membership_page(&gate->store, group, after, MEMBERS_PAGE, mem, &list, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++)
            if (list[i].person.v != person->id.v)
                erase_marks_name(own->names, list[i].name);
        if (n)
            after = list[n - 1].id;
    } while (n == MEMBERS_PAGE);
    return RC_OK;
}

static enum rc add_staff(struct gate *gate, struct own *own, struct arena *mem, struct err *err)
{
    struct person *staff;
    size_t n;

    if (person_page(&gate->store, PERSON_STAFF, (struct person_id){ 0 }, STAFF_MAX, mem, &staff, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        erase_marks_name(own->names, staff[i].name);
    return RC_OK;
}

enum rc own_read(struct gate *gate, const struct person *person, struct arena *mem, struct own **ret_own,
                 struct err *err)
{
    struct own *own = ARENA_NEW(mem, struct own);
    struct membership *list;
    size_t n;

    own->sentences = erase_marks_new(mem);
    own->names = erase_marks_new(mem);
    if (membership_of_person(&gate->store, person->id, mem, &list, &n, err) || add_staff(gate, own, mem, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (add_sentences(gate, own, person, list[i].group, mem, err) ||
            add_names(gate, own, person, list[i].group, mem, err))
            return err_wrap(err, "words of others in group %" PRId64, list[i].group.v);
    erase_marks_close(own->sentences);
    erase_marks_close(own->names);
    *ret_own = own;
    return RC_OK;
}

/* --- what is left ------------------------------------------------------------------------------------------------------------------- */

/* Quoted lines give way to one line that says so. */
static const char *without_quotes(const char *text, struct arena *mem)
{
    char *const out = arena_alloc(mem, strlen(text) + 2 * sizeof OWN_WORDS_OF_OTHERS + 2);
    bool was_quote = false;
    const char *line;
    size_t n, len = 0;

    while (text_next_line(&text, &line, &n)) {
        const bool is_quote = n && line[strspn(line, " \t")] == '>';
        const char *const put = is_quote ? OWN_WORDS_OF_OTHERS : line;
        const size_t put_len = is_quote ? strlen(put) : n;

        if (is_quote && (was_quote || n < put_len)) { /* a shorter quote has no room of its own: it goes */
            was_quote = true;
            continue;
        }
        was_quote = is_quote;
        memcpy(out + len, put, put_len);
        len += put_len;
        out[len++] = '\n';
    }
    while (len && out[len - 1] == '\n')
        len--;
    out[len] = '\0';
    return out;
}

const char *own_words(const struct own *own, const char *text, struct arena *mem)
{
    const char *plain = without_quotes(text, mem);

    plain = erase_scrub(own->sentences, plain, false, OWN_WORDS_OF_OTHERS, mem);
    return erase_scrub(own->names, plain, false, OWN_NAME, mem);
}

enum rc own_note(struct gate *gate, const struct own *own, const struct post *post, struct arena *mem,
                 struct own_note *ret_note, struct err *err)
{
    struct own_note note = { .written = "" };
    struct conversation c;
    struct context context;
    enum rc rc = context_read(post->context, mem, &context, err);

    if (rc)
        return rc;
    note.written = own_words(own, *context.original ? context.original : post->text, mem);
    if (post->published_seq) {
        const char *const published = own_words(own, post->text, mem);

        note.published = strcmp(published, note.written) ? published : NULL;
    }
    if (post->kind == POST_POST && post->conversation.v) {
        rc = conversation_get(&gate->store, post->conversation, mem, &c, err);
        if (rc)
            return rc;
        note.title = own_words(own, c.title, mem);
    }
    *ret_note = note;
    return RC_OK;
}
