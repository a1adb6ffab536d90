/* A library to preload: every fsync and fdatasync takes SLOW_SYNC_MS longer, as on a slow disk. What durability costs, shown by repeating. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_a_little(void)
{
    const char *text = getenv("SLOW_SYNC_MS");
    const long ms = text ? strtol(text, NULL, 10) : 5;
    const struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    nanosleep(&ts, NULL);
}

int fsync(int fd)
{
    wait_a_little();
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    wait_a_little();
    return (int)syscall(SYS_fdatasync, fd);
}
