/*
 * zoom: the requests to Zoom that a group visit needs. Knows no store; one request a call.
 *
 * Shape    A meeting is a scheduled one (type 2) with registration that lets everybody in, a waiting room, and nobody before the host. Zoom writes to
 *          nobody: both of its registrants' mails are off. A registrant is an address of ours and the name that the group knows: no address, phone or
 *          real name of a patient goes there. Of what Zoom answers, join_url is read and never start_url, which carries the host's rights.
 * Units    UTC milliseconds; minutes. A request takes ZOOM_TIMEOUT_MS at most, and never longer than until until_ms. Lengths of stay in seconds.
 * Owns     What is returned lives in mem.
 * Errors   RC_TEMP       no answer in time, or 5xx: later
 *          RC_LIMIT      429; zoom->wait_ms says for how long (until 00:00 UTC when Zoom does not)
 *          RC_DENIED     the credentials, or a missing scope
 *          RC_NOT_FOUND  no such meeting there
 *          RC_INPUT      anything else that Zoom refuses; zoom->code is its number
 * State    None but the token, which lives an hour.
 * Source   developers.zoom.us: internal-apps/s2s-oauth (grant_type=account_credentials, Basic), api/meetings (POST /users/{userId}/meetings, PATCH and
 *          DELETE /meetings/{id}, …/registrants, GET /past_meetings/{id}/participants), api/rate-limits (429, Retry-After); read 2026-11.
 */
#ifndef MAILER_ZOOM_H
#define MAILER_ZOOM_H

#include "base/arena.h"
#include "base/err.h"

#define ZOOM_TOKEN_URL "https://zoom.us/oauth/token"
#define ZOOM_API_URL "https://api.zoom.us/v2"
#define ZOOM_TIMEOUT_MS (10 * 1000)
#define ZOOM_NO_END INT64_MAX

/* X(member, the name it is stored by) */
#define ZOOM_ACCOUNT_FIELDS(X)                                                                                         \
    X(account_id, "account_id")                                                                                        \
    X(client_id, "client_id")                                                                                          \
    X(client_secret, "client_secret")                                                                                  \
    X(user, "user")                                                                                                    \
    X(token_url, "token_url")                                                                                          \
    X(api_url, "api_url")                                                                                              \
    X(ca_file, "ca_file")

struct zoom_account {
    const char *account_id, *client_id, *client_secret;
    const char *user; /* whose meetings: an email there, or "me" */
    const char *token_url, *api_url;
    const char *ca_file; /* "" the system's trust store */
};

struct zoom {
    const struct zoom_account *account;
    const char *token;
    int64_t until_ms; /* by clock_steady_ms: no request lasts longer, none begins behind it */
    int64_t wait_ms;
    int64_t code;
};

struct zoom_meeting {
    const char *topic, *zone;
    int64_t start_ms, minutes;
};
struct zoom_made {
    int64_t id;
    const char *join_url;
    bool has_waiting_room; /* what Zoom made of our wish */
};
struct zoom_registrant {
    const char *id, *join_url;
};
struct zoom_participant {
    const char *registrant; /* "" none: somebody who came another way */
    int64_t joined_ms, left_ms, seconds;
};

/* A token. until_ms: ZOOM_NO_END, or when all requests must have an answer. */
MUST_CHECK enum rc zoom_open(const struct zoom_account *account, int64_t until_ms, struct arena *mem, struct zoom *ret,
                             struct err *err);
MUST_CHECK enum rc zoom_create(struct zoom *zoom, const struct zoom_meeting *m, struct arena *mem,
                               struct zoom_made *ret, struct err *err);
MUST_CHECK enum rc zoom_update(struct zoom *zoom, int64_t id, const struct zoom_meeting *m, struct arena *mem,
                               struct err *err);
MUST_CHECK enum rc zoom_delete(struct zoom *zoom, int64_t id, struct arena *mem, struct err *err);
MUST_CHECK enum rc zoom_register(struct zoom *zoom, int64_t id, const char *email, const char *name, struct arena *mem,
                                 struct zoom_registrant *ret, struct err *err);
MUST_CHECK enum rc zoom_unregister(struct zoom *zoom, int64_t id, const char *registrant, struct arena *mem,
                                   struct err *err);
/* All pages. Who only waited outside is left out. */
MUST_CHECK enum rc zoom_participants(struct zoom *zoom, int64_t id, struct arena *mem, struct zoom_participant **ret,
                                     size_t *ret_n, struct err *err);

#endif
