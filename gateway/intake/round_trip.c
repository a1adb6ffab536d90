#include "gateway/intake/round_trip.h"

#include "base/text.h"
#include "gateway/home/imap_login.h"
#include "gateway/intake/imap_role.h"
#include "gateway/intake/intake.h"
#include "gateway/practice/ours.h"
#include "gateway/send/self_mail.h"
#include "inbound/sandbox.h"

#include <poll.h>
#include <string.h>

#define LOOK_MS 500

struct place {
    const char *folder;
    int64_t first_uid;
    bool is_junk;
};

struct trip {
    struct gate *gate;
    const struct home_mailbox *box;
    struct arena *mem;
    struct imap *imap;
    struct place places[2];
    size_t place_count;
    const char *from, *to, *sender, *message_id;
    const char *bytes; /* of the mail that came */
    size_t n;
};

static void trip_done(struct trip *t)
{
    imap_free(&t->imap);
}

/* ---- sending ---- */

static enum rc send_mail(struct trip *t, struct err *err)
{
    struct token token = { .purpose = TOKEN_BOUNCE, .row_id = id_next(t->gate->store.ids) };

    t->from = ours_write(t->gate, NULL, NULL, t->mem);
    t->to = ours_write(t->gate, NULL, &token, t->mem);
    token.row_id = id_next(t->gate->store.ids);
    t->sender = ours_write(t->gate, NULL, &token, t->mem);
    return self_mail_send(t->gate, &(struct self_mail){ t->to, t->sender }, t->mem, &t->message_id, err);
}

/* ---- finding ---- */

static enum rc mark_place(struct trip *t, const char *folder, bool is_junk, struct err *err)
{
    struct imap_folder found;

    if (imap_select(t->imap, folder, &found, err))
        return err->rc;
    t->places[t->place_count++] = (struct place){ folder, found.next_uid ? found.next_uid : 1, is_junk };
    return RC_OK;
}

static enum rc open_places(struct trip *t, struct err *err)
{
    const char *names[IMAP_ROLE_FOLDERS_MAX], *junk = NULL;
    size_t n;
    enum rc rc;

    if (imap_role_folders(t->box, t->mem, names, &n, err) ||
        imap_login(t->box, IMAP_LOGIN_TIMEOUT_MS, NULL, &t->imap, err) || mark_place(t, names[0], false, err))
        return err->rc;
    rc = imap_find_junk(t->imap, t->mem, &junk, err);
    if (!rc)
        rc = mark_place(t, junk, true, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc take_if_ours(struct trip *t, int64_t uid, struct err *err)
{
    struct imap_piece piece;
    enum rc rc = imap_fetch(t->imap, uid, 0, INTAKE_HEAD_BYTES, &piece, err);

    if (rc == RC_NOT_FOUND || (!rc && !memmem(piece.bytes, (size_t)piece.n, t->message_id, strlen(t->message_id))))
        return RC_OK;
    if (rc)
        return rc;
    t->bytes = arena_strndup(t->mem, piece.bytes, (size_t)piece.n);
    t->n = (size_t)piece.n;
    rc = imap_make_folder(t->imap, t->box->done, err);
    if (rc && rc != RC_PERM)
        return rc;
    rc = imap_can_move(t->imap) ? imap_move(t->imap, uid, t->box->done, err) : imap_delete(t->imap, uid, err);
    return rc == RC_PERM ? RC_OK : rc; /* it may stay */
}

static enum rc look_into(struct trip *t, struct place *place, struct err *err)
{
    struct imap_folder found;
    int64_t *uids;
    size_t n;

    if (imap_select(t->imap, place->folder, &found, err) ||
        imap_list(t->imap, place->first_uid, IMAP_UID_MAX, t->mem, &uids, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && !t->bytes; i++) {
        if (take_if_ours(t, uids[i], err))
            return err->rc;
        place->first_uid = uids[i] + 1;
    }
    return RC_OK;
}

static enum rc find_mail(struct trip *t, int64_t wait_ms, struct round_trip *trip, struct err *err)
{
    const int64_t start_ms = clock_steady_ms();

    while (!t->bytes && clock_steady_ms() - start_ms < wait_ms) {
        for (size_t i = 0; i < t->place_count && !t->bytes; i++) {
            if (look_into(t, &t->places[i], err))
                return err->rc;
            trip->is_in_junk = t->bytes && t->places[i].is_junk;
        }
        if (!t->bytes)
            poll(NULL, 0, LOOK_MS);
    }
    trip->has_come = t->bytes != NULL;
    trip->ms = clock_steady_ms() - start_ms;
    return RC_OK;
}

/* ---- judging ---- */

/* The authserv-id of the topmost Authentication-Results; NULL: there is none. */
static const char *topmost_id(const char *bytes, struct arena *mem)
{
    static const char name[] = "Authentication-Results:";
    const char *line;
    size_t n;

    while (text_next_line(&bytes, &line, &n) && n > 1) {
        const char *at = line + strlen(name), *const end = line + n;

        if (n <= strlen(name) || !text_starts(line, name))
            continue;
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        return arena_strndup(mem, at, strcspn(at, "; \t\r\n"));
    }
    return NULL;
}

static enum rc parse_under(struct trip *t, struct sandbox *sandbox, const struct authres_trust *trust,
                           struct letter *letter, struct err *err)
{
    struct sandbox_bytes bytes = { t->bytes, t->n };
    const struct sandbox_source source = sandbox_from_bytes(&bytes);

    return sandbox_parse(sandbox, &source, trust, t->mem, letter, err);
}

/* The first profile of the provider's under which our own mail is proved ours. */
static enum rc find_profile(struct trip *t, struct sandbox *sandbox, const struct round_trip_provider *provider,
                            struct round_trip *trip, struct err *err)
{
    const char *const id = topmost_id(t->bytes, t->mem);

    trip->has_results = id != NULL;
    trip->profile = AUTHRES_NOTHING;
    trip->authserv_id = *provider->authserv_id ? provider->authserv_id : id ? id : "";
    for (size_t i = 0; i < COUNT_OF(provider->profiles) && provider->profiles[i]; i++) {
        const bool has_id = provider->profiles[i] != AUTHRES_TOP_WITHOUT_ID;
        const struct authres_trust trust = { .profile = provider->profiles[i],
                                             .authserv_id = has_id ? trip->authserv_id : "" };
        struct letter letter;

        if (parse_under(t, sandbox, &trust, &letter, err))
            return err->rc;
        trip->auth = letter.auth;
        if (letter.auth != LETTER_AUTH_PASS && letter.auth != LETTER_AUTH_ALIGNED)
            continue;
        trip->profile = provider->profiles[i];
        trip->authserv_id = arena_strdup(t->mem, trust.authserv_id);
        return RC_OK;
    }
    return RC_OK;
}

static enum rc judge(struct trip *t, const struct round_trip_provider *provider, struct round_trip *trip,
                     struct err *err)
{
    CLEANUP(sandbox_free) struct sandbox *sandbox = sandbox_new(SANDBOX_READER, NULL, SANDBOX_DEADLINE_MS);
    const struct authres_trust nobody = { .profile = AUTHRES_NOTHING, .authserv_id = "" };
    struct intake_head head;
    struct letter letter;

    intake_read_head(t->bytes, t->n, t->mem, &head);
    for (size_t i = 0; i < head.recipient_count; i++)
        trip->has_plus |= text_equals(head.recipients[i], t->to);
    trip->has_envelope = head.return_path && text_equals(head.return_path, t->sender);
    if (parse_under(t, sandbox, &nobody, &letter, err))
        return err->rc;
    trip->has_from = text_equals(letter.from, t->from);
    return find_profile(t, sandbox, provider, trip, err);
}

enum rc round_trip_run(struct gate *gate, const struct home_mailbox *box, const struct round_trip_provider *provider,
                       int64_t wait_ms, struct arena *mem, struct round_trip *ret_trip, struct err *err)
{
    CLEANUP(trip_done) struct trip t = { .gate = gate, .box = box, .mem = mem };
    struct round_trip trip = { .profile = AUTHRES_NOTHING, .authserv_id = "" };

    if (open_places(&t, err) || send_mail(&t, err) || find_mail(&t, wait_ms, &trip, err) ||
        (trip.has_come && judge(&t, provider, &trip, err)))
        return err->rc;
    *ret_trip = trip;
    return RC_OK;
}
