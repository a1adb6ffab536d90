#include "gateway/demo/view_phones.h"

#include "templates/mustache.h"

#define DAY_CHARS 10 /* of "Tue Nov  3  9:40" */

/* "9:40" of "Tue Nov  3  9:40" */
static const char *hour_of(const char *moment)
{
    const char *const at = strrchr(moment, ' ');

    return at ? at + 1 : moment;
}

static void put_bubble(const struct demo_text *t, const char *name, const char *moment, struct strbuf *out)
{
    strbuf_printf(out, "<li class=\"%s\" data-ms=\"%" PRId64 "\"><span class=\"by\">", t->is_theirs ? "out" : "in",
                  t->at_ms);
    mustache_put_html(NULL, t->is_theirs ? name : "Lakeside Clinic", out);
    strbuf_str(out, ": </span><p>");
    mustache_put_html(NULL, t->words, out);
    strbuf_printf(out, "</p><span class=\"at\">%s</span></li>\n", hour_of(moment));
}

static void put_phone(const struct play *play, enum story_who who, struct strbuf *out)
{
    const struct story_person *const p = &story_people[who];
    const char *day = "";

    strbuf_printf(out,
                  "<figure class=\"phone handset\"><figcaption class=\"bar\"><strong>%s</strong><span>%s · %s</span>"
                  "</figcaption>\n<ol class=\"thread\" id=\"thread-%s\" tabindex=\"0\" aria-label=\"Texts of %s\">\n",
                  p->name, p->phone, p->is_staff ? "staff" : "by text alone", p->folder, p->name);
    for (size_t i = 0; i < play->threads.count; i++) {
        const struct demo_text *const t = &play->threads.v[i];
        const char *const moment = play_moment(play, t->at_ms);

        if (t->who != who)
            continue;
        if (strncmp(moment, day, DAY_CHARS)) {
            strbuf_printf(out, "<li class=\"date\">%.*s</li>\n", DAY_CHARS, moment);
            day = moment;
        }
        put_bubble(t, p->name, moment, out);
    }
    strbuf_str(out, "</ol></figure>\n");
}

void view_phones_put(const struct play *play, struct strbuf *out)
{
    static const enum story_who phones[] = { EARL, LUPE, ANA };

    for (size_t i = 0; i < COUNT_OF(phones); i++)
        put_phone(play, phones[i], out);
}

struct json *view_phones_json(const struct play *play)
{
    struct json *const list = json_array_new();

    for (size_t i = 0; i < play->threads.count; i++) {
        const struct demo_text *const t = &play->threads.v[i];
        struct json *text, *taken;

        if (t->is_theirs)
            continue;
        text = taken = json_object_new();
        json_set_str(text, "to", story_people[t->who].folder);
        json_set_str(text, "at", play_moment(play, t->at_ms));
        json_set_int(text, "ms", t->at_ms);
        json_set_str(text, "words", t->words);
        json_push(list, &taken);
    }
    return list;
}

struct json *view_phones_around(const struct play *play, const struct play_step *step, size_t most)
{
    struct json *const list = json_array_new();
    size_t first = step->text_to, n = 0;

    for (size_t i = step->text_to; i-- > 0 && n < most && play->threads.v[i].at_ms > step->at_ms - MS_DAY;)
        if (play->threads.v[i].who == step->event->who) {
            first = i;
            n++;
        }
    for (size_t i = first; i < step->text_to; i++) {
        const struct demo_text *const t = &play->threads.v[i];
        struct json *text, *taken;

        if (t->who != step->event->who)
            continue;
        text = taken = json_object_new();
        json_set_bool(text, "mine", t->is_theirs);
        json_set_str(text, "at", hour_of(play_moment(play, t->at_ms)));
        json_set_str(text, "words", t->words);
        json_push(list, &taken);
    }
    return list;
}
