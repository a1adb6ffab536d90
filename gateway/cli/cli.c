#include "gateway/cli/cli.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/home/wake.h"

#include <assert.h>
#include <stdarg.h>
#include <unistd.h>

struct cli_command {
    const char *words;
    int (*run)(struct cli *cli, int argc, char **argv);
    const char *help;
};

#define CLI_ENTRY(words, function, help) { words, function, help },
static const struct cli_command commands[] = { CLI_COMMANDS(CLI_ENTRY) };
#undef CLI_ENTRY

/* ---- what goes wrong ---- */

int cli_exit_code(enum rc rc)
{
    static const int codes[RC_COUNT] = {
        [RC_OK] = EX_OK,          [RC_NOT_FOUND] = EX_NOINPUT, [RC_INPUT] = EX_DATAERR,
        [RC_LIMIT] = EX_DATAERR,  [RC_CONFLICT] = EX_DATAERR,  [RC_DENIED] = EX_NOPERM,
        [RC_TEMP] = EX_TEMPFAIL,  [RC_PERM] = EX_UNAVAILABLE,  [RC_UNCERTAIN] = EX_TEMPFAIL,
        [RC_CORRUPT] = EX_CONFIG, [RC_BUG] = EX_SOFTWARE
    };

    return rc < RC_COUNT ? codes[rc] : EX_SOFTWARE;
}

int cli_fail(const struct cli *cli, const struct err *err)
{
    const char *const said = cli->mem ? cli_called(cli, err->msg) : err->msg;

    if (cli->is_json) {
        CLEANUP(json_free) struct json *root = json_object_new();
        CLEANUP(strbuf_done) struct strbuf out = STRBUF(4096);

        json_set_str(root, "error", rc_name(err->rc));
        json_set_str(root, "message", said);
        json_print(root, false, &out);
        fprintf(stderr, "%s\n", strbuf_peek(&out));
    } else {
        fprintf(stderr, "postcircle: %s\n", said);
    }
    return cli_exit_code(err->rc);
}

int cli_usage(const struct cli *cli, const char *fmt, ...)
{
    struct err err = { .rc = RC_INPUT };
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(err.msg, sizeof err.msg, fmt, ap);
    va_end(ap);
    (void)cli_fail(cli, &err);
    if (!cli->is_json)
        fprintf(stderr, "`postcircle %s%s--help` tells more\n", cli->words, *cli->words ? " " : "");
    return EX_USAGE;
}

/* ---- help and options ---- */

static void print_commands(FILE *to)
{
    fputs("Postcircle: moderated support groups by email.\n\n"
          "  postcircle [--home DIR] [--json] COMMAND [options]\n\n",
          to);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        fprintf(to, "  %-17s %s\n", commands[i].words, commands[i].help);
    fputs("\n  --home DIR       where settings and data are (or POSTCIRCLE_HOME)\n"
          "  --practice NAME  which practice of several, by its mail domain\n"
          "  --json           output for programs\n"
          "  --help           after a command: its options\n"
          "  --version        which version this is\n",
          to);
}

static const char *help_of(const char *words)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (!strcmp(commands[i].words, words))
            return commands[i].help;
    return "";
}

static void print_options(const struct cli *cli, const char *form, const struct cli_option *options, size_t count)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("help");

    printf("postcircle %s%s%s\n  %s\n\n", cli->words, *form ? " " : "", form, help_of(cli->words));
    for (size_t i = 0; i < count; i++) {
        const struct cli_option *const o = &options[i];
        const char *const left =
            o->value ? arena_printf(mem, "--%s %s", o->name, o->value) : arena_printf(mem, "--%s", o->name);

        printf("  %-28s %s%s\n", left, o->help, o->many ? " (may be repeated)" : "");
    }
}

static bool is_help(const char *word)
{
    return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static const struct cli_option *find_option(const struct cli_option *options, size_t count, const char *name, size_t n)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(options[i].name) == n && !memcmp(options[i].name, name, n))
            return &options[i];
    return NULL;
}

/* Takes the option at argv[*i]; steps over its value. */
static int take_option(struct cli *cli, const struct cli_option *options, size_t count, int argc, char **argv, int *i)
{
    const char *const name = argv[*i] + 2;
    const char *const equals = strchr(name, '=');
    const size_t n = equals ? (size_t)(equals - name) : strlen(name);
    const struct cli_option *const o = find_option(options, count, name, n);
    const char *value = equals ? equals + 1 : NULL;

    if (!o)
        return cli_usage(cli, "--%.*s is no option of `%s`", (int)n, name, cli->words);
    if (o->flag) {
        *o->flag = true;
        return value ? cli_usage(cli, "--%s takes no value", o->name) : CLI_GO_ON;
    }
    if (!value && *i + 1 < argc)
        value = argv[++*i];
    if (!value)
        return cli_usage(cli, "--%s needs %s", o->name, o->value);
    if (!text_is_utf8(value, strlen(value)))
        return cli_usage(cli, "--%s is not UTF-8", o->name);
    if (o->many && o->many->count == CLI_MANY_MAX)
        return cli_usage(cli, "--%s more than %d times", o->name, CLI_MANY_MAX);
    if (o->many)
        o->many->values[o->many->count++] = value;
    else
        *o->to = value;
    return CLI_GO_ON;
}

int cli_options(struct cli *cli, const char *form, const struct cli_option *options, size_t count, int argc,
                char **argv, const char **args, int max_args)
{
    bool is_rest = false;
    int n = 0;

    for (size_t i = 0; i < count; i++)
        if (options[i].many && !options[i].many->values)
            options[i].many->values = ARENA_ARRAY(cli->mem, CLI_MANY_MAX, const char *);
    for (int i = 0; i < argc; i++) {
        int code = CLI_GO_ON;

        if (!is_rest && is_help(argv[i])) {
            print_options(cli, form, options, count);
            return EX_OK;
        }
        if (!is_rest && !strcmp(argv[i], "--"))
            is_rest = true;
        else if (!is_rest && text_starts(argv[i], "--"))
            code = take_option(cli, options, count, argc, argv, &i);
        else if (n == max_args)
            return cli_usage(cli, "`%s` takes %s", cli->words, *form ? form : "no more words");
        else
            args[n++] = argv[i];
        if (code != CLI_GO_ON)
            return code;
    }
    for (; n < max_args; n++)
        args[n] = NULL;
    return CLI_GO_ON;
}

/* ---- opening ---- */

int cli_home(struct cli *cli)
{
    const char *path;
    struct err err;

    if (cli->home)
        return CLI_GO_ON;
    if (home_find_path(cli->home_option, cli->mem, &path, &err) || home_open(path, HOME_WITH_KEYS, &cli->home, &err))
        return cli_fail(cli, &err);
    return CLI_GO_ON;
}

int cli_gate(struct cli *cli)
{
    const int code = cli_home(cli);
    struct practice_id practice;
    struct gate *gate;
    struct err err;

    if (code != CLI_GO_ON || cli->gate)
        return code;
    gate = ARENA_NEW(cli->mem, struct gate);
    if (home_practice(cli->home, cli->domain, &practice, &err) || gate_open(cli->home, practice, gate, &err))
        return cli_fail(cli, &err);
    cli->gate = gate;
    return CLI_GO_ON;
}

enum rc cli_practices(struct cli *cli, struct practice_id **ret_ids, size_t *ret_n, struct err *err)
{
    struct practice_id *const one = ARENA_NEW(cli->mem, struct practice_id);

    if (!cli->domain && !cli->gate && practice_list(cli->home->db, cli->mem, ret_ids, ret_n, err))
        return err->rc;
    if (!cli->domain && !cli->gate && *ret_n > 1) {
        cli->is_one_of_many = true;
        return RC_OK;
    }
    if (cli->gate)
        *one = cli->gate->store.practice;
    else if (home_practice(cli->home, cli->domain, one, err))
        return err->rc;
    *ret_ids = one;
    *ret_n = 1;
    cli->is_one_of_many = false;
    return RC_OK;
}

/* The last one stays open: cli_main closes it. */
enum rc cli_open_practice(struct cli *cli, struct practice_id practice, struct err *err)
{
    struct gate *const gate = ARENA_NEW(cli->mem, struct gate);

    if (cli->gate && cli->gate->store.practice.v == practice.v)
        return RC_OK;
    if (cli->gate)
        gate_close(cli->gate);
    cli->gate = NULL;
    if (gate_open(cli->home, practice, gate, err))
        return err->rc;
    cli->gate = gate;
    return RC_OK;
}

void cli_say_practice(const struct cli *cli)
{
    if (cli->is_one_of_many)
        cli_say(cli, "\n%s\n", cli->gate->facts.domain);
}

int cli_each(struct cli *cli, cli_each_fn *run, void *ctx, struct json **ret_root)
{
    CLEANUP(json_free) struct json *list = json_array_new(), *root = NULL;
    struct practice_id *ids;
    struct err err;
    size_t n = 0;
    int code = cli_home(cli);

    if (code != CLI_GO_ON)
        return code;
    if (cli_practices(cli, &ids, &n, &err))
        return cli_fail(cli, &err);
    for (size_t i = 0; i < n; i++) {
        if (cli_open_practice(cli, ids[i], &err))
            return cli_fail(cli, &err);
        json_free(&root);
        code = run(cli, ctx, &root);
        if (code != CLI_GO_ON)
            return code;
        if (n > 1 && root) {
            json_set_str(root, "practice", cli->gate->facts.domain);
            json_push(list, &root);
        }
    }
    if (n > 1) {
        root = json_object_new();
        json_set(root, "practices", &list);
    }
    *ret_root = MOVE(root);
    return CLI_GO_ON;
}

/* "restore" of "restore --release": the first word of a command. */
static bool begins_command(const char *text)
{
    const size_t n = strcspn(text, " `,.;\n");

    for (size_t i = 0; n && i < COUNT_OF(commands); i++)
        if (strcspn(commands[i].words, " ") == n && !strncmp(commands[i].words, text, n))
            return true;
    return false;
}

const char *cli_called(const struct cli *cli, const char *text)
{
    static const char name[] = "postcircle ";
    const char *out = "", *at;

    while ((at = strstr(text, name))) {
        const char *const rest = at + strlen(name);

        out = begins_command(rest)
                  ? arena_printf(cli->mem, "%s%.*s%s %s%s%s%s%s%s", out, (int)(at - text), text, cli->program,
                                 cli->home_option ? "--home " : "", cli->home_option ? cli->home_option : "",
                                 cli->home_option ? " " : "", cli->domain ? "--practice " : "",
                                 cli->domain ? cli->domain : "", cli->domain ? " " : "")
                  : arena_printf(cli->mem, "%s%.*s", out, (int)(rest - text), text);
        text = rest;
    }
    return arena_printf(cli->mem, "%s%s", out, text);
}

/* ---- finding the command ---- */

/* Options that stand before or behind the command's words, taken out of argv. */
static int take_common(struct cli *cli, int argc, char **argv, int *ret_argc)
{
    const struct {
        const char *name;
        const char **to;
    } common[] = { { "--home", &cli->home_option }, { "--practice", &cli->domain } };
    bool is_rest = false;
    int n = 0;

    for (int i = 0; i < argc; i++) {
        bool is_taken = false;

        is_rest = is_rest || !strcmp(argv[i], "--");
        for (size_t c = 0; !is_rest && c < COUNT_OF(common); c++) {
            const size_t len = strlen(common[c].name);

            if (strncmp(argv[i], common[c].name, len) || (argv[i][len] && argv[i][len] != '='))
                continue;
            is_taken = true;
            if (argv[i][len] == '=')
                *common[c].to = argv[i] + len + 1;
            else if (i + 1 < argc)
                *common[c].to = argv[++i];
            else
                return cli_usage(cli, "%s needs a value", common[c].name);
            break;
        }
        if (!is_taken && !is_rest && !strcmp(argv[i], "--json"))
            cli->is_json = is_taken = true;
        if (!is_taken)
            argv[n++] = argv[i];
    }
    *ret_argc = n;
    return CLI_GO_ON;
}

/* "member add" before "member"; *ret_used is how many words it took. */
static const struct cli_command *find_command(int argc, char **argv, int *ret_used)
{
    for (int words = argc < 2 ? argc : 2; words > 0; words--)
        for (size_t i = 0; i < COUNT_OF(commands); i++) {
            const char *const name = commands[i].words;
            const char *const blank = strchr(name, ' ');
            const size_t first = blank ? (size_t)(blank - name) : strlen(name);

            if ((blank != NULL) != (words == 2) || strncmp(argv[0], name, first) || argv[0][first])
                continue;
            if (blank && strcmp(argv[1], blank + 1))
                continue;
            *ret_used = words;
            return &commands[i];
        }
    return NULL;
}

/* What begins with this word: "member add, member import". */
static int unknown_command(struct cli *cli, const char *word)
{
    struct err err = { .rc = RC_INPUT };
    const char *list = "";

    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (text_starts(commands[i].words, arena_printf(cli->mem, "%s ", word)))
            list = arena_printf(cli->mem, "%s%s%s", list, *list ? ", " : "", commands[i].words);
    if (*list)
        err_fill(&err, RC_INPUT, "which one? %s", list);
    else
        err_fill(&err, RC_INPUT, "there is no command \"%s\"; `postcircle --help` lists them", word);
    (void)cli_fail(cli, &err);
    return EX_USAGE;
}

static int print_version(const struct cli *cli)
{
    struct json *out = json_object_new();

    json_set_str(out, "version", POSTCIRCLE_VERSION);
    cli_put(cli, &out);
    cli_say(cli, "postcircle %s\n", POSTCIRCLE_VERSION);
    return EX_OK;
}

/* "member --help": its commands. */
static bool print_family(const char *word)
{
    const size_t n = strlen(word);
    bool has_any = false;

    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (!strncmp(commands[i].words, word, n) && commands[i].words[n] == ' ') {
            printf("  %-17s %s\n", commands[i].words, commands[i].help);
            has_any = true;
        }
    if (has_any)
        printf("\n`postcircle %s … --help` shows the options of one\n", word);
    return has_any;
}

/* "help member add" is "member add --help". */
static int help_with(struct cli *cli, int argc, char **argv)
{
    char help[] = "--help", *words[] = { help, NULL };
    int used = 0;
    const struct cli_command *const command = find_command(argc, argv, &used);

    if (!command)
        return print_family(argv[0]) ? EX_OK : unknown_command(cli, argv[0]);
    cli->words = command->words;
    return command->run(cli, 1, words);
}

static void close_cli(struct cli *cli)
{
    if (cli->gate) {
        wake_all(cli->home->path, WAKE_RELOAD); /* a running serve sees at once what was changed */
        gate_close(cli->gate);
    }
    home_close(&cli->home);
    arena_free(&cli->mem);
}

int cli_main(int argc, char **argv)
{
    CLEANUP(close_cli)
    struct cli cli = { .mem = arena_new("cli"), .words = "", .program = argc ? argv[0] : "postcircle" };
    const struct cli_command *command;
    int used = 0;
    int code;

    cli.who = (struct audit_who){ AUDIT_OPERATOR, (int64_t)getuid(), AUDIT_WAY_CLI };
    code = take_common(&cli, argc - 1, argv + 1, &argc);
    argv++;
    if (code != CLI_GO_ON)
        return code;
    if (argc && !strcmp(argv[0], "--version"))
        return print_version(&cli);
    if (argc > 1 && !strcmp(argv[0], "help"))
        return help_with(&cli, argc - 1, argv + 1);
    if (!argc || is_help(argv[0]) || !strcmp(argv[0], "help")) {
        print_commands(argc ? stdout : stderr);
        return argc ? EX_OK : EX_USAGE;
    }
    if (argc == 2 && is_help(argv[1]) && print_family(argv[0]))
        return EX_OK;
    command = find_command(argc, argv, &used);
    if (!command)
        return unknown_command(&cli, argv[0]);
    cli.words = command->words;
    code = command->run(&cli, argc - used, argv + used);
    if (fflush(stdout) && code == EX_OK)
        return EX_IOERR;
    return code;
}
