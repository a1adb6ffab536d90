-- Confirmations of a STOP (kind 180), for whoever asks which came late.
CREATE INDEX text_out_stopped ON text_out (practice_id, created_ms) WHERE kind = 180;
