-- The rows of a register that wait to be registered, sealed, and what each run gave back.
ALTER TABLE business.import_run ADD COLUMN gate_no_by text;

CREATE TABLE business.import_spool (
    run_id uuid    NOT NULL REFERENCES business.import_run,
    chunk  integer NOT NULL,
    organ  text    NOT NULL,
    rows   integer NOT NULL CHECK (rows > 0),
    sealed bytea   NOT NULL,
    PRIMARY KEY (run_id, chunk)
);
CREATE TABLE business.import_returned (
    run_id    uuid    NOT NULL REFERENCES business.import_run,
    sheet_row integer NOT NULL,
    organ     text    NOT NULL,
    number    text,
    "column"  text    NOT NULL,
    reason    text    NOT NULL,
    PRIMARY KEY (run_id, sheet_row)
);

SELECT mechanism.protect('business.import_spool', 'organ');
SELECT mechanism.protect('business.import_returned', 'organ');
