-- Parts on their way, their routings, the directory, study, recusal. Ids, codes and days; texts are sealed.

CREATE TABLE business.directory_entry (
    id           text    NOT NULL PRIMARY KEY,
    kind         text    NOT NULL CHECK (kind IN ('ORGAN', 'UNIT', 'SEAT', 'PERSON')),
    organ        text,
    synthetic    boolean NOT NULL,
    state        jsonb   NOT NULL,
    staff_name   text,
    effective_on date    NOT NULL,
    version      integer NOT NULL
);
CREATE TABLE business.directory_version (
    position     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           text        NOT NULL,
    kind         text        NOT NULL,
    version      integer     NOT NULL,
    state        jsonb       NOT NULL,
    effective_on date        NOT NULL,
    at           timestamptz NOT NULL,
    UNIQUE (id, version)
);
CREATE TABLE business.directory_swept (
    position bigint NOT NULL PRIMARY KEY
);

CREATE TABLE business.part (
    report_id   uuid        NOT NULL,
    organ       text        NOT NULL,
    state       text        NOT NULL,
    matter      jsonb       NOT NULL,
    received_on date        NOT NULL,
    opened_on   date        NOT NULL,
    opened_at   timestamptz NOT NULL,
    study       jsonb,
    disposal    text,
    recheck_on  date,
    passed      integer     NOT NULL,
    version     integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (report_id, organ)
);
CREATE INDEX part_desk ON business.part (organ, received_on, report_id);
CREATE INDEX part_state ON business.part (organ, state, received_on, report_id);

CREATE TABLE business.routing (
    id             uuid        NOT NULL PRIMARY KEY,
    number         bigint GENERATED ALWAYS AS IDENTITY,
    report_id      uuid        NOT NULL,
    organ          text        NOT NULL,
    way            text,
    target_organ   text        NOT NULL,
    target_unit    text,
    target_seat    text,
    informed       text[]      NOT NULL,
    opened_at      timestamptz NOT NULL,
    opened_by      text        NOT NULL,
    approval_seat  text,
    approved_on    date,
    ground         text,
    letter_no      text,
    officers       text[]      NOT NULL,
    told_unit      text,
    told_seat      text,
    signed_by_seat text,
    signed_at      timestamptz,
    closed_at      timestamptz,
    close_reason   text,
    CHECK ((closed_at IS NULL) = (close_reason IS NULL)),
    FOREIGN KEY (report_id, organ) REFERENCES business.part (report_id, organ)
);
CREATE UNIQUE INDEX one_open_routing ON business.routing (report_id) WHERE closed_at IS NULL;
CREATE INDEX routing_part ON business.routing (report_id, organ, number DESC);
CREATE INDEX routing_receiver ON business.routing (target_organ) WHERE closed_at IS NULL;

CREATE TABLE business.transition (
    entity     text        NOT NULL,
    entity_id  text        NOT NULL,
    seq        integer     NOT NULL,
    organ      text        NOT NULL,
    by_organ   text        NOT NULL,
    step       text        NOT NULL,
    from_state text,
    to_state   text        NOT NULL,
    actor      text        NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (entity, entity_id, seq)
);

CREATE TABLE business.exclusion (
    report_id uuid        NOT NULL PRIMARY KEY,
    organ     text        NOT NULL,
    version   bigint      NOT NULL,
    at        timestamptz NOT NULL
);
CREATE TABLE business.exclusion_entry (
    number    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_id uuid        NOT NULL REFERENCES business.exclusion (report_id),
    kind      text        NOT NULL CHECK (kind IN ('UNIT', 'SEAT', 'OFFICER')),
    id        text        NOT NULL,
    since     timestamptz NOT NULL,
    until     timestamptz
);
CREATE UNIQUE INDEX exclusion_entry_now ON business.exclusion_entry (report_id, kind, id) WHERE until IS NULL;
CREATE TABLE business.frozen (
    report_id uuid        NOT NULL PRIMARY KEY,
    at        timestamptz NOT NULL
);
CREATE TABLE business.incident (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text        NOT NULL,
    report_id  uuid        NOT NULL,
    organ      text        NOT NULL,
    by_organ   text        NOT NULL,
    routing_id uuid        NOT NULL,
    at         timestamptz NOT NULL
);
CREATE TABLE business.recusal (
    id         uuid        NOT NULL PRIMARY KEY,
    organ      text        NOT NULL,
    report_id  uuid        NOT NULL,
    officer    text        NOT NULL,
    ground     text        NOT NULL,
    asked_by   text        NOT NULL,
    asked_at   timestamptz NOT NULL,
    state      text        NOT NULL CHECK (state IN ('REQUESTED', 'GRANTED', 'REFUSED')),
    decided_by text,
    decided_at timestamptz
);
CREATE INDEX recusal_report ON business.recusal (report_id) WHERE state <> 'REFUSED';

CREATE TABLE business.meeting (
    id          uuid        NOT NULL PRIMARY KEY,
    organ       text        NOT NULL,
    held_on     date        NOT NULL,
    tier        text        NOT NULL,
    present     text[]      NOT NULL,
    absent      text[]      NOT NULL,
    recorder    text        NOT NULL,
    convened_at timestamptz NOT NULL
);
CREATE INDEX meeting_organ ON business.meeting (organ, held_on DESC, id);
CREATE TABLE business.meeting_item (
    meeting_id uuid        NOT NULL REFERENCES business.meeting (id),
    report_id  uuid        NOT NULL,
    organ      text        NOT NULL,
    decision   text        NOT NULL,
    spoke      text[]      NOT NULL,
    recused    text[]      NOT NULL,
    dissent    text[]      NOT NULL,
    executor   text,
    due_on     date,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (meeting_id, report_id)
);
CREATE TABLE business.paper (
    id        uuid        NOT NULL PRIMARY KEY,
    report_id uuid        NOT NULL,
    organ     text        NOT NULL,
    by_organ  text        NOT NULL,
    kind      text        NOT NULL,
    sealed    bytea       NOT NULL,
    by        text        NOT NULL,
    at        timestamptz NOT NULL
);
CREATE INDEX paper_part ON business.paper (report_id, organ, at);

-- Whether a report has a part of the acting organ, or an open routing towards it. A definer function, so that
-- the policies of one table may ask about another without asking themselves.
CREATE FUNCTION business.concerns(report uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = business, mechanism, pg_temp
    AS $$ SELECT EXISTS (SELECT 1 FROM business.part p
                          WHERE p.report_id = report AND p.organ = mechanism.acting_organ())
              OR EXISTS (SELECT 1 FROM business.routing r
                          WHERE r.report_id = report AND r.target_organ = mechanism.acting_organ()
                            AND r.closed_at IS NULL) $$;
-- Whether the acting subject is neither recused nor on the reported side, and the report is not frozen.
CREATE FUNCTION business.not_excluded(report uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = business, mechanism, pg_temp
    AS $$ SELECT mechanism.acting_subject() IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM business.frozen f WHERE f.report_id = report)
             AND NOT EXISTS (SELECT 1 FROM business.recusal r
                              WHERE r.report_id = report AND r.state <> 'REFUSED'
                                AND r.officer = mechanism.acting_subject())
             AND NOT EXISTS (
                 SELECT 1 FROM business.exclusion_entry e
                  WHERE e.report_id = report AND e.until IS NULL
                    AND CASE e.kind
                        WHEN 'OFFICER' THEN e.id = mechanism.acting_subject()
                        WHEN 'SEAT' THEN e.id = ANY (string_to_array(current_setting('app.seats', true), ','))
                        ELSE e.id IN (SELECT coalesce(d.state ->> 'unit', d.state ->> 'organ')
                                        FROM business.directory_entry d
                                       WHERE d.kind = 'SEAT'
                                         AND (d.state ->> 'person' = mechanism.acting_subject()
                                          OR d.id = ANY (string_to_array(current_setting('app.seats', true), ','))))
                        END) $$;
CREATE INDEX seat_person ON business.directory_entry ((state ->> 'person')) WHERE kind = 'SEAT';
REVOKE ALL ON FUNCTION business.concerns(uuid), business.not_excluded(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION business.concerns(uuid), business.not_excluded(uuid) TO referral_api;

SELECT mechanism.protect('business.directory_entry', NULL);
SELECT mechanism.protect('business.directory_version', NULL);
SELECT mechanism.protect('business.directory_swept', NULL);
SELECT mechanism.protect('business.part', 'organ');
SELECT mechanism.protect('business.routing', 'organ');
SELECT mechanism.protect('business.transition', 'by_organ');
SELECT mechanism.protect('business.exclusion', NULL);
SELECT mechanism.protect('business.exclusion_entry', NULL);
SELECT mechanism.protect('business.frozen', NULL);
SELECT mechanism.protect('business.incident', 'by_organ');
SELECT mechanism.protect('business.recusal', 'organ');
SELECT mechanism.protect('business.meeting', 'organ');
SELECT mechanism.protect('business.meeting_item', 'organ');
SELECT mechanism.protect('business.paper', 'by_organ');

-- The receiver sees and moves what lies with it.
CREATE POLICY api_receiver ON business.routing TO referral_api
    USING (target_organ = (SELECT mechanism.acting_organ()))
    WITH CHECK (target_organ = (SELECT mechanism.acting_organ()));
CREATE POLICY api_receiver ON business.part TO referral_api
    USING (EXISTS (SELECT 1 FROM business.routing r
                    WHERE r.report_id = part.report_id AND r.organ = part.organ AND r.closed_at IS NULL
                      AND r.target_organ = (SELECT mechanism.acting_organ())));
-- What an officer of another organ wrote about our part is ours to read.
CREATE POLICY api_owner ON business.transition FOR SELECT TO referral_api
    USING (organ = (SELECT mechanism.acting_organ()));
CREATE POLICY api_owner ON business.incident FOR SELECT TO referral_api
    USING (organ = (SELECT mechanism.acting_organ()));
CREATE POLICY api_owner ON business.paper FOR SELECT TO referral_api
    USING (organ = (SELECT mechanism.acting_organ()));
-- Who is out of a report counts for everybody whom the report concerns.
CREATE POLICY api_concerned ON business.recusal FOR SELECT TO referral_api
    USING (business.concerns(report_id));
CREATE POLICY api_concerned ON business.exclusion AS RESTRICTIVE TO referral_api
    USING (business.concerns(report_id));
CREATE POLICY api_concerned ON business.exclusion_entry AS RESTRICTIVE TO referral_api
    USING (business.concerns(report_id));
CREATE POLICY api_concerned ON business.frozen AS RESTRICTIVE TO referral_api
    USING (business.concerns(report_id));
-- Nobody of the reported side, whatever the query.
CREATE POLICY not_excluded ON business.part AS RESTRICTIVE TO referral_api
    USING (business.not_excluded(report_id));
CREATE POLICY not_excluded ON business.routing AS RESTRICTIVE TO referral_api
    USING (business.not_excluded(report_id));
CREATE POLICY not_excluded ON business.paper AS RESTRICTIVE TO referral_api
    USING (business.not_excluded(report_id));

SELECT mechanism.let_oracle_read('business.routing',
    ARRAY['report_id', 'target_organ', 'target_unit', 'target_seat', 'way', 'opened_at', 'closed_at']);
SELECT mechanism.let_oracle_read('business.exclusion_entry', ARRAY['report_id', 'kind', 'id', 'since', 'until']);
SELECT mechanism.let_oracle_read('business.recusal', ARRAY['report_id', 'officer', 'asked_at', 'state']);
SELECT mechanism.let_oracle_read('business.transition',
    ARRAY['entity', 'entity_id', 'seq', 'from_state', 'to_state', 'actor', 'at']);
SELECT mechanism.show('oracle.routing', $view$
    SELECT report_id, target_organ, target_unit, target_seat, way AS route, opened_at, closed_at
      FROM business.routing $view$);
SELECT mechanism.show('oracle.exclusion', $view$
    SELECT report_id,
           CASE kind WHEN 'UNIT' THEN id END AS unit,
           CASE kind WHEN 'SEAT' THEN id END AS seat,
           CASE kind WHEN 'OFFICER' THEN id END AS officer,
           since
      FROM business.exclusion_entry
     WHERE until IS NULL
    UNION ALL
    SELECT report_id, NULL, NULL, officer, asked_at FROM business.recusal WHERE state <> 'REFUSED' $view$);
SELECT mechanism.show('oracle.transition', $view$
    SELECT entity, entity_id, seq, from_state, to_state, actor, at FROM business.transition $view$);
