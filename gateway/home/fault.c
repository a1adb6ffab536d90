#include "gateway/home/fault.h"

#include "base/arena.h"
#include "base/io.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* The file, as it is: one machine writes and reads it. */
struct fault_file {
    struct {
        int64_t since_ms, last_ms; /* 0: well */
    } of[FAULT_COUNT];
    int64_t called_ms; /* 0: never */
    int64_t calls;     /* not audited yet */
    int64_t called_for;
};

const char *fault_name(enum fault fault)
{
    static const char *const names[FAULT_COUNT] = {
        [FAULT_INTAKE] = "intake", [FAULT_SORT] = "sort", [FAULT_CLOCK] = "clock",
        [FAULT_URGENT] = "urgent", [FAULT_MAIL] = "mail", [FAULT_RELAY] = "relay",
        [FAULT_READER] = "reader", [FAULT_DISK] = "disk", [FAULT_TEXT] = "text"
    };

    return (unsigned)fault < FAULT_COUNT ? names[fault] : "unknown";
}

/* Locked until the descriptor is closed. A file of another size (none yet, another version's) counts as empty. -1: it cannot be had. */
static int open_file(const char *home_path, struct fault_file *file)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fault");
    const int fd = open(arena_printf(mem, "%s/run/faults", home_path), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    *file = (struct fault_file){ .calls = 0 };
    if (fd >= 0 && (flock(fd, LOCK_EX) || pread(fd, file, sizeof *file, 0) != (ssize_t)sizeof *file))
        *file = (struct fault_file){ .calls = 0 };
    return fd;
}

static bool write_file(int fd, const struct fault_file *file)
{
    return fd >= 0 && pwrite(fd, file, sizeof *file, 0) == (ssize_t)sizeof *file;
}

void fault_prepare(const char *home_path)
{
    struct fault_file file;
    CLEANUP(io_close) int fd = open_file(home_path, &file);

    (void)write_file(fd, &file);
}

/* Steady time begins anew with the machine: what lies ahead of now is of its last life. */
static bool is_current(const struct fault_file *file, int fault, int64_t now_ms)
{
    const int64_t stale_ms = fault == FAULT_INTAKE ? FAULT_INTAKE_STALE_MS : FAULT_STALE_MS;

    return file->of[fault].since_ms && file->of[fault].last_ms <= now_ms && now_ms - file->of[fault].last_ms < stale_ms;
}

bool fault_note(const char *home_path, enum fault fault)
{
    const int64_t now_ms = clock_steady_ms();
    struct fault_file file;
    CLEANUP(io_close) int fd = open_file(home_path, &file);

    if (!is_current(&file, fault, now_ms))
        file.of[fault].since_ms = now_ms;
    file.of[fault].last_ms = now_ms;
    return write_file(fd, &file);
}

void fault_clear(const char *home_path, enum fault fault)
{
    struct fault_file file;
    CLEANUP(io_close) int fd = open_file(home_path, &file);

    if (!file.of[fault].since_ms)
        return;
    file.of[fault].since_ms = file.of[fault].last_ms = 0;
    (void)write_file(fd, &file);
}

bool fault_is_disk_full(const char *home_path)
{
    struct statvfs fs;

    return !statvfs(home_path, &fs) && (uint64_t)fs.f_bavail * fs.f_frsize < FAULT_DISK_FREE_BYTES;
}

bool fault_take_call(const char *home_path)
{
    const int64_t now_ms = clock_steady_ms();
    struct fault_file file;
    CLEANUP(io_close) int fd = open_file(home_path, &file);
    int64_t lasting = 0;

    for (int f = 0; f < FAULT_COUNT; f++)
        if (is_current(&file, f, now_ms) && file.of[f].last_ms - file.of[f].since_ms >= FAULT_PATIENCE_MS)
            lasting |= INT64_C(1) << f;
    if (!lasting || (file.called_ms && file.called_ms <= now_ms && now_ms - file.called_ms < FAULT_REST_MS))
        return false;
    file.called_ms = now_ms;
    file.called_for |= lasting;
    file.calls++;
    return write_file(fd, &file); /* else every look would page: the process that noted it has paged (distress_call) */
}

int64_t fault_calls_to_audit(const char *home_path, int64_t *ret_faults)
{
    struct fault_file file;
    CLEANUP(io_close) int fd = open_file(home_path, &file);

    *ret_faults = file.called_for;
    return fd < 0 ? 0 : file.calls;
}

void fault_audited(const char *home_path, int64_t calls)
{
    struct fault_file file;
    CLEANUP(io_close) int fd = open_file(home_path, &file);

    file.calls -= calls < file.calls ? calls : file.calls;
    if (!file.calls)
        file.called_for = 0;
    (void)write_file(fd, &file);
}
