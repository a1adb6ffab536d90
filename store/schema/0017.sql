-- Letters that must travel under verified TLS: whose, and a state of its own for what could not be sent so. And since when a letter is known to have
-- failed, so that RESUME tries again what a mail server's trouble cost. The table is made anew: neither database can widen a CHECK in place.

ALTER TABLE address ADD COLUMN require_tls BIGINT NOT NULL DEFAULT 0 CHECK (require_tls IN (0, 1));
ALTER TABLE address ADD COLUMN tls_told_ms BIGINT;                     -- when its owner and staff were told that it cannot be kept; NULL: it can

ALTER TABLE delivery RENAME TO delivery_before;
CREATE TABLE delivery (                -- store/delivery: a mailing to one person by one channel
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    mailing_id     BIGINT,                                             -- NULL: an issue's delivery that takes the newest rendering
    issue_id       BIGINT,
    person_id      BIGINT NOT NULL,
    membership_id  BIGINT,
    address_id     BIGINT NOT NULL,
    channel        BIGINT NOT NULL CHECK (channel IN (1, 2)),
    lane           BIGINT NOT NULL CHECK (lane BETWEEN 0 AND 4),
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 8),      -- enum delivery_state
    from_seq       BIGINT NOT NULL,                                    -- this member's cursor when it was queued
    to_seq         BIGINT NOT NULL,                                    -- what the cursor becomes when it is sent; 0 does not move it
    part           BIGINT NOT NULL,
    due_ms         BIGINT NOT NULL,                                    -- 2^52 and more: put off until RESUME
    lease          BIGINT,
    lease_until_ms BIGINT,
    attempt        BIGINT NOT NULL,
    code           BIGINT,                                             -- the relay's last reply code
    status_code    TEXT,                                               -- enhanced status
    remote_sealed  BLOB,
    values_sealed  BLOB,
    message_key    BLOB NOT NULL,                                      -- 16 bytes: the left part of our Message-ID is its base32
    sent_ms        BIGINT,
    created_ms     BIGINT NOT NULL,
    copy_hash      BLOB,                                               -- SHA-256 of the bytes that the relay was given
    copy_ms        BIGINT,                                             -- their Date: with it the same copy can be made again
    failed_ms      BIGINT,                                             -- when it was known: refused, or a report came
    PRIMARY KEY (practice_id, id)
);
INSERT INTO delivery (practice_id, id, mailing_id, issue_id, person_id, membership_id, address_id, channel, lane, state, from_seq, to_seq, part,
    due_ms, lease, lease_until_ms, attempt, code, status_code, remote_sealed, values_sealed, message_key, sent_ms, created_ms, copy_hash, copy_ms)
    SELECT practice_id, id, mailing_id, issue_id, person_id, membership_id, address_id, channel, lane, state, from_seq, to_seq, part,
    due_ms, lease, lease_until_ms, attempt, code, status_code, remote_sealed, values_sealed, message_key, sent_ms, created_ms, copy_hash, copy_ms
    FROM delivery_before;
DROP TABLE delivery_before;

CREATE INDEX delivery_work ON delivery (practice_id, lane, due_ms, id) WHERE state = 1;
CREATE INDEX delivery_lease ON delivery (practice_id, lease) WHERE lease IS NOT NULL;
CREATE UNIQUE INDEX delivery_message ON delivery (practice_id, message_key);
CREATE INDEX delivery_person ON delivery (practice_id, person_id, id);
CREATE INDEX delivery_issue ON delivery (practice_id, issue_id, membership_id) WHERE issue_id IS NOT NULL;
CREATE INDEX delivery_issue_open ON delivery (practice_id, issue_id) WHERE issue_id IS NOT NULL AND state IN (1, 2, 3, 7);
CREATE INDEX delivery_mailing ON delivery (practice_id, mailing_id) WHERE mailing_id IS NOT NULL;
CREATE INDEX delivery_unsent ON delivery (practice_id, membership_id, to_seq) WHERE state IN (1, 2, 3);
CREATE INDEX delivery_failed ON delivery (practice_id, id) WHERE state IN (5, 8);
