-- Private conversations: staff and one patient. They stand apart from posts, so that nothing can publish them.

CREATE TABLE private_talk (            -- store/private
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    group_id    BIGINT NOT NULL,                                       -- where it began; 0: none
    person_id   BIGINT NOT NULL,                                       -- the patient
    staff_id    BIGINT NOT NULL,                                       -- who wrote last, and gets what the patient writes
    state       BIGINT NOT NULL CHECK (state IN (1, 2)),               -- 1 open 2 closed
    owed_ms     BIGINT,                                                -- since when the patient waits for an answer; NULL: does not
    remind_ms   BIGINT,                                                -- next reminder to staff
    reminders   BIGINT NOT NULL,
    last_ms     BIGINT NOT NULL,
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX private_talk_person ON private_talk (practice_id, person_id, id);
CREATE INDEX private_talk_open ON private_talk (practice_id, state, last_ms);
CREATE INDEX private_talk_remind ON private_talk (practice_id, remind_ms);

CREATE TABLE private_note (            -- store/private: one thing that was said; never changed
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    talk_id     BIGINT NOT NULL,
    author_id   BIGINT NOT NULL,                                       -- the patient, or a staff member
    letter_id   BIGINT,                                                -- how it came; NULL: typed by staff
    post_id     BIGINT,                                                -- the held note that began it
    text_sealed BLOB NOT NULL,
    at_ms       BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX private_note_talk ON private_note (practice_id, talk_id, id);
