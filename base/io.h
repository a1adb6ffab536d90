/*
 * io: files and descriptors, whole and durable.
 *
 * Errors   RC_NOT_FOUND  no such file   RC_LIMIT  larger than the stated maximum   RC_TEMP  any other failure, with errno's text
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include "base/arena.h"
#include "base/err.h"

void io_close(int *fd); /* for CLEANUP; -1 is "none" */
MUST_CHECK enum rc io_write_all(int fd, const void *bytes, size_t n, struct err *err);
/* Reads up to n bytes until the end or n; ret_n tells how many. */
MUST_CHECK enum rc io_read_full(int fd, void *bytes, size_t n, size_t *ret_n, struct err *err);
MUST_CHECK enum rc io_read_file(const char *path, size_t max, struct arena *mem, char **ret_bytes, size_t *ret_n,
                                struct err *err);
/* Writes a temporary file beside path, syncs it, renames it over path and syncs the folder. */
MUST_CHECK enum rc io_write_file(const char *path, const void *bytes, size_t n, unsigned mode, struct err *err);
/* Makes one folder with the mode; an existing one is fine. */
MUST_CHECK enum rc io_make_dir(const char *path, unsigned mode, struct err *err);
MUST_CHECK enum rc io_sync_dir(const char *path, struct err *err);

#endif
