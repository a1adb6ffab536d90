#include "mailer/zoom.h"

#include "base/clock.h"
#include "base/http.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>
#include <time.h>

#define PAGE "100"
#define PAGES_MAX 20
#define URL_MAX_BYTES ((size_t)4096)
#define TYPE_SCHEDULED 2
#define CODE_NO_MEETING 3001

/* ---- one request ---- */

static int64_t read_utc(const char *text)
{
    struct tm tm = { .tm_mday = 0 };
    const char *const end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

    return end && !*end ? (int64_t)timegm(&tm) * MS_SECOND : 0;
}

/* Seconds, or the moment from which on it may be tried again; what it does not say is a limit of the day. */
static int64_t wait_of(const char *retry_after)
{
    const int64_t now_ms = clock_now_ms(clock_real()), until_ms = read_utc(retry_after);
    struct err ignored;
    int64_t seconds;

    if (until_ms > now_ms)
        return until_ms - now_ms;
    if (!text_to_int(retry_after, 0, 48 * 3600, &seconds, &ignored))
        return seconds * MS_SECOND;
    return MS_DAY - now_ms % MS_DAY;
}

static enum rc judge(struct zoom *zoom, const struct http_answer *answer, const struct json *body, struct err *err)
{
    const long status = answer->status;

    zoom->code = body ? json_get_int(body, "code", 0) : 0;
    zoom->wait_ms = 0;
    if (status / 100 == 2)
        return RC_OK;
    if (status == 429) {
        zoom->wait_ms = wait_of(answer->retry_after);
        return err_set(err, RC_LIMIT, "Zoom takes no more for now");
    }
    if (status >= 500)
        return err_set(err, RC_TEMP, "Zoom answers %ld", status);
    if (status == 401 || status == 403)
        return err_set(err, RC_DENIED, "Zoom refuses the credentials, or a scope is missing (%ld, code %" PRId64 ")",
                       status, zoom->code);
    if (status == 404 || zoom->code == CODE_NO_MEETING)
        return err_set(err, RC_NOT_FOUND, "Zoom has no such meeting (code %" PRId64 ")", zoom->code);
    return err_set(err, RC_INPUT, "Zoom refuses it (%ld, code %" PRId64 ")", status, zoom->code);
}

/* What is left for one request; 0: nothing. */
static int64_t time_left(const struct zoom *zoom)
{
    const int64_t left_ms = zoom->until_ms == ZOOM_NO_END ? ZOOM_TIMEOUT_MS : zoom->until_ms - clock_steady_ms();

    return left_ms <= 0 ? 0 : left_ms < ZOOM_TIMEOUT_MS ? left_ms : ZOOM_TIMEOUT_MS;
}

/* path: behind the API's address. body: taken; NULL none. *ret: NULL when there is nothing to read. */
static enum rc ask(struct zoom *zoom, const char *method, const char *path, struct json **body, struct arena *mem,
                   struct json **ret, struct err *err)
{
    CLEANUP(json_free) struct json *sent = body ? MOVE(*body) : NULL, *got = NULL;
    CLEANUP(strbuf_done) struct strbuf text = STRBUF((size_t)16 << 10);
    struct http_call call = { .method = method,
                              .url = arena_printf(mem, "%s%s", zoom->account->api_url, path),
                              .bearer = zoom->token,
                              .ca_file = zoom->account->ca_file,
                              .timeout_ms = time_left(zoom) };
    struct http_answer answer;
    struct err ignored;

    if (!call.timeout_ms) /* to libcurl, 0 is for ever */
        return err_set(err, RC_TEMP, "no time is left for Zoom");
    if (sent) {
        json_print(sent, false, &text);
        call.body = strbuf_peek(&text);
        call.type = "application/json";
    }
    if (http_call(&call, mem, &answer, err))
        return err_wrap(err, "Zoom");
    if (answer.n && json_parse(answer.body, answer.n, &got, &ignored))
        got = NULL;
    if (judge(zoom, &answer, got, err))
        return err->rc;
    if (ret && !got)
        return err_set(err, RC_TEMP, "Zoom's answer is no JSON");
    if (ret)
        *ret = MOVE(got);
    return RC_OK;
}

enum rc zoom_open(const struct zoom_account *account, int64_t until_ms, struct arena *mem, struct zoom *ret,
                  struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf form = STRBUF(URL_MAX_BYTES);
    CLEANUP(json_free) struct json *body = NULL;
    struct zoom zoom = { .account = account, .until_ms = until_ms };
    struct http_call call = { .method = "POST",
                              .url = account->token_url,
                              .type = "application/x-www-form-urlencoded",
                              .user = account->client_id,
                              .password = account->client_secret,
                              .ca_file = account->ca_file,
                              .timeout_ms = time_left(&zoom) };
    struct http_answer answer;
    struct err ignored;

    if (!call.timeout_ms)
        return err_set(err, RC_TEMP, "no time is left for Zoom");
    http_form_add(&form, "grant_type", "account_credentials");
    http_form_add(&form, "account_id", account->account_id);
    call.body = strbuf_peek(&form);
    if (http_call(&call, mem, &answer, err))
        return err_wrap(err, "Zoom");
    if (json_parse(answer.body, answer.n, &body, &ignored))
        body = NULL;
    if (answer.status == 400) /* invalid_client, invalid_grant: RFC 6749 5.2 */
        return err_set(err, RC_DENIED, "Zoom refuses the credentials");
    if (judge(&zoom, &answer, body, err)) {
        ret->wait_ms = zoom.wait_ms;
        return err->rc;
    }
    zoom.token = body ? arena_strdup(mem, json_get_str(body, "access_token", "")) : "";
    if (!*zoom.token)
        return err_set(err, RC_TEMP, "Zoom's answer holds no token");
    *ret = zoom;
    return RC_OK;
}

static const char *escaped(const char *value, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf form = STRBUF(URL_MAX_BYTES);

    http_form_add(&form, "", value);
    return arena_strdup(mem, strbuf_peek(&form) + 1);
}

/* ---- meetings ---- */

static struct json *wishes(void)
{
    struct json *s = json_object_new();

    json_set_int(s, "approval_type", 0);     /* whoever registers is let in: we register them */
    json_set_int(s, "registration_type", 1); /* once for the meeting */
    json_set_bool(s, "waiting_room", true);
    json_set_bool(s, "join_before_host", false);
    json_set_bool(s, "registrants_confirmation_email", false);
    json_set_bool(s, "registrants_email_notification", false);
    return s;
}

static struct json *meeting_body(const struct zoom_meeting *m, struct arena *mem)
{
    struct json *body = json_object_new(), *settings = wishes();
    const time_t at = (time_t)(m->start_ms / MS_SECOND);
    char start[32];
    struct tm tm;

    gmtime_r(&at, &tm);
    strftime(start, sizeof start, "%Y-%m-%dT%H:%M:%SZ", &tm);
    json_set_str(body, "topic", arena_strndup(mem, m->topic, strnlen(m->topic, 200)));
    json_set_int(body, "type", TYPE_SCHEDULED);
    json_set_str(body, "start_time", start);
    json_set_int(body, "duration", m->minutes);
    json_set_str(body, "timezone", m->zone);
    json_set(body, "settings", &settings);
    return body;
}

static bool is_link(const char *url)
{
    return text_starts(url, "https://") && !strpbrk(url, " \t\r\n\"<>");
}

enum rc zoom_create(struct zoom *zoom, const struct zoom_meeting *m, struct arena *mem, struct zoom_made *ret,
                    struct err *err)
{
    CLEANUP(json_free) struct json *got = NULL;
    struct json *body = meeting_body(m, mem);

    if (ask(zoom, "POST", arena_printf(mem, "/users/%s/meetings", escaped(zoom->account->user, mem)), &body, mem, &got,
            err))
        return err->rc;
    *ret = (struct zoom_made){ .id = json_get_int(got, "id", 0),
                               .join_url = arena_strdup(mem, json_get_str(got, "join_url", "")),
                               .has_waiting_room = json_get_bool(json_get(got, "settings"), "waiting_room", false) };
    return ret->id > 0 && is_link(ret->join_url) ? RC_OK : err_set(err, RC_TEMP, "Zoom's answer names no meeting");
}

enum rc zoom_update(struct zoom *zoom, int64_t id, const struct zoom_meeting *m, struct arena *mem, struct err *err)
{
    struct json *body = meeting_body(m, mem);

    return ask(zoom, "PATCH", arena_printf(mem, "/meetings/%" PRId64, id), &body, mem, NULL, err);
}

enum rc zoom_delete(struct zoom *zoom, int64_t id, struct arena *mem, struct err *err)
{
    return ask(zoom, "DELETE",
               arena_printf(mem, "/meetings/%" PRId64 "?schedule_for_reminder=false&cancel_meeting_reminder=false", id),
               NULL, mem, NULL, err);
}

/* ---- registrants ---- */

enum rc zoom_register(struct zoom *zoom, int64_t id, const char *email, const char *name, struct arena *mem,
                      struct zoom_registrant *ret, struct err *err)
{
    CLEANUP(json_free) struct json *got = NULL;
    struct json *body = json_object_new();

    json_set_str(body, "email", email);
    json_set_str(body, "first_name", name);
    if (ask(zoom, "POST", arena_printf(mem, "/meetings/%" PRId64 "/registrants", id), &body, mem, &got, err))
        return err->rc;
    *ret = (struct zoom_registrant){ arena_strdup(mem, json_get_str(got, "registrant_id", "")),
                                     arena_strdup(mem, json_get_str(got, "join_url", "")) };
    return *ret->id && is_link(ret->join_url) ? RC_OK : err_set(err, RC_TEMP, "Zoom's answer names no registrant");
}

enum rc zoom_unregister(struct zoom *zoom, int64_t id, const char *registrant, struct arena *mem, struct err *err)
{
    return ask(zoom, "DELETE", arena_printf(mem, "/meetings/%" PRId64 "/registrants/%s", id, escaped(registrant, mem)),
               NULL, mem, NULL, err);
}

/* ---- who took part ---- */

static size_t take_page(const struct json *rows, struct arena *mem, struct zoom_participant *list)
{
    size_t n = 0;

    for (size_t i = 0; i < json_count(rows); i++) {
        const struct json *const row = json_at(rows, i);

        if (text_equals(json_get_str(row, "status", ""), "in_waiting_room"))
            continue;
        list[n++] = (struct zoom_participant){ .registrant = arena_strdup(mem, json_get_str(row, "registrant_id", "")),
                                               .joined_ms = read_utc(json_get_str(row, "join_time", "")),
                                               .left_ms = read_utc(json_get_str(row, "leave_time", "")),
                                               .seconds = json_get_int(row, "duration", 0) };
    }
    return n;
}

enum rc zoom_participants(struct zoom *zoom, int64_t id, struct arena *mem, struct zoom_participant **ret,
                          size_t *ret_n, struct err *err)
{
    struct zoom_participant *all = NULL;
    const char *next = "";
    size_t n = 0;

    for (int page = 0; page < PAGES_MAX; page++) {
        CLEANUP(json_free) struct json *got = NULL;
        const char *const more = *next ? arena_printf(mem, "&next_page_token=%s", escaped(next, mem)) : "";
        struct zoom_participant *wider;
        const struct json *rows;

        if (ask(zoom, "GET",
                arena_printf(mem, "/past_meetings/%" PRId64 "/participants?page_size=" PAGE "%s", id, more), NULL, mem,
                &got, err))
            return err->rc;
        rows = json_get(got, "participants");
        wider = arena_array(mem, n + json_count(rows) + 1, sizeof *wider);
        if (n)
            memcpy(wider, all, n * sizeof *wider);
        all = wider;
        n += take_page(rows, mem, all + n);
        next = arena_strdup(mem, json_get_str(got, "next_page_token", ""));
        if (!*next)
            break;
    }
    *ret = all;
    *ret_n = n;
    return RC_OK;
}
