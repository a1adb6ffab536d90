/*
 * What libetpan 1.9.4 needs (measured):
 * - It checks no certificate and bounds nothing: base/mail_stream does both, an allowance for each answer, and a bound for what a literal announces.
 * - 0, 1 and 2 are all success. On an error the result list is not set.
 * - Nested parentheses recurse in its parser: an allowance keeps the depth down, and the role is a process of its own.
 * - Answers that are larger than mmap_string's ceiling go to files in /tmp: pieces stay far below it, and the ceiling is raised above any allowance.
 */
#include "inbound/imap.h"

#include "base/clock.h"
#include "base/mail_stream.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <libetpan/libetpan.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#define ANSWER_BYTES (IMAP_PIECE_BYTES + (64 << 10)) /* of one command, with what the server adds of itself */
#define ANSWER_MS (120 * MS_SECOND)
#define CEILING ((size_t)64 << 20)
#define FOLDER_MAX 1000

struct imap {
    struct mail_stream *stream;
    mailimap *session;
    clist *fetched; /* of the last piece */
    bool is_broken;
};

/* ---- answers ---- */

static void allow(struct imap *imap)
{
    mail_stream_allow(imap->stream, ANSWER_BYTES, ANSWER_MS);
}

static bool is_well(int e)
{
    return e >= 0 && e <= MAILIMAP_NO_ERROR_NON_AUTHENTICATED;
}

static const char *why_broken(const struct imap *imap, int e)
{
    if (e != MAILIMAP_ERROR_STREAM)
        return "what it says is no IMAP";
    switch (mail_stream_why(imap->stream)) {
    case MAIL_STREAM_TOO_MUCH:
        return "it says more than it may";
    case MAIL_STREAM_TOO_SLOW:
        return "it is silent, or too slow";
    case MAIL_STREAM_STOPPED:
        return "we stop";
    case MAIL_STREAM_GONE:
        break;
    }
    return "it ended the connection";
}

static bool breaks(int e)
{
    switch (e) {
    case MAILIMAP_ERROR_STREAM:
    case MAILIMAP_ERROR_PARSE:
    case MAILIMAP_ERROR_BAD_STATE:
    case MAILIMAP_ERROR_MEMORY:
    case MAILIMAP_ERROR_FATAL:
    case MAILIMAP_ERROR_PROTOCOL:
    case MAILIMAP_ERROR_CONNECTION_REFUSED:
    case MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION:
        return true;
    default:
        return false;
    }
}

/* Any answer may bring a CAPABILITY that names nothing, through which libetpan would go all the same. */
static void mend_capabilities(mailimap *session)
{
    struct mailimap_connection_info *const info = session->imap_connection_info;

    if (info && info->imap_capability && !info->imap_capability->cap_list)
        info->imap_capability->cap_list = clist_new();
}

/* A connection that is lost or confused; else the server's NO, which is `no`. */
static enum rc judge(struct imap *imap, int e, enum rc no, const char *what, struct err *err)
{
    mend_capabilities(imap->session);
    if (is_well(e))
        return RC_OK;
    if (!breaks(e))
        return err_set(err, no, "the mailbox's server says no to %s", what);
    imap->is_broken = true;
    return err_set(err, RC_TEMP, "%s with the mailbox's server: %s (libetpan %d)", what, why_broken(imap, e), e);
}

/* ---- names of folders ---- */

static enum rc convert(const char *to, const char *from, const char *name, char out[FOLDER_MAX], struct err *err)
{
    const iconv_t cd = iconv_open(to, from);
    char *in = (char *)(uintptr_t)name, *at = out; /* iconv does not write to it */
    size_t left = strlen(name), room = FOLDER_MAX - 1;
    bool is_whole;

    if (cd == (iconv_t)-1)
        return err_set(err, RC_TEMP, "the system cannot convert names of folders");
    is_whole = iconv(cd, &in, &left, &at, &room) != (size_t)-1 && iconv(cd, NULL, NULL, &at, &room) != (size_t)-1;
    iconv_close(cd);
    *at = '\0';
    if (!is_whole || strpbrk(out, "\r\n"))
        return err_set(err, RC_INPUT, "a folder's name is too long, or no proper text");
    return RC_OK;
}

static enum rc to_wire(const char *name, char out[FOLDER_MAX], struct err *err)
{
    return convert("UTF-7-IMAP", "UTF-8", name, out, err);
}

/* ---- opening: connect → (CAPABILITY → STARTTLS) → CAPABILITY → sign in → CAPABILITY ---- */

/* mailimap_capability copies from what may not be there: "OK" with no CAPABILITY before it. */
static enum rc ask_capabilities(struct imap *imap, struct err *err)
{
    allow(imap);
    return judge(imap, mailimap_custom_command(imap->session, "CAPABILITY"), RC_TEMP, "CAPABILITY", err);
}

static enum rc start_tls(struct imap *imap, struct err *err)
{
    if (!mailimap_has_extension(imap->session, (char[]){ "STARTTLS" }))
        return err_set(err, RC_DENIED, "the mailbox's server does not offer STARTTLS");
    allow(imap);
    if (judge(imap, mailimap_starttls(imap->session), RC_DENIED, "STARTTLS", err))
        return err->rc;
    return mail_stream_start_tls(imap->stream, err);
}

/* RFC 5530: what a full or sleeping server says is no word about the password. */
static bool is_for_now(const struct imap *imap)
{
    const struct mailimap_response_info *const info = imap->session->imap_response_info;
    const char *const code = info && info->rsp_atom ? info->rsp_atom : "";
    const char *const said = imap->session->imap_response ? imap->session->imap_response : "";

    return text_equals(code, "UNAVAILABLE") || text_equals(code, "INUSE") || text_equals(code, "LIMIT") ||
           text_starts(said, "[UNAVAILABLE") || strcasestr(said, "temporar");
}

static enum rc sign_in(struct imap *imap, const struct imap_settings *settings, struct err *err)
{
    static const char *const mechanisms[] = { "PLAIN", "LOGIN" };
    mailimap *const session = imap->session;
    const char *mechanism = NULL;
    int e;

    for (size_t i = 0; !mechanism && i < COUNT_OF(mechanisms); i++)
        if (mailimap_has_authentication(session, mechanisms[i]))
            mechanism = mechanisms[i];
    allow(imap);
    if (settings->token && !mailimap_has_xoauth2(session))
        return err_set(err, RC_DENIED, "the mailbox's server does not offer XOAUTH2");
    if (settings->token)
        e = mailimap_oauth2_authenticate(session, settings->user, settings->token);
    else if (mechanism)
        e = mailimap_authenticate(session, mechanism, settings->host, NULL, NULL, settings->user, settings->user,
                                  settings->password, NULL);
    else if (mailimap_has_extension(session, (char[]){ "LOGINDISABLED" }))
        return err_set(err, RC_DENIED, "the mailbox's server offers no way to sign in that we know");
    else
        e = mailimap_login(session, settings->user, settings->password);
    if (!is_well(e) && !breaks(e) && is_for_now(imap))
        return err_set(err, RC_TEMP, "signing in to the mailbox failed for now");
    return judge(imap, e, RC_DENIED,
                 settings->token ? "our access token (may it read this mailbox by IMAP?)" : "our password", err);
}

/* Signed in before we said who we are: by no STARTTLS any more, and as whoever the server likes. */
static enum rc greet(struct imap *imap, struct err *err)
{
    int e;

    allow(imap);
    e = mailimap_connect(imap->session, mail_stream_wire(imap->stream));
    if (e == MAILIMAP_NO_ERROR_AUTHENTICATED)
        return err_set(err, RC_DENIED, "the mailbox's server does not ask who we are");
    return judge(imap, e, RC_TEMP, "the greeting", err);
}

static enum rc set_up(struct imap *imap, const struct imap_settings *settings, struct err *err)
{
    const struct mail_stream_settings wire = {
        .host = settings->host,
        .port = settings->port,
        .tls = settings->tls == IMAP_TLS_IMPLICIT ? MAIL_STREAM_TLS : MAIL_STREAM_CLEAR,
        .ca_file = settings->ca_file,
        .timeout_ms = settings->timeout_ms,
        .literal_max = ANSWER_BYTES,
        .must_stop = settings->must_stop,
    };

    if (mail_stream_open(&wire, &imap->stream, err) || greet(imap, err))
        return err->rc;
    if (settings->tls == IMAP_TLS_STARTTLS && (ask_capabilities(imap, err) || start_tls(imap, err)))
        return err->rc;
    if (ask_capabilities(imap, err) || sign_in(imap, settings, err))
        return err->rc;
    return ask_capabilities(imap, err); /* it may offer more to whom it knows */
}

enum rc imap_open(const struct imap_settings *settings, struct imap **ret_imap, struct err *err)
{
    CLEANUP(imap_free) struct imap *imap = calloc(1, sizeof *imap);

    assert(!settings->token != !settings->password);
    if (!imap)
        abort();
    mmap_string_set_ceil(CEILING);
    imap->session = mailimap_new(0, NULL);
    if (!imap->session)
        abort();
    if (set_up(imap, settings, err)) {
        imap->is_broken = true; /* nothing to say goodbye for */
        return err->rc;
    }
    *ret_imap = MOVE(imap);
    return RC_OK;
}

static void forget_piece(struct imap *imap)
{
    if (imap->fetched)
        mailimap_fetch_list_free(imap->fetched);
    imap->fetched = NULL;
}

void imap_free(struct imap **imap)
{
    struct imap *const i = *imap;

    if (!i)
        return;
    forget_piece(i);
    if (i->session->imap_stream && i->is_broken) {
        mailstream_close(i->session->imap_stream);
        i->session->imap_stream = NULL;
    } else if (i->session->imap_stream) {
        allow(i);
    }
    mailimap_free(i->session); /* LOGOUT where there is a stream */
    mail_stream_free(&i->stream);
    free(i);
    *imap = NULL;
}

/* ---- folders ---- */

enum rc imap_select(struct imap *imap, const char *folder, struct imap_folder *ret_folder, struct err *err)
{
    char name[FOLDER_MAX];
    const struct mailimap_selection_info *info;

    if (to_wire(folder, name, err))
        return err->rc;
    allow(imap);
    if (judge(imap, mailimap_select(imap->session, name), RC_NOT_FOUND, "SELECT", err))
        return err->rc;
    info = imap->session->imap_selection_info;
    if (!info || !info->sel_uidvalidity) {
        imap->is_broken = true;
        return err_set(err, RC_TEMP, "the mailbox's server tells no UIDVALIDITY");
    }
    *ret_folder = (struct imap_folder){ .count = info->sel_exists,
                                        .validity = info->sel_uidvalidity,
                                        .next_uid = info->sel_uidnext };
    return RC_OK;
}

enum rc imap_make_folder(struct imap *imap, const char *folder, struct err *err)
{
    char name[FOLDER_MAX];
    struct err refused;
    int e;

    if (to_wire(folder, name, err))
        return err->rc;
    allow(imap);
    e = mailimap_create(imap->session, name);
    if (breaks(e))
        return judge(imap, e, RC_PERM, "CREATE", err);
    allow(imap);
    if (judge(imap, mailimap_subscribe(imap->session, name), RC_PERM, "SUBSCRIBE", &refused) == RC_TEMP)
        return err_set(err, RC_TEMP, "SUBSCRIBE: %s", refused.msg);
    return judge(imap, e, RC_PERM, "CREATE", err);
}

static bool is_junk(const struct mailimap_mailbox_list *box)
{
    const clist *const flags = box->mb_flag ? box->mb_flag->mbf_oflags : NULL;

    for (clistiter *at = flags ? clist_begin(flags) : NULL; at; at = clist_next(at)) {
        const struct mailimap_mbx_list_oflag *const flag = clist_content(at);

        if (flag->of_type == MAILIMAP_MBX_LIST_OFLAG_FLAG_EXT && flag->of_flag_ext &&
            text_equals(flag->of_flag_ext + (*flag->of_flag_ext == '\\'), "Junk"))
            return true;
    }
    return false;
}

enum rc imap_find_junk(struct imap *imap, struct arena *mem, const char **ret_folder, struct err *err)
{
    const char *found = NULL;
    char name[FOLDER_MAX];
    clist *list = NULL;
    int e;

    allow(imap);
    e = mailimap_list(imap->session, "", "*", &list);
    if (judge(imap, e, RC_NOT_FOUND, "LIST", err))
        return err->rc;
    for (clistiter *at = list ? clist_begin(list) : NULL; at && !found; at = clist_next(at)) {
        const struct mailimap_mailbox_list *const box = clist_content(at);

        if (box->mb_name && is_junk(box) && !convert("UTF-8", "UTF-7-IMAP", box->mb_name, name, err))
            found = arena_strdup(mem, name);
    }
    if (list)
        mailimap_list_result_free(list);
    if (!found)
        return err_set(err, RC_NOT_FOUND, "the server marks no folder as \\Junk");
    *ret_folder = found;
    return RC_OK;
}

/* ---- letters ---- */

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* What was not asked for is left out (a server answers n:* with its last one, whatever n), and what stands twice counts once. */
static size_t take_uids(const clist *list, int64_t first, int64_t last, int64_t *uids, size_t max)
{
    size_t n = 0, kept = 0;

    for (clistiter *at = clist_begin(list); at && n < max; at = clist_next(at)) {
        const int64_t uid = *(const uint32_t *)clist_content(at);

        if (uid >= first && uid <= last)
            uids[n++] = uid;
    }
    qsort(uids, n, sizeof *uids, by_number);
    for (size_t i = 0; i < n; i++)
        if (!kept || uids[i] != uids[kept - 1])
            uids[kept++] = uids[i];
    return kept;
}

static enum rc search(struct imap *imap, struct mailimap_search_key *key, clist **list, struct err *err)
{
    int e;

    *list = NULL;
    allow(imap);
    e = mailimap_uid_search(imap->session, NULL, key, list);
    mailimap_search_key_free(key);
    return judge(imap, e, RC_PERM, "SEARCH", err);
}

/* What has imap_delete's mark, and could not be taken out of the folder, is gone for us. */
static struct mailimap_search_key *key_of(struct imap *imap, struct mailimap_set *set)
{
    struct mailimap_search_key *const uids = mailimap_search_key_new_uid(set); /* takes the set */
    clist *both;

    if (imap_can_move(imap) || mailimap_has_uidplus(imap->session))
        return uids;
    both = clist_new();
    clist_append(both, uids);
    clist_append(both, mailimap_search_key_new(MAILIMAP_SEARCH_KEY_UNDELETED, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                                               NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL,
                                               NULL, NULL, 0, NULL, NULL, NULL));
    return mailimap_search_key_new_multiple(both);
}

enum rc imap_list(struct imap *imap, int64_t first, int64_t last, struct arena *mem, int64_t **ret_uids, size_t *ret_n,
                  struct err *err)
{
    struct mailimap_set *set;
    clist *list;
    size_t room;

    if (last > IMAP_UID_MAX)
        last = IMAP_UID_MAX;
    set = mailimap_set_new_interval((uint32_t)first, (uint32_t)last);
    if (search(imap, key_of(imap, set), &list, err))
        return err->rc;
    room = list ? (size_t)clist_count(list) : 0;
    *ret_uids = ARENA_ARRAY(mem, room + 1, int64_t);
    *ret_n = room ? take_uids(list, first, last, *ret_uids, room) : 0;
    if (list)
        mailimap_search_result_free(list);
    return RC_OK;
}

/* The server's days may be a day off ours. */
enum rc imap_first_since(struct imap *imap, int64_t since_ms, int64_t *ret_uid, struct err *err)
{
    const time_t day = (time_t)(since_ms / MS_SECOND - 86400);
    int64_t least = IMAP_UID_MAX + 1;
    struct tm tm;
    clist *list;

    if (!gmtime_r(&day, &tm))
        return err_set(err, RC_INPUT, "no such day");
    if (search(imap, mailimap_search_key_new_since(mailimap_date_new(tm.tm_mday, tm.tm_mon + 1, tm.tm_year + 1900)),
               &list, err))
        return err->rc;
    for (clistiter *at = list ? clist_begin(list) : NULL; at; at = clist_next(at))
        if (*(const uint32_t *)clist_content(at) < least)
            least = *(const uint32_t *)clist_content(at);
    if (list)
        mailimap_search_result_free(list);
    if (least > IMAP_UID_MAX)
        return err_set(err, RC_NOT_FOUND, "nothing came since");
    *ret_uid = least;
    return RC_OK;
}

int64_t imap_count(const struct imap *imap)
{
    const struct mailimap_selection_info *const info = imap->session->imap_selection_info;

    return info ? info->sel_exists : 0;
}

static int64_t read_date(const struct mailimap_date_time *d)
{
    const int zone = d->dt_zone < 0 ? -d->dt_zone : d->dt_zone, minutes = zone / 100 * 60 + zone % 100;
    struct tm tm = { .tm_year = d->dt_year - 1900,
                     .tm_mon = d->dt_month - 1,
                     .tm_mday = d->dt_day,
                     .tm_hour = d->dt_hour,
                     .tm_min = d->dt_min,
                     .tm_sec = d->dt_sec };

    if (d->dt_year < 1970 || d->dt_year > 9999 || d->dt_month < 1 || d->dt_month > 12 || zone > 1400)
        return 0;
    return ((int64_t)timegm(&tm) - (d->dt_zone < 0 ? -60 : 60) * (int64_t)minutes) * MS_SECOND;
}

/* What one line of an answer told. */
struct told {
    int64_t uid, offset;
    bool has_body;
    struct imap_piece piece;
};

static void read_item(const struct mailimap_msg_att_static *item, struct told *told)
{
    switch (item->att_type) {
    case MAILIMAP_MSG_ATT_UID:
        told->uid = item->att_data.att_uid;
        break;
    case MAILIMAP_MSG_ATT_RFC822_SIZE:
        told->piece.size = item->att_data.att_rfc822_size;
        break;
    case MAILIMAP_MSG_ATT_INTERNALDATE:
        told->piece.internal_ms = read_date(item->att_data.att_internal_date);
        break;
    case MAILIMAP_MSG_ATT_BODY_SECTION: {
        const struct mailimap_msg_att_body_section *const body = item->att_data.att_body_section;

        told->has_body = true;
        told->offset = body->sec_origin_octet;
        told->piece.bytes = body->sec_body_part ? body->sec_body_part : "";
        told->piece.n = body->sec_body_part ? (int64_t)body->sec_length : 0;
        break;
    }
    default:
        break;
    }
}

static struct told read_line(const struct mailimap_msg_att *line)
{
    struct told told = { .uid = 0 };

    for (clistiter *at = clist_begin(line->att_list); at; at = clist_next(at)) {
        const struct mailimap_msg_att_item *const item = clist_content(at);

        if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC && item->att_data.att_static)
            read_item(item->att_data.att_static, &told);
    }
    return told;
}

static struct mailimap_fetch_type *make_question(int64_t offset, int64_t max)
{
    struct mailimap_fetch_type *const type = mailimap_fetch_type_new_fetch_att_list_empty();

    mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_uid());
    mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_rfc822_size());
    mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_internaldate());
    mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_body_peek_section_partial(
                                                         mailimap_section_new(NULL), (uint32_t)offset, (uint32_t)max));
    return type;
}

/* A server tells of other letters too, whenever it likes. */
static enum rc find_piece(struct imap *imap, int64_t uid, int64_t offset, int64_t max, struct imap_piece *ret_piece,
                          struct err *err)
{
    for (clistiter *at = imap->fetched ? clist_begin(imap->fetched) : NULL; at; at = clist_next(at)) {
        const struct told told = read_line(clist_content(at));

        if (told.uid != uid || !told.has_body)
            continue;
        if (told.piece.n > max || (told.offset != offset && told.piece.n)) {
            imap->is_broken = true;
            return err_set(err, RC_TEMP, "the mailbox's server sends another piece than it was asked for");
        }
        *ret_piece = told.piece;
        return RC_OK;
    }
    return err_set(err, RC_NOT_FOUND, "the letter is not in its folder any more");
}

enum rc imap_fetch(struct imap *imap, int64_t uid, int64_t offset, int64_t max, struct imap_piece *ret_piece,
                   struct err *err)
{
    struct mailimap_set *const set = mailimap_set_new_single((uint32_t)uid);
    struct mailimap_fetch_type *const type = make_question(offset, max);
    clist *list = NULL;
    int e;

    assert(max > 0 && max <= IMAP_PIECE_BYTES);
    forget_piece(imap);
    allow(imap);
    e = mailimap_uid_fetch(imap->session, set, type, &list);
    mailimap_fetch_type_free(type);
    mailimap_set_free(set);
    if (judge(imap, e, RC_PERM, "FETCH", err))
        return err->rc;
    imap->fetched = list;
    return find_piece(imap, uid, offset, max, ret_piece, err);
}

/* ---- moving ---- */

bool imap_can_move(const struct imap *imap)
{
    return mailimap_has_extension(imap->session, (char[]){ "MOVE" });
}

typedef int to_folder_fn(mailimap *session, struct mailimap_set *set, const char *folder);

static enum rc put(struct imap *imap, to_folder_fn *how, int64_t uid, const char *folder, const char *what,
                   struct err *err)
{
    struct mailimap_set *set;
    char name[FOLDER_MAX];
    int e;

    if (to_wire(folder, name, err))
        return err->rc;
    set = mailimap_set_new_single((uint32_t)uid);
    allow(imap);
    e = how(imap->session, set, name);
    mailimap_set_free(set);
    return judge(imap, e, RC_PERM, what, err);
}

enum rc imap_move(struct imap *imap, int64_t uid, const char *folder, struct err *err)
{
    return put(imap, mailimap_uid_move, uid, folder, "MOVE", err);
}

enum rc imap_copy(struct imap *imap, int64_t uid, const char *folder, struct err *err)
{
    return put(imap, mailimap_uid_copy, uid, folder, "COPY", err);
}

enum rc imap_delete(struct imap *imap, int64_t uid, struct err *err)
{
    struct mailimap_set *const set = mailimap_set_new_single((uint32_t)uid);
    struct mailimap_flag_list *const flags = mailimap_flag_list_new_empty();
    struct mailimap_store_att_flags *change;
    enum rc rc;

    mailimap_flag_list_add(flags, mailimap_flag_new_deleted());
    change = mailimap_store_att_flags_new_add_flags_silent(flags);
    allow(imap);
    rc = judge(imap, mailimap_uid_store(imap->session, set, change), RC_PERM, "STORE", err);
    if (!rc && mailimap_has_uidplus(imap->session)) {
        allow(imap);
        rc = judge(imap, mailimap_uid_expunge(imap->session, set), RC_PERM, "EXPUNGE", err);
    }
    mailimap_store_att_flags_free(change);
    mailimap_set_free(set);
    return rc;
}

/* ---- waiting ---- */

bool imap_can_idle(const struct imap *imap)
{
    return mailimap_has_idle(imap->session);
}

enum rc imap_wait_begin(struct imap *imap, struct err *err)
{
    forget_piece(imap);
    allow(imap);
    return imap_can_idle(imap) ? judge(imap, mailimap_idle(imap->session), RC_TEMP, "IDLE", err) : RC_OK;
}

bool imap_wait_on(struct imap *imap, int64_t ms, int other_fd, const sigset_t *during)
{
    struct pollfd fds[] = { { .fd = imap_can_idle(imap) ? mail_stream_fd(imap->stream) : -1, .events = POLLIN },
                            { .fd = other_fd, .events = POLLIN } };
    const struct timespec timeout = { ms / MS_SECOND, ms % MS_SECOND * 1000000L };

    if (imap_can_idle(imap) && mail_stream_has_bytes(imap->stream))
        return true;
    return ppoll(fds, COUNT_OF(fds), &timeout, during) > 0 && fds[0].revents;
}

enum rc imap_wait_end(struct imap *imap, struct err *err)
{
    allow(imap);
    return imap_can_idle(imap) ? judge(imap, mailimap_idle_done(imap->session), RC_TEMP, "the end of IDLE", err)
                               : RC_OK;
}
