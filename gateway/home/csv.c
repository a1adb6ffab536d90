#include "gateway/home/csv.h"

#include "base/io.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct csv_file {
    struct arena *mem;
    const char *path, *half; /* half: the name while it is written */
    FILE *out;
};

enum rc csv_file_new(const char *path, struct csv_file **ret_csv, struct err *err)
{
    CLEANUP(csv_file_free) struct csv_file *csv = calloc(1, sizeof *csv);
    int fd;

    if (!csv)
        abort();
    csv->mem = arena_new("csv");
    csv->path = arena_strdup(csv->mem, path);
    if (access(path, F_OK) == 0)
        return err_set(err, RC_CONFLICT, "%s exists already: name another file, or move that one away", path);
    csv->half = arena_printf(csv->mem, "%s.part-%d", path, (int)getpid());
    fd = open(csv->half, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        csv->half = NULL;
        return err_errno(err, RC_TEMP, "%s", path);
    }
    csv->out = fdopen(fd, "w");
    if (!csv->out)
        abort();
    *ret_csv = MOVE(csv);
    return RC_OK;
}

void csv_file_free(struct csv_file **csv)
{
    struct csv_file *c = *csv;

    if (!c)
        return;
    if (c->out)
        fclose(c->out);
    if (c->half)
        unlink(c->half);
    arena_free(&c->mem);
    free(c);
    *csv = NULL;
}

/* A spreadsheet looks at the first character that it shows. */
static bool is_formula(const char *cell)
{
    static const char *const starts[] = { "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠" };

    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (text_starts(cell, starts[i]))
            return true;
    return false;
}

void csv_file_row(struct csv_file *csv, const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *const cell = cells[i] ? cells[i] : "";

        fputs(i ? ",\"" : "\"", csv->out);
        if (is_formula(cell))
            fputc('\'', csv->out);
        for (const char *p = cell; *p; p++) {
            if (*p == '"')
                fputc('"', csv->out);
            fputc(*p, csv->out);
        }
        fputc('"', csv->out);
    }
    fputs("\r\n", csv->out);
}

/* link, not rename: a file that came there meanwhile stays. */
enum rc csv_file_finish(struct csv_file *csv, struct err *err)
{
    if (ferror(csv->out) || fflush(csv->out) || fsync(fileno(csv->out)))
        return err_errno(err, RC_TEMP, "%s", csv->path);
    if (link(csv->half, csv->path))
        return errno == EEXIST ? err_set(err, RC_CONFLICT, "%s exists already", csv->path)
                               : err_errno(err, RC_TEMP, "%s", csv->path);
    return RC_OK;
}
