/* postcircle receive: one message on standard input, for the pipe transport of a mail server (Postfix pipe(8)).
 *
 * Exit codes, which the server acts on: 0 after the commit and never before; 64 the call is wrong; 67 the recipient's domain is not ours (the server tells
 * the sender); 75 for everything else. No home, no database, a full disk, a wrong setting: the message stays with the server and nothing is
 * lost, while a person mends it. */
#include "gateway/cli/cli.h"
#include "gateway/home/fault.h"
#include "gateway/intake/intake.h"

#include "base/log.h"

#include <unistd.h>

/* Standard error goes into the server's log: codes and field names only, by the contract of err. */
static int refuse(const struct cli *cli, const char *home_path, const struct err *err)
{
    if (home_path) /* serve pages when it lasts */
        (void)fault_note(home_path, FAULT_INTAKE);
    (void)cli_fail(cli, err);
    return EX_TEMPFAIL;
}

static int take(struct cli *cli, const char *from, const char *to)
{
    const struct intake intake = { .source = ARRIVAL_PIPE, .from = from, .to = to };
    struct intake_result result;
    const char *path = NULL;
    struct err err;
    enum rc rc;

    if (home_find_path(cli->home_option, cli->mem, &path, &err) || home_open(path, HOME_WITHOUT_KEYS, &cli->home, &err))
        return refuse(cli, path, &err);
    rc = intake_take(cli->home, &intake, STDIN_FILENO, &result, &err);
    if (rc == RC_NOT_FOUND) {
        (void)cli_fail(cli, &err);
        return EX_NOUSER;
    }
    if (rc)
        return refuse(cli, path, &err);
    fault_clear(path, FAULT_INTAKE);
    log_info("arrival_taken", KV(arrival, result.arrival.v), KV(practice, result.practice.v), KV(bytes, result.bytes));
    return EX_OK;
}

int cli_receive(struct cli *cli, int argc, char **argv)
{
    const char *from = NULL, *to = NULL;
    const struct cli_option options[] = {
        { .name = "from", .value = "ADDRESS", .help = "envelope sender; empty for a report", .to = &from },
        { .name = "to", .value = "ADDRESS", .help = "envelope recipient; else its fields tell", .to = &to },
    };
    const int code = cli_options(cli, "[options] < MESSAGE", options, COUNT_OF(options), argc, argv, NULL, 0);

    if (code != CLI_GO_ON)
        return code;
    log_setup(LOG_INFO, "receive");
    return take(cli, from, to);
}
