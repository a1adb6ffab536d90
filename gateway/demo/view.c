#include "gateway/demo/view.h"

#include "base/io.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "gateway/demo/follow.h"
#include "gateway/demo/view_phones.h"
#include "templates/mustache.h"

#include <ctype.h>
#include <errno.h>

#define VIEW "gateway/demo/view.html"
#define DATA_MARK "<!--data-->"
#define PHONES_MARK "<!--phones-->"
#define RECOUNT_OPEN "<!--recount-->"
#define RECOUNT_CLOSE "<!--/recount-->"
#define RAW_SHOWN 7000
#define FOLLOW_WORDS 24
#define THREAD_SHOWN 3

/* ---- data ---- */

static struct json *people(void)
{
    struct json *const list = json_array_new();

    for (int who = ANA; who < STORY_PEOPLE; who++) {
        const struct story_person *const p = &story_people[who];
        struct json *person;

        if (p->is_stranger || who == JUNE)
            continue;
        person = json_object_new();
        json_set_str(person, "folder", p->folder);
        json_set_str(person, "name", who == HAROLD ? "Harold & June" : p->name);
        json_set_str(person, "about", p->about);
        json_set_str(person, "address", p->address ? p->address : p->phone);
        json_set_bool(person, "phone", p->number != NULL);
        json_set_bool(person, "staff", p->is_staff);
        json_push(list, &person);
    }
    return list;
}

static struct json *letters(const struct play *play)
{
    struct json *const list = json_array_new();

    for (size_t i = 0; i < play->letters.count; i++) {
        const struct demo_letter *const l = &play->letters.v[i];
        struct json *const letter = json_object_new();
        struct json *taken = letter;

        json_set_str(letter, "to", story_people[l->who].folder);
        json_set_str(letter, "at", play_moment(play, l->at_ms));
        json_set_int(letter, "ms", l->at_ms);
        json_set_str(letter, "from", eml_get(&l->mail, "From"));
        json_set_str(letter, "subject", eml_get(&l->mail, "Subject"));
        json_set_str(letter, "file", l->path);
        json_set_str(letter, "html", l->mail.html);
        json_push(list, &taken);
    }
    return list;
}

static struct json *steps(const struct play *play)
{
    struct json *const list = json_array_new();

    for (size_t i = 0; i < play->step_count; i++) {
        const struct play_step *const s = &play->steps[i];
        struct json *const step = json_object_new();
        struct json *taken = step;

        json_set_str(step, "who", story_people[s->event->who].folder);
        json_set_str(step, "name", story_people[s->event->who].name);
        json_set_str(step, "at", play_moment(play, s->at_ms));
        json_set_int(step, "ms", s->at_ms);
        json_set_str(step, "says", s->event->says ? s->event->says : "");
        json_set_str(step, "words", s->words && !(s->event->flags & STORY_BOUNCE) ? s->words : "");
        json_set_bool(step, "text", s->event->flags & STORY_TEXT);
        json_set_bool(step, "forged", (s->event->flags & (STORY_FORGED | STORY_BY_STRANGER)) != 0);
        json_push(list, &taken);
    }
    return list;
}

/* The words by which a text is found again: some of its middle, without a number in front. */
static const char *key_words(const struct play *play, const struct play_step *s)
{
    const char *words = s->words;

    while (*words == '@' || (*words && !isalpha((unsigned char)*words)))
        words = *words == '@' ? words + strcspn(words, "\n") : words + 1;
    if (strncmp(words, "ANON\n", 5) == 0)
        words += 6;
    return arena_strndup(play->mem, words, strnlen(words, FOLLOW_WORDS));
}

static enum rc raw_of(const struct play *play, const struct play_step *s, const char **ret_raw, struct err *err)
{
    char *bytes;
    size_t n;

    if (io_read_file(arena_printf(play->mem, "%s/sent/%03d.eml", play->out, s->sent), CLIENT_MAX_BYTES, play->mem,
                     &bytes, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        bytes[i] = bytes[i] == '\r' ? ' ' : bytes[i];
    *ret_raw =
        n > RAW_SHOWN ? arena_printf(play->mem, "%.*s\n[… %zu bytes more]", RAW_SHOWN, bytes, n - RAW_SHOWN) : bytes;
    return RC_OK;
}

static enum rc triptych(const struct play *play, const struct play_step *s, struct json **ret_one, struct err *err)
{
    const bool is_text = s->event->flags & STORY_TEXT;
    const struct demo_letter *const seen = letters_find_first(
        &play->letters, ANA, arena_printf(play->mem, "May this note go out?|%s", key_words(play, s)), s->from);
    const struct demo_letter *const got =
        letters_find_first(&play->letters, s->event->who == ROSE ? DOT : ROSE, key_words(play, s), s->from);
    struct json *const one = json_object_new();
    struct json *thread = view_phones_around(play, s, is_text ? THREAD_SHOWN : 0);
    const char *raw = "";

    *ret_one = one;
    json_set(one, "thread", &thread);
    if (!is_text && raw_of(play, s, &raw, err))
        return err->rc;
    json_set_str(one, "title", s->event->triptych);
    json_set_str(one, "who", story_people[s->event->who].name);
    json_set_str(one, "client", client_name(story_people[s->event->who].client));
    json_set_str(one, "raw", raw);
    json_set_str(one, "seen", seen ? seen->mail.html : "");
    json_set_str(one, "got", got ? got->mail.html : "");
    json_set_str(one, "got_who", got ? story_people[got->who].name : "");
    return RC_OK;
}

static enum rc triptychs(const struct play *play, struct json **ret_list, struct err *err)
{
    struct json *const list = json_array_new();

    *ret_list = list;
    for (size_t i = 0; i < play->step_count; i++) {
        struct json *one;
        enum rc rc;

        if (!play->steps[i].event->triptych)
            continue;
        rc = triptych(play, &play->steps[i], &one, err);
        json_push(list, &one);
        if (rc)
            return rc;
    }
    return RC_OK;
}

static struct json *follow_rows(const struct play *play, const struct follow_row *rows, size_t n)
{
    struct json *const list = json_array_new();

    for (size_t i = 0; i < n; i++) {
        struct json *const row = json_object_new();
        struct json *taken = row;

        json_set_int(row, "seq", rows[i].seq);
        json_set_str(row, "at", play_moment(play, rows[i].at_ms));
        json_set_str(row, "who", rows[i].who);
        json_set_str(row, "way", rows[i].way);
        json_set_str(row, "did", rows[i].did);
        json_set_str(row, "old", rows[i].old_value);
        json_set_str(row, "new", rows[i].new_value);
        json_push(list, &taken);
    }
    return list;
}

static enum rc follows(const struct play *play, struct json **ret_list, struct err *err)
{
    struct json *const list = json_array_new();
    CLEANUP(gate_close) struct gate gate = { 0 };
    struct practice_id practice;

    *ret_list = list;
    if (home_practice(play->home, NULL, &practice, err) || gate_open(play->home, practice, &gate, err))
        return err->rc;
    for (size_t i = 0; i < play->step_count; i++) {
        const struct play_step *const s = &play->steps[i];
        struct follow_row *rows;
        struct json *one, *inner;
        size_t n;

        if (!s->event->follow)
            continue;
        if (follow_words(&gate, key_words(play, s), play->mem, &rows, &n, err))
            return err_wrap(err, "%s", s->event->follow);
        one = json_object_new();
        inner = follow_rows(play, rows, n);
        json_set_str(one, "title", s->event->follow);
        json_set_str(one, "words", s->words);
        json_set(one, "rows", &inner);
        json_push(list, &one);
    }
    return RC_OK;
}

/* The JSON stands in a script element: nothing in it may look like an end tag. */
static enum rc data(const struct play *play, struct strbuf *out, struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(strbuf_done) struct strbuf json = STRBUF(VIEW_MAX_BYTES);
    struct json *list = people();
    enum rc rc;

    json_set(root, "people", &list);
    list = letters(play);
    json_set(root, "letters", &list);
    list = view_phones_json(play);
    json_set(root, "texts", &list);
    list = steps(play);
    json_set(root, "steps", &list);
    rc = triptychs(play, &list, err);
    json_set(root, "triptychs", &list);
    if (rc)
        return rc;
    rc = follows(play, &list, err);
    json_set(root, "follows", &list);
    if (rc)
        return rc;
    json_print(root, false, &json);
    for (const char *p = strbuf_peek(&json); *p; p++)
        if (*p == '<')
            strbuf_str(out, "\\u003c");
        else
            strbuf_char(out, *p);
    return strbuf_check(&json, err);
}

/* ---- the recount ---- */

static void put_number(struct strbuf *out, const char *what, int64_t n, bool is_leak)
{
    strbuf_printf(out, "<div class=\"figure%s\"><b>%" PRId64 "</b><span>%s</span></div>\n",
                  !is_leak ? ""
                  : n      ? " wrong"
                           : " right",
                  n, what);
}

static void put_recount(const char *dir, const struct recount *r, struct strbuf *out)
{
    strbuf_printf(out,
                  RECOUNT_OPEN "<section id=\"recount\" class=\"%s\" aria-labelledby=\"recount-h\">\n"
                               "<h2 id=\"recount-h\">%s</h2>\n<div class=\"figures\">\n",
                  recount_is_clean(r) ? "good" : "bad",
                  recount_is_clean(r) ? "Counted again: nobody got what they should not"
                                      : "Counted again: something got out");
    put_number(out, "mails", r->messages, false);
    put_number(out, "texts", r->texts, false);
    put_number(out, "with two recipients", r->two_recipients, true);
    put_number(out, "with another’s address", r->other_data, true);
    put_number(out, "with unreviewed words", r->unreviewed, true);
    put_number(out, "texts before a yes or after STOP", r->unasked, true);
    strbuf_printf(
        out, "</div>\n<p>Read from the .eml files in <code>mail/</code> and the phones in <code>phones/</code> by a "
             "reader that shares no code with the writer and knows no database: it compares each letter and each "
             "text with the words that the nurse let out. Change one of the files and run <code>");
    mustache_put_html(NULL, program_invocation_name, out);
    strbuf_str(out, " demo --check ");
    mustache_put_html(NULL, dir, out);
    strbuf_str(out, "</code>: this panel turns red.</p>\n");
    if (r->finding_count) {
        strbuf_str(out, "<ul>\n");
        for (size_t i = 0; i < r->finding_count; i++)
            strbuf_printf(out, "<li><code>%s</code>: %s</li>\n", r->findings[i].path, r->findings[i].what);
        strbuf_str(out, "</ul>\n");
    }
    strbuf_str(out, "</section>" RECOUNT_CLOSE);
}

/* text with what stands between the marks replaced. */
static enum rc replace_recount(const char *dir, const char *text, const struct recount *r, struct strbuf *out,
                               struct err *err)
{
    const char *const open = strstr(text, RECOUNT_OPEN), *const close = open ? strstr(open, RECOUNT_CLOSE) : NULL;

    if (!close)
        return err_set(err, RC_NOT_FOUND, "the page has no place for the recount");
    strbuf_add(out, text, (size_t)(open - text));
    put_recount(dir, r, out);
    strbuf_str(out, close + strlen(RECOUNT_CLOSE));
    return strbuf_check(out, err);
}

static enum rc write_page(const char *dir, const struct strbuf *page, struct arena *mem, struct err *err)
{
    return io_write_file(arena_printf(mem, "%s/index.html", dir), strbuf_peek(page), page->len, 0644, err);
}

enum rc view_put_recount(const char *dir, const struct recount *recount, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page");
    CLEANUP(strbuf_done) struct strbuf page = STRBUF(VIEW_MAX_BYTES);
    char *text;
    size_t n;

    if (io_read_file(arena_printf(mem, "%s/index.html", dir), VIEW_MAX_BYTES, mem, &text, &n, err) ||
        replace_recount(dir, text, recount, &page, err))
        return err_wrap(err, "index.html");
    return write_page(dir, &page, mem, err);
}

enum rc view_write_story(const struct play *play, const struct recount *recount, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf with_data = STRBUF(VIEW_MAX_BYTES);
    CLEANUP(strbuf_done) struct strbuf page = STRBUF(VIEW_MAX_BYTES);
    const char *path, *at, *data_at;
    char *view;
    size_t n;

    if (home_data_path(VIEW, play->mem, &path, err) || io_read_file(path, VIEW_MAX_BYTES, play->mem, &view, &n, err))
        return err->rc;
    at = strstr(view, PHONES_MARK);
    data_at = at ? strstr(at, DATA_MARK) : NULL;
    if (!data_at)
        return err_set(err, RC_BUG, VIEW " has no place for the phones and the data");
    strbuf_add(&with_data, view, (size_t)(at - view));
    view_phones_put(play, &with_data);
    at += strlen(PHONES_MARK);
    strbuf_add(&with_data, at, (size_t)(data_at - at));
    if (data(play, &with_data, err))
        return err->rc;
    strbuf_str(&with_data, data_at + strlen(DATA_MARK));
    if (strbuf_check(&with_data, err) || replace_recount(play->out, strbuf_peek(&with_data), recount, &page, err))
        return err->rc;
    return write_page(play->out, &page, play->mem, err);
}
