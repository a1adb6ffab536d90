/* postcircle work --once */
#include "gateway/cli/cli.h"
#include "gateway/serve/work.h"

#include "base/log.h"
#include "gateway/home/process.h"

int cli_work(struct cli *cli, int argc, char **argv)
{
    bool is_once = false;
    const struct cli_option options[] = {
        { .name = "once", .help = "all due work of all roles until nothing is due, then end", .flag = &is_once },
    };
    int code = cli_options(cli, "--once", options, COUNT_OF(options), argc, argv, NULL, 0);
    CLEANUP(json_free) struct json *root = NULL;
    struct work_report report = { 0 };
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (!is_once)
        return cli_usage(cli, "say --once; `postcircle serve` works on and on");
    code = cli_home(cli);
    if (code != CLI_GO_ON)
        return code;
    log_setup(LOG_INFO, "work");
    if (process_catch(&err) || home_check_time(cli->home, &err) || work_once(cli->home, &report, &err))
        return cli_fail(cli, &err);
    root = json_object_new();
    json_set_int(root, "rounds", (int64_t)report.rounds);
    for (enum role_kind kind = 0; kind < ROLE_COUNT; kind++) {
        json_set_int(root, role_name(kind), (int64_t)report.did[kind]);
        cli_say(cli, "%-8s %zu\n", role_name(kind), report.did[kind]);
    }
    cli_put(cli, &root);
    return EX_OK;
}
