-- Closing letters go out in batches; and what finishing an issue and retention look for is found by an index.

CREATE TABLE goodbye (                 -- store/goodbye: a group that has ended, and how far its closing letters have come
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,                                    -- the group's
    after_id       BIGINT NOT NULL,                                    -- the last membership that has its letter
    letters        BIGINT NOT NULL,
    message_sealed BLOB,                                               -- the practice's own line
    done_ms        BIGINT,                                             -- NULL: there are more to write
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);

CREATE INDEX delivery_issue_open ON delivery (practice_id, issue_id) WHERE issue_id IS NOT NULL AND state IN (1, 2, 3, 7);
CREATE INDEX letter_repeats ON letter (practice_id, received_ms) WHERE dedupe_hash IS NOT NULL OR id_hash IS NOT NULL;
