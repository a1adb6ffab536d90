-- Meetings that a video provider keeps for visits: the account, what stands there of a visit, and each member's own way to join.

CREATE TABLE video_account (           -- store/video: one of a practice
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    values_sealed  BLOB NOT NULL,                                      -- JSON: account, client, secret, user, addresses
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);

CREATE TABLE video_meeting (           -- store/video: of a visit whose link is the provider's
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,                                    -- the visit
    remote_id      BIGINT NOT NULL,                                    -- the provider's number; 0: none there
    start_ms       BIGINT NOT NULL,                                    -- as the provider knows it
    minutes        BIGINT NOT NULL,
    link_sealed    BLOB,                                               -- for staff
    is_counted     BIGINT NOT NULL CHECK (is_counted IN (0, 1)),       -- who took part was asked for
    tries          BIGINT NOT NULL,                                    -- that failed since the last one that did not
    trouble        TEXT NOT NULL,                                      -- a code; '' none
    due_ms         BIGINT NOT NULL,                                    -- when to look at it again
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX video_meeting_due ON video_meeting (practice_id, due_ms);

CREATE TABLE video_seat (              -- store/video: id is that of visit_seat
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    visit_id       BIGINT NOT NULL,
    person_id      BIGINT NOT NULL,
    values_sealed  BLOB NOT NULL,                                      -- JSON: registrant, link
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX video_seat_visit ON video_seat (practice_id, visit_id, id);
CREATE INDEX video_seat_person ON video_seat (practice_id, person_id);
