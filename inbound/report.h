/*
 * report: delivery reports (bounces) and complaints: which recipient, what happened, why.
 *
 * Shape    A message is a report when it has a message/delivery-status part, or comes from a mail system (empty return path,
 *          mailer-daemon, X-Failed-Recipients) and says in words that a mail was not delivered. What has the return path and the From
 *          of a person and is not multipart/report as a whole is none, whatever parts it carries: somebody sends a bounce on. Recipients are addresses in the
 *          form of text_address_in, "" when the report names none; statuses "5.1.1" or "".
 *          A complaint is a feedback-report, or what Microsoft sent before there was one: our letter attached below a subject that names it.
 * Errors   None: what cannot be read is left empty. A report is never posted and never answered, whatever could be read.
 * Owns     Results live in mem.
 * Source   RFC 3464, RFC 3463, RFC 5965; wordings of Exim, qmail, Postfix, Exchange, Gmail, Yahoo and others as data in report_class.c.
 */
#ifndef INBOUND_REPORT_H
#define INBOUND_REPORT_H

#include "inbound/letter.h"
#include "inbound/mime.h"

/* body is the letter's text, clean UTF-8. Sets kind and reports of the letter and returns true when it is one. */
bool report_read(const struct mime *mime, const char *body, struct arena *mem, struct letter *letter);

/* inbound/report_returned.c: adds the Message-IDs of the letter that a report returns to its references, behind those of its own. */
void report_read_returned(const struct mime *mime, const char *body, struct arena *mem, struct letter *letter);

#define REPORT_TEXT_MAX_BYTES ((size_t)64 << 10)

/* inbound/report_text.c: reports written for people. Writes at most max reports; returns the count. A recipient is the first address that is not
 * the letter's own, and each one after it that begins a line. */
size_t report_read_text(const char *body, const struct letter *letter, struct arena *mem, struct letter_report *reports,
                        size_t max);
/* What the report says, without the copy of our letter below it. */
char *report_text_part(const char *body, struct arena *mem);
bool report_text_says_undelivered(const char *folded);
bool report_text_says_delayed(const char *folded);
/* The words of a text that only warns, and of one that says it is over. */
bool report_text_warns(const char *folded);
bool report_text_gave_up(const char *folded);
/* The first "d.d.d" that is an enhanced status, or one made from a reply code ("550" is "5.0.0"); "" for none. */
const char *report_status_in(const char *text, struct arena *mem);

/* inbound/report_class.c: the text folded, on one line, without addresses and names of hosts, a blank at both ends. */
char *report_words(const char *text, struct arena *mem);
/* Why, from the action, a status ("" for none) and what report_words made of the words around it. */
enum letter_class report_class(enum letter_action action, const char *status, const char *words);
/* Whether it says that nothing will ever get through to this address. */
bool report_class_is_about_address(enum letter_class why);

#endif
