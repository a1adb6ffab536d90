/*
 * export: what an export writes: one file for each kind of thing, into a folder that its caller made.
 *
 *              members.csv     people with their addresses and memberships        deliveries.csv  who got what, when
 *              posts.csv       what was written, and what became of it            audit.csv       who did what
 *              check-ins.csv   what members answered to check-ins
 *              letters.mbox    of a group: each letter as the group got it, addressed to the group, without anybody's own addresses
 *                              (tokens) or name; of a person: their own notes, as letters to the group
 *
 *              photos.csv      the photos that members sent along, made anew as they went out, and the folder photos with them; neither where there are none:
 *                              of a group those that were released, of a person their own
 *
 * Shape    Of one person it holds what is theirs (gateway/office/own) and their own rows; of a group or of all, everything.
 * Errors   Those of the store and of the disk.
 * State    Reads only.
 */
#ifndef GATEWAY_CLI_EXPORT_H
#define GATEWAY_CLI_EXPORT_H

#include "gateway/cli/cli.h"
#include "gateway/office/own.h"

enum export_part {
    EXPORT_MEMBERS,
    EXPORT_POSTS,
    EXPORT_AUDIT,
    EXPORT_DELIVERIES,
    EXPORT_MBOX,
    EXPORT_CHECK_INS,
    EXPORT_PHOTOS,
    EXPORT_PART_COUNT
};

struct export
{
    struct cli *cli;
    const char *folder;
    const struct care_group *groups; /* which ones */
    size_t group_count;
    const struct person *person; /* NULL: everybody of the groups */
    bool is_all;                 /* no group was named: the audit and staff mail too */
    struct own *own;             /* of the person */
    int64_t rows[EXPORT_PART_COUNT];
};

extern const char *const export_part_names[EXPORT_PART_COUNT];
extern const char *const export_file_names[EXPORT_PART_COUNT];
/* export_photos.c */
#define EXPORT_PHOTO_FOLDER "photos"
MUST_CHECK enum rc export_write_photos(struct export *x, struct err *err);
void export_remove_photos(const struct export *x);
MUST_CHECK enum rc export_write(struct export *x, enum export_part part, struct err *err);

#endif
