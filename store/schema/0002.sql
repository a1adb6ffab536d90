-- The rota: who is on call when.

CREATE TABLE shift (                   -- store/shift
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    person_id   BIGINT NOT NULL,                                       -- staff
    weekdays    BIGINT NOT NULL CHECK (weekdays BETWEEN 0 AND 127),    -- bit 0 is Sunday; 0: from one day to another
    from_minute BIGINT NOT NULL CHECK (from_minute BETWEEN 0 AND 1440), -- local minutes of the day, in the practice's zone
    to_minute   BIGINT NOT NULL CHECK (to_minute BETWEEN 0 AND 1440),
    from_day    BIGINT NOT NULL,                                       -- civil days; 0 of a weekly shift
    to_day      BIGINT NOT NULL,
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
