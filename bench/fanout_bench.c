/*
 * One issue to many members: claim, fill, send, outcome, cursor, against Postfix's smtp-source with the same number of messages, sessions
 * and size into the same smtp-sink. BENCH_MEMBERS and BENCH_SESSIONS change the size; BENCH_MEMBERS=100000 shows that memory does not grow.
 */
#include "base/io.h"
#include "base/log.h"
#include "gateway/digest.h"
#include "gateway/gate.h"
#include "gateway/home.h"
#include "gateway/mail_role.h"
#include "gateway/outbox.h"
#include "store/consent.h"
#include "store/post.h"
#include "store/review.h"
#include "store/setting.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT "2539"
#define SESSIONS_MAX 32
#define SINK "127.0.0.1:" PORT
#define LINE "This week I wrote a few lines about what helped me, and others answered me kindly. "

static void must(enum rc rc, const struct err *err, const char *what)
{
    if (rc) {
        fprintf(stderr, "%s: %s: %s\n", what, rc_name(rc), err->msg);
        exit(1);
    }
}
#define MUST(call) must((call), &err, #call)

static int64_t number_of(const char *variable, int64_t or_else)
{
    const char *text = getenv(variable);

    return text ? strtoll(text, NULL, 10) : or_else;
}

/* Proportional set size of a process, in KiB. */
static long pss_kib(void)
{
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    long kib = 0;

    while (f && fgets(line, sizeof(line), f))
        if (strncmp(line, "Pss:", 4) == 0)
            kib = strtol(line + 4, NULL, 10);
    if (f)
        fclose(f);
    return kib;
}

static struct membership add_member(struct gate *gate, struct group_id group, int64_t i)
{
    struct err err;
    struct store *st = &gate->store;
    char name[32], email[64];
    struct person person = { .kind = PERSON_PATIENT,
                             .state = PERSON_ACTIVE,
                             .language = LANGUAGE_ENGLISH,
                             .format = FORMAT_NORMAL,
                             .name = name };
    struct address address = { .kind = ADDRESS_EMAIL, .state = ADDRESS_PROVED, .value = email };
    struct membership m = { .group = group,
                            .role = MEMBER_PATIENT,
                            .state = MEMBER_ACTIVE,
                            .rhythm = RHYTHM_DAILY,
                            .channel = CHANNEL_EMAIL,
                            .hour_minute = -1,
                            .name = name };
    struct consent yes = { .channel = CHANNEL_EMAIL,
                           .kind = CONSENT_RECEIVE,
                           .is_given = true,
                           .way = CONSENT_BY_REPLY,
                           .text_version = "1" };

    snprintf(name, sizeof(name), "Rose %" PRId64, i);
    snprintf(email, sizeof(email), "m%" PRId64 "@example.net", i);
    MUST(person_add(st, &person, &err));
    MUST(address_add(st, &address, &err));
    MUST(person_link_address(st, person.id, address.id, 1, &err));
    m.person = person.id;
    m.address = address.id;
    MUST(membership_add(st, &m, &err));
    yes.person = m.person;
    yes.membership = m.id;
    yes.address = m.address;
    MUST(consent_add(st, &yes, &err));
    return m;
}

/* Conversations of a usual week: 6 notes of a few lines. */
static void add_posts(struct gate *gate, struct group_id group, struct person_id author)
{
    struct err err;
    struct store *st = &gate->store;

    for (int i = 0; i < 6; i++) {
        struct conversation c = { .group = group, .title = "What helped me" };
        struct post p = { .group = group,
                          .kind = POST_POST,
                          .state = POST_HELD,
                          .author = author,
                          .tier = 4,
                          .text = LINE LINE LINE,
                          .context = "{}",
                          .created_ms = gate_now_ms(gate) };
        struct review review = { .staff = author, .decision = 1, .way = REVIEW_CLI, .at_ms = gate_now_ms(gate) };

        MUST(post_add(st, &p, &err));
        c.first_post = p.id;
        MUST(conversation_add(st, &c, &err));
        p.conversation = c.id;
        MUST(post_change(st, &p, &err));
        review.post = p.id;
        review.post_version = p.version;
        MUST(review_add(st, &review, &err));
        MUST(post_publish(st, &p, &err));
    }
}

static struct group_id fill_home(struct gate *gate, int64_t members)
{
    struct err err;
    struct care_group group = { .zone = "America/New_York",
                                .digest_minute = 18 * 60,
                                .review = GROUP_REVIEW_HOLD,
                                .slug = "tuesday",
                                .name = "Tuesday Circle",
                                .alias = "Tuesday Circle",
                                .short_text = "",
                                .long_text = "",
                                .rules = "",
                                .forbidden = "" };
    struct person_id author = { 0 };

    for (int64_t i = 0; i < members;) {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };

        MUST(db_begin(gate->store.db, &tx, &err));
        if (i == 0)
            MUST(group_add(&gate->store, &group, &err));
        for (int64_t end = i + 1000; i < end && i < members; i++)
            author = add_member(gate, group.id, i).person;
        if (i == members)
            add_posts(gate, group.id, author);
        MUST(db_commit(&tx, &err));
    }
    return group.id;
}

static void open_gate(const char *path, struct home **home, struct gate *gate)
{
    struct practice_id practice;
    struct err err;

    MUST(home_open(path, HOME_WITH_KEYS, home, &err));
    MUST(home_practice(*home, NULL, &practice, &err));
    MUST(gate_open(*home, practice, gate, &err));
}

static void make_home(const char *path, const char *key)
{
    const struct home_plan plan = { .path = path, .key_file = key, .made_for = HOME_FOR_TEST };
    static const struct {
        enum setting setting;
        const char *value;
    } settings[] = { { SETTING_NAME, "Lakeside Clinic" },
                     { SETTING_OFFICE_PHONE, "(555) 555-0100" },
                     { SETTING_EMERGENCY_LINE, "911" },
                     { SETTING_DOMAIN, "groups.example.org" },
                     { SETTING_ZONE, "America/New_York" },
                     { SETTING_RELAY, "smtp://" SINK },
                     { SETTING_OFFICE_HOURS, "Mon-Fri 08:00-17:00" } };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct practice_id practice;
    struct home *home = NULL;
    struct gate gate;
    struct err err;

    MUST(home_make(&plan, &practice, &err));
    open_gate(path, &home, &gate);
    MUST(db_begin(home->db, &tx, &err));
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        MUST(setting_set(&gate.store, settings[i].setting, settings[i].value, &err));
    MUST(db_commit(&tx, &err));
    gate_close(&gate);
    home_close(&home);
}

/* One session: a process, as in production. */
static void worker(const char *path, int report)
{
    struct transport relay = { 0 };
    struct home *home = NULL;
    struct gate gate;
    size_t did = 0;
    struct err err;
    char line[64];

    open_gate(path, &home, &gate);
    MUST(mail_relay(&gate, &relay, &err));
    MUST(mail_run_once(&gate, &relay, &MAIL_ALL, &did, &err));
    snprintf(line, sizeof(line), "%zu %ld\n", did, pss_kib());
    MUST(io_write_all(report, line, strlen(line), &err));
    transport_free(&relay);
    gate_close(&gate);
    home_close(&home);
}

static double seconds_since(int64_t start_ms)
{
    const int64_t ms = clock_steady_ms() - start_ms;

    return (double)(ms ? ms : 1) / 1000.0;
}

static double run_workers(const char *path, int sessions, int64_t *sent, long *pss)
{
    const int64_t start = clock_steady_ms();
    pid_t pids[SESSIONS_MAX];
    int report[2];
    char text[4096];
    ssize_t n;

    *sent = *pss = 0;
    if (pipe(report))
        exit(1);
    for (int i = 0; i < sessions && i < SESSIONS_MAX; i++)
        if ((pids[i] = fork()) == 0) {
            worker(path, report[1]);
            _exit(0);
        }
    close(report[1]);
    for (int i = 0; i < sessions && i < SESSIONS_MAX; i++)
        waitpid(pids[i], NULL, 0);
    const double seconds = seconds_since(start);

    n = read(report[0], text, sizeof(text) - 1);
    text[n > 0 ? n : 0] = '\0';
    for (char *at = text; *at; at = strchr(at, '\n') + 1) {
        char *end;
        const long did = strtol(at, &end, 10), kib = strtol(end, NULL, 10);

        *sent += did;
        *pss = kib > *pss ? kib : *pss;
    }
    close(report[0]);
    return seconds;
}

static pid_t spawn(const char *const *argv)
{
    const pid_t pid = fork();

    if (pid == 0) {
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    return pid;
}

static double peer(int64_t members, int sessions, size_t bytes)
{
    char count[24], width[24], size[24];
    const char *argv[] = { "smtp-source",   "-d", "-m", count, "-s", width, "-l", size, "-f", "s@example.org", "-t",
                           "r@example.net", SINK, NULL };
    const int64_t start = clock_steady_ms();

    snprintf(count, sizeof(count), "%" PRId64, members);
    snprintf(width, sizeof(width), "%d", sessions);
    snprintf(size, sizeof(size), "%zu", bytes);
    waitpid(spawn(argv), NULL, 0);
    return seconds_since(start);
}

/* Fills alone, and the size of a copy. */
static double fills(const char *path, struct issue_id issue, size_t *bytes)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    CLEANUP(wire_free) struct wire *wire = wire_new();
    struct delivery *rows = NULL;
    struct home *home = NULL;
    struct outbox *outbox;
    struct gate gate;
    size_t n = 0;
    int64_t lease, start, count = 0;
    struct err err;

    (void)issue;
    open_gate(path, &home, &gate);
    {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };

        MUST(db_begin(home->db, &tx, &err)); /* rolled back: only to look at 32 of them */
        MUST(delivery_claim(&gate.store, LANE_URGENT, LANE_DIGEST, 32, 1000, mem, &lease, &rows, &n, &err));
    }
    outbox = outbox_new(&gate);
    start = clock_steady_ms();
    while (clock_steady_ms() - start < 1000)
        MUST(outbox_fill(outbox, &rows[count++ % (int64_t)n], wire, &err));
    wire_bytes(wire, bytes);
    outbox_free(&outbox);
    gate_close(&gate);
    home_close(&home);
    return (double)count / seconds_since(start);
}

int main(void)
{
    const int64_t members = number_of("BENCH_MEMBERS", 10000);
    const int sessions = (int)number_of("BENCH_SESSIONS", 2);
    const char *sink_argv[] = { "smtp-sink", "-u", "nobody", SINK, "1000", NULL };
    char dir[] = "/tmp/postcircle-bench.XXXXXX", path[64], key[64], tidy[96];
    struct home *home = NULL;
    struct gate gate;
    struct issue issue;
    struct err err;
    size_t bytes = 0;
    int64_t sent, start;
    long pss;
    pid_t sink;

    setenv("PATH", "/usr/sbin:/usr/bin:/bin", 1);
    if (access("/usr/sbin/smtp-sink", X_OK)) {
        puts("skip fanout: postfix is not installed");
        return 0;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    log_setup(LOG_WARN, "bench");
    MUST(crypt_init(&err));
    if (!mkdtemp(dir))
        return 1;
    snprintf(path, sizeof(path), "%s/home", dir);
    snprintf(key, sizeof(key), "%s/key", dir);
    make_home(path, key);
    open_gate(path, &home, &gate);
    const struct group_id group = fill_home(&gate, members);

    start = clock_steady_ms();
    MUST(digest_close(&gate, group, RHYTHM_DAILY, &issue, &err));
    printf("close and queue   %8.0f /s   PSS %ld KiB\n", (double)members / seconds_since(start), pss_kib());
    gate_close(&gate);
    home_close(&home);
    printf("fill              %8.0f /s\n", fills(path, issue.id, &bytes));

    sink_argv[1] = getuid() ? SINK : "-u";
    if (getuid()) {
        sink_argv[2] = "1000";
        sink_argv[3] = NULL;
    }
    sink = spawn(sink_argv);
    usleep(300000);
    const double ours = run_workers(path, sessions, &sent, &pss);
    const double theirs = peer(members, sessions, bytes);

    printf("fan-out           %8.0f /s   %" PRId64 " of %" PRId64
           " sent, %d sessions, %zu bytes, worker's PSS %ld KiB\n",
           (double)sent / ours, sent, members, sessions, bytes, pss);
    printf("smtp-source       %8.0f /s\nratio             %8.2f\n", (double)members / theirs, theirs / ours);
    kill(sink, SIGTERM);
    waitpid(sink, NULL, 0);
    snprintf(tidy, sizeof(tidy), "rm -rf '%s'", dir);
    return system(tidy) || sent != members;
}
