/*
 * bounce_help: delivery reports that come to a circle, and a crowd of patients whose letters can come back. Included by tests only.
 */
#ifndef TESTS_UNIT_BOUNCE_HELP_H
#define TESTS_UNIT_BOUNCE_HELP_H

#include "circle_help.h"

#define CROWD 5 /* p0@example.net … */

struct came_back {
    const char *to;          /* the envelope sender of the letter that came back */
    const char *return_path; /* with angle brackets; "" none */
    const char *action, *status;
};

/* recipient: whom it names; quoted_id: of the letter that it returns, NULL none. */
static inline void bounce_report_of(struct circle *c, const struct came_back *b, const char *recipient,
                                    const char *quoted_id)
{
    const char *returned =
        quoted_id ? arena_printf(c->mem, "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <%s>\r\n\r\nx\r\n",
                                 quoted_id)
                  : "";
    const char *raw = arena_printf(c->mem,
                                   "Received: from a by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
                                   "%sFrom: MAILER-DAEMON@example.net\r\nTo: %s\r\nSubject: Undelivered\r\n"
                                   "Message-ID: <b%d@example.net>\r\nMIME-Version: 1.0\r\n"
                                   "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
                                   "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
                                   "Reporting-MTA: dns; mx.example.net\r\n\r\n"
                                   "Final-Recipient: rfc822; %s\r\nAction: %s\r\nStatus: %s\r\n\r\n%s--b--\r\n",
                                   *b->return_path ? arena_printf(c->mem, "Return-Path: %s\r\n", b->return_path) : "",
                                   b->to, ++c->letters, recipient, b->action, b->status, returned);

    circle_arrive(c, b->to, raw, strlen(raw));
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_REPORT);
}

static inline void bounce_report(struct circle *c, const struct came_back *b)
{
    bounce_report_of(c, b, ROSE, NULL);
}

/* What Rose gets on a new day. */
static inline const struct mail *bounce_mail(struct circle *c)
{
    circle_published(c, c->maria, arena_printf(c->mem, "Soup of day %d.", ++c->letters));
    circle_listen(c);
    circle_pass(c, MS_DAY);
    assert_non_null(circle_since(c, ROSE, "letter"));
    return circle_since(c, ROSE, "letter");
}

/* The envelope sender of it. */
static inline const char *bounce_letter(struct circle *c)
{
    return bounce_mail(c)->sender;
}

/* CROWD more patients. */
static inline void bounce_crowd(struct circle *c)
{
    static const char *const names[CROWD] = { "Ada", "Bea", "Cleo", "Dora", "Ezra" };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *email = arena_printf(c->mem, "p%zu@example.net", i);
        struct err err;
        struct person p = { .kind = PERSON_PATIENT,
                            .state = PERSON_ACTIVE,
                            .language = LANGUAGE_ENGLISH,
                            .format = FORMAT_NORMAL,
                            .name = names[i] };
        struct address a = { .kind = ADDRESS_EMAIL, .state = ADDRESS_PROVED, .value = email };

        CIRCLE_TX(c, HELP_OK(person_add(&c->g.gate.store, &p, &err)));
        CIRCLE_TX(c, HELP_OK(address_add(&c->g.gate.store, &a, &err)));
        CIRCLE_TX(c, HELP_OK(person_link_address(&c->g.gate.store, p.id, a.id, 1, &err)));
        CIRCLE_TX(c, circle_seat(c, p.id, email, names[i]));
    }
}

#endif
