-- Local accounts of staff and their sessions. A session's id and token are random; only digests lie here.
CREATE TABLE business.account (
    login         text PRIMARY KEY CHECK (login = lower(login)),
    password_hash text        NOT NULL,
    person        text        NOT NULL,
    organ         text        NOT NULL,
    roles         text[]      NOT NULL,
    seats         text[]      NOT NULL,
    name          text        NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE business.session (
    id_digest  bytea PRIMARY KEY,
    login      text        NOT NULL REFERENCES business.account ON DELETE CASCADE,
    begun_at   timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);
CREATE INDEX session_login ON business.session (login);
CREATE INDEX session_seen ON business.session (seen_at);
SELECT mechanism.protect('business.account', NULL);
SELECT mechanism.protect('business.session', NULL);
