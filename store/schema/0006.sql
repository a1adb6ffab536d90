-- A rendering whose words were erased with a person.

ALTER TABLE mailing ADD COLUMN erased_ms BIGINT;
