/* sandbox, lockdown: letters come back from a closed process; faults, limits and renewal; what the closed process cannot do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sanitized.h"
#include "base/io.h"
#include "base/text.h"
#include "inbound/inspect.h"
#include "inbound/lockdown.h"
#include "inbound/parse.h"
#include "inbound/sandbox.h"
#include "tests/unit/lockdown_help.h"

static const struct authres_trust nothing = { .profile = AUTHRES_NOTHING, .authserv_id = "" };
static const char mail[] = "From: Rosa <rosa@example.org>\r\nSubject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\r\n"
                           "Content-Type: text/plain; charset=koi8-r\r\n\r\n\xD0\xD2\xC9\xD7\xC5\xD4\r\n";

static char *parser_path(void)
{
    static char path[4096];

    snprintf(path, sizeof path, "%s/postcircle-parse", getenv("POSTCIRCLE_BUILD"));
    return path;
}

static struct sandbox *start(int deadline_ms)
{
    return sandbox_new(SANDBOX_READER, parser_path(), deadline_ms);
}

static enum rc parse(struct sandbox *s, const char *raw, size_t n, struct arena *mem, struct letter *l, struct err *err)
{
    struct sandbox_bytes bytes = { raw, n };
    const struct sandbox_source source = sandbox_from_bytes(&bytes);

    return sandbox_parse(s, &source, &nothing, mem, l, err);
}

static void sandbox_reads_a_letter(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);
    struct letter l;
    struct err err;

    (void)state;
    assert_int_equal(parse(s, mail, sizeof mail - 1, mem, &l, &err), RC_OK);
    assert_string_equal(l.from, "rosa@example.org");
    assert_string_equal(l.subject, "日本"); /* converters were opened before the lockdown */
    assert_string_equal(l.text, "привет");
    assert_int_equal(sandbox_letters(s), 1);
}

static void sandbox_serves_odd_charsets(void **state)
{
    static const char *const names[] = { "big5",  "euc-kr",       "gb2312",       "shift_jis",
                                         "utf-7", "windows-1256", "x-unheard-of", "iso-8859-15" };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char *raw = arena_printf(
            mem,
            "From: a@example.org\nSubject: =?%s?Q?plain=E9?=\nContent-Type: text/plain; charset=%s\n\nplain words\n",
            names[i], names[i]);
        struct letter l;
        struct err err;

        assert_int_equal(parse(s, raw, strlen(raw), mem, &l, &err), RC_OK);
        assert_string_equal(l.text, "plain words");
        assert_non_null(strstr(l.subject, "plain"));
    }
    assert_int_equal(sandbox_letters(s), COUNT_OF(names)); /* the same child all the time */
}

static char *json_of(const struct letter *l, struct arena *mem)
{
    CLEANUP(json_free) struct json *json = letter_to_json(l);
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(LETTER_JSON_MAX_BYTES);

    json_print(json, false, &out);
    return arena_strndup(mem, strbuf_peek(&out), out.len);
}

/* No library may load a thing when it is first needed: behind the lockdown it would find nothing and read something else. */
/* A sanitizer needs far more memory of its own. */
static bool is_bounded(void)
{
    CLEANUP(json_free) struct json *has = NULL;
    struct err err;

    return sandbox_protections(SANDBOX_READER, parser_path(), &has, &err) == RC_OK &&
           json_get_bool(has, "rlimits", false);
}

static void sandbox_reads_as_outside(void **state)
{
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);
    glob_t g;

    (void)state;
    parse_setup();
    assert_int_equal(glob("tests/data/mail/mime_*.eml", 0, NULL, &g), 0);
    assert_true(g.gl_pathc >= 170);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");
        struct letter inside, outside;
        struct err err;
        char *raw;
        size_t n;

        assert_int_equal(io_read_file(g.gl_pathv[i], 1 << 20, mem, &raw, &n, &err), RC_OK);
        assert_int_equal(parse_letter(raw, n, &nothing, mem, &outside, &err), RC_OK);
        assert_int_equal(parse(s, raw, n, mem, &inside, &err), RC_OK);
        if (strcmp(json_of(&inside, mem), json_of(&outside, mem)) != 0)
            fail_msg("%s is read in another way inside", g.gl_pathv[i]);
    }
    globfree(&g);
}

static void sandbox_says_limits(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);
    CLEANUP(strbuf_done) struct strbuf fields = STRBUF(LETTER_MAX_BYTES);
    const size_t n = (size_t)100 << 10;
    char *raw = arena_alloc(mem, n);
    struct letter l;
    struct err err;

    (void)state;
    memset(raw, 'x', n);
    memcpy(raw, "Subject: ", 9);
    assert_int_equal(parse(s, raw, n, mem, &l, &err), RC_LIMIT);
    assert_non_null(strstr(err.msg, "header_bytes"));
    while (fields.len + 8 < LETTER_MAX_BYTES) /* more than GMime could hold */
        strbuf_str(&fields, "X-A: b\r\n");
    assert_int_equal(parse(s, fields.p, fields.len, mem, &l, &err), RC_LIMIT);
    assert_non_null(strstr(err.msg, "header_bytes"));
    assert_int_equal(parse(s, mail, sizeof mail - 1, mem, &l, &err), RC_OK); /* and goes on */
}

static enum rc endless(void *ctx, char *bytes, size_t max, size_t *ret_n, struct err *err)
{
    (void)ctx;
    (void)err;
    memset(bytes, '\n', max);
    *ret_n = max;
    return RC_OK;
}

static void sandbox_stops_too_much(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);
    const struct sandbox_source source = { endless, NULL };
    struct letter l;
    struct err err;

    (void)state;
    assert_int_equal(sandbox_parse(s, &source, &nothing, mem, &l, &err), RC_LIMIT);
    assert_int_equal(parse(s, mail, sizeof mail - 1, mem, &l, &err), RC_OK);
}

/* A program that never answers, and one that ends at once. */
static void sandbox_tells_faults(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free)
    struct sandbox *deaf = sandbox_new(SANDBOX_READER, "/usr/bin/yes", 300),
                   *gone = sandbox_new(SANDBOX_READER, "/bin/true", 2000),
                   *missing = sandbox_new(SANDBOX_READER, "/nonexistent/parser", 300);
    struct letter l;
    struct err err;

    (void)state;
    assert_int_equal(parse(deaf, mail, sizeof mail - 1, mem, &l, &err), RC_CORRUPT);
    assert_int_equal(parse(gone, mail, sizeof mail - 1, mem, &l, &err), RC_CORRUPT);
    assert_int_equal(parse(missing, mail, sizeof mail - 1, mem, &l, &err), RC_TEMP);
    sandbox_free(&gone);
    sandbox_free(&missing);
}

static void sandbox_renews(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);
    struct letter l;
    struct err err;

    (void)state;
    for (int i = 0; i < SANDBOX_LETTERS_MAX; i++) {
        arena_clear(mem);
        assert_int_equal(parse(s, mail, sizeof mail - 1, mem, &l, &err), RC_OK);
    }
    assert_int_equal(sandbox_letters(s), SANDBOX_LETTERS_MAX);
    assert_int_equal(parse(s, mail, sizeof mail - 1, mem, &l, &err), RC_OK);
    assert_int_equal(sandbox_letters(s), 1);
}

static void sandbox_trims_ours(void **state)
{
    static const char raw[] = "From: a@example.org\nSubject: Re: Tuesday\nIn-Reply-To: <1@example.net>\n\n"
                              "I slept better this week.\n\nTuesday Circle, your digest. Rose asked how people\n"
                              "cope with night shifts and tea.\nReply to this mail to answer her.\n";
    static const char ours[] = "Tuesday Circle, your digest.\nRose asked how people cope with night shifts and tea.\n\n"
                               "Reply to this mail to answer her.\n";
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);
    struct letter l, trimmed;
    struct err err;

    (void)state;
    assert_int_equal(parse(s, raw, sizeof raw - 1, mem, &l, &err), RC_OK);
    assert_non_null(strstr(l.text, "night shifts"));
    assert_int_equal(sandbox_trim(s, &l, &(struct sandbox_known){ .ours = ours }, mem, &trimmed, &err), RC_OK);
    assert_string_equal(trimmed.text, "I slept better this week.");
    assert_non_null(strstr(trimmed.trimmed, "night shifts"));
    assert_int_equal(trimmed.segment_count, 1);
}

/* Of three lines that a person ends every letter with, the name stays; what they say twice is no signature, nor what they end with once. */
static void sandbox_learns_signatures(void **state)
{
    static const char *const earlier[] = { "I walked.\n\nRose\nProud grandma of six\nMaple Hill",
                                           "Tea helps.\n\nRose\nProud grandma of six\nMaple Hill\n\n> older" };
    static const struct {
        const char *text, *want;
        size_t letters;
    } cases[] = {
        { "I slept.\n\nRose\nProud grandma of six\nMaple Hill", "I slept.\n\nRose", 2 },
        { "I slept.\n\nRose\nProud grandma of six\nMaple Hill", NULL, 1 },
        { "Rose\nProud grandma of six\nMaple Hill", NULL, 2 },
        { "I slept.\n\nRose\nProud grandma of six\nand seven", NULL, 2 },
        { "New.\n\nI am the proud one\nof all the grandmas here", NULL, 2 },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *raw = arena_printf(mem, "From: a@example.org\nSubject: x\n\n%s\n", cases[i].text);
        const struct sandbox_known known = { .ours = "", .earlier = earlier, .earlier_count = cases[i].letters };
        struct letter l, trimmed;
        struct err err;

        assert_int_equal(parse(s, raw, strlen(raw), mem, &l, &err), RC_OK);
        assert_int_equal(sandbox_trim(s, &l, &known, mem, &trimmed, &err), RC_OK);
        assert_string_equal(trimmed.text, cases[i].want ? cases[i].want : cases[i].text);
        assert_string_equal(trimmed.trimmed, cases[i].want ? "Proud grandma of six\nMaple Hill" : "");
        assert_string_equal(trimmed.segments[0].text, trimmed.text);
    }
}

/* Outlook marks nothing: what stands below its header is cut off, and an answer in there must be told. */
static void sandbox_tells_answers_below(void **state)
{
    static const char ours[] = "Tuesday Circle, your digest.\nRose asked how people cope with night shifts and tea.\n\n"
                               "Walter asked who wants to walk around the lake on Sunday.\n";
    static const char *const below[] = { "", "I drink warm milk instead.\n\n", "<https://example.net/x> see\n\n" };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(below); i++) {
        const char *raw =
            arena_printf(mem,
                         "From: a@example.org\nSubject: Re: Tuesday\nIn-Reply-To: <1@example.net>\n\n"
                         "See my answers.\n\nFrom: Tuesday Circle\nSent: Monday, March 2, 2026 9:00 AM\n"
                         "To: Rose\nSubject: Tuesday\n\nTuesday Circle, your digest. Rose asked how people\n"
                         "cope with night shifts and tea.\n\n%sWalter asked who wants to walk around the lake\n"
                         "on Sunday.\n",
                         below[i]);
        struct letter l, trimmed;
        struct err err;

        assert_int_equal(parse(s, raw, strlen(raw), mem, &l, &err), RC_OK);
        assert_int_equal(sandbox_trim(s, &l, &(struct sandbox_known){ .ours = ours }, mem, &trimmed, &err), RC_OK);
        assert_string_equal(trimmed.text, i == 1 ? "See my answers.\n\nI drink warm milk instead." : "See my answers.");
        assert_int_equal(letter_has_warning(&trimmed, "answers_below"), i == 1);
        assert_int_equal(trimmed.segment_count, i == 1 ? 2 : 1);
        assert_null(strstr(trimmed.trimmed, "warm milk"));
        assert_non_null(strstr(trimmed.trimmed, "Walter asked"));
        if (i == 1)
            assert_non_null(strstr(trimmed.segments[1].quoted, "night shifts"));
    }
}

static void inspect_prints(void **state)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(1 << 20);
    struct err err;
    int ends[2];

    (void)state;
    setenv("POSTCIRCLE_PARSER", parser_path(), 1);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], mail, sizeof mail - 1), (ssize_t)sizeof mail - 1);
    close(ends[1]);
    assert_int_equal(inspect_run(ends[0], true, &out, &err), RC_OK);
    close(ends[0]);
    assert_non_null(strstr(strbuf_peek(&out), "\"kind\": \"post\""));
}

/* ---- the program itself ---- */

/* A field of /proc/PID/status; "" when there is none. */
static void status_of(const char *pid, const char *field, char value[64])
{
    char path[300], line[256];
    FILE *f;

    snprintf(path, sizeof path, "/proc/%s/status", pid);
    *value = '\0';
    f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, field, strlen(field)) == 0 && line[strlen(field)] == ':')
            snprintf(value, 64, "%.*s", (int)strcspn(line + strlen(field) + 2, "\n"), line + strlen(field) + 2);
    if (f)
        fclose(f);
}

/* Our child whose program begins so; "" when there is none. */
static void child_named(const char *name, char pid[32])
{
    DIR *proc = opendir("/proc");
    char parent[64], program[64], us[32];

    snprintf(us, sizeof us, "%d", getpid());
    *pid = '\0';
    for (struct dirent *e = proc ? readdir(proc) : NULL; e; e = readdir(proc)) {
        if (e->d_name[0] < '1' || e->d_name[0] > '9')
            continue;
        status_of(e->d_name, "PPid", parent);
        status_of(e->d_name, "Name", program);
        if (strcmp(parent, us) == 0 && text_starts(program, name))
            snprintf(pid, 32, "%.30s", e->d_name);
    }
    if (proc)
        closedir(proc);
}

/* The list of calls is in force in the reader that reads, not only in a process that a test made. */
static void check_child(void)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);
    char pid[32], value[64];
    struct letter l;
    struct err err;

    assert_int_equal(parse(s, mail, sizeof mail - 1, mem, &l, &err), RC_OK);
    child_named("postcircle-pars", pid);
    assert_string_not_equal(pid, "");
    status_of(pid, "Seccomp", value);
    assert_string_equal(value, "2");
    status_of(pid, "NoNewPrivs", value);
    assert_string_equal(value, "1");
}

static void the_reader_itself_is_closed(void **state)
{
    (void)state;
    if (!is_bounded()) /* a sanitizer; skip() would leave behind what a guard holds */
        skip();
    check_child();
}

static void big_letter(struct strbuf *b, int shape)
{
    static const char line[] = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n";
    static const char *const heads[] = { "image/jpeg\r\nContent-Transfer-Encoding: base64\r\n",
                                         "text/plain\r\nContent-Disposition: attachment\r\n",
                                         "message/rfc822\r\n\r\nSubject: inner\r\n" };
    const size_t full = LETTER_MAX_BYTES - ((size_t)64 << 10), part = shape == 0 ? full : (size_t)900 << 10;

    strbuf_str(b, "From: a@example.org\r\nSubject: big\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                  "Content-Type: text/plain\r\n\r\nMy words.\r\n");
    while (b->len < full) {
        const size_t until = b->len + part < full ? b->len + part : full;

        strbuf_printf(b, "--b\r\nContent-Type: %s\r\n", heads[shape]);
        while (b->len < until)
            strbuf_add(b, line, sizeof line - 1);
    }
    strbuf_str(b, "--b--\r\n");
    assert_false(b->over);
}

/* 25 MB of a picture, of texts, of letters: the words are read within 128 MB, which is more than what it shares with nobody. */
static void big_letters_fit(void **state)
{
    (void)state;
    if (IS_THREAD_SANITIZED) /* too slow for its deadline, and many times the memory */
        skip();
    for (int shape = 0; shape < 3; shape++) {
        CLEANUP(strbuf_done) struct strbuf b = STRBUF(LETTER_MAX_BYTES);
        const pid_t pid = (big_letter(&b, shape), fork());
        int status;

        if (pid == 0) {
            struct arena *mem = arena_new("t");
            struct sandbox *s = start(SANDBOX_DEADLINE_MS);
            struct rusage used = { 0 };
            struct letter l;
            struct err err;
            const bool is_read = parse(s, b.p, b.len, mem, &l, &err) == RC_OK && text_starts(l.text, "My words.");

            sandbox_free(&s);
            getrusage(RUSAGE_CHILDREN, &used);
            if (is_read)
                print_message("shape %d of %zu bytes: %ld KiB at most\n", shape, b.len, used.ru_maxrss);
            else
                print_message("shape %d: %s\n", shape, err.msg);
            _exit(!is_read ? 1 : used.ru_maxrss > (128 << 10) && is_bounded() ? 2 : 0);
        }
        waitpid(pid, &status, 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

/* As much text as there may be, in the shortest lines of each kind: read within the deadline, so by steps that do not grow with the text. */
static void a_wall_of_short_lines_is_read(void **state)
{
    static const char *const lines[] = {
        "a\r\n", "de: \r\n", "<\r\n", "1. a\r\n", "*From:* a\r\n\r\n", "x wrote:\r\n"
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(sandbox_free) struct sandbox *s = start(SANDBOX_DEADLINE_MS);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        CLEANUP(strbuf_done) struct strbuf b = STRBUF(LETTER_MAX_BYTES);
        struct letter l;
        struct err err;

        strbuf_str(&b, "From: a@example.org\r\nSubject: wall\r\n\r\n");
        while (b.len < LETTER_TEXT_MAX_BYTES - 1000)
            strbuf_str(&b, lines[i]);
        assert_int_equal(parse(s, b.p, b.len, mem, &l, &err), RC_OK);
        arena_clear(mem);
    }
}

/* ---- what the closed process cannot do: 0 it could, 1 refused, 2 killed ---- */

static void try_open(void)
{
    _exit(open("/etc/passwd", O_RDONLY) < 0 ? 1 : 0);
}
static void try_write(void)
{
    _exit(open("/tmp/postcircle-attack", O_WRONLY | O_CREAT, 0600) < 0 ? 1 : 0);
}
static void try_socket(void)
{
    _exit(socket(AF_INET, SOCK_STREAM, 0) < 0 ? 1 : 0);
}
static void try_fork(void)
{
    _exit(fork() < 0 ? 1 : 0);
}
static void try_exec(void)
{
    char program[] = "/bin/true", *argv[] = { program, NULL };

    execv(program, argv);
    _exit(1);
}
static void try_ptrace(void)
{
    _exit(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0 ? 1 : 0);
}
static void try_memory(void)
{
    volatile char *p = malloc(LOCKDOWN_DATA_BYTES);

    _exit(p ? 0 : 1);
}
static void try_shared_memory(void)
{
    _exit(mmap(NULL, LOCKDOWN_DATA_BYTES * LOCKDOWN_SPACE_TIMES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
               0) == MAP_FAILED);
}
static void try_signal(void)
{
    _exit(kill(getppid(), 0) ? 1 : 0);
}
static void try_limit(void)
{
    const struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };

    _exit(setrlimit(RLIMIT_DATA, &more) ? 1 : 0);
}
/* The role that started it must not be starved of its processor. */
static pid_t parent;
static void try_limit_of_parent(void)
{
    struct rlimit cpu;

    _exit(prlimit(parent, RLIMIT_CPU, NULL, &cpu) ? 1 : 0);
}
static void try_nothing(void)
{
    _exit(7);
}

/* Landlock by itself: the list of system calls would hide that it does nothing. */
static void files_are_closed_twice(void **state)
{
    const pid_t pid = fork();
    bool has = false;
    struct err err;
    int status;

    (void)state;
    if (pid == 0) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || !lockdown_close_files(&err, &has))
            _exit(8);
        _exit(!has ? 9 : open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES);
    }
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == ATTACK_NOT_POSSIBLE)
        skip(); /* a kernel without Landlock */
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void lockdown_holds(void **state)
{
    static const struct {
        void (*act)(void);
        int want;
    } table[] = { { try_nothing, 7 }, { try_open, 1 },  { try_write, 1 },           { try_socket, 2 },
                  { try_fork, 2 },    { try_exec, 2 },  { try_ptrace, 2 },          { try_memory, 1 },
                  { try_signal, 2 },  { try_limit, 2 }, { try_limit_of_parent, 2 }, { try_shared_memory, 1 } };

    (void)state;
    parent = getpid();
    if (attack(LOCKDOWN_READER, try_nothing) == ATTACK_NOT_POSSIBLE)
        skip(); /* a sanitizer, or a kernel without seccomp */
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_int_equal(attack(LOCKDOWN_READER, table[i].act), table[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sandbox_reads_a_letter),
        cmocka_unit_test(sandbox_serves_odd_charsets),
        cmocka_unit_test(sandbox_reads_as_outside),
        cmocka_unit_test(sandbox_says_limits),
        cmocka_unit_test(sandbox_stops_too_much),
        cmocka_unit_test(sandbox_tells_faults),
        cmocka_unit_test(sandbox_renews),
        cmocka_unit_test(sandbox_trims_ours),
        cmocka_unit_test(sandbox_learns_signatures),
        cmocka_unit_test(inspect_prints),
        cmocka_unit_test(sandbox_tells_answers_below),
        cmocka_unit_test(lockdown_holds),
        cmocka_unit_test(files_are_closed_twice),
        cmocka_unit_test(the_reader_itself_is_closed),
        cmocka_unit_test(big_letters_fit),
        cmocka_unit_test(a_wall_of_short_lines_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
