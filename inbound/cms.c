#include "inbound/cms.h"

#include "base/err.h"

#define DEPTH_MAX 8
#define TAG_SEQUENCE 0x30
#define TAG_OID 0x06
#define TAG_OCTETS 0x04
#define TAG_OCTETS_CUT 0x24 /* constructed: octet strings inside */
#define TAG_EXPLICIT_0 0xA0

struct ber {
    const unsigned char *p;
    size_t n;
};

/* One element: its tag and its content. Content of indefinite length reaches to the end of what is there: whoever reads it stops at its end
 * mark, two zero bytes. */
struct element {
    int tag;
    struct ber in;
    bool is_open;
};

static bool read_length(struct ber *b, struct element *e)
{
    size_t length = 0, bytes;

    if (!b->n)
        return false;
    bytes = *b->p & 0x7F;
    e->is_open = *b->p == 0x80;
    if (!(*b->p++ & 0x80)) {
        b->n--;
        e->in = (struct ber){ b->p, bytes };
        return bytes <= b->n;
    }
    b->n--;
    if (bytes > 4 || bytes > b->n)
        return false;
    for (; bytes; bytes--, b->p++, b->n--)
        length = length << 8 | *b->p;
    e->in = (struct ber){ b->p, e->is_open ? b->n : length };
    return e->in.n <= b->n;
}

/* Reads the header of the element at the start of b, and steps past the element when its length is known, else only past its header. */
static bool next_element(struct ber *b, struct element *e)
{
    if (b->n < 2 || (*b->p & 0x1F) == 0x1F)
        return false;
    e->tag = *b->p++;
    b->n--;
    if (!read_length(b, e))
        return false;
    if (!e->is_open) {
        b->p += e->in.n;
        b->n -= e->in.n;
    }
    return true;
}

static bool is_end(const struct ber *b)
{
    return b->n >= 2 && b->p[0] == 0 && b->p[1] == 0;
}

/* Steps past a whole element, also one of indefinite length. */
static bool skip_element(struct ber *b, int depth)
{
    struct element e;

    if (depth > DEPTH_MAX || !next_element(b, &e))
        return false;
    if (!e.is_open)
        return true;
    while (!is_end(b))
        if (!skip_element(b, depth + 1))
            return false;
    b->p += 2;
    b->n -= 2;
    return true;
}

static enum cms_kind kind_of(const struct ber *oid)
{
    /* 1.2.840.113549.1.7.x and 1.2.840.113549.1.9.16.1.x */
    static const unsigned char pkcs7[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07 };
    static const unsigned char smime[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01 };

    if (oid->n == sizeof pkcs7 + 1 && memcmp(oid->p, pkcs7, sizeof pkcs7) == 0)
        return oid->p[sizeof pkcs7] == 2                                ? CMS_SIGNED
               : oid->p[sizeof pkcs7] == 3 || oid->p[sizeof pkcs7] == 6 ? CMS_ENCRYPTED
                                                                        : CMS_NOTHING;
    if (oid->n == sizeof smime + 1 && memcmp(oid->p, smime, sizeof smime) == 0)
        return oid->p[sizeof smime] == 23 ? CMS_ENCRYPTED : CMS_NOTHING; /* authenticated and enveloped */
    return CMS_NOTHING;
}

/* Each piece of an octet string to to, when that is given; the sum of their lengths. */
static bool walk_octets(struct ber *b, int depth, char *to, struct cms *cms)
{
    struct element e;

    if (depth > DEPTH_MAX || cms->piece_count >= CMS_MAX_PIECES || !next_element(b, &e))
        return false;
    if (e.tag == TAG_OCTETS && !e.is_open) {
        if (to)
            memcpy(to + cms->n, e.in.p, e.in.n);
        cms->n += e.in.n;
        cms->piece_count++;
        return true;
    }
    if (e.tag != TAG_OCTETS_CUT)
        return false;
    if (!e.is_open) {
        while (e.in.n)
            if (!walk_octets(&e.in, depth + 1, to, cms))
                return false;
        return true;
    }
    while (!is_end(b))
        if (!walk_octets(b, depth + 1, to, cms))
            return false;
    b->p += 2;
    b->n -= 2;
    return true;
}

/* SignedData: version, digestAlgorithms, encapContentInfo { type, [0] octets }, … */
static void read_signed(struct ber data, struct cms *cms)
{
    struct element e;

    if (!next_element(&data, &e) || e.tag != TAG_SEQUENCE)
        return;
    data = e.in;
    if (!skip_element(&data, 0) || !skip_element(&data, 0) || !next_element(&data, &e) || e.tag != TAG_SEQUENCE)
        return;
    data = e.in;
    if (!next_element(&data, &e) || e.tag != TAG_OID || !next_element(&data, &e) || e.tag != TAG_EXPLICIT_0)
        return;
    cms->from = (const char *)e.in.p;
    cms->from_n = e.in.n;
    if (!walk_octets(&e.in, 0, NULL, cms)) {
        cms->from = NULL;
        cms->piece_count = cms->n = 0;
    }
}

struct cms cms_open(const char *ber, size_t n)
{
    struct ber data = { (const unsigned char *)ber, n };
    struct cms cms = { .kind = CMS_NOTHING };
    struct element e;

    if (!next_element(&data, &e) || e.tag != TAG_SEQUENCE)
        return cms;
    data = e.in;
    if (!next_element(&data, &e) || e.tag != TAG_OID)
        return cms;
    cms.kind = kind_of(&e.in);
    if (cms.kind == CMS_SIGNED && next_element(&data, &e) && e.tag == TAG_EXPLICIT_0)
        read_signed(e.in, &cms);
    return cms;
}

char *cms_join(const struct cms *cms, struct arena *mem)
{
    struct ber data = { (const unsigned char *)cms->from, cms->from_n };
    struct cms again = { .kind = cms->kind };
    char *content = arena_alloc(mem, cms->n + 1);

    if (!walk_octets(&data, 0, content, &again)) /* as it went well before */
        abort();
    return content;
}
