-- Check-ins: questions to one member alone, answered in private. And what a member lets us say of them, and private thanks.

CREATE TABLE check_in (                -- store/check_in
    practice_id  BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    group_id     BIGINT NOT NULL,
    staff_id     BIGINT NOT NULL,                                      -- who set it up
    kind         BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),         -- 1 number 2 scale 3 yes or no 4 words
    state        BIGINT NOT NULL CHECK (state BETWEEN 1 AND 2),        -- 1 open 2 ended
    days         BIGINT NOT NULL CHECK (days BETWEEN 1 AND 127),       -- bit n: weekday n, 0 Sunday
    minute       BIGINT NOT NULL CHECK (minute BETWEEN 0 AND 1439),    -- in the group's zone
    has_totals   BIGINT NOT NULL CHECK (has_totals BETWEEN 0 AND 1),
    words_sealed BLOB NOT NULL,                                        -- JSON: question, unit, tag, limits
    created_ms   BIGINT NOT NULL,
    ended_ms     BIGINT,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX check_in_group ON check_in (practice_id, group_id, state);

CREATE TABLE check_in_round (          -- store/check_in: asked once of everybody; the newest of a check-in is open until the next
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    check_in_id BIGINT NOT NULL,
    after_id    BIGINT NOT NULL,                                       -- the last membership that was looked at
    is_asked    BIGINT NOT NULL CHECK (is_asked BETWEEN 0 AND 1),      -- 1: all were
    opened_ms   BIGINT NOT NULL,
    closed_ms   BIGINT,                                                -- NULL: open
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX check_in_round_newest ON check_in_round (practice_id, check_in_id, id);

CREATE TABLE check_in_member (         -- store/check_in: who takes part
    practice_id   BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    check_in_id   BIGINT NOT NULL,
    membership_id BIGINT NOT NULL,
    person_id     BIGINT NOT NULL,
    state         BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3),       -- 1 asked 2 takes part 3 does not
    asks          BIGINT NOT NULL,                                     -- how often they were asked whether they want to
    changed_ms    BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, check_in_id, membership_id)
);
CREATE INDEX check_in_member_seat ON check_in_member (practice_id, membership_id);
CREATE INDEX check_in_member_person ON check_in_member (practice_id, person_id);

CREATE TABLE check_in_value (          -- store/check_in: what somebody answered
    practice_id  BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    check_in_id  BIGINT NOT NULL,
    round_id     BIGINT NOT NULL,
    person_id    BIGINT NOT NULL,
    value_sealed BLOB NOT NULL,
    at_ms        BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, round_id, person_id)
);
CREATE INDEX check_in_value_of ON check_in_value (practice_id, check_in_id, person_id, id);
CREATE INDEX check_in_value_person ON check_in_value (practice_id, person_id);

CREATE TABLE group_custom (            -- store/custom: what a group does for its members; off without a row
    practice_id BIGINT NOT NULL,
    group_id    BIGINT NOT NULL,
    customs     BIGINT NOT NULL,                                       -- bits of enum custom
    PRIMARY KEY (practice_id, group_id)
);

CREATE TABLE member_choice (           -- store/custom: what a member lets us say or send
    practice_id   BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    membership_id BIGINT NOT NULL,
    person_id     BIGINT NOT NULL,
    custom        BIGINT NOT NULL,
    about         BIGINT NOT NULL,                                     -- which milestone; 0 of the others
    state         BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3),       -- 1 asked 2 yes 3 no
    post_id       BIGINT NOT NULL,                                     -- the draft that came of it; 0: none
    changed_ms    BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, membership_id, custom, about)
);
CREATE INDEX member_choice_person ON member_choice (practice_id, person_id);

CREATE TABLE thanks (                  -- store/custom: until the author has been told how many
    practice_id   BIGINT NOT NULL,
    membership_id BIGINT NOT NULL,                                     -- the author's
    person_id     BIGINT NOT NULL,                                     -- who thanks
    at_ms         BIGINT NOT NULL,
    PRIMARY KEY (practice_id, membership_id, person_id)
);
CREATE INDEX thanks_person ON thanks (practice_id, person_id);
