-- Photos that members send along, made anew; and what a group lets through.

ALTER TABLE care_group ADD COLUMN files_policy BIGINT NOT NULL DEFAULT 1 CHECK (files_policy BETWEEN 1 AND 3); -- 1 none 2 photos 3 photos and pictures of PDF pages

CREATE TABLE photo (                   -- store/photo: a picture of a post; held, released and erased with it
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    post_id     BIGINT NOT NULL,
    place       BIGINT NOT NULL,                                       -- its order within the post, from 1
    width       BIGINT NOT NULL,
    height      BIGINT NOT NULL,
    alt_sealed  BLOB,                                                  -- what it shows, in words; NULL: nobody said
    jpeg_sealed BLOB NOT NULL,
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, post_id, place)
);
