-- Alarms of people whom nobody knows, or about mail that nobody could read: what comes before one is claimed stands on it too.

ALTER TABLE page ADD COLUMN bundle BIGINT NOT NULL DEFAULT 0 CHECK (bundle BETWEEN 0 AND 2); -- 0 of its letter alone 1 of strangers 2 of mail that could not be read

CREATE TABLE page_joined (             -- store/page_joined: letters that came behind the one that opened the page
    practice_id    BIGINT NOT NULL,
    page_id        BIGINT NOT NULL,
    letter_id      BIGINT NOT NULL,
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, page_id, letter_id)
);
CREATE INDEX page_joined_letter ON page_joined (practice_id, letter_id);
