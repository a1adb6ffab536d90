-- What was taken out of mailboxes that are read by IMAP. Names of mailboxes and folders are this machine's settings, so these belong to the installation.

CREATE TABLE mailbox_folder (          -- store/mailbox
    id        BIGINT PRIMARY KEY,
    mailbox   TEXT NOT NULL,
    folder    TEXT NOT NULL,
    validity  BIGINT NOT NULL,         -- UIDVALIDITY: what the UIDs below count under
    first_uid BIGINT NOT NULL,         -- letters below it are none of ours
    start_ms  BIGINT NOT NULL,         -- our first look; 0: all letters are ours
    dated_uid BIGINT NOT NULL,         -- below it, letters that came before start_ms are none of ours: validity has changed since
    try_uid   BIGINT NOT NULL,         -- the letter that is being fetched, and what was tried already
    tries     BIGINT NOT NULL,
    looked_ms BIGINT NOT NULL,         -- the last time that all was well
    UNIQUE (mailbox, folder)
);

CREATE TABLE mailbox_letter (          -- store/mailbox: written in the transaction of its arrival
    folder_id   BIGINT NOT NULL,
    validity    BIGINT NOT NULL,
    uid         BIGINT NOT NULL,
    state       BIGINT NOT NULL CHECK (state BETWEEN 1 AND 4),   -- 1 taken 2 cannot be taken 3 from Junk, the sorter decides 4 settled
    is_copied   BIGINT NOT NULL CHECK (is_copied IN (0, 1)),     -- it stands in its new folder already
    print       BLOB NOT NULL,                                   -- knows the same letter under another validity
    practice_id BIGINT,                                          -- of state 3
    arrival_id  BIGINT,
    at_ms       BIGINT NOT NULL,
    PRIMARY KEY (folder_id, validity, uid)
);
CREATE INDEX mailbox_letter_print ON mailbox_letter (folder_id, print);
CREATE INDEX mailbox_letter_open ON mailbox_letter (folder_id, validity, uid) WHERE state < 4;
CREATE INDEX mailbox_letter_settled ON mailbox_letter (at_ms) WHERE state = 4;
CREATE INDEX mailbox_letter_asked ON mailbox_letter (practice_id, arrival_id) WHERE state = 3;
