-- Rosters, sessions with their slots, visits with their points and papers, and what others told of reports.
-- Free text lies here sealed only; a visitor is a random reference into the vault.

CREATE TABLE business.directory_entry (
    id        text    PRIMARY KEY,
    kind      text    NOT NULL CHECK (kind IN ('ORGAN', 'UNIT', 'SEAT', 'PERSON')),
    synthetic boolean NOT NULL,
    state     jsonb   NOT NULL
);

CREATE TABLE business.roster (
    roster_id   uuid PRIMARY KEY,
    organ       text        NOT NULL,
    year        integer     NOT NULL,
    quarter     integer     CHECK (quarter BETWEEN 1 AND 4),
    drafted_by  text        NOT NULL,
    drafted_at  timestamptz NOT NULL,
    approved_by text,
    approved_at timestamptz,
    CHECK (approved_by <> drafted_by)
);
CREATE TABLE business.roster_day (
    roster_id   uuid    NOT NULL REFERENCES business.roster,
    n           integer NOT NULL,
    organ       text    NOT NULL,
    day         date    NOT NULL,
    leader_seat text    NOT NULL,
    form        text    NOT NULL,
    notice      bytea   NOT NULL,
    PRIMARY KEY (roster_id, n)
);
CREATE INDEX roster_day_leader ON business.roster_day (organ, leader_seat, day);
CREATE TABLE business.leave (
    leave_id    uuid PRIMARY KEY,
    organ       text NOT NULL,
    leader_seat text NOT NULL,
    first_on    date NOT NULL,
    last_on     date NOT NULL CHECK (last_on >= first_on),
    noted_by    text NOT NULL
);
CREATE INDEX leave_leader ON business.leave (organ, leader_seat, first_on);

CREATE TABLE business.session (
    session_id    uuid PRIMARY KEY,
    organ         text        NOT NULL,
    synthetic     boolean     NOT NULL,
    held_on       date        NOT NULL,
    opens_at      timestamptz NOT NULL,
    closes_at     timestamptz NOT NULL CHECK (closes_at > opens_at),
    slot_minutes  integer     NOT NULL CHECK (slot_minutes > 0),
    place         bytea       NOT NULL,
    form          text        NOT NULL,
    leader_seat   text        NOT NULL,
    recorder_seat text        NOT NULL CHECK (recorder_seat <> leader_seat),
    aide_seats    text[]      NOT NULL,
    state         text        NOT NULL CHECK (state IN ('PLANNED', 'PUBLISHED', 'OPEN', 'CLOSED', 'REPORTED', 'CANCELLED')),
    version       integer     NOT NULL
);
CREATE INDEX session_day ON business.session (organ, held_on, session_id);
-- The leader of a slot is in one place at a time.
CREATE TABLE business.slot (
    session_id  uuid        NOT NULL REFERENCES business.session,
    slot        integer     NOT NULL CHECK (slot > 0),
    organ       text        NOT NULL,
    leader_seat text        NOT NULL,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    cancelled   boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (session_id, slot),
    CHECK (ends_at > starts_at),
    EXCLUDE USING gist (leader_seat WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (NOT cancelled)
);

CREATE TABLE business.visit (
    visit_id        uuid PRIMARY KEY,
    organ           text        NOT NULL,
    synthetic       boolean     NOT NULL,
    form            text        NOT NULL,
    session_id      uuid        REFERENCES business.session,
    slot            integer,
    leader_seat     text        NOT NULL,
    recorder_seat   text        NOT NULL CHECK (recorder_seat <> leader_seat),
    aide_seats      text[]      NOT NULL,
    persons         integer     NOT NULL CHECK (persons > 0),
    representatives integer     CHECK (representatives BETWEEN 1 AND 5),
    name_status     text        NOT NULL,
    received_on     date        NOT NULL,
    state           text        NOT NULL,
    sort            text,
    points          text[]      NOT NULL,
    about_report    uuid,
    report_id       uuid,
    version         integer     NOT NULL,
    begun_at        timestamptz NOT NULL,
    CHECK (persons <= 5 OR representatives IS NOT NULL)
);
CREATE INDEX visit_day ON business.visit (organ, received_on, visit_id);
CREATE INDEX visit_report ON business.visit (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX visit_about ON business.visit (about_report) WHERE about_report IS NOT NULL;
CREATE TABLE business.booking (
    visit_id     uuid PRIMARY KEY REFERENCES business.visit,
    session_id   uuid        NOT NULL,
    slot         integer     NOT NULL,
    organ        text        NOT NULL,
    booked_at    timestamptz NOT NULL,
    cancelled_at timestamptz,
    FOREIGN KEY (session_id, slot) REFERENCES business.slot
);
CREATE UNIQUE INDEX booking_once ON business.booking (session_id, slot) WHERE cancelled_at IS NULL;
CREATE TABLE business.visit_party (
    visit_id   uuid    NOT NULL REFERENCES business.visit,
    n          integer NOT NULL,
    organ      text    NOT NULL,
    party_type text    NOT NULL CHECK (party_type IN ('PERSON', 'ORGANISATION')),
    unit       text,
    person     text,
    PRIMARY KEY (visit_id, n)
);
CREATE TABLE business.visit_recused (
    visit_id uuid NOT NULL REFERENCES business.visit,
    officer  text NOT NULL,
    organ    text NOT NULL,
    since    timestamptz NOT NULL,
    PRIMARY KEY (visit_id, officer)
);
CREATE TABLE business.visit_paper (
    visit_id   uuid        NOT NULL REFERENCES business.visit,
    kind       text        NOT NULL CHECK (kind IN ('FORM', 'RECORD', 'ANSWER', 'OPINION')),
    version    integer     NOT NULL,
    organ      text        NOT NULL,
    content    bytea       NOT NULL,
    written_by text        NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (visit_id, kind, version)
);
CREATE TABLE business.visitor (
    visit_id     uuid    NOT NULL REFERENCES business.visit,
    n            integer NOT NULL,
    organ        text    NOT NULL,
    reporter_ref uuid    NOT NULL UNIQUE,
    confirmed_at timestamptz,
    PRIMARY KEY (visit_id, n)
);
CREATE INDEX visitor_unconfirmed ON business.visitor (reporter_ref) WHERE confirmed_at IS NULL;

CREATE TABLE business.exclusion (
    report_id uuid        NOT NULL,
    kind      text        NOT NULL CHECK (kind IN ('UNIT', 'SEAT', 'OFFICER')),
    entry_id  text        NOT NULL,
    organ     text        NOT NULL,
    since     timestamptz NOT NULL,
    PRIMARY KEY (report_id, kind, entry_id)
);
CREATE TABLE business.frozen (
    report_id uuid PRIMARY KEY,
    at        timestamptz NOT NULL
);
CREATE TABLE business.incident (
    incident_id uuid PRIMARY KEY,
    organ       text        NOT NULL,
    visit_id    uuid        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('BOOKED_TOWARDS_REPORTED_SIDE', 'FROZEN')),
    at          timestamptz NOT NULL
);
CREATE TABLE business.transition (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entity     text        NOT NULL CHECK (entity IN ('session', 'visit')),
    entity_id  uuid        NOT NULL,
    organ      text        NOT NULL,
    from_state text,
    to_state   text        NOT NULL,
    detail     text,
    actor      text        NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX transition_entity ON business.transition (entity_id, seq);

-- Whether the visit is none of who acts: frozen, picked as a person, stepped back, or excluded by intake's set.
CREATE FUNCTION business.hides(about uuid, made uuid, visit uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    SELECT EXISTS (SELECT FROM business.frozen f WHERE f.report_id IN (about, made))
        OR EXISTS (SELECT FROM business.visit_recused r
                    WHERE r.visit_id = visit AND r.officer = mechanism.acting_subject())
        OR EXISTS (SELECT FROM business.visit_party p
                    WHERE p.visit_id = visit AND p.person = mechanism.acting_subject())
        OR EXISTS (SELECT FROM business.exclusion e
                    WHERE e.report_id IN (about, made)
                      AND ((e.kind = 'OFFICER' AND e.entry_id = mechanism.acting_subject())
                        OR (e.kind = 'SEAT'
                            AND e.entry_id = ANY (string_to_array(current_setting('app.seats', true), ',')))))
    $$;

-- The organ of a signed visit, for intake's service, which fetches its record and belongs to no organ.
CREATE FUNCTION business.organ_of(visit uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    SELECT v.organ FROM business.visit v
     WHERE v.visit_id = visit AND mechanism.acting_subject() = 'service-intake'
       AND v.state IN ('SIGNED_OFF', 'ENTERED', 'FOLLOWED_UP', 'FED_BACK', 'CLOSED')
    $$;

DO $$
DECLARE s text := mechanism.service();
        t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['roster', 'roster_day', 'leave', 'session', 'slot', 'visit', 'booking', 'visit_party',
                             'visit_recused', 'visit_paper', 'visitor', 'incident', 'transition'] LOOP
        PERFORM mechanism.protect(('business.' || t)::regclass, 'organ');
    END LOOP;
    FOREACH t IN ARRAY ARRAY['directory_entry', 'exclusion', 'frozen'] LOOP
        PERFORM mechanism.protect(('business.' || t)::regclass, NULL);
    END LOOP;
    EXECUTE format('CREATE POLICY not_excluded ON business.visit AS RESTRICTIVE FOR SELECT TO %I '
                   'USING (NOT business.hides(about_report, report_id, visit_id))', s || '_api');
    FOREACH t IN ARRAY ARRAY['visit_paper', 'visitor'] LOOP
        EXECUTE format('CREATE POLICY through_visit ON business.%I AS RESTRICTIVE FOR SELECT TO %I '
                       'USING (EXISTS (SELECT FROM business.visit v WHERE v.visit_id = %I.visit_id))', t, s || '_api', t);
    END LOOP;
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA business TO %I, %I', s || '_api', s || '_worker');
    EXECUTE format('REVOKE UPDATE, DELETE ON business.transition FROM %I, %I', s || '_api', s || '_worker');
    EXECUTE 'REVOKE EXECUTE ON FUNCTION business.hides(uuid, uuid, uuid), business.organ_of(uuid) FROM PUBLIC';
    EXECUTE format('GRANT EXECUTE ON FUNCTION business.hides(uuid, uuid, uuid), business.organ_of(uuid) TO %I, %I',
                   s || '_api', s || '_worker');
END $$;

SELECT mechanism.let_oracle_read('business.booking', ARRAY['visit_id', 'session_id', 'slot', 'cancelled_at']);
SELECT mechanism.let_oracle_read('business.exclusion', ARRAY['report_id', 'kind', 'entry_id', 'since']);
SELECT mechanism.let_oracle_read('business.transition',
                                 ARRAY['entity', 'entity_id', 'seq', 'from_state', 'to_state', 'actor', 'at']);
SELECT mechanism.show('oracle.booking', $view$
    SELECT session_id, slot, visit_id FROM business.booking WHERE cancelled_at IS NULL $view$);
SELECT mechanism.show('oracle.exclusion', $view$
    SELECT report_id, CASE kind WHEN 'UNIT' THEN entry_id END AS unit, CASE kind WHEN 'SEAT' THEN entry_id END AS seat,
           CASE kind WHEN 'OFFICER' THEN entry_id END AS officer, since
      FROM business.exclusion $view$);
SELECT mechanism.show('oracle.transition', $view$
    SELECT entity, entity_id, seq, from_state, to_state, actor, at FROM business.transition $view$);
