/*
 * message_id: the one place where Message-IDs of ours are made and read.
 *
 * Shape    left@domain; left is base32 of the first 16 bytes of a keyed hash of person and subject. Each person has a thread of ids of their
 *          own: a comment's copy names that same person's copy of the conversation's opener, and nothing is shared between people.
 *          Without the key nobody can tell whether two ids are about the same person or the same post.
 * State    None. A rotated key makes other ids: look up what was sent (delivery_find_message) under each key of the ring.
 */
#ifndef STORE_MESSAGE_ID_H
#define STORE_MESSAGE_ID_H

#include "base/seal.h"
#include "store/id.h"

#define MESSAGE_KEY_BYTES 16
#define MESSAGE_LEFT_CHARS 26

/* Part of the hash: append only. */
enum message_about { MESSAGE_POST = 1, MESSAGE_ISSUE = 2, MESSAGE_MAILING = 3, MESSAGE_CORRECTION = 4 };

struct message_subject {
    struct person_id person;
    enum message_about about;
    int64_t id;     /* post, issue or mailing */
    int64_t detail; /* part of an issue, version of a corrected post; else 0 */
};

/* nth picks the key, 0 is the current one; false when there is no such key. */
bool message_id_key(const struct keyring *ring, size_t nth, const struct message_subject *subject,
                    unsigned char key[MESSAGE_KEY_BYTES]);
/* "left@domain", without angle brackets. */
char *message_id_text(const unsigned char key[MESSAGE_KEY_BYTES], const char *domain, struct arena *mem);
/* Reads one id; angle brackets and blanks around it are fine. False when it cannot be ours. */
bool message_id_read(const char *text, size_t len, const char *domain, unsigned char key[MESSAGE_KEY_BYTES]);

#endif
