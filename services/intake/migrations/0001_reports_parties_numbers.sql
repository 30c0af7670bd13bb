-- Reports at the entry desk, their parts, receipts and numbers, the party register, excluded sets.
-- Free text and names lie here sealed only; a reporter is a random reference into the vault.

CREATE TABLE business.report (
    report_id            uuid PRIMARY KEY,
    organ                text        NOT NULL,
    holder               text        NOT NULL,
    synthetic            boolean     NOT NULL,
    desk                 text        NOT NULL CHECK (desk IN ('DRAFT', 'ELEMENT_COMPLETE', 'CHECKED', 'CONFIRMED')),
    editors              text[]      NOT NULL,
    checked_by           text,
    confirmed_by         text,
    classified_version   integer     NOT NULL,
    imported             boolean     NOT NULL,
    visit_id             uuid UNIQUE,
    excluded_version     integer     NOT NULL DEFAULT 0,
    studied              boolean     NOT NULL DEFAULT false,
    version              integer     NOT NULL,
    content_version      integer     NOT NULL,
    registered_at        timestamptz NOT NULL,
    first_received_on    date,
    received_on          date        NOT NULL,
    channel              text        NOT NULL,
    source               text        NOT NULL,
    network_kind         text,
    receipt_method       text,
    postmark_on          date,
    material_count       integer     NOT NULL,
    superior_ref_no      text,
    superior_organ       text,
    superior_deadline_on date,
    name_status          text        NOT NULL,
    reporter_count       integer     NOT NULL CHECK (reporter_count > 0),
    reporter_ref         uuid,
    has_contact          boolean     NOT NULL,
    verify_method        text,
    verified_by          text,
    verified_on          date,
    nature               text,
    taxonomy_version     text,
    occurrence           text,
    repeat_group_id      uuid,
    violations           text[]      NOT NULL DEFAULT '{}',
    primary_violation    text,
    themes               text[]      NOT NULL DEFAULT '{}',
    oos_kinds            text[]      NOT NULL DEFAULT '{}',
    has_oos_part         boolean     NOT NULL DEFAULT false,
    oos_impact           boolean     NOT NULL DEFAULT false,
    study_reasons        text[]      NOT NULL DEFAULT '{}',
    urgency              text,
    region_of_conduct    text,
    conduct_on           date,
    is_typical           boolean     NOT NULL DEFAULT false,
    new_facts            boolean     NOT NULL DEFAULT false,
    CHECK (checked_by IS NULL OR imported OR NOT checked_by = ANY (editors)),
    CHECK (confirmed_by IS NULL OR imported OR classified_version > 1 OR NOT confirmed_by = ANY (editors))
);
CREATE INDEX report_holder ON business.report (holder, registered_at, report_id);
CREATE INDEX report_reporter ON business.report (reporter_ref) WHERE reporter_ref IS NOT NULL;
CREATE TABLE business.report_content (
    report_id   uuid        NOT NULL REFERENCES business.report,
    version     integer     NOT NULL,
    organ       text        NOT NULL,
    content     bytea       NOT NULL,
    written_by  text        NOT NULL,
    reason_code text,
    at          timestamptz NOT NULL,
    PRIMARY KEY (report_id, version)
);
CREATE TABLE business.correction (
    correction_id  uuid PRIMARY KEY,
    report_id      uuid        NOT NULL REFERENCES business.report,
    organ          text        NOT NULL,
    reason_code    text        NOT NULL,
    content        bytea       NOT NULL,
    classification jsonb       NOT NULL,
    asked_by       text        NOT NULL,
    asked_at       timestamptz NOT NULL,
    approved_by    text,
    approved_at    timestamptz,
    CHECK (approved_by IS NULL OR approved_by <> asked_by)
);
CREATE INDEX correction_report ON business.correction (report_id) WHERE approved_by IS NULL;

CREATE TABLE business.part (
    report_id uuid        NOT NULL,
    organ     text        NOT NULL,
    state     text        NOT NULL,
    synthetic boolean     NOT NULL,
    assigned  boolean     NOT NULL DEFAULT false,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (report_id, organ)
);
CREATE INDEX part_organ ON business.part (organ, state);
CREATE TABLE business.transition (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_id   uuid        NOT NULL,
    organ       text        NOT NULL,
    from_state  text,
    to_state    text        NOT NULL,
    actor       text        NOT NULL,
    reason_code text,
    at          timestamptz NOT NULL
);
CREATE INDEX transition_report ON business.transition (report_id, seq);

CREATE TABLE business.report_number (
    organ text    NOT NULL,
    year  integer NOT NULL,
    last  integer NOT NULL,
    PRIMARY KEY (organ, year)
);
CREATE TABLE business.receipt (
    report_id     uuid    NOT NULL,
    organ         text    NOT NULL,
    kind          text    NOT NULL CHECK (kind IN ('FIRST', 'TRANSFER_RECEIPT', 'ASSIGNMENT_RECEIPT')),
    year          integer NOT NULL,
    serial        integer NOT NULL CHECK (serial > 0),
    report_no     text    NOT NULL,
    received_on   date    NOT NULL,
    registered_on date    NOT NULL,
    channel       text    NOT NULL,
    source        text    NOT NULL,
    withdrawn     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (report_id, organ, kind),
    UNIQUE (organ, year, serial)
);

CREATE TABLE business.party (
    party_id   uuid PRIMARY KEY,
    organ      text        NOT NULL,
    party_type text        NOT NULL CHECK (party_type IN ('PERSON', 'ORGANISATION')),
    unit       text,
    entered_by text        NOT NULL,
    entered_at timestamptz NOT NULL
);
CREATE TABLE business.party_name (
    name_id    uuid PRIMARY KEY,
    party_id   uuid        NOT NULL REFERENCES business.party,
    organ      text        NOT NULL,
    blind      bytea       NOT NULL,
    name       bytea       NOT NULL,
    is_alias   boolean     NOT NULL,
    entered_by text        NOT NULL,
    entered_at timestamptz NOT NULL,
    UNIQUE (party_id, blind)
);
CREATE INDEX party_name_blind ON business.party_name (organ, blind);
CREATE TABLE business.party_link (
    party_id uuid        NOT NULL REFERENCES business.party,
    organ    text        NOT NULL,
    kind     text        NOT NULL CHECK (kind IN ('PERSON', 'UNIT')),
    entry_id text        NOT NULL,
    since    timestamptz NOT NULL,
    by       text        NOT NULL,
    until    timestamptz,
    until_by text
);
CREATE UNIQUE INDEX party_link_standing ON business.party_link (party_id, kind, entry_id) WHERE until IS NULL;
CREATE INDEX party_link_entry ON business.party_link (entry_id) WHERE until IS NULL;
CREATE TABLE business.report_party (
    report_id             uuid        NOT NULL REFERENCES business.report,
    party_id              uuid        NOT NULL REFERENCES business.party,
    organ                 text        NOT NULL,
    position              integer     NOT NULL,
    party_type            text        NOT NULL,
    unit                  text,
    authority             text        NOT NULL,
    rank                  text,
    is_unit_head          boolean     NOT NULL,
    region                text,
    is_party_member       boolean,
    is_supervision_object boolean,
    is_own_staff          boolean,
    details               bytea       NOT NULL,
    entered_by            text        NOT NULL,
    entered_at            timestamptz NOT NULL,
    PRIMARY KEY (report_id, party_id)
);
CREATE INDEX report_party_party ON business.report_party (party_id);

CREATE TABLE business.exclusion (
    report_id uuid        NOT NULL,
    organ     text        NOT NULL,
    kind      text        NOT NULL CHECK (kind IN ('UNIT', 'SEAT', 'OFFICER')),
    entry_id  text        NOT NULL,
    since     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (report_id, kind, entry_id)
);
CREATE TABLE business.frozen (
    report_id uuid PRIMARY KEY,
    organ     text        NOT NULL,
    by        text        NOT NULL,
    at        timestamptz NOT NULL
);

CREATE TABLE business.directory_entry (
    kind         text        NOT NULL CHECK (kind IN ('ORGAN', 'UNIT', 'SEAT', 'PERSON')),
    entry_id     text        NOT NULL,
    effective_on date        NOT NULL,
    organ        text,
    state        jsonb       NOT NULL,
    heard_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, entry_id, effective_on)
);
CREATE TABLE business.seat (
    seat_id    text PRIMARY KEY,
    organ      text NOT NULL,
    person     text,
    unit       text,
    valid_from date NOT NULL,
    valid_to   date
);
CREATE INDEX seat_person ON business.seat (person);
CREATE TABLE business.exclusion_round (
    only_one    boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    heard       bigint  NOT NULL DEFAULT 0,
    computed    bigint  NOT NULL DEFAULT 0,
    computed_on date
);
INSERT INTO business.exclusion_round DEFAULT VALUES;

CREATE TABLE business.visit_item (
    visit_id      uuid PRIMARY KEY,
    report_id     uuid        NOT NULL UNIQUE,
    organ         text        NOT NULL,
    synthetic     boolean     NOT NULL,
    received_on   date        NOT NULL,
    told_at       timestamptz NOT NULL,
    held          text,
    second_no_by  text,
    registered_at timestamptz
);
CREATE TABLE business.pending_identity (
    reporter_ref uuid PRIMARY KEY,
    report_id    uuid        NOT NULL,
    organ        text        NOT NULL,
    named_at     timestamptz NOT NULL,
    confirmed_at timestamptz
);
CREATE INDEX pending_identity_open ON business.pending_identity (named_at) WHERE confirmed_at IS NULL;

-- The register import: each row of a file ends in exactly one place.
CREATE TABLE business.import_run (
    run_id      uuid PRIMARY KEY,
    organ       text        NOT NULL,
    register    text        NOT NULL,
    file_hmac   bytea       NOT NULL,
    asked_by    text        NOT NULL,
    head        text        NOT NULL,
    officers    text[]      NOT NULL DEFAULT '{}',
    rows        integer     NOT NULL,
    next_row    integer     NOT NULL DEFAULT 0,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE TABLE business.import_row (
    organ           text        NOT NULL,
    register        text        NOT NULL,
    number          text,
    content_hmac    bytea       NOT NULL,
    report_id       uuid,
    returned_reason text,
    returned_column text,
    conflict        boolean     NOT NULL DEFAULT false,
    run_id          uuid,
    sheet_row       integer,
    at              timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (organ, register, number, content_hmac),
    CHECK (conflict OR (report_id IS NULL) <> (returned_reason IS NULL))
);
CREATE UNIQUE INDEX import_row_entered ON business.import_row (organ, register, number)
    WHERE report_id IS NOT NULL AND NOT conflict;
CREATE INDEX import_row_run ON business.import_row (run_id);

-- Whether a report is hidden from whoever acts: frozen, or the actor stands on the reported side.
CREATE FUNCTION business.hides(report uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    SELECT EXISTS (SELECT FROM business.frozen f WHERE f.report_id = report)
        OR EXISTS (
           SELECT FROM business.exclusion e
            WHERE e.report_id = report
              AND CASE e.kind
                  WHEN 'OFFICER' THEN e.entry_id = mechanism.acting_subject()
                       OR EXISTS (SELECT FROM business.seat s
                                   WHERE s.person = e.entry_id
                                     AND s.seat_id = ANY (string_to_array(current_setting('app.seats', true), ',')))
                  WHEN 'SEAT' THEN e.entry_id = ANY (string_to_array(current_setting('app.seats', true), ','))
                       OR EXISTS (SELECT FROM business.seat s
                                   WHERE s.seat_id = e.entry_id AND s.person = mechanism.acting_subject())
                  ELSE e.entry_id = mechanism.acting_organ()
                       OR EXISTS (SELECT FROM business.seat s
                                   WHERE coalesce(s.unit, s.organ) = e.entry_id
                                     AND (s.seat_id = ANY (string_to_array(current_setting('app.seats', true), ','))
                                       OR (s.person = mechanism.acting_subject()
                                           AND (now() AT TIME ZONE 'Asia/Shanghai')::date
                                               BETWEEN s.valid_from AND coalesce(s.valid_to, 'infinity'))))
                  END)
    $$;
-- Whether the acting organ holds a receipt on the report, its own, of a transfer or of an assignment.
CREATE FUNCTION business.received_here(report uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    SELECT EXISTS (SELECT FROM business.receipt r
                    WHERE r.report_id = report AND r.organ = mechanism.acting_organ())
    $$;

DO $$
DECLARE s text := mechanism.service();
        t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['report', 'report_content', 'correction', 'part', 'transition', 'report_number', 'receipt',
                             'party', 'party_name', 'party_link', 'report_party', 'exclusion', 'frozen',
                             'visit_item', 'pending_identity', 'import_run', 'import_row'] LOOP
        PERFORM mechanism.protect(('business.' || t)::regclass, 'organ');
    END LOOP;
    FOREACH t IN ARRAY ARRAY['directory_entry', 'seat', 'exclusion_round'] LOOP
        PERFORM mechanism.protect(('business.' || t)::regclass, NULL);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['report', 'report_content', 'correction', 'part', 'transition', 'receipt', 'report_party',
                             'import_row'] LOOP
        EXECUTE format('CREATE POLICY not_excluded ON business.%I AS RESTRICTIVE TO %I '
                       'USING (NOT business.hides(report_id))', t, s || '_api');
    END LOOP;
    FOREACH t IN ARRAY ARRAY['report', 'report_content', 'report_party'] LOOP
        EXECUTE format('CREATE POLICY api_received ON business.%I TO %I USING (business.received_here(report_id))',
                       t, s || '_api');
    END LOOP;
    -- A party is seen only through a report that is seen, so that the register tells nobody who was reported.
    FOREACH t IN ARRAY ARRAY['party', 'party_name', 'party_link'] LOOP
        EXECUTE format('DROP POLICY api_organ ON business.%I', t);
        EXECUTE format('CREATE POLICY api_enter ON business.%I FOR INSERT TO %I '
                       'WITH CHECK (organ = (SELECT mechanism.acting_organ()))', t, s || '_api');
        EXECUTE format('CREATE POLICY api_through_report ON business.%I TO %I USING (EXISTS '
                       '(SELECT FROM business.report_party p WHERE p.party_id = %I.party_id))', t, s || '_api', t);
    END LOOP;
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA business TO %I, %I', s || '_api', s || '_worker');
    EXECUTE format('REVOKE UPDATE, DELETE ON business.transition, business.report_content FROM %I, %I',
                   s || '_api', s || '_worker');
    EXECUTE format('REVOKE EXECUTE ON FUNCTION business.hides(uuid), business.received_here(uuid) FROM PUBLIC');
    EXECUTE format('GRANT EXECUTE ON FUNCTION business.hides(uuid), business.received_here(uuid) TO %I, %I',
                   s || '_api', s || '_worker');
END $$;

SELECT mechanism.let_oracle_read('business.part', ARRAY['report_id', 'organ', 'state', 'opened_at']);
SELECT mechanism.let_oracle_read('business.frozen', ARRAY['report_id']);
SELECT mechanism.let_oracle_read('business.import_row',
                                 ARRAY['organ', 'register', 'number', 'report_id', 'returned_reason', 'conflict']);
SELECT mechanism.let_oracle_read('business.exclusion', ARRAY['report_id', 'kind', 'entry_id', 'since']);
SELECT mechanism.let_oracle_read('business.transition',
                                 ARRAY['seq', 'report_id', 'organ', 'from_state', 'to_state', 'actor', 'at']);
SELECT mechanism.show('oracle.report', $view$
    SELECT p.report_id, p.organ, NULL::uuid AS buffer_id,
           CASE WHEN f.report_id IS NULL THEN p.state ELSE 'FROZEN' END AS state, p.opened_at AS received_at
      FROM business.part p
      LEFT JOIN business.frozen f USING (report_id) $view$);
SELECT mechanism.show('oracle.import_row', $view$
    SELECT organ, register, number, report_id, returned_reason, conflict FROM business.import_row $view$);
SELECT mechanism.show('oracle.exclusion', $view$
    SELECT report_id, CASE kind WHEN 'UNIT' THEN entry_id END AS unit, CASE kind WHEN 'SEAT' THEN entry_id END AS seat,
           CASE kind WHEN 'OFFICER' THEN entry_id END AS officer, since
      FROM business.exclusion $view$);
SELECT mechanism.show('oracle.transition', $view$
    SELECT 'part' AS entity, report_id || '/' || organ AS entity_id, seq, from_state, to_state, actor, at
      FROM business.transition $view$);
