/*
 * maildir: a transport that delivers into Maildir folders: the outbox of tests and the demo.
 *
 * Shape    One Maildir at path, or one per recipient at path/ADDRESS/Maildir ("/" in an address becomes "_"). Folders
 * are made as needed, mode 0700. A message is written to tmp, synced, then renamed into new, and new is synced:
 * accepted means on disk. The file starts with Return-Path and Delivered-To, as a final delivery does; the rest is the
 * wire with LF line ends. Owns     The transport, until transport_free. Errors   RC_TEMP  a folder or file cannot be
 * made (err has errno's text, and a path only when it is ours) Source   https://cr.yp.to/proto/maildir.html
 */
#ifndef MAILER_MAILDIR_H
#define MAILER_MAILDIR_H

#include "mailer/transport.h"

enum maildir_mode { MAILDIR_ONE, MAILDIR_EACH };

struct transport maildir_transport(const char *path, enum maildir_mode mode);

#endif
