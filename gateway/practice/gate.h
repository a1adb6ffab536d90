/*
 * gate: one practice, opened: what every rule of gateway/ works with.
 *
 * Shape    A home (this machine's settings, database, keys) holds practices; a gate is one of them with its keys, templates and settings.
 * Owns     gate_open fills it from a home, which must outlive it; gate_close wipes.
 * Errors   RC_NOT_FOUND  no such practice   RC_CORRUPT  keys or settings do not open   RC_INPUT  a template of the practice's folder is wrong
 * State    One process, one gate at a time per practice. Rules write inside a transaction that their caller opened, unless a header says
 *          otherwise, so that a decision, its effects and its audit row are one.
 */
#ifndef GATEWAY_PRACTICE_GATE_H
#define GATEWAY_PRACTICE_GATE_H

#include "store/person.h"
#include "store/store.h"
#include "templates/template.h"

struct home;
struct wording;

/* What a practice decided (store/setting), read once at gate_open. Strings live in gate.mem and are "" when unset. */
struct practice_facts {
    const char *name;           /* "Lakeside Clinic" */
    const char *office_phone;   /* "(555) 555-0100" */
    const char *office_hours;   /* "Mon-Fri 08:00-17:00" */
    const char *holidays;       /* "2026-12-25 2027-01-01" */
    const char *emergency_line; /* "911" */
    const char *domain;         /* "groups.example.org" */
    const char
        *mailbox;      /* "circles": one mailbox for all groups (gateway/practice/ours); "" each has its own address */
    const char *relay; /* mailer/relay URL */
    const char *zone;  /* IANA */
    const char *authserv_id;    /* trust profile of our border */
    const char *tenant_domains; /* "clinic.example.org": whose mail inside Microsoft 365 may be proved */
    const char *page_command;   /* path of a program */
    const char *page_clock[3];  /* by tier; schedules/page_clock */
    const char *test_page;      /* "Mon 10:00" */
    int triage_page;            /* struct triage_setting, page_from: 0 as usual */
    int64_t review_hours[2];    /* of tier 3 and 4; 0: as usual */
    const char *public_url;     /* "" until one answers */
    enum person_language language;
    int64_t trust;                                        /* enum auth_trust of inbound/authres */
    const char *require_tls_domains, *relay_enforces_tls; /* domains with blanks between them; the second also "*" */
    bool has_tls_notice;
    bool has_plain_envelope; /* the relay does not keep the envelope sender: no token stands in it */
    bool has_solo_release;
};

/* A text that text_queue denied: the month's money is gone, else the number has had its parts of the day. */
struct text_refused {
    struct address_id address; /* 0: none was */
    bool is_month;
};

struct gate {
    struct home *home;
    struct store store;
    struct practice_facts facts;
    struct template_set *templates;
    const struct wording *wording; /* of templates; NULL before gate_wording */
    struct text_refused refused;   /* the last one; who wants to know clears it before */
    struct arena *mem;             /* lives as long as the gate */
};

MUST_CHECK enum rc gate_open(struct home *home, struct practice_id practice, struct gate *ret_gate, struct err *err);
void gate_close(struct gate *gate);
/* Loads the keys again when a rekey has made a new one: for who must write down what it did with the old one. */
MUST_CHECK enum rc gate_refresh_keys(struct gate *gate, struct err *err);
/* Reads the facts again, after a setting changed. */
MUST_CHECK enum rc gate_read_facts(struct gate *gate, struct err *err);

/* Our own sentences, made when they are first asked for. */
const struct wording *gate_wording(struct gate *gate);

static inline int64_t gate_now_ms(const struct gate *gate)
{
    return clock_now_ms(gate->store.clock);
}

#endif
