#include "gateway/cli/photo_files.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

const char *photo_files_name(const struct photo_row *photo, struct arena *mem)
{
    return arena_printf(mem, "%" PRId64 "-%" PRId64 ".jpg", photo->post.v, photo->place);
}

static enum rc save_one(const struct photo_row *photo, const char *folder, struct arena *mem, struct err *err)
{
    const char *path = arena_printf(mem, "%s/%s", folder, photo_files_name(photo, mem));
    CLEANUP(io_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return err_errno(err, errno == EEXIST ? RC_CONFLICT : RC_TEMP, "%s", path);
    if (io_write_all(fd, photo->jpeg, photo->n, err) || (fsync(fd) && err_errno(err, RC_TEMP, "%s", path))) {
        unlink(path);
        return err->rc;
    }
    return RC_OK;
}

enum rc photo_files_save(struct cli *cli, struct post_id post, const char *folder, struct arena *mem,
                         struct photo_row **ret_photos, size_t *ret_n, struct err *err)
{
    enum rc rc = photo_list(&cli->gate->store, post, mem, ret_photos, ret_n, err);

    for (size_t i = 0; !rc && folder && i < *ret_n; i++)
        rc = save_one(&(*ret_photos)[i], folder, mem, err);
    return rc;
}
