/* postcircle phones: plays the phones of a demo number, three at once on a terminal, or one text at a time. */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "base/io.h"
#include "gateway/cli/phones_screen.h"
#include "gateway/home/wake.h"
#include "gateway/serve/serve.h"
#include "gateway/serve/work.h"
#include "gateway/sms/text_person.h"
#include "gateway/text/text_phones.h"

#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define LOOK_MS 300
#define TYPED_MAX 1600
#define SCREEN_MAX_BYTES ((size_t)1 << 20)
#define PEOPLE_PAGE 50
#define INVENTED "+155555501%02zu"

struct phones {
    struct cli *cli;
    const char *dir, *ours, *zone;
    const char *numbers[PHONES_SHOWN], *names[PHONES_SHOWN];
    size_t count;
    bool is_working; /* does the work itself, where nobody serves */
};

/* ---- which phones ---- */

static bool has(const struct phones *p, const char *number)
{
    for (size_t i = 0; i < p->count; i++)
        if (!strcmp(p->numbers[i], number))
            return true;
    return false;
}

static void add(struct phones *p, const char *number)
{
    if (p->count < PHONES_SHOWN && !has(p, number))
        p->numbers[p->count++] = number;
}

static enum rc name_all(struct phones *p, struct err *err)
{
    for (size_t i = 0; i < p->count; i++) {
        struct person *people;
        size_t n;

        if (person_by_value(&p->cli->gate->store, ADDRESS_PHONE, p->numbers[i], p->cli->mem, &people, &n, err))
            return err->rc;
        p->names[i] = n == 1 ? text_visible(p->cli->mem, people[0].name, strlen(people[0].name))
                      : n    ? "several people"
                             : "";
    }
    return RC_OK;
}

/* Members who have a number. */
static enum rc add_members(struct phones *p, struct err *err)
{
    struct store *const st = &p->cli->gate->store;
    struct person_id after = { 0 };
    struct person *people;
    size_t n;

    do {
        if (person_page(st, PERSON_PATIENT, after, PEOPLE_PAGE, p->cli->mem, &people, &n, err))
            return err->rc;
        for (size_t i = 0; i < n && p->count < PHONES_SHOWN; i++) {
            struct address *addresses;
            size_t k;

            after = people[i].id;
            if (person_addresses(st, people[i].id, p->cli->mem, &addresses, &k, err))
                return err->rc;
            while (k--)
                if (addresses[k].kind == ADDRESS_PHONE)
                    add(p, addresses[k].value);
        }
    } while (n == PEOPLE_PAGE && p->count < PHONES_SHOWN);
    return RC_OK;
}

static int by_number(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those that were named; else those with the newest texts, then members, then invented ones, in the order of their numbers. */
static enum rc choose(struct phones *p, const struct cli_many *named, struct err *err)
{
    const char **found;
    char number[24];
    size_t n;

    for (size_t i = 0; i < named->count; i++)
        if (!text_number_read(named->values[i], number))
            return err_set(err, RC_INPUT, "--phone takes a number, as +15555550101");
        else
            add(p, arena_strdup(p->cli->mem, number));
    if (p->count)
        return name_all(p, err);
    if (phones_list(p->dir, p->cli->mem, &found, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        add(p, found[i]);
    if (add_members(p, err))
        return err->rc;
    for (size_t i = 1; p->count < PHONES_SHOWN; i++)
        add(p, arena_printf(p->cli->mem, INVENTED, i));
    qsort(p->numbers, p->count, sizeof *p->numbers, by_number);
    return name_all(p, err);
}

static enum rc find_ours(struct phones *p, const char *to, struct err *err)
{
    struct text_provider ignored;
    struct text_sender sender;
    char number[24];

    if (text_phones_number(p->cli->gate, to && text_number_read(to, number) ? number : to, p->cli->mem, &sender,
                           &ignored, err))
        return err->rc;
    p->ours = sender.number;
    return RC_OK;
}

/* ---- writing on a phone ---- */

static enum rc work(struct phones *p, struct err *err)
{
    struct work_report report;

    if (serve_pid(p->cli->home->path) > 0) {
        wake_role(p->cli->home->path, "text", WAKE_WORK);
        return RC_OK;
    }
    return p->is_working ? work_once(p->cli->home, &report, err) : RC_OK;
}

static enum rc write_on(struct phones *p, const char *number, const char *words, struct err *err)
{
    if (phones_say(p->dir, number, p->ours, words, gate_now_ms(p->cli->gate), err))
        return err->rc;
    return work(p, err);
}

/* ---- the threads as text ---- */

static enum rc thread_of(const struct phones *p, size_t i, struct arena *mem, struct phones_line **ret, size_t *ret_n,
                         struct err *err)
{
    const enum rc rc = phones_thread(p->dir, p->numbers[i], mem, ret, ret_n, err);

    if (rc == RC_NOT_FOUND)
        *ret_n = 0;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void say_line(const struct phones *p, size_t i, const struct phones_line *line)
{
    struct cli *const cli = p->cli;

    cli_say(cli, "%-16s  %s  %s  %s\n", phones_moment(p->zone, line->at_ms, cli->mem), p->numbers[i],
            line->is_theirs ? "wrote" : "got  ", text_visible(cli->mem, line->words, strlen(line->words)));
}

static int show(struct phones *p)
{
    struct json *root = json_object_new(), *list = json_array_new();

    for (size_t i = 0; i < p->count; i++) {
        struct json *const phone = json_object_new();
        struct json *texts = json_array_new(), *taken = phone;
        struct phones_line *lines;
        struct err err;
        size_t n;

        if (thread_of(p, i, p->cli->mem, &lines, &n, &err))
            return cli_fail(p->cli, &err);
        for (size_t k = 0; k < n; k++) {
            struct json *text = json_object_new();

            json_set_int(text, "at_ms", lines[k].at_ms);
            json_set_bool(text, "written_here", lines[k].is_theirs);
            json_set_str(text, "other", lines[k].other);
            json_set_str(text, "words", lines[k].words);
            json_push(texts, &text);
        }
        cli_say(p->cli, "%s%s%s\n", p->numbers[i], *p->names[i] ? "  " : "", p->names[i]);
        for (size_t k = 0; k < n; k++)
            say_line(p, i, &lines[k]);
        json_set_str(phone, "number", p->numbers[i]);
        json_set_str(phone, "name", p->names[i]);
        json_set(phone, "texts", &texts);
        json_push(list, &taken);
    }
    json_set(root, "phones", &list);
    cli_put(p->cli, &root);
    return EX_OK;
}

/* ---- lines in, lines out ---- */

/* What is new since `seen` texts of each phone. */
static enum rc say_news(const struct phones *p, size_t *seen, struct err *err)
{
    for (size_t i = 0; i < p->count; i++) {
        struct phones_line *lines;
        size_t n;

        if (thread_of(p, i, p->cli->mem, &lines, &n, err))
            return err->rc;
        for (; seen[i] < n; seen[i]++)
            say_line(p, i, &lines[seen[i]]);
    }
    fflush(stdout);
    return RC_OK;
}

/* "2: 14 Thanks". */
static enum rc take_line(struct phones *p, char *line, struct err *err)
{
    const size_t n = (size_t)(*line - '1');
    const char *words = line + 1;

    line[strcspn(line, "\r\n")] = '\0';
    if (!*line)
        return RC_OK;
    if (n >= p->count || *words != ':')
        return err_set(err, RC_INPUT, "begin with the phone, 1 to %zu, as in 2: 14 Thanks", p->count);
    words += 1 + strspn(words + 1, " ");
    return *words ? write_on(p, p->numbers[n], words, err) : RC_OK;
}

static int play_lines(struct phones *p)
{
    struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
    size_t seen[PHONES_SHOWN] = { 0 };
    char line[TYPED_MAX * 4 + 8];
    struct err err;
    enum rc rc;

    for (size_t i = 0; i < p->count; i++)
        cli_say(p->cli, "%zu: %s %s\n", i + 1, p->numbers[i], p->names[i]);
    setvbuf(stdin, NULL, _IONBF, 0); /* so that poll sees what is left */
    for (;;) {
        if (say_news(p, seen, &err))
            return cli_fail(p->cli, &err);
        if (poll(&in, 1, LOOK_MS) <= 0)
            continue;
        if (!fgets(line, sizeof line, stdin))
            break;
        rc = take_line(p, line, &err);
        if (rc && rc != RC_INPUT && rc != RC_LIMIT)
            return cli_fail(p->cli, &err);
        if (rc)
            cli_warn(p->cli, "%s", err.msg);
    }
    return say_news(p, seen, &err) ? cli_fail(p->cli, &err) : EX_OK;
}

/* ---- the terminal ---- */

static struct termios cooked;
static volatile sig_atomic_t must_end;

static void end_soon(int signal)
{
    (void)signal;
    must_end = 1;
}

static void leave_terminal(void)
{
    static const char bytes[] = "\033[?1049l\033[?25h";

    if (write(STDOUT_FILENO, bytes, sizeof bytes - 1) < 0)
        return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &cooked);
}

static bool enter_terminal(void)
{
    static const char bytes[] = "\033[?1049h";
    struct sigaction on_end = { .sa_handler = end_soon };
    struct termios raw;

    if (tcgetattr(STDIN_FILENO, &cooked) || write(STDOUT_FILENO, bytes, sizeof bytes - 1) < 0)
        return false;
    raw = cooked;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    sigaction(SIGINT, &on_end, NULL);
    sigaction(SIGTERM, &on_end, NULL);
    sigaction(SIGHUP, &on_end, NULL);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
    return true;
}

struct typing {
    char text[TYPED_MAX * 4 + 1];
    size_t n;
    char notice[300];
};

static void rub_out(struct typing *t)
{
    while (t->n && ((unsigned char)t->text[--t->n] & 0xC0) == 0x80)
        ;
    t->text[t->n] = '\0';
}

static enum rc send_typed(struct phones *p, size_t chosen, struct typing *t, struct err *err)
{
    const enum rc rc = t->n ? write_on(p, p->numbers[chosen], t->text, err) : RC_OK;

    if (rc && rc != RC_INPUT && rc != RC_LIMIT)
        return rc;
    snprintf(t->notice, sizeof t->notice, "%s", rc ? err->msg : "");
    if (!rc)
        t->text[t->n = 0] = '\0';
    return RC_OK;
}

/* One byte of the keyboard; false with Ctrl-D. */
static bool type(struct phones *p, size_t *chosen, struct typing *t, char c, enum rc *ret_rc, struct err *err)
{
    *ret_rc = RC_OK;
    if (c == '\t')
        *chosen = (*chosen + 1) % p->count;
    else if (c == '\n' || c == '\r')
        *ret_rc = send_typed(p, *chosen, t, err);
    else if (c == 127 || c == '\b')
        rub_out(t);
    else if (c == 'U' - '@')
        t->text[t->n = 0] = '\0';
    else if (c == 'D' - '@')
        return false;
    else if ((unsigned char)c >= ' ' && t->n < sizeof t->text - 1) {
        t->text[t->n++] = c;
        t->text[t->n] = '\0';
    }
    return true;
}

/* Keys that are sequences (arrows) are left out: ESC, '[', up to a letter. Shift-Tab goes back. */
static size_t skip_sequence(struct phones *p, const char *keys, size_t n, size_t *chosen)
{
    size_t i = 1;

    if (n < 2 || keys[1] != '[')
        return 1;
    for (i = 2; i < n && (keys[i] < '@' || keys[i] > '~'); i++)
        ;
    if (i < n && keys[i] == 'Z')
        *chosen = (*chosen + p->count - 1) % p->count;
    return i < n ? i + 1 : n;
}

static enum rc draw(struct phones *p, size_t chosen, const struct typing *t, struct strbuf *last, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("phones_screen");
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(SCREEN_MAX_BYTES);
    struct phones_screen s = { .rows = 24,
                               .columns = 80,
                               .count = p->count,
                               .chosen = chosen,
                               .zone = p->zone,
                               .typed = t->text,
                               .notice = t->notice };
    struct winsize size;

    if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col) {
        s.rows = size.ws_row;
        s.columns = size.ws_col;
    }
    s.is_plain = getenv("NO_COLOR") != NULL;
    if (!*t->notice && serve_pid(p->cli->home->path) <= 0 && !p->is_working)
        s.notice = "Nobody serves this home, so texts wait: `postcircle serve` in another window, or `postcircle "
                   "phones --work`.";
    for (size_t i = 0; i < p->count; i++) {
        struct phones_line *lines;

        s.phones[i] = (struct phones_view){ .number = p->numbers[i], .name = p->names[i] };
        if (thread_of(p, i, mem, &lines, &s.phones[i].n, err))
            return err->rc;
        s.phones[i].lines = lines;
    }
    phones_screen_draw(&s, mem, &out);
    if (strbuf_check(&out, err))
        return err->rc;
    if (out.len == last->len && !memcmp(out.p, last->p, out.len))
        return RC_OK;
    strbuf_clear(last);
    strbuf_add(last, out.p, out.len);
    return io_write_all(STDOUT_FILENO, out.p, out.len, err);
}

static enum rc play_screen(struct phones *p, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf last = STRBUF(SCREEN_MAX_BYTES);
    struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
    struct typing typing = { .n = 0 };
    size_t chosen = 0;

    while (!must_end) {
        char keys[256];
        ssize_t n = 0;

        if (draw(p, chosen, &typing, &last, err))
            return err->rc;
        if (poll(&in, 1, LOOK_MS) > 0 && (n = read(STDIN_FILENO, keys, sizeof keys)) <= 0)
            return RC_OK;
        for (size_t i = 0; i < (size_t)n;) {
            enum rc rc;

            if (keys[i] == '\033')
                i += skip_sequence(p, keys + i, (size_t)n - i, &chosen);
            else if (!type(p, &chosen, &typing, keys[i++], &rc, err))
                return RC_OK;
            else if (rc)
                return rc;
        }
    }
    return RC_OK;
}

static int play(struct phones *p, bool is_plain)
{
    const char *const term = getenv("TERM");
    struct err err;
    enum rc rc;

    if (is_plain || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term || !strcmp(term, "dumb") ||
        !setlocale(LC_CTYPE, "C.UTF-8") || !enter_terminal())
        return play_lines(p);
    rc = play_screen(p, &err);
    leave_terminal();
    return rc ? cli_fail(p->cli, &err) : EX_OK;
}

int cli_phones(struct cli *cli, int argc, char **argv)
{
    struct cli_many named = { .count = 0 };
    const char *send = NULL, *to = NULL, *words = NULL;
    struct phones p = { .cli = cli };
    bool is_show = false, is_plain = false;
    char number[24];
    const struct cli_option options[] = {
        { .name = "phone", .value = "NUMBER", .help = "which phones, at most three", .many = &named },
        { .name = "send", .value = "NUMBER", .help = "write WORDS on this phone, and end", .to = &send },
        { .name = "show", .help = "print what stands on the phones, and end", .flag = &is_show },
        { .name = "to", .value = "NUMBER", .help = "which demo number of ours is written to", .to = &to },
        { .name = "work", .help = "where nobody serves: do what is due after each text", .flag = &p.is_working },
        { .name = "plain", .help = "lines instead of a screen: \"2: 14 Thanks\" writes on phone 2", .flag = &is_plain },
    };
    struct err err;
    int code = cli_options(cli, "[WORDS] [options]", options, COUNT_OF(options), argc, argv, &words, 1);

    if (code == CLI_GO_ON && (!send != !words || (send && is_show)))
        code = cli_usage(
            cli, "phones --send NUMBER \"WORDS\" writes a text; phones --show shows them; phones alone plays them");
    if (code == CLI_GO_ON && named.count > PHONES_SHOWN)
        code = cli_usage(cli, "--phone at most %d times", PHONES_SHOWN);
    if (code == CLI_GO_ON && send && !text_number_read(send, number))
        code = cli_usage(cli, "--send takes a number, as +15555550101");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    p.dir = text_phones_dir(cli->gate, cli->mem);
    p.zone = cli->gate->facts.zone;
    if (find_ours(&p, to, &err) || (send && write_on(&p, number, words, &err)) || (!send && choose(&p, &named, &err)))
        return cli_fail(cli, &err);
    return send ? cli_done(cli) : is_show ? show(&p) : play(&p, is_plain);
}
