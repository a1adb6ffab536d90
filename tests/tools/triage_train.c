/* Writes gateway/lexicon/model.txt from the labelled notes (make triage-model). triage_train --check  says whether the file there is what they make.
 * triage_train --cross  prints the score of each note by a model that has learned none of its writer: label, score, id, file. */
#include "tests/tools/triage_learn.h"

static int write_model(const char *text)
{
    FILE *out = fopen(LEARN_MODEL, "w");

    if (!out || fputs(text, out) < 0 || fclose(out)) {
        fprintf(stderr, LEARN_MODEL " cannot be written\n");
        return 1;
    }
    return 0;
}

static int check_model(const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check");
    struct err err;
    char *bytes;
    size_t n;

    if (io_read_file(LEARN_MODEL, TRIAGE_MODEL_MAX_BYTES, mem, &bytes, &n, &err) || strcmp(bytes, text) != 0) {
        fprintf(stderr, LEARN_MODEL " is not what the labelled notes make: make triage-model\n");
        return 1;
    }
    return 0;
}

static int cross(struct learn *l)
{
    for (int fold = 0; fold < LEARN_FOLDS; fold++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("fold");
        const struct triage_model *model;
        const char *const text = learn_print(learn_train(l, fold, mem), mem);
        struct err err;

        if (triage_model_parse(text, strlen(text), "model", mem, &model, &err)) {
            fprintf(stderr, "%s\n", err.msg);
            return 1;
        }
        for (size_t i = 0; i < l->count; i++)
            if (l->notes[i].fold_of == fold)
                printf("%s\t%d\t%s\t%s\n", l->notes[i].label, triage_model_judge(model, &l->notes[i].variants[0]).score,
                       l->notes[i].id, l->notes[i].file);
    }
    return 0;
}

int main(int argc, char **argv)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("train");
    struct learn l;
    const char *text;
    int code;

    learn_open(&l);
    if (argc == 2 && !strcmp(argv[1], "--cross")) {
        code = cross(&l);
    } else {
        text = learn_print(learn_train(&l, -1, mem), mem);
        code = argc == 2 && !strcmp(argv[1], "--check") ? check_model(text) : write_model(text);
    }
    learn_close_all(&l);
    return code;
}
