-- What every service stands on: outbox, inbox, positions, clocks, trail. Nothing here holds content.
CREATE SCHEMA mechanism;
CREATE SCHEMA business;
CREATE SCHEMA oracle;

CREATE FUNCTION mechanism.service() RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT substr(current_database()::text, 10, coalesce(nullif(strpos(substr(current_database()::text, 10), '_') - 1, -1), 63)) $$;
CREATE FUNCTION mechanism.acting_subject() RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('app.subject', true), '') $$;
CREATE FUNCTION mechanism.acting_organ() RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT CASE WHEN mechanism.acting_subject() IS NULL THEN NULL
                      ELSE nullif(current_setting('app.organ', true), '') END $$;

CREATE TABLE mechanism.outbox_sequence (
    topic   text   NOT NULL,
    subject text   NOT NULL,
    last    bigint NOT NULL,
    PRIMARY KEY (topic, subject)
);
CREATE TABLE mechanism.outbox (
    position     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane         smallint    NOT NULL,
    event_id     uuid        NOT NULL UNIQUE,
    topic        text        NOT NULL,
    key          text        NOT NULL,
    subject      text        NOT NULL,
    sequence     bigint      NOT NULL,
    type         text        NOT NULL,
    said_at      timestamptz NOT NULL,
    causation_id uuid,
    data         bytea       NOT NULL
);
CREATE INDEX outbox_lane ON mechanism.outbox (lane, position);
CREATE TABLE mechanism.outbox_archive (
    position     bigint      NOT NULL,
    lane         smallint    NOT NULL,
    event_id     uuid        NOT NULL,
    topic        text        NOT NULL,
    key          text        NOT NULL,
    subject      text        NOT NULL,
    sequence     bigint      NOT NULL,
    type         text        NOT NULL,
    said_at      timestamptz NOT NULL,
    causation_id uuid,
    data         bytea       NOT NULL,
    published_at timestamptz NOT NULL
) PARTITION BY RANGE (published_at);
CREATE TABLE mechanism.outbox_archive_all PARTITION OF mechanism.outbox_archive DEFAULT;
CREATE INDEX outbox_archive_event ON mechanism.outbox_archive (event_id);
CREATE TABLE mechanism.outbox_refused (
    event_id   uuid PRIMARY KEY,
    topic      text        NOT NULL,
    reason     text        NOT NULL,
    refused_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE mechanism.consumer (
    name  text PRIMARY KEY,
    types text[] NOT NULL
);
CREATE TABLE mechanism.inbox (
    consumer text        NOT NULL,
    event_id uuid        NOT NULL,
    digest   bytea       NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE TABLE mechanism.applied (
    applied_seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer    text   NOT NULL,
    topic       text   NOT NULL,
    subject     text   NOT NULL,
    sequence    bigint NOT NULL
);
CREATE TABLE mechanism.sequence (
    consumer text   NOT NULL,
    topic    text   NOT NULL,
    subject  text   NOT NULL,
    last     bigint NOT NULL,
    PRIMARY KEY (consumer, topic, subject)
);
CREATE TABLE mechanism.consumer_position (
    consumer    text    NOT NULL,
    topic       text    NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint  NOT NULL,
    PRIMARY KEY (consumer, topic, partition)
);
CREATE TABLE mechanism.waiting (
    consumer   text        NOT NULL,
    event_id   uuid        NOT NULL,
    topic      text        NOT NULL,
    subject    text        NOT NULL,
    key        text        NOT NULL,
    sequence   bigint      NOT NULL,
    reason     text        NOT NULL,
    record     bytea       NOT NULL,
    since      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX waiting_subject ON mechanism.waiting (consumer, topic, subject, sequence);
CREATE INDEX waiting_key ON mechanism.waiting (consumer, key);
CREATE TABLE mechanism.dead_letter (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer     text        NOT NULL,
    event_id     uuid,
    topic        text        NOT NULL,
    subject      text,
    key          text,
    sequence     bigint,
    partition    integer     NOT NULL,
    "offset"     bigint      NOT NULL,
    reason       text        NOT NULL,
    attempts     integer     NOT NULL,
    record       bytea       NOT NULL,
    since        timestamptz NOT NULL DEFAULT now(),
    UNIQUE (consumer, topic, partition, "offset")
);
CREATE INDEX dead_letter_subject ON mechanism.dead_letter (consumer, topic, subject);
CREATE TABLE mechanism.dead_letter_discarded (
    id         bigint      NOT NULL,
    consumer   text        NOT NULL,
    event_id   uuid,
    reason     text        NOT NULL,
    asked_by   text        NOT NULL,
    agreed_by  text        NOT NULL CHECK (agreed_by <> asked_by),
    at         timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE mechanism.clock (
    rule_id          text NOT NULL,
    entity_id        text NOT NULL,
    organ            text NOT NULL,
    started_on       date NOT NULL,
    due_on           date NOT NULL,
    prewarn_on       date,
    provisional      boolean NOT NULL DEFAULT false,
    calendar_version text NOT NULL,
    state            text NOT NULL DEFAULT 'RUNNING' CHECK (state IN ('RUNNING', 'MET', 'LATE', 'WAIVED')),
    met_on           date,
    prewarned_at     timestamptz,
    due_fired_at     timestamptz,
    late_fired_at    timestamptz,
    PRIMARY KEY (rule_id, entity_id)
);
CREATE INDEX clock_running ON mechanism.clock (due_on) WHERE state IN ('RUNNING', 'LATE');

CREATE TABLE mechanism.idempotency (
    subject   text        NOT NULL,
    key       text        NOT NULL,
    body_hmac bytea       NOT NULL,
    status    integer     NOT NULL,
    answer    bytea       NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject, key)
);
CREATE TABLE mechanism.audit_event (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    subject   text  NOT NULL,
    organ     text,
    action    text  NOT NULL,
    entity    text  NOT NULL,
    entity_id text  NOT NULL,
    codes     jsonb NOT NULL DEFAULT '{}'
);
CREATE FUNCTION mechanism.refuse_change() RETURNS trigger
    LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mechanism.audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION mechanism.refuse_change();

-- Puts the walls of one business table up: forced row security, a policy a role, grants.
CREATE FUNCTION mechanism.protect(target regclass, organ_column text) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE s text := mechanism.service();
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY owner_all ON %s TO %I USING (true) WITH CHECK (true)', target, s || '_owner');
    EXECUTE format('CREATE POLICY worker_all ON %s TO %I USING (true) WITH CHECK (true)', target, s || '_worker');
    EXECUTE format('CREATE POLICY oracle_read ON %s FOR SELECT TO %I USING (true)', target, s || '_oracle');
    IF organ_column IS NULL THEN
        EXECUTE format('CREATE POLICY api_acting ON %s TO %I USING ((SELECT mechanism.acting_subject()) IS NOT NULL) '
                       'WITH CHECK ((SELECT mechanism.acting_subject()) IS NOT NULL)', target, s || '_api');
    ELSE
        EXECUTE format('CREATE POLICY api_organ ON %s TO %I USING (%I = (SELECT mechanism.acting_organ())) '
                       'WITH CHECK (%I = (SELECT mechanism.acting_organ()))', target, s || '_api', organ_column, organ_column);
    END IF;
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I, %I', target, s || '_api', s || '_worker');
END $$;
CREATE FUNCTION mechanism.let_oracle_read(target regclass, columns text[]) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT SELECT (%s) ON %s TO %I',
                   (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) c), target, mechanism.service() || '_oracle');
END $$;
CREATE FUNCTION mechanism.show(name text, query text) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE VIEW %s WITH (security_invoker = true) AS %s', name, query);
    EXECUTE format('GRANT SELECT ON %s TO %I', name, mechanism.service() || '_oracle');
END $$;

DO $$
DECLARE s text := mechanism.service();
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA mechanism, business TO %I, %I, %I', s || '_api', s || '_worker', s || '_oracle');
    EXECUTE format('GRANT USAGE ON SCHEMA oracle TO %I', s || '_oracle');
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON mechanism.outbox, mechanism.outbox_sequence, mechanism.outbox_archive, '
                   'mechanism.outbox_refused, mechanism.consumer, mechanism.inbox, mechanism.applied, mechanism.sequence, '
                   'mechanism.consumer_position, mechanism.waiting, mechanism.dead_letter, mechanism.dead_letter_discarded, mechanism.clock, '
                   'mechanism.idempotency TO %I, %I', s || '_api', s || '_worker');
    EXECUTE format('GRANT SELECT, INSERT ON mechanism.audit_event TO %I, %I', s || '_api', s || '_worker');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA mechanism TO %I, %I', s || '_api', s || '_worker');
    EXECUTE format('GRANT SELECT (event_id, type, subject, sequence) ON mechanism.outbox TO %I', s || '_oracle');
    EXECUTE format('GRANT SELECT (event_id, type, subject, sequence, published_at) ON mechanism.outbox_archive TO %I', s || '_oracle');
    EXECUTE format('GRANT SELECT ON mechanism.consumer, mechanism.inbox, mechanism.applied, mechanism.consumer_position TO %I', s || '_oracle');
    EXECUTE format('GRANT SELECT (consumer, event_id, reason, since) ON mechanism.waiting, mechanism.dead_letter TO %I', s || '_oracle');
END $$;

SELECT mechanism.show('oracle.outbox', $view$
    SELECT event_id, type, subject AS aggregate_id, sequence, NULL::timestamptz AS published_at FROM mechanism.outbox
    UNION ALL
    SELECT event_id, type, subject, sequence, published_at FROM mechanism.outbox_archive $view$);
SELECT mechanism.show('oracle.inbox', 'SELECT consumer, event_id, at FROM mechanism.inbox');
SELECT mechanism.show('oracle.consumer', 'SELECT name, types FROM mechanism.consumer');
SELECT mechanism.show('oracle.applied', $view$
    SELECT consumer, topic, subject AS aggregate_id, sequence, applied_seq FROM mechanism.applied $view$);
SELECT mechanism.show('oracle.position', 'SELECT consumer, topic, partition, next_offset FROM mechanism.consumer_position');
SELECT mechanism.show('oracle.waiting', 'SELECT consumer, event_id, reason, since FROM mechanism.waiting');
SELECT mechanism.show('oracle.dead_letter', 'SELECT consumer, event_id, reason, since FROM mechanism.dead_letter');
