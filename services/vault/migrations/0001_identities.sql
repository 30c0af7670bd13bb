-- Who reporters are, sealed. A reference says nothing of the person; what it leads to can be written and
-- destroyed by the service's roles, and not read: nothing discloses an identity yet.
CREATE TABLE business.identity (
    reporter_ref uuid        PRIMARY KEY,
    keeper       text        NOT NULL CHECK (keeper IN ('service-intake', 'service-reception')),
    state        text        NOT NULL CHECK (state IN ('PENDING', 'CONFIRMED', 'ERASED')),
    kept_at      timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    erased_at    timestamptz,
    sealed       bytea,
    CHECK ((state = 'ERASED') = (sealed IS NULL)),
    CHECK ((state = 'ERASED') = (erased_at IS NOT NULL))
);
CREATE INDEX identity_pending ON business.identity (keeper, kept_at) WHERE state = 'PENDING';

SELECT mechanism.protect('business.identity', NULL);
DO $$
DECLARE s text := mechanism.service();
BEGIN
    EXECUTE format('CREATE POLICY api_own_keeper ON business.identity AS RESTRICTIVE TO %I '
                   'USING (keeper = (SELECT mechanism.acting_subject())) '
                   'WITH CHECK (keeper = (SELECT mechanism.acting_subject()))', s || '_api');
    EXECUTE format('REVOKE ALL ON business.identity FROM %I, %I', s || '_api', s || '_worker');
    EXECUTE format('GRANT INSERT, SELECT (reporter_ref, keeper, state, kept_at), '
                   'UPDATE (state, confirmed_at, erased_at, sealed) ON business.identity TO %I', s || '_api');
END $$;
