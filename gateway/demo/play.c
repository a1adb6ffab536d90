#include "gateway/demo/play.h"

#include "base/text.h"
#include "base/io.h"
#include "base/strbuf.h"
#include "gateway/demo/crew.h"
#include "gateway/demo/drive.h"
#include "gateway/demo/fill.h"
#include "gateway/demo/known.h"
#include "gateway/intake/intake.h"
#include "gateway/text/text_phones.h"
#include "mailer/phones.h"
#include "schedules/zone.h"

#include <ctype.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROVED "dkim=pass header.d=%s; spf=pass smtp.mailfrom=%s; dmarc=pass header.from=%s"
#define FORGED "dkim=none; spf=softfail smtp.mailfrom=bounce.example.net; dmarc=fail header.from=%s"

/* ---- the folder ---- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* Takes an earlier demo away, and nothing else. */
static enum rc clear_folder(const char *out, struct arena *mem, struct err *err)
{
    struct stat st;

    if (lstat(out, &st))
        return errno == ENOENT ? RC_OK : err_errno(err, RC_TEMP, "the folder of --out");
    if (access(arena_printf(mem, "%s/" PLAY_MARK, out), F_OK) && rmdir(out))
        return err_set(err, RC_CONFLICT,
                       "the folder of --out exists and holds no demo: name another one, or take it away");
    if (!lstat(out, &st) && nftw(out, remove_one, 16, FTW_DEPTH | FTW_PHYS))
        return err_errno(err, RC_TEMP, "taking the earlier demo away");
    return RC_OK;
}

static enum rc make_folders(const char *out, struct arena *mem, struct err *err)
{
    static const char *const below[] = { "mail", "sent", "outbox", "phones" };

    if (io_make_dir(out, 0755, err) ||
        io_write_file(arena_printf(mem, "%s/" PLAY_MARK, out), "postcircle demo makes this folder new each time\n", 48,
                      0644, err))
        return err->rc;
    for (size_t i = 0; i < COUNT_OF(below); i++)
        if (io_make_dir(arena_printf(mem, "%s/%s", out, below[i]), 0755, err))
            return err->rc;
    return RC_OK;
}

/* ---- time ---- */

static enum rc story_time(const struct play *play, int day, int minute, int64_t *ret_ms, struct err *err)
{
    return zone_utc_from_minute(STORY_ZONE, play->first_day + day, minute, ret_ms, err);
}

/* The newest Monday whose end of the story lies behind us, less two weeks. */
static enum rc choose_first_day(struct play *play, struct err *err)
{
    const char *const said = getenv("POSTCIRCLE_NOW");
    int64_t now_ms = clock_now_ms(clock_real()), today, end_ms;

    if ((said && clock_parse(said, &now_ms, err)) || zone_day_from_utc(STORY_ZONE, now_ms, &today, err))
        return err_wrap(err, "POSTCIRCLE_NOW");
    while (zone_weekday(today) != 1)
        today--;
    play->first_day = today - STORY_DAYS;
    if (story_time(play, STORY_DAYS, STORY_END_MINUTE, &end_ms, err))
        return err->rc;
    play->first_day -= end_ms > now_ms ? 7 : 0;
    return RC_OK;
}

const char *play_moment(const struct play *play, int64_t ms)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    struct local_time t;
    struct err err;

    if (zone_local_from_utc(STORY_ZONE, ms, &t, &err))
        return "";
    return arena_printf(play->mem, "%s %s %2d %2d:%02d", days[t.weekday], months[t.month - 1], t.day, t.hour, t.minute);
}

/* ---- opening ---- */

enum rc play_open(const char *out, struct arena *mem, struct play *ret_play, struct err *err)
{
    struct play *const p = ret_play;
    char folder[PATH_MAX];

    *p = (struct play){ .out = out, .mem = mem };
    if (clear_folder(out, mem, err) || make_folders(out, mem, err) || choose_first_day(p, err))
        return err->rc;
    if (!realpath(out, folder))
        return err_errno(err, RC_TEMP, "the folder of --out");
    p->home_path = arena_printf(mem, "%s/home", folder);
    p->letters = (struct demo_letters){ .mem = mem, .out = out, .outbox = arena_printf(mem, "%s/outbox", folder) };
    p->threads = (struct demo_threads){ .mem = mem, .out = out };
    p->steps = ARENA_ARRAY(mem, story_event_count + 16, struct play_step);
    return RC_OK;
}

void play_close(struct play *play)
{
    crew_close(&play->crew);
    if (play->home)
        home_close(&play->home);
}

static enum rc find_phones(struct play *play, struct err *err)
{
    CLEANUP(gate_close) struct gate gate = { 0 };
    struct practice_id practice;

    if (home_practice(play->home, NULL, &practice, err) || gate_open(play->home, practice, &gate, err))
        return err->rc;
    play->threads.dir = text_phones_dir(&gate, play->mem);
    return RC_OK;
}

static enum rc open_home(struct play *play, struct err *err)
{
    if (play->home)
        return RC_OK;
    if (home_open(play->home_path, HOME_WITH_KEYS, &play->home, err) || find_phones(play, err))
        return err->rc;
    home_set_time(play->home, play->now_ms);
    return crew_open(play->home, &play->crew, err);
}

/* ---- working ---- */

static enum rc work(struct play *play, struct err *err)
{
    size_t n = 0;

    if (open_home(play, err))
        return err->rc;
    home_set_time(play->home, play->now_ms);
    if (crew_work(play->crew, err))
        return err->rc;
    return letters_collect(&play->letters, play->now_ms, &n, err) || threads_collect(&play->threads, err) ? err->rc
                                                                                                          : RC_OK;
}

/* To the moment, with work at each full hour on the way. */
static enum rc advance(struct play *play, int64_t to_ms, struct err *err)
{
    while (play->now_ms && play->now_ms - play->now_ms % MS_HOUR + MS_HOUR < to_ms) {
        play->now_ms += MS_HOUR - play->now_ms % MS_HOUR;
        if (play->home && (home_tick(play->home, err) || work(play, err)))
            return err->rc;
    }
    play->now_ms = to_ms;
    return RC_OK;
}

/* ---- one mail ---- */

static enum rc take_in(struct play *play, const char *bytes, size_t n, const char *from, const char *to,
                       struct err *err)
{
    CLEANUP(io_close) int fd = memfd_create("mail", MFD_CLOEXEC);
    const struct intake in = { .source = ARRIVAL_PIPE, .from = from, .to = to };
    struct intake_result result;

    if (open_home(play, err))
        return err->rc;
    home_set_time(play->home, play->now_ms);
    if (fd < 0)
        return err_errno(err, RC_TEMP, "memfd_create");
    if (io_write_all(fd, bytes, n, err))
        return err->rc;
    if (lseek(fd, 0, SEEK_SET) < 0)
        return err_errno(err, RC_TEMP, "lseek");
    return intake_take(play->home, &in, fd, &result, err);
}

static enum rc send_in(struct play *play, struct play_step *step, const char *bytes, size_t n, const char *from,
                       const char *to, struct err *err)
{
    step->sent = ++play->sent_count;
    if (io_write_file(arena_printf(play->mem, "%s/sent/%03d.eml", play->out, step->sent), bytes, n, 0644, err))
        return err->rc;
    return take_in(play, bytes, n, from, to, err);
}

static struct client_letter as_client_sees(const struct play *play, const struct demo_letter *l)
{
    const char *const from = eml_get(&l->mail, "From");
    const size_t n = strcspn(from, "<");
    char *const name = arena_strndup(play->mem, from, n > 1 ? n - 1 : n);
    const char *const reply_to = eml_get(&l->mail, "Reply-To");

    return (struct client_letter){ .from_name =
                                       *name == '"' ? arena_strndup(play->mem, name + 1, strlen(name) - 2) : name,
                                   .from_address = eml_bare(from, play->mem),
                                   .reply_to = eml_bare(*reply_to ? reply_to : from, play->mem),
                                   .to = eml_bare(eml_get(&l->mail, "To"), play->mem),
                                   .subject = eml_get(&l->mail, "Subject"),
                                   .message_id = eml_get(&l->mail, "Message-ID"),
                                   .text = l->mail.text,
                                   .html = l->mail.html,
                                   .at_ms = l->at_ms };
}

static enum rc write_mail(struct play *play, struct play_step *step, const struct demo_letter *answered,
                          struct err *err)
{
    const struct story_event *const e = step->event;
    const bool by_stranger = e->flags & STORY_BY_STRANGER;
    const struct story_person *const writer = &story_people[by_stranger ? STRANGER : e->who];
    const char *const domain = strchr(writer->address, '@') + 1;
    struct client_letter quoted;
    struct client_mail mail = { .client = writer->client,
                                .from_name = writer->name,
                                .from_address = writer->address,
                                .subject = e->subject,
                                .zone = STORY_ZONE,
                                .at_ms = play->now_ms,
                                .words = step->words,
                                .signature = writer->signature,
                                .is_between = e->flags & STORY_BETWEEN,
                                .has_card = e->flags & STORY_CARD,
                                .has_photo = e->flags & STORY_PHOTO,
                                .is_robot = e->flags & STORY_ROBOT,
                                .border = STORY_BORDER,
                                .serial = play->sent_count + 1,
                                .to = e->to ? e->to : STORY_GROUP };
    const char *bytes;
    size_t n;

    if (answered) {
        quoted = as_client_sees(play, answered);
        mail.answers = &quoted;
        mail.to = quoted.reply_to;
        mail.subject = e->flags & STORY_ROBOT ? "Automatic reply: out of the office" : quoted.subject;
    }
    mail.proof = e->flags & STORY_FORGED ? arena_printf(play->mem, FORGED, domain)
                                         : arena_printf(play->mem, PROVED, domain, writer->address, domain);
    if (client_write(&mail, play->mem, &bytes, &n, err))
        return err->rc;
    return send_in(play, step, bytes, n, writer->address, mail.to, err);
}

/* A report that the letter did not arrive, as a mail server writes it: to the envelope sender. */
static enum rc write_bounce(struct play *play, struct play_step *step, const struct demo_letter *letter,
                            struct err *err)
{
    const char *const to = eml_bare(eml_get(&letter->mail, "Return-Path"), play->mem);
    const char *const address = story_people[step->event->who].address;
    const char *const bytes = arena_printf(
        play->mem,
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.com>\r\nTo: %s\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Message-ID: <dsn.%d@mx.example.com>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"dsn\"\r\n\r\n--dsn\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\n\r\nThe mailbox of %s is full. Please try again "
        "later.\r\n\r\n--dsn\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        "Final-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        "Diagnostic-Code: smtp; 552 5.2.2 mailbox full\r\n\r\n--dsn\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        "Message-ID: %s\r\nSubject: %s\r\n\r\n--dsn--\r\n",
        to, play->sent_count + 1, address, address, eml_get(&letter->mail, "Message-ID"),
        eml_get(&letter->mail, "Subject"));

    return send_in(play, step, bytes, strlen(bytes), "", to, err);
}

/* ---- one event ---- */

/* The story's words, with the outbox and dates in their places. */
static enum rc arguments(const struct play *play, const struct story_event *e, const char ***ret_args, struct err *err)
{
    const char **const args = ARENA_ARRAY(play->mem, STORY_ARGS_MAX + 1, const char *);

    for (size_t i = 0; i < STORY_ARGS_MAX && e->command[i]; i++)
        if (!strcmp(e->command[i], STORY_OUTBOX))
            args[i] = arena_printf(play->mem, "maildir-each:%s", play->letters.outbox);
        else if (fill_words(e->command[i], "", play->first_day, play->mem, &args[i], err))
            return err->rc;
    *ret_args = args;
    return RC_OK;
}

static enum rc do_command(struct play *play, const struct story_event *e, struct err *err)
{
    const char **args = NULL, *said;
    int code;

    if (arguments(play, e, &args, err) || drive_run(play->home_path, args, play->now_ms, play->mem, &said, &code, err))
        return err->rc;
    if (code) /* its people are invented: what the command said may stand in an error */
        return err_set(err, RC_BUG, "`postcircle %s %s` ended with %d: %s", e->command[0], e->command[1], code,
                       text_clean_line(play->mem, said, strlen(said)));
    return RC_OK;
}

static enum rc do_mail(struct play *play, struct play_step *step, struct err *err)
{
    const struct story_event *const e = step->event;
    const struct demo_letter *letter = NULL;

    if (e->answers) {
        letter = letters_find(&play->letters, e->who, e->answers, 0);
        if (!letter)
            return err_set(err, RC_BUG, "%s has no letter with \"%s\"", story_people[e->who].folder, e->answers);
    }
    step->answered = letter;
    step->words = e->words;
    if (letter && fill_words(e->words, letter->mail.text, play->first_day, play->mem, &step->words, err))
        return err->rc;
    return e->flags & STORY_BOUNCE ? write_bounce(play, step, letter, err) : write_mail(play, step, letter, err);
}

/* Written on their phone: the demo provider takes it in as a carrier's hook would bring it. */
static enum rc do_text(struct play *play, struct play_step *step, struct err *err)
{
    const struct story_event *const e = step->event;
    const struct demo_text *text = NULL;

    if (e->answers) {
        text = threads_find(&play->threads, e->who, e->answers, 0);
        if (!text)
            return err_set(err, RC_BUG, "%s has no text with \"%s\"", story_people[e->who].folder, e->answers);
    }
    if (fill_words(e->words, text ? text->words : "", play->first_day, play->mem, &step->words, err))
        return err->rc;
    home_set_time(play->home, play->now_ms);
    return phones_say(play->threads.dir, story_people[e->who].number, STORY_NUMBER, step->words, play->now_ms, err);
}

static bool came(const struct play *play, const struct play_step *step, enum story_who who, const char *words)
{
    return letters_find(&play->letters, who, words, step->from) ||
           threads_find(&play->threads, who, words, step->text_from);
}

/* Nobody but staff (and nobody at all under her own name) may have got what must not go out. */
static bool leaked(const struct play *play, const struct play_step *step)
{
    for (int who = ROSE; who < STORY_PEOPLE; who++)
        if (came(play, step, (enum story_who)who, step->event->without))
            return true;
    return false;
}

static enum rc check_step(const struct play *play, const struct play_step *step, struct err *err)
{
    const struct story_event *const e = step->event;

    if (e->expect && !came(play, step, e->expect_who, e->expect))
        return err_set(err, RC_BUG, "nothing with \"%s\" came to %s", e->expect, story_people[e->expect_who].folder);
    if (e->without && leaked(play, step))
        return err_set(err, RC_BUG, "\"%s\" went out", e->without);
    return RC_OK;
}

static enum rc do_what(struct play *play, struct play_step *step, struct err *err)
{
    const struct story_event *const e = step->event;

    if (*e->command)
        return do_command(play, e, err);
    if (!e->words)
        return RC_OK;
    return e->flags & STORY_TEXT ? do_text(play, step, err) : do_mail(play, step, err);
}

static enum rc do_event(struct play *play, const struct story_event *e, struct err *err)
{
    struct play_step *const step = &play->steps[play->step_count++];
    int64_t at_ms;

    if (story_time(play, e->day, e->minute, &at_ms, err))
        return err->rc;
    *step = (struct play_step){ .event = e, .from = play->letters.count, .text_from = play->threads.count };
    if (advance(play, at_ms, err))
        return err->rc;
    step->at_ms = at_ms;
    if (do_what(play, step, err))
        return err->rc;
    /* setting up is not interrupted by work: the first commands make the practice */
    if ((play->step_count > 1 && work(play, err)) || check_step(play, step, err))
        return err->rc;
    step->to = play->letters.count;
    step->text_to = play->threads.count;
    if (play->say)
        play->say(play, step);
    return RC_OK;
}

enum rc play_run(struct play *play, struct err *err)
{
    int64_t end_ms;

    for (size_t i = 0; i < story_event_count; i++)
        if (do_event(play, &story_events[i], err))
            return err_wrap(err, "day %d, %02d:%02d", story_events[i].day + 1, story_events[i].minute / 60,
                            story_events[i].minute % 60);
    if (story_time(play, STORY_DAYS, STORY_END_MINUTE, &end_ms, err) || advance(play, end_ms, err) || work(play, err))
        return err->rc;
    return known_write(play, err);
}

enum rc play_answer(struct play *play, enum story_who who, const struct demo_letter *letter, const char *words,
                    struct err *err)
{
    struct story_event *const e = ARENA_NEW(play->mem, struct story_event);
    struct play_step step = { .event = e, .at_ms = play->now_ms, .words = words, .from = play->letters.count };

    e->who = who;
    e->words = words;
    play->now_ms += MS_MINUTE;
    if (write_mail(play, &step, letter, err))
        return err->rc;
    return work(play, err);
}
