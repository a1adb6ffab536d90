#include "gateway/note/letter_code.h"

#include "base/crypt.h"
#include "base/text.h"

#define CODE_BYTES 5
#define CODE_CHARS 8
#define HALF 4

const char *letter_code_text(const unsigned char key[MESSAGE_KEY_BYTES], struct arena *mem)
{
    char code[CODE_CHARS + 1];

    crypt_base32_encode(key, CODE_BYTES, code);
    return arena_printf(mem, "%.4s-%.4s", code, code + HALF);
}

static bool is_code_sign(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
}

static size_t run_of(const char *p)
{
    size_t n = 0;

    while (is_code_sign(p[n]))
        n++;
    return n;
}

/* The next "xxxx-xxxx" that stands alone; NULL when there is none. */
static const char *next_code(const char *p, unsigned char code[CODE_BYTES])
{
    while (*p) {
        const size_t n = run_of(p);
        char text[CODE_CHARS + 1];

        if (n == HALF && p[HALF] == '-' && run_of(p + HALF + 1) == HALF) {
            for (size_t i = 0; i < CODE_CHARS; i++)
                text[i] = (char)(p[i + (i >= HALF)] | 0x20); /* digits have that bit already */
            text[CODE_CHARS] = '\0';
            if (crypt_base32_decode(text, CODE_CHARS, code, CODE_BYTES))
                return p + CODE_CHARS + 1;
        }
        p += n ? n : 1;
    }
    return NULL;
}

static bool find_among(const struct delivery *rows, size_t n, const unsigned char code[CODE_BYTES],
                       struct delivery *ret_delivery)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(rows[i].message_key, code, CODE_BYTES) == 0) {
            *ret_delivery = rows[i];
            return true;
        }
    return false;
}

enum rc letter_code_find(struct gate *gate, const char *text, const struct person *people, size_t count,
                         struct arena *mem, struct delivery *ret_delivery, struct err *err)
{
    unsigned char codes[LETTER_CODE_MAX][CODE_BYTES];
    size_t found = 0;

    while (found < LETTER_CODE_MAX && (text = next_code(text, codes[found])))
        found++;
    for (size_t i = 0; found && i < count; i++) {
        struct delivery *rows;
        size_t n;

        if (delivery_of_person(&gate->store, people[i].id, (struct delivery_id){ 0 }, LETTER_CODE_RECENT, mem, &rows,
                               &n, err))
            return err->rc;
        for (size_t k = 0; k < found; k++)
            if (find_among(rows, n, codes[k], ret_delivery))
                return RC_OK;
    }
    return err_set(err, RC_NOT_FOUND, "no letter of that code");
}
