-- The private calendar of a staff member: a link that can be taken back.

CREATE TABLE calendar_feed (           -- store/calendar_feed: the link carries a token of this row, so that no secret is stored
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    person_id      BIGINT NOT NULL,
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 2),      -- 1 open 2 taken back
    created_ms     BIGINT NOT NULL,
    ended_ms       BIGINT,
    PRIMARY KEY (practice_id, id)
);
CREATE UNIQUE INDEX calendar_feed_person ON calendar_feed (practice_id, person_id) WHERE state = 1;
