/*
 * column: the number of every sealed column. Part of each sealed value's associated data: append only, never reuse a number.
 */
#ifndef STORE_COLUMN_H
#define STORE_COLUMN_H

enum column {
    COL_SETTING_VALUE = 1,
    COL_PERSON_NAME = 2, /* full name as the chart has it */
    COL_PERSON_PHONE = 3,
    COL_PERSON_EMERGENCY = 4, /* emergency contact */
    COL_PERSON_CHART = 5,     /* chart reference */
    COL_ADDRESS_VALUE = 6,
    COL_GROUP_TEXTS = 7,      /* JSON: name, alias, descriptions, rules, forbidden words */
    COL_MEMBERSHIP_NAME = 8,  /* the name that others see */
    COL_MEMBERSHIP_LABEL = 9, /* "Rose's daughter": of a caregiver */
    COL_CONSENT_EVIDENCE = 10,
    COL_INVITATION_REASON = 11,
    COL_LETTER_JSON = 12,
    COL_CONVERSATION_TITLE = 13,
    COL_POST_TEXT = 14,    /* what members will read */
    COL_POST_CONTEXT = 15, /* JSON for the moderator: original, trimmed, why placed, why flagged, suggested cut */
    COL_POST_NOTE = 16,    /* the care team's note, JSON: text, name, role, source */
    COL_REVIEW_REASON = 17,
    COL_MAILING_BUILT = 18,   /* serial_save bytes */
    COL_MAILING_SLOTS = 19,   /* JSON: what each slot means */
    COL_DELIVERY_VALUES = 20, /* JSON: values of this delivery alone */
    COL_DELIVERY_REMOTE = 21, /* what the relay said */
    COL_QUESTION_DATA = 22,
    COL_PAGE_OUTCOME = 23,
    COL_AUDIT_OLD = 24,
    COL_AUDIT_NEW = 25,
    COL_UNDO_DATA = 26,
    COL_PARKED_REASON = 27,
    COL_PERSON_NOTE = 28,
    COL_PRIVATE_TEXT = 29, /* what was said between staff and one patient */
    COL_GOODBYE_MESSAGE = 30,
    COL_POLL_CHOICE = 60,    /* the number that somebody chose */
    COL_CHECK_IN_WORDS = 61, /* JSON: question, unit, tag, limits */
    COL_CHECK_IN_VALUE = 62, /* what somebody answered */
    COL_PHOTO_JPEG = 63,
    COL_PHOTO_ALT = 64,           /* what a photo shows, in words */
    COL_TEXT_ACCOUNT_VALUES = 70, /* JSON: secrets and settings of a provider's account */
    COL_TEXT_OUT_WORDS = 71,
    COL_TEXT_IN_WORDS = 72,
    COL_TEXT_IN_RAW = 73, /* the call of the hook as it came */
    COL_TEXT_CONSENT_WORDS = 74,
    COL_TEXT_ASKED_DATA = 75,
    COL_TEXT_STAFF_PIN = 79,     /* Argon2id of a staff member's PIN */
    COL_VISIT_SERIES_WORDS = 80, /* JSON: title, neutral title, link, dial-in, notes, tag, questions */
    COL_VISIT_WORDS = 81,
    COL_VISIT_WHEREABOUTS = 82, /* where somebody will be on the day of a visit */
    COL_VISIT_RSVP_WORDS = 83,
    COL_VIDEO_ACCOUNT = 85,      /* JSON: account, client, secret … at a video provider */
    COL_VIDEO_MEETING_LINK = 86, /* for staff */
    COL_VIDEO_SEAT = 87,         /* JSON: registrant, link of one member */
    COL_TOPIC_SERIES_WORDS = 88, /* JSON: title, text, tag */
    COL_VISIT_REPLY_WORDS = 84,  /* to a question before a visit, or a question for it */
    COL_COUNT
};

#endif
