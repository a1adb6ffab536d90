#include "gateway/ours.h"

#include "base/text.h"

char *ours_write(const struct gate *gate, const char *slug, const struct token *token, struct arena *mem)
{
    char text[TOKEN_SIZE];

    if (!token)
        return arena_printf(mem, "%s@%s", slug ? slug : OURS_DESK, gate->facts.domain);
    token_write(gate->store.ring, token, text);
    return arena_printf(mem, "%s+%s@%s", slug ? slug : OURS_DESK, text, gate->facts.domain);
}

static bool take_token(const struct gate *gate, const char *text, size_t len, struct ours *o)
{
    struct err ignored;

    o->has_token = token_read(gate->store.ring, text, len, &o->token, &ignored) == RC_OK;
    return o->has_token;
}

struct ours ours_read(const struct gate *gate, const char *address, struct arena *mem)
{
    const char *at = strrchr(address, '@');
    struct ours o = { .kind = OURS_NOT, .slug = "" };
    const char *plus;
    size_t local;

    if (!at || !text_equals(at + 1, gate->facts.domain))
        return o;
    local = (size_t)(at - address);
    plus = memchr(address, '+', local);
    if (!plus && local == TOKEN_CHARS && take_token(gate, address, local, &o)) {
        o.kind = OURS_TOKEN_ONLY;
        return o;
    }
    o.slug = text_fold(mem, arena_strndup(mem, address, plus ? (size_t)(plus - address) : local));
    o.kind = text_equals(o.slug, OURS_DESK) ? OURS_DESK_ADDRESS : OURS_GROUP;
    if (plus)
        o.has_bad_token = !take_token(gate, plus + 1, (size_t)(at - plus - 1), &o);
    return o;
}
