#include "gateway/practice/ours.h"

#include "base/text.h"

static bool has_one_mailbox(const struct gate *gate)
{
    return gate->facts.mailbox && *gate->facts.mailbox;
}

/* ---- writing ---- */

char *ours_write(const struct gate *gate, const char *slug, const struct token *token, struct arena *mem)
{
    const char *const domain = gate->facts.domain, *const name = slug ? slug : OURS_DESK;
    const char *const place = has_one_mailbox(gate) ? arena_printf(mem, "%s+", gate->facts.mailbox) : "";
    char text[TOKEN_SIZE];

    if (!token)
        return arena_printf(mem, "%s%s@%s", place, name, domain);
    token_write(gate->store.ring, token, text);
    if (*place && strlen(place) + strlen(name) + 1 + TOKEN_CHARS > OURS_LOCAL_MAX)
        return arena_printf(mem, "%s%s@%s", place, text, domain);
    return arena_printf(mem, "%s%s+%s@%s", place, name, text, domain);
}

/* ---- reading ---- */

struct ours_local ours_split(const char *local, size_t n)
{
    const char *const plus = memchr(local, '+', n), *const last = memrchr(local, '+', n), *const end = local + n;

    if (!plus)
        return (struct ours_local){ .name_len = n };
    return (struct ours_local){ .name_len = (size_t)(plus - local),
                                .behind = plus + 1,
                                .behind_len = (size_t)(end - plus) - 1,
                                .last = last + 1,
                                .last_len = (size_t)(end - last) - 1 };
}

static bool take_token(const struct gate *gate, const char *text, size_t len, struct ours *o)
{
    struct err ignored;

    o->has_token = token_read(gate->store.ring, text, len, &o->token, &ignored) == RC_OK;
    return o->has_token;
}

/* "tuesday", "tuesday+TOKEN" */
static void read_name(const struct gate *gate, const char *text, size_t n, struct arena *mem, struct ours *o)
{
    const struct ours_local parts = ours_split(text, n);

    o->slug = text_fold(mem, arena_strndup(mem, text, parts.name_len));
    o->kind = text_equals(o->slug, OURS_DESK) ? OURS_DESK_ADDRESS : OURS_GROUP;
    if (parts.last)
        o->has_bad_token = !take_token(gate, parts.last, parts.last_len, o);
}

/* What stands behind "circles" in a home where one mailbox is for all. */
static void read_detail(const struct gate *gate, const char *text, size_t n, struct arena *mem, struct ours *o)
{
    if (!n) {
        o->kind = OURS_MAILBOX;
    } else if (n == TOKEN_CHARS && take_token(gate, text, n, o)) {
        o->kind = OURS_TOKEN_ONLY;
    } else {
        read_name(gate, text, n, mem, o);
    }
}

static bool is_of_mailbox(const struct gate *gate, const char *local, size_t n)
{
    const size_t k = strlen(gate->facts.mailbox);

    return n >= k && strncasecmp(local, gate->facts.mailbox, k) == 0 && (n == k || local[k] == '+');
}

struct ours ours_read(const struct gate *gate, const char *address, struct arena *mem)
{
    const char *at = strrchr(address, '@');
    struct ours o = { .kind = OURS_NOT, .slug = "" };
    size_t n, k;

    if (!at || !text_equals(at + 1, gate->facts.domain))
        return o;
    n = (size_t)(at - address);
    if (n == TOKEN_CHARS && take_token(gate, address, n, &o)) {
        o.kind = OURS_TOKEN_ONLY;
        return o;
    }
    if (!has_one_mailbox(gate)) {
        read_name(gate, address, n, mem, &o);
        return o;
    }
    k = strlen(gate->facts.mailbox);
    if (is_of_mailbox(gate, address, n)) {
        read_detail(gate, address + k + (n > k), n - k - (n > k), mem, &o);
        return o;
    }
    read_name(gate, address, n, mem, &o);
    return o.has_token ? o : (struct ours){ .kind = OURS_NOT, .slug = "" };
}
