-- What retention took away last, and that a copy was restored.

CREATE TABLE retention_run (           -- store/retention: the last run that took something, by class
    practice_id BIGINT NOT NULL,
    class       BIGINT NOT NULL,       -- enum retention_class
    at_ms       BIGINT NOT NULL,
    row_count   BIGINT NOT NULL,
    PRIMARY KEY (practice_id, class)
);

CREATE TABLE restored (                -- store/delivery: a copy was restored, and nobody released it yet
    practice_id BIGINT NOT NULL,
    at_ms       BIGINT NOT NULL,
    PRIMARY KEY (practice_id)
);
