/*
 * From the first byte of a letter to a held note: intake (sealed, synced) and sorting (parsed in the closed process, triaged, placed,
 * put before staff), each per second, with the letters of one member. Figures for ourselves; bench/slow_sync.so adds to each sync.
 *
 *   receive_bench [letters]
 */
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "gateway/home/home.h"
#include "gateway/intake/intake.h"
#include "gateway/office/policy.h"
#include "gateway/people/enroll.h"
#include "gateway/sort/sort.h"
#include "store/arrival.h"
#include "store/consent.h"

#include <ftw.h>
#include <sys/mman.h>
#include <unistd.h>

#define DOMAIN "groups.example.org"
#define MEMBER "rose@example.net"

static void must(enum rc rc, const struct err *err)
{
    if (!rc)
        return;
    fprintf(stderr, "receive_bench: %s\n", err->msg);
    exit(1);
}

static const char letter_text[] =
    "Authentication-Results: mx." DOMAIN "; dmarc=pass header.from=example.net\r\n"
    "Received: from mail.example.net by mx." DOMAIN "; Tue, 3 Mar 2026 15:00:00 +0000\r\n"
    "From: Rose Miller <" MEMBER ">\r\nTo: tuesday@" DOMAIN "\r\nSubject: Walking\r\n"
    "Message-ID: <%d@example.net>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "This is note %d. I walked to the lake with my sister and we fed the ducks.\r\nIt was cold, and the tea was "
    "good.\r\n"
    "\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<div dir=\"ltr\"><div>This is note %d. I walked to the "
    "lake with my"
    " sister and we fed the ducks.</div><div>It was cold, and the tea was good.</div></div>\r\n\r\n--b--\r\n";

static void make_home(const char *path, const char *key, struct home **home, struct gate *gate)
{
    const struct home_plan plan = { .path = path, .key_file = key, .made_for = HOME_FOR_TEST };
    struct practice_id practice;
    struct err err;

    must(home_make(&plan, &practice, &err), &err);
    must(home_open(path, HOME_WITH_KEYS, home, &err), &err);
    must(gate_open(*home, practice, gate, &err), &err);
}

static void add_group(struct gate *gate, struct care_group *group)
{
    const struct audit_who who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE };
    static const struct {
        enum setting setting;
        const char *value;
    } facts[] = { { SETTING_NAME, "Lakeside Clinic" },
                  { SETTING_OFFICE_PHONE, "(555) 555-0100" },
                  { SETTING_OFFICE_HOURS, "Mon-Fri 08:00-17:00" },
                  { SETTING_EMERGENCY_LINE, "911" },
                  { SETTING_DOMAIN, DOMAIN },
                  { SETTING_ZONE, "America/New_York" },
                  { SETTING_AUTHSERV_ID, "mx." DOMAIN } };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct err err;

    must(db_begin(gate->store.db, &tx, &err), &err);
    for (size_t i = 0; i < COUNT_OF(facts); i++)
        must(policy_set(gate, &who, facts[i].setting, facts[i].value, &err), &err);
    *group = (struct care_group){ .zone = "America/New_York",
                                  .digest_minute = 8 * 60,
                                  .review = GROUP_REVIEW_HOLD,
                                  .slug = "tuesday",
                                  .name = "Tuesday Circle",
                                  .alias = "Tuesday Circle",
                                  .short_text = "",
                                  .long_text = "",
                                  .rules = "",
                                  .forbidden = "" };
    must(group_add(&gate->store, group, &err), &err);
    must(db_commit(&tx, &err), &err);
}

static void add_people(struct gate *gate, const struct care_group *group)
{
    const struct audit_who who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE };
    struct enroll nurse = {
        .name = "Ana Ruiz", .email = "ana@example.org", .staff_role = STAFF_MODERATOR, .duty_rank = 1
    };
    struct enroll rose = { .name = "Rose Miller", .email = MEMBER };
    const struct enroll_seat seat = { .hour_minute = -1 };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct membership m;
    struct person staff;
    struct err err;

    must(db_begin(gate->store.db, &tx, &err), &err);
    must(enroll_staff(gate, &who, &nurse, gate->mem, &staff, &err), &err);
    must(enroll_member(gate, &who, group, &rose, &seat, gate->mem, &m, &err), &err);
    m.state = MEMBER_ACTIVE;
    must(membership_change(&gate->store, &m, MEMBER_INVITED, &err), &err);
    must(db_commit(&tx, &err), &err);
}

static void take_one(struct home *home, int n)
{
    const struct intake in = { .source = ARRIVAL_PIPE, .from = MEMBER, .to = "tuesday@" DOMAIN };
    CLEANUP(io_close) int fd = memfd_create("letter", MFD_CLOEXEC);
    struct intake_result result;
    struct err err;

    if (fd < 0 || dprintf(fd, letter_text, n, n, n) < 0 || lseek(fd, 0, SEEK_SET) < 0)
        must(err_errno(&err, RC_TEMP, "letter"), &err);
    must(intake_take(home, &in, fd, &result, &err), &err);
}

static void report(const char *what, int n, int64_t start_ms)
{
    const int64_t ms = clock_steady_ms() - start_ms;

    printf("%-10s %6d letters %8.0f /s\n", what, n, (double)n * 1000.0 / (double)(ms ? ms : 1));
}

static void run(struct home *home, struct gate *gate, int letters)
{
    const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    struct sorter sorter = { .gate = gate, .sandbox = sandbox_new(SANDBOX_READER, NULL, 20000) };
    struct triage_lexicon *lexicon = NULL;
    int64_t start_ms = clock_steady_ms();
    size_t did = 1, held = 0;
    struct err err;

    for (int i = 0; i < letters; i++)
        take_one(home, i);
    report("received", letters, start_ms);
    must(triage_open_lexicon(lists, &lexicon, &err), &err);
    sorter.lexicon = lexicon;
    start_ms = clock_steady_ms();
    for (; did; held += did)
        must(sort_run(&sorter, 32, &did, &err), &err);
    report("held", (int)held, start_ms);
    sandbox_free(&sorter.sandbox);
    triage_close_lexicon(&lexicon);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/postcircle-bench-XXXXXX", path[64], key[64];
    int64_t letters = 1000;
    struct home *home = NULL;
    struct care_group group;
    struct gate gate;
    struct err err;

    if (argc > 1)
        must(text_to_int(argv[1], 1, 1000000, &letters, &err), &err);
    log_setup(LOG_WARN, "bench");
    must(crypt_init(&err), &err);
    if (!mkdtemp(folder))
        must(err_errno(&err, RC_TEMP, "temporary folder"), &err);
    snprintf(path, sizeof path, "%s/home", folder);
    snprintf(key, sizeof key, "%s/key", folder);
    make_home(path, key, &home, &gate);
    add_group(&gate, &group);
    add_people(&gate, &group);
    run(home, &gate, (int)letters);
    gate_close(&gate);
    home_close(&home);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}
