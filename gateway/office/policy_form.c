#include "gateway/office/policy_form.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/duty/test_page.h"
#include "gateway/home/program.h"
#include "gateway/people/daily_mail.h"
#include "gateway/people/enroll.h"
#include "gateway/practice/ours.h"
#include "gateway/triage/triage_model.h"
#include "gateway/visit/reminding.h"
#include "inbound/authres.h"
#include "mailer/provider.h"
#include "mailer/relay.h"
#include "schedules/hours.h"
#include "schedules/page_clock.h"
#include "schedules/quiet.h"

#include <assert.h>

#define DOMAINS_MAX 4000
#define AUTHSERV_ID_MAX 255

/* A form check takes a value that is not empty and may give back a tidier one. */
typedef enum rc check_fn(struct gate *gate, struct arena *mem, const char **value, struct err *err);

enum rc policy_form_domain(const char *text, struct arena *mem, const char **ret_domain, struct err *err)
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
    return policy_form_domain(*value, mem, value, err);
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

static enum rc check_language(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    (void)gate;
    (void)mem;
    return !strcmp(*value, "en") || !strcmp(*value, "es") ? RC_OK
                                                          : err_set(err, RC_INPUT, "language: en or es is expected");
}

static enum rc check_url(struct gate *gate, struct arena *mem, const char **value, struct err *err)
{
    size_t n = strlen(*value);

    (void)gate;
    while (n && (*value)[n - 1] == '/')
        n--;
    *value = arena_strndup(mem, *value, n);
    return text_starts(*value, "https://") && provider_is_base_url(*value)
               ? RC_OK
               : err_set(err, RC_INPUT, "public-url: https://HOST is expected, perhaps with a port and a path");
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

        if (!(has_all && !strcmp(domain, "*")) && policy_form_domain(domain, mem, &domain, err))
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

static_assert(TRIAGE_PAGE_USUAL == 42, "its row names it");

/* form: for a person who types a value; NULL where nothing reads the setting. Then either a check or the range of a whole number, or neither. */
static const struct row {
    const char *form;
    check_fn *check;
    int64_t least, most;
} rows[SETTING_END] = {
    [SETTING_NAME] = { "as patients know it: \"Lakeside Clinic\"", .check = check_line },
    [SETTING_OFFICE_PHONE] = { "7 to 15 digits: \"(555) 555-0100\"; stands under every letter", .check = check_phone },
    [SETTING_OFFICE_HOURS] = { "days and hours: \"Mon-Fri 08:00-17:00\"", .check = check_hours },
    [SETTING_HOLIDAYS] = { "days: \"2026-12-25 2027-01-01\"", .check = check_holidays },
    [SETTING_EMERGENCY_LINE] = { "a number to call: 911", .check = check_short_phone },
    [SETTING_DOMAIN] = { "mail domain of the groups: groups.example.org", .check = check_domain },
    [SETTING_RELAY] = { "smtp://127.0.0.1:25, smtps://USER@HOST, smtp+starttls://USER@HOST or maildir:/PATH",
                        .check = check_relay },
    [SETTING_ZONE] = { "time zone: America/New_York", .check = check_zone },
    [SETTING_AUTHSERV_ID] = { "name with which the Authentication-Results of your mail server begin",
                              .check = check_authserv_id },
    [SETTING_PUBLIC_URL] = { "https://… where your text provider reaches this machine (docs/text-providers.md)",
                             .check = check_url },
    [SETTING_TRUST] = { "who is proved: 1 nobody, 2 by authserv-id, 3 Microsoft 365, 4 by authserv-id beside its own "
                        "hop",
                        NULL, AUTHRES_NOTHING, AUTHRES_PROFILE_COUNT - 1 },
    [SETTING_MAILBOX] = { "one mailbox for all groups: circles, for circles+GROUP@domain (docs/mailbox.md)",
                          .check = check_mailbox },
    [SETTING_BOUNCES] = { "how letters that came back are known: envelope, or message-id (connect finds out)",
                          .check = check_bounces },
    [SETTING_TENANT_DOMAINS] = { "with trust 3: your domains in your own Microsoft 365 (docs/mailbox.md)",
                                 .check = check_tenant_domains },
    [SETTING_REQUIRE_TLS_DOMAINS] = { "domains to which members' letters go under verified TLS alone (docs/tls.md)",
                                      .check = check_require_tls },
    [SETTING_RELAY_ENFORCES_TLS] = { "domains to which your relay sends under verified TLS alone, or *; doctor looks",
                                     .check = check_enforces_tls },
    [SETTING_TLS_NOTICE] = { .form = "yes or no: who cannot be written to so gets a \"please call us\" (yes)" },
    [SETTING_SOLO_RELEASE] = { .form = "yes or no: may one person release what needs two" },
    [SETTING_ASK_PHOTO_WORDS] = { .form =
                                      "yes or no: are members asked what their photos show, for who cannot see them" },
    [SETTING_LANGUAGE] = { "en or es: of the practice and its job titles", .check = check_language },
    [SETTING_TEMPLATES] = { "whole path of a folder with texts of your own (HOME/templates)", .check = check_folder },
    [SETTING_CLAMD] = { "whole path of a ClamAV daemon's socket: files are looked through before they are opened",
                        .check = check_socket },
    [SETTING_PAGE_CONTACTS] = { "set by `postcircle staff oncall`", .check = check_is_command },
    [SETTING_ROTA] = { "set by `postcircle staff oncall`", .check = check_is_command },
    [SETTING_PAGE_COMMAND] = { "whole path of a program that rings when nobody claims an alarm (docs/duty.md)",
                               .check = check_program },
    [SETTING_PAGE_CLOCK_0] = { "calls of the gravest alarms, minutes: \"repeat 5 next 10,20 command 15 claim 15 done "
                               "60\"",
                               .check = check_page_clock_0 },
    [SETTING_PAGE_CLOCK_1] = { "the same of a possible crisis", .check = check_page_clock_1 },
    [SETTING_PAGE_CLOCK_2] = { "the same of a possible medical problem", .check = check_page_clock_2 },
    [SETTING_DAILY_MAIL] = { "when the daily staff mail goes out: 07:30, or off; unset: as the office opens",
                             .check = check_daily_mail },
    [SETTING_TRIAGE_MODEL] = { "score from which a note that reads like danger calls a person (42), or off; raising it "
                               "takes two",
                               .check = check_triage_model },
    [SETTING_TEST_PAGE] = { "when the weekly test alarm goes out: \"Mon 10:00\"", .check = check_test_page },
    [SETTING_REVIEW_HOURS_3] = { "office hours in which a marked note should be decided (4)", NULL, 1, 80 },
    [SETTING_REVIEW_HOURS_4] = { "office hours in which any other note should be decided (8)", NULL, 1, 80 },
    [SETTING_VISIT_INVITE_DAYS] = { "how many days before a visit of a series people are asked to it (14)", NULL, 1,
                                    60 },
    [SETTING_VISIT_REMINDERS] = { "when people are reminded of a visit: \"3d 1d 2h\" before it, or off",
                                  .check = check_reminders },
    [SETTING_TEXT_PRICE] = { "what one part of a text costs, in millionths of your money (12000 is 1.2 cents)", NULL, 0,
                             10000000 },
    [SETTING_TEXT_BRAND_DAY] = { "parts of texts a day that the carriers let you send (2000 for a small US practice)",
                                 NULL, 1, 1000000 },
    [SETTING_TEXT_HOURS] = { "when texts may go out: usual (9 to 20), a preset (docs/texts.md) or \"Mon-Sun "
                             "09:00-20:00\"",
                             .check = check_text_hours },
    [SETTING_TEXT_WEEK] = { "texts a week that one member gets at most (7)", NULL, 1, 14 },
    [SETTING_RETENTION_DAYS] = { "days that raw mail is kept after its decision, 1 to 3650 (30)", NULL, 1, 3650 },
    [SETTING_REPLY_DOMAIN] = { .check = check_domain },
};

const char *policy_form_words(enum setting setting)
{
    return rows[setting].form;
}

enum rc policy_form_check(struct gate *gate, enum setting setting, struct arena *mem, const char **value,
                          struct err *err)
{
    const struct row *const row = &rows[setting];
    int64_t v;

    if (row->check)
        return row->check(gate, mem, value, err);
    if (row->most && text_to_int(*value, row->least, row->most, &v, err))
        return err_set(err, RC_INPUT, "%s: a whole number from %" PRId64 " to %" PRId64 " is expected",
                       setting_info(setting)->name, row->least, row->most);
    return RC_OK;
}

enum rc policy_form_check_alone(enum setting setting, const char *value, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check");
    struct gate nobodys = { .facts = { .zone = "UTC", .holidays = "" } };

    return policy_form_check(&nobodys, setting, mem, &value, err);
}
