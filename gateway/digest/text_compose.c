#include "gateway/digest/text_compose.h"

#include "base/text.h"
#include "gateway/say/entry.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"

#define NO_CUT 100000

static const size_t cuts[] = { NO_CUT, 600, 400, 280, 200, 140, 100, TEXT_LINE_CHARS };

enum rc text_entry_of(struct gate *gate, const struct post *post, enum person_language language, struct arena *mem,
                      struct text_entry *ret, struct err *err)
{
    CLEANUP(json_free) struct json *note = NULL;
    const char *const photo =
        post->flags & POST_FLAG_WITH_PHOTO ? language == LANGUAGE_SPANISH ? " (foto)" : " (photo)" : "";

    *ret =
        (struct text_entry){ .kind = post->kind == POST_ANNOUNCEMENT ? TEXT_ITEM_ANNOUNCEMENT : TEXT_ITEM_CONVERSATION,
                             .target = post->kind == POST_ANNOUNCEMENT ? post->id.v : post->conversation.v,
                             .post = post };
    ret->words = arena_printf(mem, "%s%s", text_clean_line(mem, post->text, strlen(post->text)), photo);
    if (entry_author(gate, post, language, mem, &ret->who, err) ||
        (post->note && entry_note(gate, language, post->note, &note, err)))
        return err_wrap(err, "post %" PRId64, post->id.v);
    if (note) {
        const char *const text = json_get_str(note, "note_text", "");

        ret->note = text_clean_line(mem, text, strlen(text));
        ret->note_by = arena_strdup(mem, json_get_str(note, "note_who", ""));
    }
    return RC_OK;
}

/* One way to say it: so many entries, cut at so many characters. */
struct
try {
    struct gate *gate;
    const struct text_page *page;
    size_t shown, chars;
    struct arena *mem;
    bool *is_shown, *is_whole;
    size_t left;
    const char *words;
    int64_t parts;
};

/* Of a conversation the line of level 1 holds the first note alone. */
static bool is_later(const struct text_page *page, size_t i)
{
    return page->level < TEXT_LEVEL_WORDS && i > 0 && page->entries[i].kind == TEXT_ITEM_CONVERSATION &&
           page->entries[i - 1].kind == TEXT_ITEM_CONVERSATION &&
           page->entries[i - 1].target == page->entries[i].target;
}

static bool shows(const struct try *t, size_t i)
{
    return t->page->entries[i].kind == TEXT_ITEM_VISIT || (i < t->shown && !is_later(t->page, i));
}

static void put_visit(const struct try *t, const struct text_entry *e, struct json *visits)
{
    struct json *row = json_object_new();

    json_set_int(row, "number", e->number);
    json_set_str(row, "visit_title", t->page->level > TEXT_LEVEL_COUNT ? e->title : NULL);
    json_set_str(row, "visit_when", e->when);
    json_push(visits, &row);
}

static struct json *words_of(const struct try *t, const struct text_entry *e)
{
    struct json *row = json_object_new(), *notes = json_array_new();

    json_set_int(row, "number", e->number);
    json_set_str(row, "who", e->who);
    json_set_str(row, "text", text_excerpt(t->mem, e->words, t->chars));
    if (e->note) {
        struct json *note = json_object_new();

        json_set_str(note, "note_text", e->note);
        json_set_str(note, "note_who", e->note_by);
        json_push(notes, &note);
    }
    json_set(row, "notes", &notes);
    return row;
}

/* Entries of one conversation stand on one line, behind its number. */
static struct json *items_of(const struct try *t)
{
    struct json *items = json_array_new(), *item = NULL, *entries = NULL, *row;
    int64_t conversation = 0;

    for (size_t i = 0; i <= t->page->count; i++) {
        const struct text_entry *const e = i < t->page->count ? &t->page->entries[i] : NULL;

        if (e && (e->kind != TEXT_ITEM_CONVERSATION || !shows(t, i)))
            continue;
        if (item && (!e || e->target != conversation)) {
            json_set(item, "entries", &entries);
            json_push(items, &item);
        }
        if (!e)
            break;
        if (!item) {
            item = json_object_new();
            entries = json_array_new();
            json_set_int(item, "number", e->number);
            conversation = e->target;
        }
        row = words_of(t, e);
        json_push(entries, &row);
    }
    return items;
}

/* Which entries are shown, and whole. */
static bool mark(struct try *t)
{
    bool is_cut = false;

    t->left = 0;
    for (size_t i = 0; i < t->page->count; i++) {
        const struct text_entry *const e = &t->page->entries[i];

        t->is_shown[i] = shows(t, i);
        t->is_whole[i] = t->is_shown[i] && (!e->post || !strcmp(text_excerpt(t->mem, e->words, t->chars), e->words));
        t->left += e->post && !t->is_shown[i];
        is_cut |= t->is_shown[i] && !t->is_whole[i];
    }
    return is_cut;
}

static struct json *values_of(struct try *t)
{
    const struct text_page *const page = t->page;
    struct json *values = json_object_new(), *visits = json_array_new(), *news = json_array_new(), *items = items_of(t);
    const bool is_cut = mark(t), is_alone = t->left && !t->shown;
    int64_t team = 0, notes = 0, how = 0;

    for (size_t i = 0; i < page->count; i++) {
        const struct text_entry *const e = &page->entries[i];
        struct json *row;

        team += e->kind == TEXT_ITEM_ANNOUNCEMENT;
        notes += e->kind == TEXT_ITEM_CONVERSATION;
        if (e->kind == TEXT_ITEM_VISIT)
            put_visit(t, e, visits);
        if (e->kind == TEXT_ITEM_CONVERSATION && shows(t, i) && !how)
            how = e->number;
        if (e->kind != TEXT_ITEM_ANNOUNCEMENT || !shows(t, i))
            continue;
        row = words_of(t, e);
        json_push(news, &row);
    }
    json_set_str(values, "group_name", page->group_name);
    json_set_str(values, "new_count", NULL);
    if (notes)
        json_set_int(values, "new_count", notes);
    json_set_str(values, "team_count", NULL);
    if (team)
        json_set_int(values, "team_count", team);
    json_set(values, "visits", &visits);
    json_set(values, "announcements", &news);
    json_set(values, "items", &items);
    json_set_str(values, "more_count", NULL);
    if (t->left && !is_alone)
        json_set_int(values, "more_count", (int64_t)t->left);
    json_set_str(values, "how_number", NULL);
    if (how)
        json_set_int(values, "how_number", how);
    json_set_bool(values, "is_count_alone", is_alone);
    json_set_bool(values, "is_cut", is_cut && (page->is_whole || !t->left));
    json_set_bool(values, "is_reminder", page->is_reminder);
    return values;
}

static enum rc say(struct try *t, size_t shown, size_t chars, bool *ret_fits, struct err *err)
{
    struct text_measure measure;
    struct json *values;

    t->shown = shown;
    t->chars = chars;
    values = values_of(t);
    if (text_words(t->gate, t->page->kind, t->page->language, &values, t->mem, &t->words, err) ||
        text_measure(t->words, t->mem, &measure, err))
        return err->rc;
    t->parts = measure.parts;
    *ret_fits = measure.parts <= t->page->parts_max;
    return RC_OK;
}

/* As many entries as fit at one cut. */
static enum rc drop_last(struct try *t, size_t chars, struct err *err)
{
    size_t low = 0, high = t->page->count; /* low fits, high does not */
    bool fits;

    if (say(t, 0, chars, &fits, err))
        return err->rc;
    if (!fits)
        return err_set(err, RC_LIMIT, "a text that cannot hold its count");
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;

        if (say(t, middle, chars, &fits, err))
            return err->rc;
        if (fits)
            low = middle;
        else
            high = middle;
    }
    return say(t, low, chars, &fits, err);
}

static enum rc fit(struct try *t, struct err *err)
{
    const size_t all = t->page->level == TEXT_LEVEL_COUNT ? 0 : t->page->count;
    bool fits = false;

    for (size_t i = t->page->level == TEXT_LEVEL_WORDS ? 0 : COUNT_OF(cuts) - 1; i < COUNT_OF(cuts) && !fits; i++)
        if (say(t, all, cuts[i], &fits, err))
            return err->rc;
    return fits ? RC_OK : drop_last(t, TEXT_LINE_CHARS, err);
}

/* Whole ones; of one that no text holds, as much as one does. */
static enum rc fit_whole(struct try *t, struct err *err)
{
    static const size_t long_cuts[] = { NO_CUT, 1400, 1000, 600, 400, 200 };
    struct text_page one = *t->page;
    bool fits = false;

    if (say(t, t->page->count, NO_CUT, &fits, err))
        return err->rc;
    if (!fits && drop_last(t, NO_CUT, err))
        return err->rc;
    if (fits || t->shown)
        return RC_OK;
    one.parts_max = TEXT_PARTS_MAX;
    t->page = &one;
    for (size_t i = 0; i < COUNT_OF(long_cuts) && !fits; i++)
        if (say(t, 1, long_cuts[i], &fits, err))
            return err->rc;
    return fits ? RC_OK : err_set(err, RC_LIMIT, "a note that no text can hold");
}

enum rc text_compose(struct gate *gate, const struct text_page *page, struct arena *mem, struct text_composed *ret,
                     struct err *err)
{
    struct try t = { .gate = gate,
                     .page = page,
                     .mem = mem,
                     .is_shown = arena_array(mem, page->count + 1, sizeof(bool)),
                     .is_whole = arena_array(mem, page->count + 1, sizeof(bool)) };

    if (page->is_whole ? fit_whole(&t, err) : fit(&t, err))
        return err_wrap(err, "text of a digest");
    *ret = (struct text_composed){ t.words, t.parts, t.is_shown, t.is_whole, t.left };
    return RC_OK;
}
