-- Who got exactly what: the hash of each copy, and whose words each rendering held. Two people for what names many. What retention did.

ALTER TABLE delivery ADD COLUMN copy_hash BLOB;                        -- SHA-256 of the bytes that the relay was given
ALTER TABLE delivery ADD COLUMN copy_ms BIGINT;                        -- their Date: with it the same copy can be made again

CREATE TABLE mailing_post (            -- store/mailing: whose words a rendering holds
    practice_id  BIGINT NOT NULL,
    mailing_id   BIGINT NOT NULL,
    post_id      BIGINT NOT NULL,
    post_version BIGINT NOT NULL,
    is_whole     BIGINT NOT NULL CHECK (is_whole IN (0, 1)),           -- 0: two lines of it, above an answer
    PRIMARY KEY (practice_id, mailing_id, post_id)
);
CREATE INDEX mailing_post_by ON mailing_post (practice_id, post_id);
