#include "gateway/cli/cli.h"
#include "gateway/home/process.h"

/* First of all: no core file and no debugger may see what people wrote. */
int main(int argc, char **argv)
{
    struct err err;

    if (process_harden(&err)) {
        fprintf(stderr, "postcircle: %s\n", err.msg);
        return EX_OSERR;
    }
    return cli_main(argc, argv);
}
