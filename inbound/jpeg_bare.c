#include "inbound/jpeg_bare.h"

enum {
    M_SOF0 = 0xC0,
    M_SOF2 = 0xC2,
    M_DHT = 0xC4,
    M_RST0 = 0xD0,
    M_RST7 = 0xD7,
    M_SOI = 0xD8,
    M_EOI = 0xD9,
    M_SOS = 0xDA,
    M_DQT = 0xDB,
    M_DRI = 0xDD,
    M_APP0 = 0xE0
};

struct jpeg {
    const unsigned char *p;
    size_t n, at;
    int width, height;
    bool has_scan;
};

static bool is_jfif(const unsigned char *p, size_t n)
{
    return n == 14 && memcmp(p, "JFIF", 5) == 0 && p[12] == 0 && p[13] == 0;
}

static bool take_segment(struct jpeg *j, int marker)
{
    const unsigned char *p = j->p + j->at + 2;
    const size_t n = j->at + 2 <= j->n ? (size_t)(j->p[j->at] << 8 | j->p[j->at + 1]) : 0;

    if (n < 2 || j->at + n > j->n)
        return false;
    j->at += n;
    if (marker == M_APP0)
        return is_jfif(p, n - 2);
    if (marker == M_SOF0 || marker == M_SOF2) {
        if (j->width || n < 8)
            return false;
        j->height = p[1] << 8 | p[2];
        j->width = p[3] << 8 | p[4];
        return j->width && j->height;
    }
    j->has_scan |= marker == M_SOS;
    return marker == M_DHT || marker == M_DQT || marker == M_DRI || marker == M_SOS;
}

/* Steps over the scan's data to the next marker that is no restart. */
static void skip_scan(struct jpeg *j)
{
    while (j->at + 1 < j->n &&
           (j->p[j->at] != 0xFF || j->p[j->at + 1] == 0 || (j->p[j->at + 1] >= M_RST0 && j->p[j->at + 1] <= M_RST7)))
        j->at++;
}

bool jpeg_is_bare(const unsigned char *bytes, size_t n, int *ret_width, int *ret_height)
{
    struct jpeg j = { .p = bytes, .n = n, .at = 2 };

    if (n < 4 || bytes[0] != 0xFF || bytes[1] != M_SOI)
        return false;
    for (;;) {
        int marker;

        if (j.at + 2 > n || bytes[j.at] != 0xFF)
            return false;
        marker = bytes[j.at + 1];
        j.at += 2;
        if (marker == M_EOI)
            break;
        if (!take_segment(&j, marker))
            return false;
        if (marker == M_SOS)
            skip_scan(&j);
    }
    *ret_width = j.width;
    *ret_height = j.height;
    return j.at == n && j.width && j.has_scan;
}
