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
    bool is_later; /* a practice behind the first: the home was looked at */
};

/* A red one makes doctor end with 1. */
enum doctor_level { DOCTOR_OK, DOCTOR_WARN, DOCTOR_RED };

/* One line: what was looked at, what was found, and (unless it is well) what to do about it. */
void doctor_tell(struct doctor *d, enum doctor_level level, const char *what, const char *found, const char *advice);
void doctor_tell_if(struct doctor *d, bool is_good, enum doctor_level bad, const char *what, const char *good,
                    const char *found, const char *advice);

/* clang-format off */
/* X(name, of): of the HOME, looked at once, or of each PRACTICE. */
#define DOCTOR_CHECKS(X) \
    X(key_file, HOME) X(arrival_key, HOME) X(database, HOME) X(audit, PRACTICE) X(templates, PRACTICE) X(lexicon, PRACTICE) X(serve, HOME) X(reader, HOME) \
    X(scanner, PRACTICE) X(process, HOME) X(domain, PRACTICE) X(group_addresses, PRACTICE) X(relay, PRACTICE) X(texts, PRACTICE) X(zoom, PRACTICE) X(tls, PRACTICE) X(staff, PRACTICE) X(staff_yes, PRACTICE) X(staff_texts, PRACTICE) X(staff_pins, PRACTICE) \
    X(page_command, PRACTICE) X(test_page, PRACTICE) X(pages, PRACTICE) X(releases, PRACTICE) X(waiting, PRACTICE) X(maildir, HOME) X(lmtp, HOME) \
    X(mailboxes, HOME) X(disk, HOME) X(clock, PRACTICE) X(node, HOME) X(backup, HOME) X(restored, PRACTICE)
/* clang-format on */
enum doctor_of { DOCTOR_OF_HOME, DOCTOR_OF_PRACTICE };
#define DOCTOR_DECLARE(name, of) void doctor_##name(struct doctor *d);
DOCTOR_CHECKS(DOCTOR_DECLARE)
#undef DOCTOR_DECLARE

#endif
