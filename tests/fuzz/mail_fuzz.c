/* Whole messages: parse, then the letter's JSON there and back, which must be accepted. */
#include "inbound/parse.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_json(const struct letter *l, struct arena *mem)
{
    CLEANUP(json_free) struct json *json = letter_to_json(l);
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(LETTER_JSON_MAX_BYTES);
    struct letter back;
    struct err err;

    json_print(json, false, &out);
    if (!out.over)
        assert(letter_from_json(strbuf_peek(&out), out.len, mem, &back, &err) == RC_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool is_ready;
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const struct authres_trust trust = { .profile = AUTHRES_BY_ID, .authserv_id = "mx.example.net" };
    struct letter l;
    struct err err;

    if (!is_ready)
        parse_setup();
    is_ready = true;
    if (parse_letter((const char *)data, n, &trust, mem, &l, &err) == RC_OK)
        check_json(&l, mem);
    return 0;
}
