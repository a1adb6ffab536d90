/*
 * template_samples: every built-in template with tests/data/template/samples.json, for the linter and the fuzzer.
 *
 * Variants   A kind whose sections are is_… flags is rendered once with each flag alone and, unless the flags are its
 *            heading, once with none.
 */
#ifndef TESTS_UNIT_TEMPLATE_SAMPLES_H
#define TESTS_UNIT_TEMPLATE_SAMPLES_H

#include "base/io.h"
#include "templates/template.h"

#define SAMPLES_FILE "tests/data/template/samples.json"
#define SAMPLES_MAX_FLAGS 48

struct samples {
    struct arena *mem;
    struct template_set *set;
    char *json;
    size_t n;
};

struct variants {
    const char *flag[SAMPLES_MAX_FLAGS]; /* NULL: no flag */
    int count;
};

static inline int samples_open(struct samples *s)
{
    struct err err = { .rc = RC_OK };

    s->mem = arena_new("samples");
    if (template_set_load("templates", NULL, &s->set, &err) ||
        io_read_file(SAMPLES_FILE, 1 << 20, s->mem, &s->json, &s->n, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        return -1;
    }
    return 0;
}

static inline void samples_close(struct samples *s)
{
    template_set_free(&s->set);
    arena_free(&s->mem);
}

static inline struct variants samples_variants(const struct samples *s, int i)
{
    const struct template_info t = template_at(s->set, i);
    struct variants v = { .count = 0 };

    if (strcmp(t.kind, "staff_notice") != 0 && strcmp(t.kind, "private_done") != 0)
        v.flag[v.count++] = NULL;
    for (int n = 0; n < t.value_count; n++)
        if (!strncmp(t.values[n], "is_", 3) && v.count < SAMPLES_MAX_FLAGS)
            v.flag[v.count++] = t.values[n];
    return v;
}

/* The values with one flag set; sparse ones hold null for what a section may leave out. */
static inline struct json *samples_values(const struct samples *s, const char *flag, bool is_full)
{
    static const char *const optional[] = {
        "excerpt",         "excerpt_notes", "notes",       "more_count",        "announcements", "rules",
        "reason",          "rule",          "who_role",    "note_source",       "expected_when", "notes_status",
        "withdrawn_count", "guess",         "letter_date", "closing_text",      "flags",         "suggested_cut",
        "needs_second",    "first_who",     "trimmed",     "earlier",           "conversation",  "chart_reference",
        "author_history",  "next_who",      "tags",        "emergency_contact", "ack_when",      "outcome",
        "reference",       "phrase",        "poll_until"
    };
    struct json *values = NULL;
    struct err err;

    if (json_parse(s->json, s->n, &values, &err)) {
        fprintf(stderr, "%s: %s\n", SAMPLES_FILE, err.msg);
        abort();
    }
    for (size_t i = 0; i < COUNT_OF(optional) && !is_full; i++)
        json_set_str(values, optional[i], NULL);
    if (flag)
        json_set_bool(values, flag, true);
    return values;
}

static inline struct template_out samples_render(const struct samples *s, struct template_info t, const char *flag,
                                                 bool is_full, struct arena *mem)
{
    CLEANUP(json_free) struct json *values = samples_values(s, flag, is_full);
    struct template_out out = { 0 };
    struct err err = { .rc = RC_OK };

    if (template_render(s->set, t.lang, t.kind, TEMPLATE_NORMAL, values, mem, &out, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        abort();
    }
    return out;
}

#endif
