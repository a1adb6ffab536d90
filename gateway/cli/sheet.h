/*
 * sheet: a report as a table: aligned text, JSON objects with --json, or a CSV file with --csv.
 *
 * Shape    The header names the columns; the same names are JSON keys and the CSV's first line. With --csv the rows go to the file as they come and
 *          the terminal gets only their number.
 * State    sheet_row keeps the first error for sheet_end.
 */
#ifndef GATEWAY_CLI_SHEET_H
#define GATEWAY_CLI_SHEET_H

#include "gateway/cli/cli.h"
#include "gateway/home/csv.h"

/* Names of the columns; a terminal shows the first `shown` of them. */
struct sheet_form {
    const char *const *header;
    size_t columns, shown;
};

struct sheet {
    struct cli *cli;
    const struct sheet_form *form;
    size_t rows;
    struct csv_file *csv; /* or NULL */
    const char *csv_path;
    struct json *list;       /* with --json; taken by sheet_end */
    struct cli_table *table; /* else */
};

/* csv_path NULL: no file. */
MUST_CHECK enum rc sheet_begin(struct sheet *s, struct cli *cli, const struct sheet_form *form, const char *csv_path,
                               struct err *err);
void sheet_row(struct sheet *s, const char *const *cells);
/* Prints the table, or finishes the file; with --json puts the rows into root under `key`. */
MUST_CHECK enum rc sheet_end(struct sheet *s, struct json *root, const char *key, struct err *err);
void sheet_done(struct sheet *s); /* for CLEANUP */

/* "2026-11-22T02:10:00Z", "" for 0; a number, "" for 0. */
const char *sheet_time(struct cli *cli, int64_t ms);
const char *sheet_number(struct cli *cli, int64_t n);

/* A span of days in the practice's zone: "YYYY-MM-DD", the last one included. NULL is open: 0. */
struct sheet_span {
    int64_t from_ms, until_ms;
};
MUST_CHECK enum rc sheet_read_span(struct cli *cli, const char *from, const char *until, struct sheet_span *ret_span,
                                   struct err *err);

/* Reading who people are is an act of its own in the audit log. what: "who got post 12: 34 rows". */
MUST_CHECK enum rc sheet_note_read(struct cli *cli, enum audit_item kind, int64_t id, const char *what,
                                   struct err *err);

#endif
