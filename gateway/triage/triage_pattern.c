#define PCRE2_CODE_UNIT_WIDTH 0 /* both widths by their full names */
#include "gateway/triage/triage_pattern.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK_WORDS 256 /* so many first words are tried before the clock is looked at */
#define PATTERN_TOO_LARGE 120

#define JIT_AFTER_WORDS 400 /* to search so many took as long as to compile our lists for this machine: 27 ms */

struct triage_pattern {
    pcre2_code_32 *words; /* one of the two */
    size_t searched;      /* words of texts, until it is compiled for this machine */
    pcre2_code_8 *bytes;
};

void triage_pattern_free(struct triage_pattern **pattern)
{
    if (!*pattern)
        return;
    pcre2_code_free_32((*pattern)->words);
    pcre2_code_free_8((*pattern)->bytes);
    free(*pattern);
    *pattern = NULL;
}

static enum rc refuse(int code, size_t at, struct err *err)
{
    if (code == PATTERN_TOO_LARGE)
        return err_set(err, RC_LIMIT, "the phrases together are too long for one pattern");
    return err_set(err, RC_BUG, "pattern does not compile: code %d at %zu", code, at);
}

static struct triage_pattern *new_pattern(void)
{
    struct triage_pattern *p = calloc(1, sizeof *p);

    if (!p)
        abort();
    return p;
}

enum rc triage_pattern_words(const uint32_t *pattern, size_t n, struct triage_pattern **ret, struct err *err)
{
    CLEANUP(triage_pattern_free) struct triage_pattern *p = new_pattern();
    PCRE2_SIZE at = 0;
    int code = 0;

    p->words = pcre2_compile_32(pattern, n, PCRE2_USE_OFFSET_LIMIT | PCRE2_NO_AUTO_CAPTURE, &code, &at, NULL);
    if (!p->words)
        return refuse(code, at, err);
    *ret = MOVE(p);
    return RC_OK;
}

enum rc triage_pattern_bytes(const char *pattern, struct triage_pattern **ret, struct err *err)
{
    CLEANUP(triage_pattern_free) struct triage_pattern *p = new_pattern();
    PCRE2_SIZE at = 0;
    int code = 0;

    p->bytes = pcre2_compile_8((PCRE2_SPTR8)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &code, &at, NULL);
    if (!p->bytes)
        return refuse(code, at, err);
    rc_ignore(pcre2_jit_compile_8(p->bytes, PCRE2_JIT_COMPLETE), "slower without, not wrong");
    *ret = MOVE(p);
    return RC_OK;
}

/* ---- searching ---- */

struct search {
    triage_found *found;
    void *ctx;
    bool is_ended;
};

/* An alternative has matched: it is told, and 1 makes PCRE2 go on to the next as if it had not. */
static int on_callout(pcre2_callout_block_32 *block, void *data)
{
    struct search *s = data;
    uint32_t which = 0;

    for (PCRE2_SIZE i = 0; i < block->callout_string_length; i++)
        which = which * 10 + (block->callout_string[i] - '0');
    s->is_ended = !s->found(s->ctx, which, block->start_match, block->current_position);
    return s->is_ended ? PCRE2_ERROR_CALLOUT : 1;
}

static int64_t cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void limits32_free(pcre2_match_context_32 **limits)
{
    pcre2_match_context_free_32(*limits);
}

static void data32_free(pcre2_match_data_32 **data)
{
    pcre2_match_data_free_32(*data);
}

/* Who reads a letter or two does not wait for the compiler. Where this machine has none it stays slower; the answers are the same. */
static void speed_up(struct triage_pattern *p, size_t n)
{
    const bool was_slow = p->searched <= JIT_AFTER_WORDS;

    p->searched += n;
    if (was_slow && p->searched > JIT_AFTER_WORDS)
        rc_ignore(pcre2_jit_compile_32(p->words, PCRE2_JIT_COMPLETE), "slower without, not wrong");
}

bool triage_pattern_find_words(struct triage_pattern *pattern, const uint32_t *text, size_t n, triage_found *found,
                               void *ctx)
{
    CLEANUP(limits32_free) pcre2_match_context_32 *limits = pcre2_match_context_create_32(NULL);
    CLEANUP(data32_free) pcre2_match_data_32 *data = pcre2_match_data_create_32(1, NULL);
    struct search search = { .found = found, .ctx = ctx };
    const int64_t end_ms = cpu_ms() + TRIAGE_MAX_CPU_MS;
    int k = PCRE2_ERROR_NOMATCH;

    speed_up(pattern, n);
    pcre2_set_match_limit_32(limits, TRIAGE_MATCH_LIMIT);
    pcre2_set_callout_32(limits, on_callout, &search);
    for (size_t at = 0; at < n && k == PCRE2_ERROR_NOMATCH; at += BLOCK_WORDS) {
        pcre2_set_offset_limit_32(limits, at + BLOCK_WORDS - 1);
        k = pcre2_match_32(pattern->words, text, n, at, 0, data, limits);
        if (cpu_ms() > end_ms)
            return false;
    }
    return k == PCRE2_ERROR_NOMATCH;
}

static void limits8_free(pcre2_match_context_8 **limits)
{
    pcre2_match_context_free_8(*limits);
}

static void data8_free(pcre2_match_data_8 **data)
{
    pcre2_match_data_free_8(*data);
}

bool triage_pattern_find_bytes(const struct triage_pattern *pattern, const char *text, triage_found *found, void *ctx)
{
    CLEANUP(limits8_free) pcre2_match_context_8 *limits = pcre2_match_context_create_8(NULL);
    CLEANUP(data8_free) pcre2_match_data_8 *data = pcre2_match_data_create_8(1, NULL);
    const size_t n = strlen(text);
    const int64_t end_ms = cpu_ms() + TRIAGE_MAX_CPU_MS;

    pcre2_set_match_limit_8(limits, TRIAGE_MATCH_LIMIT);
    for (size_t at = 0; at < n;) {
        const int k = pcre2_match_8(pattern->bytes, (PCRE2_SPTR8)text, n, at, PCRE2_NO_UTF_CHECK, data, limits);
        const PCRE2_SIZE *v = pcre2_get_ovector_pointer_8(data);
        const PCRE2_SPTR8 mark = k > 0 ? pcre2_get_mark_8(data) : NULL;

        if (k == PCRE2_ERROR_NOMATCH)
            return true;
        if (k < 0 || cpu_ms() > end_ms || !found(ctx, mark ? *mark : 0, v[0], v[1]))
            return false;
        at = v[1] > at ? v[1] : at + 1;
    }
    return true;
}
