/* postcircle staff calendar: the link that a staff member's calendar program subscribes to. */
#include "gateway/cli/cli.h"
#include "gateway/visit/staff_calendar.h"

struct calendar_words {
    bool is_new, is_end;
};

static enum rc change(struct cli *cli, const char *who, const struct calendar_words *w, const char **ret_url,
                      struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct person p;

    if (db_begin(cli->gate->store.db, &tx, err) || cli_find_person(cli, who, PERSON_STAFF, &p, err))
        return err->rc;
    if (p.state != PERSON_ACTIVE)
        return err_set(err, RC_INPUT, "this person has left the practice");
    if ((w->is_new || w->is_end) && staff_calendar_end(cli->gate, &cli->who, p.id, err) &&
        (w->is_end || err->rc != RC_NOT_FOUND))
        return err->rc == RC_NOT_FOUND ? err_set(err, RC_NOT_FOUND, "they have no calendar link") : err->rc;
    if (!w->is_end && staff_calendar_open(cli->gate, &cli->who, p.id, cli->mem, ret_url, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_staff_calendar(struct cli *cli, int argc, char **argv)
{
    struct calendar_words w = { 0 };
    const struct cli_option options[] = {
        { .name = "new", .help = "another link; the old one shows nothing any more", .flag = &w.is_new },
        { .name = "revoke", .help = "take the link back", .flag = &w.is_end },
    };
    const char *who, *url = NULL;
    struct json *out;
    struct err err;
    int code = cli_options(cli, "ADDRESS|NUMBER [options]", options, COUNT_OF(options), argc, argv, &who, 1);

    if (code == CLI_GO_ON && w.is_new && w.is_end)
        code = cli_usage(cli, "staff calendar takes --new or --revoke, not both");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (change(cli, who, &w, &url, &err))
        return cli_fail(cli, &err);
    if (!url) {
        cli_say(cli, "Taken back: the link shows nothing any more.\n");
        return EX_OK;
    }
    out = json_object_new();
    json_set_str(out, "url", url);
    cli_put(cli, &out);
    cli_say(
        cli,
        "%s\n\nSubscribe to it in Google Calendar, Outlook or Apple Calendar (\"from URL\", \"from web\"). It shows "
        "every visit\nwith neutral titles and numbers, and no patient's name. Whoever has the link can read it: give "
        "it to nobody.\n",
        url);
    if (!*cli->home->settings.web_listen)
        cli_warn(cli, "nothing answers at it yet: set [web] listen in postcircle.ini (docs/visits.md)");
    return EX_OK;
}
