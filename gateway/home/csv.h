/*
 * csv: one file of comma-separated values that a spreadsheet may open without running what people wrote.
 *
 * Shape    UTF-8, CRLF line ends, a header first, every cell in quotes. A cell that begins with = + - @ (or their full-width forms), a tab or a line
 *          break gets a ' in front, so that no program takes it for a formula; that includes phone numbers with a plus.
 *          The file has mode 0600, is written beside its name and gets it when it is whole: what stands there is whole.
 * Names    csv_free and its like are libcsv's: ours begin with csv_file_.
 * Owns     csv_file_free of one that was not finished takes the half file away.
 * Errors   RC_CONFLICT  there is a file of that name: it is left as it is      RC_TEMP  the disk
 * Source   RFC 4180; OWASP, CSV Injection (owasp.org/www-community/attacks/CSV_Injection, read 2026-11).
 */
#ifndef GATEWAY_HOME_CSV_H
#define GATEWAY_HOME_CSV_H

#include "base/err.h"

struct csv_file;

MUST_CHECK enum rc csv_file_new(const char *path, struct csv_file **ret_csv, struct err *err);
void csv_file_free(struct csv_file **csv);
/* NULL is an empty cell. What fails is told by csv_file_finish. */
void csv_file_row(struct csv_file *csv, const char *const *cells, size_t n);
MUST_CHECK enum rc csv_file_finish(struct csv_file *csv, struct err *err);

#endif
