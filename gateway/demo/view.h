/*
 * view: DIR/index.html, one file that needs no network: each person's letters on one timeline, three mails as they came, as the nurse saw them and
 * as members got them, texts followed through the audit log, and the recount.
 *
 * Shape    view.html with the data of the story as JSON in its place, and the recount between two marks, so that view_put_recount can
 *          change it alone.
 * Errors   RC_NOT_FOUND  view.html, or the page that shall be changed   RC_LIMIT  a page over VIEW_MAX_BYTES   else those of files and store
 * State    Reads the home of the play.
 */
#ifndef GATEWAY_DEMO_VIEW_H
#define GATEWAY_DEMO_VIEW_H

#include "gateway/demo/play.h"
#include "gateway/demo/recount.h"

#define VIEW_MAX_BYTES ((size_t)24 << 20)

MUST_CHECK enum rc view_write_story(const struct play *play, const struct recount *recount, struct err *err);
MUST_CHECK enum rc view_put_recount(const char *dir, const struct recount *recount, struct err *err);

#endif
