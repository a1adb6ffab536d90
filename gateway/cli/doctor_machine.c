/* What doctor looks at on this machine: keys, database, disk, processes, clock. */
#include "gateway/cli/doctor.h"

#include "base/text.h"
#include "gateway/home/process.h"
#include "gateway/home/reader_check.h"
#include "gateway/serve/serve.h"
#include "schedules/zone.h"
#include "store/health.h"
#include "store/migrate.h"
#include "inbound/clamd.h"
#include "store/setting.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#define DISK_RED_MB 200
#define DISK_WARN_MB 2000
#define BACKUPS_MAX 20000
#define BACKUP_LATE_MS (2 * MS_DAY)

void doctor_key_file(struct doctor *d)
{
    const char *const path = d->cli->home->settings.key_file;
    struct stat st;

    if (stat(path, &st)) {
        doctor_tell(d, DOCTOR_RED, "key file", "it is not there",
                    "bring back the key file: without it nothing can be read");
        return;
    }
    doctor_tell_if(d, !(st.st_mode & 077), DOCTOR_RED, "key file", "only its owner can read it", "others can read it",
                   arena_printf(d->cli->mem, "chmod 600 %s", path));
    doctor_tell_if(d, !text_starts(path, arena_printf(d->cli->mem, "%s/", d->cli->home->path)), DOCTOR_RED, "key place",
                   "it lies outside the home", "it lies inside the home, so every backup opens itself",
                   "move it elsewhere");
}

void doctor_database(struct doctor *d)
{
    const char *wrong;
    int64_t version;
    struct err err;

    if (migrate_version(d->cli->home->db, &version, &err))
        doctor_tell(d, DOCTOR_RED, "database", err.msg, "restore the newest backup");
    else if (health_check_database(d->cli->home->db, d->cli->mem, &wrong, &err))
        doctor_tell(d, DOCTOR_RED, "database", err.msg, "restore the newest backup");
    else
        doctor_tell_if(d, !wrong, DOCTOR_RED, "database", arena_printf(d->cli->mem, "sound, schema %" PRId64, version),
                       "damaged", "stop serve and restore the newest backup");
}

void doctor_arrival_key(struct doctor *d)
{
    struct crypt_key stored, public;
    CLEANUP(crypt_key_wipe) struct crypt_key secret;
    struct err err;

    keys_arrival_pair(d->cli->home->keys, &public, &secret);
    doctor_tell_if(
        d, !keys_arrival_public(d->cli->home->db, &stored, &err) && crypt_is_equal(stored.b, public.b, sizeof stored.b),
        DOCTOR_RED, "arrival key", "what comes in is sealed to our key", "mail is sealed to another key",
        "the key file or the database belongs to another installation");
}

void doctor_disk(struct doctor *d)
{
    struct statvfs fs;
    int64_t mb;

    if (statvfs(d->cli->home->path, &fs)) {
        doctor_tell(d, DOCTOR_WARN, "disk", "its free space cannot be told", "look at the disk");
        return;
    }
    mb = (int64_t)(fs.f_bavail * (uint64_t)fs.f_frsize >> 20);
    doctor_tell(d,
                mb < DISK_RED_MB    ? DOCTOR_RED
                : mb < DISK_WARN_MB ? DOCTOR_WARN
                                    : DOCTOR_OK,
                "disk", arena_printf(d->cli->mem, "%" PRId64 " MB free", mb),
                "make room: mail that comes in waits when the disk is full");
}

void doctor_process(struct doctor *d)
{
    doctor_tell_if(d, process_is_hardened(), DOCTOR_RED, "core dumps", "off",
                   "a core file could hold what people wrote", "ulimit -c 0, and no sanitizer build for real use");
}

void doctor_reader(struct doctor *d)
{
    const char *missing;
    struct err err;

    if (reader_check(d->cli->mem, &missing, &err)) {
        doctor_tell(d, DOCTOR_RED, "reader of mail", err.msg,
                    "postcircle-parse and postcircle-photo must stand beside postcircle or be installed");
        return;
    }
    doctor_tell_if(d, !*missing, DOCTOR_RED, "reader of mail", "closed: seccomp, Landlock, limits",
                   arena_printf(d->cli->mem, "without %s%s", missing,
                                d->cli->home->settings.allow_open_reader ? "; [limits] allow_open_reader lets it" : ""),
                   READER_CHECK_ADVICE);
}

void doctor_scanner(struct doctor *d)
{
    const char *path = NULL;
    struct err err;

    if (setting_get(&d->cli->gate->store, SETTING_CLAMD, d->cli->mem, &path, &err)) {
        doctor_tell(d, DOCTOR_RED, "virus check", err.msg, "look at the database first");
        return;
    }
    if (!path || !*path)
        return; /* not wanted */
    doctor_tell_if(d, clamd_ping(path, &err) == RC_OK, DOCTOR_RED, "virus check", "ClamAV answers",
                   "ClamAV does not answer: notes with photos or files wait",
                   "start clamav-daemon and let this user into its socket, or practice set clamd with another path");
}

void doctor_clock(struct doctor *d)
{
    const char *const zone = d->cli->gate->facts.zone;
    char version[ZONE_VERSION_SIZE];

    zone_version(version);
    doctor_tell_if(d, zone_is_name(zone), DOCTOR_RED, "time zone",
                   arena_printf(d->cli->mem, "%s, tzdata %s", zone, *version ? version : "?"),
                   "this machine does not know the practice's zone",
                   "apt-get install tzdata, or practice set zone NAME");
    if (d->cli->home->fixed_now_ms)
        doctor_tell(d, DOCTOR_WARN, "clock", "POSTCIRCLE_NOW is set: time stands still", "unset it");
}

/* When the newest copy was made that the record of the open practice tells of; 0: none. */
static enum rc newest_backup(struct doctor *d, int64_t *ret_ms, struct err *err)
{
    struct store *const st = &d->cli->gate->store;
    struct audit_entry *entries;
    size_t n;

    if (audit_list(st, AUDIT_ITEM_PRACTICE, st->practice.v, 0, BACKUPS_MAX, d->cli->mem, &entries, &n, err))
        return err->rc;
    *ret_ms = 0;
    for (size_t i = 0; i < n; i++)
        if (entries[i].verb == AUDIT_BACKUP_MADE)
            *ret_ms = entries[i].at_ms;
    return RC_OK;
}

/* PostgreSQL is copied by tools of its own, which tell us nothing. */
void doctor_backup(struct doctor *d)
{
    static const char advice[] = "every night: postcircle backup --replace FILE (docs/run.md)";
    struct store *const st = &d->cli->gate->store;
    const int64_t now_ms = gate_now_ms(d->cli->gate);
    int64_t made_ms, last_ms = 0;
    struct err err;

    if (d->cli->home->made_for == HOME_FOR_DEMO || !text_starts(d->cli->home->settings.database_url, "sqlite:"))
        return;
    if (practice_created_ms(st->db, st->practice, &made_ms, &err) || newest_backup(d, &last_ms, &err))
        doctor_tell(d, DOCTOR_RED, "last backup", err.msg, "look at the database first");
    else if (last_ms)
        doctor_tell(d, now_ms - last_ms > BACKUP_LATE_MS ? DOCTOR_WARN : DOCTOR_OK, "last backup",
                    arena_printf(d->cli->mem, "%" PRId64 " days ago", (now_ms - last_ms) / MS_DAY), advice);
    else
        doctor_tell_if(d, now_ms - made_ms <= BACKUP_LATE_MS, DOCTOR_WARN, "last backup", "none yet; the home is new",
                       "none was ever made", advice);
}

void doctor_node(struct doctor *d)
{
    doctor_tell_if(d, d->cli->home->node.until_ms > clock_now_ms(clock_real()), DOCTOR_RED, "node number",
                   arena_printf(d->cli->mem, "%" PRId64 ", leased", d->cli->home->node.node), "the lease is over",
                   "is the clock of this machine right?");
}

void doctor_serve(struct doctor *d)
{
    doctor_tell_if(
        d, serve_pid(d->cli->home->path) > 0, DOCTOR_WARN, "serve", "runs",
        "does not run: mail that comes in waits, nothing goes out",
        arena_printf(d->cli->mem, "systemctl start postcircle, or postcircle --home %s serve", d->cli->home->path));
}
