/*
 * doctor: the things that `postcircle doctor` looks at, each a function that tells one line or more.
 *
 * Shape    A new check is one function in a doctor_*.c file and one name in DOCTOR_CHECKS, where the order of the lines stands.
 * Errors   None are returned: what could not be looked at is told too.
 */
#ifndef GATEWAY_CLI_DOCTOR_H
#define GATEWAY_CLI_DOCTOR_H

#include "gateway/cli/cli.h"

struct doctor {
    struct cli *cli;
    const char *anchor; /* of the audit log, or NULL */
    struct json *list;
    int counts[3];
};

/* A red one makes doctor end with 1. */
enum doctor_level { DOCTOR_OK, DOCTOR_WARN, DOCTOR_RED };

/* One line: what was looked at, what was found, and (unless it is well) what to do about it. */
void doctor_tell(struct doctor *d, enum doctor_level level, const char *what, const char *found, const char *advice);
void doctor_tell_if(struct doctor *d, bool is_good, enum doctor_level bad, const char *what, const char *good,
                    const char *found, const char *advice);

/* clang-format off */
#define DOCTOR_CHECKS(X) \
    X(key_file) X(arrival_key) X(database) X(audit) X(templates) X(lexicon) X(serve) X(reader) X(scanner) \
    X(process) X(domain) X(group_addresses) X(relay) X(tls) X(staff) X(page_command) X(test_page) X(pages) X(releases) \
    X(waiting) X(maildir) X(lmtp) X(mailboxes) X(disk) X(clock) X(node) X(restored)
/* clang-format on */
#define DOCTOR_DECLARE(name) void doctor_##name(struct doctor *d);
DOCTOR_CHECKS(DOCTOR_DECLARE)
#undef DOCTOR_DECLARE

#endif
