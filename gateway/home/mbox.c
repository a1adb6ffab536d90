#include "gateway/home/mbox.h"

#include "base/clock.h"
#include "schedules/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct mbox {
    FILE *out;
};

enum rc mbox_new(const char *path, struct mbox **ret_mbox, struct err *err)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct mbox *m;

    if (fd < 0)
        return errno == EEXIST ? err_set(err, RC_CONFLICT, "%s exists already", path)
                               : err_errno(err, RC_TEMP, "%s", path);
    m = calloc(1, sizeof *m);
    if (!m || !(m->out = fdopen(fd, "w")))
        abort();
    *ret_mbox = m;
    return RC_OK;
}

void mbox_free(struct mbox **mbox)
{
    if (!*mbox)
        return;
    if ((*mbox)->out)
        fclose((*mbox)->out);
    free(*mbox);
    *mbox = NULL;
}

/* "Tue Mar  3 16:00:00 2026" in UTC, as asctime writes it. */
static void write_from(FILE *out, int64_t ms)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    const int64_t day = ms / MS_DAY, second = ms % MS_DAY / MS_SECOND;
    int year, month, of_month;

    clock_civil_from_days(day, &year, &month, &of_month);
    fprintf(out, "From postcircle@localhost %s %s %2d %02d:%02d:%02d %d\n", days[zone_weekday(day)], months[month - 1],
            of_month, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60), year);
}

static void write_line(FILE *out, const char *line, size_t n)
{
    const size_t quotes = strspn(line, ">");

    if (n && line[n - 1] == '\r')
        n--;
    if (quotes < n && n - quotes >= 5 && !memcmp(line + quotes, "From ", 5))
        fputc('>', out);
    fwrite(line, 1, n, out);
    fputc('\n', out);
}

void mbox_add(struct mbox *mbox, const char *message, size_t n, int64_t date_ms)
{
    const char *const end = message + n;

    write_from(mbox->out, date_ms);
    while (message < end) {
        const char *const stop = memchr(message, '\n', (size_t)(end - message));
        const size_t len = (size_t)((stop ? stop : end) - message);

        write_line(mbox->out, message, len);
        message += len + 1;
    }
    fputc('\n', mbox->out);
}

enum rc mbox_finish(struct mbox *mbox, struct err *err)
{
    if (ferror(mbox->out) || fflush(mbox->out) || fsync(fileno(mbox->out)))
        return err_errno(err, RC_TEMP, "mbox");
    return RC_OK;
}
