#include "gateway/triage/triage_model.h"

#include "base/crypt.h"
#include "base/io.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define MAGIC "postcircle triage model 1"
#define ZERO 'P' /* the weight 0; '"' to '~' are -46 to 46 */
#define LINE_WEIGHTS 128
#define SHARES 1024 /* a window of more features is divided as one of so many */
#define SUM_CHARS (2 * CRYPT_HASH_BYTES)
#define SHARE_ONE 65536

int triage_model_page(const char *setting)
{
    struct err err;
    int64_t v = 0;

    if (setting && !strcmp(setting, "off"))
        return TRIAGE_MODEL_OFF;
    return setting && !text_to_int(setting, 1, 100, &v, &err) ? (int)v : 0;
}

struct triage_model {
    struct triage_model_head head;
    int64_t share[SHARES + 1]; /* triage_model_share */
    signed char weights[TRIAGE_BUCKETS];
};

/* ln(p / (1 - p)) in thousandths, for p = 0.01 to 0.99: a score is how many of them the sum reaches. */
static const int16_t logits[99] = {
    -4595, -3892, -3476, -3178, -2944, -2752, -2587, -2442, -2314, -2197, -2091, -1992, -1901, -1815, -1735,
    -1658, -1586, -1516, -1450, -1386, -1325, -1266, -1208, -1153, -1099, -1046, -995,  -944,  -895,  -847,
    -800,  -754,  -708,  -663,  -619,  -575,  -532,  -490,  -447,  -405,  -364,  -323,  -282,  -241,  -201,
    -160,  -120,  -80,   -40,   0,     40,    80,    120,   160,   201,   241,   282,   323,   364,   405,
    447,   490,   532,   575,   619,   663,   708,   754,   800,   847,   895,   944,   995,   1046,  1099,
    1153,  1208,  1266,  1325,  1386,  1450,  1516,  1586,  1658,  1735,  1815,  1901,  1992,  2091,  2197,
    2314,  2442,  2587,  2752,  2944,  3178,  3476,  3892,  4595,
};

/* IEEE 754 rounds a square root in one way only. */
int64_t triage_model_share(size_t features)
{
    const double n = (double)(features < SHARES ? features : SHARES) + 1, quarter = sqrt(sqrt(n));

    return (int64_t)(SHARE_ONE / (quarter * sqrt(quarter)));
}

/* ---- the file ---- */

static enum rc broken(const char *name, const char *what, struct err *err)
{
    return err_set(err, RC_INPUT, "%s: %s; put back the file that came with this version (make install)", name, what);
}

static void sum_of(const char *bytes, size_t n, char hex[SUM_CHARS + 1])
{
    unsigned char hash[CRYPT_HASH_BYTES];

    crypt_hash(bytes, n, hash);
    for (size_t i = 0; i < CRYPT_HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

/* "key number" in the next line. */
static bool read_number(const char **p, const char *key, int64_t low, int64_t high, int64_t *ret)
{
    const char *line;
    char *end;
    size_t n, len = strlen(key);
    long long v;

    if (!text_next_line(p, &line, &n) || n < len + 2 || strncmp(line, key, len) != 0 || line[len] != ' ')
        return false;
    v = strtoll(line + len + 1, &end, 10);
    *ret = v;
    return end == line + n && v >= low && v <= high;
}

static bool read_head(const char **p, struct triage_model_head *head)
{
    int64_t buckets;

    return read_number(p, "buckets", TRIAGE_BUCKETS, TRIAGE_BUCKETS, &buckets) &&
           read_number(p, "unit", 1, 10000000, &head->unit) && read_number(p, "bias", -100000, 100000, &head->bias);
}

static bool read_weights(const char *p, signed char *weights)
{
    size_t count = 0;

    for (; *p; p++) {
        const int level = *p - ZERO;

        if (*p == '\n')
            continue;
        if (count == TRIAGE_BUCKETS || level < -TRIAGE_MODEL_LEVELS || level > TRIAGE_MODEL_LEVELS)
            return false;
        weights[count++] = (signed char)level;
    }
    return count == TRIAGE_BUCKETS;
}

enum rc triage_model_parse(const char *bytes, size_t n, const char *name, struct arena *mem,
                           const struct triage_model **ret_model, struct err *err)
{
    struct triage_model *m = ARENA_NEW(mem, struct triage_model);
    const char *p = arena_strndup(mem, bytes, n), *const end = p + n, *line;
    char sum[SUM_CHARS + 1];
    size_t len;

    if (!text_next_line(&p, &line, &len) || len != strlen(MAGIC) || strncmp(line, MAGIC, len) != 0)
        return broken(name, "not a model of this version", err);
    if (!text_next_line(&p, &line, &len) || len != 4 + SUM_CHARS || strncmp(line, "sum ", 4) != 0)
        return broken(name, "expected \"sum\" in line 2", err);
    sum_of(p, (size_t)(end - p), sum);
    if (strncmp(line + 4, sum, SUM_CHARS) != 0)
        return broken(name, "damaged: it does not fit its sum", err);
    if (!read_head(&p, &m->head) || strlen(p) != (size_t)(end - p) || !read_weights(p, m->weights))
        return broken(name, "not of the form of this version", err);
    for (size_t i = 0; i <= SHARES; i++)
        m->share[i] = triage_model_share(i);
    *ret_model = m;
    return RC_OK;
}

enum rc triage_model_read(const char *path, struct arena *mem, const struct triage_model **ret_model, struct err *err)
{
    CLEANUP(arena_free) struct arena *scratch = arena_new("model");
    char *bytes;
    size_t n;
    enum rc rc = io_read_file(path, TRIAGE_MODEL_MAX_BYTES, scratch, &bytes, &n, err);

    return rc ? rc : triage_model_parse(bytes, n, path, mem, ret_model, err);
}

char *triage_model_print(const struct triage_model_head *head, const signed char *weights, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(TRIAGE_MODEL_MAX_BYTES);
    char sum[SUM_CHARS + 1];

    strbuf_printf(&out, "buckets %u\nunit %" PRId64 "\nbias %" PRId64 "\n", TRIAGE_BUCKETS, head->unit, head->bias);
    for (size_t i = 0; i < TRIAGE_BUCKETS; i++) {
        strbuf_char(&out, (char)(ZERO + weights[i]));
        if (i % LINE_WEIGHTS == LINE_WEIGHTS - 1)
            strbuf_char(&out, '\n');
    }
    sum_of(strbuf_peek(&out), out.len, sum);
    return arena_printf(mem, MAGIC "\nsum %s\n%s", sum, strbuf_peek(&out));
}

/* ---- a note ---- */

static int score_of(int64_t logit)
{
    int score = 0;

    while (score < (int)COUNT_OF(logits) && logits[score] <= logit)
        score++;
    return logit > 2 * logits[98] ? 100 : score;
}

/* Thousandths of a logit. */
static int64_t weigh(const struct triage_model *m, const uint32_t *buckets, size_t count)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += m->weights[buckets[i]];
    return m->head.bias + sum * m->head.unit * m->share[count < SHARES ? count : SHARES] / SHARE_ONE / 1000;
}

struct triage_verdict triage_model_judge(const struct triage_model *m, const struct triage_features *f)
{
    struct triage_verdict v = { .is_cut = f->is_cut };
    struct triage_window w = { 0 };
    int64_t worst = INT64_MIN;

    while (triage_window_next(f, &w)) {
        const int64_t logit = weigh(m, f->buckets + w.first, w.count);

        if (logit <= worst)
            continue;
        worst = logit;
        v.at = f->pieces[w.from].at;
        v.to = f->pieces[w.to - 1].to;
    }
    worst -= f->words >= TRIAGE_LONG_WORDS ? TRIAGE_LONG_LESS : 0;
    v.score = f->piece_count ? score_of(worst) : 0;
    return v;
}

struct triage_verdict triage_model_score(const struct triage_model *m, const char *text, struct arena *mem)
{
    const struct triage_features f = triage_features_of(text, mem);

    return triage_model_judge(m, &f);
}
