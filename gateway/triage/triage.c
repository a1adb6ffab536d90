#include "gateway/triage/triage.h"

#include "base/text.h"
#include "gateway/triage/triage_contact.h"
#include "gateway/triage/triage_list.h"
#include "gateway/triage/triage_model.h"
#include "gateway/triage/triage_name.h"
#include "gateway/triage/wording.h"

#define ROUTINE 4
#define FOUND_MAX 8192 /* matches in one text, of all phrases: more is more than anybody writes */
#define PHRASE_MAX_BYTES 160

struct triage_lexicon {
    struct triage_list list;
    struct triage_contacts *contacts;
    const struct triage_model *model; /* NULL: none */
};

enum rc triage_open(const struct triage_sources *sources, struct triage_lexicon **ret_lexicon, struct err *err)
{
    struct arena *mem = arena_new("lexicon");
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = ARENA_NEW(mem, struct triage_lexicon);
    enum rc rc;

    lexicon->list.mem = mem;
    rc = triage_list_read(&lexicon->list, sources->lists, sources->own_from, err);
    if (!rc)
        rc = triage_contacts_new(&lexicon->contacts, err);
    if (rc)
        return err_wrap(err, "word lists");
    if (sources->model && triage_model_read(sources->model, mem, &lexicon->model, err))
        return err_wrap(err, "model of triage");
    *ret_lexicon = MOVE(lexicon);
    return RC_OK;
}

enum rc triage_open_lexicon(const char *const *paths, struct triage_lexicon **ret_lexicon, struct err *err)
{
    const struct triage_sources ours = { .lists = paths, .own_from = SIZE_MAX };

    return triage_open(&ours, ret_lexicon, err);
}

void triage_close_lexicon(struct triage_lexicon **lexicon)
{
    struct triage_list list;

    if (!*lexicon)
        return;
    triage_contacts_free(&(*lexicon)->contacts);
    list = (*lexicon)->list; /* the lexicon lives in its arena */
    triage_list_done(&list);
    *lexicon = NULL;
}

struct triage_counts triage_count(const struct triage_lexicon *lexicon)
{
    return (struct triage_counts){ .phrases = lexicon->list.count,
                                   .classes = lexicon->list.class_count,
                                   .words = triage_words_count(lexicon->list.words) };
}

/* ---- results ---- */

struct scorer {
    const struct triage_lexicon *lexicon;
    const struct triage_setting *setting;
    struct arena
        *mem; /* of the result: each step has an arena of its own, as a long text is split into words many times */
    struct triage_result *result;
    struct triage_hit *hits;
    bool is_in_whole;
    struct wording_rest rest; /* what people wrote in this text */
    int reads;                /* the model's score of all of it; over 100 when it has not read it whole */
};

/* Beyond the cap the least urgent hit gives way. */
static void keep_hit(struct scorer *s, const struct triage_hit *hit)
{
    struct triage_result *r = s->result;
    size_t worst = 0;

    if (r->hit_count < TRIAGE_MAX_HITS) {
        s->hits[r->hit_count++] = *hit;
        return;
    }
    for (size_t i = 1; i < r->hit_count; i++)
        worst = s->hits[i].tier > s->hits[worst].tier ? i : worst;
    if (hit->tier < s->hits[worst].tier)
        s->hits[worst] = *hit;
}

static void count_hit(struct scorer *s, struct triage_hit hit)
{
    struct triage_result *r = s->result;

    r->flags |= hit.flag;
    if (hit.tier < r->tier)
        r->tier = hit.tier;
    for (size_t i = 0; i < r->hit_count; i++)
        if (s->is_in_whole && !s->hits[i].is_in_whole && s->hits[i].rule == hit.rule && *hit.rule)
            return; /* the trimmed text has shown it */
    hit.is_in_whole = s->is_in_whole;
    keep_hit(s, &hit);
}

static void unread(struct scorer *s)
{
    s->result->flags |= TRIAGE_UNREAD;
    if (s->result->tier > 2)
        s->result->tier = 2;
}

/* ---- phrases ---- */

struct found {
    const struct triage_phrase *phrase;
    size_t from, to; /* words */
    size_t sentence;
    bool is_void;
};

struct finding {
    const struct triage_list *list;
    const struct triage_row *row;
    const struct wording_rest *rest;
    const size_t *sentence_of; /* each word's */
    struct found *v;
    size_t count;
};

static bool add_found(void *ctx, uint32_t which, size_t from, size_t to)
{
    struct finding *f = ctx;

    if (f->count == FOUND_MAX)
        return false;
    f->v[f->count++] =
        (struct found){ .phrase = &f->list->phrases[which], .from = from, .to = to, .sentence = f->sentence_of[from] };
    return true;
}

static const size_t *number_sentences(const struct triage_row *row, struct arena *mem)
{
    size_t *v = ARENA_ARRAY(mem, row->count + 1, size_t), n = 0;

    for (size_t i = 0; i < row->count; i++) {
        n += row->codes[i] == TRIAGE_MARK;
        v[i] = n;
    }
    return v;
}

static enum triage_effect effect_of(const struct found *f)
{
    return f->phrase->section->effect;
}

/* Hits inside a phrase that is nothing are void: for each first word, how far the nothing that covers it reaches. */
static void apply_nothing(struct finding *f, struct arena *mem)
{
    size_t *reach = ARENA_ARRAY(mem, f->row->count + 1, size_t);

    for (size_t i = 0; i < f->count; i++)
        if (effect_of(&f->v[i]) == TRIAGE_IS_NOTHING && reach[f->v[i].from] < f->v[i].to)
            reach[f->v[i].from] = f->v[i].to;
    for (size_t i = 1; i < f->row->count; i++)
        reach[i] = reach[i] > reach[i - 1] ? reach[i] : reach[i - 1];
    for (size_t i = 0; i < f->count; i++)
        if (effect_of(&f->v[i]) != TRIAGE_IS_NOTHING && reach[f->v[i].from] >= f->v[i].to)
            f->v[i].is_void = true;
}

/* Whether an excuse stands in sentences [from, to]. */
static bool has_excuse(const bool *holds, size_t from, size_t to)
{
    for (size_t i = from; i <= to; i++)
        if (holds[i])
            return true;
    return false;
}

/* It begins with a word that we did not write. */
static bool is_a_persons(const struct finding *f, const struct found *one)
{
    const size_t at = f->row->at[one->from];

    for (size_t i = 0; i < f->rest->count; i++)
        if (f->rest->spans[i].at <= at && at < f->rest->spans[i].at + f->rest->spans[i].len)
            return true;
    return false;
}

/* People tell of old and borrowed troubles in more than one sentence. Of illness only the same sentence counts: a history stands beside
 * what is going on too often. What we say ourselves excuses nobody. */
static void apply_excuses(struct finding *f, struct arena *mem)
{
    const size_t room = f->row->count + 3;
    bool *holds = ARENA_ARRAY(mem, room, bool), *is_now = ARENA_ARRAY(mem, room, bool);

    for (size_t i = 0; i < f->count; i++) {
        const struct found *one = &f->v[i];

        if (effect_of(one) == TRIAGE_EXCUSES && !one->is_void && is_a_persons(f, one))
            holds[one->sentence + 1] = true;
        if (effect_of(one) == TRIAGE_UNEXCUSES && !one->is_void)
            is_now[one->sentence + 1] = true;
    }
    for (size_t i = 0; i < f->count; i++) {
        struct found *one = &f->v[i];
        const size_t at = one->sentence + 1, beside = one->phrase->section->tier < 2;

        if (effect_of(one) == TRIAGE_COUNTS_UNLESS && !is_now[at] && has_excuse(holds, at - beside, at + beside))
            one->is_void = true;
    }
}

/* One hint alone is nothing: a second, another and elsewhere, must stand in the text. */
static void apply_hints(struct finding *f)
{
    const struct found *first = NULL;
    bool are_two = false;

    for (size_t i = 0; i < f->count && !are_two; i++) {
        const struct found *hint = &f->v[i];

        if (effect_of(hint) != TRIAGE_HINTS || hint->is_void)
            continue;
        if (!first)
            first = hint;
        are_two = hint->phrase != first->phrase && hint->from >= first->to;
    }
    for (size_t i = 0; i < f->count; i++)
        if (effect_of(&f->v[i]) == TRIAGE_HINTS && !are_two)
            f->v[i].is_void = true;
}

/* The words as they were written, on one line. */
static const char *written(const struct scorer *s, const char *text, size_t at, size_t len)
{
    return text_clean_line(s->mem, text + at, len < PHRASE_MAX_BYTES ? len : PHRASE_MAX_BYTES);
}

/* The score below which the model may take a phrase of our own lists away; 0: never. What counts only with a second look goes more easily. Tier 0 and
 * what a practice wrote stay: by cross-validation tier 0 saved one false alarm in a hundred. */
static int calm_below(const struct triage_phrase *phrase)
{
    const enum triage_effect effect = phrase->section->effect;

    if (phrase->is_own || phrase->section->tier != 1)
        return 0;
    return effect == TRIAGE_COUNTS_UNLESS || effect == TRIAGE_HINTS ? TRIAGE_WEAK_BELOW : TRIAGE_PLAIN_BELOW;
}

/* By the model, of the sentence alone: among calm ones a cry for help is calm. */
static int sentence_reads(const struct scorer *s, const struct finding *f, const struct found *one, const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("sentence");
    size_t from = one->from, to = one->to;
    const char *sentence;

    while (from && f->sentence_of[from - 1] == one->sentence)
        from--;
    while (to < f->row->count && f->sentence_of[to] == one->sentence)
        to++;
    sentence = arena_strndup(mem, text + f->row->at[from], f->row->to[to - 1] - f->row->at[from]);
    return triage_model_score(s->lexicon->model, sentence, mem).score;
}

static bool is_calm(const struct scorer *s, const struct finding *f, const struct found *one, const char *text)
{
    const int below = calm_below(one->phrase);

    return s->reads < below && sentence_reads(s, f, one, text) < below;
}

/* Of our own sentences a possible crisis counts, and nothing less: "call 911" we say ourselves. */
static bool is_only_ours(const struct finding *f, const struct found *one)
{
    return one->phrase->section->tier > 1 && !is_a_persons(f, one);
}

static void count_found(struct scorer *s, const struct finding *f, const char *text)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct found *one = &f->v[i];
        const struct triage_section *section = one->phrase->section;
        const size_t at = f->row->at[one->from], to = f->row->to[one->to - 1];

        if (one->is_void || !section->flag || is_only_ours(f, one) || is_calm(s, f, one, text))
            continue;
        count_hit(s, (struct triage_hit){ .flag = section->flag,
                                          .tier = section->tier,
                                          .phrase = written(s, text, at, to - at),
                                          .rule = one->phrase->text,
                                          .at = at,
                                          .len = to - at });
    }
}

static void score_phrases(struct scorer *s, const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("phrases");
    const struct triage_list *list = &s->lexicon->list;
    const struct triage_row row = triage_words_read(list->words, text, mem);
    struct finding f = { .list = list, .row = &row, .rest = &s->rest, .sentence_of = number_sentences(&row, mem) };

    f.v = ARENA_ARRAY(mem, FOUND_MAX, struct found);
    if (row.is_cut || !triage_pattern_find_words(list->pattern, row.codes, row.count, add_found, &f))
        unread(s);
    apply_nothing(&f, mem);
    apply_excuses(&f, mem);
    apply_hints(&f);
    count_found(s, &f, text);
}

/* ---- contact data and names ---- */

static void on_contact(void *ctx, const char *what, size_t at, size_t len)
{
    count_hit(ctx, (struct triage_hit){
                       .flag = TRIAGE_CONTACT, .tier = 3, .phrase = what, .rule = "", .at = at, .len = len });
}

struct naming {
    struct scorer *scorer;
    const char *text;
};

static void on_name(void *ctx, size_t at, size_t len)
{
    struct naming *n = ctx;

    count_hit(n->scorer, (struct triage_hit){ .flag = TRIAGE_NAME,
                                              .tier = 3,
                                              .phrase = written(n->scorer, n->text, at, len),
                                              .rule = "",
                                              .at = at,
                                              .len = len });
}

static void score_people(struct scorer *s, const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("people");
    struct naming naming = { s, text };
    const struct triage_names names = { .people = s->setting ? s->setting->people : NULL,
                                        .people_count = s->setting ? s->setting->people_count : 0,
                                        .common = s->lexicon->list.common_names,
                                        .common_count = s->lexicon->list.common_name_count };

    if (!triage_contacts_find(s->lexicon->contacts, text, s->setting ? s->setting->own : NULL, on_contact, s))
        unread(s);
    triage_names_find(&names, text, mem, on_name, &naming);
}

/* ---- how it reads ---- */

/* Each piece by itself, and the one that reads worst. */
static struct triage_verdict judge(const struct scorer *s, const char *text)
{
    struct triage_verdict worst = { .score = 0 };
    bool is_cut = false;

    for (size_t i = 0; i < s->rest.count; i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("reading");
        const struct wording_span span = s->rest.spans[i];
        struct triage_verdict v;

        if (span.is_scrap)
            continue;
        v = triage_model_score(s->lexicon->model, arena_strndup(mem, text + span.at, span.len), mem);
        v.at += span.at;
        v.to += span.at;
        is_cut |= v.is_cut;
        worst = v.score > worst.score ? v : worst;
    }
    worst.is_cut = is_cut;
    return worst;
}

static void score_reading(struct scorer *s, const char *text)
{
    const int set = s->setting ? s->setting->page_from : 0;
    const char *words;
    struct triage_verdict v;

    s->reads = TRIAGE_MODEL_OFF;
    if (!s->lexicon->model || set == TRIAGE_MODEL_OFF)
        return;
    v = judge(s, text);
    s->reads = v.is_cut ? TRIAGE_MODEL_OFF : v.score;
    s->result->score = v.score > s->result->score ? v.score : s->result->score;
    if (v.score < (set ? set : TRIAGE_PAGE_USUAL))
        return;
    words = written(s, text, v.at, v.to - v.at);
    s->result->flags |= TRIAGE_CRISIS;
    count_hit(s, (struct triage_hit){ .flag = TRIAGE_READS,
                                      .tier = 1,
                                      .phrase = arena_printf(s->mem, "%d: %s", v.score, words),
                                      .rule = "",
                                      .at = v.at,
                                      .len = v.to - v.at });
}

static void score_text(struct scorer *s, const char *text, bool is_whole)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text");

    s->is_in_whole = is_whole;
    text = text_is_utf8(text, strlen(text)) ? text : text_clean(mem, text, strlen(text));
    s->rest = wording_rest_of(s->setting ? s->setting->wording : NULL, text, mem);
    score_reading(s, text);
    score_phrases(s, text);
    if (!is_whole) /* what was trimmed goes to nobody; quoted letters are full of our own addresses */
        score_people(s, text);
}

void triage_score_in(const struct triage_lexicon *lexicon, const struct triage_setting *setting, const char *trimmed,
                     const char *whole, struct arena *mem, struct triage_result *ret_result)
{
    struct scorer s = { .lexicon = lexicon, .setting = setting, .mem = mem, .result = ret_result };

    s.hits = ARENA_ARRAY(mem, TRIAGE_MAX_HITS, struct triage_hit);
    *ret_result = (struct triage_result){ .tier = ROUTINE, .hits = s.hits };
    score_text(&s, trimmed, false);
    if (whole && strcmp(whole, trimmed) != 0)
        score_text(&s, whole, true);
}

void triage_score(const struct triage_lexicon *lexicon, const char *trimmed, const char *whole, struct arena *mem,
                  struct triage_result *ret_result)
{
    triage_score_in(lexicon, NULL, trimmed, whole, mem, ret_result);
}

const char *triage_flag_name(enum triage_flag flag)
{
    static const char *const names[TRIAGE_FLAG_COUNT] = { "crisis", "medical",  "contact", "medicine", "results",
                                                          "doctor", "conflict", "unread",  "name",     "reads" };

    for (int i = 0; i < TRIAGE_FLAG_COUNT; i++)
        if (flag == 1u << i)
            return names[i];
    return "";
}
