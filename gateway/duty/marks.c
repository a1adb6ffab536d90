#include "gateway/duty/marks.h"

#include "base/log.h"
#include "gateway/home/home.h"
#include "gateway/say/phrase.h"

void marks_open(struct gate *gate, struct marks *ret_marks)
{
    struct marks m = { .setting = { .wording = gate_wording(gate), .page_from = gate->facts.triage_page } };
    struct err err;

    if (triage_files_open(gate->home->path, &m.lists, &err)) {
        log_err("lists_refused", &err);
        m.lists.lexicon = NULL;
    }
    *ret_marks = m;
}

void marks_close(struct marks *marks)
{
    if (marks->lists.lexicon)
        triage_files_close(&marks->lists);
}

static size_t add_hits(const struct marks *marks, const char *text, enum person_language language, struct json *list,
                       struct arena *mem)
{
    struct triage_result r;
    size_t n = 0;

    if (!text || !*text)
        return 0;
    triage_score_in(marks->lists.lexicon, &marks->setting, text, NULL, mem, &r);
    for (size_t i = 0; i < r.hit_count; i++) {
        struct json *flag;

        if (r.hits[i].tier > 2)
            continue;
        flag = json_object_new();
        json_set_str(flag, "flag", phrase_flag_named(language, triage_flag_name(r.hits[i].flag)));
        json_set_str(flag, "phrase", r.hits[i].phrase);
        json_push(list, &flag);
        n++;
    }
    return n;
}

struct json *marks_read(const struct marks *marks, const struct message *m, enum person_language language,
                        struct arena *mem)
{
    struct json *const list = json_array_new();
    size_t n;

    if (!marks->lists.lexicon)
        return list;
    n = add_hits(marks, m->words, language, list, mem);
    if (m->subject != m->words)
        n += add_hits(marks, m->subject, language, list, mem);
    if (!n)
        add_hits(marks, m->rest, language, list, mem);
    return list;
}
