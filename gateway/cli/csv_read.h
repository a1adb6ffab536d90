/*
 * csv_read: the rows of a CSV file, with the number of their first line. The only file of gateway/ that includes libcsv.
 *
 * Shape    Strict CSV (RFC 4180): a quote mark stands only where one can. Fields are clean lines of UTF-8 (text_clean_line); of a row with over
 *          CSV_READ_FIELDS_MAX fields the first are kept, and count tells how many there were.
 * Owns     Rows live in mem.
 * Errors   RC_INPUT  a quote mark where none can stand, or that is never closed; err names the line
 *          RC_LIMIT  over max rows
 * State    None.
 */
#ifndef GATEWAY_CLI_CSV_READ_H
#define GATEWAY_CLI_CSV_READ_H

#include "base/arena.h"
#include "base/err.h"

#define CSV_READ_FIELDS_MAX 32

struct csv_row {
    int line;
    const char *fields[CSV_READ_FIELDS_MAX];
    size_t count;
};

MUST_CHECK enum rc csv_read(const char *text, size_t n, size_t max, struct arena *mem, struct csv_row **ret_rows,
                            size_t *ret_n, struct err *err);

#endif
