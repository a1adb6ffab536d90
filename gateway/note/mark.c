#include "gateway/note/mark.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/home/context.h"
#include "gateway/note/own_name.h"

#define CUT_MARK "[…]"

int64_t mark_flags(const struct triage_result *t)
{
    static const struct {
        unsigned from;
        int64_t to;
    } map[] = {
        { TRIAGE_CRISIS, POST_FLAG_CRISIS },     { TRIAGE_MEDICAL, POST_FLAG_MEDICAL },
        { TRIAGE_CONTACT, POST_FLAG_CONTACT },   { TRIAGE_MEDICINE, POST_FLAG_MEDICINE },
        { TRIAGE_RESULTS, POST_FLAG_RESULTS },   { TRIAGE_DOCTOR, POST_FLAG_FOR_DOCTOR },
        { TRIAGE_CONFLICT, POST_FLAG_CONFLICT }, { TRIAGE_NAME, POST_FLAG_NAME },
        { TRIAGE_READS, POST_FLAG_READS },
    };
    int64_t bits = 0;

    for (size_t i = 0; i < COUNT_OF(map); i++)
        bits |= t->flags & map[i].from ? map[i].to : 0;
    return bits;
}

/* Where a hit stands in this piece of the letter; -1 when it stands elsewhere. */
static int64_t hit_offset(const char *words, const struct triage_hit *hit, const char *text, struct arena *mem)
{
    char *phrase;
    const char *at;

    if (hit->is_in_whole || hit->at + hit->len > strlen(words))
        return -1;
    phrase = arena_strndup(mem, words + hit->at, hit->len);
    at = strstr(text, phrase);
    return at ? at - text : -1;
}

static bool is_to_cut(const struct context_hit *hit)
{
    return hit->len &&
           (text_equals(hit->flag, triage_flag_name(TRIAGE_CONTACT)) || text_equals(hit->flag, MARK_OWN_NAME));
}

static const struct context_hit *next_to_cut(const struct context *c, int64_t from)
{
    const struct context_hit *next = NULL;

    for (size_t i = 0; i < c->hit_count; i++)
        if (is_to_cut(&c->hits[i]) && c->hits[i].at >= from && (!next || c->hits[i].at < next->at))
            next = &c->hits[i];
    return next;
}

/* The text with every phone number, email and street address taken out, and of an anonymous one the names; "" when there is none. */
static char *suggest_cut(const struct context *c, const char *text, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(strlen(text) + sizeof CUT_MARK * CONTEXT_HITS_MAX + 1);
    const struct context_hit *next;
    int64_t from = 0;

    while ((next = next_to_cut(c, from))) {
        strbuf_add(&out, text + from, (size_t)(next->at - from));
        strbuf_str(&out, CUT_MARK);
        from = next->at + next->len;
    }
    if (!from)
        return arena_strdup(mem, "");
    strbuf_str(&out, text + from);
    return arena_strdup(mem, strbuf_peek(&out));
}

/* First, so that no other mark takes their room. */
static void add_own_names(const struct mark *mark, const char *text, struct context *c, struct arena *mem)
{
    struct own_name found[OWN_NAME_MAX];
    const size_t n = mark->own_names ? own_name_find(text, mark->own_names, mem, found) : 0;

    for (size_t i = 0; i < n; i++)
        c->hits[c->hit_count++] =
            (struct context_hit){ .flag = MARK_OWN_NAME,
                                  .phrase = text_clean_line(mem, text + found[i].at, found[i].len),
                                  .at = (int64_t)found[i].at,
                                  .len = (int64_t)found[i].len };
}

const char *mark_context(const struct mark *mark, const char *text, struct arena *mem)
{
    const struct letter *l = mark->letter;
    struct context c = { .original = l->text,
                         .trimmed = l->trimmed,
                         .subject = l->subject,
                         .from_name = l->from_name,
                         .is_other_address = mark->is_other_address };

    add_own_names(mark, text, &c, mem);
    for (size_t i = 0; i < mark->triage->hit_count && c.hit_count < CONTEXT_HITS_MAX; i++) {
        const struct triage_hit *hit = &mark->triage->hits[i];
        const int64_t at = hit_offset(l->text, hit, text, mem);

        c.hits[c.hit_count++] = (struct context_hit){ .flag = triage_flag_name(hit->flag),
                                                      .phrase = hit->phrase,
                                                      .at = at < 0 ? 0 : at,
                                                      .len = at < 0 ? 0 : (int64_t)hit->len };
    }
    c.cut = suggest_cut(&c, text, mem);
    return context_write(&c, mem);
}

enum rc mark_context_changed(const char *context, struct arena *mem, const char **ret_context, struct err *err)
{
    struct context c;
    const enum rc rc = context_read(context, mem, &c, err);

    if (rc)
        return rc;
    c.cut = "";
    for (size_t i = 0; i < c.hit_count; i++)
        c.hits[i].at = c.hits[i].len = 0;
    *ret_context = context_write(&c, mem);
    return RC_OK;
}
