-- Two people agree to an export: each was mailed a code.

CREATE TABLE approval (                -- store/approval
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    scope_hash  BLOB NOT NULL,                                         -- keyed hash of what is to be exported
    first_id    BIGINT NOT NULL,                                       -- staff people
    second_id   BIGINT NOT NULL,
    first_hash  BLOB NOT NULL,                                         -- keyed hashes of their codes
    second_hash BLOB NOT NULL,
    tries       BIGINT NOT NULL,
    until_ms    BIGINT NOT NULL,
    used_ms     BIGINT,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX approval_scope ON approval (practice_id, scope_hash, id);
