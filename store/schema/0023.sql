-- How staff act by text: a PIN beside their number, and what they are told there.

CREATE TABLE text_staff (              -- store/text_staff
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,                                       -- of the person
    pin_sealed  BLOB,                                                  -- Argon2id of the PIN; NULL: none, and no decision by text
    pin_ms      BIGINT,
    wrong       BIGINT NOT NULL,                                       -- wrong PINs within a day of wrong_ms
    wrong_ms    BIGINT,
    has_reviews BIGINT NOT NULL CHECK (has_reviews IN (0, 1)),         -- 1: is told by text of a note that waits
    PRIMARY KEY (practice_id, id)
);
