/* The photos of an export: the part of export.h that writes them and their list. */
#include "gateway/cli/export.h"

#include "base/io.h"
#include "gateway/cli/photo_files.h"
#include "gateway/cli/sheet.h"

#include <dirent.h>
#include <unistd.h>

#define PAGE 200

static const char *const columns[] = { "post", "place", "file", "width", "height", "shows" };

/* The list begins with the first photo. */
struct album {
    struct export *x;
    const char *folder;
    struct csv_file *csv;
};

static void album_done(struct album *a)
{
    csv_file_free(&a->csv);
}

static enum rc begin(struct album *a, struct err *err)
{
    struct export *const x = a->x;

    if (a->csv)
        return RC_OK;
    a->folder = arena_printf(x->cli->mem, "%s/" EXPORT_PHOTO_FOLDER, x->folder);
    if (io_make_dir(a->folder, 0700, err) ||
        csv_file_new(arena_printf(x->cli->mem, "%s/%s", x->folder, export_file_names[EXPORT_PHOTOS]), &a->csv, err))
        return err->rc;
    csv_file_row(a->csv, columns, COUNT_OF(columns));
    return RC_OK;
}

static bool is_meant(const struct export *x, const struct post *p)
{
    if (!(p->flags & POST_FLAG_WITH_PHOTO))
        return false;
    return x->person ? p->author.v == x->person->id.v : p->published_seq != 0;
}

static enum rc put_photos(struct album *a, const struct post *p, struct arena *mem, struct err *err)
{
    struct export *const x = a->x;
    struct photo_row *photos = NULL;
    size_t n = 0;

    if (begin(a, err) || photo_files_save(x->cli, p->id, a->folder, mem, &photos, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const char *const cells[] = { sheet_number(x->cli, p->id.v),
                                      sheet_number(x->cli, photos[i].place),
                                      arena_printf(mem, EXPORT_PHOTO_FOLDER "/%s", photo_files_name(&photos[i], mem)),
                                      sheet_number(x->cli, photos[i].width),
                                      sheet_number(x->cli, photos[i].height),
                                      x->person ? own_words(x->own, photos[i].alt, mem) : photos[i].alt };

        csv_file_row(a->csv, cells, COUNT_OF(cells));
        x->rows[EXPORT_PHOTOS]++;
    }
    return RC_OK;
}

static enum rc put_group(struct album *a, const struct care_group *group, struct err *err)
{
    struct post_id after = { 0 };
    size_t n;

    do {
        CLEANUP(arena_free) struct arena *mem = arena_new("export_photos");
        struct post *posts = NULL;

        if (post_page(&a->x->cli->gate->store, group->id, after, PAGE, mem, &posts, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++) {
            CLEANUP(arena_free) struct arena *one = arena_new("export_photo");

            if (is_meant(a->x, &posts[i]) && put_photos(a, &posts[i], one, err))
                return err->rc;
            after = posts[i].id;
        }
    } while (n == PAGE);
    return RC_OK;
}

enum rc export_write_photos(struct export *x, struct err *err)
{
    CLEANUP(album_done) struct album a = { .x = x };

    for (size_t i = 0; i < x->group_count; i++)
        if (put_group(&a, &x->groups[i], err))
            return err_wrap(err, "photos");
    return a.csv ? csv_file_finish(a.csv, err) : RC_OK;
}

void export_remove_photos(const struct export *x)
{
    const char *const folder = arena_printf(x->cli->mem, "%s/" EXPORT_PHOTO_FOLDER, x->folder);
    DIR *const dir = opendir(folder);
    const struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (*entry->d_name != '.')
            unlink(arena_printf(x->cli->mem, "%s/%s", folder, entry->d_name));
    if (dir)
        closedir(dir);
    rmdir(folder);
}
