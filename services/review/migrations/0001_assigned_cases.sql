-- Assigned cases, their four rounds, who took part where, and the texts of all of it, sealed.

CREATE TABLE business.assigned_case (
    case_id        uuid PRIMARY KEY,
    report_id      uuid        NOT NULL,
    organ          text        NOT NULL,
    handling_organ text        NOT NULL,
    synthetic      boolean     NOT NULL,
    ground         text        NOT NULL CHECK (ground IN ('A1', 'A2', 'A3', 'A4')),
    themes         text[]      NOT NULL,
    opened_on      date        NOT NULL,
    opened_at      timestamptz NOT NULL,
    state          text        NOT NULL,
    handlers       text[]      NOT NULL,
    submitters     text[]      NOT NULL,
    handling_unit  text,
    submission     integer     NOT NULL,
    holder         text,
    entries        integer     NOT NULL,
    resumes_at_r4  boolean     NOT NULL,
    version        integer     NOT NULL,
    CHECK (handling_organ <> organ),
    CHECK ((holder IS NOT NULL) = (state LIKE '%\_IN\_REVIEW')),
    CHECK (holder IS NULL OR NOT holder = ANY (handlers || submitters))
);
CREATE UNIQUE INDEX assigned_case_open ON business.assigned_case (report_id)
    WHERE state NOT IN ('ACCEPTED', 'WITHDRAWN');
CREATE INDEX assigned_case_report ON business.assigned_case (report_id);
CREATE INDEX assigned_case_organ ON business.assigned_case (organ, opened_at, case_id);
CREATE INDEX assigned_case_handling_organ ON business.assigned_case (handling_organ, opened_at, case_id);

CREATE TABLE business.submission (
    case_id        uuid        NOT NULL REFERENCES business.assigned_case,
    number         integer     NOT NULL CHECK (number > 0),
    substantiation text        NOT NULL,
    outcome        text        NOT NULL,
    four_form      smallint CHECK (four_form BETWEEN 1 AND 4),
    papers         text[]      NOT NULL,
    submitted_by   text        NOT NULL,
    submitted_at   timestamptz NOT NULL,
    PRIMARY KEY (case_id, number)
);

-- The closed table of domain rules 16.4, and the three moves that are nobody's decision. A case moves along
-- these ways or not at all, whatever the code says.
CREATE TABLE business.way (
    from_state text NOT NULL,
    decision   text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (from_state, decision, to_state)
);
INSERT INTO business.way (from_state, decision, to_state) VALUES
    ('SUPPLEMENTING', 'SUBMIT', 'R1_PENDING'), ('SUPPLEMENTING', 'SUBMIT', 'R4_PENDING'),
    ('R1_PENDING', 'WITHDRAW', 'SUPPLEMENTING'),
    ('R1_PENDING', 'TAKE', 'R1_IN_REVIEW'), ('R1_IN_REVIEW', 'RELEASE', 'R1_PENDING'),
    ('R1_IN_REVIEW', 'PASS', 'R2_PENDING'), ('R1_IN_REVIEW', 'RETURN', 'SUPPLEMENTING'),
    ('R2_PENDING', 'TAKE', 'R2_IN_REVIEW'), ('R2_IN_REVIEW', 'RELEASE', 'R2_PENDING'),
    ('R2_IN_REVIEW', 'PASS', 'R3_PENDING'), ('R2_IN_REVIEW', 'RETURN', 'SUPPLEMENTING'),
    ('R3_PENDING', 'TAKE', 'R3_IN_REVIEW'), ('R3_IN_REVIEW', 'RELEASE', 'R3_PENDING'),
    ('R3_IN_REVIEW', 'PASS', 'CHIEF_SIGN_PENDING'), ('R3_IN_REVIEW', 'RETURN', 'SUPPLEMENTING'),
    ('R3_IN_REVIEW', 'RETURN', 'R2_PENDING'),
    ('CHIEF_SIGN_PENDING', 'SIGN', 'R4_PENDING'), ('CHIEF_SIGN_PENDING', 'RETURN', 'SUPPLEMENTING'),
    ('R4_PENDING', 'TAKE', 'R4_IN_REVIEW'), ('R4_IN_REVIEW', 'RELEASE', 'R4_PENDING'),
    ('R4_IN_REVIEW', 'ACCEPT', 'ACCEPTED'), ('R4_IN_REVIEW', 'RETURN', 'SUPPLEMENTING'),
    ('R1_IN_REVIEW', 'VACATE', 'R1_PENDING'), ('R2_IN_REVIEW', 'VACATE', 'R2_PENDING'),
    ('R3_IN_REVIEW', 'VACATE', 'R3_PENDING'), ('R4_IN_REVIEW', 'VACATE', 'R4_PENDING');
INSERT INTO business.way (from_state, decision, to_state)
SELECT DISTINCT from_state, 'CALL_OFF', 'WITHDRAWN' FROM business.way;
CREATE TABLE business.passage (
    case_id    uuid        NOT NULL REFERENCES business.assigned_case,
    seq        integer     NOT NULL,
    from_state text,
    decision   text        NOT NULL,
    to_state   text        NOT NULL,
    actor      text        NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (case_id, seq),
    FOREIGN KEY (from_state, decision, to_state) REFERENCES business.way,
    CHECK ((from_state IS NULL) = (decision = 'OPEN'))
);

-- The bar: one person, one bench of a case, over all its submissions. Handlers and submitters sit on WORK,
-- members of the deciding body and the signing chief on R3.
CREATE TABLE business.bench (
    case_id uuid NOT NULL REFERENCES business.assigned_case,
    officer text NOT NULL,
    bench   text NOT NULL CHECK (bench IN ('WORK', 'R1', 'R2', 'R3', 'R4')),
    PRIMARY KEY (case_id, officer),
    UNIQUE (case_id, officer, bench)
);
CREATE TABLE business.ruling (
    case_id    uuid        NOT NULL REFERENCES business.assigned_case,
    position   integer     NOT NULL CHECK (position > 0),
    submission integer     NOT NULL,
    desk       text        NOT NULL,
    decision   text        NOT NULL,
    officer    text        NOT NULL,
    recused    text[]      NOT NULL,
    reasons    text[]      NOT NULL,
    kind       text,
    stands     boolean     NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (case_id, position),
    FOREIGN KEY (case_id, submission) REFERENCES business.submission,
    CHECK ((desk, decision) IN (('R1', 'PASS'), ('R1', 'RETURN'), ('R2', 'PASS'), ('R2', 'RETURN'), ('R3', 'PASS'),
                                ('R3', 'RETURN'), ('CHIEF', 'SIGN'), ('CHIEF', 'RETURN'), ('R4', 'ACCEPT'),
                                ('R4', 'RETURN'))),
    CHECK ((decision = 'RETURN') = (cardinality(reasons) > 0)),
    CHECK ((kind IS NOT NULL) = (desk = 'R4' AND decision = 'RETURN'))
);
CREATE UNIQUE INDEX ruling_stands ON business.ruling (case_id, submission, desk) WHERE stands;
CREATE UNIQUE INDEX ruling_accepts ON business.ruling (case_id) WHERE decision = 'ACCEPT';
CREATE TABLE business.ruling_actor (
    case_id  uuid    NOT NULL,
    position integer NOT NULL,
    officer  text    NOT NULL,
    desk     text    NOT NULL,
    bench    text    NOT NULL GENERATED ALWAYS AS (CASE desk WHEN 'CHIEF' THEN 'R3' ELSE desk END) STORED,
    PRIMARY KEY (case_id, position, officer),
    FOREIGN KEY (case_id, position) REFERENCES business.ruling,
    FOREIGN KEY (case_id, officer, bench) REFERENCES business.bench (case_id, officer, bench)
);
CREATE TABLE business.round_entry (
    case_id    uuid        NOT NULL REFERENCES business.assigned_case,
    entry      integer     NOT NULL,
    submission integer     NOT NULL,
    desk       text        NOT NULL,
    entered_at timestamptz NOT NULL,
    expired_at timestamptz,
    PRIMARY KEY (case_id, entry)
);
CREATE TABLE business.paper (
    paper_id   uuid PRIMARY KEY,
    case_id    uuid        NOT NULL REFERENCES business.assigned_case,
    submission integer     NOT NULL,
    desk       text,
    kind       text        NOT NULL CHECK (kind IN ('RESULT', 'OPINION', 'MINUTES', 'NOTE')),
    text       bytea       NOT NULL,
    written_by text        NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX paper_case ON business.paper (case_id, at);
CREATE TABLE business.incident (
    incident_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     uuid        NOT NULL REFERENCES business.assigned_case,
    kind        text        NOT NULL,
    officer     text,
    at          timestamptz NOT NULL
);

CREATE TABLE business.excluded_set (
    report_id uuid PRIMARY KEY,
    version   integer     NOT NULL,
    units     text[]      NOT NULL,
    seats     text[]      NOT NULL,
    officers  text[]      NOT NULL,
    frozen    boolean     NOT NULL,
    since     timestamptz NOT NULL
);
CREATE TABLE business.directory_entry (
    kind         text  NOT NULL CHECK (kind IN ('ORGAN', 'UNIT', 'SEAT', 'PERSON')),
    entry_id     text  NOT NULL,
    effective_on date  NOT NULL,
    organ        text,
    unit         text,
    person       text,
    ups          text[] NOT NULL,
    state        jsonb NOT NULL,
    PRIMARY KEY (kind, entry_id, effective_on)
);
CREATE INDEX directory_entry_organ ON business.directory_entry (organ) WHERE kind = 'SEAT';
CREATE INDEX directory_entry_person ON business.directory_entry (person) WHERE kind = 'SEAT';

-- Whether a report is hidden from whoever acts: frozen, or the actor stands on the reported side, by name, by a
-- seat, or by the unit of a seat or anything above it up to the deciding organ.
CREATE FUNCTION business.hides(report uuid, deciding text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    SELECT EXISTS (
           SELECT FROM business.excluded_set x
            WHERE x.report_id = report
              AND (x.frozen
                   OR mechanism.acting_subject() = ANY (x.officers)
                   OR x.seats && string_to_array(current_setting('app.seats', true), ',')
                   OR EXISTS (SELECT FROM business.directory_entry s
                               WHERE s.kind = 'SEAT' AND s.person = mechanism.acting_subject()
                                 AND s.entry_id = ANY (x.seats))
                   OR (x.units <> '{}' AND EXISTS (
                       WITH RECURSIVE line (id) AS (
                            SELECT coalesce(s.unit, s.organ) FROM business.directory_entry s
                             WHERE s.kind = 'SEAT'
                               AND (s.person = mechanism.acting_subject()
                                    OR s.entry_id = ANY (string_to_array(current_setting('app.seats', true), ',')))
                             UNION SELECT mechanism.acting_organ()
                             UNION SELECT unnest(u.ups) FROM line JOIN business.directory_entry u ON u.entry_id = line.id
                              WHERE line.id <> deciding)
                       SELECT FROM line WHERE line.id = ANY (x.units)))))
    $$;

DO $$
DECLARE s text := mechanism.service();
        t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['assigned_case', 'submission', 'passage', 'bench', 'ruling', 'ruling_actor', 'round_entry',
                             'paper', 'incident', 'excluded_set', 'directory_entry', 'way'] LOOP
        PERFORM mechanism.protect(('business.' || t)::regclass, NULL);
    END LOOP;
    EXECUTE format('CREATE POLICY of_its_organs ON business.assigned_case AS RESTRICTIVE TO %I USING '
                   '((SELECT mechanism.acting_organ()) IN (organ, handling_organ))', s || '_api');
    EXECUTE format('CREATE POLICY not_excluded ON business.assigned_case AS RESTRICTIVE TO %I '
                   'USING (NOT business.hides(report_id, organ))', s || '_api');
    FOREACH t IN ARRAY ARRAY['submission', 'passage', 'bench', 'ruling', 'ruling_actor', 'round_entry', 'paper', 'incident'] LOOP
        EXECUTE format('CREATE POLICY of_a_seen_case ON business.%I AS RESTRICTIVE TO %I USING '
                       '(case_id IN (SELECT c.case_id FROM business.assigned_case c))', t, s || '_api');
    END LOOP;
    EXECUTE format('CREATE POLICY of_a_seen_case ON business.excluded_set AS RESTRICTIVE TO %I USING '
                   '(report_id IN (SELECT c.report_id FROM business.assigned_case c))', s || '_api');
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA business TO %I, %I', s || '_api', s || '_worker');
    EXECUTE format('REVOKE UPDATE, DELETE ON business.passage, business.paper, business.submission, business.bench, '
                   'business.ruling_actor, business.incident FROM %I, %I', s || '_api', s || '_worker');
    EXECUTE format('REVOKE DELETE ON business.assigned_case, business.ruling, business.excluded_set FROM %I, %I',
                   s || '_api', s || '_worker');
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON business.way FROM %I, %I', s || '_api', s || '_worker');
    EXECUTE 'REVOKE EXECUTE ON FUNCTION business.hides(uuid, text) FROM PUBLIC';
    EXECUTE format('GRANT EXECUTE ON FUNCTION business.hides(uuid, text) TO %I, %I', s || '_api', s || '_worker');
END $$;

SELECT mechanism.let_oracle_read('business.ruling', ARRAY['case_id', 'position', 'submission', 'desk', 'decision', 'stands', 'at']);
SELECT mechanism.let_oracle_read('business.ruling_actor', ARRAY['case_id', 'position', 'officer']);
SELECT mechanism.let_oracle_read('business.passage', ARRAY['case_id', 'seq', 'from_state', 'to_state', 'actor', 'at']);
SELECT mechanism.let_oracle_read('business.excluded_set', ARRAY['report_id', 'units', 'seats', 'officers', 'since']);
SELECT mechanism.show('oracle.audit_decision', $view$
    SELECT r.case_id, r.submission, r.desk AS round, a.officer AS actor, r.decision, r.at, r.stands
      FROM business.ruling r JOIN business.ruling_actor a USING (case_id, position) $view$);
SELECT mechanism.show('oracle.transition', $view$
    SELECT 'case' AS entity, case_id AS entity_id, seq, from_state, to_state, actor, at FROM business.passage $view$);
SELECT mechanism.show('oracle.exclusion', $view$
    SELECT report_id, u AS unit, NULL::text AS seat, NULL::text AS officer, since FROM business.excluded_set, unnest(units) u
     UNION ALL SELECT report_id, NULL, s, NULL, since FROM business.excluded_set, unnest(seats) s
     UNION ALL SELECT report_id, NULL, NULL, o, since FROM business.excluded_set, unnest(officers) o $view$);
