/* What doctor looks at of the ways in and out for mail. */
#include "gateway/cli/doctor.h"

#include "gateway/cli/reach.h"
#include "gateway/home/imap_login.h"
#include "gateway/home/lmtp_listen.h"
#include "gateway/intake/imap_role.h"
#include "gateway/intake/maildir_in.h"
#include "gateway/practice/mail_relay.h"
#include "inbound/authres.h"
#include "store/mailbox.h"

#include <sys/stat.h>

#define MAILBOX_TIMEOUT_MS (15 * MS_SECOND)

void doctor_domain(struct doctor *d)
{
    const struct practice_facts *const f = &d->cli->gate->facts;

    doctor_tell_if(d, *f->domain, DOCTOR_RED, "mail domain", f->domain, "none is set",
                   "postcircle practice set domain NAME");
    doctor_tell(d, DOCTOR_OK, "letters come back",
                f->has_plain_envelope ? "known by the Message-ID that reports quote" : "known by the envelope sender",
                NULL);
    if (f->trust == AUTHRES_TOP_WITHOUT_ID)
        doctor_tell(d, DOCTOR_OK, "proof of senders",
                    *f->tenant_domains ? "the border's topmost field counts, and mail inside the tenant"
                                       : "the border's topmost field counts",
                    NULL);
    else
        doctor_tell_if(
            d, (f->trust == AUTHRES_BY_ID || f->trust == AUTHRES_BESIDE_OWN_HOP) && *f->authserv_id, DOCTOR_RED,
            "proof of senders", arena_printf(d->cli->mem, "by %s", f->authserv_id),
            "authserv-id or trust is not set: nobody is proved, so every note is held as unverified and no "
            "decision by mail counts",
            "postcircle practice set authserv-id NAME (with which the Authentication-Results of your mail server "
            "begin)");
    if (*f->tenant_domains && f->trust != AUTHRES_TOP_WITHOUT_ID)
        doctor_tell(d, DOCTOR_WARN, "proof inside", "tenant-domains is set, and trust is not 3: it does nothing",
                    "postcircle practice set trust 3 (Microsoft 365), or take tenant-domains away");
}

void doctor_relay(struct doctor *d)
{
    struct transport relay = { 0 };
    struct err err;
    enum rc rc = mail_relay(d->cli->gate, &relay, &err);

    if (!rc)
        rc = reach_relay(d->cli->gate->facts.relay, &err);
    if (!rc)
        rc = transport_open(&relay, &err);
    doctor_tell_if(d, !rc, DOCTOR_RED, "relay", "it answers", err.msg,
                   "is the mail server up? postcircle practice set relay smtp://127.0.0.1:25");
    transport_free(&relay);
}

/* Mail that reached the folder and cannot reach a group: an alias or a domain that nobody told us. */
void doctor_maildir(struct doctor *d)
{
    const char *const path = d->cli->home->settings.receive_maildir;
    struct maildir_in_counts counts;
    struct err err;

    if (!*path)
        return;
    if (maildir_in_count(path, d->cli->home, &counts, &err)) {
        doctor_tell(d, DOCTOR_RED, "Maildir", err.msg,
                    "[receive] maildir in postcircle.ini must name a folder with new/ and cur/");
        return;
    }
    doctor_tell_if(d, !counts.nobodys, DOCTOR_WARN, "Maildir",
                   arena_printf(d->cli->mem, "mails that wait in it: %" PRId64, counts.waiting),
                   arena_printf(d->cli->mem, "in new/ and belong to nobody: %" PRId64, counts.nobodys),
                   "no field on top of them names an address in a domain of this home: look at them, take them away");
}

/* Who can connect is believed about the proof of senders: a Unix socket can be kept to the mail server, a port cannot. */
void doctor_lmtp(struct doctor *d)
{
    const char *const where = d->cli->home->settings.lmtp_listen, *const path = lmtp_listen_path(where);
    struct stat st = { .st_mode = 0 };
    struct err err;

    if (!*where)
        return;
    if (lmtp_knock(where, &err)) {
        doctor_tell(d, DOCTOR_RED, "LMTP", err.msg, "is serve running? Its log tells why the role lmtp does not start");
        return;
    }
    doctor_tell_if(d, path && !stat(path, &st) && !(st.st_mode & S_IRWXO), DOCTOR_WARN, "LMTP", "it answers",
                   "it answers, and any user of this machine can bring in mail that looks proved",
                   "[lmtp] listen = unix:PATH in postcircle.ini, in a folder for the mail server alone");
}

/* Signs in as the role does, and looks whether letters that were taken stay where they are. */
static void check_mailbox(struct doctor *d, const struct home_mailbox *box)
{
    CLEANUP(imap_free) struct imap *imap = NULL;
    const char *const what = arena_printf(d->cli->mem, "mailbox %s", box->name);
    const int64_t hour_ago_ms = clock_now_ms(clock_real()) - MS_HOUR;
    const char *names[IMAP_ROLE_FOLDERS_MAX];
    struct imap_folder folder;
    int64_t stuck = 0;
    struct err err;
    size_t n;
    enum rc rc = imap_role_folders(box, d->cli->mem, names, &n, &err);

    if (!rc)
        rc = imap_login(box, MAILBOX_TIMEOUT_MS, NULL, &imap, &err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = imap_select(imap, names[i], &folder, &err);
    if (!rc)
        rc = mailbox_letter_stuck(d->cli->home->db, box->name, hour_ago_ms, &stuck, &err);
    if (rc) {
        doctor_tell(
            d, DOCTOR_RED, what, err.msg,
            arena_printf(d->cli->mem,
                         "[imap %s] in postcircle.ini: is the server up, and are password, key and folders right?",
                         box->name));
        return;
    }
    doctor_tell_if(d, !stuck, DOCTOR_WARN, what,
                   imap_can_idle(imap) ? "it answers, and tells of new mail" : "it answers",
                   arena_printf(d->cli->mem, "letters that are stored and could not be moved: %" PRId64, stuck),
                   "is the mailbox full, or are the folders `done` and `trouble` locked?");
}

void doctor_mailboxes(struct doctor *d)
{
    for (size_t i = 0; i < d->cli->home->settings.mailbox_count; i++)
        check_mailbox(d, &d->cli->home->settings.mailboxes[i]);
}
