-- Notes of staff that go out on a date of their own.

CREATE TABLE topic (                   -- store/topic
    practice_id BIGINT NOT NULL,
    post_id     BIGINT NOT NULL,
    group_id    BIGINT NOT NULL,
    state       BIGINT NOT NULL CHECK (state BETWEEN 1 AND 4),         -- 1 planned 2 released 3 sent 4 cancelled
    day         BIGINT NOT NULL,                                       -- civil day and minute in the group's zone
    minute      BIGINT NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (practice_id, post_id)
);
CREATE INDEX topic_ahead ON topic (practice_id, state, day);

CREATE TABLE topic_hour (              -- store/topic: a group's hour of the week
    practice_id BIGINT NOT NULL,
    group_id    BIGINT NOT NULL,
    weekday     BIGINT NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    minute      BIGINT NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    PRIMARY KEY (practice_id, group_id)
);

ALTER TABLE post ADD COLUMN send_ms BIGINT;                            -- has its OK, and goes out then; NULL of all others
