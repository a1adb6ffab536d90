#include "mailer/segment.h"

#include "base/text.h"
#include "mailer/gsm.h"

#include <assert.h>

/* Units of one part alone, and of one of several, by encoding. */
static const size_t room_alone[] = { [SEGMENT_GSM7] = 160, [SEGMENT_UCS2] = 70 };
static const size_t room_joined[] = { [SEGMENT_GSM7] = 153, [SEGMENT_UCS2] = 67 };

struct cutter {
    enum segment_encoding encoding;
    struct segment_part *parts;
    size_t count;
    struct arena *mem;
    const char *start; /* of the part that is being filled */
    size_t units;
};

static unsigned cost(enum segment_encoding encoding, int32_t cp)
{
    return encoding == SEGMENT_GSM7 ? gsm_septets(cp) : gsm_ucs2_units(cp);
}

static size_t count_units(enum segment_encoding encoding, const char *text)
{
    size_t units = 0;

    while (*text)
        units += cost(encoding, text_next(&text));
    return units;
}

/* Ends the part before `end`. */
static enum rc close_part(struct cutter *c, const char *end, struct err *err)
{
    if (end == c->start)
        return RC_OK;
    if (c->count == SEGMENT_PARTS_MAX)
        return err_set(err, RC_LIMIT, "over %d parts", SEGMENT_PARTS_MAX);
    c->parts[c->count++] = (struct segment_part){ arena_strndup(c->mem, c->start, (size_t)(end - c->start)), c->units };
    c->start = end;
    c->units = 0;
    return RC_OK;
}

/* Steps over what a reader sees as one character; returns its units. */
static size_t next_cluster(enum segment_encoding encoding, const char **p)
{
    int32_t state = 0, cp = text_next(p);
    size_t units = cost(encoding, cp);

    while (**p) {
        const char *after = *p;
        const int32_t next = text_next(&after);

        if (gsm_is_break(cp, next, &state))
            break;
        units += cost(encoding, next);
        cp = next;
        *p = after;
    }
    return units;
}

/* A cluster longer than a part goes by code points. */
static enum rc add_long_cluster(struct cutter *c, const char *p, const char *end, struct err *err)
{
    while (p < end) {
        const char *const before = p;
        const unsigned units = cost(c->encoding, text_next(&p));

        if (c->units + units > room_joined[c->encoding]) {
            const enum rc rc = close_part(c, before, err);

            if (rc)
                return rc;
        }
        c->units += units;
    }
    return RC_OK;
}

static enum rc fill_parts(struct cutter *c, const char *p, struct err *err)
{
    const size_t room = room_joined[c->encoding];
    enum rc rc;

    while (*p) {
        const char *const before = p;
        const size_t units = next_cluster(c->encoding, &p);

        if (c->units + units > room && (rc = close_part(c, before, err)))
            return rc;
        if (units <= room)
            c->units += units;
        else if ((rc = add_long_cluster(c, before, p, err)))
            return rc;
    }
    return close_part(c, p, err);
}

enum rc segment_split(const char *text, size_t n, struct arena *mem, const struct segments **ret_segments,
                      struct err *err)
{
    struct segments *const s = ARENA_NEW(mem, struct segments);
    struct cutter c = { .mem = mem };
    char *normal = NULL;
    size_t room;
    enum rc rc;

    if (n > SEGMENT_TEXT_MAX)
        return err_set(err, RC_LIMIT, "over %zu bytes of text", SEGMENT_TEXT_MAX);
    rc = gsm_normalise(text, n, mem, &normal, err);
    if (rc)
        return rc;
    s->text = normal;
    s->encoding = c.encoding = gsm_has_all(normal) ? SEGMENT_GSM7 : SEGMENT_UCS2;
    s->units = count_units(c.encoding, normal);
    c.start = normal;
    room = room_alone[c.encoding];
    c.parts = ARENA_ARRAY(mem, s->units <= room ? 1 : SEGMENT_PARTS_MAX, struct segment_part);
    if (s->units <= room) {
        c.units = s->units;
        rc = close_part(&c, normal + strlen(normal), err);
    } else {
        room = room_joined[c.encoding];
        rc = fill_parts(&c, normal, err);
    }
    if (rc)
        return rc;
    s->parts = c.parts;
    s->count = c.count;
    s->left = room - (c.count ? c.parts[c.count - 1].units : 0);
    *ret_segments = s;
    return RC_OK;
}

void segment_udh(unsigned char ref, unsigned char total, unsigned char seq, unsigned char udh[SEGMENT_UDH_BYTES])
{
    const unsigned char made[SEGMENT_UDH_BYTES] = { 5, 0, 3, ref, total, seq };

    assert(seq && seq <= total);
    memcpy(udh, made, sizeof(made));
}
