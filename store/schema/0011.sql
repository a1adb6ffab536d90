-- Polls. The words of a poll are its post's.

CREATE TABLE poll (                    -- store/poll
    practice_id BIGINT NOT NULL,
    post_id     BIGINT NOT NULL,
    group_id    BIGINT NOT NULL,
    state       BIGINT NOT NULL CHECK (state BETWEEN 1 AND 2),         -- 1 open 2 closed
    day         BIGINT NOT NULL,                                       -- closes: civil day and minute in the group's zone
    minute      BIGINT NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (practice_id, post_id)
);
CREATE INDEX poll_group ON poll (practice_id, group_id, state);

CREATE TABLE poll_vote (               -- store/poll: until the poll closes
    practice_id   BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    post_id       BIGINT NOT NULL,
    person_id     BIGINT NOT NULL,
    choice_sealed BLOB NOT NULL,
    at_ms         BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, post_id, person_id)
);
CREATE INDEX poll_vote_person ON poll_vote (practice_id, person_id);
