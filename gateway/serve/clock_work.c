#include "gateway/serve/clock_work.h"

#include "base/log.h"
#include "gateway/digest/digest.h"
#include "gateway/digest/text_digest.h"
#include "gateway/duty/follow_up.h"
#include "gateway/duty/test_page.h"
#include "gateway/note/poll.h"
#include "gateway/note/publish.h"
#include "gateway/note/review.h"
#include "gateway/note/topic.h"
#include "gateway/note/topic_again.h"
#include "gateway/note/unanswered.h"
#include "gateway/office/ending.h"
#include "gateway/people/check_in.h"
#include "gateway/people/courtesies.h"
#include "gateway/people/daily_mail.h"
#include "gateway/people/invite.h"
#include "gateway/people/member.h"
#include "gateway/say/notice.h"
#include "gateway/say/talk.h"
#include "gateway/say/text_again.h"
#include "gateway/text/text_confirmed.h"
#include "gateway/text/text_part.h"
#include "gateway/text/text_warning.h"
#include "gateway/visit/afterwards.h"
#include "gateway/visit/copies.h"
#include "gateway/visit/meeting.h"
#include "gateway/visit/places.h"
#include "gateway/visit/planner_series.h"
#include "gateway/visit/questions.h"
#include "gateway/visit/reminding.h"
#include "store/arrival.h"
#include "store/audit.h"
#include "store/delivery.h"
#include "store/due.h"
#include "store/question.h"
#include "store/retention.h"
#include "store/setting.h"

#define PURGE_BATCH 500
#define PURGE_ROUNDS 200 /* of one run; the rest goes with the next */
#define JOBS_MAX 100
#define QUESTIONS_MAX 500
#define WEEKLY_HEAD 1 /* subject of JOB_AUDIT_HEAD: the letter to staff */

/* ---- lost leases ---- */

static enum rc sweep_leases(struct gate *gate, size_t *ret_did, struct err *err)
{
    int64_t swept;

    if (delivery_sweep(&gate->store, &swept, err))
        return err->rc;
    if (swept)
        log_warn("leases_lost", KV(practice, gate->store.practice.v), KV(count, swept));
    *ret_did = (size_t)swept;
    return RC_OK;
}

/* ---- questions that nobody answered ---- */

/* A post whose author did not say where it belongs is placed by the moderator. */
static enum rc give_up(struct gate *gate, const struct question *question, struct arena *mem, struct err *err)
{
    struct post post;
    enum rc rc = question_close(&gate->store, question->id, QUESTION_EXPIRED, err);

    if (rc || question->kind != QUESTION_WHICH_ONE)
        return rc;
    rc = post_get(&gate->store, (struct post_id){ question->subject_id }, mem, &post, err);
    if (rc || post.state != POST_HELD)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    return review_offer(gate, &post, err);
}

static enum rc close_questions(struct gate *gate, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("questions");
    struct question question;
    enum rc rc = RC_OK;

    while (*ret_did < QUESTIONS_MAX && !(rc = question_due(&gate->store, gate_now_ms(gate), mem, &question, err))) {
        rc = give_up(gate, &question, mem, err);
        if (rc)
            return err_wrap(err, "question %" PRId64, question.id.v);
        ++*ret_did;
    }
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- named jobs ---- */

/* The log takes names of 40 characters at most, the MAC has 52: two halves. */
static const char *half_name(const char *mac, size_t half, char text[40])
{
    const size_t n = strlen(mac), middle = n / 2;

    snprintf(text, 40, "%.*s", (int)(half ? n - middle : middle), half ? mac + middle : mac);
    return text;
}

static enum rc log_head(struct gate *gate, struct err *err)
{
    char head[96], first[40], second[40];
    const char *mac;

    if (audit_head(&gate->store, head, err))
        return err->rc;
    mac = strchr(head, ' ');
    if (!mac)
        return RC_OK; /* the log is empty yet */
    log_info("audit_head", KV(practice, gate->store.practice.v), KV(audit, strtoll(head, NULL, 10)),
             KV_NAME(key, half_name(mac + 1, 0, first)), KV_NAME(key, half_name(mac + 1, 1, second)));
    return RC_OK;
}

/* Nobody who could be written to is no fault: doctor tells that. */
static enum rc mail_head(struct gate *gate, struct err *err)
{
    CLEANUP(json_free) struct json *values = json_object_new();
    char head[96];
    bool is_in_daily = false;
    enum rc rc;

    if (daily_mail_is_on(gate, &is_in_daily, err) || is_in_daily)
        return is_in_daily ? RC_OK : err->rc;
    if (audit_head(&gate->store, head, err))
        return err->rc;
    if (!*head)
        return RC_OK;
    json_set_bool(values, "is_audit", true);
    json_set_str(values, "reference", head);
    rc = notice_staff(gate, MAILING_STAFF_NOTICE, 0, (struct group_id){ 0 }, values, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc run_visit_job(struct gate *gate, enum job_kind kind, struct visit_id visit, struct err *err)
{
    switch (kind) {
    case JOB_VISIT_COPIES:
        return copies_run(gate, visit, err);
    case JOB_VISIT_PLACES:
        return places_run(gate, visit, err);
    case JOB_VISIT_REMIND:
        return reminding_run(gate, visit, err);
    case JOB_VISIT_QUESTIONS:
        return questions_run(gate, visit, err);
    case JOB_VISIT_AFTER:
        return afterwards_run(gate, visit, err);
    default:
        return err_set(err, RC_BUG, "job kind %d", (int)kind);
    }
}

static enum rc run_job(struct gate *gate, enum job_kind kind, int64_t subject, int64_t due_ms, struct err *err)
{
    const int64_t now_ms = gate_now_ms(gate);
    struct store *const st = &gate->store;

    switch (kind) {
    case JOB_REVIEW_LIST:
        return review_send_list(gate, err);
    case JOB_NOT_ANSWERED:
        return invite_send_list(gate, err);
    case JOB_PAUSE_ENDS:
        return member_pause_ends(gate, (struct membership_id){ subject }, err);
    case JOB_GROUP_END:
        return ending_close_due(gate, (struct group_id){ subject }, err);
    case JOB_GOODBYE:
        return ending_letters(gate, (struct group_id){ subject }, err);
    case JOB_AUDIT_HEAD:
        if (due_set(st, kind, subject, now_ms + (subject == WEEKLY_HEAD ? 7 * MS_DAY : MS_HOUR), err))
            return err->rc;
        return subject == WEEKLY_HEAD ? mail_head(gate, err) : log_head(gate, err);
    case JOB_TOPIC:
        return topic_run(gate, (struct post_id){ subject }, err);
    case JOB_TOPIC_SERIES:
        return topic_again_run(gate, (struct topic_series_id){ subject }, err);
    case JOB_UNANSWERED:
        return unanswered_run(gate, (struct post_id){ subject }, err);
    case JOB_MILESTONES:
        return courtesies_run_day(gate, (struct group_id){ subject }, due_ms, err);
    case JOB_THANKS:
        return courtesies_run_thanks(gate, (struct membership_id){ subject }, err);
    case JOB_CHECK_IN:
        return check_in_run(gate, (struct check_in_id){ subject }, err);
    case JOB_VISITS:
        return planner_run_day(gate, err);
    case JOB_VISIT_COPIES:
    case JOB_VISIT_PLACES:
    case JOB_VISIT_REMIND:
    case JOB_VISIT_QUESTIONS:
    case JOB_VISIT_AFTER:
        return run_visit_job(gate, kind, (struct visit_id){ subject }, err);
    case JOB_TEXT_BUDGET:
        return text_warning_run(gate, (struct group_id){ subject }, err);
    case JOB_TEXT_DIGEST:
        return text_digest_run(gate, (struct membership_id){ subject }, err);
    case JOB_TEXT_CONFIRMED:
        return text_confirmed_run(gate, (struct text_id){ subject }, err);
    case JOB_TEXT_AGAIN:
        return text_again_run(gate, (struct text_id){ subject }, err);
    case JOB_TEXT_PARTS:
        return text_part_over(gate, (struct text_in_id){ subject }, err);
    case JOB_POLL:
        return poll_run(gate, (struct post_id){ subject }, err);
    case JOB_DAILY_MAIL:
        return daily_mail_run(gate, due_ms, err);
    case JOB_TEST_PAGE:
        return test_page_run(gate, err);
    case JOB_FOLLOW_UP:
        return follow_up_run(gate, (struct page_id){ subject }, err);
    case JOB_PURGE: /* purges behind this transaction, in its own */
        return due_set(st, kind, subject, now_ms + MS_DAY, err);
    default: /* the others are their own rules' */
        break;
    }
    return err_set(err, RC_BUG, "job kind %d", (int)kind);
}

static enum rc purge_rows(struct gate *gate, size_t max, bool is_dry, struct retention_counts *counts, int64_t *ret_n,
                          struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const int64_t now_ms = gate_now_ms(gate);
    const struct retention before = { now_ms - CLOCK_DELIVERIES_KEPT_MS, now_ms - CLOCK_REPEATS_KEPT_MS,
                                      now_ms - CLOCK_RECORD_KEPT_MS };
    struct store *const st = &gate->store;
    int64_t days, arrivals, swept, rows;

    if (setting_get_int(st, SETTING_RETENTION_DAYS, CLOCK_ARRIVALS_KEPT_DAYS, &days, err) ||
        db_begin(st->db, &tx, err) ||
        arrival_purge(st->db, st->practice, now_ms - days * MS_DAY, max, &arrivals, err) ||
        arrival_sweep(st->db, st->practice, max, &swept, err) || retention_purge(st, &before, max, counts, &rows, err))
        return err->rc;
    counts->of[RETENTION_MAIL] += arrivals + swept;
    *ret_n = arrivals + swept + rows;
    return is_dry ? RC_OK : db_commit(&tx, err);
}

static enum rc note_purge(struct gate *gate, const struct retention_counts *counts, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(gate->store.db, &tx, err) || retention_note(&gate->store, counts, err))
        return err->rc;
    return db_commit(&tx, err);
}

enum rc clock_purge(struct gate *gate, bool is_dry, struct retention_counts *counts, struct err *err)
{
    int64_t n = 1, all = 0;
    struct err ignored;

    if (is_dry)
        return purge_rows(gate, PURGE_BATCH * PURGE_ROUNDS, true, counts, &n, err);
    for (int round = 0; n && round < PURGE_ROUNDS; round++) {
        if (purge_rows(gate, PURGE_BATCH, false, counts, &n, err))
            return err->rc;
        all += n;
    }
    if (all && note_purge(gate, counts, err))
        return err->rc;
    if (all) /* what was deleted leaves the journal too; while somebody reads, it does with the next */
        rc_ignore(db_checkpoint(gate->store.db, &ignored), "the journal is written over in time");
    log_info("purged", KV(practice, gate->store.practice.v), KV(count, all));
    return RC_OK;
}

static enum rc purge(struct gate *gate, struct err *err)
{
    struct retention_counts counts = { { 0 } };

    return clock_purge(gate, false, &counts, err);
}

/* The job is cleared before it runs: it may set itself again. */
static enum rc take_job(struct gate *gate, enum job_kind kind, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    int64_t subject, due_ms;
    enum rc rc;

    if (db_begin(gate->store.db, &tx, err))
        return err->rc;
    rc = due_next_of(&gate->store, kind, gate_now_ms(gate), &subject, err);
    if (rc)
        return rc;
    rc = due_time_of(&gate->store, kind, subject, &due_ms, err);
    if (!rc)
        rc = due_clear(&gate->store, kind, subject, err);
    if (!rc)
        rc = run_job(gate, kind, subject, due_ms, err);
    if (rc == RC_NOT_FOUND) /* what it was about is gone: so is the job */
        log_warn("job_without_subject", KV(kind, kind), KV(id, subject));
    else if (rc)
        return err_wrap(err, "job %d", (int)kind);
    return db_commit(&tx, err);
}

static enum rc run_jobs(struct gate *gate, size_t *ret_did, struct err *err)
{
    static const enum job_kind ours[] = { JOB_REVIEW_LIST,     JOB_NOT_ANSWERED, JOB_GROUP_END,    JOB_GOODBYE,
                                          JOB_PAUSE_ENDS,      JOB_AUDIT_HEAD,   JOB_TOPIC,        JOB_POLL,
                                          JOB_UNANSWERED,      JOB_TEST_PAGE,    JOB_PURGE,        JOB_DAILY_MAIL,
                                          JOB_CHECK_IN,        JOB_MILESTONES,   JOB_THANKS,       JOB_VISITS,
                                          JOB_VISIT_COPIES,    JOB_VISIT_PLACES, JOB_VISIT_REMIND, JOB_VISIT_AFTER,
                                          JOB_VISIT_QUESTIONS, JOB_TEXT_BUDGET,  JOB_TEXT_DIGEST,  JOB_FOLLOW_UP,
                                          JOB_TEXT_AGAIN,      JOB_TEXT_PARTS,   JOB_TOPIC_SERIES, JOB_TEXT_CONFIRMED };
    enum rc rc = RC_OK;

    for (size_t i = 0; i < COUNT_OF(ours); i++) {
        while (*ret_did < JOBS_MAX && !(rc = take_job(gate, ours[i], err))) {
            ++*ret_did;
            if (ours[i] == JOB_PURGE && purge(gate, err))
                return err->rc;
        }
        if (rc && rc != RC_NOT_FOUND)
            return rc;
    }
    return RC_OK;
}

/* ---- all of it ---- */

struct clock_part {
    const char *name;
    enum rc (*run)(struct gate *gate, size_t *ret_did, struct err *err);
    bool needs_tx;
};

static const struct clock_part parts[] = {
    { "reviews", review_tick, true },    { "private", talk_tick, true },        { "leases", sweep_leases, true },
    { "members", member_tick, false },   { "invitations", invite_tick, false }, { "questions", close_questions, true },
    { "jobs", run_jobs, false },         { "issues", digest_tick, false },      { "fan_outs", publish_tick, false },
    { "meetings", meeting_tick, false }, /* last: it may wait for Zoom */
};

static enum rc run_part(const struct clock_part *part, struct gate *gate, size_t *did, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    *did = 0;
    if (part->needs_tx && db_begin(gate->store.db, &tx, err))
        return err->rc;
    if (part->run(gate, did, err))
        return err_wrap(err, "%s", part->name);
    return part->needs_tx ? db_commit(&tx, err) : RC_OK;
}

enum rc clock_work(struct gate *gate, size_t *ret_did, struct err *err)
{
    enum rc first = RC_OK;
    size_t all = 0;

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct err why;
        size_t did = 0;
        const enum rc rc = run_part(&parts[i], gate, &did, &why);

        all += rc ? 0 : did;
        if (rc && !first) {
            first = rc;
            *err = why;
        } else if (rc) {
            log_err("clock_part_failed", &why, KV(practice, gate->store.practice.v));
        }
    }
    *ret_did = all;
    return first;
}

enum rc clock_begin(struct gate *gate, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const int64_t now_ms = gate_now_ms(gate);
    struct store *const st = &gate->store;

    if (db_begin(st->db, &tx, err) || due_ensure(st, JOB_AUDIT_HEAD, 0, now_ms + MS_HOUR, err) ||
        due_ensure(st, JOB_AUDIT_HEAD, WEEKLY_HEAD, now_ms + 7 * MS_DAY, err) ||
        due_ensure(st, JOB_PURGE, 0, now_ms + MS_DAY, err) || daily_mail_begin(gate, err) || test_page_begin(gate, err))
        return err_wrap(err, "standing jobs");
    return db_commit(&tx, err);
}
