/*
 * robot: whether a letter was written by a program.
 *
 * Rule     A robot is never answered and never posted, so a person must not be taken for one: Auto-Submitted: no, List-Id alone,
 *          X-Auto-Response-Suppress (a request to us, not a fact about them) and subjects that only mention an office are no proof.
 *          An empty return path is a robot's, unless a program in which people write names itself and nothing else speaks of a robot:
 *          relays and phones lose return paths. What is held so goes to nobody unreviewed, and no answer is given twice a day.
 *          Subjects of absence ("Out of office") count where a program answers: without a return path, with In-Reply-To, or before a colon;
 *          and only if the text says nothing else either (absence.h).
 *          Precedence: bulk is a person's where there is a return path; with List-Unsubscribe and no List-Post it is a newsletter's.
 * Shape    NULL, or the reason: auto_submitted, autoreply_header, precedence, read_receipt, null_sender, mail_system, subject.
 * Errors   None.
 * State    None.
 * Source   RFC 3834 section 5, RFC 8098; practice of Exchange, Gmail, cPanel, Lotus Notes, vacation(1).
 */
#ifndef INBOUND_ROBOT_H
#define INBOUND_ROBOT_H

#include "inbound/letter.h"
#include "inbound/mime.h"

const char *robot_why(const struct mime *mime, const struct letter *letter, struct arena *mem);

#endif
