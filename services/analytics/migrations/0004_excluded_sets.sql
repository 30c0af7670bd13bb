-- Who may not follow a report, as intake tells it: ids of the directory only. The api reads it to refuse.
CREATE TABLE business.exclusion (
    report_id uuid   PRIMARY KEY,
    organ     text   NOT NULL,
    sequence  bigint NOT NULL,
    units     text[] NOT NULL,
    seats     text[] NOT NULL,
    officers  text[] NOT NULL
);
CREATE TABLE shadow.exclusion (LIKE business.exclusion INCLUDING ALL);

SELECT mechanism.protect('business.exclusion', NULL);
SELECT mechanism.protect('shadow.exclusion', NULL);
DO $$
DECLARE
    api text := mechanism.service() || '_api';
BEGIN
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON business.exclusion FROM %I', api);
    EXECUTE format('REVOKE ALL ON shadow.exclusion FROM %I', api);
END $$;
