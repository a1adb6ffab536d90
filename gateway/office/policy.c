#include "gateway/office/policy.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/duty/test_page.h"
#include "gateway/home/program.h"
#include "gateway/office/address_check.h"
#include "gateway/people/daily_mail.h"
#include "gateway/people/enroll.h"
#include "gateway/practice/ours.h"
#include "gateway/practice/record.h"
#include "gateway/send/tls.h"
#include "gateway/triage/triage_model.h"
#include "inbound/authres.h"
#include "mailer/relay.h"
#include "schedules/hours.h"
#include "schedules/page_clock.h"
#include "schedules/quiet.h"
#include "gateway/visit/reminding.h"
#include "store/due.h"
#include "store/practice.h"

#include <assert.h>

#define DOMAINS_MAX 4000
#define AUTHSERV_ID_MAX 255

/* A form check takes a value that is not empty and may give back a tidier one. */
typedef enum rc check_fn(struct gate *gate, struct arena *mem, const char **value, struct err *err);

enum rc policy_check_domain(const char *text, struct arena *mem, const char **ret_domain, struct err *err)
{
    char *address;

    if (strchr(text, '@') || !strchr(text, '.') || text_address(arena_printf(mem, "x@%s", text), mem, &address, err))
        return err_set(err, RC_INPUT, "domain: a mail domain is expected, as groups.example.org");
    *ret_domain = address + 2;
    return RC_OK;
}

static enum rc check_domain(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    return policy_check_domain(*value, mem, value, err);
}

static enum rc check_line(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)err;
    *value = text_clean_line(mem, *value, strlen(*value));
    return RC_OK;
}

static enum rc check_phone(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    return enroll_check_phone(*value, mem, value, err);
}

/* "911", "112", "988", "(555) 555-0199": what a frightened person can dial. */
static enum rc check_short_phone(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    *value = text_clean_line(mem, *value, strlen(*value));
    if (strspn(*value, "0123456789+()-. ") != strlen(*value) || !strpbrk(*value, "0123456789"))
        return err_set(err, RC_INPUT, "a number to call is expected, as 911");
    return RC_OK;
}

static enum rc check_zone(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    return enroll_check_zone(*value, err);
}

static enum rc check_hours(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    struct hours hours;

    if (hours_parse(*value, gate->facts.holidays, gate->facts.zone, &hours, err))
        return err_wrap(err, "office-hours");
    *value = hours_print(&hours, mem);
    return RC_OK;
}

static enum rc check_holidays(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    struct hours hours;

    (void)mem;
    return hours_parse(HOURS_USUAL, *value, gate->facts.zone, &hours, err) ? err_wrap(err, "holidays") : RC_OK;
}

static enum rc check_relay(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    static const char *const forms[] = { "maildir:/", "maildir-each:/", "smtp://", "smtps://", "smtp+starttls://" };

    (void)gate;
    (void)mem;
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (text_starts(*value, forms[i]) && (*value)[strlen(forms[i])])
            return relay_check(*value, err) ? err_wrap(err, "relay") : RC_OK;
    return err_set(err, RC_INPUT,
                   "relay: smtp://127.0.0.1:25 (this host), smtps://HOST, smtp+starttls://HOST, maildir:/PATH or "
                   "maildir-each:/PATH");
}

/* A day at least, ten years at most. */
static enum rc check_retention(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    int64_t v;

    (void)gate;
    (void)mem;
    return text_to_int(*value, 1, 3650, &v, err) ? err_set(err, RC_INPUT, "retention-days: days, 1 to 3650") : RC_OK;
}

static enum rc check_language(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    return !strcmp(*value, "en") || !strcmp(*value, "es") ? RC_OK
                                                          : err_set(err, RC_INPUT, "language: en or es is expected");
}

static enum rc check_url(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    return text_starts(*value, "https://") && (*value)[8] ? RC_OK
                                                          : err_set(err, RC_INPUT, "public-url: https://… is expected");
}

static enum rc check_trust(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    int64_t v;

    (void)gate;
    (void)mem;
    return text_to_int(*value, AUTHRES_NOTHING, AUTHRES_PROFILE_COUNT - 1, &v, err) ? err_wrap(err, "trust") : RC_OK;
}

/* RFC 8601 2.5: one word, mostly the name of the server. */
static enum rc check_authserv_id(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    if (strlen(*value) > AUTHSERV_ID_MAX || strpbrk(*value, " \t;\"()") || !text_is_utf8(*value, strlen(*value)))
        return err_set(err, RC_INPUT, "authserv-id: one word is expected, as mx.example.org");
    return RC_OK;
}

/* "clinic.example.org clinic.example.com", a few. all: "*" counts too. */
static enum rc check_domains(const char *name, bool has_all, struct arena *mem, const char **value, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(DOMAINS_MAX);
    const char *at = *value;
    char *text;

    while (*(at += strspn(at, " ,"))) {
        const size_t n = strcspn(at, " ,");
        const char *domain = arena_strndup(mem, at, n);

        if (!(has_all && !strcmp(domain, "*")) && policy_check_domain(domain, mem, &domain, err))
            return err_set(err, RC_INPUT, "%s: mail domains are expected, as \"clinic.example.org\"%s", name,
                           has_all ? ", or *" : "");
        strbuf_printf(&out, "%s%s", out.len ? " " : "", domain);
        at += n;
    }
    if (strbuf_take(&out, mem, &text, err))
        return err_wrap(err, "%s", name);
    *value = text;
    return RC_OK;
}

static enum rc check_tenant_domains(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    return check_domains("tenant-domains", false, mem, value, err);
}

static enum rc check_require_tls(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    return check_domains("require-tls-domains", false, mem, value, err);
}

static enum rc check_enforces_tls(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    return check_domains("relay-enforces-tls", true, mem, value, err);
}

/* "circles", or the whole address when its domain is ours. */
static enum rc check_mailbox(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    const char *const at = strchr(*value, '@');
    const char *const name = text_fold(mem, at ? arena_strndup(mem, *value, (size_t)(at - *value)) : *value);
    const size_t n = strlen(name);

    if (at && !text_equals(at + 1, gate->facts.domain))
        return err_set(err, RC_INPUT,
                       "mailbox: it must be in the practice's mail domain: practice set domain NAME first");
    if (!n || n > OURS_MAILBOX_MAX || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != n)
        return err_set(err, RC_INPUT,
                       "mailbox: what stands before the @ is expected, at most %d letters, digits, . _ -",
                       OURS_MAILBOX_MAX);
    *value = name;
    return RC_OK;
}

static enum rc check_bounces(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    return !strcmp(*value, SETTING_BOUNCES_ENVELOPE) || !strcmp(*value, SETTING_BOUNCES_MESSAGE_ID)
               ? RC_OK
               : err_set(err, RC_INPUT, "bounces: envelope or message-id is expected");
}

static enum rc check_folder(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    return **value == '/' ? RC_OK : err_set(err, RC_INPUT, "templates: a whole path is expected, as /srv/texts");
}

static enum rc check_socket(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    return **value == '/' && strlen(*value) < 108
               ? RC_OK
               : err_set(err, RC_INPUT, "clamd: the whole path of its socket is expected, as /run/clamav/clamd.ctl");
}

static enum rc check_is_command(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    (void)value;
    return err_set(err, RC_INPUT, "the rota and the page contacts are set by `postcircle staff oncall`");
}

static enum rc check_page_clock(int tier, struct arena *mem, const char **value, struct err *err)
{
    struct page_clock clock;

    if (page_clock_parse(*value, tier, &clock, err))
        return err_wrap(err, "page-clock-%d", tier);
    *value = page_clock_print(&clock, mem);
    return RC_OK;
}

static enum rc check_page_clock_0(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    return check_page_clock(0, mem, value, err);
}

static enum rc check_page_clock_1(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    return check_page_clock(1, mem, value, err);
}

static enum rc check_page_clock_2(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    return check_page_clock(2, mem, value, err);
}

static enum rc check_review_hours(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    int64_t v;

    (void)gate;
    (void)mem;
    return text_to_int(*value, 1, 80, &v, err) ? err_set(err, RC_INPUT, "review-hours: office hours, 1 to 80") : RC_OK;
}

static enum rc check_daily_mail(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    int64_t minute;

    (void)gate;
    (void)mem;
    if (!strcmp(*value, DAILY_MAIL_OFF))
        return RC_OK;
    return enroll_check_minute(*value, &minute, err) ? err_set(err, RC_INPUT, "daily-mail: a time, as 07:30, or off")
                                                     : RC_OK;
}

static enum rc check_invite_days(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    int64_t v;

    (void)gate;
    (void)mem;
    return text_to_int(*value, 1, 60, &v, err) ? err_set(err, RC_INPUT, "visit-invite-days: 1 to 60 days") : RC_OK;
}

static enum rc check_reminders(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    struct reminding_offsets offsets;

    (void)gate;
    (void)mem;
    return reminding_parse(*value, &offsets, err);
}

static enum rc check_triage_model(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    return triage_model_page(*value) ? RC_OK : err_set(err, RC_INPUT, "triage-model: a score, 1 to 100, or off");
}

static enum rc check_test_page(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    struct test_page when;

    (void)gate;
    if (test_page_parse(*value, &when, err))
        return err_wrap(err, "test-page");
    *value = test_page_print(&when, mem);
    return RC_OK;
}

static enum rc check_program(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    return program_check(*value, err) ? err_wrap(err, "page-command") : RC_OK;
}

static enum rc check_text_hours(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    struct quiet quiet;

    *value = text_clean_line(mem, *value, strlen(*value));
    return quiet_parse(*value, gate->facts.holidays, gate->facts.zone, &quiet, err) ? err_wrap(err, "text-hours")
                                                                                    : RC_OK;
}

/* "About five a week" is what people said yes to. */
static enum rc check_text_week(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    int64_t v;

    (void)gate;
    (void)mem;
    return text_to_int(*value, 1, 14, &v, err) ? err_set(err, RC_INPUT, "text-week: texts, 1 to 14") : RC_OK;
}

static check_fn *const checks[SETTING_END] = { [SETTING_NAME] = check_line,
                                               [SETTING_OFFICE_PHONE] = check_phone,
                                               [SETTING_OFFICE_HOURS] = check_hours,
                                               [SETTING_HOLIDAYS] = check_holidays,
                                               [SETTING_EMERGENCY_LINE] = check_short_phone,
                                               [SETTING_DOMAIN] = check_domain,
                                               [SETTING_REPLY_DOMAIN] = check_domain,
                                               [SETTING_RELAY] = check_relay,
                                               [SETTING_ZONE] = check_zone,
                                               [SETTING_LANGUAGE] = check_language,
                                               [SETTING_PUBLIC_URL] = check_url,
                                               [SETTING_TRUST] = check_trust,
                                               [SETTING_MAILBOX] = check_mailbox,
                                               [SETTING_BOUNCES] = check_bounces,
                                               [SETTING_TENANT_DOMAINS] = check_tenant_domains,
                                               [SETTING_REQUIRE_TLS_DOMAINS] = check_require_tls,
                                               [SETTING_RELAY_ENFORCES_TLS] = check_enforces_tls,
                                               [SETTING_TEMPLATES] = check_folder,
                                               [SETTING_CLAMD] = check_socket,
                                               [SETTING_PAGE_COMMAND] = check_program,
                                               [SETTING_PAGE_CLOCK_0] = check_page_clock_0,
                                               [SETTING_PAGE_CLOCK_1] = check_page_clock_1,
                                               [SETTING_PAGE_CLOCK_2] = check_page_clock_2,
                                               [SETTING_TEST_PAGE] = check_test_page,
                                               [SETTING_DAILY_MAIL] = check_daily_mail,
                                               [SETTING_TRIAGE_MODEL] = check_triage_model,
                                               [SETTING_RETENTION_DAYS] = check_retention,
                                               [SETTING_REVIEW_HOURS_3] = check_review_hours,
                                               [SETTING_REVIEW_HOURS_4] = check_review_hours,
                                               [SETTING_AUTHSERV_ID] = check_authserv_id,
                                               [SETTING_VISIT_INVITE_DAYS] = check_invite_days,
                                               [SETTING_VISIT_REMINDERS] = check_reminders,
                                               [SETTING_TEXT_HOURS] = check_text_hours,
                                               [SETTING_TEXT_WEEK] = check_text_week,
                                               [SETTING_ROTA] = check_is_command,
                                               [SETTING_PAGE_CONTACTS] = check_is_command };

static_assert(TRIAGE_PAGE_USUAL == 42, "policy_form names it");

const char *policy_form(enum setting setting)
{
    static const char *const forms[SETTING_END] = {
        [SETTING_NAME] = "as patients know it: \"Lakeside Clinic\"",
        [SETTING_OFFICE_PHONE] = "7 to 15 digits: \"(555) 555-0100\"; stands under every letter",
        [SETTING_OFFICE_HOURS] = "days and hours: \"Mon-Fri 08:00-17:00\"",
        [SETTING_HOLIDAYS] = "days: \"2026-12-25 2027-01-01\"",
        [SETTING_EMERGENCY_LINE] = "a number to call: 911",
        [SETTING_DOMAIN] = "mail domain of the groups: groups.example.org",
        [SETTING_RELAY] = "smtp://127.0.0.1:25, smtps://USER@HOST, smtp+starttls://USER@HOST or maildir:/PATH",
        [SETTING_ZONE] = "time zone: America/New_York",
        [SETTING_AUTHSERV_ID] = "name with which the Authentication-Results of your mail server begin",
        [SETTING_PUBLIC_URL] = "https://… where your text provider reaches this machine (docs/text-providers.md)",
        [SETTING_TRUST] =
            "who is proved: 1 nobody, 2 by authserv-id, 3 Microsoft 365, 4 by authserv-id beside its own hop",
        [SETTING_MAILBOX] = "one mailbox for all groups: circles, for circles+GROUP@domain (docs/mailbox.md)",
        [SETTING_BOUNCES] = "how letters that came back are known: envelope, or message-id (connect finds out)",
        [SETTING_TENANT_DOMAINS] = "with trust 3: your domains in your own Microsoft 365 (docs/mailbox.md)",
        [SETTING_REQUIRE_TLS_DOMAINS] = "domains to which members' letters go under verified TLS alone (docs/tls.md)",
        [SETTING_RELAY_ENFORCES_TLS] = "domains to which your relay sends under verified TLS alone, or *; doctor looks",
        [SETTING_TLS_NOTICE] = "yes or no: who cannot be written to so gets a \"please call us\" (yes)",
        [SETTING_SOLO_RELEASE] = "yes or no: may one person release what needs two",
        [SETTING_ASK_PHOTO_WORDS] = "yes or no: are members asked what their photos show, for who cannot see them",
        [SETTING_LANGUAGE] = "en or es: of the practice and its job titles",
        [SETTING_TEMPLATES] = "whole path of a folder with texts of your own (HOME/templates)",
        [SETTING_CLAMD] = "whole path of a ClamAV daemon's socket: files are looked through before they are opened",
        [SETTING_PAGE_CONTACTS] = "set by `postcircle staff oncall`",
        [SETTING_ROTA] = "set by `postcircle staff oncall`",
        [SETTING_PAGE_COMMAND] = "whole path of a program that rings when nobody claims an alarm (docs/duty.md)",
        [SETTING_PAGE_CLOCK_0] =
            "calls of the gravest alarms, minutes: \"repeat 5 next 10,20 command 15 claim 15 done 60\"",
        [SETTING_PAGE_CLOCK_1] = "the same of a possible crisis",
        [SETTING_PAGE_CLOCK_2] = "the same of a possible medical problem",
        [SETTING_DAILY_MAIL] = "when the daily staff mail goes out: 07:30, or off; unset: as the office opens",
        [SETTING_TRIAGE_MODEL] =
            "score from which a note that reads like danger calls a person (42), or off; raising it takes two",
        [SETTING_TEST_PAGE] = "when the weekly test alarm goes out: \"Mon 10:00\"",
        [SETTING_REVIEW_HOURS_3] = "office hours in which a marked note should be decided (4)",
        [SETTING_REVIEW_HOURS_4] = "office hours in which any other note should be decided (8)",
        [SETTING_VISIT_INVITE_DAYS] = "how many days before a visit of a series people are asked to it (14)",
        [SETTING_VISIT_REMINDERS] = "when people are reminded of a visit: \"3d 1d 2h\" before it, or off",
        [SETTING_TEXT_PRICE] = "what one part of a text costs, in millionths of your money (12000 is 1.2 cents)",
        [SETTING_TEXT_BRAND_DAY] = "parts of texts a day that the carriers let you send (2000 for a small US practice)",
        [SETTING_TEXT_HOURS] =
            "when texts may go out: usual (9 to 20), a preset (docs/texts.md) or \"Mon-Sun 09:00-20:00\"",
        [SETTING_TEXT_WEEK] = "texts a week that one member gets at most (7)",
        [SETTING_RETENTION_DAYS] = "days that raw mail is kept after its decision, 1 to 3650 (30)",
    };

    return forms[setting];
}

enum rc policy_check(enum setting setting, const char *value, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check");
    struct gate nobodys = { .facts = { .zone = "UTC", .holidays = "" } };

    return checks[setting] ? checks[setting](&nobodys, mem, &value, err) : RC_OK;
}

/* Arriving mail finds its practice by these rows. */
static enum rc enter_domain(struct gate *gate, enum setting setting, const char *old, const char *value,
                            struct err *err)
{
    const enum domain_kind kind = setting == SETTING_DOMAIN ? DOMAIN_GROUPS : DOMAIN_REPLY;
    struct practice_id owner;
    enum rc rc;

    if (setting != SETTING_DOMAIN && setting != SETTING_REPLY_DOMAIN)
        return RC_OK;
    rc = old ? practice_remove_domain(gate->store.db, gate->store.practice, old, err) : RC_OK;
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (!value)
        return RC_OK;
    rc = practice_by_domain(gate->store.db, value, &owner, NULL, err);
    if (rc == RC_OK)
        return err_set(err, RC_CONFLICT, "this domain is in use already");
    if (rc != RC_NOT_FOUND)
        return rc;
    return practice_add_domain(gate->store.db, gate->store.practice, value, kind, err);
}

/* What could not be kept may be kept now: it is tried again, and told anew when it cannot. */
static enum rc forget_tls_told(struct gate *gate, enum setting setting, struct err *err)
{
    if (setting != SETTING_REQUIRE_TLS_DOMAINS && setting != SETTING_RELAY_ENFORCES_TLS && setting != SETTING_RELAY)
        return RC_OK;
    return address_forget_tls_told(&gate->store, err) ? err->rc : tls_works(gate, (struct address_id){ 0 }, err);
}

bool policy_moves_mail(enum setting setting)
{
    return setting == SETTING_DOMAIN || setting == SETTING_MAILBOX || setting == SETTING_RELAY;
}

/* The daily mail too, at once. */
static enum rc move_daily_mail(struct gate *gate, enum setting setting, struct err *err)
{
    if (setting != SETTING_DAILY_MAIL && setting != SETTING_ZONE && setting != SETTING_OFFICE_HOURS &&
        setting != SETTING_HOLIDAYS)
        return RC_OK;
    if (due_clear(&gate->store, JOB_DAILY_MAIL, 0, err))
        return err->rc;
    return daily_mail_begin(gate, err);
}

/* Its time is reckoned again when the gate is opened next (clock_begin). */
static enum rc move_test_page(struct gate *gate, enum setting setting, struct err *err)
{
    if (setting != SETTING_TEST_PAGE && setting != SETTING_ZONE)
        return RC_OK;
    return due_clear(&gate->store, JOB_TEST_PAGE, 0, err);
}

static int page_or_usual(const char *value)
{
    const int page = triage_model_page(value);

    return page ? page : TRIAGE_PAGE_USUAL;
}

static enum rc set(struct gate *gate, const struct audit_who *who, enum setting setting, const char *value,
                   bool is_agreed, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("policy");
    const char *old;

    assert(db_in_tx(gate->store.db));
    if (value && !*value)
        value = NULL;
    if (value && checks[setting] && checks[setting](gate, mem, &value, err))
        return err->rc;
    if (setting_get(&gate->store, setting, mem, &old, err))
        return err->rc;
    if ((!old && !value) || (old && value && !strcmp(old, value)))
        return RC_OK;
    if (setting == SETTING_TRIAGE_MODEL && page_or_usual(value) > page_or_usual(old) && !is_agreed)
        return err_set(err, RC_DENIED,
                       "triage-model: fewer notes would call a person, which takes two: postcircle triage score");
    if (setting_set(&gate->store, setting, value, err) || enter_domain(gate, setting, old, value, err) ||
        move_test_page(gate, setting, err) || forget_tls_told(gate, setting, err) ||
        record_act(gate, who, AUDIT_SETTING_SET, AUDIT_ITEM_SETTING, setting, old, value, err) ||
        gate_read_facts(gate, err) || (policy_moves_mail(setting) && address_check_reset(gate, who, err)))
        return err->rc;
    return move_daily_mail(gate, setting, err);
}

enum rc policy_set(struct gate *gate, const struct audit_who *who, enum setting setting, const char *value,
                   struct err *err)
{
    if (value && *value && !policy_form(setting))
        return err_set(err, RC_INPUT, "%s: nothing reads this setting in this version", setting_info(setting)->name);
    return set(gate, who, setting, value, false, err);
}

enum rc policy_set_agreed(struct gate *gate, const struct audit_who *who, enum setting setting, const char *value,
                          struct err *err)
{
    return set(gate, who, setting, value, true, err);
}
