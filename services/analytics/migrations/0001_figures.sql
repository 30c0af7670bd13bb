-- Figures of record: facts as they were told, and what the fold makes of them. Codes, ids and days only.
-- `shadow` has the same tables for a rebuild from the topics; only the worker reaches it.
CREATE SCHEMA shadow;

CREATE TABLE business.fact (
    event_id  uuid        PRIMARY KEY,
    report_id uuid        NOT NULL,
    organ     text        NOT NULL,
    topic     text        NOT NULL,
    subject   text        NOT NULL,
    sequence  bigint      NOT NULL,
    type      text        NOT NULL,
    said_at   timestamptz NOT NULL,
    day       date        NOT NULL,
    hidden    boolean     NOT NULL DEFAULT false,
    data      jsonb       NOT NULL,
    UNIQUE (topic, subject, sequence)
);
CREATE INDEX fact_report ON business.fact (report_id);

CREATE TABLE business.receipt (
    report_id        uuid    NOT NULL,
    organ            text    NOT NULL,
    report_no        text    NOT NULL,
    kind             text    NOT NULL,
    received_on      date    NOT NULL,
    registered_on    date    NOT NULL,
    channel          text    NOT NULL,
    source           text    NOT NULL,
    name_status      text    NOT NULL,
    reporter_count   integer NOT NULL,
    visit_id         uuid,
    nature           text,
    occurrence       text,
    violations       text[]  NOT NULL DEFAULT '{}',
    themes           text[]  NOT NULL DEFAULT '{}',
    rank_group       text,
    unit_head        boolean NOT NULL DEFAULT false,
    region           text,
    taxonomy_version text,
    PRIMARY KEY (report_id, organ, report_no)
);
CREATE INDEX receipt_received ON business.receipt (received_on, organ);
CREATE INDEX receipt_registered ON business.receipt (registered_on, organ);

CREATE TABLE business.part (
    report_id uuid NOT NULL,
    organ     text NOT NULL,
    state     text NOT NULL,
    since     date NOT NULL,
    nature    text,
    PRIMARY KEY (report_id, organ)
);
CREATE INDEX part_state ON business.part (organ, state);

CREATE TABLE business.passage (
    report_id  uuid    NOT NULL,
    organ      text    NOT NULL,
    n          integer NOT NULL,
    act        text    NOT NULL,
    from_state text,
    to_state   text    NOT NULL,
    on_day     date    NOT NULL,
    PRIMARY KEY (report_id, organ, n)
);
CREATE INDEX passage_day ON business.passage (on_day, organ);

CREATE TABLE business.visit (
    visit_id    uuid PRIMARY KEY,
    organ       text NOT NULL,
    state       text NOT NULL CHECK (state IN ('BOOKED', 'REGISTERED', 'SIGNED_OFF')),
    session_id  uuid,
    form        text,
    persons     integer,
    received_on date
);
CREATE INDEX visit_received ON business.visit (received_on, organ);

CREATE TABLE business.session (
    session_id uuid PRIMARY KEY,
    organ      text NOT NULL,
    held_on    date NOT NULL,
    form       text NOT NULL,
    state      text NOT NULL
);
CREATE INDEX session_held ON business.session (held_on, organ);

-- The directory as its compacted topic tells it, and for every organ the organs above it, itself included.
CREATE TABLE business.entry (
    id       text   PRIMARY KEY,
    kind     text   NOT NULL,
    organ    text,
    sequence bigint NOT NULL,
    state    jsonb  NOT NULL
);
CREATE TABLE business.organ_line (
    organ text NOT NULL,
    above text NOT NULL,
    PRIMARY KEY (above, organ)
);

-- Live windows, as the stream's tables hold them; a rate of now, never a figure of record.
CREATE TABLE business.live_window (
    grain     text        NOT NULL CHECK (grain IN ('minute', 'hour')),
    starts_at timestamptz NOT NULL,
    organ     text        NOT NULL,
    dimension text        NOT NULL CHECK (dimension IN ('channel', 'nature', 'region')),
    code      text        NOT NULL,
    partition integer     NOT NULL,
    count     integer     NOT NULL,
    PRIMARY KEY (grain, starts_at, organ, dimension, code, partition)
);

-- What the last comparisons found: figures against the facts (N1), or against a rebuild (N2).
CREATE TABLE business.comparison (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text        NOT NULL CHECK (kind IN ('recompute', 'rebuild', 'live')),
    compared   bigint      NOT NULL,
    differing  bigint      NOT NULL,
    at         timestamptz NOT NULL DEFAULT now()
);

SELECT mechanism.protect('business.fact', 'organ');
SELECT mechanism.protect('business.receipt', 'organ');
SELECT mechanism.protect('business.part', 'organ');
SELECT mechanism.protect('business.passage', 'organ');
SELECT mechanism.protect('business.visit', 'organ');
SELECT mechanism.protect('business.session', 'organ');
SELECT mechanism.protect('business.live_window', 'organ');
SELECT mechanism.protect('business.entry', NULL);
SELECT mechanism.protect('business.organ_line', NULL);
SELECT mechanism.protect('business.comparison', NULL);

-- An organ sees the figures of the organs below it; nobody sees what left every figure; the api only reads.
DO $$
DECLARE
    api text := mechanism.service() || '_api';
    worker text := mechanism.service() || '_worker';
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['fact', 'receipt', 'part', 'passage', 'visit', 'session', 'live_window'] LOOP
        EXECUTE format('CREATE POLICY api_below ON business.%I FOR SELECT TO %I USING (organ IN '
                       '(SELECT l.organ FROM business.organ_line l WHERE l.above = (SELECT mechanism.acting_organ())))', t, api);
    END LOOP;
    EXECUTE format('CREATE POLICY api_not_hidden ON business.fact AS RESTRICTIVE FOR SELECT TO %I USING (NOT hidden)', api);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA business FROM %I', api);
    EXECUTE format('GRANT USAGE ON SCHEMA shadow TO %I', worker);
    FOREACH t IN ARRAY ARRAY['fact', 'receipt', 'part', 'passage', 'visit', 'session', 'entry', 'organ_line'] LOOP
        EXECUTE format('CREATE TABLE shadow.%I (LIKE business.%I INCLUDING ALL)', t, t);
        EXECUTE format('SELECT mechanism.protect(%L::regclass, NULL)', 'shadow.' || t);
        EXECUTE format('REVOKE ALL ON shadow.%I FROM %I', t, api);
    END LOOP;
END $$;

SELECT mechanism.let_oracle_read('business.passage', ARRAY['report_id', 'organ', 'n', 'act', 'from_state', 'to_state', 'on_day']);
SELECT mechanism.let_oracle_read('business.receipt', ARRAY['report_id', 'organ', 'report_no', 'kind', 'received_on', 'channel', 'source', 'nature']);
SELECT mechanism.let_oracle_read('business.comparison', ARRAY['kind', 'compared', 'differing', 'at']);
SELECT mechanism.show('oracle.transition', $view$
    SELECT 'part' AS entity, report_id::text || ':' || organ AS entity_id, n AS seq, from_state, to_state,
           NULL::text AS actor, on_day::timestamptz AS at
      FROM business.passage $view$);
SELECT mechanism.show('oracle.receipt', $view$
    SELECT report_id, organ, report_no, kind, received_on, channel, source, nature FROM business.receipt $view$);
SELECT mechanism.show('oracle.comparison', 'SELECT kind, compared, differing, at FROM business.comparison');
