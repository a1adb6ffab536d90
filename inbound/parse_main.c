/*
 * postcircle-parse: reads hostile mail in a closed process. Requests on fd 0, answers on fd 1, see inbound/frame.h.
 *
 *   setup (opens converters, loads tables) → lockdown → { request → parse or trim → answer }* → end of fd 0: exit 0
 *   --check   prints as JSON which protections are active
 */
#include "base/text.h"
#include "inbound/parse.h"
#include "inbound/reply.h"
#include "inbound/request.h"

#define SECONDS_A_LETTER 10

static enum rc answer_letter(const struct letter *letter, struct err *err)
{
    CLEANUP(json_free) struct json *json = letter_to_json(letter);
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(LETTER_JSON_MAX_BYTES);

    json_print(json, false, &out);
    if (strbuf_check(&out, err))
        return request_answer(FRAME_LIMIT, "letter_bytes", 12, err);
    return request_answer(FRAME_LETTER, out.p, out.len, err);
}

static enum rc do_parse(struct request *r, struct arena *mem, struct letter *letter, struct err *err)
{
    CLEANUP(json_free) struct json *head = NULL;
    struct authres_trust trust = { .profile = AUTHRES_NOTHING, .authserv_id = "" };

    if (r->first.over)
        return err_set(err, RC_LIMIT, "message_bytes: over %zu", LETTER_MAX_BYTES);
    if (json_parse(r->head, strlen(r->head), &head, err))
        return err->rc;
    trust.profile = (enum authres_profile)json_get_int(head, "profile", AUTHRES_NOTHING);
    trust.authserv_id = arena_strdup(mem, json_get_str(head, "authserv_id", ""));
    trust.tenant_domains = arena_strdup(mem, json_get_str(head, "tenant_domains", ""));
    return parse_letter(strbuf_peek(&r->first), r->first.len, &trust, mem, letter, err);
}

static enum rc do_trim(struct request *r, struct arena *mem, struct letter *letter, struct err *err)
{
    const char *ours, *earlier[REPLY_EARLIER_MAX];
    size_t count = 0;

    if (r->first.over || r->second.over)
        return err_set(err, RC_LIMIT, "message_bytes: over %zu", LETTER_MAX_BYTES);
    if (letter_from_json(strbuf_peek(&r->first), r->first.len, mem, letter, err))
        return err->rc;
    ours = text_clean(mem, strbuf_peek(&r->second), r->second.len);
    reply_trim_ours(letter, ours, mem);
    for (size_t i = 0; i + 1 < r->parts; i++) /* one that is too long is none */
        if (!r->earlier[i].over)
            earlier[count++] = text_clean(mem, strbuf_peek(&r->earlier[i]), r->earlier[i].len);
    reply_trim_tail(letter, earlier, count, mem);
    return RC_OK;
}

static enum rc answer(struct request *r, struct arena *mem, struct err *err)
{
    struct letter letter;
    enum rc rc;

    lockdown_give_seconds(SECONDS_A_LETTER);
    rc = r->type == FRAME_PARSE ? do_parse(r, mem, &letter, err) : do_trim(r, mem, &letter, err);
    request_done(r); /* before the answer is made: both need room */
    return rc ? request_refuse(err) : answer_letter(&letter, err);
}

int main(int argc, char **argv)
{
    parse_setup();
    return request_serve(argc, argv, LOCKDOWN_READER, answer);
}
