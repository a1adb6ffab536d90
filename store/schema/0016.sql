-- Nobody is invited into a group before mail to its address has come back.

ALTER TABLE care_group ADD COLUMN address_state BIGINT NOT NULL DEFAULT 1 CHECK (address_state BETWEEN 1 AND 4); -- 1 needs no check 2 invitations wait 3 a mail came back 4 staff say so
ALTER TABLE care_group ADD COLUMN address_passes BIGINT NOT NULL DEFAULT 0;  -- how often a mail to it came back
