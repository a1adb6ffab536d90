/*
 * One issue to many members: claim, fill, send, outcome, cursor, against Postfix's smtp-source with the same number of messages, sessions
 * and size into the same smtp-sink. BENCH_MEMBERS and BENCH_SESSIONS change the size; BENCH_MEMBERS=100000 shows that memory does not grow.
 */
#include "bench/members.h"

#include "base/io.h"
#include "base/log.h"
#include "gateway/digest/digest.h"
#include "gateway/home/home.h"
#include "gateway/practice/gate.h"
#include "gateway/practice/mail_relay.h"
#include "gateway/send/mail_role.h"
#include "gateway/send/outbox.h"
#include "store/setting.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT "2539"
#define SESSIONS_MAX 32
#define SINK "127.0.0.1:" PORT

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
    const struct group_id group = members_fill(&gate, members);

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
