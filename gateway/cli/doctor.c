/* postcircle doctor: looks at everything that must be right, and says what to do where it is not. Exit 1 when anything is red. */
#include "gateway/cli/doctor.h"

#include "base/io.h"

static const char *const level_words[] = { "ok", "warn", "RED" };

void doctor_tell(struct doctor *d, enum doctor_level level, const char *what, const char *found, const char *advice)
{
    struct json *object = json_object_new();
    const char *const called = advice ? cli_called(d->cli, advice) : NULL;

    json_set_str(object, "level", level == DOCTOR_RED ? "red" : level_words[level]);
    json_set_str(object, "what", what);
    json_set_str(object, "found", found);
    json_set_str(object, "advice", level ? called : NULL);
    if (d->cli->is_one_of_many && d->cli->gate)
        json_set_str(object, "practice", d->cli->gate->facts.domain);
    json_push(d->list, &object);
    d->counts[level]++;
    cli_say(d->cli, "%-5s %-20s %s\n", level_words[level], what, found);
    if (level && called)
        cli_say(d->cli, "%-26s → %s\n", "", called);
}

void doctor_tell_if(struct doctor *d, bool is_good, enum doctor_level bad, const char *what, const char *good,
                    const char *found, const char *advice)
{
    doctor_tell(d, is_good ? DOCTOR_OK : bad, what, is_good ? good : found, advice);
}

#define DOCTOR_ENTRY(name, of) { doctor_##name, DOCTOR_OF_##of },
static const struct {
    void (*look)(struct doctor *d);
    enum doctor_of of;
} checks[] = { DOCTOR_CHECKS(DOCTOR_ENTRY) };
#undef DOCTOR_ENTRY

/* What keeps the home from opening is the one thing to tell. */
static int tell_closed(struct doctor *d, const struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();

    doctor_tell(d, DOCTOR_RED, "home", err->msg,
                err->rc == RC_DENIED && strstr(err->msg, "runuser")
                    ? "nothing is wrong with the key: leave its owner as it is"
                    : "mend this first; doctor looks at the rest afterwards");
    json_set_bool(root, "ok", false);
    json_set(root, "checks", &d->list);
    cli_put(d->cli, &root);
    return 1;
}

static enum rc open_home(struct cli *cli, struct err *err)
{
    const char *path;

    if (home_find_path(cli->home_option, cli->mem, &path, err))
        return err->rc;
    return home_open(path, HOME_WITH_KEYS, &cli->home, err);
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

static void look(struct doctor *d)
{
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        if (checks[i].of == DOCTOR_OF_PRACTICE || !d->is_later)
            checks[i].look(d);
    d->is_later = true;
}

/* A practice that does not open is told, and the others are looked at all the same. */
static enum rc look_at_all(struct doctor *d, struct err *err)
{
    struct practice_id *ids;
    size_t n;

    if (cli_practices(d->cli, &ids, &n, err))
        return err->rc;
    if (n > 1 && d->anchor)
        return home_practice(d->cli->home, NULL, ids, err); /* an anchor is of one practice's record */
    for (size_t i = 0; i < n; i++) {
        if (!cli_open_practice(d->cli, ids[i], err)) {
            cli_say_practice(d->cli);
            look(d);
        } else if (n == 1) {
            return err->rc;
        } else {
            doctor_tell(d, DOCTOR_RED, "practice", err->msg, "mend this; what is of this practice was not looked at");
        }
    }
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
    if (read_anchor(&d, path, &err) || open_home(cli, &err) || look_at_all(&d, &err))
        return tell_closed(&d, &err);
    is_well = !d.counts[DOCTOR_RED];
    cli_say(cli, "\n%d ok, %d to look at, %d red\n", d.counts[DOCTOR_OK], d.counts[DOCTOR_WARN], d.counts[DOCTOR_RED]);
    root = json_object_new();
    json_set_bool(root, "ok", is_well);
    json_set(root, "checks", &d.list);
    cli_put(cli, &root);
    return is_well ? EX_OK : 1;
}
