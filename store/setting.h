/*
 * setting: what a practice decided about itself, as sealed rows. What describes this machine stands in postcircle.ini.
 *
 * Shape    Every value is text; its kind says what text. The table of names is what `practice set NAME VALUE` and `practice show` speak.
 * Errors   RC_INPUT      setting_set: the value is not of its kind, or has over SETTING_MAX_BYTES; err names the setting
 *          RC_NOT_FOUND  setting_find: no setting of that name
 *          RC_CORRUPT    a value does not open
 * State    setting_set needs an open transaction. Auditing a change is the caller's.
 */
#ifndef STORE_SETTING_H
#define STORE_SETTING_H

#include "store/store.h"

#define SETTING_MAX_BYTES 8192

/* Stored, and part of each sealed value's place: append only. */
enum setting {
    SETTING_NAME = 1,         /* "Lakeside Clinic" */
    SETTING_OFFICE_PHONE = 2, /* as patients are to read it */
    SETTING_OFFICE_HOURS = 3, /* "Mon-Fri 08:00-17:00" */
    SETTING_HOLIDAYS = 4,     /* "2026-12-25 2027-01-01" */
    SETTING_EMERGENCY_LINE = 5,
    SETTING_DOMAIN = 6,
    SETTING_RELAY = 7, /* URL */
    SETTING_ZONE = 8,  /* IANA */
    SETTING_AUTHSERV_ID = 9,
    SETTING_PAGE_COMMAND = 10,
    SETTING_PUBLIC_URL = 11,
    SETTING_TRUST = 12, /* enum auth_trust */
    SETTING_SOLO_RELEASE = 13,
    SETTING_REPLY_DOMAIN = 14, /* TOKEN@ lives here */
    SETTING_LANGUAGE = 15,     /* "en", "es" */
    SETTING_TEMPLATES = 16,    /* folder of the practice's own texts */
    SETTING_PAGE_CONTACTS = 17,
    SETTING_ROTA = 18,
    SETTING_SMS_NUMBER = 19,
    SETTING_SMS_PROVIDER = 20,
    SETTING_CRISIS_LINE = 21, /* "988" */
    SETTING_MODERATOR_TITLE = 22,
    SETTING_RATE_PER_MINUTE = 23, /* what the relay takes */
    SETTING_RETENTION_DAYS = 24,  /* of raw arrivals after their decision */
    SETTING_PAGE_CLOCK_0 = 25,    /* calls of alarms, by tier: schedules/page_clock */
    SETTING_PAGE_CLOCK_1 = 26,
    SETTING_PAGE_CLOCK_2 = 27,
    SETTING_TEST_PAGE = 28,      /* "Mon 10:00" */
    SETTING_REVIEW_HOURS_3 = 29, /* office hours in which a note of tier 3 should be decided */
    SETTING_REVIEW_HOURS_4 = 30,
    SETTING_WORD_LISTS = 31,          /* the hash of the word lists that staff were told of last */
    SETTING_DAILY_MAIL = 32,          /* "07:30", "off"; unset: as the office opens */
    SETTING_TRIAGE_MODEL = 33,        /* "60", "off": the score from which the model of triage calls a person */
    SETTING_LISTS_HELD = 34,          /* the hash of the change of the word lists that staff were told of last */
    SETTING_BOUNCE_WATCH = 35,        /* gateway/digest/breaker: whose letters came back within the hour */
    SETTING_TENANT_DOMAINS = 36,      /* "clinic.example.org": mail inside it may be proved by inbound/authres_inside */
    SETTING_ASK_PHOTO_WORDS = 37,     /* are authors asked what their photos show */
    SETTING_REQUIRE_TLS_DOMAINS = 38, /* "example.net": members' letters go there under verified TLS alone */
    SETTING_RELAY_ENFORCES_TLS = 39,  /* "example.net", "*": where the relay itself sends under verified TLS alone */
    SETTING_TLS_NOTICE = 40,          /* no: who cannot be written to so gets no "please call us" */
    SETTING_CLAMD = 41,               /* path of the socket of a ClamAV daemon */
    SETTING_BOUNCES = 42, /* SETTING_BOUNCES_…, unset is the envelope: how a letter that came back is known */
    SETTING_MAILBOX = 43, /* "circles": all groups live behind the plus of this one mailbox */
    SETTING_VISIT_INVITE_DAYS = 44, /* of series: how long before a visit people are asked */
    SETTING_VISIT_REMINDERS = 45,   /* "3d 1d 2h", "off" */
    SETTING_TEXT_PRICE = 46,        /* millionths of the currency for one part of a text */
    SETTING_TEXT_BRAND_DAY = 47,    /* parts a day that carriers let the practice's brand send */
    SETTING_TEXT_HOURS = 48,        /* schedules/quiet: when texts may go out */
    SETTING_TEXT_WEEK = 49,         /* texts a week that one member gets at most */
    SETTING_CRISIS_TEXTS = 50,      /* the mark of the own texts for people in danger that staff were told of last */
    SETTING_END
};

#define SETTING_BOUNCES_ENVELOPE "envelope"
#define SETTING_BOUNCES_MESSAGE_ID "message-id"

enum setting_kind { SETTING_TEXT, SETTING_INT, SETTING_YES_NO };

struct setting_info {
    const char *name; /* "office-phone" */
    enum setting_kind kind;
};

extern const struct db_domain setting_domain;

const struct setting_info *setting_info(enum setting setting);
MUST_CHECK enum rc setting_find(const char *name, enum setting *ret_setting, struct err *err);

/* NULL when unset. */
MUST_CHECK enum rc setting_get(const struct store *st, enum setting setting, struct arena *mem, const char **ret_text,
                               struct err *err);
MUST_CHECK enum rc setting_get_int(const struct store *st, enum setting setting, int64_t unset, int64_t *ret,
                                   struct err *err);
MUST_CHECK enum rc setting_get_yes(const struct store *st, enum setting setting, bool unset, bool *ret,
                                   struct err *err);
/* All at once; values[setting] is NULL when unset. */
MUST_CHECK enum rc setting_all(const struct store *st, struct arena *mem, const char *values[SETTING_END],
                               struct err *err);
/* NULL takes it away. Yes or no is written "yes" and "no". */
MUST_CHECK enum rc setting_set(struct store *st, enum setting setting, const char *text, struct err *err);

#endif
