/*
 * vfs_drop: a file system for SQLite that loses what was not synced, for one test program.
 *
 * Shape    vfs_drop_install makes it the default. Files are ordinary ones, opened by SQLite's own VFS; before the first change of a page-sized
 *          stretch since the last sync the old bytes are kept. vfs_drop_crash puts them all back, as a machine does that lost its power
 *          before anything but the synced bytes reached the disk. Shared memory and locks are passed on.
 * State    One per process; files beyond VFS_DROP_FILES are our mistake (assert).
 */
#ifndef TESTS_UNIT_VFS_DROP_H
#define TESTS_UNIT_VFS_DROP_H

#include <assert.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#define VFS_DROP_FILES 32

struct vfs_drop_undo {
    sqlite3_int64 at, size_before;
    unsigned char *old;
    int old_n;
    struct vfs_drop_undo *next; /* the one before: newest first */
};

struct vfs_drop_file {
    sqlite3_file base;
    struct vfs_drop_state *state;
    sqlite3_file *real;
};

struct vfs_drop_state {
    char path[512];
    struct vfs_drop_undo *undo;
};

static struct vfs_drop_state vfs_drop_states[VFS_DROP_FILES];
static sqlite3_vfs *vfs_drop_real;
static int vfs_drop_syncs;
static bool vfs_drop_ignores_sync; /* to see the test fail */

static struct vfs_drop_state *vfs_drop_find(const char *path)
{
    for (int i = 0; i < VFS_DROP_FILES; i++) {
        struct vfs_drop_state *s = &vfs_drop_states[i];

        if (!s->path[0])
            snprintf(s->path, sizeof s->path, "%s", path);
        if (strcmp(s->path, path) == 0)
            return s;
    }
    assert(!"VFS_DROP_FILES");
    return NULL;
}

static void vfs_drop_forget(struct vfs_drop_state *s)
{
    while (s->undo) {
        struct vfs_drop_undo *u = s->undo;

        s->undo = u->next;
        free(u->old);
        free(u);
    }
}

/* Keeps what stands at [at, at + n) and the file's size. */
static void vfs_drop_keep(struct vfs_drop_file *f, sqlite3_int64 at, int n)
{
    struct vfs_drop_undo *u;
    sqlite3_int64 size = 0;

    if (!f->state)
        return;
    u = calloc(1, sizeof *u);
    assert(u);
    f->real->pMethods->xFileSize(f->real, &size);
    u->at = at;
    u->size_before = size;
    u->old_n = at >= size ? 0 : (int)(size - at < n ? size - at : n);
    u->old = malloc((size_t)u->old_n + 1);
    assert(u->old);
    if (u->old_n)
        f->real->pMethods->xRead(f->real, u->old, u->old_n, at);
    u->next = f->state->undo;
    f->state->undo = u;
}

static void vfs_drop_crash(void)
{
    for (int i = 0; i < VFS_DROP_FILES; i++) {
        struct vfs_drop_state *s = &vfs_drop_states[i];
        const int fd = s->path[0] ? open(s->path, O_RDWR) : -1;

        for (struct vfs_drop_undo *u = s->undo; fd >= 0 && u; u = u->next) {
            assert(pwrite(fd, u->old, (size_t)u->old_n, u->at) == u->old_n);
            assert(ftruncate(fd, u->size_before) == 0);
        }
        if (fd >= 0)
            close(fd);
        vfs_drop_forget(s);
    }
}

#define VFS_DROP_REAL(f) (((struct vfs_drop_file *)(f))->real)
#define VFS_DROP_CALL(f, m, ...) VFS_DROP_REAL(f)->pMethods->m(VFS_DROP_REAL(f) __VA_OPT__(, ) __VA_ARGS__)

static int vfs_drop_close(sqlite3_file *f)
{
    const int code = VFS_DROP_CALL(f, xClose);

    sqlite3_free(VFS_DROP_REAL(f));
    return code;
}

static int vfs_drop_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return VFS_DROP_CALL(f, xRead, p, n, at);
}

static int vfs_drop_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    vfs_drop_keep((struct vfs_drop_file *)f, at, n);
    return VFS_DROP_CALL(f, xWrite, p, n, at);
}

static int vfs_drop_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    sqlite3_int64 before = 0;

    VFS_DROP_CALL(f, xFileSize, &before);
    if (before > size)
        vfs_drop_keep((struct vfs_drop_file *)f, size, (int)(before - size));
    return VFS_DROP_CALL(f, xTruncate, size);
}

static int vfs_drop_sync(sqlite3_file *f, int flags)
{
    struct vfs_drop_file *d = (struct vfs_drop_file *)f;

    vfs_drop_syncs++;
    if (d->state && !vfs_drop_ignores_sync)
        vfs_drop_forget(d->state);
    return VFS_DROP_CALL(f, xSync, flags);
}

static int vfs_drop_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return VFS_DROP_CALL(f, xFileSize, size);
}

static int vfs_drop_lock(sqlite3_file *f, int level)
{
    return VFS_DROP_CALL(f, xLock, level);
}

static int vfs_drop_unlock(sqlite3_file *f, int level)
{
    return VFS_DROP_CALL(f, xUnlock, level);
}

static int vfs_drop_check(sqlite3_file *f, int *out)
{
    return VFS_DROP_CALL(f, xCheckReservedLock, out);
}

static int vfs_drop_control(sqlite3_file *f, int op, void *arg)
{
    return VFS_DROP_CALL(f, xFileControl, op, arg);
}

static int vfs_drop_sector(sqlite3_file *f)
{
    return VFS_DROP_CALL(f, xSectorSize);
}

/* No promises of the device: SQLite must sync what it needs. */
static int vfs_drop_device(sqlite3_file *f)
{
    (void)f;
    return 0;
}

static int vfs_drop_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **pp)
{
    return VFS_DROP_CALL(f, xShmMap, page, size, extend, pp);
}

static int vfs_drop_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return VFS_DROP_CALL(f, xShmLock, offset, n, flags);
}

static void vfs_drop_shm_barrier(sqlite3_file *f)
{
    VFS_DROP_CALL(f, xShmBarrier);
}

static int vfs_drop_shm_unmap(sqlite3_file *f, int del)
{
    return VFS_DROP_CALL(f, xShmUnmap, del);
}

static const sqlite3_io_methods vfs_drop_methods = {
    .iVersion = 2,
    .xClose = vfs_drop_close,
    .xRead = vfs_drop_read,
    .xWrite = vfs_drop_write,
    .xTruncate = vfs_drop_truncate,
    .xSync = vfs_drop_sync,
    .xFileSize = vfs_drop_size,
    .xLock = vfs_drop_lock,
    .xUnlock = vfs_drop_unlock,
    .xCheckReservedLock = vfs_drop_check,
    .xFileControl = vfs_drop_control,
    .xSectorSize = vfs_drop_sector,
    .xDeviceCharacteristics = vfs_drop_device,
    .xShmMap = vfs_drop_shm_map,
    .xShmLock = vfs_drop_shm_lock,
    .xShmBarrier = vfs_drop_shm_barrier,
    .xShmUnmap = vfs_drop_shm_unmap,
};

static int vfs_drop_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    struct vfs_drop_file *d = (struct vfs_drop_file *)f;
    int code;

    (void)vfs;
    d->base.pMethods = NULL;
    d->real = sqlite3_malloc(vfs_drop_real->szOsFile);
    assert(d->real);
    memset(d->real, 0, (size_t)vfs_drop_real->szOsFile);
    code = vfs_drop_real->xOpen(vfs_drop_real, name, d->real, flags, out_flags);
    if (code != SQLITE_OK) {
        sqlite3_free(d->real);
        return code;
    }
    d->state = name ? vfs_drop_find(name) : NULL;
    d->base.pMethods = &vfs_drop_methods;
    return SQLITE_OK;
}

static void vfs_drop_install(void)
{
    static sqlite3_vfs vfs;

    vfs_drop_real = sqlite3_vfs_find(NULL);
    vfs = *vfs_drop_real;
    vfs.zName = "drop";
    vfs.szOsFile = sizeof(struct vfs_drop_file);
    vfs.xOpen = vfs_drop_open;
    vfs.pNext = NULL;
    assert(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

#endif
