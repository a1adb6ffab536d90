/* postcircle doctor: looks at everything that must be right, and says what to do where it is not. Exit 1 when anything is red. */
#include "gateway/cli/cli.h"
#include "gateway/cli/reach.h"

#include "base/io.h"
#include "base/text.h"
#include "gateway/imap_login.h"
#include "gateway/imap_role.h"
#include "gateway/lmtp_listen.h"
#include "gateway/mail_role.h"
#include "gateway/maildir_in.h"
#include "gateway/office.h"
#include "gateway/process.h"
#include "gateway/program.h"
#include "gateway/reader_check.h"
#include "gateway/role_work.h"
#include "gateway/triage_files.h"
#include "gateway/triage_model.h"
#include "gateway/serve.h"
#include "gateway/test_page.h"
#include "inbound/authres.h"
#include "schedules/zone.h"
#include "store/setting.h"
#include "store/audit.h"
#include "store/health.h"
#include "store/mailbox.h"
#include "store/migrate.h"
#include "store/page.h"
#include "store/post.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DISK_RED_MB 200
#define DISK_WARN_MB 2000
#define WAITING_MAX 500
#define MAILBOX_TIMEOUT_MS (15 * MS_SECOND)

enum level { LEVEL_OK, LEVEL_WARN, LEVEL_RED };
static const char *const level_words[] = { "ok", "warn", "RED" };

struct doctor {
    struct cli *cli;
    const char *anchor;
    struct json *list;
    int counts[3];
};

/* One line: what was looked at, what was found, and what to do about it. */
static void tell(struct doctor *d, enum level level, const char *what, const char *found, const char *advice)
{
    struct json *object = json_object_new();

    json_set_str(object, "level", level == LEVEL_RED ? "red" : level_words[level]);
    json_set_str(object, "what", what);
    json_set_str(object, "found", found);
    json_set_str(object, "advice", level ? advice : NULL);
    json_push(d->list, &object);
    d->counts[level]++;
    cli_say(d->cli, "%-5s %-18s %s\n", level_words[level], what, found);
    if (level && advice)
        cli_say(d->cli, "%-24s → %s\n", "", advice);
}

static void tell_if(struct doctor *d, bool is_good, enum level bad, const char *what, const char *good,
                    const char *found, const char *advice)
{
    tell(d, is_good ? LEVEL_OK : bad, what, is_good ? good : found, advice);
}

/* ---- the machine ---- */

static void check_key_file(struct doctor *d)
{
    const char *const path = d->cli->home->settings.key_file;
    struct stat st;

    if (stat(path, &st)) {
        tell(d, LEVEL_RED, "key file", "it is not there", "bring back the key file: without it nothing can be read");
        return;
    }
    tell_if(d, !(st.st_mode & 077), LEVEL_RED, "key file", "only its owner can read it", "others can read it",
            arena_printf(d->cli->mem, "chmod 600 %s", path));
    tell_if(d, !text_starts(path, arena_printf(d->cli->mem, "%s/", d->cli->home->path)), LEVEL_RED, "key place",
            "it lies outside the home", "it lies inside the home, so every backup opens itself", "move it elsewhere");
}

static void check_database(struct doctor *d)
{
    const char *wrong;
    int64_t version;
    struct err err;

    if (migrate_version(d->cli->home->db, &version, &err))
        tell(d, LEVEL_RED, "database", err.msg, "restore the newest backup");
    else if (health_check_database(d->cli->home->db, d->cli->mem, &wrong, &err))
        tell(d, LEVEL_RED, "database", err.msg, "restore the newest backup");
    else
        tell_if(d, !wrong, LEVEL_RED, "database", arena_printf(d->cli->mem, "sound, schema %" PRId64, version),
                "damaged", "stop serve and restore the newest backup");
}

static void check_arrival_key(struct doctor *d)
{
    struct crypt_key stored, public;
    CLEANUP(crypt_key_wipe) struct crypt_key secret;
    struct err err;

    keys_arrival_pair(d->cli->home->keys, &public, &secret);
    tell_if(
        d, !keys_arrival_public(d->cli->home->db, &stored, &err) && crypt_is_equal(stored.b, public.b, sizeof stored.b),
        LEVEL_RED, "arrival key", "what comes in is sealed to our key", "mail is sealed to another key",
        "the key file or the database belongs to another installation");
}

static void check_disk(struct doctor *d)
{
    struct statvfs fs;
    int64_t mb;

    if (statvfs(d->cli->home->path, &fs)) {
        tell(d, LEVEL_WARN, "disk", "its free space cannot be told", "look at the disk");
        return;
    }
    mb = (int64_t)(fs.f_bavail * (uint64_t)fs.f_frsize >> 20);
    tell(d,
         mb < DISK_RED_MB    ? LEVEL_RED
         : mb < DISK_WARN_MB ? LEVEL_WARN
                             : LEVEL_OK,
         "disk", arena_printf(d->cli->mem, "%" PRId64 " MB free", mb),
         "make room: mail that comes in waits when the disk is full");
}

static void check_process(struct doctor *d)
{
    tell_if(d, process_is_hardened(), LEVEL_RED, "core dumps", "off", "a core file could hold what people wrote",
            "ulimit -c 0, and no sanitizer build for real use");
}

static void check_reader(struct doctor *d)
{
    const char *missing;
    struct err err;

    if (reader_check(d->cli->mem, &missing, &err)) {
        tell(d, LEVEL_RED, "reader of mail", err.msg, "postcircle-parse must stand beside postcircle or be installed");
        return;
    }
    tell_if(d, !*missing, LEVEL_RED, "reader of mail", "closed: seccomp, Landlock, limits",
            arena_printf(d->cli->mem, "without %s%s", missing,
                         d->cli->home->settings.allow_open_reader ? "; [limits] allow_open_reader lets it" : ""),
            READER_CHECK_ADVICE);
}

static void check_clock(struct doctor *d)
{
    const char *const zone = d->cli->gate->facts.zone;
    char version[ZONE_VERSION_SIZE];

    zone_version(version);
    tell_if(d, zone_is_name(zone), LEVEL_RED, "time zone",
            arena_printf(d->cli->mem, "%s, tzdata %s", zone, *version ? version : "?"),
            "this machine does not know the practice's zone", "apt-get install tzdata, or practice set zone NAME");
    if (d->cli->home->fixed_now_ms)
        tell(d, LEVEL_WARN, "clock", "POSTCIRCLE_NOW is set: time stands still", "unset it");
}

static void check_node(struct doctor *d)
{
    tell_if(d, d->cli->home->node.until_ms > clock_now_ms(clock_real()), LEVEL_RED, "node number",
            arena_printf(d->cli->mem, "%" PRId64 ", leased", d->cli->home->node.node), "the lease is over",
            "is the clock of this machine right?");
}

/* ---- the practice ---- */

static void check_audit(struct doctor *d)
{
    struct audit_report report = { 0 };
    struct err err;

    if (audit_verify(&d->cli->gate->store, d->anchor, &report, &err)) {
        tell(d, LEVEL_RED, "audit log", err.msg,
             "somebody changed the record: keep everything and compare with a backup");
        return;
    }
    tell(d, d->anchor && !report.is_tail_proven ? LEVEL_WARN : LEVEL_OK, "audit log",
         arena_printf(d->cli->mem, "%" PRId64 " rows verify; %s", report.rows,
                      report.is_tail_proven ? "the newest row is proven" : "without an anchor its end is not proven"),
         "verify with the newest head that was mailed: postcircle audit verify --anchor FILE");
}

/* The set was loaded with the gate; what is wrong in it, gate_open has told with file and line. */
static void check_templates(struct doctor *d)
{
    tell_if(d, d->cli->gate->templates != NULL, LEVEL_RED, "texts", "they load, the practice's own too",
            "they do not load", "look at HOME/templates");
}

/* Without them `sort` does not start, and no note comes further than the door. */
static void check_lexicon(struct doctor *d)
{
    struct triage_watch watch = { .lexicon = NULL };
    struct triage_counts n;
    const char *told = NULL;
    int page;
    struct err err;

    if (triage_files_open(d->cli->home->path, &watch, &err)) {
        tell(d, LEVEL_RED, "word lists", err.msg, "mend the line it names in HOME/lexicon, or run make install again");
        return;
    }
    n = triage_count(watch.lexicon);
    triage_files_close(&watch);
    rc_ignore(setting_get(&d->cli->gate->store, SETTING_WORD_LISTS, d->cli->mem, &told, &err), "then none was told");
    page = d->cli->gate->facts.triage_page;
    tell_if(d, !*watch.held, LEVEL_WARN, "change of word lists", "none waits",
            arena_printf(d->cli->mem, "one waits for two people; its first line: %s", watch.held_line),
            "postcircle triage accept --first ADDRESS --second ADDRESS, or take the change back");
    tell_if(d, page != TRIAGE_MODEL_OFF, LEVEL_WARN, "model of triage",
            arena_printf(d->cli->mem, "a note that scores %d and more calls a person", page ? page : TRIAGE_PAGE_USUAL),
            "is off: only the word lists call a person", "turn it on: postcircle practice set triage-model \"\"");
    tell_if(d, !told || !strcmp(told, watch.hash), LEVEL_WARN, "word lists",
            arena_printf(d->cli->mem, "%zu phrases, %zu classes, %zu words, mark %s", n.phrases, n.classes, n.words,
                         watch.hash),
            arena_printf(d->cli->mem, "mark %s: others than staff were told of (%s)", watch.hash, told ? told : ""),
            "two people look at the change; serve tells staff as soon as it reads them");
}

static void check_serve(struct doctor *d)
{
    tell_if(d, serve_pid(d->cli->home->path) > 0, LEVEL_WARN, "serve", "runs",
            "does not run: mail that comes in waits, nothing goes out",
            arena_printf(d->cli->mem, "systemctl start postcircle, or postcircle --home %s serve", d->cli->home->path));
}

/* Those who are in the duty order or on call, and can be written to; an alarm without any goes to all, but nobody chose that. */
static void check_staff(struct doctor *d)
{
    struct gate *const gate = d->cli->gate;
    struct person *staff;
    struct err err;
    size_t n = 0, on_call = 0, chosen = 0;

    if (office_contacts(gate, d->cli->mem, &staff, &n, &err) || office_on_call(gate, &on_call, &err)) {
        tell(d, LEVEL_RED, "page contacts", err.msg, "look at the database first");
        return;
    }
    for (size_t i = 0; i < n; i++)
        chosen += i < on_call || staff[i].duty_rank;
    tell_if(d, chosen >= 2, LEVEL_RED, "page contacts", arena_printf(d->cli->mem, "%zu people can be called", chosen),
            arena_printf(d->cli->mem, "only %zu can be called", chosen),
            "two are needed, for an alarm that one does not see: postcircle staff add --duty 2, staff oncall");
}

static void check_page_command(struct doctor *d)
{
    const char *const path = d->cli->gate->facts.page_command;
    struct err err;

    if (!*path)
        tell(d, LEVEL_WARN, "page command",
             "none: an alarm goes by email alone, and not at all while the relay is down",
             "postcircle practice set page-command PATH (docs/duty.md)");
    else
        tell_if(d, !program_check(path, &err), LEVEL_RED, "page command", "it can be run", err.msg,
                "mend the program, or postcircle practice set page-command PATH");
}

static void check_test_page(struct doctor *d)
{
    struct test_page_state test;
    struct err err;

    if (test_page_look(d->cli->gate, d->cli->mem, &test, &err)) {
        tell(d, LEVEL_RED, "test alarm", err.msg, "look at the database first");
        return;
    }
    tell(d, test.is_red ? LEVEL_RED : LEVEL_OK, "test alarm",
         test.is_red ? "for 8 days nobody has claimed the weekly test: nothing proves that an alarm would arrive"
         : test.claimed.id.v ? "one was claimed within 8 days"
                             : "the first one is still to come",
         "answer the test alarm's mail with CLAIM; if none came, look at serve and the relay");
}

static void check_domain(struct doctor *d)
{
    const struct practice_facts *const f = &d->cli->gate->facts;

    tell_if(d, *f->domain, LEVEL_RED, "mail domain", f->domain, "none is set", "postcircle practice set domain NAME");
    if (f->trust == AUTHRES_TOP_WITHOUT_ID)
        tell(d, LEVEL_OK, "proof of senders", "the border's topmost field counts", NULL);
    else
        tell_if(d, (f->trust == AUTHRES_BY_ID || f->trust == AUTHRES_BESIDE_OWN_HOP) && *f->authserv_id, LEVEL_RED,
                "proof of senders", arena_printf(d->cli->mem, "by %s", f->authserv_id),
                "authserv-id or trust is not set: nobody is proved, so every note is held as unverified and no "
                "decision by mail counts",
                "postcircle practice set authserv-id NAME (with which the Authentication-Results of your mail server "
                "begin)");
}

static void check_relay(struct doctor *d)
{
    struct transport relay = { 0 };
    struct err err;
    enum rc rc = mail_relay(d->cli->gate, &relay, &err);

    if (!rc)
        rc = reach_relay(d->cli->gate->facts.relay, &err);
    if (!rc)
        rc = transport_open(&relay, &err);
    tell_if(d, !rc, LEVEL_RED, "relay", "it answers", err.msg,
            "is the mail server up? postcircle practice set relay smtp://127.0.0.1:25");
    transport_free(&relay);
}

/* Tier 0 and 1, and groups that say so, take two people, or a practice that chose solo-release. */
static enum rc needs_two(struct doctor *d, const struct post *post, bool *ret_needs, struct err *err)
{
    struct care_group group;

    if (group_get(&d->cli->gate->store, post->group, d->cli->mem, &group, err))
        return err->rc;
    *ret_needs = !d->cli->gate->facts.has_solo_release && (post->tier <= 1 || group.review == GROUP_REVIEW_TWO_PEOPLE);
    return RC_OK;
}

/* The numbers of notes that nobody can release, as `review show` takes them. */
static enum rc find_stuck(struct doctor *d, size_t people, const char **ret_stuck, size_t *ret_n, struct err *err)
{
    struct post *posts;
    const char *stuck = "";

    if (post_waiting(&d->cli->gate->store, WAITING_MAX, d->cli->mem, &posts, ret_n, err))
        return err->rc;
    for (size_t i = 0; i < *ret_n; i++) {
        bool is_for_two = false;

        if (needs_two(d, &posts[i], &is_for_two, err))
            return err->rc;
        if (people < (is_for_two ? 2u : 1u))
            stuck = arena_printf(d->cli->mem, "%s%s%" PRId64, stuck, *stuck ? ", " : "", posts[i].id.v);
    }
    *ret_stuck = stuck;
    return RC_OK;
}

static void check_releases(struct doctor *d)
{
    struct person *staff;
    size_t people = 0, n = 0;
    const char *stuck = "";
    struct err err;

    if (office_duty(d->cli->gate, d->cli->mem, &staff, &people, &err) || find_stuck(d, people, &stuck, &n, &err)) {
        tell(d, LEVEL_RED, "review", err.msg, "look at the database first");
        return;
    }
    tell_if(d, !*stuck && people, LEVEL_RED, "review",
            arena_printf(d->cli->mem, "%zu notes wait; each can be released", n),
            *stuck ? arena_printf(d->cli->mem, "nobody can release %s", stuck) : "nobody can release a note",
            "add a second moderator, or postcircle practice set solo-release yes");
}

/* An alarm is late when its time to be claimed, in office hours, is over; an open one is red at once all the same. */
static void check_pages(struct doctor *d)
{
    struct gate *const gate = d->cli->gate;
    struct page *pages;
    size_t n, open = 0, late = 0;
    struct err err;

    if (page_list_open(&gate->store, WAITING_MAX, d->cli->mem, &pages, &n, &err)) {
        tell(d, LEVEL_RED, "alarms", err.msg, "look at the database first");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (pages[i].kind != PAGE_ALARM || pages[i].state != PAGE_OPEN)
            continue;
        open++;
        late += office_between(gate, pages[i].created_ms, gate_now_ms(gate)) >
                office_page_clock(gate, pages[i].tier).claim * MS_MINUTE;
    }
    tell_if(
        d, !open, LEVEL_RED, "alarms", "none is open",
        arena_printf(d->cli->mem, "%zu that nobody claimed, %zu of them later than the practice promises", open, late),
        "answer the alarm's mail with CLAIM, and call");
}

static void check_waiting(struct doctor *d)
{
    struct health h;
    struct err err;

    if (health_read(&d->cli->gate->store, &h, &err)) {
        tell(d, LEVEL_RED, "parked mail", err.msg, "look at the database first");
        return;
    }
    tell_if(d, !h.parked_arrivals.count, LEVEL_WARN, "parked mail", "none",
            arena_printf(d->cli->mem, "%" PRId64 " mails that could not be read", h.parked_arrivals.count),
            "staff were told; look: `postcircle review parked`");
    tell_if(d, !h.suspended.count, LEVEL_WARN, "suspended emails", "none",
            arena_printf(d->cli->mem, "%" PRId64 " whose letters came back", h.suspended.count),
            "staff were told whom to call; one that writes to us again is written to again");
}

static void check_restored(struct doctor *d)
{
    struct err err;
    int64_t at_ms;

    if (delivery_restored_at(&d->cli->gate->store, &at_ms, &err)) {
        tell(d, LEVEL_RED, "restored copy", err.msg, "look at the database first");
        return;
    }
    tell_if(d, !at_ms, LEVEL_RED, "restored copy", "none waits for its release",
            "this home was restored: nothing but alarms leaves",
            "look at `postcircle status`, then `postcircle restore --release` or --drop");
}

/* Mail that reached the folder and cannot reach a group: an alias or a domain that nobody told us. */
static void check_maildir(struct doctor *d)
{
    const char *const path = d->cli->home->settings.receive_maildir;
    struct maildir_in_counts counts;
    struct err err;

    if (!*path)
        return;
    if (maildir_in_count(path, d->cli->home, &counts, &err)) {
        tell(d, LEVEL_RED, "Maildir", err.msg,
             "[receive] maildir in postcircle.ini must name a folder with new/ and cur/");
        return;
    }
    tell_if(d, !counts.nobodys, LEVEL_WARN, "Maildir",
            arena_printf(d->cli->mem, "mails that wait in it: %" PRId64, counts.waiting),
            arena_printf(d->cli->mem, "in new/ and belong to nobody: %" PRId64, counts.nobodys),
            "no field on top of them names an address in a domain of this home: look at them, take them away");
}

/* Who can connect is believed about the proof of senders: a Unix socket can be kept to the mail server, a port cannot. */
static void check_lmtp(struct doctor *d)
{
    const char *const where = d->cli->home->settings.lmtp_listen, *const path = lmtp_listen_path(where);
    struct stat st = { .st_mode = 0 };
    struct err err;

    if (!*where)
        return;
    if (lmtp_knock(where, &err)) {
        tell(d, LEVEL_RED, "LMTP", err.msg, "is serve running? Its log tells why the role lmtp does not start");
        return;
    }
    tell_if(d, path && !stat(path, &st) && !(st.st_mode & S_IRWXO), LEVEL_WARN, "LMTP", "it answers",
            "it answers, and any user of this machine can bring in mail that looks proved",
            "[lmtp] listen = unix:PATH in postcircle.ini, in a folder for the mail server alone");
}

/* Signs in as the role does, and looks whether letters that were taken stay where they are. */
static void check_mailbox(struct doctor *d, const struct home_mailbox *box)
{
    CLEANUP(imap_free) struct imap *imap = NULL;
    const char *const what = arena_printf(d->cli->mem, "mailbox %s", box->name);
    const int64_t hour_ago_ms = clock_now_ms(clock_real()) - MS_HOUR;
    const char *names[IMAP_ROLE_FOLDERS_MAX];
    struct imap_folder folder;
    int64_t stuck = 0;
    struct err err;
    size_t n;
    enum rc rc = imap_role_folders(box, d->cli->mem, names, &n, &err);

    if (!rc)
        rc = imap_login(box, MAILBOX_TIMEOUT_MS, NULL, &imap, &err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = imap_select(imap, names[i], &folder, &err);
    if (!rc)
        rc = mailbox_letter_stuck(d->cli->home->db, box->name, hour_ago_ms, &stuck, &err);
    if (rc) {
        tell(d, LEVEL_RED, what, err.msg,
             arena_printf(d->cli->mem,
                          "[imap %s] in postcircle.ini: is the server up, and are password, key and folders right?",
                          box->name));
        return;
    }
    tell_if(d, !stuck, LEVEL_WARN, what, imap_can_idle(imap) ? "it answers, and tells of new mail" : "it answers",
            arena_printf(d->cli->mem, "letters that are stored and could not be moved: %" PRId64, stuck),
            "is the mailbox full, or are the folders `done` and `trouble` locked?");
}

static void check_mailboxes(struct doctor *d)
{
    for (size_t i = 0; i < d->cli->home->settings.mailbox_count; i++)
        check_mailbox(d, &d->cli->home->settings.mailboxes[i]);
}

/* ---- all ---- */

static void (*const checks[])(struct doctor *d) = {
    check_key_file,     check_arrival_key, check_database, check_audit,    check_templates, check_lexicon,
    check_serve,        check_reader,      check_process,  check_domain,   check_relay,     check_staff,
    check_page_command, check_test_page,   check_pages,    check_releases, check_waiting,   check_maildir,
    check_lmtp,         check_mailboxes,   check_disk,     check_clock,    check_node,      check_restored,
};

/* What keeps the home from opening is the one thing to tell. */
static int tell_closed(struct doctor *d, const struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();

    tell(d, LEVEL_RED, "home", err->msg, "mend this first; doctor looks at the rest afterwards");
    json_set_bool(root, "ok", false);
    json_set(root, "checks", &d->list);
    cli_put(d->cli, &root);
    return 1;
}

static enum rc open_all(struct cli *cli, struct err *err)
{
    struct gate *gate = ARENA_NEW(cli->mem, struct gate);
    struct practice_id practice;
    const char *path;

    if (home_find_path(cli->home_option, cli->mem, &path, err) || home_open(path, HOME_WITH_KEYS, &cli->home, err) ||
        home_practice(cli->home, cli->domain, &practice, err) || gate_open(cli->home, practice, gate, err))
        return err->rc;
    cli->gate = gate;
    return RC_OK;
}

static enum rc read_anchor(struct doctor *d, const char *path, struct err *err)
{
    char *text;
    size_t n;

    if (!path)
        return RC_OK;
    if (io_read_file(path, 4096, d->cli->mem, &text, &n, err))
        return err_wrap(err, "--anchor");
    text[strcspn(text, "\r\n")] = '\0';
    d->anchor = text;
    return RC_OK;
}

int cli_doctor(struct cli *cli, int argc, char **argv)
{
    const char *path = NULL;
    const struct cli_option options[] = {
        { .name = "anchor", .value = "FILE", .help = "a head of the audit log that was kept elsewhere", .to = &path },
    };
    const int code = cli_options(cli, "[options]", options, COUNT_OF(options), argc, argv, NULL, 0);
    struct doctor d = { .cli = cli, .list = NULL };
    CLEANUP(json_free) struct json *root = NULL;
    struct err err;
    bool is_well;

    if (code != CLI_GO_ON)
        return code;
    d.list = json_array_new();
    if (read_anchor(&d, path, &err) || open_all(cli, &err))
        return tell_closed(&d, &err);
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        checks[i](&d);
    is_well = !d.counts[LEVEL_RED];
    cli_say(cli, "\n%d ok, %d to look at, %d red\n", d.counts[LEVEL_OK], d.counts[LEVEL_WARN], d.counts[LEVEL_RED]);
    root = json_object_new();
    json_set_bool(root, "ok", is_well);
    json_set(root, "checks", &d.list);
    cli_put(cli, &root);
    return is_well ? EX_OK : 1;
}
