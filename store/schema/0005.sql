-- Pages: how far their calls have come, two people, weekly tests; and runs of the practice's own program.

ALTER TABLE page ADD COLUMN kind BIGINT NOT NULL DEFAULT 1;            -- 1 alarm, 2 weekly test
ALTER TABLE page ADD COLUMN elapsed_ms BIGINT NOT NULL DEFAULT 0;      -- where on its clock the last call stood (schedules/page_clock)
ALTER TABLE page ADD COLUMN reminders BIGINT NOT NULL DEFAULT 0;       -- since the claim
ALTER TABLE page ADD COLUMN first_done_by BIGINT;                      -- the first of two people
ALTER TABLE page ADD COLUMN first_done_ms BIGINT;
CREATE INDEX page_kind ON page (practice_id, kind, id);

CREATE TABLE page_call (               -- store/page_call: a run of the practice's program
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    page_id        BIGINT NOT NULL,
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3),      -- 1 ready 2 running 3 over
    tries          BIGINT NOT NULL,
    lease_until_ms BIGINT,                                             -- real time: of a run whose end nobody has seen
    code           BIGINT,                                             -- exit code, or 128 + signal, or -1: could not be started
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX page_call_work ON page_call (practice_id, state, id);
