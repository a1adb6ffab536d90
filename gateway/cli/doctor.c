/* postcircle doctor: looks at everything that must be right, and says what to do where it is not. Exit 1 when anything is red. */
#include "gateway/cli/doctor.h"

#include "base/io.h"

static const char *const level_words[] = { "ok", "warn", "RED" };

void doctor_tell(struct doctor *d, enum doctor_level level, const char *what, const char *found, const char *advice)
{
    struct json *object = json_object_new();

    json_set_str(object, "level", level == DOCTOR_RED ? "red" : level_words[level]);
    json_set_str(object, "what", what);
    json_set_str(object, "found", found);
    json_set_str(object, "advice", level ? advice : NULL);
    json_push(d->list, &object);
    d->counts[level]++;
    cli_say(d->cli, "%-5s %-18s %s\n", level_words[level], what, found);
    if (level && advice)
        cli_say(d->cli, "%-24s → %s\n", "", advice);
}

void doctor_tell_if(struct doctor *d, bool is_good, enum doctor_level bad, const char *what, const char *good,
                    const char *found, const char *advice)
{
    doctor_tell(d, is_good ? DOCTOR_OK : bad, what, is_good ? good : found, advice);
}

#define DOCTOR_ENTRY(name) doctor_##name,
static void (*const checks[])(struct doctor *d) = { DOCTOR_CHECKS(DOCTOR_ENTRY) };
#undef DOCTOR_ENTRY

/* What keeps the home from opening is the one thing to tell. */
static int tell_closed(struct doctor *d, const struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();

    doctor_tell(d, DOCTOR_RED, "home", err->msg, "mend this first; doctor looks at the rest afterwards");
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
    is_well = !d.counts[DOCTOR_RED];
    cli_say(cli, "\n%d ok, %d to look at, %d red\n", d.counts[DOCTOR_OK], d.counts[DOCTOR_WARN], d.counts[DOCTOR_RED]);
    root = json_object_new();
    json_set_bool(root, "ok", is_well);
    json_set(root, "checks", &d.list);
    cli_put(cli, &root);
    return is_well ? EX_OK : 1;
}
