-- An answer that is given again needs its headers too (Location, ETag).
ALTER TABLE mechanism.idempotency ADD COLUMN headers jsonb NOT NULL DEFAULT '{}';
