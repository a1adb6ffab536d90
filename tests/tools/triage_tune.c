/* Shows which notes of a labelled file the word lists miss or flag wrongly, with the rule that did it: for whoever mends the lists.
 * triage_tune FILE.tsv LIST… [--model]   The hold-out is refused: who has seen it can measure nothing with it any more. */
#include "base/io.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/triage/triage.h"

#include <stdio.h>
#include <stdlib.h>

#define FIELDS 4

static char *unescape(struct arena *mem, const char *s)
{
    char *copy = arena_strdup(mem, s), *to = copy;

    for (const char *p = s; *p; p++)
        if (p[0] == '\\' && p[1] == 'n') {
            *to++ = '\n';
            p++;
        } else {
            *to++ = *p;
        }
    *to = '\0';
    return copy;
}

static bool is_right(const char *label, const struct triage_result *r)
{
    static const struct {
        const char *label;
        unsigned flag;
    } flags[] = { { "flag:contact", TRIAGE_CONTACT },   { "flag:medicine", TRIAGE_MEDICINE },
                  { "flag:results", TRIAGE_RESULTS },   { "flag:question", TRIAGE_DOCTOR },
                  { "flag:conflict", TRIAGE_CONFLICT }, { "flag:surname", TRIAGE_NAME } };

    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (!strcmp(label, flags[i].label))
            return r->flags & flags[i].flag;
    if (!strcmp(label, "imminent") || !strcmp(label, "explicit") || !strcmp(label, "indirect"))
        return r->tier <= 1;
    if (!strcmp(label, "medical"))
        return r->tier <= 2;
    if (!strcmp(label, "thanks"))
        return r->tier == 4 && !r->flags;
    return r->tier > 2;
}

static void show(const char *const *field, const struct triage_result *r)
{
    printf("%s %s tier %d: %s\n", field[0], field[2], r->tier, field[3]);
    for (size_t i = 0; i < r->hit_count; i++)
        printf("      tier %d %s \"%s\" <- %s\n", r->hits[i].tier, triage_flag_name(r->hits[i].flag), r->hits[i].phrase,
               r->hits[i].rule);
}

static void read_roster(const char *path, struct arena *mem, struct triage_setting *setting)
{
    struct triage_person *people = ARENA_ARRAY(mem, 1000, struct triage_person);
    const char *p, *line;
    char *bytes;
    size_t n;
    struct err err;

    if (io_read_file(path, 1 << 20, mem, &bytes, &n, &err))
        return;
    for (p = bytes; text_next_line(&p, &line, &n) && setting->people_count < 1000;) {
        char *field[FIELDS], *row = arena_strndup(mem, line, n);
        size_t count = 0;

        for (char *s = row; s && count < FIELDS; s = strchr(s, '\t') ? strchr(s, '\t') + 1 : NULL)
            field[count++] = arena_strndup(mem, s, strcspn(s, "\t"));
        if (count == FIELDS && *row != '#')
            people[setting->people_count++] =
                (struct triage_person){ .shown = field[1], .first = field[2], .last = field[3] };
    }
    setting->people = people;
}

static int score_file(const struct triage_lexicon *lexicon, const char *path, const struct triage_setting *setting)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("tune");
    const char *p, *line, *labels[32];
    size_t all[32] = { 0 }, right[32] = { 0 }, label_count = 0, n;
    struct err err;
    char *bytes;

    if (io_read_file(path, 1 << 22, mem, &bytes, &n, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    for (p = bytes; text_next_line(&p, &line, &n);) {
        CLEANUP(arena_free) struct arena *one = arena_new("note");
        const char *field[FIELDS];
        size_t count = 0, k = 0;
        struct triage_result r;
        char *row = arena_strndup(mem, line, n);

        if (!n || *row == '#')
            continue;
        for (char *s = row; s && count < FIELDS; s = s ? s + 1 : NULL) {
            field[count++] = s;
            if ((s = strchr(s, '\t')))
                *s = '\0';
        }
        if (count != FIELDS)
            continue;
        field[3] = unescape(mem, field[3]);
        triage_score_in(lexicon, setting, field[3], NULL, one, &r);
        while (k < label_count && strcmp(labels[k], field[2]) != 0)
            k++;
        labels[k] = field[2];
        label_count = k == label_count ? k + 1 : label_count;
        all[k]++;
        if (is_right(field[2], &r))
            right[k]++;
        else
            show(field, &r);
    }
    for (size_t k = 0; k < label_count; k++)
        printf("%-14s %zu of %zu as they should be\n", labels[k], right[k], all[k]);
    return 0;
}

int main(int argc, char **argv)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = NULL;
    CLEANUP(arena_free) struct arena *mem = arena_new("tune");
    struct triage_setting setting = { 0 };
    struct triage_sources sources = { .own_from = SIZE_MAX };
    struct err err;

    if (argc > 2 && !strcmp(argv[argc - 1], "--model")) { /* what the lists find with the model beside them */
        sources.model = "gateway/lexicon/model.txt";
        argv[--argc] = NULL;
    }
    sources.lists = (const char *const *)argv + 2;
    if (argc < 3 || strstr(argv[1], "holdout")) {
        fprintf(stderr, "usage: triage_tune FILE.tsv LIST… [--model]   (never the hold-out)\n");
        return 2;
    }
    if (triage_open(&sources, &lexicon, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    read_roster("tests/data/triage_set/roster.tsv", mem, &setting);
    return score_file(lexicon, argv[1], &setting);
}
