-- Why an officer read the content of a report: sealed, beside the record in the trail that names the reading.
CREATE TABLE business.content_reading (
    reading_id uuid PRIMARY KEY,
    report_id  uuid        NOT NULL,
    organ      text        NOT NULL,
    officer    text        NOT NULL,
    reason     bytea       NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX content_reading_report ON business.content_reading (report_id);

DO $$
DECLARE s text := mechanism.service();
BEGIN
    PERFORM mechanism.protect('business.content_reading'::regclass, 'organ');
    EXECUTE format('REVOKE UPDATE, DELETE ON business.content_reading FROM %I, %I', s || '_api', s || '_worker');
END $$;
