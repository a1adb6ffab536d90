/* postcircle group check: a mail to the group's address, and whether it comes back. */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/office/address_check.h"
#include "gateway/practice/ours.h"

#include <poll.h>

#define WAIT_SECONDS "60"
#define LOOK_MS 250

/* The sorter counts it, in another process. */
static enum rc wait_for_pass(struct cli *cli, struct care_group *group, int64_t wait_ms, bool *ret_came,
                             struct err *err)
{
    const int64_t until_ms = clock_steady_ms() + wait_ms, passes = group->address_passes;

    while (group->address_passes == passes && clock_steady_ms() < until_ms) {
        poll(NULL, 0, LOOK_MS);
        if (group_get(&cli->gate->store, group->id, cli->mem, group, err))
            return err->rc;
    }
    *ret_came = group->address_passes != passes;
    return RC_OK;
}

static int check(struct cli *cli, struct care_group *group, int64_t wait_ms)
{
    const char *const address = ours_write(cli->gate, group->slug, NULL, cli->mem);
    struct json *out;
    bool came = false;
    struct err err;

    cli_say(cli, "Sending a mail to %s, and waiting for it …\n", address);
    if (address_check_send(cli->gate, group, &err) || wait_for_pass(cli, group, wait_ms, &came, &err))
        return cli_fail(cli, &err);
    if (!came) {
        (void)err_set(&err, RC_TEMP,
                      "the mail to %s did not come back within %" PRId64
                      " s: is `postcircle serve` running, and is mail for this address routed here? It may still come",
                      address, wait_ms / MS_SECOND);
        return cli_fail(cli, &err);
    }
    out = json_object_new();
    json_set_bool(out, "came", came);
    cli_put(cli, &out);
    cli_say(cli, "It came back. Invitations go out.\n");
    return EX_OK;
}

void cli_check_addresses(struct cli *cli)
{
    size_t asked = 0;
    struct err err;

    if (address_check_ask(cli->gate, &asked, &err))
        cli_warn(cli, "A mail to look how letters arrive could not be sent: %s.\n", err.msg);
    if (asked)
        cli_say(cli,
                "A mail to each of %zu group%s is on its way; invitations wait until it has come back: postcircle "
                "group show GROUP\n",
                asked, asked == 1 ? "" : "s");
}

int cli_group_check(struct cli *cli, int argc, char **argv)
{
    const char *which, *wait = WAIT_SECONDS;
    const struct cli_option options[] = {
        { .name = "wait", .value = "SECONDS", .help = "for the mail (60)", .to = &wait },
    };
    struct care_group group;
    int64_t wait_s;
    struct err err;
    int code = cli_options(cli, "GROUP [options]", options, COUNT_OF(options), argc, argv, &which, 1);

    if (code == CLI_GO_ON && text_to_int(wait, 1, 3600, &wait_s, &err))
        code = cli_usage(cli, "--wait takes seconds, from 1 to 3600");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (cli_find_group(cli, which, &group, &err))
        return cli_fail(cli, &err);
    if (address_check_is_needed(cli->gate))
        return check(cli, &group, wait_s * MS_SECOND);
    cli_say(cli, "The relay of this practice writes into folders: there is nothing to check.\n");
    return cli_done(cli);
}
