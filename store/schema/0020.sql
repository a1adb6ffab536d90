-- Group visits: rules of series, single visits, one copy per person, answers, reminders, agreements, attendance, words that staff alone read.

CREATE TABLE visit_series (            -- store/visit: a rule; single visits are made of it some weeks ahead
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    group_id       BIGINT NOT NULL,
    staff_id       BIGINT NOT NULL,                                    -- who set it up; 0 somebody at the command line
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 2),      -- 1 open 2 ended
    kind           BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),       -- 1 group visit 2 guest speaker 3 questions and answers 4 class
    zone           TEXT NOT NULL,                                      -- IANA
    rule           TEXT NOT NULL,                                      -- value of an RRULE (schedules/ical)
    day            BIGINT NOT NULL,                                    -- first time: civil day and minute of that day in the zone
    minute         BIGINT NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    minutes        BIGINT NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    capacity       BIGINT NOT NULL CHECK (capacity >= 0),              -- 0: no limit
    host_id        BIGINT NOT NULL,                                    -- staff; 0 none
    cohost_id      BIGINT NOT NULL,
    speaker_id     BIGINT NOT NULL,
    words_sealed   BLOB NOT NULL,                                      -- JSON: title, neutral title, link, dial-in, notes, tag, questions
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);

CREATE TABLE visit_series_day (        -- store/visit: where the rule does not hold, and times beside it
    practice_id    BIGINT NOT NULL,
    series_id      BIGINT NOT NULL,
    day            BIGINT NOT NULL,
    minute         BIGINT NOT NULL CHECK (minute BETWEEN -1 AND 1439), -- -1: not on that day
    PRIMARY KEY (practice_id, series_id, day, minute)
);

CREATE TABLE visit (                   -- store/visit: one visit
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    number         BIGINT NOT NULL,                                    -- what staff call it
    group_id       BIGINT NOT NULL,
    series_id      BIGINT,                                             -- NULL: a single one
    series_day     BIGINT,                                             -- its day by the rule, wherever it was moved to
    staff_id       BIGINT NOT NULL,
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3),      -- 1 planned 2 cancelled 3 over
    kind           BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),
    zone           TEXT NOT NULL,
    day            BIGINT NOT NULL,                                    -- local: start_ms is derived from it, again when tzdata changes
    minute         BIGINT NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    start_ms       BIGINT NOT NULL,
    minutes        BIGINT NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    capacity       BIGINT NOT NULL CHECK (capacity >= 0),
    host_id        BIGINT NOT NULL,
    cohost_id      BIGINT NOT NULL,
    speaker_id     BIGINT NOT NULL,
    words_sealed   BLOB NOT NULL,
    version        BIGINT NOT NULL,                                    -- raised by what people must be told
    after_id       BIGINT NOT NULL,                                    -- how far the letters of this version have gone
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, number)
);
CREATE INDEX visit_coming ON visit (practice_id, start_ms);
CREATE INDEX visit_of_group ON visit (practice_id, group_id, start_ms);
CREATE UNIQUE INDEX visit_of_series ON visit (practice_id, series_id, series_day) WHERE series_id IS NOT NULL;

CREATE TABLE visit_seat (              -- store/visit_seat: one person's copy of a visit, and the answer that holds
    practice_id     BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    visit_id        BIGINT NOT NULL,
    person_id       BIGINT NOT NULL,
    membership_id   BIGINT NOT NULL,                                   -- 0: host, co-host, speaker
    part            BIGINT NOT NULL CHECK (part BETWEEN 1 AND 4),      -- 1 member 2 host 3 co-host 4 speaker
    state           BIGINT NOT NULL CHECK (state BETWEEN 1 AND 2),     -- 1 invited 2 taken back
    uid             BLOB NOT NULL,                                     -- 20 random bytes: the left part of the UID is their base32
    sequence        BIGINT NOT NULL,                                   -- of the last copy
    told_version    BIGINT NOT NULL,                                   -- of the visit, as this person knows it
    told_start_ms   BIGINT NOT NULL,
    moved_sequence  BIGINT NOT NULL,                                   -- of the first copy that told this start: an answer to an older one is to the old time
    moved_delivery  BIGINT NOT NULL,                                   -- of that copy; ids are in order of time
    told_ms         BIGINT NOT NULL,                                   -- when the last copy was made: DTSTAMP
    has_link        BIGINT NOT NULL CHECK (has_link IN (0, 1)),        -- the last copy had the link
    answer          BIGINT NOT NULL CHECK (answer BETWEEN 0 AND 3),    -- 0 none 1 yes 2 no 3 maybe
    answer_start_ms BIGINT NOT NULL,                                   -- the start that was answered: another one now makes it a yes to the old time
    answer_way      BIGINT NOT NULL,
    answer_ms       BIGINT NOT NULL,
    place           BIGINT NOT NULL CHECK (place BETWEEN 0 AND 3),     -- 0 none 1 has one 2 waits 3 is offered one
    place_ms        BIGINT NOT NULL,                                   -- since when
    offer_until_ms  BIGINT NOT NULL,                                   -- 0: none
    whereabouts_sealed BLOB,                                           -- where they will be that day: for staff
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, visit_id, person_id),
    UNIQUE (practice_id, uid)
);
CREATE INDEX visit_seat_membership ON visit_seat (practice_id, membership_id);
CREATE INDEX visit_seat_person ON visit_seat (practice_id, person_id);

CREATE TABLE visit_rsvp (              -- store/visit_seat: every answer; only added to
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    seat_id        BIGINT NOT NULL,
    visit_id       BIGINT NOT NULL,
    person_id      BIGINT NOT NULL,
    answer         BIGINT NOT NULL CHECK (answer BETWEEN 0 AND 4),     -- 0 words alone 4 asked for another time
    way            BIGINT NOT NULL CHECK (way BETWEEN 1 AND 4),        -- 1 words by email 2 calendar 3 text 4 staff
    sequence       BIGINT NOT NULL,                                    -- of the copy that was answered
    is_old         BIGINT NOT NULL CHECK (is_old IN (0, 1)),           -- it answered an older copy
    words_sealed   BLOB,                                               -- what they wrote beside it
    at_ms          BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX visit_rsvp_visit ON visit_rsvp (practice_id, visit_id, id);
CREATE INDEX visit_rsvp_person ON visit_rsvp (practice_id, person_id);

CREATE TABLE visit_reminder (          -- store/visit_record: what went out, so that nothing goes twice
    practice_id    BIGINT NOT NULL,
    seat_id        BIGINT NOT NULL,
    minutes_before BIGINT NOT NULL,
    start_ms       BIGINT NOT NULL,
    person_id      BIGINT NOT NULL,
    at_ms          BIGINT NOT NULL,
    PRIMARY KEY (practice_id, seat_id, minutes_before, start_ms)
);
CREATE INDEX visit_reminder_person ON visit_reminder (practice_id, person_id);

CREATE TABLE agreement (               -- store/visit_record: what is said stays there; only added to
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    membership_id  BIGINT NOT NULL,
    person_id      BIGINT NOT NULL,
    text_version   TEXT NOT NULL,
    way            BIGINT NOT NULL CHECK (way BETWEEN 1 AND 4),
    evidence_id    BIGINT NOT NULL,                                    -- arrival; 0 staff wrote it down
    at_ms          BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX agreement_membership ON agreement (practice_id, membership_id);
CREATE INDEX agreement_person ON agreement (practice_id, person_id);

CREATE TABLE attendance (              -- store/visit_record: who came; only added to, the last row of a person holds
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    visit_id       BIGINT NOT NULL,
    person_id      BIGINT NOT NULL,
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 2),      -- 1 came 2 did not
    joined_ms      BIGINT NOT NULL,                                    -- 0: not known
    left_ms        BIGINT NOT NULL,
    minutes        BIGINT NOT NULL,                                    -- -1: not known
    is_individual  BIGINT NOT NULL CHECK (is_individual IN (0, 1)),    -- had a service of their own
    source         BIGINT NOT NULL CHECK (source BETWEEN 1 AND 3),     -- 1 the host's letter 2 command line 3 a list of participants
    staff_id       BIGINT NOT NULL,
    at_ms          BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX attendance_visit ON attendance (practice_id, visit_id, id);
CREATE INDEX attendance_person ON attendance (practice_id, person_id);

CREATE TABLE visit_reply (             -- store/visit_record: answers to questions before a visit, and questions for it: staff alone read them
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    visit_id       BIGINT NOT NULL,
    person_id      BIGINT NOT NULL,
    number         BIGINT NOT NULL,                                    -- of our question; 0: a question of theirs
    words_sealed   BLOB NOT NULL,
    at_ms          BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX visit_reply_visit ON visit_reply (practice_id, visit_id, id);
CREATE INDEX visit_reply_person ON visit_reply (practice_id, person_id);
